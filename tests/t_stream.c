/* Long streams: 100,000 lines beside followers, and an output that is closed, full or none. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 100000
#define LAST  "line 99999"

/* A writer to be fed, which has sent one line. */
static struct process *start_writer(const char *name)
{
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "--no-wait", "--keep"));
    process_type(writer, "first\n");
    return writer;
}

/* From its first message on a follower knows what it misses. */
static struct process *start_follower(const char *name, bool json)
{
    struct process *follower =
        process_start(ARGS("reader", "-n", name, "--follow", json ? "--json" : NULL));
    if (!process_wait_output(follower, "first", ENOUGH_MS))
        test_bail("the follower does not start");
    return follower;
}

/* Shown and missed are all that was sent; a follower tells what it missed on stderr, or in JSON. */
static void expect_accounted(struct process *follower, long sent, const char *name)
{
    process_kill(follower);
    const char *output = process_output(follower);
    long shown = test_count(output, "\n");
    long missed = test_sum(process_errors(follower), "reader: ") + test_sum(output, "\"missed\":");
    test_note("%ld shown, %ld missed", shown, missed);
    test_equal(shown + missed, sent, "%s: shown and missed are all that was sent", name);
    process_free(follower);
}

static void test_all_accounted(void)
{
    const char *name = test_unique_name();
    struct process *holder = start_writer(name);
    struct process *text = start_follower(name, false);
    struct process *json = start_follower(name, true);
    char *lines = test_room(NULL, LINES * 12), *at = lines;
    for (int i = 0; i < LINES; i++)
        at += sprintf(at, "line %05d\n", i);
    struct process_setup setup = {.arguments = ARGS("writer", "-n", name, "--no-wait"),
                                  .input = lines,
                                  .input_bytes = (size_t)(at - lines)};
    test_equal(process_run_as(&setup, 60000), 0, "%d lines are published", LINES);
    free(lines);
    test_text(got.err, "", "and none is rejected");
    test_check(process_wait_output(text, LAST, ENOUGH_MS), "the last one arrives");
    test_check(process_wait_output(json, LAST, ENOUGH_MS), "and in JSON too");
    expect_accounted(text, LINES + 1, "as text");
    process_run(ARGS("writer", "-n", name, "--interval", "100"), "a\nb\ndone\n");
    test_check(got.status == 0 && got.elapsed_ms > 180,
               "--interval is waited between lines (%lu ms)", got.elapsed_ms);
    process_wait_output(json, "done", ENOUGH_MS);
    expect_accounted(json, LINES + 4, "as JSON");
    process_free(holder);
}

/* Wine shows the device that is always full as a file; Windows has no such thing. */
static void test_closed_and_full(void)
{
    static const char *const ways[] = {"--once", "--hex",  "--raw",   "--info",
                                       "--json", "--list", "--follow"};
    const char *name = test_unique_name();
    struct process *writer = start_writer(name);
    process_free(start_follower(name, false));
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *option = strcmp(ways[i], "--list") == 0 ? NULL : "-n";
        struct process_setup setup = {.arguments = ARGS("reader", ways[i], "-q", option, name),
                                      .out = STREAM_BROKEN};
        test_equal(process_run_as(&setup, ENOUGH_MS), 0, "%s into a closed pipe: status 0",
                   ways[i]);
        test_text(got.err, "", "%s: and not a word", ways[i]);
        if (!test_wine()) {
            test_skip("a full disk", "only Linux has a file that is always full");
            continue;
        }
        setup.out = "Z:\\dev\\full";
        test_equal(process_run_as(&setup, ENOUGH_MS), 2, "%s to a full disk: status 2", ways[i]);
        test_contains(got.err, "reader: cannot write the output: ", "%s: and why", ways[i]);
    }
    struct process_setup follow = {.arguments = ARGS("reader", "-n", name, "--follow", "-q"),
                                   .output_limit = 1};
    struct process *follower = process_start_as(&follow);
    for (int i = 0; process_running(follower) && i < 500; i++, Sleep(20))
        process_type(writer, "one more\n");
    test_equal(process_status(follower), 0, "a follower ends when its pipe is closed");
    test_text(process_errors(follower), "", "without a word");
    process_free(follower);
    process_free(writer);
}

