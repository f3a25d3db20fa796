/*
 * writer: copies what is typed, piped or given as words into a named file mapping.
 *
 * Here are the command line and the ways to get messages. publisher.c puts them into the mapping,
 * delivery.c waits until a reader has shown them, keep.c keeps the last one readable.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "console.h"
#include "delivery.h"
#include "encoding.h"
#include "input.h"
#include "keep.h"
#include "options.h"
#include "report.h"
#include "single.h"
#include "typed.h"

enum { DONE = 0, UNDELIVERED = 1, FAILED = 2 }; /* exit status */

/* The largest --size: two copies and the control data must stay below 4 GiB. */
#define LARGEST_SIZE UINT64_C(0x7ff00000)
#define NOT_GIVEN    UINT64_MAX

/* What the command line says. */
static struct {
    struct publisher_options publisher;
    const char *variable; /* --env, or NULL */
    uint64_t interval_ms;
    uint32_t from;
    uint32_t timeout_ms;
    bool whole, no_wait, keep, release;
} settings = {.publisher = {.name = MAPPING_NAME, .code_page = TEXT_UTF8},
              .interval_ms = NOT_GIVEN,
              .from = ENCODING_AUTO,
              .timeout_ms = INFINITE};

static const struct option_line options[] = {
    OPTIONS_GROUP("What to send"),
    {"name", 'n', "NAME", "mapping name (" MAPPING_NAME ")", OPTION_WORD, &settings.publisher.name,
     0, 0},
    {"size", 's', "BYTES", "capacity of a new mapping (256; 64K, 1M)", OPTION_SIZE,
     &settings.publisher.size, 1, LARGEST_SIZE},
    {"encoding", 'e', "ENC", "as utf-8 (default), utf-16, ansi, oem, latin-1, 1252",
     OPTION_ENCODING, &settings.publisher.code_page, 0, 0},
    {"from", 0, "ENC", "encoding of redirected input (auto)", OPTION_ENCODING, &settings.from, 1,
     0},
    {"whole", 0, NULL, "the whole input is one message, line ends included", OPTION_SWITCH,
     &settings.whole, 0, 0},
    {"env", 0, "VAR", "the value of the environment variable VAR", OPTION_WORD, &settings.variable,
     0, 0},
    OPTIONS_GROUP("How to deliver it"),
    {"no-wait", 0, NULL, "do not wait for readers: newest wins", OPTION_SWITCH, &settings.no_wait,
     0, 0},
    {"interval", 'i', "MS", "send a piped line every MS milliseconds, shown or not", OPTION_COUNT,
     &settings.interval_ms, 0, INT32_MAX},
    {"keep", 'k', NULL, "keep the last message until a key or writer --release", OPTION_SWITCH,
     &settings.keep, 0, 0},
    {"release", 0, NULL, "end the writers that --keep this mapping", OPTION_SWITCH,
     &settings.release, 0, 0},
    {"timeout", 't', "SEC", "longest wait for a reader, writer or key; then status 1",
     OPTION_SECONDS, &settings.timeout_ms, 0, 0},
    {"plain", 'p', NULL, "a bare NUL-terminated string; implies --no-wait", OPTION_SWITCH,
     &settings.publisher.plain, 0, 0},
    {"share", 0, NULL, "let other users read", OPTION_SWITCH, &settings.publisher.share, 0, 0},
    OPTIONS_GROUP("Other"),
    OPTIONS_OF_BOTH,
};

static const struct program program = {
    "writer",
    "Usage: writer [OPTION]... [TEXT]...\r\n"
    "Copies text into a named file mapping. The words of TEXT are one message;\r\n"
    "without TEXT, each line is one. TEXT and piped lines wait for a reader.\r\n",
    options,
    "Examples:\r\n"
    "  writer hello world\r\n"
    "  tasklist | writer -n tasks\r\n"
    "  writer -n status --keep idle\r\n\r\n"
    "Exit status: 0 done; 1 not shown or rejected; 2 wrong usage or error.\r\n"};

/* What run() and the ways below it share. */
struct writer {
    struct publisher publisher;
    struct delivery delivery;
    HANDLE release;  /* the event of --keep, or NULL */
    bool waits;      /* for an acknowledgement of each text */
    bool incomplete; /* a text was rejected or overwritten */
    bool timed_out;
    uint64_t line; /* of the last text, 0 if it was none of several */
};

