/*
 * Beside a hostile neighbour (neighbour.h) both programs end within their --timeout, and wait
 * without using the processor. What becomes of messages beside it is in t_delivery.c, forged
 * control data in t_forged.c.
 */
#include "neighbour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS  1000
#define GRACE_MS    500
#define DEADLINE_MS 4000 /* then it hangs */
#define TRIES       3    /* of what may be a machine's load */

#define WATCH_MS     3000
#define IDLE_PERCENT 2
#define AT_ONCE      5  /* attacks */
#define BUSY_PERCENT 25 /* while a neighbour rewrites the mapping all the time */
#define MOST_DUMPS   50 /* a second, of a page that is rewritten */

/* Unattacked, it tells what a time-out takes on this machine now. */
static const struct way calm_way = {{"reader", "--wait"}, true};

/* ---- all ways at once ---- */

/* Where the mapping itself is rewritten, followers look at it again and again; each would be slowed
 * down by others. */
static bool is_to_watch(const struct attack *attack, const struct way *way)
{
    bool rewritten = attack->message && attack->poke != NULL;
    return way->waits && (!rewritten || way_follows(way));
}

/* Starts each way, or those whose use of the processor is watched, on a name of its own; returns
 * how many. */
static size_t start_all(const struct attack *attack, struct victim *victims, bool watched,
                        const char *seconds)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT(ways); i++)
        if (!watched || is_to_watch(attack, &ways[i])) {
            victims[count] = (struct victim){.way = &ways[i]};
            start_victim(attack, &victims[count++], seconds);
        }
    start_poking(attack, victims, count);
    return count;
}

static void end_all(struct victim *victims, size_t count)
{
    stop_poking();
    for (size_t i = 0; i < count; i++)
        end_victim(&victims[i]);
}

/* ---- time ---- */

#define STALL_MS 50 /* a sleep of 5 ms that takes longer is the machine's doing */

/* What the machine has kept from all programs since the test began. */
static volatile LONG stalled_ms;

__attribute__((noreturn)) static DWORD WINAPI note_stalls(void *unused)
{
    (void)unused;
    for (;;) {
        ULONGLONG start = GetTickCount64();
        Sleep(5);
        LONG passed = (LONG)(GetTickCount64() - start);
        if (passed > STALL_MS)
            InterlockedExchangeAdd(&stalled_ms, passed);
    }
}

/* From its start to its end, or until now. */
static DWORD life_ms(struct process *process)
{
    FILETIME created, exited, kernel, user, now;
    GetSystemTimeAsFileTime(&now);
    GetProcessTimes(process->handle, &created, &exited, &kernel, &user);
    return (DWORD)(test_ms(process_running(process) ? now : exited) - test_ms(created));
}

static DWORD wait_for_end(struct process *process)
{
    while (process_running(process) && life_ms(process) < DEADLINE_MS)
        Sleep(5);
    return life_ms(process);
}

/* A follower goes on as long as it has something to show, and what a neighbour forges comes as
 * messages: its time, at most `bound`, begins again with each. */
static bool is_excused(const struct attack *attack, const struct victim *victim, DWORD bound)
{
    const volatile size_t *shown = &victim->process->out.used;
    size_t before = *shown;
    if (attack->poke == NULL || before == 0 || !way_follows(victim->way))
        return false;
    ULONGLONG start = GetTickCount64();
    while (process_running(victim->process) && *shown == before) {
        if (GetTickCount64() - start > bound)
            return false;
        Sleep(5);
    }
    return true;
}

/* How many ways took longer than one that waits unattacked beside them, or ended badly. */
static int count_late(const struct attack *attack, DWORD *longest, bool last_try)
{
    struct victim victims[COUNT(ways)], calm = {.way = &calm_way};
    LONG stalled = stalled_ms;
    size_t count = start_all(attack, victims, false, "1");
    int late = 0;
    start_victim(&attacks[0], &calm, "1");
    DWORD bound = wait_for_end(calm.process);
    bound = (bound > TIMEOUT_MS ? bound : TIMEOUT_MS) + GRACE_MS;
    *longest = 0;
    for (size_t i = 0; i < count; i++) {
        DWORD life = wait_for_end(victims[i].process);
        int status = process_status(victims[i].process); /* -1: it runs */
        bool in_time = (life <= bound + (DWORD)(stalled_ms - stalled) ||
                        is_excused(attack, &victims[i], bound)) &&
                       status >= -1 && status <= 2;
        late += !in_time;
        *longest = life > *longest && !process_running(victims[i].process) ? life : *longest;
        if (!in_time && last_try)
            test_note("%s: %stook %lu ms of %lu, status %d", attack->what,
                      way_words(victims[i].way), life, bound, status);
    }
    end_victim(&calm);
    end_all(victims, count);
    return late;
}

