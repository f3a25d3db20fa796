/*
 * reader: shows what is in a named file mapping, on each key press or as it comes.
 *
 * Here are the command line and the ways of reading; source.c takes what is there, print.c shows
 * it, info.c and list.c tell about mappings.
 */
#include <inttypes.h>

#include "console.h"
#include "encoding.h"
#include "info.h"
#include "options.h"
#include "print.h"
#include "report.h"
#include "watch.h"

#define ESCAPE    L'\x1B'
#define CTRL_C    L'\x03'
#define NOT_GIVEN UINT64_MAX /* for --offset and --length */
#define DUMP_MS   30 /* and a poll, between two dumps of a range that changes all the time */

enum { DONE = 0, NOTHING = 1, FAILED = 2 }; /* exit status */

enum { BY_KEY, ONCE, WAIT, FOLLOW, INFO, LIST };
enum { AS_TEXT, AS_JSON, AS_BYTES, AS_HEX };

static struct source source;
static int way, form;
static uint64_t count, shown; /* messages to show, 0: no end; and those that were */
static uint32_t timeout_ms = INFINITE;
static bool closed; /* who read our output has seen enough */

static const struct option_line options[] = {
    {"once", '1', NULL, "print what is there, else exit status 1", OPTION_CHOICE, &way, ONCE, 0},
    {"wait", 'w', NULL, "the same, but wait for it", OPTION_CHOICE, &way, WAIT, 0},
    {"follow", 'f', NULL, "print each message as it comes; tells how many were missed",
     OPTION_CHOICE, &way, FOLLOW, 0},
    {"count", 'c', "N", "end after N messages", OPTION_COUNT, &count, 1, INT64_MAX},
    {"timeout", 't', "SEC", "wait no longer than this; then exit status 1", OPTION_SECONDS,
     &timeout_ms, 0, 0},
    {"name", 'n', "NAME", "the mapping (" MAPPING_NAME ")", OPTION_WORD, &source.name, 0, 0},
    {"encoding", 'e', "ENC", "auto (default), utf-8, utf-16, ansi, oem, latin-1", OPTION_ENCODING,
     &source.code_page, 1, 0},
    {"raw", 'r', NULL, "its bytes as they are", OPTION_CHOICE, &form, AS_BYTES, 0},
    {"hex", 'x', NULL, "a hex dump", OPTION_CHOICE, &form, AS_HEX, 0},
    {"offset", 'o', "N", "from byte N on (10, 0x10, 64K)", OPTION_SIZE, &source.offset, 0,
     INT64_MAX},
    {"length", 'l', "N", "at most N bytes", OPTION_SIZE, &source.length, 1, INT64_MAX},
    {"info", 0, NULL, "what is known of the mapping", OPTION_CHOICE, &way, INFO, 0},
    {"list", 0, "[PATTERN]", "named mappings; * and ? are wildcards", OPTION_CHOICE, &way, LIST, 0},
    {"json", 'j', NULL, "messages, --info, --list as JSON lines", OPTION_CHOICE, &form, AS_JSON, 0},
    OPTIONS_OF_BOTH,
};

static const struct program program = {
    "reader",
    "Usage: reader [OPTION]...\r\n"
    "Shows the text in any program's named file mapping, now and on each key press, or line if\r\n"
    "stdin is no console; q, Esc or Ctrl+C ends.\r\n",
    options,
    "In mintty, start it with winpty; else it works by lines.\r\n"
    "Exit status: 0 done; 1 nothing to print; 2 wrong usage or system error.\r\n"};

/* The status after writing to stdout. */
static int written(DWORD error)
{
    closed =
        error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA || error == ERROR_PIPE_NOT_CONNECTED;
    if (error == ERROR_SUCCESS || closed)
        return DONE;
    report_system(error, "cannot write the output");
    return FAILED;
}

static bool is_dump(void)
{
    return form == AS_BYTES || form == AS_HEX;
}

static bool is_open(void)
{
    return source.mapping.view != NULL;
}

static bool is_complete(void)
{
    return closed || (count != 0 && shown >= count);
}

/* The range does not lie in the view, or not all of it. */
static void note_clamped(void)
{
    uint64_t offset, bytes;
    source_range(&source, &offset, &bytes);
    bool whole = bytes > 0 && (source.length == NOT_GIVEN || bytes == source.length);
    if (source.ranged && !whole)
        report_note("the view has %" PRIu64 " bytes: showing %" PRIu64 " from offset %" PRIu64
                    " on",
                    source.mapping.bytes, bytes, offset);
}

static DWORD open_source(void)
{
    DWORD error = source_open(&source);
    if (error != ERROR_SUCCESS)
        return error;
    if (source.mapping.created && source.mapping.stand_in)
        report_stand_in(source.name, source.mapping.name);
    note_clamped();
    return ERROR_SUCCESS;
}

