/* reader --field on mappings of other programs: each way of reading, what it prints and what it
 * rejects. (How a value is written is t_field.c's.) */
#include "harness.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Telemetry as a game publishes it; in a view of one page. */
#pragma pack(push, 1)
struct telemetry {
    INT32 packet; /* 0 */
    float speed;  /* 4 */
    INT32 rpm;    /* 8 */
    double fuel;  /* 12 */
    UINT16 gears; /* 20 */
    UINT8 flags[6];
    wchar_t car[16]; /* 28 */
    char track[32];  /* 60: a byte in code page 1252 */
    char note[32];   /* 92: UTF-8 */
    INT64 best_us;   /* 124: no multiple of 8 */
    float invalid;
};
#pragma pack(pop)
#define VIEW_BYTES 4096

static void fill(char *view)
{
    *(struct telemetry *)view = (struct telemetry){
        .packet = 41,
        .speed = 183.4f,
        .rpm = -7200,
        .fuel = 12.5,
        .gears = 65535,
        .flags = {1, 0, 255, 3, 4, 5},
        .car = L"Porsche \x8dd1\x8dd1",
        .track = "N\xfcrburgring",
        .note = "a\tb\r\n\x1b[1m\"\\",
        .best_us = -1,
    };
    memset(view + offsetof(struct telemetry, invalid), 0xff, sizeof(float));
    view[VIEW_BYTES - 1] = 7;
}

static const struct {
    const char *const *options;
    const char *out;
} rows[] = {
    {ARGS("--field", "4:f32"), "183.4\r\n"},
    {ARGS("--field", "speed=4:f32", "--field", "rpm=8:i32"), "183.4\t-7200\r\n"},
    {ARGS("--field", "8:i32", "--field", "4:f32", "--field", "8:i32"), "-7200\t183.4\t-7200\r\n"},
    {ARGS("--field", "0xC:f64", "--field", "22:u8[6]", "--field", "20:i16"),
     "12.5\t1 0 255 3 4 5\t-1\r\n"},
    {ARGS("--field", "124:i64", "--field", "132:f32"), "-1\tnan\r\n"},
    {ARGS("--field", "4095:u8", "--field", "4088:u64"), "7\t504403158265495552\r\n"},
    {ARGS("--field", "28:utf-16[16]", "--field", "60:cp1252[32]"),
     "Porsche \xe8\xb7\x91\xe8\xb7\x91\tN\xc3\xbcrburgring\r\n"},
    {ARGS("--field", "28:utf-16", "--field", "28:utf-16[3]"),
     "Porsche \xe8\xb7\x91\xe8\xb7\x91\tPor\r\n"},
    {ARGS("--field", "92:utf-8[32]", "--field", "0:i32"), "a\\x09b\\x0d\\x0a\\x1b[1m\"\\\t41\r\n"},
    {ARGS("--field", "200:utf-8[8]", "--field", "0:i32"), "\t41\r\n"},
    {ARGS("--json", "--field", "speed=4:f32", "--field", "rpm=8:i32"),
     "{\"speed\":183.4,\"rpm\":-7200}\r\n"},
    {ARGS("--json", "--field", "0x16:u8[6]", "--field", "bad=132:f32", "--field", "28:utf-16[16]"),
     "{\"22\":[1,0,255,3,4,5],\"bad\":null,\"28\":\"Porsche \xe8\xb7\x91\xe8\xb7\x91\"}\r\n"},
    {ARGS("--json", "--field", "note=92:utf-8[32]"),
     "{\"note\":\"a\\tb\\r\\n\\u001b[1m\\\"\\\\\"}\r\n"},
    {ARGS("--to", "1252", "--field", "60:cp1252[32]"), "N\xfcrburgring\r\n"},
};

