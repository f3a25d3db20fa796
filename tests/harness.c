/* The heart of the harness: wmain, TAP, the watchdog, UTF-8 and UTF-16. */
#include "harness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include <sddl.h>

#include "mapping.h"

#define LINE_BYTES  2048
#define SHOWN_BYTES 600

HANDLE test_job;
/* Our own copy of stdout: attaching to a console may change the standard handles. */
static HANDLE tap;
static unsigned checks, failures;
/* What was compared last. */
static struct value {
    const char *label, *bytes;
    size_t count;
} compared[2];

void *test_room(void *memory, size_t bytes)
{
    void *room = realloc(memory, bytes);
    if (!room)
        test_bail("out of memory");
    return room;
}

void *test_zeros(size_t bytes)
{
    return memset(test_room(NULL, bytes), 0, bytes);
}

static void print_bytes(const char *bytes, size_t count)
{
    DWORD written;
    WriteFile(tap, bytes, (DWORD)count, &written, NULL);
}

/* One line, and what is not printable in it escaped: a test's text must not look like TAP to prove.
 */
static void print_line(const char *prefix, const char *text, size_t count)
{
    char line[LINE_BYTES];
    size_t used = (size_t)snprintf(line, sizeof line, "%s", prefix);
    for (size_t i = 0; i < count && used + 8 < sizeof line; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n')
            used += (size_t)snprintf(line + used, 8, "\\n");
        else if (c < 0x20 || c == 0x7f)
            used += (size_t)snprintf(line + used, 8, "\\x%02x", c);
        else
            line[used++] = (char)c;
    }
    line[used++] = '\n';
    print_bytes(line, used);
}

static void print_format(const char *prefix, const char *format, va_list values)
{
    char text[LINE_BYTES];
    vsnprintf(text, sizeof text, format, values);
    print_line(prefix, text, strlen(text));
}

bool test_verdict(bool holds, const char *file, int line, const char *name, ...)
{
    char prefix[64];
    va_list values;
    va_start(values, name);
    snprintf(prefix, sizeof prefix, "%s %u - ", holds ? "ok" : "not ok", ++checks);
    print_format(prefix, name, values);
    va_end(values);
    if (holds)
        return true;
    failures++;
    test_note("  at %s line %d", file, line);
    for (int i = 0; i < 2; i++) {
        const struct value *value = &compared[i];
        snprintf(prefix, sizeof prefix, "#   %s (%u bytes): ", value->label,
                 (unsigned)value->count);
        if (value->label)
            print_line(prefix, value->bytes,
                       value->count > SHOWN_BYTES ? SHOWN_BYTES : value->count);
    }
    return false;
}

bool test_holds(bool holds, const char *expression)
{
    compared[0] = (struct value){"does not hold", expression, strlen(expression)};
    compared[1].label = NULL;
    return holds;
}

bool test_same_bytes(const void *found, size_t found_bytes, const void *expected,
                     size_t expected_bytes)
{
    compared[0] = (struct value){"got", found, found_bytes};
    compared[1] = (struct value){"expected", expected, expected_bytes};
    return found_bytes == expected_bytes && memcmp(found, expected, found_bytes) == 0;
}

bool test_same_text(const char *found, const char *expected)
{
    return test_same_bytes(found, strlen(found), expected, strlen(expected));
}

bool test_same_number(long long found, long long expected)
{
    static char numbers[2][48];
    snprintf(numbers[0], sizeof numbers[0], "%lld (0x%llx)", found, (unsigned long long)found);
    snprintf(numbers[1], sizeof numbers[1], "%lld (0x%llx)", expected,
             (unsigned long long)expected);
    return test_same_text(numbers[0], numbers[1]);
}

bool test_finds(const char *found, const char *part, bool wanted)
{
    compared[0] = (struct value){"got", found, strlen(found)};
    compared[1] = (struct value){wanted ? "has not" : "has", part, strlen(part)};
    return (strstr(found, part) != NULL) == wanted;
}

void test_skip(const char *name, const char *why)
{
    char line[LINE_BYTES];
    snprintf(line, sizeof line, "ok %u - %s # SKIP %s", ++checks, name, why);
    print_line("", line, strlen(line));
}

