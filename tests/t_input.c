/* What comes through a pipe: every line whole or refused, never a crash or a hang. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBE "probe" /* the first message, after which the follower is known to follow */

static struct result got;

/* Pipes the input into a writer beside a follower, which prints all of it if it comes slowly
 * enough; the interval sees to that. Returns what the follower printed. */
static const char *pipe_through(const void *input, size_t bytes, const char *const *options,
                                struct result *writer)
{
    const char *name = test_unique_name();
    static struct process *follower;
    if (follower != NULL)
        process_free(follower);
    follower = process_start(ARGS("reader", "-n", name, "-f", "-t", "10"));
    process_run(ARGS("writer", "-n", name, "-r", "-t", "10", PROBE), NULL, writer);
    const char *arguments[16] = {"writer", "-n", name, "-i", "150", "-r", "-t", "8"};
    for (int i = 0; options != NULL && options[i] != NULL; i++)
        arguments[8 + i] = options[i];
    struct process_setup setup = {.arguments = arguments, .input = input, .input_bytes = bytes};
    process_run_as(&setup, 30000, writer);
    process_kill(follower);
    const char *printed = process_output(follower);
    return strncmp(printed, PROBE "\r\n", strlen(PROBE "\r\n")) == 0
               ? printed + strlen(PROBE "\r\n")
               : "the follower did not start";
}

static void expect(const char *input, size_t bytes, const char *output, int status,
                   const char *name)
{
    const char *printed = pipe_through(input, bytes, NULL, &got);
    test_text(printed, output, "%s", name);
    test_equal(got.status, status, "%s: status %d", name, status);
}

static void test_line_ends(void)
{
    expect("", 0, "", 0, "no input is no message");
    expect("one", 3, "one\r\n", 0, "the last line needs no end");
    expect("one\ntwo\r\nthree\r\n", 16, "one\r\ntwo\r\nthree\r\n", 0, "LF and CR LF end a line");
    expect("a\n\nb\n", 5, "a\r\n\r\nb\r\n", 0, "an empty line is an empty message");
    expect("a\rb\n", 4, "a\rb\r\n", 0, "a CR within a line is text");
    expect("\xef\xbb\xbf"
           "first\n\xef\xbb\xbfsecond\n",
           19, "first\r\n\xef\xbb\xbfsecond\r\n", 0, "only a leading byte order mark is dropped");
    expect("\xff\xfe\xc3\n\x80\n", 6, "\xff\xfe\xc3\r\n\x80\r\n", 0,
           "invalid UTF-8 goes through as it is");
}

static void test_nul(void)
{
    pipe_through("a\0b\n", 4, NULL, &got);
    test_equal(got.status, 0, "a NUL is accepted");
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q"));
    process_write(writer, "a\0b\n", 4);
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    test_bytes(got.out, got.out_bytes, "a\0b\r\n", 5, "and arrives as a byte of the text");
    process_free(writer);
    pipe_through("a\0b\n", 4, ARGS("--plain"), &got);
    test_equal(got.status, 1, "--plain refuses it");
    test_contains(got.err, "line 1 has a NUL", "and says so");
}

static void test_long_lines(void)
{
    size_t bytes = (1 << 20) + 64;
    char *input = malloc(bytes), line[300];
    memset(input, 'x', bytes);
    memcpy(input, "short\n", 6);
    memcpy(input + bytes - 7, "\nafter\n", 7);
    const char *printed = pipe_through(input, bytes, NULL, &got);
    test_text(printed, "short\r\nafter\r\n", "a line of 1 MB is refused, the others are sent");
    test_equal(got.status, 1, "and the status is 1");
    snprintf(line, sizeof line, "line 2 has %lu bytes, the mapping holds 255",
             (unsigned long)(bytes - 13));
    test_contains(got.err, line, "its number and the sizes are told");

    memset(input, 'y', 1000);
    input[254] = '\r';
    input[255] = '\n';
    input[511] = '\n';
    input[767] = '\n'; /* 254, 255 and 255 bytes, and the rest of 232 */
    printed = pipe_through(input, 1000, NULL, &got);
    test_equal(got.status, 0, "lines of 254 and 255 bytes fit");
    test_equal((long long)strlen(printed), 254 + 255 + 255 + 232 + 8, "and arrive whole");
    free(input);
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_line_ends();
    test_nul();
    test_long_lines();
}
