/* A writer that waits for a reader: beside whom it waits on, what ends the wait, and what it says
 * then. Streams are in t_delivery.c. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct process *start_text(const char *name, const char *text)
{
    return process_start(ARGS("writer", "-n", name, text));
}

/* It has told what it waits for, so it has waited for a while. */
static bool waits(struct process *writer)
{
    return process_wait_errors(writer, "use --no-wait", ENOUGH_MS) && process_running(writer);
}

static bool no_wait(const char *name, const char *text)
{
    return process_run(ARGS("writer", "-n", name, "-q", "--no-wait", text), NULL) == 0;
}

static void test_key_reader(void)
{
    const char *name = test_unique_name();
    struct process *reader = process_start(ARGS("reader", "-n", name));
    process_wait_errors(reader, "nothing is there yet", ENOUGH_MS);
    struct process *writer = start_text(name, "first");
    test_check(waits(writer), "beside a reader by key TEXT waits");
    test_text(process_output(reader), "", "as long as nobody presses a key");
    process_type(reader, "\n");
    test_ends(writer, 0, "a key is pressed: it has been shown");
    test_text(process_output(reader), "first\r\n", "so it was");
    writer = start_text(name, "second");
    test_check(waits(writer), "the next one waits beside a reader that has shown a message");
    process_type(reader, "\n");
    test_ends(writer, 0, "and for the next key");
    test_text(process_output(reader), "first\r\nsecond\r\n", "both are shown, once each");
    no_wait(name, "third");
    no_wait(name, "fourth");
    no_wait(name, "fifth");
    process_type(reader, "\n");
    test_check(process_wait_output(reader, "fifth\r\n", ENOUGH_MS), "by key, the newest is shown");
    test_check(process_wait_errors(reader, "2 messages were overwritten unseen since the last key",
                                   ENOUGH_MS),
               "with a note of those before it");
    process_free(reader);
}

static void test_peeking_follower(void)
{
    const char *name = test_unique_name();
    struct process *peeking = process_start(ARGS("reader", "-n", name, "--follow", "--peek"));
    struct process *writer = start_text(name, "looked at");
    test_check(process_wait_output(peeking, "looked at\r\n", ENOUGH_MS), "--peek shows a message");
    test_check(waits(writer), "but does not acknowledge it");
    static const char *const looks[] = {"--raw", "--hex", "--info", "--json"};
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++)
        process_run(ARGS("reader", "-n", name, looks[i], i == 3 ? "--peek" : NULL), NULL);
    process_run(ARGS("reader", "-n", name, "--once", "--offset", "0"), NULL);
    test_text(got.out, "looked at\r\n", "a part of the mapping shows it too");
    test_check(process_running(writer), "no more do --raw, --hex, --info, --offset");
    process_run(ARGS("reader", "-n", name, "--once", "--json"), NULL);
    test_contains(got.out, "looked at", "JSON shows it");
    test_ends(writer, 0, "and acknowledges");
    process_free(peeking);
}

static void test_plain_holder(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 256, NULL);
    struct process *writer = start_text(name, "for a plain program");
    test_check(waits(writer), "beside a plain program that holds the mapping TEXT waits");
    test_contains(process_errors(writer), "the text is in ",
                  "and says that it is there, and how to send it without");
    test_text(foreign.view, "for a plain program", "the plain program has it");
    test_reads(name, "for a plain program\r\n", "a reader of ours shows it");
    test_ends(writer, 0, "that ends the wait");
    test_check(no_wait(name, "at once"), "--no-wait does not wait");
    test_text(foreign.view, "at once", "the plain program has that too");
    test_withdraw(&foreign);
}

/* Which of its lines a writer has reported as overwritten. */
static bool is_reported(struct process *writer, int line)
{
    char report[48];
    snprintf(report, sizeof report, "line %d was overwritten", line);
    return strstr(process_errors(writer), report) != NULL;
}

static void write_plainly(const char *name, const char *text)
{
    struct mapping mapping = inside_open(name);
    memcpy(mapping.view, text, strlen(text) + 1);
    mapping_close(&mapping);
}

