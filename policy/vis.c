/* SPDX-License-Identifier: Apache-2.0 */
/* vis.c -- untrusted bytes made harmless for terminals (room: user). */
#include "policy/vis.h"

#include <string.h>

#include "policy/buf.h"
#include "policy/utf8.h"

struct range {
	uint32_t first;
	uint32_t last;
	const char *reason;
};

/* Code points that act on a terminal or on the order of what is read. */
static const struct range hidden[] = {
	{ 0x0000, 0x001f, "C0 controls: escape sequences, new lines" },
	{ 0x007f, 0x009f, "DEL and C1 controls: 0x9b starts a sequence" },
	{ 0x00ad, 0x00ad, "soft hyphen" },
	{ 0x061c, 0x061c, "arabic letter mark" },
	{ 0x180e, 0x180e, "vowel separator without width" },
	{ 0x200b, 0x200f, "zero width, left-to-right, right-to-left marks" },
	{ 0x2028, 0x202e, "line, paragraph separators, embeddings, overrides" },
	{ 0x2060, 0x206f, "joiner, invisible operators, isolates" },
	{ 0xfeff, 0xfeff, "zero width no-break space" },
	{ 0xfff9, 0xfffb, "interlinear annotation" },
	{ 0xe0000, 0xe007f, "tags: letters that nobody sees" },
};

bool
vis_is_hidden(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (cp >= hidden[i].first && cp <= hidden[i].last)
			return true;
	return false;
}

static void
hex_add(struct buf *out, char c)
{
	unsigned char byte = (unsigned char)c;
	static const char digit[] = "0123456789abcdef";
	const char text[4] = { '\\', 'x', digit[byte >> 4], digit[byte & 15] };
	buf_add(out, text, sizeof(text));
}

void
vis_add(struct buf *out, const char *bytes, size_t len)
{
	size_t i = 0;
	while (i < len) {
		const char *at = bytes + i;
		uint32_t cp = 0;
		size_t n = utf8_get(at, len - i, &cp);
		if (n == 0) { /* not UTF-8: this byte alone, then try again */
			hex_add(out, at[0]);
			n = 1;
		} else if (cp == '\\') {
			buf_str_add(out, "\\\\");
		} else if (vis_is_hidden(cp)) {
			for (size_t k = 0; k < n; k++)
				hex_add(out, at[k]);
		} else {
			buf_add(out, at, n);
		}
		i += n;
	}
}

void
vis_str(struct buf *out, const char *s)
{
	vis_add(out, s, strlen(s));
}

void
vis_json(struct buf *out, const char *dump)
{
	for (const char *c = dump; *c != '\0'; c++) {
		if (*c == '\x7f')
			buf_str_add(out, "\\u007f");
		else
			buf_char(out, *c);
	}
}

void
vis_shell(struct buf *out, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._/=:,@%+-";
	if (s[0] != '\0' && s[strspn(s, plain)] == '\0') {
		buf_str_add(out, s);
		return;
	}
	/* The encoded form means the same bytes only between $' and '. */
	own_buf struct buf text = { .max = out->max };
	vis_str(&text, s);
	if (buf_failed(&text)) {
		out->failed = true;
		return;
	}
	bool encoded = strcmp(buf_str(&text), s) != 0;
	buf_str_add(out, encoded ? "$'" : "'");
	for (const char *c = buf_str(&text); *c != '\0'; c++) {
		if (*c == '\'')
			buf_str_add(out, encoded ? "\\'" : "'\\''");
		else
			buf_char(out, *c);
	}
	buf_char(out, '\'');
}
