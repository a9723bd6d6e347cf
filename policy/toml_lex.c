/* SPDX-License-Identifier: Apache-2.0 */
/* toml_lex.c -- TOML: positions, errors, blanks, newlines (room: user). */
#include "policy/toml_lex.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/diag.h"
#include "policy/utf8.h"

/*
 * Line and column of a place, counted on from the place asked before: a
 * document of one megabyte on one line must not be walked once per value.
 */
void
toml_where(struct toml_lex *l, const char *at, uint32_t *ret_line,
	uint32_t *ret_col)
{
	if (l->mark == NULL || at < l->mark) {
		l->mark = l->doc->text;
		l->mark_line = 1;
		l->mark_col = 1;
	}
	for (; l->mark < at; l->mark++) {
		unsigned char c = (unsigned char)*l->mark;
		if (c == '\n') {
			l->mark_line++;
			l->mark_col = 1;
		} else if ((c & 0xc0) != 0x80) {
			l->mark_col++; /* not a continuation byte */
		}
	}
	*ret_line = l->mark_line;
	*ret_col = l->mark_col;
}

static int
toml_fail(struct toml_lex *l, int err, const char *at, const char *mend,
	const char *cause)
{
	char thing[DIAG_TEXT_MAX];

	toml_where(l, at, &l->doc->err_line, &l->doc->err_col);
	(void)snprintf(thing, sizeof(thing), "%s:%u:%u", l->doc->name,
		l->doc->err_line, l->doc->err_col); /* cut is fine */
	return diag_set(l->d, err, DIAG_SETUP, thing, cause, mend);
}

int
toml_error(struct toml_lex *l, const char *at, const char *mend,
	const char *fmt, ...)
{
	char cause[DIAG_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(cause, sizeof(cause), fmt, ap); /* cut is fine */
	va_end(ap);
	return toml_fail(l, -EINVAL, at, mend, cause);
}

int
toml_full(struct toml_lex *l, const char *at)
{
	char cause[96];

	(void)snprintf(cause, sizeof(cause),
		"the document needs more than %d MiB of memory",
		TOML_MEMORY_MAX >> 20);
	return toml_fail(l, -E2BIG, at, "make it smaller", cause);
}

static int
check_ascii(struct toml_lex *l, const char *p)
{
	unsigned char c = (unsigned char)*p;

	if (c == '\r' && (p + 1 == l->end || p[1] != '\n'))
		return toml_error(l, p, "end lines with LF or CR LF",
			"carriage return without line feed");
	if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
		return toml_error(l, p, "write it as \\uXXXX in a string",
			"control character 0x%02x", c);
	return 0;
}

/*
 * What TOML forbids everywhere is looked for once, ahead: bytes that are not
 * UTF-8, control characters, a lone carriage return.
 */
int
toml_check_text(struct toml_lex *l)
{
	const char *p = l->pos;

	if (l->end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		return toml_error(l, p, "save it without one",
			"the file starts with a byte order mark");
	while (p < l->end) {
		const unsigned char *u = (const unsigned char *)p;
		if (*u >= 0x20 && *u < 0x7f) {
			p++;
			continue;
		}
		if (*u < 0x80) {
			int rc = check_ascii(l, p);
			if (rc < 0)
				return rc;
			p++;
			continue;
		}
		uint32_t c = 0;
		size_t n = utf8_get(p, (size_t)(l->end - p), &c);
		if (n == 0)
			return toml_error(l, p, "save it as UTF-8",
				"byte 0x%02x is not UTF-8", *u);
		p += n;
	}
	return 0;
}

bool
toml_starts(const struct toml_lex *l, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(l->end - l->pos) >= n && memcmp(l->pos, s, n) == 0;
}

void
toml_skip_blank(struct toml_lex *l)
{
	while (l->pos < l->end && (*l->pos == ' ' || *l->pos == '\t'))
		l->pos++;
}

static void
skip_comment(struct toml_lex *l)
{
	if (l->pos == l->end || *l->pos != '#')
		return;
	const char *nl = memchr(l->pos, '\n', (size_t)(l->end - l->pos));
	l->pos = nl == NULL ? l->end : nl;
}

void
toml_skip_lines(struct toml_lex *l)
{
	for (;;) {
		toml_skip_blank(l);
		skip_comment(l);
		if (l->pos == l->end || (*l->pos != '\n' && *l->pos != '\r'))
			return;
		l->pos++;
	}
}

int
toml_line_end(struct toml_lex *l)
{
	toml_skip_blank(l);
	skip_comment(l);
	if (l->pos == l->end)
		return 0;
	if (*l->pos == '\r')
		l->pos++; /* a line feed follows: toml_check_text() */
	if (*l->pos != '\n')
		return toml_error(l, l->pos, "begin a new line here",
			"more text where the line should end");
	l->pos++;
	return 0;
}
