/* The pair as it is documented: who starts first, who leaves first, and what stays; the same beside
 * the documented plain programs A and B, which know one name only, so no other test may use it. */
#include "harness.h"

#include <string.h>

/* A reader whose stdin is a pipe takes each line as a key. */
static struct process *start_reader(const char *name)
{
    struct process *reader = process_start(ARGS("reader", "-n", name));
    process_wait_errors(reader, "nothing is there yet", ENOUGH_MS);
    return reader;
}

/* A writer to be fed, as if it were typed into, which has sent one line. */
static struct process *start_writer(const char *name, const char *line)
{
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "--no-wait"));
    process_type(writer, line);
    process_run(ARGS("reader", "-n", name, "--wait", "--peek", "-t", "10"), NULL);
    return writer;
}

static struct process *start_a(void)
{
    struct process *a = process_start(ARGS("plain_a"));
    process_wait_output(a, "Press a key:", ENOUGH_MS);
    return a;
}

static struct process *start_b(const char *word)
{
    struct process *b = process_start(ARGS("plain_b"));
    process_wait_output(b, "Message:", ENOUGH_MS);
    process_type(b, word);
    process_type(b, "\n");
    process_wait_output(b, "copied", ENOUGH_MS);
    return b;
}

/* Presses keys until the text is there: when the other side has written cannot be seen otherwise.
 */
static void expect_at_key(struct process *process, const char *text, const char *name)
{
    bool there = false;
    for (int i = 0; i < 100 && !there; i++) {
        process_type(process, "\n");
        there = process_wait_output(process, text, 100);
    }
    test_check(there, "%s", name);
}

static void expect_write(const char *const *arguments, const char *name)
{
    test_equal(process_run(arguments, NULL), 0, "%s", name);
}

static void test_orders(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name, "written first\r\n");
    test_text(got.out, "written first\r\n", "the writer may start first: its text is there");
    process_free(writer);

    name = test_unique_name();
    struct process *first = start_reader(name), *second = start_reader(name);
    writer = start_writer(name, "written later\r\n");
    expect_at_key(first, "written later\r\n", "the reader may: the text is there at a later key");
    expect_at_key(second, "written later\r\n", "and another reader has it too");
    process_free(writer);
    process_free(first);
    process_free(second);
}

static void test_lifetime(void)
{
    const char *name = test_unique_name();
    struct process *reader = start_reader(name), *writer = start_writer(name, "stays\n");
    expect_at_key(reader, "stays\r\n", "a reader holds the mapping");
    process_close_input(writer);
    test_ends(writer, 0, "so a writer leaves, with status 0");
    process_run(ARGS("reader", "-n", name, "-1"), NULL);
    test_text(got.out, "stays\r\n", "the text stays as it was");

    writer = process_start(ARGS("writer", "-n", name, "-q", "--no-wait"));
    process_type(writer, "is back\n");
    expect_at_key(reader, "is back\r\n", "a writer that comes back is seen");
    process_free(writer);
    process_type(reader, "q\n");
    test_ends(reader, 0, "q ends the reader, with status 0");
    test_equal(process_run(ARGS("reader", "-n", name, "-1"), NULL), 1,
               "with the last holder the mapping is gone");
    test_contains(got.err, "error 2", "which the reader says");
}

static void test_default_name(void)
{
    struct process *reader = process_start(ARGS("reader"));
    process_wait_errors(reader, "nothing is there yet", ENOUGH_MS);
    struct process *writer = process_start(ARGS("writer", "default", "name"));
    expect_at_key(reader, "default name\r\n", "without --name both use one mapping");
    test_ends(writer, 0, "and the writer of a text ends once a key has shown it");
    process_run(ARGS("reader", "--info"), NULL);
    test_contains(got.out, "Global\\MyFileMappingObject", "whose name is the documented one");
    test_contains(got.out, "size:           4096", "in a region of one page");
    test_contains(got.out, "capacity:       256", "of 256 bytes");
    process_free(reader);
}

