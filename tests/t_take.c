/* --take gives each message to one reader; --until-end ends with the last writer. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acknowledge.h"

#define PATIENT_MS 20000

static int take_once(const char *name)
{
    return process_run(ARGS("reader", "-n", name, "--take", "--once"), NULL);
}

static void test_once_and_wait(void)
{
    const char *name = test_unique_name();
    test_equal(take_once(name), 1, "--take --once without a mapping: status 1");
    struct process *writer = process_start(ARGS("writer", "-n", name));
    struct process *waiting = process_start(ARGS("reader", "-n", name, "--take", "--wait"));
    process_type(writer, "one\n");
    test_ends(waiting, 0, "--take --wait waits for a message");
    test_equal(take_once(name), 1, "which nobody else takes: status 1");
    test_contains(got.err, "no message to take is in ", "and words");
    test_contains(got.err, "; --wait waits for one", "that name --wait");
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    test_text(got.out, "one\r\n", "without --take it is still shown");
    process_type(writer, "two\n");
    inside_has_text(name, "two");
    test_equal(take_once(name), 0, "--take --once takes what is there");
    test_text(got.out, "two\r\n", "and prints it");
    test_equal(take_once(name), 1, "once");
    process_type(writer, "three\n");
    inside_has_text(name, "three");
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    test_equal(take_once(name), 1, "what a reader has shown is not taken either");
    process_type(writer, "four\n");
    inside_has_text(name, "four");
    process_run(ARGS("reader", "-n", name, "--once", "--peek"), NULL);
    test_equal(process_run(ARGS("reader", "-n", name, "--take", "--json"), NULL), 0,
               "what --peek has shown is, by --take alone, which waits");
    test_contains(got.out, "\"text\":\"four\"", "as JSON");
    process_close_input(writer);
    test_ends(writer, 0, "the writer knows of all");
    test_equal(process_run(ARGS("reader", "-n", name, "--take", "-t", "0.2"), NULL), 1,
               "--take with --timeout: status 1 if nothing comes");
    static const char *const others[] = {"--peek", "--hex", "--raw", "--info", "--offset=0"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        test_equal(process_run(ARGS("reader", "-n", name, "--take", others[i]), NULL), 2,
                   "--take and %s: status 2", others[i]);
}

static void test_plain_string(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 256, NULL);
    strcpy(foreign.view, "a plain string");
    test_equal(take_once(name), 1, "a plain string is never taken");
    test_text(got.out, "", "nor printed");
    test_equal(process_run(ARGS("reader", "-n", name, "--take", "--wait", "-t", "0.2"), NULL), 1,
               "nor waited for");
    struct process *keeper = process_start(ARGS("writer", "-n", name, "--keep", "a message"));
    inside_has_text(name, "a message");
    test_equal(take_once(name), 0, "a message in the same mapping is");
    test_text(got.out, "a message\r\n", "it is printed");
    strcpy(foreign.view, "plain again");
    test_equal(take_once(name), 1, "a plain string over it is not");
    process_free(keeper);
    test_withdraw(&foreign);
}

/* Another kind of object has the name of the page. */
static void test_no_page(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 256, NULL);
    HANDLE event;
    object_create(&event, OBJECT_EVENT, 0, 0, name, ".shown", NULL);
    struct process *keeper = process_keep(name, "there");
    test_equal(take_once(name), 2, "without NAME.shown nothing can be taken: status 2");
    test_contains(got.err, "cannot take messages of ", "and words");
    test_contains(got.err, ".shown", "that name it");
    test_text(got.out, "", "nothing is printed");
    test_equal(process_run(ARGS("writer", "-n", name, "waits"), NULL), 2,
               "nor can a writer wait: status 2");
    test_contains(got.err, "use --no-wait", "and words that name --no-wait");
    test_equal(process_run(ARGS("writer", "-n", name, "--no-wait", "sent"), NULL), 0,
               "which works");
    test_reads(name, "sent\r\n", "a reader without --take shows it");
    process_free(keeper);
    object_close(&event);
    test_withdraw(&foreign);
}

/* ---- several takers ---- */

enum { TAKERS = 3, LINES = 10000 };

/* How often each line was shown; lines of a killed taker come from a part of its output too. */
static void count_lines(const char *output, unsigned char counts[LINES])
{
    const char *end;
    for (; (end = strstr(output, "\r\n")) != NULL; output = end + 2) {
        int number = strncmp(output, "job ", 4) == 0 ? atoi(output + 4) : -1;
        if (number < 0 || number >= LINES || end - output != 9)
            test_note("a line that nobody sent: %.20s", output);
        else
            counts[number]++;
    }
}

