/* The writing half of the latch, pure C11. message.h explains it; the order of the stores here is
 * what it promises. */
#include "latch.h"

#define LARGEST_DEFAULT (1u << 20) /* bytes of capacity */

uint32_t message_default_capacity(size_t region_bytes)
{
    if (region_bytes <= PAGE_BYTES)
        return region_bytes < 2 * MAPPING_SIZE + CONTROL_BYTES ? 0 : MAPPING_SIZE;
    size_t half = (region_bytes - CONTROL_BYTES) / 8 * 4;
    return half > LARGEST_DEFAULT ? LARGEST_DEFAULT : (uint32_t)half;
}

uint32_t message_section_bytes(uint32_t capacity)
{
    uint64_t used = 8 * (uint64_t)words_of(capacity) + CONTROL_BYTES;
    if (used <= PAGE_BYTES)
        return capacity;
    return used > UINT32_MAX - PAGE_BYTES ? 0 : (uint32_t)used;
}

static void store(shared_word *word, uint32_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

/* Clears what a text or a dead writer left from word `first` on: as far as the first page that is
 * clear already, so that a large mapping is not touched for a short text. */
static void clear_rest(shared_word *words, uint32_t first, uint32_t end)
{
    uint32_t clean = 0; /* words that were found clear, without a break */
    for (uint32_t i = first; i < end && clean < PAGE_BYTES / 4; i++) {
        clean = load(&words[i]) == 0 ? clean + 1 : 0;
        store(&words[i], 0);
    }
}

static void clear(shared_word *words, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        store(&words[i], 0);
}

/* Bytes of text at the start of the region before the first NUL, `most` if there is none. */
static uint32_t plain_length(struct message_region region, uint32_t most)
{
    for (uint32_t i = 0; i < words_of(most); i++) {
        uint32_t word = load(&region.words[i]);
        const unsigned char *bytes = (const unsigned char *)&word;
        for (uint32_t j = 0; j < 4; j++)
            if (bytes[j] == 0)
                return 4 * i + j < most ? 4 * i + j : most;
    }
    return most;
}

/* Writes one copy: its note, its text, and zeros up to where the last text ended. */
static void write_copy(struct mapping_copy *copy, shared_word *words, uint32_t capacity,
                       const struct message *message, uint32_t hash, const void *text)
{
    uint32_t old_length = load(&copy->length);
    uint32_t old_end = old_length < capacity ? old_length / 4 + 1 : words_of(capacity);
    const unsigned char *from = (const unsigned char *)text;
    uint32_t whole = message->length / 4;
#pragma GCC unroll 2 /* this and that in read_copy save a tenth of a message's way */
    for (uint32_t i = 0; i < whole; i++, from += 4) {
        uint32_t word;
        memcpy(&word, from, 4);
        store(&words[i], word);
    }
    uint32_t last = 0; /* the rest of the text and its NUL */
    if (message->length % 4 != 0)
        memcpy(&last, from, message->length % 4);
    store(&words[whole], last);
    clear(words, whole + 1, old_end);
    store(&copy->length, message->length);
    store(&copy->code_page, message->code_page);
    store(&copy->process_id, message->process_id);
    store(&copy->time_low, (uint32_t)message->time);
    store(&copy->time_high, (uint32_t)(message->time >> 32));
    store(&copy->hash, hash);
}

/* True if a message of ours is in the copy. The lock is held, only plain programs may write. */
static bool is_whole(const struct mapping_copy *copy, const shared_word *words, uint32_t capacity)
{
    uint32_t length = load(&copy->length);
    if (length >= capacity)
        return false;
    uint32_t lane[4] = HASH_START;
    uint32_t word[4];
    uint32_t at = 0;
    for (; length - at * 4 >= HASH_BLOCK; at += 4) {
        for (uint32_t i = 0; i < 4; i++)
            word[i] = load(&words[at + i]);
        hash_blocks(lane, (const unsigned char *)word, 1);
    }
    uint32_t rest = length - at * 4;
    for (uint32_t i = 0; i <= rest / 4; i++)
        word[i] = load(&words[at + i]);
    const unsigned char *tail = (const unsigned char *)word;
    return tail[rest] == 0 && hash_end(lane, tail, length) == load(&copy->hash);
}

static bool is_zero(const shared_word *words, const shared_word *end)
{
    while (words < end)
        if (load(words++) != 0)
            return false;
    return true;
}

/* Clears what lies behind a plain program's text and notes where that text ends. */
static void tidy_plain(struct message_region region, struct mapping_control *control,
                       uint32_t capacity)
{
    uint32_t length = plain_length(region, capacity);
    store(&control->text.length, length);
    if (length < capacity) {
        uint32_t last = load(&region.words[length / 4]);
        memset((unsigned char *)&last + length % 4, 0, 4 - length % 4);
        store(&region.words[length / 4], last);
        clear_rest(region.words, length / 4 + 1, words_of(capacity));
    }
}

/* Clears a copy that a writer may have left half written. */
static void discard_copy(struct mapping_copy *copy, shared_word *words, uint32_t capacity)
{
    clear_rest(words, 0, words_of(capacity));
    store(&copy->length, 0);
}

bool message_adopt(struct message_region region, uint32_t capacity, bool zero)
{
    struct mapping_control *control = control_of(region);
    if (!fits(region, capacity))
        return false;
    uint32_t magic = load(&control->magic);
    if (magic != MAPPING_UNUSED && magic != MAPPING_CLAIMED)
        return false;
    if (!zero && (!is_zero(standby_of(region, capacity), &control->magic) ||
                  !is_zero(&control->capacity, region.words + region.count)))
        return false;
    /* The first is recognised without the second, should this writer die between them. */
    atomic_store_explicit(&control->magic, MAPPING_CLAIMED, memory_order_release);
    atomic_store_explicit(&control->capacity, capacity, memory_order_release);
    return true;
}

uint32_t message_claim(struct message_region region, uint32_t process_id)
{
    bool ready;
    uint32_t capacity = message_capacity(region, &ready);
    if (capacity == 0)
        return 0;
    struct mapping_control *control = control_of(region);
    bool odd = ready && (load(&control->sequence) & 1) != 0;
    bool died = load(&control->holder) != 0;
    store(&control->holder, process_id);
    /* A reader that sees what is cleared here must see the sequence that the dead writer left, and
     * the next writer that this one was at work. */
    atomic_thread_fence(memory_order_release);
    if (odd)
        discard_copy(&control->text, region.words, capacity);
    else if (died)
        discard_copy(&control->standby, standby_of(region, capacity), capacity);
    if (!ready)
        store(&control->sequence, 0);
    if (!ready || (!odd && !is_whole(&control->text, region.words, capacity)))
        tidy_plain(region, control, capacity);
    return capacity;
}

void message_release(struct message_region region)
{
    atomic_store_explicit(&control_of(region)->holder, 0, memory_order_release);
}

uint32_t message_holder(struct message_region region)
{
    return message_capacity(region, NULL) == 0 ? 0 : load(&control_of(region)->holder);
}

bool message_publish(struct message_region region, struct message *message, const void *text)
{
    uint32_t capacity = message_capacity(region, NULL);
    if (message->length >= capacity)
        return false;
    struct mapping_control *control = control_of(region);
    uint32_t hash = hash_of(text, message->length);
    uint32_t s = load(&control->sequence);
    if ((s & 1) != 0) {
        s += 2; /* a writer died: standby is the message and stays it until text is new */
    } else {
        atomic_thread_fence(memory_order_release);
        write_copy(&control->standby, standby_of(region, capacity), capacity, message, hash, text);
        atomic_store_explicit(&control->sequence, ++s, memory_order_release);
        if (load(&control->magic) != MAPPING_READY)
            store(&control->magic, MAPPING_READY); /* seen too early, it shows no whole message */
    }
    atomic_thread_fence(memory_order_release);
    write_copy(&control->text, region.words, capacity, message, hash, text);
    atomic_store_explicit(&control->sequence, ++s, memory_order_release);
    message->number = number_of(s);
    return true;
}

bool message_count_signal(struct message_region region, uint32_t *signals)
{
    if (message_capacity(region, NULL) == 0)
        return false;
    struct mapping_control *control = control_of(region);
    *signals = load(&control->signals) + 1;
    atomic_store_explicit(&control->signals, *signals, memory_order_release);
    return true;
}

uint32_t message_next(struct message_region region)
{
    return (message_number(region) + 1) & NUMBER_MASK;
}
