/* SPDX-License-Identifier: Apache-2.0 */
/* shquote.c -- words quoted for a shell (room: user). */
/*
 * Bare if every byte is known to be harmless; else in single quotes; a word
 * with a single quote in double quotes, unless something in it would still be
 * expanded there; else in pieces of both.
 */
#include "policy/shquote.h"

#include <stdbool.h>
#include <string.h>

#include "policy/buf.h"

static bool
bare_ok(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("+-./:@]_", c) != NULL);
}

/* Bytes at the start of s that may stand together in double quotes. */
static size_t
double_span(const char *s)
{
	return strcspn(s, "$`!^");
}

/*
 * One quoted piece of s; returns how many bytes it took, at least one.  Of the
 * two kinds of quotes the one that reaches further is taken.
 */
static size_t
piece(struct buf *out, const char *s)
{
	size_t single = strcspn(s, "'");
	size_t twice = double_span(s);
	if (single >= twice) {
		buf_char(out, '\'');
		buf_add(out, s, single);
		buf_char(out, '\'');
		return single;
	}
	buf_char(out, '"');
	for (size_t i = 0; i < twice; i++) {
		if (s[i] == '"' || s[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, s[i]);
	}
	buf_char(out, '"');
	return twice;
}

void
shquote_word(struct buf *out, const char *word)
{
	size_t bare = 0;
	while (bare_ok((unsigned char)word[bare]))
		bare++;
	if (bare > 0 && word[bare] == '\0') {
		buf_add(out, word, bare);
		return;
	}
	if (word[0] == '\0')
		buf_str_add(out, "''");
	for (const char *s = word; *s != '\0';)
		s += piece(out, s);
}

void
shquote_argv(struct buf *out, size_t argc, char *const *argv)
{
	for (size_t i = 0; i < argc; i++) {
		if (i > 0)
			buf_char(out, ' ');
		shquote_word(out, argv[i]);
	}
}
