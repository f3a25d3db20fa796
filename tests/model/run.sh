#!/bin/sh
# Checks the models of the latch, and that the checks catch each mutant: sh tests/model/run.sh FOLDER
# What is built goes into FOLDER. Exit status: 0 only if the latch holds and no mutant survives.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
common=$(cd "$here/../../common" && pwd)
mkdir -p "$1"
cd "$1"
failed=0

# spin_errors MODEL OPTION...: how many errors spin finds
spin_errors() {
    spin -a "$@" >/dev/null
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

states() {
    sed -n 's/ *\([0-9e.+]*\) states, stored.*/\1 states/p' pan.log
}

expect "$(spin_errors "$here/latch.pml")" = "spin: old or new, whole, whoever dies ($(states))"
expect "$(spin_errors -DPLAIN "$here/latch.pml")" = "spin: beside a plain writer ($(states))"
for mutant in 1 2 3 4 5 6 7; do
    expect "$(spin_errors -DMUTANT=$mutant "$here/latch.pml")" != "spin: latch, catches mutant $mutant"
done
# relacy NAME SED-SCRIPT RUNS: runs the very source, changed by the script, under weak memory
relacy() {
    cat "$common/publish.c" "$common/message.c" >both.c
    sed "$2" both.c >message.c
    if [ "$2" ] && cmp -s message.c both.c; then
        echo "not ok - relacy: '$1' changes nothing" && failed=1
    fi
    ${HOSTCXX:-c++} -std=c++11 -O2 -w -I"$common" -DMESSAGE_C="\"$PWD/message.c\"" -o relacy "$here/latch_relacy.cpp"
    ./relacy "$3" >relacy.log
}

mutant() {
    if relacy "$1" "$2" 100000; then
        echo "not ok - relacy: $1 survives"
        failed=1
    else
        echo "ok - relacy: catches $1"
    fi
}

if relacy "the source" "" 300000; then
    echo "ok - relacy: the source holds under weak memory (300,000 runs)"
else
    echo "not ok - relacy: the source"
    tail -n 60 relacy.log
    failed=1
fi
publish='/^bool message_publish/,/^}/'
snapshot='/^enum message_result message_snapshot/,/^}/'
mutant "no fence before standby is rewritten" "$publish{/} else {/{n;s/.*//;}}"
mutant "no release behind standby" "$publish{/write_copy(&control->standby/{n;s/release/relaxed/;}}"
mutant "no fence before text is rewritten" "$publish{s/^    atomic_thread_fence.*//;}"
mutant "no release behind text" "$publish{/write_copy(&control->text/{n;s/release/relaxed/;}}"
mutant "no acquire before the copy" "$snapshot{s/sequence, memory_order_acquire/sequence, memory_order_relaxed/;}"
mutant "no fence behind the copy" "$snapshot{s/atomic_thread_fence.*//;}"
mutant "no second look at the sequence" "$snapshot{s/!= s)/== 77777)/;}"
mutant "always the same copy" "$snapshot{s/bool odd = .*/bool odd = false;/;}"

exit $failed
