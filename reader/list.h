/* The named mappings that exist. */
#ifndef LIST_H
#define LIST_H

#include "print.h"

/* Prints the named mappings of this session and of all sessions that match the pattern (NULL: all),
 * sorted, with their sizes; `*found` tells how many. Errors: those of opening a directory of the
 * object manager, and as print_end. */
DWORD list_print(const struct print_options *options, const char *pattern, size_t *found);

#endif
