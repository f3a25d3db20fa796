/*
 * Each Win32 call and allocation of both programs fails in turn, in each way of use: the program
 * ends in time with status 2 and says what it could not do, or goes on where it may, and never with
 * a handle left. faults.h has the functions, faults.c makes them fail.
 * Calls from a place that has failed already in another way of use are left out, unless
 * STRESS_FAULTS is in the environment.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "lock.h"

#define NAME_OF(handles, type, name, failure, parameters, arguments, why) #name,
#define WHY_OF(handles, type, name, failure, parameters, arguments, why)  why,
static const char *const names[] = {FAULTS(NAME_OF) ALLOCATIONS(NAME_OF)};
static const char *const whys[] = {FAULTS(WHY_OF) ALLOCATIONS(WHY_OF)};

enum program { WRITER, READER };
/* Whose the name is, and the lock: a writer's that lives, or has died, or a stranger has the queue.
 */
enum place { FREE, HELD, LOCKED, TAKEN, LEFT, GLOBAL, JOB };

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
    {WRITER, TAKEN, "-n @ -t 2.2 text", "", NULL, false},
    {WRITER, LEFT, "-n @ text", "", NULL, false},
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
static bool failed_at[2][FAULT_COUNT][1 << 16]; /* by address in the image */
static LONG loads[2][FAULT_COUNT];

struct run {
    int status;
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

static struct run run_at_console(const struct way *way, const char *const *arguments)
{
    struct screen *screen = screen_open();
    screen_set_modes(screen, 0, screen_state(screen).output_mode);
    struct process_setup setup = {.arguments = arguments,
                                  .screen = screen,
                                  .in = way->input != NULL ? STREAM_PIPE : STREAM_CONSOLE,
                                  .out = STREAM_CONSOLE,
                                  .err = STREAM_CONSOLE,
                                  .input = way->input,
                                  .input_bytes = way->input != NULL ? strlen(way->input) : 0};
    struct process *process = process_start_as(&setup);
    screen_type(screen, way->keys);
    struct run run = {process_wait(process, ENOUGH_MS) ? process_status(process) : -1, _strdup(""),
                      read_screen(screen)};
    process_free(process);
    screen_free(screen);
    return run;
}

#define NOBODY 1 /* no process has this number: they are multiples of 4 */

static struct message_region left_region; /* whose last writer has died */

/* Uses the program in this way; the given call of the function fails, from 1, none if it is 0. */
static struct run use(const struct way *way, const char *name, int function, LONG call)
{
    char line[256], *at = line;
    const char *arguments[16] = {way->program == WRITER ? "faulty_writer" : "faulty_reader"};
    int count = 1;
    if (way->place == LEFT)
        message_take(left_region, message_holder(left_region), NOBODY);
    memset(faults, 0, sizeof *faults);
    faults->function = function;
    faults->call = call;
    for (const char *from = way->options; *from != '\0'; from++)
        at += *from == '@' ? sprintf(at, "%s", name) : (*at = *from, 1);
    *at = '\0';
    for (at = strtok(line, " "); at != NULL; at = strtok(NULL, " "))
        arguments[count++] = at;
    if (way->keys != NULL)
        return run_at_console(way, arguments);
    struct result got = {0};
    process_run(arguments, way->input, &got);
    struct run run = {got.status, _strdup(got.out), _strdup(got.err)};
    process_free(got.process);
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
    const char *why = whys[function];
    if (why != NULL && strncmp(why, "reader: ", 8) == 0 && way->program != READER)
        why = NULL;
    bool closing = strcmp(names[function], "CloseHandle") == 0 ||
                   strcmp(names[function], "NtClose") == 0 ||
                   strcmp(names[function], "UnmapViewOfFile") == 0;
    bool left = faults->returned && faults->left != closing;
    return !left && ((run->status == 2 && told) || (why != NULL && (went_on || refused)));
}

static int try_calls(const struct way *way, const char *name, const struct run *usual,
                     const struct faults *seen, int function)
{
    int tried = 0;
    for (LONG call = 1; call <= seen->calls[function] && call <= FAULT_CALLS; call++) {
        DWORD site = seen->sites[function][call - 1] & 0xffff;
        if (failed_at[way->program][function][site] && getenv("STRESS_FAULTS") == NULL)
            continue;
        struct run run = use(way, name, function, call);
        failed_at[way->program][function][site] = true;
        tried++;
        if (!is_right(way, &run, usual, function))
            test_check(false,
                       "%s %s, %s number %ld from %lx fails: status %d, usually %d; %ld left; %s",
                       way->program == WRITER ? "writer" : "reader", way->options, names[function],
                       call, site, run.status, usual->status, faults->left, run.err);
        free_run(&run);
    }
    return tried;
}

static void try_way(const struct way *way)
{
    const char *name = test_unique_name();
    struct process *holder = NULL;
    HANDLE other = NULL;
    if (way->place == HELD) {
        struct result got = {0};
        holder = process_start(ARGS("writer", "-n", name, "-q", "--keep", "held"));
        process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    } else if (way->place == JOB) {
        other = CreateJobObjectA(NULL, name);
    }
    struct mapping mapping = {0};
    struct lock taken = {0};
    if (way->place == TAKEN || way->place == LEFT) {
        bool died;
        mapping_create(&mapping, name, MAPPING_SIZE, false, MAPPING_WRITE);
        left_region = (struct message_region){mapping.view, mapping.bytes / sizeof(shared_word)};
        message_adopt(left_region, MAPPING_SIZE, true);
        if (way->place == TAKEN && (lock_open(&taken, mapping.name) != ERROR_SUCCESS ||
                                    lock_take(&taken, left_region, 0, &died) != ERROR_SUCCESS))
            test_bail("cannot take the lock");
    }
    if (way->place == LOCKED) {
        char lock[64];
        sprintf(lock, "%s.writer", name);
        other = CreateMutexA(NULL, TRUE, lock);
    }
    if (way->place == GLOBAL) {
        char global[64];
        sprintf(global, "Global\\%s", name);
        other = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 256, global);
    }
    struct run usual = use(way, name, 0, 0);
    struct faults seen = *faults;
    int tried = 0;
    if (seen.unknown[0] != '\0')
        test_check(false, "%s is a call of Windows that faults.h does not have", seen.unknown);
    for (int function = 0; function < FAULT_COUNT; function++) {
        loads[way->program][function] = seen.loads[function];
        tried += try_calls(way, name, &usual, &seen, function);
    }
    if (!test_check(usual.status >= 0 && seen.left == 0 && seen.returned, "%s %s: %d faults",
                    way->program == WRITER ? "writer" : "reader", way->options, tried))
        test_note("status %d, %ld left, %s", usual.status, seen.left, usual.err);
    free_run(&usual);
    lock_close(&taken);
    mapping_close(&mapping);
    if (holder != NULL)
        process_free(holder);
    if (other != NULL)
        CloseHandle(other);
}

