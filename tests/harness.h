/*
 * The test harness: every tests/NAME.c is one Win32 program that prints TAP and is run by prove.
 *
 * A test defines test_main and nothing else; the harness has wmain, prints the plan at the end and
 * sets the exit status. All text is UTF-8, on the way in and out. What cannot go wrong in a working
 * test - a program that does not start, no memory - ends it with `Bail out!`. Everything the test
 * started dies with it: all of it lies in one job object.
 *
 *     void test_main(int argc, char **argv)
 *     {
 *         const char *name = test_unique_name();
 *         struct process *writer = process_start(ARGS("writer", "-n", name, "hello"));
 *         process_run(ARGS("reader", "-n", name, "--wait"), NULL);
 *         test_equal(got.status, 0, "--wait finds a message");
 *         test_contains(got.out, "hello", "and prints it");
 *         ...
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

struct mapping;
struct mapping_control;

/* A bound for what is expected to happen: reached only by a test that fails. */
#define ENOUGH_MS 10000

/* The test. */
void test_main(void);
/* What a test does that has started itself, with words: ARGS("self", "role", ...). Only where it is
 * needed. */
void test_helper(int argc, char **argv);

/* ---- harness.c: TAP ---- */

/* Each check prints one line and returns whether it held. The name is what should be true, as a
 * printf format. */
#define test_check(condition, ...) TEST_VERDICT(test_holds((condition), #condition), __VA_ARGS__)
#define test_equal(found, expected, ...)                                                           \
    TEST_VERDICT(test_same_number((found), (expected)), __VA_ARGS__)
#define test_text(found, expected, ...)                                                            \
    TEST_VERDICT(test_same_text((found), (expected)), __VA_ARGS__)
#define test_bytes(found, found_bytes, expected, expected_bytes, ...)                              \
    TEST_VERDICT(test_same_bytes((found), (found_bytes), (expected), (expected_bytes)), __VA_ARGS__)
#define test_contains(found, part, ...) TEST_VERDICT(test_finds((found), (part), true), __VA_ARGS__)
#define test_lacks(found, part, ...)    TEST_VERDICT(test_finds((found), (part), false), __VA_ARGS__)

/* Each compares, and keeps what was compared for the verdict, which shows it if that is false. */
bool test_holds(bool holds, const char *expression);
bool test_same_number(long long found, long long expected);
bool test_same_text(const char *found, const char *expected);
bool test_same_bytes(const void *found, size_t found_bytes, const void *expected,
                     size_t expected_bytes);
bool test_finds(const char *found, const char *part, bool wanted);

#define TEST_PRINTF(position)    __attribute__((format(ms_printf, position, position + 1)))
#define TEST_VERDICT(holds, ...) test_verdict((holds), __FILE__, __LINE__, __VA_ARGS__)
bool test_verdict(bool holds, const char *file, int line, const char *name, ...) TEST_PRINTF(4);

/* A check that cannot be made here, and why: `ok N - name # SKIP why`. */
void test_skip(const char *name, const char *why);
/* A line for whoever reads the log: `# ...`. */
void test_note(const char *format, ...) TEST_PRINTF(1);
/* Gives up: `Bail out! ...`, everything the test started is ended, exit 255. */
__attribute__((noreturn)) void test_bail(const char *format, ...) TEST_PRINTF(1);
/* The watchdog bails out so many seconds from now; 120 from the start unless this is called. */
void test_time_limit(unsigned seconds);
/* The version of Wine, such as 8; 0 on Windows. */
int test_wine(void);
/* False where nothing can be made under Global\, for want of the privilege as in an ordinary
 * prompt, or where that is the same as Local\, in the session of services. `what` is skipped then.
 */
bool test_has_global(const char *what);
/* A program of the other width, as the first of ARGS; NULL if it was not built or does not run
 * here, and `why`. Valid until the end. */
const char *test_other_width(const char *program, const char **why);
/* A name for a mapping that no other test and no other call gets, `T<process id>.<counter>`. Valid
 * until the end. */
