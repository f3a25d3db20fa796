/* Programs under test are started: their command line, their streams, the threads that capture
 * them. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define PIPE_BYTES    (64 * 1024)
#define PROGRAM_UNITS 1024
#define CAPTURE_BYTES 8192 /* at first */

/* writer and reader lie in the folder above the test, the helpers beside it; a name may begin with
 * the way from there to another folder. NULL: elsewhere. */
static const wchar_t *find_program(const char *name)
{
    static wchar_t path[PROGRAM_UNITS];
    static const wchar_t *const places[] = {L"%ls\\..\\..\\%hs.exe", L"%ls\\..\\%hs.exe"};
    if (strcmp(name, "self") == 0)
        return test_self();
    for (int i = 0; i < 2; i++) {
        _snwprintf(path, PROGRAM_UNITS, places[i], test_self(), name);
        if (GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES)
            return path;
    }
    return NULL;
}

/* One argument, quoted so that the C runtime of the program gets it back as it is: backslashes
 * count only in front of a quotation mark (see "Parsing C command-line arguments" in Microsoft's C
 * documentation). */
static char *append_argument(char *out, const char *argument)
{
    bool quote = !*argument || strpbrk(argument, " \t\n\v\"");
    size_t backslashes = 0;

    if (quote)
        *out++ = '"';
    for (; *argument; argument++) {
        if (*argument == '"')
            for (backslashes++; backslashes; backslashes--)
                *out++ = '\\';
        backslashes = *argument == '\\' ? backslashes + 1 : 0;
        *out++ = *argument;
    }
    if (quote) {
        for (; backslashes; backslashes--)
            *out++ = '\\';
        *out++ = '"';
    }
    *out++ = ' ';
    return out;
}

static wchar_t *command_line(const char *const *arguments)
{
    size_t room = 0;
    for (size_t i = 0; arguments[i]; i++)
        room += 2 * strlen(arguments[i]) + 3;
    char *line = test_room(NULL, room), *end = line;
    for (size_t i = 0; arguments[i]; i++)
        end = append_argument(end, arguments[i]);
    end[-1] = 0;
    wchar_t *wide = test_widen(line);
    free(line);
    return wide;
}

/* Race: what was captured is looked at while more comes. So bytes only come to zeros behind it, and
 * what has become too small is kept, as somebody may still be looking at it. */
static DWORD WINAPI capture_thread(void *argument)
{
    struct capture *capture = argument;
    DWORD count;

    while (!capture->limit || capture->used < capture->limit) {
        size_t left = capture->room - capture->used - 1;
        if (left == 0) {
            char *more = test_zeros(2 * capture->room);
            memcpy(more, capture->bytes, capture->used);
            capture->bytes = more;
            left += capture->room;
            capture->room *= 2;
        }
        if (!ReadFile(capture->pipe, capture->bytes + capture->used, (DWORD)left, &count, NULL))
            break;
        capture->used += count;
    }
    CloseHandle(capture->pipe);
    return 0;
}

HANDLE test_open(const char *path, bool inherited)
{
    SECURITY_ATTRIBUTES security = {sizeof security, NULL, inherited};
    wchar_t *wide = test_widen(path);
    HANDLE file = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, &security, OPEN_ALWAYS, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        test_bail("cannot open %s: error %lu", path, GetLastError());
    free(wide);
    return file;
}

/* A handle for the child, to be inherited, and our end of it. */
static HANDLE open_stream(const char *stream, bool input, HANDLE *ours)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE in, out;

    if (stream && strcmp(stream, STREAM_NONE) == 0)
        return NULL;
    if (stream && *stream)
        return test_open(stream, true);
    if (!CreatePipe(&in, &out, &inherited, PIPE_BYTES))
        test_bail("no pipe: error %lu", GetLastError());
    *ours = input ? out : in;
    SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0);
    if (stream) {
        CloseHandle(*ours);
        *ours = NULL;
    }
    return input ? in : out;
}

static void start_capture(struct capture *capture, size_t limit)
{
    capture->room = CAPTURE_BYTES;
    capture->bytes = test_zeros(capture->room);
    capture->limit = limit;
    if (!capture->pipe)
        return;
    capture->thread = CreateThread(NULL, 0, capture_thread, capture, 0, NULL);
    if (!capture->thread)
        test_bail("no thread: error %lu", GetLastError());
}

/* CreateProcess, in the job. The line is freed. */
static void spawn(struct process *process, const wchar_t *program, wchar_t *line, DWORD flags,
                  STARTUPINFOW *startup)
{
    PROCESS_INFORMATION started;

    /* Wine 8: about one start in three thousand fails with this error, before the program has run.
     */
    for (int attempt = 1; !CreateProcessW(program, line, NULL, NULL, TRUE, flags | CREATE_SUSPENDED,
                                          NULL, NULL, startup, &started);
         attempt++)
        if (GetLastError() != ERROR_INTERNAL_ERROR || attempt == 5)
            test_bail("%ls does not start%s: error %lu", line,
                      flags & CREATE_BREAKAWAY_FROM_JOB ? " outside of the job that we are in" : "",
                      GetLastError());
    if (!AssignProcessToJobObject(test_job, started.hProcess)) {
        if (GetLastError() != ERROR_ACCESS_DENIED || flags & CREATE_BREAKAWAY_FROM_JOB)
            test_bail("%ls does not go into the job: error %lu", line, GetLastError());
        /* Before Windows 8 a process has one job only, and it is in ours already. */
        TerminateProcess(started.hProcess, 99);
        CloseHandle(started.hThread);
        CloseHandle(started.hProcess);
        spawn(process, program, line, flags | CREATE_BREAKAWAY_FROM_JOB, startup);
        return;
    }
    ResumeThread(started.hThread);
    CloseHandle(started.hThread);
    free(line);
    process->handle = started.hProcess;
    process->id = started.dwProcessId;
}

struct process *process_start_as(const struct process_setup *setup)
{
    struct process *process = test_zeros(sizeof *process);
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    /* On a screen the child shares our console, so that any of its streams can be there or not.
     * Elsewhere it has none: its own hidden one would cost a conhost each. */
    DWORD flags = setup->screen ? 0 : setup->new_console ? CREATE_NO_WINDOW : DETACHED_PROCESS;

    if (setup->screen)
        screen_attach(setup->screen, true);
    startup.hStdInput = open_stream(setup->in, true, &process->input);
    startup.hStdOutput = open_stream(setup->out, false, &process->out.pipe);
    startup.hStdError = open_stream(setup->err, false, &process->err.pipe);
    spawn(process, find_program(setup->arguments[0]), command_line(setup->arguments), flags,
          &startup);
    CloseHandle(startup.hStdInput);
    CloseHandle(startup.hStdOutput);
    CloseHandle(startup.hStdError);
    start_capture(&process->out, setup->output_limit);
    start_capture(&process->err, 0);
    if (setup->input) {
        process_write(process, setup->input, setup->input_bytes);
        process_close_input(process);
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
                                                    .in = "CONIN$",
                                                    .out = "CONOUT$",
                                                    .err = "CONOUT$"});
}
