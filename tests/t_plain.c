/* Beside the documented plain programs A and B, in both directions and orders of starting. They
 * know one name only, so no other test may use it: t_pair's last part and this one run in turn. */
#include "harness.h"

#include <string.h>

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

static bool press_until(struct process *process, const char *text)
{
    for (int i = 0; i < 100; i++) {
        process_type(process, "\n");
        if (process_wait_output(process, text, 100))
            return true;
    }
    return false;
}

/* What our reader says that is there now. */
static const char *read_now(struct result *got)
{
    process_run(ARGS("reader", "--once"), NULL, got);
    return got->out;
}

static void test_a_and_writer(void)
{
    struct process *a = start_a();
    struct result got = {0};
    test_equal(process_run(ARGS("writer", "to", "plain", "A"), NULL, &got), 0,
               "with A there, writer leaves its text");
    test_check(press_until(a, "to plain A\n") || press_until(a, "to plain A\r\n"),
               "and A, which started first, shows it whole");
    process_run(ARGS("writer", "short"), NULL, &got);
    process_type(a, "\n");
    test_check(press_until(a, "short\r\n"), "then a shorter one");
    test_lacks(process_output(a), "shortain", "with nothing of the longer one behind it");
    process_free(a);

    struct process *writer = process_start(ARGS("writer", "-q"));
    process_type(writer, "written before A came\n");
    process_run(ARGS("reader", "--wait", "-t", "10"), NULL, &got);
    a = start_a();
    test_contains(process_output(a), "written before A came",
                  "A that starts later shows it at once");
    process_close_input(writer);
    process_wait(writer, ENOUGH_MS);
    process_type(a, "\n");
    test_check(process_running(a), "A stays when writer goes");
    process_free(writer);
    process_free(a);
}

static void test_b_and_reader(void)
{
    struct process *b = start_b("from-B");
    struct result got = {0};
    test_text(read_now(&got), "from-B\r\n", "what B wrote first, reader shows: the word alone");
    test_equal(got.status, 0, "with status 0");
    process_free(b);

    struct process *reader = process_start(ARGS("reader"));
    process_wait_errors(reader, "nothing is there yet", ENOUGH_MS);
    b = start_b("later");
    test_check(press_until(reader, "later\r\n"), "a reader that started first shows it at a key");
    process_free(reader);

    struct process *follower = process_start(ARGS("reader", "--follow"));
    test_check(process_wait_output(follower, "later\r\n", ENOUGH_MS),
               "--follow shows what is there");
    process_type(b, "changed\n");
    test_check(process_wait_output(follower, "changed\r\n", ENOUGH_MS), "and what B writes then");
    process_run(ARGS("writer", "ours"), NULL, &got);
    test_check(process_wait_output(follower, "ours\r\n", ENOUGH_MS), "and what writer writes");
    process_type(b, "again\n");
    test_check(process_wait_output(follower, "again\r\n", ENOUGH_MS), "and B again");
    test_text(process_output(follower), "later\r\nchanged\r\nours\r\nagain\r\n",
              "and nothing else");
    process_run(ARGS("reader", "--once", "--json"), NULL, &got);
    test_contains(got.out, "\"number\":null", "B's text is known to be none of our messages");
    process_free(follower);
    process_free(b);
}

static void test_all_together(void)
{
    struct process *b = start_b("plain-mapping"), *a = start_a();
    struct result got = {0};
    test_equal(process_run(ARGS("writer", "adopted"), NULL, &got), 0,
               "writer adopts a mapping that B made");
    test_text(read_now(&got), "adopted\r\n", "reader shows its text");
    test_check(press_until(a, "adopted"), "and so does A");
    process_run(ARGS("reader", "--raw", "--length", "256"), NULL, &got);
    bool clear = got.out_bytes == 256;
    for (size_t i = strlen("adopted"); clear && i < 256; i++)
        clear = got.out[i] == '\0';
    test_check(clear, "what B's buffer had left behind the word is cleared");
    process_free(a);
    process_free(b);
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_a_and_writer();
    test_b_and_reader();
    test_all_together();
}
