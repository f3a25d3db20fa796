/*
 * The delivery of common/acknowledge.h, for spin: how a writer knows that its message was shown,
 * and who must be woken.
 *
 * Modelled: writers that wait and one that does not; readers that follow and readers that take.
 * Some may die before any step. The mutexes NAME.turn, NAME.writer and NAME.taker, which are
 * released when their owner dies; the words of NAME.shown; the four events and their count; a plain
 * program that overwrites the text; readers that find NAME.shown late; message numbers that wrap.
 *
 * Checked:
 *  - No lost wake-up. Time-outs are off, so spin reports an invalid end state if somebody stays
 *    blocked while there is something for it. They are on where the design needs them: for a plain
 *    program's text, without NAME.shown, after a death before an event was set, for a message that
 *    was overwritten, and for a reader that was about to wait during three wake-ups of another one
 *    (RESCUED). A writer looks for a dead taker once at any time, and again whenever that look
 *    finds one. So no writer waits for ever behind a dead taker.
 *  - An event is set only for a new wake-up. One that a dead writer left set makes readers poll.
 *  - What a writer takes for delivered was output; what it reports as not delivered was not
 *    acknowledged. What it reports as taken by a reader that has ended was claimed by a taker that
 *    is dead: a slow taker is never reported.
 *  - No message is taken twice, or claimed after it was reported as not delivered.
 *
 * Left out: the latch (latch.pml), so a publication is one step; memory orders
 * (delivery_relacy.cpp); time-outs of the locks; a NAME.shown with invalid content; readers that
 * start later; a mapping that is made anew while it is read. A claim is one step: its loop takes
 * effect in one compare-and-swap. A writer takes NAME.taker and releases it in one step, and does
 * not look at `awaited` in between: its compare-and-swap is the second look.
 *
 * -DMUTANT=n breaks one step; spin must then find an error.
 */
#ifndef MUTANT
#define MUTANT 0
#endif

/* How many there are, and how many messages each one writes. */
#ifndef WAITERS
#define WAITERS 1
#endif
#ifndef MESSAGES
#define MESSAGES 2
#endif
#ifndef UNWAITED
#define UNWAITED 0 /* messages of the writer that does not wait */
#endif
#ifndef FOLLOWERS
#define FOLLOWERS 1
#endif
#ifndef TAKERS
#define TAKERS 0
#endif
#ifndef MORTAL_FOLLOWERS
#define MORTAL_FOLLOWERS 0
#endif
#ifndef MORTAL_TAKERS
#define MORTAL_TAKERS 0
#endif
#ifndef LOOKS
#define LOOKS (TAKERS + MORTAL_TAKERS > 0) /* whether writers look for a dead taker */
#endif
#ifndef PLAIN
#define PLAIN 0 /* plain programs, each of which writes once */
#endif
#ifndef DEATHS
#define DEATHS 0 /* of writers */
#endif
#define READER_DEATHS (MORTAL_FOLLOWERS + MORTAL_TAKERS)

/* The events of wake-up s. */
#define SET(s)   ((s) & 3)
#define NEXT(s)  (((s) + 1) & 3) /* for which a reader waits that has seen s */
#if MUTANT == 16                 /* an event is reset too early */
#define RESET(s) (((s) + 3) & 3)
#else
#define RESET(s) (((s) + 2) & 3)
#endif

#define NUMBERS 8 /* stands for 2^31 */
#define START   6 /* the message that is there, and was seen, so that numbers wrap soon */

/* A number as NAME.shown stores it; 0 is none. */
#define WORD(number) ((number) + 1)
#define REACHED(word, number) \
    ((word) != 0 && ((word) - 1 - (number) + NUMBERS) % NUMBERS < NUMBERS / 2)

byte number = START; /* of the message in the mapping */
bool plain;          /* a plain program has overwritten its text */
byte signals = 2;    /* counts wake-ups */
byte events = 1 << SET(2) | (MUTANT != 16) << SET(1); /* a bit for each one that is set */

byte awaited;
#ifdef STALE
byte shown = WORD(START + 1); /* left by an earlier mapping of this name: a number to come */
#else
byte shown = WORD(START);
#endif
bool asleep, waiting;
bool acknowledged;      /* the auto-reset event */
byte turn, lock, taker; /* the mutexes: 1 + the process that holds it */

