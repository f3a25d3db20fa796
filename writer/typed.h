/* Lines that are typed at a console. */
#ifndef TYPED_H
#define TYPED_H

#include <stdbool.h>
#include <windows.h>

/* True if somebody types what is read from the handle: it is a console, or a pipe that is the
 * terminal of mintty and others (Cygwin, MSYS2, Git Bash), which say so by its name. */
bool typed_is(HANDLE handle);

/*
 * Reads a line that is typed and edited at the console `input`. `*line` is UTF-8 without its end,
 * of `*bytes` bytes, valid until the next call. `*ended` is set at Ctrl+Z or Ctrl+D, which also end
 * a line, or when the console is gone; the line is then what came before. Changes the console's
 * mode as far as it needs: call console_restore at the end. Errors: ERROR_NOT_ENOUGH_MEMORY, ...
 */
DWORD typed_read_line(HANDLE input, char **line, size_t *bytes, bool *ended);

#endif