/* Sends one text. An error of this text alone is reported and sets `incomplete`; the next one can
 * be sent. Errors: those after which nothing more can be sent. */
static DWORD send_one(struct writer *writer, struct text_to_send text, bool waits)
{
    deadline_time deadline = wait_deadline(settings.timeout_ms);
    writer->line = text.line;
    DWORD error = publisher_encode(&writer->publisher, &text);
    if (error == ERROR_SUCCESS)
        error = waits ? delivery_send(&writer->delivery, &text, deadline)
                      : publisher_put(&writer->publisher, &text, false, deadline);
    bool only_this = error == ERROR_NO_UNICODE_TRANSLATION || error == ERROR_BAD_LENGTH ||
                     error == ERROR_CANCELLED;
    writer->incomplete |= only_this;
    return only_this ? ERROR_SUCCESS : error;
}

/* Gives back what is held, after `error`, which counts first. */
static DWORD give_back(struct writer *writer, DWORD error)
{
    DWORD back_error =
        writer->waits ? delivery_pause(&writer->delivery) : publisher_unlock(&writer->publisher);
    return error != ERROR_SUCCESS ? error : back_error;
}

/* The exit status of an attempt to send a text, with its error reported; a time-out was reported by
 * publisher.c or delivery.c. */
static int outcome(struct writer *writer, DWORD error)
{
    const char *name = writer->publisher.mapping.name;
    if (error == ERROR_SUCCESS)
        return writer->incomplete ? UNDELIVERED : DONE;
    if (error == WAIT_TIMEOUT) {
        if (writer->line != 0)
            report_error("line %" PRIu64 " and what follows were not delivered", writer->line);
        writer->timed_out = true;
        return UNDELIVERED;
    }
    report_system(error, "cannot write to the mapping %s", name);
    if (error == ERROR_INVALID_DATA)
        report_error("another program has overwritten its control data: use another --name");
    return FAILED;
}

static int input_failed(DWORD error)
{
    report_input(error, "give TEXT, or pipe a text into writer");
    return FAILED;
}

/* A line that may be the last one, which --keep does not wait for. */
struct held {
    char *bytes;
    struct text_to_send text; /* `line` is 0 if none is held */
};

/* Sends the line that is held, if any, and holds this one instead. */
static DWORD hold(struct writer *writer, struct held *held, struct text_to_send text)
{
    DWORD error =
        held->text.line != 0 ? send_one(writer, held->text, writer->waits) : ERROR_SUCCESS;
    if (error != ERROR_SUCCESS)
        return error;
    held->text = text;
    if (text.bytes == NULL)
        return ERROR_SUCCESS;
    char *larger = realloc(held->bytes, (size_t)text.count + 1);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(larger, text.bytes, (size_t)text.count);
    held->text.bytes = held->bytes = larger;
    return ERROR_SUCCESS;
}

/* Sends the lines that have been read. */
static DWORD send_lines(struct writer *writer, struct input *input, struct held *held)
{
    struct text_to_send text = {0};
    enum input_result result;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS &&
           (result = input_next(input, &text.bytes, &text.count)) != INPUT_MORE) {
        text.line = input->number;
        if (settings.interval_ms != NOT_GIVEN && text.line > 1) {
            publisher_unlock(&writer->publisher);
            Sleep((DWORD)settings.interval_ms);
        }
        if (result == INPUT_INVALID) {
            char why[80];
            snprintf(why, sizeof why, " is not valid in code page %" PRIu32, input->code_page);
            publisher_reject(&writer->publisher, text.line, why);
            writer->incomplete = true;
        } else if (settings.keep && writer->waits) {
            error = hold(writer, held, text);
        } else {
            error = send_one(writer, text, writer->waits);
        }
        if (error == ERROR_SUCCESS)
            error = publisher_unlock_in_time(&writer->publisher);
    }
    return error;
}

