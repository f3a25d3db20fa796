/* Programs of both widths in one mapping: this build's beside those of the other one, either way
 * round. Skipped where the other width was not built, or does not run. Many of both: t_flood.c. */
#include "harness.h"

#include <stdio.h>

static const char *writer, *reader;

/* Starts a writer to be fed, whose messages stay. */
static struct process *start_writer(const char *name)
{
    return process_start(ARGS(writer, "-n", name, "-q", "--keep"));
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
    test_ends(one, 0, "and its writer sees that it was read");

    name = test_unique_name();
    one = process_start(ARGS(writer, "-n", name, "-q", "--until-read", "until read"));
    read_it(name, "--wait", "until read\r\n", "so is one that is sent --until-read");
    test_ends(one, 0, "with --until-read, too");

    name = test_unique_name();
    one = process_start(ARGS(writer, "-n", name, "-q", "--plain", "--until-read", "plain text"));
    read_it(name, "--wait", "plain text\r\n", "a --plain text is handed over");
    test_ends(one, 0, "and its writer sees that it was read");
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
    test_contains(got.out, "capacity:       256\r\n", "--info: the capacity");
    test_contains(got.out, "messages:       2\r\n", "the number of messages");
    snprintf(line, sizeof line, "process id:     %lu\r\n", keeper->id);
    test_contains(got.out, line, "who wrote the last");
    test_contains(got.out, "program:        writer.exe\r\n", "and its program");
    process_run(ARGS(reader, "--list", name), NULL);
    test_contains(got.out, "          4096  ", "--list: its size");
    process_close_input(keeper);
    test_ends(keeper, 0, "the end of its input ends the writer");
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
        test_hand_over();
        test_kept();
    }
}
