/* One round of a peer: two processes that pass messages, started for it and ended with it. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "mapping.h"

#define MOST_SAMPLES 4096
#define BATCH        64 /* round trips of two spinning processes that make one sample */
#define WARM_UP      16 /* messages that are not counted */
#define ROUND_MS     20000

/* What the processes of a round share. */
struct board {
    enum task task;
    LONG count;             /* of samples, or of messages in a stream */
    volatile LONG arrived;  /* processes at a barrier, over all barriers */
    volatile LONG error;    /* the first that a process had */
    volatile LONG received; /* messages */
    LONGLONG elapsed_ticks; /* of a stream */
    LONGLONG sample_ticks[MOST_SAMPLES];
};

/* One of the processes. */
struct side {
    const struct peer *peer;
    struct board *board;
    char there[64], back[64]; /* channels */
};

static const struct peer *const peers[] = {&peer_latch, &peer_flag,     &peer_follow,   &peer_event,
                                           &peer_pipe,  &peer_mailslot, &peer_copydata, &peer_tcp};

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
    for (LONG i = 0; i < WARM_UP + side->board->count; i++) {
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
    for (LONG i = 0; i < (WARM_UP + side->board->count) * BATCH; i++)
        send_number(side, receive_number(side, MESSAGE_BYTES), MESSAGE_BYTES);
}

/* The message carries the time before it was sent: the counter is common to all processes. Where
 * two answer each other, each would still be at the end of its own send when the answer comes; a
 * pause lets the receiver block, as it has when people or programs have something to say. */
static void wake_lead(const struct side *side)
{
    for (LONG i = 0; i < WARM_UP + side->board->count; i++) {
        do
            Sleep(1);
        while (side->board->received < i);
        send_number(side, ticks_now(), MESSAGE_BYTES);
    }
}

static void wake_other(const struct side *side)
{
    for (LONG i = 0; i < WARM_UP + side->board->count; i++) {
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
    for (LONG i = 1; i <= side->board->count; i++)
        send_number(side, i, STREAM_BYTES);
    while (side->board->received < side->board->count)
        SwitchToThread();
    side->board->elapsed_ticks = ticks_now() - start;
}

static void stream_other(const struct side *side)
{
    LONGLONG number;
    do {
        number = receive_number(side, STREAM_BYTES);
    } while (number < side->board->count);
    side->board->received = (LONG)number;
}

static const struct {
    void (*lead)(const struct side *), (*other)(const struct side *);
} tasks[] = {{spin_lead, spin_other}, {wake_lead, wake_other}, {stream_lead, stream_other}};

/* self help PEER CHANNEL lead|other */
void round_help(char **arguments)
{
    struct side side = {.peer = peers[0]};
    for (unsigned i = 0; strcmp(side.peer->name, arguments[0]) != 0; i++)
        side.peer = peers[i];
    snprintf(side.there, sizeof side.there, "%s.there", arguments[1]);
    snprintf(side.back, sizeof side.back, "%s.back", arguments[1]);
    struct mapping mapping;
    program_hold(&mapping, arguments[1], sizeof *side.board);
    side.board = mapping.view;
    bool lead = strcmp(arguments[2], "lead") == 0, both = side.board->task == TASK_SPIN;
    if (!lead || both)
        check(&side, side.peer->open_receiver(lead ? side.back : side.there));
    meet(&side, 1);
    if (lead || both)
        check(&side, side.peer->open_sender(lead ? side.there : side.back));
    meet(&side, 2);
    (lead ? tasks[side.board->task].lead : tasks[side.board->task].other)(&side);
    exit(0);
}

static void evaluate(const struct board *board, struct round *round)
{
    static double us[MOST_SAMPLES];
    unsigned count = (unsigned)board->count;
    *round = (struct round){0};
    if (board->task == TASK_STREAM) {
        round->rate = count * 1e6 / ticks_us(board->elapsed_ticks);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        us[i] = ticks_us(board->sample_ticks[i]) / (board->task == TASK_SPIN ? 2 * BATCH : 1);
    round->p50_us = percentile(us, count, 0.5);
    round->p99_us = percentile(us, count, 0.99);
}

bool round_run(const struct peer *peer, enum task task, unsigned count, struct round *round,
               DWORD *error)
{
    const char *channel = test_unique_name();
    struct mapping mapping;
    program_hold(&mapping, channel, sizeof(struct board));
    struct board *board = mapping.view;
    board->task = task;
    board->count = (LONG)count;
    struct process *sides[] = {process_start(ARGS("self", "help", peer->name, channel, "other")),
                               process_start(ARGS("self", "help", peer->name, channel, "lead"))};
    for (int i = 0; i < 2; i++)
        if (!process_wait(sides[i], ROUND_MS) && board->error == ERROR_SUCCESS)
            board->error = ERROR_TIMEOUT;
    for (int i = 0; i < 2; i++)
        process_free(sides[i]);
    *error = (DWORD)board->error;
    if (*error == ERROR_SUCCESS)
        evaluate(board, round);
    mapping_close(&mapping);
    return *error == ERROR_SUCCESS;
}
