/*
 * Keys, lines and characters of a console, and bytes where there is none. A handle is a console if
 * GetConsoleMode says so.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <windows.h>

/* Where the programs write. Whether that is a console is found out once, at the first use. */
enum console_stream { CONSOLE_OUT, CONSOLE_ERROR, CONSOLE_STREAMS };

/* True if the handle is a console to read from. */
bool console_is(HANDLE handle);

/* True if what is written there is shown on a console. That of `> con` may not be read from, which
 * GetConsoleMode asks for ("GetConsoleMode", Microsoft Learn). */
bool console_shows(enum console_stream stream);

/*
 * Writes UTF-8 text of `bytes` bytes. On a console it is shown by WriteConsoleW, control characters
 * other than tab and line ends escaped; elsewhere it goes out byte for byte.
 * Errors: ERROR_BROKEN_PIPE or ERROR_NO_DATA if nobody reads the pipe any more, ERROR_DISK_FULL,
 * ...
 */
DWORD console_write(enum console_stream stream, const char *utf8, size_t bytes);

/* Writes bytes as they are, console or not. Errors as above. */
DWORD console_write_bytes(enum console_stream stream, const void *bytes, size_t count);

/*
 * Reads what has come into a pipe or lies in a file, at least one byte. A write of no bytes into a
 * pipe is read as such ("ReadFile", Microsoft Learn) and is not its end. Errors: ERROR_HANDLE_EOF.
 */
DWORD console_read_bytes(HANDLE input, void *bytes, size_t room, DWORD *count);

/* Sets modes of the console `input` and clears others, until console_restore. Errors: those of
 * SetConsoleMode. */
DWORD console_change_mode(HANDLE input, DWORD set, DWORD cleared);

/*
 * Waits up to `timeout_ms` for a key of the console `input`: key-down only, no bare modifiers; one
 * character is one key, though it is two UTF-16 units or is typed by Alt and digits. `*character`
 * is the key's, or 0. Changes the console's mode: call
 * console_restore at the end. Errors: WAIT_TIMEOUT; ERROR_CANCELLED if
 * `event` (may be NULL) was set.
 */
DWORD console_read_key(HANDLE input, HANDLE event, DWORD timeout_ms, wchar_t *character);

/* The same where input is no console: reads a line, as long as that takes. `*character` is the
 * line's if that has only one, else 0. Errors: ERROR_HANDLE_EOF when the input has ended. */
DWORD console_read_line_as_key(HANDLE input, wchar_t *character);

/* True for the keys that end a program: q, Q, Esc and, where it is a key, Ctrl+C. */
bool console_key_ends(wchar_t character);

/* From now on Ctrl+C, Ctrl+Break, closing the window and shutting down restore the console and end
 * the process with this status. */
void console_end_with(UINT status);

/* Puts back the mode that was changed; call it before the handle is closed. */
void console_restore(void);

#endif
