/* Lines from a pipe or a file. */
#ifndef INPUT_H
#define INPUT_H

#include <windows.h>

#include <stdbool.h>
#include <stdint.h>

struct input {
    HANDLE handle;
    uint64_t longest; /* bytes of a line that are worth keeping; set before the first call */

    char *buffer;
    size_t start, end, room; /* of the buffer; what is between start and end was not taken yet */
    size_t searched;         /* bytes behind start in which there is no line end */
    uint64_t skipped;        /* bytes of the present line that were dropped: it is too long */
    uint64_t number;         /* of the line that was taken last, from 1 */
    bool started, ended;
};

/*
 * Takes the next line that has been read, without its LF or CR LF; the last line of the input needs
 * no end. `*line` is valid until input_fill; it is NULL if the line was longer than `longest` and
 * not kept. `*bytes` is its whole length. False if more has to be read first.
 */
bool input_next(struct input *input, const char **line, uint64_t *bytes);

/* Reads more, waiting for it; sets `ended` at the end. A leading UTF-8 byte order mark is dropped.
 * Errors: ERROR_NOT_ENOUGH_MEMORY and those of ReadFile. */
DWORD input_fill(struct input *input);

void input_close(struct input *input);

#endif
