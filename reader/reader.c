/*
 * reader: shows what is in a named file mapping, on each key press or as it comes.
 *
 * Here are the command line and the ways of reading; source.c finds what is there, print.c shows
 * it, info.c and list.c tell about mappings.
 */
#include <inttypes.h>

#include "advice.h"
#include "console.h"
#include "encoding.h"
#include "info.h"
#include "list.h"
#include "options.h"
#include "report.h"

#define ESCAPE L'\x1B'
#define CTRL_C L'\x03'

enum { DONE = 0, NOTHING = 1, FAILED = 2 }; /* exit status */

enum { BY_KEY, ONCE, WAIT, FOLLOW, INFO, LIST };
enum { AS_TEXT, AS_JSON, AS_BYTES, AS_HEX };

/* What the command line says. */
static struct {
    struct source_options source;
    struct print_options print;
    int way, form;
    uint64_t count; /* messages to show, 0: no end */
    uint32_t timeout_ms;
    bool take, peek, until_end;
} settings = {.source = {.code_page = ENCODING_AUTO,
                         .offset = SOURCE_NOT_GIVEN,
                         .length = SOURCE_NOT_GIVEN,
                         .interval_ms = SOURCE_NOT_GIVEN},
              .print = {.code_page = TEXT_UTF8},
              .timeout_ms = INFINITE};

static const struct option_line options[] = {
    {"once", '1', NULL, "print what is there, else exit status 1", OPTION_CHOICE, &settings.way,
     ONCE, 0},
    {"wait", 'w', NULL, "the same, but wait for it", OPTION_CHOICE, &settings.way, WAIT, 0},
    {"follow", 'f', NULL, "print each message as it comes", OPTION_CHOICE, &settings.way, FOLLOW,
     0},
    {"take", 0, NULL, "only messages that no reader has shown, each to one\ntaker", OPTION_SWITCH,
     &settings.take, 0, 0},
    {"peek", 0, NULL, "show without acknowledging", OPTION_SWITCH, &settings.peek, 0, 0},
    {"until-end", 0, NULL, "with --follow: end when the last writer has ended and\nall is shown",
     OPTION_SWITCH, &settings.until_end, 0, 0},
    {"count", 'c', "N", "end after N messages", OPTION_COUNT, &settings.count, 1, INT64_MAX},
    {"timeout", 't', "SEC", "longest wait for a message or a key; then exit status 1",
     OPTION_SECONDS, &settings.timeout_ms, 0, 0},
    {"name", 'n', "NAME", "mapping name (" MAPPING_NAME ")", OPTION_WORD, &settings.source.name, 0,
     0},
    {"encoding", 'e', "ENC", "auto (default), utf-8, utf-16, ansi, oem, latin-1, 1252",
     OPTION_ENCODING, &settings.source.code_page, 1, 0},
    {"to", 0, "ENC", "encoding of redirected output (utf-8)", OPTION_ENCODING,
     &settings.print.code_page, 0, 0},
    {"no-newline", 0, NULL, "print the text alone, without a line end", OPTION_SWITCH,
     &settings.print.no_newline, 0, 0},
    {"raw", 'r', NULL, "its bytes as they are", OPTION_CHOICE, &settings.form, AS_BYTES, 0},
    {"hex", 'x', NULL, "a hex dump", OPTION_CHOICE, &settings.form, AS_HEX, 0},
    {"offset", 'o', "N", "from byte N of the mapping on (10, 0x10, 64K)", OPTION_SIZE,
     &settings.source.offset, 0, INT64_MAX},
    {"length", 'l', "N", "at most N bytes", OPTION_SIZE, &settings.source.length, 1, INT64_MAX},
    {"interval", 0, "MS", "how often --follow looks at a mapping that signals\nnothing (10)",
     OPTION_COUNT, &settings.source.interval_ms, 1, INT32_MAX},
    {"info", 0, NULL, "what is known of the mapping", OPTION_CHOICE, &settings.way, INFO, 0},
    {"list", 0, "[PATTERN]", "named mappings; * and ? are wildcards", OPTION_CHOICE, &settings.way,
     LIST, 0},
    {"json", 'j', NULL, "messages, --info, --list as JSON lines", OPTION_CHOICE, &settings.form,
     AS_JSON, 0},
    OPTIONS_OF_BOTH,
};

static const struct program program = {
    "reader",
    "Usage: reader [OPTION]...\r\n"
    "Shows the text in any program's named file mapping, now and on each key press, or line if\r\n"
    "stdin is no console; q, Esc or Ctrl+C ends.\r\n",
    options,
    "Exit status: 0 done; 1 nothing to print, or not in time; 2 wrong usage or system error.\r\n"};

