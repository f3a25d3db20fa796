/* Piped lines: each arrives, in order, whoever starts first, is slow or dies, and the writer knows
 * it. What waits for readers in other ways is in t_waiting.c. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "latch.h"

#define PATIENT_MS 20000

/* Starts `writer` and has it read the lines from a file, which is deleted at the end. */
struct stream {
    char *path;
    struct process *writer;
};

static struct stream start_stream(const char *name, const char *prefix, int count)
{
    char *lines = lines_make(prefix, 0, count);
    struct stream stream = {.path = file_make(lines, strlen(lines))};
    struct process_setup setup = {.arguments = ARGS("writer", "-n", name), .in = stream.path};
    stream.writer = process_start_as(&setup);
    free(lines);
    return stream;
}

static void end_stream(struct stream *stream)
{
    process_free(stream->writer);
    file_delete(stream->path);
}

static struct process *start_follower(const char *name)
{
    return process_start(ARGS("reader", "-n", name, "--follow", "--until-end"));
}

/* Both have ended well, and everything has arrived. */
static void expect_all(struct stream *stream, struct process *follower, int count, const char *who)
{
    bool ended = process_wait(stream->writer, PATIENT_MS);
    test_check(ended && process_status(stream->writer) == 0,
               "%s: the writer of %d lines ends with status 0 (%d)", who, count,
               process_status(stream->writer));
    process_wait(follower, ENOUGH_MS);
    struct lines lines = lines_find(process_output(follower), "line");
    test_check(lines.in_order && lines.first == 0 && lines.last == count - 1,
               "%s: each has arrived once, in order (%d to %d, %d lines)", who, lines.first,
               lines.last, lines.count);
    test_text(process_errors(follower), "", "%s: and the follower has missed none", who);
}

static void test_first_and_late(void)
{
    enum { COUNT = 5000 };
    const char *name = test_unique_name();
    struct process *follower = start_follower(name);
    struct stream stream = start_stream(name, "line", COUNT);
    expect_all(&stream, follower, COUNT, "the follower first");
    test_text(process_errors(stream.writer), "", "the writer has nothing to say");
    process_free(follower);
    end_stream(&stream);

    name = test_unique_name();
    stream = start_stream(name, "line", COUNT);
    test_check(process_wait_errors(stream.writer, "line 1 is in ", ENOUGH_MS),
               "a writer that waits tells in which line");
    test_contains(process_errors(stream.writer),
                  "waits for a reader; plain programs cannot acknowledge, use --no-wait; Ctrl+C",
                  "and how to go on without");
    test_check(process_running(stream.writer) && inside_has_text(name, "line 00000"),
               "the first line stays there");
    follower = start_follower(name);
    expect_all(&stream, follower, COUNT, "the follower late");
    test_equal(test_count(process_errors(stream.writer), "\n"), 1, "one note is enough");
    process_free(follower);
    end_stream(&stream);
}

/* Its output is a pipe that holds not a byte, and that is read slowly. */
static void test_slow(void)
{
    enum { COUNT = 300, ROOM = COUNT * 12 + 1 };
    static char output[ROOM + 1];
    char path[TEST_PATH];
    const char *name = test_unique_name();
    HANDLE pipe = test_pipe(name, path);
    struct process_setup setup = {
        .arguments = ARGS("reader", "-n", name, "--follow", "--until-end"), .out = path};
    struct process *follower = process_start_as(&setup);
    struct stream stream = start_stream(name, "line", COUNT);
    pipe_read(pipe, output, sizeof output, 12, 3);
    struct lines lines = lines_find(output, "line");
    test_check(lines.in_order && lines.count == COUNT,
               "a slow follower gets each line, in order (%d)", lines.count);
    test_ends(stream.writer, 0, "and its writer knows it");
    test_ends(follower, 0, "the follower ends with it");
    file_delete(stream.path);
    CloseHandle(pipe);
}

