/*
 * What a test sees of a mapping from inside, so that it can wait for a state instead of a time: the
 * message, who is blocked. And streams of numbered lines, and what has arrived of them.
 */
#ifndef INSIDE_H
#define INSIDE_H

#include "harness.h"

#include "mapping.h"

/* A mapping of ours that is open to write, with its page NAME.shown; bails out if there is none
 * after ENOUGH_MS. To be closed. */
struct mapping inside_open(const char *name);

/* Wait, ENOUGH_MS at most, and return whether it has come true. */
bool inside_has_text(const char *name, const char *text); /* the message is this text */
bool inside_writer_waits(const char *name);               /* a writer is blocked */
bool inside_reader_sleeps(const char *name);              /* a reader that had nothing to show */
bool inside_is_gone(const char *name);                    /* no program has the mapping open */

/* Stops all threads of a program, and lets them go on. */
void process_suspend(struct process *process);
void process_resume(struct process *process);

/* "PREFIX 00000\n" and so on, from `first` on. To be freed. */
char *lines_make(const char *prefix, int first, int count);

/* What is in an output of such lines; those of other prefixes and a last one without its end do not
 * count. */
struct lines {
    int first, last; /* numbers, -1: there is none */
    int count;
    bool in_order; /* each is one more than the one before */
};
struct lines lines_find(const char *output, const char *prefix);

/* A file of its own below the system's folder for such, with these bytes. To be deleted. */
char *file_make(const void *bytes, size_t count);
void file_delete(char *path);

/* Reads a pipe of test_pipe until its other end is closed or `most` bytes have come, at most `part`
 * bytes each `pause_ms`. Returns how many came; they are NUL-terminated. */
size_t pipe_read(HANDLE pipe, char *bytes, size_t most, DWORD part, DWORD pause_ms);

#endif
