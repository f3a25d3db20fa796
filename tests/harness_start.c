/* Programs under test are started: their command line, their streams, the threads that feed and
 * capture them. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define PIPE_BYTES    (64 * 1024)
#define PROGRAM_UNITS 1024

/* writer and reader lie in the folder above the test, the helpers beside it. */
static const wchar_t *find_program(const char *name, wchar_t *path)
{
    if (strcmp(name, "self") == 0)
        return test_self();
    bool beside = strncmp(name, "plain_", 6) == 0 || strncmp(name, "faulty_", 7) == 0 ||
                  strstr(name, "_writer") != NULL || strcmp(name, "smashed") == 0;
    if (strcmp(name, "writer") && strcmp(name, "reader") && !beside)
        return NULL;
    wcscpy(path, test_self());
    for (int up = 0; up < (beside ? 1 : 2); up++) {
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

/* One argument, quoted so that the C runtime of the program gets it back as it is: backslashes
 * count only in front of a quotation mark (see "Parsing C command-line arguments" in Microsoft's C
 * documentation). */
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
        wchar_t *wide = test_widen(arguments[i]);
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
static HANDLE open_stream(const struct process_setup *setup, enum stream stream, bool input,
                          HANDLE *ours)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE in = NULL, out = NULL, child;
    wchar_t *path;

    switch (stream) {
    case STREAM_CONSOLE:
        if (!setup->screen ||
            !DuplicateHandle(GetCurrentProcess(), screen_attach(setup->screen, input),
                             GetCurrentProcess(), &child, 0, TRUE, DUPLICATE_SAME_ACCESS))
            test_bail("no console for the program: error %lu", GetLastError());
        return child;
    case STREAM_FILE:
    case STREAM_NUL:
        path = test_widen(stream == STREAM_FILE ? setup->output_path : "NUL");
        child = CreateFileW(path, input ? GENERIC_READ : GENERIC_WRITE,
                            FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
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

void test_spawn(const wchar_t *program, wchar_t *line, DWORD flags, STARTUPINFOW *startup,
                PROCESS_INFORMATION *started)
{
    BOOL inherit = (startup->dwFlags & STARTF_USESTDHANDLES) != 0;
    DWORD error = ERROR_SUCCESS;

    /* Wine 8: about one start in three thousand fails with this error, before the program has run.
     */
    for (int attempt = 0; attempt < 5 && (attempt == 0 || error == ERROR_INTERNAL_ERROR);
         attempt++) {
        error = ERROR_SUCCESS;
        if (!CreateProcessW(program, line, NULL, NULL, inherit, flags | CREATE_SUSPENDED, NULL,
                            NULL, startup, started))
            error = GetLastError();
    }
    if (error)
        test_bail("%ls does not start: error %lu", line, error);
    if (!AssignProcessToJobObject(test_job, started->hProcess))
        test_bail("%ls does not go into the job: error %lu", line, GetLastError());
}

struct process *process_start_as(const struct process_setup *setup)
{
    wchar_t path[PROGRAM_UNITS];
    struct process *process = test_room(NULL, sizeof *process);
    const wchar_t *program = find_program(setup->arguments[0], path);
    wchar_t *line = command_line(setup->arguments, program);
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION information;
    /* On a screen the child shares our console, so that any of its streams can be there or not.
     * Elsewhere it has none: its own hidden one would cost a conhost each. */
    DWORD flags = setup->screen ? 0 : DETACHED_PROCESS;

    memset(process, 0, sizeof *process);
    if (setup->screen)
        screen_attach(setup->screen, true);
    startup.hStdInput = open_stream(setup, setup->in, true, &process->input);
    startup.hStdOutput = open_stream(setup, setup->out, false, &process->out.pipe);
    startup.hStdError = open_stream(setup, setup->err, false, &process->err.pipe);
    test_spawn(program, line, flags, &startup, &information);
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
    return process_start_as(&(struct process_setup){.arguments = arguments,
                                                    .screen = screen,
                                                    .in = STREAM_CONSOLE,
                                                    .out = STREAM_CONSOLE,
                                                    .err = STREAM_CONSOLE});
}
