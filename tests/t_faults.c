/*
 * Each Win32 call and allocation of both programs fails in turn, in each way of use: the program
 * ends in time with status 2 and says what it could not do, or goes on where it may, and never with
 * a handle left. faults.h has the functions, faults.c makes them fail. A call that is reached by
 * the same way through the program, in several ways of use, is tried in the first of them; each
 * time with STRESS_FAULTS in the environment.
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
/* What is at the name: nothing, a text that is kept, that and a follower, a lock that is held, ...
 */
enum place { FREE, HELD, FOLLOWED, LOCKED, TURN, KEPT, GLOBAL, OTHER_KIND, PLACES };

/* A way of use. In the options @ is the name. */
static const struct way {
    enum program program;
    enum place place;
    const char *options;
    const char *input; /* piped; NULL: from the console */
    const char *keys;  /* NULL: there is no console */
    bool varies;       /* what is printed does, with what could be found out */
    bool fresh;        /* a new text is put there before */
} ways[] = {
    {WRITER, FOLLOWED, "-n @ text", "", NULL, false, false},
    {WRITER, FOLLOWED, "-n @", "one\ntwo\n", NULL, false, false},
    {WRITER, HELD, "-n @ -t 0.35 text", "", NULL, false, false},
    {WRITER, HELD, "-n @ --no-wait", "one\ntwo\n", NULL, false, false},
    {WRITER, HELD, "-n @ --plain text", "", NULL, false, false},
    {WRITER, HELD, "-n @ --no-wait -e latin-1 text", "", NULL, false, false},
    {WRITER, HELD, "-n @ --no-wait -e ansi text", "", NULL, false, false},
    {WRITER, HELD, "-n @ --no-wait --from 936", "\271\262\n", NULL, false, false},
    {WRITER, HELD, "-n @ --no-wait", "\201\n", NULL, false, false},
    {WRITER, HELD, "-n @ --no-wait --whole", "a\nb\n", NULL, false, false},
    {WRITER, FREE, "-n @ --no-wait -q -s 64K --env PATH", "", NULL, false, false},
    {WRITER, HELD, "-n @ --bogus", "", NULL, false, false},
    {WRITER, FREE, "-n @ --share -s 4K -t 0 text", "", NULL, false, false},
    {WRITER, FREE, "-n @ --keep -t 0", "one\n", NULL, false, false},
    {WRITER, KEPT, "-n @ --release -t 0.02", "", NULL, false, false},
    {WRITER, FREE, "-n @", NULL, "typed\r\x1a", false, false},
    {WRITER, FREE, "-n @ --keep text", NULL, "k", false, false},
    {WRITER, LOCKED, "-n @ -t 0.35 text", "", NULL, false, false},
    {WRITER, TURN, "-n @ -t 0.35 text", "", NULL, false, false},
    {WRITER, OTHER_KIND, "-n @ text", "", NULL, true, false},
    {READER, HELD, "-n @ --once", "", NULL, false, false},
    {READER, HELD, "-n @ --once -e ansi", "", NULL, false, false},
    {READER, HELD, "-n @ --once --to ansi", "", NULL, false, false},
    {READER, HELD, "-n @ --once -o 1", "", NULL, false, false},
    {READER, HELD, "-n @ --once --json", "", NULL, true, false},
    {READER, HELD, "-n @ --take --once", "", NULL, false, true},
    {READER, HELD, "-n @ --follow --until-end --count 2 -t 0.1", "", NULL, false, false},
    {READER, HELD, "-n @ --follow --interval 1 -t 0.05", "", NULL, false, false},
    {READER, HELD, "-n @ --raw", "", NULL, false, false},
    {READER, HELD, "-n @ --hex -l 64", "", NULL, false, false},
    {READER, HELD, "-n @ --hex -l 64 --follow -t 0.05", "", NULL, false, false},
    {READER, HELD, "-n @ --once --field a=0:u8[4] --field 0:cp1252[4]", "", NULL, false, false},
    {READER, HELD, "-n @", "\nq\n", NULL, false, false},
    {READER, HELD, "-n @", NULL, " q", false, false},
    {READER, HELD, "-n @ --live", NULL, "q", true, false},
    {READER, HELD, "-n @ --info", "", NULL, true, false},
    {READER, HELD, "-n @ --info --json", "", NULL, true, false},
    {READER, HELD, "--list *@", "", NULL, true, false},
    {READER, HELD, "--list *@ --json", "", NULL, true, false},
    {READER, HELD, "--help", "", NULL, false, false},
    {READER, FREE, "-n @ --wait -t 0.1", "", NULL, false, false},
    {READER, FREE, "-n @ --once", "", NULL, true, false},
    {READER, FREE, "", "q\n", NULL, false, false},
    {READER, GLOBAL, "-n @ --once", "", NULL, true, false},
    {READER, OTHER_KIND, "-n @ --once", "", NULL, true, false},
};

/* Two programs run at a time, each with a name and a place of its own; one where there is a
 * console. */