const char *test_unique_name(void);
/* Waits until no other test uses the mapping that has the documented name, until this test ends. */
void test_take_default_name(void);
/* The control data at the end of a mapping's view, for tests that play with it. */
struct mapping_control *test_control(const struct mapping *mapping);
/* How often the part occurs; and the numbers behind it, summed up. */
long test_count(const char *text, const char *part);
long test_sum(const char *text, const char *part);
/* UTF-8 to UTF-16 and back. NUL-terminated, to be freed. */
wchar_t *test_widen(const char *text);
char *test_narrow(const wchar_t *text, size_t units);

/* Another program's mapping, which is the test's own, with a view of all of it. `sddl` tells who
 * may use it; NULL: as by default. */
struct foreign {
    HANDLE section;
    char *view;
};
struct foreign test_publish(const char *name, DWORD bytes, const char *sddl);
void test_withdraw(struct foreign *foreign);

/* A named pipe that holds not a byte, and the path that makes it a stream of a program. */
#define TEST_PATH 80
HANDLE test_pipe(const char *name, char path[TEST_PATH]);

/* ---- harness_start.c, harness_process.c: programs under test ---- */

/* The arguments of a program, the program first: "writer", "reader" (in the folder above the test's
 * own, "..\\i686\\reader" in that beside it), "self", or anything that CreateProcess finds. */
#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* What a stream of a program is: the path of a file or device ("CONIN$" and "CONOUT$"
 * are those of process_setup.screen), or a pipe. */
#define STREAM_PIPE   NULL /* fed or captured by the harness */
#define STREAM_BROKEN ""   /* a pipe whose other end is closed */
#define STREAM_NUL    "NUL"
#define STREAM_NONE   "-" /* no handle at all */

struct screen;

struct process_setup {
    const char *const *arguments;
    struct screen *screen; /* the console of the program; NULL: it has none */
    bool new_console;      /* but one of its own, without a window */
    const char *in, *out, *err;
    const void *input; /* what is written into the pipe before its end; NULL: it stays open */
    size_t input_bytes;
    size_t output_limit; /* close our end of its stdout after so many bytes; 0: never */
};

struct capture {
    HANDLE pipe, thread;
    char *volatile bytes; /* NUL-terminated */
    volatile size_t used;
    size_t room, limit;
};

struct process {
    HANDLE handle;
    DWORD id;
    HANDLE input; /* our end of its stdin; NULL when closed */
    struct capture out, err;
};

/* What the program of the last process_run left behind. */
extern struct result {
    int status;            /* exit status; -1: not ended in time, and killed */
    const char *out, *err; /* NUL-terminated */
    size_t out_bytes, err_bytes;
    DWORD elapsed_ms;
} got;

/* Starts a program with pipes, its stdin open, and without a console. */
struct process *process_start(const char *const *arguments);
/* Starts a program on a console, all three streams there. */
struct process *process_start_on(struct screen *screen, const char *const *arguments);
/* Starts a program in any other way; returns when it has taken its input, but for what fits into a
 * pipe. */
struct process *process_start_as(const struct process_setup *setup);
/* Starts, feeds (input may be NULL: no input at all), waits for ENOUGH_MS at most; returns the exit
 * status. */
int process_run(const char *const *arguments, const char *input);
/* The same for any set-up and bound; input NULL there leaves stdin open. */
int process_run_as(const struct process_setup *setup, DWORD timeout_ms);

/* Blocks while the pipe is full. False when the program has closed its end. */
bool process_write(struct process *process, const void *bytes, size_t count);
bool process_type(struct process *process, const char *text);
void process_close_input(struct process *process);

/* What came so far, NUL-terminated; valid until process_free. */
const char *process_output(struct process *process);
const char *process_errors(struct process *process);
/* Wait until the stream contains the text; false after timeout_ms, or as soon as it cannot come any
 * more. */
bool process_wait_output(struct process *process, const char *part, DWORD timeout_ms);
bool process_wait_errors(struct process *process, const char *part, DWORD timeout_ms);

