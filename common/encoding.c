/* Encodings by name, and the code pages that only Windows knows. */
#include "encoding.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool encoding_parse(const char *name, bool with_auto, UINT *code_page)
{
    if (_stricmp(name, "utf-8") == 0)
        *code_page = TEXT_UTF8;
    else if (_stricmp(name, "utf-16") == 0)
        *code_page = TEXT_UTF16;
    else if (_stricmp(name, "latin-1") == 0)
        *code_page = TEXT_LATIN1;
    else if (_stricmp(name, "ansi") == 0)
        *code_page = GetACP();
    else if (_stricmp(name, "oem") == 0)
        *code_page = GetOEMCP();
    else if (with_auto && _stricmp(name, "auto") == 0)
        *code_page = ENCODING_AUTO;
    else
        return false;
    return true;
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

size_t encoding_room(size_t bytes)
{
    return 2 * bytes + 4;
}

/* One character into a code page that only Windows knows; 0 if the code page lacks it. */
static size_t encode_by_windows(UINT code_page, uint32_t character, char to[4])
{
    uint16_t wide[2];
    int units = (int)text_put_utf16(character, wide);
    BOOL lacks = FALSE;
    int count = WideCharToMultiByte(code_page, WC_NO_BEST_FIT_CHARS, (const wchar_t *)wide, units,
                                    to, 4, NULL, &lacks);
    return lacks || count < 0 ? 0 : (size_t)count;
}

DWORD encoding_encode(UINT code_page, const char *utf8, size_t bytes, char *to, size_t *to_bytes,
                      uint32_t *lacking)
{
    if (code_page == TEXT_UTF8) {
        memcpy(to, utf8, bytes);
        *to_bytes = bytes;
        return ERROR_SUCCESS;
    }
    const unsigned char *start = (const unsigned char *)utf8;
    struct text text = {start, start + bytes, TEXT_UTF8};
    char *at = to;
    while (text.at < text.end) {
        bool valid = true;
        uint32_t character = text_next(&text, &valid);
        char unit[4];
        size_t count;
        if (!valid) {
            *lacking = UINT32_MAX;
            return ERROR_NO_UNICODE_TRANSLATION;
        }
        if (code_page == TEXT_UTF16) {
            uint16_t wide[2];
            count = 2 * text_put_utf16(character, wide);
            memcpy(unit, wide, sizeof wide);
        } else if (code_page == TEXT_LATIN1) {
            unit[0] = (char)character;
            count = character <= 0xFF;
        } else {
            count = encode_by_windows(code_page, character, unit);
        }
        if (count == 0) {
            *lacking = character;
            return ERROR_NO_UNICODE_TRANSLATION;
        }
        memcpy(at, unit, count);
        at += count;
    }
    *to_bytes = (size_t)(at - to);
    return ERROR_SUCCESS;
}

DWORD encoding_decode(UINT code_page, const void *bytes, size_t count, struct text *text,
                      void **memory)
{
    *memory = NULL;
    *text = (struct text){bytes, (const unsigned char *)bytes + count, code_page};
    if (code_page == TEXT_UTF8 || code_page == TEXT_UTF16 || code_page == TEXT_UTF16BE ||
        code_page == TEXT_LATIN1 || count == 0)
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
    return code_page == TEXT_UTF16 ? 2 : 1;
}
