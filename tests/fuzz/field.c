/* libFuzzer on --field: any specification over any view. It is rejected with a reason, or its value
 * lies within the view, is one line or one JSON object, and reads back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../common/text.c"

/* What field.c needs of encoding.c and print.c, whose headers need Windows. */
#define ENCODING_H
#define PRINT_H
#define _stricmp      strcasecmp
#define ERROR_SUCCESS 0
typedef unsigned UINT;

struct print {
    char bytes[1 << 14];
    size_t count;
    bool failed;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void print_add(struct print *output, const char *bytes, size_t count)
{
    check(count < sizeof output->bytes - output->count);
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
    output->bytes[output->count] = '\0';
}

static void print_string(struct print *output, const char *string)
{
    print_add(output, string, strlen(string));
}

static void print_json_string(struct print *output, struct text text)
{
    print_string(output, "\"");
    while (text.at < text.end) {
        char shown[TEXT_PUT_MAX];
        print_add(output, shown, text_put_json(text_next(&text, NULL), shown));
    }
    print_string(output, "\"");
}

static void print_in_line(struct print *output, struct text text)
{
    while (text.at < text.end) {
        char shown[TEXT_PUT_MAX];
        print_add(output, shown, text_put_in_line(text_next(&text, NULL), shown));
    }
}

static bool encoding_parse(const char *name, bool with_auto, UINT *code_page)
{
    check(!with_auto);
    *code_page = strcasecmp(name, "utf-8") == 0     ? TEXT_UTF8
                 : strcasecmp(name, "utf-16") == 0  ? TEXT_UTF16
                 : strcasecmp(name, "latin-1") == 0 ? TEXT_LATIN1
                 : strcasecmp(name, "cp1201") == 0  ? TEXT_UTF16BE
                                                    : 0;
    return *code_page != 0;
}

static int encoding_decode(UINT code_page, const void *bytes, size_t count, struct text *text,
                           void **memory)
{
    *memory = NULL;
    *text = (struct text){bytes, (const unsigned char *)bytes + count, code_page};
    return ERROR_SUCCESS;
}

#include "../../reader/field.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The number reads back as its bits, and would not with a digit less. */
static void check_float(const char *number, uint64_t bits, unsigned unit_bytes)
{
    float single;
    double value;
    if (unit_bytes == 4) {
        uint32_t low = (uint32_t)bits;
        memcpy(&single, &low, sizeof single);
        value = (double)single;
    } else {
        memcpy(&value, &bits, sizeof value);
    }
    if (isnan(value) || isinf(value)) {
        check(strcmp(number, isnan(value) ? "nan" : value > 0 ? "inf" : "-inf") == 0);
        return;
    }
    char *end;
    double again = unit_bytes == 4 ? (double)strtof(number, &end) : strtod(number, &end);
    check(*end == '\0' && memcmp(&again, &value, sizeof value) == 0);
    char digits[32];
    int significant = 0;
    for (const char *at = number; *at != '\0' && *at != 'e'; at++)
        if ((*at >= '0' && *at <= '9') && (significant > 0 || *at != '0'))
            digits[significant++] = *at;
    while (significant > 0 && digits[significant - 1] == '0')
        significant--;
    check(significant <= DIGITS_MAX);
    if (significant > 1) {
        snprintf(digits, sizeof digits, "%.*e", significant - 2, value);
        again = unit_bytes == 4 ? (double)strtof(digits, NULL) : strtod(digits, NULL);
        check(again != value);
    }
    char plain[40]; /* as printf writes it, unless the shortest is not the nearest */
    snprintf(plain, sizeof plain, "%.*g", significant > 6 ? significant : 6, value);
    again = unit_bytes == 4 ? (double)strtof(plain, NULL) : strtod(plain, NULL);
    check(again != value || strcmp(plain, number) == 0 || significant < 6);
}

static void check_value(const struct field *field, struct field_value value)
{
    static struct print text, json;
    text.count = json.count = 0;
    field_print_line(&text, field, &value, 1, false);
    field_print_line(&json, field, &value, 1, true);
    check(text_is_valid(text.bytes, text.count, TEXT_UTF8));
    check(text_is_valid(json.bytes, json.count, TEXT_UTF8));
    check(strlen(text.bytes) == text.count && strcspn(text.bytes, "\t\r\n\033") == text.count - 2);
    check(strlen(json.bytes) == json.count && strcspn(json.bytes, "\t\r\n\033") == json.count - 2);
    check(json.bytes[0] == '{' && strcmp(json.bytes + json.count - 3, "}\r\n") == 0);
    if (field->kind == FIELD_FLOAT && field->count < 2) {
        uint64_t bits = 0;
        memcpy(&bits, value.bytes, field->unit_bytes);
        text.bytes[text.count - 2] = '\0';
        check_float(text.bytes, bits, field->unit_bytes);
    }
}

/* Parses it, and prints what it takes of the view. */
static void check_field(const char *spec, const uint8_t *view, size_t view_bytes)
{
    struct field field;
    char reason[FIELD_REASON] = "";
    if (!field_parse(spec, &field, reason)) {
        check(reason[0] != '\0');
        return;
    }
    check(reason[0] == '\0' && field.key[0] != '\0');
    check(field.named == (strchr(spec, '=') != NULL));
    check(field_find_twice((const struct field[]){field, field}, 2, true) != NULL);
    uint64_t bytes;
    if (!field_bytes(&field, view_bytes, &bytes))
        return;
    check(field.offset < view_bytes && bytes <= view_bytes - field.offset);
    uint8_t *block = malloc((size_t)bytes); /* a byte behind it is noticed */
    memcpy(block, view + field.offset, (size_t)bytes);
    check_value(&field, (struct field_value){block, (size_t)bytes});
    free(block);
}

/* The input is a specification up to its first NUL, and a view behind it; or, for its first byte,
 * a type, offset, count and view. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"i8",    "i16",    "i32",     "i64",   "u8",
                                        "u16",   "u32",    "u64",     "f32",   "f64",
                                        "utf-8", "utf-16", "latin-1", "cp1201"};
    if (size < 3)
        return 0;
    if (data[0] < sizeof types / sizeof types[0]) {
        char spec[40], brackets[8] = "";
        if (data[2] < 100)
            snprintf(brackets, sizeof brackets, "[%d]", data[2]);
        snprintf(spec, sizeof spec, "%d:%s%s", data[1] % 16, types[data[0]], brackets);
        check_field(spec, data + 3, size - 3);
    }
    const uint8_t *end = memchr(data, 0, size);
    if (end != NULL)
        check_field((const char *)data, end + 1, (size_t)(data + size - end) - 1);
    return 0;
}
