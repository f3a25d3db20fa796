/* Whatever lies in a mapping or in NAME.shown, no program crashes, hangs or reads outside: the
 * words of both have values of all kinds, and each program ends with a status of its own. What the
 * control data of a message can hold besides is in fuzz/message.c. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#include "mapping.h"

static const char *const readers[][4] = {
    {"--once"},
    {"--info", "--json"},
    {"--take", "--once", "--json"},
    {"--follow", "--until-end", "--timeout", "0.02"},
    {"--hex"},
    {"--wait", "--timeout", "0.02"},
};
static const char *const writers[][4] = {
    {"--timeout", "0", "x"},
    {"--no-wait", "x"},
    {"--plain", "x"},
    {"--keep", "--timeout", "0", "x"},
};
#define WAYS(table) (sizeof(table) / sizeof(table)[0])

static const uint32_t values[] = {1, 0x7fffffff, 0x80000001, UINT32_MAX};

struct forgery {
    const char *what;
    const char *suffix; /* of the section */
    size_t word;        /* from its start or, if it is no ".shown", in the control data */
};
#define CONTROL(member)                                                                            \
    {                                                                                              \
#member, "", offsetof(struct mapping_control, member) / 4                                  \
    }
#define SHOWN(member)                                                                              \
    {                                                                                              \
        "NAME.shown, " #member, ".shown", offsetof(struct shown_page, member) / 4                  \
    }
static const struct forgery forgeries[] = {
    CONTROL(magic),
    CONTROL(capacity),
    CONTROL(holder),
    CONTROL(sequence),
    CONTROL(signals),
    CONTROL(text.length),
    CONTROL(text.code_page),
    CONTROL(standby.length),
    CONTROL(standby.code_page),
    CONTROL(text.hash),
    CONTROL(text.process_id),
    CONTROL(text.time_high),
    SHOWN(awaited),
    SHOWN(shown),
    SHOWN(asleep),
    SHOWN(waiting),
};

/* Runs a program of these ways; false, and a note, if it crashes or hangs. */
static bool is_survived(const char *program, const char *name, const char *const way[4])
{
    process_run(ARGS(program, "-q", "-n", name, way[0], way[1], way[2], way[3]), NULL);
    bool right = got.status >= 0 && got.status <= 2 && strchr(got.out, '\x1b') == NULL;
    if (!right)
        test_note("%s %s %s: status %d, %s", program, way[0], way[1] != NULL ? way[1] : "",
                  got.status, got.err);
    return right;
}

static void publish_two(struct message_region region)
{
    struct message message = {.length = 3, .code_page = 65001};
    message_adopt(region, MAPPING_SIZE, true);
    message_claim(region, GetCurrentProcessId());
    message_publish(region, &message, "one");
    message_publish(region, &message, "two");
    message_release(region);
}

/* Each value in a mapping of its own, with a message in it; which programs look turns. */
static void forge(const struct forgery *forgery)
{
    static size_t turn;
    int wrong = 0;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++, turn++) {
        const char *name = test_unique_name();
        struct mapping mapping;
        mapping_create(&mapping, name, MAPPING_SIZE, false, false, MAPPING_WRITE);
        publish_two(mapping_region(&mapping));
        volatile uint32_t *words = forgery->suffix[0] != '\0'
                                       ? (volatile uint32_t *)mapping.shown
                                       : (volatile uint32_t *)test_control(&mapping);
        words[forgery->word] = values[i];
        wrong += !is_survived("reader", name, readers[turn % WAYS(readers)]);
        wrong += !is_survived("writer", name, writers[turn % WAYS(writers)]);
        mapping_close(&mapping);
    }
    test_equal(wrong, 0, "%s may be anything", forgery->what);
}

/* A section of another size or with another program's data in the place of NAME.shown. */
static void test_shown_of_others(void)
{
    static const DWORD sizes[] = {1, 4096, 1 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char shown[80];
        const char *name = test_unique_name();
        snprintf(shown, sizeof shown, "%s.shown", name);
        struct foreign theirs = test_publish(shown, sizes[i], NULL);
        memset(theirs.view, 'z', 16);
        struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "x"));
        test_reads(name, "x\r\n", "what another program has put into NAME.shown is replaced");
        test_ends(writer, 0, "and the text is acknowledged");
        test_withdraw(&theirs);
    }
}

/* A taker does not trust such a page. */
static void test_no_taking(void)
{
    const char *name = test_unique_name();
    struct mapping mapping;
    mapping_create(&mapping, name, MAPPING_SIZE, false, false, MAPPING_WRITE);
    publish_two(mapping_region(&mapping));
    atomic_store(&mapping.shown->awaited, 0x7a7a7a7a);
    process_run(ARGS("reader", "-n", name, "--take", "--once"), NULL);
    test_equal(got.status, 2, "from a page that holds another program's data nothing is taken");
    test_contains(got.err, "reader: cannot take messages of ", "which is told");
    mapping_close(&mapping);
}

/* The last bytes of a view, of all kinds, with nothing behind them. */
static void test_ends_of_view(void)
{
    static const char *const encodings[] = {"auto", "utf-8", "utf-16", "936", "latin-1"};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        const char *name = test_unique_name();
        struct foreign theirs = test_publish(name, 4096, NULL);
        memset(theirs.view, 'a', 4096);
        memcpy(theirs.view + 4092, "z\xf0\x9f\x98", 4);
        process_run(ARGS("reader", "-n", name, "--once", "-e", encodings[i]), NULL);
        test_equal(got.status, 0, "a text that breaks off at the end of the view: %s",
                   encodings[i]);
        process_run(ARGS("reader", "-n", name, "--once", "-e", encodings[i], "-o", "4095"), NULL);
        test_equal(got.status, 0, "and its last byte alone");
        test_withdraw(&theirs);
    }
}

/* At a console no control sequence is obeyed, whatever the code page is said to be. */
static void test_console(void)
{
    static const char sequence[] = "\x1b[2J\x9b"
                                   "2J\x1b]0;title\x07";
    const char *name = test_unique_name();
    struct screen *screen = screen_open();
    struct process *writer = process_keep(name, sequence);
    struct mapping mapping;
    mapping_open(&mapping, name, MAPPING_WRITE);
    struct mapping_control *control = test_control(&mapping);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        atomic_store(&control->text.code_page, values[i]);
        process_wait(process_start_on(screen, ARGS("reader", "-q", "-1", "-n", name)), ENOUGH_MS);
    }
    test_equal(test_count(screen_read(screen), "\\x1b[2J"), WAYS(values),
               "a control sequence is shown in any code page");
    mapping_close(&mapping);
    process_free(writer);
    screen_free(screen);
}

void test_main(void)
{
    for (size_t i = 0; i < WAYS(forgeries); i++)
        forge(&forgeries[i]);
    test_shown_of_others();
    test_no_taking();
    test_ends_of_view();
    test_console();
}
