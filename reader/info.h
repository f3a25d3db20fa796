/* What is known of a mapping besides its text. */
#ifndef INFO_H
#define INFO_H

#include "print.h"

/* Prints what is known of the mapping that the source has open. Errors as print_end. */
DWORD info_print(const struct print_options *options, const struct source *source);

#endif
