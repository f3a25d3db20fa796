#!/bin/sh
# What the headers of the executables say, of each architecture that was built: size, imports and the
# protections that Windows offers; and that a buffer overrun ends a program. Prints TAP: sh tests/pe.sh
set -u
cd "$(dirname "$0")/.." || exit 2
builds=$(dirname "${OUT:-build/x86_64}")
tool=$(command -v x86_64-w64-mingw32-objdump || echo objdump)
count=0
failed=0

# check NAME COMMAND...: one line of TAP; it holds if the command succeeds.
check() {
    count=$((count + 1))
    name="$count - $1"
    shift
    said=$("$@" 2>&1) && echo "ok $name" && return
    failed=1
    echo "not ok $name"
    [ -z "$said" ] || echo "$said" | sed 's/^/# /'
}
says() { echo "$headers" | grep -qE "$1"; }
imports() {
    says 'DLL Name: ' && ! echo "$headers" | sed -n 's/.*DLL Name: //p' |
        grep -vixE '(kernel32|advapi32|ntdll|msvcrt|ucrtbase|api-ms-win-crt-.*)\.dll'
}
movable() { says DYNAMIC_BASE && says 'reloc +[0-9]+ offset' && ! says 'relocations stripped'; }
for exe in "$builds"/*/writer.exe "$builds"/*/reader.exe; do
    headers=$($tool -p -h "$exe")
    check "$exe has at most 84 KiB" test "$(wc -c <"$exe")" -le 86016
    check "$exe needs Windows' own DLLs only" imports
    check "$exe may lie anywhere" movable
    check "$exe runs no data" says NX_COMPAT
    check "$exe has the stack protector" grep -aq "stack smashing detected" "$exe"
    check "$exe has _FORTIFY_SOURCE" grep -aq "buffer overflow detected" "$exe"
    says i386 || check "$exe may lie above 4 GiB" says HIGH_ENTROPY_VA
    says i386 || check "$exe has unwind tables" says ' \.pdata '
done

# A program with the same start-up code writes 8 or 40 bytes to an array of 16; what ended by an
# exception has a status above 1.
smash() { ${RUN-sh scripts/wine.sh} "$exe" "$@" 2>&1; }
smashes() {
    smash "$1" 8
    [ $? -le 1 ] || return
    said=$(smash "$1" 40)
    [ $? -gt 1 ] && echo "$said" | grep "$2"
}
for exe in "$builds"/*/tests/smashed.exe; do
    smash store 8 >/dev/null
    if [ $? -ne 1 ] && [ "${exe%/i686/*}" != "$exe" ]; then
        check "$exe # SKIP no 32-bit programs run here" true
    else
        check "$exe is ended where it overruns an array" smashes store "stack smashing detected"
        check "$exe is ended where memcpy would do so" smashes copy "buffer overflow detected"
    fi
done
echo "1..$count"
[ $failed = 0 ]
