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

bool
utf8_is_blank(uint32_t cp)
{
	return (cp >= 9 && cp <= 13) || cp == 0x20 || cp == 0x85 ||
	       cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
	       cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f ||
	       cp == 0x3000;
}

size_t
utf8_blank(const char *s, size_t len)
{
	uint32_t cp = 0;
	size_t n = len == 0 ? 0 : utf8_get(s, len, &cp);
	return n > 0 && utf8_is_blank(cp) ? n : 0;
}

size_t
utf8_blank_before(const char *s, size_t len)
{
	size_t n = 1;
	while (n < len && n < UTF8_MAX &&
		((unsigned char)s[len - n] & 0xc0) == 0x80)
		n++;
	return len > 0 && utf8_blank(s + len - n, n) == n ? n : 0;
}

size_t
utf8_put(char out[UTF8_MAX], uint32_t cp)
{
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	for (size_t i = n; i-- > 1;) {
		out[i] = (char)(0x80 | (cp & 0x3f));
		cp >>= 6;
	}
	out[0] = (char)(lead[n == 1 ? 0 : n] | cp);
	return n;
}

bool
utf8_valid(const char *s, size_t len)
{
	uint32_t cp = 0;
	for (size_t i = 0; i < len;) {
		size_t n = utf8_get(s + i, len - i, &cp);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

size_t
utf8_count(const char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			n++;
	return n;
}

size_t
utf8_offset(const char *s, size_t len, size_t n)
{
	size_t i = 0;
	for (; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80 && n-- == 0)
			break;
	return i;
}
