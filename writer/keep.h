/* Keeping a mapping open for scripts: `writer --keep` holds it, `writer --release` ends that. */
#ifndef KEEP_H
#define KEEP_H

#include "wait.h"

/* Creates the event NAME.release, before the text is put into the mapping. Close it last: once it
 * is gone, so is what was kept. Errors: those of object_create. */
DWORD keep_open(HANDLE *release, const char *name);

/* Waits until the event is set or, if `keys` is a console, a key is pressed there. Errors:
 * WAIT_TIMEOUT. */
DWORD keep_wait(HANDLE release, HANDLE keys, DWORD timeout_ms);

/* Ends all writers that keep the mapping and waits until they have let it go. Errors:
 * ERROR_FILE_NOT_FOUND if there is none, WAIT_TIMEOUT, those of object_open. */
DWORD keep_release(const char *name, deadline_time deadline);

#endif
