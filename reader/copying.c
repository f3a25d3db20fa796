/* How a look copies out what is there. */
#include "copying.h"

#include <stdlib.h>

#include "encoding.h"
#include "guess.h"

#define GUESS_BYTES 4096      /* of a text, from which its encoding is guessed */
#define BUSY_MS     2000      /* until control data that changes all the time is given up */
#define MOST_BYTES  INT32_MAX /* of a plain string */

static DWORD make_room(struct source *source, size_t room)
{
    if (room <= source->room)
        return ERROR_SUCCESS;
    unsigned char *larger = realloc(source->copy, room);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    source->copy = larger;
    source->room = room;
    return ERROR_SUCCESS;
}

/* The range as source_range tells it. Errors: ERROR_HANDLE_EOF, ERROR_INVALID_ADDRESS. */
static DWORD find_range(const struct source *source, size_t *offset, size_t *count)
{
    source_range(source, offset, count);
    if (*count > 0)
        return ERROR_SUCCESS;
    return *offset < source->mapping.bytes ? ERROR_INVALID_ADDRESS : ERROR_HANDLE_EOF;
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
static DWORD copy_string(struct source *source, size_t at, size_t offset, size_t most,
                         UINT *code_page, size_t *bytes)
{
    size_t count = 0, part = 0, length = 0;
    while (count < most && length == part) {
        part = count == 0 ? GUESS_BYTES : count;
        if (part > most - count)
            part = most - count;
        DWORD error = make_room(source, at + count + part);
        if (error != ERROR_SUCCESS)
            return error;
        unsigned char *to = source->copy + at + count;
        message_copy(source->region, offset + count, to, part);
        if (count == 0 && *code_page == ENCODING_AUTO)
            *code_page = guess_utf16_order(to, part);
        length = text_length(to, part, *code_page);
        count += length;
    }
    *bytes = count;
    return ERROR_SUCCESS;
}

/* Copies the plain string that is there, from the range or as far as the capacity. */
static DWORD copy_plain(struct source *source, struct sight *sight)
{
    size_t offset, most;
    source_range(source, &offset, &most);
    uint32_t capacity = message_capacity(source->region, NULL);
    if (!source_is_ranged(source) && capacity != 0 && most > capacity)
        most = capacity;
    UINT code_page = source->options->code_page;
    DWORD error = copy_string(source, 0, offset, most < MOST_BYTES ? most : MOST_BYTES, &code_page,
                              &sight->count);
    sight->bytes = source->copy;
    sight->code_page = code_page != ENCODING_AUTO || error != ERROR_SUCCESS
                           ? code_page
                           : encoding_guess(source->copy, sight->count);
    return error;
}

/* Copies out what is there: a message, or a plain string. */
DWORD copy_text(struct source *source, struct sight *sight)
{
    size_t offset, count;
    DWORD range_error = find_range(source, &offset, &count);
    if (range_error != ERROR_SUCCESS)
        return range_error;
    ULONGLONG start = GetTickCount64();
    for (;;) {
        enum message_result result =
            message_snapshot(source->region, &sight->message, source->copy, source->room);
        DWORD error = ERROR_SUCCESS;
        if (source_is_ranged(source))
            result = MESSAGE_PLAIN; /* bytes of the view, whoever wrote them */
        switch (result) {
        case MESSAGE_WHOLE:
            sight->ours = true;
            sight->bytes = source->copy;
            sight->count = sight->message.length;
            sight->code_page = source->options->code_page != ENCODING_AUTO
                                   ? source->options->code_page
                                   : sight->message.code_page;
            return ERROR_SUCCESS;
        case MESSAGE_PLAIN:
            error = copy_plain(source, sight);
            /* A message may have come meanwhile, and be what was copied. */
            if (error != ERROR_SUCCESS || source_is_ranged(source) ||
                message_number(source->region) == sight->message.number)
                return error;
            break;
        case MESSAGE_TOO_LONG:
            error = make_room(source, (size_t)sight->message.length + 1);
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
DWORD copy_range(struct source *source, struct sight *sight)
{
    size_t offset, count;
    DWORD error = find_range(source, &offset, &count);
    if (error != ERROR_SUCCESS)
        return error;
    sight->count = count;
    sight->bytes = (const unsigned char *)source->mapping.view + offset;
    if (count > SETTLE_BYTES)
        return ERROR_SUCCESS;
    error = make_room(source, count);
    if (error == ERROR_SUCCESS)
        message_copy(source->region, offset, source->copy, count);
    sight->bytes = source->copy;
    return error;
}

DWORD copy_parts(struct source *source, struct sight *sight)
{
    const struct source_options *options = source->options;
    size_t view_bytes = source->mapping.bytes;
    for (size_t i = 0; i < options->part_count; i++) {
        const struct source_part *part = &options->parts[i];
        UINT code_page = part->code_page;
        bool to_end = part->bytes == SOURCE_NOT_GIVEN;
        source->beyond = i;
        if (part->offset >= view_bytes || (!to_end && part->bytes > view_bytes - part->offset))
            return ERROR_HANDLE_EOF;
        size_t offset = (size_t)part->offset, readable = mapping_readable(&source->mapping, offset);
        size_t bytes = to_end ? readable : (size_t)part->bytes;
        if (readable == 0 || bytes > readable)
            return ERROR_INVALID_ADDRESS;
        DWORD error = code_page == 0
                          ? make_room(source, sight->count + bytes)
                          : copy_string(source, sight->count, offset, bytes, &code_page, &bytes);
        if (error == ERROR_SUCCESS && code_page == 0)
            message_copy(source->region, offset, source->copy + sight->count, bytes);
        if (error != ERROR_SUCCESS)
            return error;
        source->part_bytes[i] = bytes;
        sight->count += bytes;
    }
    sight->bytes = source->copy;
    return ERROR_SUCCESS;
}
