/* writer --keep holds a mapping for scripts, writer --release ends that; and who waits or looks
 * costs next to nothing. */
#include "inside.h"

#include <stdio.h>
#include <string.h>

/* As a script starts it: `start "" /b writer ... <nul`. */
static struct process *start_keeper(const char *const *arguments)
{
    return process_start_as(&(struct process_setup){.arguments = arguments, .in = STREAM_NUL});
}

static int release(const char *name)
{
    return process_run(ARGS("writer", "-n", name, "--release"), NULL);
}

static bool exists(const char *name)
{
    struct mapping mapping;
    DWORD error = mapping_open(&mapping, name, MAPPING_READ);
    mapping_close(&mapping);
    return error != ERROR_FILE_NOT_FOUND;
}

/* A variable that is shared by scripts, with one name all the time. */
static void test_variable(void)
{
    enum { CYCLES = 10 };
    const char *name = test_unique_name();
    int right = 0, gone = 0, ended = 0;
    for (int i = 0; i < CYCLES; i++) {
        char busy[32];
        snprintf(busy, sizeof busy, "busy %d", i);
        struct process *keeper = start_keeper(ARGS("writer", "-n", name, "--keep", "idle"));
        bool reads = process_run(ARGS("reader", "-n", name, "--wait", "--peek"), NULL) == 0 &&
                     strcmp(got.out, "idle\r\n") == 0;
        reads &= process_run(ARGS("writer", "-n", name, "--no-wait", busy), NULL) == 0;
        for (int again = 0; again < 2; again++) {
            reads &= process_run(ARGS("reader", "-n", name, "--peek", "--once"), NULL) == 0 &&
                     strncmp(got.out, busy, strlen(busy)) == 0;
        }
        reads &= release(name) == 0;
        gone += !exists(name);
        right += reads;
        ended += process_wait(keeper, ENOUGH_MS) && process_status(keeper) == 0;
        process_free(keeper);
    }
    test_equal(right, CYCLES, "%d times a variable is set, read, overwritten, read twice, released",
               CYCLES);
    test_equal(gone, CYCLES, "and is gone each time when --release returns");
    test_equal(ended, CYCLES, "its keeper ends with status 0");
    test_equal(release(name), 1, "--release without a keeper: status 1");
    test_contains(got.err, "no writer keeps the mapping ", "and words");
}

static void test_ends_of_keeping(void)
{
    const char *name = test_unique_name();
    struct process *one = start_keeper(ARGS("writer", "-n", name, "--keep", "both"));
    process_wait_errors(one, "keeping ", ENOUGH_MS);
    test_contains(process_errors(one), "until writer --name ", "a keeper tells how it ends");
    struct process *two = start_keeper(ARGS("writer", "-n", name, "--keep"));
    process_wait_errors(two, "keeping ", ENOUGH_MS);
    test_reads(name, "both\r\n", "a second keeper without a message leaves what is there");
    test_equal(release(name), 0, "--release ends both");
    test_check(!exists(name), "at its return neither holds the mapping");
    test_ends(one, 0, "the first has status 0");
    test_ends(two, 0, "and the second");

    one = start_keeper(ARGS("writer", "-n", name, "--keep", "slow"));
    process_wait_errors(one, "keeping ", ENOUGH_MS);
    process_suspend(one);
    test_equal(process_run(ARGS("writer", "-n", name, "--release", "-t", "0.3"), NULL), 1,
               "--release does not return before the keeper has let go, but by --timeout");
    test_contains(got.err, "timed out: a writer still keeps the mapping ", "with words");
    process_resume(one);
    test_ends(one, 0, "the keeper ends all the same");

    one = start_keeper(ARGS("writer", "-n", name, "--keep", "-t", "0.3", "short"));
    test_check(process_wait(one, ENOUGH_MS), "--timeout ends a keeper");
    test_contains(process_errors(one), "timed out: ", "with words");
    test_ends(one, 1, "and status 1");

    one = start_keeper(ARGS("writer", "-n", name, "--keep", "killed"));
    process_wait_errors(one, "keeping ", ENOUGH_MS);
    process_kill(one);
    process_free(one);
    test_equal(release(name), 1, "a keeper that was killed need not be released");

    struct foreign foreign = test_publish(name, 256, NULL);
    one = start_keeper(ARGS("writer", "-n", name, "--keep", "kept"));
    process_wait_errors(one, "keeping ", ENOUGH_MS);
    test_equal(release(name), 0, "--release returns although a plain program has the mapping");
    test_ends(one, 0, "the keeper ends");
    test_withdraw(&foreign);
}

