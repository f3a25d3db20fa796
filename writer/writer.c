/*
 * writer: copies what is typed, piped or given as words into a named file mapping.
 *
 * Here are the command line, the ways to get messages, and what is done after the last one.
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "input.h"
#include "options.h"
#include "report.h"
#include "sender.h"

enum { DONE = 0, UNDELIVERED = 1, FAILED = 2 }; /* exit status */

/* How long the last holder of a mapping waits before it looks whether somebody has opened it. */
#define HAND_OVER_MS 100

/* The largest --size: two copies and the control data must stay below 4 GiB. */
#define LARGEST_SIZE UINT64_C(0x7ff00000)

struct writer {
    struct publisher publisher;
    struct sender sender;
    uint32_t interval_ms;
    uint32_t timeout_ms;
    bool until_read, keep;
};

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

/* The exit status of an attempt to write, with its error reported. */
static int outcome(const struct writer *writer, DWORD error)
{
    const char *name = writer->publisher.mapping.name;
    if (error == ERROR_SUCCESS)
        return writer->sender.refused ? UNDELIVERED : DONE;
    if (error == WAIT_TIMEOUT) {
        report_error("another writer has held the lock of %s all the time: end it, or wait longer",
                     name);
        return UNDELIVERED;
    }
    report_system(error, "cannot write to the mapping %s", name);
    if (error == ERROR_INVALID_DATA)
        report_error("another program has overwritten its control data; use another --name");
    return FAILED;
}

/* Publishes all lines that have been read, under one lock; one a lock if they come at intervals. */
static DWORD send_read_lines(struct writer *writer, struct input *input)
{
    const char *line;
    uint64_t bytes;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && input_next(input, &line, &bytes)) {
        if (writer->interval_ms > 0) {
            error = sender_flush(&writer->sender);
            if (writer->publisher.published > 0)
                Sleep(writer->interval_ms);
        }
        if (error == ERROR_SUCCESS)
            error = sender_send(&writer->sender, line, bytes, input->number);
    }
    DWORD end_error = sender_flush(&writer->sender);
    return error != ERROR_SUCCESS ? error : end_error;
}

static int send_piped(struct writer *writer, HANDLE handle)
{
    struct input input = {.handle = handle,
                          .longest = 4 * (size_t)publisher_text_bytes(&writer->publisher)};
    int status = DONE;
    while (status != FAILED && !input.ended) {
        DWORD error = input_fill(&input);
        if (error == ERROR_SUCCESS) {
            status = outcome(writer, send_read_lines(writer, &input));
        } else {
            report_system(error, "cannot read the input");
            status = FAILED;
        }
    }
    input_close(&input);
    return status;
}

static int send_typed(struct writer *writer, HANDLE console)
{
    report_note("writing to %s, up to %lu bytes a line; Ctrl+Z ends it",
                writer->publisher.mapping.name,
                (unsigned long)publisher_text_bytes(&writer->publisher));
    bool ended = false;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && !ended) {
        char *line;
        size_t bytes;
        report_prompt("> ");
        error = console_read_line(console, &line, &bytes, &ended);
        if (error == ERROR_SUCCESS && (!ended || bytes > 0)) {
            error = sender_send(&writer->sender, line, bytes, 0);
            DWORD end_error = sender_flush(&writer->sender);
            error = error != ERROR_SUCCESS ? error : end_error;
        }
    }
    report_prompt("\r\n"); /* Ctrl+Z has left the cursor in the line */
    return outcome(writer, error);
}

/* The words, joined by single spaces, as one message. */
static int send_words(struct writer *writer, char **words)
{
    size_t room = 1;
    for (char **word = words; *word != NULL; word++)
        room += strlen(*word) + 1;
    char *text = malloc(room);
    if (text == NULL)
        return outcome(writer, ERROR_NOT_ENOUGH_MEMORY);
    size_t bytes = 0;
    for (char **word = words; *word != NULL; word++) {
        if (word != words)
            text[bytes++] = ' ';
        memcpy(text + bytes, *word, strlen(*word));
        bytes += strlen(*word);
    }
    DWORD error = sender_send(&writer->sender, text, bytes, 0);
    DWORD end_error = sender_flush(&writer->sender);
    free(text);
    return outcome(writer, error != ERROR_SUCCESS ? error : end_error);
}

