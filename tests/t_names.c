/* Mappings whose names are as odd as the system takes: as long as can be, of no whole characters,
 * of line ends and commands to a terminal; and thousands of them. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define MANY      2000 /* mappings in --list, unless the environment has another MANY_MAPPINGS */
#define LONGEST   259  /* UTF-16 units of a name */
#define FEW_BYTES (16u << 20)
static wchar_t stem[32];

static HANDLE publish(const wchar_t *name, DWORD bytes)
{
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, bytes, name);
    if (section == NULL)
        test_bail("cannot make a mapping: error %lu", GetLastError());
    return section;
}

static const char *pattern(void)
{
    static char utf8[40];
    sprintf(utf8, "%ls*", stem);
    return utf8;
}

/* A name of so many UTF-16 units, all but the stem `unit`. */
static void test_length(size_t units, wchar_t unit, const wchar_t *prefix)
{
    wchar_t name[300];
    size_t length = wcslen(wcscat(wcscpy(name, prefix), stem));
    while (length < units)
        name[length++] = unit;
    name[length] = L'\0';
    HANDLE section = publish(name, 12288);
    void *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    memcpy(view, "far", 3);
    char *utf8 = test_narrow(name, length);
    process_run(ARGS("reader", "-n", utf8, "--once"), NULL);
    test_text(got.out, "far\r\n", "a name of %u units is found", (unsigned)units);
    process_run(ARGS("reader", "-n", utf8, "--follow", "-c", "1"), NULL);
    test_text(got.out, "far\r\n", "and followed");
    process_run(ARGS("reader", "-n", utf8, "--info"), NULL);
    test_contains(got.out, "size:           12288 bytes\r\n", "--info knows it");
    process_run(ARGS("reader", "--list", pattern()), NULL);
    test_contains(got.out, "         12288  ", "--list knows its size");
    test_contains(got.out, utf8 + wcslen(prefix), "and its name");
    free(utf8);
    UnmapViewOfFile(view);
    CloseHandle(section);
}

static void test_no_text(void)
{
    static const struct {
        const wchar_t *name;
        const char *shown, *json;
    } names[] = {
        {L"\xD83D\xDE42", "\360\237\231\202", "\360\237\231\202"},
        {L"\xD800", "\\ud800", "\357\277\275"},
        {L"\xDC00\xD800x", "\\udc00\\ud800x", "\357\277\275\357\277\275x"},
        {L"a\nb", "a\\x0ab", "a\\nb"},
        {L"a\r\nb", "a\\x0d\\x0ab", "a\\r\\nb"},
        {L"a\tb", "a\\x09b", "a\\tb"},
        {L"\x1b[2J\x9B", "\\x1b[2J\\x9b", "\\u001b[2J\\u009b"},
        {L"\x202E!", "\\u202e!", "\342\200\256!"},
        {L"\"'{}", "\"'{}", "\\\"'{}"},
    };
    enum { NAMES = sizeof names / sizeof names[0] };
    HANDLE sections[NAMES];
    for (int i = 0; i < NAMES; i++) {
        wchar_t name[64];
        _snwprintf(name, 64, L"%ls.%ls", stem, names[i].name);
        sections[i] = publish(name, 8192);
    }
    process_run(ARGS("reader", "--list", pattern()), NULL);
    test_equal(test_count(got.out, "\n"), NAMES, "a mapping is a line, whatever its name");
    test_equal(test_count(got.out, "          8192  "), NAMES, "and each has its size");
    for (int i = 0; i < NAMES; i++) {
        char line[100];
        sprintf(line, "%ls.%s\r\n", stem, names[i].shown);
        test_contains(got.out, line, "what is no text in it is escaped: %s", names[i].shown);
    }
    process_run(ARGS("reader", "--list", pattern(), "--json"), NULL);
    test_equal(test_count(got.out, "\n"), NAMES, "as JSON too");
    for (int i = 0; i < NAMES; i++) {
        char line[100];
        sprintf(line, "%ls.%s\",\"namespace\":", stem, names[i].json);
        test_contains(got.out, line, "which has it whole: %s", names[i].shown);
        CloseHandle(sections[i]);
    }
}

static HANDLE *publish_many(long many)
{
    HANDLE *sections = test_zeros((size_t)many * sizeof *sections);
    for (long i = 0; i < many; i++) {
        wchar_t name[64];
        _snwprintf(name, 64, L"%ls %ld", stem, i);
        sections[i] = publish(name, 4096);
    }
    return sections;
}

static void close_many(HANDLE *sections, long many)
{
    for (long i = 0; i < many; i++)
        CloseHandle(sections[i]);
    free(sections);
}

static void test_many(void)
{
    const char *asked = getenv("MANY_MAPPINGS");
    long many = asked != NULL ? atol(asked) : MANY;
    HANDLE *sections = publish_many(many);
    size_t most = 0;
    long listed = 0;
    /* One pass over a directory in which other programs' objects come and go may miss a name or
     * have it twice. */
    for (int i = 0; i < 10 && listed != many; i++) {
        ULONGLONG start = GetTickCount64();
        struct process *reader = process_start(ARGS("reader", "--list", pattern()));
        while (!process_wait(reader, 5) && GetTickCount64() - start < ENOUGH_MS) {
            size_t now = process_private_bytes(reader);
            most = now > most ? now : most;
        }
        listed = test_count(process_output(reader), "          4096  ");
        test_note("%ld mappings in %lu ms, %lu KiB", listed, (DWORD)(GetTickCount64() - start),
                  (unsigned long)(most / 1024));
        process_free(reader);
    }
    test_equal(listed, many, "--list has %ld mappings", many);
    test_check(most < FEW_BYTES, "in little memory");
    close_many(sections, many);
}

void test_main(void)
{
    wchar_t *name = test_widen(test_unique_name());
    wcscpy(stem, name);
    free(name);
    test_length(241, L'x', L"");
    test_length(LONGEST, L'x', L"");
    test_length(LONGEST, L'\x5171', L"");
    test_length(6 + LONGEST, L'x', L"Local\\");
    test_no_text();
    test_many();
}
