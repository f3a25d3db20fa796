/* A one-shot or piped text reaches somebody, or its writer says that it did not: whoever passes by,
 * comes instead, or is in the way. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"

/* A writer that has said that it waits. */
static struct process *start_waiting(const char *const *arguments)
{
    struct process *writer = process_start(arguments);
    if (!process_wait_errors(writer, "waiting until a reader", ENOUGH_MS))
        test_check(false, "%s waits: %s", arguments[0], process_errors(writer));
    return writer;
}

static void read_it(const char *name, const char *text)
{
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    test_text(got.out, text, "the text is there to be read");
}

static void expect_replaced(struct process *writer)
{
    process_wait(writer, ENOUGH_MS);
    test_contains(process_errors(writer), "another message has taken the place of the text",
                  "its writer says that the text was not read");
    test_ends(writer, 1, "and ends by status 1");
}

static void test_holder(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_waiting(ARGS("writer", "-n", name, "-t", "20", "kept"));
    struct mapping mapping;
    mapping_open(&mapping, name, MAPPING_READ);
    test_ends(writer, 0, "a program that holds the mapping lets the writer go");
    read_it(name, "kept\r\n");
    mapping_close(&mapping);
}

/* Each would leave its text to the other; a reader's answer is to one message. */
static void test_two_writers(const char *option)
{
    const char *name = test_unique_name();
    struct process *old = process_start(ARGS("writer", "-n", name, "-t", "20", option, "old"));
    process_run(ARGS("reader", "-n", name, "--wait", "--raw"), NULL);
    struct process *new = process_start(ARGS("writer", "-n", name, "-t", "20", option, "new"));
    process_run(ARGS("reader", "-n", name, "--raw", "-l", "3"), NULL);
    for (int i = 0; i < 100 && strcmp(got.out, "new") != 0; i++)
        process_run(ARGS("reader", "-n", name, "--raw", "-l", "3"), NULL);
    Sleep(1000); /* a holder would have been seen */
    test_check(process_status(old) != 0 && process_running(new),
               "two writers do not leave to each other");
    read_it(name, "new\r\n");
    test_ends(new, 0, "the reader lets the newer one go");
    expect_replaced(old);
}

/* Sooner than a reader of the old text could be waited for. */
static void test_replaced_soon(const char *option)
{
    const char *name = test_unique_name();
    struct process *old = start_waiting(ARGS("writer", "-n", name, "-t", "1.5", option, "old"));
    struct process *new = process_start(ARGS("writer", "-n", name, "-t", "4", option, "new"));
    expect_replaced(old);
    process_free(new);
}

/* By a program that holds the mapping, which would let the writer go. */
static void test_overwritten(const char *option)
{
    const char *name = test_unique_name();
    struct process *writer = start_waiting(ARGS("writer", "-n", name, "-t", "20", option, "ours"));
    struct mapping mapping;
    mapping_open(&mapping, name, MAPPING_WRITE);
    memcpy(mapping.view, "theirs", 7);
    expect_replaced(writer);
    mapping_close(&mapping);
}

/* What was shown counts, whatever comes later. */
static void test_shown_before(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-t", "20"));
    struct process *follower = process_start(ARGS("reader", "-n", name, "-fq"));
    process_type(writer, "ours\n");
    process_wait_output(follower, "ours", ENOUGH_MS);
    struct mapping mapping;
    mapping_open(&mapping, name, MAPPING_WRITE);
    memcpy(mapping.view, "theirs", 7);
    process_wait_output(follower, "theirs", ENOUGH_MS);
    mapping_close(&mapping);
    process_close_input(writer);
    test_ends(writer, 0, "a message that was shown was read, though another text came later");
    process_free(follower);
}

/* A writer of messages comes after one with --plain has started, and records less room. */
static void test_recorded_meanwhile(void)
{
    const char *name = test_unique_name();
    struct process *plain =
        process_start(ARGS("writer", "-n", name, "--plain", "-s", "1000", "-t", "20"));
    for (int i = 0; i < 100 && process_run(ARGS("reader", "-n", name, "--info"), NULL) != 0;)
        i++;
    process_run(ARGS("writer", "-n", name, "-t", "0", "message"), NULL);
    char line[510];
    sprintf(line, "%0500d\n", 0);
    process_type(plain, line);
    process_wait_errors(plain, "line 1 has 500 bytes, the mapping holds 255", ENOUGH_MS);
    read_it(name, "message\r\n");
    process_close_input(plain);
    test_ends(plain, 1, "a plain text is refused whole");
}

static void test_given_up(void)
{
    const char *name = test_unique_name();
    struct screen *screen = screen_open();
    struct process *writer = process_start_on(screen, ARGS("writer", "-n", name, "--until-read"));
    screen_wait(screen, ">", ENOUGH_MS);
    screen_type(screen, "typed\r");
    screen_wait(screen, "> typed\n>", ENOUGH_MS);
    screen_ctrl_c(screen);
    test_ends(writer, 1, "Ctrl+C before a typed line was read, with --until-read: status 1");
    screen_free(screen);
}

