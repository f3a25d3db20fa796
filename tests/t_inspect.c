/* A look into mappings of any program: text, bytes, ranges, what is known of them, and which there
 * are. The stand-ins publish the shapes of programs that people read today. */
#include "harness.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GIB       (1u << 30)
#define FEW_BYTES (16u << 20) /* of memory for looking at a mapping of any size */

static struct result got;

/* A mapping of another program: the test's. */
struct foreign {
    const char *name;
    HANDLE section;
    unsigned char *view;
};

static struct foreign publish(const char *name, DWORD bytes)
{
    struct foreign foreign = {.name = name};
    wchar_t *wide = test_widen(name, NULL);
    foreign.section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, bytes, wide);
    free(wide);
    if (foreign.section != NULL)
        foreign.view = MapViewOfFile(foreign.section, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    if (foreign.view == NULL)
        test_bail("cannot make the mapping %s: error %lu", name, GetLastError());
    return foreign;
}

static void withdraw(struct foreign *foreign)
{
    UnmapViewOfFile(foreign->view);
    CloseHandle(foreign->section);
}

/* Runs reader on the mapping with these options. */
static void read_it(const char *name, const char *const *options)
{
    const char *arguments[16] = {"reader", "-n", name};
    for (int i = 0; options[i] != NULL; i++)
        arguments[3 + i] = options[i];
    process_run(arguments, NULL, &got);
}

static void test_bytes_as_they_are(void)
{
    struct foreign foreign = publish(test_unique_name(), 10000);
    for (int i = 0; i < 12288; i++)
        foreign.view[i] = (unsigned char)(i * 7 + i / 256);
    read_it(foreign.name, ARGS("--raw"));
    test_bytes(got.out, got.out_bytes, foreign.view, 12288, "--raw gives every byte of the view");
    read_it(foreign.name, ARGS("--raw", "--offset", "0x100", "--length", "4K"));
    test_bytes(got.out, got.out_bytes, foreign.view + 256, 4096, "--offset and --length cut it");
    read_it(foreign.name, ARGS("--raw", "-o", "12K", "-q"));
    test_equal(got.status, 1, "behind its end there is nothing");
    memset(foreign.view, 0, 12288);
    memcpy(foreign.view + 4096, "\x00\x7f\x80\xff AZaz09~\x1b\r\n", 16);
    read_it(foreign.name, ARGS("--hex", "-o", "4080"));
    test_text(got.out,
              "00000ff0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\r\n"
              "00001000  00 7f 80 ff 20 41 5a 61  7a 30 39 7e 1b 0d 0a 00  |.... AZaz09~....|\r\n"
              "00001010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\r\n"
              "*\r\n"
              "00003000\r\n",
              "--hex is canonical, repeated lines are left out");
    test_equal(foreign.view[4096] + foreign.view[4097], 0x7f, "and nothing was written there");
    withdraw(&foreign);
}

/* Only changes within the range are shown. */
static void test_follow_range(void)
{
    struct foreign foreign = publish(test_unique_name(), 4096);
    memcpy(foreign.view + 100, "left|mid|right", 15);
    struct process *hex =
        process_start(ARGS("reader", "-n", foreign.name, "-x", "-f", "-o", "105", "-l", "3", "-q"));
    struct process *text =
        process_start(ARGS("reader", "-n", foreign.name, "-f", "-o", "105", "-l", "3", "-q"));
    test_check(process_wait_output(hex, "|mid|", ENOUGH_MS), "the range is shown");
    test_check(process_wait_output(text, "mid\r\n", ENOUGH_MS), "as text too");
    memcpy(foreign.view + 100, "LEFT", 4);
    memcpy(foreign.view + 109, "RIGHT", 5);
    Sleep(200);
    memcpy(foreign.view + 105, "MID", 3);
    test_check(process_wait_output(hex, "|MID|", ENOUGH_MS), "a change within it is shown");
    test_check(process_wait_output(text, "MID\r\n", ENOUGH_MS), "as text too");
    Sleep(100);
    test_text(process_output(text), "mid\r\nMID\r\n", "and no other");
    const char *at = strstr(process_output(hex), "00000069");
    test_check(at != NULL && strstr(at + 1, "00000069") != NULL &&
                   strstr(strstr(at + 1, "00000069") + 1, "00000069") == NULL,
               "and no other in hex");
    process_free(hex);
    process_free(text);
    withdraw(&foreign);
}

