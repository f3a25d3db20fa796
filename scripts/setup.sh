#!/bin/sh
# Installs what is missing: sh scripts/setup.sh [PURPOSE]...
# With no argument that is the cross compiler of ARCH (and TOOLS), make and Wine; a PURPOSE adds to it:
#   terminal  two panes to type in      tests  what `make test` runs on
#   check     linters, `make check`     model  `make model`       fuzz  `make fuzz`
#   dist      `make dist` and its test      everywhere  `make everywhere`   screenshot  `make screenshot`
# It looks for commands, not packages: quick and silent when all are there. Packages come by apt, with
# sudo for all but root. Exit status: 0 all is there, 1 apt failed, 2 to be installed by hand.
set -eu

missing=

# need COMMAND PACKAGE...: the packages are missing unless the command is there
need() {
    command -v "$1" >/dev/null || { shift && missing="$missing $*"; }
}

# compiler ARCH: that of x86_64 or i686
compiler() {
    need "$1-w64-mingw32-gcc" "gcc-mingw-w64-$(echo "$1" | tr _ -)"
    need "$1-w64-mingw32-windres" "binutils-mingw-w64-$(echo "$1" | tr _ -)"
}

compiler "${ARCH:-x86_64}"
case ${TOOLS-} in *ucrt) need "$TOOLS-gcc" gcc-mingw-w64-ucrt64 ;; esac
need make make
need wine wine wine64
need wineserver wine wine64

for purpose; do
    case $purpose in
    terminal)
        need tmux tmux
        ;;
    tests)
        compiler x86_64
        compiler i686
        need prove perl
        need jq jq
        ;;
    check)
        compiler x86_64
        compiler i686
        need cppcheck cppcheck
        need clang-format clang-format
        need shellcheck shellcheck
        ;;
    dist)
        compiler x86_64
        compiler i686
        need git git
        need unzip unzip
        need prove perl
        ;;
    model)
        need gcc gcc libc6-dev
        need g++ g++
        need spin spin
        [ -e /usr/include/relacy ] || missing="$missing relacy-dev"
        ;;
    fuzz)
        need clang clang libc6-dev
        ls "$(clang -print-resource-dir 2>/dev/null)"/lib/*/libclang_rt.fuzzer* >/dev/null 2>&1 ||
            missing="$missing libclang-rt-dev"
        ;;
    everywhere)
        need debootstrap debootstrap
        ;;
    screenshot)
        need Xvfb xvfb
        need xterm xterm
        need xdotool xdotool
        need convert imagemagick
        need fc-list fontconfig
        [ "$(fc-list 'DejaVu Sans Mono' 2>/dev/null)" ] || missing="$missing fonts-dejavu-core"
        ;;
    *)
        echo "setup.sh: '$purpose' is none of terminal, tests, check, dist, model, fuzz, everywhere, screenshot" >&2
        exit 2
        ;;
    esac
done
[ "$missing" ] || exit 0
missing=$(echo "$missing" | tr ' ' '\n' | sort -u | xargs)

by_hand() {
    echo "setup.sh: $1. Please install what these Debian packages hold: $missing" >&2
    exit 2
}
command -v apt-get >/dev/null || by_hand "there is no apt-get here"
as_root=
if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || by_hand "installing needs root, and there is no sudo"
fi

echo "setup.sh: installing $missing" >&2
# Word splitting is meant: one package a word.
# shellcheck disable=SC2086
$as_root sh -ec '
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update || echo "setup.sh: going on with the package lists that are here"
    apt-get -qq -y --no-install-recommends install "$@"
' setup.sh $missing >&2 </dev/null || {
    echo "setup.sh: apt could not install $missing" >&2
    exit 1
}
