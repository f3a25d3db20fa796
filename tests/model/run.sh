#!/bin/sh
# Checks the models of the latch and of the delivery, and that the checks catch each mutant:
# sh tests/model/run.sh FOLDER
# What is built goes into FOLDER. spin and Relacy run side by side. Exit status: 0 only if all holds
# and no mutant survives.
set -u

here=$(cd "$(dirname "$0")" && pwd)
common=$(cd "$here/../../common" && pwd)
failed=0

# report OK NAME: a line of the result
report() {
    if [ "$1" = yes ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        failed=1
    fi
}

# run_pan OPTIMISATION MODEL OPTION...: explores the model; pan.log tells the result, if there is any
run_pan() {
    level=$1
    model=$2
    shift 2
    rm -f pan.log
    spin -a "$@" "$here/$model" >spin.log &&
        ${HOSTCC:-cc} "$level" -w -DSAFETY -o pan pan.c && ./pan -m300000 >pan.log
}

# holds NAME MODEL OPTION...: all states are explored and none is wrong
holds() {
    name=$1
    shift
    run_pan -O1 "$@"
    states=$(sed -n 's/ *\([0-9e.+]*\) states, stored.*/\1 states/p' pan.log)
    ok=yes
    grep -q 'errors: 0$' pan.log || ok=no
    grep -q -e 'not completed' -e 'depth too small' pan.log && ok=no
    report "$ok" "spin: $name ($states)"
}

# catches REASON NAME MODEL OPTION...: an error is found whose message has the REASON
catches() {
    reason=$1
    name=$2
    shift 2
    run_pan -O0 "$@"
    ok=no
    grep -q "^pan:1: .*$reason" pan.log && ok=yes
    report "$ok" "spin: $name"
}

latch_models() {
    holds "latch: old or new, whole, whoever dies" latch.pml
    holds "latch: beside a plain writer" latch.pml -DPLAIN
    for mutant in 1 2 3 4 5 6 7; do
        catches assertion "latch, catches mutant $mutant" latch.pml "-DMUTANT=$mutant"
    done
}

# deliver NAME OPTION...
deliver() {
    name=$1
    shift
    holds "delivery: $name" delivery.pml "$@"
}

# mutant NUMBER REASON NAME OPTION...: of the delivery
mutant() {
    number=$1
    reason=$2
    name=$3
    shift 3
    catches "$reason" "delivery, catches: $name" delivery.pml "-DMUTANT=$number" "$@"
}

delivery_models() {
    deliver "three messages, a page left by an earlier mapping" -DMESSAGES=3 -DSTALE
    deliver "two that wait, one that does not" -DWAITERS=2 -DMESSAGES=1 -DUNWAITED=1
    deliver "one that waits, one that overwrites" -DUNWAITED=1 -DLOOKS=1
    deliver "two writers that may die" -DWAITERS=2 -DMESSAGES=1 -DDEATHS=2
    deliver "writers of both kinds, one dies" -DUNWAITED=1 -DDEATHS=1
    deliver "a plain program and one that does not wait" -DPLAIN=1 -DUNWAITED=1
    deliver "two followers" -DFOLLOWERS=2 -DMESSAGES=1 -DUNWAITED=1
    deliver "two followers, four wake-ups" -DFOLLOWERS=2 -DWAITERS=0 -DUNWAITED=4
    deliver "a follower dies beside another" -DMORTAL_FOLLOWERS=1
    deliver "a follower dies beside a taker" -DFOLLOWERS=0 -DTAKERS=1 -DMORTAL_FOLLOWERS=1
    deliver "two takers, a page left by an earlier mapping" -DFOLLOWERS=0 -DTAKERS=2 -DSTALE
    deliver "a taker dies beside another" -DFOLLOWERS=0 -DTAKERS=1 -DMORTAL_TAKERS=1
    deliver "a taker dies beside another and a follower" -DTAKERS=1 -DMORTAL_TAKERS=1 -DMESSAGES=1
    deliver "a taker dies beside another, one overwrites" \
        -DFOLLOWERS=0 -DTAKERS=1 -DMORTAL_TAKERS=1 -DMESSAGES=1 -DUNWAITED=1
    deliver "a taker dies beside a follower, a plain program overwrites" \
        -DMORTAL_TAKERS=1 -DMESSAGES=1 -DPLAIN=1
    deliver "a taker dies beside a follower, the writer times out" -DMORTAL_TAKERS=1 -DGIVE_UP
    deliver "a taker and a writer die" -DFOLLOWERS=0 -DTAKERS=1 -DMORTAL_TAKERS=1 -DDEATHS=1
    deliver "two followers that find NAME.shown late" -DLATE -DFOLLOWERS=2 -DMESSAGES=1 -DUNWAITED=1

    blocked="invalid end state"
    mutant 1 "$blocked" "asleep is taken before publishing"
    mutant 2 "$blocked" "no second look at the number"
    mutant 3 "$blocked" "the wake-ups are read after asleep is set"
    mutant 4 "$blocked" "no waiting"
    mutant 5 "$blocked" "waiting is set after the last look"
    mutant 6 "$blocked" "awaited is set after publishing"
    mutant 7 was_output "acknowledged before the output"
    mutant 8 was_swapped "acknowledged by a plain store" -DUNWAITED=1
    mutant 9 "$blocked" "waiting is read before awaited is swapped"
    mutant 10 was_output "a plain text acknowledges what it overwrote" -DPLAIN=1
    mutant 11 was_given_up "taken after it was reported" -DFOLLOWERS=0 -DTAKERS=1 -DGIVE_UP
    mutant 12 was_swapped "withdrawn by a plain store" -DUNWAITED=1
    mutant 13 ended "published as already shown" -DFOLLOWERS=0 -DTAKERS=1 -DSTALE
    mutant 14 was_given_up "claimed by a plain store" -DFOLLOWERS=0 -DTAKERS=1 -DGIVE_UP
    mutant 15 leftover "old events stay set" -DWAITERS=2 -DMESSAGES=1
    mutant 16 "$blocked" "an event is reset too early" -DFOLLOWERS=2 -DWAITERS=0 -DUNWAITED=2
    mutant 17 "$blocked" "no turns" -DWAITERS=2 -DMESSAGES=1
    mutant 18 "$blocked" "the wake-ups are not read anew" -DFOLLOWERS=2 -DWAITERS=0 -DUNWAITED=4
    mutant 19 ended "shown is raised before awaited is swapped" -DLOOKS=1
    mutant 20 was_swapped "no second look at awaited" -DFOLLOWERS=0 -DTAKERS=1
    mutant 21 ended "claimed before the mutex is taken" -DFOLLOWERS=0 -DTAKERS=1
    mutant 22 ended "the mutex is released before the acknowledgement" -DFOLLOWERS=0 -DTAKERS=1
    mutant 23 ended "the mutex is not asked" -DFOLLOWERS=0 -DTAKERS=1
    mutant 24 ended "a later message counts as a claim" -DUNWAITED=1 -DLOOKS=1
    mutant 0 "$blocked" "no look for a dead taker" \
        -DFOLLOWERS=0 -DTAKERS=1 -DMORTAL_TAKERS=1 -DLOOKS=0
}

# run_relacy TEST OPTIMISATION RUNS SED-SCRIPT: runs the very sources, changed by the script, under
# weak memory; relacy.log tells the result, if there is one
run_relacy() {
    rm -f relacy.log
    cat "$common/publish.c" "$common/message.c" | sed "$4" >message.c
    sed "$4" "$common/acknowledge.c" >acknowledge.c
    ${HOSTCXX:-c++} -std=c++11 "$2" -w -I"$common" -DMESSAGE_C="\"$PWD/message.c\"" \
        -DACKNOWLEDGE_C="\"$PWD/acknowledge.c\"" -o relacy "$here/$1_relacy.cpp" &&
        ./relacy "$3" >relacy.log
}

# source_holds TEST
source_holds() {
    if run_relacy "$1" -O2 300000 ""; then
        report yes "relacy: $1: the source holds under weak memory (300,000 runs)"
    else
        report no "relacy: $1: the source"
        tail -n 60 relacy.log
    fi
    cat message.c acknowledge.c >sources.c
}

# source_mutant TEST REASON RUNS NAME SED-SCRIPT: an error is found whose message has the REASON
source_mutant() {
    ok=no
    run_relacy "$1" -O0 "$3" "$5"
    grep -q "^$2 (" relacy.log && ok=yes
    cat message.c acknowledge.c | cmp -s - sources.c && ok=no # the script changes nothing
    report "$ok" "relacy: $1: catches $4"
}

latch_sources() {
    source_holds latch
    publish='/^bool message_publish/,/^}/'
    snapshot='/^enum message_result message_snapshot/,/^}/'
    while IFS='|' read -r name script; do
        source_mutant latch "USER ASSERT FAILED" 100000 "$name" "$script"
    done <<END
no fence before standby is rewritten|$publish{/} else {/{n;s/.*//;}}
no release behind standby|$publish{/write_copy(&control->standby/{n;s/release/relaxed/;}}
no fence before text is rewritten|$publish{s/^    atomic_thread_fence.*//;}
no release behind text|$publish{/write_copy(&control->text/{n;s/release/relaxed/;}}
no acquire before the copy|$snapshot{s/sequence, memory_order_acquire/sequence, memory_order_relaxed/;}
no fence behind the copy|$snapshot{s/atomic_thread_fence.*//;}
no second look at the sequence|$snapshot{s/!= s)/== 77777)/;}
always the same copy|$snapshot{s/bool odd = .*/bool odd = false;/;}
END
}

delivery_sources() {
    source_holds delivery
    for step in take_sleeper block shown sleep; do
        fence="/^[a-z].* acknowledge_$step(/,/^}/"
        source_mutant delivery DEADLOCK 20000 "no fence in $step" \
            "$fence{s/atomic_thread_fence.*//;}"
        source_mutant delivery DEADLOCK 20000 "a weaker fence in $step" \
            "$fence{s/fence(memory_order_seq_cst/fence(memory_order_acq_rel/;}"
    done
    source_mutant delivery "DATA RACE" 50000 "no release in the acknowledgement" \
        "/^static bool swap/,/^}/s/acq_rel/acquire/"
    source_mutant delivery "DATA RACE" 50000 "no acquire of the acknowledgement" \
        "/^static uint32_t load/,/^}/s/acquire/relaxed/"
}

mkdir -p "$1/spin" "$1/relacy" || exit
(
    cd "$1/relacy" || exit
    latch_sources
    delivery_sources
    exit $failed
) >"$1/relacy.tap" 2>&1 &
background=$!
(
    cd "$1/spin" || exit
    latch_models
    delivery_models
    exit $failed
) || failed=1
wait "$background" || failed=1
cat "$1/relacy.tap"
exit $failed
