/* What to do about an error, where the cause is known. */
#ifndef ADVICE_H
#define ADVICE_H

#include <windows.h>

/* Reports that the mapping cannot be opened, created or mapped (`action`), and in a second line
 * what to do about it; looks under which names and as what kind of object it does exist. */
void advice_report(DWORD error, const char *action, const char *name);

/* The note that belongs to a mapping that stands in under Local\ for one under Global\. */
void advice_stand_in(const char *wanted, const char *found);

/* The kind of the object that a name belongs to ("an event"), NULL if it is none that we know. */
const char *advice_kind(const char *name);

#endif
