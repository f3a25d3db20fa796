/* What reader tells of mappings: --list, names as they are shown, hints at the right one, --info;
 * memory that is reserved and not committed; bytes that are no text. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <winternl.h>

NTSYSAPI NTSTATUS NTAPI NtCreateDirectoryObject(HANDLE *directory, ACCESS_MASK access,
                                                OBJECT_ATTRIBUTES *attributes);
NTSYSAPI NTSTATUS NTAPI NtCreateSymbolicLinkObject(HANDLE *link, ACCESS_MASK access,
                                                   OBJECT_ATTRIBUTES *attributes,
                                                   UNICODE_STRING *target);
NTSYSAPI NTSTATUS NTAPI NtCreateSection(HANDLE *section, ACCESS_MASK access,
                                        OBJECT_ATTRIBUTES *attributes, LARGE_INTEGER *bytes,
                                        ULONG protection, ULONG kind, HANDLE file);

/* What is there and matches. One pass may miss a name while other tests' objects come and go. */
static int list(const char *pattern)
{
    for (int i = 0; i < 10 && process_run(ARGS("reader", "--list", pattern), NULL) != 0; i++)
        ;
    return got.status;
}

static int read_it(const char *name, const char *const *options)
{
    const char *arguments[16] = {"reader", "-n", name};
    for (int i = 0; options[i] != NULL; i++)
        arguments[3 + i] = options[i];
    return process_run(arguments, NULL);
}

/* ---- --list ---- */

static void test_columns(void)
{
    const char *name = test_unique_name();
    char line[200], pattern[80];
    struct foreign foreign = test_publish(name, 8192, NULL);
    HANDLE second = OpenFileMappingA(FILE_MAP_READ, FALSE, name);
    test_equal(list(name), 0, "--list PATTERN");
    sprintf(line, "          8192       2  Local\\%s\r\n", name);
    test_text(got.out, line, "size, handles, name");
    CloseHandle(second);
    sprintf(pattern, "--list=%s*", name);
    test_equal(process_run(ARGS("reader", pattern), NULL), 0, "--list=PATTERN");
    sprintf(line, "          8192       1  Local\\%s\r\n", name);
    test_text(got.out, line, "is the same, with a handle less");
    process_run(ARGS("reader", pattern, "--json"), NULL);
    sprintf(line,
            "{\"name\":\"Local\\\\%s\",\"namespace\":\"Local\",\"size\":8192,\"handles\":1}\r\n",
            name);
    test_text(got.out, line, "and as JSON");
    test_withdraw(&foreign);
    test_equal(process_run(ARGS("reader", pattern), NULL), 1, "status 1 when there is none");
}

static void test_companions(void)
{
    const char *name = test_unique_name();
    char pattern[80], alone[80];
    struct process *writer = process_keep(name, "text");
    sprintf(pattern, "%s*", name);
    list(pattern);
    test_equal(test_count(got.out, "\r\n"), 1, "NAME.shown beside NAME is left out");
    process_free(writer);
    sprintf(alone, "%s-alone.shown", name);
    struct foreign foreign = test_publish(alone, 4096, NULL);
    list(pattern);
    test_contains(got.out, "-alone.shown\r\n", "a mapping that is only named so is not");
    test_withdraw(&foreign);
}

