/* The ways of reading. */
#include "ways.h"

#include "advice.h"
#include "console.h"
#include "inspect.h"
#include "report.h"

#define ESCAPE L'\x1B'
#define CTRL_C L'\x03'

/* The status after writing to stdout. */
static int written(DWORD error)
{
    if (error == ERROR_SUCCESS)
        return DONE;
    if (error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA || error == ERROR_PIPE_NOT_CONNECTED)
        return CLOSED;
    report_system(error, "cannot write the output");
    return FAILED;
}

static bool is_open(const struct reader *reader)
{
    return reader->source.mapping.view != NULL;
}

static DWORD open_source(struct reader *reader)
{
    struct source *source = &reader->source;
    DWORD error = source_open(source);
    if (error == ERROR_SUCCESS && source->mapping.created && source->mapping.stand_in)
        advice_stand_in(source->name, source->mapping.name);
    return error;
}

/* Notes once that the range does not lie in the view. */
static void note_clamped(const struct source *source)
{
    size_t offset, bytes;
    source_range(source, &offset, &bytes);
    bool whole = bytes > 0 && (source->length == UINT64_MAX || bytes == source->length);
    if (source->ranged && !whole)
        report_note("the view has %lu bytes: showing %lu from offset %lu on",
                    (unsigned long)source->mapping.bytes, (unsigned long)bytes,
                    (unsigned long)offset);
}

static DWORD print_dump(const struct reader *reader)
{
    return reader->form == PRINT_RAW ? print_raw(&reader->source) : print_hex(&reader->source);
}

/* Shows the range if it has changed since it was shown, or `always`. */
static int show_dump(struct reader *reader, bool always, bool *shown)
{
    size_t offset, bytes;
    source_range(&reader->source, &offset, &bytes);
    uint64_t digest = reader->way == FOLLOW ? source_digest(&reader->source) : 0;
    *shown = bytes > 0 && (always || reader->shown == 0 || digest != reader->digest);
    reader->digest = digest;
    return *shown ? written(print_dump(reader)) : DONE;
}

/* How many messages came and were overwritten between the last one of ours and this. */
static uint32_t count_missed(struct reader *reader, const struct sight *sight)
{
    uint32_t number = sight->message.number;
    uint32_t distance = message_distance(number, reader->last_number);
    bool first = !reader->looked;
    reader->looked = true;
    if (sight->ours || first)
        reader->last_number = number;
    /* A number that went back is another program's doing. */
    return first || !sight->ours || distance == 0 || distance > INT32_MAX / 2 ? 0 : distance - 1;
}

/* Shows the message or text if it is another than was shown last, or `always`. */
static int show_text(struct reader *reader, bool always, bool *shown)
{
    struct source *source = &reader->source;
    struct sight sight;
    DWORD error = source_take(source, &sight);
    if (error == ERROR_SUCCESS) {
        bool new = source_is_new(source, &sight);
        uint32_t missed = count_missed(reader, &sight);
        *shown = (new || always) && (sight.ours || sight.count > 0);
        error = new ? source_mark(source, &sight) : ERROR_SUCCESS;
        if (missed > 0 && reader->way == FOLLOW && reader->form == PRINT_TEXT)
            report_note("%lu message%s missed", (unsigned long)missed, missed == 1 ? "" : "s");
        if (error == ERROR_SUCCESS && *shown) {
            int status = written(print_sight(source, &sight, missed, reader->form == PRINT_JSON));
            if (status == DONE)
                source_acknowledge(source, &sight);
            return status;
        }
    }
    if (error == ERROR_SUCCESS)
        return DONE;
    report_system(error, "cannot read the mapping %s", source->mapping.name);
    if (error == ERROR_BUSY)
        report_error("its control data changes all the time, as no writer does it: --hex shows it");
    return FAILED;
}

static int show(struct reader *reader, bool always, bool *shown)
{
    source_refresh(&reader->source);
    int status = reader->form == PRINT_RAW || reader->form == PRINT_HEX
                     ? show_dump(reader, always, shown)
                     : show_text(reader, always, shown);
    reader->shown += *shown && status == DONE;
    return status;
}

static bool is_complete(const struct reader *reader)
{
    return reader->count != 0 && reader->shown >= reader->count;
}

