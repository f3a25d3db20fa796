// The very source of the latch under weak memory, by Relacy: common/publish.c and message.c in the copy that MESSAGE_C
// names, with its shared words instrumented. Two writers under a lock, one reader; each message is two
// words that must agree. Weak memory means that a load may give any value that C11 allows.
#include <relacy/relacy.hpp>

using namespace rl;

#define SHARED_WORD rl::atomic<unsigned>
#define atomic_load_explicit(word, order)         ((word)->load(order))
#define atomic_store_explicit(word, value, order) ((word)->store((value), order))

#include MESSAGE_C

#define CAPACITY 12 // bytes: two words of text and the NUL's

struct latch_test : rl::test_suite<latch_test, 3> {
    static const unsigned count = 2 * CAPACITY / 4 + 17;
    rl::atomic<unsigned> words[count];
    rl::mutex lock;

    message_region region()
    {
        message_region all = {words, count};
        return all;
    }

    void before()
    {
        for (unsigned i = 0; i < count; i++)
            words[i].store(0, rl::memory_order_relaxed);
    }

    // A block of messages under one lock, as a piped writer publishes them.
    void write(unsigned thread_index, unsigned messages)
    {
        lock.lock($);
        if (message_capacity(region(), NULL) == 0)
            RL_ASSERT(message_adopt(region(), CAPACITY, false));
        RL_ASSERT(message_holder(region()) == 0);
        RL_ASSERT(message_claim(region(), 1 + thread_index) == CAPACITY);
        for (unsigned i = 0; i < messages; i++) {
            unsigned text[2];
            text[0] = text[1] = 0x01010101 * (1 + 2 * i + thread_index);
            message one;
            memset(&one, 0, sizeof one);
            one.length = 8;
            one.code_page = text[0];
            RL_ASSERT(message_publish(region(), &one, text));
        }
        uint32_t signals;
        RL_ASSERT(message_count_signal(region(), &signals));
        message_release(region());
        lock.unlock($);
    }

    void read()
    {
        unsigned last = 0;
        // The first message is long in coming, so most looks see that there is none.
        for (int look = 0, seen_whole = 0; look < 100 && seen_whole < 4; look++) {
            unsigned text[3]; // the third is the room for the NUL that a snapshot asks for
            message seen;
            message_result result = message_snapshot(region(), &seen, text, sizeof text);
            RL_ASSERT(result != MESSAGE_TOO_LONG);
            if (result == MESSAGE_PLAIN) {
                RL_ASSERT(last == 0); // only while nothing was published; never a torn copy
                RL_ASSERT(seen.number == 0);
            }
            if (result != MESSAGE_WHOLE)
                continue;
            seen_whole++;
            RL_ASSERT(text[0] == text[1] && seen.code_page == text[0] && seen.length == 8);
            RL_ASSERT(seen.number >= last && seen.number <= 4);
            last = seen.number;
        }
    }

    void thread(unsigned thread_index)
    {
        if (thread_index < 2)
            write(thread_index, 2);
        else
            read();
    }
};

int main(int argc, char **argv)
{
    rl::test_params params;
    params.iteration_count = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    params.search_type = rl::random_scheduler_type;
    return rl::simulate<latch_test>(params) ? 0 : 1;
}
