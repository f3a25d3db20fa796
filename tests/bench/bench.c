/* What is measured, in which order, and how it is shown. */
#include "bench.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "mapping.h"

#define TIME_LIMIT_S 235

static double scale; /* 1 for the full counts */

static unsigned scaled(unsigned full, unsigned least)
{
    unsigned count = (unsigned)(full * scale);
    return count > least ? count : least;
}

/* One thing that is measured, a value a round. */
struct line {
    const char *name;
    double values[MOST_ROUNDS], p99[MOST_ROUNDS];
    unsigned rounds;
    DWORD error; /* why it is left out */
};

static double median(struct line *line)
{
    return percentile(line->values, line->rounds, 0.5);
}

/* True while there is another round to do. However busy the machine, the run ends in time. */
static bool goes_on(unsigned round, unsigned rounds, LONGLONG start, double budget_s)
{
    return round < rounds && (round < 3 || ticks_us(ticks_now() - start) < budget_s * 1e6);
}

static void run_round(const struct peer *peer, enum task task, unsigned count, struct line *line)
{
    struct round round;
    line->name = peer->name;
    if (line->error != ERROR_SUCCESS || !round_run(peer, task, count, &round, &line->error))
        return;
    line->values[line->rounds] = task == TASK_STREAM ? round.rate : round.p50_us;
    line->p99[line->rounds++] = round.p99_us;
}

static void print_times(struct line *line)
{
    if (line->rounds == 0)
        printf("  %-36s left out: error %lu\n", line->name, line->error);
    else
        printf("  %-36s %10.2f %10.2f\n", line->name, median(line),
               percentile(line->p99, line->rounds, 0.5));
}

static void print_rate(struct line *line, const char *note)
{
    if (line->rounds == 0)
        printf("  %-36s left out: error %lu\n", line->name, line->error);
    else
        printf("  %-36s %10.0f  %s\n", line->name, median(line), note);
}

/* ---- the ratios, which are printed last ---- */

static struct ratio {
    const char *name;
    double value, most;
} ratios[8];
static unsigned ratio_count;

static void add_ratio(const char *name, struct line *over, struct line *under, double most)
{
    if (over->rounds > 0 && under->rounds > 0)
        ratios[ratio_count++] = (struct ratio){name, median(over) / median(under), most};
}

static void print_ratios(void)
{
    printf("\n%-38s %10s %10s\n", "Ratios of the medians", "", "at most");
    for (unsigned i = 0; i < ratio_count; i++)
        printf("  %-36s %10.4f %10.2f  %s\n", ratios[i].name, ratios[i].value, ratios[i].most,
               ratios[i].value <= ratios[i].most ? "" : "NOT MET");
    printf("\n");
    for (unsigned i = 0; i < ratio_count; i++)
        printf("ratio %s %.4f\n", ratios[i].name, ratios[i].value);
}

/* ---- the groups ---- */

static void measure_spinning(void)
{
    const struct peer *peers[] = {&peer_latch, &peer_flag};
    static struct line lines[2];
    LONGLONG start = ticks_now();
    for (unsigned round = 0; goes_on(round, scaled(25, 3), start, 20); round++)
        for (int i = 0; i < 2; i++)
            run_round(peers[i], TASK_SPIN, scaled(300, 10), &lines[i]);
    printf("%-38s %10s %10s\n", "One way of 256 bytes, spinning, us", "p50", "p99");
    for (int i = 0; i < 2; i++)
        print_times(&lines[i]);
    add_ratio("publish_snapshot/memcpy_flag", &lines[0], &lines[1], 2.5);
}

static void measure_waking(void)
{
    const struct peer *peers[] = {&peer_follow,   &peer_event,    &peer_pipe,
                                  &peer_mailslot, &peer_copydata, &peer_tcp};
    static struct line lines[6];
    LONGLONG start = ticks_now();
    for (unsigned round = 0; goes_on(round, scaled(15, 3), start, 50); round++)
        for (int i = 0; i < 6; i++)
            run_round(peers[i], TASK_WAKE, scaled(200, 10), &lines[i]);
    printf("\n%-38s %10s %10s\n", "The same to a blocked receiver, us", "p50", "p99");
    for (int i = 0; i < 6; i++)
        print_times(&lines[i]);
    add_ratio("follow/event_wake", &lines[0], &lines[1], 1.5);
    add_ratio("follow/named_pipe", &lines[0], &lines[2], 0.75);
}

