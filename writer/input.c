/* Lines from a pipe or a file, decoded to UTF-8. */
#include "input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "report.h"

#define BLOCK (64u * 1024)

/* True if the code unit at `at` is this ASCII character. */
static bool is_unit(const struct input *input, const char *at, char wanted)
{
    size_t low = input->code_page == TEXT_UTF16BE;
    return at[low] == wanted && (encoding_nul_bytes(input->code_page) == 1 || at[1 - low] == 0);
}

/* The LF of the next line, NULL if it was not read yet. */
static const char *find_line_end(struct input *input)
{
    const char *start = input->buffer + input->start;
    size_t left = input->end - input->start, unit = encoding_nul_bytes(input->code_page);
    size_t at = input->searched;
    if (unit == 1) {
        const char *end = left > at ? memchr(start + at, '\n', left - at) : NULL;
        at = end != NULL ? (size_t)(end - start) : left;
    } else {
        while (left - at >= unit && !is_unit(input, start + at, '\n'))
            at += unit;
    }
    input->searched = at;
    return left - at >= unit ? start + at : NULL;
}

/* Decodes the line of `*bytes` bytes at `*line`. INPUT_MORE means: fall back first. */
static enum input_result decode(struct input *input, const char **line, uint64_t *bytes)
{
    size_t count = (size_t)*bytes;
    if (input->code_page == TEXT_UTF8) {
        if (input->from == TEXT_UTF8 || text_is_valid(*line, count, TEXT_UTF8))
            return INPUT_LINE;
        return input->from == ENCODING_AUTO && !input->fell_back ? INPUT_MORE : INPUT_INVALID;
    }
    char *utf8 = input->decoded + input->decoded_end;
    if (!encoding_to_utf8(input->code_page, *line, count, (wchar_t *)input->decoded, utf8, &count))
        return INPUT_INVALID;
    input->decoded_end += count;
    *line = utf8;
    *bytes = count;
    return INPUT_LINE;
}

enum input_result input_next(struct input *input, const char **line, uint64_t *bytes)
{
    const char *start = input->buffer + input->start;
    size_t unit = encoding_nul_bytes(input->code_page);
    const char *end = find_line_end(input);
    size_t length = end != NULL ? (size_t)(end - start) : input->end - input->start;
    size_t taken = length + (end != NULL ? unit : 0);
    if (end == NULL && (!input->at_end || (length == 0 && input->skipped == 0)))
        return INPUT_MORE;
    if (end != NULL && length >= unit && is_unit(input, end - unit, '\r'))
        length -= unit;
    *line = start;
    *bytes = input->skipped + length;
    enum input_result result = input->skipped == 0 ? decode(input, line, bytes) : INPUT_LINE;
    if (result == INPUT_MORE) {
        input->falls_back = true;
        input->ended = false;
        return INPUT_MORE;
    }
    if (result == INPUT_INVALID || input->skipped > 0)
        *line = NULL;
    input->start += taken;
    input->searched = 0;
    input->skipped = 0;
    input->number++;
    return result;
}

static DWORD grow(char **memory, size_t *room, size_t wanted)
{
    char *larger = realloc(*memory, wanted);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    *memory = larger;
    *room = wanted;
    return ERROR_SUCCESS;
}

/* Makes room for another block: moves the started line to the front, drops it if it is too long
 * (except its last unit, which may be the CR of its end), or takes more memory. Bytes are up to
 * four times as many as those of UTF-8: two in UTF-16 for one, four in GB18030 for two, escape
 * sequences.
 */
static DWORD make_room(struct input *input)
{
    size_t left = input->end - input->start, unit = encoding_nul_bytes(input->code_page);
    if (left > unit && left - unit > input->longest * (input->code_page == TEXT_UTF8 ? 1 : 4)) {
        size_t dropped = (left - 1) / unit * unit;
        input->skipped += dropped;
        input->start += dropped;
        left -= dropped;
        input->searched = 0;
    }
    if (left > 0 && input->start > 0)
        memmove(input->buffer, input->buffer + input->start, left);
    input->start = 0;
    input->end = left;
    return input->room - left >= BLOCK
               ? ERROR_SUCCESS
               : grow(&input->buffer, &input->room, 2 * input->room + BLOCK);
}

