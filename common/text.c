/* Characters, numbers and other text; pure C11, fuzzed natively. */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST_PRIME UINT64_C(1099511628211)

static uint32_t ill_formed(bool *valid)
{
    if (valid != NULL)
        *valid = false;
    return TEXT_REPLACEMENT;
}

/* Well-formed byte sequences: table 3-7 of the Unicode Standard. */
static uint32_t next_utf8(struct text *text, bool *valid)
{
    unsigned char lead = *text->at++;
    if (lead < 0x80)
        return lead;
    unsigned low = 0x80, high = 0xBF; /* bounds of the second byte */
    int more;
    uint32_t character;
    if (lead >= 0xC2 && lead <= 0xDF) {
        more = 1;
        character = lead & 0x1F;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        more = 2;
        character = lead & 0x0F;
        low = lead == 0xE0 ? 0xA0 : 0x80;
        high = lead == 0xED ? 0x9F : 0xBF;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        more = 3;
        character = lead & 0x07;
        low = lead == 0xF0 ? 0x90 : 0x80;
        high = lead == 0xF4 ? 0x8F : 0xBF;
    } else {
        return ill_formed(valid);
    }
    for (; more > 0; more--) {
        if (text->at == text->end || *text->at < low || *text->at > high)
            return ill_formed(valid);
        character = character << 6 | (*text->at++ & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return character;
}

static uint32_t unit_at(const unsigned char *at, uint32_t code_page)
{
    bool big = code_page == TEXT_UTF16BE;
    return at[big] | (uint32_t)at[!big] << 8;
}

static uint32_t next_utf16(struct text *text, bool *valid)
{
    if (text->end - text->at < 2) {
        text->at = text->end;
        return ill_formed(valid);
    }
    uint32_t unit = unit_at(text->at, text->code_page);
    text->at += 2;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF || text->end - text->at < 2)
        return ill_formed(valid);
    uint32_t second = unit_at(text->at, text->code_page);
    if (second < 0xDC00 || second > 0xDFFF)
        return ill_formed(valid);
    text->at += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
}

uint32_t text_next(struct text *text, bool *valid)
{
    switch (text->code_page) {
    case TEXT_UTF8:
        return next_utf8(text, valid);
    case TEXT_UTF16:
    case TEXT_UTF16BE:
        return next_utf16(text, valid);
    default:
        return *text->at++;
    }
}

/* Skips ASCII characters, eight at a time: most lines of input have no others. */
static void skip_ascii(struct text *text)
{
    for (uint64_t eight; text->end - text->at >= 8; text->at += 8) {
        memcpy(&eight, text->at, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            return;
    }
}

bool text_is_valid(const void *bytes, size_t count, uint32_t code_page)
{
    bool valid = true;
    struct text text = {bytes, (const unsigned char *)bytes + count, code_page};
    if (code_page == TEXT_UTF8)
        skip_ascii(&text);
    while (valid && text.at < text.end)
        text_next(&text, &valid);
    return valid;
}

size_t text_length(const void *bytes, size_t count, uint32_t code_page)
{
    if (code_page != TEXT_UTF16 && code_page != TEXT_UTF16BE) {
        const void *end = count == 0 ? NULL : memchr(bytes, 0, count);
        return end == NULL ? count : (size_t)((const char *)end - (const char *)bytes);
    }
    const unsigned char *at = bytes;
    for (size_t i = 0; i + 1 < count; i += 2)
        if (unit_at(at + i, code_page) == 0)
            return i;
    return count;
}

size_t text_put_utf8(uint32_t character, char to[4])
{
    if (character < 0x80) {
        to[0] = (char)character;
        return 1;
    }
    size_t count = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = count - 1; i > 0; i--, character >>= 6)
        to[i] = (char)(0x80 | (character & 0x3F));
    to[0] = (char)(0xF00u >> count | character);
    return count;
}

size_t text_put_utf16(uint32_t character, uint16_t to[2])
{
    if (character < 0x10000) {
        to[0] = (uint16_t)character;
        return 1;
    }
    to[0] = (uint16_t)(0xD800 + ((character - 0x10000) >> 10));
    to[1] = (uint16_t)(0xDC00 + ((character - 0x10000) & 0x3FF));
    return 2;
}

static const char digits[] = "0123456789abcdef";

static size_t put_hex(char *to, uint64_t value, size_t width)
{
    for (size_t i = width; i-- > 0; value >>= 4)
        to[i] = digits[value & 0xF];
    return width;
}

size_t text_put_json(uint32_t character, char to[TEXT_PUT_MAX])
{
    bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    if (!control && character != '"' && character != '\\')
        return text_put_utf8(character, to);
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *name = character == 0 ? NULL : strchr(named, (int)character);
    to[0] = '\\';
    if (name != NULL) {
        to[1] = letters[name - named];
        return 2;
    }
    to[1] = 'u';
    return 2 + put_hex(to + 2, character, 4);
}

/* Those that a terminal obeys: controls, and what makes it show the characters that follow in
 * another order than they are in. */
static bool is_obeyed(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0) ||
           (character >= 0x202A && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

static size_t put_escape(uint32_t character, char *to)
{
    bool small = character < 0x100;
    to[0] = '\\';
    to[1] = small ? 'x' : 'u';
    return 2 + put_hex(to + 2, character, small ? 2 : 4);
}

size_t text_put_escape(uint32_t character, uint32_t next, char to[TEXT_PUT_MAX])
{
    bool kept = character == '\t' || character == '\n' || (character == '\r' && next == '\n');
    return kept || !is_obeyed(character) ? 0 : put_escape(character, to);
}

size_t text_put_in_line(uint32_t character, char to[TEXT_PUT_MAX])
{
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    return surrogate || is_obeyed(character) ? put_escape(character, to)
                                             : text_put_utf8(character, to);
}

size_t text_hex_line(char to[TEXT_HEX_LINE], uint64_t offset, const void *bytes, size_t count)
{
    const unsigned char *from = bytes;
    size_t width = 8;
    while (width < 16 && offset >> (4 * width) != 0)
        width++;
    char *at = to + put_hex(to, offset, width);
    if (count == 0) {
        memcpy(at, "\r\n", 2);
        return width + 2;
    }
    *at++ = ' ';
    for (size_t i = 0; i < 16; i++) {
        if (i % 8 == 0)
            *at++ = ' ';
        if (i < count)
            at += put_hex(at, from[i], 2);
        else
            at += (memset(at, ' ', 2), 2);
        *at++ = ' ';
    }
    *at++ = ' ';
    *at++ = '|';
    for (size_t i = 0; i < count; i++)
        *at++ = (char)(from[i] >= 0x20 && from[i] < 0x7F ? from[i] : '.');
    memcpy(at, "|\r\n", 3);
    return (size_t)(at + 3 - to);
}

bool text_parse_size(const char *word, uint64_t *value)
{
    static const char units[] = "kKmMgG";
    bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    char *end;
    if (word[0] < '0' || word[0] > '9') /* strtoull takes blanks and signs */
        return false;
    errno = 0;
    *value = strtoull(word, &end, hex ? 16 : 10);
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);
    int shift = unit == NULL ? 0 : 10 * (int)((unit - units) / 2 + 1);
    if (errno != 0 || *value > (uint64_t)INT64_MAX >> shift)
        return false;
    *value <<= shift;
    return end[unit != NULL] == '\0';
}

bool text_parse_seconds(const char *word, uint32_t *milliseconds)
{
    size_t whole = strspn(word, "0123456789");
    const char *point = word + whole;
    size_t decimals = *point == '.' ? strspn(point + 1, "0123456789") : 0;
    if (whole > 7 || decimals > 3 || whole + decimals == 0 ||
        point[(*point == '.') + decimals] != '\0')
        return false;
    uint64_t value = (uint64_t)strtoul(word, NULL, 10) * 1000; /* it has 32 bits on Windows */
    static const uint32_t units[] = {0, 100, 10, 1};
    value += decimals > 0 ? strtoul(point + 1, NULL, 10) * units[decimals] : 0;
    *milliseconds = (uint32_t)value;
    return value <= INT32_MAX;
}

uint64_t text_digest(uint64_t digest, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    for (size_t part = 8; count > 0; at += part, count -= part) {
        uint64_t word = 0;
        if (count >= part)
            memcpy(&word, at, sizeof word);
        else
            memcpy(&word, at, part = count);
        digest = (digest ^ word) * DIGEST_PRIME;
        digest ^= digest >> 32; /* else a highest bit stays where it is, and two undo each other */
    }
    return digest;
}

static char lower(char letter)
{
    return (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

/* Steps over one UTF-8 character. */
static const char *after(const char *at)
{
    do
        at++;
    while ((*at & 0xC0) == 0x80);
    return at;
}

bool text_matches(const char *pattern, const char *name)
{
    const char *star = NULL, *retry = NULL; /* the last *, and where its match may end next */
    while (*name != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (*pattern == '?') {
            pattern++;
            name = after(name);
        } else if (*pattern != '\0' && lower(*pattern) == lower(*name)) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
