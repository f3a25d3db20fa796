/* --field: how it is specified, which bytes of a view it takes, and how its value is printed as
 * text and as JSON. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "print.h"

/* A specification, the whole view, and the value as text and as JSON (NULL: the same). */
#define VIEW(bytes) bytes, sizeof(bytes) - 1
static const struct {
    const char *spec, *view;
    size_t view_bytes;
    const char *text, *json;
} values[] = {
    /* whole numbers: the ends of their ranges */
    {"0:i8", VIEW("\x80"), "-128", NULL},
    {"0:i8", VIEW("\x7F"), "127", NULL},
    {"0:u8", VIEW("\xFF"), "255", NULL},
    {"0:i16", VIEW("\x00\x80"), "-32768", NULL},
    {"0:u16", VIEW("\xFF\xFF"), "65535", NULL},
    {"0:i32", VIEW("\x00\x00\x00\x80"), "-2147483648", NULL},
    {"0:i32", VIEW("\x20\x1C\x00\x00"), "7200", NULL},
    {"0:u32", VIEW("\xFF\xFF\xFF\xFF"), "4294967295", NULL},
    {"0:i64", VIEW("\x00\x00\x00\x00\x00\x00\x00\x80"), "-9223372036854775808", NULL},
    {"0:i64", VIEW("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"), "9223372036854775807", NULL},
    {"0:u64", VIEW("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "18446744073709551615", NULL},
    /* f32 */
    {"0:f32", VIEW("\x00\x00\x00\x00"), "0", NULL},
    {"0:f32", VIEW("\x00\x00\x00\x80"), "-0", NULL},
    {"0:f32", VIEW("\xCD\xCC\xCC\x3D"), "0.1", NULL},
    {"0:f32", VIEW("\x66\x66\x37\x43"), "183.4", NULL},
    {"0:f32", VIEW("\x00\x00\xC8\x42"), "100", NULL},
    {"0:f32", VIEW("\x00\x50\xC3\xC7"), "-100000", NULL},
    {"0:f32", VIEW("\x00\x24\x74\x49"), "1e+06", NULL},
    {"0:f32", VIEW("\x38\xB4\x96\x49"), "1234567", NULL},
    {"0:f32", VIEW("\x00\x00\x80\x4B"), "16777216", NULL},
    {"0:f32", VIEW("\x30\x32\x35\x47"), "46386.188", NULL},
    {"0:f32", VIEW("\x10\x32\x35\x47"), "46386.062", NULL},
    {"0:f32", VIEW("\x04\x00\x00\x4C"), "3.355445e+07", NULL},
    {"0:f32", VIEW("\x0A\x00\x00\x4C"), "3.355447e+07", NULL},
    {"0:f32", VIEW("\x17\xB7\xD1\x38"), "0.0001", NULL},
    {"0:f32", VIEW("\xAC\xC5\x27\x37"), "1e-05", NULL},
    {"0:f32", VIEW("\x01\x00\x00\x00"), "1e-45", NULL},
    {"0:f32", VIEW("\xFF\xFF\x7F\x00"), "1.1754942e-38", NULL},
    {"0:f32", VIEW("\x00\x00\x80\x00"), "1.1754944e-38", NULL},
    {"0:f32", VIEW("\xFF\xFF\x7F\x7F"), "3.4028235e+38", NULL},
    {"0:f32", VIEW("\x00\x00\x80\x7F"), "inf", "null"},
    {"0:f32", VIEW("\x00\x00\x80\xFF"), "-inf", "null"},
    {"0:f32", VIEW("\x00\x00\xC0\x7F"), "nan", "null"},
    {"0:f32", VIEW("\x01\x00\x80\xFF"), "nan", "null"},
    /* f64 */
    {"0:f64", VIEW("\x00\x00\x00\x00\x00\x00\x00\x80"), "-0", NULL},
    {"0:f64", VIEW("\x9A\x99\x99\x99\x99\x99\xB9\x3F"), "0.1", NULL},
    {"0:f64", VIEW("\x33\x33\x33\x33\x33\x33\xD3\x3F"), "0.3", NULL},
    {"0:f64", VIEW("\x34\x33\x33\x33\x33\x33\xD3\x3F"), "0.30000000000000004", NULL},
    {"0:f64", VIEW("\x00\x00\x00\xA0\x99\x99\xB9\x3F"), "0.10000000149011612", NULL},
    {"0:f64", VIEW("\x00\x00\x00\x00\x80\x84\x2E\x41"), "1e+06", NULL},
    {"0:f64", VIEW("\x01\x00\x00\x00\x00\x00\x40\x43"), "9007199254740994", NULL},
    {"0:f64", VIEW("\x0C\xFD\xF0\xAE\xCB\xD5\x0B\x3E"), "8.10109172351e-10", NULL},
    {"0:f64", VIEW("\x00\x00\x00\x00\x00\x00\x30\x3D"), "5.684341886080802e-14", NULL},
    {"0:f64", VIEW("\x01\x00\x00\x00\x00\x00\x00\x00"), "5e-324", NULL},
    {"0:f64", VIEW("\xFF\xFF\xFF\xFF\xFF\xFF\x0F\x00"), "2.225073858507201e-308", NULL},
    {"0:f64", VIEW("\x00\x00\x00\x00\x00\x00\x10\x00"), "2.2250738585072014e-308", NULL},
    {"0:f64", VIEW("\xFF\xFF\xFF\xFF\xFF\xFF\xEF\x7F"), "1.7976931348623157e+308", NULL},
    {"0:f64", VIEW("\x00\x00\x00\x00\x00\x00\xF0\x7F"), "inf", "null"},
    {"0:f64", VIEW("\x00\x00\x00\x00\x00\x00\xF0\xFF"), "-inf", "null"},
    {"0:f64", VIEW("\x01\x00\x00\x00\x00\x00\xF0\x7F"), "nan", "null"},
    /* arrays */
    {"0:u8[1]", VIEW("\x01"), "1", "[1]"},
    {"0:u8[3]", VIEW("\x01\x02\x03"), "1 2 3", "[1,2,3]"},
    {"0:f32[2]", VIEW("\x00\x00\x80\x3F\x00\x00\xC0\x7F"), "1 nan", "[1,null]"},
    {"1:i16[2]", VIEW("x\xFE\xFF\x05\x00"), "-2 5", "[-2,5]"},
    /* offsets and types in other notations; no alignment is needed */
    {"3:u32", VIEW("xxx\x01\x02\x03\x04"), "67305985", NULL},
    {"0x3:u32", VIEW("xxx\x01\x02\x03\x04"), "67305985", NULL},
    {"1:f64", VIEW("x\x00\x00\x00\x00\x00\x00\xF8\x3F"), "1.5", NULL},
    {"a=b:c=2:U8", VIEW("xx\x09"), "9", NULL},
    {"speed=1:I8[0x2]", VIEW("x\x09\x0A"), "9 10", "[9,10]"},
    /* texts end at their NUL, at COUNT code units or at the end of the view */
    {"0:utf-8", VIEW("gr\xC3\xBC\xC3\x9F\0x"), "grüß", "\"grüß\""},
    {"1:utf-8", VIEW("xab"), "ab", "\"ab\""},
    {"1:utf-8[2]", VIEW("xabc"), "ab", "\"ab\""},
    {"0:utf-8[8]", VIEW("ab\0cdefg"), "ab", "\"ab\""},
    {"0:utf-8", VIEW("\0ab"), "", "\"\""},
    {"0:utf-8", VIEW("a\tb\r\n\x1B[1m\"\\"), "a\\x09b\\x0d\\x0a\\x1b[1m\"\\",
     "\"a\\tb\\r\\n\\u001b[1m\\\"\\\\\""},
    {"0:utf-8", VIEW("a\xFF\xC3"), "a\xEF\xBF\xBD\xEF\xBF\xBD", "\"a\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"0:utf-16", VIEW("a\0\x71\x51\0\0b\0"), "a共", "\"a共\""},
    {"1:utf-16", VIEW("x\x3D\xD8\x42\xDE"), "🙂", "\"🙂\""},
    {"0:UTF-16[2]", VIEW("a\0b\0c\0"), "ab", "\"ab\""},
    {"0:utf-16", VIEW("a\0b\0c"), "ab", "\"ab\""},
    {"0:utf-16", VIEW("a"), "", "\"\""},
    {"0:utf-16", VIEW("\x00\xD8"), "\\ud800", "\"\xEF\xBF\xBD\""},
    {"0:latin-1", VIEW("gr\xFC\xDF"), "grüß", "\"grüß\""},
    {"0:cp1252[3]", VIEW("5 \x80x"), "5 €", "\"5 €\""},
    {"0:cp932", VIEW("\x93\xFA\x96\x7B\0"), "日本", "\"日本\""},
    {"0:CP437", VIEW("\x81"), "ü", "\"ü\""},
    {"0:ansi", VIEW("abc"), "abc", "\"abc\""},
    {"0:oem", VIEW("abc"), "abc", "\"abc\""},
};

/* Whether a field lies in a view of so many bytes, and what it takes of it. */
static const struct {
    const char *spec;
    uint64_t view_bytes, offset, bytes; /* 0: it lies beyond */
} ranges[] = {
    {"4092:i32", 4096, 4092, 4},
    {"4093:i32", 4096, 0, 0},
    {"4095:u8", 4096, 4095, 1},
    {"4096:u8", 4096, 0, 0},
    {"0xFFF:u8", 4096, 4095, 1},
    {"4K:u8", 4097, 4096, 1},
    {"1M:u8", 4096, 0, 0},
    {"2G:u8", UINT64_C(4) << 30, UINT64_C(2) << 30, 1},
    {"4080:f64[2]", 4096, 4080, 16},
    {"4080:f64[3]", 4096, 0, 0},
    {"4080:utf-16[8]", 4096, 4080, 16},
    {"4080:utf-16[9]", 4096, 0, 0},
    {"4090:utf-8[6]", 4096, 4090, 6},
    {"4090:utf-8[7]", 4096, 0, 0},
    {"4095:utf-8", 4096, 4095, 1},
    {"4096:utf-8", 4096, 0, 0},
    {"0:cp1252", 4096, 0, 4096},
    {"0:utf-16", 4096, 0, 4096},
    {"1:utf-16", 4096, 1, 4094},
    {"0:u8", 0, 0, 0},
    {"0x7FFFFFFFFFFFFFFE:u8", 4096, 0, 0},
    {"0:u64[0x0FFFFFFFFFFFFFFF]", 4096, 0, 0},
};

#define TYPES "; use i8, i16, "
#define WRITE "write [NAME=]OFFSET:TYPE[COUNT]"
#define N21   "123456789012345678901"
static const struct {
    const char *spec, *reason;
} wrong[] = {
    {"", WRITE},
    {"20", WRITE},
    {"rpm=20", WRITE},
    {"rpm", WRITE},
    {":i32", "OFFSET is a number"},
    {"x:i32", "OFFSET is a number"},
    {"-1:i32", "OFFSET is a number"},
    {" 1:i32", "OFFSET is a number"},
    {"1.5:i32", "OFFSET is a number"},
    {"0x8000000000000000:i32", "OFFSET is a number"},
    {N21 N21 N21 N21 ":i32", WRITE},
    {"=20:i32", "a NAME has 1 to 63 bytes"},
    {N21 N21 N21 "4=20:i32", "a NAME has 1 to 63 bytes"},
    {"rpm=20:i33", "unknown type i33" TYPES},
    {"20:", "unknown type " TYPES},
    {"20:[4]", "unknown type " TYPES},
    {"20:f16", "unknown type f16" TYPES},
    {"20:i32 ", "unknown type i32 " TYPES},
    {"20:auto", "unknown type auto" TYPES},
    {"20:1252", "unknown type 1252" TYPES},
    {"20:cp", "unknown type cp" TYPES},
    {"20:cp77777", "unknown type cp77777" TYPES},
    {"20:i32[]", "COUNT is a number from 1 on"},
    {"20:i32[0]", "COUNT is a number from 1 on"},
    {"20:i32[-1]", "COUNT is a number from 1 on"},
    {"20:i32[4", "COUNT is a number from 1 on"},
    {"20:i32[4]x", "COUNT is a number from 1 on"},
    {"20:i32[4]]", "COUNT is a number from 1 on"},
    {"20:i32[1][2]", "COUNT is a number from 1 on"},
    {"20:i32[", "COUNT is a number from 1 on"},
    {"0x7FFFFFFFFFFFFFFF:u8", "no mapping is that large"},
    {"0x7FFFFFFFFFFFFFFC:i32", "no mapping is that large"},
    {"0:u64[0x1000000000000000]", "no mapping is that large"},
    {"1:u8[0x7FFFFFFFFFFFFFFF]", "no mapping is that large"},
    {"0:utf-16[0x4000000000000000]", "no mapping is that large"},
};

static struct field parse(const char *spec)
{
    struct field field;
    char reason[FIELD_REASON];
    if (!field_parse(spec, &field, reason))
        test_bail("%s: %s", spec, reason);
    return field;
}

/* The bytes of the field in a block of just their size. */
static struct field_value copy(const struct field *field, const char *view, size_t view_bytes)
{
    uint64_t bytes = 0;
    if (!field_bytes(field, view_bytes, &bytes))
        test_bail("%s lies beyond %u bytes", field->key, (unsigned)view_bytes);
    void *block = malloc((size_t)bytes + 1);
    memcpy(block, view + field->offset, (size_t)bytes);
    return (struct field_value){block, (size_t)bytes};
}

/* What was printed, NUL-terminated; to be freed. */
static char *printed(struct print *output)
{
    print_add(output, "", 1);
    return output->bytes;
}

static void test_value(size_t row)
{
    struct field field = parse(values[row].spec);
    struct field_value value = copy(&field, values[row].view, values[row].view_bytes);
    for (int json = 0; json < 2; json++) {
        struct print output = {0};
        field_print(&output, &field, value, json != 0);
        char *found = printed(&output);
        bool differs = json && values[row].json != NULL;
        const char *expected = differs ? values[row].json : values[row].text;
        test_text(found, expected, "%s is %s", values[row].spec, expected);
        free(found);
    }
    free((void *)value.bytes);
}

static void test_range(size_t row)
{
    struct field field = parse(ranges[row].spec);
    uint64_t bytes = 0;
    bool within = field_bytes(&field, ranges[row].view_bytes, &bytes);
    if (ranges[row].bytes == 0)
        test_check(!within, "%s lies beyond %llu bytes", ranges[row].spec, ranges[row].view_bytes);
    else
        test_check(within && field.offset == ranges[row].offset && bytes == ranges[row].bytes,
                   "%s takes %llu bytes", ranges[row].spec, ranges[row].bytes);
}

static void test_wrong(size_t row)
{
    struct field field;
    char reason[FIELD_REASON] = "";
    bool parsed = field_parse(wrong[row].spec, &field, reason);
    test_check(!parsed, "\"%s\" is rejected", wrong[row].spec);
    test_contains(reason, wrong[row].reason, "and the reason is told");
}

#define LINE_VIEW "\x20\x1C\x00\x00\x66\x66\x37\x43gr\xFC\0\0\0\x01\x02"
static void test_line(void)
{
    const struct field fields[] = {parse("speed=4:f32"), parse("rpm=0:i32"), parse("0xE:u8[2]"),
                                   parse("the \"name\"=8:latin-1[6]")};
    struct field_value all[4];
    for (size_t i = 0; i < 4; i++)
        all[i] = copy(&fields[i], VIEW(LINE_VIEW));
    struct print text = {0}, json = {0};
    field_print_line(&text, fields, all, 4, false);
    field_print_line(&json, fields, all, 4, true);
    field_print_line(&json, fields, all, 1, true);
    char *found = printed(&text);
    test_text(found, "183.4\t7200\t1 2\tgrü\r\n", "a line of text has no names");
    free(found);
    found = printed(&json);
    test_text(found,
              "{\"speed\":183.4,\"rpm\":7200,\"14\":[1,2],\"the \\\"name\\\"\":\"grü\"}\r\n"
              "{\"speed\":183.4}\r\n",
              "JSON has a member for each field");
    free(found);
    for (size_t i = 0; i < 4; i++)
        free((void *)all[i].bytes);
}

static void test_twice(void)
{
    const struct field named[] = {parse("a=0:i8"), parse("b=0:i8"), parse("a=1:i8")};
    const struct field offsets[] = {parse("28:i32"), parse("0x1C:f32")};
    const struct field mixed[] = {parse("28:i32"), parse("28=0:i32")};
    test_check(field_find_twice(named, 2, true) == NULL, "two names are two");
    test_check(field_find_twice(named, 3, false) == &named[2], "a name that occurs twice is found");
    test_check(field_find_twice(offsets, 2, false) == NULL, "a text may show an offset twice");
    test_check(field_find_twice(offsets, 2, true) == &offsets[1], "JSON may not");
    test_check(field_find_twice(mixed, 2, true) == &mixed[1], "nor under a name like the offset");
    test_check(field_find_twice(mixed, 2, false) == NULL, "of which a text shows nothing");
}

/* Numbers whose bits are random, and those with few bits, read back as the same bits. */
static void test_round_trips(void)
{
    const struct field single = parse("0:f32"), twofold = parse("0:f64");
    uint64_t bits = 88172645463325252u, failures = 0;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13; /* xorshift64 */
        bits ^= bits >> 7;
        bits ^= bits << 17;
        uint64_t tried = i % 4 == 0 ? bits & bits << 21 & bits >> 17 : bits;
        uint32_t low = (uint32_t)tried, low_again;
        uint64_t again;
        struct print output = {0};
        field_print(&output, &single, (struct field_value){&low, sizeof low}, false);
        print_string(&output, " ");
        field_print(&output, &twofold, (struct field_value){&tried, sizeof tried}, false);
        char *found = printed(&output), *end;
        float value = strtof(found, &end);
        double second = strtod(end, NULL);
        memcpy(&low_again, &value, sizeof value);
        memcpy(&again, &second, sizeof second);
        bool same = (value != value || low_again == low) && (second != second || again == tried);
        failures += !same;
        if (!same && failures < 5)
            test_note("%08x %016llx became %s", low, tried, found);
        free(found);
    }
    test_equal((long long)failures, 0, "random numbers read back as the same");
}

void test_main(void)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        test_value(i);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        test_range(i);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        test_wrong(i);
    test_line();
    test_twice();
    test_round_trips();
}