/* What was printed but not yet acknowledged is printed once more. */
static void test_killed_follower(void)
{
    enum { COUNT = 6000, KILLS = 4 };
    const char *name = test_unique_name();
    struct stream stream = start_stream(name, "line", COUNT);
    int next = 0;
    bool gapless = true;
    for (int kill = 0; kill <= KILLS; kill++) {
        struct process *follower = start_follower(name);
        char part[16];
        snprintf(part, sizeof part, "line %05d", kill * 1200 + 700);
        if (kill < KILLS) {
            gapless &= process_wait_output(follower, part, ENOUGH_MS);
            process_kill(follower);
        } else {
            process_wait(follower, PATIENT_MS);
        }
        struct lines lines = lines_find(process_output(follower), "line");
        bool fits = lines.in_order && lines.count > 0 &&
                    (lines.first == next || (next > 0 && lines.first == next - 1));
        if (!fits)
            test_note("follower %d: %d to %d, after %d", kill, lines.first, lines.last, next - 1);
        gapless &= fits;
        next = lines.last + 1;
        process_free(follower);
    }
    test_check(gapless && next == COUNT,
               "%d followers are killed: another takes over without a gap (%d)", KILLS, next);
    test_ends(stream.writer, 0, "and the writer of %d lines ends with status 0", COUNT);
    file_delete(stream.path);
}

static void test_two_writers(void)
{
    enum { COUNT = 3000 };
    const char *name = test_unique_name();
    struct process *follower = start_follower(name);
    struct stream one = start_stream(name, "one", COUNT), two = start_stream(name, "two", COUNT);
    process_wait(one.writer, PATIENT_MS);
    process_wait(two.writer, PATIENT_MS);
    test_equal(process_status(one.writer), 0, "two writers of one name: the one has status 0");
    test_equal(process_status(two.writer), 0, "and so has the other");
    process_wait(follower, ENOUGH_MS);
    struct lines of_one = lines_find(process_output(follower), "one");
    struct lines of_two = lines_find(process_output(follower), "two");
    test_check(of_one.in_order && of_one.count == COUNT,
               "all %d lines of the one arrive, in order (%d)", COUNT, of_one.count);
    test_check(of_two.in_order && of_two.count == COUNT, "and all of the other (%d)", of_two.count);
    test_text(process_errors(follower), "", "none was overwritten");
    process_free(follower);
    end_stream(&one);
    end_stream(&two);
}

/* The lines of a mapping in turns: a writer that reads no more gives its turn to the next. */
static void test_alternating_writers(void)
{
    enum { ROUNDS = 20 };
    const char *name = test_unique_name();
    struct process *follower = start_follower(name);
    struct process *writers[] = {process_start(ARGS("writer", "-n", name)),
                                 process_start(ARGS("writer", "-n", name))};
    bool all = true;
    for (int i = 0; i < ROUNDS; i++) {
        char line[32];
        snprintf(line, sizeof line, "turn %05d\n", i);
        process_type(writers[i % 2], line);
        line[strlen(line) - 1] = '\r';
        all &= process_wait_output(follower, line, ENOUGH_MS);
    }
    test_check(all, "two writers that are open all the time take turns line by line");
    for (int i = 0; i < 2; i++) {
        process_close_input(writers[i]);
        test_ends(writers[i], 0, "writer %d has delivered what it was given", i + 1);
    }
    test_ends(follower, 0, "--until-end ends the follower after the last of them");
}

