#!/bin/sh
# What is written down is true: the READMEs name the options that there are, their links lead
# somewhere, and there is one version. Prints TAP: sh tests/docs.sh
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 2
count=0
failed=0

exe() { echo "${OUT:-build/x86_64}/$1.exe"; }
run() { ${RUN-sh scripts/wine.sh} "$(exe "$1")" "$2" | tr -d '\r'; }

# check NAME COMMAND...: one line of TAP; it holds if the command has nothing to complain about.
check() {
    count=$((count + 1))
    name="$count - $1"
    shift
    wrong=$("$@" 2>&1)
    [ -n "$wrong" ] || { echo "ok $name" && return; }
    failed=1
    printf 'not ok %s\n%s\n' "$name" "$wrong" | sed '2,$s/^/# /'
}

# The ways to give an option as --help words them in its first columns, such as "-n, --name NAME";
# and in a README's table of the program, where they are in backticks in the first column.
specs() { run "$1" --help | cut -c1-23 | sed -n 's/^ \{1,\}\(-.*[^ ]\) *$/\1/p'; }
writer=$(specs writer)
reader=$(specs reader)
table() {
    awk -F ' [|]' -v start="| \`$2 [OPTION]" \
        'index($0, start) == 1 { on = 1; next } !/^[|]/ { on = 0 } on { print $1 }' "$1" |
        grep -o "\`-[^\`]*\`" | tr -d '\140'
}
options() {
    [ "$(echo "$3" | wc -l)" -gt 10 ] || echo "$2 --help lists too few"
    echo "$3" | while read -r spec; do grep -qF "\`$spec\`" "$1" || echo "no $spec in $1"; done
    [ -n "$(table "$1" "$2")" ] || echo "no table"
    table "$1" "$2" | grep -vxF -e "$3" | sed "s/^/no such option: /"
}
for readme in README.md README.zh-CN.md; do
    check "$readme names the options of writer, and no other" options $readme writer "$writer"
    check "$readme names the options of reader, and no other" options $readme reader "$reader"
done
mentions() {
    known=$(echo "$writer $reader" | grep -oE -e '--[a-z-]+')
    grep -oE -e '--[a-z][a-z-]*' README*.md CONTRIBUTING.md | while IFS=: read -r file option; do
        echo "$known" | grep -qxF -e "$option" || echo "$option in $file"
    done
}
check "whatever looks like a long option, anywhere, is one" mentions
links() {
    grep -o ']([^)#]*' README*.md CONTRIBUTING.md CHANGELOG.md | grep -v :// | sed 's/](//' |
        while IFS=: read -r file target; do [ -e "./$target" ] || echo "$target in $file"; done
}
check "links lead to files" links
shapes() {
    for start in '#' '|' "\`\`\`" '- ' '!\['; do
        grep -c "^$start" README.md README.zh-CN.md | sed "s/.*:/lines with $start: /" | uniq -u
    done
}
check "both READMEs have the same shape" shapes

# at_most WORD NUMBER: there are no more of them than that
at_most() { [ "$1" -le "$2" ] || echo "$1, not $2"; }
check "README.md has at most 1,400 words" at_most "$(wc -w <README.md)" 1400
for program in writer reader; do
    check "$program --help has at most 40 lines" at_most "$(run $program --help | wc -l)" 40
done

version=$(cat VERSION)
same() { [ "$1" = "$version" ] || echo "it is '$1', VERSION has '$version'"; }
check "CHANGELOG.md begins with the version" same "$(sed -n '/^## /{s/^## \(.*\) - .*/\1/p;q;}' CHANGELOG.md)"

# In a program's resource: the numbers of VS_FIXEDFILEINFO (0xFEEF04BD, its own version, then the
# file's) and the words that Explorer shows, in UTF-16.
wide() { printf %s "$1" | sed 's/./[&]_/g'; }
resource() {
    same "$(od -An -v -tu2 "$1" | tr -s ' \n' '  ' |
        sed -n 's/.* 1213 65263 0 1 \([0-9]*\) \([0-9]*\) [0-9]* \([0-9]*\) .*/\2.\1.\3/p')"
    for key in FileVersion ProductVersion; do
        tr '\000' _ <"$1" | grep -aq "$(wide "$key")_*$(wide "$version")__" || echo "another $key"
    done
}
for program in writer reader; do
    check "$program --version tells it" same "$(run $program --version | sed "s/^$program //")"
    check "the resource of $program.exe tells it" resource "$(exe $program)"
done

echo "1..$count"
[ $failed = 0 ]
