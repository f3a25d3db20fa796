/* Errors of a mapping, and what to do about them. */
#ifndef ADVICE_H
#define ADVICE_H

#include <windows.h>

/* Reports that the mapping cannot be opened, created or written (`action`) and, in a second line,
 * what to do. If it does not exist, other names are tried for that. */
void advice_mapping(DWORD error, const char *action, const char *name);

/* Notes that the mapping `found` in Local\ is used instead of `wanted` in Global\. */
void advice_stand_in(const char *wanted, const char *found);

#endif
