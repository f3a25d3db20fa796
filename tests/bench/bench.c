/* What is measured, in which order, and how it is shown. */
#include "bench.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define TIME_LIMIT_S 235
#define MOST_ROUNDS  50

static double scale;   /* 1 for the full counts */
static int builds = 1; /* 2 with BENCH_OLD */
/* Which the programs of this build use, and those of the other, whose layout may differ. */
static const char *mappings[2];

/* ---- figures ---- */

LONGLONG ticks_now(void)
{
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    return now.QuadPart;
}

double ticks_us(LONGLONG ticks)
{
    static LARGE_INTEGER frequency;
    if (frequency.QuadPart == 0)
        QueryPerformanceFrequency(&frequency);
    return (double)ticks * 1e6 / (double)frequency.QuadPart;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static unsigned scaled(unsigned full, unsigned least)
{
    unsigned count = (unsigned)(full * scale);
    return count > least ? count : least;
}

/* ---- what is measured: one line each, or two for what both builds have ---- */

struct line {
    const char *name;
    double (*run)(const struct line *line, bool old);
    unsigned count;
    const char *compared; /* NAME in NAME_new/NAME_old, if both builds have it */
    int peer;
    enum task task;
    const char *words[8]; /* of a program: @ is the mapping, ! not to wait */
    bool delivers;        /* only with builds from 2.0.0 on */
    unsigned rounds;
    double values[2][MOST_ROUNDS];
};

static double run_peer(const struct line *line, bool old)
{
    (void)old;
    return round_run(line->peer, line->task, scaled(line->count, 10));
}

static double run_latency(const struct line *line, bool old)
{
    return program_latency(old, scaled(line->count, 10));
}

static double run_overwritten(const struct line *line, bool old)
{
    return program_overwritten(old, scaled(line->count, 5000));
}

static double run_delivered(const struct line *line, bool old)
{
    return program_delivered(old, scaled(line->count, 4000));
}

static double run_program(const struct line *line, bool old)
{
    const char *words[8] = {0};
    for (int i = 0; line->words[i] != NULL; i++) {
        words[i] = line->words[i];
        if (*words[i] == '@')
            words[i] = mappings[old];
        else if (*words[i] == '!')
            words[i] = program_delivers(old) ? "--no-wait" : "--timeout=0";
    }
    return line->count > 0 ? program_dump(old, words, scaled(line->count, 4))
                           : program_start_us(old, words, NULL);
}

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* are 0 */

static struct line spins[] = {
    {"message_publish, message_snapshot", run_peer, 300, NULL, PEER_LATCH, TASK_SPIN},
    {"memcpy and a flag", run_peer, 300, NULL, PEER_FLAG, TASK_SPIN}};
static struct line wakes[] = {
    {"writer to reader --follow", run_peer, 200, NULL, PEER_FOLLOW, TASK_WAKE},
    {"auto-reset event", run_peer, 200, NULL, PEER_EVENT, TASK_WAKE},
    {"named pipe, by messages", run_peer, 200, NULL, PEER_PIPE, TASK_WAKE}};
static struct line passes[] = {{"both programs", run_latency, 200, "line_latency"}};
static struct line starts[] = {
    {"reader --once", run_program, 0, "reader_once",
     .words = {"reader.exe", "--name", "@", "--once"}},
    {"writer --no-wait x", run_program, 0, "writer_once",
     .words = {"writer.exe", "--name", "@", "!", "x"}},
    {"an empty main", run_program, .words = {"tests\\bench\\empty.exe"}}};
static struct line deliveries[] = {
    {"writer <file, reader --follow >file", run_delivered, 20000, "delivered_lines",
     .delivers = true},
    {"named pipe, each message to a file", run_peer, 20000, NULL, PEER_PIPE, .task = TASK_STREAM}};
static struct line overwrites[] = {
    {"lines overwritten by writer --no-wait", run_overwritten, 500000, "overwritten_lines"}};
static struct line dumps[] = {
    {"reader --raw", run_program, 256, "raw_dump", .words = {"reader.exe", "--name", "@", "--raw"}},
    {"WriteFile from a view", run_program, 256, .words = {"tests\\bench\\dump.exe", "@"}}};

static double value(struct line *line, bool old)
{
    return median(line->values[old], line->rounds);
}

static int builds_of(const struct line *line)
{
    bool both = line->compared != NULL && (!line->delivers || program_delivers(builds == 2));
    return both ? builds : 1;
}

/* However busy the machine, the run ends in time. */
static void measure(const char *title, int decimals, struct line *lines, int count, unsigned rounds,
                    double budget_s)
{
    LONGLONG start = ticks_now();
    for (unsigned round = 0; round < scaled(rounds, 3); round++) {
        if (round >= 3 && ticks_us(ticks_now() - start) > budget_s * 1e6)
            break;
        for (struct line *line = lines; line < lines + count; line->rounds++, line++)
            for (int i = 0; i < builds_of(line); i++) {
                /* Where one comes in a round matters as much as which it is. */
                int old = (i + (int)round) % builds_of(line);
                line->values[old][round] = line->run(line, old);
            }
    }
    printf("\n%s\n", title);
    for (struct line *line = lines; line < lines + count; line++)
        for (int old = 0; old < builds_of(line); old++)
            printf("  %-38s %10.*f\n", old ? "... old" : line->name, decimals, value(line, old));
}
#define MEASURE(title, decimals, lines, rounds, budget_s)                                          \
    measure(title, decimals, lines, sizeof lines / sizeof lines[0], rounds, budget_s)

/* ---- the ratios, the last of all ---- */

static void print_ratios(void)
{
    int worse = value(&starts[0], false) > value(&starts[1], false) ? 0 : 1;
    const struct {
        const char *name;
        struct line *over, *under;
        double most;
    } ratios[] = {
        {"publish_snapshot/memcpy_flag", &spins[0], &spins[1], 3},
        {"follow/event_wake", &wakes[0], &wakes[1], 5}, /* a lock costs a kernel call */
        {"follow/named_pipe", &wakes[0], &wakes[2], 0.75},
        {"oneshot_start/empty_main", &starts[worse], &starts[2], 1.25},
        {"named_pipe/delivered_lines", &deliveries[1], &deliveries[0], 0.25},
        {"write_file/raw_dump", &dumps[1], &dumps[0], 1.15},
    };
    struct line *const compared[] = {&starts[0],     &starts[1], &deliveries[0],
                                     &overwrites[0], &dumps[0],  &passes[0]};
    printf("\nRatios of the medians, and what they are at most\n");
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
        double ratio = value(ratios[i].over, false) / value(ratios[i].under, false);
        printf("ratio %s %.4f\n", ratios[i].name, ratio);
        printf("  at most %.2f%s\n", ratios[i].most, ratio <= ratios[i].most ? "" : ": NOT MET");
    }
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++)
        if (builds_of(compared[i]) == 2)
            printf("ratio %s_new/%s_old %.4f\n", compared[i]->compared, compared[i]->compared,
                   value(compared[i], false) / value(compared[i], true));
}

