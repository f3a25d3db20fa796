/* Encodings: of what is piped in, of what is stored, of what comes out; and texts of any bytes and
 * any characters. 936 is GBK. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELLO_UTF8  "\xE4\xBD\xA0\xE5\xA5\xBD" /* two Chinese characters */
#define HELLO_GBK   "\xC4\xE3\xBA\xC3"
#define HELLO_UTF16 "\x60\x4F\x7D\x59"
#define E_UTF8      "\xC3\xA9" /* e with an acute accent */

static const char *name;

/* A writer that waits with this input; NULL as an option: none. */
static struct process *start_writer(const char *option, const char *value, const char *input,
                                    size_t bytes)
{
    name = test_unique_name();
    struct process_setup setup = {.arguments = ARGS("writer", "-n", name, option, value),
                                  .input = input,
                                  .input_bytes = bytes};
    return process_start_as(&setup);
}

/* What a follower prints of such an input, and what the writer says. */
static void expect_read(const char *option, const char *value, const char *input, size_t bytes,
                        const char *expected, const char *note, const char *what)
{
    struct process *writer = start_writer(option, value, input, bytes);
    process_run(ARGS("reader", "-n", name, "-q", "--follow", "--until-end"), NULL);
    test_text(got.out, expected, "%s", what);
    process_wait(writer, ENOUGH_MS);
    if (note != NULL)
        test_contains(process_errors(writer), note, "%s: a note says so", what);
    else
        test_lacks(process_errors(writer), "code page", "%s: no note", what);
    process_free(writer);
}

/* UTF-8 of bytes in a code page that differs from machine to machine; to be freed. */
static char *decode(UINT code_page, const char *bytes)
{
    wchar_t wide[64];
    int units = MultiByteToWideChar(code_page, 0, bytes, -1, wide, 64);
    return test_narrow(wide, units > 0 ? (size_t)units - 1 : 0);
}

#define INPUT(text) text, sizeof(text) - 1

static void test_named_input(void)
{
    expect_read("--from", "936", INPUT(HELLO_GBK "\r\nsecond\n"), HELLO_UTF8 "\r\nsecond\r\n", NULL,
                "--from 936 reads GBK");
    expect_read("--from", "cp936", INPUT("\x81\x5C\x0A" HELLO_GBK),
                "\xE4\xB9\x97\r\n" HELLO_UTF8 "\r\n", NULL,
                "a second byte that is a backslash is no matter");
    expect_read("--from", "utf-16", INPUT("h\0i\0\r\0\n\0" HELLO_UTF16 "\n\0"),
                "hi\r\n" HELLO_UTF8 "\r\n", NULL, "--from utf-16 needs no byte order mark");
    expect_read("--from", "latin-1", INPUT("\xE9\n"), E_UTF8 "\r\n", NULL,
                "--from latin-1 reads it");
    expect_read("--from", "1251", INPUT("\xE9\n"), "\xD0\xB9\r\n", NULL,
                "--from 1251 reads Cyrillic");
    expect_read("--from", "utf-8", INPUT("\xE9|\n"), "\xE9|\r\n", NULL,
                "--from utf-8 passes bytes on as they are");

    char expected[64], *utf8 = decode(GetOEMCP(), "\x82\x84");
    snprintf(expected, sizeof expected, "%s\r\n", utf8);
    expect_read("--from", "oem", INPUT("\x82\x84\n"), expected, NULL, "--from oem reads OEM");
    free(utf8);
    utf8 = decode(GetACP(), "\xE9\xE8");
    snprintf(expected, sizeof expected, "%s\r\n", utf8);
    expect_read("--from", "ansi", INPUT("\xE9\xE8\n"), expected, NULL, "--from ansi reads ANSI");
    free(utf8);

    struct process *writer = start_writer("--from", "936", INPUT("good\n\xC4\x20 bad\nbetter\n"));
    process_run(ARGS("reader", "-n", name, "-q", "--follow", "--until-end"), NULL);
    test_text(got.out, "good\r\nbetter\r\n", "a line that is not valid there is rejected");
    process_wait(writer, ENOUGH_MS);
    test_contains(process_errors(writer), "line 2 is not valid in code page 936; it was not sent",
                  "in these words");
    test_ends(writer, 1, "and status 1");
}

