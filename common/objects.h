/*
 * The named kernel objects that belong to a mapping: how their names are made, who may use them,
 * the lock by which writers take turns, and the events that wake readers.
 *
 * For a mapping NAME they are the mutex NAME.writer, the events NAME.changed.0 to .3, NAME.read,
 * and NAME.read.N for the message number N. They share one namespace with mappings and all else
 * that has a name, so a name may be taken by another kind of object: ERROR_INVALID_HANDLE.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

/* Room for the UTF-8 form of any name that Windows takes. */
#define OBJECT_NAME_ROOM 1024

/* Windows' limit for a name in UTF-16 units, and what a writer's events leave of it. */
#define OBJECT_NAME_MAX (MAX_PATH - 1)
#define WRITER_NAME_MAX (OBJECT_NAME_MAX - 16)

enum object_kind {
    OBJECT_SECTION,
    OBJECT_EVENT, /* manual-reset, not set */
    OBJECT_MUTEX,
    OBJECT_SEMAPHORE, /* these three are only ever opened */
    OBJECT_TIMER,
    OBJECT_JOB,
    OBJECT_KINDS
};

/* Opens the object that is named `name` and `suffix`. Errors: ERROR_FILE_NOT_FOUND,
 * ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE (another kind of object), ERROR_INVALID_NAME (empty),
 * ERROR_FILENAME_EXCED_RANGE, ERROR_PATH_NOT_FOUND (a backslash behind no namespace). */
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

/* How many handles all programs together have of the object. A program that has closed its handle
 * of a section and kept its view is not counted. From NtQueryObject, ObjectBasicInformation
 * (winternl.h), which Win32 has no call for. Errors: those of the call. */
DWORD object_handles(HANDLE object, ULONG *handles);

/* Closes an object if there is one, and forgets it. */
void object_close(HANDLE *object);

/*
 * The lock: the mutex NAME.writer. It is always one thread's; Windows takes it from a writer that
 * dies, and gives it to those that wait in turn. Errors: WAIT_TIMEOUT after `timeout_ms`.
 */
DWORD lock_take(HANDLE lock, DWORD timeout_ms);
DWORD lock_release(HANDLE lock);

/*
 * The events that wake readers. One event shared by several readers loses wake-ups, since whoever
 * resets it may do so before the others have waited. So there are four, and a count of wake-ups in
 * the mapping (mapping_control.signals). A writer that has published counts one more, n, sets event
 * n & 3 and resets event (n + 2) & 3. A reader loads the count n before it looks for a message, and
 * if there is none waits on event (n + 1) & 3: that event was reset when n - 1 was counted and is
 * set by the very next wake-up, whether that comes before the wait begins or after. A reader that
 * sleeps through three wake-ups between its look and its wait has messages to show at its time-out,
 * which it needs anyway: plain programs write without a signal.
 *
 * The reset comes after the set, off the path to the reader, and one wake-up ahead, so that a
 * reader that is quick to wait again meets an event that is reset already. A writer that dies in
 * between leaves an event set that ought to be reset, and a hostile program may do the same, so a
 * reader that is woken for nothing sleeps its time-out instead of waiting again.
 */
#define NOTIFY_EVENTS 4

/* The longest a reader waits before it looks for a plain program's text, in milliseconds. Windows'
 * timer, which ticks every 15.6 ms unless a program asks for more, may make it one or two ticks. */
#define NOTIFY_POLL_MS 10

struct notify {
    HANDLE changed[NOTIFY_EVENTS]; /* NULL: not open */
};

/* Creates the events of the mapping `name` for a writer, whom `share` lets wake other users'
 * readers, or opens them for a reader. After an error none is open. Errors: as above. */
DWORD notify_create(struct notify *notify, const char *name, bool share);
DWORD notify_open(struct notify *notify, const char *name);
void notify_close(struct notify *notify);

/* Wakes all readers; `signals` is the new count. The lock must be held. */
DWORD notify_signal(const struct notify *notify, uint32_t signals);

/* Waits until somebody counts past `signals`, at most `timeout_ms`; true if the event was set.
 * Without open events it sleeps. */
bool notify_wait(const struct notify *notify, uint32_t signals, DWORD timeout_ms);

/*
 * The events by which readers answer: NAME.read.N is set once message N was shown, though a newer
 * one may have come meanwhile; a writer makes it before it publishes that message, if it is going
 * to wait. NAME.read, `number` 0, is set once a plain text was shown, and counts the writers that
 * wait, or will: nobody else keeps a handle of it.
 */
DWORD notify_create_read(HANDLE *event, const char *name, uint32_t number, bool share);

/* Sets the event, if there is one. */
void notify_set_read(const char *name, uint32_t number);

#endif
