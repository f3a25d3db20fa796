/* Notes and errors on stderr. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "encoding.h"

#define LINE_BYTES 1024

static const char *program_name = "";
static bool is_quiet;

void report_start(const char *program)
{
    program_name = program;
}

void report_quiet(void)
{
    is_quiet = true;
}

/* Appends to the line as far as there is room. */
static size_t append(char line[LINE_BYTES], size_t at, const char *format, va_list arguments)
{
    int count = vsnprintf(line + at, LINE_BYTES - at, format, arguments);
    return count < 0 || (size_t)count >= LINE_BYTES - at ? LINE_BYTES - 1 : at + (size_t)count;
}

static size_t append_text(char line[LINE_BYTES], size_t at, const char *text)
{
    size_t count = strlen(text);
    count = count < LINE_BYTES - 1 - at ? count : LINE_BYTES - 1 - at;
    memcpy(line + at, text, count);
    return at + count;
}

/* A failure to write to stderr has nowhere to be told. */
static void put_line(const char *format, va_list arguments, const char *end)
{
    char line[LINE_BYTES];
    size_t at = append_text(line, 0, program_name);
    at = append_text(line, at, ": ");
    at = append(line, at, format, arguments);
    at = append_text(line, at, end);
    at = append_text(line, at < LINE_BYTES - 2 ? at : LINE_BYTES - 3, "\r\n");
    console_write(GetStdHandle(STD_ERROR_HANDLE), line, at);
}

void report_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!is_quiet)
        put_line(format, arguments, "");
    va_end(arguments);
}

void report_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_line(format, arguments, "");
    va_end(arguments);
}

void report_system(DWORD error, const char *format, ...)
{
    wchar_t wide[256];
    DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                                  error, 0, wide, sizeof wide / sizeof wide[0], NULL);
    while (length > 0 &&
           (wide[length - 1] == L'\n' || wide[length - 1] == L'\r' || wide[length - 1] == L' '))
        length--;
    wide[length < 255 ? length : 255] = L'\0';
    char system[3 * 256], end[3 * 256 + 32];
    encoding_from_wide(wide, system, sizeof system);
    snprintf(end, sizeof end, ": %s%s(error %lu)", system, length > 0 ? " " : "", error);
    va_list arguments;
    va_start(arguments, format);
    put_line(format, arguments, end);
    va_end(arguments);
}

void report_prompt(const char *text)
{
    if (!is_quiet)
        console_write(GetStdHandle(STD_ERROR_HANDLE), text, strlen(text));
}
