/* What is known of a mapping besides its text, and which mappings there are. */
#ifndef INFO_H
#define INFO_H

#include "source.h"

/* Prints what is known of the mapping that the source has open. Errors as print_end. */
DWORD info_print(const struct source *source, bool json);

/* Prints the named mappings of this session and of all sessions that match the pattern (NULL: all),
 * sorted, with their sizes; `*found` tells how many. Errors: those of opening a directory of the
 * object manager, and as print_end. */
DWORD list_print(const char *pattern, bool json, size_t *found);

#endif
