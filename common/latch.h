/* What both halves of the latch share: message.c, which reads, and publish.c, which writes. For
 * these two files only. */
#ifndef LATCH_H
#define LATCH_H

#include "message.h"

#include <string.h>

#define PAGE_BYTES    4096u /* of every Windows on x86, x64 and ARM64 */
#define CONTROL_WORDS (sizeof(struct mapping_control) / sizeof(shared_word))
#define CONTROL_BYTES (uint32_t)(CONTROL_WORDS * 4)

static inline uint32_t words_of(uint32_t bytes)
{
    return bytes / 4 + (bytes % 4 != 0);
}

static inline struct mapping_control *control_of(struct message_region region)
{
    if (region.count < CONTROL_WORDS)
        return NULL;
    return (struct mapping_control *)(void *)(region.words + (region.count - CONTROL_WORDS));
}

static inline shared_word *standby_of(struct message_region region, uint32_t capacity)
{
    return region.words + (region.count - CONTROL_WORDS - words_of(capacity));
}

static inline bool fits(struct message_region region, uint32_t capacity)
{
    return capacity > 0 && region.count >= CONTROL_WORDS &&
           (region.count - CONTROL_WORDS) / 2 >= words_of(capacity);
}

#define NUMBER_MASK 0x7fffffffu

static inline uint32_t number_of(uint32_t sequence)
{
    return ((sequence >> 1) + (sequence & 1)) & NUMBER_MASK;
}

static inline uint32_t load(const shared_word *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

/* Four interleaved FNV-1a hashes over 32-bit words, the last ones padded with zeros, and the
 * length: quick, and enough to notice another program's text. No defence against forgery. */
#define HASH_PRIME 16777619u
#define HASH_BLOCK 16u /* bytes */

static inline void hash_blocks(uint32_t lane[4], const unsigned char *bytes, uint32_t blocks)
{
    for (; blocks > 0; blocks--, bytes += HASH_BLOCK) {
        uint32_t word[4];
        memcpy(word, bytes, sizeof word);
        for (int i = 0; i < 4; i++)
            lane[i] = (lane[i] ^ word[i]) * HASH_PRIME;
    }
}

static inline uint32_t hash_end(const uint32_t lane[4], const unsigned char *tail, uint32_t length)
{
    uint32_t word[4] = {0, 0, 0, 0};
    if (length % HASH_BLOCK != 0)
        memcpy(word, tail, length % HASH_BLOCK);
    uint32_t hash = length;
    for (int i = 0; i < 4; i++)
        hash = ((hash ^ lane[i]) * HASH_PRIME ^ word[i]) * HASH_PRIME;
    return hash ^ hash >> 15;
}

#define HASH_START                                                                                 \
    {                                                                                              \
        2166136261u, 2166136262u, 2166136263u, 2166136264u                                         \
    }

static inline uint32_t hash_of(const void *text, uint32_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t lane[4] = HASH_START;
    hash_blocks(lane, bytes, length / HASH_BLOCK);
    return hash_end(lane, bytes + (length - length % HASH_BLOCK), length);
}

#endif