static void hold_messages(void)
{
    for (int old = 0; old < builds; old++) {
        mappings[old] = test_unique_name();
        test_publish(mappings[old], MESSAGE_BYTES, NULL);
        run_program(&starts[1], old); /* so that there is something to read */
    }
}

/* A large one, for both builds. */
static void hold_bytes(uint32_t bytes)
{
    mappings[0] = mappings[1] = test_unique_name();
    memset(test_publish(mappings[0], bytes, NULL).view, 'm', bytes);
}

void test_helper(int argc, char **argv)
{
    (void)argc;
    round_help(argv[1], strcmp(argv[2], "lead") == 0);
}

void test_main(void)
{
    const char *asked = getenv("BENCH_SCALE"), *old = getenv("BENCH_OLD");
    scale = asked != NULL ? atof(asked) / 100 : 1;
    if (!(scale > 0 && scale <= 1))
        test_bail("BENCH_SCALE is a percentage up to 100");
    if (old != NULL && old[0] != '\0')
        builds = 2;
    test_time_limit(TIME_LIMIT_S);
    _setmode(_fileno(stdout), _O_BINARY);
    setvbuf(stdout, NULL, _IONBF, 0); /* so that each table is seen as it is ready */
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    printf("%s, %lu processors; medians over rounds in which the ways take turns\n",
           test_wine() ? "Under Wine" : "On Windows", system.dwNumberOfProcessors);
    LONGLONG start = ticks_now();
    MEASURE("One way of 256 bytes, spinning, us", 2, spins, 25, 5);
    MEASURE("The same to a blocked receiver, us", 2, wakes, 9, 10);
    MEASURE("A line from writer's pipe to reader --follow's, us", 2, passes, 9, 6);
    hold_messages();
    MEASURE("From start to exit, us", 2, starts, 31, 6);
    MEASURE("Messages of 60 bytes a second, each delivered", 0, deliveries, 5, 10);
    MEASURE("The same, each over the one before", 0, overwrites, 5, 4);
    hold_bytes(scaled(256, 4) << 20);
    MEASURE("MiB a second into a file", 0, dumps, 15, 6);
    printf("\nBesides\n");
    program_footprint(scaled(5000, 300));
    printf("  %-38s %10.0f  s\n", "this run", ticks_us(ticks_now() - start) / 1e6);
    print_ratios();
    exit(0); /* without a plan: this is no test */
}
