/* Encodings by name, and the code pages that only Windows knows. */
#include "encoding.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* True if text_next decodes the code page. */
static bool is_of_text(UINT code_page)
{
    return code_page == TEXT_UTF8 || code_page == TEXT_UTF16 || code_page == TEXT_UTF16BE ||
           code_page == TEXT_LATIN1;
}

static bool parse_number(const char *name, UINT *code_page)
{
    CPINFO info;
    char *end;
    if (_strnicmp(name, "cp", 2) == 0)
        name += 2;
    if (*name < '0' || *name > '9') /* strtoul takes blanks and signs */
        return false;
    *code_page = strtoul(name, &end, 10);
    return *end == '\0' &&
           (is_of_text(*code_page) || (*code_page > CP_THREAD_ACP && GetCPInfo(*code_page, &info)));
}

bool encoding_parse(const char *name, bool with_auto, UINT *code_page)
{
    const struct {
        const char *name;
        UINT code_page;
    } names[] = {{"utf-8", TEXT_UTF8},  {"utf8", TEXT_UTF8},      {"utf-16", TEXT_UTF16},
                 {"utf16", TEXT_UTF16}, {"latin-1", TEXT_LATIN1}, {"latin1", TEXT_LATIN1},
                 {"ansi", GetACP()},    {"oem", GetOEMCP()},      {"auto", ENCODING_AUTO}};
    size_t count = sizeof names / sizeof *names - !with_auto; /* "auto" is the last one */
    for (size_t i = 0; i < count; i++)
        if (_stricmp(name, names[i].name) == 0) {
            *code_page = names[i].code_page;
            return true;
        }
    return parse_number(name, code_page);
}

bool encoding_to_wide(const char *utf8, wchar_t *wide, size_t count)
{
    return MultiByteToWideChar(CP_UTF8, 0, utf8, -1, wide, (int)count) != 0;
}

bool encoding_from_wide(const wchar_t *wide, char *utf8, size_t count)
{
    const unsigned char *bytes = (const unsigned char *)wide;
    struct text text = {bytes, bytes + 2 * wcslen(wide), TEXT_UTF16};
    size_t at = 0;
    while (text.at < text.end && at + 4 < count)
        at += text_put_utf8(text_next(&text, NULL), utf8 + at);
    utf8[at] = '\0';
    return text.at == text.end;
}

/* Escape sequences of ISO 2022 and shifts of UTF-7 take the most: up to 8 bytes for the first
 * character, then 5 bytes for "\xC3\xA9". */
size_t encoding_room(size_t bytes)
{
    return bytes < SIZE_MAX / 4 - 8 ? 4 * bytes + 8 : SIZE_MAX;
}

/*
 * True if the code page has the character: it comes back the same. WC_NO_BEST_FIT_CHARS means that,
 * but UTF-7, GB18030 and the code pages of ISO 2022 allow neither it nor lpUsedDefaultChar
 * ("WideCharToMultiByte", Microsoft Learn).
 */
static bool code_page_has(UINT code_page, const wchar_t *wide, int units)
{
    char bytes[32];
    wchar_t back[2];
    int count =
        WideCharToMultiByte(code_page, 0, wide, units, bytes, (int)sizeof bytes, NULL, NULL);
    return count > 0 && MultiByteToWideChar(code_page, 0, bytes, count, back, 2) == units &&
           memcmp(wide, back, 2 * (size_t)units) == 0;
}

/* Writes a character as the code page has it or, for those that Windows converts, as UTF-16.
 * Returns the bytes written: 0 if the code page lacks it. */
static size_t put(UINT code_page, uint32_t character, char *to)
{
    uint16_t units[2];
    if (code_page == TEXT_LATIN1) {
        *to = (char)character;
        return character <= 0xFF;
    }
    size_t count = text_put_utf16(character, units);
    if (!is_of_text(code_page) && !code_page_has(code_page, (const wchar_t *)units, (int)count))
        return 0;
    for (size_t i = 0; i < count && code_page == TEXT_UTF16BE; i++)
        units[i] = _byteswap_ushort(units[i]);
    memcpy(to, units, 2 * count);
    return 2 * count;
}

/* Writes a text by `put`. `*lacking` and `replace`: as for encoding_encode. */
static DWORD put_all(UINT code_page, struct text text, char *to, size_t *to_bytes,
                     uint32_t *lacking, bool replace)
{
    char *at = to;
    while (text.at < text.end) {
        bool valid = true;
        uint32_t character = text_next(&text, &valid);
        size_t count = valid ? put(code_page, character, at) : 0;
        if (count == 0) {
            if (*lacking == 0)
                *lacking = valid ? character : UINT32_MAX;
            if (!replace)
                return ERROR_NO_UNICODE_TRANSLATION;
            count = put(code_page, '?', at);
        }
        at += count;
    }
    *to_bytes = (size_t)(at - to);
    return ERROR_SUCCESS;
}