enum { SLOTS = 2 };
struct trial {
    int function; /* the given call of it fails, from 1; none if it is 0 */
    LONG call;
    LONG scarce_from; /* and all that open or allocate from this one on; 0: none */
};
static struct slot {
    const char *faults_name, *name;
    struct faults *faults;
    struct process *holder, *follower;
    HANDLE other;
    struct process *process; /* NULL: none runs */
    struct screen *screen;
    struct trial trial;
} slots[SLOTS];

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

/* Starts the program in this way. */
static void start(struct slot *slot, const struct way *way, struct trial trial)
{
    char line[256], *at = line;
    const char *arguments[16] = {programs[way->program]};
    int count = 1;
    memset(slot->faults, 0, offsetof(struct faults, notes));
    slot->trial = trial;
    slot->faults->function = trial.function;
    slot->faults->call = trial.call;
    slot->faults->scarce_from = trial.scarce_from;
    if (way->fresh)
        process_run(ARGS("writer", "-n", slot->name, "--no-wait", "fresh"), NULL);
    for (const char *from = way->options; *from != '\0'; from++)
        at += *from == '@' ? sprintf(at, "%s", slot->name) : (*at = *from, 1);
    *at = '\0';
    for (at = strtok(line, " "); at != NULL; at = strtok(NULL, " "))
        arguments[count++] = at;
    struct process_setup setup = {.arguments = arguments,
                                  .input = way->input,
                                  .input_bytes = way->input != NULL ? strlen(way->input) : 0};
    if (way->keys != NULL) {
        slot->screen = setup.screen = screen_open();
        screen_set_modes(setup.screen, 0, screen_state(setup.screen).output_mode);
        setup.in = "CONIN$";
        setup.out = setup.err = "CONOUT$";
    }
    SetEnvironmentVariableA(FAULTS_VARIABLE, slot->faults_name);
    slot->process = process_start_as(&setup);
    if (way->keys != NULL)
        screen_type(setup.screen, way->keys);
}

/* Waits for its end. */
static struct run finish(struct slot *slot)
{
    struct process *process = slot->process;
    struct screen *screen = slot->screen;
    struct run run = {.status = process_wait(process, ENOUGH_MS) ? process_status(process) : -1,
                      .restored = screen == NULL || screen_state(screen).input_mode == 0};
    run.out = _strdup(process_output(process));
    run.err = screen != NULL ? read_screen(screen) : _strdup(process_errors(process));
    process_free(process);
    if (screen != NULL)
        screen_free(screen);
    slot->process = NULL;
    slot->screen = NULL;
    return run;
}

static bool has_gone_on(const struct way *way, const struct run *run, const struct run *usual)
{
    return run->status == usual->status &&
           (way->varies || way->keys != NULL || strcmp(run->out, usual->out) == 0);
}

/* It was told, as an error of the system or as a text that is rejected. */
static bool is_told(const struct run *run)
{
    return (run->status == 2 && strstr(run->err, ": cannot ") != NULL &&
            strstr(run->err, "(error ") != NULL) ||
           (run->status == 1 && strstr(run->err, "it was not sent") != NULL);
}

