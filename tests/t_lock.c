/* Writers take turns by the lock; one that holds it for long is reported, and one that floods lets
 * others in. What a death with it leaves is in t_latch.c and t_torn.c. */
#include "harness.h"

#include <stdio.h>

#include "mapping.h"

#define TRIES   40
#define TURN_MS 500 /* a machine that is busy otherwise has stops of its own */

static struct result got;

static HANDLE open_lock(const char *name)
{
    HANDLE lock;
    if (object_create(&lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL) != ERROR_SUCCESS)
        test_bail("cannot open the lock of %s", name);
    return lock;
}

/* The test takes the lock as writer does, and keeps it. */
static void test_held(void)
{
    const char *name = test_unique_name();
    struct mapping mapping;
    HANDLE lock = open_lock(name);
    char holder[64];
    mapping_create(&mapping, name, MAPPING_SIZE, false, MAPPING_WRITE);
    struct message_region region = mapping_region(&mapping);
    lock_take(lock, 0);
    message_adopt(region, MAPPING_SIZE, false);
    message_claim(region, GetCurrentProcessId());

    struct process *patient = process_start(ARGS("writer", "-n", name, "--until-read", "patient"));
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "2.5", "late"), NULL, &got), 1,
               "a lock that is never given up ends a writer with a time-out");
    test_contains(got.err, "all the time", "which says so");
    process_run(ARGS("writer", "-n", name, "-t", "0.3", "late"), NULL, &got);
    test_check(got.status == 1 && got.elapsed_ms < 1500, "a shorter time-out is shorter (%lu ms)",
               got.elapsed_ms);
    test_equal(process_run(ARGS("writer", "-n", name, "--plain", "-t", "0.3", "x"), NULL, &got), 1,
               "one with --plain is excluded as well");
    sprintf(holder, "process %lu has held the lock", GetCurrentProcessId());
    test_check(process_wait_errors(patient, holder, ENOUGH_MS),
               "a writer reports who holds the lock for too long");
    test_check(process_running(patient), "and goes on trying");

    message_release(region);
    lock_release(lock);
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    test_text(got.out, "patient\r\n", "when the lock is free the message arrives");
    test_check(process_wait(patient, ENOUGH_MS) && process_status(patient) == 0,
               "and the writer ends with status 0");
    process_free(patient);
    object_close(&lock);
    mapping_close(&mapping);
}

/* Of lines that come one by one, some while the lock is held. */
static void test_held_between(void)
{
    const char *name = test_unique_name();
    HANDLE lock = open_lock(name);
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "-t", "1"));
    process_type(writer, "sent\n");
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    lock_take(lock, ENOUGH_MS);
    process_type(writer, "lost\n");
    process_wait_errors(writer, "all the time", ENOUGH_MS);
    lock_release(lock);
    process_type(writer, "later\n");
    test_equal(process_wait(writer, ENOUGH_MS) ? process_status(writer) : -1, 1,
               "a line that the lock was never free for ends the writer by status 1");
    test_contains(process_errors(writer), "line 2 and what follows was not sent", "which says so");
    process_free(writer);
    object_close(&lock);
}

/* Ctrl+C before the text is written. */
static void test_given_up(void)
{
    const char *name = test_unique_name();
    HANDLE lock = open_lock(name);
    lock_take(lock, ENOUGH_MS);
    struct screen *screen = screen_open();
    struct process *writer = process_start_on(screen, ARGS("writer", "-n", name, "never"));
    screen_wait(screen, "still trying", ENOUGH_MS);
    screen_ctrl_c(screen);
    test_equal(process_wait(writer, ENOUGH_MS) ? process_status(writer) : -1, 1,
               "Ctrl+C before the text is written: status 1");
    process_free(writer);
    screen_free(screen);
    lock_release(lock);
    object_close(&lock);
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
    (void)argc;
    (void)argv;
    test_held();
    test_held_between();
    test_given_up();
    test_turns();
}
