/* No wake-up is lost: 20,000 publishes, singly and in bursts, with three followers that would sleep
 * for seconds if one were. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

#include "mapping.h"

#define FOLLOWERS 3
#define PUBLISHES 20000
#define LOST_MS   2000 /* a follower that waits so long has missed its wake-up */

/* Shared with the followers, in a mapping beside the one under test. */
struct progress {
    volatile LONG seen[FOLLOWERS]; /* the number that each has seen last */
    volatile LONG lost, backward;
    volatile LONG ready, waits, woken;
};

static struct message_region open_region(struct mapping *mapping, const char *name,
                                         enum mapping_access access)
{
    if (mapping_create(mapping, name, MAPPING_SIZE, false, false, access) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", name);
    return mapping_region(mapping);
}

static struct progress *open_progress(struct mapping *mapping, const char *name)
{
    char other[64];
    snprintf(other, sizeof other, "%s.progress", name);
    open_region(mapping, other, MAPPING_WRITE);
    return mapping->view;
}

/* As reader's source.c does it, but with a time-out that tells a lost wake-up from a late one. */
static void follow(const char *name, int which)
{
    struct mapping mapping, progress_mapping;
    struct message_region region = open_region(&mapping, name, MAPPING_READ);
    struct progress *progress = open_progress(&progress_mapping, name);
    struct notify notify;
    if (notify_open(&notify, name) != ERROR_SUCCESS)
        test_bail("cannot open the events");
    uint32_t last = 0;
    InterlockedIncrement(&progress->ready);
    while (last < PUBLISHES) {
        struct message message;
        char text[MAPPING_SIZE];
        uint32_t signals = message_signals(region);
        enum message_result result = message_snapshot(region, &message, text, sizeof text);
        if (result == MESSAGE_BUSY)
            continue;
        if (result == MESSAGE_WHOLE && message.number != last) {
            if (message.number < last)
                InterlockedIncrement(&progress->backward);
            last = message.number;
            InterlockedExchange(&progress->seen[which], (LONG)last);
            continue;
        }
        InterlockedIncrement(&progress->waits);
        if (notify_wait(&notify, signals, LOST_MS))
            InterlockedIncrement(&progress->woken);
        /* Called and not woken: nobody calls while one that is slow is waited for. */
        else if (message_signals(region) != signals && !notify_wait(&notify, signals, LOST_MS))
            InterlockedIncrement(&progress->lost);
    }
    exit(0);
}

static void publish(struct message_region region, const struct notify *notify, uint32_t messages)
{
    message_claim(region, GetCurrentProcessId());
    for (uint32_t i = 0; i < messages; i++) {
        struct message message = {.length = 5, .code_page = 65001};
        message_publish(region, &message, "hello");
    }
    uint32_t signals;
    if (message_count_signal(region, &signals))
        notify_signal(notify, signals);
}

static void wait_until_seen(const struct progress *progress, LONG number)
{
    ULONGLONG start = GetTickCount64();
    for (int i = 0; i < FOLLOWERS; i++)
        while (progress->seen[i] < number && GetTickCount64() - start < ENOUGH_MS)
            SwitchToThread();
}

void test_helper(int argc, char **argv)
{
    (void)argc;
    follow(argv[2], atoi(argv[3]));
}

void test_main(void)
{
    const char *name = test_unique_name();
    struct mapping mapping, progress_mapping;
    struct message_region region = open_region(&mapping, name, MAPPING_WRITE);
    struct progress *progress = open_progress(&progress_mapping, name);
    struct notify notify;
    if (notify_create(&notify, name, false) != ERROR_SUCCESS)
        test_bail("cannot make the events");
    message_adopt(region, MAPPING_SIZE, true);
    struct process *followers[FOLLOWERS];
    for (int i = 0; i < FOLLOWERS; i++) {
        char which[2] = {(char)('0' + i), '\0'};
        followers[i] = process_start(ARGS("self", "follow", name, which));
    }
    while (progress->ready < FOLLOWERS)
        Sleep(1);

    /* Bursts of one to four messages under one wake-up, and now and then two wake-ups without a
     * pause, as many as the events can hold. */
    uint32_t published = 0, random = 1;
    while (published < PUBLISHES) {
        random = random * 1664525u + 1013904223u;
        uint32_t wakes = 1 + (random >> 24) % 2;
        for (uint32_t i = 0; i < wakes && published < PUBLISHES; i++) {
            uint32_t burst = 1 + (random >> (16 + i)) % 4;
            burst = burst < PUBLISHES - published ? burst : PUBLISHES - published;
            publish(region, &notify, burst);
            published += burst;
        }
        wait_until_seen(progress, (LONG)published);
    }
    for (int i = 0; i < FOLLOWERS; i++) {
        test_check(process_wait(followers[i], ENOUGH_MS), "follower %d has seen the last message",
                   i);
        test_equal(progress->seen[i], PUBLISHES, "follower %d saw all numbers to the end", i);
        process_free(followers[i]);
    }
    test_equal(progress->lost, 0, "no wake-up was lost in %d publishes", PUBLISHES);
    test_equal(progress->backward, 0, "no number went back");
    test_check(progress->woken > PUBLISHES / 8, "the followers did wait and were woken");
    test_note("%ld waits, %ld woken", progress->waits, progress->woken);
    notify_close(&notify);
    mapping_close(&mapping);
    mapping_close(&progress_mapping);
}
