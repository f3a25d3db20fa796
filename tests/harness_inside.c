/* What a test sees of a mapping from inside, streams of numbered lines, and files. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winternl.h>

#define POLL_MS 2

NTSTATUS NTAPI NtSuspendProcess(HANDLE process); /* in no header of the toolchain */
NTSTATUS NTAPI NtResumeProcess(HANDLE process);

/* Calls `holds` until it does. */
static bool wait_until(bool (*holds)(const char *, const char *), const char *name,
                       const char *text)
{
    ULONGLONG end = GetTickCount64() + ENOUGH_MS;
    bool last, found;
    do {
        last = GetTickCount64() >= end;
        found = holds(name, text);
        if (!found)
            Sleep(POLL_MS);
    } while (!found && !last);
    return found;
}

static bool has_text(const char *name, const char *text)
{
    struct mapping mapping;
    struct message message;
    char found[256] = "";
    bool whole =
        mapping_open(&mapping, name, MAPPING_READ) == ERROR_SUCCESS &&
        message_snapshot(mapping_region(&mapping), &message, found, sizeof found) == MESSAGE_WHOLE;
    mapping_close(&mapping);
    return whole && message.length == strlen(text) && memcmp(found, text, message.length) == 0;
}

/* The page is opened for a look only, so that the test keeps nothing alive. */
static bool look_at_page(const char *name, bool (*look)(struct shown_page *))
{
    struct mapping mapping;
    bool found = mapping_open(&mapping, name, MAPPING_READ) == ERROR_SUCCESS &&
                 mapping_open_shown(&mapping) == ERROR_SUCCESS && look(mapping.shown);
    mapping_close(&mapping);
    return found;
}

static bool is_waiting(struct shown_page *page)
{
    return atomic_load(&page->waiting) != 0;
}

static bool is_asleep(struct shown_page *page)
{
    return atomic_load(&page->asleep) != 0;
}

static bool wake(struct shown_page *page)
{
    atomic_store(&page->asleep, 0);
    return true;
}

static bool writer_waits(const char *name, const char *unused)
{
    (void)unused;
    return look_at_page(name, is_waiting);
}

static bool clear_asleep(const char *name, const char *unused)
{
    (void)unused;
    return look_at_page(name, wake);
}

static bool reader_sleeps(const char *name, const char *unused)
{
    (void)unused;
    return look_at_page(name, is_asleep);
}

static bool is_gone(const char *name, const char *unused)
{
    struct mapping mapping;
    DWORD error = mapping_open(&mapping, name, MAPPING_READ);
    (void)unused;
    mapping_close(&mapping);
    return error == ERROR_FILE_NOT_FOUND;
}

bool inside_has_text(const char *name, const char *text)
{
    return wait_until(has_text, name, text);
}

bool inside_writer_waits(const char *name)
{
    return wait_until(writer_waits, name, NULL);
}

bool inside_reader_sleeps(const char *name)
{
    return wait_until(clear_asleep, name, NULL) && wait_until(reader_sleeps, name, NULL);
}

bool inside_is_gone(const char *name)
{
    return wait_until(is_gone, name, NULL);
}

struct mapping inside_open(const char *name)
{
    struct mapping mapping;
    ULONGLONG end = GetTickCount64() + ENOUGH_MS;
    while (mapping_open(&mapping, name, MAPPING_WRITE) != ERROR_SUCCESS ||
           mapping_open_shown(&mapping) != ERROR_SUCCESS) {
        mapping_close(&mapping);
        if (GetTickCount64() > end)
            test_bail("there is no mapping %s of ours", name);
        Sleep(POLL_MS);
    }
    return mapping;
}

void process_suspend(struct process *process)
{
    if (NtSuspendProcess(process->handle) != 0)
        test_bail("process %lu cannot be suspended", process->id);
}

void process_resume(struct process *process)
{
    if (NtResumeProcess(process->handle) != 0)
        test_bail("process %lu cannot be resumed", process->id);
}

char *lines_make(const char *prefix, int first, int count)
{
    size_t bytes = strlen(prefix) + 12;
    char *lines = test_room(NULL, bytes * (size_t)count + 1), *at = lines;
    *at = '\0';
    for (int i = first; i < first + count; i++)
        at += snprintf(at, bytes, "%s %05d\n", prefix, i);
    return lines;
}

struct lines lines_find(const char *output, const char *prefix)
{
    struct lines lines = {.first = -1, .last = -1, .in_order = true};
    size_t bytes = strlen(prefix);
    const char *end;
    for (; (end = strstr(output, "\r\n")) != NULL; output = end + 2) {
        if (strncmp(output, prefix, bytes) != 0 || output[bytes] != ' ')
            continue;
        int number = atoi(output + bytes + 1);
        if (lines.count++ == 0)
            lines.first = number;
        else
            lines.in_order &= number == lines.last + 1;
        lines.last = number;
    }
    return lines;
}

char *file_make(const void *bytes, size_t count)
{
    static unsigned counter;
    char folder[MAX_PATH], *path = test_room(NULL, MAX_PATH + 40);
    DWORD written;
    if (GetTempPathA(MAX_PATH, folder) == 0)
        test_bail("no folder for temporary files: error %lu", GetLastError());
    snprintf(path, MAX_PATH + 40, "%swriter-reader-%lu.%u", folder, GetCurrentProcessId(),
             ++counter);
    HANDLE file = test_open(path, false);
    if (!WriteFile(file, bytes, (DWORD)count, &written, NULL) || written != count)
        test_bail("cannot write %s: error %lu", path, GetLastError());
    CloseHandle(file);
    return path;
}

void file_delete(char *path)
{
    DeleteFileA(path);
    free(path);
}

size_t pipe_read(HANDLE pipe, char *bytes, size_t most, DWORD part, DWORD pause_ms)
{
    size_t used = 0;
    DWORD count;
    while (used + 1 < most &&
           ReadFile(pipe, bytes + used, part < most - used - 1 ? part : (DWORD)(most - used - 1),
                    &count, NULL)) {
        used += count;
        if (pause_ms > 0)
            Sleep(pause_ms);
    }
    bytes[used] = '\0';
    return used;
}
