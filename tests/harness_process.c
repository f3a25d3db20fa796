/* Programs under test: started, fed, captured, waited for, ended. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <psapi.h>

#define PIPE_BYTES (64 * 1024)
#define PROGRAM_UNITS 1024
#define POLL_MS 5

/* writer and reader lie in the folder above the test. */
static const wchar_t *find_program(const char *name, wchar_t *path)
{
    if (strcmp(name, "self") == 0)
        return test_self();
    if (strcmp(name, "writer") && strcmp(name, "reader"))
        return NULL;
    wcscpy(path, test_self());
    for (int up = 0; up < 2; up++) {
        wchar_t *slash = wcsrchr(path, L'\\');
        if (!slash)
            test_bail("the test lies in no folder");
        *slash = 0;
    }
    wchar_t *end = path + wcslen(path);
    *end++ = L'\\';
    for (; *name; name++)
        *end++ = (wchar_t)*name;
    wcscpy(end, L".exe");
    return path;
}

/* One argument, quoted so that the C runtime of the program gets it back as it is: backslashes count only in front of a
 * quotation mark (see "Parsing C command-line arguments" in Microsoft's C documentation). */
static wchar_t *append_argument(wchar_t *out, const wchar_t *argument)
{
    bool quote = !*argument || wcspbrk(argument, L" \t\n\v\"");
    size_t backslashes = 0;

    if (quote)
        *out++ = L'"';
    for (; *argument; argument++) {
        if (*argument == L'"')
            for (backslashes++; backslashes; backslashes--)
                *out++ = L'\\';
        backslashes = *argument == L'\\' ? backslashes + 1 : 0;
        *out++ = *argument;
    }
    if (quote) {
        for (; backslashes; backslashes--)
            *out++ = L'\\';
        *out++ = L'"';
    }
    *out++ = L' ';
    return out;
}

static wchar_t *command_line(const char *const *arguments, const wchar_t *program)
{
    wchar_t *line = NULL;
    size_t used = 0;

    for (size_t i = 0; arguments[i]; i++) {
        size_t units;
        wchar_t *wide = test_widen(arguments[i], &units);
        const wchar_t *argument = i == 0 && program ? program : wide;
        line = test_room(line, (used + wcslen(argument) * 2 + 4) * sizeof *line);
        used = (size_t)(append_argument(line + used, argument) - line);
        free(wide);
    }
    line[used - 1] = 0;
    return line;
}

static DWORD WINAPI capture_thread(void *argument)
{
    struct capture *capture = argument;
    static const DWORD step = 4096;
    char bytes[4096];
    DWORD count;

    while ((!capture->limit || capture->used < capture->limit) &&
           ReadFile(capture->pipe, bytes, step, &count, NULL)) {
        EnterCriticalSection(&capture->lock);
        if (capture->used + count + 1 > capture->room) {
            capture->room = (capture->used + count + 1) * 2;
            capture->bytes = test_room(capture->bytes, capture->room);
        }
        memcpy(capture->bytes + capture->used, bytes, count);
        capture->used += count;
        capture->bytes[capture->used] = 0;
        LeaveCriticalSection(&capture->lock);
    }
    CloseHandle(capture->pipe);
    return 0;
}

static DWORD WINAPI feed_thread(void *argument)
{
    struct process *process = argument;
    process_write(process, process->feed, process->feed_bytes);
    process_close_input(process);
    return 0;
}

static HANDLE start_thread(LPTHREAD_START_ROUTINE routine, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
    if (!thread)
        test_bail("no thread: error %lu", GetLastError());
    return thread;
}

/* A handle for the child, to be inherited, and our end of it. */
static HANDLE open_stream(const struct process_setup *setup, enum stream stream, bool input, HANDLE *ours)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE in = NULL, out = NULL, child;
    wchar_t *path;

    switch (stream) {
    case STREAM_CONSOLE:
        if (!setup->screen || !DuplicateHandle(GetCurrentProcess(), screen_attach(setup->screen, input),
                                               GetCurrentProcess(), &child, 0, TRUE, DUPLICATE_SAME_ACCESS))
            test_bail("no console for the program: error %lu", GetLastError());
        return child;
    case STREAM_FILE:
    case STREAM_NUL:
        path = test_widen(stream == STREAM_FILE ? setup->output_path : "NUL", NULL);
        child = CreateFileW(path, input ? GENERIC_READ : GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                            stream == STREAM_FILE ? CREATE_ALWAYS : OPEN_EXISTING, 0, NULL);
        if (child == INVALID_HANDLE_VALUE)
            test_bail("cannot open %ls: error %lu", path, GetLastError());
        free(path);
        return child;
    default:
        if (!CreatePipe(&in, &out, &inherited, PIPE_BYTES))
            test_bail("no pipe: error %lu", GetLastError());
        child = input ? in : out;
        *ours = input ? out : in;
        SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0);
        if (stream == STREAM_BROKEN) {
            CloseHandle(*ours);
            *ours = NULL;
        }
        return child;
    }
}

