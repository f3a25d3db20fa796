/*
 * A one-shot text is delivered, or its writer says that it was not, whoever opens, inspects, writes
 * and dies beside it: a thousand hand-overs, ten thousand with STRESS set, and several writers of
 * one name. What is delivered without a neighbour is in t_handover.c.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define BATCH   10 /* hand-overs at a time */
#define WRITERS 10 /* of one name at once */
#define RACES   30 /* of a reader with a second writer */
#define PATIENT "20"

/* True if the program has shown the text as a line. */
static bool has_shown(struct process *reader, const char *text)
{
    char line[64];
    const char *at = process_output(reader);
    size_t bytes = (size_t)snprintf(line, sizeof line, "%s\r\n", text);
    while (at != NULL && strncmp(at, line, bytes) != 0) {
        at = strchr(at, '\n');
        at = at == NULL ? NULL : at + 1;
    }
    return at != NULL;
}

/* What a writer says of its text must be so: delivered with status 0, else status 1 and why. */
static bool is_true(struct process *writer, bool shown)
{
    int status = process_status(writer);
    return shown ? status == 0 : status == 1 && process_errors(writer)[0] != '\0';
}

/* Waits until the text is what lies in the mapping. */
static void wait_for_text(const char *name, const char *text)
{
    for (int i = 0; i < ENOUGH_MS / 5; i++, Sleep(5)) {
        struct mapping mapping;
        struct message message;
        char found[256] = "";
        if (mapping_open(&mapping, name, MAPPING_READ) != ERROR_SUCCESS)
            continue;
        bool whole = message_snapshot(mapping_region(&mapping), &message, found, sizeof found) ==
                     MESSAGE_WHOLE;
        mapping_close(&mapping);
        if (whole && strncmp(found, text, strlen(text)) == 0)
            return;
    }
    test_bail("%s is not in %s", text, name);
}

/* ---- neighbours ---- */

/* One text on its way. */
struct handover {
    const char *name;
    char text[32];
    struct process *writer, *reader, *other;
    void *view;
};

static void nobody(struct handover *handover)
{
    (void)handover;
}

static void inspect(struct handover *handover)
{
    handover->other = process_start(ARGS("reader", "-n", handover->name, "--info"));
}

static void list(struct handover *handover)
{
    handover->other = process_start(ARGS("reader", "--list", "T*"));
}

/* A reader that comes and does not get far. */
static void come_and_die(struct handover *handover)
{
    handover->other = process_start(ARGS("reader", "-n", handover->name, "--wait"));
    Sleep((DWORD)rand() % 40);
    process_kill(handover->other);
}

/* It has closed its handle, so the system does not count it. */
static void keep_a_view(struct handover *handover)
{
    struct mapping mapping;
    wait_for_text(handover->name, handover->text);
    if (mapping_open(&mapping, handover->name, MAPPING_READ) != ERROR_SUCCESS)
        return;
    handover->view = mapping.view;
    object_close(&mapping.section);
}

static const struct neighbour {
    const char *what;
    bool opens; /* a thread opens the mappings each millisecond */
    void (*come)(struct handover *handover);
} neighbours[] = {
    {"nobody", false, nobody},
    {"openers", true, nobody},
    {"reader --info", true, inspect},
    {"reader --list", true, list},
    {"readers that are killed", false, come_and_die},
    {"a view without a handle", false, keep_a_view},
};

static volatile LONG stop;

static DWORD WINAPI open_all(void *parameter)
{
    const struct handover *handovers = parameter;
    for (; !stop; Sleep(1))
        for (int i = 0; i < BATCH; i++) {
            struct mapping mapping;
            if (mapping_open(&mapping, handovers[i].name, MAPPING_READ) == ERROR_SUCCESS)
                mapping_close(&mapping);
        }
    return 0;
}

static HANDLE start_opening(struct handover *handovers)
{
    InterlockedExchange(&stop, 0);
    return CreateThread(NULL, 0, open_all, handovers, 0, NULL);
}

