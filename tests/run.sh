#!/bin/sh
# Runs prove with what it is given, two tests at a time: OUT=build/x86_64 RUN=... sh tests/run.sh ARGUMENT...
# Under Wine an idle program runs beside them. Without one Wine's own processes would start and end with each
# test, and those keep its output open for two seconds. A test that does not even start, as one start in some
# thousands under Wine, is ended.
set -u
prove() { command prove -j2 --timer --directives --exec "${RUN:+timeout -k 5 240 $RUN}" "$@"; }
[ -n "${RUN-}" ] || { prove "$@"; exit; }
idle() { ${RUN-} "$OUT/reader.exe" "$@" >/dev/null 2>&1; } # words

hold=$OUT/tests/idle
rm -f "$hold" && mkfifo "$hold" || exit
idle --version
idle -n idle <"$hold" &
exec 9>"$hold"
prove "$@" 9>&-
status=$?
exec 9>&-
wait
rm -f "$hold"
exit $status
