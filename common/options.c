/* Command lines, parsed by getopt_long over UTF-8 arguments. */
#include "options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "report.h"

#define MOST_OPTIONS 40
#define HELP_COLUMN  23
#define HELP_ROOM    4096
#define LONG_VALUE   256 /* getopt_long's value of a long option: this and its line in the table */

/* Read by MinGW-w64's start-up code: arguments are not expanded as wildcards. */
extern int _dowildcard;
int _dowildcard = 0;

/* The "=" in --NAME=WORD where the word may also follow --NAME, else NULL. */
static char *find_optional_word(const struct option_line *options, char *argument)
{
    for (const struct option_line *line = options; line->name != NULL; line++) {
        size_t length = strlen(line->name);
        if (line->value != NULL && line->value[0] == '[' && strncmp(argument, "--", 2) == 0 &&
            strncmp(argument + 2, line->name, length) == 0 && argument[2 + length] == '=')
            return argument + 2 + length;
    }
    return NULL;
}

/* The arguments as UTF-8, with --NAME WORD for such a --NAME=WORD; NULL if there is no memory. */
static char **to_utf8(const struct option_line *options, int *argc, wchar_t **wide)
{
    char **arguments = calloc(2 * (size_t)*argc + 1, sizeof *arguments);
    int count = 0;
    for (int i = 0; arguments != NULL && i < *argc; i++) {
        size_t room = 3 * wcslen(wide[i]) + 5;
        char *argument = malloc(room);
        if (argument == NULL)
            return NULL;
        encoding_from_wide(wide[i], argument, room);
        arguments[count++] = argument;
        char *equals = i > 0 ? find_optional_word(options, argument) : NULL;
        if (equals != NULL) {
            *equals = '\0';
            arguments[count++] = equals + 1;
        }
    }
    *argc = count;
    return arguments;
}

static bool is_option(const struct option_line *line)
{
    return line->kind != OPTION_GROUP;
}

static bool takes_value(const struct option_line *line)
{
    return line->value != NULL && line->value[0] != '[';
}

static bool show(const char *text)
{
    DWORD error = console_write(CONSOLE_OUT, text, strlen(text));
    if (error != ERROR_SUCCESS)
        report_system(error, "cannot write the output");
    return error == ERROR_SUCCESS;
}

/* --help as far as it has come. */
struct help {
    char text[HELP_ROOM];
    size_t length;
};

static void add(struct help *help, const char *format, ...) REPORT_FORMAT(2, 3);
static void add(struct help *help, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(help->text + help->length, HELP_ROOM - help->length, format, arguments);
    va_end(arguments);
    help->length += added > 0 ? (size_t)added : 0;
}

static void add_option(struct help *help, const struct option_line *line)
{
    char way[64];
    if (line->kind == OPTION_GROUP) {
        add(help, "\r\n%s:\r\n", line->name);
        return;
    }
    int width =
        snprintf(way, sizeof way, line->letter != 0 ? "  -%c, --%s%s%s%s" : "    %c --%s%s%s%s",
                 line->letter != 0 ? line->letter : ' ', line->name, line->value != NULL ? " " : "",
                 line->value != NULL ? line->value : "", line->kind == OPTION_HELP ? ", /?" : "");
    add(help, "%s%*s%s\r\n", way, HELP_COLUMN - width, "", line->help);
}

static bool show_help(const struct program *program)
{
    static struct help help;
    add(&help, "%s", program->usage);
    for (const struct option_line *line = program->options; line->name != NULL; line++)
        add_option(&help, line);
    add(&help, "\r\n%s", program->notes);
    return show(help.text);
}

static bool take_number(const struct option_line *line, const char *value)
{
    uint64_t *to = line->to;
    if (text_parse_size(value, to) && *to >= line->least && *to <= line->most)
        return true;
    report_error("--%s %s is not a number from %" PRIu64 " to %" PRIu64 "%s", line->name, value,
                 line->least, line->most, line->kind == OPTION_SIZE ? " (10, 0x10, 64K, 1M)" : "");
    return false;
}

static bool take_word(const struct option_line *line, const char *value)
{
    struct option_words *to = line->to;
    if (to->count == OPTION_MOST_WORDS) {
        report_error("--%s can be given %d times at most", line->name, OPTION_MOST_WORDS);
        return false;
    }
    to->words[to->count++] = value;
    return true;
}

/* Two options with one place to go to. */
static bool reject_second(const struct option_line *options, const struct option_line *second)
{
    const struct option_line *first = options;
    while (first->to != second->to || (int)first->least != *(int *)second->to)
        first++;
    report_error("--%s cannot be combined with --%s", first->name, second->name);
    return false;
}