/* The status where the mapping that is needed cannot be opened. */
static int refuse_to_open(DWORD error)
{
    bool missing = error == ERROR_FILE_NOT_FOUND; /* under each name that was tried */
    report_mapping(error, "open", missing ? source.name : source.mapping.name);
    return missing ? NOTHING : FAILED;
}

static int unreadable(DWORD error)
{
    report_system(error, "cannot read the mapping %s", source.mapping.name);
    if (error == ERROR_BUSY)
        report_error("its control data changes all the time, as no writer does it: --hex shows it");
    else if (error == ERROR_NOT_ENOUGH_MEMORY && source.region.missing != 0)
        report_error("it is too large for this 32-bit program: use the 64-bit one, or --offset and "
                     "--length to see a part");
    return FAILED;
}

/* Shows the range if it has changed since it was shown. Race: what is shown may be newer than what
 * was compared; then the next look finds a change and shows it once more. */
static int show_dump(bool *new)
{
    uint64_t offset, bytes;
    DWORD error = ERROR_SUCCESS;
    source_range(&source, &offset, &bytes);
    *new = bytes > 0;
    if (way != ONCE && *new)
        error = source_has_changed(&source, new);
    if (error != ERROR_SUCCESS)
        return unreadable(error);
    if (!*new)
        return DONE;
    watch_restart();
    bool read = true;
    error = print_dump(&source, form == AS_HEX, &read);
    return read ? written(error) : unreadable(error);
}

/* Shows the message or text if it is another than was shown last, or `always`. */
static int show_text(bool always, bool *new)
{
    struct sight sight;
    DWORD error = source_take(&source, &sight);
    if (error != ERROR_SUCCESS)
        return unreadable(error);
    if (sight.missed > 0 && way == FOLLOW && form == AS_TEXT)
        report_note("%" PRIu32 " message%s missed", sight.missed, sight.missed == 1 ? "" : "s");
    *new = (sight.fresh || always) && (sight.ours || sight.count > 0);
    if (!*new)
        return DONE;
    watch_restart();
    int status = written(print_sight(&source, &sight, form == AS_JSON));
    if (status == DONE && !closed)
        source_acknowledge(&source, &sight);
    return status;
}

static int show(bool always, bool *new)
{
    source_refresh(&source);
    int status = is_dump() ? show_dump(new) : show_text(always, new);
    shown += *new;
    return status;
}

static int read_by_key(void)
{
    for (bool first = true;; first = false) {
        bool new = false;
        int status = DONE;
        DWORD error = is_open() ? ERROR_SUCCESS : open_source();
        if (first && (is_open() || error == ERROR_FILE_NOT_FOUND))
            report_note("reading %s; any key shows it, q or Esc ends",
                        is_open() ? source.mapping.name : source.name);
        if (error == ERROR_SUCCESS)
            status = show(true, &new);
        else if (error != ERROR_FILE_NOT_FOUND)
            return refuse_to_open(error);
        if (status != DONE || is_complete())
            return status;
        if (!new)
            report_note(is_open() ? "nothing is there yet"
                                  : "nothing is there yet: no program holds the mapping");
        wchar_t key = 0;
        watch_restart();
        watch_for("no line has come");
        error = console_read_key(GetStdHandle(STD_INPUT_HANDLE), timeout_ms, &key);
        watch_for("the mapping could not be read");
        if (error != WAIT_TIMEOUT)
            watch_restart();
        if (error == WAIT_TIMEOUT) {
            report_error("no key was pressed in time");
            return NOTHING;
        }
        if (error != ERROR_SUCCESS && error != ERROR_HANDLE_EOF) {
            report_input(error, "no key can come, use --once, --wait or --follow");
            return FAILED;
        }
        if (error == ERROR_HANDLE_EOF || key == L'q' || key == L'Q' || key == ESCAPE ||
            key == CTRL_C)
            return DONE;
    }
}

static int read_once(void)
{
    bool new = false;
    DWORD error = open_source();
    if (error != ERROR_SUCCESS)
        return refuse_to_open(error);
    int status = show(true, &new);
    if (status != DONE || new)
        return status;
    uint64_t offset, bytes;
    source_range(&source, &offset, &bytes);
    report_error("nothing is in %s %s%s",
                 source.ranged ? "that part of the mapping" : "the mapping", source.mapping.name,
                 bytes > 0 ? " yet; --wait waits for it" : "");
    return NOTHING;
}

/* Looks, and opens the mapping before if it has to; `*new` or not, DONE if nothing went wrong. */
static int look(bool *new)
{
    if (!is_open()) {
        DWORD error = open_source();
        bool later = error == ERROR_FILE_NOT_FOUND || error == ERROR_INVALID_ADDRESS;
        source.seen.any |= later; /* what comes counts from its beginning */
        if (error != ERROR_SUCCESS)
            return later ? DONE : refuse_to_open(error);
    }
    return show(false, new);
}