static int send_piped(struct writer *writer, HANDLE handle)
{
    struct input input = {.handle = handle,
                          .from = settings.from,
                          .longest = 4 * (uint64_t)publisher_text_bytes(&writer->publisher)};
    struct held held = {NULL, {0}};
    DWORD error = ERROR_SUCCESS, input_error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && input_error == ERROR_SUCCESS && !input.ended) {
        input_error = input_fill(&input);
        if (input_error == ERROR_SUCCESS)
            error = give_back(writer, send_lines(writer, &input, &held));
    }
    if (error == ERROR_SUCCESS && held.text.line != 0)
        error = give_back(writer, send_one(writer, held.text, false));
    input_close(&input);
    free(held.bytes);
    return input_error != ERROR_SUCCESS ? input_failed(input_error) : outcome(writer, error);
}

static int send_typed(struct writer *writer, HANDLE console)
{
    bool ended = false;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && !ended) {
        char *line;
        size_t bytes;
        report_prompt("> ");
        error = typed_read_line(console, &line, &bytes, &ended);
        if (error != ERROR_SUCCESS)
            return input_failed(error);
        if (!ended) /* Ctrl+Z leaves the cursor in the line */
            report_answered();
        struct text_to_send text = {.bytes = line, .count = bytes};
        if (!ended || bytes > 0)
            error = give_back(writer, send_one(writer, text, false));
    }
    report_prompt("");
    return outcome(writer, error);
}

/* The one message of TEXT, --env or --whole; the caller frees its bytes. Errors are reported. */
static DWORD get_text(char **words, struct text_to_send *text)
{
    char *bytes;
    size_t count = 0;
    DWORD error;
    if (settings.variable != NULL) {
        error = single_from_variable(settings.variable, &bytes, &count);
        if (error == ERROR_ENVVAR_NOT_FOUND)
            report_error("the environment variable %s is not defined: set it first, or give TEXT",
                         settings.variable);
        else if (error != ERROR_SUCCESS)
            report_system(error, "cannot read the environment variable %s", settings.variable);
    } else if (settings.whole) {
        error = single_from_input(GetStdHandle(STD_INPUT_HANDLE), &bytes, &count);
        if (error != ERROR_SUCCESS)
            input_failed(error);
    } else {
        error = single_from_words(words, &bytes, &count);
        if (error != ERROR_SUCCESS)
            report_system(error, "cannot join the words");
    }
    if (error == ERROR_SUCCESS && count >= LARGEST_SIZE - 2) {
        report_error("the input has %" PRIu64 " bytes, a mapping holds at most %" PRIu64,
                     (uint64_t)count, LARGEST_SIZE - 2);
        error = ERROR_FILE_TOO_LARGE;
    }
    *text = (struct text_to_send){.bytes = bytes, .count = count, .is_encoded = settings.whole};
    return error;
}

/* True, and reported, if options cannot be combined. */
static bool has_conflict(bool has_words, bool typed)
{
    bool whole = settings.whole, variable = settings.variable != NULL;
    bool one_text = has_words || whole || variable;
    bool interval = settings.interval_ms != NOT_GIVEN;
    const struct {
        bool conflict;
        const char *option, *other;
    } pairs[] = {
        {variable && has_words, "--env", "TEXT"},
        {variable && whole, "--env", "--whole"},
        {variable && interval, "--env", "--interval"},
        {whole && has_words, "--whole", "TEXT"},
        {whole && interval, "--whole", "--interval"},
        {has_words && interval, "--interval", "TEXT"},
        {one_text && settings.from != ENCODING_AUTO, "--from",
         variable ? "--env"
         : whole  ? "--whole"
                  : "TEXT"},
        {typed && interval, "--interval", "typed lines"},
        {settings.release && has_words, "--release", "TEXT"},
        {settings.release && variable, "--release", "--env"},
        {settings.release && whole, "--release", "--whole"},
        {settings.release && settings.keep, "--release", "--keep"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].conflict) {
            report_error("%s cannot be combined with %s", pairs[i].option, pairs[i].other);
            return true;
        }
    return false;
}

static int release_keepers(void)
{
    const char *name = settings.publisher.name;
    deadline_time deadline = wait_deadline(settings.timeout_ms);
    DWORD error = keep_release(name, wait_deadline(wait_left(deadline, NOTE_MS)));
    if (error == WAIT_TIMEOUT && wait_left(deadline, 1) > 0) {
        report_note("waiting for a writer that keeps %s to end; Ctrl+C gives up", name);
        error = keep_release(name, deadline);
        if (error == ERROR_FILE_NOT_FOUND)
            return DONE;
    }
    if (error == ERROR_SUCCESS)
        return DONE;
    if (error == ERROR_FILE_NOT_FOUND)
        report_error("no writer keeps the mapping %s", name);
    else if (error == WAIT_TIMEOUT)
        report_error("timed out: a writer still keeps the mapping %s", name);
    else
        advice_mapping(error, "release", name);
    return error == ERROR_FILE_NOT_FOUND || error == WAIT_TIMEOUT ? UNDELIVERED : FAILED;
}

