/* Programs of both widths in one mapping: this build's beside those of the other one, either way
 * round. Skipped where the other width was not built, or does not run. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LINES       20000 /* "line 01234\n" and the like */
#define LINES_BYTES (LINES * 11)
#define PATH_UNITS  600
#ifdef __i386__
#define OTHER "x86_64"
#else
#define OTHER "i686"
#endif

static const char *writer, *reader, *next_writer;
static char lines[LINES_BYTES + 1];
static struct result got;

/* Starts a writer to be fed, whose messages stay. */
static struct process *start_writer(const char *name)
{
    return process_start(ARGS(writer, "-n", name, "-q", "--keep"));
}

static void read_it(const char *name, const char *how, const char *expected, const char *what)
{
    process_run(ARGS(reader, "-n", name, how, "-t", "10"), NULL, &got);
    test_text(got.out, expected, "%s beside %s: %s", writer, reader, what);
}

static void ends(struct process *process, const char *what)
{
    test_equal(process_wait(process, ENOUGH_MS) ? process_status(process) : -1, 0, "%s", what);
    process_free(process);
}

static void test_hand_over(void)
{
    const char *name = test_unique_name();
    struct process *one = process_start(ARGS(writer, "-n", name, "-q", "handed", "over"));
    read_it(name, "--wait", "handed over\r\n", "--wait finds a message");
    ends(one, "and its writer sees that it was read");

    name = test_unique_name();
    one = process_start(ARGS(writer, "-n", name, "-q", "--until-read", "until read"));
    read_it(name, "--wait", "until read\r\n", "so is one that is sent --until-read");
    ends(one, "with --until-read, too");

    name = test_unique_name();
    one = process_start(ARGS(writer, "-n", name, "-q", "--plain", "--until-read", "plain text"));
    read_it(name, "--wait", "plain text\r\n", "a --plain text is handed over");
    ends(one, "and its writer sees that it was read");
}

static void test_kept(void)
{
    const char *name = test_unique_name();
    char line[64];
    struct process *keeper = start_writer(name);
    process_type(keeper, "one\nkept\n");
    struct process *follower = process_start(ARGS(reader, "-n", name, "--follow", "-q"));
    test_check(process_wait_output(follower, "kept\r\n", ENOUGH_MS), "%s beside %s: --follow",
               writer, reader);
    process_free(follower);
    read_it(name, "--once", "kept\r\n", "--once shows what is kept");
    read_it(name, "--once", "kept\r\n", "and again");
    process_run(ARGS(reader, "-n", name, "--info"), NULL, &got);
    test_contains(got.out, "capacity:       256\r\n", "--info: the capacity");
    test_contains(got.out, "messages:       2\r\n", "the number of messages");
    snprintf(line, sizeof line, "process id:     %lu\r\n", keeper->id);
    test_contains(got.out, line, "who wrote the last");
    test_contains(got.out, "program:        writer.exe\r\n", "and its program");
    process_run(ARGS(reader, "--list", name), NULL, &got);
    test_contains(got.out, "          4096  ", "--list: its size");
    process_close_input(keeper);
    ends(keeper, "the end of its input ends the writer");
}

static long count(const char *text, const char *word, bool sum)
{
    long number = 0;
    for (; (text = strstr(text, word)) != NULL; text += strlen(word))
        number += sum ? strtol(text + strlen(word), NULL, 10) : 1;
    return number;
}

/* Two writers at once, of both widths: each line counts only if they take turns. */
static void test_flood(void)
{
    const char *name = test_unique_name();
    struct process *follower = process_start(ARGS(reader, "-n", name, "--follow"));
    struct process *writers[] = {process_start(ARGS(writer, "-n", name, "--until-read")),
                                 process_start(ARGS(next_writer, "-n", name, "--until-read"))};
    for (int i = 0; i < 2; i++) {
        process_type(writers[i], i == 0 ? "one\n" : "other\n");
        process_wait_output(follower, i == 0 ? "one" : "other", ENOUGH_MS);
    }
    for (size_t at = 0; at < LINES_BYTES; at += LINES_BYTES / 200)
        for (int i = 0; i < 2; i++)
            process_write(writers[i], lines + at, LINES_BYTES / 200);
    process_close_input(writers[0]);
    process_close_input(writers[1]);
    /* The last line of one may be replaced by one of the other's before it is shown. */
    bool ended = process_wait(writers[0], ENOUGH_MS) && process_wait(writers[1], ENOUGH_MS);
    int unread = process_status(writers[0]) + process_status(writers[1]);
    test_check(ended && (unread == 0 || unread == 1), "writers of both widths flood");
    process_free(writers[0]);
    process_free(writers[1]);
    process_kill(follower);
    long shown = count(process_output(follower), "\n", false);
    long missed = count(process_errors(follower), "reader: ", true);
    test_note("%ld shown, %ld missed", shown, missed);
    test_equal(shown + missed, 2 * LINES + 2, "shown and missed are all that was sent to %s",
               reader);
    process_free(follower);
}

/* A writer dies while it floods: the lock that it may have held goes to one of the other width. */
static void test_killed(void)
{
    const char *name = test_unique_name();
    struct process *follower = process_start(ARGS(reader, "-n", name, "--follow", "-q"));
    int read = 0;
    for (int i = 0; i < 10; i++) {
        struct process *killed = process_start(ARGS(writer, "-n", name, "-q"));
        process_write(killed, lines, LINES_BYTES); /* more than the pipe takes */
        process_kill(killed);
        process_free(killed);
        read += process_run(ARGS(next_writer, "-n", name, "-q", "-r", "-t", "10", "alive"), NULL,
                            &got) == 0;
    }
    test_equal(read, 10, "what %s sends after a killed %s is read", next_writer, writer);
    test_check(process_wait_output(follower, "alive", ENOUGH_MS), "and shown by %s", reader);
    process_free(follower);
}

/* Both widths run where the 32-bit half of a 64-bit Windows is. */
static bool both_run(void)
{
    wchar_t path[PATH_UNITS];
    UINT units = GetSystemWow64DirectoryW(path, PATH_UNITS);
    if (units == 0 || units + 16 > PATH_UNITS)
        return false;
    wcscpy(path + units, L"\\ntdll.dll");
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

static bool is_built(void)
{
    wchar_t path[PATH_UNITS];
    _snwprintf(path, PATH_UNITS, L"%ls\\..\\..\\..\\" OTHER L"\\writer.exe", test_self());
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

void test_main(int argc, char **argv)
{
    static const char *const others[] = {"..\\" OTHER "\\writer", "..\\" OTHER "\\reader"};
    (void)argc;
    (void)argv;
    if (!both_run() || !is_built()) {
        test_skip("programs of both widths in one mapping",
                  both_run() ? "the other width was not built" : "no 32-bit programs run here");
        return;
    }
    for (int i = 0; i < LINES; i++)
        sprintf(lines + i * 11, "line %05d\n", i);
    for (int way = 0; way < 2; way++) {
        writer = way == 0 ? "writer" : others[0];
        next_writer = way == 0 ? others[0] : "writer";
        reader = way == 0 ? others[1] : "reader";
        test_hand_over();
        test_kept();
        test_flood();
        test_killed();
    }
}
