/* How long a wait may take: deadlines, and a moment of polling before a wait blocks. */
#ifndef WAIT_H
#define WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

/* A time of GetTickCount64, in milliseconds, or WAIT_FOR_EVER. */
typedef ULONGLONG deadline_time;
#define WAIT_FOR_EVER UINT64_MAX

/* A wait that lasts longer, in milliseconds, is told in a note. */
#define NOTE_MS 300

/* The time `timeout_ms` from now; INFINITE: never. */
deadline_time wait_deadline(DWORD timeout_ms);

/* Milliseconds until the deadline, at most `most_ms`; 0 once it has passed. */
DWORD wait_left(deadline_time deadline, DWORD most_ms);

/* Sleeps as exactly as Windows can: by a high-resolution timer (Windows 10, version 1803) where
 * there is one. Sleep() is as coarse as Windows' timer, which ticks every 15.6 ms. */
void wait_sleep(DWORD time_ms);

/*
 * Polling: a word of shared memory is looked at for some 50 microseconds before a wait blocks,
 * since blocking and being woken cost more than that. Measured by QueryPerformanceCounter:
 *     for (struct spin spin = {0}; wait_spin(&spin);)
 *         if (it has happened)
 *             return true;
 */
struct spin {
    LONGLONG end; /* 0: has not begun */
};
bool wait_spin(struct spin *spin);

#endif
