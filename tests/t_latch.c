/* The latch on a real region: what it shows, and that a writer which dies at any store of its work,
 * each tried with a real death, leaves the old or the new message whole. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* message.c is taken in with its stores hooked, under other names than the linked one's. */
#define message_default_capacity hooked_default_capacity
#define message_section_bytes    hooked_section_bytes
#define message_capacity         hooked_capacity
#define message_holder           hooked_holder
#define message_adopt            hooked_adopt
#define message_take             hooked_take
#define message_waiting          hooked_waiting
#define message_set_waiting      hooked_set_waiting
#define message_claim            hooked_claim
#define message_publish          hooked_publish
#define message_count_signal     hooked_count_signal
#define message_signals          hooked_signals
#define message_release          hooked_release
#define message_snapshot         hooked_snapshot
#define message_copy             hooked_copy
#define message_distance         hooked_distance

#include "mapping.h"

static long stores_left = -1; /* until this process ends itself; negative: never */

static void before_store(void)
{
    if (stores_left >= 0 && stores_left-- == 0)
        TerminateProcess(GetCurrentProcess(), 77);
}

#undef atomic_store_explicit
#define atomic_store_explicit(word, value, order)                                                  \
    (before_store(), __atomic_store_n((volatile uint32_t *)(word), (value), (order)))
#undef atomic_compare_exchange_strong_explicit
#define atomic_compare_exchange_strong_explicit(word, expected, value, order, other)               \
    (before_store(), __atomic_compare_exchange_n((volatile uint32_t *)(word), (expected), (value), \
                                                 false, (order), (other)))
#include "../common/message.c"

struct sample {
    struct mapping mapping;
    struct message_region region;
};