/* Converts UTF-16 by Windows. `*bytes` is the room in `to`, then the length. */
static DWORD convert(UINT code_page, const wchar_t *wide, size_t units, char *to, size_t *bytes)
{
    if (units > INT_MAX)
        return ERROR_NOT_ENOUGH_MEMORY;
    int room = *bytes < INT_MAX ? (int)*bytes : INT_MAX;
    int count = WideCharToMultiByte(code_page, 0, wide, (int)units, to, room, NULL, NULL);
    DWORD error = count > 0 || units == 0 ? ERROR_SUCCESS : GetLastError();
    *bytes = (size_t)count;
    return error;
}

DWORD encoding_encode(UINT code_page, const char *utf8, size_t bytes, char *to, size_t *to_bytes,
                      uint32_t *lacking, bool replace)
{
    struct text text = {(const unsigned char *)utf8, (const unsigned char *)utf8 + bytes,
                        TEXT_UTF8};
    *lacking = 0;
    *to_bytes = bytes;
    if (code_page == TEXT_UTF8 || bytes == 0) {
        memcpy(to, utf8, bytes);
        return ERROR_SUCCESS;
    }
    if (is_of_text(code_page))
        return put_all(code_page, text, to, to_bytes, lacking, replace);
    /* As a whole: where shifts and escape sequences are needed depends on the neighbours. */
    wchar_t *wide = bytes <= SIZE_MAX / 2 ? malloc(2 * bytes) : NULL;
    if (wide == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    size_t wide_bytes;
    DWORD error = put_all(code_page, text, (char *)wide, &wide_bytes, lacking, replace);
    if (error == ERROR_SUCCESS) {
        *to_bytes = encoding_room(bytes);
        error = convert(code_page, wide, wide_bytes / 2, to, to_bytes);
    }
    free(wide);
    return error;
}

bool encoding_to_utf8(UINT code_page, const void *bytes, size_t count, wchar_t *wide, char *utf8,
                      size_t *utf8_bytes)
{
    struct text text = {bytes, (const unsigned char *)bytes + count, code_page};
    if (!is_of_text(code_page) && count > 0) {
        int length = count <= INT_MAX ? (int)count : 0;
        /* No code page makes more units of a text than it has bytes. */
        int units =
            MultiByteToWideChar(code_page, MB_ERR_INVALID_CHARS, bytes, length, wide, length);
        if (units == 0 && GetLastError() == ERROR_INVALID_FLAGS)
            units = MultiByteToWideChar(code_page, 0, bytes, length, wide, length);
        if (units == 0)
            return false;
        text.at = (const unsigned char *)wide;
        text.end = text.at + 2 * (size_t)units;
        text.code_page = TEXT_UTF16;
    }
    bool valid = true;
    char *at = utf8;
    while (valid && text.at < text.end)
        at += text_put_utf8(text_next(&text, &valid), at);
    *utf8_bytes = (size_t)(at - utf8);
    return valid;
}

DWORD encoding_decode(UINT code_page, const void *bytes, size_t count, struct text *text,
                      void **memory)
{
    *memory = NULL;
    *text = (struct text){bytes, (const unsigned char *)bytes + count, code_page};
    if (is_of_text(code_page) || count == 0)
        return ERROR_SUCCESS;
    wchar_t *wide = NULL;
    int units = 0;
    if (IsValidCodePage(code_page) && count <= INT_MAX) {
        /* No code page makes more units of a text than it has bytes. */
        wide = malloc(2 * count);
        if (wide == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        units = MultiByteToWideChar(code_page, 0, bytes, (int)count, wide, (int)count);
    }
    if (units <= 0) {
        free(wide);
        text->code_page = text_is_valid(bytes, count, TEXT_UTF8) ? TEXT_UTF8 : TEXT_LATIN1;
        return ERROR_SUCCESS;
    }
    text->at = (const unsigned char *)wide;
    text->end = text->at + 2 * (size_t)units;
    text->code_page = TEXT_UTF16;
    *memory = wide;
    return ERROR_SUCCESS;
}

UINT encoding_guess(const void *bytes, size_t count)
{
    return text_is_valid(bytes, count, TEXT_UTF8) ? TEXT_UTF8 : GetACP();
}

unsigned encoding_nul_bytes(UINT code_page)
{
    return code_page == TEXT_UTF16 || code_page == TEXT_UTF16BE ? 2 : 1;
}