struct reader {
    struct source source;
    uint64_t shown; /* messages, texts or dumps */
    bool opened;    /* the mapping was open before: what is to be noted of it was noted */
    bool closed;    /* who reads our output has seen enough */
};

static bool is_dump(void)
{
    return settings.form == AS_BYTES || settings.form == AS_HEX;
}

static bool is_complete(const struct reader *reader)
{
    return reader->closed || (settings.count != 0 && reader->shown >= settings.count);
}

/* The status after writing to stdout. */
static int written(struct reader *reader, DWORD error)
{
    reader->closed =
        error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA || error == ERROR_PIPE_NOT_CONNECTED;
    if (error == ERROR_SUCCESS || (reader->closed && !settings.take))
        return DONE;
    report_system(error, "cannot write the output%s",
                  settings.take ? "; a taken message is lost" : "");
    return FAILED;
}

/* Once the mapping is open: what the user ought to know of it. */
static void note_opened(struct reader *reader)
{
    const struct mapping *mapping = &reader->source.mapping;
    size_t offset, count;
    if (reader->opened)
        return;
    reader->opened = true;
    if (mapping->created && mapping->stand_in)
        advice_stand_in(settings.source.name, mapping->name);
    source_range(&reader->source, &offset, &count);
    if (settings.source.length != SOURCE_NOT_GIVEN && count < settings.source.length)
        report_note("the mapping has %" PRIu64 " bytes: showing %" PRIu64 " from offset %" PRIu64
                    " on",
                    (uint64_t)mapping->bytes, (uint64_t)count, (uint64_t)offset);
}

/* The status where the mapping that is needed cannot be opened or looked at. */
static int look_failed(const struct reader *reader, DWORD error)
{
    const struct mapping *mapping = &reader->source.mapping;
    if (error == ERROR_FILE_NOT_FOUND) {
        advice_mapping(error, "open", settings.source.name);
        return NOTHING;
    }
    if (mapping->view == NULL) {
        advice_mapping(error, "open", mapping->name);
    } else if (error == ERROR_HANDLE_EOF) {
        report_error("offset %" PRIu64 " is beyond the end of %s, which has %" PRIu64 " bytes",
                     settings.source.offset, mapping->name, (uint64_t)mapping->bytes);
    } else {
        report_system(error, "cannot read the mapping %s", mapping->name);
        if (error == ERROR_BUSY)
            report_error("its control data changes all the time, as no writer does it: --hex "
                         "shows it");
    }
    return FAILED;
}

static DWORD look(struct reader *reader, struct sight *sight)
{
    DWORD error = is_dump() ? source_look_at_range(&reader->source, sight)
                            : source_look(&reader->source, sight);
    if (error == ERROR_SUCCESS)
        note_opened(reader);
    return error;
}

/* The same, until what is there is settled. */
static DWORD look_settled(struct reader *reader, struct sight *sight)
{
    DWORD error;
    while ((error = look(reader, sight)) == ERROR_SUCCESS && sight->unsettled)
        source_wait(&reader->source, INFINITE);
    return error;
}

/* True if there is something to show; plain strings cannot be taken. */
static bool has_content(const struct sight *sight)
{
    return sight->ours || (sight->count > 0 && !settings.take);
}

static void note_missed(const struct sight *sight)
{
    if (sight->missed > 0 && settings.form == AS_TEXT && !settings.take)
        report_note("%" PRIu32 " message%s overwritten unseen%s", sight->missed,
                    sight->missed == 1 ? " was" : "s were",
                    settings.way == BY_KEY ? " since the last key" : "");
}

static DWORD print(const struct reader *reader, const struct sight *sight)
{
    size_t offset, count;
    switch (settings.form) {
    case AS_BYTES:
        return print_bytes(sight);
    case AS_HEX:
        source_range(&reader->source, &offset, &count);
        return print_hex(&settings.print, sight, offset);
    default:
        return print_sight(&settings.print, reader->source.mapping.name, sight);
    }
}

/* Shows what was seen, unless it is to be taken and somebody else has taken it. */
static int show(struct reader *reader, const struct sight *sight)
{
    if (settings.take) {
        bool taken;
        DWORD error = source_take(&reader->source, sight, &taken);
        if (error != ERROR_SUCCESS) {
            report_system(error, "cannot take messages of %s: cannot open %s.shown",
                          reader->source.mapping.name, reader->source.mapping.name);
            return FAILED;
        }
        if (!taken)
            return DONE;
    }
    note_missed(sight);
    int status = written(reader, print(reader, sight));
    if (status == DONE && !reader->closed && !settings.peek)
        source_acknowledge(&reader->source, sight);
    reader->shown++;
    return status;
}

