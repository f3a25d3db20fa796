/* The named mappings that exist. */
#ifndef LIST_H
#define LIST_H

#include "print.h"

/* Prints the named mappings that match the pattern (NULL: all), sorted: size in bytes, number of
 * handles that programs have of it, name. They are those of all sessions, of this one and of its
 * packaged programs, and those of other sessions as far as they may be read. `*found` tells how
 * many. Errors: those of opening a directory of the object manager, and as print_end. */
DWORD list_print(const struct print_options *options, const char *pattern, size_t *found);

/* Finds a mapping whose name differs from this one in case only. */
bool list_find_alike(const char *name, char alike[NAME_ROOM]);

#endif
