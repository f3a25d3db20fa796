/* Lines that are typed at a console. */
#include "typed.h"

#include <stdint.h>
#include <stdlib.h>

#include "console.h"
#include "text.h"

#define CTRL_D 0x04
#define CTRL_Z 0x1A

/* UTF-16 units of one read: below the 64 KB that Windows documents, and more than anybody types. A
 * console host before 2023 cuts a line there. */
#define LINE_UNITS 16384

/* The names of such pipes: \msys-dd50a72ab4668b33-pty0-from-master ("mintty", tips for isatty). */
bool typed_is(HANDLE handle)
{
    union {
        FILE_NAME_INFO info;
        BYTE room[sizeof(FILE_NAME_INFO) + MAX_PATH * sizeof(wchar_t)];
    } name;
    if (console_is(handle))
        return true;
    if (GetFileType(handle) != FILE_TYPE_PIPE ||
        !GetFileInformationByHandleEx(handle, FileNameInfo, &name, sizeof name - sizeof(wchar_t)))
        return false;
    name.info.FileName[name.info.FileNameLength / sizeof(wchar_t)] = L'\0';
    const wchar_t *at = name.info.FileName;
    return (wcsncmp(at, L"\\msys-", 6) == 0 || wcsncmp(at, L"\\cygwin-", 8) == 0) &&
           wcsstr(at, L"-pty") != NULL && wcsstr(at, L"-master") != NULL;
}

/* UTF-16 as UTF-8 in memory of its own, which the next call frees. */
static DWORD keep_line(const wchar_t *units, size_t count, char **line, size_t *bytes)
{
    static char *kept;
    char *larger = realloc(kept, 3 * count + 4);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    kept = larger;
    const unsigned char *start = (const unsigned char *)units;
    struct text text = {start, start + 2 * count, TEXT_UTF16};
    *line = kept;
    *bytes = 0;
    while (text.at < text.end)
        *bytes += text_put_utf8(text_next(&text, NULL), kept + *bytes);
    return ERROR_SUCCESS;
}

/* Ctrl+Z, or Ctrl+D as in Wine's terminal, which keeps Ctrl+Z to itself. */
static const wchar_t *find_end(const wchar_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (units[i] == CTRL_Z || units[i] == CTRL_D)
            return units + i;
    return NULL;
}

DWORD typed_read_line(HANDLE input, char **line, size_t *bytes, bool *ended)
{
    static wchar_t *units;
    static size_t room;
    /* What ReadConsoleW needs to edit a line: Ctrl+C as a signal, and arrow keys as keys. */
    DWORD error =
        console_change_mode(input, ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT,
                            ENABLE_VIRTUAL_TERMINAL_INPUT);
    if (error != ERROR_SUCCESS)
        return error;
    size_t count = 0;
    *ended = false;
    for (;;) {
        if (room - count < LINE_UNITS) {
            wchar_t *larger = realloc(units, (room + LINE_UNITS) * sizeof *units);
            if (larger == NULL)
                return ERROR_NOT_ENOUGH_MEMORY;
            units = larger;
            room += LINE_UNITS;
        }
        DWORD read = 0;
        SetLastError(ERROR_SUCCESS);
        /* These end the read at once; else they are characters of the line on Windows, and nothing
         * in Wine. */
        CONSOLE_READCONSOLE_CONTROL control = {.nLength = sizeof control,
                                               .dwCtrlWakeupMask = 1ul << CTRL_Z | 1ul << CTRL_D};
        if (!ReadConsoleW(input, units + count, LINE_UNITS, &read, &control))
            return GetLastError();
        /* Ctrl+C, which is the handler's to end by: a success with nothing read ("ReadConsole",
         * Microsoft Learn). It is no end of the input. */
        if (read == 0 && GetLastError() == ERROR_OPERATION_ABORTED)
            continue;
        const wchar_t *end = find_end(units + count, read);
        *ended = read == 0 || end != NULL;
        count = end != NULL ? (size_t)(end - units) : count + read;
        if (*ended || units[count - 1] == L'\n')
            break;
    }
    if (!*ended)
        count--;
    while (count > 0 && units[count - 1] == L'\r')
        count--;
    return keep_line(units, count, line, bytes);
}
