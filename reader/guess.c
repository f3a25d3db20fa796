/* Whether bytes are UTF-16; pure C11, fuzzed natively. */
#include "guess.h"

#include <string.h>

#include "text.h"

/* Scripts whose texts hold no letters of another but, in some part, of Latin. */
enum {
    CJK = 1,
    HANGUL = 2,
    CYRILLIC = 4,
    GREEK = 8,
    HEBREW = 16,
    ARABIC = 32,
    THAI = 64,
    LATIN = 128,
    ANY = 255
};

static const struct {
    uint32_t first, last;
    int scripts;
} blocks[] = {
    {'\t', '\n', ANY},
    {'\r', '\r', ANY},
    {' ', '~', ANY},
    {0xA0, 0xBF, ANY},
    {0xC0, 0x24F, LATIN},
    {0x300, 0x36F, ANY},
    {0x370, 0x3FF, GREEK},
    {0x400, 0x52F, CYRILLIC},
    {0x591, 0x5F4, HEBREW},
    {0x600, 0x6FF, ARABIC},
    {0xE01, 0xE5B, THAI},
    {0x1E00, 0x1EFF, LATIN},
    {0x1F00, 0x1FFE, GREEK},
    {0x200B, 0x205E, ANY},
    {0x20A0, 0x20C0, ANY},
    {0x2103, 0x2116, ANY},
    {0x2190, 0x27BF, ANY}, /* arrows, boxes, symbols, dingbats */
    {0x3000, 0x303F, CJK | HANGUL},
    {0x3041, 0x30FF, CJK},
    {0x3131, 0x318E, HANGUL},
    {0x4E00, 0x9FFF, CJK},
    {0xAC00, 0xD7A3, HANGUL},
    {0xFF01, 0xFFE6, CJK | HANGUL},
    {0x1F300, 0x1FAFF, ANY},
    {0x20000, 0x2EBE0, CJK},
};

static int scripts_of(uint32_t character)
{
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (character >= blocks[i].first && character <= blocks[i].last)
            return blocks[i].scripts;
    return 0;
}

static bool is_of_one_script(struct text text)
{
    int scripts = ANY;
    while (text.at < text.end)
        scripts &= scripts_of(text_next(&text, NULL));
    return scripts != 0;
}

static bool is_control(uint32_t character)
{
    return character < ' ' && strchr("\t\r\n", (int)character) == NULL;
}

/* What most Latin texts are made of; and a NUL, which ends a text of bytes, so that some of an
 * older text may follow. */
static bool is_plain(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || strchr(" \t\r\n.,:;!?'\"-()/_[]<>=", byte) != NULL;
}

/* Whether the bytes are a text in UTF-8. */
static bool reads_as_utf8(const unsigned char *at, const unsigned char *end)
{
    bool valid = true, controls = false;
    struct text text = {at, end, TEXT_UTF8};
    while (valid && text.at < text.end)
        controls |= is_control(text_next(&text, &valid));
    return valid && !controls;
}

/* In the code page of Japanese: pairs that begin with a byte from 0x81 or from 0xE0 on. */
static bool reads_as_shift_jis(const unsigned char *at, const unsigned char *end)
{
    for (; at < end; at++)
        if ((*at >= 0x81 && *at <= 0x9F) || (*at >= 0xE0 && *at <= 0xEA)) {
            if (++at == end || *at < 0x40)
                return false;
        } else if (!is_plain(*at)) {
            return false;
        }
    return true;
}

/* In any other code page: a Latin text with accents here and there, or words of bytes from 0xA0 on
 * of even length, as pairs make them, or of any where all are capitals of Cyrillic or Greek, or
 * where one word is all there is. */
static bool reads_as_ansi(const unsigned char *at, const unsigned char *end)
{
    size_t count = (size_t)(end - at), run = 0;
    size_t high = 0, low = 0, small = 0, odd = 0, lone = 0, uneven = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = at[i];
        bool quote = byte == 0x85 || (byte >= 0x91 && byte <= 0x97);
        bool ends = i + 1 == count || at[i + 1] < 0x80;
        if (is_control(byte) || byte == 0x7F)
            return false;
        odd += byte < 0x80 && !is_plain(byte);
        high += byte >= 0x80;
        low += byte >= 0x80 && byte < 0xA0 && !quote;
        small += byte >= 0x80 && byte < 0xC0;
        run = byte >= 0x80 ? run + 1 : 0;
        lone += run == 1 && ends;
        uneven += run % 2 == 1 && ends;
    }
    if (odd > 0)
        return 8 * high <= count;
    bool latin = 3 * high <= count || (lone == high && 5 * high <= 2 * count);
    bool words = 8 * uneven <= high || (small == 0 && 3 * uneven <= high) ||
                 (high + 1 == count && at[high] == 0);
    return latin || (words && low == 0);
}

/* Whether a text of bytes would end at a NUL before its first letter or digit. */
static bool says_nothing(const unsigned char *at, const unsigned char *end)
{
    for (; at < end && *at != 0; at++)
        if (*at >= 0xC0 || (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
            (*at >= 'a' && *at <= 'z'))
            return false;
    return at < end;
}

bool guess_utf16(const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    size_t units = text_length(bytes, count, TEXT_UTF16) / 2;
    const unsigned char *end = at + 2 * units;
    if (units >= 1 && at[0] == 0xFF && at[1] == 0xFE)
        return true;
    if (units < 2)
        return false;
    size_t latin = 0, kana = 0;
    for (size_t i = 0; i < units; i++) {
        latin += at[2 * i] != 0 && at[2 * i + 1] == 0;
        kana += at[2 * i + 1] == 0x30;
    }
    /* A text of bytes has its first NUL at its end. */
    if (latin >= units - units / 2 && memchr(at, 0, 2 * units - 1) != NULL)
        return true;
    if (!is_of_one_script((struct text){at, end, TEXT_UTF16}))
        return false;
    if (latin > 2)
        return true;
    if (reads_as_utf8(at, end))
        return false;
    return (kana >= 2 && 3 * kana >= units) || says_nothing(at, end) ||
           !(reads_as_shift_jis(at, end) || reads_as_ansi(at, end));
}
