/*
 * A writer that is fed and a follower, soaked: a hostile neighbour (neighbour.h) attacks their
 * mapping in one way after the other, and each time they go on and have grown in nothing.
 */
#include "neighbour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPED_MS      20 /* between the lines of the soak */
#define PHASE_MS      500
#define LONG_PHASE_MS 2000
#define ROUND_SECONDS 29 /* of long phases, with what lies between them */
#define GROWN_BYTES   (256 * 1024)
#define LEAST_MS      100 /* what is used in two rounds may differ by so much */

static void poke_lock(struct victim *victim)
{
    if (lock_take(victim->planted[0], ENOUGH_MS) != ERROR_SUCCESS)
        return;
    Sleep(10 * TYPED_MS);
    lock_release(victim->planted[0]);
}

/* Programs that come, and are killed at any moment. */
static void poke_programs(struct victim *victim)
{
    static unsigned turn;
    const char *const *words = ways[turn++ % COUNT(ways)].words;
    struct process *process =
        process_start(ARGS(words[0], "-n", victim->name, "-qt", "1", words[1], words[2], words[3]));
    Sleep(turn % 16 * 10);
    process_free(process);
}

/* But for destroyed control data, at which a writer ends. */
static const struct attack soaking[] = {
    {"a lock that is held", MUTEX, ".writer", .poke = poke_lock},
    {"a sequence that changes", .poke = poke_sequence},
    {"signals that are counted", .poke = poke_signals},
    {"a text that is rewritten", .poke = poke_text},
    {"events that are set and reset", EVENT, ".changed.%d", .poke = poke_events},
    {"a mapping that is opened and closed", .poke = poke_name},
    {"programs that are killed", .poke = poke_programs},
};

/* A writer that is fed and a follower, and the neighbour's mapping of that name. */
struct pair {
    struct victim neighbour;
    struct process *programs[2];
    unsigned lines;
};

static void type_lines(struct pair *pair, DWORD time_ms)
{
    char line[32];
    for (ULONGLONG start = GetTickCount64(); GetTickCount64() - start < time_ms;) {
        sprintf(line, "line %u\n", pair->lines++);
        process_type(pair->programs[0], line);
        Sleep(TYPED_MS);
    }
}

/* The follower shows another writer's message, and then the writer's next one is there. */
static bool is_at_work(const struct pair *pair)
{
    const char *name = pair->neighbour.name;
    if (process_run(ARGS("writer", "-n", name, "-qrt", "10", "another's"), NULL) != 0)
        return false;
    process_type(pair->programs[0], "its own\n");
    for (int tries = 0; tries < 500; tries++, Sleep(TYPED_MS))
        if (process_run(ARGS("reader", "-n", name, "-q1"), NULL) == 0 &&
            strcmp(got.out, "its own\r\n") == 0)
            return true;
    return false;
}

/* Under attack for a phase, and another phase in peace, in which the use of the processor counts.
 * Returns whether they are at work then. */
static bool soak_beside(const struct attack *attack, struct pair *pair, DWORD phase_ms,
                        DWORD used_ms[2])
{
    plant_all(attack, &pair->neighbour);
    start_poking(attack, &pair->neighbour, 1);
    type_lines(pair, phase_ms);
    stop_poking();
    pull_out(&pair->neighbour);
    bool at_work = is_at_work(pair);
    if (!at_work)
        test_note("not at work after %s: %s%s", attack->what, got.out, got.err);
    for (int i = 0; i < 2; i++)
        used_ms[i] -= process_used_ms(pair->programs[i]);
    type_lines(pair, phase_ms);
    for (int i = 0; i < 2; i++)
        used_ms[i] += process_used_ms(pair->programs[i]);
    return at_work;
}

/* What the programs hold after the first round is what they hold after the last. */
static void soak(struct pair *pair, int rounds, DWORD phase_ms)
{
    static const char *const names[] = {"writer", "reader"};
    DWORD used_ms[2][2] = {{0}}, handles[2];
    size_t bytes[2];
    int stuck = 0;
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < COUNT(soaking); i++)
            stuck += !soak_beside(&soaking[i], pair, phase_ms, used_ms[2 * round >= rounds]);
        for (int i = 0; i < 2 && round == 0; i++) {
            handles[i] = process_handles(pair->programs[i]);
            bytes[i] = process_private_bytes(pair->programs[i]);
        }
    }
    test_equal(stuck, 0, "both go on after %d times each of %u attacks, %u lines", rounds,
               (unsigned)COUNT(soaking), pair->lines);
    for (int i = 0; i < 2; i++) {
        size_t now = process_private_bytes(pair->programs[i]);
        test_equal(process_handles(pair->programs[i]), handles[i],
                   "%s has as many handles as before", names[i]);
        test_check(now < bytes[i] + GROWN_BYTES, "%s has no more memory (%lu KiB, %lu before)",
                   names[i], (unsigned long)(now / 1024), (unsigned long)(bytes[i] / 1024));
        test_check(used_ms[1][i] <= used_ms[0][i] + used_ms[0][i] / 2 + LEAST_MS,
                   "%s takes no more of the processor (%lu ms, %lu before)", names[i],
                   used_ms[1][i], used_ms[0][i]);
    }
}

/* Two rounds, or as many as SOAK_SECONDS have time for. */
static void test_soak(void)
{
    const char *asked = getenv("SOAK_SECONDS");
    int seconds = asked != NULL ? atoi(asked) : 0;
    struct pair pair = {.neighbour = {.name = test_unique_name()}};
    const char *name = pair.neighbour.name;
    struct process_setup writer = {.arguments = ARGS("writer", "-n", name, "-q", "-k", "-s", "60K"),
                                   .err = STREAM_NUL},
                         reader = {.arguments = ARGS("reader", "-n", name, "-q", "--follow"),
                                   .out = STREAM_NUL,
                                   .err = STREAM_NUL};
    test_time_limit(600 + 2 * (unsigned)seconds);
    pair.programs[0] = process_start_as(&writer);
    pair.programs[1] = process_start_as(&reader);
    process_type(pair.programs[0], "first\n"); /* so it is its mapping, with room for 60K */
    process_run(ARGS("reader", "-n", name, "-qwt", "10"), NULL);
    if (!is_at_work(&pair) || mapping_create(&pair.neighbour.mapping, name, MAPPING_SIZE, false,
                                             MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("the writer and the follower do not start: %s", got.err);
    soak(&pair, seconds > 0 ? seconds / ROUND_SECONDS : 2, seconds > 0 ? LONG_PHASE_MS : PHASE_MS);
    for (int i = 0; i < 2; i++) {
        test_check(process_running(pair.programs[i]), "the soaked program %d runs", i);
        process_free(pair.programs[i]);
    }
    mapping_close(&pair.neighbour.mapping);
}

void test_main(void)
{
    test_soak();
}
