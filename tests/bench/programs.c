/* The programs themselves at work: from start to exit, fed with lines, dumping, and idle. */
#include "bench.h"

#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* The path of a file in the folder of the build; never freed, as there are few. */
static const char *find(bool old, const char *program)
{
    wchar_t from[4 * MAX_PATH], whole[4 * MAX_PATH];
    if (old)
        _snwprintf(from, 4 * MAX_PATH, L"%ls\\%hs", _wgetenv(L"BENCH_OLD"), program);
    else
        _snwprintf(from, 4 * MAX_PATH, L"%ls\\..\\..\\%hs", test_self(), program);
    return test_narrow(whole, GetFullPathNameW(from, 4 * MAX_PATH, whole, NULL));
}

/* Without pipes and the threads that serve them, which would add to all starts alike. */
double program_start_us(bool old, const char *const *words, const char *output)
{
    const char *all[8] = {find(old, words[0])};
    for (int i = 1; words[i] != NULL; i++)
        all[i] = words[i];
    struct process_setup setup = {.arguments = all,
                                  .in = STREAM_NUL,
                                  .out = output != NULL ? output : STREAM_NUL,
                                  .err = STREAM_NUL};
    LONGLONG start = ticks_now();
    struct process *process = process_start_as(&setup);
    process_wait(process, 6 * ENOUGH_MS);
    double us = ticks_us(ticks_now() - start);
    if (process_status(process) != 0)
        test_bail("%s has ended with %d", all[0], process_status(process));
    process_free(process);
    return us;
}

double program_dump(bool old, const char *const *words, unsigned mebibytes)
{
    WIN32_FILE_ATTRIBUTE_DATA data = {0};
    const char *path = find(false, "dump.out");
    wchar_t *wide = test_widen(path);
    DeleteFileW(wide);
    double us = program_start_us(old, words, path);
    GetFileAttributesExW(wide, GetFileExInfoStandard, &data);
    DeleteFileW(wide);
    if (data.nFileSizeLow != mebibytes << 20)
        test_bail("%s has not written %u MiB", words[0], mebibytes);
    free(wide);
    return mebibytes * 1e6 / us;
}

static struct process *start_writer(bool old, const char *name)
{
    return process_start(ARGS(find(old, "writer.exe"), "--name", name, "--quiet"));
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
    const char *text = test_publish(name, MESSAGE_BYTES, NULL).view;
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
    const char *shown = process_output(pair->reader);
    if (strlen(shown) < until || strncmp(shown + from, line, strlen(line) - 1) != 0)
        test_bail("%s is not read: %s%s", line, shown, process_errors(pair->reader));
    return us;
}

static struct pair start_pair(bool old)
{
    const char *name = test_unique_name();
    test_publish(name, MESSAGE_BYTES, NULL);
    struct pair pair = {
        start_writer(old, name),
        process_start(ARGS(find(old, "reader.exe"), "--name", name, "--follow", "--quiet"))};
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

void program_footprint(DWORD idle_ms)
{
    const struct pair pair = start_pair(false);
    struct process *const processes[] = {pair.writer, pair.reader};
    const char *const names[] = {"writer", "reader --follow"};
    DWORD before[] = {process_used_ms(pair.writer), process_used_ms(pair.reader)};
    LONGLONG start = ticks_now();
    Sleep(idle_ms);
    double us = ticks_us(ticks_now() - start);
    for (int i = 0; i < 2; i++) {
        PROCESS_MEMORY_COUNTERS memory = {.cb = sizeof memory};
        double busy = 1e5 * (process_used_ms(processes[i]) - before[i]) / us;
        K32GetProcessMemoryInfo(processes[i]->handle, &memory, sizeof memory);
        printf("  idle %-31s %10.2f  %% of a core, over %.1f s\n", names[i], busy, us / 1e6);
        printf("  working set of %-21s %10lu  KiB, at most %lu\n", names[i],
               (unsigned long)(memory.WorkingSetSize / 1024),
               (unsigned long)(memory.PeakWorkingSetSize / 1024));
        process_free(processes[i]);
    }
}