/* One of several takers is killed in the middle. If it had a line just then, that may be lost, and
 * the writer says which. */
static void test_takers(void)
{
    static unsigned char counts[LINES];
    const char *name = test_unique_name();
    struct process *takers[TAKERS];
    char *lines = lines_make("job", 0, LINES), *path = file_make(lines, strlen(lines));
    struct process_setup setup = {.arguments = ARGS("writer", "-n", name, "-q"), .in = path};
    for (int i = 0; i < TAKERS; i++)
        takers[i] = process_start(ARGS("reader", "-n", name, "--take", "--follow", "--until-end"));
    struct process *writer = process_start_as(&setup);
    for (int i = 0; test_count(process_output(takers[0]), "\n") < 100 && i < ENOUGH_MS; i++)
        Sleep(1);
    process_kill(takers[0]);
    process_wait(writer, PATIENT_MS);
    int busy = 0, ended = 0, twice = 0, told = 0, untold = 0;
    for (int i = 0; i < TAKERS; i++) {
        process_wait(takers[i], ENOUGH_MS);
        ended += process_status(takers[i]) == 0;
        busy += process_output(takers[i])[0] != '\0';
        test_note("taker %d: %ld lines", i, test_count(process_output(takers[i]), "\n"));
        count_lines(process_output(takers[i]), counts);
    }
    for (int i = 0; i < LINES; i++) {
        char report[48];
        snprintf(report, sizeof report, "line %d was taken by a reader of ", i + 1);
        bool reported = strstr(process_errors(writer), report) != NULL;
        twice += counts[i] > 1;
        told += reported;
        untold += counts[i] == 0 && !reported;
    }
    test_check(busy == TAKERS && test_count(process_output(takers[0]), "\n") < LINES / 2,
               "%d takers share the work of %d lines, one is killed", TAKERS, LINES);
    test_equal(twice, 0, "no line was taken twice");
    test_equal(untold, 0, "none was lost without a word");
    test_check(told <= 1, "and at most one by the kill (%d)", told);
    test_equal(process_status(writer), told, "the writer's status says whether one was");
    test_equal(ended, TAKERS - 1, "--until-end ends those that were not killed");
    for (int i = 1; i < TAKERS; i++)
        test_text(process_errors(takers[i]), "", "taker %d tells of no missed messages", i);
    for (int i = 0; i < TAKERS; i++)
        process_free(takers[i]);
    process_free(writer);
    free(lines);
    file_delete(path);
}

/* A taker that has claimed the message of a writer: its output is a pipe that is not read. */
static struct process *start_stuck_taker(const char *name, HANDLE *pipe)
{
    char path[TEST_PATH];
    struct process_setup setup = {.arguments = ARGS("reader", "-n", name, "--take"), .out = path};
    *pipe = test_pipe(name, path);
    struct mapping mapping = inside_open(name);
    uint32_t number = message_number(mapping_region(&mapping));
    struct process *taker = process_start_as(&setup);
    for (int i = 0; !acknowledge_is_claimed(mapping.shown, number) && i < 5000; i++)
        Sleep(1);
    mapping_close(&mapping);
    return taker;
}

static void test_killed_taker(void)
{
    HANDLE pipe;
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q"));
    process_type(writer, "claimed\nbroken\nlast\n");
    process_close_input(writer);
    inside_has_text(name, "claimed");
    struct process *taker = start_stuck_taker(name, &pipe);
    process_kill(taker);
    process_free(taker);
    CloseHandle(pipe);
    test_check(process_wait_errors(writer, "line 1 was taken by a reader of ", ENOUGH_MS),
               "a taker is killed before it has printed: the writer reports it");
    test_check(inside_has_text(name, "broken"), "and goes on with the next line");

    struct process_setup broken = {.arguments = ARGS("reader", "-n", name, "--take"),
                                   .out = STREAM_BROKEN};
    test_equal(process_run_as(&broken, ENOUGH_MS), 2, "an output that fails after a claim: 2");
    test_contains(got.err, "a taken message is lost", "and words");
    test_check(process_wait_errors(writer, "line 2 was taken by a reader of ", ENOUGH_MS),
               "the writer reports that too");
    inside_has_text(name, "last");
    test_equal(take_once(name), 0, "another taker comes");
    test_text(got.out, "last\r\n", "and gets the next line, not those that were claimed");
    test_ends(writer, 1, "the writer ends with status 1");
}

