#!/bin/sh
# Checks the models of the latch, and that the checks catch each mutant: sh tests/model/run.sh FOLDER
# What is built goes into FOLDER. Exit status: 0 only if the latch holds and no mutant survives.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
failed=0

# spin_errors OPTION...: how many errors spin finds
spin_errors() {
    spin -a "$@" "$here/latch.pml" >/dev/null
    ${HOSTCC:-cc} -O2 -w -DSAFETY -o pan pan.c
    ./pan -m200000 >pan.log
    sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.log
}

expect() {
    if test "$1" "$2" 0; then
        echo "ok - $3"
    else
        echo "not ok - $3"
        failed=1
    fi
}

expect "$(spin_errors)" = "spin: old or new, whole, whoever dies ($(grep -o '[0-9e.+]* states, stored' pan.log))"
expect "$(spin_errors -DPLAIN)" = "spin: beside a plain writer ($(grep -o '[0-9e.+]* states, stored' pan.log))"
for mutant in 1 2 3 4 5 6 7; do
    expect "$(spin_errors -DMUTANT=$mutant)" != "spin: catches mutant $mutant"
done

exit $failed
