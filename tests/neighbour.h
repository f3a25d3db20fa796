/*
 * A hostile neighbour: a program of the same user, with all the rights that the DACLs give. It
 * plants objects, holds the lock, rewrites the mapping and fills pipes. Here are the ways of both
 * programs and the attacks on them; what they must bear is told in t_neighbour.c and t_soak.c.
 */
#ifndef NEIGHBOUR_H
#define NEIGHBOUR_H

#include "harness.h"

#include "mapping.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define WAYS    13
#define ATTACKS 21

struct way {
    const char *words[4];
    bool waits; /* as long as it may, for a reader, a key or a message */
};

extern const struct way ways[WAYS];

/* Its words, as one types them; valid until the next call. */
const char *way_words(const struct way *way);
bool way_follows(const struct way *way);

/* One program at work, and the mapping of its own that it is attacked by. */
struct victim {
    const struct way *way;
    const char *name;
    struct mapping mapping; /* the neighbour's, if the attack begins with one */
    struct notify notify;
    struct process *process, *holder;
    HANDLE planted[NOTIFY_EVENTS], pipes[2];
};

enum planted { NOTHING, MUTEX, EVENT, SEMAPHORE, JOB };

struct attack {
    const char *what;
    enum planted planted; /* a mutex is held and an event set */
    const char *suffix;   /* %d: one for each of the events */
    bool denied;          /* nobody may open it */
    bool suspended;       /* a writer at work */
    bool message;         /* a large one is there */
    bool full_out, full_err;
    void (*poke)(struct victim *victim); /* again and again, at full speed */
};

/* The first is none. */
extern const struct attack attacks[ATTACKS];

void poke_sequence(struct victim *victim);
void poke_signals(struct victim *victim);
void poke_magic(struct victim *victim);
void poke_text(struct victim *victim);
void poke_events(struct victim *victim);
void poke_name(struct victim *victim);

/* What the test does that was started as ARGS("self", "hold", name): it is a writer that is at work
 * on a mapping and does not go on. */
void neighbour_hold(const char *name);

/* Makes the neighbour's mapping, with a message that nearly fills that capacity, put there as
 * writer does it. */
void put_message(struct victim *victim, uint32_t capacity);

/* The objects of an attack, beside or in place of those that bear the victim's name. */
void plant_all(const struct attack *attack, struct victim *victim);
void pull_out(struct victim *victim);

/* Starts the victim's way with that --timeout, on a name of its own, beside all of the attack but
 * what is poked. */
void start_victim(const struct attack *attack, struct victim *victim, const char *seconds);
void end_victim(struct victim *victim);

/* Pokes all victims in turn, in a thread, at full speed; the time of the processor it has used. */
void start_poking(const struct attack *attack, struct victim *victims, size_t count);
void stop_poking(void);
DWORD poking_ms(void);

#endif