static void stop_opening(HANDLE thread)
{
    InterlockedExchange(&stop, 1);
    WaitForSingleObject(thread, ENOUGH_MS);
    CloseHandle(thread);
}

static void start_writer(struct handover *handover, const char *seconds)
{
    static unsigned number;
    *handover = (struct handover){.name = test_unique_name()};
    sprintf(handover->text, "text %u", number++);
    handover->writer =
        process_start(ARGS("writer", "-q", "-n", handover->name, "-t", seconds, handover->text));
}

static void free_handover(struct handover *handover)
{
    process_free(handover->writer);
    if (handover->reader != NULL)
        process_free(handover->reader);
    if (handover->other != NULL)
        process_free(handover->other);
    if (handover->view != NULL)
        UnmapViewOfFile(handover->view);
}

/* ---- a thousand hand-overs ---- */

/* Lost, or reported wrongly. */
static bool is_wrong(struct handover *handover, const char *what)
{
    bool shown = handover->other != NULL && has_shown(handover->other, handover->text);
    process_wait(handover->writer, 2 * ENOUGH_MS);
    if (!shown)
        process_wait(handover->reader, ENOUGH_MS);
    shown |= has_shown(handover->reader, handover->text);
    if (shown && is_true(handover->writer, shown))
        return false;
    test_note("%s: %s was %s, and its writer said %d: %s", what, handover->text,
              shown ? "shown" : "lost", process_status(handover->writer),
              process_errors(handover->writer));
    return true;
}

static int run_batch(const struct neighbour *neighbour)
{
    struct handover handovers[BATCH];
    int wrong = 0;
    for (int i = 0; i < BATCH; i++)
        start_writer(&handovers[i], PATIENT);
    HANDLE thread = neighbour->opens ? start_opening(handovers) : NULL;
    for (int i = 0; i < BATCH; i++) {
        neighbour->come(&handovers[i]);
        handovers[i].reader =
            process_start(ARGS("reader", "-n", handovers[i].name, "--wait", "-t", PATIENT));
    }
    for (int i = 0; i < BATCH; i++)
        wrong += is_wrong(&handovers[i], neighbour->what);
    if (thread != NULL)
        stop_opening(thread);
    for (int i = 0; i < BATCH; i++)
        free_handover(&handovers[i]);
    return wrong;
}

static void test_handovers(void)
{
    int wanted = getenv("STRESS") != NULL ? 10000 : 500, done[COUNT(neighbours)] = {0};
    int wrong[COUNT(neighbours)] = {0};
    for (int i = 0; i * BATCH < wanted; i++) {
        size_t which = (size_t)i % COUNT(neighbours);
        wrong[which] += run_batch(&neighbours[which]);
        done[which] += BATCH;
    }
    for (size_t i = 0; i < COUNT(neighbours); i++)
        test_equal(wrong[i], 0, "beside %s, %d texts are all delivered, and none reported wrongly",
                   neighbours[i].what, done[i]);
}

/* Nobody takes the texts, and none may be thought to be held. */
static void test_undelivered(void)
{
    struct handover handovers[BATCH];
    int wrong = 0;
    for (int i = 0; i < BATCH; i++)
        start_writer(&handovers[i], "3");
    HANDLE thread = start_opening(handovers);
    for (int i = 0; i < 10; i++)
        process_run(i % 2 == 0 ? ARGS("reader", "--list")
                               : ARGS("reader", "--info", "-n", handovers[i].name),
                    NULL);
    for (int i = 0; i < BATCH; i++) {
        process_wait(handovers[i].writer, ENOUGH_MS);
        wrong += !is_true(handovers[i].writer, false);
    }
    stop_opening(thread);
    for (int i = 0; i < BATCH; i++)
        free_handover(&handovers[i]);
    test_equal(wrong, 0, "openers, --list and --info have not taken a text of %d", BATCH);

    struct handover viewed;
    start_writer(&viewed, "1");
    keep_a_view(&viewed);
    process_wait(viewed.writer, ENOUGH_MS);
    test_check(is_true(viewed.writer, false), "nor has a view without a handle");
    free_handover(&viewed);
}

