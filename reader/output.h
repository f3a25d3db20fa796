/* Text that is put together in memory and written to stdout at once. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <windows.h>

#include "text.h"

/* Text being put together for one write. */
struct output {
    char *bytes;
    size_t count, room;
    bool failed; /* there was no memory; the rest was dropped */
};

void output_add(struct output *output, const char *bytes, size_t count);
void output_string(struct output *output, const char *string);
void output_number(struct output *output, uint64_t value);
/* A JSON string with its quotes; whatever the bytes, it is valid. */
void output_json(struct output *output, struct text text);
void output_json_string(struct output *output, const char *utf8);
/* Time in units of 100 ns since 1601 as 2026-01-31T12:00:00.000Z. */
void output_time(struct output *output, uint64_t time);
/* Writes it all to stdout at once and frees it. Errors: those of console_write, and
 * ERROR_NOT_ENOUGH_MEMORY. */
DWORD output_end(struct output *output);

#endif
