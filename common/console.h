/*
 * Keys, lines and characters of a console, and bytes where there is none. Whether a handle is a
 * console is asked of GetConsoleMode; a mintty terminal is a pipe.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <windows.h>

bool console_is(HANDLE handle);

/* The same of a handle to write to: that of `> con` may not be read from, which GetConsoleMode asks
 * for ("GetConsoleMode", Microsoft Learn). */
bool console_shows(HANDLE handle);

/*
 * Writes UTF-8 text of `bytes` bytes. On a console it is shown by WriteConsoleW, control characters
 * other than tab and line ends escaped; elsewhere it goes out byte for byte.
 * Errors: ERROR_BROKEN_PIPE or ERROR_NO_DATA if nobody reads the pipe any more, ERROR_DISK_FULL,
 * ...
 */
DWORD console_write(HANDLE handle, const char *utf8, size_t bytes);

/* Writes bytes as they are, console or not. Errors as above. */
DWORD console_write_bytes(HANDLE handle, const void *bytes, size_t count);

/*
 * Reads what has come into a pipe or lies in a file, at least one byte. A write of no bytes into a
 * pipe is read as such ("ReadFile", Microsoft Learn) and is not its end. Errors: ERROR_HANDLE_EOF.
 */
DWORD console_read_bytes(HANDLE input, void *bytes, size_t room, DWORD *count);

/*
 * Reads a line that is typed and edited at the console `input`. `*line` is UTF-8 without its end,
 * of `*bytes` bytes, valid until the next call. `*ended` is set at Ctrl+Z or Ctrl+D, which also end
 * a line, or when the console is gone; the line is then what came before. Changes the console's
 * mode as far as it needs: call console_restore at the end. Errors: ERROR_NOT_ENOUGH_MEMORY, ...
 */
DWORD console_read_line(HANDLE input, char **line, size_t *bytes, bool *ended);

/*
 * Waits up to `timeout_ms` for a key of a console: key-down only, no bare modifiers; one character
 * is one key, though it is two UTF-16 units or is typed by Alt and digits. Changes the console's
 * mode as above. If `input` is no console, each line that can be read is a key, and what bounds the
 * wait for it is the watch (watch.h).
 * `*character` is the key's, or the line's if that is one character long, else 0.
 * Errors: WAIT_TIMEOUT, ERROR_HANDLE_EOF when the input has ended.
 */
DWORD console_read_key(HANDLE input, DWORD timeout_ms, wchar_t *character);

/* From now on Ctrl+C, Ctrl+Break, closing the window and shutting down restore the console and end
 * the process with this status. May be called again to change the status. */
void console_end_with(UINT status);

/* Puts back the mode that was changed; call it before the handle is closed. */
void console_restore(void);

#endif
