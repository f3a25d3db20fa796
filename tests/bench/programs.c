/* The programs themselves at work: from start to exit, fed with lines, and dumping. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "mapping.h"
#include "message.h"

const char *program_path(const char *name)
{
    static char path[4 * MAX_PATH];
    char *self = test_narrow(test_self(), wcslen(test_self()));
    char *slash = strrchr(self, '\\');
    if (slash == NULL)
        test_bail("the benchmark lies in no folder");
    snprintf(path, sizeof path, "%.*s\\%s", (int)(slash - self), self, name);
    free(self);
    return path;
}

void program_hold(struct mapping *mapping, const char *name, uint32_t bytes)
{
    if (mapping_create(mapping, name, bytes, false, MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", name);
}

/* Without the harness's pipes, threads and job, which would add to all starts alike. */
double program_start_us(const char *name, const char *arguments)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    static HANDLE nul;
    if (nul == NULL)
        nul = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                          &inherited, OPEN_EXISTING, 0, NULL);
    STARTUPINFOW startup = {.cb = sizeof startup,
                            .dwFlags = STARTF_USESTDHANDLES,
                            .hStdInput = nul,
                            .hStdOutput = nul,
                            .hStdError = nul};
    PROCESS_INFORMATION started;
    DWORD status = 1;
    char line[5 * MAX_PATH];
    snprintf(line, sizeof line, "\"%s\" %s", program_path(name), arguments);
    wchar_t *wide = test_widen(line, NULL);
    LONGLONG start = ticks_now();
    for (int attempt = 1; !CreateProcessW(NULL, wide, NULL, NULL, TRUE, DETACHED_PROCESS, NULL,
                                          NULL, &startup, &started);
         attempt++, start = ticks_now())
        if (GetLastError() != ERROR_INTERNAL_ERROR || attempt == 5) /* see test_spawn */
            test_bail("%s does not start: error %lu", line, GetLastError());
    WaitForSingleObject(started.hProcess, ENOUGH_MS);
    LONGLONG elapsed = ticks_now() - start;
    if (!GetExitCodeProcess(started.hProcess, &status) || status != 0)
        test_bail("%s has ended with %lu", line, status);
    CloseHandle(started.hThread);
    CloseHandle(started.hProcess);
    free(wide);
    return ticks_us(elapsed);
}

static void wait_number(const struct mapping *mapping, uint32_t number)
{
    struct message_region region = {mapping->view, mapping->bytes / sizeof(shared_word)};
    struct message message;
    do {
        Sleep(1);
        message_snapshot(region, &message, NULL, 0);
    } while (message.number < number);
}

double program_line_rate(unsigned count)
{
    const char *name = test_unique_name();
    struct mapping mapping;
    program_hold(&mapping, name, MAPPING_SIZE);
    char *lines = test_room(NULL, (size_t)count * STREAM_BYTES);
    memset(lines, 'l', (size_t)count * STREAM_BYTES);
    for (unsigned i = 1; i <= count; i++)
        lines[i * STREAM_BYTES - 1] = '\n';
    struct process *writer = process_start(ARGS("writer", "--name", name, "--quiet"));
    process_type(writer, "it runs\n");
    wait_number(&mapping, 1);
    LONGLONG start = ticks_now();
    process_write(writer, lines, (size_t)count * STREAM_BYTES);
    wait_number(&mapping, count + 1);
    double us = ticks_us(ticks_now() - start);
    process_close_input(writer);
    if (!process_wait(writer, ENOUGH_MS) || process_status(writer) != 0)
        test_bail("writer has ended with %d: %s", process_status(writer), process_errors(writer));
    process_free(writer);
    free(lines);
    mapping_close(&mapping);
    return count * 1e6 / us;
}

double program_dump_rate(const char *const *arguments, unsigned mebibytes)
{
    static const char *file;
    if (file == NULL)
        file = test_unique_file();
    struct process_setup setup = {
        .arguments = arguments, .out = STREAM_FILE, .output_path = file, .input = ""};
    LONGLONG start = ticks_now();
    struct process *process = process_start_as(&setup);
    bool ended = process_wait(process, 6 * ENOUGH_MS);
    double us = ticks_us(ticks_now() - start);
    WIN32_FILE_ATTRIBUTE_DATA data = {0};
    wchar_t *path = test_widen(file, NULL);
    GetFileAttributesExW(path, GetFileExInfoStandard, &data);
    if (!ended || (data.nFileSizeLow | (uint64_t)data.nFileSizeHigh << 32) != (uint64_t)mebibytes
                                                                                  << 20)
        test_bail("%s has not written %u MiB: %s", arguments[0], mebibytes,
                  process_errors(process));
    process_free(process);
    DeleteFileW(path);
    free(path);
    return mebibytes * 1e6 * (1 << 20) / us;
}