/* Makes room to decode all that was read: first the UTF-16 of one line, then the UTF-8 of all
 * lines, so that each stays valid until the next fill. */
static DWORD make_decoded_room(struct input *input)
{
    size_t left = input->end - input->start;
    if (input->code_page == TEXT_UTF8)
        return ERROR_SUCCESS;
    if (left > SIZE_MAX / 5)
        return ERROR_NOT_ENOUGH_MEMORY;
    input->decoded_end = 2 * left;
    return 5 * left <= input->decoded_room ? ERROR_SUCCESS
                                           : grow(&input->decoded, &input->decoded_room, 5 * left);
}

/* Drops a byte order mark and sets the code page. `started` stays false while the beginning is too
 * short to tell. */
static void find_byte_order_mark(struct input *input)
{
    static const struct {
        char bytes[4];
        size_t count;
        uint32_t code_page;
    } marks[] = {
        {"\xEF\xBB\xBF", 3, TEXT_UTF8}, {"\xFF\xFE", 2, TEXT_UTF16}, {"\xFE\xFF", 2, TEXT_UTF16BE}};
    size_t left = input->end - input->start;
    input->code_page = input->from == ENCODING_AUTO ? TEXT_UTF8 : input->from;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t count = marks[i].count;
        bool is_possible = input->from == ENCODING_AUTO || input->from == marks[i].code_page;
        if (!is_possible ||
            memcmp(input->buffer + input->start, marks[i].bytes, left < count ? left : count) != 0)
            continue;
        if (left < count && !input->at_end)
            return; /* the rest may still come */
        if (left >= count) {
            input->code_page = marks[i].code_page;
            input->start += count;
            break;
        }
    }
    input->started = true;
}

static DWORD read_block(struct input *input)
{
    DWORD read, error = make_room(input);
    if (error != ERROR_SUCCESS)
        return error;
    error = console_read_bytes(input->handle, input->buffer + input->end, input->room - input->end,
                               &read);
    input->at_end = error == ERROR_HANDLE_EOF;
    input->end += read;
    return input->at_end ? ERROR_SUCCESS : error;
}

static void fall_back(struct input *input)
{
    UINT code_page = GetConsoleOutputCP();
    input->code_page = code_page != 0 && code_page != TEXT_UTF8 ? code_page : GetOEMCP();
    input->falls_back = false;
    input->fell_back = true;
    report_note("line %" PRIu64 " is not UTF-8: reading the input as code page %" PRIu32
                " from there on (--from names another)",
                input->number + 1, input->code_page);
}

DWORD input_fill(struct input *input)
{
    DWORD error = ERROR_SUCCESS;
    if (input->falls_back) {
        fall_back(input);
    } else {
        do {
            error = read_block(input);
            if (error == ERROR_SUCCESS && !input->started)
                find_byte_order_mark(input);
        } while (error == ERROR_SUCCESS && !input->started);
    }
    input->ended = input->at_end;
    return error == ERROR_SUCCESS ? make_decoded_room(input) : error;
}

void input_close(struct input *input)
{
    free(input->buffer);
    free(input->decoded);
    input->buffer = input->decoded = NULL;
}

DWORD input_read_all(HANDLE handle, char **bytes, size_t *count)
{
    size_t room = 0;
    DWORD error = ERROR_SUCCESS;
    *bytes = NULL;
    *count = 0;
    while (error == ERROR_SUCCESS) {
        DWORD read = 0;
        if (room - *count < BLOCK)
            error = grow(bytes, &room, 2 * room + BLOCK);
        if (error == ERROR_SUCCESS)
            error = console_read_bytes(handle, *bytes + *count, room - *count, &read);
        *count += read;
    }
    return error == ERROR_HANDLE_EOF ? ERROR_SUCCESS : error;
}
