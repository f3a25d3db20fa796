/* How what is there is copied out of a mapping. */
#include "view.h"

#include <stdlib.h>

#include "encoding.h"
#include "guess.h"

#define GUESS_BYTES 4096      /* of a text, from which its encoding is guessed */
#define BUSY_MS     2000      /* until control data that changes all the time is given up */
#define MOST_BYTES  INT32_MAX /* of a plain string */

void view_close(struct view *view)
{
    mapping_close(&view->mapping);
    view->region = mapping_region(&view->mapping);
}

void view_free(struct view *view)
{
    free(view->copy);
    view->copy = NULL;
}

bool view_is_range(const struct view *view)
{
    const struct view_options *options = view->options;
    return options->offset != NOT_GIVEN || options->length != NOT_GIVEN;
}

void view_range(const struct view *view, size_t *offset, size_t *count)
{
    const struct view_options *options = view->options;
    uint64_t from = options->offset != NOT_GIVEN ? options->offset : 0;
    size_t bytes = view->mapping.bytes;
    *offset = from < bytes ? (size_t)from : bytes;
    *count = from == 0 ? view->mapping.committed : mapping_readable(&view->mapping, from);
    if (options->length < *count)
        *count = (size_t)options->length;
}

bool view_is_blank(const struct view *view)
{
    if (message_capacity(view->region, NULL) != 0)
        return true; /* what lies there is our control data */
    for (size_t at = 0; at < view->region.count; at++) {
        uint32_t word;
        message_copy(view->region, 4 * at, &word, 4);
        if (word != 0)
            return false;
    }
    return true;
}

static DWORD make_room(struct view *view, size_t room)
{
    if (room <= view->room)
        return ERROR_SUCCESS;
    unsigned char *larger = realloc(view->copy, room);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    view->copy = larger;
    view->room = room;
    return ERROR_SUCCESS;
}

/* The range as view_range tells it. Errors: ERROR_HANDLE_EOF, ERROR_INVALID_ADDRESS. */
static DWORD find_range(const struct view *view, size_t *offset, size_t *count)
{
    view_range(view, offset, count);
    if (*count > 0)
        return ERROR_SUCCESS;
    return *offset < view->mapping.bytes ? ERROR_INVALID_ADDRESS : ERROR_HANDLE_EOF;
}

static UINT guess_utf16_order(const unsigned char *bytes, size_t count)
{
    if (guess_utf16(bytes, count))
        return TEXT_UTF16;
    return count >= 4 && bytes[0] == 0xFE && bytes[1] == 0xFF ? TEXT_UTF16BE : ENCODING_AUTO;
}

/* Copies a string behind the `at` bytes that were copied before: up to its NUL, at most `most`
 * bytes from the offset on. `*code_page` may be ENCODING_AUTO: then the first part decides whether
 * it is UTF-16. */
static DWORD copy_string(struct view *view, size_t at, size_t offset, size_t most, UINT *code_page,
                         size_t *bytes)
{
    size_t count = 0, part = 0, length = 0;
    while (count < most && length == part) {
        part = count == 0 ? GUESS_BYTES : count;
        if (part > most - count)
            part = most - count;
        DWORD error = make_room(view, at + count + part);
        if (error != ERROR_SUCCESS)
            return error;
        unsigned char *to = view->copy + at + count;
        message_copy(view->region, offset + count, to, part);
        if (count == 0 && *code_page == ENCODING_AUTO)
            *code_page = guess_utf16_order(to, part);
        length = text_length(to, part, *code_page);
        count += length;
    }
    *bytes = count;
    return ERROR_SUCCESS;
}

/* Copies the plain string that is there, from the range or as far as the capacity. */
static DWORD copy_plain(struct view *view, struct sight *sight, UINT recorded)
{
    size_t offset, most;
    view_range(view, &offset, &most);
    uint32_t capacity = message_capacity(view->region, NULL);
    if (!view_is_range(view) && capacity != 0 && most > capacity)
        most = capacity;
    UINT code_page =
        view->options->code_page != ENCODING_AUTO ? view->options->code_page : recorded;
    DWORD error = copy_string(view, 0, offset, most < MOST_BYTES ? most : MOST_BYTES, &code_page,
                              &sight->count);
    sight->bytes = view->copy;
    sight->code_page = code_page != ENCODING_AUTO || error != ERROR_SUCCESS
                           ? code_page
                           : encoding_guess(view->copy, sight->count);
    return error;
}