/* What is wrong, and a part of what is said; all are status 2. */
#define CANNOT(option) "reader: --field cannot be combined with " option
static const struct {
    const char *const *options;
    const char *error;
} wrong[] = {
    {ARGS("--once", "--field", "4096:u8"),
     "reader: field 4096 at offset 4096 is beyond the end of "},
    {ARGS("--once", "--field", "4095:u8", "--field", "last=4093:i32"),
     "reader: field last at offset 4093 is beyond the end of "},
    {ARGS("--once", "--field", "0:u8[4097]"), "reader: field 0 at offset 0 is beyond the end of "},
    {ARGS("--once", "--field", "car=4080:utf-16[9]"),
     "reader: field car at offset 4080 is beyond the end of "},
    {ARGS("--follow", "--field", "rpm=5000:i32"),
     "reader: field rpm at offset 5000 is beyond the end of "},
    {ARGS("--wait", "--field", "1M:utf-8"),
     "reader: field 1048576 at offset 1048576 is beyond the end of "},
    {ARGS("--field", "rpm=5000:i32"), "reader: field rpm at offset 5000 is beyond the end of "},
    {ARGS("--once", "--field", "a=0:i32", "--field", "a=4:f32"),
     "reader: --field: two fields are named a; give each a NAME of its own"},
    {ARGS("--once", "--json", "--field", "0:i32", "--field", "0:f32"),
     "reader: --field: two fields are named 0; give each a NAME of its own"},
    {ARGS("--once", "--field", "0:i33"), "reader: --field 0:i33: unknown type i33"},
    {ARGS("--once", "--field", "rpm"), "reader: --field rpm: write [NAME=]OFFSET:TYPE[COUNT]"},
    {ARGS("--once", "--field"), "field"},
    {ARGS("--once", "--field", "0:i32", "--raw"), "--raw"},
    {ARGS("--once", "--field", "0:i32", "--hex"), "--hex"},
    {ARGS("--once", "--field", "0:i32", "--offset", "4"), "--offset"},
    {ARGS("--once", "--field", "0:i32", "--length", "4"), "--length"},
    {ARGS("--once", "--field", "0:i32", "--encoding", "utf-16"), "--encoding"},
    {ARGS("--wait", "--field", "0:i32", "--take"), "--take"},
    {ARGS("--once", "--field", "0:i32", "--no-newline"), "--no-newline"},
    {ARGS("--follow", "--field", "0:i32", "--until-end"), "--until-end"},
    {ARGS("--info", "--field", "0:i32"), "--field"},
    {ARGS("--list", "--field", "0:i32"), "--field"},
};

static int run(const char *name, const char *const *options, const char *way)
{
    const char *arguments[20] = {"reader", "-n", name};
    int count = 3;
    for (int i = 0; options[i] != NULL; i++)
        arguments[count++] = options[i];
    arguments[count] = way;
    return process_run(arguments, NULL);
}

static void test_rows(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, VIEW_BYTES, NULL);
    fill(foreign.view);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run(name, rows[i].options, i % 2 == 0 ? "--once" : "--wait");
        test_text(got.out, rows[i].out, "%s %s", rows[i].options[0], rows[i].options[1]);
        test_check(got.status == 0 && got.err_bytes == 0, "with status 0 and nothing else");
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *const *options = wrong[i].options;
        if (strcmp(options[0], "--list") == 0)
            process_run(ARGS("reader", "--list", "--field", "0:i32"), NULL);
        else
            run(name, options, NULL);
        test_equal(got.status, 2, "%s %s %s %s: status 2", options[0],
                   options[1] != NULL ? options[1] : "", options[2] != NULL ? options[2] : "",
                   options[2] != NULL && options[3] != NULL ? options[3] : "");
        test_contains(got.err, wrong[i].error, "which is told");
        test_text(got.out, "", "and nothing is printed");
    }
    test_withdraw(&foreign);
}

/* Waiting is content with zeros; a mapping that does not exist is waited for, or is status 1. */
static void test_absent(void)
{
    const char *name = test_unique_name();
    test_equal(run(name, ARGS("--field", "0:i32"), "--once"), 1,
               "--once without a mapping: status 1");
    struct process *reader = process_start(
        ARGS("reader", "-n", name, "--wait", "--field", "0:i32", "--field", "8:utf-8[8]"));
    Sleep(100);
    test_check(process_running(reader), "--wait waits for it");
    struct foreign foreign = test_publish(name, VIEW_BYTES, NULL);
    test_check(process_wait_output(reader, "0\t\r\n", ENOUGH_MS), "and is content with zeros");
    test_ends(reader, 0, "with status 0");
    test_withdraw(&foreign);
    test_equal(
        process_run(ARGS("reader", "-n", name, "--wait", "-t", "0.2", "--field", "0:i32"), NULL), 1,
        "--timeout bounds that");
}