static struct sample open_sample(const char *name, uint32_t bytes)
{
    struct sample sample;
    if (mapping_create(&sample.mapping, name, bytes, false, MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", name);
    sample.region.words = sample.mapping.view;
    sample.region.count = sample.mapping.bytes / sizeof(shared_word);
    return sample;
}

/* As the only writer that lives. */
static bool lock(struct message_region region, bool *died)
{
    if (message_capacity(region, NULL) == 0 && !message_adopt(region, MAPPING_SIZE, false))
        return false;
    uint32_t holder = message_holder(region);
    *died = holder != 0;
    return message_take(region, holder, GetCurrentProcessId());
}

static bool write(struct message_region region, const char *text)
{
    struct message message = {.length = (uint32_t)strlen(text), .code_page = 65001};
    bool died;
    if (!lock(region, &died) || message_claim(region, died) == 0)
        return false;
    bool done = message_publish(region, &message, text);
    message_count_signal(region);
    message_release(region);
    return done;
}

static const char *read(struct message_region region, enum message_result *result)
{
    static char text[MAPPING_SIZE + 1];
    struct message message;
    *result = message_snapshot(region, &message, text, MAPPING_SIZE);
    text[*result == MESSAGE_WHOLE ? message.length : 0] = '\0';
    return text;
}

/* True if nothing lies in the region but the text, twice, and the control data. */
static bool is_clean(struct message_region region, size_t length)
{
    const char *bytes = (const char *)region.words;
    size_t standby = 4 * region.count - sizeof(struct mapping_control) - MAPPING_SIZE;
    for (size_t i = length; i < standby; i++)
        if (bytes[i] != 0)
            return false;
    for (size_t i = standby + length; i < standby + MAPPING_SIZE; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* What is in the mapping when the writer comes that is to die; NULL: nothing, not even our trailer.
 */
struct history {
    const char *name;
    const char *first, *second;
    bool torn; /* and another writer has died in the middle of `text` since */
};

static void kill_in_text(const char *name)
{
    char stores[16];
    struct result got = {0};
    snprintf(stores, sizeof stores, "%d", 35);
    process_run(ARGS("self", "die", name, stores,
                     "a victim's text that is torn in the middle of "
                     "its second copy"),
                NULL, &got);
    if (got.status != 77)
        test_bail("the earlier victim has survived");
}

/* One death before store number `store`; false if the writer came to its end. */
static bool die_once(const struct history *history, const char *text, int store, int *wrong)
{
    const char *name = test_unique_name();
    struct sample sample = open_sample(name, MAPPING_SIZE);
    if (history->first != NULL)
        write(sample.region, history->first);
    if (history->second != NULL)
        write(sample.region, history->second);
    if (history->torn)
        kill_in_text(name);
    enum message_result before, after;
    char old[MAPPING_SIZE + 1];
    strcpy(old, read(sample.region, &before));
    char digits[16];
    snprintf(digits, sizeof digits, "%d", store);
    struct result got = {0};
    int status = process_run(ARGS("self", "die", name, digits, text), NULL, &got);
    const char *now = read(sample.region, &after);
    bool is_old = after == before && strcmp(now, old) == 0;
    bool is_new = after == MESSAGE_WHOLE && strcmp(now, text) == 0;
    bool right = status == 77 ? is_old || is_new : status == 0 && is_new;
    right = right && write(sample.region, "next") &&
            strcmp(read(sample.region, &after), "next") == 0 && after == MESSAGE_WHOLE;
    right = right && write(sample.region, "last one") && is_clean(sample.region, 8);
    if (!right) {
        ++*wrong;
        test_note("death before store %d: '%s' became '%s' (%d, %d)", store, old, now, before,
                  after);
    }
    mapping_close(&sample.mapping);
    return status == 77;
}

static void test_deaths(void)
{
    static char longest[MAPPING_SIZE];
    memset(longest, 'L', MAPPING_SIZE - 1);
    const struct {
        struct history history;
        const char *text;
    } runs[] = {
        {{"the first message", NULL, NULL, false}, "the first of all"},
        {{"a longer message", "short", NULL, false}, "a message that is longer than it"},
        {{"a shorter message", "a message of some length, to be cleared", "x", false}, "short"},
        {{"a message after a death", "old message", NULL, true}, "after the death"},
        {{"the longest message", "something", "else", false}, longest},
    };
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        int wrong = 0, store = 0;
        while (die_once(&runs[i].history, runs[i].text, store, &wrong))
            store++;
        test_equal(wrong, 0, "%s: whole after a death at each of %d stores", runs[i].history.name,
                   store);
        test_check(store > 2 * (int)strlen(runs[i].text) / 4 + 10, "%s: so many are enough",
                   runs[i].history.name);
    }
}

static void test_rules(void)
{
    struct sample sample = open_sample(test_unique_name(), MAPPING_SIZE);
    struct message_region region = sample.region;
    struct message message;
    char text[MAPPING_SIZE];
    test_equal(message_snapshot(region, &message, text, sizeof text), MESSAGE_PLAIN,
               "a zeroed region holds no message");
    bool died;
    test_check(lock(region, &died) && !died, "it can be adopted and locked");
    test_equal(message_claim(region, false), MAPPING_SIZE, "it can be claimed");
    test_check(!message_take(region, 0, 1), "a lock that is taken is not given to another");
    test_check(!message_take(region, GetCurrentProcessId() + 1, 1), "nor from one that lacks it");
    test_equal(message_snapshot(region, &message, text, sizeof text), MESSAGE_PLAIN,
               "and still holds none");
    message_release(region);
    write(region, "same");
    message_snapshot(region, &message, text, sizeof text);
    test_equal(message.number, 1, "the first message has number 1");
    write(region, "same");
    message_snapshot(region, &message, text, sizeof text);
    test_equal(message.number, 2, "the same text again is another message");
    test_equal(message_snapshot(region, &message, text, 3), MESSAGE_TOO_LONG,
               "a buffer that is too small is told");
    test_equal(message.length, 4, "with the length that is needed");

    memcpy((char *)sample.mapping.view, "samurai", 8);
    test_equal(message_snapshot(region, &message, text, sizeof text), MESSAGE_PLAIN,
               "a longer plain text that begins alike is noticed");
    memcpy((char *)sample.mapping.view, "sane", 5);
    test_equal(message_snapshot(region, &message, text, sizeof text), MESSAGE_PLAIN,
               "so is one of the same length");
    message.length = MAPPING_SIZE;
    lock(region, &died);
    message_claim(region, died);
    test_check(!message_publish(region, &message, text),
               "a text as long as the capacity is refused");
    message_release(region);

    struct mapping_control *control = control_of(region);
    control->sequence = 0xfffffffe;
    write(region, "wraps");
    message_snapshot(region, &message, text, sizeof text);
    test_equal(control->sequence, 0, "the sequence wraps to 0");
    test_equal(message_snapshot(region, &message, text, sizeof text), MESSAGE_WHOLE,
               "and the message is still seen");
    write(region, "on");
    message_snapshot(region, &message, text, sizeof text);
    test_equal(message_distance(message.number, 0x7fffffff), 2, "numbers compare over the wrap");
    mapping_close(&sample.mapping);
}

static void test_foreign(void)
{
    struct sample sample = open_sample(test_unique_name(), MAPPING_SIZE);
    unsigned char *view = sample.mapping.view;
    view[sample.mapping.bytes - 70] = 1;
    test_check(!message_adopt(sample.region, MAPPING_SIZE, false),
               "a region with another program's data is refused");
    view[sample.mapping.bytes - 70] = 0;
    control_of(sample.region)->magic = 0x12345678;
    test_check(!message_adopt(sample.region, MAPPING_SIZE, false), "so is an unknown magic");
    control_of(sample.region)->magic = MAPPING_READY;
    control_of(sample.region)->capacity = 0xffffffff;
    test_check(!message_adopt(sample.region, MAPPING_SIZE, false), "and an impossible capacity");
    mapping_close(&sample.mapping);
}

void test_main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "die") == 0) {
        struct sample sample = open_sample(argv[2], MAPPING_SIZE);
        stores_left = atol(argv[3]);
        exit(write(sample.region, argv[4]) ? 0 : 1);
    }
    test_rules();
    test_foreign();
    test_deaths();
}
