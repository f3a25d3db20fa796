/* What an ordinary terminal may not do, which Wine allows: creating sections in Global\ is refused
 * by replaced.c as Windows refuses it. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#include "mapping.h"

#define REFUSED "writer: cannot create Global\\%s.shown, by which readers acknowledge: "

static char global[80];
static const char *name; /* of the same mapping without its namespace */

static void take_name(void)
{
    name = test_unique_name();
    snprintf(global, sizeof global, "Global\\%s", name);
}

static void refuse(const char *what)
{
    SetEnvironmentVariableA("REPLACED", what);
}

/* ---- no Global\ at all: Local\ stands in ---- */

static void test_stand_in(void)
{
    take_name();
    refuse("global");
    struct process *writer = process_start(ARGS("replaced_writer", "-n", global, "ours"));
    process_wait_errors(writer, "waits for a reader", ENOUGH_MS);
    test_contains(process_errors(writer), "needs administrator rights to create; using Local\\",
                  "without the privilege Local\\ stands in, and the writer says so");
    process_run(ARGS("reader", "-n", global, "--info"), NULL);
    test_contains(got.out, "name:           Local\\",
                  "a reader of the Global\\ name finds it, under the name that it really has");
    test_reads(global, "ours\r\n", "and shows its text");
    test_ends(writer, 0, "so the writer ends with status 0");
}

/* A held stand-in without a text gives way to a Global\ mapping that appears. */
static void test_gives_way(void)
{
    take_name();
    struct process *keeper = process_start_as(&(struct process_setup){
        .arguments = ARGS("writer", "-n", name, "--keep"), .in = STREAM_NUL});
    process_wait_errors(keeper, "keeping", ENOUGH_MS);
    struct process *follower = process_start(ARGS("reader", "-n", global, "-f", "-q"));
    struct process *by_key = process_start(ARGS("reader", "-n", global));
    process_wait_errors(by_key, "nothing is there yet", ENOUGH_MS);
    test_contains(process_errors(by_key), "reading Local\\", "a stand-in that has no text");
    struct foreign elevated = test_publish(global, 256, NULL);
    strcpy(elevated.view, "from Global");
    test_check(process_wait_output(follower, "from Global\r\n", ENOUGH_MS),
               "gives way to a Global\\ mapping that appears: a follower shows that");
    process_type(by_key, "\n");
    test_check(process_wait_output(by_key, "from Global\r\n", ENOUGH_MS),
               "and so does the next key");
    process_run(ARGS("writer", "-n", global, "-t", "5", "acknowledged"), NULL);
    test_equal(got.status, 0, "its messages are acknowledged");
    test_contains(elevated.view, "acknowledged", "and they are in Global\\");
    test_withdraw(&elevated);
    process_free(follower);
    process_free(by_key);
    process_free(keeper);
}

static void test_text_stays(void)
{
    take_name();
    struct process *keeper = process_keep(name, "from Local");
    struct process *follower = process_start(ARGS("reader", "-n", global, "-f", "-q"));
    process_wait_output(follower, "from Local\r\n", ENOUGH_MS);
    struct foreign elevated = test_publish(global, 256, NULL);
    strcpy(elevated.view, "from Global");
    process_run(ARGS("writer", "-n", name, "-t", "5", "still Local"), NULL);
    process_wait_output(follower, "still Local\r\n", ENOUGH_MS);
    test_text(process_output(follower), "from Local\r\nstill Local\r\n",
              "a stand-in that has a text stays");
    test_withdraw(&elevated);
    process_free(follower);
    process_free(keeper);
}

/* ---- another user is faster ---- */

static void test_taken(void)
{
    static const char *const ways[] = {"--timeout=5", "--no-wait", "--plain"};
    for (int i = 0; i < 3; i++) {
        char line[120];
        take_name();
        refuse("taken");
        process_run(ARGS("replaced_writer", "-n", global, ways[i], "x"), NULL);
        refuse(NULL);
        test_equal(got.status, 2, "another user creates the mapping before %s can", ways[i]);
        snprintf(line, sizeof line, "writer: cannot write to the mapping %s: ", global);
        test_contains(got.err, line, "which is told");
        test_contains(got.err, "(error 5)", "by the error of opening it");
        test_lacks(got.err, "Local\\", "and nothing stands in for it");
    }
}

/* ---- the mapping is there, its NAME.shown cannot be made ---- */

static void test_no_acknowledging(void)
{
    char line[160];
    take_name();
    struct foreign elevated = test_publish(global, 256, NULL);
    refuse("shown");
    snprintf(line, sizeof line, REFUSED, name);
    for (int piped = 0; piped < 2; piped++) {
        const char *what = piped ? "a pipe" : "TEXT";
        process_run(ARGS("replaced_writer", "-n", global, piped ? NULL : "x"), "piped\n");
        test_equal(got.status, 2, "%s that no reader could acknowledge is an error", what);
        test_contains(got.err, line, "which says so");
        test_contains(got.err, "use --no-wait to send without waiting", "and what to do");
        test_text(elevated.view, "", "nothing was written");
    }
    process_run(ARGS("replaced_writer", "-n", global, "--no-wait", "not waited for"), NULL);
    test_equal(got.status, 0, "--no-wait goes on");
    test_reads(global, "not waited for\r\n", "and its text is there");
    struct screen *screen = screen_open();
    struct process *typed = process_start_on(screen, ARGS("replaced_writer", "-n", global));
    screen_wait(screen, ">", ENOUGH_MS);
    screen_type(screen, "typed\r");
    screen_wait(screen, "typed\n>", ENOUGH_MS);
    test_reads(global, "typed\r\n", "typed lines go on");
    screen_type(screen, "\x04");
    test_ends(typed, 0, "to a good end");
    screen_free(screen);
    refuse(NULL);
    test_withdraw(&elevated);
}

void test_main(void)
{
    if (!test_has_global("what an ordinary terminal may not do in Global\\"))
        return;
    test_stand_in();
    refuse(NULL);
    test_gives_way();
    test_text_stays();
    test_taken();
    test_no_acknowledging();
}
