/* What to do about an error of a mapping: one line below the system's. */
#ifndef ADVICE_H
#define ADVICE_H

#include <windows.h>

/* Reports that the mapping cannot be opened, created or written (`action`), and in a second line
 * what to do about it; looks under which names it does exist. */
void advice_mapping(DWORD error, const char *action, const char *name);

/* The note that belongs to a mapping that stands in under Local\ for one under Global\. */
void advice_stand_in(const char *wanted, const char *found);

#endif
