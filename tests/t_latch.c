/* The latch on a real region: what it shows, and that a writer which dies at any store of its work,
 * each tried with a real death, leaves the old or the new message whole. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* message.c is taken in with its stores hooked, under other names than the linked one. */
#define message_default_capacity hooked_default_capacity
#define message_section_bytes    hooked_section_bytes
#define message_capacity         hooked_capacity
#define message_holder           hooked_holder
#define message_adopt            hooked_adopt
#define message_claim            hooked_claim
#define message_publish          hooked_publish
#define message_count_signal     hooked_count_signal
#define message_signals          hooked_signals
#define message_release          hooked_release
#define message_snapshot         hooked_snapshot
#define message_copy             hooked_copy
#define message_distance         hooked_distance

#include "mapping.h"

#define AT_ONCE 2 /* victims */

static long stores_left = -1; /* until this process ends itself; negative: never */

static void before_store(void)
{
    if (stores_left >= 0 && stores_left-- == 0)
        TerminateProcess(GetCurrentProcess(), 77);
}

#undef atomic_store_explicit
#define atomic_store_explicit(word, value, order)                                                  \
    (before_store(), __atomic_store_n((volatile uint32_t *)(word), (value), (order)))
#include "../common/message.c"

struct sample {
    struct mapping mapping;
    struct message_region region;
    HANDLE lock;
};

static struct sample open_sample(const char *name, uint32_t bytes)
{
    struct sample sample;
    if (mapping_create(&sample.mapping, name, bytes, false, MAPPING_WRITE) != ERROR_SUCCESS ||
        object_create(&sample.lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", name);
    sample.region = mapping_region(&sample.mapping);
    return sample;
}

static void close_sample(struct sample *sample)
{
    object_close(&sample->lock);
    mapping_close(&sample->mapping);
}

static bool begin(struct sample *sample)
{
    struct message_region region = sample->region;
    if (lock_take(sample->lock, ENOUGH_MS) != ERROR_SUCCESS)
        return false;
    if (message_capacity(region, NULL) == 0 && !message_adopt(region, MAPPING_SIZE, false))
        return false;
    return message_claim(region, GetCurrentProcessId()) != 0;
}

static void end(struct sample *sample)
{
    message_release(sample->region);
    lock_release(sample->lock);
}

static bool write(struct sample *sample, const char *text)
{
    struct message message = {.length = (uint32_t)strlen(text), .code_page = 65001};
    if (!begin(sample))
        return false;
    bool done = message_publish(sample->region, &message, text);
    message_count_signal(sample->region);
    end(sample);
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
    snprintf(stores, sizeof stores, "%d", 36);
    process_run(ARGS("self", "die", name, stores,
                     "a victim's text that is torn in the middle of "
                     "its second copy"),
                NULL, &got);
    if (got.status != 77)
        test_bail("the earlier victim has survived");
}

/* A writer that dies before store number `store` of its work. */
struct victim {
    struct process *process;
    struct sample sample;
    char old[MAPPING_SIZE + 1]; /* what was in the mapping before */
    enum message_result before;
    int store;
};

static void start_victim(struct victim *victim, const struct history *history, const char *text)
{
    const char *name = test_unique_name();
    struct sample *sample = &victim->sample;
    *sample = open_sample(name, MAPPING_SIZE);
    if (history->first != NULL)
        write(sample, history->first);
    if (history->second != NULL)
        write(sample, history->second);
    if (history->torn)
        kill_in_text(name);
    strcpy(victim->old, read(sample->region, &victim->before));
    char digits[16];
    snprintf(digits, sizeof digits, "%d", victim->store);
    victim->process = process_start(ARGS("self", "die", name, digits, text));
}

/* True if what the victim has left is right; `died` tells whether it did, or came to its end. */
static bool judge_victim(struct victim *victim, const char *text, bool *died)
{
    struct sample *sample = &victim->sample;
    enum message_result after;
    process_wait(victim->process, ENOUGH_MS);
    int status = process_status(victim->process);
    *died = status == 77;
    const char *now = read(sample->region, &after);
    bool is_old = after == victim->before && strcmp(now, victim->old) == 0;
    bool is_new = after == MESSAGE_WHOLE && strcmp(now, text) == 0;
    bool right = *died ? is_old || is_new : status == 0 && is_new;
    if (!right)
        test_note("death before store %d: '%s' became '%s' (%d, %d)", victim->store, victim->old,
                  now, victim->before, after);
    right = right && write(sample, "next") && strcmp(read(sample->region, &after), "next") == 0 &&
            after == MESSAGE_WHOLE;
    right = right && write(sample, "last one") && is_clean(sample->region, 8);
    process_free(victim->process);
    close_sample(sample);
    return right;
}

/* Tries a death before each store, some at a time; returns how many stores there are. */
static int die_everywhere(const struct history *history, const char *text, int *wrong)
{
    struct victim victims[AT_ONCE];
    int store = 0, deaths = 0;
    do {
        for (int i = 0; i < AT_ONCE; i++) {
            victims[i].store = store++;
            start_victim(&victims[i], history, text);
        }
        for (int i = 0; i < AT_ONCE; i++) {
            bool died;
            *wrong += !judge_victim(&victims[i], text, &died);
            deaths += died;
        }
    } while (deaths == store);
    return deaths;
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
        int wrong = 0, store = die_everywhere(&runs[i].history, runs[i].text, &wrong);
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
    test_check(begin(&sample), "it can be adopted, locked and claimed");
    test_equal(message_holder(region), GetCurrentProcessId(), "the writer at work is named");
    test_equal(message_snapshot(region, &message, text, sizeof text), MESSAGE_PLAIN,
               "and still holds none");
    end(&sample);
    write(&sample, "same");
    message_snapshot(region, &message, text, sizeof text);
    test_equal(message.number, 1, "the first message has number 1");
    write(&sample, "same");
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
    begin(&sample);
    test_check(!message_publish(region, &message, text),
               "a text as long as the capacity is refused");
    end(&sample);

    struct mapping_control *control = control_of(region);
    control->sequence = 0xfffffffe;
    write(&sample, "wraps");
    message_snapshot(region, &message, text, sizeof text);
    test_equal(control->sequence, 0, "the sequence wraps to 0");
    control->sequence = 0xffffffff;
    message_snapshot(region, &message, text, sizeof text);
    test_equal(message.number, 0, "and with it the number, which has 31 bits");
    control->sequence = 0;
    test_equal(message_snapshot(region, &message, text, sizeof text), MESSAGE_WHOLE,
               "and the message is still seen");
    write(&sample, "on");
    message_snapshot(region, &message, text, sizeof text);
    test_equal(message_distance(message.number, 0x7fffffff), 2, "numbers compare over the wrap");
    close_sample(&sample);
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
    close_sample(&sample);
}

void test_main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "die") == 0) {
        struct sample sample = open_sample(argv[2], MAPPING_SIZE);
        stores_left = atol(argv[3]);
        exit(write(&sample, argv[4]) ? 0 : 1);
    }
    test_rules();
    test_foreign();
    test_deaths();
}
