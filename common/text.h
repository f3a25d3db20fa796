/*
 * Characters, numbers and other text, without any operating system call. All of it takes bytes from
 * untrusted sources: every length is explicit and nothing is read outside it.
 *
 * A character is a Unicode code point. What cannot be decoded is U+FFFD, one for each maximal
 * subpart of an ill-formed sequence, as the Unicode Standard recommends (chapter 3, "U+FFFD
 * Substitution of Maximal Subparts").
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The encodings that are decoded here; the numbers are Windows' code pages. */
#define TEXT_UTF8    65001u
#define TEXT_UTF16   1200u /* little-endian */
#define TEXT_UTF16BE 1201u
#define TEXT_LATIN1  28591u

#define TEXT_REPLACEMENT UINT32_C(0xFFFD)

/* The most bytes that a text_put_... function writes for one character. */
#define TEXT_PUT_MAX 12

/* Bytes being decoded; `at` moves towards `end`. */
struct text {
    const unsigned char *at, *end;
    uint32_t code_page; /* one of those above */
};

/* Decodes the next character; there must be one (at < end). `valid` (may be NULL) is set to false
 * if it was ill-formed and is left alone otherwise. */
uint32_t text_next(struct text *text, bool *valid);

/* True if the bytes are well-formed in the encoding. */
bool text_is_valid(const void *bytes, size_t count, uint32_t code_page);

/* Bytes before the terminating NUL of the encoding (two aligned zero bytes for UTF-16); `count` if
 * there is none. */
size_t text_length(const void *bytes, size_t count, uint32_t code_page);

/* Each writes one character and returns how many units it wrote; nothing is terminated. */
size_t text_put_utf8(uint32_t character, char to[4]);
size_t text_put_utf16(uint32_t character, uint16_t to[2]);
/* As UTF-8 within a JSON string (RFC 8259): quotes, backslashes and controls are escaped. */
size_t text_put_json(uint32_t character, char to[TEXT_PUT_MAX]);
/* A character that a terminal obeys, visibly: a control as \x1b, or as \u202e one that overrides,
 * embeds or isolates a direction, so that what follows seems to be another text. Marks of direction
 * (U+200E, U+200F, U+061C) say no more than a letter does, and no terminal ends a line at U+2028 or
 * U+2029. For others 0 is returned and nothing written. `next` is the character that follows, 0 at
 * the end: tab, LF, and CR before LF, are let through. */
size_t text_put_escape(uint32_t character, uint32_t next, char to[TEXT_PUT_MAX]);
/* A character of what has to stay one line, as UTF-8: those above, tabs, line ends, and halves of
 * surrogate pairs are escaped. */
size_t text_put_in_line(uint32_t character, char to[TEXT_PUT_MAX]);

/* One line of a canonical hex dump, with its line end: the offset in 8 digits (more if needed), up
 * to 16 bytes, and their ASCII characters between bars; for no bytes the offset alone. Returns the
 * characters written. */
#define TEXT_HEX_LINE 96
size_t text_hex_line(char to[TEXT_HEX_LINE], uint64_t offset, const void *bytes, size_t count);

/* A whole number: decimal or 0x..., with an optional K, M or G (powers of 1,024). False if `word`
 * is anything else or above 2^63 - 1. */
bool text_parse_size(const char *word, uint64_t *value);

/* Seconds with up to three decimals ("2", "0.25", ".5") as milliseconds, at most 2^31 - 1. */
bool text_parse_seconds(const char *word, uint32_t *milliseconds);

/* Goes on with a digest: a 64-bit FNV-1a hash over words of 8 bytes, the last one padded with
 * zeros. To notice a change, not to defend against forgery. */
#define TEXT_DIGEST_START UINT64_C(14695981039346656037)
uint64_t text_digest(uint64_t digest, const void *bytes, size_t count);

/* True if the whole UTF-8 `name` matches the pattern, in which * stands for any characters and ?
 * for one. ASCII letters match in either case. Takes time in proportion to the product of the
 * lengths. */
bool text_matches(const char *pattern, const char *name);

#endif
