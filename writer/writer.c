/*
 * writer: copies what is typed, piped or given as words into a named file mapping.
 *
 * Here is the command line; ways.c gets the messages, publisher.c writes them.
 */
#include "console.h"
#include "encoding.h"
#include "options.h"
#include "report.h"
#include "ways.h"

/* The largest --size: two copies and the control data must stay below 4 GiB. */
#define LARGEST_SIZE UINT64_C(0x7ff00000)

static const char help[] =
    "Usage: writer [OPTION]... [TEXT]...\r\n"
    "Copies text into a named file mapping, for reader and any other program to see.\r\n"
    "Without TEXT, each line typed or piped is a message; the words of TEXT are one message.\r\n"
    "\r\n"
    "  -n, --name NAME      the mapping (" MAPPING_NAME ")\r\n"
    "  -s, --size BYTES     its capacity if it has to be created (256; 64K, 1M)\r\n"
    "  -e, --encoding ENC   what is stored: utf-8 (default), utf-16, ansi, oem, latin-1\r\n"
    "  -i, --interval MS    wait between piped messages\r\n"
    "  -r, --until-read     return once a reader has printed the last message\r\n"
    "  -k, --keep           keep the last message readable until a key is pressed\r\n"
    "                       or input ends\r\n"
    "  -t, --timeout SEC    wait no longer than this for anything; then exit status 1\r\n"
    "  -p, --plain          touch nothing but the text and its NUL\r\n"
    "      --share          let other users read\r\n"
    "  -q, --quiet          no prompts and notes\r\n"
    "  -h, --help, /?       this text\r\n"
    "  -V, --version        the version\r\n"
    "\r\n"
    "At a console, Ctrl+Z ends the input. In a mintty terminal, start it with winpty "
    "to\r\n"
    "type at a console; without, it works by lines.\r\n"
    "A piped text, or TEXT, whose writer is the last to hold the mapping waits for a reader.\r\n"
    "Exit status: 0 done; 1 a line refused or not read in time; 2 wrong usage or system error.\r\n";

enum { OPTION_SHARE = 'S' };

static const struct option options[] = {
    {"name", required_argument, NULL, 'n'},
    {"size", required_argument, NULL, 's'},
    {"encoding", required_argument, NULL, 'e'},
    {"interval", required_argument, NULL, 'i'},
    {"until-read", no_argument, NULL, 'r'},
    {"keep", no_argument, NULL, 'k'},
    {"timeout", required_argument, NULL, 't'},
    {"plain", no_argument, NULL, 'p'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"share", no_argument, NULL, OPTION_SHARE},
    {NULL, 0, NULL, 0},
};

/* Takes one option; false if its value is wrong, which was then reported. */
static bool take_option(struct writer *writer, int letter)
{
    struct publisher *publisher = &writer->publisher;
    uint64_t number;
    switch (letter) {
    case 'n':
        publisher->name = optarg;
        return true;
    case 's':
        return options_size("--size", 1, LARGEST_SIZE, &publisher->size);
    case 'e':
        if (encoding_parse(optarg, false, &publisher->code_page))
            return true;
        report_error("unknown --encoding %s: use utf-8, utf-16, ansi, oem or latin-1", optarg);
        return false;
    case 'i':
        if (!options_size("--interval", 0, INT32_MAX, &number))
            return false;
        writer->interval_ms = (uint32_t)number;
        return true;
    case 't':
        return options_seconds("--timeout", &writer->timeout_ms);
    case 'r':
        writer->until_read = true;
        return true;
    case 'k':
        writer->keep = true;
        return true;
    case 'p':
        publisher->plain = true;
        return true;
    case OPTION_SHARE:
        publisher->share = true;
        return true;
    case 'q':
        report_quiet();
        return true;
    default:
        return false;
    }
}

int wmain(int argc, wchar_t **wide)
{
    report_start("writer");
    struct writer writer = {.publisher = {.name = MAPPING_NAME, .code_page = TEXT_UTF8},
                            .timeout_ms = INFINITE};
    writer.sender.publisher = &writer.publisher;
    char **arguments = options_arguments(argc, wide);
    if (arguments == NULL) {
        report_system(ERROR_NOT_ENOUGH_MEMORY, "cannot read the command line");
        return FAILED;
    }
    int letter = options_asks_help(arguments) ? 'h' : 0;
    while (letter != 'h' && letter != 'V' &&
           (letter = options_next(argc, arguments, options)) != -1)
        if (letter != 'h' && letter != 'V' && !take_option(&writer, letter))
            return FAILED;
    if (letter == 'h' || letter == 'V')
        return options_show(letter == 'h' ? help : "writer " VERSION "\r\n") ? DONE : FAILED;
    if (writer.keep && writer.until_read) {
        report_error("--keep and --until-read exclude each other: use one of them");
        return FAILED;
    }
    int status = writer_run(&writer, arguments + optind);
    sender_close(&writer.sender);
    publisher_close(&writer.publisher);
    console_restore();
    return status;
}
