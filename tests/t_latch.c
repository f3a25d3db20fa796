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
#define message_next             hooked_next
#define message_signals          hooked_signals
#define message_number           hooked_number
#define message_release          hooked_release
#define message_snapshot         hooked_snapshot
#define message_copy             hooked_copy
#define message_distance         hooked_distance

#include "mapping.h"

#define KILLED 77 /* exit status */

static long stores_left = -1; /* until this process ends itself; negative: never */

static void before_store(void)
{
    if (stores_left >= 0 && stores_left-- == 0)
        TerminateProcess(GetCurrentProcess(), KILLED);
}

#undef atomic_store_explicit
#define atomic_store_explicit(word, value, order)                                                  \
    (before_store(), __atomic_store_n((volatile uint32_t *)(word), (value), (order)))
#include "../common/message.c"
#include "../common/publish.c"

struct sample {
    struct mapping mapping;
    struct message_region region;
    HANDLE lock;
};

static struct sample open_sample(const char *name, uint32_t bytes)
{
    struct sample sample;
    if (mapping_create(&sample.mapping, name, bytes, false, false, MAPPING_WRITE) !=
            ERROR_SUCCESS ||
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
    uint32_t signals;
    done = message_count_signal(sample->region, &signals) && done;
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
    for (size_t i = length; i < standby + MAPPING_SIZE; i++)
        if (bytes[i] != 0 && (i < standby || i >= standby + length))
            return false;
    return true;
}

/* What is in the mapping when the writer comes that is to die; NULL: nothing, not even our trailer.
 */
struct history {
    const char *name;
    const char *first, *second;
    bool torn; /* and another writer has died in the middle of its text since */
};

/* A writer in a process of its own, killed before store number `store`; its exit status. */
static int die(const char *name, int store, const char *text)
{
    char digits[16];
    sprintf(digits, "%d", store);
    return process_run(ARGS("self", "die", name, digits, text), NULL);
}

/* True if what is left by a writer that dies before this store is right; `status` is its end. */
static bool is_survived(const struct history *history, const char *text, int store, int *status)
{
    const char *name = test_unique_name();
    struct sample sample = open_sample(name, MAPPING_SIZE);
    char old[MAPPING_SIZE + 1];
    enum message_result before, after;
    if (history->first != NULL)
        write(&sample, history->first);
    if (history->second != NULL)
        write(&sample, history->second);
    if (history->torn &&
        die(name, 36, "a text that is torn in the middle of its second copy") != KILLED)
        test_bail("the earlier victim has survived");
    strcpy(old, read(sample.region, &before));
    *status = die(name, store, text);
    const char *now = read(sample.region, &after);
    bool is_old = after == before && strcmp(now, old) == 0;
    bool is_new = after == MESSAGE_WHOLE && strcmp(now, text) == 0;
    bool right = is_new || (is_old && *status == KILLED);
    if (!right)
        test_note("death before store %d: '%s' became '%s' (%d, %d)", store, old, now, before,
                  after);
    right = right && write(&sample, "next") && strcmp(read(sample.region, &after), "next") == 0 &&
            after == MESSAGE_WHOLE;
    right = right && write(&sample, "last one") && is_clean(sample.region, 8);
    close_sample(&sample);
    return right;
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
        int wrong = 0, store = 0, status = KILLED;
        for (; status == KILLED; store++)
            wrong += !is_survived(&runs[i].history, runs[i].text, store, &status);
        test_equal(status, 0, "%s: done, if not killed", runs[i].history.name);
        test_equal(wrong, 0, "%s: whole after a death at each of %d stores", runs[i].history.name,
                   store - 1);
        test_check(store - 1 > 2 * (int)strlen(runs[i].text) / 4 + 10, "%s: so many are enough",
                   runs[i].history.name);
    }
}

static void test_rules(void)
{
    struct sample sample = open_sample(test_unique_name(), MAPPING_SIZE);
    struct message_region region = sample.region;
    struct mapping_control *control = control_of(region);
    struct message message;
    char text[MAPPING_SIZE];
#define EXPECT(result, name)                                                                       \
    test_equal(message_snapshot(region, &message, text, sizeof text), result, name)
    EXPECT(MESSAGE_PLAIN, "a zeroed region holds no message");
    test_check(begin(&sample), "it can be adopted, locked and claimed");
    test_equal(message_holder(region), GetCurrentProcessId(), "the writer at work is named");
    EXPECT(MESSAGE_PLAIN, "and still holds none");
    end(&sample);
    for (uint32_t number = 1; number <= 2; number++) {
        write(&sample, "same");
        EXPECT(MESSAGE_WHOLE, "the same text again is another message");
        test_equal(message.number, number, "they are numbered from 1 on");
    }
    test_equal(message_snapshot(region, &message, text, 3), MESSAGE_TOO_LONG,
               "a buffer that is too small is told");
    test_equal(message.length, 4, "with the length that is needed");

    strcpy(sample.mapping.view, "samurai");
    EXPECT(MESSAGE_PLAIN, "a longer plain text that begins alike is noticed");
    strcpy(sample.mapping.view, "sane");
    EXPECT(MESSAGE_PLAIN, "so is one of the same length");
    message.length = MAPPING_SIZE;
    begin(&sample);
    test_check(!message_publish(region, &message, text),
               "a text as long as the capacity is refused");
    end(&sample);

    control->sequence = 0xfffffffe;
    write(&sample, "wraps");
    test_equal(control->sequence, 0, "the sequence wraps to 0");
    EXPECT(MESSAGE_WHOLE, "and the message is still seen");
    control->sequence = 0xffffffff; /* as if a writer had died at work */
    EXPECT(MESSAGE_WHOLE, "so it is in the middle of that step");
    test_equal(message.number, 0, "and with the sequence the number wraps, which has 31 bits");
    control->sequence = 0;
    write(&sample, "on");
    EXPECT(MESSAGE_WHOLE, "so is the next");
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

/* The words: "die", the name, after how many stores, what is sent. */
void test_helper(int argc, char **argv)
{
    (void)argc;
    struct sample sample = open_sample(argv[2], MAPPING_SIZE);
    stores_left = atol(argv[3]);
    exit(write(&sample, argv[4]) ? 0 : 1);
}

void test_main(void)
{
    test_rules();
    test_foreign();
    test_deaths();
}
