/* What was seen, on stdout: as text, as JSON, as bytes or as a hex dump. */
#ifndef PRINT_H
#define PRINT_H

#include "source.h"
#include "text.h"

struct print_options {
    bool json;
    bool no_newline;    /* a text alone, without a line end */
    uint32_t code_page; /* of redirected output */
};

/* Text being put together for one write; all zero but the options to begin with. */
struct print {
    const struct print_options *options;
    char *bytes; /* UTF-8 */
    size_t count, room;
    unsigned members; /* of the JSON object that is being put together */
    bool failed;      /* there was no memory; the rest was dropped */
};

void print_add(struct print *output, const char *bytes, size_t count);
void print_string(struct print *output, const char *string);
/* Text that has to stay one field of one line: line ends, controls, and in UTF-16 halves of
 * surrogate pairs are escaped. */
void print_in_line(struct print *output, struct text text);
/* The same as a JSON string, in its quotation marks. */
void print_json_string(struct print *output, struct text text);

/* A field: a line for people or, for `json`, a member of an object, which the first one opens. NULL
 * is JSON's null; `time` is in units of 100 ns since 1601, shown as 2026-01-31T12:00:00.000Z. */
void print_field(struct print *output, const char *key, const char *value);
void print_number(struct print *output, const char *key, uint64_t value);
void print_bytes_field(struct print *output, const char *key, uint64_t bytes); /* "12 bytes" */
void print_time(struct print *output, const char *key, uint64_t time);
void print_object_end(struct print *output);

/* Writes it all to stdout at once and frees it; elsewhere than on a console in the code page of the
 * options, with '?' for characters that it lacks and one note about them. Errors: those of
 * console_write, ERROR_NOT_ENOUGH_MEMORY, those of encoding_encode. */
DWORD print_end(struct print *output);

/* One message or text of the mapping `name`: by itself, or as a JSON object that also tells how
 * many messages were missed before it. Errors as print_end. */
DWORD print_sight(const struct print_options *options, const char *name, const struct sight *sight);

/* Bytes as they are, or as a canonical hex dump of bytes that lie at `offset`. They may lie in
 * shared memory. Errors as print_end. */
DWORD print_bytes(const struct sight *sight);
DWORD print_hex(const struct print_options *options, const struct sight *sight, uint64_t offset);

#endif