void test_note(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_format("# ", format, values);
    va_end(values);
}

void test_bail(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_format("Bail out! ", format, values);
    va_end(values);
    if (test_job)
        TerminateJobObject(test_job, 99); /* the test itself is not in it */
    TerminateProcess(GetCurrentProcess(), 255);
    abort();
}

static void CALLBACK give_up(void *nothing, BOOLEAN fired)
{
    (void)nothing;
    (void)fired;
    test_bail("the test takes too long");
}

void test_time_limit(unsigned seconds)
{
    static HANDLE timer;
    if (timer)
        DeleteTimerQueueTimer(NULL, timer, NULL);
    if (!CreateTimerQueueTimer(&timer, NULL, give_up, NULL, seconds * 1000, 0, WT_EXECUTEDEFAULT))
        test_bail("no watchdog: error %lu", GetLastError());
}

int test_wine(void)
{
    FARPROC call = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version");
    return call != NULL ? atoi(((const char *(*)(void))(void (*)(void))call)()) : 0;
}

bool test_has_global(const char *what)
{
    DWORD session = 0;
    HANDLE probe = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 1,
                                      "Global\\writer-reader-probe");
    ProcessIdToSessionId(GetCurrentProcessId(), &session);
    if (probe == NULL)
        test_skip(what, "creating under Global\\ needs a privilege that this prompt lacks");
    else if (session == 0)
        test_skip(what, "in session 0 Local\\ and Global\\ are one");
    if (probe != NULL)
        CloseHandle(probe);
    return probe != NULL && session != 0;
}

#ifdef __i386__
#define OTHER_WIDTH "x86_64"
#else
#define OTHER_WIDTH "i686"
#endif

const char *test_other_width(const char *program, const char **why)
{
    wchar_t path[MAX_PATH + 64];
    char *other = test_room(NULL, 64);
    snprintf(other, 64, "..\\" OTHER_WIDTH "\\%s", program);
    _snwprintf(path, MAX_PATH + 64, L"%ls\\..\\..\\%hs.exe", test_self(), other);
    *why = NULL;
    if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES)
        *why = "the other width was not built";
    UINT units = GetSystemWow64DirectoryW(path, MAX_PATH); /* the 32-bit half of a 64-bit Windows */
    wcscpy(path + units, L"\\ntdll.dll");
    if (units == 0 || GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES)
        *why = "no 32-bit programs run here";
    return *why == NULL ? other : NULL;
}

const char *test_unique_name(void)
{
    static unsigned counter;
    char *name = test_room(NULL, 40);
    snprintf(name, 40, "T%lu.%u", GetCurrentProcessId(), ++counter);
    return name;
}

void test_take_default_name(void)
{
    HANDLE taken = CreateMutexA(NULL, FALSE, "writer-reader-tests-use-the-default-name");
    if (taken == NULL || WaitForSingleObject(taken, 100000) == WAIT_TIMEOUT)
        test_bail("another test uses the default name all the time");
}

struct mapping_control *test_control(const struct mapping *mapping)
{
    char *end = (char *)mapping->view + mapping->bytes;
    return (struct mapping_control *)(end - sizeof(struct mapping_control));
}

struct foreign test_publish(const char *name, DWORD bytes, const char *sddl)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    struct foreign foreign;
    if (sddl != NULL && !ConvertStringSecurityDescriptorToSecurityDescriptorA(
                            sddl, SDDL_REVISION_1, &security.lpSecurityDescriptor, NULL))
        test_bail("cannot understand %s", sddl);
    wchar_t *wide = test_widen(name);
    foreign.section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, &security, PAGE_READWRITE, 0, bytes, wide);
    foreign.view =
        foreign.section == NULL ? NULL : MapViewOfFile(foreign.section, FILE_MAP_WRITE, 0, 0, 0);
    if (foreign.view == NULL)
        test_bail("cannot make the mapping %s: error %lu", name, GetLastError());
    free(wide);
    return foreign;
}

void test_withdraw(struct foreign *foreign)
{
    UnmapViewOfFile(foreign->view);
    CloseHandle(foreign->section);
}

