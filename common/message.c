/* The reading half of the latch, pure C11. message.h explains it. */
#include "latch.h"

#define ATTEMPTS 16 /* of one snapshot */

uint32_t message_distance(uint32_t a, uint32_t b)
{
    return (a - b) & NUMBER_MASK;
}

void message_copy(struct message_region region, size_t offset, void *buffer, size_t bytes)
{
    unsigned char *to = (unsigned char *)buffer;
    const shared_word *from = region.words + offset / 4;
    size_t skip = offset % 4;
    while (bytes > 0) {
        uint32_t word = load(from++);
        size_t part = 4 - skip < bytes ? 4 - skip : bytes;
        memcpy(to, (const unsigned char *)&word + skip, part);
        to += part;
        bytes -= part;
        skip = 0;
        for (; bytes >= 4; bytes -= 4, to += 4) {
            uint32_t whole = load(from++);
            memcpy(to, &whole, 4);
        }
    }
}

uint32_t message_capacity(struct message_region region, bool *ready)
{
    const struct mapping_control *control = control_of(region);
    uint32_t magic = control != NULL ? load(&control->magic) : MAPPING_UNUSED;
    if (ready != NULL)
        *ready = magic == MAPPING_READY;
    if (magic != MAPPING_READY && magic != MAPPING_CLAIMED)
        return 0;
    uint32_t capacity = load(&control->capacity);
    return fits(region, capacity) ? capacity : 0;
}

/* Copies one copy out. Race: it may be torn, so the caller looks at it only if the sequence stood.
 */
static enum message_result read_copy(const struct mapping_copy *copy, const shared_word *words,
                                     uint32_t capacity, struct message *message, uint32_t *hash,
                                     void *buffer, size_t buffer_bytes)
{
    message->length = load(&copy->length);
    message->code_page = load(&copy->code_page);
    message->process_id = load(&copy->process_id);
    message->time = load(&copy->time_low) | (uint64_t)load(&copy->time_high) << 32;
    *hash = load(&copy->hash);
    if (message->length >= capacity)
        return MESSAGE_PLAIN;
    if (message->length >= buffer_bytes)
        return MESSAGE_TOO_LONG;
    unsigned char *to = (unsigned char *)buffer;
    uint32_t whole = message->length / 4;
#pragma GCC unroll 2
    for (uint32_t i = 0; i < whole; i++, to += 4) {
        uint32_t word = load(&words[i]);
        memcpy(to, &word, 4);
    }
    uint32_t last = load(&words[whole]);
    uint32_t rest = message->length % 4;
    if (rest > 0)
        memcpy(to, &last, rest);
    /* No NUL behind the text: a plain program has written a longer one over it. */
    return ((const unsigned char *)&last)[rest] == 0 ? MESSAGE_WHOLE : MESSAGE_PLAIN;
}

uint32_t message_number(struct message_region region)
{
    bool ready;
    bool any = message_capacity(region, &ready) != 0 && ready;
    return any ? number_of(load(&control_of(region)->sequence)) : 0;
}

uint32_t message_signals(struct message_region region)
{
    return message_capacity(region, NULL) == 0
               ? 0
               : atomic_load_explicit(&control_of(region)->signals, memory_order_acquire);
}

enum message_result message_snapshot(struct message_region region, struct message *message,
                                     void *buffer, size_t buffer_bytes)
{
    memset(message, 0, sizeof *message);
    bool ready;
    uint32_t capacity = message_capacity(region, &ready);
    if (capacity == 0 || !ready)
        return MESSAGE_PLAIN;
    const struct mapping_control *control = control_of(region);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        uint32_t s = atomic_load_explicit(&control->sequence, memory_order_acquire);
        bool odd = (s & 1) != 0;
        uint32_t hash;
        enum message_result result = read_copy(odd ? &control->standby : &control->text,
                                               odd ? standby_of(region, capacity) : region.words,
                                               capacity, message, &hash, buffer, buffer_bytes);
        atomic_thread_fence(memory_order_acquire);
        if (load(&control->sequence) != s)
            continue;
        message->number = number_of(s);
        if (result == MESSAGE_WHOLE && hash_of(buffer, message->length) != hash)
            return MESSAGE_PLAIN;
        return result;
    }
    return MESSAGE_BUSY;
}
