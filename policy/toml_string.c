/* SPDX-License-Identifier: Apache-2.0 */
/* toml_string.c -- TOML: the four kinds of string (room: user). */
#include "policy/toml.h"

#include <errno.h>
#include <string.h>

#include "policy/num.h"
#include "policy/toml_lex.h"

/* A string as it lies in the source. */
struct raw {
	char quote;        /* " or ' */
	bool lines;        /* three quotes: may span lines */
	const char *open;  /* the first quote */
	const char *text;  /* behind the opening quotes */
	const char *close; /* the first closing quote */
};

/* Where a multi-line string ends: one or two quotes may stand before it. */
static const char *
find_three(const struct toml_lex *l, const struct raw *r)
{
	const char *p = r->text;

	for (; l->end - p >= 3; p++) {
		if (*p == '\\' && r->quote == '"') {
			p++; /* whatever is escaped closes nothing */
			continue;
		}
		if (p[0] != r->quote || p[1] != r->quote || p[2] != r->quote)
			continue;
		for (int i = 0; i < 2 && l->end - p > 3; i++)
			if (p[3] == r->quote)
				p++;
		return p;
	}
	return NULL;
}

static const char *
find_one(const struct toml_lex *l, const struct raw *r)
{
	for (const char *p = r->text; p < l->end; p++) {
		if (*p == r->quote)
			return p;
		if (*p == '\n')
			return NULL;
		if (*p == '\\' && r->quote == '"' && ++p < l->end && *p == '\n')
			return NULL;
	}
	return NULL;
}

static int
find_close(struct toml_lex *l, struct raw *r)
{
	r->close = r->lines ? find_three(l, r) : find_one(l, r);
	if (r->close != NULL)
		return 0;
	if (r->lines)
		return toml_error(l, r->open, "close it with three quotes",
			"the string is not closed");
	return toml_error(l, r->open,
		"close it on the same line, or use three quotes",
		"the string is not closed");
}

static size_t
utf8_put(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | (c >> 6));
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | (c >> 12));
		out[1] = (char)(0x80 | ((c >> 6) & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (c >> 18));
	out[1] = (char)(0x80 | ((c >> 12) & 0x3f));
	out[2] = (char)(0x80 | ((c >> 6) & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* \uXXXX or \UXXXXXXXX; *p stands on the u and is moved behind the digits. */
static int
unicode_escape(
	struct toml_lex *l, const struct raw *r, const char **p, uint32_t *ret)
{
	const char *at = *p - 1;
	int want = **p == 'u' ? 4 : 8;
	uint32_t c = 0;

	(*p)++;
	for (int i = 0; i < want; i++, (*p)++) {
		int v = *p < r->close ? num_hex(**p) : -1;
		if (v < 0)
			return toml_error(l, at,
				"give all of them; hexadecimal",
				"the escape needs %d digits", want);
		c = c << 4 | (uint32_t)v;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return toml_error(l, at, "name a Unicode scalar value",
			"U+%04X is no character", c);
	*ret = c;
	return 0;
}

/*
 * A backslash at the end of a line swallows blanks and newlines up to the next
 * text.  Returns NULL where the line does not end there.
 */
static const char *
line_continues(const struct raw *r, const char *p)
{
	bool newline = false;

	if (!r->lines)
		return NULL;
	for (; p < r->close; p++) {
		if (*p == '\n')
			newline = true;
		else if (*p == '\r' || *p == ' ' || *p == '\t')
			continue;
		else
			break;
	}
	/* Blanks without a newline would be an escaped blank: no such thing. */
	return newline ? p : NULL;
}

static int
bad_escape(struct toml_lex *l, const char *at)
{
	return toml_error(l, at,
		"use \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX, or a "
		"string in single quotes",
		"no such escape");
}

/* *p stands behind the backslash. */
static int
escape(struct toml_lex *l, const struct raw *r, const char **p, char **out)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	const char *at = *p - 1;
	const char *next = line_continues(r, *p);

	if (next != NULL) {
		*p = next;
		return 0;
	}
	if (*p >= r->close || **p == '\0')
		return bad_escape(l, at);
	if (**p == 'u' || **p == 'U') {
		uint32_t c = 0;
		int rc = unicode_escape(l, r, p, &c);
		if (rc < 0)
			return rc;
		*out += utf8_put(*out, c);
		return 0;
	}
	const char *hit = strchr(from, **p);
	if (hit == NULL)
		return bad_escape(l, at);
	*(*out)++ = to[hit - from];
	(*p)++;
	return 0;
}

/* No escape is shorter than what it stands for, so the source is room enough. */
static int
decode(struct toml_lex *l, const struct raw *r, char *out, size_t *ret_len)
{
	char *start = out;
	const char *p = r->text;

	while (p < r->close) {
		char c = *p++;
		if (c == '\\' && r->quote == '"') {
			int rc = escape(l, r, &p, &out);
			if (rc < 0)
				return rc;
			continue;
		}
		if (c == '\r')
			continue; /* CR LF counts as LF */
		*out++ = c;
	}
	*ret_len = (size_t)(out - start);
	return 0;
}

int
toml_string(struct toml_lex *l, enum toml_quote q, const char **ret_text,
	size_t *ret_len)
{
	struct raw r = { .quote = *l->pos, .open = l->pos };
	size_t marks = 1;

	r.lines = l->end - l->pos >= 3 && l->pos[1] == r.quote &&
		  l->pos[2] == r.quote;
	if (r.lines && q == TOML_ONE_LINE)
		return toml_error(l, l->pos, "use one quote",
			"a key cannot be a multi-line string");
	if (r.lines)
		marks = 3;
	r.text = l->pos + marks;
	if (r.lines && r.text < l->end && *r.text == '\r')
		r.text++;
	if (r.lines && r.text < l->end && *r.text == '\n')
		r.text++; /* the newline right behind the quotes is trimmed */
	int rc = find_close(l, &r);
	if (rc < 0)
		return rc;
	char *out = arena_alloc(&l->doc->arena, (size_t)(r.close - r.text) + 1);
	if (out == NULL)
		return toml_full(l, r.open);
	rc = decode(l, &r, out, ret_len);
	if (rc < 0)
		return rc;
	*ret_text = out;
	l->pos = r.close + marks;
	return 0;
}
