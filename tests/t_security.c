/* Who may read and write our objects, and what objects and contents that somebody planted do to the
 * programs: a clear error or a plain text, never a hang or a crash. */
#include "harness.h"

#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"

#define SECRET "secret"

static struct result got;

/* ---- other users ---- */

/* The entries of an object's DACL, as "SID:MASK" in the order of the access control list; `all` are
 * the rights that Windows has made of GENERIC_ALL, and Wine leaves as it is. */
static void read_dacl(char *entries, const char *name, const char *suffix, DWORD all)
{
    PACL dacl;
    PSECURITY_DESCRIPTOR descriptor;
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision;
    HANDLE object;
    enum object_kind kind = suffix[0] == '\0'                ? OBJECT_SECTION
                            : strcmp(suffix, ".writer") == 0 ? OBJECT_MUTEX
                                                             : OBJECT_EVENT;
    object_open(&object, kind, READ_CONTROL, name, suffix);
    if (object == NULL || GetSecurityInfo(object, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL,
                                          NULL, &dacl, NULL, &descriptor) != ERROR_SUCCESS)
        test_bail("cannot look at %s%s", name, suffix);
    GetSecurityDescriptorControl(descriptor, &control, &revision);
    entries += sprintf(entries, "%s", (control & SE_DACL_PROTECTED) != 0 ? "protected" : "open");
    for (DWORD i = 0; i < dacl->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entry;
        char *sid;
        GetAce(dacl, i, (void **)&entry);
        ConvertSidToStringSidA(&entry->SidStart, &sid);
        DWORD mask = entry->Mask == GENERIC_ALL ? all : entry->Mask;
        entries += sprintf(entries, " %s:%lx", sid, mask);
        LocalFree(sid);
    }
    LocalFree(descriptor);
    CloseHandle(object);
}

static char *current_user(void)
{
    union {
        TOKEN_USER user;
        char room[256];
    } user;
    DWORD bytes;
    HANDLE token;
    char *sid;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) ||
        !GetTokenInformation(token, TokenUser, &user, sizeof user, &bytes) ||
        !ConvertSidToStringSidA(user.user.User.Sid, &sid))
        test_bail("cannot look at the token: error %lu", GetLastError());
    CloseHandle(token);
    return sid;
}

/* SYSTEM, Administrators, the user, and whoever is added; an entry of nobody else. */
static void expect_dacl(const char *name, const char *suffix, DWORD everything, DWORD shared)
{
    char entries[1024], expected[1024], added[64] = "";
    read_dacl(entries, name, suffix, everything);
    if (shared != 0)
        sprintf(added, " S-1-5-11:%lx", shared); /* authenticated users */
    sprintf(expected, "protected S-1-5-18:%lx S-1-5-32-544:%lx %s:%lx%s", everything, everything,
            current_user(), everything, added);
    test_text(entries, expected, "%s%s may be used by us%s", "NAME", suffix,
              shared != 0 ? ", and read by all" : " alone");
}

/* A writer that keeps its text; there when this returns. */
static struct process *start_writer(const char *name, const char *option)
{
    struct process *writer =
        process_start(ARGS("writer", "-n", name, "-q", "--keep", SECRET, option));
    if (process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got) != 0)
        test_bail("the writer does not start: %s", got.err);
    return writer;
}

static void test_other_user(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name, NULL);
    expect_dacl(name, "", SECTION_ALL_ACCESS, 0);
    expect_dacl(name, ".writer", MUTEX_ALL_ACCESS, 0);
    expect_dacl(name, ".changed.0", EVENT_ALL_ACCESS, 0);
    expect_dacl(name, ".changed.3", EVENT_ALL_ACCESS, 0);
    process_free(writer);
    name = test_unique_name();
    writer = start_writer(name, "--share");
    expect_dacl(name, "", SECTION_ALL_ACCESS, READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ);
    expect_dacl(name, ".writer", MUTEX_ALL_ACCESS, 0);
    expect_dacl(name, ".changed.0", EVENT_ALL_ACCESS, READ_CONTROL | SYNCHRONIZE);
    struct process *waiting = process_start(ARGS("writer", "-n", name, "-r", "--share", "x"));
    process_wait_errors(waiting, "--share has no effect", ENOUGH_MS);
    test_contains(process_errors(waiting), "--share has no effect", "--share comes too late: said");
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    process_free(waiting);
    waiting = process_start(ARGS("writer", "-n", test_unique_name(), "--share", "x"));
    process_wait_errors(waiting, "waiting", ENOUGH_MS);
    char own[32];
    sprintf(own, "T%lu.%d", GetCurrentProcessId(), 3);
    expect_dacl(own, ".read", EVENT_ALL_ACCESS, READ_CONTROL | SYNCHRONIZE | EVENT_MODIFY_STATE);
    process_free(waiting);
    process_free(writer);
}

