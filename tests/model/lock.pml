/*
 * The lock of common/lock.h, for spin: three writers, of which the first dies before any of its steps and comes
 * back with the same process id. What Windows gives is taken as given: a mutex has one owner, and the dead own
 * none. Sequentially consistent: that a taken lock brings the last owner's stores along is latch_relacy.cpp's
 * subject.
 *
 * Checked: never do two hold the lock; nobody waits for ever, whoever dies.
 * -DMUTANT=n leaves one step out; spin must then find an error.
 */
#ifndef MUTANT
#define MUTANT 0
#endif

#define WRITERS 3
#define TURNS   2 /* of each with the lock */
#define MORTAL 1 /* id of the one that dies */

byte holder;            /* the words of the mapping */
bool waiting;
byte queue;             /* owner of NAME.writer, 0: nobody */
byte life[WRITERS + 1]; /* owner of NAME.writer.PID */
byte inside;            /* living writers that hold the lock */
bool dead;              /* the mortal has died once */

/* A step, before which the mortal may die: Windows takes its mutexes from it. */
#define STEP(what) \
    if \
    :: what \
    :: me == MORTAL && !dead -> goto die \
    fi

proctype writer(byte me)
{
    byte seen, turns;
    bool holds;
born:
    atomic { life[me] == 0 -> life[me] = me }
again:

    /* The quiet path; or the lock was this id's when the last process that had it died. */
    STEP(seen = waiting);
    if
    :: !seen ->
        if
#if MUTANT == 1 /* a look and a store, no compare-and-swap */
        :: holder == 0 -> STEP(atomic { holder = me; inside++; holds = true }); goto locked
#else
        :: atomic { holder == 0 -> holder = me; inside++; holds = true }; goto locked
#endif
        :: else -> skip
        fi
    :: else -> skip
    fi;
#if MUTANT != 5 /* what was inherited is waited for */
    if
    :: atomic { holder == me -> inside++; holds = true }; goto locked
    :: else -> skip
    fi;
#endif

    /* In turn. */
    if
    :: atomic { queue == 0 -> queue = me }
    :: me == MORTAL && !dead -> goto die
    fi;
    STEP(waiting = true);
    do
    :: true ->
        STEP(seen = holder);
        if
        :: seen == 0 ->
            if
            :: atomic { holder == 0 -> holder = me; inside++; holds = true }; break
            :: else -> skip
            fi
        :: else ->
#if MUTANT == 2 /* the holder is taken for dead */
            if
            :: true ->
#else
            if
#if MUTANT == 3 /* a look whether it lives, which another of that id may overtake */
            :: life[seen] == 0 ->
#else
            :: atomic { life[seen] == 0 -> life[seen] = me } ->
#endif
#endif
                STEP(skip);
                if
                :: atomic { holder == seen -> holder = me; inside++; holds = true }
                :: else -> skip
                fi;
#if MUTANT != 2 && MUTANT != 3
                STEP(life[seen] = 0);
#endif
                if
                :: holds -> break
                :: else -> skip
                fi
            :: holder != seen -> skip /* it lives; another look */
            fi
        fi
    od;
#if MUTANT != 4 /* the turn is not given on */
    STEP(waiting = false);
    STEP(queue = 0);
#endif

locked:
    assert(inside == 1);
    STEP(skip);
    STEP(atomic { holder = 0; inside--; holds = false });
    turns++;
    if
    :: turns < TURNS -> goto again
    :: else -> goto end
    fi;

die:
    atomic {
        inside = inside - holds;
        holds = false;
        dead = true;
        queue = (queue == me -> 0 : queue);
        seen = 1;
        do
        :: seen <= WRITERS -> life[seen] = (life[seen] == me -> 0 : life[seen]); seen++
        :: else -> break
        od
    };
    goto born;
end:
    atomic { life[me] = 0 }
}

init {
    atomic {
        run writer(1);
        run writer(2);
        run writer(3)
    }
}
