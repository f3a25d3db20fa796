/* Text that is put together in memory and written to stdout at once. */
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

void output_add(struct output *output, const char *bytes, size_t count)
{
    if (output->count + count > output->room) {
        size_t room = 2 * (output->count + count) + 256;
        char *larger = realloc(output->bytes, room);
        output->failed |= larger == NULL;
        if (larger == NULL)
            return;
        output->bytes = larger;
        output->room = room;
    }
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

void output_string(struct output *output, const char *string)
{
    output_add(output, string, strlen(string));
}

void output_number(struct output *output, uint64_t value)
{
    char digits[TEXT_DECIMAL];
    output_string(output, text_decimal(digits, value));
}

void output_json(struct output *output, struct text text)
{
    output_string(output, "\"");
    while (text.at < text.end) {
        char character[TEXT_PUT_MAX];
        size_t count = text_put_json(text_next(&text, NULL), character);
        output_add(output, character, count);
    }
    output_string(output, "\"");
}

void output_json_string(struct output *output, const char *utf8)
{
    const unsigned char *start = (const unsigned char *)utf8;
    output_json(output, (struct text){start, start + strlen(utf8), TEXT_UTF8});
}

void output_time(struct output *output, uint64_t time)
{
    FILETIME file_time = {(DWORD)time, (DWORD)(time >> 32)};
    SYSTEMTIME at = {0};
    char line[64];
    FileTimeToSystemTime(&file_time, &at); /* a time that is none stays 0000-00-00 */
    snprintf(line, sizeof line, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", at.wYear, at.wMonth, at.wDay,
             at.wHour, at.wMinute, at.wSecond, at.wMilliseconds);
    output_string(output, line);
}

DWORD output_end(struct output *output)
{
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    if (!output->failed)
        error = console_write(GetStdHandle(STD_OUTPUT_HANDLE), output->bytes, output->count);
    free(output->bytes);
    *output = (struct output){0};
    return error;
}
