/*
 * reader: shows what is in a named file mapping, on each key press or as it comes.
 *
 * Here are the ways of reading; command.c takes the command line, source.c finds what is there,
 * print.c and field.c show it, live.c redraws it in place, info.c and list.c tell about mappings.
 */
#include <inttypes.h>

#include "advice.h"
#include "command.h"
#include "console.h"
#include "encoding.h"
#include "info.h"
#include "list.h"
#include "live.h"
#include "report.h"

enum { DONE = 0, NOTHING = 1, FAILED = 2 }; /* exit status */

struct reader {
    const struct command *command;
    struct source source;
    uint64_t shown; /* messages, texts or dumps */
    bool noted_binary;
    bool opened; /* the mapping was open before: what is to be noted of it was noted */
    bool closed; /* who reads our output has seen enough */
};

static bool is_complete(const struct reader *reader)
{
    return reader->closed ||
           (reader->command->count != 0 && reader->shown >= reader->command->count);
}

/* The status after writing to stdout. */
static int written(struct reader *reader, DWORD error)
{
    reader->closed =
        error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA || error == ERROR_PIPE_NOT_CONNECTED;
    if (error == ERROR_SUCCESS || (reader->closed && !reader->command->source.takes))
        return DONE;
    report_system(error, "cannot write the output%s",
                  reader->command->source.takes ? "; a taken message is lost" : "");
    return FAILED;
}

/* Once the mapping is open: what the user ought to know of it. */
static void note_opened(struct reader *reader)
{
    const struct mapping *mapping = &reader->source.view.mapping;
    size_t offset, count;
    if (reader->opened)
        return;
    reader->opened = true;
    if (mapping->created && mapping->stand_in)
        advice_stand_in(reader->command->source.name, mapping->name);
    view_range(&reader->source.view, &offset, &count);
    uint64_t bytes = mapping->bytes, length = reader->command->source.view.length;
    bool all = command_is_dump(reader->command) || length != NOT_GIVEN;
    if (!all || count == length || (length == NOT_GIVEN && count == bytes - offset))
        return;
    report_note("the mapping has %" PRIu64 " bytes: showing %" PRIu64 " from offset %" PRIu64
                " on%s",
                bytes, (uint64_t)count, (uint64_t)offset,
                count < bytes - offset ? "; what follows is reserved and not committed" : "");
}

static void report_not_found(const char *name)
{
    char alike[NAME_ROOM];
    if (!list_find_alike(name, alike)) {
        advice_mapping(ERROR_FILE_NOT_FOUND, "open", name);
        return;
    }
    report_system(ERROR_FILE_NOT_FOUND, "cannot open the mapping %s", name);
    report_error("names are case-sensitive: did you mean %s?", alike);
}