/* True if what follows a fault is right; `usual` is what happens without it. */
static bool is_right(const struct way *way, const struct slot *slot, const struct run *run,
                     const struct run *usual)
{
    int function = slot->trial.function;
    const char *why = functions[function].why;
    if (why != NULL && strncmp(why, "reader: ", 8) == 0 && way->program != READER)
        why = NULL;
    bool closing = strstr(functions[function].effect, "CLOSES") != NULL;
    bool left = slot->faults->returned && slot->faults->left != closing;
    bool restored = run->restored || function == FAULT_SetConsoleMode;
    bool told = is_told(run) && (run->status == 2 || why != NULL);
    /* What may be done without, and what ends in an error all the same. */
    bool minor = why != NULL || usual->status == 1 || !slot->faults->hit;
    bool explained = run->err[0] != '\0';
    return !left && restored && (told || (minor && (has_gone_on(way, run, usual) || explained)));
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
 * what fails then fails again where it is told. */
static bool is_right_in_scarcity(const struct way *way, const struct slot *slot,
                                 const struct run *run, const struct run *usual)
{
    const char *head = way->program == WRITER ? "writer: " : "reader: ";
    return (is_told(run) || has_gone_on(way, run, usual)) && run->restored &&
           slot->faults->left == 0 && (way->keys != NULL || is_lines_of(run->err, head, 4));
}

static void judge(const struct way *way, struct slot *slot, const struct run *usual)
{
    const struct trial *trial = &slot->trial;
    struct run run = finish(slot);
    bool scarce = trial->scarce_from != 0;
    bool right =
        scarce ? is_right_in_scarcity(way, slot, &run, usual) : is_right(way, slot, &run, usual);
    if (!right)
        test_check(false, "%s %s, %s number %ld fails: status %d, usually %d; %ld left; %s",
                   programs[way->program], way->options,
                   scarce ? "every allocation from" : functions[trial->function].name,
                   scarce ? trial->scarce_from : trial->call, run.status, usual->status,
                   slot->faults->left, run.err);
    free_run(&run);
}

/* Runs a trial in the next slot, after the one that is there has ended; with an empty trial all
 * that run are ended. */
static void try_one(const struct way *way, const struct run *usual, const struct trial *trial)
{
    static int next;
    int count = way->keys != NULL ? 1 : SLOTS;
    for (int i = 0; i < count; i++) {
        struct slot *slot = &slots[next++ % count];
        if (slot->process != NULL)
            judge(way, slot, usual);
        if (trial != NULL) {
            start(slot, way, *trial);
            return;
        }
    }
}

/* Whether a call was tried before, in this program; remembers it. */
static bool is_known(enum program program, LONG function, ULONG path)
{
    static struct {
        LONG function;
        ULONG path;
    } known[2][4096];
    static int count[2];
    for (int i = 0; i < count[program]; i++)
        if (known[program][i].function == function && known[program][i].path == path)
            return getenv("STRESS_FAULTS") == NULL;
    if (count[program] == 4096)
        test_bail("too many calls");
    known[program][count[program]].function = function;
    known[program][count[program]++].path = path;
    return false;
}

/* Tries each call that the usual run has noted; returns how many. */
static int try_calls(const struct way *way, const struct run *usual, const struct faults *seen)
{
    int tried = 0;
    LONG noted = seen->noted < MOST_NOTED ? seen->noted : MOST_NOTED;
    for (LONG i = 0; i < noted; i++) {
        struct trial trial = {seen->notes[i].function, seen->notes[i].call, 0};
        /* A console that is taken for a file has no end. */
        if (way->keys != NULL && trial.function == FAULT_GetConsoleMode)
            continue;
        /* To open a console takes time: there each function is tried once. */
        if (is_known(way->program, trial.function, way->keys == NULL ? seen->notes[i].path : 0))
            continue;
        try_one(way, usual, &trial);
        tried++;
    }
    /* The last calls are tried densest, as all fail alike at the command line. */
    LONG most = seen->scarce, parts = way->keys != NULL ? 1 : 2;
    for (LONG from = most; from > 0; from -= 1 + (most - from) / parts, tried++)
        try_one(way, usual, &(struct trial){0, 0, from});
    try_one(way, usual, NULL);
    return tried;
}

static void prepare(struct slot *slot, enum place place)
{
    char global[64];
    slot->name = test_unique_name();
    sprintf(global, "Global\\%s", slot->name);
    if (place == HELD || place == FOLLOWED)
        slot->holder = process_keep(slot->name, "held");
    if (place == FOLLOWED) {
        slot->follower = process_start(ARGS("reader", "-n", slot->name, "-f", "-q"));
        process_wait_output(slot->follower, "held", ENOUGH_MS);
    }
    if (place == LOCKED || place == TURN) {
        object_create(&slot->other, OBJECT_MUTEX, 0, 0, slot->name,
                      place == LOCKED ? ".writer" : ".turn", NULL);
        lock_take(slot->other, INFINITE);
    }
    if (place == KEPT)
        object_create(&slot->other, OBJECT_EVENT, 0, 0, slot->name, ".release", NULL);
    if (place == GLOBAL)
        slot->other =
            CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 256, global);
    if (place == OTHER_KIND)
        slot->other = CreateJobObjectA(NULL, slot->name);
}

static void tidy_up(struct slot *slot)
{
    if (slot->follower != NULL)
        process_free(slot->follower);
    if (slot->holder != NULL)
        process_free(slot->holder);
    if (slot->other != NULL)
        CloseHandle(slot->other);
    slot->follower = slot->holder = NULL;
    slot->other = NULL;
}

static void try_way(const struct way *way)
{
    static struct faults seen;
    ULONGLONG began = GetTickCount64();
    if (way->place == GLOBAL && !test_has_global("a mapping under Global\\"))
        return;
    for (int i = 0; i < SLOTS; i++)
        prepare(&slots[i], way->place);
    start(&slots[0], way, (struct trial){0, 0, 0});
    struct run usual = finish(&slots[0]);
    seen = *slots[0].faults;
    if (seen.unknown[0] != '\0')
        test_check(false, "%s is a call of Windows that faults.h does not have", seen.unknown);
    int tried = try_calls(way, &usual, &seen);
    replaced[way->program] += tried;
    if (!test_check(usual.status >= 0 && seen.left == 0 && seen.returned, "%s %s: %d faults",
                    programs[way->program], way->options, tried))
        test_note("status %d, %ld left, %s", usual.status, seen.left, usual.err);
    test_note("%lu ms", (DWORD)(GetTickCount64() - began));
    free_run(&usual);
    for (int i = 0; i < SLOTS; i++)
        tidy_up(&slots[i]);
}

void test_main(void)
{
    test_time_limit(900);
    test_take_default_name();
    for (int i = 0; i < SLOTS; i++) {
        slots[i].faults_name = test_unique_name();
        HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                            sizeof(struct faults), slots[i].faults_name);
        slots[i].faults = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        try_way(&ways[i]);
    test_check(replaced[WRITER] > 100 && replaced[READER] > 100,
               "calls were replaced in both programs");
}