/* Waits for the end, and for all of its output; false after timeout_ms. */
bool process_wait(struct process *process, DWORD timeout_ms);
bool process_running(struct process *process);
/* The exit status, -1 while it runs. What ended by an exception has its code, a negative number. */
int process_status(struct process *process);
/* Ends it at once (TerminateProcess, status 99) and waits until it is gone. */
void process_kill(struct process *process);
/* Kills it if it runs, and lets go of everything. */
void process_free(struct process *process);

/* A check: it ends in time, with this status. Frees it. */
#define test_ends(process, status, ...)                                                            \
    TEST_VERDICT(process_ended((process), (status)), __VA_ARGS__)
bool process_ended(struct process *process, int status);
/* A check: this is what reader prints as soon as something is there. */
#define test_reads(name, expected, ...) TEST_VERDICT(process_reads((name), (expected)), __VA_ARGS__)
bool process_reads(const char *name, const char *expected);
/* A writer that keeps the text there; it is there when this returns. */
struct process *process_keep(const char *name, const char *text);

DWORD process_handles(struct process *process);
size_t process_private_bytes(struct process *process);
/* Milliseconds of a processor that all threads of a program that runs, or one, have used. */
DWORD process_used_ms(const struct process *process);
DWORD test_thread_ms(HANDLE thread);
ULONGLONG test_ms(FILETIME time);

/* ---- harness_screen.c: consoles ---- */

/* A new console without a window, with a process of the harness on it that keeps it until
 * screen_free: so what a program left on the screen and in the modes can still be read when it has
 * ended. */
struct screen *screen_open(void);
/* Ends whatever runs there. */
void screen_free(struct screen *screen);

/* Keys. In text \r or \n is Enter, \b backspace, \t tab, \x1b Esc, other control characters Ctrl
 * and their letter; a surrogate pair arrives as two key events. */
void screen_type(struct screen *screen, const char *text);
/* One key, pressed and released: its virtual-key code, its UTF-16 unit or 0, LEFT_CTRL_PRESSED and
 * the like. */
void screen_key(struct screen *screen, WORD virtual_key, wchar_t unit, DWORD state);
/* Half of that. */
void screen_event(struct screen *screen, bool down, WORD virtual_key, wchar_t unit, DWORD state);

/* The signals, to every program on the console. */
bool screen_ctrl_c(struct screen *screen);
bool screen_ctrl_break(struct screen *screen);
/* What the programs see when the user closes the window. */
bool screen_close_window(struct screen *screen);
/* What a service's programs see when any user logs off. */
bool screen_log_off(struct screen *screen);

/* The screen as lines, each ended by \n, blanks at their ends and blank lines at the end left out;
 * valid until the next call for the same screen. A longer line than the screen is wide goes on in
 * the next row. */
const char *screen_read(struct screen *screen);
bool screen_wait(struct screen *screen, const char *part, DWORD timeout_ms);
/* The same, but counted: until the text is there at least so many times. */
bool screen_wait_count(struct screen *screen, const char *part, unsigned count, DWORD timeout_ms);

struct screen_state {
    DWORD input_mode, output_mode; /* GetConsoleMode */
};
struct screen_state screen_state(struct screen *screen);
void screen_set_modes(struct screen *screen, DWORD input_mode, DWORD output_mode);

/* ---- between the files of the harness ---- */

extern HANDLE test_job;   /* every process goes into it: they die with the test */
wchar_t *test_self(void); /* the path of the test's own executable */
/* realloc and calloc that bail out. */
void *test_room(void *memory, size_t bytes);
void *test_zeros(size_t bytes);
/* Opens a file, which is created if need be, or device, to read and write. */
HANDLE test_open(const char *path, bool inherited);
/* Attaches the harness to a console: its CONIN$ or CONOUT$, which the harness keeps. */
HANDLE screen_attach(struct screen *screen, bool input);
int screen_hold(void); /* the process that keeps a console */

#endif
