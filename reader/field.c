/* Values out of a view: how a field is specified, found, and printed. */
#include "field.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "print.h"

#define HOW "write [NAME=]OFFSET:TYPE[COUNT], as in rpm=20:i32"

/* ---- The specification ---- */

static bool parse_name(const char *spec, size_t bytes, struct field *field, char *reason)
{
    if (bytes == 0 || bytes >= FIELD_KEY) {
        snprintf(reason, FIELD_REASON, "a NAME has 1 to %d bytes", FIELD_KEY - 1);
        return false;
    }
    field->named = true;
    memcpy(field->key, spec, bytes);
    return true;
}

static bool parse_type(const char *type, struct field *field, char *reason)
{
    static const char names[][4] = {"i8",  "i16", "i32", "i64", "u8",
                                    "u16", "u32", "u64", "f32", "f64"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (_stricmp(type, names[i]) != 0)
            continue;
        field->kind = i < 4 ? FIELD_SIGNED : i < 8 ? FIELD_UNSIGNED : FIELD_FLOAT;
        field->unit_bytes = i < 8 ? 1u << i % 4 : 4u << i % 2;
        return true;
    }
    UINT code_page;
    bool is_number = type[0] >= '0' && type[0] <= '9'; /* more likely a number's type, mistyped */
    if (is_number || !encoding_parse(type, false, &code_page)) {
        snprintf(reason, FIELD_REASON,
                 "unknown type %.20s; use i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, utf-8, "
                 "utf-16, ansi, oem, latin-1 or cpN",
                 type);
        return false;
    }
    field->kind = FIELD_TEXT;
    field->code_page = code_page;
    field->unit_bytes = code_page == TEXT_UTF16 || code_page == TEXT_UTF16BE ? 2 : 1;
    return true;
}

/* COUNT and the bracket that follows it. */
static bool parse_count(char *word, struct field *field, char *reason)
{
    size_t length = strlen(word);
    bool closed = length > 0 && word[length - 1] == ']';
    if (closed)
        word[length - 1] = '\0';
    if (closed && text_parse_size(word, &field->count) && field->count > 0)
        return true;
    snprintf(reason, FIELD_REASON, "COUNT is a number from 1 on, in brackets; " HOW "[4]");
    return false;
}

bool field_parse(const char *spec, struct field *field, char reason[FIELD_REASON])
{
    *field = (struct field){0};
    const char *equals = strrchr(spec, '='); /* a NAME may contain others */
    if (equals != NULL && !parse_name(spec, (size_t)(equals - spec), field, reason))
        return false;
    char rest[FIELD_KEY];
    const char *where = equals == NULL ? spec : equals + 1;
    int length = snprintf(rest, sizeof rest, "%s", where);
    char *type = strchr(rest, ':');
    if (length < 0 || length >= (int)sizeof rest || type == NULL) {
        snprintf(reason, FIELD_REASON, HOW);
        return false;
    }
    *type++ = '\0';
    char *count = strchr(type, '[');
    if (count != NULL)
        *count++ = '\0';
    if (!text_parse_size(rest, &field->offset)) {
        snprintf(reason, FIELD_REASON,
                 "OFFSET is a number of bytes, such as 20, 0x14 or 64K; " HOW);
        return false;
    }
    if (!parse_type(type, field, reason) || (count != NULL && !parse_count(count, field, reason)))
        return false;
    uint64_t units = field->count == 0 ? 1 : field->count;
    if (units > (INT64_MAX - field->offset) / field->unit_bytes) {
        snprintf(reason, FIELD_REASON, "no mapping is that large; use a smaller OFFSET or COUNT");
        return false;
    }
    if (!field->named)
        snprintf(field->key, sizeof field->key, "%" PRIu64, field->offset);
    return true;
}

const struct field *field_find_twice(const struct field *fields, size_t count, bool json)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if ((json || (fields[i].named && fields[j].named)) &&
                strcmp(fields[i].key, fields[j].key) == 0)
                return &fields[i];
    return NULL;
}