static void test_time(void)
{
    for (size_t i = 0; i < COUNT(attacks); i++) {
        DWORD longest = 0;
        int late = 1;
        for (int tries = 1; tries <= TRIES && late > 0; tries++)
            late = count_late(&attacks[i], &longest, tries == TRIES);
        test_equal(late, 0, "beside %s, %u ways end in time (the last after %lu ms)",
                   attacks[i].what, (unsigned)COUNT(ways), longest);
    }
}

/* Input that stays open counts as waiting: the streams of `start` do. */
static DWORD life_of_silent(const struct way *way, const char *typed)
{
    struct victim victim = {.way = way};
    start_victim(&attacks[0], &victim, "1");
    process_type(victim.process, typed);
    DWORD life = wait_for_end(victim.process);
    end_victim(&victim);
    return life;
}

static void test_silent_input(void)
{
    static const struct way piped[] = {{{"writer"}, true}, {{"writer", "--keep"}, true}};
    static const char *const typed[] = {"", "a line\nand half a "};
    for (size_t i = 0; i < COUNT(piped); i++)
        for (size_t j = 0; j < COUNT(typed); j++) {
            DWORD life = DEADLINE_MS;
            for (int tries = 0; tries < TRIES && life > TIMEOUT_MS + 2 * GRACE_MS; tries++)
                life = life_of_silent(&piped[i], typed[j]);
            test_check(life <= TIMEOUT_MS + 2 * GRACE_MS,
                       "%sends in time if its input is silent%s (%lu ms)", way_words(&piped[i]),
                       j > 0 ? " after a line" : "", life);
        }
}

/* ---- the processor ---- */

/* What a program may use. Beside a neighbour that spins on the mapping it is compared with what
 * that one got, `spun`: all of a core on a machine that does nothing else. */
static DWORD most_ms(const struct attack *attack, DWORD spun)
{
    if (attack->poke == NULL)
        return WATCH_MS * IDLE_PERCENT / 100;
    bool calls = attack->poke == poke_events || attack->poke == poke_name; /* and so waits */
    return (calls ? WATCH_MS : spun) * BUSY_PERCENT / 100;
}

/* How many of the programs that wait have used too much since `before`. */
static int count_busy(const struct attack *attack, struct victim *victims, size_t count,
                      const DWORD *before, DWORD most, DWORD *highest)
{
    int busy = 0;
    *highest = 0;
    for (size_t i = 0; i < count; i++) {
        DWORD now = process_used_ms(victims[i].process);
        DWORD used = now > before[i] ? now - before[i] : 0; /* it may have ended */
        long dumps = test_count(process_output(victims[i].process), "00000000  ");
        bool many = dumps > MOST_DUMPS * (WATCH_MS / 1000 + 1);
        *highest = used > *highest ? used : *highest;
        busy += used > most || many;
        if (used > most || many)
            test_note("%s: %sused %lu ms of %lu, %ld dumps", attack->what,
                      way_words(victims[i].way), used, most, dumps);
    }
    return busy;
}

/* How many attacks from the first one on are watched at once: one if it takes a processor. */
static size_t group_of(const struct attack *first)
{
    size_t group = 1;
    while (group < AT_ONCE && first + group < attacks + COUNT(attacks) &&
           first[group - 1].poke == NULL && first[group].poke == NULL)
        group++;
    return group;
}

/* One look at a group; how many programs were busy beside each attack. */
static void watch_group(const struct attack *first, size_t group, int *busy, DWORD *highest)
{
    struct victim victims[AT_ONCE][COUNT(ways)];
    DWORD before[AT_ONCE][COUNT(ways)];
    size_t count = 0;
    for (size_t i = 0; i < group; i++)
        count = start_all(&first[i], victims[i], true, "30");
    Sleep(500);
    for (size_t i = 0; i < group; i++)
        for (size_t j = 0; j < count; j++)
            before[i][j] = process_used_ms(victims[i][j].process);
    DWORD spun = poking_ms();
    Sleep(WATCH_MS);
    spun = poking_ms() - spun;
    for (size_t i = 0; i < group; i++) {
        DWORD most = most_ms(&first[i], spun);
        busy[i] = count_busy(&first[i], victims[i], count, before[i], most, &highest[i]);
        end_all(victims[i], count);
    }
}

