/* What was seen, on stdout: as text, as JSON, as bytes or as a hex dump. */
#ifndef PRINT_H
#define PRINT_H

#include "source.h"
#include "text.h"

/* Text being put together for one write. */
struct print {
    char *bytes;
    size_t count, room;
    bool failed; /* there was no memory; the rest was dropped */
};

void print_add(struct print *output, const char *bytes, size_t count);
void print_string(struct print *output, const char *string);
void print_number(struct print *output, uint64_t value);
/* A JSON string with its quotes; whatever the bytes, it is valid. */
void print_json(struct print *output, struct text text);
void print_json_string(struct print *output, const char *utf8);
/* Time in units of 100 ns since 1601 as 2026-01-31T12:00:00.000Z. */
void print_time(struct print *output, uint64_t time);
/* Writes it all to stdout at once and frees it. Errors: those of console_write, and
 * ERROR_NOT_ENOUGH_MEMORY. */
DWORD print_end(struct print *output);

/* One message or text, with a line end: by itself, or as a JSON object that also tells how many
 * messages were missed before it. Errors as print_end. */
DWORD print_sight(const struct source *source, const struct sight *sight, bool json);

/* The source's range of the view as bytes, or as a canonical hex dump. Errors as print_end. */
DWORD print_raw(const struct source *source);
DWORD print_hex(const struct source *source);

#endif
