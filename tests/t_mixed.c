/* Programs of both widths in one mapping: this build's beside those of the other one, either way
 * round. Skipped where the other width was not built, or does not run. Many of both: t_flood.c. */
#include "harness.h"

#include <stdio.h>

static const char *writer, *reader, *releaser; /* that has the reader's width */

/* Starts a writer to be fed, whose messages stay. */
static struct process *start_writer(const char *name)
{
    return process_start(ARGS(writer, "-n", name, "-q", "--no-wait", "--keep"));
}

static void read_it(const char *name, const char *how, const char *expected, const char *what)
{
    process_run(ARGS(reader, "-n", name, how, "-t", "10"), NULL);
    test_text(got.out, expected, "%s beside %s: %s", writer, reader, what);
}

static void test_hand_over(void)
{
    const char *name = test_unique_name();
    struct process *one = process_start(ARGS(writer, "-n", name, "-q", "handed", "over"));
    read_it(name, "--wait", "handed over\r\n", "--wait finds a message");
    test_ends(one, 0, "and its writer learns that it was shown");

    name = test_unique_name();
    one = process_start(ARGS(writer, "-n", name, "-q", "to be taken"));
    read_it(name, "--take", "to be taken\r\n", "--take takes one");
    test_ends(one, 0, "and its writer learns that, too");

    name = test_unique_name();
    struct process *follower = process_start(ARGS(reader, "-n", name, "-f", "--until-end"));
    test_equal(process_run(ARGS(writer, "-n", name, "-q"), "1\n2\n3\n4\n5\n"), 0,
               "%s beside %s: each line of a stream is acknowledged", writer, reader);
    process_wait(follower, ENOUGH_MS);
    test_text(process_output(follower), "1\r\n2\r\n3\r\n4\r\n5\r\n", "as it was shown");
    test_ends(follower, 0, "and its end is the follower's");
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
    process_run(ARGS(reader, "-n", name, "--info"), NULL);
    test_contains(got.out, "capacity:       256 bytes\r\n", "--info: the capacity");
    test_contains(got.out, "messages:       2\r\n", "the number of messages");
    snprintf(line, sizeof line, "process id:     %lu\r\n", keeper->id);
    test_contains(got.out, line, "who wrote the last");
    test_contains(got.out, "program:        writer.exe\r\n", "and its program");
    process_run(ARGS(reader, "--list", name), NULL);
    test_contains(got.out, "          4096  ", "--list: its size");
    process_close_input(keeper);
    test_equal(process_run(ARGS(releaser, "-n", name, "--release"), NULL), 0,
               "--release of the other width ends it");
    test_ends(keeper, 0, "with status 0");
}

void test_main(void)
{
    const char *why, *other_writer = test_other_width("writer", &why);
    if (other_writer == NULL) {
        test_skip("programs of both widths in one mapping", why);
        return;
    }
    const char *other_reader = test_other_width("reader", &why);
    for (int way = 0; way < 2; way++) {
        writer = way == 0 ? "writer" : other_writer;
        reader = way == 0 ? other_reader : "reader";
        releaser = way == 0 ? other_writer : "writer";
        test_hand_over();
        test_kept();
    }
}
