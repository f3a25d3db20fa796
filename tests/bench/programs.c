/* The programs themselves at work: from start to exit, fed with lines, dumping, and idle. */
#include "bench.h"

#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* The path of a program, to be freed. */
static char *find(bool old, const char *program)
{
    wchar_t from[4 * MAX_PATH], whole[4 * MAX_PATH];
    if (old)
        _snwprintf(from, 4 * MAX_PATH, L"%ls\\%hs", _wgetenv(L"BENCH_OLD"), program);
    else
        _snwprintf(from, 4 * MAX_PATH, L"%ls\\..\\..\\%hs", test_self(), program);
    return test_narrow(whole, GetFullPathNameW(from, 4 * MAX_PATH, whole, NULL));
}

static HANDLE open_inherited(const wchar_t *path, DWORD access, DWORD disposition)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE file = CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                              disposition, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        test_bail("cannot open %ls: error %lu", path, GetLastError());
    return file;
}

/* Without the harness's pipes, threads and job, which would add to all starts alike. */
double program_start_us(bool old, const char *program, const char *arguments, HANDLE output)
{
    HANDLE nul = open_inherited(L"NUL", GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING);
    STARTUPINFOW startup = {.cb = sizeof startup,
                            .dwFlags = STARTF_USESTDHANDLES,
                            .hStdInput = nul,
                            .hStdOutput = output != NULL ? output : nul,
                            .hStdError = nul};
    PROCESS_INFORMATION started;
    DWORD status = 1;
    char line[5 * MAX_PATH], *path = find(old, program);
    snprintf(line, sizeof line, "\"%s\" %s", path, arguments);
    wchar_t *wide = test_widen(line);
    LONGLONG start = ticks_now();
    for (int attempt = 1; !CreateProcessW(NULL, wide, NULL, NULL, TRUE, DETACHED_PROCESS, NULL,
                                          NULL, &startup, &started);
         attempt++, start = ticks_now())
        if (GetLastError() != ERROR_INTERNAL_ERROR || attempt == 5) /* see test_spawn */
            test_bail("%s does not start: error %lu", line, GetLastError());
    WaitForSingleObject(started.hProcess, 6 * ENOUGH_MS);
    LONGLONG elapsed = ticks_now() - start;
    if (!GetExitCodeProcess(started.hProcess, &status) || status != 0)
        test_bail("%s has ended with %lu", line, status);
    const HANDLE handles[] = {started.hThread, started.hProcess, nul, output};
    for (int i = 0; i < (output != NULL ? 4 : 3); i++)
        CloseHandle(handles[i]);
    free(wide);
    free(path);
    return ticks_us(elapsed);
}

double program_dump(bool old, const char *program, const char *arguments, unsigned mebibytes)
{
    static wchar_t *path;
    WIN32_FILE_ATTRIBUTE_DATA data = {0};
    if (path == NULL)
        path = test_widen(find(false, "dump.out"));
    HANDLE file = open_inherited(path, GENERIC_WRITE, CREATE_ALWAYS);
    double us = program_start_us(old, program, arguments, file);
    GetFileAttributesExW(path, GetFileExInfoStandard, &data);
    if (data.nFileSizeLow != mebibytes << 20)
        test_bail("%s has not written %u MiB", program, mebibytes);
    DeleteFileW(path);
    return mebibytes * 1e6 / us;
}

static struct process *start_writer(bool old, const char *name)
{
    char *path = find(old, "writer.exe");
    struct process *writer = process_start(ARGS(path, "--name", name, "--quiet"));
    free(path);
    return writer;
}

/* A mapping begins with the text of the last message. */
static void wait_text(const volatile char *text, char first)
{
    while (*text != first)
        Sleep(1);
}

double program_lines(bool old, unsigned count)
{
    const char *name = test_unique_name();
    const char *text = share_memory(name, MESSAGE_BYTES);
    size_t bytes = (size_t)count * STREAM_BYTES;
    char *lines = test_room(NULL, bytes);
    memset(lines, 'l', bytes);
    for (size_t end = STREAM_BYTES; end <= bytes; end += STREAM_BYTES)
        lines[end - 1] = '\n';
    lines[bytes - STREAM_BYTES] = 'z';
    struct process *process = start_writer(old, name);
    process_type(process, "it runs\n");
    wait_text(text, 'i');
    LONGLONG start = ticks_now();
    process_write(process, lines, bytes);
    wait_text(text, 'z');
    double us = ticks_us(ticks_now() - start);
    process_close_input(process);
    if (!process_wait(process, ENOUGH_MS) || process_status(process) != 0)
        test_bail("writer has ended with %d: %s", process_status(process), process_errors(process));
    process_free(process);
    free(lines);
    return count * 1e6 / us;
}