static void start_capture(struct capture *capture, size_t limit)
{
    InitializeCriticalSection(&capture->lock);
    capture->room = 1;
    capture->bytes = test_room(NULL, 1);
    capture->bytes[0] = 0;
    capture->limit = limit;
    if (capture->pipe)
        capture->thread = start_thread(capture_thread, capture);
}

struct process *process_start_as(const struct process_setup *setup)
{
    wchar_t path[PROGRAM_UNITS];
    struct process *process = test_room(NULL, sizeof *process);
    const wchar_t *program = find_program(setup->arguments[0], path);
    wchar_t *line = command_line(setup->arguments, program);
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION information;
    /* On a screen the child shares our console, so that any of its streams can be there or not. Elsewhere it has none:
     * its own hidden one would cost a conhost each. */
    DWORD flags = CREATE_SUSPENDED | (setup->screen ? 0 : DETACHED_PROCESS);

    memset(process, 0, sizeof *process);
    if (setup->screen)
        screen_attach(setup->screen, true);
    startup.hStdInput = open_stream(setup, setup->in, true, &process->input);
    startup.hStdOutput = open_stream(setup, setup->out, false, &process->out.pipe);
    startup.hStdError = open_stream(setup, setup->err, false, &process->err.pipe);
    if (!CreateProcessW(program, line, NULL, NULL, TRUE, flags, NULL, NULL, &startup, &information))
        test_bail("%s does not start: error %lu", setup->arguments[0], GetLastError());
    if (!AssignProcessToJobObject(test_job, information.hProcess))
        test_bail("%s does not go into the job: error %lu", setup->arguments[0], GetLastError());
    CloseHandle(startup.hStdInput);
    CloseHandle(startup.hStdOutput);
    CloseHandle(startup.hStdError);
    free(line);

    process->handle = information.hProcess;
    process->main_thread = information.hThread;
    process->id = information.dwProcessId;
    start_capture(&process->out, setup->output_limit);
    start_capture(&process->err, 0);
    ResumeThread(process->main_thread);
    if (setup->input && process->input) {
        process->feed_bytes = setup->input_bytes;
        process->feed = test_room(NULL, setup->input_bytes + 1);
        memcpy(process->feed, setup->input, setup->input_bytes);
        process->feeder = start_thread(feed_thread, process);
    }
    return process;
}

struct process *process_start(const char *const *arguments)
{
    return process_start_as(&(struct process_setup){.arguments = arguments});
}

struct process *process_start_on(struct screen *screen, const char *const *arguments)
{
    return process_start_as(&(struct process_setup){.arguments = arguments, .screen = screen, .in = STREAM_CONSOLE,
                                                    .out = STREAM_CONSOLE, .err = STREAM_CONSOLE});
}

int process_run_as(const struct process_setup *setup, DWORD timeout_ms, struct result *result)
{
    ULONGLONG start = GetTickCount64();
    struct process *process = process_start_as(setup);

    if (result->process)
        process_free(result->process);
    if (!process_wait(process, timeout_ms)) {
        test_note("%s has not ended after %lu ms", setup->arguments[0], timeout_ms);
        process_kill(process);
        result->status = -1;
    } else {
        result->status = process_status(process);
    }
    result->elapsed_ms = (DWORD)(GetTickCount64() - start);
    result->process = process;
    result->out = process->out.bytes;
    result->out_bytes = process->out.used;
    result->err = process->err.bytes;
    result->err_bytes = process->err.used;
    return result->status;
}

int process_run(const char *const *arguments, const char *input, struct result *result)
{
    struct process_setup setup = {.arguments = arguments, .input = input ? input : ""};
    setup.input_bytes = strlen(setup.input);
    return process_run_as(&setup, ENOUGH_MS, result);
}

bool process_write(struct process *process, const void *bytes, size_t count)
{
    const char *next = bytes;
    DWORD written;

    while (count) {
        DWORD part = count > PIPE_BYTES ? PIPE_BYTES : (DWORD)count;
        if (!process->input || !WriteFile(process->input, next, part, &written, NULL))
            return false;
        next += written;
        count -= written;
    }
    return true;
}

bool process_type(struct process *process, const char *text)
{
    return process_write(process, text, strlen(text));
}

void process_close_input(struct process *process)
{
    if (process->input)
        CloseHandle(process->input);
    process->input = NULL;
}

static const char *captured(struct capture *capture)
{
    EnterCriticalSection(&capture->lock);
    capture->copy = test_room(capture->copy, capture->used + 1);
    memcpy(capture->copy, capture->bytes, capture->used + 1);
    LeaveCriticalSection(&capture->lock);
    return capture->copy;
}

