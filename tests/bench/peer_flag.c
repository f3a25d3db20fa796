/* The least that passes a text through shared memory: a memcpy and a flag. It is torn as soon as
 * the next message comes too early. */
#include "bench.h"

#include <stdatomic.h>
#include <string.h>

static struct box {
    char text[MESSAGE_BYTES];
    _Atomic uint32_t flag; /* counts the messages */
} * in, *out;
static uint32_t last;

static void open_box(const char *channel, bool receives)
{
    *(receives ? &in : &out) = share_memory(channel, sizeof *in);
}

static void send_message(const void *text, DWORD bytes)
{
    memcpy(out->text, text, bytes);
    uint32_t flag = atomic_load_explicit(&out->flag, memory_order_relaxed);
    atomic_store_explicit(&out->flag, flag + 1, memory_order_release);
}

static void receive_message(void *text, DWORD bytes)
{
    uint32_t flag;
    while ((flag = atomic_load_explicit(&in->flag, memory_order_acquire)) == last)
        ;
    last = flag;
    memcpy(text, in->text, bytes);
}

const struct peer peer_flag = {"memcpy and a flag", "latest, torn", open_box, send_message,
                               receive_message};