/* The first line by one of ours that does not wait, the second by a plain program. */
static void test_overwritten(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name));
    process_type(writer, "one\ntwo\nthree\n");
    process_close_input(writer);
    test_check(inside_has_text(name, "one") && inside_writer_waits(name), "a piped line waits");
    test_check(no_wait(name, "newer"), "--no-wait overwrites it");
    test_check(process_wait_errors(writer, "line 1 was overwritten in ", ENOUGH_MS),
               "which its writer reports");
    test_contains(process_errors(writer), "; no reader has acknowledged it", "for what it is");
    test_check(inside_has_text(name, "two") && inside_writer_waits(name),
               "and goes on with the next line");
    write_plainly(name, "plain");
    test_check(process_wait_errors(writer, "line 2 was overwritten in ", ENOUGH_MS),
               "a plain program's overwrite is reported too");
    test_check(inside_has_text(name, "three"), "then comes the third line");
    test_reads(name, "three\r\n", "a reader shows it");
    test_check(!is_reported(writer, 3), "so it is not reported");
    test_ends(writer, 1, "the writer ends with status 1, since two are lost");
}

static volatile LONG flooding;

static DWORD WINAPI flood(void *parameter)
{
    struct process *writer = parameter;
    char *lines = lines_make("flood", 0, 1000);
    while (flooding && process_type(writer, lines))
        ;
    free(lines);
    process_close_input(writer);
    return 0;
}

/* Either a line is shown or its writer says that it was not; never both, never none. */
static void test_flood(void)
{
    enum { LINES = 40, LOST_MOST = 3 };
    const char *name = test_unique_name();
    struct process *follower = process_start(ARGS("reader", "-n", name, "--follow", "-q"));
    struct process *flooder = process_start(ARGS("writer", "-n", name, "--no-wait"));
    struct process *writer = process_start(ARGS("writer", "-n", name));
    int shown = 0, lost = 0, wrong = 0;
    InterlockedExchange(&flooding, 1);
    HANDLE thread = CreateThread(NULL, 0, flood, flooder, 0, NULL);
    process_wait_output(follower, "flood", ENOUGH_MS);
    for (int i = 1; i <= LINES && lost < LOST_MOST; i++) {
        char line[32], answer[48];
        snprintf(line, sizeof line, "mine %d\n", i);
        process_type(writer, line);
        line[strlen(line) - 1] = '\r';
        snprintf(answer, sizeof answer, "line %d was overwritten", i);
        ULONGLONG end = GetTickCount64() + ENOUGH_MS;
        while (!process_wait_output(follower, line, 20) && !is_reported(writer, i) &&
               GetTickCount64() < end)
            ;
        shown += strstr(process_output(follower), line) != NULL;
        lost += is_reported(writer, i);
    }
    InterlockedExchange(&flooding, 0);
    WaitForSingleObject(thread, ENOUGH_MS);
    CloseHandle(thread);
    process_close_input(writer);
    process_wait(writer, ENOUGH_MS);
    process_wait(flooder, ENOUGH_MS);
    for (int i = 1; i <= shown + lost; i++) {
        char line[32];
        snprintf(line, sizeof line, "mine %d\r", i);
        wrong += (strstr(process_output(follower), line) != NULL) == is_reported(writer, i);
    }
    test_note("beside a flood %d lines were shown, %d overwritten", shown, lost);
    test_equal(wrong, 0, "beside a --no-wait flood what is shown is not reported as overwritten");
    test_check(shown + lost == LINES || lost == LOST_MOST,
               "and each of the others is (%d shown, %d reported)", shown, lost);
    test_equal(process_status(writer), lost > 0, "the status says whether any was lost");
    test_equal(process_status(flooder), 0, "the flood itself ends with status 0");
    process_free(writer);
    process_free(flooder);
    process_free(follower);
}

/* The follower has printed the message, but is suspended before it acknowledges, while 100 others
 * go by. */
