/* The commands of README.md and docs/ run as they stand and print what is printed there. A block of
 * code whose lines begin with `1> ` or `2> ` is a dialogue in two windows: commands behind the
 * prompts, and what each prints below it; `...` stands for anything, in a line or for lines. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOWS    2
#define MOST_STEPS 16
#define LINE_ROOM  512

/* A command that has not ended after so long waits for the other window. */
#define WAITS_MS 1000

struct step {
    int window;
    char command[LINE_ROOM];
    char expected[8 * LINE_ROOM]; /* lines, each ended by \n */
};

struct block {
    struct step steps[MOST_STEPS];
    int count;
};

static struct process *windows[WINDOWS];

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        test_bail("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    size_t bytes = (size_t)ftell(file);
    rewind(file);
    char *text = test_zeros(bytes + 1);
    if (fread(text, 1, bytes, file) != bytes)
        test_bail("cannot read %s", path);
    fclose(file);
    return text;
}

static bool is_prompt(const char *line)
{
    return line[0] >= '1' && line[0] < '1' + WINDOWS && line[1] == '>' && line[2] == ' ';
}

static void add_line(struct block *block, const char *line)
{
    if (is_prompt(line)) {
        if (block->count == MOST_STEPS)
            test_bail("too many steps: %s", line);
        struct step *step = &block->steps[block->count++];
        *step = (struct step){.window = line[0] - '1'};
        snprintf(step->command, sizeof step->command, "%s", line + 3);
    } else if (block->count > 0) {
        char *expected = block->steps[block->count - 1].expected;
        size_t length = strlen(expected);
        snprintf(expected + length, 8 * LINE_ROOM - length, "%s\n", line);
    }
}

/* The next block of code; NULL if there is none. Returns where it ends. */
static char *next_block(char *at, struct block *block)
{
    bool inside = false;
    block->count = 0;
    for (char *end; at != NULL && *at != '\0'; at = end) {
        end = strchr(at, '\n');
        if (end != NULL)
            *end++ = '\0';
        at[strcspn(at, "\r")] = '\0';
        if (strncmp(at, "```", 3) != 0) {
            if (inside)
                add_line(block, at);
            continue;
        }
        inside = !inside;
        if (!inside && block->count > 0)
            return end != NULL ? end : at + strlen(at);
    }
    return NULL;
}

/* Whether the text is what the pattern says. */
static bool matches(const char *text, const char *pattern)
{
    for (; strncmp(pattern, "...", 3) != 0; text++, pattern++)
        if (*text != *pattern || *text == '\0')
            return *text == *pattern;
    pattern += 3;
    for (;; text++)
        if (matches(text, pattern))
            return true;
        else if (*text == '\0')
            return false;
}

static void marker(char text[32], const char *what, int step)
{
    snprintf(text, 32, "@%s-%d@", what, step);
}

static void type_step(const struct step *step, int number)
{
    char line[LINE_ROOM + 100], begin[32], end[32];
    marker(begin, "begin", number);
    marker(end, "end", number);
    snprintf(line, sizeof line, "echo %s& (%s)& echo %s\r\n", begin, step->command, end);
    process_type(windows[step->window], line);
}

/* What a step has printed. */
static const char *printed(const struct step *step, int number)
{
    static char text[8 * LINE_ROOM];
    char begin[32], end[32];
    marker(begin, "begin", number);
    marker(end, "end", number);
    const char *from = strstr(process_output(windows[step->window]), begin);
    const char *to = from != NULL ? strstr(from, end) : NULL;
    size_t count = 0;
    text[0] = '\0';
    if (to == NULL)
        return text;
    for (from = strchr(from, '\n') + 1; from < to && count < sizeof text - 1; from++)
        if (*from != '\r')
            text[count++] = *from;
    text[count] = '\0';
    return text;
}

static void run_block(const char *path, const struct block *block)
{
    for (int i = 0; i < WINDOWS; i++)
        windows[i] = process_start_as(
            &(struct process_setup){.arguments = ARGS("cmd", "/q"), .new_console = true});
    for (int i = 0; i < block->count; i++) {
        char end[32];
        type_step(&block->steps[i], i);
        marker(end, "end", i);
        bool other = i + 1 < block->count && block->steps[i + 1].window != block->steps[i].window;
        process_wait_output(windows[block->steps[i].window], end, other ? WAITS_MS : ENOUGH_MS);
    }
    for (int i = 0; i < block->count; i++) {
        const struct step *step = &block->steps[i];
        char end[32];
        marker(end, "end", i);
        test_check(process_wait_output(windows[step->window], end, ENOUGH_MS), "%s: %s: it ends",
                   path, step->command);
        const char *found = printed(step, i);
        if (!test_check(matches(found, step->expected), "%s: %s: prints what it says", path,
                        step->command))
            test_note("printed: %s# expected: %s", found, step->expected);
    }
    for (int i = 0; i < WINDOWS; i++) {
        process_type(windows[i], "exit\r\n");
        process_close_input(windows[i]);
        process_free(windows[i]);
    }
}

/* The simulator that the README reads from. */
static void publish_simulator(void)
{
    float speed = 183.4f;
    int gear = 4;
    char *view = test_publish("Local\\acpmf_physics", 4096, NULL).view;
    memcpy(view + 16, &gear, sizeof gear);
    memcpy(view + 28, &speed, sizeof speed);
}

static void use_programs(void)
{
    wchar_t path[8192], folder[1024];
    _snwprintf(folder, 1024, L"%ls", test_self());
    for (int up = 0; up < 2; up++)
        *wcsrchr(folder, L'\\') = L'\0';
    wchar_t old[6000] = L"";
    GetEnvironmentVariableW(L"PATH", old, 6000);
    _snwprintf(path, 8192, L"%ls;%ls", folder, old);
    SetEnvironmentVariableW(L"PATH", path);
}

void test_main(void)
{
    static const char *const files[] = {"README.md", "docs/writer.md", "docs/reader.md",
                                        "docs/delivery.md", "docs/inspecting.md"};
    static struct block block;
    int blocks = 0;
    use_programs();
    publish_simulator();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *text = read_file(files[i]);
        for (char *at = text; (at = next_block(at, &block)) != NULL; blocks++)
            run_block(files[i], &block);
        free(text);
    }
    test_check(blocks >= 8, "%d dialogues were found", blocks);
}