/* Waits for a key, or for a line where stdin is no console. The status: DONE to end, or why;
 * GOES_ON for another round. */
enum { GOES_ON = -1 };
static int wait_for_key(void)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    wchar_t key = 0;
    DWORD error = console_is(input) ? console_read_key(input, NULL, settings.timeout_ms, &key)
                                    : console_read_line_as_key(input, &key);
    if (error == WAIT_TIMEOUT) {
        report_error("timed out waiting for a key");
        return NOTHING;
    }
    if (error != ERROR_SUCCESS && error != ERROR_HANDLE_EOF) {
        report_input(error, "no key can come, use --once, --wait or --follow");
        return FAILED;
    }
    bool ends =
        error == ERROR_HANDLE_EOF || key == L'q' || key == L'Q' || key == ESCAPE || key == CTRL_C;
    return ends ? DONE : GOES_ON;
}

static int read_by_key(struct reader *reader)
{
    for (bool first = true;; first = false) {
        struct sight sight;
        int status = GOES_ON;
        DWORD error = look_settled(reader, &sight);
        bool exists = error == ERROR_SUCCESS;
        if (!exists && error != ERROR_FILE_NOT_FOUND)
            return look_failed(reader, error);
        if (first)
            report_note("reading %s; any key shows it, q or Esc ends",
                        exists ? reader->source.mapping.name : settings.source.name);
        if (exists && has_content(&sight))
            status = show(reader, &sight);
        else
            report_note(exists ? "nothing is there yet"
                               : "nothing is there yet: no program has the mapping open");
        if (status == FAILED || is_complete(reader))
            return status;
        source_rest(&reader->source);
        status = wait_for_key();
        if (status != GOES_ON)
            return status;
    }
}

static int read_once(struct reader *reader)
{
    struct sight sight;
    DWORD error = look_settled(reader, &sight);
    if (error != ERROR_SUCCESS)
        return look_failed(reader, error);
    int status = has_content(&sight) ? show(reader, &sight) : DONE;
    if (status != DONE || reader->shown > 0)
        return status;
    const char *name = reader->source.mapping.name;
    if (settings.take)
        report_error("no message to take is in %s; --wait waits for one", name);
    else if (source_is_ranged(&reader->source))
        report_error("no text is at that place of %s; --hex shows its bytes", name);
    else
        report_error("nothing is in %s yet; --wait waits for it", name);
    return NOTHING;
}

/* Looks, and shows what is new. `*shown` or not, DONE if nothing went wrong. */
static int show_news(struct reader *reader, bool *shown)
{
    struct sight sight;
    uint64_t before = reader->shown;
    DWORD error = look(reader, &sight);
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_INVALID_ADDRESS)
        return DONE; /* it may come */
    if (error != ERROR_SUCCESS)
        return look_failed(reader, error);
    if (settings.until_end && !sight.ours && !sight.unsettled && sight.count > 0) {
        report_error("--until-end needs a writer; another program has written to %s",
                     reader->source.mapping.name);
        return FAILED;
    }
    int status = sight.fresh && has_content(&sight) ? show(reader, &sight) : DONE;
    *shown = reader->shown > before;
    return status;
}

/* --wait and --follow: the first ends with the first message. */
static int read_as_it_comes(struct reader *reader)
{
    deadline_time deadline = wait_deadline(settings.timeout_ms);
    for (bool idle = false;;) {
        bool shown = false;
        /* First this, then the look that finds what was sent by then. */
        bool ended = settings.until_end && idle && source_has_ended(&reader->source);
        int status = show_news(reader, &shown);
        if (status != DONE || is_complete(reader))
            return status;
        idle = !shown;
        if (shown)
            deadline = wait_deadline(settings.timeout_ms);
        if (shown && !is_dump())
            continue;
        if (ended)
            return settings.way == FOLLOW ? DONE : NOTHING;
        DWORD left_ms = wait_left(deadline, INFINITE);
        if (left_ms == 0) {
            report_error("timed out waiting for a message in %s", settings.source.name);
            return NOTHING;
        }
        source_wait(&reader->source, left_ms);
    }
}

static int print_info(struct reader *reader)
{
    DWORD error = source_open(&reader->source);
    return error == ERROR_SUCCESS ? written(reader, info_print(&settings.print, &reader->source))
                                  : look_failed(reader, error);
}

static int print_list(struct reader *reader, const char *pattern)
{
    size_t found = 0;
    DWORD error = list_print(&settings.print, pattern, &found);
    if (error != ERROR_SUCCESS && found == 0) {
        report_system(error, "cannot list mappings");
        return FAILED;
    }
    if (found == 0) {
        report_error("no named mapping%s exists", pattern != NULL ? " of that name" : "");
        return NOTHING;
    }
    return written(reader, error);
}

