/* Ten writers flood one mapping beside a follower: each has its turn, every message is shown or
 * counted as missed, and no text is a mixture; also while some are killed, and with --plain. Where
 * programs of the other width run, half of them are such. */
#include "harness.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITERS  10
#define FLOOD_MS 1500
#define LINE     "writer %d %07u %07u\n" /* the number twice: a mixture shows */
#define LINES    100                     /* of a block */

static struct flooder {
    struct process *process;
    volatile LONG sent; /* lines */
    LONG before;        /* of them, before all were at work */
    int index;
    HANDLE thread;
} flooders[WRITERS];
static volatile LONG stop;
static const char *other_writer; /* of the other width, if that runs */

static DWORD WINAPI flood(void *parameter)
{
    struct flooder *flooder = parameter;
    char block[LINES * 32];
    while (!stop) {
        int used = 0;
        for (unsigned i = 0; i < LINES; i++) {
            unsigned number = (unsigned)flooder->sent + i;
            used += sprintf(block + used, LINE, flooder->index, number, number);
        }
        if (!process_write(flooder->process, block, (size_t)used))
            break;
        InterlockedExchangeAdd(&flooder->sent, LINES);
    }
    return 0;
}

static void start_flood(const char *name, const char *option)
{
    stop = 0;
    for (int i = 0; i < WRITERS; i++) {
        flooders[i] = (struct flooder){.index = i};
        const char *writer = other_writer != NULL && i % 4 < 2 ? other_writer : "writer";
        flooders[i].process = process_start(
            ARGS(writer, "-n", name, "-q", "--no-wait", "-t", "10", i % 2 == 0 ? option : NULL));
        flooders[i].thread = CreateThread(NULL, 0, flood, &flooders[i], 0, NULL);
    }
}

/* Waits until each has taken more than its pipe holds; returns how many lines are sent by then. */
static long await_all(void)
{
    long before = 0;
    for (int i = 0; i < WRITERS; i++)
        for (int ms = 0; ms < ENOUGH_MS && flooders[i].sent < 3 * 65536 / 25; ms++)
            Sleep(1);
    for (int i = 0; i < WRITERS; i++)
        before += flooders[i].before = flooders[i].sent;
    return before;
}

static void end_flood(void)
{
    InterlockedExchange(&stop, 1);
    for (int i = 0; i < WRITERS; i++) {
        WaitForSingleObject(flooders[i].thread, ENOUGH_MS);
        CloseHandle(flooders[i].thread);
        process_close_input(flooders[i].process);
    }
}

static void free_flood(void)
{
    for (int i = 0; i < WRITERS; i++)
        process_free(flooders[i].process);
}

/* Lines that were shown, and in `mixed` those that nobody has sent. */
static long count_shown(const char *text, long *mixed)
{
    long shown = 0;
    *mixed = 0;
    for (; *text != '\0'; text = strchr(text, '\n') + 1, shown++) {
        unsigned first, second;
        int writer;
        if (strchr(text, '\n') == NULL)
            break;
        *mixed += sscanf(text, "writer %d %u %u", &writer, &first, &second) != 3 || first != second;
    }
    return shown;
}

static void test_turns(void)
{
    const char *name = test_unique_name();
    struct process *follower = process_start(ARGS("reader", "-n", name, "--follow"));
    Sleep(500);
    start_flood(name, NULL);
    long before = await_all(), sent = 0, least = LONG_MAX, mixed, wrong = 0;
    Sleep(FLOOD_MS);
    end_flood();
    for (int i = 0; i < WRITERS; i++) {
        long since = flooders[i].sent - flooders[i].before;
        sent += flooders[i].sent;
        least = since < least ? since : least;
        process_wait(flooders[i].process, ENOUGH_MS);
        wrong += process_status(flooders[i].process) < 0 || process_status(flooders[i].process) > 1;
    }
    Sleep(200);
    process_kill(follower);
    long shown = count_shown(process_output(follower), &mixed);
    long missed = test_sum(process_errors(follower), "reader: ");
    test_equal(wrong, 0, "ten writers that flood end on their own");
    test_equal(shown + missed, sent, "%ld shown and %ld missed are all that was sent", shown,
               missed);
    test_equal(mixed, 0, "none of them is a mixture");
    test_check(least * 5 >= (sent - before) / WRITERS,
               "each has a fifth of its fair share: %ld of %ld", least, (sent - before) / WRITERS);
    process_free(follower);
    free_flood();
}

static void test_kills(const char *option, const char *what)
{
    const char *name = test_unique_name();
    struct process *follower = process_start(ARGS("reader", "-n", name, "--follow", "-q"));
    start_flood(name, option);
    srand(GetCurrentProcessId());
    process_wait_output(follower, "writer ", ENOUGH_MS);
    for (int i = 0; i < WRITERS - 1; i++) {
        Sleep((DWORD)(rand() % 200));
        process_kill(flooders[i].process);
    }
    long mixed, before = count_shown(process_output(follower), &mixed);
    process_run(ARGS("writer", "-n", name, "-q", "--no-wait", "-t", "5", "writer 0 7 7"), NULL);
    test_equal(got.status, 0, "%s, nine of them killed: a new writer gets the lock", what);
    Sleep(300);
    end_flood();
    process_kill(follower);
    long shown = count_shown(process_output(follower), &mixed);
    test_check(shown > before && before > 0, "%s: the follower goes on (%ld, %ld)", what, before,
               shown);
    test_equal(mixed, 0, "%s: no text is a mixture", what);
    process_free(follower);
    free_flood();
}

void test_main(void)
{
    const char *why;
    other_writer = test_other_width("writer", &why);
    if (other_writer == NULL)
        test_skip("half of the writers have the other width", why);
    test_turns();
    test_kills(NULL, "ten writers");
    test_kills("--plain", "five of them with --plain");
}
