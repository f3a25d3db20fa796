/* Lines from a pipe or a file, decoded to UTF-8. */
#ifndef INPUT_H
#define INPUT_H

#include <windows.h>

#include <stdbool.h>
#include <stdint.h>

struct input {
    /* Set before the first call. */
    HANDLE handle;
    uint32_t from;    /* a code page of encoding_parse, or ENCODING_AUTO */
    uint64_t longest; /* bytes of UTF-8: longer lines need not be kept */

    uint64_t number;    /* of the line that was taken last, from 1 */
    uint32_t code_page; /* the lines are decoded from it; known after the first input_fill */
    bool ended;         /* after INPUT_MORE: there are no more lines */

    char *buffer;            /* bytes as they came */
    size_t start, end, room; /* of the buffer; what is between start and end was not taken yet */
    size_t searched;         /* bytes behind start in which there is no line end */
    uint64_t skipped;        /* bytes of the present line that were dropped: it is too long */
    char *decoded;           /* lines as UTF-8, behind memory for encoding_to_utf8 */
    size_t decoded_end, decoded_room;
    bool started;    /* a byte order mark has been looked for */
    bool at_end;     /* the handle gives no more */
    bool falls_back; /* the next input_fill changes from UTF-8 to the console's code page */
    bool fell_back;  /* it has done so */
};

enum input_result {
    INPUT_MORE,   /* no line was taken: call input_fill, unless `ended` is set */
    INPUT_LINE,   /* a line was taken */
    INPUT_INVALID /* a line was taken that is not valid in `code_page` */
};

/*
 * Takes the next line that has been read, as UTF-8, without its LF or CR LF; the last line of the
 * input needs no end. `*line`, of `*bytes` bytes, is valid until input_fill; nothing is terminated.
 * `*line` is NULL if the line is invalid, or longer than `longest` and not kept; `*bytes` is then
 * its length in the input. Reports nothing and does not block.
 */
enum input_result input_next(struct input *input, const char **line, uint64_t *bytes);

/*
 * Reads more, waiting for it. Call it until `ended` is set, and after each call call input_next
 * until that returns INPUT_MORE.
 *
 * ENCODING_AUTO is UTF-16 if the input begins with its byte order mark, else UTF-8. The first line
 * that is not valid UTF-8, and all lines after it, are decoded from the console's output code page
 * instead, or from the OEM code page if there is no console or its code page is UTF-8. A note tells
 * so; it is written here, not in input_next, which may be called under a lock. If `from` is UTF-8,
 * lines are not checked. A leading byte order mark is dropped if it is one of the encoding.
 * Errors: ERROR_NOT_ENOUGH_MEMORY and those of ReadFile.
 */
DWORD input_fill(struct input *input);

void input_close(struct input *input);

/* Reads all bytes to the end, as they are. The caller frees `*bytes`, also after an error. Errors:
 * ERROR_NOT_ENOUGH_MEMORY and those of ReadFile. */
DWORD input_read_all(HANDLE handle, char **bytes, size_t *count);

#endif
