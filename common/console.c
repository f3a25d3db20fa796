/* Keys, lines and characters of a console, and bytes where there is none. */
#include "console.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define CHUNK         512        /* UTF-16 units of output that are put together */
#define MOST_AT_ONCE  (1u << 20) /* bytes of one call */
#define LEAST_AT_ONCE (1u << 12) /* to a pipe in the mode PIPE_NOWAIT, */
#define RETRY_MS      10         /* which is tried again after so long */

/* Changed by the main thread before it reads, read by the threads that end the process. Race: an
 * end in the middle of a change may leave the console's mode as it is set, or set it once more. */
static HANDLE changed_input;
static DWORD saved_mode;
static volatile LONG end_status;

bool console_is(HANDLE handle)
{
    DWORD mode;
    return GetConsoleMode(handle, &mode) != 0;
}

struct stream {
    HANDLE handle; /* NULL: not looked at yet */
    bool shows, is_pipe;
};

/* A socket counts as a pipe by its type alone. */
static bool is_pipe(HANDLE handle)
{
    return GetFileType(handle) == FILE_TYPE_PIPE &&
           GetNamedPipeInfo(handle, NULL, NULL, NULL, NULL) != 0;
}

static const struct stream *find_stream(enum console_stream which)
{
    static struct stream streams[CONSOLE_STREAMS];
    struct stream *stream = &streams[which];
    if (stream->handle == NULL) {
        DWORD written;
        stream->handle = GetStdHandle(which == CONSOLE_OUT ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
        stream->shows = GetFileType(stream->handle) == FILE_TYPE_CHAR &&
                        (console_is(stream->handle) ||
                         WriteConsoleW(stream->handle, L"", 0, &written, NULL) != 0);
        stream->is_pipe = is_pipe(stream->handle);
    }
    return stream;
}

bool console_shows(enum console_stream stream)
{
    return find_stream(stream)->shows;
}

/* A pipe in the mode PIPE_NOWAIT, as Cygwin and MSYS2 leave some, does not block: it takes what it
 * has room for, or nothing. */
DWORD console_write_bytes(enum console_stream which, const void *bytes, size_t count)
{
    const struct stream *stream = find_stream(which);
    const char *at = bytes;
    size_t most = MOST_AT_ONCE;
    while (count > 0) {
        DWORD written = 0;
        if (!WriteFile(stream->handle, at, (DWORD)(count < most ? count : most), &written, NULL))
            return GetLastError();
        if (written == 0 && !stream->is_pipe)
            return ERROR_DISK_FULL;
        if (written == 0) {
            most = most / 2 > LEAST_AT_ONCE ? most / 2 : LEAST_AT_ONCE;
            Sleep(RETRY_MS);
        }
        at += written;
        count -= written;
    }
    return ERROR_SUCCESS;
}

DWORD console_read_bytes(HANDLE input, void *bytes, size_t room, DWORD *count)
{
    DWORD error;
    do {
        *count = 0;
        bool read = ReadFile(input, bytes, room < MOST_AT_ONCE ? (DWORD)room : MOST_AT_ONCE, count,
                             NULL) != 0;
        error = read ? ERROR_SUCCESS : GetLastError();
        if (error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED)
            error = ERROR_HANDLE_EOF;
        if (error == ERROR_NO_DATA)
            Sleep(RETRY_MS);
    } while (error == ERROR_NO_DATA || (error == ERROR_SUCCESS && *count == 0 && is_pipe(input)));
    return error == ERROR_SUCCESS && *count == 0 ? ERROR_HANDLE_EOF : error;
}

static DWORD write_units(HANDLE handle, const uint16_t *units, size_t count)
{
    while (count > 0) {
        DWORD written = 0;
        if (!WriteConsoleW(handle, units, (DWORD)count, &written, NULL))
            return GetLastError();
        if (written == 0)
            return ERROR_WRITE_FAULT;
        units += written;
        count -= written;
    }
    return ERROR_SUCCESS;
}

static DWORD write_characters(HANDLE handle, struct text text)
{
    uint16_t units[CHUNK];
    size_t count = 0;
    DWORD error = ERROR_SUCCESS;
    while (text.at < text.end && error == ERROR_SUCCESS) {
        uint32_t character = text_next(&text, NULL);
        struct text ahead = text;
        uint32_t next = character == '\r' && ahead.at < ahead.end ? text_next(&ahead, NULL) : 0;
        char escape[TEXT_PUT_MAX];
        size_t length = text_put_escape(character, next, escape);
        for (size_t i = 0; i < length; i++)
            units[count++] = (uint16_t)escape[i];
        if (length == 0)
            count += text_put_utf16(character, units + count);
        if (count > CHUNK - TEXT_PUT_MAX || text.at == text.end) {
            error = write_units(handle, units, count);
            count = 0;
        }
    }
    return error;
}

DWORD console_write(enum console_stream which, const char *utf8, size_t bytes)
{
    const struct stream *stream = find_stream(which);
    const unsigned char *start = (const unsigned char *)utf8;
    return stream->shows
               ? write_characters(stream->handle, (struct text){start, start + bytes, TEXT_UTF8})
               : console_write_bytes(which, utf8, bytes);
}

void console_restore(void)
{
    if (changed_input != NULL)
        SetConsoleMode(changed_input, saved_mode);
    changed_input = NULL;
}

DWORD console_change_mode(HANDLE input, DWORD set, DWORD cleared)
{
    DWORD mode;
    if (!GetConsoleMode(input, &mode))
        return GetLastError();
    DWORD wanted = (mode | set) & ~cleared;
    if (wanted == mode)
        return ERROR_SUCCESS;
    if (changed_input == NULL) {
        saved_mode = mode;
        changed_input = input;
    }
    return SetConsoleMode(input, wanted) ? ERROR_SUCCESS : GetLastError();
}

static bool is_modifier(WORD key)
{
    return key == VK_SHIFT || key == VK_CONTROL || key == VK_MENU || key == VK_CAPITAL ||
           key == VK_NUMLOCK || key == VK_SCROLL || key == VK_LWIN || key == VK_RWIN;
}

/* A keypad digit while Alt is held is a part of a character, which arrives when Alt is released.
 * Pasted characters that are on no key arrive the same way. AltGr is Ctrl and Alt. */
static bool is_alt_digit(const KEY_EVENT_RECORD *key)
{
    bool alt = (key->dwControlKeyState & (LEFT_ALT_PRESSED | RIGHT_ALT_PRESSED)) != 0;
    bool other =
        (key->dwControlKeyState & (LEFT_CTRL_PRESSED | RIGHT_CTRL_PRESSED | ENHANCED_KEY)) != 0;
    WORD code = key->wVirtualKeyCode;
    bool off = (code >= VK_PRIOR && code <= VK_DOWN) || code == VK_INSERT || code == VK_CLEAR;
    return alt && !other && ((code >= VK_NUMPAD0 && code <= VK_NUMPAD9) || off);
}

static bool is_press(const KEY_EVENT_RECORD *key)
{
    wchar_t character = key->uChar.UnicodeChar;
    if (character >= 0xDC00 && character <= 0xDFFF)
        return false; /* the second unit of a character whose first was the press */
    if (!key->bKeyDown)
        return key->wVirtualKeyCode == VK_MENU && character != 0; /* Alt and digits */
    return !is_modifier(key->wVirtualKeyCode) && !is_alt_digit(key);
}

DWORD console_read_key(HANDLE input, HANDLE event, DWORD timeout_ms, wchar_t *character)
{
    /* Another program may have left virtual-terminal input on; an arrow key would then arrive as
     * Esc and more. */
    DWORD error = console_change_mode(input, 0, ENABLE_VIRTUAL_TERMINAL_INPUT);
    if (error != ERROR_SUCCESS)
        return error;
    ULONGLONG start = GetTickCount64();
    for (;;) {
        ULONGLONG passed = GetTickCount64() - start;
        DWORD left = timeout_ms == INFINITE ? INFINITE
                     : passed < timeout_ms  ? timeout_ms - (DWORD)passed
                                            : 0;
        DWORD state =
            WaitForMultipleObjects(event != NULL ? 2 : 1, (HANDLE[]){input, event}, FALSE, left);
        if (state != WAIT_OBJECT_0)
            return state == WAIT_FAILED         ? GetLastError()
                   : state == WAIT_OBJECT_0 + 1 ? ERROR_CANCELLED
                                                : WAIT_TIMEOUT;
        INPUT_RECORD record;
        DWORD count;
        if (!ReadConsoleInputW(input, &record, 1, &count))
            return GetLastError();
        if (count == 1 && record.EventType == KEY_EVENT && is_press(&record.Event.KeyEvent)) {
            const KEY_EVENT_RECORD *key = &record.Event.KeyEvent;
            bool bare = key->wVirtualKeyCode == VK_ESCAPE; /* Wine's terminal sends no character */
            *character = bare ? VK_ESCAPE : key->uChar.UnicodeChar;
            return ERROR_SUCCESS;
        }
    }
}

bool console_key_ends(wchar_t character)
{
    return character == L'q' || character == L'Q' || character == VK_ESCAPE || character == L'\x03';
}

/* Byte by byte, so that nothing of the next line is taken. */
DWORD console_read_line_as_key(HANDLE input, wchar_t *character)
{
    DWORD count = 0, read, error = ERROR_SUCCESS;
    unsigned char byte = 0;
    *character = 0;
    while (byte != '\n' && error == ERROR_SUCCESS) {
        if (byte != '\0' && byte != '\r')
            *character = count++ == 0 ? byte : 0;
        error = console_read_bytes(input, &byte, 1, &read);
    }
    return error == ERROR_HANDLE_EOF && count > 0 ? ERROR_SUCCESS : error; /* no end is needed */
}

/* Nothing else needs an orderly end: Windows closes handles and views, gives up the mutex, and the
 * latch keeps the message whole. */
static BOOL WINAPI end_process(DWORD event)
{
    /* Only services are told of it, for whichever user logs off ("HandlerRoutine callback
     * function", Microsoft Learn). To pass it on would end this process. */
    if (event == CTRL_LOGOFF_EVENT)
        return TRUE;
    console_restore();
    ExitProcess((UINT)end_status);
}

void console_end_with(UINT status)
{
    static bool installed;
    InterlockedExchange(&end_status, (LONG)status);
    if (!installed)
        installed = SetConsoleCtrlHandler(end_process, TRUE) != 0;
}
