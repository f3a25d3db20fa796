/* Typing and pressing keys, on real consoles. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE                                                                                       \
    "spaces  and accents: d\xc3\xa9j\xc3\xa0 vu, \xe5\x85\xb1\xe4\xba\xab, \xf0\x9f\x99\x82!"

struct desk {
    struct screen *screen;
    struct screen_state before;
    struct process *process;
};

/* Starts a program on a new console; there when it has said what it does with the mapping. */
static struct desk sit_down(struct screen *screen, const char *const *arguments, const char *name)
{
    struct desk desk = {.screen = screen, .before = screen_state(screen)};
    desk.process = process_start_on(screen, arguments);
    screen_wait(screen, name, ENOUGH_MS);
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

static void test_typed_line(void)
{
    const char *name = test_unique_name();
    struct desk writer = sit_down(screen_open(), ARGS("writer", "-n", name), name);
    struct desk reader = sit_down(screen_open(), ARGS("reader", "-n", name), name);
    screen_type(writer.screen, LINE "\r");
    test_reads(name, LINE "\r\n", "a typed line arrives, byte for byte");
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
    /* Alt and digits, with and without Num Lock. */
    screen_event(reader.screen, true, VK_MENU, 0, LEFT_ALT_PRESSED);
    screen_key(reader.screen, VK_NUMPAD2, 0, LEFT_ALT_PRESSED | NUMLOCK_ON);
    screen_key(reader.screen, VK_NEXT, 0, LEFT_ALT_PRESSED);
    screen_key(reader.screen, VK_NUMPAD3, 0, LEFT_ALT_PRESSED | NUMLOCK_ON);
    screen_event(reader.screen, false, VK_MENU, L'\u00e9', 0);
    test_check(screen_wait_count(reader.screen, LINE, 5, ENOUGH_MS),
               "so is one that is typed by Alt and digits");
    screen_key(reader.screen, VK_UP, 0, LEFT_ALT_PRESSED | ENHANCED_KEY);
    screen_wait_count(reader.screen, LINE, 6, ENOUGH_MS);
    screen_log_off(reader.screen);
    screen_type(reader.screen, "q");
    process_wait(reader.process, ENOUGH_MS);
    test_check(screen_wait_count(reader.screen, LINE, 6, 0) &&
                   !screen_wait_count(reader.screen, LINE, 7, 0),
               "each shows the text once; modifiers, digits with Alt and a logoff show nothing");
    expect_end(&reader, "q in reader");

    screen_type(writer.screen, "wrogn\b\bng line\r");
    screen_wait(writer.screen, "line\n>", ENOUGH_MS);
    test_reads(name, "wrong line\r\n", "a line can be edited before Enter");
    screen_type(writer.screen, "unfinished\x1a");
    expect_end(&writer, "Ctrl+Z behind text in writer");
}

/* As Wine's terminal sends it. */
static bool press_bare_escape(struct screen *screen)
{
    screen_key(screen, VK_ESCAPE, L'\0', 0);
    return true;
}

/* With --keep the text stays for as long as promised. */
static void test_ways_to_end(void)
{
    static const struct {
        const char *program, *key;
        bool (*signal)(struct screen *screen);
        bool keep;
        const char *name;
    } ways[] = {
        {"reader", "\x1b", NULL, false, "Esc in reader"},
        {"reader", NULL, press_bare_escape, false, "Esc in Wine's terminal"},
        {"reader", "Q", NULL, false, "Q in reader"},
        {"reader", NULL, screen_ctrl_c, false, "Ctrl+C in reader"},
        {"reader", NULL, screen_ctrl_break, false, "Ctrl+Break in reader"},
        {"reader", NULL, screen_close_window, false, "the window of reader closes"},
        {"writer", "\x1a", NULL, false, "Ctrl+Z in writer"},
        {"writer", "\x04", NULL, false, "Ctrl+D in writer"},
        {"writer", NULL, screen_ctrl_c, false, "Ctrl+C in writer"},
        {"writer", NULL, screen_ctrl_break, false, "Ctrl+Break in writer"},
        {"writer", "k", NULL, true, "a key in writer --keep"},
        {"writer", NULL, screen_ctrl_c, true, "Ctrl+C in writer --keep"},
        {"writer", NULL, screen_ctrl_break, true, "Ctrl+Break in writer --keep"},
        {"writer", NULL, screen_close_window, true, "the window of writer --keep closes"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *name = test_unique_name();
        struct desk desk = sit_down(
            screen_open(),
            ARGS(ways[i].program, "-n", name, ways[i].keep ? "--keep" : NULL, "kept"), name);
        if (ways[i].keep) {
            screen_key(desk.screen, VK_SHIFT, 0, SHIFT_PRESSED);
            test_reads(name, "kept\r\n", "until the end it is there");
        }
        if (ways[i].key != NULL)
            screen_type(desk.screen, ways[i].key);
        else
            ways[i].signal(desk.screen);
        expect_end(&desk, ways[i].name);
        if (ways[i].keep)
            test_equal(process_run(ARGS("reader", "-n", name, "--once"), NULL), 1,
                       "then it is gone");
    }
}

/* Where something was to come, or to be shown, Ctrl+C before that is status 1. */
static void test_given_up(void)
{
    const char *name = test_unique_name();
    struct screen *screen = screen_open();
    struct process *holder = process_keep(name, "one");
    struct process *reader = process_start_on(screen, ARGS("reader", "-n", name, "-f", "-c", "2"));
    screen_wait(screen, "one\n", ENOUGH_MS);
    screen_ctrl_c(screen);
    test_ends(reader, 1, "Ctrl+C in a reader that has not shown all it was to: status 1");
    process_free(holder);

    name = test_unique_name();
    struct process *waiting = process_start_on(screen, ARGS("writer", "-n", name, "never", "read"));
    screen_wait(screen, "waits for a reader", ENOUGH_MS);
    screen_ctrl_c(screen);
    test_ends(waiting, 1, "and in a writer whose text nobody has shown");
    screen_free(screen);
}

static void test_refused_line(void)
{
    char line[310];
    const char *name = test_unique_name();
    struct desk writer = sit_down(screen_open(), ARGS("writer", "-n", name), name);
    sprintf(line, "%0300d\rgood\r\x1a", 0);
    screen_type(writer.screen, line);
    test_check(screen_wait(writer.screen, "0\nwriter: the text has 300 bytes", ENOUGH_MS),
               "what is told of a typed line begins a line of its own");
    test_ends(writer.process, 1, "a line that was rejected: status 1 in the end");
    screen_free(writer.screen);

    struct screen *screen = screen_open();
    struct process *hasty = process_start_on(screen, ARGS("writer", "--interval", "5"));
    test_check(screen_wait(screen, "--interval cannot be combined with typed lines", ENOUGH_MS),
               "--interval is for piped lines");
    test_ends(hasty, 2, "and an error at a console");
    screen_free(screen);
}

static void test_key_in_time(void)
{
    const char *name = test_unique_name();
    struct screen *screen = screen_open();
    struct process *reader = process_start_on(screen, ARGS("reader", "-n", name, "-t", "0.2"));
    test_check(screen_wait(screen, "reader: timed out waiting for a key\n", ENOUGH_MS),
               "--timeout bounds the wait for a key");
    test_ends(reader, 1, "with status 1");
    struct process *keeper =
        process_start_on(screen, ARGS("writer", "-n", name, "-k", "-t", "0.2", "x"));
    test_check(screen_wait(screen, "is no longer kept (--timeout)\n", ENOUGH_MS),
               "and that of --keep");
    test_ends(keeper, 1, "with status 1");
    keeper = process_start_on(screen, ARGS("writer", "-n", name, "--keep", "x"));
    test_check(screen_wait_count(screen, "until a key is pressed or writer --name ", 2, ENOUGH_MS),
               "--keep says how it ends");
    test_equal(process_run(ARGS("writer", "-n", name, "--release"), NULL), 0,
               "--release ends it at a console too");
    test_ends(keeper, 0, "with status 0");
    screen_free(screen);
}

/* ---- by key: what was overwritten between two keys is counted ---- */

static void press_and_expect(struct desk *reader, const char *text, const char *name)
{
    screen_type(reader->screen, " ");
    test_check(screen_wait(reader->screen, text, ENOUGH_MS), "%s", name);
}

static void test_missed(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_keep(name, "first");
    struct desk reader = sit_down(screen_open(), ARGS("reader", "-n", name), "first\n");
    process_run(ARGS("writer", "-n", name, "--no-wait"), "2\n3\n4\nfifth\n");
    press_and_expect(&reader,
                     "reader: 3 messages were overwritten unseen since the last key\nfifth\n",
                     "what was overwritten since the last key is told before the text");
    press_and_expect(&reader, "fifth\nfifth\n", "and not told again");
    process_run(ARGS("writer", "-n", name, "--no-wait"), "6\nseventh\n");
    press_and_expect(&reader,
                     "reader: 1 message was overwritten unseen since the last key\nseventh\n",
                     "one is told in the singular");
    process_run(ARGS("writer", "-n", name, "--no-wait"), "8\n");
    press_and_expect(&reader, "seventh\n8\n", "none, and nothing is told");
    screen_type(reader.screen, "q");
    expect_end(&reader, "q after messages that were missed");
    process_free(writer);
}

/* ---- pipes that are a terminal ---- */

static void test_terminal_pipe(void)
{
    static const struct {
        const char *name;
        bool typed;
    } pipes[] = {
        {"msys-1234abcd-pty0-from-master", true},  {"cygwin-1234abcd-pty12-from-master", true},
        {"msys-1234abcd-pipe-from-master", false}, {"other-1234abcd-pty0-from-master", false},
        {"msys-1234abcd-pty0-from-slave", false},
    };
    for (size_t i = 0; i < sizeof pipes / sizeof pipes[0]; i++) {
        char path[TEST_PATH];
        DWORD written;
        const char *name = test_unique_name();
        HANDLE pipe = test_pipe(pipes[i].name, path);
        struct process_setup setup = {.arguments = ARGS("writer", "-n", name, "-t", "0.2"),
                                      .in = path};
        struct process *writer = process_start_as(&setup);
        WriteFile(pipe, "one\ntwo\n", 8, &written, NULL);
        if (pipes[i].typed) {
            test_check(process_wait_errors(writer, "Ctrl+D ends\r\n", ENOUGH_MS),
                       "the pipe %s counts as typed", pipes[i].name);
            test_reads(name, "two\r\n", "so its lines do not wait for readers");
            CloseHandle(pipe);
            test_ends(writer, 0, "and its end is a good end");
        } else {
            test_ends(writer, 1, "the pipe %s does not count as typed", pipes[i].name);
            CloseHandle(pipe);
        }
    }
}

/* A mode that a program before has left behind is used, and left, as it was. */
static void test_strange_mode(void)
{
    const char *name = test_unique_name();
    struct screen *screen = screen_open();
    screen_set_modes(screen, ENABLE_VIRTUAL_TERMINAL_INPUT, screen_state(screen).output_mode);
    struct desk writer = sit_down(screen, ARGS("writer", "-n", name), name);
    while (!(screen_state(screen).input_mode & ENABLE_LINE_INPUT) &&
           process_running(writer.process))
        Sleep(1);
    test_check(!(screen_state(screen).input_mode & ENABLE_VIRTUAL_TERMINAL_INPUT),
               "arrow keys are not turned into sequences while writer reads");
    screen_type(screen, "typed\r");
    test_reads(name, "typed\r\n", "lines are read whatever the mode was");
    screen_ctrl_c(screen);
    expect_end(&writer, "Ctrl+C after another mode");

    screen = screen_open();
    screen_set_modes(screen, ENABLE_VIRTUAL_TERMINAL_INPUT, screen_state(screen).output_mode);
    struct desk reader = sit_down(screen, ARGS("reader", "-n", name), name);
    screen_wait(screen, "nothing is there", ENOUGH_MS);
    while (screen_state(screen).input_mode != 0 && process_running(reader.process))
        Sleep(1);
    test_equal(screen_state(screen).input_mode, 0, "nor while reader does");
    screen_type(screen, "q");
    expect_end(&reader, "q after another mode");
}

/* Appends to a text what is to be sent, and to another how it is to be shown. */
static void add_obeyed(char *sent, char *shown, unsigned character)
{
    wchar_t wide[] = {(wchar_t)character, L'\0'};
    char *utf8 = test_narrow(wide, 1);
    strcat(sent, utf8);
    sprintf(shown + strlen(shown), character < 0x100 ? "\\x%02x" : "\\u%04x", character);
    free(utf8);
}

/* The screen as one line. */
static char *read_joined(struct screen *screen)
{
    char *text = _strdup(screen_read(screen)), *to = text;
    for (const char *from = text; *from != '\0'; from++)
        if (*from != '\n')
            *to++ = *from;
    *to = '\0';
    return text;
}

/* Nothing in a text or a name is obeyed: all of C0 and C1 and DEL, commands of terminals, and what
 * turns the direction of what follows. Marks that turn nothing are shown as they are. */
static void test_all_controls(void)
{
    static const char commands[] = "\033]0;title\007\033P$q\033\\\033[?25l";
    static const char marks[] = "\342\200\216\342\200\250.";
    char sent[512] = "<", shown[1024] = "<";
    const char *name = test_unique_name();
    for (unsigned c = 1; c < 0xA0; c++)
        if ((c < 0x20 || c >= 0x7F) && c != '\t' && c != '\n')
            add_obeyed(sent, shown, c);
    for (unsigned c = 0x202A; c <= 0x202E; c++)
        add_obeyed(sent, shown, c);
    for (unsigned c = 0x2066; c <= 0x2069; c++)
        add_obeyed(sent, shown, c);
    strcat(strcat(sent, commands), marks);
    strcat(strcat(shown, "\\x1b]0;title\\x07\\x1bP$q\\x1b\\\\x1b[?25l"), marks);
    struct process *writer = process_keep(name, sent);
    struct desk reader = sit_down(screen_open(), ARGS("reader", "-n", name), name);
    screen_wait(reader.screen, "?25l", ENOUGH_MS);
    char *screen = read_joined(reader.screen);
    test_contains(screen, shown, "no control character of a text reaches a terminal");
    free(screen);
    process_free(reader.process);
    screen_free(reader.screen);
    process_free(writer);

    struct desk refused = sit_down(screen_open(), ARGS("reader", "-1q", "-n", sent), "reader: ");
    process_wait(refused.process, ENOUGH_MS);
    screen = read_joined(refused.screen);
    test_contains(screen, shown, "and none of a name");
    free(screen);
    process_free(refused.process);
    screen_free(refused.screen);
}

static void test_one_column(void)
{
    const char *name = test_unique_name();
    struct screen *screen = screen_open();
    HANDLE out = screen_attach(screen, false);
    SMALL_RECT window = {0, 0, 0, 4};
    if (!SetConsoleWindowInfo(out, TRUE, &window) ||
        !SetConsoleScreenBufferSize(out, (COORD){1, 400})) {
        test_skip("a console of one column", "no console here is that narrow");
        screen_free(screen);
        return;
    }
    struct desk writer = {screen, screen_state(screen),
                          process_start_on(screen, ARGS("writer", "-n", name))};
    screen_type(screen, "n共\r\x1a");
    test_check(process_wait(writer.process, ENOUGH_MS) && process_status(writer.process) == 0,
               "writer takes a line in one column");
    process_free(writer.process);
    struct process *holder = process_keep(name, "n\x1b共🙂");
    struct desk reader = {screen, writer.before,
                          process_start_on(screen, ARGS("reader", "-q", "-n", name))};
    test_check(screen_wait(screen, "n\n\\\nx\n1\nb\n共\n", ENOUGH_MS), "and reader shows it there");
    screen_type(screen, "q");
    expect_end(&reader, "q in one column");
    process_free(holder);
}

void test_main(void)
{
    test_typed_line();
    test_ways_to_end();
    test_given_up();
    test_refused_line();
    test_key_in_time();
    test_missed();
    test_terminal_pipe();
    test_strange_mode();
    test_all_controls();
    test_one_column();
}