bool field_bytes(const struct field *field, uint64_t view_bytes, uint64_t *bytes)
{
    if (field->offset >= view_bytes)
        return false;
    uint64_t left = view_bytes - field->offset;
    if (field->kind == FIELD_TEXT && field->count == 0)
        *bytes = left - left % field->unit_bytes;
    else
        *bytes = (field->count == 0 ? 1 : field->count) * field->unit_bytes;
    return *bytes <= left;
}

/* ---- Floating-point numbers ---- */

/* A whole number, the lowest word first. An f64 needs at most 1,138 bits; numbers of usual size
 * need a few words. All numbers that are used together have the same `width`. */
#define BIG_WORDS 36
struct big {
    int width;
    uint32_t words[BIG_WORDS];
};

static const struct big big_zero;

/* value * 2^shift */
static struct big big_from(uint64_t value, int shift, int width)
{
    struct big big = {.width = width};
    int at = shift / 32, low = shift % 32;
    big.words[at] = (uint32_t)(value << low);
    value >>= 32 - low;
    big.words[at + 1] = (uint32_t)value;
    big.words[at + 2] = (uint32_t)(value >> 32);
    return big;
}

static void big_times_10(struct big *big)
{
    uint64_t carry = 0;
    for (int i = 0; i < big->width; i++, carry >>= 32)
        big->words[i] = (uint32_t)(carry += (uint64_t)big->words[i] * 10);
}

/* a + b - c, of which only the lowest words are kept. Returns the sign of the whole. */
static int big_add(struct big *result, const struct big *a, const struct big *b,
                   const struct big *c)
{
    int64_t carry = 0;
    uint32_t any = 0;
    result->width = c->width;
    for (int i = 0; i < c->width; i++, carry >>= 32) {
        carry += (int64_t)a->words[i] + b->words[i] - c->words[i];
        any |= result->words[i] = (uint32_t)carry;
    }
    return carry < 0 ? -1 : any != 0;
}

static int big_sign(const struct big *a, const struct big *b, const struct big *c)
{
    struct big result;
    return big_add(&result, a, b, c);
}

#define DIGITS_MAX 17

/*
 * The shortest digits of mantissa * 2^exponent that read back as it, and `*point`: the value is
 * 0.DIGITS * 10^point. Returns how many digits. The algorithm is that of Steele and White, "How to
 * Print Floating-Point Numbers Accurately" (1990): digits are produced until what is left is less
 * than half the distance to the neighbours. It is exact, whereas msvcrt's own strtod, by which one
 * would try how many digits of printf read back, rounds wrongly now and then.
 */
static int shortest_digits(uint64_t mantissa, int exponent, bool near_below,
                           char digits[DIGITS_MAX], int *point)
{
    int width = (abs(exponent) + 64) / 32 + 1;
    int up = exponent > 0 ? exponent : 0;
    struct big unit = big_from(4, up - exponent, width);
    struct big rest = big_from(4 * mantissa, up, width); /* the value is rest / unit */
    struct big half = big_from(2, up, width);            /* half the distance to the one above */
    int even = mantissa % 2 == 0;                        /* then halves are rounded to it */
    int count = 0, low, high;
    *point = 0;
    for (; big_sign(&rest, &half, &unit) > -even; ++*point)
        big_times_10(&unit);
    do {
        struct big less;
        int digit = 0;
        big_times_10(&rest);
        big_times_10(&half);
        for (; big_add(&less, &rest, &big_zero, &unit) >= 0; rest = less)
            digit++;
        /* Below a power of two, the distance is half as long. */
        low = big_sign(&rest, near_below ? &rest : &big_zero, &half) < even;
        high = big_sign(&rest, &half, &unit) > -even;
        if (high && (!low || big_sign(&rest, &rest, &unit) + digit % 2 > 0))
            digit++;
        if (count > 0 || digit > 0)
            digits[count++] = (char)('0' + digit);
        else
            --*point;
    } while (!low && !high);
    return count;
}

