/* What is known of a mapping besides its text, and which mappings there are. */
#ifndef INSPECT_H
#define INSPECT_H

#include "source.h"

/* Prints what is known of the mapping that the source has open. Errors as output_end. */
DWORD inspect_print(const struct source *source, bool json);

/* Prints the named mappings of this session and of all sessions that match the pattern (NULL: all),
 * sorted, with their sizes; `*found` tells how many. Errors: ERROR_PROC_NOT_FOUND where Windows
 * has no calls for it, those of opening a directory, and as output_end. */
DWORD inspect_list(const char *pattern, bool json, size_t *found);

#endif
