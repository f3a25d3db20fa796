/* What was seen, on stdout: as text, as JSON, as bytes or as a hex dump. */
#ifndef PRINT_H
#define PRINT_H

#include "source.h"

enum print_form { PRINT_TEXT, PRINT_JSON, PRINT_RAW, PRINT_HEX };

/* One message or text, with a line end: by itself, or as a JSON object that also tells how many
 * messages were missed before it. Errors as output_end. */
DWORD print_sight(const struct source *source, const struct sight *sight, uint32_t missed,
                  bool json);

/* The source's range of the view as bytes, or as a canonical hex dump. Errors as output_end. */
DWORD print_raw(const struct source *source);
DWORD print_hex(const struct source *source);

#endif