#ifdef LATE
bool page; /* NAME.shown exists */
#define LATE_READER true
#else
#define LATE_READER false
#endif

/* What the checks remember. */
bool was_output[NUMBERS], was_taken[NUMBERS], was_swapped[NUMBERS], was_given_up[NUMBERS];
byte working = WAITERS + (UNWAITED > 0) + PLAIN; /* writers that have not ended */
bool unheard;    /* a writer died between publishing and setting the event */
bool leftover;   /* a writer died between counting and resetting the event */
bool unanswered; /* a reader died between its acknowledgement and setting the event */
byte kept;       /* a bit for each message that a dead taker had claimed and not acknowledged */

#if DEATHS > 0
byte deaths = DEATHS;
#define STEP(step) if :: step :: atomic { deaths > 0 -> deaths--; goto dead } fi
#else
#define STEP(step) step
#endif

#if READER_DEATHS > 0
byte reader_deaths = READER_DEATHS;
#define LOOK(step) \
    if \
    :: step \
    :: atomic { mortal && reader_deaths > 0 -> reader_deaths--; goto dead } \
    fi
#else
#define LOOK(step) step
#endif

/* acknowledge_claim: raises `shown` to n. `won` tells whether this did it. */
#define CLAIM atomic { won = !REACHED(shown, n); if :: won -> shown = WORD(n) :: else fi }

#define DIE \
    if :: silent -> unheard = true :: else fi; \
    if :: halfway -> leftover = true :: else fi; \
    left = 0; flag = false; silent = false; halfway = false

inline end_writing()
{
    atomic {
        if :: lock == _pid + 1 -> lock = 0 :: else fi;
        if :: turn == _pid + 1 -> turn = 0 :: else fi;
        working--;
        n = 0
    }
}

/* NAME.writer is held. */
inline publish(waits)
{
    atomic { n = (number + 1) % NUMBERS; flag = REACHED(shown, n) }
#if MUTANT != 13 /* the number that is published may be shown already */
    if :: flag -> STEP(shown = WORD((n + NUMBERS - 1) % NUMBERS)) :: else fi;
#endif
#if MUTANT != 6
    if :: waits -> STEP(awaited = WORD(n)) :: else fi;
#endif
#if MUTANT == 1 /* `asleep` is taken before publishing */
    STEP(atomic { flag = asleep; asleep = false });
    STEP(atomic { number = n; plain = false; silent = flag });
#else
    STEP(atomic { number = n; plain = false; silent = true });
#if MUTANT == 6 /* `awaited` is set after publishing */
    if :: waits -> STEP(awaited = WORD(n)) :: else fi;
#endif
    STEP(atomic { flag = asleep; asleep = false; silent = flag });
#endif
    if
    :: flag ->
        STEP(atomic { signals++; halfway = true });
        STEP(atomic { events = events | (1 << SET(signals)); silent = false });
#if MUTANT != 15 /* old events stay set */
        STEP(atomic { events = events & ~(1 << RESET(signals)); halfway = false; flag = false })
#else
        atomic { halfway = false; flag = false }
#endif
    :: else
    fi
}

#define PENDING (awaited == WORD(n))
#define THERE   (number == n && !plain)
#if MUTANT == 24 /* a later message may have been shown */
#define CLAIMED REACHED(shown, n)
#else
#define CLAIMED (shown == WORD(n))
#endif
#if MUTANT == 23 /* the mutex is not asked */
#define TAKER_FREE true
#else
#define TAKER_FREE (taker == 0)
#endif

