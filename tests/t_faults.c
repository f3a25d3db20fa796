/*
 * Each Win32 call and allocation of both programs fails in turn, in each way of use: the program
 * ends in time with status 2 and says what it could not do, or goes on where it may, and never with
 * a handle left. faults.h has the functions, faults.c makes them fail. Of each function the first
 * calls are tried, all of them with STRESS_FAULTS in the environment.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "mapping.h"

/* As in faults.h. */
static const struct function {
    const char *effect, *name, *why;
} functions[] = {
#define FUNCTION(effect, name, count, failure, why) {#effect, #name, why},
    FAULTS(FUNCTION) ALLOCATIONS(FUNCTION)};

enum program { WRITER, READER };
static const char *const programs[] = {"faulty_writer", "faulty_reader"};
/* Whose the name is: nobody's, a writer's that keeps its text, a stranger's that has the lock, ...
 */
enum place { FREE, HELD, LOCKED, GLOBAL, JOB };

#define MOST_CALLS 3 /* of one function in one way of use */

/* A way of use. In the options @ is the name. */
static const struct way {
    enum program program;
    enum place place;
    const char *options;
    const char *input; /* piped; NULL: from the console */
    const char *keys;  /* NULL: there is no console */
    bool varies;       /* what is printed does, with what could be found out */
} ways[] = {
    {WRITER, HELD, "-n @ text", "", NULL, false},
    {WRITER, HELD, "-n @", "one\ntwo\n", NULL, false},
    {WRITER, HELD, "-n @ --plain text", "", NULL, false},
    {WRITER, HELD, "-n @ -e latin-1 text", "", NULL, false},
    {WRITER, HELD, "-n @ -e ansi text", "", NULL, false},
    {WRITER, HELD, "-n @ --bogus", "", NULL, false},
    {WRITER, FREE, "-n @ --share -s 4K -t 0.2 text", "", NULL, false},
    {WRITER, FREE, "-n @ --until-read -t 0.1 text", "", NULL, false},
    {WRITER, FREE, "-n @ --keep text", "\n", NULL, false},
    {WRITER, FREE, "-n @ --plain -t 0 text", "", NULL, false},
    {WRITER, FREE, "-n @", NULL, "typed\r\x1a", false},
    {WRITER, FREE, "-n @ --keep text", NULL, "k", false},
    {WRITER, HELD, "-n @ --keep", "piped\n", "k", false},
    {WRITER, LOCKED, "-n @ -t 2.2 text", "", NULL, false},
    {WRITER, JOB, "-n @ text", "", NULL, true},
    {READER, HELD, "-n @ --once", "", NULL, false},
    {READER, HELD, "-n @ --once -e ansi", "", NULL, false},
    {READER, HELD, "-n @ --once -o 1", "", NULL, false},
    {READER, HELD, "-n @ --once --json", "", NULL, true},
    {READER, HELD, "-n @ --follow --count 2 -t 0.3", "", NULL, false},
    {READER, HELD, "-n @ --raw", "", NULL, false},
    {READER, HELD, "-n @ --hex", "", NULL, false},
    {READER, HELD, "-n @ --hex --follow -t 0.1", "", NULL, false},
    {READER, HELD, "-n @", "\nq\n", NULL, false},
    {READER, HELD, "-n @", NULL, " q", false},
    {READER, HELD, "-n @ --info", "", NULL, true},
    {READER, HELD, "-n @ --info --json", "", NULL, true},
    {READER, HELD, "--list *@", "", NULL, true},
    {READER, HELD, "--list *@ --json", "", NULL, true},
    {READER, HELD, "--help", "", NULL, false},
    {READER, FREE, "-n @ --wait -t 0.1", "", NULL, false},
    {READER, FREE, "-n @ --once", "", NULL, true},
    {READER, FREE, "", "q\n", NULL, false},
    {READER, LOCKED, "-n @ --once", "", NULL, true},
    {READER, GLOBAL, "-n @ --once", "", NULL, true},
    {READER, JOB, "-n @ --once", "", NULL, true},
};

