/* Every option and the combinations that make sense: command, input, and what stdout, stderr and
 * the status have to be. The rows of a group run one after the other beside a writer that holds the
 * mapping, so each sees what the ones before have left there. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* of a row, are 0 */

#define TEXT_ROOM      100000
#define MOST_ARGUMENTS 16

/* In all texts, @ stands for the name of the group, and x*600 for 600 times x; in input and
 * content, ^ is a NUL. In what is expected, line ends are CR LF, other control characters are
 * written as \x1b, and ~ matches anything. */
struct row {
    const char *command;   /* split at spaces; '...' keeps them */
    const char *out, *err; /* NULL: nothing */
    int status;
    const char *input; /* NULL: no stdin */
};

struct group {
    const char *title;
    const char *holder;  /* the command that holds a mapping, or the name of one of ours */
    DWORD bytes;         /* of that; 0: it is a command; NULL: nobody holds any */
    const char *content; /* of that */
    const struct row *rows;
    size_t count;
};

/* What --env TABLE_VARIABLE sends. */
#define TABLE_VALUE "say \"hi\" <100% & more> | ! 共享"

#include "table.h"

/* Returns how many bytes it has written, without the NUL at their end. */
static size_t expand(char to[TEXT_ROOM], const char *from, const char *name)
{
    char *start = to;
    while (*from != '\0') {
        char letter = *from++;
        if (letter == '@') {
            to += sprintf(to, "%s", name);
            continue;
        }
        unsigned long times = 1;
        if (from[0] == '*' && from[1] >= '0' && from[1] <= '9')
            times = strtoul(from + 1, (char **)&from, 10);
        memset(to, letter == '^' ? '\0' : letter, times);
        to += times;
    }
    *to = '\0';
    return (size_t)(to - start);
}

/* Splits a command in its own memory. */
static void split(char *line, const char **words)
{
    size_t count = 0;
    for (char *at = line; *at != '\0';) {
        char end = *at == '\'' ? '\'' : ' ';
        char *word = at += end == '\'';
        at += strcspn(at, end == '\'' ? "'" : " ");
        if (count == MOST_ARGUMENTS - 1)
            test_bail("too many words: %s", line);
        words[count++] = word;
        if (*at != '\0')
            *at++ = '\0';
        while (end == '\'' && *at == ' ')
            at++;
    }
    words[count] = NULL;
}

/* What was printed, as the table writes it. */
static char *as_written(const char *bytes, size_t count)
{
    char *text = test_room(NULL, 4 * count + 1), *to = text;
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '\r' && i + 1 < count && bytes[i + 1] == '\n')
            continue;
        bool line_end = c == '\n' && i > 0 && bytes[i - 1] == '\r';
        if (line_end || (c >= 0x20 && c != 0x7f))
            *to++ = (char)c;
        else
            to += sprintf(to, "\\x%02x", c);
    }
    *to = '\0';
    return text;
}

static bool matches(const char *text, const char *pattern)
{
    for (; *pattern != '~'; text++, pattern++)
        if (*text != *pattern || *text == '\0')
            return *text == *pattern;
    for (; *text != '\0'; text++)
        if (matches(text, pattern + 1))
            return true;
    return pattern[1] == '\0';
}

static bool is_as_expected(const char *bytes, size_t count, const char *expected, const char *name,
                           const char *stream)
{
    static char pattern[TEXT_ROOM];
    expand(pattern, expected != NULL ? expected : "", name);
    char *text = as_written(bytes, count);
    bool right = matches(text, pattern);
    if (!right)
        test_note("%s: %s\nexpected: %s", stream, text, pattern);
    free(text);
    return right;
}

static void try_row(const struct row *row, const char *name)
{
    static char line[TEXT_ROOM], input[TEXT_ROOM];
    const char *words[MOST_ARGUMENTS];
    expand(line, row->command, name);
    split(line, words);
    struct process_setup setup = {.arguments = words};
    if (row->input == NULL) {
        setup.in = STREAM_NUL;
    } else {
        setup.input = input;
        setup.input_bytes = expand(input, row->input, name);
    }
    process_run_as(&setup, ENOUGH_MS);
    bool right = is_as_expected(got.out, got.out_bytes, row->out, name, "stdout");
    right = is_as_expected(got.err, got.err_bytes, row->err, name, "stderr") && right;
    test_check(right && got.status == row->status, "%.100s%s (status %d)", row->command,
               row->input == NULL ? "" : " < input", got.status);
}

static void try_group(const struct group *group)
{
    const char *name = test_unique_name();
    struct process *holder = NULL;
    struct foreign other = {NULL, NULL};
    static char line[TEXT_ROOM];
    test_note("%s", group->title);
    if (group->holder != NULL && strstr(group->holder, "Global\\") != NULL &&
        !test_has_global(group->title))
        return;
    if (group->holder != NULL)
        expand(line, group->holder, name);
    if (group->bytes != 0) {
        static char content[TEXT_ROOM];
        other = test_publish(line, group->bytes, NULL);
        memcpy(other.view, content, expand(content, group->content, name));
    } else if (group->holder != NULL) {
        const char *words[MOST_ARGUMENTS];
        split(line, words);
        holder = process_start_as(&(struct process_setup){.arguments = words, .in = STREAM_NUL});
        process_wait_errors(holder, "keeping ", ENOUGH_MS);
    }
    for (size_t i = 0; i < group->count; i++)
        try_row(&group->rows[i], name);
    if (holder != NULL)
        process_free(holder);
    if (other.section != NULL)
        test_withdraw(&other);
}

void test_main(void)
{
    wchar_t *value = test_widen(TABLE_VALUE);
    SetEnvironmentVariableW(L"TABLE_VARIABLE", value);
    free(value);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        try_group(&groups[i]);
}
