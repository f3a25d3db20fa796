/* A look into mappings of any program, where t_table.c's rows do not say it: as they come and
 * change, large ones, and lists of several. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"

#define GIB       (1u << 30)
#define END_BYTES (64u << 10)
#define FEW_BYTES (16u << 20) /* of memory for looking at a mapping of any size */

/* Runs reader on the mapping with these options. */
static void read_it(const char *name, const char *const *options)
{
    const char *arguments[16] = {"reader", "-n", name};
    for (int i = 0; options[i] != NULL; i++)
        arguments[3 + i] = options[i];
    process_run(arguments, NULL);
}

static void test_bytes_as_they_are(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 10000, NULL);
    for (int i = 0; i < 12288; i++)
        foreign.view[i] = (char)(i * 7 + i / 256);
    read_it(name, ARGS("--raw"));
    test_bytes(got.out, got.out_bytes, foreign.view, 12288, "--raw gives every byte of the view");
    read_it(name, ARGS("--raw", "--offset", "0x100", "--length", "4K"));
    test_bytes(got.out, got.out_bytes, foreign.view + 256, 4096, "--offset and --length cut it");
    test_withdraw(&foreign);
}

/* The text of a writer that was killed when it had written the half of it: `standby` is the message
 * then, see message.h. */
static void test_part_of_torn(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_keep(name, "oldoldold");
    struct mapping mapping;
    mapping_open(&mapping, name, MAPPING_WRITE);
    atomic_fetch_add(&test_control(&mapping)->sequence, 1);
    memcpy(mapping.view, "NEWNE", 5);
    read_it(name, ARGS("--once"));
    test_text(got.out, "oldoldold\r\n", "a message whose successor is half written");
    read_it(name, ARGS("--once", "--offset", "3", "--length", "4"));
    test_text(got.out, "NEdo\r\n", "while a part is bytes of the view");
    mapping_close(&mapping);
    process_free(writer);
}

/* A section that the address space has no room for, as that of a 32-bit program. */
static void test_no_room(void)
{
    static const char *const ways[] = {"--once", "--raw", "--follow", "--info"};
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 200000, NULL);
    SetEnvironmentVariableA("REPLACED", "large");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        process_run(ARGS("replaced_reader", "-n", name, ways[i]), NULL);
        test_equal(got.status, 2, "a mapping that there is no room for, %s: status 2", ways[i]);
        test_contains(got.err, "(error 8)", "with its error");
        test_contains(got.err, "use the 64-bit program", "and what to do");
    }
    process_run(ARGS("replaced_reader", "--list", name), NULL);
    test_contains(got.out, "             -  ", "--list does not know its size");
    SetEnvironmentVariableA("REPLACED", NULL);
    test_withdraw(&foreign);
}

/* Eight bytes of an East Asian code page in two words of even length: text of bytes, though the
 * last of them and the NUL are no pair. */
static void test_pairs(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    strcpy(foreign.view, "\xd6\xd0\xce\xc4 \xb0\xe6\xb1\xbe");
    read_it(name, ARGS("--once", "--encoding", "ansi"));
    char *ansi = _strdup(got.out);
    read_it(name, ARGS("--once"));
    test_text(got.out, ansi, "pairs of bytes are not taken for UTF-16");
    free(ansi);
    test_withdraw(&foreign);
}

/* Only changes within the range are shown. */
static void test_follow_range(const char *form, const char *before, const char *after)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    char expected[200];
    memcpy(foreign.view + 100, "left|mid|right", 15);
    struct process *reader =
        process_start(ARGS("reader", "-n", name, "-f", "-o", "105", "-l", "3", "-q", form));
    process_wait_output(reader, before, ENOUGH_MS);
    memcpy(foreign.view + 100, "LEFT", 4);
    memcpy(foreign.view + 109, "RIGHT", 5);
    Sleep(200);
    memcpy(foreign.view + 105, "MID", 3);
    process_wait_output(reader, after, ENOUGH_MS);
    Sleep(100);
    sprintf(expected, "%s%s", before, after);
    test_text(process_output(reader), expected, "--follow shows the range and a change within it");
    process_free(reader);
    test_withdraw(&foreign);
}

/* Two numbers that change their signs at once, as coordinates do: two bits, each the highest. */
static void test_follow_signs(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    volatile double *numbers = (volatile double *)foreign.view;
    numbers[0] = numbers[1] = 1;
    struct process *reader =
        process_start(ARGS("reader", "-n", name, "-fxq", "-l", "16", "-t", "10"));
    bool seen = process_wait_output(reader, "f0 3f  |", ENOUGH_MS);
    numbers[0] = numbers[1] = -1;
    seen &= process_wait_output(reader, "f0 bf  |", ENOUGH_MS);
    test_check(seen, "--follow --hex shows that two numbers have changed their signs");
    process_free(reader);
    test_withdraw(&foreign);
}

