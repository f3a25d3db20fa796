/*
 * The latch of common/message.h, for spin: two writers, each of which may die before any of its stores;
 * the lock is given up by the dead; two readers; a message is a word and
 * its hash, so that it can be torn.
 * Sequentially consistent: what fences and orders are for is latch_relacy.cpp's subject.
 *
 * Checked: a reader that accepts a copy has a whole message; its numbers never go back, and are those of the
 * messages; and whoever finds the lock free can publish. A plain writer (PLAIN) writes `text` at any
 * moment; then a foreign `text` must be told by the hash.
 * -DMUTANT=n leaves one step of the protocol out; spin must then find an error.
 */
#ifndef MUTANT
#define MUTANT 0
#endif

#define MESSAGES 2 /* per writer */

/* A copy: a word of text, and the hash, which fits if both are equal. */
typedef copy { byte word, hash };

copy text, standby;
byte sequence;      /* does not wrap here */
bool locked;
byte published;     /* the newest message whose sequence was stored */

/* Before each store a writer may die; its lock is given up, as a mutex is abandoned. */
#define STORE(assignment) \
    if \
    :: true -> assignment \
    :: true -> atomic { locked = false; goto dead } \
    fi

proctype writer()
{
    byte s, message, i;
    for (i : 1 .. MESSAGES) {
        atomic { !locked -> locked = true }
        s = sequence;
        message = (s >> 1) + (s & 1) + 1;
        if
#if MUTANT != 1 /* a writer that died is not noticed */
        :: (s & 1) == 1 ->
#if MUTANT == 2 /* the count is not skipped */
            s = s + 0;
#else
            s = s + 2;
#endif
#endif
        :: else ->
#if MUTANT != 3 /* text is rewritten while it is the message */
            STORE(standby.word = message);
            STORE(standby.hash = message);
            s++;
#if MUTANT != 4 /* the sequence is not moved on before text is rewritten */
            STORE(atomic { sequence = s; published = message });
#endif
#else
            s++;
#endif
        fi;
#if MUTANT == 5 /* the sequence moves on before text is whole */
        STORE(atomic { sequence = s + 1; published = message });
#endif
        STORE(text.word = message);
        STORE(text.hash = message);
        s++;
#if MUTANT != 5
        STORE(atomic { sequence = s; published = message });
#endif
        atomic { locked = false; s = 0; message = 0 }
    }
dead:
}

proctype reader(byte looks)
{
    byte s, number, last, look, before;
    copy taken;
    for (look : 1 .. looks) {
        atomic { before = published; s = sequence }
        if
#if MUTANT == 6 /* always the same copy */
        :: false
#else
        :: (s & 1) == 1 -> taken.word = standby.word; taken.hash = standby.hash
#endif
        :: else -> taken.word = text.word; taken.hash = text.hash
        fi;
        atomic {
            if
#if MUTANT != 7 /* the sequence is not looked at again */
            :: sequence != s -> skip /* it tries again: that is the next look */
#endif
            :: else ->
                number = (s >> 1) + (s & 1);
#ifdef PLAIN
                if
                :: taken.word == taken.hash -> assert(taken.word == number)
                :: else -> skip /* shown as a plain program's text */
                fi;
#else
                assert(taken.word == number && taken.hash == number);
#endif
                assert(number >= last);
                assert(number >= before);
                last = number
            fi;
            taken.word = 0; taken.hash = 0; s = 0; number = 0; before = 0
        }
    }
}

#ifdef PLAIN
/* Writes a text of its own over ours: 100 is no message's. */
proctype plain()
{
    text.word = 100
}
#endif

init {
    atomic {
        run writer();
        run writer();
        run reader(2);
#ifndef PLAIN
        run reader(1);
#endif
#ifdef PLAIN
        run plain();
#endif
    }
}