static struct faults *faults;
static int replaced[2]; /* calls that were made to fail, by program */

struct run {
    int status;
    bool restored; /* the console's mode */
    char *out, *err;
};

static void free_run(struct run *run)
{
    free(run->out);
    free(run->err);
}

/* What is on the screen, as if it were not broken into rows. */
static char *read_screen(struct screen *screen)
{
    char *text = _strdup(screen_read(screen)), *to = text;
    for (const char *from = text; *from != '\0'; from++)
        if (*from != '\n')
            *to++ = *from;
    *to = '\0';
    return text;
}

/* Uses the program in this way; the given call of the function fails, from 1, none if it is 0; and
 * all that open or allocate from one on. */
static struct run use(const struct way *way, const char *name, int function, LONG call,
                      LONG scarce_from)
{
    char line[256], *at = line;
    const char *arguments[16] = {programs[way->program]};
    int count = 1;
    memset(faults, 0, sizeof *faults);
    faults->function = function;
    faults->call = call;
    faults->scarce_from = scarce_from;
    for (const char *from = way->options; *from != '\0'; from++)
        at += *from == '@' ? sprintf(at, "%s", name) : (*at = *from, 1);
    *at = '\0';
    for (at = strtok(line, " "); at != NULL; at = strtok(NULL, " "))
        arguments[count++] = at;
    struct process_setup setup = {.arguments = arguments,
                                  .input = way->input,
                                  .input_bytes = way->input != NULL ? strlen(way->input) : 0};
    if (way->keys != NULL) {
        setup.screen = screen_open();
        screen_set_modes(setup.screen, 0, screen_state(setup.screen).output_mode);
        setup.in = way->input != NULL ? STREAM_PIPE : "CONIN$";
        setup.out = setup.err = "CONOUT$";
    }
    struct process *process = process_start_as(&setup);
    if (way->keys != NULL)
        screen_type(setup.screen, way->keys);
    struct run run = {.status = process_wait(process, ENOUGH_MS) ? process_status(process) : -1};
    run.out = _strdup(process_output(process));
    run.restored = way->keys == NULL || screen_state(setup.screen).input_mode == 0;
    run.err = way->keys != NULL ? read_screen(setup.screen) : _strdup(process_errors(process));
    process_free(process);
    if (way->keys != NULL)
        screen_free(setup.screen);
    return run;
}

/* True if what follows a fault is right; `usual` is what happens without it. */
static bool is_right(const struct way *way, const struct run *run, const struct run *usual,
                     int function)
{
    bool told = strstr(run->err, ": cannot ") != NULL && strstr(run->err, "(error ") != NULL;
    bool refused = run->status == 1 && strstr(run->err, "it was not sent") != NULL;
    bool went_on = run->status == usual->status &&
                   (way->varies || way->keys != NULL || strcmp(run->out, usual->out) == 0);
    const char *why = functions[function].why;
    if (why != NULL && strncmp(why, "reader: ", 8) == 0 && way->program != READER)
        why = NULL;
    bool closing = strstr(functions[function].effect, "CLOSES") != NULL;
    bool left = faults->returned && faults->left != closing;
    bool restored = run->restored || function == FAULT_SetConsoleMode;
    return !left && restored &&
           ((run->status == 2 && told) || (why != NULL && (went_on || refused)));
}

static int try_calls(const struct way *way, const char *name, const struct run *usual,
                     const struct faults *seen, int function)
{
    int tried = 0;
    LONG most = getenv("STRESS_FAULTS") != NULL ? 1000 : way->keys != NULL ? 1 : MOST_CALLS;
    for (LONG call = 1; call <= seen->calls[function] && call <= most; call++) {
        struct run run = use(way, name, function, call, 0);
        tried++;
        if (!is_right(way, &run, usual, function))
            test_check(false, "%s %s, %s number %ld fails: status %d, usually %d; %ld left; %s",
                       programs[way->program], way->options, functions[function].name, call,
                       run.status, usual->status, faults->left, run.err);
        free_run(&run);
    }
    return tried;
}