static void test_automatic_input(void)
{
    expect_read(NULL, NULL, INPUT(HELLO_UTF8 "\n"), HELLO_UTF8 "\r\n", NULL,
                "by default input is UTF-8");
    expect_read(NULL, NULL, INPUT("\xEF\xBB\xBF" HELLO_UTF8 "\n"), HELLO_UTF8 "\r\n", NULL,
                "its byte order mark is dropped");
    expect_read(NULL, NULL, INPUT("\xFF\xFEh\0i\0\r\0\n\0" HELLO_UTF16), "hi\r\n" HELLO_UTF8 "\r\n",
                NULL, "with a byte order mark it is UTF-16");
    expect_read(NULL, NULL, INPUT("\xFE\xFF\0h\0i\0\n\x4F\x60\x59\x7D"), "hi\r\n" HELLO_UTF8 "\r\n",
                NULL, "or big-endian UTF-16");
    char expected[64], note[96], *utf8 = decode(GetOEMCP(), "\x82");
    snprintf(expected, sizeof expected, HELLO_UTF8 "\r\n%s\r\n", utf8);
    snprintf(note, sizeof note,
             "line 2 is not UTF-8: reading the input as code page %u from there on (--from names",
             GetOEMCP());
    expect_read("--from", "auto", INPUT(HELLO_UTF8 "\n\x82\n"), expected, note,
                "from the first line that is not UTF-8 on it is OEM");
    free(utf8);
}

/* As `type file | writer` in a Chinese prompt: the console's code page counts. */
static void test_console(void)
{
    struct screen *screen = screen_open();
    screen_attach(screen, true);
    UINT before = GetConsoleOutputCP();
    if (!SetConsoleOutputCP(936) || !SetConsoleCP(936)) {
        test_skip("a console of code page 936", "this system has no such console");
        screen_free(screen);
        return;
    }
    name = test_unique_name();
    struct process_setup setup = {.arguments = ARGS("writer", "-n", name),
                                  .screen = screen,
                                  .input = HELLO_GBK "\n" HELLO_GBK "!\n",
                                  .input_bytes = 10};
    struct process *writer = process_start_as(&setup);
    process_run(ARGS("reader", "-n", name, "-q", "--follow", "--until-end"), NULL);
    test_text(got.out, HELLO_UTF8 "\r\n" HELLO_UTF8 "!\r\n",
              "at a console of code page 936 what is not UTF-8 is GBK");
    process_wait(writer, ENOUGH_MS);
    test_contains(process_errors(writer), "line 1 is not UTF-8: reading the input as code page 936",
                  "as a note tells");
    test_equal(test_count(process_errors(writer), "code page"), 1, "once");
    test_ends(writer, 0, "with status 0");
    SetConsoleOutputCP(before);
    screen_free(screen);
}

/* What `reader --to ENC` prints of a text. */
static void expect_output(const char *text, const char *encoding, const char *expected,
                          size_t expected_bytes, bool lacks)
{
    name = test_unique_name();
    struct process *keeper = process_keep(name, text);
    process_run(ARGS("reader", "-n", name, "--once", "--to", encoding), NULL);
    test_bytes(got.out, got.out_bytes, expected, expected_bytes, "--to %s", encoding);
    if (lacks)
        test_contains(got.err, "lacks some characters, which are shown as ? (--to utf-8 has all)",
                      "--to %s: a note", encoding);
    else
        test_text(got.err, "", "--to %s: no note", encoding);
    process_free(keeper);
}

