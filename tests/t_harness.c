/* What the other tests rely on for their verdicts: failures are told, nothing is left running, and
 * what is fed, typed and captured is what was meant. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIXED "h\xc3\xa9llo \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80"

/* The helper "copy": input to output, unchanged, counting. */
static void copy_input(void)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
    char bytes[512];
    DWORD count, written;
    while (ReadFile(in, bytes, sizeof bytes, &count, NULL) && count)
        if (!WriteFile(out, bytes, count, &written, NULL))
            exit(3);
    exit(0);
}

/* The helper "keys": names each key that comes, q ends. */
static void name_keys(void)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
    INPUT_RECORD record;
    DWORD count;
    SetConsoleMode(in, 0);
    WriteConsoleW(out, L"ready\r\n", 7, &count, NULL);
    while (ReadConsoleInputW(in, &record, 1, &count)) {
        const KEY_EVENT_RECORD *key = &record.Event.KeyEvent;
        char line[64];
        if (record.EventType != KEY_EVENT || !key->bKeyDown)
            continue;
        int length = snprintf(line, sizeof line, "[%02x %04x %x]\r\n", key->wVirtualKeyCode,
                              key->uChar.UnicodeChar, (unsigned)key->dwControlKeyState);
        WriteConsoleA(out, line, (DWORD)length, &count, NULL);
        if (key->uChar.UnicodeChar == L'q')
            exit(7);
    }
    exit(1);
}

/* A test of its own, chosen by a variable as helpers print no plan; leaves a child behind. */
static void play(const char *role)
{
    struct process *child = process_start(ARGS("self", "stay"));
    test_note("child %lu.", child->id);
    if (strcmp(role, "bail") == 0)
        test_bail("gone");
    if (strcmp(role, "hang") == 0) {
        test_time_limit(1);
        Sleep(INFINITE);
    }
    if (strcmp(role, "none") == 0)
        return;
    test_check(strcmp(role, "check") != 0, "one");
    test_equal(1, strcmp(role, "equal") == 0 ? 2 : 1, "two");
    test_text("a", strcmp(role, "text") == 0 ? "ab" : "a", "three");
    test_contains("a", strcmp(role, "contains") == 0 ? "b" : "a", "four");
    test_lacks("a", strcmp(role, "lacks") == 0 ? "a" : "b", "five");
    test_bytes("a", 1, "ab", strcmp(role, "bytes") == 0 ? 2 : 1, "six");
}

static void test_verdicts(void)
{
    static const struct {
        const char *role;
        int status;
        const char *says;
    } rows[] = {{"pass", 0, "ok 6 - six\n1..6\n"}, {"none", 1, "1..0\n"},
                {"check", 1, "not ok 1 - one\n"},  {"equal", 1, "not ok 2 - two\n"},
                {"text", 1, "not ok 3 - three\n"}, {"contains", 1, "not ok 4 - four\n"},
                {"lacks", 1, "not ok 5 - five\n"}, {"bytes", 1, "not ok 6 - six\n"},
                {"bail", 255, "Bail out! gone\n"}, {"hang", 255, "Bail out! the test takes"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SetEnvironmentVariableA("HARNESS_ROLE", rows[i].role);
        process_run(ARGS("self"), NULL);
        test_equal(got.status, rows[i].status, "%s: the status", rows[i].role);
        test_contains(got.out, rows[i].says, "and what prove is told");
        const char *child = strstr(got.out, "# child ");
        DWORD id = child ? strtoul(child + 8, NULL, 10) : GetCurrentProcessId();
        HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, id);
        test_check(!process || WaitForSingleObject(process, ENOUGH_MS) == WAIT_OBJECT_0,
                   "and the child is ended");
        CloseHandle(process);
    }
}

static void test_streams(void)
{
    process_run(ARGS("cmd.exe", "/c", "echo out& echo err 1>&2& exit 7"), NULL);
    test_equal(got.status, 7, "exit status");
    test_text(got.out, "out\r\n", "stdout is captured");
    test_text(got.err, "err \r\n", "stderr is captured");
    process_run(ARGS("self", "arguments", "a b", "", "\"q\"", "back\\", "b\\\\\"x", "c d\\", MIXED),
                NULL);
    test_text(got.out, "<a b><><\"q\"><back\\><b\\\\\"x><c d\\><" MIXED ">",
              "arguments arrive as they are");

    size_t many = 1 << 20;
    char *large = test_room(NULL, many);
    for (size_t i = 0; i < many; i++)
        large[i] = (char)(i * 7 + i / 251);
    struct process_setup setup = {
        .arguments = ARGS("self", "copy"), .input = large, .input_bytes = many};
    process_run_as(&setup, ENOUGH_MS);
    test_bytes(got.out, got.out_bytes, large, many, "a megabyte goes through both pipes");
    setup.output_limit = 1;
    test_equal(process_run_as(&setup, ENOUGH_MS), 3, "a program can lose its reader");
    free(large);

    struct process *copy = process_start(ARGS("self", "copy"));
    process_type(copy, "one\n");
    test_check(process_wait_output(copy, "one\n", ENOUGH_MS), "an answer while stdin is open");
    test_check(!process_wait_output(copy, "two", 50), "what does not come is not found");
    process_kill(copy);
    test_equal(process_status(copy), 99, "a killed program has status 99");
    process_free(copy);
}

static void test_screen(void)
{
    struct screen *one = screen_open(), *two = screen_open();
    process_start_on(one, ARGS("cmd.exe"));
    screen_wait(one, ">", ENOUGH_MS);
    screen_type(one, "echo <" MIXED ">\r");
    test_check(screen_wait(one, "<" MIXED ">", ENOUGH_MS), "what is typed is read back");
    struct process *keys = process_start_on(two, ARGS("self", "keys"));
    test_check(screen_wait(two, "ready", ENOUGH_MS), "a second console works beside the first");
    screen_type(two, "aB\x03\r\x1b\xf0\x9f\x98\x80");
    screen_key(two, VK_F5, 0, 0);
    screen_type(two, "q");
    test_check(process_wait(keys, ENOUGH_MS), "the keys arrive");
    test_text(screen_read(two),
              "ready\n[41 0061 0]\n[42 0042 10]\n[43 0003 8]\n[0d 000d 0]\n[1b 001b 0]\n"
              "[00 d83d 0]\n[00 de00 0]\n[74 0000 0]\n[51 0071 0]\n",
              "as they were typed, and are on the screen when the program has ended");
    screen_free(one);
    screen_free(two);
}

void test_helper(int argc, char **argv)
{
    for (int i = 2; i < argc; i++) /* the helper "arguments" */
        printf("<%s>", argv[i]);
    if (strcmp(argv[1], "stay") == 0)
        Sleep(INFINITE);
    if (strcmp(argv[1], "copy") == 0)
        copy_input();
    if (strcmp(argv[1], "keys") == 0)
        name_keys();
}

void test_main(void)
{
    const char *role = getenv("HARNESS_ROLE");
    if (role) {
        play(role);
    } else {
        test_streams();
        test_screen();
        test_verdicts();
    }
}
