#!/bin/sh
# Runs a Windows program under Wine: sh scripts/wine.sh PROGRAM [ARGUMENT]...
# A shell script is simply run: what is given to prove may be either.
# The prefix lies in the build folder and is made at the first use; the user's own is never touched.
set -eu
[ $# -gt 0 ] || { echo "usage: sh scripts/wine.sh PROGRAM [ARGUMENT]..." >&2 && exit 2; }
case $1 in *.sh) exec sh "$@" ;; esac

top=$(cd "$(dirname "$0")/.." && pwd)
export WINEPREFIX="${WINEPREFIX_FOR_TESTS:-$top/build/wine}"
export WINEDEBUG="${WINEDEBUG:--all}"
# Arguments and the terminal are UTF-8 and the code pages are the same, whatever the user's locale is.
export LC_ALL=C.UTF-8
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-mscoree,mshtml=}"

# A prompt finds the programs; Wine takes slashes, too.
if [ "$1" = cmd ]; then
    export WINEPATH="Z:$top/build/${ARCH:-x86_64}"
fi

if [ ! -f "$WINEPREFIX/system.reg" ]; then
    echo "wine.sh: making a Wine prefix, once" >&2
    mkdir -p "$WINEPREFIX"
    wineboot --init >/dev/null 2>&1
    # No display is needed then, not even for a console in a window of its own.
    wine reg add 'HKCU\Software\Wine\Drivers' /v Graphics /d null /f >/dev/null 2>&1
    wineserver --wait
fi
# With addresses at random, one start of a program in some thousand fails in Wine 8 (error 1359).
fixed=$(setarch -R true 2>/dev/null && echo setarch -R) || :
# shellcheck disable=SC2086 # words
exec $fixed wine "$@"