static void test_waits_for_it(void)
{
    const char *name = test_unique_name();
    struct process *raw =
        process_start(ARGS("reader", "-n", name, "--wait", "--raw", "-l", "5", "-t", "10"));
    struct process *text = process_start(ARGS("reader", "-n", name, "--wait", "-t", "10"));
    Sleep(200);
    test_check(process_running(raw) && process_running(text), "--wait waits until it exists");
    struct foreign foreign = publish(name, 256);
    memcpy(foreign.view, "there", 5);
    process_wait(raw, ENOUGH_MS);
    process_wait(text, ENOUGH_MS);
    test_text(process_output(raw), "there", "and shows its bytes");
    test_text(process_output(text), "there\r\n", "or its text");
    process_free(raw);
    process_free(text);
    withdraw(&foreign);
}

static void test_guessed_encodings(void)
{
    struct foreign foreign = publish(test_unique_name(), 256);
    strcpy((char *)foreign.view, "gr\xc3\xbc\xc3\x9f"
                                 "e");
    read_it(foreign.name, ARGS("--once"));
    test_text(got.out,
              "gr\xc3\xbc\xc3\x9f"
              "e\r\n",
              "UTF-8 is recognized");
    memcpy(foreign.view, L"gr\u00fc\u00dfe", sizeof L"gr\u00fc\u00dfe");
    read_it(foreign.name, ARGS("--once"));
    test_text(got.out,
              "gr\xc3\xbc\xc3\x9f"
              "e\r\n",
              "UTF-16 too");
    strcpy((char *)foreign.view, "gr\xfc\xdf"
                                 "e");
    read_it(foreign.name, ARGS("--once", "--encoding", "latin-1"));
    test_text(got.out,
              "gr\xc3\xbc\xc3\x9f"
              "e\r\n",
              "Latin-1 as it is told");
    memset(foreign.view, 'u', 4096);
    read_it(foreign.name, ARGS("--once"));
    test_equal((long long)got.out_bytes, 4098, "a text without a NUL ends with the view");
    withdraw(&foreign);
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
    struct foreign foreign = publish(test_unique_name(), GIB);
    foreign.view[GIB - 1] = 'e';
    read_it(foreign.name, ARGS("--hex", "-o", "0x3ffffff0"));
    test_text(got.out,
              "3ffffff0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 65  |...............e|\r\n"
              "40000000\r\n",
              "the end of 1 GiB is shown at once");
    size_t raw = dump(foreign.name, "--raw"), hex = dump(foreign.name, "--hex");
    test_note("memory: %lu KiB for --raw, %lu KiB for --hex", (unsigned long)(raw / 1024),
              (unsigned long)(hex / 1024));
    test_check(raw < FEW_BYTES && hex < FEW_BYTES, "and takes little memory");
    withdraw(&foreign);
}

static void test_over_four_gibibytes(void)
{
    const char *name = test_unique_name();
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 1, 4096, name);
    if (section == NULL || sizeof(void *) < 8) {
        test_skip("a view of more than 4 GiB", "there is not that much memory or address space");
        return;
    }
    read_it(name, ARGS("--hex", "-o", "0x100000000", "-l", "8K"));
    test_contains(got.err, "has 4294971392 bytes: showing 4096 from offset 4294967296 on",
                  "a view of more than 4 GiB is told in whole numbers");
    CloseHandle(section);
}

