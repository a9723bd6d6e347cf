/* SPDX-License-Identifier: Apache-2.0 */
/* vis_test.c -- what passes, what is encoded, and what a shell reads back. */
#include "policy/vis.h"

#include "policy/buf.h"
#include "tests/unit/tap.h"

struct row {
	const char *name;
	const char *in;
	const char *out;
};

static const struct row encoded[] = {
	{ "plain text", "a b/c-d_e", "a b/c-d_e" },
	{ "nothing", "", "" },
	{ "escape", "\033[31m", "\\x1b[31m" },
	{ "new line, tab, return", "a\nb\tc\r", "a\\x0ab\\x09c\\x0d" },
	{ "DEL", "a\177", "a\\x7f" },
	{ "backslash", "a\\x1b", "a\\\\x1b" },
	{ "raw C1",
		"\x9b"
		"31m",
		"\\x9b31m" },
	{ "C1 as UTF-8", "\xc2\x9b", "\\xc2\\x9b" },
	{ "first after C1", "\xc2\xa0", "\xc2\xa0" },
	{ "accents, CJK, emoji", "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80",
		"\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80" },
	{ "right-to-left override", "\xe2\x80\xae", "\\xe2\\x80\\xae" },
	{ "first embedding", "\xe2\x80\xaa", "\\xe2\\x80\\xaa" },
	{ "isolates", "\xe2\x81\xa6\xe2\x81\xa9",
		"\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
	{ "marks", "\xe2\x80\x8e\xe2\x80\x8f",
		"\\xe2\\x80\\x8e\\xe2\\x80\\x8f" },
	{ "arabic letter mark", "\xd8\x9c", "\\xd8\\x9c" },
	{ "zero width", "\xe2\x80\x8b\xe2\x80\x8d",
		"\\xe2\\x80\\x8b\\xe2\\x80\\x8d" },
	{ "hyphen next to zero width", "\xe2\x80\x90", "\xe2\x80\x90" },
	{ "word joiner", "\xe2\x81\xa0", "\\xe2\\x81\\xa0" },
	{ "tags", "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" },
	{ "soft hyphen, invisible plus", "\xc2\xad\xe2\x81\xa4",
		"\\xc2\\xad\\xe2\\x81\\xa4" },
	{ "byte order mark", "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
	{ "line separator", "\xe2\x80\xa8\xe2\x80\xa9",
		"\\xe2\\x80\\xa8\\xe2\\x80\\xa9" },
	{ "overlong", "\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf" },
	{ "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "above the last", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "cut short", "\xe6\x97", "\\xe6\\x97" },
	{ "bad continuation, then text", "\xe6xy", "\\xe6xy" },
	{ "lone continuation", "\x80z", "\\x80z" },
	{ "0xff", "\xff", "\\xff" },
};

static const struct row shell[] = {
	{ "plain word", "a/b.c-d_e=f:g,h@i%j+k", "a/b.c-d_e=f:g,h@i%j+k" },
	{ "empty word", "", "''" },
	{ "blank", "a b", "'a b'" },
	{ "quote", "it's", "'it'\\''s'" },
	{ "dollar", "$HOME", "'$HOME'" },
	{ "UTF-8", "\xc3\xa9", "'\xc3\xa9'" },
	{ "control", "a\nb", "$'a\\x0ab'" },
	{ "backslash", "a\\b", "$'a\\\\b'" },
	{ "control and quote", "a\n'b", "$'a\\x0a\\'b'" },
};

int
main(void)
{
	struct tap t = { 0 };
	for (size_t i = 0; i < sizeof(encoded) / sizeof(encoded[0]); i++) {
		own_buf struct buf b = { 0 };
		vis_str(&b, encoded[i].in);
		tap_str(&t, buf_str(&b), encoded[i].out, encoded[i].name);
	}
	for (size_t i = 0; i < sizeof(shell) / sizeof(shell[0]); i++) {
		own_buf struct buf b = { 0 };
		vis_shell(&b, shell[i].in);
		tap_str(&t, buf_str(&b), shell[i].out, shell[i].name);
	}
	own_buf struct buf nul = { 0 };
	vis_add(&nul, "a\0b", 3);
	tap_str(&t, buf_str(&nul), "a\\x00b", "NUL is data here");
	own_buf struct buf small = { .max = 3 };
	vis_shell(&small, "\n\n\n\n");
	tap_ok(&t, buf_failed(&small), "failure of the buf is kept");
	return tap_end(&t);
}
