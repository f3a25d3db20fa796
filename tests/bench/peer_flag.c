/* The least that passes a text through shared memory: a memcpy and a flag. It is torn as soon as
 * the next message comes too early. */
#include "bench.h"

#include <stdatomic.h>
#include <string.h>

#include "mapping.h"

struct box {
    char text[MESSAGE_BYTES];
    _Atomic uint32_t flag; /* counts the messages */
};

static struct box *in, *out;
static uint32_t last;

static DWORD open_box(struct box **box, const char *channel)
{
    struct mapping mapping; /* stays open until the end */
    DWORD error = mapping_create(&mapping, channel, sizeof **box, false, MAPPING_WRITE);
    *box = mapping.view;
    return error;
}

static DWORD open_receiver(const char *channel)
{
    return open_box(&in, channel);
}

static DWORD open_sender(const char *channel)
{
    return open_box(&out, channel);
}

static DWORD send_message(const void *text, DWORD bytes)
{
    memcpy(out->text, text, bytes);
    uint32_t flag = atomic_load_explicit(&out->flag, memory_order_relaxed);
    atomic_store_explicit(&out->flag, flag + 1, memory_order_release);
    return ERROR_SUCCESS;
}

static DWORD receive_message(void *text, DWORD bytes)
{
    uint32_t flag;
    while ((flag = atomic_load_explicit(&in->flag, memory_order_acquire)) == last)
        ;
    last = flag;
    memcpy(text, in->text, bytes);
    return ERROR_SUCCESS;
}

const struct peer peer_flag = {"memcpy and a flag", "latest, torn", open_receiver,
                               open_sender,         send_message,   receive_message};
