/* Writers take turns by the lock; one that is suspended while it holds it is reported, one that
 * dies with it harms nobody, and one that floods lets others in. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "mapping.h"

#define TRIES   40
#define TURN_MS 500 /* a machine that is busy otherwise has stops of its own */

static HANDLE open_lock(const char *name)
{
    HANDLE lock;
    if (object_create(&lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL) != ERROR_SUCCESS)
        test_bail("cannot open the lock of %s", name);
    return lock;
}

/* The helper "hold": takes the writers' lock as writer does, and waits to be told the end. */
static void hold_lock(const char *name)
{
    struct mapping mapping;
    HANDLE lock = open_lock(name);
    mapping_create(&mapping, name, MAPPING_SIZE, false, MAPPING_WRITE);
    struct message_region region = mapping_region(&mapping);
    if (lock_take(lock, 0) != ERROR_SUCCESS)
        exit(1);
    message_adopt(region, MAPPING_SIZE, false);
    message_claim(region, GetCurrentProcessId());
    DWORD written, read;
    char byte;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "held", 4, &written, NULL);
    ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &read, NULL);
    message_release(region);
    lock_release(lock);
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
    struct process *plain = process_start(ARGS("writer", "-n", name, "--plain", "-t", "0.3", "x"));
    test_check(process_wait(plain, ENOUGH_MS) && process_status(plain) == 1,
               "one with --plain is excluded as well");
    process_free(plain);
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
    process_run(ARGS("writer", "-n", name, "-t", "0.3", "late"), NULL, &got);
    test_check(got.status == 1 && got.elapsed_ms < 1500, "a shorter time-out is shorter (%lu ms)",
               got.elapsed_ms);
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

static char lines[61 * 1000];

static DWORD WINAPI feed(void *writer)
{
    while (process_write(writer, lines, sizeof lines))
        ;
    return 0;
}

static void test_turns(void)
{
    const char *name = test_unique_name();
    HANDLE lock = open_lock(name);
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 61 == 60 ? '\n' : 'l';
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q"));
    HANDLE thread = CreateThread(NULL, 0, feed, writer, 0, NULL);
    struct result got = {0};
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    int soon = 0;
    for (int i = 0; i < TRIES; i++, Sleep(5)) {
        ULONGLONG start = GetTickCount64();
        if (lock_take(lock, ENOUGH_MS) != ERROR_SUCCESS)
            continue;
        soon += GetTickCount64() - start < TURN_MS;
        lock_release(lock);
    }
    test_equal(soon, TRIES, "beside a writer that floods, others get their turn");
    process_kill(writer);
    WaitForSingleObject(thread, ENOUGH_MS);
    CloseHandle(thread);
    process_free(writer);
    object_close(&lock);
}

void test_main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "hold") == 0)
        hold_lock(argv[2]);
    test_suspended_holder();
    test_bounded();
    test_dead_holder();
    test_turns();
}