static void test_key(void)
{
    const char *name = test_unique_name();
    struct screen *screen = screen_open();
    struct process *keeper = process_start_on(screen, ARGS("writer", "-n", name, "--keep", "here"));
    test_check(screen_wait(screen, "until a key is pressed or writer", ENOUGH_MS),
               "at a console a keeper waits for a key too");
    test_reads(name, "here\r\n", "its text is there");
    screen_key(screen, VK_SHIFT, 0, SHIFT_PRESSED);
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    test_check(process_running(keeper) && got.status == 0, "a bare modifier is no key");
    screen_type(screen, "x");
    test_ends(keeper, 0, "a key ends it");
    test_check(!exists(name), "and nothing is kept");
    keeper = process_start_on(screen, ARGS("writer", "-n", name, "--keep", "again"));
    test_reads(name, "again\r\n", "another one");
    screen_wait_count(screen, "until a key", 2, ENOUGH_MS);
    test_equal(release(name), 0, "can be released at a console as well");
    test_ends(keeper, 0, "with status 0");
    screen_free(screen);
}

/* Piped lines before the last one wait, as without --keep. */
static void test_piped(void)
{
    const char *name = test_unique_name();
    struct process *keeper = process_start(ARGS("writer", "-n", name, "--keep"));
    process_type(keeper, "a\nb\nc");
    process_close_input(keeper);
    test_check(inside_has_text(name, "a") && inside_writer_waits(name),
               "of piped lines the first waits");
    test_check(process_wait_errors(keeper, "line 1 is in ", ENOUGH_MS), "and says so");
    test_reads(name, "a\r\n", "until a reader shows it");
    test_check(inside_has_text(name, "b") && inside_writer_waits(name), "so does the second");
    test_reads(name, "b\r\n", "which is shown");
    test_check(process_wait_errors(keeper, "keeping ", ENOUGH_MS) && inside_has_text(name, "c"),
               "the last is kept without waiting");
    process_run(ARGS("writer", "-n", name, "-q", "--no-wait", "d"), NULL);
    test_reads(name, "d\r\n", "it can be overwritten");
    test_equal(release(name), 0, "and released");
    test_lacks(process_errors(keeper), "overwritten", "nobody misses it");
    test_ends(keeper, 0, "status 0");

    struct process *one = process_start(ARGS("writer", "-n", name, "waits"));
    inside_writer_waits(name);
    keeper = start_keeper(ARGS("writer", "-n", name, "--keep", "kept"));
    test_check(process_wait_errors(keeper, "keeping ", ENOUGH_MS) && inside_has_text(name, "kept"),
               "a keeper takes no turn: it does not wait for another writer");
    test_check(process_wait_errors(one, "the text was overwritten", ENOUGH_MS),
               "which reports what it has lost");
    test_ends(one, 1, "with status 1");
    release(name);
    process_free(keeper);
}

/* ---- what waiting costs: all at once ---- */

static void test_idle(void)
{
    enum { SECONDS = 3, MOST_MS = 10 * SECONDS }; /* one percent of a core */
    const char *kept = test_unique_name(), *waited = test_unique_name();
    const char *plain = test_unique_name();
    struct foreign foreign = test_publish(plain, 256, NULL);
    strcpy(foreign.view, "plain");
    struct process *keeper = process_keep(kept, "kept");
    const struct {
        const char *what;
        struct process *process;
    } idle[] = {
        {"a keeper", keeper},
        {"a waiting writer", process_start(ARGS("writer", "-n", waited, "waits"))},
        {"a writer that waits for its turn", process_start(ARGS("writer", "-n", waited, "too"))},
        {"a writer that waits for a line", process_start(ARGS("writer", "-n", kept))},
        {"a reader by key", process_start(ARGS("reader", "-n", kept))},
        {"--follow of a message", process_start(ARGS("reader", "-n", kept, "--follow"))},
        {"--take of a message", process_start(ARGS("reader", "-n", kept, "--take"))},
        {"--follow --peek beside a waiting writer",
         process_start(ARGS("reader", "-n", waited, "--follow", "--peek"))},
        {"--follow of a plain mapping", process_start(ARGS("reader", "-n", plain, "--follow"))},
    };
    enum { COUNT = sizeof idle / sizeof idle[0] };
    DWORD used[COUNT];
    process_wait_errors(idle[1].process, "waits", ENOUGH_MS);
    process_wait_output(idle[4].process, "kept", ENOUGH_MS);
    process_wait_output(idle[5].process, "kept", ENOUGH_MS);
    process_wait_output(idle[7].process, "waits", ENOUGH_MS);
    process_wait_output(idle[8].process, "plain", ENOUGH_MS);
    inside_reader_sleeps(kept);
    for (int i = 0; i < COUNT; i++)
        used[i] = process_used_ms(idle[i].process);
    Sleep(SECONDS * 1000);
    for (int i = 0; i < COUNT; i++) {
        DWORD more = process_used_ms(idle[i].process) - used[i];
        test_check(process_running(idle[i].process) && more <= MOST_MS,
                   "%s takes below 1 %% of a core: %lu ms in %d s", idle[i].what, more, SECONDS);
    }
    for (int i = COUNT - 1; i >= 0; i--)
        process_free(idle[i].process);
    test_withdraw(&foreign);
}

void test_main(void)
{
    test_variable();
    test_ends_of_keeping();
    test_key();
    test_piped();
    test_idle();
}