static bool take_option(const struct option_line *options, const struct option_line *line,
                        const char *value)
{
    int *choice = line->to;
    switch (line->kind) {
    case OPTION_SWITCH:
        *(bool *)line->to = true;
        return true;
    case OPTION_CHOICE:
        if (*choice != 0 && *choice != (int)line->least)
            return reject_second(options, line);
        *choice = (int)line->least;
        return true;
    case OPTION_WORD:
        *(const char **)line->to = value;
        return true;
    case OPTION_WORDS:
        return take_word(line, value);
    case OPTION_COUNT:
    case OPTION_SIZE:
        return take_number(line, value);
    case OPTION_SECONDS:
        if (text_parse_seconds(value, line->to))
            return true;
        report_error(
            "--%s %s is not a number of seconds up to 2147483 with at most 3 decimals (2, 0.5)",
            line->name, value);
        return false;
    case OPTION_ENCODING:
        if (encoding_parse(value, line->least != 0, line->to))
            return true;
        report_error(
            "unknown --%s %s: use %sutf-8, utf-16, ansi, oem, latin-1 or a code page number",
            line->name, value, line->least != 0 ? "auto, " : "");
        return false;
    default:
        return true;
    }
}

/* Reports the word that getopt_long has rejected as `result`. */
static void reject_word(const struct program *program, const char *word, int result)
{
    bool is_long = strncmp(word, "--", 2) == 0;
    size_t length = is_long ? strcspn(word + 2, "=") : 0;
    int alike = 0;
    for (const struct option_line *line = program->options; line->name != NULL; line++)
        alike += is_long && is_option(line) && strncmp(line->name, word + 2, length) == 0;
    if (is_long && optopt != 0 && word[2 + length] == '=')
        report_error("option %s takes no value", word);
    else if (result == ':')
        report_error("option %s needs a value; --help tells which", word);
    else if (alike > 1)
        report_error("ambiguous option %s; --help lists all", word);
    else if (is_long)
        report_error("unknown option %s; --help lists all, and -- ends them", word);
    else
        report_error("unknown option -%c; --help lists all, and -- ends them", optopt);
}

/* The line of the option that getopt_long has found; NULL if there is none. */
static const struct option_line *line_of(const struct program *program, int value)
{
    if (value >= LONG_VALUE)
        return &program->options[value - LONG_VALUE];
    for (const struct option_line *line = program->options; line->name != NULL; line++)
        if (line->letter == value)
            return line;
    return NULL;
}

/* getopt_long's two tables, made from ours. */
static void make_tables(const struct option_line *options, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (int i = 0; options[i].name != NULL; i++) {
        const struct option_line *line = &options[i];
        if (!is_option(line))
            continue;
        *longs++ = (struct option){line->name, takes_value(line) ? required_argument : no_argument,
                                   NULL, LONG_VALUE + i};
        if (line->letter != 0)
            *letters++ = line->letter;
        if (line->letter != 0 && takes_value(line))
            *letters++ = ':';
    }
    *letters = '\0';
}

/* Takes all options; false as options_take. */
static bool take_options(const struct program *program, int argc, char **argv, int *status)
{
    struct option longs[MOST_OPTIONS] = {{0}};
    char letters[2 * MOST_OPTIONS + 2];
    make_tables(program->options, longs, letters);
    opterr = 0;
    for (;;) {
        int before = optind;
        int result = getopt_long(argc, argv, letters, longs, NULL);
        if (result == -1)
            return true;
        const struct option_line *line = line_of(program, result);
        *status = 2;
        if (line == NULL) {
            reject_word(program, argv[optind > before ? optind - 1 : before], result);
            return false;
        }
        if (line->kind == OPTION_HELP || line->kind == OPTION_VERSION) {
            char version[64];
            snprintf(version, sizeof version, "%s " VERSION "\r\n", program->name);
            if (line->kind == OPTION_HELP ? show_help(program) : show(version))
                *status = 0;
            return false;
        }
        if (!take_option(program->options, line, optarg))
            return false;
    }
}

bool options_take(const struct program *program, int argc, wchar_t **wide, char ***words,
                  int *status)
{
    report_start(program->name);
    char **argv = to_utf8(program->options, &argc, wide);
    if (argv == NULL) {
        report_system(ERROR_NOT_ENOUGH_MEMORY, "cannot read the command line");
        *status = 2;
        return false;
    }
    if (argc > 1 && strcmp(argv[1], "/?") == 0) { /* getopt_long does not know it */
        *status = show_help(program) ? 0 : 2;
        return false;
    }
    bool going_on = take_options(program, argc, argv, status);
    *words = argv + optind;
    return going_on;
}