static void test_output(void)
{
    expect_output(HELLO_UTF8, "936", INPUT(HELLO_GBK "\r\n"), false);
    expect_output(HELLO_UTF8, "utf-16", INPUT(HELLO_UTF16 "\r\0\n\0"), false);
    expect_output(HELLO_UTF8 " " E_UTF8, "latin-1", INPUT("?? \xE9\r\n"), true);
    expect_output(HELLO_UTF8, "utf-8", INPUT(HELLO_UTF8 "\r\n"), false);
    expect_output("A " E_UTF8, "1252", INPUT("A \xE9\r\n"), false);
    char *utf8 = decode(GetOEMCP(), "\x82\x84");
    expect_output(utf8, "oem", INPUT("\x82\x84\r\n"), false);
    free(utf8);
    utf8 = decode(GetACP(), "\xE9\xE8");
    expect_output(utf8, "ansi", INPUT("\xE9\xE8\r\n"), false);
    free(utf8);
    test_equal(process_run(ARGS("reader", "-n", name, "--once", "--to", "59999"), NULL), 2,
               "--to a code page that there is not: status 2");
    test_equal(process_run(ARGS("reader", "-n", name, "--once", "--to", "auto"), NULL), 2,
               "--to auto: status 2");
    test_equal(process_run(ARGS("writer", "-n", name, "--from", "nonsense", "x"), NULL), 2,
               "--from nonsense: status 2");
}

