/* What is refused, with which words and which status. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#include "mapping.h"

static struct result got;

static void expect(const char *const *arguments, int status, const char *part, const char *name)
{
    process_run(arguments, "", &got);
    bool right = test_equal(got.status, status, "%s: status %d", name, status);
    right = test_contains(got.err, part, "%s: it says so", name) && right;
    if (!right)
        test_note("stderr: %s", got.err);
}

static void expect_usage(const char *const *arguments, const char *part)
{
    expect(arguments, 2, part, part);
    test_text(got.out, "", "%s: nothing on stdout", part);
}

static void test_usage(void)
{
    expect_usage(ARGS("writer", "--bogus"), "unknown option --bogus");
    expect_usage(ARGS("writer", "-z"), "unknown option -z");
    expect_usage(ARGS("writer", "-S", "x"), "unknown option -S");
    expect_usage(ARGS("reader", "-I"), "unknown option -I");
    expect_usage(ARGS("reader", "-L"), "unknown option -L");
    expect_usage(ARGS("reader", "--o"), "option --o is the beginning of several");
    expect_usage(ARGS("writer", "--name"), "option --name needs a value");
    expect_usage(ARGS("writer", "-t"), "option -t needs a value");
    expect_usage(ARGS("writer", "--keep=yes", "x"), "option --keep=yes takes no value");
    expect_usage(ARGS("writer", "-s", "0", "x"), "--size 0 is not a number");
    expect_usage(ARGS("writer", "-s", "12q", "x"), "--size 12q is not a number");
    expect_usage(ARGS("writer", "-s", "4G", "x"), "--size 4G is not a number");
    expect_usage(ARGS("writer", "-i", "-1", "x"), "--interval -1 is not a number");
    expect_usage(ARGS("writer", "-t", "soon", "x"), "--timeout soon is not a number of seconds");
    expect_usage(ARGS("writer", "-e", "utf-7", "x"), "unknown --encoding utf-7");
    expect_usage(ARGS("writer", "-e", "auto", "x"), "unknown --encoding auto");
    expect_usage(ARGS("writer", "-k", "-r", "x"), "--keep and --until-read");
    expect_usage(ARGS("reader", "word"), "unexpected word word");
    expect_usage(ARGS("reader", "--once", "--follow"), "--once and --follow exclude");
    expect_usage(ARGS("reader", "--raw", "--json"), "--raw and --json exclude");
    expect_usage(ARGS("reader", "--info", "--hex"), "--info and --list");
    expect_usage(ARGS("reader", "-c", "0"), "--count 0 is not a number");
    expect_usage(ARGS("reader", "-c", "many"), "--count many is not a number");
    expect_usage(ARGS("reader", "-o", "-1"), "--offset -1 is not a number");
    expect_usage(ARGS("reader", "-l", "0"), "--length 0 is not a number");
    expect_usage(ARGS("reader", "-e", "ebcdic"), "unknown --encoding ebcdic");
    expect_usage(ARGS("reader", "--list", "*", "more"), "unexpected word more");
    const char *const asked[] = {"--help", "-h", "/?", "--version", "-V"};
    const char *const programs[] = {"writer", "reader"};
    for (int i = 0; i < 10; i++) {
        process_run(ARGS(programs[i / 5], asked[i % 5]), "", &got);
        test_check(got.status == 0 && got.out_bytes > 10 && got.err_bytes == 0,
                   "%s %s answers on stdout", programs[i / 5], asked[i % 5]);
    }
}

static void test_capacity(void)
{
    const char *name = test_unique_name();
    char text[257];
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "--keep", "before"));
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    memset(text, 'x', 256);
    text[256] = '\0';
    expect(ARGS("writer", "-n", name, text), 1, "has 256 bytes, the mapping holds 255",
           "256 bytes");
    process_run(ARGS("reader", "-n", name, "--once"), NULL, &got);
    test_text(got.out, "before\r\n", "the mapping stays as it was");
    text[255] = '\0';
    process_run(ARGS("writer", "-n", name, text), "", &got);
    test_equal(got.status, 0, "255 bytes are accepted");
    process_run(ARGS("reader", "-n", name, "--once"), NULL, &got);
    test_equal((long long)got.out_bytes, 257, "and arrive whole");
    expect(ARGS("writer", "-n", name, "-s", "64K", "x"), 2, "exists with a capacity of 256",
           "another capacity");
    process_free(writer);
}

static void test_names(void)
{
    expect(ARGS("reader", "-1", "-n", "global\\x"), 2, "write the namespace exactly as Global\\",
           "global\\ in lower case");
    expect(ARGS("reader", "-1", "-n", "Global/x"), 1, "write the namespace exactly as Global\\",
           "a slash for the backslash");
    expect(ARGS("reader", "-1", "-n", "a\\b"), 2, "may only end the namespace",
           "a stray backslash");
    expect(ARGS("writer", "-n", "a\\b", "x"), 2, "may only end the namespace", "the same to write");
    expect(ARGS("writer", "-n", "", "x"), 2, "give it a name", "an empty name");
    expect(ARGS("reader", "-1", "-n", "Global\\"), 2, "give it a name", "a namespace alone");
    char longest[400];
    memset(longest, 'n', sizeof longest);
    longest[399] = '\0';
    expect(ARGS("writer", "-n", longest, "x"), 2, "for writer 249", "a name that is too long");
    expect(ARGS("reader", "-1", "-n", test_unique_name()), 1, "no program holds it",
           "a name that nobody has");
}

static void test_other_objects(void)
{
    const char *name = test_unique_name();
    wchar_t *wide = test_widen(name, NULL);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, wide);
    expect(ARGS("writer", "-n", name, "x"), 2, "(error 6)", "an event's name, to write");
    test_contains(got.err, "belongs to an event", "the kind is named");
    expect(ARGS("reader", "-1", "-n", name), 2, "belongs to an event", "an event's name, to read");
    CloseHandle(event);

    /* A protected DACL without entries: nobody may do anything. */
    SECURITY_DESCRIPTOR nobody;
    ACL empty;
    InitializeSecurityDescriptor(&nobody, SECURITY_DESCRIPTOR_REVISION);
    InitializeAcl(&empty, sizeof empty, ACL_REVISION);
    SetSecurityDescriptorDacl(&nobody, TRUE, &empty, FALSE);
    SECURITY_ATTRIBUTES denied = {sizeof denied, &nobody, FALSE};
    name = test_unique_name();
    wide = test_widen(name, NULL);
    HANDLE section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, &denied, PAGE_READWRITE, 0, 256, wide);
    expect(ARGS("reader", "-1", "-n", name), 2, "(error 5)", "a DACL that denies, to read");
    test_contains(got.err, "belongs to another user", "what to do is said");
    expect(ARGS("writer", "-n", name, "x"), 2, "(error 5)", "a DACL that denies, to write");
    CloseHandle(section);
}

static void test_privilege(void)
{
    char name[64];
    snprintf(name, sizeof name, "Global\\%s", test_unique_name());
    SetEnvironmentVariableA("REPLACED", "global");
    struct process *writer = process_start(ARGS("replaced_writer", "-n", name, "-k", "hi"));
    test_check(process_wait_errors(writer, "needs administrator rights to create; using Local\\",
                                   ENOUGH_MS),
               "without the privilege the writer says that Local\\ stands in");
    test_equal(process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got), 0,
               "a reader of the Global\\ name finds it");
    test_text(got.out, "hi\r\n", "and its text");
    process_run(ARGS("reader", "-n", name, "--info"), NULL, &got);
    test_contains(got.out, "name:           Local\\", "under the name that it really has");
    process_free(writer);
}

static void test_wildcards(void)
{
    const char *name = test_unique_name();
    struct process *writer =
        process_start(ARGS("writer", "-n", name, "-k", "what?", "*", "C:\\*.*"));
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    test_text(got.out, "what? * C:\\*.*\r\n", "wildcards in arguments are left alone");
    process_free(writer);
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_usage();
    test_capacity();
    test_names();
    test_other_objects();
    test_privilege();
    test_wildcards();
}
