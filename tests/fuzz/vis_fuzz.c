/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vis_fuzz.c -- whatever goes in, what comes out is harmless, and what went in
 * can be had back.
 */
#include "policy/vis.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	abort();
}

static void
check_harmless(const char *s, size_t len)
{
	while (len > 0) {
		uint32_t cp = 0;
		size_t n = utf8_get(s, len, &cp);
		if (n == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
			(cp >= 0x200b && cp <= 0x200f) ||
			(cp >= 0x2028 && cp <= 0x202e) || cp == 0x2060 ||
			(cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff ||
			cp == 0x61c)
			abort();
		s += n;
		len -= n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_buf struct buf out = { 0 };
	own_buf struct buf back = { 0 };
	own_buf struct buf text = { 0 };
	own_buf struct buf shell = { 0 };
	vis_add(&out, (const char *)data, size);
	check_harmless(buf_str(&out), out.len);
	for (const char *c = buf_str(&out); *c != '\0'; c++) {
		if (*c != '\\') {
			buf_char(&back, *c);
		} else if (c[1] == '\\') {
			buf_char(&back, '\\');
			c++;
		} else {
			if (c[1] != 'x')
				abort();
			/* Two digits are a byte. */
			buf_char(&back, (char)(hex(c[2]) * 16 + hex(c[3])));
			c += 3;
		}
	}
	if (back.len != size ||
		(size > 0 && memcmp(buf_str(&back), data, size) != 0))
		abort();
	buf_add(&text, data, size);
	vis_shell(&shell, buf_str(&text));
	check_harmless(buf_str(&shell), shell.len);
	if (shell.len == 0)
		abort();
	return 0;
}
