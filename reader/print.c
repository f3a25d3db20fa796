/* What was seen, on stdout. */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "report.h"

#define HEX_BLOCK 65536 /* bytes that are copied out at a time; a multiple of 16 */

/* A hex dump as far as it has come. */
struct hex {
    unsigned char earlier[16]; /* the last line's bytes */
    bool any, repeats;
};

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

void print_in_line(struct print *output, struct text text)
{
    while (text.at < text.end) {
        const unsigned char *at = text.at;
        bool valid = true;
        uint32_t character = text_next(&text, &valid);
        char shown[TEXT_PUT_MAX];
        if (!valid && text.code_page == TEXT_UTF16)
            character = at[0] | (uint32_t)at[1] << 8; /* half of a surrogate pair */
        size_t count = text_put_in_line(character, shown);
        print_add(output, shown, count);
    }
}

static void add_characters(struct print *output, struct text text, size_t (*put)(uint32_t, char *))
{
    while (text.at < text.end) {
        char character[TEXT_PUT_MAX];
        size_t count = put(text_next(&text, NULL), character);
        print_add(output, character, count);
    }
}

void print_json_string(struct print *output, struct text text)
{
    print_string(output, "\"");
    add_characters(output, text, text_put_json);
    print_string(output, "\"");
}

static struct text text_of(const char *utf8)
{
    const unsigned char *start = (const unsigned char *)utf8;
    return (struct text){start, start + strlen(utf8), TEXT_UTF8};
}