/* Killed at any instant of a stream: most of the time it holds the turn and the lock. */
static void test_killed_writer(void)
{
    enum { COUNT = 50000, KILLS = 8 };
    const char *name = test_unique_name();
    struct process *follower = process_start(ARGS("reader", "-n", name, "--follow"));
    int wrong = 0;
    for (int kill = 0; kill < KILLS; kill++) {
        char prefix[16], after[32], line[32];
        snprintf(prefix, sizeof prefix, "kill%d", kill);
        snprintf(after, sizeof after, "after kill %d", kill);
        snprintf(line, sizeof line, "%s 00%d", prefix, 100 + 37 * kill);
        struct stream stream = start_stream(name, prefix, COUNT);
        process_wait_output(follower, line, ENOUGH_MS);
        process_kill(stream.writer);
        int status = process_run(ARGS("writer", "-n", name, "-t", "5", after), NULL);
        strcat(after, "\r\n");
        bool shown = process_wait_output(follower, after, ENOUGH_MS);
        struct lines lines = lines_find(process_output(follower), prefix);
        bool right = status == 0 && got.elapsed_ms < 3000 && shown && lines.in_order &&
                     lines.first == 0 && lines.last < COUNT - 1;
        if (!right)
            test_note("%s: lines %d to %d, the next writer has status %d after %lu ms: %s", prefix,
                      lines.first, lines.last, status, got.elapsed_ms, got.err);
        wrong += !right;
        end_stream(&stream);
    }
    test_equal(wrong, 0, "of %d writers killed in a stream each is followed by the next at once",
               KILLS);
    test_text(process_errors(follower), "", "and nothing was overwritten");
    process_free(follower);
}

/* `reader --timeout` bounds the wait for messages, not that for whoever reads its output. */
static void test_paused_pipe(void)
{
    enum { COUNT = 100, PAUSE_MS = 3000 };
    static char output[COUNT * 12 + 2];
    char path[TEST_PATH];
    const char *name = test_unique_name();
    HANDLE pipe = test_pipe(name, path);
    struct process_setup setup = {
        .arguments = ARGS("reader", "--timeout", "1", "-n", name, "--follow"), .out = path};
    struct process *follower = process_start_as(&setup);
    struct stream stream = start_stream(name, "line", COUNT);
    Sleep(PAUSE_MS);
    test_check(process_running(follower) && process_running(stream.writer),
               "an output that is not read for %d ms keeps both waiting", PAUSE_MS);
    pipe_read(pipe, output, sizeof output, 4096, 0);
    struct lines lines = lines_find(output, "line");
    test_check(lines.in_order && lines.count == COUNT, "then all of it comes (%d lines)",
               lines.count);
    test_ends(stream.writer, 0, "and the writer knows it");
    test_ends(follower, 1, "only when no message comes for a second --timeout ends the follower");
    file_delete(stream.path);
    CloseHandle(pipe);
}

/* Message numbers wrap after 2^31. */
static void test_wrap(const char *how, const char *take)
{
    enum { COUNT = 600 };
    const char *name = test_unique_name();
    struct process *keeper = process_keep(name, "before");
    struct mapping mapping = inside_open(name);
    uint32_t sequence = UINT32_MAX - COUNT + 1; /* even, as the lines make it: `text` is it */
    atomic_store(&test_control(&mapping)->sequence, sequence);
    atomic_store(&mapping.shown->shown, UINT32_C(0x80000000) | number_of(sequence));
    struct process *follower = process_start(ARGS("reader", "-n", name, "--follow", take));
    inside_reader_sleeps(name);
    struct stream stream = start_stream(name, "line", COUNT);
    process_wait(stream.writer, PATIENT_MS);
    uint32_t number = message_number(mapping_region(&mapping));
    test_check(number > 0 && number < COUNT, "%s: the number has wrapped to %u", how,
               (unsigned)number);
    process_wait_output(follower, "line 00599\r\n", ENOUGH_MS);
    struct lines lines = lines_find(process_output(follower), "line");
    test_check(lines.in_order && lines.count == COUNT, "%s: each of %d lines arrives once (%d)",
               how, COUNT, lines.count);
    test_equal(process_status(stream.writer), 0, "%s: the writer knows it", how);
    test_text(process_errors(follower), "", "%s: and none is missed", how);
    mapping_close(&mapping);
    process_free(follower);
    end_stream(&stream);
    process_free(keeper);
}

void test_main(void)
{
    test_first_and_late();
    test_slow();
    test_killed_follower();
    test_two_writers();
    test_alternating_writers();
    test_killed_writer();
    test_paused_pipe();
    test_wrap("a follower", NULL);
    test_wrap("a taker", "--take");
}
