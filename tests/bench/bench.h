/*
 * The benchmark: ours and what one would use instead, side by side, in alternating rounds on the
 * same machine. `make bench` runs it; BENCH_SCALE in the environment is the percentage of the full
 * counts. It prints a table for people and then, one a line, `ratio NAME VALUE` for machines.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#define MESSAGE_BYTES                                                                              \
    256                 /* of the messages whose way is timed; the text has one less and a NUL     \
                         */
#define STREAM_BYTES 60 /* of those that are counted by the second */
#define MOST_ROUNDS  40

/*
 * A way to pass messages from one process to another. A receiver and a sender each live in a
 * process of their own that ends with the round, so nothing needs to be closed. All calls return a
 * Win32 error code; what does not run here says so when it is opened.
 */
struct peer {
    const char *name;
    const char *keeps; /* what becomes of a message that comes before the last one was received */
    /* `channel` is unique and a valid part of any object's name. The receiver is opened first. */
    DWORD (*open_receiver)(const char *channel);
    DWORD (*open_sender)(const char *channel);
    DWORD (*send)(const void *message, DWORD bytes);
    /* Waits for a message that was not received yet. */
    DWORD (*receive)(void *message, DWORD bytes);
};

extern const struct peer peer_latch, peer_flag; /* spinning, without kernel objects */
extern const struct peer peer_follow, peer_event, peer_pipe, peer_mailslot, peer_copydata, peer_tcp;

/* ---- round.c: peers at work in two processes ---- */

enum task {
    TASK_SPIN,   /* there and back, both sides spinning; a sample is the mean of many */
    TASK_WAKE,   /* one way, the receiver blocked before */
    TASK_STREAM, /* one message after the other, until the receiver has the last */
};

struct round {
    double p50_us, p99_us; /* of one way */
    double rate;           /* messages a second */
};

/* Runs one round; false, with *error set, if the peer does not run here. */
bool round_run(const struct peer *peer, enum task task, unsigned count, struct round *round,
               DWORD *error);
/* What a process does that round_run has started. */
void round_help(char **arguments);

/* ---- programs.c: the programs themselves ---- */

struct mapping;

/* The path of a program beside the benchmark, such as "bench\\empty.exe" or "..\\reader.exe". Valid
 * until the next call. */
const char *program_path(const char *name);
/* Creates a mapping and holds it. */
void program_hold(struct mapping *mapping, const char *name, uint32_t bytes);
/* Microseconds from start to exit. */
double program_start_us(const char *name, const char *arguments);
/* Lines a second that writer takes from a pipe and publishes. */
double program_line_rate(unsigned count);
/* Bytes a second that a program writes to a file as its stdout, from its start to its exit. */
double program_dump_rate(const char *const *arguments, unsigned mebibytes);

/* ---- footprint.c ---- */

/* Prints what the programs take of the machine; `idle_ms` is how long a follower is watched. */
void footprint_print(DWORD idle_ms);

/* ---- figures.c: numbers ---- */

double ticks_us(LONGLONG ticks); /* of QueryPerformanceCounter */
LONGLONG ticks_now(void);
/* Sorts. `part` is 0.5 for the median. */
double percentile(double *values, unsigned count, double part);

/* ---- calls.c: kernel calls of this process ---- */

/* How many calls that enter the kernel were made since calls_start, and their names in order. */
void calls_start(void);
unsigned calls_made(const char **names);

#endif