HANDLE test_pipe(const char *name, char path[TEST_PATH])
{
    snprintf(path, TEST_PATH, "\\\\.\\pipe\\%s", name);
    HANDLE pipe = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, NULL);
    if (pipe == INVALID_HANDLE_VALUE)
        test_bail("no pipe: error %lu", GetLastError());
    return pipe;
}

long test_count(const char *text, const char *part)
{
    long count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

long test_sum(const char *text, const char *part)
{
    long sum = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        sum += strtol(text + strlen(part), NULL, 10);
    return sum;
}

wchar_t *test_widen(const char *text)
{
    int units = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *wide = test_room(NULL, (size_t)units * sizeof *wide);
    MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, units);
    return wide;
}

char *test_narrow(const wchar_t *text, size_t units)
{
    size_t room = units * 3; /* most of one unit */
    char *narrow = test_room(NULL, room + 1);
    int bytes = WideCharToMultiByte(CP_UTF8, 0, text, (int)units, narrow, (int)room, NULL, NULL);
    narrow[bytes] = 0;
    return narrow;
}

wchar_t *test_self(void)
{
    static wchar_t path[MAX_PATH];
    if (!path[0] && GetModuleFileNameW(NULL, path, MAX_PATH) == MAX_PATH)
        test_bail("the path of the test is too long");
    return path;
}

/* Run by hand in a terminal: a test changes consoles, so stdout must not be one. Run once more
 * behind a pipe. */
static int run_behind_pipe(void)
{
    struct process *test =
        process_start_as(&(struct process_setup){.arguments = ARGS("self"), .in = STREAM_NUL});
    size_t shown = 0;
    bool ended;

    do {
        ended = process_wait(test, 100);
        size_t used = test->out.used;
        print_bytes(test->out.bytes + shown, used - shown);
        shown = used;
    } while (!ended);
    return process_status(test);
}

static void prepare(void)
{
    HANDLE self = GetCurrentProcess();
    DWORD streams[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limit = {0};

    DuplicateHandle(self, GetStdHandle(STD_OUTPUT_HANDLE), self, &tap, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    /* What a child inherits keeps prove waiting for as long as the child lives. */
    for (int i = 0; i < 3; i++)
        SetHandleInformation(GetStdHandle(streams[i]), HANDLE_FLAG_INHERIT, 0);
    /* Ignoring Ctrl+C is inherited: whoever started us may have asked for it. */
    SetConsoleCtrlHandler(NULL, FALSE);

    test_job = CreateJobObjectW(NULL, NULL);
    limit.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_BREAKAWAY_OK;
    if (!SetInformationJobObject(test_job, JobObjectExtendedLimitInformation, &limit, sizeof limit))
        test_bail("no job object: error %lu", GetLastError());
    SetErrorMode(SEM_FAILCRITICALERRORS |
                 SEM_NOGPFAULTERRORBOX); /* inherited: a crash must not ask anybody */
}

__attribute__((weak)) void test_helper(int argc, char **argv)
{
    (void)argc;
    (void)argv;
}

static int run_test(void)
{
    char plan[32];
    test_time_limit(120);
    test_main();
    TerminateJobObject(test_job, 99);
    int length = snprintf(plan, sizeof plan, "1..%u\n", checks);
    print_bytes(plan, (size_t)length);
    return failures || !checks;
}

int wmain(int argc, wchar_t **wide_argv); /* no header of the toolchain declares it */
int wmain(int argc, wchar_t **wide_argv)
{
    char **argv;
    DWORD mode;

    if (argc == 2 && wcscmp(wide_argv[1], L"--hold-console") == 0)
        return screen_hold();
    prepare();
    if (argc == 1)
        return GetConsoleMode(tap, &mode) ? run_behind_pipe() : run_test();
    argv = test_room(NULL, ((size_t)argc + 1) * sizeof *argv);
    for (int i = 0; i < argc; i++)
        argv[i] = test_narrow(wide_argv[i], wcslen(wide_argv[i]));
    argv[argc] = NULL;
    test_helper(argc, argv);
    return 0;
}
