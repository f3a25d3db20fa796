#!/bin/sh
# Runs all tests on several systems and in both widths: sh scripts/everywhere.sh [PLACE]...
#   here       this machine: the 64-bit programs
#   i686       Debian 12 whose Wine has both widths: the 32-bit programs, and pairs of both
#   mixed      there too: the pairs alone, which takes the least time; only if it is named
#   debian-13  Debian 13, with a newer Wine and compiler: the 64-bit programs
#   ucrt       the same, of its compiler for the C runtime of Windows 10; not beside debian-13
# With no PLACE in all of them. It prints where it is, what is skipped or fails there, and the totals.
# The places besides here are folders made by debootstrap, from the mirror of this machine's apt. They
# are kept in build/everywhere or $EVERYWHERE, with a log of each place. Only root can do that.
# i686 and mixed need a kernel that runs 32-bit programs.
# Exit status: 0 all passed, 1 a test failed, 2 wrong usage, 3 none failed, but a place was not run.
set -eu

cd "$(dirname "$0")/.."
folder=${EVERYWHERE:-build/everywhere}
if [ "$(id -u)" != 0 ]; then
    echo "everywhere.sh: only root can make the folders of other systems and enter them" >&2
    exit 2
fi
[ $# != 0 ] || set -- here i686 debian-13 ucrt
for place; do
    case $place in
    here | i686 | mixed | debian-13 | ucrt) ;;
    *)
        echo "everywhere.sh: '$place' is none of here, i686, mixed, debian-13, ucrt" >&2
        exit 2
        ;;
    esac
done
unset MAKEFLAGS # of a make that called this
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# inside FOLDER COMMANDS: runs them in the place. But for here they have mounts and processes of their
# own, which end with them: nothing stays mounted or running, in whatever way they end.
inside() {
    if [ "$place" = here ]; then
        sh -ec "$2"
        return
    fi
    # shellcheck disable=SC2016 # a shell in between has the parameters
    unshare --mount --pid --fork --kill-child sh -ec '
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        exec chroot "$1" sh -ec "cd /src; $2"' inside "$@"
}

# Makes the folder of the place unless it is there; it bears its name once it is complete. It gets to
# know of proxies and the like what this machine's apt does.
make_root() {
    [ ! -e "$root" ] || return 0
    mirror=$(apt-get indextargets --format "\$(SITE)" 'Label: Debian' | sed q)
    rm -rf "$root.new"
    unshare --mount debootstrap --variant=minbase "$release" "$root.new" "$mirror" &&
        mkdir "$root.new/src" &&
        apt-config dump Acquire >"$root.new/etc/apt/apt.conf.d/90host" &&
        inside "$root.new" "$packages" &&
        mv "$root.new" "$root"
}

# Succeeds if this kernel runs 32-bit programs: it runs one of 92 bytes, which exits with status 32.
runs_32_bit() {
    # The ELF header for i386, its program header (all of the file, at 0x8048000), and the code:
    # push 1; pop eax; push 32; pop ebx; int 0x80
    printf '%b' '\0177ELF\01\01\01\0\0\0\0\0\0\0\0\0' \
        '\02\0\03\0\01\0\0\0\0124\0200\04\010\064\0\0\0\0\0\0\0\0\0\0\0\064\0\040\0\01\0\0\0\0\0\0\0' \
        '\01\0\0\0\0\0\0\0\0\0200\04\010\0\0200\04\010\0134\0\0\0\0134\0\0\0\05\0\0\0\0\020\0\0' \
        '\0152\01\0130\0152\040\0133\0315\0200' >"$folder/exit-32"
    chmod +x "$folder/exit-32"
    "$folder/exit-32" >/dev/null 2>&1
    [ $? = 32 ]
}

# All that has to be there before a test can fail, and a fresh copy of the sources.
set_up() {
    if [ "$tools" = i686-w64-mingw32 ] && ! runs_32_bit; then
        echo "this kernel runs no 32-bit programs"
        return 1
    fi
    if [ "$place" != here ]; then
        sh scripts/setup.sh everywhere && make_root && rm -rf "$root/src" && mkdir "$root/src" &&
            tar --exclude=./build --exclude=./.git --exclude="./$folder" -cf - . |
            tar -xf - -C "$root/src" || return
    fi
    inside "$root" "TOOLS=$tools sh scripts/setup.sh tests"
}

mkdir -p "$folder"
failed=
missing=
for place; do
    root=$folder/$place
    log=$root.log
    tools=x86_64-w64-mingw32
    packages=:
    run='sh scripts/test.sh'
    case $place in
    i686 | mixed)
        release=bookworm
        root=$folder/i686
        tools=i686-w64-mingw32
        # All in one call, so that the versions of both widths agree.
        packages='dpkg --add-architecture i386
            apt-get -q update
            apt-get -qq -y --no-install-recommends install wine wine64 wine32:i386'
        mixed='build/i686/tests/t_mixed.exe build/i686/tests/t_flood.exe'
        [ "$place" = i686 ] ||
            run="make -s -j2 all both $mixed; prove --directives --exec 'sh scripts/wine.sh' $mixed"
        ;;
    debian-13)
        release=trixie
        ;;
    ucrt)
        release=trixie
        root=$folder/debian-13
        tools=x86_64-w64-mingw32ucrt
        ;;
    esac

    if ! set_up >"$log" 2>&1 </dev/null; then
        missing=1
        echo "$place: not run: $(tail -n 1 "$log")"
        continue
    fi
    # shellcheck disable=SC2016 # expanded there
    system='. /etc/os-release; echo "$PRETTY_NAME, $(wine --version 2>/dev/null)"'
    echo "$place: $(inside "$root" "$system"), $(inside "$root" "$tools-gcc --version | sed q")"
    inside "$root" "export ARCH=${tools%%-*} TOOLS=$tools; $run" >>"$log" 2>&1 </dev/null || {
        failed=1
        sed -n '/^Test Summary Report/,/^Files=/p' "$log" | sed '$d'
    }
    grep '# SKIP' "$log" || :
    grep -E '^(Files|Result)' "$log" || tail -n 5 "$log"
done
[ ! "$failed" ] || exit 1
[ ! "$missing" ] || exit 3
