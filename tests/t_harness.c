/* The harness itself, against cmd.exe, which every Windows and Wine has. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIXED "h\xc3\xa9llo \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80"

/* The helper "arguments": prints what it was given, to be compared byte by byte. */
static void print_arguments(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        printf("<%s>", argv[i]);
    fflush(stdout);
    exit(0);
}

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

static BOOL WINAPI note_event(DWORD event)
{
    char path[MAX_PATH], text[16];
    DWORD written;
    GetEnvironmentVariableA("HARNESS_EVENTS", path, sizeof path);
    HANDLE file = CreateFileA(path, FILE_APPEND_DATA, FILE_SHARE_READ, NULL, OPEN_ALWAYS, 0, NULL);
    int length = snprintf(text, sizeof text, "event %lu\n", event);
    WriteFile(file, text, (DWORD)length, &written, NULL);
    CloseHandle(file);
    return TRUE;
}

/* The helper "events": writes each control event into a file. */
static void note_events(void)
{
    DWORD count;
    SetConsoleCtrlHandler(note_event, TRUE);
    WriteConsoleW(GetStdHandle(STD_OUTPUT_HANDLE), L"ready\r\n", 7, &count, NULL);
    Sleep(INFINITE);
}

static void test_pipes(void)
{
    struct result got = {0};
    test_equal(process_run(ARGS("cmd.exe", "/c", "exit", "7"), NULL, &got), 7, "exit status");
    process_run(ARGS("cmd.exe", "/c", "echo out& echo err 1>&2"), NULL, &got);
    test_text(got.out, "out\r\n", "stdout is captured");
    test_text(got.err, "err \r\n", "stderr is captured");

    process_run(ARGS("self", "arguments", "a b", "", "\"q\"", "back\\", "b\\\\\"x", "c d\\",
                     "what?", MIXED),
                NULL, &got);
    test_text(got.out, "<a b><><\"q\"><back\\><b\\\\\"x><c d\\><what?><" MIXED ">",
              "arguments arrive as they are");
    process_run(ARGS("self", "arguments", "\xed\xa0\xbd"), NULL, &got);
    test_text(got.out, "<\xed\xa0\xbd>", "an unpaired surrogate too");

    size_t many = 1 << 20;
    char *large = malloc(many);
    for (size_t i = 0; i < many; i++)
        large[i] = (char)(i * 7 + i / 251);
    struct process_setup setup = {
        .arguments = ARGS("self", "copy"), .input = large, .input_bytes = many};
    process_run_as(&setup, ENOUGH_MS, &got);
    test_bytes(got.out, got.out_bytes, large, many, "a megabyte goes through both pipes");
    setup.output_limit = 1;
    test_equal(process_run_as(&setup, ENOUGH_MS, &got), 3, "a program can lose its reader");
    setup.output_limit = 0;
    setup.out = STREAM_BROKEN;
    test_equal(process_run_as(&setup, ENOUGH_MS, &got), 3, "or have none");
    free(large);
}

static void test_streams(void)
{
    struct result got = {0};
    const char *path = test_unique_file();
    struct process_setup setup = {
        .arguments = ARGS("cmd.exe", "/c", "echo filed"), .out = STREAM_FILE, .output_path = path};
    setup.in = STREAM_NUL;
    process_run_as(&setup, ENOUGH_MS, &got);
    process_run(ARGS("cmd.exe", "/c", "type", path), NULL, &got);
    test_text(got.out, "filed\r\n", "stdout goes to a file");
    test_check(strcmp(test_unique_name(), test_unique_name()) != 0, "names differ");
}

static void test_live(void)
{
    struct process *copy = process_start(ARGS("self", "copy"));
    test_equal(process_status(copy), -1, "a running program has no status");
    process_type(copy, "one\n");
    test_check(process_wait_output(copy, "one\n", ENOUGH_MS),
               "an answer comes while stdin is open");
    test_check(!process_wait_output(copy, "two", 50), "what does not come is not found");
    test_check(process_handles(copy) > 3, "it has handles: %lu", process_handles(copy));
    test_check(process_private_bytes(copy) > 4096, "and memory: %lu",
               (unsigned long)process_private_bytes(copy));

    process_suspend(copy);
    process_type(copy, "two\n");
    test_check(!process_wait_output(copy, "two", 200), "a suspended program does nothing");
    process_resume(copy);
    test_check(process_wait_output(copy, "two", ENOUGH_MS), "a resumed one goes on");
    process_close_input(copy);
    test_check(process_wait(copy, ENOUGH_MS), "it ends with its input");
    test_equal(process_status(copy), 0, "with status 0");
    process_free(copy);

    copy = process_start(ARGS("self", "copy"));
    process_kill(copy);
    test_equal(process_status(copy), 99, "a killed program has status 99");
    process_free(copy);
}