/* The last holder of a mapping takes its text away by leaving. Whether it is the last is seen by
 * letting go; while it is, it waits for a reader that tells so or one that has opened the mapping.
 */
static DWORD hand_over(struct writer *writer)
{
    struct publisher *publisher = &writer->publisher;
    DWORD error = publisher_wait_read(publisher, 0);
    if (error == WAIT_TIMEOUT)
        error = publisher_let_go(publisher);
    if (error != WAIT_TIMEOUT || writer->timeout_ms == 0)
        return error;
    report_note(
        "no other program holds %s: waiting until a reader has taken the text (Ctrl+C gives "
        "up, --timeout bounds it)",
        publisher->mapping.name);
    ULONGLONG start = GetTickCount64();
    while (error == WAIT_TIMEOUT) {
        ULONGLONG passed = GetTickCount64() - start;
        if (writer->timeout_ms != INFINITE && passed >= writer->timeout_ms)
            break;
        ULONGLONG left = writer->timeout_ms == INFINITE ? INFINITE : writer->timeout_ms - passed;
        error = publisher_wait_read(publisher, left < HAND_OVER_MS ? (DWORD)left : HAND_OVER_MS);
        if (error == WAIT_TIMEOUT)
            error = publisher_let_go(publisher);
    }
    return error;
}

/* Waits for a key; if the input was piped and has ended, at the console behind it. */
static DWORD keep(struct writer *writer, bool input_used)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE console = INVALID_HANDLE_VALUE;
    if (input_used && !console_is(input)) {
        console = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
        if (console == INVALID_HANDLE_VALUE)
            return hand_over(writer);
        input = console;
    }
    report_note("keeping the text in %s until a key is pressed", writer->publisher.mapping.name);
    wchar_t character;
    DWORD error = console_read_key(input, writer->timeout_ms, &character);
    if (console != INVALID_HANDLE_VALUE)
        CloseHandle(console);
    return error == ERROR_HANDLE_EOF ? ERROR_SUCCESS : error;
}

/* What is done after the last message, so that it reaches somebody. */
static int finish(struct writer *writer, bool typed, bool words)
{
    const char *name = writer->publisher.mapping.name;
    console_end_with(writer->keep ? DONE : UNDELIVERED);
    DWORD error = ERROR_SUCCESS;
    if (writer->keep)
        error = keep(writer, !words);
    else if (writer->until_read)
        error = publisher_wait_read(&writer->publisher, writer->timeout_ms);
    else if (!typed)
        error = hand_over(writer);
    if (error == ERROR_SUCCESS)
        return DONE;
    if (error != WAIT_TIMEOUT) {
        report_system(error, "cannot hand over the text in the mapping %s", name);
        return FAILED;
    }
    report_error(
        "the time is over and no reader has taken the text; it is gone if no other program "
        "holds %s (start a reader first, or give --timeout more)",
        name);
    return UNDELIVERED;
}

static int run(struct writer *writer, char **words)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    bool typed = words[0] == NULL && console_is(input);
    struct publisher *publisher = &writer->publisher;
    publisher->acknowledged = !typed || writer->until_read;
    publisher->lock_ms = writer->timeout_ms;
    console_end_with(DONE);
    if (!publisher_open(publisher))
        return FAILED;
    int status = words[0] != NULL ? send_words(writer, words)
                 : typed          ? send_typed(writer, input)
                                  : send_piped(writer, input);
    if (status == FAILED || publisher->published == 0)
        return status;
    int end = finish(writer, typed, words[0] != NULL);
    return end > status ? end : status;
}

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
    int status = run(&writer, arguments + optind);
    sender_close(&writer.sender);
    publisher_close(&writer.publisher);
    console_restore();
    return status;
}