/* The status where the mapping that is needed cannot be opened or looked at. */
static int look_failed(const struct reader *reader, DWORD error)
{
    const struct mapping *mapping = &reader->source.view.mapping;
    if (error == ERROR_FILE_NOT_FOUND) {
        report_not_found(reader->command->source.name);
        return NOTHING;
    }
    if (mapping->view == NULL) {
        advice_mapping(error, "open", mapping->name);
    } else if (error == ERROR_HANDLE_EOF && reader->command->field_count > 0) {
        const struct field *field = &reader->command->fields[reader->source.view.beyond];
        report_error("field %s at offset %" PRIu64 " is beyond the end of %s, which has %" PRIu64
                     " bytes",
                     field->key, field->offset, mapping->name, (uint64_t)mapping->bytes);
    } else if (error == ERROR_HANDLE_EOF) {
        report_error("offset %" PRIu64 " is beyond the end of %s, which has %" PRIu64 " bytes",
                     reader->command->source.view.offset, mapping->name, (uint64_t)mapping->bytes);
    } else if (error == ERROR_INVALID_ADDRESS) {
        report_error("the memory at that place of %s is reserved and not committed yet: --wait "
                     "waits for it, --offset shows another place",
                     mapping->name);
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
    DWORD error = command_look(reader->command, &reader->source, sight);
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
static bool has_content(const struct reader *reader, const struct sight *sight)
{
    return sight->ours || reader->command->field_count > 0 ||
           (sight->count > 0 && !reader->command->source.takes);
}

static void note_missed(const struct reader *reader, const struct sight *sight)
{
    if (sight->missed > 0 && reader->command->form == AS_TEXT && !reader->command->source.takes)
        report_note("%" PRIu32 " message%s overwritten unseen%s", sight->missed,
                    sight->missed == 1 ? " was" : "s were",
                    reader->command->way == BY_KEY ? " since the last key" : "");
}

/* Text of another program that has control characters may be no text. */
static void note_binary(struct reader *reader, const struct sight *sight)
{
    const unsigned char *bytes = sight->bytes;
    unsigned unit = encoding_nul_bytes(sight->code_page);
    bool binary = false;
    for (size_t i = 0; i + unit <= sight->count && !binary; i += unit)
        binary = bytes[i] < 0x20 && (unit == 1 || bytes[i + 1] == 0) && bytes[i] != '\t' &&
                 bytes[i] != '\r' && bytes[i] != '\n';
    if (binary && !reader->noted_binary)
        report_note("%s looks binary: --hex shows its bytes, --field values of it",
                    reader->source.view.mapping.name);
    reader->noted_binary |= binary;
}

static DWORD print_fields(const struct reader *reader, const struct sight *sight)
{
    const struct command *command = reader->command;
    struct print output = {.options = &command->print};
    struct field_value values[VIEW_MOST_PARTS];
    const unsigned char *at = sight->bytes;
    for (size_t i = 0; i < command->field_count; at += values[i].count, i++)
        values[i] = (struct field_value){at, reader->source.view.part_bytes[i]};
    field_print_line(&output, command->fields, values, command->field_count, command->print.json);
    return print_end(&output);
}

static DWORD print(const struct reader *reader, const struct sight *sight)
{
    size_t offset, count;
    if (reader->command->field_count > 0)
        return print_fields(reader, sight);
    switch (reader->command->form) {
    case AS_BYTES:
        return print_bytes(sight);
    case AS_HEX:
        view_range(&reader->source.view, &offset, &count);
        if (reader->shown > 0) /* an empty line between two dumps */
            console_write(CONSOLE_OUT, "\r\n", 2);
        return print_hex(&reader->command->print, sight, offset);
    default:
        return print_sight(&reader->command->print, reader->source.view.mapping.name, sight);
    }
}

/* Shows what was seen, unless it is to be taken and somebody else has taken it. */
static int show(struct reader *reader, const struct sight *sight)
{
    if (reader->command->source.takes) {
        bool taken;
        DWORD error = source_take(&reader->source, sight, reader->command->timeout_ms, &taken);
        if (error == WAIT_TIMEOUT) {
            report_error("timed out: another reader is taking a message of %s and does not finish",
                         reader->source.view.mapping.name);
            return NOTHING;
        }
        if (error != ERROR_SUCCESS) {
            report_system(error, "cannot take messages of %s (NAME.shown or NAME.taker)",
                          reader->source.view.mapping.name);
            return FAILED;
        }
        if (!taken)
            return DONE;
    }
    note_missed(reader, sight);
    bool text = !command_is_dump(reader->command) && reader->command->field_count == 0;
    if (text && !sight->ours)
        note_binary(reader, sight);
    int status = written(reader, print(reader, sight));
    if (status == DONE && !reader->closed && !reader->command->peek)
        source_acknowledge(&reader->source, sight);
    reader->shown++;
    return status;
}

/* Waits for a key, or for a line where stdin is no console. The status: DONE to end, or why;
 * GOES_ON for another round. */
enum { GOES_ON = -1 };
static int wait_for_key(const struct reader *reader)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    wchar_t key = 0;
    DWORD error = console_is(input)
                      ? console_read_key(input, NULL, reader->command->timeout_ms, &key)
                      : console_read_line_as_key(input, &key);
    if (error == WAIT_TIMEOUT) {
        report_error("timed out waiting for a key");
        return NOTHING;
    }
    if (error != ERROR_SUCCESS && error != ERROR_HANDLE_EOF) {
        report_input(error, "no key can come, use --once, --wait or --follow");
        return FAILED;
    }
    return error == ERROR_HANDLE_EOF || console_key_ends(key) ? DONE : GOES_ON;
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
                        exists ? reader->source.view.mapping.name : reader->command->source.name);
        if (exists && has_content(reader, &sight))
            status = show(reader, &sight);
        else
            report_note(!exists ? "nothing is there yet: no program has the mapping open"
                        : view_is_blank(&reader->source.view)
                            ? "nothing is there yet"
                            : "no text is at its beginning; --hex shows the bytes");
        if (status == FAILED || is_complete(reader))
            return status;
        source_rest(&reader->source);
        status = wait_for_key(reader);
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
    int status = has_content(reader, &sight) ? show(reader, &sight) : DONE;
    if (status != DONE || reader->shown > 0)
        return status;
    const char *name = reader->source.view.mapping.name;
    if (reader->command->source.takes)
        report_error("no message to take is in %s; --wait waits for one", name);
    else if (view_is_range(&reader->source.view))
        report_error("no text is at that place of %s; --hex shows its bytes", name);
    else if (!view_is_blank(&reader->source.view))
        report_error("no text is at the beginning of %s; --hex shows its bytes", name);
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
    bool smaller = error == ERROR_HANDLE_EOF && reader->opened; /* than it was before */
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_INVALID_ADDRESS || smaller)
        return DONE; /* it may come */
    if (error != ERROR_SUCCESS)
        return look_failed(reader, error);
    if (reader->command->source.until_end && !sight.ours && !sight.unsettled && sight.count > 0) {
        report_error("--until-end needs a writer; another program has written to %s",
                     reader->source.view.mapping.name);
        return FAILED;
    }
    int status = sight.fresh && has_content(reader, &sight) ? show(reader, &sight) : DONE;
    *shown = reader->shown > before;
    return status;
}

