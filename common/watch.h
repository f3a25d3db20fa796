/*
 * The watch over what may block for ever: reading input that does not come, writing output that
 * nobody takes, looking at a mapping that changes all the time. --timeout bounds these as well.
 */
#ifndef WATCH_H
#define WATCH_H

#include <windows.h>

/* From now on whatever is watched may take `timeout_ms` and a little more, INFINITE: for ever; then
 * the process ends with `status` after one line on stderr, if that is not what blocks. Errors: of
 * CreateThread. */
DWORD watch_start(DWORD timeout_ms, UINT status);

/*
 * Watches from now on, or goes on with the time that runs if something is watched already; what has
 * not happened in time is `what` the line says. NULL ends the watch. Returns what was watched until
 * now, to be watched again afterwards.
 */
const char *watch_for(const char *what);

/* Something has come or gone: the time begins anew. */
void watch_restart(void);

#endif