static int keep(const struct writer *writer, HANDLE input)
{
    const char *name = writer->publisher.mapping.name;
    report_note("keeping %s open until %swriter --name %s --release", name,
                console_is(input) ? "a key is pressed or " : "", name);
    DWORD error = keep_wait(writer->release, input, settings.timeout_ms);
    if (error == ERROR_SUCCESS)
        return DONE;
    if (error == WAIT_TIMEOUT) {
        report_error("timed out: %s is no longer kept (--timeout)", name);
        return UNDELIVERED;
    }
    report_system(error, "cannot wait for the end of --keep");
    return FAILED;
}

/* Opens what is needed before the first text. The status: DONE, or why not. */
static int open_writer(struct writer *writer)
{
    DWORD error =
        publisher_open(&writer->publisher, &settings.publisher, wait_deadline(settings.timeout_ms));
    const struct mapping *mapping = &writer->publisher.mapping;
    if (error != ERROR_SUCCESS)
        return error == WAIT_TIMEOUT ? UNDELIVERED : FAILED;
    if (writer->waits && delivery_open(&writer->delivery, &writer->publisher) != ERROR_SUCCESS)
        return FAILED;
    error = settings.keep ? keep_open(&writer->release, mapping->name) : ERROR_SUCCESS;
    if (error != ERROR_SUCCESS) {
        report_system(error, "cannot create %s.release, which ends --keep", mapping->name);
        return FAILED;
    }
    return DONE;
}

/* Notes that the text of a writer that does not wait may be gone before anybody has seen it. */
static void note_short_life(const struct writer *writer, bool typed)
{
    if (writer->publisher.mapping.created && !writer->waits && !typed && !settings.keep)
        report_note("no other program had %s open: its text is gone when this writer ends, unless "
                    "one has opened it by then",
                    writer->publisher.mapping.name);
}

static int send_all(struct writer *writer, const struct text_to_send *text, HANDLE input)
{
    bool console = text == NULL && console_is(input);
    if (text != NULL)
        return outcome(writer, give_back(writer, send_one(writer, *text, writer->waits)));
    if (console || typed_is(input))
        report_note("writing to %s, up to %" PRIu32 " bytes a line; Ctrl+D ends",
                    writer->publisher.mapping.name, publisher_text_bytes(&writer->publisher));
    return console ? send_typed(writer, input) : send_piped(writer, input);
}

static int run(char **words)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    bool one_text = words[0] != NULL || settings.variable != NULL || settings.whole;
    bool typed = !one_text && typed_is(input);
    if (has_conflict(words[0] != NULL, typed))
        return FAILED;
    bool newest_wins = typed || settings.no_wait || settings.publisher.plain ||
                       settings.interval_ms != NOT_GIVEN || (one_text && settings.keep);
    struct writer writer = {.waits = !newest_wins};
    console_end_with(writer.waits ? UNDELIVERED : DONE);
    if (settings.release)
        return release_keepers();
    struct text_to_send text = {0};
    if (one_text && get_text(words, &text) != ERROR_SUCCESS)
        return FAILED;
    if (settings.whole)
        settings.publisher.text_room =
            text.count + encoding_nul_bytes(settings.publisher.code_page);
    int status = open_writer(&writer);
    if (status == DONE) {
        status = send_all(&writer, one_text ? &text : NULL, input);
        note_short_life(&writer, typed);
        int kept =
            settings.keep && status != FAILED && !writer.timed_out ? keep(&writer, input) : DONE;
        status = kept > status ? kept : status;
    }
    free((void *)text.bytes);
    delivery_close(&writer.delivery);
    publisher_close(&writer.publisher);
    object_close(&writer.release);
    return status;
}

int wmain(int argc, wchar_t **wide)
{
    char **words;
    int status;
    if (!options_take(&program, argc, wide, &words, &status))
        return status;
    status = run(words);
    console_restore();
    return status;
}
