/* Torn reads, counted: the naive copy that plain programs use as a positive control, and the latch
 * with one and two writers in processes of their own. Then real writers, killed at random, beside
 * two followers; STRESS_KILLS in the environment makes it a long run. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"

#define TEXT_BYTES 252
#define LOOKS      200000

static struct message_region open_region(struct mapping *mapping, const char *name)
{
    if (mapping_create(mapping, name, MAPPING_SIZE, false, false, MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", name);
    return mapping_region(mapping);
}

/* The helper "flood": writes texts of one letter each as fast as it can, until it is ended. */
static void flood(const char *name, bool naive)
{
    struct mapping mapping;
    struct message_region region = open_region(&mapping, name);
    char text[TEXT_BYTES];
    HANDLE lock;
    if (object_create(&lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL) != ERROR_SUCCESS)
        exit(1);
    for (unsigned i = 0;; i++) {
        memset(text, 'a' + (int)(i % 26), sizeof text);
        if (naive) { /* by words: one core never stops within a rep movs */
            for (size_t at = 0; at < sizeof text; at += 4)
                *(volatile uint32_t *)((char *)mapping.view + at) =
                    *(uint32_t *)(void *)(text + at);
            continue;
        }
        struct message message = {.length = TEXT_BYTES, .code_page = 65001};
        if (i % 64 == 0) {
            lock_take(lock, INFINITE);
            message_adopt(region, MAPPING_SIZE, false); /* the first of them does */
            message_claim(region, GetCurrentProcessId());
        }
        message_publish(region, &message, text);
        if (i % 64 == 63) {
            message_release(region);
            lock_release(lock);
        }
    }
}

static bool is_uniform(const char *text, size_t bytes)
{
    return memcmp(text, text + 1, bytes - 1) == 0;
}

static void test_torn(const char *what, bool naive, int writers)
{
    const char *name = test_unique_name();
    struct mapping mapping;
    struct message_region region = open_region(&mapping, name);
    struct process *flooding[2];
    for (int i = 0; i < writers; i++)
        flooding[i] = process_start(ARGS("self", "flood", name, naive ? "naive" : "latch"));
    while (*(volatile char *)mapping.view == 0)
        Sleep(1);
    long torn = 0, whole = 0, plain = 0, busy = 0, back = 0;
    uint32_t last = 0;
    ULONGLONG start = GetTickCount64();
    for (long i = 0; i < LOOKS || (naive && torn == 0); i++) {
        if (GetTickCount64() - start > (naive ? 30000 : 5000))
            break;
        char text[TEXT_BYTES + 4];
        struct message message;
        enum message_result result = MESSAGE_WHOLE;
        if (naive)
            memcpy(text, mapping.view, TEXT_BYTES);
        else
            result = message_snapshot(region, &message, text, sizeof text);
        if (result != MESSAGE_WHOLE) {
            *(result == MESSAGE_BUSY ? &busy : &plain) += 1;
            continue;
        }
        whole++;
        torn += !is_uniform(text, TEXT_BYTES);
        if (!naive) {
            back += message_distance(message.number, last) > INT32_MAX / 2;
            last = message.number;
        }
    }
    for (int i = 0; i < writers; i++)
        process_free(flooding[i]);
    test_note("%s: %ld looks, %ld torn, %ld while busy", what, whole, torn, busy);
    if (naive) {
        test_check(torn > 0, "%s: torn texts are found", what);
    } else {
        test_check(whole > 1000, "%s: messages are seen", what);
        test_equal(torn, 0, "%s: none is torn", what);
        test_equal(plain, 0, "%s: none is taken for a plain program's", what);
        test_equal(back, 0, "%s: no number goes back", what);
    }
    mapping_close(&mapping);
}

/* A line that tells its own length and letter: "007gggg". */
static size_t make_lines(char *lines, unsigned count)
{
    size_t at = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned length = 4 + i * 37 % 250;
        at += (size_t)sprintf(lines + at, "%03u", length);
        memset(lines + at, 'a' + (int)(length % 26), length - 3);
        at += length - 3;
        lines[at++] = '\n';
    }
    return at;
}