proctype waiter()
{
    byte n, left = MESSAGES;
    bool flag, won, silent, halfway;
    bool looked, ended; /* for a dead taker; it has found one */
#ifdef LATE
    page = true; /* a writer creates it before it writes */
#endif
next:
    if
    :: left == 0 -> goto done
    :: else -> left--
    fi;
    if
    :: turn != _pid + 1 ->
#if MUTANT != 17 /* writers that wait take no turns */
        STEP(atomic { turn == 0 -> turn = _pid + 1 })
#endif
    :: else
    fi;
    if
    :: lock != _pid + 1 -> STEP(atomic { lock == 0 -> lock = _pid + 1 })
    :: else
    fi;
    publish(true);
    /* It polls for a moment. */
    if
    :: STEP(atomic { !PENDING -> assert(was_output[n]); n = 0 });
        goto next /* under the same locks */
    :: STEP(lock = 0)
    fi;
#if MUTANT == 5 /* the last look comes before `waiting` is set */
    if :: PENDING -> waiting = true; goto wait :: else -> goto delivered fi;
#elif MUTANT != 4 /* `waiting` is not set */
    STEP(waiting = true);
#endif
look:
    if
    :: STEP(!PENDING) -> goto delivered
    :: PENDING
    fi;
wait:
    if
    :: STEP(atomic { acknowledged -> acknowledged = false }) -> goto look
    :: unanswered && !PENDING -> goto look /* after 100 ms */
    :: !THERE -> goto withdraw /* it was overwritten */
    :: atomic { LOOKS && !looked && THERE -> looked = true }
    :: LOOKS && THERE && CLAIMED && TAKER_FREE && PENDING
#ifdef GIVE_UP
    :: goto withdraw
#endif
    fi;
    /* It looks for a dead taker. */
    if :: CLAIMED :: !CLAIMED -> goto wait fi;
    if :: atomic { TAKER_FREE -> ended = true } :: !TAKER_FREE -> goto wait fi;
withdraw:
#if MUTANT == 12 /* it withdraws without compare-and-swap */
    won = PENDING;
    STEP(awaited = 0);
#elif MUTANT == 20 /* it does not look at `awaited` again when it had the mutex */
    STEP(atomic { won = ended || PENDING; if :: won -> awaited = 0 :: else fi });
#else
    STEP(atomic { won = PENDING; if :: won -> awaited = 0 :: else fi });
#endif
    if
    :: won ->
        assert(!was_swapped[n]);
        assert(!ended || (kept >> n) & 1);
#if MUTANT != 11 /* it is not made sure that nobody takes the message later */
        STEP(CLAIM);
#endif
        was_given_up[n] = true;
        goto stop
    :: !won && ended -> ended = false; goto wait /* so that the look hides no lost wake-up */
    :: !won
    fi;
delivered:
    assert(was_output[n]);
stop:
    atomic { won = false; looked = false; ended = false; n = 0 };
    STEP(waiting = false);
    STEP(turn = 0);
    goto next;
#if DEATHS > 0
dead:
    atomic { won = false; looked = false; ended = false; DIE };
#endif
done:
    end_writing()
}

proctype unwaited()
{
    byte n, left = UNWAITED;
    bool flag, silent, halfway;
    do
    :: left == 0 -> break
    :: else ->
        left--;
        STEP(atomic { lock == 0 -> lock = _pid + 1 });
        publish(false);
        STEP(lock = 0)
    od;
#if DEATHS > 0
    goto done;
dead:
    atomic { DIE };
done:
#endif
    end_writing()
}

proctype plain_program()
{
    atomic { plain = true; working-- }
}

#define OVERDUE (number != seen || plain && !seen_plain)
/* When a reader needs its time-out. Three wake-ups after s, the event for which it waits is reset.
 * One reader alone never sees that: `asleep` is taken by the first. */
#define SLOW    (signals - s >= 3 && signals - looked >= 2)
#define RESCUED (plain && !seen_plain || OVERDUE && (unheard || SLOW))
/* acknowledge_shown: swaps `awaited`. */
#if MUTANT == 8 /* by a plain store */
#define ACKNOWLEDGE \
    LOOK(owes = awaited == WORD(n)); \
    if :: owes -> atomic { awaited = 0; was_swapped[n] = true; holds = false } :: else fi
#else
#define ACKNOWLEDGE \
    LOOK(atomic { \
        owes = awaited == WORD(n); \
        if :: owes -> awaited = 0; was_swapped[n] = true; holds = false :: else fi \
    })
#endif

#define RELEASE if :: taker == _pid + 1 -> taker = 0 :: else fi

