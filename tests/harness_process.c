/* Programs under test once they run: written to, listened to, waited for, measured, ended. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include <psapi.h>
#include <tlhelp32.h>

#define POLL_MS      5
#define MOST_HANDLES 4096

struct result got;

int process_run_as(const struct process_setup *setup, DWORD timeout_ms)
{
    static struct process *last; /* whose output is in `got` */
    ULONGLONG start = GetTickCount64();
    struct process *process = process_start_as(setup);
    if (last != NULL)
        process_free(last);
    last = process;
    bool ended = process_wait(process, timeout_ms);
    if (!ended) {
        test_note("%s has not ended after %lu ms", setup->arguments[0], timeout_ms);
        process_kill(process);
    }
    got = (struct result){.status = ended ? process_status(process) : -1,
                          .out = process->out.bytes,
                          .out_bytes = process->out.used,
                          .err = process->err.bytes,
                          .err_bytes = process->err.used,
                          .elapsed_ms = (DWORD)(GetTickCount64() - start)};
    return got.status;
}

int process_run(const char *const *arguments, const char *input)
{
    struct process_setup setup = {.arguments = arguments, .input = input != NULL ? input : ""};
    setup.input_bytes = strlen(setup.input);
    return process_run_as(&setup, ENOUGH_MS);
}

bool process_write(struct process *process, const void *bytes, size_t count)
{
    DWORD written;
    return count == 0 ||
           (process->input && WriteFile(process->input, bytes, (DWORD)count, &written, NULL));
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

const char *process_output(struct process *process)
{
    return process->out.bytes;
}

const char *process_errors(struct process *process)
{
    return process->err.bytes;
}

static bool wait_captured(struct capture *capture, const char *part, DWORD timeout_ms)
{
    ULONGLONG end = GetTickCount64() + timeout_ms;
    for (;;) {
        bool last =
            GetTickCount64() >= end || !capture->thread || !WaitForSingleObject(capture->thread, 0);
        if (strstr(capture->bytes, part))
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
    HANDLE all[3] = {process->handle};
    DWORD count = 1;

    if (process->out.thread)
        all[count++] = process->out.thread;
    if (process->err.thread)
        all[count++] = process->err.thread;
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
    free(capture->bytes);
}

void process_free(struct process *process)
{
    if (process_running(process))
        process_kill(process);
    process_close_input(process);
    free_capture(&process->out);
    free_capture(&process->err);
    CloseHandle(process->handle);
    free(process);
}

bool process_ended(struct process *process, int status)
{
    int found = process_wait(process, ENOUGH_MS) ? process_status(process) : -1;
    process_free(process);
    return test_same_number(found, status);
}

bool process_reads(const char *name, const char *expected)
{
    process_run(ARGS("reader", "-n", name, "--wait", "-t", "10"), NULL);
    return test_same_text(got.out, expected);
}

struct process *process_keep(const char *name, const char *text)
{
    struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "--keep", text));
    if (process_run(ARGS("reader", "-n", name, "--wait", "--peek", "-t", "10"), NULL) != 0)
        test_bail("the writer does not start: %s", got.err);
    return writer;
}

/* By trying, as Wine 8 always answers GetProcessHandleCount with 0. Handles are small multiples of
 * 4. */
DWORD process_handles(struct process *process)
{
    DWORD count = 0;
    for (ULONG_PTR value = 4; value < MOST_HANDLES * 4; value += 4) {
        HANDLE copy;
        if (DuplicateHandle(process->handle, (HANDLE)value, GetCurrentProcess(), &copy, 0, FALSE,
                            DUPLICATE_SAME_ACCESS)) {
            CloseHandle(copy);
            count++;
        }
    }
    return count;
}

size_t process_private_bytes(struct process *process)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    /* Wine 10 refuses it once the process is ending. */
    if (!K32GetProcessMemoryInfo(process->handle, &counters, sizeof counters) &&
        WaitForSingleObject(process->handle, ENOUGH_MS))
        test_bail("GetProcessMemoryInfo: error %lu", GetLastError());
    return counters.PagefileUsage; /* "same as PrivateUsage"; Wine 8 fills in this one only */
}

ULONGLONG test_ms(FILETIME time)
{
    return (time.dwLowDateTime | (ULONGLONG)time.dwHighDateTime << 32) / 10000;
}

DWORD test_thread_ms(HANDLE thread)
{
    FILETIME created, exited, kernel, user;
    if (thread == NULL || !GetThreadTimes(thread, &created, &exited, &kernel, &user))
        return 0;
    return (DWORD)(test_ms(kernel) + test_ms(user));
}

/* Of all its threads: Wine 8 answers GetProcessTimes with the times of the caller. */
DWORD process_used_ms(const struct process *process)
{
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry = {.dwSize = sizeof entry};
    DWORD used = 0;
    for (BOOL more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry))
        if (entry.th32OwnerProcessID == process->id) {
            HANDLE thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, entry.th32ThreadID);
            used += test_thread_ms(thread);
            if (thread != NULL)
                CloseHandle(thread);
        }
    CloseHandle(all);
    return used;
}