static void test_a_and_writer(void)
{
    struct process *a = start_a();
    expect_write(ARGS("writer", "--no-wait", "to", "plain", "A"),
                 "with A there, writer leaves its text");
    expect_at_key(a, "to plain A", "and A, which started first, shows it whole");
    expect_write(ARGS("writer", "--no-wait", "short"), "then a shorter one");
    expect_at_key(a, "short\r\n", "which A shows");
    test_lacks(process_output(a), "shortain", "with nothing of the longer one behind it");
    process_free(a);

    struct process *writer = start_writer("Global\\MyFileMappingObject", "before A came\n");
    a = start_a();
    test_contains(process_output(a), "before A came", "A that starts later shows it at once");
    process_close_input(writer);
    test_ends(writer, 0, "writer leaves it to A");
    process_free(a);
}

static void test_b_and_reader(void)
{
    struct process *b = start_b("from-B");
    process_run(ARGS("reader", "--once"), NULL);
    test_text(got.out, "from-B\r\n", "what B wrote first, reader shows: the word alone");
    process_free(b);

    struct process *reader = start_reader("Global\\MyFileMappingObject");
    b = start_b("later");
    expect_at_key(reader, "later\r\n", "a reader that started first shows it at a key");
    process_free(reader);

    struct process *follower = process_start(ARGS("reader", "--follow"));
    process_wait_output(follower, "later\r\n", ENOUGH_MS);
    process_type(b, "changed\n");
    process_wait_output(follower, "changed\r\n", ENOUGH_MS);
    test_equal(process_run(ARGS("writer", "ours"), NULL), 0, "a follower acknowledges");
    process_wait_output(follower, "ours\r\n", ENOUGH_MS);
    process_type(b, "again\n");
    process_wait_output(follower, "again\r\n", ENOUGH_MS);
    test_text(process_output(follower), "later\r\nchanged\r\nours\r\nagain\r\n",
              "--follow shows what is there, and all that B and writer write then");
    process_run(ARGS("reader", "--once", "--json"), NULL);
    test_contains(got.out, "\"number\":null", "B's text is known to be none of our messages");
    process_free(follower);
    process_free(b);
}

static void test_all_together(void)
{
    struct process *b = start_b("plain-mapping"), *a = start_a();
    expect_write(ARGS("writer", "--no-wait", "adopted"), "writer adopts a mapping that B made");
    process_run(ARGS("reader", "--once"), NULL);
    test_text(got.out, "adopted\r\n", "reader shows its text");
    expect_at_key(a, "adopted", "and so does A");
    static const char clear[256] = "adopted";
    process_run(ARGS("reader", "--raw", "--length", "256"), NULL);
    test_bytes(got.out, got.out_bytes, clear, sizeof clear,
               "what B's buffer had left behind the word is cleared");
    process_free(a);
    process_free(b);
}

/* The reader is elevated and makes Global\NAME and NAME.shown; the writer has no privilege. */
static void test_elevated_reader(void)
{
    struct process *reader = process_start(ARGS("reader", "--follow"));
    while (process_run(ARGS("reader", "--info"), NULL) == 1 && process_running(reader))
        ;
    SetEnvironmentVariableA("REPLACED", "global");
    process_run(ARGS("replaced_writer", "-t", "5", "to", "the", "elevated"), NULL);
    test_equal(got.status, 0, "an elevated reader's mapping: a text is delivered");
    test_text(got.err, "", "without a word");
    test_equal(process_run(ARGS("replaced_writer", "-t", "5"), "one\ntwo\n"), 0,
               "and so are piped lines");
    process_wait_output(reader, "two\r\n", ENOUGH_MS);
    test_text(process_output(reader), "to the elevated\r\none\r\ntwo\r\n", "each once");
    process_free(reader);

    /* The other way round: the reader's own mapping is a stand-in, until an elevated one comes. */
    reader = process_start(ARGS("replaced_reader", "--follow"));
    test_check(process_wait_errors(reader, "using Local\\MyFileMappingObject", ENOUGH_MS),
               "a reader without the privilege makes Local\\");
    SetEnvironmentVariableA("REPLACED", NULL);
    struct process *b = start_b("elevated-B");
    test_check(process_wait_output(reader, "elevated-B\r\n", ENOUGH_MS),
               "and finds what an elevated B makes in Global\\ later");
    process_free(b);
    process_free(reader);
}

void test_main(void)
{
    test_take_default_name();
    test_orders();
    test_lifetime();
    if (!test_has_global("the documented name, and programs that know no other"))
        return;
    test_default_name();
    test_a_and_writer();
    test_b_and_reader();
    test_all_together();
    test_elevated_reader();
}