/* Lines of the program, each with its name in front. */
static bool is_lines_of(const char *text, const char *name, int most)
{
    int lines = 0;
    for (; *text != '\0' && lines <= most; text = strchr(text, '\n') + 1, lines++)
        if (strncmp(text, name, strlen(name)) != 0 || strchr(text, '\n') == NULL)
            return false;
    return lines <= most;
}

/* Memory and handles are out from one call on, as they are where another program takes them all:
 * what fails then fails again where it is told. The last calls are tried densest, as all fail alike
 * at the command line. */
static int try_scarcity(const struct way *way, const char *name, const struct run *usual, LONG most)
{
    int tried = 0;
    const char *head = way->program == WRITER ? "writer: " : "reader: ";
    LONG step = getenv("STRESS_FAULTS") != NULL ? most : way->keys != NULL ? 1 : 3;
    for (LONG from = most; from > 0; from -= 1 + (most - from) / step) {
        struct run run = use(way, name, 0, 0, from);
        bool told = strstr(run.err, ": cannot ") != NULL && strstr(run.err, "(error ") != NULL;
        bool refused = run.status == 1 && strstr(run.err, "it was not sent") != NULL;
        bool went_on = run.status == usual->status &&
                       (way->varies || way->keys != NULL || strcmp(run.out, usual->out) == 0);
        bool right = ((run.status == 2 && told) || went_on || refused) && run.restored &&
                     faults->left == 0 && (way->keys != NULL || is_lines_of(run.err, head, 3));
        tried++;
        if (!right)
            test_check(false,
                       "%s %s, nothing left from allocation %ld of %ld on: status %d, usually %d; "
                       "%ld left; %s",
                       programs[way->program], way->options, from, most, run.status, usual->status,
                       faults->left, run.err);
        free_run(&run);
    }
    return tried;
}

static void try_way(const struct way *way)
{
    const char *name = test_unique_name();
    struct process *holder = NULL;
    HANDLE other = NULL;
    if (way->place == GLOBAL && !test_has_global("a mapping under Global\\"))
        return;
    if (way->place == HELD) {
        holder = process_keep(name, "held");
    } else if (way->place == LOCKED) {
        object_create(&other, OBJECT_MUTEX, 0, 0, name, ".writer", NULL);
        lock_take(other, INFINITE);
    } else if (way->place == GLOBAL) {
        char global[64];
        sprintf(global, "Global\\%s", name);
        other = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 256, global);
    } else if (way->place == JOB) {
        other = CreateJobObjectA(NULL, name);
    }
    struct run usual = use(way, name, 0, 0, 0);
    struct faults seen = *faults;
    int tried = 0;
    if (seen.unknown[0] != '\0')
        test_check(false, "%s is a call of Windows that faults.h does not have", seen.unknown);
    /* A console that is taken for a file has no end. */
    if (way->keys != NULL)
        seen.calls[FAULT_GetConsoleMode] = 0;
    for (int function = 0; function < FAULT_COUNT; function++)
        tried += try_calls(way, name, &usual, &seen, function);
    tried += try_scarcity(way, name, &usual, seen.scarce);
    replaced[way->program] += tried;
    if (!test_check(usual.status >= 0 && seen.left == 0 && seen.returned, "%s %s: %d faults",
                    programs[way->program], way->options, tried))
        test_note("status %d, %ld left, %s", usual.status, seen.left, usual.err);
    free_run(&usual);
    if (holder != NULL)
        process_free(holder);
    if (other != NULL)
        CloseHandle(other);
}

void test_main(void)
{
    test_time_limit(900);
    const char *name = test_unique_name();
    HANDLE mapping =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof *faults, name);
    faults = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    SetEnvironmentVariableA(FAULTS_VARIABLE, name);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        try_way(&ways[i]);
    test_check(replaced[WRITER] > 100 && replaced[READER] > 100,
               "calls were replaced in both programs");
}
