/* The ways to pass messages: ours, and what one would use instead. */
#include "bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "encoding.h"
#include "harness.h"
#include "message.h"
#include "publisher.h"
#include "source.h"

#define PAGE_BYTES  4096
#define QUEUE_BYTES (64 * 1024)

/* The least: shared memory and a flag, or a bare auto-reset event. A text is torn as soon as the
 * next message comes too early. */
static struct box {
    char text[MESSAGE_BYTES];
    _Atomic uint32_t flag; /* counts the messages */
} * box_in, *box_out;
static uint32_t last; /* message that was received */
static HANDLE event;

static void flag_open(const char *channel, bool receives)
{
    *(receives ? &box_in : &box_out) = (void *)test_publish(channel, sizeof(struct box), NULL).view;
}

static void flag_send(const void *text, DWORD bytes)
{
    memcpy(box_out->text, text, bytes);
    uint32_t flag = atomic_load_explicit(&box_out->flag, memory_order_relaxed);
    atomic_store_explicit(&box_out->flag, flag + 1, memory_order_release);
}

static void flag_receive(void *text, DWORD bytes)
{
    uint32_t flag;
    while ((flag = atomic_load_explicit(&box_in->flag, memory_order_acquire)) == last)
        ;
    last = flag;
    memcpy(text, box_in->text, bytes);
}

static void event_open(const char *channel, bool receives)
{
    char name[64];
    flag_open(channel, receives);
    snprintf(name, sizeof name, "%s.event", channel);
    event = CreateEventA(NULL, FALSE, FALSE, name);
    peer_check(event != NULL);
}

static void event_send(const void *text, DWORD bytes)
{
    memcpy(box_out->text, text, bytes);
    peer_check(SetEvent(event));
}

static void event_receive(void *text, DWORD bytes)
{
    peer_check(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    memcpy(text, box_in->text, bytes);
}

/* A named pipe in message mode. */
static HANDLE pipe;

static void pipe_open(const char *channel, bool receives)
{
    char name[80];
    snprintf(name, sizeof name, "\\\\.\\pipe\\%s", channel);
    if (receives)
        pipe = CreateNamedPipeA(name, PIPE_ACCESS_INBOUND,
                                PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, 1,
                                QUEUE_BYTES, QUEUE_BYTES, 0, NULL);
    else
        pipe = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    peer_check(pipe != INVALID_HANDLE_VALUE);
}

static void pipe_send(const void *message, DWORD bytes)
{
    DWORD written;
    peer_check(WriteFile(pipe, message, bytes, &written, NULL));
}

static void pipe_receive(void *message, DWORD bytes)
{
    static bool connected;
    DWORD read;
    if (!connected)
        peer_check(ConnectNamedPipe(pipe, NULL) || GetLastError() == ERROR_PIPE_CONNECTED);
    connected = true;
    peer_check(ReadFile(pipe, message, bytes, &read, NULL));
}

/* Ours without any kernel object: the latch alone, and a receiver that spins. The only writer needs
 * no lock. */
static struct message_region latch_in, latch_out;

static void latch_open(const char *channel, bool receives)
{
    struct message_region region = {.words = (void *)test_publish(channel, MAPPING_SIZE, NULL).view,
                                    .count = PAGE_BYTES / sizeof(shared_word)};
    *(receives ? &latch_in : &latch_out) = region;
    peer_check(receives || (message_adopt(region, MAPPING_SIZE, true) &&
                            message_claim(region, 1) == MAPPING_SIZE));
}

static void latch_send(const void *text, DWORD bytes)
{
    struct message message = {.length = bytes - 1, .code_page = TEXT_UTF8};
    peer_check(message_publish(latch_out, &message, text));
}

static void latch_receive(void *text, DWORD bytes)
{
    struct message message;
    do
        message_snapshot(latch_in, &message, NULL, 0); /* tells the number, without a copy */
    while (message.number == last);
    while (message_snapshot(latch_in, &message, text, bytes) != MESSAGE_WHOLE)
        ;
    last = message.number;
}

/* Ours as the programs do it: `writer` with its lock and its events, `reader --follow` blocked. */
static struct publisher_options publisher_options = {.code_page = TEXT_UTF8};
static struct publisher publisher;
static struct source_options source_options = {
    .may_create = true, /* the sender comes later */
    .view = {.code_page = ENCODING_AUTO, .offset = NOT_GIVEN, .length = NOT_GIVEN},
    .interval_ms = NOT_GIVEN};
static struct source source;

static void follow_open(const char *channel, bool receives)
{
    publisher_options.name = source_options.name = channel;
    source_start(&source, &source_options);
    peer_check((receives ? source_open(&source)
                         : publisher_open(&publisher, &publisher_options, WAIT_FOR_EVER)) ==
               ERROR_SUCCESS);
}

static void follow_send(const void *text, DWORD bytes)
{
    const struct text_to_send sent = {.bytes = text, .count = bytes - 1};
    peer_check(publisher_put(&publisher, &sent, false, WAIT_FOR_EVER) == ERROR_SUCCESS &&
               publisher_unlock(&publisher) == ERROR_SUCCESS);
}

/* As read_as_it_comes in reader/reader.c. */
static void follow_receive(void *text, DWORD bytes)
{
    struct sight sight;
    for (;; source_wait(&source, INFINITE)) {
        peer_check(source_look(&source, &sight) == ERROR_SUCCESS);
        if (sight.ours && sight.fresh)
            break;
    }
    memcpy(text, sight.bytes, sight.count < bytes ? sight.count : bytes);
    source_acknowledge(&source, &sight);
}

const struct peer peers[] = {
    [PEER_FLAG] = {flag_open, flag_send, flag_receive},
    [PEER_EVENT] = {event_open, event_send, event_receive},
    [PEER_PIPE] = {pipe_open, pipe_send, pipe_receive},
    [PEER_LATCH] = {latch_open, latch_send, latch_receive},
    [PEER_FOLLOW] = {follow_open, follow_send, follow_receive},
};
