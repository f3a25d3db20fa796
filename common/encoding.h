/*
 * Encodings by name, and the code pages that only Windows knows. Strings inside the programs are
 * UTF-8; they become UTF-16 here, at the border to Windows' calls.
 */
#ifndef ENCODING_H
#define ENCODING_H

#include <windows.h>

#include "text.h"

/* --encoding auto: what the writer recorded, else a guess. */
#define ENCODING_AUTO 0u

/* The code page of "utf-8", "utf-16", "ansi", "oem", "latin-1" or, if `with_auto`, "auto", in any
 * case; false for any other name. */
bool encoding_parse(const char *name, bool with_auto, UINT *code_page);

/* Converts between NUL-terminated UTF-8 and UTF-16; what is ill-formed becomes U+FFFD. `count` is
 * the room in units, with the NUL. False if it does not fit, with what fits in UTF-8; from UTF-16
 * nothing else fails. */
bool encoding_to_wide(const char *utf8, wchar_t *wide, size_t count);
bool encoding_from_wide(const wchar_t *wide, char *utf8, size_t count);

/*
 * Encodes UTF-8 into `to`, which must have room for `encoding_room(bytes)` bytes.
 * For UTF-8 the bytes are copied as they are. Errors: ERROR_NO_UNICODE_TRANSLATION, with the
 * character that the encoding lacks in `lacking`, or UINT32_MAX there for ill-formed UTF-8.
 */
DWORD encoding_encode(UINT code_page, const char *utf8, size_t bytes, char *to, size_t *to_bytes,
                      uint32_t *lacking);
size_t encoding_room(size_t bytes);

/*
 * Makes bytes of any code page decodable by text_next. Where Windows has to convert them, `*memory`
 * is what the caller frees afterwards, else NULL. A code page that Windows does not have, or
 * in which the bytes are nothing, is guessed instead. Errors: ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD encoding_decode(UINT code_page, const void *bytes, size_t count, struct text *text,
                      void **memory);

/* Of a text of bytes: UTF-8 if it is valid, else the ANSI code page. */
UINT encoding_guess(const void *bytes, size_t count);

/* Bytes of the terminating NUL: 2 for UTF-16, else 1. */
unsigned encoding_nul_bytes(UINT code_page);

#endif