/* Its stdout is a pipe that nobody reads. */
static void test_stuck_reader(void)
{
    struct handover handover;
    char path[TEST_PATH];
    start_writer(&handover, "3");
    HANDLE pipe = test_pipe(handover.name, path);
    struct process_setup setup = {.arguments = ARGS("reader", "-n", handover.name, "--wait"),
                                  .out = path};
    wait_for_text(handover.name, handover.text);
    handover.reader = process_start_as(&setup);
    Sleep(300); /* for longer it counts as a program that holds the mapping */
    process_kill(handover.reader);
    process_wait(handover.writer, ENOUGH_MS);
    test_check(is_true(handover.writer, false),
               "a reader that is killed while it prints has not taken the text (status %d)",
               process_status(handover.writer));
    CloseHandle(pipe);
    free_handover(&handover);
}

/* ---- several writers of one name ---- */

/* The test holds the lock until all of them wait for it. */
static void test_ten_writers(bool followed)
{
    const char *name = test_unique_name();
    char texts[WRITERS][32];
    struct process *writers[WRITERS], *reader = NULL;
    int wrong = 0, shown = 0;
    HANDLE lock;
    object_create(&lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL);
    lock_take(lock, ENOUGH_MS);
    if (followed)
        reader = process_start(ARGS("reader", "-n", name, "--follow", "-q"));
    for (int i = 0; i < WRITERS; i++) {
        sprintf(texts[i], "writer %d", i);
        writers[i] = process_start(ARGS("writer", "-q", "-n", name, "-t", "4", texts[i]));
    }
    Sleep(1000);
    lock_release(lock);
    object_close(&lock);
    Sleep(1000);
    if (!followed)
        reader = process_start(ARGS("reader", "-n", name, "--once"));
    for (int i = 0; i < WRITERS; i++) {
        process_wait(writers[i], ENOUGH_MS);
        bool seen = has_shown(reader, texts[i]);
        shown += seen;
        wrong += !is_true(writers[i], seen);
        process_free(writers[i]);
    }
    process_free(reader);
    test_check(shown > 0, "ten writers at once%s: %d texts are shown", followed ? ", followed" : "",
               shown);
    test_equal(wrong, 0, "and each writer knows whether its own was");
}

/* It says that its text was read, which was not. One that was read and overwritten before its
 * reader could tell may say that it was not. */
static bool is_unfounded(struct process *writer, bool shown)
{
    return !is_true(writer, shown) && !(shown && process_status(writer) == 1);
}

/* A second writer comes while a reader shows the text of the first. */
static void test_race(void)
{
    int wrong = 0;
    for (int i = 0; i < RACES; i++) {
        const char *name = test_unique_name();
        struct process *old = process_start(ARGS("writer", "-n", name, "-t", "1", "-r", "old"));
        wait_for_text(name, "old");
        struct process *reader = process_start(ARGS("reader", "-n", name, "--once"));
        struct process *new = process_start(ARGS("writer", "-n", name, "-t", "0.5", "-r", "new"));
        process_wait(reader, ENOUGH_MS);
        process_wait(old, ENOUGH_MS);
        process_wait(new, ENOUGH_MS);
        bool old_wrong = is_unfounded(old, has_shown(reader, "old"));
        bool new_wrong = is_unfounded(new, has_shown(reader, "new"));
        wrong += old_wrong || new_wrong;
        if (old_wrong || new_wrong)
            test_note("the reader has shown %.3s, and its writers said: old %d, new %d",
                      process_output(reader), process_status(old), process_status(new));
        process_free(old);
        process_free(new);
        process_free(reader);
    }
    test_equal(wrong, 0,
               "of %d writers that overwrote a text while it was read, none was freed "
               "by the other's reader",
               RACES);
}

void test_main(void)
{
    test_time_limit(getenv("STRESS") != NULL ? 3600 : 600);
    test_ten_writers(false);
    test_ten_writers(true);
    test_race();
    test_stuck_reader();
    test_undelivered();
    test_handovers();
}