/* For people in two columns, with blanks for the underlines of the name. */
static void add_key(struct print *output, const char *key)
{
    if (output->options->json) {
        print_string(output, output->members++ == 0 ? "{" : ",");
        print_json_string(output, text_of(key));
        print_string(output, ":");
        return;
    }
    char column[32];
    snprintf(column, sizeof column, "%s:%*s", key, 15 - (int)strlen(key), "");
    for (char *at = column; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : *at;
    print_string(output, column);
}

static void add_line_end(struct print *output)
{
    if (!output->options->json)
        print_string(output, "\r\n");
}

void print_field(struct print *output, const char *key, const char *value)
{
    add_key(output, key);
    if (!output->options->json)
        print_in_line(output, text_of(value));
    else if (value != NULL)
        print_json_string(output, text_of(value));
    else
        print_string(output, "null");
    add_line_end(output);
}

static void add_number(struct print *output, const char *key, uint64_t value, const char *unit)
{
    char digits[24];
    add_key(output, key);
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    print_string(output, digits);
    if (!output->options->json)
        print_string(output, unit);
    add_line_end(output);
}

void print_number(struct print *output, const char *key, uint64_t value)
{
    add_number(output, key, value, "");
}

void print_bytes_field(struct print *output, const char *key, uint64_t bytes)
{
    add_number(output, key, bytes, " bytes");
}

void print_time(struct print *output, const char *key, uint64_t time)
{
    FILETIME file_time = {(DWORD)time, (DWORD)(time >> 32)};
    SYSTEMTIME at = {0};
    char line[64];
    FileTimeToSystemTime(&file_time, &at); /* a time that is none stays 0000-00-00 */
    snprintf(line, sizeof line, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", at.wYear, at.wMonth, at.wDay,
             at.wHour, at.wMinute, at.wSecond, at.wMilliseconds);
    print_field(output, key, line);
}

void print_object_end(struct print *output)
{
    if (output->options->json)
        print_string(output, "}\r\n");
    output->members = 0;
}

/* Brings what was put together into another encoding. */
static DWORD encode(struct print *output)
{
    static bool noted;
    uint32_t code_page = output->options->code_page, lacking;
    char *encoded = malloc(encoding_room(output->count));
    if (encoded == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    DWORD error = encoding_encode(code_page, output->bytes, output->count, encoded, &output->count,
                                  &lacking, true);
    free(output->bytes);
    output->bytes = encoded;
    if (error == ERROR_SUCCESS && lacking != 0 && !noted) {
        report_note("code page %" PRIu32 " lacks some characters, which are shown as ? (--to utf-8 "
                    "has all)",
                    code_page);
        noted = true;
    }
    return error;
}

DWORD print_end(struct print *output)
{
    DWORD error = output->failed ? ERROR_NOT_ENOUGH_MEMORY : ERROR_SUCCESS;
    if (error == ERROR_SUCCESS && output->options->code_page != TEXT_UTF8 &&
        !console_shows(CONSOLE_OUT))
        error = encode(output);
    if (error == ERROR_SUCCESS)
        error = console_write(CONSOLE_OUT, output->bytes, output->count);
    free(output->bytes);
    *output = (struct print){.options = output->options};
    return error;
}

static void add_message(struct print *output, const char *name, const struct sight *sight,
                        struct text text)
{
    const struct message *message = &sight->message;
    print_field(output, "name", name);
    if (sight->ours) {
        print_number(output, "number", message->number);
        print_number(output, "missed", sight->missed);
        print_number(output, "process_id", message->process_id);
        print_time(output, "time", message->time);
    } else {
        print_field(output, "number", NULL);
        print_number(output, "missed", 0);
        print_field(output, "process_id", NULL);
        print_field(output, "time", NULL);
    }
    add_key(output, "text");
    print_json_string(output, text);
    print_object_end(output);
}

/* UTF-8 byte for byte, other encodings as UTF-8. */
static void add_text(struct print *output, struct text text)
{
    if (text.code_page == TEXT_UTF8)
        print_add(output, (const char *)text.at, (size_t)(text.end - text.at));
    else
        add_characters(output, text, text_put_utf8);
    if (!output->options->no_newline)
        print_string(output, "\r\n");
}

/* What a plain program has put there to tell the encoding is no text. */
static void drop_byte_order_mark(struct text *text)
{
    struct text rest = *text;
    if (rest.at < rest.end && text_next(&rest, NULL) == 0xFEFF)
        *text = rest;
}

DWORD print_sight(const struct print_options *options, const char *name, const struct sight *sight)
{
    struct text text;
    void *memory;
    DWORD error = encoding_decode(sight->code_page, sight->bytes, sight->count, &text, &memory);
    if (error != ERROR_SUCCESS)
        return error;
    if (!sight->ours)
        drop_byte_order_mark(&text);
    struct print output = {.options = options};
    if (options->json)
        add_message(&output, name, sight, text);
    else
        add_text(&output, text);
    free(memory);
    return print_end(&output);
}

/* Adds a block to the hex dump. Lines that repeat the one before are left out behind a single *, as
 * hexdump -C does. */
static void add_hex(struct print *output, struct hex *hex, uint64_t offset,
                    const unsigned char *block, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 16) {
        char line[TEXT_HEX_LINE];
        size_t count = bytes - at < 16 ? bytes - at : 16;
        bool same = hex->any && count == 16 && memcmp(hex->earlier, block + at, 16) == 0;
        if (!same)
            print_add(output, line, text_hex_line(line, offset + at, block + at, count));
        else if (!hex->repeats)
            print_string(output, "*\r\n");
        hex->repeats = same;
        hex->any = true;
        memcpy(hex->earlier, block + at, count);
    }
}

DWORD print_hex(const struct print_options *options, const struct sight *sight, uint64_t offset)
{
    static unsigned char block[HEX_BLOCK];
    const unsigned char *at = sight->bytes;
    size_t left = sight->count;
    struct hex hex = {.any = false};
    DWORD error = ERROR_SUCCESS;
    while (left > 0 && error == ERROR_SUCCESS) {
        struct print output = {.options = options};
        size_t part = left < HEX_BLOCK ? left : HEX_BLOCK;
        memcpy(block, at, part); /* Race: a large range is shared memory, and may be changing */
        add_hex(&output, &hex, offset, block, part);
        at += part;
        offset += part;
        left -= part;
        if (left == 0) {
            char line[TEXT_HEX_LINE];
            size_t count = text_hex_line(line, offset, NULL, 0);
            print_add(&output, line, count);
        }
        error = print_end(&output);
    }
    return error;
}

DWORD print_bytes(const struct sight *sight)
{
    return console_write_bytes(CONSOLE_OUT, sight->bytes, sight->count);
}
