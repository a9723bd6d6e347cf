/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_UTF8_H
#define POLICY_UTF8_H
/* utf8.h -- one character after the other, strictly. */
#include <stddef.h>
#include <stdint.h>

/**
 * The well-formed UTF-8 sequence at s (RFC 3629: no overlong form, no
 * surrogate, nothing above U+10FFFF), of which len bytes are there (at least
 * one).  Returns its length, 1 to 4, or 0 when there is none.
 */
size_t utf8_get(const char *s, size_t len, uint32_t *ret_cp);

#endif /* POLICY_UTF8_H */
