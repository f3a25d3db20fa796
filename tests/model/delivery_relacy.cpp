// The very source of the acknowledgements under weak memory, by Relacy: common/acknowledge.c in the
// copy that ACKNOWLEDGE_C names, beside common/publish.c and message.c in MESSAGE_C. A writer that
// waits and a reader that follows, as acknowledge.h shows them, with events and without time-outs: a
// lost wake-up is a deadlock. What the reader has output is a plain variable, which the writer may
// read once its message was acknowledged; a missing order there is a data race.
#include <relacy/relacy.hpp>

using namespace rl;

#define SHARED_WORD rl::atomic<unsigned>

// Functions, since the sources have a load and a store of their own.
static unsigned word_load(const SHARED_WORD *word, memory_order order, debug_info_param here)
{
    return word->load(order, here);
}

static void word_store(SHARED_WORD *word, unsigned value, memory_order order, debug_info_param here)
{
    word->store(value, order, here);
}

#define atomic_load_explicit(word, order)            word_load(word, order)
#define atomic_store_explicit(word, value, order)    word_store(word, value, order)
#define atomic_exchange_explicit(word, value, order) ((word)->exchange(value, order))
#define atomic_compare_exchange_strong_explicit(word, expected, desired, order, failure) \
    ((word)->compare_exchange_strong(*(expected), desired, order, failure))

#include MESSAGE_C

#define load  acknowledge_load
#define store acknowledge_store
#include ACKNOWLEDGE_C
#undef load
#undef store

#define CAPACITY 4 // bytes: a text of one byte and its NUL
#define MESSAGES 2
#define EVENTS   4

struct delivery_test : rl::test_suite<delivery_test, 2> {
    static const unsigned count = 2 * CAPACITY / 4 + sizeof(mapping_control) / sizeof(shared_word);
    rl::atomic<unsigned> words[count];
    shown_page page;
    rl::generic_event changed[EVENTS], acknowledged;
    rl::var<unsigned> output;

    message_region region()
    {
        message_region all = {words, count};
        return all;
    }

    void before()
    {
        for (unsigned i = 0; i < count; i++)
            words[i].store(0, rl::memory_order_relaxed);
        page.awaited.store(0, rl::memory_order_relaxed);
        page.shown.store(0, rl::memory_order_relaxed);
        page.asleep.store(0, rl::memory_order_relaxed);
        page.waiting.store(0, rl::memory_order_relaxed);
        for (unsigned i = 0; i < EVENTS; i++)
            changed[i].init(true, false, $);
        acknowledged.init(false, false, $);
        RL_ASSERT(message_adopt(region(), CAPACITY, false));
    }

    void after()
    {
        for (unsigned i = 0; i < EVENTS; i++)
            changed[i].deinit($);
        acknowledged.deinit($);
    }

    void write()
    {
        for (unsigned number = 1; number <= MESSAGES; number++) {
            unsigned char text = (unsigned char)number;
            message one;
            memset(&one, 0, sizeof one);
            one.length = 1;
            RL_ASSERT(message_claim(region(), 1) == CAPACITY);
            RL_ASSERT(message_next(region()) == number);
            acknowledge_prepare(&page, number);
            acknowledge_await(&page, number);
            RL_ASSERT(message_publish(region(), &one, &text) && one.number == number);
            if (acknowledge_take_sleeper(&page)) {
                uint32_t signals;
                RL_ASSERT(message_count_signal(region(), &signals));
                changed[signals % EVENTS].set($);
                changed[(signals + 2) % EVENTS].reset($);
            }
            message_release(region());
            acknowledge_block(&page, true);
            while (acknowledge_is_pending(&page, number))
                acknowledged.wait(false, false, $);
            RL_ASSERT(output($) == number);
            acknowledge_block(&page, false);
        }
    }

    void read()
    {
        unsigned seen = 0;
        while (seen < MESSAGES) {
            uint32_t signals = message_signals(region());
            message one;
            unsigned char text[2];
            message_result result = message_snapshot(region(), &one, text, sizeof text);
            if (result == MESSAGE_WHOLE && one.number != seen) {
                RL_ASSERT(one.number == seen + 1 && text[0] == one.number);
                seen = one.number;
                output($) = seen;
                if (acknowledge_shown(&page, seen))
                    acknowledged.set($);
                continue;
            }
            acknowledge_sleep(&page);
            if (message_number(region()) == seen)
                changed[(signals + 1) % EVENTS].wait(false, false, $);
        }
    }

    void thread(unsigned thread_index)
    {
        if (thread_index == 0)
            write();
        else
            read();
    }
};

int main(int argc, char **argv)
{
    rl::test_params params;
    params.iteration_count = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    params.search_type = rl::random_scheduler_type;
    return rl::simulate<delivery_test>(params) ? 0 : 1;
}
