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

/*
 * Finds the code page of a name, in any case: "utf-8" or "utf8", "utf-16" or "utf16", "latin-1" or
 * "latin1", "ansi", "oem", a number such as "1252" or "cp1252" and, if `with_auto`, "auto".
 * False for any other name and for a number that neither text.h nor GetCPInfo knows. The numbers of
 * CP_ACP, CP_OEMCP, CP_MACCP and CP_THREAD_ACP are no code pages.
 */
bool encoding_parse(const char *name, bool with_auto, UINT *code_page);

/* Converts between NUL-terminated UTF-8 and UTF-16; what is ill-formed becomes U+FFFD. `count` is
 * the room in units, with the NUL. False if it does not fit, with what fits in UTF-8; from UTF-16
 * nothing else fails. */
bool encoding_to_wide(const char *utf8, wchar_t *wide, size_t count);
bool encoding_from_wide(const wchar_t *wide, char *utf8, size_t count);

/*
 * Encodes `bytes` bytes of UTF-8 into `to`, which has room for encoding_room(bytes) bytes; nothing
 * is terminated. UTF-8 is copied as it is, valid or not. `*lacking` is the first character that the
 * encoding lacks, UINT32_MAX for ill-formed UTF-8, or 0 if there is none. If `replace`, each such
 * character becomes '?'. A character that Windows would only approximate counts as lacking.
 * Errors: ERROR_NO_UNICODE_TRANSLATION for a lacking character unless `replace`,
 * ERROR_NOT_ENOUGH_MEMORY, and those of WideCharToMultiByte.
 */
DWORD encoding_encode(UINT code_page, const char *utf8, size_t bytes, char *to, size_t *to_bytes,
                      uint32_t *lacking, bool replace);
size_t encoding_room(size_t bytes);

/*
 * Decodes `count` bytes strictly: false if they are not valid in the code page. Writes UTF-8 to
 * `utf8`, which has room for 3 * count bytes, and its length to `*utf8_bytes`. `wide` is memory of
 * `count` units that this function overwrites. A few code pages cannot be checked by Windows (UTF-7
 * and those of ISO 2022): they replace what is not valid ("MultiByteToWideChar", Microsoft Learn).
 */
bool encoding_to_utf8(UINT code_page, const void *bytes, size_t count, wchar_t *wide, char *utf8,
                      size_t *utf8_bytes);

/*
 * Makes bytes of any code page decodable by text_next. Where Windows has to convert them, `*memory`
 * is what the caller frees afterwards, else NULL. A code page that Windows does not have, or
 * in which the bytes are nothing, is guessed instead. Errors: ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD encoding_decode(UINT code_page, const void *bytes, size_t count, struct text *text,
                      void **memory);

/* Guesses the encoding of bytes: UTF-8 if they are valid, else the ANSI code page. */
UINT encoding_guess(const void *bytes, size_t count);

/* Bytes of the terminating NUL, and of a code unit: 2 for UTF-16 of either byte order, else 1. */
unsigned encoding_nul_bytes(UINT code_page);

#endif