/* It is slow, not dead: everybody waits for it. */
static void test_slow_taker(void)
{
    HANDLE pipe;
    char output[64];
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "claimed"));
    inside_has_text(name, "claimed");
    struct process *taker = start_stuck_taker(name, &pipe);
    test_equal(process_run(ARGS("reader", "-n", name, "--take", "-t", "0.5"), NULL), 1,
               "what a taker that prints slowly has claimed nobody else takes");
    test_text(got.out, "", "nor prints");
    test_check(process_running(writer), "its writer waits on");
    pipe_read(pipe, output, sizeof output, sizeof output, 0);
    test_text(output, "claimed\r\n", "then it has printed");
    test_ends(writer, 0, "and acknowledged");
    test_ends(taker, 0, "and ends");
    CloseHandle(pipe);
}

/* ---- --until-end ---- */

static void test_until_end(void)
{
    const char *name = test_unique_name();
    test_equal(process_run(ARGS("reader", "-n", name, "-f", "--until-end", "-t", "0.5"), NULL), 1,
               "--until-end does not end before a writer was seen");
    test_contains(got.err, "timed out waiting for a message", "but by --timeout");

    struct process *reader = process_start(ARGS("reader", "-n", name, "-f", "--until-end"));
    struct process *one = process_start(ARGS("writer", "-n", name));
    struct process *two = process_start(ARGS("writer", "-n", name));
    process_type(one, "of one\n");
    process_wait_output(reader, "of one\r\n", ENOUGH_MS);
    process_type(two, "of two\n");
    process_wait_output(reader, "of two\r\n", ENOUGH_MS);
    process_close_input(one);
    test_ends(one, 0, "the first of two writers ends");
    inside_reader_sleeps(name);
    test_check(process_running(reader), "--until-end goes on");
    process_type(two, "last\n");
    process_close_input(two);
    test_ends(two, 0, "so does the second");
    process_wait(reader, ENOUGH_MS);
    test_text(process_output(reader), "of one\r\nof two\r\nlast\r\n", "all is shown");
    test_ends(reader, 0, "then it ends with status 0");
    test_check(inside_is_gone(name), "and nothing is left of the mapping");

    int last = 0;
    for (int i = 0; i < 10; i++) {
        name = test_unique_name();
        reader = process_start(ARGS("reader", "-n", name, "-f", "--until-end", "-q"));
        one = process_start(ARGS("writer", "-n", name, "-q"));
        process_type(one, "first\n");
        process_wait_output(reader, "first\r\n", ENOUGH_MS);
        process_run(ARGS("writer", "-n", name, "-q", "--no-wait", "newest"), NULL);
        process_kill(one);
        process_wait(reader, ENOUGH_MS);
        last += process_status(reader) == 0 &&
                strcmp(process_output(reader), "first\r\nnewest\r\n") == 0;
        process_free(one);
        process_free(reader);
    }
    test_equal(last, 10, "what writers have sent just before they end or die is shown, too");
}

static void test_until_end_of_what(void)
{
    const char *name = test_unique_name();
    struct process *keeper = process_keep(name, "shown");
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    struct process *taker =
        process_start(ARGS("reader", "-n", name, "--take", "--wait", "--until-end"));
    inside_reader_sleeps(name);
    test_check(process_running(taker), "--take --wait --until-end waits for a message");
    process_free(keeper);
    test_ends(taker, 1, "and ends with status 1 when the last writer has ended");

    struct foreign foreign = test_publish(name, 256, NULL);
    strcpy(foreign.view, "plain");
    test_equal(process_run(ARGS("reader", "-n", name, "--follow", "--until-end"), NULL), 2,
               "--until-end is rejected for a plain program's mapping");
    test_contains(got.err, "--until-end needs a writer", "in these words");
    test_withdraw(&foreign);
    static const char *const others[] = {"--once", "--info", "--hex", "--offset=0", "--list"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        test_equal(process_run(ARGS("reader", "-f", "--until-end", others[i]), NULL), 2,
                   "--until-end and %s: status 2", others[i]);
}

void test_main(void)
{
    test_once_and_wait();
    test_plain_string();
    test_no_page();
    test_takers();
    test_killed_taker();
    test_slow_taker();
    test_until_end();
    test_until_end_of_what();
}