static void test_screens(void)
{
    struct screen *one = screen_open(), *two = screen_open();
    struct screen_state before = screen_state(one);
    struct process *shell = process_start_on(one, ARGS("cmd.exe"));
    test_check(screen_wait(one, ">", ENOUGH_MS), "cmd prompts");
    screen_type(one, "echo <" MIXED ">\rx\b");
    test_check(screen_wait_count(one, "<" MIXED ">", 1, ENOUGH_MS),
               "accents, CJK and emoji are typed and read back");
    struct process *keys = process_start_on(two, ARGS("self", "keys"));
    test_check(screen_wait(two, "ready", ENOUGH_MS), "a second console works beside the first");
    screen_type(two, "aB\x03\r\x1b\xf0\x9f\x98\x80");
    screen_key(two, VK_F5, 0, 0);
    screen_key(two, VK_SHIFT, 0, SHIFT_PRESSED);
    screen_type(two, "q");
    test_check(process_wait(keys, ENOUGH_MS), "the keys arrive");
    test_text(screen_read(two),
              "ready\n[41 0061 0]\n[42 0042 10]\n[43 0003 8]\n[0d 000d 0]\n[1b 001b 0]\n[00 d83d "
              "0]\n[00 de00 0]\n"
              "[74 0000 0]\n[10 0000 10]\n[51 0071 0]\n",
              "as they were typed, and are on the screen when the program has ended");
    test_equal(process_status(keys), 7, "its status");
    test_check(screen_state(two).input_mode == 0 && before.input_mode != 0, "modes are seen");
    test_equal(screen_pending(two), 1, "the release of the last key was not read");

    screen_type(one, "exit 5\r");
    test_check(process_wait(shell, ENOUGH_MS), "cmd ends by what is typed");
    test_equal(process_status(shell), 5, "with its status");
    process_free(shell);
    process_free(keys);
    screen_resize(one, 40, 10);
    test_equal(screen_state(one).columns, 40, "a screen is resized");
    screen_free(one);
    screen_free(two);
}

static void test_mixed(void)
{
    struct screen *screen = screen_open();
    struct process_setup setup = {
        .arguments = ARGS("self", "copy"), .screen = screen, .in = STREAM_CONSOLE};
    struct process *copy = process_start_as(&setup);
    screen_type(screen, "typed\r");
    test_check(process_wait_output(copy, "typed\r\n", ENOUGH_MS), "stdin a console, stdout a pipe");
    process_free(copy);
    setup = (struct process_setup){
        .arguments = ARGS("self", "copy"), .screen = screen, .out = STREAM_CONSOLE};
    copy = process_start_as(&setup);
    process_type(copy, "piped\n");
    test_check(screen_wait(screen, "piped", ENOUGH_MS), "stdin a pipe, stdout a console");
    process_free(copy);
    screen_free(screen);
}

static const char *read_events(const char *path, const char *part)
{
    static struct result got;
    for (int i = 0; i < 50; i++) {
        process_run(ARGS("cmd.exe", "/c", "type", path), NULL, &got);
        if (strstr(got.out, part))
            break;
        Sleep(20);
    }
    return got.out;
}

static void test_events(void)
{
    const char *path = test_unique_file();
    SetEnvironmentVariableA("HARNESS_EVENTS", path);
    struct screen *screen = screen_open_window();
    struct process *events = process_start_on(screen, ARGS("self", "events"));
    test_check(screen_wait(screen, "ready", ENOUGH_MS), "a program is ready");
    test_check(screen_ctrl_c(screen), "Ctrl+C is sent");
    test_text(read_events(path, "event 0"), "event 0\n", "and arrives, once");
    test_check(screen_ctrl_break(screen), "Ctrl+Break is sent");
    test_text(read_events(path, "event 1"), "event 0\nevent 1\n", "and arrives");
    test_check(process_running(events), "a program that handles them stays");
    screen_close_window(screen);
    test_check(process_wait(events, ENOUGH_MS), "closing the window ends it");
    test_text(read_events(path, "event 2"), "event 0\nevent 1\nevent 2\n", "and it is told");
    process_free(events);
    screen_free(screen);
}

void test_main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "arguments") == 0)
        print_arguments(argc, argv);
    if (argc > 1 && strcmp(argv[1], "copy") == 0)
        copy_input();
    if (argc > 1 && strcmp(argv[1], "keys") == 0)
        name_keys();
    if (argc > 1 && strcmp(argv[1], "events") == 0)
        note_events();
    test_pipes();
    test_streams();
    test_live();
    test_screens();
    test_mixed();
    test_events();
}