/* To settle a text takes time, but no more is to be waited for the next one. */
static void test_soon_again(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    struct process *reader = process_start(ARGS("reader", "-n", name, "-fq"));
    DWORD fastest = INFINITE;
    for (int i = 0; i < 5; i++) {
        char text[16];
        sprintf(text, "text %d", i);
        memset(foreign.view, 0, 16);
        Sleep(60);
        ULONGLONG start = GetTickCount64();
        memcpy(foreign.view, text, strlen(text));
        process_wait_output(reader, text, ENOUGH_MS);
        DWORD late = (DWORD)(GetTickCount64() - start);
        fastest = i > 0 && late < fastest ? late : fastest;
    }
    test_check(fastest < 120, "a text that was cleared and comes again is shown soon (%lu ms)",
               fastest);
    process_free(reader);
    test_withdraw(&foreign);
}

static void test_waits_for_it(void)
{
    const char *name = test_unique_name();
    struct process *raw =
        process_start(ARGS("reader", "-n", name, "--wait", "--raw", "-l", "5", "-t", "10"));
    struct process *text = process_start(ARGS("reader", "-n", name, "--wait", "-t", "10"));
    Sleep(200);
    test_check(process_running(raw) && process_running(text), "--wait waits until it exists");
    struct foreign foreign = test_publish(name, 256, NULL);
    memcpy(foreign.view, "there", 5);
    process_wait(raw, ENOUGH_MS);
    process_wait(text, ENOUGH_MS);
    test_equal((long long)raw->out.used, 5, "and shows its bytes, as soon as there are any");
    test_text(process_output(text), "there\r\n", "or its text");
    process_free(raw);
    process_free(text);
    test_withdraw(&foreign);
}

/* The memory may come later than its name. */
static void test_waits_for_memory(void)
{
    const char *name = test_unique_name();
    wchar_t *wide = test_widen(name);
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0,
                                        65536, wide);
    read_it(name, ARGS("--once"));
    test_contains(got.err, "is reserved and not committed yet", "memory that is reserved only");
    struct process *reader = process_start(ARGS("reader", "-n", name, "--wait", "-t", "10"));
    Sleep(200);
    char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    VirtualAlloc(view, 4096, MEM_COMMIT, PAGE_READWRITE);
    strcpy(view, "late");
    test_check(process_wait_output(reader, "late\r\n", ENOUGH_MS), "is waited for");
    test_ends(reader, 0, "with status 0");
    UnmapViewOfFile(view);
    CloseHandle(section);
    free(wide);
}

/* Dumps the whole mapping to nowhere; the most memory that the reader had, in bytes. */
static size_t dump(const char *name, const char *form)
{
    struct process_setup setup = {
        .arguments = ARGS("reader", "-n", name, form), .in = STREAM_NUL, .out = STREAM_NUL};
    struct process *reader = process_start_as(&setup);
    size_t most = 0;
    while (!process_wait(reader, 20)) {
        size_t now = process_private_bytes(reader);
        most = now > most ? now : most;
    }
    test_equal(process_status(reader), 0, "%s of 1 GiB succeeds", form);
    process_free(reader);
    return most;
}

static void test_one_gibibyte(void)
{
    const char *name = test_unique_name();
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, GIB, name);
    /* 32-bit programs have no room for the whole. */
    char *end = MapViewOfFile(section, FILE_MAP_WRITE, 0, GIB - END_BYTES, END_BYTES);
    if (end == NULL)
        test_bail("no mapping of 1 GiB: error %lu", GetLastError());
    end[END_BYTES - 1] = 'e';
    read_it(name, ARGS("--hex", "-o", "0x3ffffff0"));
    test_text(got.out,
              "3ffffff0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 65  |...............e|\r\n"
              "40000000\r\n",
              "the end of 1 GiB is shown at once");
    size_t raw = dump(name, "--raw"), hex = dump(name, "--hex");
    test_note("memory: %lu KiB for --raw, %lu KiB for --hex", (unsigned long)(raw / 1024),
              (unsigned long)(hex / 1024));
    test_check(raw < FEW_BYTES && hex < FEW_BYTES, "and takes little memory");
    UnmapViewOfFile(end);
    CloseHandle(section);
}