/* A DACL that lets this user read and nothing else, as --share does for other users. */
static void test_reading_is_enough(void)
{
    const char *name = test_unique_name();
    char sddl[256];
    sprintf(sddl, "D:P(A;;0x%lx;;;%s)", READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ,
            current_user());
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, FALSE};
    ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1,
                                                         &attributes.lpSecurityDescriptor, NULL);
    wchar_t *wide = test_widen(name, NULL);
    HANDLE section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, &attributes, PAGE_READWRITE, 0, 256, wide);
    strcpy(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0), SECRET);
    process_run(ARGS("reader", "-n", name, "--once"), "", &got);
    test_text(got.out, SECRET "\r\n", "who may only read can read");
    process_run(ARGS("reader", "-n", name, "--info"), "", &got);
    test_contains(got.out, "access:         read\r\n", "--info tells that");
    process_run(ARGS("writer", "-n", name, "x"), "", &got);
    test_equal(got.status, 2, "and writing is refused");
    test_contains(got.err, "(error 5)", "with its error");
    test_contains(got.err, "belongs to another user", "and what to do");
    CloseHandle(section);
}

static LONG WINAPI end_with_code(EXCEPTION_POINTERS *exception)
{
    ExitProcess(exception->ExceptionRecord->ExceptionCode);
}

/* The helper "poke": writes into a reader's view. */
static void poke(const char *name)
{
    struct mapping mapping;
    if (mapping_open(&mapping, name, MAPPING_READ) != ERROR_SUCCESS)
        exit(1);
    SetUnhandledExceptionFilter(end_with_code);
    *(volatile char *)mapping.view = 'x';
    exit(0);
}

static void test_read_only_view(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name, NULL);
    process_run(ARGS("self", "poke", name), "", &got);
    test_equal(got.status, (int)STATUS_ACCESS_VIOLATION, "a write to a reader's view faults");
    process_run(ARGS("reader", "-n", name, "--once"), NULL, &got);
    test_text(got.out, SECRET "\r\n", "and nothing has changed");
    process_free(writer);
}

/* ---- what is in the mapping ---- */

/* Bytes of the region, outside text, standby's text and control, that are not zero. */
static long count_stray(const struct mapping *mapping, size_t text_bytes)
{
    const unsigned char *view = mapping->view;
    size_t control = mapping->bytes - sizeof(struct mapping_control);
    long stray = 0;
    for (size_t at = text_bytes; at < control; at++)
        stray += view[at] != 0 &&
                 (at < control - MAPPING_SIZE || at >= control - MAPPING_SIZE + text_bytes);
    return stray;
}

static void test_nothing_else(void)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "--keep"));
    char longest[257];
    memset(longest, 'L', 255);
    longest[255] = '\n';
    longest[256] = '\0';
    struct mapping mapping;
    process_type(writer, "hi\n");
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL, &got);
    mapping_open(&mapping, name, MAPPING_READ);
    test_equal(count_stray(&mapping, 2), 0, "nothing but the text is in the mapping");
    process_type(writer, longest);
    process_type(writer, "ho\n");
    process_run(ARGS("reader", "-n", name, "-f", "-c", "5", "-t", "0.3"), NULL, &got);
    test_text((const char *)mapping.view, "ho", "a shorter text replaces a long one");
    test_equal(count_stray(&mapping, 2), 0, "of which nothing is left");
    mapping_close(&mapping);
    process_free(writer);
}