/* A part of a text is not the text. */
static void test_part(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_waiting(ARGS("writer", "-n", name, "-t", "20", "hello there"));
    process_run(ARGS("reader", "-n", name, "--once", "-o", "0", "-l", "5"), NULL);
    test_text(got.out, "hello\r\n", "a part is shown");
    Sleep(500);
    test_check(process_running(writer), "and not taken");
    read_it(name, "hello there\r\n");
    test_ends(writer, 0, "as the whole is");
}

/* It may be the beginning of a byte order mark only if it begins like one. */
static void test_short_line(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "-t", "20"));
    process_type(writer, "7\n");
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL);
    test_text(got.out, "7\r\n", "a short first line is sent as it comes");
    process_close_input(writer);
    test_ends(writer, 0, "and is the last one");
}

/* A line that is refused is not the last message. */
static void test_refused_at_the_end(const char *interval)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-t", "20", "-i", interval));
    char lines[310];
    sprintf(lines, "%s%0300d\n", "read\n", 0);
    process_type(writer, lines);
    process_close_input(writer);
    process_wait_errors(writer, "line 2 has 300 bytes", ENOUGH_MS);
    read_it(name, "read\r\n");
    test_ends(writer, 1, "the message before is handed over");
}

/* The text is never let go, so nobody can come between with a smaller mapping. */
static void test_large_plain(void)
{
    const char *name = test_unique_name();
    char *text = test_room(NULL, 10001);
    memset(text, 'p', 10000);
    text[10000] = '\0';
    struct process *writer =
        start_waiting(ARGS("writer", "-n", name, "--plain", "-s", "16K", "-t", "20", text));
    struct mapping mapping;
    bool created = false;
    for (int i = 0; i < 200 && !created; i++, Sleep(1)) {
        mapping_create(&mapping, name, 256, false, MAPPING_WRITE);
        created = mapping.created;
        mapping_close(&mapping);
    }
    test_check(!created && process_running(writer),
               "a large plain text is not let go while it waits");
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    test_equal((long long)got.out_bytes, 10002, "it is there, whole");
    test_ends(writer, 0, "and a reader's word lets its writer go");
    free(text);
}

/* In an ordinary terminal Local\ stands in; what others make under Global\ later stays theirs. */
static void test_stand_in(void)
{
    if (!test_has_global("a stand-in under Local\\"))
        return;
    const char *name = test_unique_name();
    char global[80], local[80];
    snprintf(global, sizeof global, "Global\\%s", name);
    snprintf(local, sizeof local, "Local\\%s", name);
    SetEnvironmentVariableA("REPLACED", "global");
    struct process *writer =
        start_waiting(ARGS("replaced_writer", "-n", global, "-t", "20", "ours"));
    SetEnvironmentVariableA("REPLACED", NULL);
    test_contains(process_errors(writer), "needs administrator rights to create; using Local\\",
                  "without the privilege Local\\ stands in, and the writer says so");
    process_run(ARGS("reader", "-n", global, "--info"), NULL);
    test_contains(got.out, "name:           Local\\",
                  "a reader of the Global\\ name finds it, under the name that it really has");
    struct foreign foreign = test_publish(global, 256, NULL);
    strcpy(foreign.view, "theirs");
    Sleep(500);
    test_text(foreign.view, "theirs",
              "a stand-in's text does not move into a Global\\ mapping that comes");
    read_it(local, "ours\r\n");
    test_ends(writer, 0, "and is handed over where it is");
    test_withdraw(&foreign);
}

static void test_odd_input(void)
{
    const char *name = test_unique_name();
    SetEnvironmentVariableA("REPLACED", "empty");
    struct mapping mapping;
    mapping_create(&mapping, name, MAPPING_SIZE, false, MAPPING_WRITE);
    test_equal(process_run(ARGS("replaced_writer", "-n", name, "-q"), "line\n"), 0,
               "a write of no bytes into a pipe");
    read_it(name, "line\r\n");
    mapping_close(&mapping);

    SetEnvironmentVariableA("REPLACED", "aborted");
    struct screen *screen = screen_open();
    struct process *writer = process_start_on(screen, ARGS("replaced_writer", "-n", name));
    screen_wait(screen, ">", ENOUGH_MS);
    screen_type(screen, "after\r");
    test_check(screen_wait(screen, "> after\n>", ENOUGH_MS),
               "and a read that Ctrl+C has broken off are no end of the input");
    process_free(writer);
    screen_free(screen);
    SetEnvironmentVariableA("REPLACED", NULL);
}

void test_main(void)
{
    test_holder();
    test_two_writers("--encoding=utf-8");
    test_two_writers("--until-read");
    test_two_writers("--plain");
    test_replaced_soon("--encoding=utf-8");
    test_replaced_soon("--until-read");
    test_overwritten("--plain");
    test_overwritten("--encoding=utf-8");
    test_shown_before();
    test_recorded_meanwhile();
    test_given_up();
    test_part();
    test_short_line();
    test_refused_at_the_end("0");
    test_refused_at_the_end("10");
    test_large_plain();
    test_stand_in();
    test_odd_input();
}
