/* Names of mappings and of the objects that belong to them: namespaces, suffixes, limits. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <windows.h>

/* Bytes of the UTF-8 form of any name that Windows takes, with its NUL. */
#define NAME_ROOM 1024

/* Windows' limit for a name without its namespace, in UTF-16 units, and what is left of it beside
 * the longest suffix. */
#define NAME_MAX_UNITS        (MAX_PATH - 1)
#define WRITER_NAME_MAX_UNITS (NAME_MAX_UNITS - 16)

/* UTF-16 units of a name with its namespace, a suffix and a NUL. */
#define NAME_WIDE_ROOM (NAME_MAX_UNITS + 8)

/* True if the name starts with "Global\", as written. */
bool name_is_global(const char *name);

/* The name without its namespace. */
const char *name_base(const char *name);

/* The same name in the other namespace: Local\ for Global\, Global\ for any other. */
void name_other(char other[NAME_ROOM], const char *name);

/* `name` and `suffix` (may be "") in UTF-16, for a call of Windows. Errors: ERROR_INVALID_NAME
 * (empty), ERROR_FILENAME_EXCED_RANGE (too long). */
DWORD name_to_wide(wchar_t wide[NAME_WIDE_ROOM], const char *name, const char *suffix);

#endif
