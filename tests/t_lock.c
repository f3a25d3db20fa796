/* Writers exclude each other by the lock, and one that holds it for long is reported. That each has
 * its turn is in t_flood.c, what a death with it leaves in t_latch.c and t_torn.c. */
#include "harness.h"

#include <stdio.h>

#include "mapping.h"

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
    mapping_create(&mapping, name, MAPPING_SIZE, false, false, MAPPING_WRITE);
    struct message_region region = mapping_region(&mapping);
    lock_take(lock, 0);
    message_adopt(region, MAPPING_SIZE, false);
    message_claim(region, GetCurrentProcessId());

    struct process *patient = process_start(ARGS("writer", "-n", name, "patient"));
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "0.5", "late"), NULL), 1,
               "a lock that is never given up ends a writer with a time-out");
    test_contains(got.err, "timed out: another writer is writing to ", "which says so");
    test_equal(process_run(ARGS("writer", "-n", name, "--plain", "-t", "0.3", "x"), NULL), 1,
               "one with --plain is excluded as well");
    sprintf(holder, "writer: process %lu is writing to ", GetCurrentProcessId());
    test_check(process_wait_errors(patient, holder, ENOUGH_MS),
               "a writer reports who holds the lock for too long");
    test_check(process_running(patient), "and goes on waiting");

    message_release(region);
    lock_release(lock);
    test_reads(name, "patient\r\n", "when the lock is free the message arrives");
    test_ends(patient, 0, "and the writer ends with status 0");
    object_close(&lock);
    mapping_close(&mapping);
}

/* Of lines that come one by one, some while the lock is held. */
static void test_held_between(void)
{
    const char *name = test_unique_name();
    HANDLE lock = open_lock(name);
    struct process *writer =
        process_start(ARGS("writer", "-n", name, "-q", "--no-wait", "-t", "0.3"));
    process_type(writer, "sent\n");
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL);
    lock_take(lock, ENOUGH_MS);
    process_type(writer, "lost\n");
    process_wait_errors(writer, "timed out", ENOUGH_MS);
    lock_release(lock);
    process_wait(writer, ENOUGH_MS);
    test_contains(process_errors(writer), "line 2 and what follows were not delivered",
                  "a line that the lock was never free for is told");
    test_ends(writer, 1, "and ends its writer by status 1");
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
    screen_wait(screen, "Ctrl+C gives up", ENOUGH_MS);
    screen_ctrl_c(screen);
    test_ends(writer, 1, "Ctrl+C before the text is written: status 1");
    screen_free(screen);
    lock_release(lock);
    object_close(&lock);
}

void test_main(void)
{
    test_held();
    test_held_between();
    test_given_up();
}
