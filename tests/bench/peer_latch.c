/* Ours without any kernel object: the latch alone, and a receiver that spins. */
#include "bench.h"

#include "message.h"

static struct message_region in, out;
static uint32_t last;

static DWORD open_region(struct message_region *region, const char *channel,
                         enum mapping_access access)
{
    struct mapping mapping; /* stays open until the end */
    DWORD error = mapping_create(&mapping, channel, MAPPING_SIZE, false, access);
    *region = (struct message_region){mapping.view, mapping.bytes / sizeof(shared_word)};
    return error;
}

static DWORD open_receiver(const char *channel)
{
    return open_region(&in, channel, MAPPING_READ);
}

/* The only writer needs no lock. */
static DWORD open_sender(const char *channel)
{
    DWORD error = open_region(&out, channel, MAPPING_WRITE);
    if (error == ERROR_SUCCESS &&
        (!message_adopt(out, MAPPING_SIZE, true) || message_claim(out, false) != MAPPING_SIZE))
        error = ERROR_INVALID_DATA;
    return error;
}

static DWORD send_message(const void *text, DWORD bytes)
{
    struct message message = {.length = bytes - 1, .code_page = 65001};
    return message_publish(out, &message, text) ? ERROR_SUCCESS : ERROR_INVALID_DATA;
}

static DWORD receive_message(void *text, DWORD bytes)
{
    struct message message;
    do
        message_snapshot(in, &message, NULL, 0); /* tells the number, without a copy */
    while (message.number == last);
    while (message_snapshot(in, &message, text, bytes) != MESSAGE_WHOLE)
        ;
    last = message.number;
    return ERROR_SUCCESS;
}

const struct peer peer_latch = {"message_publish, message_snapshot",
                                "latest",
                                open_receiver,
                                open_sender,
                                send_message,
                                receive_message};
