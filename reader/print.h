/* What was seen, on stdout: as text, as JSON, as bytes or as a hex dump. */
#ifndef PRINT_H
#define PRINT_H

#include "source.h"
#include "text.h"

/* Text being put together for one write; all zero to begin with. */
struct print {
    char *bytes;
    size_t count, room;
    bool json;
    unsigned members; /* of the JSON object that is being put together */
    bool failed;      /* there was no memory; the rest was dropped */
};

void print_add(struct print *output, const char *bytes, size_t count);
void print_string(struct print *output, const char *string);
/* Text that has to stay one field of one line: line ends, controls, and in UTF-16 halves of
 * surrogate pairs are escaped. */
void print_in_line(struct print *output, struct text text);

/* A field: a line for people or, for `json`, a member of an object, which the first one opens. NULL
 * is JSON's null; `time` is in units of 100 ns since 1601, shown as 2026-01-31T12:00:00.000Z. */
void print_field(struct print *output, const char *key, const char *value);
void print_number(struct print *output, const char *key, uint64_t value);
void print_time(struct print *output, const char *key, uint64_t time);
void print_object_end(struct print *output);

/* Writes it all to stdout at once and frees it. Errors: those of console_write, and
 * ERROR_NOT_ENOUGH_MEMORY. */
DWORD print_end(struct print *output);

/* One message or text, with a line end: by itself, or as a JSON object that also tells how many
 * messages were missed before it. Errors as print_end. */
DWORD print_sight(const struct source *source, const struct sight *sight, bool json);

/* The source's range as bytes, or as a canonical hex dump. Errors: those of print_end; and those of
 * mapping_copy, with `*read` false. */
DWORD print_dump(const struct source *source, bool as_hex, bool *read);

#endif
