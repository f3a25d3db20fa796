/* Lines from a pipe or a file. */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"

#define BLOCK (64u * 1024)

/* The LF of the next line, NULL if it was not read yet. */
static const char *find_line_end(struct input *input)
{
    const char *start = input->buffer + input->start;
    size_t left = input->end - input->start;
    const char *end = left > input->searched
                          ? memchr(start + input->searched, '\n', left - input->searched)
                          : NULL;
    input->searched = end != NULL ? (size_t)(end - start) : left;
    return end;
}

bool input_next(struct input *input, const char **line, uint64_t *bytes)
{
    const char *start = input->buffer + input->start;
    const char *end = find_line_end(input);
    size_t length = input->searched;
    if (end == NULL && (!input->ended || (length == 0 && input->skipped == 0)))
        return false;
    input->start += length + (end != NULL);
    input->searched = 0;
    if (end != NULL && length > 0 && start[length - 1] == '\r')
        length--;
    *bytes = input->skipped + length;
    *line = input->skipped == 0 ? start : NULL;
    input->skipped = 0;
    input->number++;
    return true;
}

/* Makes room for another block: moves the started line to the front, drops it if it is too long to
 * be of use (but for its last byte, which may be the CR of its end), or takes more memory. */
static DWORD make_room(struct input *input)
{
    size_t left = input->end - input->start;
    if (left > input->longest + 1) {
        input->skipped += left - 1;
        input->start = input->end - 1;
        left = input->searched = 1;
    }
    if (left > 0 && input->start > 0)
        memmove(input->buffer, input->buffer + input->start, left);
    input->start = 0;
    input->end = left;
    if (input->room - left >= BLOCK)
        return ERROR_SUCCESS;
    size_t room = 2 * input->room + BLOCK;
    char *larger = realloc(input->buffer, room);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    input->buffer = larger;
    input->room = room;
    return ERROR_SUCCESS;
}

static void drop_byte_order_mark(struct input *input)
{
    size_t left = input->end - input->start;
    bool begins = memcmp(input->buffer + input->start, "\xEF\xBB\xBF", left < 3 ? left : 3) == 0;
    if (begins && left < 3 && !input->ended)
        return; /* the rest may still come */
    input->started = true;
    if (begins && left >= 3)
        input->start += 3;
}

DWORD input_fill(struct input *input)
{
    do {
        DWORD error = make_room(input);
        if (error != ERROR_SUCCESS)
            return error;
        DWORD read;
        error = console_read_bytes(input->handle, input->buffer + input->end,
                                   input->room - input->end, &read);
        if (error != ERROR_SUCCESS && error != ERROR_HANDLE_EOF)
            return error;
        input->ended = error == ERROR_HANDLE_EOF;
        input->end += read;
        if (!input->started)
            drop_byte_order_mark(input);
    } while (!input->started);
    return ERROR_SUCCESS;
}

void input_close(struct input *input)
{
    free(input->buffer);
    input->buffer = NULL;
}
