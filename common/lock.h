/*
 * The lock by which the writers of a mapping exclude each other.
 *
 * It is a word of shared memory, mapping_control.holder: 0, or the process id of the writer that
 * has the lock. Taking it from nobody is one compare-and-swap, giving it back one store, so on its
 * quiet path a message costs no kernel call for the lock.
 *
 *  - Death: each writer owns a mutex NAME.writer.PID for its life, which Windows takes from the
 *    dead. Whoever can get the holder's mutex knows that the holder is dead, and while it has the
 *    mutex, no new process with the same id gets to the lock; so it can safely take the word over.
 *    A process that finds its own id there, although it has not taken the lock, has inherited both
 *    from the dead, and just goes on.
 *  - Turns: a writer that finds the lock taken queues for the mutex NAME.writer. The first of the
 *    queue sets mapping_control.waiting, which sends all others to the queue too, and looks until
 *    the lock is free, so that it comes next however fast the others are. If it dies, so does its
 *    turn: the next of the queue is the first.
 *
 * A program that writes plain text knows the word as little as the rest of the control data, so
 * such writers of ours exclude each other by the queue alone.
 */
#ifndef LOCK_H
#define LOCK_H

#include <windows.h>

#include "message.h"

struct lock {
    HANDLE queue; /* the mutex NAME.writer, also a sign of life to readers; NULL: not open */
    HANDLE life;  /* the mutex NAME.writer.PID of this process; NULL: the word was never taken */
    bool lives;   /* and owns it */
    const char *name;
};

/* Creates or opens the queue of the mapping `name`, which must stay valid; close it also after an
 * error. Errors: those of CreateMutex, ERROR_FILENAME_EXCED_RANGE. */
DWORD lock_open(struct lock *lock, const char *name);
void lock_close(struct lock *lock);

/* The queue alone, for what must not be done by two writers at once while there is no word yet.
 * Errors: WAIT_TIMEOUT after `timeout_ms`. */
DWORD lock_enter_queue(const struct lock *lock, DWORD timeout_ms);
DWORD lock_leave_queue(const struct lock *lock);

/* Takes the lock of a region with a capacity; `died` tells whether from a writer that died with it.
 * Give it back by message_release; always from the same thread. Errors: WAIT_TIMEOUT after
 * `timeout_ms`, ERROR_INVALID_DATA if the capacity was destroyed, those of CreateMutex. */
DWORD lock_take(struct lock *lock, struct message_region region, DWORD timeout_ms, bool *died);

#endif
