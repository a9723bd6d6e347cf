/* SPDX-License-Identifier: Apache-2.0 */
/* shquote.c -- words quoted for a shell (room: user). */
/*
 * A word is cut into the longest pieces that can be written in one way: bare,
 * in '...' or in "...", in this order.  A "^" is only taken as the first
 * character of '...'; nothing that some shell expands stands in "...".
 */
#include "policy/shquote.h"

#include <string.h>

#include "policy/buf.h"

enum way { BARE = 1, SINGLE = 2, DOUBLE = 4 };

static unsigned int
ways_of(char c)
{
	static const char bare[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"+-./:@]_";
	return (strchr(bare, c) != NULL ? BARE : 0) |
	       (strchr("'\\^", c) == NULL ? SINGLE : 0) |
	       (strchr("`$!^", c) == NULL ? DOUBLE : 0);
}

/* Bytes of s, which is not empty, that can be written in the same ways. */
static size_t
piece(const char *s, unsigned int *ret_ways)
{
	size_t n = s[0] == '^';
	*ret_ways = n > 0 ? SINGLE : BARE | SINGLE | DOUBLE;
	for (; s[n] != '\0' && (*ret_ways & ways_of(s[n])) != 0; n++)
		*ret_ways &= ways_of(s[n]);
	return n;
}

void
shquote_word(struct buf *out, const char *word)
{
	if (word[0] == '\0')
		buf_str_add(out, "''");
	while (*word != '\0') {
		unsigned int ways = 0;
		const char *end = word + piece(word, &ways);
		const char *quote = ways & BARE     ? ""
				    : ways & SINGLE ? "'"
						    : "\"";
		buf_str_add(out, quote);
		for (; word < end; word++) {
			if (quote[0] == '"' && (*word == '"' || *word == '\\'))
				buf_char(out, '\\');
			buf_char(out, *word);
		}
		buf_str_add(out, quote);
	}
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