/* --wait and --follow: the first ends with the first message. */
static int read_as_it_comes(struct reader *reader)
{
    deadline_time deadline = wait_deadline(reader->command->timeout_ms);
    for (bool idle = false;;) {
        bool shown = false;
        /* First this, then the look that finds what was sent by then. */
        bool ended = reader->command->source.until_end && idle && source_has_ended(&reader->source);
        int status = show_news(reader, &shown);
        if (status != DONE || is_complete(reader))
            return status;
        idle = !shown;
        if (shown)
            deadline = wait_deadline(reader->command->timeout_ms);
        if (shown && !command_is_dump(reader->command))
            continue;
        if (ended)
            return reader->command->way == FOLLOW ? DONE : NOTHING;
        DWORD left_ms = wait_left(deadline, INFINITE);
        if (left_ms == 0) {
            report_error("timed out waiting for a message in %s", reader->command->source.name);
            return NOTHING;
        }
        source_wait(&reader->source, left_ms);
    }
}

static int watch_live(struct reader *reader)
{
    DWORD error = live_run(reader->command, &reader->source);
    if (error == ERROR_SUCCESS)
        return DONE;
    if (error == WAIT_TIMEOUT) {
        report_error("timed out waiting for a change of %s", reader->command->source.name);
        return NOTHING;
    }
    return look_failed(reader, error);
}

static int print_info(struct reader *reader)
{
    DWORD error = source_open(&reader->source);
    return error == ERROR_SUCCESS
               ? written(reader, info_print(&reader->command->print, &reader->source))
               : look_failed(reader, error);
}

static int print_list(struct reader *reader)
{
    size_t found = 0;
    DWORD error = list_print(&reader->command->print, reader->command->pattern, &found);
    if (error != ERROR_SUCCESS && found == 0) {
        report_system(error, "cannot list mappings");
        return FAILED;
    }
    if (found == 0) {
        report_error("no named mapping%s exists",
                     reader->command->pattern != NULL ? " of that name" : "");
        return NOTHING;
    }
    return written(reader, error);
}

static int run(struct reader *reader)
{
    switch (reader->command->way) {
    case BY_KEY:
        return read_by_key(reader);
    case ONCE:
        return read_once(reader);
    case WAIT:
    case FOLLOW:
        return read_as_it_comes(reader);
    case LIVE:
        return watch_live(reader);
    case INFO:
        return print_info(reader);
    default:
        return print_list(reader);
    }
}

int wmain(int argc, wchar_t **wide)
{
    int status;
    struct reader reader = {.command = command_take(argc, wide, &status)};
    const struct command *command = reader.command;
    if (command == NULL)
        return status;
    /* Ctrl+C is the end of what has no other. */
    bool endless = command->way == BY_KEY || command->way == FOLLOW || command->way == LIVE;
    console_end_with(endless && command->count == 0 ? DONE : NOTHING);
    source_start(&reader.source, &command->source);
    status = run(&reader);
    source_close(&reader.source);
    console_restore();
    return status;
}
