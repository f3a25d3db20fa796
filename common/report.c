/* Notes and errors on stderr. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "encoding.h"

#define LINE_BYTES 1024 /* of a message; a longer one is cut */

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

/* A failure to write to stderr has nowhere to be told. */
static void put_line(const char *format, va_list arguments, const char *end)
{
    char message[LINE_BYTES], line[2 * LINE_BYTES];
    vsnprintf(message, sizeof message, format, arguments);
    snprintf(line, sizeof line, "%s: %s%s\r\n", program_name, message, end);
    console_write(GetStdHandle(STD_ERROR_HANDLE), line, strlen(line));
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