static void test_info(void)
{
    struct foreign foreign = publish(test_unique_name(), 5000);
    read_it(foreign.name, ARGS("--info"));
    test_contains(got.out, "size:           8192\r\n", "--info: the size of the region");
    test_contains(got.out, "access:         read, write\r\n", "what this user may do");
    test_contains(got.out, "owner:          ", "whose it is");
    test_contains(got.out, "dacl:           ", "who may use it");
    test_contains(got.out, "writers:        everybody", "in words too");
    test_contains(got.out, "kind:           plain\r\n", "and that it is no writer's");
    read_it(foreign.name, ARGS("--info", "--json"));
    test_contains(got.out, "\"size\":8192,\"access\":\"read, write\",", "the same as JSON");
    test_contains(got.out, "\"kind\":\"plain\"}\r\n", "in one line");
    withdraw(&foreign);

    char name[64];
    snprintf(name, sizeof name, "Global\\%s", test_unique_name());
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "-s", "8K", "--share"));
    process_write(writer, "one\ntwo\n", 8);
    read_it(name, ARGS("--wait", "-t", "10"));
    Sleep(1100);
    read_it(name, ARGS("--info"));
    test_contains(got.out, "namespace:      Global\r\n", "of a writer's: the namespace");
    test_contains(got.out, "capacity:       8192\r\n", "the capacity");
    test_contains(got.out, "messages:       2\r\n", "the number of messages");
    test_contains(got.out, "program:        writer.exe\r\n", "the program of the last one");
    test_lacks(got.out, "age:            0 s ago", "its age");
    test_contains(got.out, "Authenticated Users\r\nwriters:", "whom --share lets read");
    char line[64];
    snprintf(line, sizeof line, "process id:     %lu\r\n", writer->id);
    test_contains(got.out, line, "the process");
    process_kill(writer);
    process_free(writer);
}

static void test_list(void)
{
    const char *stem = test_unique_name();
    char names[3][64], pattern[64], expected[400];
    static const char *const forms[] = {"%s-a", "Global\\%s-b", "%s-cc"};
    struct foreign foreign[3];
    for (int i = 0; i < 3; i++) {
        sprintf(names[i], forms[i], stem);
        foreign[i] = publish(names[i], 4096u << i);
    }
    sprintf(pattern, "%s-*", stem);
    process_run(ARGS("reader", "--list", pattern), NULL, &got);
    sprintf(expected,
            "          8192  Global\\%s-b\r\n          4096  Local\\%s-a\r\n"
            "         16384  Local\\%s-cc\r\n",
            stem, stem, stem);
    test_text(got.out, expected, "--list: both namespaces, sorted, with sizes");
    process_run(ARGS("reader", "--list", pattern, "--json"), NULL, &got);
    sprintf(expected,
            "{\"name\":\"Global\\\\%s-b\",\"namespace\":\"Global\",\"size\":8192}\r\n"
            "{\"name\":\"Local\\\\%s-a\",\"namespace\":\"Local\",\"size\":4096}\r\n"
            "{\"name\":\"Local\\\\%s-cc\",\"namespace\":\"Local\",\"size\":16384}\r\n",
            stem, stem, stem);
    test_text(got.out, expected, "as JSON, an object a line");
    sprintf(pattern, "%s-?", stem);
    process_run(ARGS("reader", "--list", pattern), NULL, &got);
    test_lacks(got.out, "-cc", "? stands for one character");
    sprintf(pattern, "global\\%s*", stem);
    process_run(ARGS("reader", "--list", pattern), NULL, &got);
    test_lacks(got.out, "Local", "a pattern may name the namespace");
    process_run(ARGS("reader", "--list"), NULL, &got);
    test_contains(got.out, names[2], "without a pattern all are listed");
    for (int i = 0; i < 3; i++)
        withdraw(&foreign[i]);
}

static void test_sorted_list(void)
{
    const char *stem = test_unique_name();
    char name[64], pattern[64];
    struct foreign foreign[26];
    for (int i = 0; i < 26; i++) {
        sprintf(name, "%s-%c", stem, 'a' + i * 7 % 26);
        foreign[i] = publish(name, 4096);
    }
    sprintf(pattern, "%s-?", stem);
    process_run(ARGS("reader", "--list", pattern), NULL, &got);
    int sorted = 0;
    for (const char *at = got.out; (at = strchr(at, '-')) != NULL; at++)
        sorted += at[1] == 'a' + sorted;
    test_equal(sorted, 26, "a list is sorted");
    for (int i = 0; i < 26; i++)
        withdraw(&foreign[i]);
}