/* No name: the default mapping, which only text creates. */
static void test_creates_nothing(void)
{
    test_take_default_name();
    test_equal(process_run(ARGS("reader", "-f", "-t", "0.3", "--field", "0:i32"), NULL), 1,
               "--field waits for the default mapping");
    struct process *reader = process_start(ARGS("reader", "-f", "--field", "0:i32"));
    Sleep(200);
    HANDLE section = OpenFileMappingA(FILE_MAP_READ, FALSE, "Global\\MyFileMappingObject");
    test_check(section == NULL, "and does not create it");
    CloseHandle(section);
    process_free(reader);
}

/* A line when a byte of a field has changed, and only then. */
static void test_follow(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, VIEW_BYTES, NULL);
    struct telemetry *telemetry = (struct telemetry *)foreign.view;
    fill(foreign.view);
    struct process *text = process_start(
        ARGS("reader", "-n", name, "-f", "--field", "8:i32", "--field", "60:cp1252[32]"));
    struct process *json = process_start(
        ARGS("reader", "-n", name, "-fj", "-c", "3", "--field", "rpm=8:i32", "--field", "4:f32"));
    process_wait_output(text, "\r\n", ENOUGH_MS);
    process_wait_output(json, "\r\n", ENOUGH_MS);
    for (int i = 0; i < 10; i++) {
        telemetry->packet++;
        telemetry->fuel -= 0.1;
        strcpy(telemetry->track + 20, "behind NUL");
        Sleep(20);
    }
    telemetry->rpm = 1;
    process_wait_output(text, "1\tN", ENOUGH_MS);
    process_wait_output(json, "{\"rpm\":1,", ENOUGH_MS);
    strcpy(telemetry->track, "Spa");
    telemetry->speed = 0;
    process_wait_output(text, "Spa", ENOUGH_MS);
    test_ends(json, 0, "--count ends it");
    Sleep(100);
    test_text(process_output(text),
              "-7200\tN\xc3\xbcrburgring\r\n1\tN\xc3\xbcrburgring\r\n1\tSpa\r\n",
              "--follow prints a line when a byte of a field has changed");
    process_free(text);

    /* Bytes count, not values: a zero that gets a sign, another NaN. */
    telemetry->rpm = 5;
    json = process_start(
        ARGS("reader", "-n", name, "-fj", "--field", "4:f32", "-f", "--field", "132:f32"));
    process_wait_output(json, "\r\n", ENOUGH_MS);
    telemetry->speed = -0.0f;
    process_wait_output(json, "-0", ENOUGH_MS);
    foreign.view[132] = 1;
    process_wait_output(json, "-0,\"132\":null}\r\n{", ENOUGH_MS);
    Sleep(50);
    test_text(process_output(json),
              "{\"4\":0,\"132\":null}\r\n{\"4\":-0,\"132\":null}\r\n{\"4\":-0,\"132\":null}\r\n",
              "bytes are compared, not values");
    process_free(json);
    test_withdraw(&foreign);
}

static void test_by_key(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, VIEW_BYTES, NULL);
    fill(foreign.view);
    struct process *reader =
        process_start(ARGS("reader", "-n", name, "-q", "--field", "rpm=8:i32", "--field", "0:u8"));
    test_check(process_wait_output(reader, "-7200\t41\r\n", ENOUGH_MS), "by key, at once");
    process_type(reader, "\n");
    test_check(process_wait_output(reader, "-7200\t41\r\n-7200\t41\r\n", ENOUGH_MS),
               "and for each key, changed or not");
    foreign.view[0] = 42;
    process_type(reader, "\n");
    test_check(process_wait_output(reader, "-7200\t42\r\n", ENOUGH_MS), "with the value of then");
    process_type(reader, "q\n");
    test_ends(reader, 0, "until q");
    test_withdraw(&foreign);
}

/* Out of a message of ours too; it is not acknowledged by that. */
static void test_of_ours(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-t", "1", "ABCD"));
    test_check(
        process_run(ARGS("reader", "-n", name, "--wait", "-t", "5", "--field", "0:u32"), NULL) == 0,
        "a field of a writer's mapping");
    test_text(got.out, "1145258561\r\n", "has its bytes");
    test_ends(writer, 1, "and acknowledges nothing");
}

void test_main(void)
{
    test_rows();
    test_absent();
    test_follow();
    test_by_key();
    test_of_ours();
    test_creates_nothing();
}
