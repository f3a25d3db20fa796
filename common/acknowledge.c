/* The words of NAME.shown; pure C11. acknowledge.h explains them. */
#include "acknowledge.h"

#include "message.h"

#define MARK UINT32_C(0x80000000) /* set in each stored number, so that 0 means none */

static uint32_t load(const shared_word *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

static void store(shared_word *word, uint32_t value)
{
    atomic_store_explicit(word, value, memory_order_release);
}

static bool swap(shared_word *word, uint32_t expected, uint32_t desired)
{
    return atomic_compare_exchange_strong_explicit(word, &expected, desired, memory_order_acq_rel,
                                                   memory_order_acquire);
}

/* True if the stored `number` is `other` or later. */
static bool is_reached(uint32_t number, uint32_t other)
{
    return (number & MARK) != 0 && message_distance(number, other) <= INT32_MAX / 2;
}

bool acknowledge_is_valid(const struct shown_page *page)
{
    uint32_t awaited = load(&page->awaited), shown = load(&page->shown);
    return (awaited == 0 || (awaited & MARK) != 0) && (shown == 0 || (shown & MARK) != 0) &&
           load(&page->asleep) <= 1 && load(&page->waiting) <= 1;
}

void acknowledge_reset(struct shown_page *page)
{
    store(&page->awaited, 0);
    store(&page->shown, 0);
    store(&page->asleep, 1); /* a reader may be asleep: one needless signal at most */
    store(&page->waiting, 0);
}

void acknowledge_prepare(struct shown_page *page, uint32_t number)
{
    if (is_reached(load(&page->shown), number))
        store(&page->shown, MARK | (number - 1));
}

void acknowledge_await(struct shown_page *page, uint32_t number)
{
    store(&page->awaited, MARK | number);
}

bool acknowledge_take_sleeper(struct shown_page *page)
{
    atomic_thread_fence(memory_order_seq_cst); /* publish, then read `asleep` */
    return load(&page->asleep) != 0 &&
           atomic_exchange_explicit(&page->asleep, 0, memory_order_acq_rel) != 0;
}

bool acknowledge_is_pending(const struct shown_page *page, uint32_t number)
{
    return load(&page->awaited) == (MARK | number);
}

void acknowledge_block(struct shown_page *page, bool blocks)
{
    store(&page->waiting, blocks);
    atomic_thread_fence(memory_order_seq_cst); /* set, then read `awaited` */
}

bool acknowledge_withdraw(struct shown_page *page, uint32_t number)
{
    return swap(&page->awaited, MARK | number, 0);
}

bool acknowledge_claim(struct shown_page *page, uint32_t number)
{
    uint32_t shown = load(&page->shown);
    while (!is_reached(shown, number)) {
        if (swap(&page->shown, shown, MARK | number))
            return true;
        shown = load(&page->shown);
    }
    return false;
}

bool acknowledge_shown(struct shown_page *page, uint32_t number)
{
    bool was_awaited = swap(&page->awaited, MARK | number, 0);
    /* After that: a reader that dies here must not leave its writer waiting. */
    acknowledge_claim(page, number);
    if (!was_awaited)
        return false;
    atomic_thread_fence(memory_order_seq_cst); /* then read `waiting` */
    return load(&page->waiting) != 0;
}

bool acknowledge_is_claimed(const struct shown_page *page, uint32_t number)
{
    return load(&page->shown) == (MARK | number);
}

void acknowledge_sleep(struct shown_page *page)
{
    store(&page->asleep, 1);
    atomic_thread_fence(memory_order_seq_cst); /* set, then read the number */
}