/* As "%g" does, with as many digits as there are, but at least its usual 6 before the point. */
static void add_digits(struct print *output, const char *digits, int count, int point)
{
    int exponent = point - 1;
    bool scientific = exponent < -4 || exponent >= (count > 6 ? count : 6);
    char suffix[8] = "";
    if (scientific) {
        snprintf(suffix, sizeof suffix, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        point = 1;
    }
    for (int i = point < 1 ? point - 1 : 0; i < point || i < count; i++) {
        if (i == point)
            print_string(output, ".");
        print_add(output, i < 0 || i >= count ? "0" : digits + i, 1);
    }
    print_string(output, suffix);
}

/* The binary formats of IEEE 754. */
static void add_float(struct print *output, uint64_t bits, unsigned unit_bytes, bool json)
{
    int fraction_bits = unit_bytes == 4 ? 23 : 52;
    int exponent_mask = unit_bytes == 4 ? 0xFF : 0x7FF;
    bool negative = bits >> (8 * unit_bytes - 1) != 0;
    int exponent = (int)(bits >> fraction_bits) & exponent_mask;
    uint64_t hidden = UINT64_C(1) << fraction_bits, fraction = bits & (hidden - 1);
    if (exponent == exponent_mask) {
        const char *infinite = negative ? "-inf" : "inf";
        print_string(output, json ? "null" : fraction != 0 ? "nan" : infinite);
        return;
    }
    print_string(output, negative ? "-" : "");
    if (exponent == 0 && fraction == 0) {
        print_string(output, "0");
        return;
    }
    char digits[DIGITS_MAX];
    int point, bias = exponent_mask / 2 + fraction_bits;
    int count = shortest_digits(exponent == 0 ? fraction : fraction | hidden,
                                (exponent == 0 ? 1 : exponent) - bias,
                                fraction == 0 && exponent > 1, digits, &point);
    add_digits(output, digits, count, point);
}

/* ---- Values ---- */

static void add_number(struct print *output, const struct field *field, const unsigned char *bytes,
                       bool json)
{
    uint64_t bits = 0;
    memcpy(&bits, bytes, field->unit_bytes); /* Windows is little-endian everywhere */
    unsigned unused = 64 - 8 * field->unit_bytes;
    char number[24];
    if (field->kind == FIELD_FLOAT) {
        add_float(output, bits, field->unit_bytes, json);
        return;
    }
    if (field->kind == FIELD_SIGNED)
        snprintf(number, sizeof number, "%" PRId64, (int64_t)(bits << unused) >> unused);
    else
        snprintf(number, sizeof number, "%" PRIu64, bits);
    print_string(output, number);
}

static void add_numbers(struct print *output, const struct field *field, struct field_value value,
                        bool json)
{
    bool array = json && field->count > 0;
    print_string(output, array ? "[" : "");
    for (size_t at = 0; at + field->unit_bytes <= value.count; at += field->unit_bytes) {
        if (at > 0)
            print_string(output, json ? "," : " ");
        add_number(output, field, (const unsigned char *)value.bytes + at, json);
    }
    print_string(output, array ? "]" : "");
}

static void add_text(struct print *output, const struct field *field, struct field_value value,
                     bool json)
{
    struct text text;
    void *memory;
    size_t length = text_length(value.bytes, value.count, field->code_page);
    if (encoding_decode(field->code_page, value.bytes, length, &text, &memory) != ERROR_SUCCESS) {
        output->failed = true;
        return;
    }
    if (json)
        print_json_string(output, text);
    else
        print_in_line(output, text);
    free(memory);
}

void field_print(struct print *output, const struct field *field, struct field_value value,
                 bool json)
{
    if (field->kind == FIELD_TEXT)
        add_text(output, field, value, json);
    else
        add_numbers(output, field, value, json);
}

void field_print_line(struct print *output, const struct field *fields,
                      const struct field_value *values, size_t count, bool json)
{
    for (size_t i = 0; i < count; i++) {
        if (json) {
            const unsigned char *key = (const unsigned char *)fields[i].key;
            print_string(output, i == 0 ? "{" : ",");
            print_json_string(output, (struct text){key, key + strlen(fields[i].key), TEXT_UTF8});
            print_string(output, ":");
        } else if (i > 0) {
            print_string(output, "\t");
        }
        field_print(output, &fields[i], values[i], json);
    }
    print_string(output, json ? "}\r\n" : "\r\n");
}
