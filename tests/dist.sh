#!/bin/sh
# What `make dist` makes: built twice, unpacked in an empty folder, and run there under Wine.
# Prints TAP: prove --exec sh tests/dist.sh
set -u

top=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
# What still runs in windows of its own is known by the folder in its command line, which nobody
# else's has.
here() { pgrep -f "$(basename "$place")"; }
# shellcheck disable=SC2046 # one number a word
trap 'kill $(here) 2>/dev/null; rm -rf "$place"' EXIT
count=0

# ok NAME COMMAND...: one line of TAP, and as comments what a command said that failed
ok() {
    what=$1
    shift
    count=$((count + 1))
    if "$@" >"$place/said" 2>&1; then
        echo "ok $count - $what"
    else
        echo "not ok $count - $what"
        sed 's/^/# /' "$place/said"
    fi
}

# The links of the documents in this folder, but those to the sources, which are not packed.
lead() {
    find . -name '*.md' | while read -r page; do
        grep -o '](<*[^)#>]*' "$page" | sed 's/](<*//' | grep -v '^$\|://\|^mailto:' | while read -r target; do
            path=$(realpath -m --relative-to=. "$(dirname "$page")/$target")
            case $path in
            .. | ../*) ;;
            .github/* | .ci/* | Makefile | common | common/* | writer | writer/* | reader | reader/* | tests | tests/*)
                [ ! -e "$place/commit/$path" ] || continue
                ;;
            *)
                [ ! -e "$path" ] || continue
                ;;
            esac
            echo "$page: $target"
        done
    done >"$place/astray"
    cat "$place/astray"
    [ ! -s "$place/astray" ]
}

commit=$(git -C "$top" rev-parse HEAD)
mkdir "$place/commit"
git -C "$top" archive "$commit" | tar -xf - -C "$place/commit"
version=$(cat "$place/commit/VERSION")
ok "make dist" make -s -C "$top" dist

# The same commit elsewhere, as another user has it: time zone, language, rights, line ends, and with
# changes that are not committed.
cp -R "$place/commit" "$place/else where"
cp -R "$top/.git" "$place/else where"
cp "$top/scripts/dist.sh" "$place/else where/scripts"
elsewhere() (
    umask 077
    cd "$place/else where" || exit
    for file in README.md VERSION scripts/find.bat scripts/new.bat common/program.rc reader/*.c writer/new.c; do
        echo '#error not [committed](Makefile)' >>"$file"
    done
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.autocrlf GIT_CONFIG_VALUE_0=true
    TZ=Asia/Shanghai LC_ALL=C.UTF-8 make -s dist
)
ok "make dist in another folder, with uncommitted changes" elsewhere
cd "$top/build/dist" || exit 1
for file in *; do
    ok "the same $file" cmp "$file" "$place/else where/build/dist/$file"
done
ok "and nothing else" diff -r . "$place/else where/build/dist"
ok "SHA256SUMS of the archives" sha256sum --check SHA256SUMS

for arch in x86_64 i686; do
    name=writer-reader-$version-$arch
    unzip -z "$name.zip" >"$place/comment"
    ok "$arch: the comment is the commit" grep -qx "$commit" "$place/comment"
    ok "$arch: unpacks" unzip -q "$name.zip" -d "$place"
    cd "$place/$name" || exit 1
    ok "$arch: SHA256SUMS" sha256sum --check --strict SHA256SUMS
    find . -type f ! -name SHA256SUMS | sort >"$place/files"
    sed 's,^[^ ]*  ,./,' SHA256SUMS | sort >"$place/sums"
    ok "$arch: SHA256SUMS names each file" diff "$place/files" "$place/sums"
    for file in README.md README.zh-CN.md CHANGELOG.md LICENSE scripts/find.bat; do
        ok "$arch: $file" cmp "$file" "$place/commit/$file"
    done
    (cd "$place/commit" && find docs -type f | sort) >"$place/docs"
    find docs -type f | sort >"$place/packed"
    ok "$arch: all of docs" diff "$place/docs" "$place/packed"
    ok "$arch: the links of its documents lead to files" lead
    ok "$arch: batch files end their lines with CR LF" \
        test -z "$(grep -L "$(printf '\r')\$" scripts/*.bat)"
    for program in writer reader; do
        "$arch-w64-mingw32-objdump" -p $program.exe >"$place/headers"
        kind=x86-64
        [ $arch = x86_64 ] || kind=i386
        ok "$arch: $program.exe is for $arch" grep -q "file format pei-$kind" "$place/headers"
        others=$(sed -n 's/.*DLL Name: //p' "$place/headers" |
            grep -vix 'advapi32.dll\|kernel32.dll\|ntdll.dll\|msvcrt.dll\|ucrtbase.dll\|api-ms-win-.*')
        ok "$arch: $program.exe needs nothing but Windows" test -z "$others"
    done
    cd "$top/build/dist" || exit 1
done

# 32-bit Wine is rarely there, so only the other half is run.
cd "$place/writer-reader-$version-x86_64" || exit 1
wine() {
    sh "$top/scripts/wine.sh" "$@" </dev/null
}
for demo in scripted-demo.bat 'dialogue.bat /test' 'progress.bat /test' 'hand-over.bat /test' 'open-or-create.bat /test' 'queue.bat /test' 'variable.bat /test'; do
    # shellcheck disable=SC2086 # the demo and its argument
    ok "$demo" wine cmd /c scripts\\$demo
done

# demo.bat opens windows; they are there once both programs were started by their full paths.
started() {
    tries=0
    until pgrep -f "^Z:.*\\\\$1 --name $(basename "$place") --quiet" >/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || return 1
        sleep 0.1
    done
}
ok "demo.bat" wine cmd /c scripts\\demo.bat --name "$(basename "$place")" --quiet
ok "opens a window with writer" started writer
ok "opens a window with reader" started reader

echo "1..$count"