/* Copies out what is there: a message, or a plain string. */
DWORD view_copy_text(struct view *view, struct sight *sight)
{
    size_t offset, count;
    DWORD range_error = find_range(view, &offset, &count);
    if (range_error != ERROR_SUCCESS)
        return range_error;
    ULONGLONG start = GetTickCount64();
    for (;;) {
        enum message_result result =
            message_snapshot(view->region, &sight->message, view->copy, view->room);
        DWORD error = ERROR_SUCCESS;
        bool ours = result == MESSAGE_WHOLE || result == MESSAGE_TOO_LONG;
        UINT recorded = ours && view_is_range(view) ? sight->message.code_page : ENCODING_AUTO;
        if (view_is_range(view))
            result = MESSAGE_PLAIN; /* bytes of the view, whoever wrote them */
        switch (result) {
        case MESSAGE_WHOLE:
            sight->ours = true;
            sight->bytes = view->copy;
            sight->count = sight->message.length;
            sight->code_page = view->options->code_page != ENCODING_AUTO ? view->options->code_page
                                                                         : sight->message.code_page;
            return ERROR_SUCCESS;
        case MESSAGE_PLAIN:
            error = copy_plain(view, sight, recorded);
            /* A message may have come meanwhile, and be what was copied. */
            if (error != ERROR_SUCCESS || view_is_range(view) ||
                message_number(view->region) == sight->message.number)
                return error;
            break;
        case MESSAGE_TOO_LONG:
            error = make_room(view, (size_t)sight->message.length + 1);
            break;
        case MESSAGE_BUSY:
            Sleep(1);
            break;
        }
        if (error != ERROR_SUCCESS)
            return error;
        if (GetTickCount64() - start > BUSY_MS)
            return ERROR_BUSY;
    }
}

/* Race: more than SETTLE_BYTES are not copied; what is written out may be newer than what was
 * compared. Then the next look finds a change, and it is written once more. */
DWORD view_copy_range(struct view *view, struct sight *sight)
{
    size_t offset, count;
    DWORD error = find_range(view, &offset, &count);
    if (error != ERROR_SUCCESS)
        return error;
    sight->count = count;
    sight->bytes = (const unsigned char *)view->mapping.view + offset;
    if (count > SETTLE_BYTES)
        return ERROR_SUCCESS;
    error = make_room(view, count);
    if (error == ERROR_SUCCESS)
        message_copy(view->region, offset, view->copy, count);
    sight->bytes = view->copy;
    return error;
}

DWORD view_copy_parts(struct view *view, struct sight *sight)
{
    const struct view_options *options = view->options;
    size_t view_bytes = view->mapping.bytes;
    for (size_t i = 0; i < options->part_count; i++) {
        const struct view_part *part = &options->parts[i];
        UINT code_page = part->code_page;
        bool to_end = part->bytes == NOT_GIVEN;
        view->beyond = i;
        if (part->offset >= view_bytes || (!to_end && part->bytes > view_bytes - part->offset))
            return ERROR_HANDLE_EOF;
        size_t offset = (size_t)part->offset, readable = mapping_readable(&view->mapping, offset);
        size_t bytes = to_end ? readable : (size_t)part->bytes;
        if (readable == 0 || bytes > readable)
            return ERROR_INVALID_ADDRESS;
        DWORD error = code_page == 0
                          ? make_room(view, sight->count + bytes)
                          : copy_string(view, sight->count, offset, bytes, &code_page, &bytes);
        if (error == ERROR_SUCCESS && code_page == 0)
            message_copy(view->region, offset, view->copy + sight->count, bytes);
        if (error != ERROR_SUCCESS)
            return error;
        view->part_bytes[i] = bytes;
        sight->count += bytes;
    }
    sight->bytes = view->copy;
    return ERROR_SUCCESS;
}
