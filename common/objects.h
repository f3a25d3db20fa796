/*
 * Named kernel objects: how they are opened and created, who may use them, the locks by which
 * writers take turns, and the events that wake who sleeps.
 *
 * A mapping NAME has beside it
 *     NAME.writer              mutex: held while a message is published
 *     NAME.turn                mutex: held by a writer that waits, until its message was shown
 *     NAME.taker               mutex: held by a reader from its claim to its acknowledgement
 *     NAME.changed.0 to .3     manual-reset events that wake readers
 *     NAME.acknowledged        auto-reset event that wakes the writer that waits
 *     NAME.began               manual-reset event of `reader --until-end`: a writer has begun
 *     NAME.release             manual-reset event that ends `writer --keep`
 *     NAME.shown               section of one page: acknowledgements (mapping.h)
 * They share one namespace with all else that has a name, so a name may belong to another kind of
 * object: ERROR_INVALID_HANDLE.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

enum object_kind {
    OBJECT_SECTION,
    OBJECT_EVENT,      /* manual-reset, not set */
    OBJECT_AUTO_EVENT, /* auto-reset, not set */
    OBJECT_MUTEX,
    OBJECT_KINDS
};

/* Opens the object that is named `name` and `suffix`. Errors: ERROR_FILE_NOT_FOUND,
 * ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE (another kind of object), ERROR_PATH_NOT_FOUND (a
 * backslash behind no namespace), and those of name_to_wide. */
DWORD object_open(HANDLE *object, enum object_kind kind, DWORD rights, const char *name,
                  const char *suffix);

/*
 * Creates it, or opens the one that is there with all rights; `*existed` (may be NULL) tells which.
 * `bytes` is a section's size; it is zeroed and backed by the paging file. What is created has a
 * protected DACL: all rights for SYSTEM, Administrators and the current user, so that an elevated
 * writer and an ordinary reader of one user meet; `shared_rights` (0: none) for all authenticated
 * users; nothing for anybody else. It has no mandatory label, which Windows takes for medium
 * integrity, so programs of one user trust each other whether elevated or not ("Mandatory Integrity
 * Control", Microsoft Learn). Errors: as above, those of OpenProcessToken, ERROR_COMMITMENT_LIMIT.
 */
DWORD object_create(HANDLE *object, enum object_kind kind, uint32_t bytes, DWORD shared_rights,
                    const char *name, const char *suffix, bool *existed);

/* How many handles all programs together have of the object; a program that has closed its handle
 * of a section and kept its view is not counted. From NtQueryObject (winternl.h), which Win32 has
 * no call for. Errors: those of the call. */
DWORD object_handles(HANDLE object, ULONG *handles);

/* Closes an object if there is one, and forgets it. */
void object_close(HANDLE *object);

/* The rights for other users, where they may use a lock too. */
#define LOCK_RIGHTS (SYNCHRONIZE | MUTEX_MODIFY_STATE)

/* A lock is a mutex: one thread holds it, Windows releases it when its owner dies, and gives it to
 * those that wait in turn. Errors: WAIT_TIMEOUT after `timeout_ms`. */
DWORD lock_take(HANDLE lock, DWORD timeout_ms);
DWORD lock_release(HANDLE lock);

/*
 * The events that wake readers. One event shared by several readers loses wake-ups, since whoever
 * resets it may do so before the others have waited. So there are four, and a count of wake-ups in
 * the mapping (mapping_control.signals). A writer that has published counts one more, n, sets event
 * n & 3 and resets event (n + 2) & 3. A reader loads the count n before it looks for a message, and
 * if there is none waits on event (n + 1) & 3: that event was reset when n - 1 was counted and is
 * set by the very next wake-up, whether that comes before the wait begins or after. A reader that
 * sleeps through three wake-ups between its look and its wait finds messages at its time-out, which
 * it needs anyway: plain programs write without a signal.
 *
 * The reset comes after the set, off the path to the reader, and one wake-up ahead, so that a
 * reader that is quick to wait again meets an event that is reset already. A writer that dies in
 * between leaves an event set that ought to be reset, so a reader that is woken for nothing sleeps
 * its time-out instead of waiting again.
 */
#define NOTIFY_EVENTS 4

/* Mappings that do not signal changes are polled so often, in milliseconds. Windows' timer ticks
 * every 15.6 ms unless a program asks for more, so that it may become one or two ticks. */
#define NOTIFY_POLL_MS 10

struct notify {
    HANDLE changed[NOTIFY_EVENTS]; /* NULL: not open */
    HANDLE acknowledged;
};

/* Creates the events of the mapping `name`, or opens them to wait for `changed` and to set
 * `acknowledged`. With `share`, readers of other users may do the same. After an error none is
 * open. Errors: as above. */
DWORD notify_create(struct notify *notify, const char *name, bool share);
DWORD notify_open(struct notify *notify, const char *name);
void notify_close(struct notify *notify);

/* Sets NAME.began, if a reader has created it: a writer that ends soon is seen all the same. */
#define BEGAN ".began"
void notify_begin(const char *name);

/* Wakes all readers; `signals` is the new count. NAME.writer must be held. */
DWORD notify_signal(const struct notify *notify, uint32_t signals);

/* Waits until somebody counts past `signals`, at most `timeout_ms`; true if the event was set.
 * Without open events it sleeps. */
bool notify_wait(const struct notify *notify, uint32_t signals, DWORD timeout_ms);

#endif