/* --wait and --follow: the first ends with the first message. */
static int read_as_it_comes(void)
{
    if (way == WAIT && count == 0)
        count = 1;
    ULONGLONG start = GetTickCount64();
    for (;;) {
        bool new = false;
        int status = look(&new);
        if (status != DONE || is_complete())
            return status;
        ULONGLONG now = GetTickCount64();
        if (new) {
            start = now;
            watch_restart();
            if (!is_dump())
                continue;
            Sleep(DUMP_MS);
        }
        if (timeout_ms != INFINITE && now - start >= timeout_ms) {
            report_error("no message has come in time in the mapping %s", source.name);
            return NOTHING;
        }
        source_wait(&source, timeout_ms != INFINITE ? timeout_ms - (DWORD)(now - start) : INFINITE);
    }
}

static int print_info(void)
{
    DWORD error = open_source();
    return error == ERROR_SUCCESS ? written(info_print(&source, form == AS_JSON))
                                  : refuse_to_open(error);
}

static int print_list(const char *pattern)
{
    size_t found = 0;
    DWORD error = list_print(pattern, form == AS_JSON, &found);
    if (error != ERROR_SUCCESS && found == 0) {
        report_system(error, "cannot list mappings");
        return FAILED;
    }
    if (found == 0) {
        report_error("no named mapping%s exists", pattern != NULL ? " of that name" : "");
        return NOTHING;
    }
    return written(error);
}

/* True, and reported, if an option would have no effect beside another. */
static bool has_idle_option(void)
{
    bool about = way == INFO || way == LIST;
    bool decodes = source.code_page != ENCODING_AUTO;
    const char *dump = form == AS_HEX ? "--hex" : "--raw";
    const char *what = way == INFO   ? "--info"
                       : way == LIST ? "--list"
                       : is_dump()   ? dump
                                     : "--once";
    const struct {
        bool idle;
        const char *option, *beside;
    } pairs[] = {
        {about && is_dump(), dump, what},
        {(about || way == ONCE) && count != 0, "--count", what},
        {about && decodes, "--encoding", what},
        {about && source.ranged, "--offset or --length", what},
        {way == LIST && source.name != NULL, "--name (it takes a PATTERN)", what},
        {is_dump() && decodes, "--encoding", dump},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].idle) {
            report_error("%s has no effect beside %s: leave one of them out", pairs[i].option,
                         pairs[i].beside);
            return true;
        }
    return false;
}

/* What the options mean together, and what does not go together; false if it was reported. */
static bool take_rest(char **words)
{
    if (words[0] != NULL && (way != LIST || words[1] != NULL)) {
        report_error("unexpected word %s: %s", words[way == LIST],
                     way == LIST ? "--list takes one PATTERN"
                                 : "reader takes options only, see --help");
        return false;
    }
    if (form == AS_BYTES && console_shows(GetStdHandle(STD_OUTPUT_HANDLE))) {
        report_error("--raw writes bytes that a console cannot show: redirect it to a file or a "
                     "pipe, or use --hex");
        return false;
    }
    if (is_dump() && way == BY_KEY)
        way = ONCE;
    source.ranged = source.offset != NOT_GIVEN || source.length != NOT_GIVEN;
    if (has_idle_option())
        return false;
    if (source.offset == NOT_GIVEN)
        source.offset = 0;
    if (source.name == NULL) {
        /* As the documented program does; a mapping of another program's is never created. */
        source.may_create = (way == BY_KEY || way == FOLLOW) && !source.ranged && !is_dump();
        source.name = MAPPING_NAME;
    }
    return true;
}

static int run(const char *pattern)
{
    /* Ctrl+C is the end of what has no other. */
    console_end_with((way == BY_KEY || way == FOLLOW) && count == 0 ? DONE : NOTHING);
    switch (way) {
    case BY_KEY:
        return read_by_key();
    case ONCE:
        return read_once();
    case WAIT:
    case FOLLOW:
        return read_as_it_comes();
    case INFO:
        return print_info();
    default:
        return print_list(pattern);
    }
}

int wmain(int argc, wchar_t **wide)
{
    char **words;
    int status;
    source.offset = source.length = NOT_GIVEN;
    source.code_page = ENCODING_AUTO;
    if (!options_take(&program, argc, wide, &words, &status))
        return status;
    DWORD error = watch_start(timeout_ms, NOTHING);
    watch_for("the mapping could not be read");
    if (error != ERROR_SUCCESS)
        report_system(error, "cannot watch the time");
    status = error == ERROR_SUCCESS && take_rest(words) ? run(words[0]) : FAILED;
    source_close(&source);
    console_restore();
    return status;
}
