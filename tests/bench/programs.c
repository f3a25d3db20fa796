/* The programs themselves at work: from start to exit, fed with lines, dumping, and idle. */
#include "bench.h"

#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define NUMBER_FORMAT "%08u" /* of a line */
#define NUMBER_ROOM   12
#define START_MS      100 /* by then a program runs */

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

const char *bench_path(const char *file)
{
    return find(false, file);
}

bool program_delivers(bool old)
{
    static int known[2]; /* 0: not asked yet */
    if (known[old] == 0) {
        process_run(ARGS(find(old, "writer.exe"), "--help"), NULL);
        known[old] = strstr(got.out, "--no-wait") != NULL ? 1 : -1;
    }
    return known[old] > 0;
}

static void delete_file(const char *path)
{
    wchar_t *wide = test_widen(path);
    DeleteFileW(wide);
    free(wide);
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
    const char *path = bench_path("dump.out");
    delete_file(path);
    double us = program_start_us(old, words, path);
    HANDLE file = test_open(path, false);
    DWORD bytes = GetFileSize(file, NULL);
    CloseHandle(file);
    delete_file(path);
    if (bytes != mebibytes << 20)
        test_bail("%s has not written %u MiB", words[0], mebibytes);
    return mebibytes * 1e6 / us;
}

/* Numbered lines; to be freed. A message of theirs has STREAM_BYTES with its NUL. */
static char *make_lines(unsigned count, const char *line_end, size_t *bytes)
{
    size_t end_bytes = strlen(line_end), line_bytes = STREAM_BYTES - 1 + end_bytes;
    char *lines = test_room(NULL, count * line_bytes), *line = lines;
    memset(lines, 'l', count * line_bytes);
    for (unsigned i = 0; i < count; i++, line += line_bytes) {
        char number[NUMBER_ROOM];
        memcpy(line, number, (size_t)snprintf(number, sizeof number, NUMBER_FORMAT, i));
        memcpy(line + STREAM_BYTES - 1, line_end, end_bytes);
    }
    *bytes = count * line_bytes;
    return lines;
}

/* A writer behind a pipe, ours with `option`, which others lack. */
static struct process *start_writer(bool old, const char *name, const char *option)
{
    return process_start(ARGS(find(old, "writer.exe"), "--name", name, "--quiet",
                              program_delivers(old) ? option : NULL));
}

static void end_well(struct process *process, const char *what)
{
    if (!process_wait(process, 6 * ENOUGH_MS) || process_status(process) != 0)
        test_bail("%s has ended with %d: %s", what, process_status(process),
                  process_errors(process));
    process_free(process);
}

/* A mapping begins with the text of the last message. */
static void wait_text(const char *text, const char *wanted)
{
    while (memcmp(text, wanted, strlen(wanted)) != 0)
        Sleep(1);
}

double program_overwritten(bool old, unsigned count)
{
    const char *name = test_unique_name();
    const char *text = test_publish(name, MESSAGE_BYTES, NULL).view;
    char last[NUMBER_ROOM];
    size_t bytes;
    char *lines = make_lines(count, "\n", &bytes);
    struct process *process = start_writer(old, name, "--no-wait");
    process_type(process, "it runs\n");
    wait_text(text, "it runs");
    snprintf(last, sizeof last, NUMBER_FORMAT, count - 1);
    LONGLONG start = ticks_now();
    process_write(process, lines, bytes);
    wait_text(text, last);
    double us = ticks_us(ticks_now() - start);
    process_close_input(process);
    end_well(process, "writer");
    free(lines);
    return count * 1e6 / us;
}

/* The lines of a file are those that were sent, all of them and in order. */
static void check_lines(const char *path, unsigned count)
{
    size_t bytes;
    DWORD read = 0;
    char *sent = make_lines(count, "\r\n", &bytes), *found = test_room(NULL, bytes + 1);
    HANDLE file = test_open(path, false);
    if (!ReadFile(file, found, (DWORD)bytes + 1, &read, NULL) || read != bytes ||
        memcmp(sent, found, bytes) != 0)
        test_bail("%s has not the lines that were sent, but %lu bytes", path, read);
    CloseHandle(file);
    free(sent);
    free(found);
}

double program_delivered(bool old, unsigned count)
{
    const char *name = test_unique_name(), *in = bench_path("lines.in"),
               *out = bench_path("lines.out");
    size_t bytes;
    DWORD written;
    char *lines = make_lines(count, "\n", &bytes);
    delete_file(in);
    delete_file(out);
    HANDLE file = test_open(in, false);
    WriteFile(file, lines, (DWORD)bytes, &written, NULL);
    CloseHandle(file);
    free(lines);
    struct process *reader = process_start_as(&(struct process_setup){
        .arguments = ARGS(find(old, "reader.exe"), "--name", name, "--follow", "--until-end"),
        .in = STREAM_NUL,
        .out = out});
    Sleep(START_MS);
    LONGLONG start = ticks_now();
    end_well(process_start_as(&(struct process_setup){
                 .arguments = ARGS(find(old, "writer.exe"), "--name", name, "--quiet"),
                 .in = in,
                 .out = STREAM_NUL}),
             "writer");
    double us = ticks_us(ticks_now() - start);
    end_well(reader, "reader");
    check_lines(out, count);
    delete_file(in);
    delete_file(out);
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
        start_writer(old, name, NULL),
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
        printf("  idle %-33s %10.2f  %% of a core, over %.1f s\n", names[i], busy, us / 1e6);
        printf("  working set of %-23s %10lu  KiB, at most %lu\n", names[i],
               (unsigned long)(memory.WorkingSetSize / 1024),
               (unsigned long)(memory.PeakWorkingSetSize / 1024));
        process_free(processes[i]);
    }
}
