/* Writers exclude each other; one that is suspended while it holds the lock is reported, and one
 * that dies harms nobody. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"

static struct message_region open_lock(const char *name, struct mapping *mapping, struct lock *lock)
{
    if (mapping_create(mapping, name, MAPPING_SIZE, false, MAPPING_WRITE) != ERROR_SUCCESS ||
        lock_open(lock, name) != ERROR_SUCCESS)
        test_bail("cannot open %s and its lock", name);
    return (struct message_region){mapping->view, mapping->bytes / sizeof(shared_word)};
}

/* The helper "hold": takes the writers' lock as writer does, and waits to be told the end. */
static void hold_lock(const char *name)
{
    struct mapping mapping;
    struct lock lock;
    bool died;
    struct message_region region = open_lock(name, &mapping, &lock);
    message_adopt(region, MAPPING_SIZE, false);
    if (lock_take(&lock, region, 0, &died) != ERROR_SUCCESS)
        exit(1);
    message_claim(region, died);
    DWORD written, read;
    char byte;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "held", 4, &written, NULL);
    ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &read, NULL);
    message_release(region);
    exit(0);
}

static struct process *start_holder(const char *name)
{
    struct process *holder = process_start(ARGS("self", "hold", name));
    if (!process_wait_output(holder, "held", ENOUGH_MS))
        test_bail("the helper does not hold the lock");
    return holder;
}

static void test_suspended_holder(void)
{
    const char *name = test_unique_name();
    struct process *holder = start_holder(name);
    struct process *writer = process_start(ARGS("writer", "-n", name, "--until-read", "patient"));
    test_check(process_wait_errors(writer, "has held the lock", ENOUGH_MS),
               "a writer reports that another holds the lock for too long");
    test_contains(process_errors(writer), "process ", "and names the process");
    test_check(process_running(writer), "and goes on trying");
    process_type(holder, "\n");
    struct result got = {0};
    test_equal(process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got), 0,
               "when the lock is free the message arrives");
    test_text(got.out, "patient\r\n", "whole");
    test_check(process_wait(writer, ENOUGH_MS), "the writer ends");
    test_equal(process_status(writer), 0, "with status 0");
    process_free(writer);
    process_free(holder);
}

static void test_bounded(void)
{
    const char *name = test_unique_name();
    struct process *holder = start_holder(name);
    struct result got = {0};
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "2.5", "late"), NULL, &got), 1,
               "a lock that is never given up ends a writer with a time-out");
    test_contains(got.err, "all the time", "which says so");
    process_free(holder);
}

static void test_dead_holder(void)
{
    const char *name = test_unique_name();
    struct process *keeper = process_start(ARGS("writer", "-n", name, "--keep", "-q", "first"));
    struct result got = {0};
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    struct process *holder = start_holder(name);
    process_kill(holder);
    test_equal(process_run(ARGS("reader", "-n", name, "--once"), NULL, &got), 0,
               "after a holder's death the old message is there");
    test_text(got.out, "first\r\n", "whole");
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "5", "second"), NULL, &got), 0,
               "the next writer goes on at once");
    test_check(got.elapsed_ms < 2000, "without waiting for the dead one");
    process_run(ARGS("reader", "-n", name, "--once"), NULL, &got);
    test_text(got.out, "second\r\n", "and its message is shown");
    process_free(holder);
    process_free(keeper);
}

/* The helper "hog": takes the lock again as soon as it has given it back, and counts. */
static void hog_lock(const char *name)
{
    struct mapping mapping;
    struct lock lock;
    bool died;
    struct message_region region = open_lock(name, &mapping, &lock);
    for (;;) {
        if (lock_take(&lock, region, INFINITE, &died) != ERROR_SUCCESS)
            exit(1);
        InterlockedIncrement(mapping.view);        /* the text is of no use here */
        for (volatile int i = 0; i < 2000000; i++) /* longer than it is waited for without sleep */
            ;
        message_release(region);
    }
}

static void test_turns(void)
{
    const char *name = test_unique_name();
    struct mapping mapping;
    struct lock lock;
    bool died;
    struct message_region region = open_lock(name, &mapping, &lock);
    volatile LONG *count = mapping.view;
    message_adopt(region, MAPPING_SIZE, true);
    struct process *hog = process_start(ARGS("self", "hog", name));
    while (*count == 0)
        Sleep(1);
    int taken = 0, soon = 0;
    for (int i = 0; i < 20; i++) {
        LONG before = *count;
        taken += lock_take(&lock, region, 1000, &died) == ERROR_SUCCESS;
        soon += *count - before <= 3;
        message_release(region);
        Sleep(1);
    }
    test_equal(taken, 20, "beside a writer that leaves no time between, others get the lock");
    test_check(soon >= 10, "and mostly as soon as it is given back (%d of 20)", soon);
    process_kill(hog);
    process_free(hog);

    message_take(region, message_holder(region), GetCurrentProcessId());
    test_equal(lock_take(&lock, region, 0, &died), ERROR_SUCCESS,
               "a lock that a dead writer of the same process id had is taken over");
    test_check(died, "with its death known");
    message_release(region);

    message_set_waiting(region, true);
    struct result got = {0};
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "5", "next"), NULL, &got), 0,
               "a writer that has died in the queue keeps nobody waiting");
    test_check(!message_waiting(region), "and its turn is forgotten");
    lock_close(&lock);
    mapping_close(&mapping);
}

void test_main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "hog") == 0)
        hog_lock(argv[2]);
    if (argc > 2 && strcmp(argv[1], "hold") == 0)
        hold_lock(argv[2]);
    test_suspended_holder();
    test_bounded();
    test_dead_holder();
    test_turns();
}
