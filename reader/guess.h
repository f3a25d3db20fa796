/* Whether bytes of unknown encoding are UTF-16, which nothing in a plain text tells. */
#ifndef GUESS_H
#define GUESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True if the bytes, up to their first 16-bit NUL, look like UTF-16: a byte order mark; or at least
 * half of two and more characters below U+0100; or all characters of one family of scripts, where
 * the bytes make no sense as UTF-8, in Shift-JIS or in an ANSI code page. Two or three characters
 * of East Asia are often both; then the answer is false. "No" is the better mistake: a plain
 * program that knows nothing of Unicode is the usual one.
 */
bool guess_utf16(const void *bytes, size_t count);

#endif
