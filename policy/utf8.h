/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_UTF8_H
#define POLICY_UTF8_H
/* utf8.h -- one character after the other, strictly. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The well-formed UTF-8 sequence at s (RFC 3629: no overlong form, no
 * surrogate, nothing above U+10FFFF), of which len bytes are there (at least
 * one).  Returns its length, 1 to 4, or 0 when there is none.
 */
size_t utf8_get(const char *s, size_t len, uint32_t *ret_cp);

enum { UTF8_MAX = 4 };

/** White_Space of Unicode: the usual blanks, U+0085, U+00A0, U+2028 ... */
bool utf8_is_blank(uint32_t cp);
/** Length of the blank character at s, 0 when there is none. */
size_t utf8_blank(const char *s, size_t len);
/** Length of the blank character that ends at s + len, 0 when there is none. */
size_t utf8_blank_before(const char *s, size_t len);

/** Write cp (below 0x110000, no surrogate) to out; its length. */
size_t utf8_put(char out[UTF8_MAX], uint32_t cp);

bool utf8_valid(const char *s, size_t len);
/** Characters in len bytes of valid UTF-8. */
size_t utf8_count(const char *s, size_t len);
/** Byte offset of character n, or len when there are fewer. */
size_t utf8_offset(const char *s, size_t len, size_t n);

#endif /* POLICY_UTF8_H */
