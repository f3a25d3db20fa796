/* Typing and pressing keys, on real consoles. */
#include "harness.h"

#include <string.h>

#define LINE                                                                                       \
    "spaces  and accents: d\xc3\xa9j\xc3\xa0 vu, \xe5\x85\xb1\xe4\xba\xab, \xf0\x9f\x99\x82!"

struct desk {
    const char *name;
    struct screen *screen;
    struct screen_state before;
    struct process *process;
};

static struct desk sit_down(const char *program, const char *name)
{
    struct desk desk = {.name = name, .screen = screen_open()};
    desk.before = screen_state(desk.screen);
    desk.process = process_start_on(desk.screen, ARGS(program, "-n", name));
    screen_wait(desk.screen, name, ENOUGH_MS);
    return desk;
}

/* Ended, with this status, and the console as it was before. */
static void expect_end(struct desk *desk, const char *by)
{
    test_check(process_wait(desk->process, ENOUGH_MS), "%s ends it", by);
    test_equal(process_status(desk->process), 0, "%s: the status is 0", by);
    struct screen_state after = screen_state(desk->screen);
    test_equal(after.input_mode, desk->before.input_mode, "%s: the input mode is as before", by);
    test_equal(after.output_mode, desk->before.output_mode, "%s: the output mode is as before", by);
    process_free(desk->process);
    screen_free(desk->screen);
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void test_typed_line(void)
{
    const char *name = test_unique_name();
    struct desk writer = sit_down("writer", name), reader = sit_down("reader", name);
    screen_type(writer.screen, LINE "\r");
    struct result got = {0};
    test_equal(process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got), 0,
               "a typed line arrives");
    test_text(got.out, LINE "\r\n", "byte for byte");
    screen_key(reader.screen, 'X', L'x', 0);
    test_check(screen_wait(reader.screen, LINE, ENOUGH_MS), "one key press shows it on the screen");

    /* Neither does a bare modifier count as a key, nor does a key count twice. */
    screen_key(reader.screen, VK_SHIFT, 0, SHIFT_PRESSED);
    screen_key(reader.screen, VK_CONTROL, 0, LEFT_CTRL_PRESSED);
    screen_key(reader.screen, VK_CAPITAL, 0, CAPSLOCK_ON);
    screen_key(reader.screen, VK_F1, 0, 0);
    test_check(screen_wait_count(reader.screen, LINE, 2, ENOUGH_MS), "a function key is a key");
    screen_type(reader.screen, "\xf0\x9f\x99\x82");
    test_check(screen_wait_count(reader.screen, LINE, 3, ENOUGH_MS),
               "so is a character of two UTF-16 units");
    screen_key(reader.screen, VK_UP, 0, ENHANCED_KEY);
    screen_wait_count(reader.screen, LINE, 4, ENOUGH_MS);
    screen_type(reader.screen, "q");
    process_wait(reader.process, ENOUGH_MS);
    test_equal(count_of(screen_read(reader.screen), LINE), 4,
               "each key shows the text once, modifiers alone show nothing");
    expect_end(&reader, "q in reader");
    screen_type(writer.screen, "\x1a");
    expect_end(&writer, "Ctrl+Z in writer");
}

static void test_edited_line(void)
{
    const char *name = test_unique_name();
    struct desk writer = sit_down("writer", name);
    screen_type(writer.screen, "wrogn\b\bng line\r");
    struct result got = {0};
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    test_text(got.out, "wrong line\r\n", "a line can be edited before Enter");
    screen_type(writer.screen, "unfinished\x1a");
    process_wait(writer.process, ENOUGH_MS);
    expect_end(&writer, "Ctrl+Z behind text");
}

static void test_ends(void)
{
    const char *name = test_unique_name();
    struct desk reader = sit_down("reader", name);
    screen_type(reader.screen, "\x1b");
    expect_end(&reader, "Esc in reader");
    reader = sit_down("reader", name);
    screen_ctrl_c(reader.screen);
    expect_end(&reader, "Ctrl+C in reader");
    reader = sit_down("reader", name);
    screen_ctrl_break(reader.screen);
    expect_end(&reader, "Ctrl+Break in reader");
    struct desk writer = sit_down("writer", name);
    screen_ctrl_c(writer.screen);
    expect_end(&writer, "Ctrl+C in writer");
    writer = sit_down("writer", name);
    screen_ctrl_break(writer.screen);
    expect_end(&writer, "Ctrl+Break in writer");
}