static bool is_whole(const char *text)
{
    unsigned length = (unsigned)strtoul(text, NULL, 10);
    const char *end = strchr(text, '"');
    if (end == NULL || (size_t)(end - text) != length)
        return false;
    for (unsigned i = 3; i < length; i++)
        if ((unsigned char)text[i] != 'a' + length % 26)
            return false;
    return true;
}

struct flood {
    struct process *writer;
    const char *lines;
    size_t bytes;
};

static DWORD WINAPI feed(void *parameter)
{
    struct flood *flood = parameter;
    while (process_write(flood->writer, flood->lines, flood->bytes))
        ;
    return 0;
}

/* Checks what a follower printed: every message whole, the numbers rising. */
static void check_follower(struct process *follower, int which)
{
    long shown = 0, torn = 0, back = 0, plain = 0;
    unsigned long last = 0;
    const char *at = process_output(follower);
    for (; (at = strstr(at, "\"number\":")) != NULL; shown++) {
        at += strlen("\"number\":");
        unsigned long number = strtoul(at, NULL, 10);
        const char *text = strstr(at, "\"text\":\"");
        if (text == NULL || strchr(text, '\n') == NULL)
            break; /* the line that was being written when the follower was ended */
        plain += number == 0;
        back += number <= last;
        last = number;
        torn += !is_whole(text + strlen("\"text\":\""));
    }
    test_note("follower %d: %ld shown of %lu", which, shown, last);
    test_check(shown > 10, "follower %d has seen messages", which);
    test_equal(torn, 0, "follower %d: none torn", which);
    test_equal(plain, 0, "follower %d: none without a number", which);
    test_equal(back, 0, "follower %d: no number went back", which);
}

/* How much a follower has printed. */
static size_t printed(struct process *follower)
{
    return *(volatile size_t *)&follower->out.used;
}

/* Waits until a follower has shown all of a writer that is dead; returns how much that is. */
static size_t settle(struct process *follower)
{
    size_t before, now = printed(follower);
    do {
        before = now;
        Sleep(50);
        now = printed(follower);
    } while (now != before);
    return now;
}

/* Floods the followers by a writer that is killed at random; how many of them have seen it. */
static int flood_and_kill(const char *name, struct process *const *followers, struct flood *flood)
{
    size_t before[2] = {settle(followers[0]), settle(followers[1])};
    int seen = 0;
    flood->writer = process_start(ARGS("writer", "-n", name, "-q", "--no-wait"));
    HANDLE thread = CreateThread(NULL, 0, feed, flood, 0, NULL);
    for (int i = 0; i < 2; i++) {
        for (int ms = 0; ms < ENOUGH_MS && printed(followers[i]) == before[i]; ms++)
            Sleep(1);
        seen += printed(followers[i]) > before[i];
    }
    Sleep(60 + (DWORD)rand() % 120);
    process_kill(flood->writer);
    WaitForSingleObject(thread, ENOUGH_MS);
    CloseHandle(thread);
    process_free(flood->writer);
    return seen;
}

static void test_kills(void)
{
    const char *asked = getenv("STRESS_KILLS");
    int kills = asked != NULL ? atoi(asked) : 15;
    const char *name = test_unique_name();
    static char lines[1 << 16];
    struct flood flood = {.lines = lines, .bytes = make_lines(lines, 300)};
    test_time_limit(60 + (unsigned)kills);
    struct process *followers[2];
    for (int i = 0; i < 2; i++)
        followers[i] = process_start(ARGS("reader", "-n", name, "-f", "-j", "-q"));
    int seen = 0;
    srand(GetCurrentProcessId());
    for (int i = 0; i < kills; i++)
        seen += flood_and_kill(name, followers, &flood);
    test_equal(seen, 2 * kills, "both followers go on after each of %d kills", kills);
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "10", "010kkkkkkk"), ""), 0,
               "and what the next writer sends is acknowledged");
    for (int i = 0; i < 2; i++) {
        process_wait_output(followers[i], "010kkkkkkk", ENOUGH_MS);
        process_kill(followers[i]);
        check_follower(followers[i], i);
        process_free(followers[i]);
    }
}

void test_helper(int argc, char **argv)
{
    (void)argc;
    flood(argv[2], strcmp(argv[3], "naive") == 0);
}

void test_main(void)
{
    test_torn("a naive copy", true, 1);
    test_torn("the latch, one writer", false, 1);
    test_torn("the latch, two writers", false, 2);
    test_kills();
}
