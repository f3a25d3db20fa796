/* Text for the harness: UTF-8 and UTF-16. Windows' own conversions would replace unpaired
 * surrogates, and a test has to be able to send them. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

wchar_t *test_widen(const char *text, size_t *units)
{
    const unsigned char *in = (const unsigned char *)text;
    wchar_t *wide = test_room(NULL, (strlen(text) + 1) * sizeof *wide);
    size_t used = 0;

    while (*in) {
        unsigned lead = *in++;
        unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
        unsigned long code = more ? lead & (0x3fu >> more) : lead;
        for (; more && (*in & 0xc0) == 0x80; more--)
            code = code << 6 | (*in++ & 0x3f);
        if (code >= 0x10000) {
            wide[used++] = (wchar_t)(0xd7c0 + (code >> 10));
            code = 0xdc00 + (code & 0x3ff);
        }
        wide[used++] = (wchar_t)code;
    }
    wide[used] = 0;
    if (units)
        *units = used;
    return wide;
}

char *test_narrow(const wchar_t *text, size_t units)
{
    char *narrow = test_room(NULL, units * 3 + 1);
    char *out = narrow;

    for (size_t i = 0; i < units; i++) {
        unsigned long code = text[i];
        if (code >= 0xd800 && code < 0xdc00 && i + 1 < units && text[i + 1] >= 0xdc00 &&
            text[i + 1] < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (text[++i] - 0xdc00u);
        if (code < 0x80) {
            *out++ = (char)code;
            continue;
        }
        if (code < 0x800) {
            *out++ = (char)(0xc0 | code >> 6);
        } else {
            if (code < 0x10000) {
                *out++ = (char)(0xe0 | code >> 12);
            } else {
                *out++ = (char)(0xf0 | code >> 18);
                *out++ = (char)(0x80 | (code >> 12 & 0x3f));
            }
            *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        }
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    *out = 0;
    return narrow;
}
