/*
 * The events that wake readers, and the one that tells a writer that it was read.
 *
 * One event shared by several readers loses wake-ups, since whoever resets it may do so before the
 * others have waited. So there are four manual-reset events, NAME.changed.0 to .3, and a count of
 * wake-ups in the mapping (mapping_control.signals). A writer that has published counts one more,
 * n, sets event n & 3 and resets event (n + 2) & 3. A reader loads the count n before it looks for
 * a message, and if there is none waits on event (n + 1) & 3: that event was reset when n - 1 was
 * counted and is set by the very next wake-up, whether that comes before the wait begins or after.
 * A reader that sleeps through three wake-ups between its look and its wait has messages to show at
 * its time-out, which it needs anyway: plain programs write without a signal.
 *
 * The reset comes after the set, off the path to the reader, and one wake-up ahead, so that a
 * reader that is quick to wait again meets an event that is reset already. A writer that dies in
 * between leaves an event set that ought to be reset, and a hostile program may do the same, so a
 * reader that is woken for nothing sleeps its time-out instead of waiting again.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#define NOTIFY_EVENTS 4

/* The longest a reader waits before it looks for a plain program's text, in milliseconds. Windows'
 * timer, which ticks every 15.6 ms unless a program asks for more, may make it one or two ticks. */
#define NOTIFY_POLL_MS 10

struct notify {
    HANDLE changed[NOTIFY_EVENTS]; /* NULL: not open */
};

/* For a writer: creates the events of the mapping `name`, or opens those that exist. Errors: those
 * of CreateEvent, among them ERROR_INVALID_HANDLE for a name of another kind of object. */
DWORD notify_create(struct notify *notify, const char *name, bool share);

/* For a reader: opens the events, to wait for. Errors: ERROR_FILE_NOT_FOUND while there are none.
 */
DWORD notify_open(struct notify *notify, const char *name);

void notify_close(struct notify *notify);

/* Wakes all readers; `signals` is the new count. The writers' lock must be held. */
DWORD notify_signal(const struct notify *notify, uint32_t signals);

/* Waits until somebody counts past `signals`, at most `timeout_ms`; true if the event was set.
 * Without open events it sleeps. */
bool notify_wait(const struct notify *notify, uint32_t signals, DWORD timeout_ms);

/* The event NAME.read, manual-reset, which a reader sets once it has shown the current message. For
 * a writer that waits for it: creates or opens it. */
DWORD notify_create_read(HANDLE *event, const char *name, bool share);

/* For a reader: sets it, if a writer waits for it. */
void notify_tell_read(const char *name);

#endif