/* A writer behind a pipe, and a reader that follows into one. */
struct pair {
    struct process *writer, *reader;
};

/* Microseconds that a line takes through both. Looked for without a sleep, of which the shortest
 * takes longer. */
static double pass_line(const struct pair *pair, const char *line)
{
    const volatile size_t *used = &pair->reader->out.used;
    size_t from = *used, until = from + strlen(line);
    LONGLONG start = ticks_now();
    process_type(pair->writer, line);
    while (*used < until && ticks_us(ticks_now() - start) < ENOUGH_MS * 1e3)
        SwitchToThread();
    double us = ticks_us(ticks_now() - start);
    const char *got = process_output(pair->reader);
    if (strlen(got) < until || strncmp(got + from, line, strlen(line) - 1) != 0)
        test_bail("%s is not read: %s%s", line, got, process_errors(pair->reader));
    return us;
}

static struct pair start_pair(bool old)
{
    const char *name = test_unique_name();
    char *path = find(old, "reader.exe");
    share_memory(name, MESSAGE_BYTES);
    struct pair pair = {start_writer(old, name),
                        process_start(ARGS(path, "--name", name, "--follow", "--quiet"))};
    free(path);
    pass_line(&pair, "it runs\n");
    return pair;
}

double program_latency(bool old, unsigned count)
{
    double *us = test_room(NULL, count * sizeof *us);
    struct pair pair = start_pair(old);
    char line[16];
    for (unsigned i = 0; i < count; i++) {
        Sleep(1); /* both block again */
        snprintf(line, sizeof line, "line %u\n", i);
        us[i] = pass_line(&pair, line);
    }
    process_free(pair.writer);
    process_free(pair.reader);
    double middle = median(us, count);
    free(us);
    return middle;
}

static double busy_us(const struct process *process)
{
    FILETIME created, ended, kernel, user;
    if (!GetProcessTimes(process->handle, &created, &ended, &kernel, &user))
        test_bail("GetProcessTimes: error %lu", GetLastError());
    return ((double)kernel.dwLowDateTime + kernel.dwHighDateTime * 4294967296.0 +
            (double)user.dwLowDateTime + user.dwHighDateTime * 4294967296.0) /
           10;
}

void program_footprint(DWORD idle_ms)
{
    const struct pair pair = start_pair(false);
    struct process *const processes[] = {pair.writer, pair.reader};
    const char *const names[] = {"writer", "reader --follow"};
    const char *const files[] = {"writer.exe", "reader.exe", "tests\\bench\\empty.exe"};
    double before[] = {busy_us(pair.writer), busy_us(pair.reader)};
    LONGLONG start = ticks_now();
    Sleep(idle_ms);
    double us = ticks_us(ticks_now() - start);
    for (int i = 0; i < 2; i++) {
        PROCESS_MEMORY_COUNTERS memory = {.cb = sizeof memory};
        double busy = 100 * (busy_us(processes[i]) - before[i]) / us;
        K32GetProcessMemoryInfo(processes[i]->handle, &memory, sizeof memory);
        printf("  idle %-31s %10.2f  %% of a core, over %.1f s\n", names[i], busy, us / 1e6);
        printf("  working set of %-21s %10lu  KiB, at most %lu\n", names[i],
               (unsigned long)(memory.WorkingSetSize / 1024),
               (unsigned long)(memory.PeakWorkingSetSize / 1024));
        process_free(processes[i]);
    }
    for (int i = 0; i < 3; i++) {
        WIN32_FILE_ATTRIBUTE_DATA data = {0};
        char *path = find(false, files[i]);
        GetFileAttributesExA(path, GetFileExInfoStandard, &data);
        printf("  %-36s %10lu  bytes\n", files[i], data.nFileSizeLow);
        free(path);
    }
}