/* Places that nothing can bring to run here. */
static const struct {
    enum program program;
    const char *function;
    long places;
    const char *why;
} unreached[] = {
    {WRITER, "OpenFileMappingW", 1, "the hint on a name in the other namespace: it creates"},
    {WRITER, "CloseHandle", 1, "the same"},
    {READER, "SetConsoleMode", 1, "the reader leaves the mode as it is"},
};

static long unreached_places(enum program program, int function)
{
    long places = 0;
    for (size_t i = 0; i < sizeof unreached / sizeof unreached[0]; i++)
        if (unreached[i].program == program && strcmp(unreached[i].function, names[function]) == 0)
            places += unreached[i].places;
    return places;
}

/* Every place in the code that calls one of the functions has failed. */
static void test_coverage(enum program program)
{
    long places = 0, covered = 0;
    for (int function = 0; function < FAULT_COUNT; function++) {
        long failed = 0;
        for (int site = 0; site < 1 << 16; site++)
            failed += failed_at[program][function][site];
        long expected = loads[program][function] - unreached_places(program, function);
        if (loads[program][function] == 0)
            expected = failed; /* looked up late: nothing in the code refers to it */
        places += expected;
        covered += failed;
        if (failed != expected)
            test_note("%s: %ld of %ld places failed", names[function], failed, expected);
    }
    test_equal(covered, places, "%s: every place that calls has failed",
               program == WRITER ? "writer" : "reader");
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_time_limit(900);
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                        sizeof *faults, test_unique_name());
    faults = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    char name[32];
    sprintf(name, "T%lu.1", GetCurrentProcessId());
    SetEnvironmentVariableA(FAULTS_VARIABLE, name);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        try_way(&ways[i]);
    test_coverage(WRITER);
    test_coverage(READER);
}
