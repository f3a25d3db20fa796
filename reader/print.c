/* What was seen, on stdout. */
#include "print.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "output.h"

#define HEX_BLOCK 16384 /* bytes that are copied out at a time */

static void add_json(struct output *output, const struct source *source, const struct sight *sight,
                     struct text text, uint32_t missed)
{
    output_string(output, "{\"name\":");
    output_json_string(output, source->mapping.name);
    output_string(output, ",\"number\":");
    if (sight->ours) {
        output_number(output, sight->message.number);
        output_string(output, ",\"missed\":");
        output_number(output, missed);
        output_string(output, ",\"process_id\":");
        output_number(output, sight->message.process_id);
        output_string(output, ",\"time\":\"");
        output_time(output, sight->message.time);
        output_string(output, "\"");
    } else {
        output_string(output, "null,\"missed\":0,\"process_id\":null,\"time\":null");
    }
    output_string(output, ",\"text\":");
    output_json(output, text);
    output_string(output, "}");
}

/* UTF-8 byte for byte, other encodings as UTF-8. */
static void add_text(struct output *output, struct text text)
{
    if (text.code_page == TEXT_UTF8)
        output_add(output, (const char *)text.at, (size_t)(text.end - text.at));
    else
        while (text.at < text.end) {
            char character[4];
            size_t count = text_put_utf8(text_next(&text, NULL), character);
            output_add(output, character, count);
        }
}

DWORD print_sight(const struct source *source, const struct sight *sight, uint32_t missed,
                  bool json)
{
    struct text text;
    void *memory;
    DWORD error = encoding_decode(sight->code_page, sight->bytes, sight->count, &text, &memory);
    if (error != ERROR_SUCCESS)
        return error;
    struct output output = {0};
    if (json)
        add_json(&output, source, sight, text, missed);
    else
        add_text(&output, text);
    output_string(&output, "\r\n");
    free(memory);
    return output_end(&output);
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
        struct output output = {0};
        size_t part = bytes < HEX_BLOCK ? bytes : HEX_BLOCK;
        message_copy(source->region, offset, block, part);
        for (size_t at = 0; at < part; at += 16) {
            char line[TEXT_HEX_LINE];
            size_t count = part - at < 16 ? part - at : 16;
            bool same = !first && count == 16 && memcmp(earlier, block + at, 16) == 0;
            if (!same)
                output_add(&output, line, text_hex_line(line, offset + at, block + at, count));
            else if (!repeats)
                output_string(&output, "*\r\n");
            repeats = same;
            first = false;
            memcpy(earlier, block + at, count);
        }
        offset += part;
        bytes -= part;
        if (bytes == 0) {
            char line[TEXT_HEX_LINE];
            output_add(&output, line, text_hex_line(line, offset, NULL, 0));
        }
        error = output_end(&output);
    }
    return error;
}