static struct mapping plant(const char *name, const char *text)
{
    struct mapping mapping;
    if (mapping_create(&mapping, name, MAPPING_SIZE, false, MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", name);
    strcpy(mapping.view, text);
    return mapping;
}

static struct mapping_control *control_of(const struct mapping *mapping)
{
    return (struct mapping_control *)((char *)mapping->view + mapping->bytes -
                                      sizeof(struct mapping_control));
}

/* Both programs end in time, with an exit status of their own. */
static bool is_survived(const char *name)
{
    static const char *const options[] = {"--once", "--info", "--json"};
    bool survived = true;
    for (int i = 0; i < 3; i++)
        survived &= process_run(ARGS("reader", "-n", name, "-1", options[i]), "", &got) >= 0 &&
                    got.status <= 2;
    int status = process_run(ARGS("reader", "-n", name, "-f", "-t", "0.1"), "", &got);
    survived &= status >= 0 && status <= 2;
    status = process_run(ARGS("writer", "-n", name, "-q", "-t", "0.1", "new"), "", &got);
    return survived && status >= 0 && status <= 2;
}

static void test_hostile_trailers(void)
{
    static const uint32_t values[] = {0, 1, 255, 256, 3000, 0x7fffffff, 0x80000000, 0xffffffff};
    const char *name = test_unique_name();
    int survived = 0, tried = 0;
    for (size_t magic = 0; magic < 2; magic++)
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            struct mapping mapping = plant(name, SECRET);
            volatile uint32_t *words = (volatile uint32_t *)control_of(&mapping);
            for (size_t word = 1; word < sizeof(struct mapping_control) / 4; word++)
                words[word] = word == 1 && i % 2 == 0 ? MAPPING_SIZE : values[i];
            words[0] = magic == 0 ? MAPPING_READY : MAPPING_CLAIMED;
            survived += is_survived(name);
            tried++;
            mapping_close(&mapping);
        }
    test_equal(survived, tried, "%d hostile trailers end neither program badly", tried);
}

static volatile LONG stop;

/* Changes the sequence and the hash all the time, as no writer does. */
static DWORD WINAPI change(void *parameter)
{
    volatile uint32_t *sequence =
        (volatile uint32_t *)&((struct mapping_control *)parameter)->sequence;
    while (!stop)
        *sequence += 2;
    return 0;
}

static void test_endless_changes(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name, NULL);
    struct mapping mapping;
    mapping_open(&mapping, name, MAPPING_WRITE);
    HANDLE thread = CreateThread(NULL, 0, change, control_of(&mapping), 0, NULL);
    process_run(ARGS("reader", "-n", name, "--once"), "", &got);
    test_check(got.status == 2 || (got.status == 0 && strcmp(got.out, SECRET "\r\n") == 0),
               "endless changes of the sequence: an error or the text (status %d)", got.status);
    test_check(got.elapsed_ms < ENOUGH_MS, "and no hang");
    InterlockedExchange(&stop, 1);
    WaitForSingleObject(thread, ENOUGH_MS);
    mapping_close(&mapping);
    process_free(writer);
}

/* ---- what has our names ---- */

static void test_planted_objects(void)
{
    const char *name = test_unique_name();
    HANDLE planted;
    object_create(&planted, OBJECT_EVENT, 0, 0, name, ".writer", NULL);
    process_run(ARGS("writer", "-n", name, "x"), "", &got);
    test_equal(got.status, 2, "an event in place of the lock is an error");
    test_contains(got.err, "another kind of object has that name", "which is explained");
    CloseHandle(planted);

    name = test_unique_name();
    object_create(&planted, OBJECT_MUTEX, 0, 0, name, ".changed.2", NULL);
    process_run(ARGS("writer", "-n", name, "x"), "", &got);
    test_equal(got.status, 2, "a mutex in place of an event is one");
    test_contains(got.err, "another kind of object has that name", "which is explained");
    struct mapping mapping = plant(name, SECRET);
    process_run(ARGS("reader", "-n", name, "-f", "-c", "1", "-t", "5"), "", &got);
    test_text(got.out, SECRET "\r\n", "a follower goes on without");
    mapping_close(&mapping);
    CloseHandle(planted);

    name = test_unique_name();
    object_create(&planted, OBJECT_MUTEX, 0, 0, name, ".writer", NULL);
    lock_take(planted, INFINITE);
    process_run(ARGS("writer", "-n", name, "-t", "2.2", "x"), "", &got);
    test_equal(got.status, 1, "a lock that somebody holds for ever is bounded by --timeout");
    test_contains(got.err, "another writer has held the lock", "and reported");
    ReleaseMutex(planted);
    CloseHandle(planted);
}

static DWORD processor_ms(const struct process *process)
{
    FILETIME start, end, kernel, user;
    GetProcessTimes(process->handle, &start, &end, &kernel, &user);
    return (kernel.dwLowDateTime + user.dwLowDateTime) / 10000;
}

/* Events that are always set wake a follower for nothing; it must not spin. */
static void test_events_always_set(void)
{
    const char *name = test_unique_name();
    struct process *writer = start_writer(name, NULL);
    for (int i = 0; i < 4; i++) {
        char suffix[] = ".changed.0";
        suffix[sizeof suffix - 2] = (char)('0' + i);
        HANDLE event;
        object_open(&event, OBJECT_EVENT, EVENT_MODIFY_STATE, name, suffix);
        if (event == NULL || !SetEvent(event))
            test_bail("cannot set %s", suffix);
        CloseHandle(event);
    }
    struct process *follower = process_start(ARGS("reader", "-n", name, "-f"));
    process_wait_output(follower, SECRET, ENOUGH_MS);
    DWORD used_ms = processor_ms(follower);
    Sleep(2000);
    used_ms = processor_ms(follower) - used_ms;
    test_check(used_ms < 500, "events that are always set do not make a follower spin (%lu ms)",
               used_ms);
    process_free(follower);
    process_free(writer);
}

void test_main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "poke") == 0)
        poke(argv[2]);
    test_other_user();
    test_reading_is_enough();
    test_read_only_view();
    test_nothing_else();
    test_hostile_trailers();
    test_endless_changes();
    test_planted_objects();
    test_events_always_set();
}