/* Who takes the output slowly takes it: all of it together may last longer than the time-out. */
static void test_slow_output(const char *form, DWORD end_bytes)
{
    enum { BYTES = 1 << 20, PART = 1 << 16 };
    static char part[PART];
    char path[TEST_PATH];
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, BYTES, NULL);
    HANDLE pipe = test_pipe(name, path);
    memset(foreign.view, 's', BYTES);
    struct process_setup setup = {
        .arguments = ARGS("reader", "-n", name, form, "-t", "1"), .in = STREAM_NUL, .out = path};
    struct process *reader = process_start_as(&setup);
    DWORD taken = 0, more = 1;
    for (; more > 0 && taken < BYTES; taken += more, Sleep(150))
        if (!ReadFile(pipe, part, PART, &more, NULL))
            more = 0;
    while (more > 0 && ReadFile(pipe, part, PART, &more, NULL))
        taken += more;
    test_equal(taken, BYTES + end_bytes, "%s that is taken slowly is whole", form);
    test_ends(reader, 0, "with status 0");
    CloseHandle(pipe);
    test_withdraw(&foreign);
}

/* A server that leaves is an end of the input like any other. */
static void test_disconnected(void)
{
    char path[TEST_PATH];
    DWORD written;
    const char *name = test_unique_name();
    HANDLE pipe = test_pipe(name, path);
    struct process_setup setup = {.arguments = ARGS("writer", "-n", name, "-t", "20"), .in = path};
    struct process *writer = process_start_as(&setup);
    WriteFile(pipe, "last\n", 5, &written, NULL);
    FlushFileBuffers(pipe);
    DisconnectNamedPipe(pipe);
    test_check(process_wait_errors(writer, "waits for a reader", ENOUGH_MS),
               "what came before its server left waits for a reader");
    test_reads(name, "last\r\n", "and is shown");
    test_ends(writer, 0, "with status 0");
    CloseHandle(pipe);
}

/* As a service or a program with windows starts others: any of the three streams is no handle. */
static void test_without_streams(void)
{
    static const struct way {
        const char *words[4];
        bool in, out; /* it needs them */
        int status;   /* with all of them */
        const char *text;
    } ways[] = {
        {{"reader", "--once"}, false, true, 0, "here\r\n"},
        {{"reader", "-q"}, true, true, 0, "here\r\n"},
        {{"reader", "--hex", "--length", "0x"}, false, false, 2, ""},
        {{"reader", "-V"}, false, true, 0, NULL},
        {{"writer", "-q"}, true, false, 0, ""},
        {{"writer", "-q", "--no-wait", "here"}, false, false, 0, ""},
    };
    const char *name = test_unique_name();
    struct process *holder = process_keep(name, "here");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        for (int closed = 0; closed < 8; closed++) {
            const struct way *way = &ways[i];
            bool in = (closed & 1) == 0, out = (closed & 2) == 0, err = (closed & 4) == 0;
            struct process_setup setup = {
                .arguments =
                    ARGS(way->words[0], "-n", name, way->words[1], way->words[2], way->words[3]),
                .in = in ? STREAM_NUL : STREAM_NONE,
                .out = out ? STREAM_PIPE : STREAM_NONE,
                .err = err ? STREAM_PIPE : STREAM_NONE};
            bool fails = (way->in && !in) || (way->out && !out);
            process_run_as(&setup, ENOUGH_MS);
            bool right = got.status == (fails ? 2 : way->status);
            if (out && way->text != NULL)
                right &= strcmp(got.out, way->text) == 0;
            const char *end = strchr(got.err, '\n');
            if (err && (fails || way->status != 0))
                right &= end != NULL && end[1] == '\0';
            else
                right &= got.err[0] == '\0';
            if (!test_check(right, "%s %s with%s%s%s%s: status %d", way->words[0], way->words[1],
                            in ? " stdin" : "", out ? " stdout" : "", err ? " stderr" : "",
                            closed == 7 ? " no stream" : "", got.status))
                test_note("stdout: %s, stderr: %s", got.out, got.err);
        }
    process_free(holder);
}

void test_main(void)
{
    test_all_accounted();
    test_closed_and_full();
    test_slow_output("--raw", 0);
    test_slow_output("--once", 2); /* CR LF */
    test_disconnected();
    test_without_streams();
}
