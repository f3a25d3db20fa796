/*
 * --field [NAME=]OFFSET:TYPE[COUNT]: numbers and texts at fixed offsets of a view, printed as a
 * line of text or as a JSON object.
 *
 * Numbers are little-endian and need no alignment. Floating-point numbers are printed with the
 * fewest digits that read back as the same value of their type.
 */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct print;

/* The longest NAME and its NUL, in bytes; the room for what is wrong with a specification. */
#define FIELD_KEY    64
#define FIELD_REASON 160

enum field_kind { FIELD_SIGNED, FIELD_UNSIGNED, FIELD_FLOAT, FIELD_TEXT };

struct field {
    char key[FIELD_KEY]; /* NAME, or the offset in decimal */
    bool named;
    enum field_kind kind;
    uint32_t code_page;  /* of a text */
    uint32_t unit_bytes; /* of a number: 1, 2, 4 or 8; of a text's code unit: 1 or 2 */
    uint64_t offset;     /* in bytes, from the start of the view */
    uint64_t count;      /* of numbers or code units; 0: no COUNT was given */
};

/* The bytes of one field, copied out of the view. */
struct field_value {
    const void *bytes;
    size_t count;
};

/* Parses one specification; TYPE in any case. If it is wrong, false, and `reason` tells what is
 * wrong and how to write it, in words that follow "--field SPEC: ". */
bool field_parse(const char *spec, struct field *field, char reason[FIELD_REASON]);

/* The first field whose NAME an earlier one has too, NULL if there is none. For JSON, offsets that
 * serve as keys are compared as well: they must not occur twice in one object. */
const struct field *field_find_twice(const struct field *fields, size_t count, bool json);

/* Which bytes of a view the field takes: `*bytes` from `field->offset` on. A text without COUNT
 * takes all whole code units up to the end of the view, though it is shown only up to its NUL.
 * False if the field, or a part of it, lies beyond the view; for a text without COUNT, if its
 * offset does. */
bool field_bytes(const struct field *field, uint64_t view_bytes, uint64_t *bytes);

/* Adds the value of a field as text or as JSON. `value` has as many bytes as field_bytes tells; a
 * text may have fewer. If there is no memory, output->failed is set. */
void field_print(struct print *output, const struct field *field, struct field_value value,
                 bool json);

/* Adds one line, with its line end: the values separated by tabs, or a JSON object. */
void field_print_line(struct print *output, const struct field *fields,
                      const struct field_value *values, size_t count, bool json);

#endif
