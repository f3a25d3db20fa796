/*
 * The benchmark: ours and what one would use instead, side by side, in alternating rounds on the
 * same machine. `make bench` runs it. In the environment, BENCH_SCALE is the percentage of the full
 * counts, and BENCH_OLD (`make bench OLD=folder`) a folder with the programs of another build,
 * which then take turns with these. It prints tables for people and then, one a line, `ratio NAME
 * VALUE` for machines; of NAME_new/NAME_old, less is better for times and more for rates.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#define MESSAGE_BYTES 256 /* of a message whose way is timed, its NUL included */
#define STREAM_BYTES  60  /* of those that are counted by the second */

/* ---- peers.c, round.c: ways to pass messages, at work in two processes ---- */

/* A receiver and a sender each live in a process of their own that ends with the round, so nothing
 * needs to be closed. */
struct peer {
    /* `channel` is unique and a valid part of any object's name. The receiver is opened first. */
    void (*open)(const char *channel, bool receives);
    void (*send)(const void *message, DWORD bytes);
    /* Waits for a message that was not received yet. */
    void (*receive)(void *message, DWORD bytes);
};

enum { PEER_LATCH, PEER_FLAG, PEER_FOLLOW, PEER_EVENT, PEER_PIPE };
extern const struct peer peers[];

/* What goes wrong in a peer ends its process. */
void peer_check(bool holds);

enum task {
    TASK_SPIN,   /* there and back, both sides spinning; a time is the mean of many */
    TASK_WAKE,   /* one way, the receiver blocked before */
    TASK_STREAM, /* one message after the other; the receiver writes each to a file */
};

/* Microseconds of one way, the median; of a stream, messages a second. */
double round_run(int peer, enum task task, unsigned count);
/* What a process does that round_run has started. */
void round_help(const char *channel, bool lead);

/* ---- programs.c: the programs themselves, of this build or the one of BENCH_OLD ---- */

/* A file in the build's folder, for as long as the process lives. */
const char *bench_path(const char *file);
/* False for versions before 2.0.0, which lose piped lines that no reader has shown in time. */
bool program_delivers(bool old);
/* Microseconds from start to exit; the first of the words is a path from the build's folder. Stdout
 * goes to a file, NULL stands for NUL. */
double program_start_us(bool old, const char *const *words, const char *output);
/* MiB a second that a program writes to a file as its stdout, from its start to its exit. */
double program_dump(bool old, const char *const *words, unsigned mebibytes);
/* Lines a second that writer takes from a pipe and publishes, each over the one before. */
double program_overwritten(bool old, unsigned count);
/* Lines a second from a file through writer and reader --follow to a file, from writer's start to
 * its exit: it ends when the last line was acknowledged. Each line must have arrived, in order. */
double program_delivered(bool old, unsigned count);
/* Microseconds, the median, from a line's way into a writer's pipe until a reader --follow has
 * printed it to its own. */
double program_latency(bool old, unsigned count);
/* Prints what the programs take of the machine; they are watched idle for `idle_ms`. */
void program_footprint(DWORD idle_ms);

/* ---- bench.c ---- */

double ticks_us(LONGLONG ticks); /* of QueryPerformanceCounter */
LONGLONG ticks_now(void);
double median(double *values, unsigned count); /* sorts */

#endif