static void test_over_four_gibibytes(void)
{
    const char *name = test_unique_name();
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 1, 4096, name);
    if (section == NULL) {
        test_skip("a view of more than 4 GiB", "there is not that much memory");
        return;
    }
    read_it(name, ARGS("--hex", "-o", "0x100000000", "-l", "8K"));
    test_contains(got.err,
                  sizeof(void *) == 4
                      ? "use the 64-bit program"
                      : "has 4294971392 bytes: showing 4096 from offset 4294967296 on",
                  "a view of more than 4 GiB has whole numbers, or no room in 32 bits");
    CloseHandle(section);
}

static void test_last_writer(void)
{
    char line[64];
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "--no-wait"));
    process_type(writer, "one\ntwo\n");
    read_it(name, ARGS("--wait", "-t", "10"));
    Sleep(1100);
    read_it(name, ARGS("--info"));
    sprintf(line, "process id:     %lu\r\n", writer->id);
    test_contains(got.out, line, "--info tells which process wrote last");
    test_lacks(got.out, "age:            0 s ago", "and how long ago");
    process_free(writer);
}

/* The process has ended, and another one has its id. */
static void test_used_again(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_keep(name, "old");
    Sleep(50);
    struct process *later = process_start(ARGS("writer", "-n", test_unique_name(), "-k", "x"));
    struct mapping mapping;
    mapping_open(&mapping, name, MAPPING_WRITE);
    atomic_store(&test_control(&mapping)->text.process_id, later->id);
    process_wait_errors(later, "keeping", ENOUGH_MS);
    read_it(name, ARGS("--info"));
    test_contains(got.out, "program:        has ended", "a later process is not the writer");
    mapping_close(&mapping);
    process_free(later);
    process_free(writer);
}

static void test_list(void)
{
    static const char *const forms[] = {"%s-f", "%s-b",         "Global\\%s-b", "%s-d",
                                        "%s-a", "Global\\%s-a", "%s-cc",        "%s-e"};
    if (!test_has_global("--list of both namespaces"))
        return;
    const char *stem = test_unique_name();
    char name[64], pattern[64], expected[400];
    struct foreign foreign[8];
    for (int i = 0; i < 8; i++) {
        sprintf(name, forms[i], stem);
        foreign[i] = test_publish(name, 4096u << i, NULL);
    }
    sprintf(pattern, "%s-*", stem);
    sprintf(expected,
            "        131072       1  Global\\%s-a\r\n         16384       1  Global\\%s-b\r\n"
            "         65536       1  Local\\%s-a\r\n          8192       1  Local\\%s-b\r\n"
            "        262144       1  Local\\%s-cc\r\n         32768       1  Local\\%s-d\r\n"
            "        524288       1  Local\\%s-e\r\n          4096       1  Local\\%s-f\r\n",
            stem, stem, stem, stem, stem, stem, stem, stem);
    /* One pass may miss a name while other tests' objects come and go. */
    for (int i = 0; i == 0 || (i < 10 && strcmp(got.out, expected) != 0); i++)
        process_run(ARGS("reader", "--list", pattern), NULL);
    test_text(got.out, expected, "--list: both namespaces, sorted, with sizes");
    sprintf(pattern, "global\\%s-?", stem);
    process_run(ARGS("reader", "--list", pattern, "--json"), NULL);
    sprintf(
        expected,
        "{\"name\":\"Global\\\\%s-a\",\"namespace\":\"Global\",\"size\":131072,\"handles\":1}\r\n"
        "{\"name\":\"Global\\\\%s-b\",\"namespace\":\"Global\",\"size\":16384,\"handles\":1}\r\n",
        stem, stem);
    test_text(got.out, expected, "as JSON, an object a line; a pattern may name the namespace");
    sprintf(pattern, "%s-?", stem);
    process_run(ARGS("reader", "--list", pattern), NULL);
    test_lacks(got.out, "-cc", "? stands for one character");
    process_run(ARGS("reader", "--list"), NULL);
    test_contains(got.out, name, "without a pattern all are listed");
    for (int i = 0; i < 8; i++)
        test_withdraw(&foreign[i]);
}

void test_main(void)
{
    test_pairs();
    test_bytes_as_they_are();
    test_part_of_torn();
    test_no_room();
    test_follow_range(NULL, "mid\r\n", "MID\r\n");
    test_follow_range(
        "--hex",
        "00000069  6d 69 64                                          |mid|\r\n0000006c\r\n",
        "\r\n00000069  4d 49 44                                          |MID|\r\n0000006c\r\n");
    test_follow_signs();
    test_soon_again();
    test_waits_for_it();
    test_waits_for_memory();
    test_last_writer();
    test_used_again();
    test_list();
    test_one_gibibyte();
    test_over_four_gibibytes();
}
