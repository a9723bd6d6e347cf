/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.c -- one character after the other, strictly (room: user). */
#include "policy/utf8.h"

size_t
utf8_get(const char *s, size_t len, uint32_t *ret_cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)s[0];
	size_t n = 0;
	uint32_t cp = 0;
	if (first < 0x80) {
		*ret_cp = first;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		n = 2;
		cp = first & 0x1fu;
	} else if (first >= 0xe0 && first <= 0xef) {
		n = 3;
		cp = first & 0x0fu;
	} else if (first >= 0xf0 && first <= 0xf4) {
		n = 4;
		cp = first & 0x07u;
	}
	if (n == 0 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c & 0xc0u) != 0x80u)
			return 0;
		cp = cp << 6 | (c & 0x3fu);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return n;
}
