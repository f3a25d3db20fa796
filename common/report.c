/* Notes and errors on stderr. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "encoding.h"

#define LINE_BYTES 2048 /* of a message, which may have two names; a longer one is cut */

static const char *program_name = "";
static bool at_prompt; /* the cursor is behind one */
bool report_is_quiet;

/* A failure to write to stderr has nowhere to be told. What came from outside, such as a name,
 * makes no line of its own. */
static void put_line(const char *format, va_list arguments, const char *end)
{
    char message[LINE_BYTES], line[2 * LINE_BYTES], shown[4 * sizeof line];
    vsnprintf(message, sizeof message, format, arguments);
    snprintf(line, sizeof line, "%s: %s%s", program_name, message, end);
    const unsigned char *start = (const unsigned char *)line;
    struct text text = {start, start + strlen(line), TEXT_UTF8};
    size_t count = 0;
    while (text.at < text.end)
        count += text_put_in_line(text_next(&text, NULL), shown + count);
    memcpy(shown + count, "\r\n", 2);
    report_prompt("");
    console_write(CONSOLE_ERROR, shown, count + 2);
}

void report_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!report_is_quiet)
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
    DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS |
                  FORMAT_MESSAGE_MAX_WIDTH_MASK; /* blanks for line ends */
    DWORD length = FormatMessageW(flags, NULL, error, 0, wide, sizeof wide / sizeof wide[0], NULL);
    while (length > 0 && wide[length - 1] == L' ')
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

void report_start(const char *program)
{
    program_name = program;
}

/* Wine tells of a closed handle by ERROR_INVALID_FUNCTION where a shell has closed it. */
void report_input(DWORD error, const char *advice)
{
    if (error == ERROR_INVALID_HANDLE || error == ERROR_INVALID_FUNCTION)
        report_error("standard input is closed: %s", advice);
    else
        report_system(error, "cannot read the input");
}

void report_prompt(const char *text)
{
    if (at_prompt)
        console_write(CONSOLE_ERROR, "\r\n", 2);
    at_prompt = text[0] != '\0' && !report_is_quiet;
    if (at_prompt)
        console_write(CONSOLE_ERROR, text, strlen(text));
}

void report_answered(void)
{
    at_prompt = false;
}