/* What is stored, and that it is read again. */
static void test_stored(void)
{
    static const struct {
        const char *encoding, *text;
        char stored[8]; /* and zeros */
        size_t bytes;
        const char *recorded;
    } ways[] = {
        {"936", HELLO_UTF8, INPUT(HELLO_GBK), "936"},
        {"cp936", HELLO_UTF8, INPUT(HELLO_GBK), "936"},
        {"1252", E_UTF8, INPUT("\xE9"), "1252"},
        {"CP1252", E_UTF8, INPUT("\xE9"), "1252"},
        {"1200", HELLO_UTF8, INPUT(HELLO_UTF16), "1200"},
        {"utf16", HELLO_UTF8, INPUT(HELLO_UTF16), "1200"},
        {"utf8", HELLO_UTF8, INPUT(HELLO_UTF8), "65001"},
        {"latin1", E_UTF8, INPUT("\xE9"), "28591"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        name = test_unique_name();
        struct process *keeper = process_start(
            ARGS("writer", "-n", name, "-q", "--keep", "-e", ways[i].encoding, ways[i].text));
        process_run(ARGS("reader", "-n", name, "--wait", "--no-newline"), NULL);
        test_text(got.out, ways[i].text, "-e %s is read as what it is", ways[i].encoding);
        struct mapping mapping = inside_open(name);
        test_bytes(mapping.view, ways[i].bytes + 2, ways[i].stored, ways[i].bytes + 2,
                   "-e %s is stored so, and its end", ways[i].encoding);
        mapping_close(&mapping);
        process_run(ARGS("reader", "-n", name, "--info"), NULL);
        test_contains(got.out, ways[i].recorded, "-e %s is told by --info", ways[i].encoding);
        process_free(keeper);
    }
    static const char *const wrong[] = {"59999", "0", "3", "cp", "1252x", "-1252", "auto"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        test_equal(process_run(ARGS("writer", "-n", name, "--no-wait", "-e", wrong[i], "x"), NULL),
                   2, "-e %s: status 2", wrong[i]);
    test_equal(process_run(ARGS("writer", "-n", name, "--no-wait", "-e", "1252", HELLO_UTF8), NULL),
               1, "characters that the code page lacks are rejected: status 1");
    test_contains(got.err, "which code page 1252 lacks (--encoding utf-8 has it)", "with words");
}

/* Every byte there is, from file to file. */
static void test_whole(size_t bytes)
{
    char *all = test_room(NULL, bytes + 1);
    for (size_t i = 0; i < bytes; i++)
        all[i] = (char)(i * 7 + i / 256);
    char *from = file_make(all, bytes), *to = file_make("", 0);
    name = test_unique_name();
    struct process_setup setup = {.arguments = ARGS("writer", "-n", name, "--whole"), .in = from};
    struct process *writer = process_start_as(&setup);
    struct process_setup reader = {
        .arguments = ARGS("reader", "-n", name, "--wait", "--no-newline"), .out = to};
    test_equal(process_run_as(&reader, ENOUGH_MS), 0, "a file of %u bytes is read",
               (unsigned)bytes);
    test_ends(writer, 0, "its writer, --whole, knows it");
    HANDLE file = test_open(to, false);
    char *copy = test_room(NULL, bytes + 2);
    DWORD count = 0;
    ReadFile(file, copy, (DWORD)bytes + 1, &count, NULL);
    CloseHandle(file);
    test_bytes(copy, count, all, bytes, "--no-newline prints each of its bytes");
    free(copy);
    free(all);
    file_delete(from);
    file_delete(to);
}

static void test_whole_lines(void)
{
    struct process *writer = start_writer("--whole", NULL, INPUT("a\r\nb\n\nc\n"));
    process_run(ARGS("reader", "-n", name, "--wait", "--no-newline"), NULL);
    test_text(got.out, "a\r\nb\n\nc\n", "with --whole line ends are part of the one message");
    test_ends(writer, 0, "which is delivered");
    writer = start_writer("--whole", NULL, "", 0);
    process_run(ARGS("reader", "-n", name, "--wait"), NULL);
    test_text(got.out, "\r\n", "an empty input is an empty message");
    test_ends(writer, 0, "delivered too");
    test_equal(process_run(ARGS("writer", "-n", name, "--whole", "-s", "10"), "eleven bytes"), 1,
               "what does not fit into --size is rejected: status 1");
    test_contains(got.err, "the text has 12 bytes, the mapping holds 9", "with the numbers");
    test_equal(process_run(ARGS("writer", "-n", name, "--whole", "TEXT"), NULL), 2,
               "--whole and TEXT: status 2");
}

static void test_variable(void)
{
    static const wchar_t value[] =
        L"\"a b\" %PATH% !x! ^& | < > 'c' \\\" \x4F60\x597D \xD83D\xDE00";
    name = test_unique_name();
    SetEnvironmentVariableW(L"TEST_TEXT", value);
    SetEnvironmentVariableW(L"TEST_EMPTY", L"");
    char *utf8 = test_narrow(value, wcslen(value));
    struct process *writer = process_start(ARGS("writer", "-n", name, "--env", "TEST_TEXT"));
    process_run(ARGS("reader", "-n", name, "--wait", "--no-newline"), NULL);
    test_text(got.out, utf8, "--env sends the value of a variable, whatever is in it");
    test_ends(writer, 0, "and waits for a reader as TEXT does");
    free(utf8);
    SetEnvironmentVariableW(L"TEST_TEXT", NULL);
    test_equal(process_run(ARGS("writer", "-n", name, "--env", "TEST_TEXT"), NULL), 2,
               "a variable that is not defined: status 2");
    test_contains(got.err, "the environment variable TEST_TEXT is not defined", "and words");
    test_equal(process_run(ARGS("writer", "-n", name, "--env", "PATH", "TEXT"), NULL), 2,
               "--env and TEXT: status 2");
    test_equal(process_run(ARGS("writer", "-n", name, "--env", "PATH", "--whole"), NULL), 2,
               "--env and --whole: status 2");
    test_equal(process_run(ARGS("writer", "-n", name, "--env", "PATH", "-i", "5"), NULL), 2,
               "--env and --interval: status 2");
}

void test_main(void)
{
    test_named_input();
    test_automatic_input();
    test_console();
    test_output();
    test_stored();
    test_whole(256);
    test_whole(300001);
    test_whole_lines();
    test_variable();
}
