/* How a look copies out what is there. For source.c only. */
#ifndef COPYING_H
#define COPYING_H

#include "source.h"

/* Larger ranges are not copied, and not waited for until they are settled. */
#define SETTLE_BYTES 65536

/*
 * Each copies into the source's memory and sets the sight's `bytes` and `count`; copy_text also
 * `ours`, `message` and `code_page`, copy_parts also the source's `part_bytes` and `beyond`. The
 * mapping is open. Errors: ERROR_HANDLE_EOF (beyond the view), ERROR_INVALID_ADDRESS (not
 * committed), ERROR_BUSY (the control data changes all the time), ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD copy_text(struct source *source, struct sight *sight);
DWORD copy_range(struct source *source, struct sight *sight);
DWORD copy_parts(struct source *source, struct sight *sight);

#endif