const char *process_output(struct process *process)
{
    return captured(&process->out);
}

const char *process_errors(struct process *process)
{
    return captured(&process->err);
}

static bool wait_captured(struct capture *capture, const char *part, DWORD timeout_ms)
{
    ULONGLONG end = GetTickCount64() + timeout_ms;
    for (;;) {
        bool last = GetTickCount64() >= end || !capture->thread || !WaitForSingleObject(capture->thread, 0);
        if (strstr(captured(capture), part))
            return true;
        if (last)
            return false;
        Sleep(POLL_MS);
    }
}

bool process_wait_output(struct process *process, const char *part, DWORD timeout_ms)
{
    return wait_captured(&process->out, part, timeout_ms);
}

bool process_wait_errors(struct process *process, const char *part, DWORD timeout_ms)
{
    return wait_captured(&process->err, part, timeout_ms);
}

bool process_wait(struct process *process, DWORD timeout_ms)
{
    HANDLE all[4] = {process->handle};
    DWORD count = 1;

    if (process->out.thread)
        all[count++] = process->out.thread;
    if (process->err.thread)
        all[count++] = process->err.thread;
    if (process->feeder)
        all[count++] = process->feeder;
    return WaitForMultipleObjects(count, all, TRUE, timeout_ms) != WAIT_TIMEOUT;
}

bool process_running(struct process *process)
{
    return WaitForSingleObject(process->handle, 0) == WAIT_TIMEOUT;
}

int process_status(struct process *process)
{
    DWORD status;
    if (process_running(process) || !GetExitCodeProcess(process->handle, &status))
        return -1;
    return (int)status;
}

void process_kill(struct process *process)
{
    TerminateProcess(process->handle, 99);
    if (WaitForSingleObject(process->handle, ENOUGH_MS))
        test_bail("process %lu cannot be killed", process->id);
    process_wait(process, 1000); /* a program that it started may still hold its pipes */
}

static void free_capture(struct capture *capture)
{
    if (capture->thread) {
        if (WaitForSingleObject(capture->thread, 1000)) {
            CancelSynchronousIo(capture->thread);
            WaitForSingleObject(capture->thread, ENOUGH_MS);
        }
        CloseHandle(capture->thread);
    }
    DeleteCriticalSection(&capture->lock);
    free(capture->bytes);
    free(capture->copy);
}

void process_free(struct process *process)
{
    if (process_running(process))
        process_kill(process);
    if (process->feeder) {
        WaitForSingleObject(process->feeder, ENOUGH_MS);
        CloseHandle(process->feeder);
    }
    process_close_input(process);
    free_capture(&process->out);
    free_capture(&process->err);
    CloseHandle(process->main_thread);
    CloseHandle(process->handle);
    free(process->feed);
    free(process);
}

/* NtSuspendProcess is not documented, but is what debuggers have used since Windows XP; Wine has it too. */
static void call_native(const char *name, struct process *process)
{
    FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name);
    LONG(NTAPI *function)(HANDLE);
    memcpy(&function, &found, sizeof function);
    LONG status = function ? function(process->handle) : -1;
    if (status < 0)
        test_bail("%s: 0x%08lx", name, (unsigned long)status);
}

void process_suspend(struct process *process)
{
    call_native("NtSuspendProcess", process);
}

void process_resume(struct process *process)
{
    call_native("NtResumeProcess", process);
}

/* The system's table of all handles; SystemExtendedHandleInformation in the terms of System Informer's phnt. */
static DWORD count_in_table(DWORD id)
{
    struct entry {
        void *object;
        ULONG_PTR process_id, handle;
        ULONG access;
        USHORT creator, type;
        ULONG attributes, reserved;
    };
    struct table {
        ULONG_PTR count, reserved;
        struct entry entries[];
    };
    FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation");
    LONG(NTAPI *query)(ULONG, void *, ULONG, ULONG *);
    ULONG room = 4 << 20;
    struct table *table = test_room(NULL, room);
    DWORD count = 0;

    memcpy(&query, &found, sizeof query);
    if (query(64, table, room, NULL) < 0)
        test_bail("the handles of the system cannot be listed");
    for (ULONG_PTR i = 0; i < table->count; i++)
        count += table->entries[i].process_id == id;
    free(table);
    return count;
}

DWORD process_handles(struct process *process)
{
    DWORD count;
    if (!GetProcessHandleCount(process->handle, &count))
        test_bail("GetProcessHandleCount: error %lu", GetLastError());
    return count ? count : count_in_table(process->id); /* Wine 8 always says 0 */
}

size_t process_private_bytes(struct process *process)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    if (!K32GetProcessMemoryInfo(process->handle, &counters, sizeof counters))
        test_bail("GetProcessMemoryInfo: error %lu", GetLastError());
    return counters.PagefileUsage; /* "same as PrivateUsage"; Wine 8 fills in this one only */
}
