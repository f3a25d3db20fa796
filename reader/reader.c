/*
 * reader: shows what is in a named file mapping, on each key press or as it comes.
 *
 * Here are the command line and the ways of reading; source.c takes what is there, print.c shows
 * it.
 */
#include "console.h"
#include "encoding.h"
#include "options.h"
#include "report.h"
#include "ways.h"

static const char help[] =
    "Usage: reader [OPTION]...\r\n"
    "Shows the text in any program's named file mapping, now and on each key press, or line if\r\n"
    "stdin is no console; q, Esc or Ctrl+C ends.\r\n"
    "\r\n"
    "  -1, --once           print what is there, else exit status 1\r\n"
    "  -w, --wait           the same, but wait for it\r\n"
    "  -f, --follow         print each message as it comes; tells how many were missed\r\n"
    "  -c, --count N        end after N messages\r\n"
    "  -t, --timeout SEC    wait no longer than this; then exit status 1\r\n"
    "  -n, --name NAME      the mapping (" MAPPING_NAME ")\r\n"
    "  -e, --encoding ENC   auto (default), utf-8, utf-16, ansi, oem, latin-1\r\n"
    "  -r, --raw            its bytes as they are\r\n"
    "  -x, --hex            a hex dump\r\n"
    "  -o, --offset N       from byte N on (10, 0x10, 64K)\r\n"
    "  -l, --length N       at most N bytes\r\n"
    "      --info           what is known of the mapping\r\n"
    "      --list [PATTERN] named mappings; * and ? are wildcards\r\n"
    "  -j, --json           messages, --info, --list as JSON lines\r\n"
    "  -q, --quiet          no prompts and notes\r\n"
    "  -h, --help, /?       this text\r\n"
    "  -V, --version        the version\r\n"
    "\r\n"
    "In mintty, start it with winpty; else it works by lines.\r\n"
    "Exit status: 0 done; 1 nothing to print; 2 wrong usage or system error.\r\n";

enum { OPTION_INFO = 'I', OPTION_LIST = 'L' };

static const struct option options[] = {
    {"once", no_argument, NULL, '1'},
    {"wait", no_argument, NULL, 'w'},
    {"follow", no_argument, NULL, 'f'},
    {"count", required_argument, NULL, 'c'},
    {"timeout", required_argument, NULL, 't'},
    {"name", required_argument, NULL, 'n'},
    {"encoding", required_argument, NULL, 'e'},
    {"raw", no_argument, NULL, 'r'},
    {"hex", no_argument, NULL, 'x'},
    {"offset", required_argument, NULL, 'o'},
    {"length", required_argument, NULL, 'l'},
    {"json", no_argument, NULL, 'j'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"info", no_argument, NULL, OPTION_INFO},
    {"list", no_argument, NULL, OPTION_LIST},
    {NULL, 0, NULL, 0},
};

/* Takes the way of reading; only one can be asked for. */
static bool take_way(struct reader *reader, enum way way)
{
    if (reader->way != BY_KEY && reader->way != way) {
        report_error("only one of --once, --wait, --follow, --info and --list can be used");
        return false;
    }
    reader->way = way;
    return true;
}

static bool take_form(struct reader *reader, enum print_form form)
{
    if (reader->form != PRINT_TEXT && reader->form != form) {
        report_error("only one of --raw, --hex and --json can be used");
        return false;
    }
    reader->form = form;
    return true;
}

/* Takes one option; false if its value is wrong, which was then reported. */
static bool take_option(struct reader *reader, int letter)
{
    struct source *source = &reader->source;
    switch (letter) {
    case '1':
        return take_way(reader, ONCE);
    case 'w':
        return take_way(reader, WAIT);
    case 'f':
        return take_way(reader, FOLLOW);
    case OPTION_INFO:
        return take_way(reader, INFO);
    case OPTION_LIST:
        return take_way(reader, LIST);
    case 'r':
        return take_form(reader, PRINT_RAW);
    case 'x':
        return take_form(reader, PRINT_HEX);
    case 'j':
        return take_form(reader, PRINT_JSON);
    case 'c':
        return options_size("--count", 1, INT64_MAX, &reader->count);
    case 't':
        return options_seconds("--timeout", &reader->timeout_ms);
    case 'n':
        source->name = optarg;
        return true;
    case 'e':
        if (encoding_parse(optarg, true, &source->code_page))
            return true;
        report_error("unknown --encoding %s: use auto, utf-8, utf-16, ansi, oem or latin-1",
                     optarg);
        return false;
    case 'o':
        source->ranged = true;
        return options_size("--offset", 0, INT64_MAX, &source->offset);
    case 'l':
        source->ranged = true;
        return options_size("--length", 1, INT64_MAX, &source->length);
    case 'q':
        report_quiet();
        return true;
    default:
        return false;
    }
}

/* What is left of the command line, and what does not go together; false if it was reported. */
static bool take_rest(struct reader *reader, char **words)
{
    bool dump = reader->form == PRINT_RAW || reader->form == PRINT_HEX;
    if (reader->way == LIST && words[0] != NULL)
        reader->pattern = *words++;
    if (words[0] != NULL) {
        report_error("unexpected word %s: reader takes options only, see --help", words[0]);
        return false;
    }
    if (dump && (reader->way == INFO || reader->way == LIST)) {
        report_error("--info and --list can be printed as text or --json only");
        return false;
    }
    if (reader->form == PRINT_RAW && console_is(GetStdHandle(STD_OUTPUT_HANDLE))) {
        report_error("--raw writes bytes that a console cannot show: redirect it to a file or a "
                     "pipe, or use --hex");
        return false;
    }
    if (dump && reader->way == BY_KEY)
        reader->way = ONCE;
    return true;
}

int wmain(int argc, wchar_t **wide)
{
    report_start("reader");
    struct reader reader = {.source = {.length = UINT64_MAX, .code_page = ENCODING_AUTO},
                            .timeout_ms = INFINITE};
    char **arguments = options_arguments(argc, wide);
    if (arguments == NULL) {
        report_system(ERROR_NOT_ENOUGH_MEMORY, "cannot read the command line");
        return FAILED;
    }
    int letter = options_asks_help(arguments) ? 'h' : 0;
    while (letter != 'h' && letter != 'V' &&
           (letter = options_next(argc, arguments, options)) != -1)
        if (letter != 'h' && letter != 'V' && !take_option(&reader, letter))
            return FAILED;
    if (letter == 'h' || letter == 'V')
        return options_show(letter == 'h' ? help : "reader " VERSION "\r\n") ? DONE : FAILED;
    int status = take_rest(&reader, arguments + optind) ? reader_run(&reader) : FAILED;
    source_close(&reader.source);
    return status == CLOSED ? DONE : status;
}
