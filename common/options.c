/* Command lines, parsed by getopt_long over UTF-8 arguments. */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "report.h"
#include "text.h"

/* Read by MinGW-w64's start-up code: arguments are not expanded as wildcards. */
extern int _dowildcard;
int _dowildcard = 0;

char **options_arguments(int argc, wchar_t **wide)
{
    char **arguments = calloc((size_t)argc + 1, sizeof *arguments);
    for (int i = 0; arguments != NULL && i < argc; i++) {
        size_t room = 3 * wcslen(wide[i]) + 5;
        arguments[i] = malloc(room);
        if (arguments[i] == NULL)
            return NULL;
        encoding_from_wide(wide[i], arguments[i], room);
    }
    return arguments;
}

/* getopt_long's string of short options, made from the table. */
static const char *short_options(const struct option *table)
{
    static char letters[64];
    size_t at = 0;
    letters[at++] = ':';
    for (; table->name != NULL; table++) {
        letters[at++] = (char)table->val;
        if (table->has_arg == required_argument)
            letters[at++] = ':';
    }
    return letters;
}

int options_next(int argc, char **argv, const struct option *table)
{
    opterr = 0;
    const char *letters = short_options(table);
    int before = optind;
    int letter = getopt_long(argc, argv, letters, table, NULL);
    if (letter != '?' && letter != ':')
        return letter;
    const char *word = argv[optind > before ? optind - 1 : before];
    bool is_long = strncmp(word, "--", 2) == 0;
    if (is_long && optopt != 0 && strchr(word, '=') != NULL)
        report_error("option %s takes no value", word);
    else if (letter == ':')
        report_error("option %s needs a value; --help tells which", word);
    else if (is_long)
        report_error("unknown option %s; --help lists all, and -- ends them", word);
    else
        report_error("unknown option -%c; --help lists all, and -- ends them", optopt);
    return '?';
}

bool options_asks_help(char **argv)
{
    return argv[0] != NULL && argv[1] != NULL && strcmp(argv[1], "/?") == 0;
}

bool options_show(const char *text)
{
    DWORD error = console_write(GetStdHandle(STD_OUTPUT_HANDLE), text, strlen(text));
    if (error != ERROR_SUCCESS)
        report_system(error, "cannot write the output");
    return error == ERROR_SUCCESS;
}

bool options_size(const char *option, uint64_t least, uint64_t most, uint64_t *value)
{
    if (text_parse_size(optarg, value) && *value >= least && *value <= most)
        return true;
    char low[TEXT_DECIMAL], high[TEXT_DECIMAL];
    report_error("%s %s is not a number from %s to %s (10, 0x10, 64K, 1M)", option, optarg,
                 text_decimal(low, least), text_decimal(high, most));
    return false;
}

bool options_seconds(const char *option, uint32_t *milliseconds)
{
    if (text_parse_seconds(optarg, milliseconds))
        return true;
    report_error("%s %s is not a number of seconds (2, 0.5)", option, optarg);
    return false;
}