/* Characters that a console would obey, and more than 259 of them. */
static void test_odd_names(void)
{
    static const struct {
        const char *suffix, *shown;
    } rows[] = {{"\tx", "\\x09x"},
                {"\xe2\x80\xaex", "\\u202ex"},
                {"\x1b[1m\xe4\xbd\xa0", "\\x1b[1m\xe4\xbd\xa0"},
                {"a b", "a b"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *stem = test_unique_name();
        char name[80], shown[80], pattern[80], line[80];
        sprintf(name, "%s%s", stem, rows[i].suffix);
        sprintf(shown, "%s%s", stem, rows[i].shown);
        sprintf(pattern, "%s*", stem);
        sprintf(line, "  Local\\%s\r\n", shown);
        struct foreign foreign = test_publish(name, 4096, NULL);
        strcpy(foreign.view, "found");
        list(pattern);
        test_contains(got.out, line, "a name is shown as %s", rows[i].shown);
        read_it(shown, ARGS("--once"));
        test_text(got.out, "found\r\n", "reader --name takes it so");
        read_it(name, ARGS("--once"));
        test_text(got.out, "found\r\n", "and as it is");
        process_run(ARGS("writer", "-n", shown, "--plain", "written"), NULL);
        test_text(foreign.view, "written", "and so does writer");
        test_withdraw(&foreign);
    }
}

static void test_long_name(void)
{
    const char *stem = test_unique_name();
    char name[320], pattern[40];
    sprintf(name, "%s-%0*d", stem, (int)(300 - strlen(stem) - 1), 0);
    test_equal((long long)strlen(name), 300, "a name of 300 characters");
    struct process *writer = process_keep(name, "far");
    read_it(name, ARGS("--once"));
    test_text(got.out, "far\r\n", "is one for both programs");
    sprintf(pattern, "%s*", stem);
    list(pattern);
    test_contains(got.out, name, "and is listed");
    test_equal(process_run(ARGS("writer", "-n", name, "--release"), NULL), 0, "and released");
    test_ends(writer, 0, "which ends its writer");
}

/* ---- directories below ---- */

static void path_of(wchar_t path[200], const wchar_t *below)
{
    DWORD session = 0;
    ProcessIdToSessionId(GetCurrentProcessId(), &session);
    if (session == 0)
        _snwprintf(path, 200, L"\\%ls", below);
    else
        _snwprintf(path, 200, L"\\Sessions\\%lu\\%ls", session, below);
}

/* A directory, a link to `target`, or a section of 4,096 bytes; NULL if this may not be. */
enum object { DIRECTORY, SYMBOLIC_LINK, SECTION };
static HANDLE make(enum object kind, wchar_t *path, wchar_t *target)
{
    UNICODE_STRING name, to;
    OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER bytes = {.QuadPart = 4096};
    HANDLE made = NULL;
    RtlInitUnicodeString(&name, path);
    RtlInitUnicodeString(&to, target);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = kind == DIRECTORY ? NtCreateDirectoryObject(&made, GENERIC_ALL, &attributes)
                      : kind == SYMBOLIC_LINK
                          ? NtCreateSymbolicLinkObject(&made, GENERIC_ALL, &attributes, &to)
                          : NtCreateSection(&made, SECTION_ALL_ACCESS, &attributes, &bytes,
                                            PAGE_READWRITE, SEC_COMMIT, NULL);
    if (status < 0)
        test_note("%ls: status %lx", path, status);
    return status < 0 ? NULL : made;
}

static void put(HANDLE section, const char *text)
{
    char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    if (view == NULL)
        test_bail("no view: error %lu", GetLastError());
    strcpy(view, text);
    UnmapViewOfFile(view);
}

/* It is listed as `name`, and the name is taken. */
static void check_below(HANDLE section, const char *name)
{
    char pattern[120], line[200];
    put(section, "below");
    sprintf(pattern, "*%s", strrchr(name, '\\') + 1);
    list(pattern);
    sprintf(line, "          4096       1  %s\r\n", name);
    test_text(got.out, line, "a mapping below a directory is listed");
    test_equal(read_it(name, ARGS("--once")), 0, "%s is taken", name);
    test_text(got.out, "below\r\n", "and read");
}

static void test_own_directory(void)
{
    const char *stem = test_unique_name();
    wchar_t path[200], below[80];
    char name[120];
    _snwprintf(below, 80, L"BaseNamedObjects\\%hs-d", stem);
    path_of(path, below);
    HANDLE directory = make(DIRECTORY, path, NULL);
    wcscat(path, L"\\inner");
    HANDLE inner = make(DIRECTORY, path, NULL);
    _snwprintf(path + wcslen(path), 40, L"\\%hs", stem);
    HANDLE section = inner != NULL ? make(SECTION, path, NULL) : NULL;
    sprintf(name, "Local\\%s-d\\inner\\%s", stem, stem);
    if (section != NULL)
        check_below(section, name);
    else
        test_skip("a mapping below a directory", "none can be made here");
    CloseHandle(section);
    CloseHandle(inner);
    CloseHandle(directory);
}

/* Windows has a directory for packaged programs and a link to it; Wine 8 has neither, so they are
 * made here. */
static void test_container(void)
{
    const char *stem = test_unique_name();
    wchar_t objects[200], container[220], path[300], link[200];
    char name[120];
    path_of(objects, L"AppContainerNamedObjects");
    _snwprintf(container, 220, L"%ls\\S-1-15-2-%hs", objects, stem);
    _snwprintf(path, 300, L"%ls\\%hs", container, stem);
    path_of(link, L"BaseNamedObjects\\AppContainerNamedObjects");
    HANDLE made[] = {make(DIRECTORY, objects, NULL), make(DIRECTORY, container, NULL),
                     make(SYMBOLIC_LINK, link, objects), make(SECTION, path, NULL)};
    sprintf(name, "AppContainerNamedObjects\\S-1-15-2-%s\\%s", stem, stem);
    if (made[3] != NULL && made[2] != NULL)
        check_below(made[3], name);
    else
        test_skip("a packaged program's mapping", "none can be made here");
    for (int i = 4; i-- > 0;)
        CloseHandle(made[i]);
}

/* What exists already need not be made. */
static void test_other_session(void)
{
    const char *stem = test_unique_name();
    wchar_t path[120], link[200];
    char name[120];
    _snwprintf(path, 120, L"\\Sessions\\77\\BaseNamedObjects\\%hs", stem);
    path_of(link, L"BaseNamedObjects\\Session");
    HANDLE made[] = {
        make(DIRECTORY, L"\\Sessions\\77", NULL),
        make(DIRECTORY, L"\\Sessions\\77\\BaseNamedObjects", NULL),
        make(DIRECTORY, L"\\Sessions\\BNOLINKS", NULL),
        make(SYMBOLIC_LINK, L"\\Sessions\\BNOLINKS\\77", L"\\Sessions\\77\\BaseNamedObjects"),
        make(SYMBOLIC_LINK, link, L"\\Sessions\\BNOLINKS"),
        make(SECTION, path, NULL)};
    sprintf(name, "Session\\77\\%s", stem);
    if (made[5] != NULL && made[3] != NULL)
        check_below(made[5], name);
    else
        test_skip("another session's mapping", "none can be made here");
    for (int i = 6; i-- > 0;)
        CloseHandle(made[i]);
}

/* ---- names that do not exist ---- */

static void test_hints(void)
{
    const char *stem = test_unique_name();
    char name[80], other[80], hint[200];
    sprintf(name, "%s-SENS_sm2", stem);
    sprintf(other, "%s-sens_SM2", stem);
    struct foreign foreign = test_publish(name, 4096, NULL);
    test_equal(read_it(other, ARGS("--once")), 1, "names are case-sensitive");
    sprintf(hint, "did you mean Local\\%s?", name);
    test_contains(got.err, hint, "and the one that is meant is told");
    test_withdraw(&foreign);
    read_it(other, ARGS("--once"));
    test_lacks(got.err, "did you mean", "unless there is none");

    static const struct {
        const char *name, *hint;
    } rows[] = {
        {"Global\\\\X", "write one backslash: --name Global\\X"},
        {"Local\\\\X", "write one backslash: --name Local\\X"},
        {"Session\\2\\X", "there is no such session or container"},
        {"AppContainerNamedObjects\\S-1-15-2-9-9-9\\X", "there is no such session or container"},
        {"Globl\\X", "a backslash may only end the namespace"},
        {"GLOBAL\\X", "write the namespace exactly as Global\\"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        read_it(rows[i].name, ARGS("--once"));
        test_check(got.status == 1 || got.status == 2, "%s: status %d", rows[i].name, got.status);
        test_contains(got.err, rows[i].hint, "and what is wrong with it");
    }
}

/* ---- --info ---- */

static void test_info(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 5000, "D:(A;;GA;;;WD)");
    HANDLE second = OpenFileMappingA(FILE_MAP_READ, FALSE, name);
    test_equal(read_it(name, ARGS("--info")), 0, "--info");
    test_contains(got.out, "size:           8192 bytes\r\n", "tells the size and its unit");
    test_contains(got.out, "handles:        2\r\n", "the handles that programs have");
    test_contains(got.out, "may read:       ", "who may read");
    test_contains(got.out, "may write:      ", "who may write");
    test_lacks(got.out, "committed", "and nothing of memory that is all there");
    read_it(name, ARGS("--info", "--json"));
    test_contains(got.out, "\"size\":8192,\"handles\":2,", "numbers are numbers in JSON");
    test_contains(got.out, "\"may_read\":\"", "who may read is may_read");
    CloseHandle(second);
    test_withdraw(&foreign);
}

/* ---- memory that is reserved and not committed ---- */

#define RESERVED  (1u << 20)
#define MIDDLE    0x80000u
#define PAGE_SIZE 4096u

static struct foreign reserve(const char *name, DWORD committed_at)
{
    struct foreign foreign = {CreateFileMappingA(INVALID_HANDLE_VALUE, NULL,
                                                 PAGE_READWRITE | SEC_RESERVE, 0, RESERVED, name),
                              NULL};
    if (foreign.section != NULL)
        foreign.view = MapViewOfFile(foreign.section, FILE_MAP_WRITE, 0, 0, 0);
    if (foreign.view == NULL ||
        VirtualAlloc(foreign.view + committed_at, PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE) == NULL)
        test_bail("no reserved mapping: error %lu", GetLastError());
    return foreign;
}

static void test_first_page(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = reserve(name, 0);
    strcpy(foreign.view, "first");
    foreign.view[PAGE_SIZE - 1] = 'e';
    read_it(name, ARGS("--info"));
    test_contains(got.out, "size:           1048576 bytes\r\n", "the whole size is told");
    test_contains(got.out, "committed:      4096 bytes\r\n", "and how much of it is committed");
    read_it(name, ARGS("--info", "--json"));
    test_contains(got.out, "\"size\":1048576,\"committed\":4096,", "also in JSON");
    list(name);
    test_contains(got.out, "       1048576       1  ", "--list tells the whole size");
    test_equal(read_it(name, ARGS("--once")), 0, "its text is read");
    test_text(got.out, "first\r\n", "as ever");
    test_equal(read_it(name, ARGS("--raw")), 0, "--raw gives what is committed");
    test_check(got.out_bytes == PAGE_SIZE && got.out[PAGE_SIZE - 1] == 'e', "which is a page");
    test_contains(got.err,
                  "1048576 bytes: showing 4096 from offset 0 on; what follows is "
                  "reserved and not committed",
                  "and says so");
    read_it(name, ARGS("--field", "4095:u8", "--once"));
    test_text(got.out, "101\r\n", "the last byte that is committed");
    test_equal(read_it(name, ARGS("--field", "4095:u16", "--once")), 2, "one beyond: status 2");
    test_contains(got.err, "reserved and not committed", "and why");
    test_withdraw(&foreign);
}

static void test_middle_page(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = reserve(name, MIDDLE);
    strcpy(foreign.view + MIDDLE, "middle");
    test_equal(read_it(name, ARGS("--once", "--offset", "0x80000")), 0,
               "a page that is committed in the middle");
    test_text(got.out, "middle\r\n", "is shown");
    read_it(name, ARGS("--raw", "-o", "512K"));
    test_equal((long long)got.out_bytes, PAGE_SIZE, "and dumped to its end");
    read_it(name, ARGS("--once", "--field", "0x80002:u8"));
    test_text(got.out, "100\r\n", "and so is a field of it");
    static const char *const ways[] = {"--once", "--raw", "--hex"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        test_equal(read_it(name, ARGS(ways[i])), 2, "%s without --offset: status 2", ways[i]);
        test_contains(got.err, "reserved and not committed", "told why");
        test_contains(got.err, "--offset", "and what to do");
    }
    char global[80];
    snprintf(global, sizeof global, "Global\\%s", name);
    if (test_has_global("as a stand-in"))
        test_equal(read_it(global, ARGS("--once")), 2,
                   "as a stand-in for one in Global\\: the same");
    test_equal(read_it(name, ARGS("--info")), 0, "--info");
    test_contains(got.out, "committed:      0 bytes\r\n", "tells that none is at its start");
    test_withdraw(&foreign);
}

/* ---- no text ---- */

static void test_no_text(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    test_equal(read_it(name, ARGS("--once")), 1, "an empty mapping: status 1");
    test_contains(got.err, "nothing is in ", "and words");
    memcpy(foreign.view, "\0\x0bHello World", 13);
    test_equal(read_it(name, ARGS("--once")), 1, "a zero byte and data (Java's writeUTF)");
    test_contains(got.err, "no text is at the beginning of ", "is no text at its beginning");
    test_contains(got.err, "--hex shows", "and --hex is named");
    process_run(ARGS("reader", "-n", name), "\n");
    test_contains(got.err, "no text is at its beginning; --hex", "by key likewise");
    read_it(name, ARGS("--once", "--field", "2:utf-8[11]"));
    test_text(got.out, "Hello World\r\n", "a field shows it");

    memcpy(foreign.view, "SSTR\x14\0\x02\0", 9);
    test_equal(read_it(name, ARGS("--once")), 0, "a binary header");
    test_text(got.out, "SSTR\x14\r\n", "is printed");
    test_contains(got.err, "looks binary: --hex shows its bytes, --field", "with a note");
    strcpy(foreign.view, "a\tb\r\nc");
    read_it(name, ARGS("--once"));
    test_text(got.err, "", "tabs and line ends are text");
    test_withdraw(&foreign);
}

static void test_two_dumps(void)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    foreign.view[0] = 'a';
    struct process *reader = process_start(ARGS("reader", "-n", name, "-fx", "-l", "1", "-c", "2"));
    process_wait_output(reader, "00000001\r\n", ENOUGH_MS);
    foreign.view[0] = 'b';
    process_wait(reader, ENOUGH_MS);
#define LINE(byte, character)                                                                      \
    "00000000  " byte "                                                |" character                \
    "|\r\n00000001\r\n"
    test_text(process_output(reader), LINE("61", "a") "\r\n" LINE("62", "b"),
              "an empty line between two dumps");
    test_ends(reader, 0, "--count of them ends it");
    test_withdraw(&foreign);
}

void test_main(void)
{
    test_columns();
    test_companions();
    test_odd_names();
    test_long_name();
    test_own_directory();
    test_container();
    test_other_session();
    test_hints();
    test_info();
    test_first_page();
    test_middle_page();
    test_no_text();
    test_two_dumps();
}