static void measure_starts(void)
{
    static struct line lines[3] = {
        {.name = "reader --once"}, {.name = "writer --timeout 0 x"}, {.name = "an empty main"}};
    const char *programs[] = {"..\\reader.exe", "..\\writer.exe", "bench\\empty.exe"};
    const char *name = test_unique_name();
    char arguments[3][80] = {""};
    struct mapping mapping;
    program_hold(&mapping, name, MAPPING_SIZE);
    snprintf(arguments[0], sizeof arguments[0], "--name %s --once", name);
    snprintf(arguments[1], sizeof arguments[1], "--name %s --timeout 0 x", name);
    program_start_us(programs[1], arguments[1]); /* so that there is something to read */
    LONGLONG start = ticks_now();
    for (unsigned round = 0; goes_on(round, scaled(50, 3), start, 25); round++)
        for (int i = 0; i < 3; i++)
            lines[i].values[lines[i].rounds++] = program_start_us(programs[i], arguments[i]);
    printf("\n%-38s %10s %10s\n", "From start to exit, us", "p50", "p99");
    for (int i = 0; i < 3; i++)
        printf("  %-36s %10.0f %10.0f\n", lines[i].name, median(&lines[i]),
               percentile(lines[i].values, lines[i].rounds, 0.99));
    int worse = median(&lines[0]) > median(&lines[1]) ? 0 : 1;
    add_ratio("oneshot_start/empty_main", &lines[worse], &lines[2], 1.25);
    mapping_close(&mapping);
}

static void measure_streams(void)
{
    const struct peer *peers[] = {&peer_pipe,  &peer_mailslot, &peer_copydata, &peer_tcp,
                                  &peer_event, &peer_follow,   &peer_flag,     &peer_latch};
    static struct line lines[8], piped = {.name = "lines piped into writer"};
    LONGLONG start = ticks_now();
    for (unsigned round = 0; goes_on(round, scaled(9, 3), start, 40); round++) {
        piped.values[piped.rounds++] = program_line_rate(scaled(500000, 5000));
        for (int i = 0; i < 8; i++)
            run_round(peers[i], TASK_STREAM, scaled(i < 6 ? 4000 : 400000, 100), &lines[i]);
    }
    printf("\n%-38s %10s\n", "Messages of 60 bytes a second", "");
    print_rate(&piped, "latest");
    for (int i = 7; i >= 0; i--)
        print_rate(&lines[i], peers[i]->keeps);
    add_ratio("named_pipe/piped_lines", &lines[0], &piped, 0.02);
}

static void measure_dumps(void)
{
    static struct line raw = {.name = "reader --raw"}, bare = {.name = "WriteFile from memory"};
    unsigned mebibytes = scaled(256, 4);
    const char *name = test_unique_name();
    char number[12], *dump = _strdup(program_path("bench\\dump.exe"));
    struct mapping mapping;
    program_hold(&mapping, name, mebibytes << 20);
    for (unsigned at = 0; at < mebibytes << 20; at += 512)
        ((char *)mapping.view)[at] = 'm';
    snprintf(number, sizeof number, "%u", mebibytes);
    LONGLONG start = ticks_now();
    for (unsigned round = 0; goes_on(round, scaled(9, 3), start, 30); round++) {
        raw.values[raw.rounds++] =
            program_dump_rate(ARGS("reader", "--name", name, "--raw"), mebibytes);
        bare.values[bare.rounds++] = program_dump_rate(ARGS(dump, number), mebibytes);
    }
    mapping_close(&mapping);
    free(dump);
    printf("\n%u MiB into a file, MiB a second\n", mebibytes);
    printf("  %-36s %10.0f\n  %-36s %10.0f\n", raw.name, median(&raw) / (1 << 20), bare.name,
           median(&bare) / (1 << 20));
    add_ratio("write_file/raw_dump", &bare, &raw, 1.15);
}

void test_main(int argc, char **argv)
{
    if (argc > 2)
        round_help(argv + 2);
    const char *asked = getenv("BENCH_SCALE");
    scale = asked != NULL ? atof(asked) / 100 : 1;
    if (!(scale > 0 && scale <= 1))
        test_bail("BENCH_SCALE is a percentage up to 100");
    test_time_limit(TIME_LIMIT_S);
    _setmode(_fileno(stdout), _O_BINARY);
    setvbuf(stdout, NULL, _IONBF, 0); /* so that each table is seen as it is ready */
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    printf("%s, %lu processors; medians over rounds in which the ways take turns\n\n",
           test_in_wine() ? "Under Wine" : "On Windows", system.dwNumberOfProcessors);
    LONGLONG start = ticks_now();
    measure_spinning();
    measure_waking();
    measure_starts();
    measure_streams();
    measure_dumps();
    printf("\nBesides\n");
    footprint_print(scaled(10000, 300));
    printf("  %-36s %8.0f  s\n", "this run", ticks_us(ticks_now() - start) / 1e6);
    print_ratios();
    exit(0); /* without a plan: this is no test */
}
