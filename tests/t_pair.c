/* The pair as it is documented: who starts first, who leaves first, and what stays. */
#include "harness.h"

#include <string.h>

/* A reader whose stdin is a pipe takes each line as a key. */
static struct process *start_reader(const char *name)
{
    struct process *reader = process_start(ARGS("reader", "-n", name));
    process_wait_errors(reader, "any key reads it again", ENOUGH_MS);
    return reader;
}

static struct process *start_writer(const char *name)
{
    return process_start(ARGS("writer", "-n", name, "-q"));
}

static int read_once(const char *name, struct result *got)
{
    return process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, got);
}

/* Presses keys until the text is there: when the writer has published cannot be seen otherwise. */
static bool press_until(struct process *reader, const char *text)
{
    for (int i = 0; i < 100; i++) {
        process_type(reader, "\n");
        if (process_wait_output(reader, text, 100))
            return true;
    }
    return false;
}

static void test_orders(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name);
    process_type(writer, "written first\r\n");
    struct result got = {0};
    test_equal(read_once(name, &got), 0, "the writer may start first");
    test_text(got.out, "written first\r\n", "and its text is there for the reader");
    process_free(writer);

    name = test_unique_name();
    struct process *reader = start_reader(name);
    test_check(process_wait_errors(reader, "nothing is there yet", ENOUGH_MS),
               "the reader may start first and says that nothing is there");
    writer = start_writer(name);
    process_type(writer, "written later\r\n");
    test_check(press_until(reader, "written later\r\n"), "the text is there at a later key press");
    process_free(writer);
    process_free(reader);
}

static void test_keys(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name);
    process_type(writer, "again and again\n");
    struct result got = {0};
    read_once(name, &got);
    struct process *reader = start_reader(name);
    process_type(reader, "\n\n");
    process_wait_output(reader, "again and again\r\nagain and again\r\nagain", ENOUGH_MS);
    process_type(reader, "q\n");
    test_check(process_wait(reader, ENOUGH_MS), "q ends the reader");
    test_equal(process_status(reader), 0, "with status 0");
    test_text(process_output(reader), "again and again\r\nagain and again\r\nagain and again\r\n",
              "it printed the text at the start and at each of two keys");
    process_free(reader);

    reader = start_reader(name);
    process_close_input(reader);
    test_check(process_wait(reader, ENOUGH_MS), "the end of its input ends the reader");
    test_equal(process_status(reader), 0, "with status 0");
    process_free(reader);
    process_free(writer);
}

static void test_two_readers(void)
{
    const char *name = test_unique_name();
    struct process *first = start_reader(name), *second = start_reader(name);
    struct process *writer = start_writer(name);
    process_type(writer, "for both\n");
    test_check(press_until(first, "for both\r\n"), "one reader has the text");
    test_check(press_until(second, "for both\r\n"), "and the other has it too");
    process_free(writer);
    process_free(first);
    process_free(second);
}

static void test_lifetime(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name);
    process_type(writer, "stays\n");
    struct process *reader = start_reader(name);
    press_until(reader, "stays\r\n");
    process_close_input(writer);
    test_check(process_wait(writer, ENOUGH_MS), "a writer leaves while a reader holds the mapping");
    test_equal(process_status(writer), 0, "with status 0, for its text is kept");
    struct result got = {0};
    test_equal(process_run(ARGS("reader", "-n", name, "-1"), NULL, &got), 0, "the text stays");
    test_text(got.out, "stays\r\n", "as it was");
    process_free(writer);

    writer = start_writer(name);
    process_type(writer, "is back\n");
    test_check(press_until(reader, "is back\r\n"), "a writer that comes back is seen");
    process_kill(writer);
    process_free(writer);
    process_kill(reader);
    process_free(reader);
    test_equal(process_run(ARGS("reader", "-n", name, "-1"), NULL, &got), 1,
               "with the last holder the mapping is gone");
    test_contains(got.err, "error 2", "which the reader says");
}

static void test_default_name(void)
{
    struct process *reader = process_start(ARGS("reader"));
    process_wait_errors(reader, "nothing is there yet", ENOUGH_MS);
    struct result got = {0};
    test_equal(process_run(ARGS("writer", "default", "name"), NULL, &got), 0,
               "without --name both use one mapping");
    test_check(press_until(reader, "default name\r\n"), "so the words reach the reader");
    process_run(ARGS("reader", "--info"), NULL, &got);
    test_contains(got.out, "Global\\MyFileMappingObject", "whose name is the documented one");
    test_contains(got.out, "size:           4096", "in a region of one page");
    process_free(reader);
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_orders();
    test_keys();
    test_two_readers();
    test_lifetime();
    test_default_name();
}
