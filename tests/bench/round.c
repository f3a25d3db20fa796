/* One round of a peer: two processes that pass messages, started for it and ended with it. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "mapping.h"

#define MOST_SAMPLES 4096
#define BATCH        64  /* round trips of two spinning processes that make one sample */
#define WARM_UP      16  /* messages that are not counted */
#define BLOCK_US     200 /* after which a receiver that waits for the next message is blocked */
#define ROUND_MS     20000

/* What the processes of a round share. */
struct board {
    volatile LONG arrived; /* processes at the barrier, over all barriers */
    volatile LONG error;   /* the first that a process had */
    volatile LONG received;
    LONG samples;
    LONGLONG elapsed_ticks;
    LONGLONG sample_ticks[MOST_SAMPLES];
};

/* One of the processes. */
struct side {
    const struct peer *peer;
    struct board *board;
    enum task task;
    unsigned count; /* of samples, or of messages in a stream */
    char there[64], back[64];
};

static const struct peer *const peers[] = {&peer_latch, &peer_flag,     &peer_follow,   &peer_event,
                                           &peer_pipe,  &peer_mailslot, &peer_copydata, &peer_tcp};

static struct board *open_board(const char *name)
{
    struct mapping mapping; /* stays open until the end */
    if (mapping_create(&mapping, name, sizeof(struct board), false, MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", name);
    return mapping.view;
}

/* Ends the process, and with it the other one, if there was an error. */
static void check(const struct side *side, DWORD error)
{
    if (error != ERROR_SUCCESS)
        InterlockedCompareExchange(&side->board->error, (LONG)error, ERROR_SUCCESS);
    if (side->board->error != ERROR_SUCCESS)
        exit(1);
}

/* Waits until both processes have come to their `turn`th barrier. */
static void meet(const struct side *side, LONG turn)
{
    InterlockedIncrement(&side->board->arrived);
    while (side->board->arrived < 2 * turn) {
        check(side, ERROR_SUCCESS);
        Sleep(1);
    }
}

static void send_number(const struct side *side, LONGLONG number, DWORD bytes)
{
    char message[MESSAGE_BYTES];
    memset(message, 'm', sizeof message);
    memcpy(message, &number, sizeof number);
    check(side, side->peer->send(message, bytes));
}

static LONGLONG receive_number(const struct side *side, DWORD bytes)
{
    char message[MESSAGE_BYTES];
    LONGLONG number;
    check(side, side->peer->receive(message, bytes));
    memcpy(&number, message, sizeof number);
    return number;
}

static void spin_lead(const struct side *side)
{
    for (unsigned i = 0; i < WARM_UP + side->count; i++) {
        LONGLONG start = ticks_now();
        for (int j = 0; j < BATCH; j++) {
            send_number(side, j, MESSAGE_BYTES);
            receive_number(side, MESSAGE_BYTES);
        }
        if (i >= WARM_UP)
            side->board->sample_ticks[i - WARM_UP] = ticks_now() - start;
    }
}

static void spin_other(const struct side *side)
{
    for (unsigned i = 0; i < (WARM_UP + side->count) * BATCH; i++)
        send_number(side, receive_number(side, MESSAGE_BYTES), MESSAGE_BYTES);
}

/* The message carries the time before it was sent: the counter is common to all processes. */
static void wake_lead(const struct side *side)
{
    for (LONG i = 0; i < (LONG)(WARM_UP + side->count); i++) {
        while (side->board->received < i)
            YieldProcessor();
        for (LONGLONG start = ticks_now(); ticks_us(ticks_now() - start) < BLOCK_US;)
            YieldProcessor();
        send_number(side, ticks_now(), MESSAGE_BYTES);
    }
}

static void wake_other(const struct side *side)
{
    for (LONG i = 0; i < (LONG)(WARM_UP + side->count); i++) {
        LONGLONG ticks = -receive_number(side, MESSAGE_BYTES);
        ticks += ticks_now();
        if (i >= WARM_UP)
            side->board->sample_ticks[i - WARM_UP] = ticks;
        side->board->received = i + 1;
    }
}

static void stream_lead(const struct side *side)
{
    LONGLONG start = ticks_now();
    for (LONG i = 1; i <= (LONG)side->count; i++)
        send_number(side, i, STREAM_BYTES);
    while (side->board->received < (LONG)side->count)
        SwitchToThread();
    side->board->elapsed_ticks = ticks_now() - start;
}

static void stream_other(const struct side *side)
{
    LONGLONG number;
    do {
        number = receive_number(side, STREAM_BYTES);
    } while (number < side->count);
    side->board->received = (LONG)number;
}

static const struct {
    void (*lead)(const struct side *), (*other)(const struct side *);
} tasks[] = {{spin_lead, spin_other}, {wake_lead, wake_other}, {stream_lead, stream_other}};

/* self help PEER TASK COUNT CHANNEL lead|other */
void round_help(char **arguments)
{
    struct side side = {.peer = peers[atoi(arguments[0])],
                        .task = (enum task)atoi(arguments[1]),
                        .count = (unsigned)atoi(arguments[2])};
    bool lead = strcmp(arguments[4], "lead") == 0, both = side.task == TASK_SPIN;
    snprintf(side.there, sizeof side.there, "%s.there", arguments[3]);
    snprintf(side.back, sizeof side.back, "%s.back", arguments[3]);
    side.board = open_board(arguments[3]);
    if (!lead || both)
        check(&side, side.peer->open_receiver(lead ? side.back : side.there));
    meet(&side, 1);
    if (lead || both)
        check(&side, side.peer->open_sender(lead ? side.there : side.back));
    meet(&side, 2);
    (lead ? tasks[side.task].lead : tasks[side.task].other)(&side);
    exit(0);
}

static void evaluate(const struct board *board, enum task task, unsigned count, struct round *round)
{
    static double us[MOST_SAMPLES];
    *round = (struct round){0};
    if (task == TASK_STREAM) {
        round->rate = count * 1e6 / ticks_us(board->elapsed_ticks);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        us[i] = ticks_us(board->sample_ticks[i]) / (task == TASK_SPIN ? 2 * BATCH : 1);
    round->p50_us = percentile(us, count, 0.5);
    round->p99_us = percentile(us, count, 0.99);
}

bool round_run(const struct peer *peer, enum task task, unsigned count, struct round *round,
               DWORD *error)
{
    const char *channel = test_unique_name();
    struct board *board = open_board(channel);
    char which[12], what[12], number[12];
    unsigned at = 0;
    while (peers[at] != peer)
        at++;
    snprintf(which, sizeof which, "%u", at);
    snprintf(what, sizeof what, "%d", (int)task);
    snprintf(number, sizeof number, "%u", count);
    struct process *sides[2];
    for (int i = 0; i < 2; i++)
        sides[i] = process_start(
            ARGS("self", "help", which, what, number, channel, i == 0 ? "other" : "lead"));
    for (int i = 0; i < 2; i++)
        if (!process_wait(sides[i], ROUND_MS) && board->error == ERROR_SUCCESS)
            board->error = ERROR_TIMEOUT;
    *error = (DWORD)board->error;
    if (*error == ERROR_SUCCESS)
        evaluate(board, task, count, round);
    for (int i = 0; i < 2; i++)
        process_free(sides[i]);
    return *error == ERROR_SUCCESS;
}