/* A mode that a program before has left behind is used, and left, as it was. */
static void test_strange_mode(void)
{
    const char *name = test_unique_name();
    struct desk writer = {.name = name, .screen = screen_open()};
    struct screen_state state = screen_state(writer.screen);
    screen_set_modes(writer.screen, 0, state.output_mode);
    writer.before = screen_state(writer.screen);
    writer.process = process_start_on(writer.screen, ARGS("writer", "-n", name));
    screen_wait(writer.screen, name, ENOUGH_MS);
    screen_wait(writer.screen, "> ", ENOUGH_MS);
    while (screen_state(writer.screen).input_mode == 0 && process_running(writer.process))
        Sleep(1);
    screen_type(writer.screen, "typed\r");
    struct result got = {0};
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    test_text(got.out, "typed\r\n", "lines are read whatever the mode was");
    screen_ctrl_c(writer.screen);
    expect_end(&writer, "Ctrl+C after another mode");
}

static void test_closed_window(void)
{
    const char *name = test_unique_name();
    struct screen *screen = screen_open_window();
    struct process *reader = process_start_on(screen, ARGS("reader", "-n", name));
    screen_wait(screen, name, ENOUGH_MS);
    screen_close_window(screen);
    test_check(process_wait(reader, ENOUGH_MS), "closing the window ends the reader");
    process_free(reader);
    screen_free(screen);
    screen = screen_open_window();
    struct process *writer = process_start_on(screen, ARGS("writer", "-n", name, "--keep", "kept"));
    screen_wait(screen, "until a key is pressed", ENOUGH_MS);
    screen_close_window(screen);
    test_check(process_wait(writer, ENOUGH_MS), "and a writer that keeps its text");
    process_free(writer);
    screen_free(screen);
}

/* --keep: the text stays for as long as promised, and the end is an orderly one. */
static void test_keep_ends(void)
{
    static const struct {
        const char *title;
        bool (*signal)(struct screen *screen);
        const char *key;
    } ways[] = {
        {"a key ends --keep", NULL, "k"},
        {"Ctrl+C ends --keep", screen_ctrl_c, NULL},
        {"Ctrl+Break ends --keep", screen_ctrl_break, NULL},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct result got = {0};
        struct desk writer = {.name = test_unique_name(), .screen = screen_open()};
        writer.before = screen_state(writer.screen);
        writer.process =
            process_start_on(writer.screen, ARGS("writer", "-n", writer.name, "--keep", "kept"));
        screen_wait(writer.screen, "until a key is pressed", ENOUGH_MS);
        screen_key(writer.screen, VK_SHIFT, 0, SHIFT_PRESSED);
        process_run(ARGS("reader", "-n", writer.name, "--wait", "-t", "10"), NULL, &got);
        test_text(got.out, "kept\r\n", "%s: until then it is there", ways[i].title);
        if (ways[i].signal != NULL)
            ways[i].signal(writer.screen);
        else
            screen_type(writer.screen, ways[i].key);
        process_wait(writer.process, ENOUGH_MS);
        expect_end(&writer, ways[i].title);
        process_run(ARGS("reader", "-n", writer.name, "--once"), NULL, &got);
        test_equal(got.status, 1, "%s: then it is gone", ways[i].title);
    }
}

static void test_escapes(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "--keep",
                                                "a\x1b[2Jb\tc\x07\xc2\x9b"
                                                "d"));
    struct result got = {0};
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    test_text(got.out,
              "a\x1b[2Jb\tc\x07\xc2\x9b"
              "d\r\n",
              "a pipe gets control characters as they are");
    struct desk reader = sit_down("reader", name);
    test_check(screen_wait(reader.screen, "a\\x1b[2Jb", ENOUGH_MS),
               "a console gets them escaped: ESC");
    test_contains(screen_read(reader.screen), "c\\x07\\x9bd", "BEL and the C1 control CSI");
    test_contains(screen_read(reader.screen), "any key reads", "and nothing was cleared");
    screen_type(reader.screen, "Q");
    expect_end(&reader, "Q in reader");
    process_free(writer);
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_typed_line();
    test_edited_line();
    test_ends();
    test_strange_mode();
    test_keep_ends();
    test_escapes();
    test_closed_window();
}