static void test_other_namespace(void)
{
    char global[64], hint[128];
    const char *name = test_unique_name();
    sprintf(global, "Global\\%s", name);
    struct foreign foreign = publish(global, 256);
    read_it(name, ARGS("--once"));
    sprintf(hint, "there is a mapping %s: use --name %s", global, global);
    test_contains(got.err, hint, "a Local\\ name that exists under Global\\ gets its hint");
    test_equal(got.status, 1, "and status 1");
    withdraw(&foreign);
    foreign = publish(name, 256);
    strcpy((char *)foreign.view, "local");
    read_it(global, ARGS("--once"));
    test_text(got.out, "local\r\n", "a Global\\ name is looked for under Local\\ too");
    withdraw(&foreign);
}

/* The commands of the README, on the shapes that the programs publish. */
static void test_recipes(void)
{
    static const char xml[] = "<sys><id>SCPUCLK</id><value>3600</value></sys><temp/>";
    struct foreign foreign = publish("AIDA64_SensorValues", 10000);
    strcpy((char *)foreign.view, xml);
    process_run(ARGS("reader", "-n", "AIDA64_SensorValues", "--once"), NULL, &got);
    test_bytes(got.out, got.out_bytes, "<sys><id>SCPUCLK</id><value>3600</value></sys><temp/>\r\n",
               sizeof xml + 1, "AIDA64: the XML");
    withdraw(&foreign);

    foreign = publish("MumbleLink", 5460);
    memcpy(foreign.view, "\2\0\0\0\x10\0\0\0", 8); /* the version and a counter */
    memcpy(foreign.view + 44, L"Game \u540d", sizeof L"Game \u540d");
    process_run(ARGS("reader", "-n", "MumbleLink", "--once", "--encoding", "utf-16", "--offset",
                     "44", "--length", "512"),
                NULL, &got);
    test_text(got.out, "Game \xe5\x90\x8d\r\n", "Mumble link: the name of the game");
    withdraw(&foreign);

    foreign = publish("Local\\IRSDKMemMapFileName", 1 << 20);
    static const uint32_t header[] = {2, 1, 60, 7, 4096, 112};
    memcpy(foreign.view, header, sizeof header);
    strcpy((char *)foreign.view + 112, "---\nWeekendInfo:\n TrackName: n\xfcrburg\n...\n");
    process_run(ARGS("reader", "-n", "Local\\IRSDKMemMapFileName", "--hex", "--length", "32"), NULL,
                &got);
    test_contains(got.out, "70 00 00 00", "iRacing: the offset in the header");
    process_run(ARGS("reader", "-n", "Local\\IRSDKMemMapFileName", "--once", "--encoding",
                     "latin-1", "--offset", "112"),
                NULL, &got);
    test_text(got.out, "---\nWeekendInfo:\n TrackName: n\xc3\xbcrburg\n...\n\r\n",
              "iRacing: the session information");
    withdraw(&foreign);

    foreign = publish("Global\\HWiNFO_SENS_SM2", 1 << 16);
    memcpy(foreign.view, "SiWH\2\0\0\0", 8);
    process_run(ARGS("reader", "-n", "Global\\HWiNFO_SENS_SM2", "--hex", "--length", "64"), NULL,
                &got);
    test_contains(got.out, "00000000  53 69 57 48 02 00 00 00 ", "HWiNFO: the header");
    withdraw(&foreign);
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_bytes_as_they_are();
    test_follow_range();
    test_waits_for_it();
    test_guessed_encodings();
    test_info();
    test_list();
    test_sorted_list();
    test_other_namespace();
    test_recipes();
    test_one_gibibyte();
    test_over_four_gibibytes();
}
