/* A mapping redrawn in place. */
#include "live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "screen.h"

#define USUAL_INTERVAL_MS 100
#define MARK_MS           1000 /* what has changed stands out for so long */
#define HEX_ROW           16   /* bytes */

/* The bytes that are shown, and when each has changed last. */
struct content {
    unsigned char *bytes;
    ULONGLONG *changed; /* in milliseconds of GetTickCount64; 0: not since it was first seen */
    size_t count, room;
    uint32_t code_page; /* of a text: one that text_next knows */
};

struct live {
    const struct command *command;
    struct source *source;
    struct screen screen;
    struct content content;
    uint64_t message;      /* its number, 0: it is no message of ours */
    bool seen, gone;       /* there was a look at the mapping; it has vanished */
    SYSTEMTIME gone_at;    /* in local time */
    ULONGLONG now;         /* of the last look, */
    ULONGLONG last_change; /* and when it found something new */
    unsigned looks, rate;  /* in this second, in the last one */
    ULONGLONG second;      /* when it began */
};

/* Takes over what was seen, and notes which bytes have changed. */
static DWORD update(struct live *live, const void *bytes, size_t count)
{
    struct content *content = &live->content;
    const unsigned char *from = bytes;
    if (count > content->room) {
        unsigned char *larger = realloc(content->bytes, count);
        if (larger != NULL)
            content->bytes = larger;
        ULONGLONG *times = realloc(content->changed, count * sizeof *times);
        if (times != NULL)
            content->changed = times;
        if (larger == NULL || times == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        content->room = count;
    }
    if (count != content->count)
        live->last_change = live->now;
    for (size_t i = 0; i < count; i++) {
        bool old = i < content->count;
        if (old && content->bytes[i] == from[i])
            continue;
        content->bytes[i] = from[i];
        content->changed[i] = live->seen ? live->now : 0;
        live->last_change = live->now;
    }
    content->count = count;
    live->seen = true;
    return ERROR_SUCCESS;
}

/* A text is kept as it is decoded, so that each character has bytes of its own. */
static DWORD update_text(struct live *live, const struct sight *sight)
{
    struct text text;
    void *memory;
    DWORD error = encoding_decode(sight->code_page, sight->bytes, sight->count, &text, &memory);
    if (error != ERROR_SUCCESS)
        return error;
    live->content.code_page = text.code_page;
    error = update(live, text.at, (size_t)(text.end - text.at));
    free(memory);
    return error;
}

/* Looks once. What is not settled yet is left for the next look. */
static DWORD look(struct live *live)
{
    struct source *source = live->source;
    bool hex = live->command->form == AS_HEX, fields = live->command->field_count > 0;
    struct sight sight;
    DWORD error = command_look(live->command, source, &sight);
    live->looks++;
    bool smaller = error == ERROR_HANDLE_EOF && live->seen;
    bool absent = error == ERROR_FILE_NOT_FOUND || error == ERROR_INVALID_ADDRESS || smaller;
    if (absent && live->seen && !live->gone)
        GetLocalTime(&live->gone_at);
    live->gone = absent && live->seen;
    if (absent)
        return ERROR_SUCCESS;
    if (error != ERROR_SUCCESS || sight.unsettled)
        return error;
    live->message = sight.ours ? sight.message.number : 0;
    size_t most = (size_t)live->screen.rows * HEX_ROW;
    if (!fields && !hex)
        error = update_text(live, &sight);
    else
        error = update(live, sight.bytes, hex && sight.count > most ? most : sight.count);
    return error;
}

/* ---- the picture ---- */

static enum screen_style style_of(const struct live *live, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < live->content.count; i++)
        if (live->content.changed[i] != 0 && live->now - live->content.changed[i] < MARK_MS)
            return SCREEN_CHANGED;
    return SCREEN_PLAIN;
}

static void put_utf8(struct screen *screen, const char *utf8, size_t bytes, enum screen_style style)
{
    const unsigned char *start = (const unsigned char *)utf8;
    struct text text = {start, start + bytes, TEXT_UTF8};
    while (text.at < text.end)
        screen_put(screen, text_next(&text, NULL), style);
}

static void draw_heading(struct live *live)
{
    char line[128] = "  q ends";
    const struct mapping *mapping = &live->source->view.mapping;
    const char *name = live->seen ? mapping->name : live->command->source.name;
    put_utf8(&live->screen, name, strlen(name), SCREEN_HEADING);
    if (live->gone)
        snprintf(line, sizeof line, "  gone since %02u:%02u:%02u  q ends", live->gone_at.wHour,
                 live->gone_at.wMinute, live->gone_at.wSecond);
    else if (!live->seen)
        snprintf(line, sizeof line, "  does not exist yet  q ends");
    else if (live->message != 0)
        snprintf(line, sizeof line, "  %" PRIu64 " bytes  message %" PRIu64 "  %u looks/s  q ends",
                 (uint64_t)mapping->bytes, live->message, live->rate);
    else
        snprintf(line, sizeof line, "  %" PRIu64 " bytes  %u looks/s  q ends",
                 (uint64_t)mapping->bytes, live->rate);
    screen_put_string(&live->screen, line, SCREEN_HEADING);
}

