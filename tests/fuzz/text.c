/* libFuzzer on everything that takes bytes from outside apart: encodings, escapes, JSON, hex dumps,
 * numbers of the command line, patterns. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../reader/guess.c"
#include "../../common/text.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Decoding always comes to the end, and what it gives can be written in any form. */
static void decode(const uint8_t *data, size_t size, uint32_t code_page)
{
    struct text text = {data, data + size, code_page};
    bool valid = true;
    while (text.at < text.end) {
        const unsigned char *before = text.at;
        uint32_t character = text_next(&text, &valid);
        check(text.at > before && text.at <= text.end);
        check(character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF));
        char utf8[4], json[TEXT_PUT_MAX], escape[TEXT_PUT_MAX];
        uint16_t utf16[2];
        size_t count = text_put_utf8(character, utf8);
        check(count >= 1 && count <= 4 && text_is_valid(utf8, count, TEXT_UTF8));
        struct text back = {(unsigned char *)utf8, (unsigned char *)utf8 + count, TEXT_UTF8};
        check(text_next(&back, NULL) == character);
        count = text_put_utf16(character, utf16);
        check(count == (character < 0x10000 ? 1 : 2));
        count = text_put_json(character, json);
        check(count >= 1 && count <= TEXT_PUT_MAX && text_is_valid(json, count, TEXT_UTF8));
        for (size_t i = 0; i < count; i++)
            check((unsigned char)json[i] >= 0x20);
        check(count > 1 || (json[0] != '"' && json[0] != '\\'));
        count = text_put_escape(character, 0, escape);
        check(count <= TEXT_PUT_MAX);
        bool kept = character == '\t' || character == '\n';
        bool turns = (character >= 0x202A && character <= 0x202E) ||
                     (character >= 0x2066 && character <= 0x2069);
        bool obeyed = character < 0x20 || (character >= 0x7F && character < 0xA0) || turns;
        check((count > 0) == (obeyed && !kept));
        count = text_put_in_line(character, escape);
        check(count >= 1 && count <= TEXT_PUT_MAX && text_is_valid(escape, count, TEXT_UTF8));
        check((escape[0] == '\\' && count > 1) == obeyed);
    }
    check(valid == text_is_valid(data, size, code_page));
    check(text_length(data, size, code_page) <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode(data, size, TEXT_UTF8);
    decode(data, size, TEXT_UTF16);
    decode(data, size, TEXT_LATIN1);
    guess_utf16(data, size);

    char line[TEXT_HEX_LINE];
    uint64_t offset = 0;
    memcpy(&offset, data, size < 8 ? size : 8);
    check(text_hex_line(line, offset, data, size < 16 ? size : 16) <= TEXT_HEX_LINE);

    char *word = malloc(size + 1);
    memcpy(word, data, size);
    word[size] = '\0';
    uint64_t number;
    uint32_t milliseconds;
    if (text_parse_size(word, &number)) {
        char digits[21];
        uint64_t again;
        snprintf(digits, sizeof digits, "%" PRIu64, number);
        check(number <= INT64_MAX && text_parse_size(digits, &again));
        check(again == number);
    }
    if (text_parse_seconds(word, &milliseconds))
        check(milliseconds <= INT32_MAX);
    if (size < 64) {
        size_t half = size / 2;
        check(text_matches(word, word) || strchr(word, '?') != NULL || strchr(word, '*') != NULL);
        text_matches(word + half, word);
        check(text_matches("*", word));
    }
    free(word);
    return 0;
}
