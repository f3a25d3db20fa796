/* One round of a peer: two processes that pass messages, started for it and ended with it. */
#include "bench.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

#define MOST_TIMES 4096
#define BATCH      64 /* round trips of two spinning processes that make one time */
#define WARM_UP    16 /* messages that are not counted */
#define ROUND_MS   60000

/* What the processes of a round share. */
static struct board {
    int peer;
    enum task task;
    LONG count;             /* of times, or of messages in a stream */
    volatile LONG arrived;  /* processes at a barrier, over all barriers */
    volatile LONG received; /* messages */
    LONGLONG ticks[MOST_TIMES];
} * board;

static const struct peer *peer; /* of this process */

void peer_check(bool holds)
{
    if (!holds)
        test_bail("error %lu", GetLastError());
}

/* Waits until both processes have come to their `turn`th barrier. */
static void meet(LONG turn)
{
    InterlockedIncrement(&board->arrived);
    while (board->arrived < 2 * turn)
        Sleep(1);
}

static void send_number(LONGLONG number, DWORD bytes)
{
    char message[MESSAGE_BYTES];
    memset(message, 'm', sizeof message);
    memcpy(message, &number, sizeof number);
    peer->send(message, bytes);
}

static LONGLONG receive_number(DWORD bytes)
{
    char message[MESSAGE_BYTES];
    LONGLONG number;
    peer->receive(message, bytes);
    memcpy(&number, message, sizeof number);
    return number;
}

static void note_time(LONG i, LONGLONG ticks)
{
    if (i >= WARM_UP)
        board->ticks[i - WARM_UP] = ticks;
}

static void spin_lead(LONG count)
{
    for (LONG i = 0; i < count; i++) {
        LONGLONG start = ticks_now();
        for (int j = 0; j < BATCH; j++) {
            send_number(j, MESSAGE_BYTES);
            receive_number(MESSAGE_BYTES);
        }
        note_time(i, ticks_now() - start);
    }
}

static void spin_other(LONG count)
{
    for (LONG i = 0; i < count * BATCH; i++)
        send_number(receive_number(MESSAGE_BYTES), MESSAGE_BYTES);
}

/* The message carries the time before it was sent: the counter is common to all processes. Where
 * two answer each other, each would still be at the end of its own send when the answer comes; a
 * pause lets the receiver block, as it has when people or programs have something to say. */
static void wake_lead(LONG count)
{
    for (LONG i = 0; i < count; i++) {
        do
            Sleep(1);
        while (board->received < i);
        send_number(ticks_now(), MESSAGE_BYTES);
    }
}

static void wake_other(LONG count)
{
    for (LONG i = 0; i < count; board->received = ++i) {
        LONGLONG sent = receive_number(MESSAGE_BYTES);
        note_time(i, ticks_now() - sent);
    }
}

static void stream_lead(LONG count)
{
    LONGLONG start = ticks_now();
    for (LONG i = 1; i <= count; i++)
        send_number(i, STREAM_BYTES);
    while (board->received < count)
        SwitchToThread();
    board->ticks[0] = ticks_now() - start;
}

/* As reader does: one write for each message. */
static void stream_other(LONG count)
{
    char message[STREAM_BYTES];
    LONGLONG number = 0;
    HANDLE file = CreateFileA(bench_path("stream.out"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);
    peer_check(file != INVALID_HANDLE_VALUE);
    while (number < count) {
        DWORD written;
        peer->receive(message, sizeof message);
        peer_check(WriteFile(file, message, sizeof message, &written, NULL));
        memcpy(&number, message, sizeof number);
    }
    board->received = count;
    CloseHandle(file);
}

/* self CHANNEL lead|other */
void round_help(const char *channel, bool lead)
{
    static void (*const tasks[][2])(LONG) = {[TASK_SPIN] = {spin_other, spin_lead},
                                             [TASK_WAKE] = {wake_other, wake_lead},
                                             [TASK_STREAM] = {stream_other, stream_lead}};
    char there[64], back[64];
    board = (void *)test_publish(channel, sizeof *board, NULL).view;
    peer = &peers[board->peer];
    snprintf(there, sizeof there, "%s.there", channel);
    snprintf(back, sizeof back, "%s.back", channel);
    bool both = board->task == TASK_SPIN;
    if (!lead || both)
        peer->open(lead ? back : there, true);
    meet(1);
    if (lead || both)
        peer->open(lead ? there : back, false);
    meet(2);
    tasks[board->task][lead](board->count + (board->task == TASK_STREAM ? 0 : WARM_UP));
    exit(0);
}

double round_run(int of, enum task task, unsigned count)
{
    static double us[MOST_TIMES];
    const char *channel = test_unique_name();
    board = (void *)test_publish(channel, sizeof *board, NULL).view;
    board->peer = of;
    board->task = task;
    board->count = (LONG)count;
    struct process *sides[] = {process_start(ARGS("self", channel, "other")),
                               process_start(ARGS("self", channel, "lead"))};
    for (int i = 0; i < 2; i++)
        if (!process_wait(sides[i], ROUND_MS) || process_status(sides[i]) != 0)
            test_bail("peer %d: %s%s", of, process_output(sides[0]), process_output(sides[1]));
    for (int i = 0; i < 2; i++)
        process_free(sides[i]);
    if (task == TASK_STREAM)
        return count * 1e6 / ticks_us(board->ticks[0]);
    for (unsigned i = 0; i < count; i++)
        us[i] = ticks_us(board->ticks[i]) / (task == TASK_SPIN ? 2 * BATCH : 1);
    return median(us, count);
}
