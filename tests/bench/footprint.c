/* What the programs take of the machine: time while idle, memory, disk, kernel calls. */
#include "bench.h"

#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "harness.h"
#include "publisher.h"
#include "source.h"

static void print_calls(const char *what)
{
    const char *names;
    unsigned count = calls_made(&names);
    printf("  %-36s %8u  %s\n", what, count, names);
}

static void publish(struct publisher *publisher, unsigned messages)
{
    publisher_begin(publisher);
    while (messages-- > 0)
        publisher_put(publisher, "hello", 5);
    publisher_end(publisher);
}

/* The SetEvent among them is what wakes the followers. */
static void count_calls(void)
{
    const char *name = test_unique_name();
    struct publisher publisher = {.name = name, .code_page = TEXT_UTF8, .lock_ms = INFINITE};
    struct source source = {.name = name, .code_page = ENCODING_AUTO, .length = UINT64_MAX};
    struct sight sight;
    if (publisher_open(&publisher) != ERROR_SUCCESS || source_open(&source) != ERROR_SUCCESS)
        test_bail("cannot open %s", name);
    calls_start();
    publish(&publisher, 1);
    print_calls("kernel calls of a publish");
    calls_start();
    publish(&publisher, 1000);
    print_calls("kernel calls of 1000 lines at once");
    source_take(&source, &sight); /* makes room for the text */
    calls_start();
    source_take(&source, &sight);
    print_calls("kernel calls of a snapshot");
    source_close(&source);
    publisher_close(&publisher);

    publisher.acknowledged = true;
    if (publisher_open(&publisher) != ERROR_SUCCESS)
        test_bail("cannot open %s", name);
    calls_start();
    publish(&publisher, 1);
    print_calls("... of a publish, one-shot or piped");
    publisher_close(&publisher);
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

static void print_memory(const char *what, const struct process *process)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    if (!K32GetProcessMemoryInfo(process->handle, &counters, sizeof counters))
        test_bail("GetProcessMemoryInfo: error %lu", GetLastError());
    printf("  %-36s %8lu  KiB, at most %lu\n", what,
           (unsigned long)(counters.WorkingSetSize / 1024),
           (unsigned long)(counters.PeakWorkingSetSize / 1024));
}

static void watch_programs(DWORD idle_ms)
{
    const char *name = test_unique_name();
    struct process *writer = process_start(ARGS("writer", "--name", name, "--quiet"));
    process_type(writer, "hello\n");
    struct process *follower = process_start(ARGS("reader", "--name", name, "--follow", "--quiet"));
    if (!process_wait_output(follower, "hello", ENOUGH_MS))
        test_bail("the follower does not start");
    double before = busy_us(follower), writer_before = busy_us(writer);
    LONGLONG start = ticks_now();
    Sleep(idle_ms);
    double us = ticks_us(ticks_now() - start);
    printf("  %-36s %8.2f  %% of a core, over %.1f s\n", "idle reader --follow",
           100 * (busy_us(follower) - before) / us, us / 1e6);
    printf("  %-36s %8.2f  %%\n", "idle writer behind a pipe",
           100 * (busy_us(writer) - writer_before) / us);
    print_memory("working set of reader --follow", follower);
    print_memory("working set of writer", writer);
    process_free(follower);
    process_free(writer);
}

static void print_size(const char *name)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    wchar_t *path = test_widen(program_path(name), NULL);
    const char *slash = strrchr(name, '\\');
    if (GetFileAttributesExW(path, GetFileExInfoStandard, &data))
        printf("  %-36s %8lu  bytes\n", slash != NULL ? slash + 1 : name, data.nFileSizeLow);
    free(path);
}

void footprint_print(DWORD idle_ms)
{
    count_calls();
    watch_programs(idle_ms);
    print_size("..\\reader.exe");
    print_size("..\\writer.exe");
    print_size("bench\\empty.exe");
}
