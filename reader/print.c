/* What was seen, on stdout. */
#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"

#define HEX_BLOCK 16384 /* bytes that are copied out at a time */

void print_add(struct print *output, const char *bytes, size_t count)
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

void print_string(struct print *output, const char *string)
{
    print_add(output, string, strlen(string));
}

void print_number(struct print *output, uint64_t value)
{
    char digits[TEXT_DECIMAL];
    print_string(output, text_decimal(digits, value));
}

void print_json(struct print *output, struct text text)
{
    print_string(output, "\"");
    while (text.at < text.end) {
        char character[TEXT_PUT_MAX];
        size_t count = text_put_json(text_next(&text, NULL), character);
        print_add(output, character, count);
    }
    print_string(output, "\"");
}

void print_json_string(struct print *output, const char *utf8)
{
    const unsigned char *start = (const unsigned char *)utf8;
    print_json(output, (struct text){start, start + strlen(utf8), TEXT_UTF8});
}

void print_time(struct print *output, uint64_t time)
{
    FILETIME file_time = {(DWORD)time, (DWORD)(time >> 32)};
    SYSTEMTIME at = {0};
    char line[64];
    FileTimeToSystemTime(&file_time, &at); /* a time that is none stays 0000-00-00 */
    snprintf(line, sizeof line, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", at.wYear, at.wMonth, at.wDay,
             at.wHour, at.wMinute, at.wSecond, at.wMilliseconds);
    print_string(output, line);
}

DWORD print_end(struct print *output)
{
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    if (!output->failed)
        error = console_write(GetStdHandle(STD_OUTPUT_HANDLE), output->bytes, output->count);
    free(output->bytes);
    *output = (struct print){0};
    return error;
}

static void add_json(struct print *output, const struct source *source, const struct sight *sight,
                     struct text text)
{
    print_string(output, "{\"name\":");
    print_json_string(output, source->mapping.name);
    print_string(output, ",\"number\":");
    if (sight->ours) {
        print_number(output, sight->message.number);
        print_string(output, ",\"missed\":");
        print_number(output, sight->missed);
        print_string(output, ",\"process_id\":");
        print_number(output, sight->message.process_id);
        print_string(output, ",\"time\":\"");
        print_time(output, sight->message.time);
        print_string(output, "\"");
    } else {
        print_string(output, "null,\"missed\":0,\"process_id\":null,\"time\":null");
    }
    print_string(output, ",\"text\":");
    print_json(output, text);
    print_string(output, "}");
}

/* UTF-8 byte for byte, other encodings as UTF-8. */
static void add_text(struct print *output, struct text text)
{
    if (text.code_page == TEXT_UTF8)
        print_add(output, (const char *)text.at, (size_t)(text.end - text.at));
    else
        while (text.at < text.end) {
            char character[4];
            size_t count = text_put_utf8(text_next(&text, NULL), character);
            print_add(output, character, count);
        }
}

DWORD print_sight(const struct source *source, const struct sight *sight, bool json)
{
    struct text text;
    void *memory;
    DWORD error = encoding_decode(sight->code_page, sight->bytes, sight->count, &text, &memory);
    if (error != ERROR_SUCCESS)
        return error;
    struct print output = {0};
    if (json)
        add_json(&output, source, sight, text);
    else
        add_text(&output, text);
    print_string(&output, "\r\n");
    free(memory);
    return print_end(&output);
}

DWORD print_raw(const struct source *source)
{
    size_t offset, bytes;
    source_range(source, &offset, &bytes);
    /* Straight from the view, and so without a look at it. */
    return console_write_bytes(GetStdHandle(STD_OUTPUT_HANDLE),
                               (const char *)source->mapping.view + offset, bytes);
}

/* Lines that repeat the one before are left out behind a single *, as hexdump -C does. */
DWORD print_hex(const struct source *source)
{
    size_t offset, bytes;
    source_range(source, &offset, &bytes);
    unsigned char earlier[16];
    bool repeats = false, first = true;
    DWORD error = ERROR_SUCCESS;
    while (bytes > 0 && error == ERROR_SUCCESS) {
        static unsigned char block[HEX_BLOCK];
        struct print output = {0};
        size_t part = bytes < HEX_BLOCK ? bytes : HEX_BLOCK;
        message_copy(source->region, offset, block, part);
        for (size_t at = 0; at < part; at += 16) {
            char line[TEXT_HEX_LINE] = "";
            size_t count = part - at < 16 ? part - at : 16;
            bool same = !first && count == 16 && memcmp(earlier, block + at, 16) == 0;
            if (!same)
                print_add(&output, line, text_hex_line(line, offset + at, block + at, count));
            else if (!repeats)
                print_string(&output, "*\r\n");
            repeats = same;
            first = false;
            memcpy(earlier, block + at, count);
        }
        offset += part;
        bytes -= part;
        if (bytes == 0) {
            char line[TEXT_HEX_LINE] = "";
            print_add(&output, line, text_hex_line(line, offset, NULL, 0));
        }
        error = print_end(&output);
    }
    return error;
}