/* True, and reported, if options cannot be combined. */
static bool has_conflict(void)
{
    bool about = settings.way == INFO || settings.way == LIST;
    bool decodes = settings.source.code_page != ENCODING_AUTO;
    bool ranged =
        settings.source.offset != SOURCE_NOT_GIVEN || settings.source.length != SOURCE_NOT_GIVEN;
    bool encodes = settings.print.code_page != TEXT_UTF8;
    const char *dump = settings.form == AS_HEX ? "--hex" : "--raw";
    const char *what = settings.way == INFO     ? "--info"
                       : settings.way == LIST   ? "--list"
                       : settings.way == ONCE   ? "--once"
                       : settings.way == BY_KEY ? "reading by key"
                                                : "--wait";
    const struct {
        bool conflict;
        const char *option, *other;
    } pairs[] = {
        {about && is_dump(), dump, what},
        {(about || settings.way == ONCE) && settings.count != 0, "--count", what},
        {about && decodes, "--encoding", what},
        {about && ranged, "--offset or --length", what},
        {about && settings.take, "--take", what},
        {about && settings.peek, "--peek", what},
        {about && settings.print.no_newline, "--no-newline", what},
        {settings.way == LIST && settings.source.name != NULL, "--name (it takes a PATTERN)", what},
        {is_dump() && decodes, "--encoding", dump},
        {is_dump() && settings.print.no_newline, "--no-newline", dump},
        {settings.form == AS_BYTES && encodes, "--to", dump},
        {settings.source.interval_ms != SOURCE_NOT_GIVEN &&
             (about || settings.way == ONCE || settings.way == BY_KEY),
         "--interval", what},
        {settings.form == AS_JSON && settings.print.no_newline, "--no-newline", "--json"},
        {settings.take && settings.peek, "--take", "--peek"},
        {settings.take && is_dump(), "--take", dump},
        {settings.take && ranged, "--take", "--offset or --length"},
        {settings.until_end && (settings.way == ONCE || settings.way == BY_KEY || about),
         "--until-end", what},
        {settings.until_end && is_dump(), "--until-end", dump},
        {settings.until_end && ranged, "--until-end", "--offset or --length"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].conflict) {
            report_error("%s cannot be combined with %s", pairs[i].option, pairs[i].other);
            return true;
        }
    return false;
}

/* What the options mean together; false if it was reported that they do not go together. */
static bool take_rest(char **words)
{
    if (words[0] != NULL && (settings.way != LIST || words[1] != NULL)) {
        report_error("unexpected word %s: %s", words[settings.way == LIST],
                     settings.way == LIST ? "--list takes one PATTERN"
                                          : "reader takes options only, see --help");
        return false;
    }
    if (settings.form == AS_BYTES && console_shows(CONSOLE_OUT)) {
        report_error("--raw writes bytes that a console cannot show: redirect it to a file or a "
                     "pipe, or use --hex");
        return false;
    }
    if (settings.way == BY_KEY && settings.take)
        settings.way = WAIT;
    if (settings.way == BY_KEY && is_dump())
        settings.way = ONCE;
    if (has_conflict())
        return false;
    if (settings.way == WAIT && settings.count == 0)
        settings.count = 1;
    settings.print.json = settings.form == AS_JSON;
    if (settings.source.name == NULL) {
        /* As the documented program does; a mapping of another program's is never created. */
        settings.source.may_create = (settings.way == BY_KEY || settings.way == FOLLOW) &&
                                     settings.source.offset == SOURCE_NOT_GIVEN &&
                                     settings.source.length == SOURCE_NOT_GIVEN && !is_dump();
        settings.source.name = MAPPING_NAME;
    }
    return true;
}

static int run(const char *pattern)
{
    struct reader reader = {.shown = 0};
    int status;
    /* Ctrl+C is the end of what has no other. */
    console_end_with(
        (settings.way == BY_KEY || settings.way == FOLLOW) && settings.count == 0 ? DONE : NOTHING);
    source_start(&reader.source, &settings.source);
    switch (settings.way) {
    case BY_KEY:
        status = read_by_key(&reader);
        break;
    case ONCE:
        status = read_once(&reader);
        break;
    case WAIT:
    case FOLLOW:
        status = read_as_it_comes(&reader);
        break;
    case INFO:
        status = print_info(&reader);
        break;
    default:
        status = print_list(&reader, pattern);
        break;
    }
    source_close(&reader.source);
    return status;
}

int wmain(int argc, wchar_t **wide)
{
    char **words;
    int status;
    if (!options_take(&program, argc, wide, &words, &status))
        return status;
    status = take_rest(words) ? run(words[0]) : FAILED;
    console_restore();
    return status;
}