static void draw_text(struct live *live)
{
    const struct content *content = &live->content;
    struct text text = {content->bytes, content->bytes + content->count, content->code_page};
    bool row = screen_next_row(&live->screen);
    while (row && text.at < text.end) {
        size_t from = (size_t)(text.at - content->bytes);
        uint32_t character = text_next(&text, NULL);
        size_t to = (size_t)(text.at - content->bytes);
        if (character == '\n')
            row = screen_next_row(&live->screen);
        else if (character != '\r')
            screen_put(&live->screen, character, style_of(live, from, to));
    }
}

/* The columns of text_hex_line, byte by byte. */
static void draw_hex(struct live *live)
{
    const struct content *content = &live->content;
    size_t offset, count;
    view_range(&live->source->view, &offset, &count);
    for (size_t at = 0; at < content->count && screen_next_row(&live->screen); at += HEX_ROW) {
        size_t row = content->count - at < HEX_ROW ? content->count - at : HEX_ROW;
        char line[TEXT_HEX_LINE];
        size_t length = text_hex_line(line, offset + at, content->bytes + at, row) - strlen("\r\n");
        size_t digits = strcspn(line, " ") + 2, characters = length - 1 - row;
        for (size_t i = 0; i < length; i++) {
            size_t column = i - digits - (i >= digits + 8 * 3); /* a blank splits the bytes */
            bool hex = i >= digits && i < characters - 1 && column % 3 < 2;
            bool shown = i >= characters && i < length - 1;
            size_t byte = hex ? column / 3 : shown ? i - characters : row;
            screen_put(&live->screen, (unsigned char)line[i],
                       byte < row ? style_of(live, at + byte, at + byte + 1) : SCREEN_PLAIN);
        }
    }
}

static void draw_fields(struct live *live)
{
    const struct command *command = live->command;
    size_t width = 0, at = 0;
    for (size_t i = 0; i < command->field_count; i++)
        if (strlen(command->fields[i].key) > width)
            width = strlen(command->fields[i].key);
    for (size_t i = 0; i < command->field_count && screen_next_row(&live->screen); i++) {
        struct print output = {.options = &command->print};
        const char *key = command->fields[i].key;
        size_t bytes = live->source->view.part_bytes[i];
        struct field_value value = {live->content.bytes + at, bytes};
        put_utf8(&live->screen, key, strlen(key), SCREEN_PLAIN);
        for (size_t blanks = width + 2 - strlen(key); blanks > 0; blanks--)
            screen_put(&live->screen, ' ', SCREEN_PLAIN);
        field_print(&output, &command->fields[i], value, false);
        put_utf8(&live->screen, output.bytes, output.count, style_of(live, at, at + bytes));
        free(output.bytes);
        at += bytes;
    }
}

static DWORD draw(struct live *live)
{
    DWORD error = screen_begin(&live->screen);
    if (error != ERROR_SUCCESS)
        return error;
    draw_heading(live);
    if (!live->seen)
        screen_next_row(&live->screen);
    else if (live->command->field_count > 0)
        draw_fields(live);
    else if (live->command->form == AS_HEX)
        draw_hex(live);
    else
        draw_text(live);
    return screen_show(&live->screen);
}

/* ---- the loop ---- */

static void count_looks(struct live *live)
{
    live->now = GetTickCount64();
    if (live->now - live->second < 1000)
        return;
    live->rate = live->looks;
    live->looks = 0;
    live->second = live->now;
}

/* Until the next look, or until a key ends it: then `*ended` is set. */
static DWORD wait_for_key(const struct live *live, bool *ended)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    deadline_time next = wait_deadline(source_pause_ms(live->source, USUAL_INTERVAL_MS));
    for (DWORD left_ms; (left_ms = wait_left(next, INFINITE)) > 0 && !*ended;) {
        wchar_t key;
        DWORD error = console_read_key(input, NULL, left_ms, &key);
        if (error == WAIT_TIMEOUT)
            break;
        if (error != ERROR_SUCCESS)
            return error;
        *ended = console_key_ends(key);
    }
    return ERROR_SUCCESS;
}

static DWORD watch(struct live *live)
{
    DWORD timeout_ms = live->command->timeout_ms;
    live->second = live->last_change = GetTickCount64();
    for (bool ended = false; !ended;) {
        count_looks(live);
        DWORD error = screen_begin(&live->screen); /* how many rows there are */
        if (error == ERROR_SUCCESS)
            error = look(live);
        if (error == ERROR_SUCCESS)
            error = draw(live);
        if (error == ERROR_SUCCESS && timeout_ms != INFINITE &&
            live->now - live->last_change >= timeout_ms)
            error = WAIT_TIMEOUT;
        if (error != ERROR_SUCCESS)
            return error;
        source_rest(live->source);
        error = wait_for_key(live, &ended);
        if (error != ERROR_SUCCESS)
            return error;
    }
    return ERROR_SUCCESS;
}

DWORD live_run(const struct command *command, struct source *source)
{
    struct live live = {.command = command, .source = source};
    /* Ctrl+C becomes a key. */
    DWORD error = console_change_mode(GetStdHandle(STD_INPUT_HANDLE), 0, ENABLE_PROCESSED_INPUT);
    if (error == ERROR_SUCCESS)
        error = screen_open(&live.screen);
    if (error == ERROR_SUCCESS)
        error = watch(&live);
    screen_close(&live.screen);
    free(live.content.bytes);
    free(live.content.changed);
    return error;
}