static void test_suspended(bool for_long)
{
    char output[4096] = "", path[TEST_PATH];
    const char *name = test_unique_name();
    HANDLE pipe = test_pipe(name, path);
    struct process_setup setup = {.arguments = ARGS("reader", "-n", name, "--follow"), .out = path};
    struct process *follower = process_start_as(&setup);
    struct process *writer = start_text(name, "printed");
    DWORD count = 0;
    test_check(inside_writer_waits(name), "a writer waits for a follower that prints");
    while (ReadFile(pipe, output, 1, &count, NULL) && count == 0)
        ;
    process_suspend(follower); /* inside the write, of which one byte has come through */
    ReadFile(pipe, output + 1, sizeof output - 2, &count, NULL);
    test_text(output, "printed\r\n", "it has printed, and is suspended");
    char *lines = lines_make("newer", 0, 100);
    process_run(ARGS("writer", "-n", name, "--no-wait"), lines);
    free(lines);
    /* The writer sees it within 100 ms, and gives the follower one second. */
    test_check(process_wait_errors(writer, "the text was overwritten in ",
                                   for_long ? ENOUGH_MS : 400) == for_long,
               for_long ? "after 100 messages its writer reports that nobody has acknowledged it"
                        : "after 100 messages its writer is not in a hurry to report it");
    process_resume(follower);
    test_ends(writer, for_long ? 1 : 0, "%s",
              for_long ? "with status 1"
                       : "resumed soon, it acknowledges after 100 messages: status 0");
    memset(output, 0, sizeof output);
    while (strchr(output, '\n') == NULL && ReadFile(pipe, output + strlen(output), 1, &count, NULL))
        ;
    test_text(output, "newer 00099\r\n", "the follower goes on with the newest");
    test_check(process_wait_errors(follower, "99 messages were overwritten unseen", ENOUGH_MS),
               "and counts the others");
    process_free(follower);
    CloseHandle(pipe);
}

static void test_timeout(void)
{
    const char *name = test_unique_name();
    struct process *keeper = process_keep(name, "kept");
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "0.5", "late"), NULL), 1,
               "--timeout for a reader: status 1");
    test_check(got.elapsed_ms >= 500 && got.elapsed_ms < 3000, "in time (%lu ms)", got.elapsed_ms);
    test_contains(got.err, "timed out: no reader of ", "and words");
    test_contains(got.err, " has acknowledged the text", "for what it is");
    test_equal(process_run(ARGS("reader", "-n", name, "--take", "--once"), NULL), 1,
               "no taker takes later what was reported as not delivered");
    test_text(got.out, "", "nor prints it");
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    test_text(got.out, "late\r\n", "though it is there to be looked at");

    process_run(ARGS("writer", "-n", name, "-t", "0.3"), "a\nb\nc\n");
    test_equal(got.status, 1, "--timeout in a stream: status 1");
    test_contains(got.err, " has acknowledged line 1\r\n", "and where it ended");
    process_run(ARGS("reader", "-n", name, "--once"), NULL);
    test_text(got.out, "a\r\n", "indeed");

    struct process *writer = start_text(name, "waits");
    inside_has_text(name, "waits");
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "0.5", "another"), NULL), 1,
               "--timeout for a turn, while another writer waits: status 1");
    test_contains(got.err, "another writer waits for a reader of ", "a note tells for whom");
    test_contains(got.err, "timed out: another writer still waits for a reader of ",
                  "then it gives up");
    test_check(inside_has_text(name, "waits"), "and has not overwritten what the other waits for");
    test_reads(name, "waits\r\n", "which is shown");
    test_ends(writer, 0, "so that one ends well");
    process_free(keeper);
}

static void test_killed(void)
{
    const char *name = test_unique_name();
    struct process *first = start_text(name, "of the killed one");
    inside_has_text(name, "of the killed one");
    inside_writer_waits(name);
    struct process *next = start_text(name, "of the next");
    test_check(process_wait_errors(next, "another writer waits for a reader of ", ENOUGH_MS),
               "a second writer waits for its turn");
    ULONGLONG start = GetTickCount64();
    process_kill(first);
    test_check(inside_has_text(name, "of the next") && GetTickCount64() - start < 1000,
               "when the first is killed, it goes on at once (%lu ms)",
               (DWORD)(GetTickCount64() - start));
    test_check(process_running(next), "and waits for a reader itself");
    test_reads(name, "of the next\r\n", "which comes");
    test_ends(next, 0, "and ends it");
    process_free(first);
}

void test_main(void)
{
    test_key_reader();
    test_peeking_follower();
    test_plain_holder();
    test_overwritten();
    test_flood();
    test_suspended(false);
    test_suspended(true);
    test_timeout();
    test_killed();
}
