/* Names of mappings and of the objects that belong to them: namespaces, suffixes, limits. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <windows.h>

/* Room for a name with its namespace, suffix and NUL: in bytes of UTF-8, in units of UTF-16.
 * Windows itself takes up to 32,767 units. */
#define NAME_ROOM      32768
#define NAME_WIDE_ROOM 32768

/* True if the name starts with "Global\", as written. */
bool name_is_global(const char *name);

/* The name without its namespace. */
const char *name_base(const char *name);

/* The same name in the other namespace: Local\ for Global\, Global\ for any other. */
void name_other(char other[NAME_ROOM], const char *name);

/* What is in front of the last backslash; "Local" if there is none. */
void name_space(char space[NAME_ROOM], const char *name);

/* `name` and `suffix` (may be "") in UTF-16, for a call of Windows. Errors: ERROR_INVALID_NAME
 * (empty), ERROR_FILENAME_EXCED_RANGE (too long). */
DWORD name_to_wide(wchar_t wide[NAME_WIDE_ROOM], const char *name, const char *suffix);

/* Replaces what text_put_in_line writes for controls, such as \x09, by the characters themselves,
 * so that a name is taken as it is shown. False if there is nothing to replace. */
bool name_unescape(wchar_t *wide);

#endif