static int read_by_key(struct reader *reader)
{
    const char *name = reader->source.name;
    report_note("reading %s; any key reads it again, q, Esc or Ctrl+C ends", name);
    for (;;) {
        bool shown = false;
        int status = DONE;
        DWORD error = is_open(reader) ? ERROR_SUCCESS : open_source(reader);
        if (error == ERROR_SUCCESS) {
            status = show(reader, true, &shown);
        } else if (error != ERROR_FILE_NOT_FOUND) {
            advice_report(error, "open", name);
            return FAILED;
        }
        if (status != DONE || is_complete(reader))
            return status;
        if (!shown)
            report_note(is_open(reader) ? "nothing is there yet"
                                        : "nothing is there yet: no program holds the mapping");
        wchar_t key = 0;
        error = console_read_key(GetStdHandle(STD_INPUT_HANDLE), reader->timeout_ms, &key);
        if (error == WAIT_TIMEOUT) {
            report_error("no key was pressed in time");
            return NOTHING;
        }
        if (error == ERROR_HANDLE_EOF || key == L'q' || key == L'Q' || key == ESCAPE ||
            key == CTRL_C)
            return DONE;
        if (error != ERROR_SUCCESS) {
            report_system(error, "cannot read a key");
            return FAILED;
        }
    }
}

static int read_once(struct reader *reader)
{
    bool shown = false;
    DWORD error = open_source(reader);
    if (error != ERROR_SUCCESS) {
        advice_report(error, "open", reader->source.name);
        return error == ERROR_FILE_NOT_FOUND ? NOTHING : FAILED;
    }
    note_clamped(&reader->source);
    int status = show(reader, true, &shown);
    if (status != DONE || shown)
        return status;
    report_error("nothing is in %s %s yet; --wait waits for it",
                 reader->source.ranged ? "that part of the mapping" : "the mapping",
                 reader->source.mapping.name);
    return NOTHING;
}

/* Looks, and opens the mapping before if it has to; shown or not, DONE if nothing went wrong. */
static int look(struct reader *reader, bool *shown)
{
    if (!is_open(reader)) {
        DWORD error = open_source(reader);
        if (error == ERROR_FILE_NOT_FOUND) {
            reader->looked = true; /* whatever comes is counted from its beginning */
            return DONE;
        }
        if (error != ERROR_SUCCESS) {
            advice_report(error, "open", reader->source.name);
            return FAILED;
        }
        note_clamped(&reader->source);
    }
    return show(reader, false, shown);
}

/* --wait and --follow: the first ends with the first message. */
static int read_as_it_comes(struct reader *reader)
{
    if (reader->way == WAIT && reader->count == 0)
        reader->count = 1;
    ULONGLONG start = GetTickCount64();
    for (;;) {
        bool shown = false;
        int status = look(reader, &shown);
        if (status != DONE || is_complete(reader))
            return status;
        ULONGLONG now = GetTickCount64();
        if (shown) {
            start = now;
            continue;
        }
        DWORD left = INFINITE;
        if (reader->timeout_ms != INFINITE) {
            if (now - start >= reader->timeout_ms) {
                report_error("no message came within the time in the mapping %s",
                             reader->source.name);
                return NOTHING;
            }
            left = reader->timeout_ms - (DWORD)(now - start);
        }
        source_wait(&reader->source, left);
    }
}

static int print_info(struct reader *reader)
{
    DWORD error = open_source(reader);
    if (error != ERROR_SUCCESS) {
        advice_report(error, "open", reader->source.name);
        return error == ERROR_FILE_NOT_FOUND ? NOTHING : FAILED;
    }
    return written(inspect_print(&reader->source, reader->form == PRINT_JSON));
}

static int print_list(const struct reader *reader)
{
    size_t found = 0;
    DWORD error = inspect_list(reader->pattern, reader->form == PRINT_JSON, &found);
    if (error != ERROR_SUCCESS && found == 0) {
        report_system(error, "cannot list mappings");
        return FAILED;
    }
    if (found == 0) {
        report_error("no named mapping%s exists", reader->pattern != NULL ? " of that name" : "");
        return NOTHING;
    }
    return written(error);
}

int reader_run(struct reader *reader)
{
    struct source *source = &reader->source;
    console_end_with(reader->way == WAIT ? NOTHING : DONE);
    if (source->name == NULL) {
        /* As the documented program does; a mapping of another program's is never created. */
        source->may_create = (reader->way == BY_KEY || reader->way == FOLLOW) && !source->ranged &&
                             (reader->form == PRINT_TEXT || reader->form == PRINT_JSON);
        source->name = MAPPING_NAME;
    }
    switch (reader->way) {
    case BY_KEY:
        return read_by_key(reader);
    case ONCE:
        return read_once(reader);
    case WAIT:
    case FOLLOW:
        return read_as_it_comes(reader);
    case INFO:
        return print_info(reader);
    default:
        return print_list(reader);
    }
}