proctype reader(bool takes, mortal, late)
{
    byte s, n, looked, seen = START;
    bool seen_plain, won, text;
    bool holds, owes; /* a claimed message, the setting of the event */
top:
    looked = 0;
    LOOK(s = signals);
again:
    LOOK(atomic { n = number; text = plain });
    if
    :: atomic { text && !seen_plain -> seen = n; seen_plain = true; n = 0; text = false };
#if MUTANT == 10 /* a plain program's text acknowledges the message that it has overwritten */
        n = seen;
        goto acknowledge;
#endif
        goto top
#if MUTANT == 18 /* `s` is not read anew after a message */
    :: atomic { !text && n != seen -> seen = n; seen_plain = false }
#else
    :: atomic { !text && n != seen -> seen = n; seen_plain = false; s = 0 }
#endif
    :: atomic { else -> n = 0; text = false; goto idle }
    fi;
    if
    :: takes ->
#if MUTANT != 21 /* it takes the mutex after its claim */
        LOOK(atomic { taker == 0 -> taker = _pid + 1 });
#endif
#if MUTANT == 14 /* it claims without compare-and-swap */
        won = !REACHED(shown, n);
        if :: won -> assert(!was_given_up[n]); shown = WORD(n); holds = true :: else fi;
#else
        LOOK(atomic {
            CLAIM;
            if :: won -> assert(!was_given_up[n]); holds = true :: else fi
        });
#endif
        if
        :: won -> won = false
        :: else -> atomic { RELEASE; n = 0 }; goto top
        fi;
#if MUTANT == 21
        LOOK(atomic { taker == 0 -> taker = _pid + 1 })
#endif
    :: else
    fi;
#if MUTANT == 7 /* it acknowledges before its output */
    if :: awaited == WORD(n) -> awaited = 0 :: else fi;
#endif
    LOOK(atomic {
        was_output[n] = true;
        if
        :: takes -> assert(!was_taken[n]); was_taken[n] = true
        :: else
        fi
    });
#ifdef LATE
    if
    :: late -> LOOK(late = !page)
    :: else
    fi;
    if
    :: late -> n = 0; goto top
    :: else
    fi;
#endif
acknowledge:
#if MUTANT == 9 /* `waiting` is read before `awaited` is swapped */
    text = waiting;
#endif
#if MUTANT == 22 /* it releases the mutex before it acknowledges */
    RELEASE;
#endif
#if MUTANT != 19 /* `shown` is raised first: then a follower looks like a taker that has ended */
    ACKNOWLEDGE;
#endif
    if
    :: takes
    :: else -> LOOK(CLAIM)
    fi;
#if MUTANT == 19
    ACKNOWLEDGE;
#endif
    if
    :: owes ->
#if MUTANT == 9
        owes = text;
#else
        LOOK(owes = waiting);
#endif
        if
        :: owes -> LOOK(atomic { acknowledged = true; owes = false })
        :: else
        fi
    :: else
    fi;
    atomic { RELEASE; n = 0; won = false; holds = false; text = false };
#if MUTANT == 18
    goto again;
#endif
    goto top;

idle:
#ifdef LATE
    if
    :: late -> goto rest
    :: else
    fi;
#endif
    LOOK(asleep = true);
#if MUTANT != 2 /* no second look at the number */
    if
    :: LOOK(number != seen) -> goto top
    :: atomic { number == seen -> looked = signals }
    fi;
#else
    looked = signals;
#endif
#if MUTANT == 3 /* `s` is read after `asleep` is set */
    s = signals;
#endif
    if
    :: LOOK((events >> NEXT(s)) & 1 && s != signals) -> goto top
    :: (events >> NEXT(s)) & 1 && s == signals -> assert(leftover); goto rest
    :: RESCUED -> goto top /* after 10 ms */
    :: working == 0 && !OVERDUE -> goto done
    fi;
rest: /* it polls, every 10 ms */
    if
    :: OVERDUE -> goto top
    :: working == 0 && !OVERDUE -> goto done
    fi;
#if READER_DEATHS > 0
dead:
    atomic {
        if :: holds -> kept = kept | (1 << n) :: else fi;
        RELEASE;
        if :: owes -> unanswered = true :: else fi
    };
#endif
done:
    skip
}

#define START_ALL(count, process) \
    i = 0; \
    do \
    :: i < count -> run process; i++ \
    :: else -> break \
    od

init {
    byte i;
    atomic {
        START_ALL(WAITERS, waiter());
        START_ALL((UNWAITED > 0), unwaited());
        START_ALL(PLAIN, plain_program());
        START_ALL(FOLLOWERS, reader(false, false, LATE_READER));
        START_ALL(TAKERS, reader(true, false, false));
        START_ALL(MORTAL_FOLLOWERS, reader(false, true, false));
        START_ALL(MORTAL_TAKERS, reader(true, true, false));
        i = 0
    }
}
