/* Functions of Windows that are looked up when they are needed. */
#ifndef LATE_H
#define LATE_H

#include <stdbool.h>
#include <wchar.h>

/* Looks up a function of one of Windows' own DLLs; `function` points to a pointer to it. False if
 * this Windows lacks it. */
bool late_find(void *function, const wchar_t *dll, const char *name);

#endif