static void test_processor(void)
{
    size_t group;
    for (const struct attack *first = attacks; first < attacks + COUNT(attacks); first += group) {
        int busy[AT_ONCE], all = 1;
        DWORD highest[AT_ONCE];
        group = group_of(first);
        for (int tries = 0; tries < TRIES && all > 0; tries++) {
            all = 0;
            watch_group(first, group, busy, highest);
            for (size_t i = 0; i < group; i++)
                all += busy[i];
        }
        for (size_t i = 0; i < group; i++)
            test_equal(busy[i], 0, "beside %s, none uses the processor (%lu ms in %d s at most)",
                       first[i].what, highest[i], WATCH_MS / 1000);
    }
}

/* ---- large texts ---- */

static struct mapping plant_large(const char *name, uint32_t bytes)
{
    struct mapping mapping;
    if (mapping_create(&mapping, name, bytes, false, MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("cannot make a mapping of %lu bytes", (unsigned long)bytes);
    memset(mapping.view, 'l', bytes);
    return mapping;
}

static void poke_all_text(struct victim *victim)
{
    static char letter;
    memset(victim->mapping.view, 'a' + letter++ % 26, victim->mapping.view_bytes);
}

/* A reader of such a text, and one beside it that waits for nothing. */
static void expect_in_time(struct mapping *mapping, const char *way, const char *what)
{
    struct process_setup setup = {.arguments = ARGS("reader", "-n", mapping->name, way, "-t", "1"),
                                  .out = STREAM_NUL};
    DWORD bound = 0;
    for (int tries = 0; tries < TRIES && (tries == 0 || got.elapsed_ms > bound); tries++) {
        LONG stalled = stalled_ms;
        struct victim calm = {.way = &calm_way};
        start_victim(&attacks[0], &calm, "1");
        process_run_as(&setup, 60000);
        bound = wait_for_end(calm.process) + GRACE_MS + (DWORD)(stalled_ms - stalled);
        end_victim(&calm);
    }
    test_check(got.elapsed_ms <= bound && got.status >= 0,
               "%s: reader %s ends in time (status %d, %lu ms of %lu)", what, way, got.status,
               got.elapsed_ms, bound);
}

static void test_large_texts(void)
{
    struct mapping mapping;
    if (sizeof(void *) > 4) {
        mapping = plant_large(test_unique_name(), 1u << 30);
        expect_in_time(&mapping, "--wait", "1 GiB of text");
        mapping_close(&mapping);
    } else {
        test_skip("1 GiB of text", "it may not fit into 32 bits");
    }
    static const struct attack rewriting = {"64 MiB of text", .poke = poke_all_text};
    struct victim victim = {.mapping = plant_large(test_unique_name(), 64u << 20)};
    expect_in_time(&victim.mapping, "--once", "64 MiB of text");
    start_poking(&rewriting, &victim, 1);
    expect_in_time(&victim.mapping, "--once", "64 MiB that are rewritten all the time");
    stop_poking();
    mapping_close(&victim.mapping);
}

/* So long a message is never copied before its sequence changes. */
static void test_busy(void)
{
    static const struct attack attack = {"a sequence that changes", .poke = poke_sequence};
    /* A follower that has shown one goes on for its time. */
    static const char *const looks[] = {"--once", "--wait"};
    for (size_t i = 0; i < COUNT(looks); i++) {
        struct victim victim = {.name = test_unique_name()};
        put_message(&victim, 64u << 20);
        start_poking(&attack, &victim, 1);
        expect_in_time(&victim.mapping, looks[i], "64 MiB whose sequence changes all the time");
        stop_poking();
        notify_close(&victim.notify);
        mapping_close(&victim.mapping);
    }
}

void test_helper(int argc, char **argv)
{
    (void)argc;
    neighbour_hold(argv[2]);
}

void test_main(void)
{
    test_time_limit(600);
    CloseHandle(CreateThread(NULL, 0, note_stalls, NULL, 0, NULL));
    test_silent_input();
    test_time();
    test_processor();
    test_busy();
    test_large_texts();
}
