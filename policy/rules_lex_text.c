/* SPDX-License-Identifier: Apache-2.0 */
/* rules_lex_text.c -- strings and numbers of the rules language (room: user). */
#include "policy/rules_lex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/num.h"

struct escape {
	char c;
	char value;
};

static const struct escape escapes[] = {
	{ 'n', '\n' },
	{ 't', '\t' },
	{ 'r', '\r' },
	{ 'a', '\a' },
	{ 'b', '\b' },
	{ 'f', '\f' },
	{ 'v', '\v' },
	{ '"', '"' },
	{ '\'', '\'' },
	{ '\\', '\\' },
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* ---- escapes ------------------------------------------------------------- */

struct unescape {
	struct lexer *lx;
	const char *p; /* next byte of the source */
	const char *end;
	char *out; /* room for end - p bytes: no escape gets longer */
	size_t n;
	bool bytes;
};

static int
bad_escape(struct unescape *u, const char *from, size_t len)
{
	/* Whole characters only: this text is shown. */
	while (from + len < u->end && ((unsigned char)from[len] & 0xc0) == 0x80)
		len++;
	uint32_t at =
		(uint32_t)(from - u->lx->src->text); /* < RULES_FILE_MAX */
	return rules_fail(u->lx->err,
		(struct rules_span){ at - 1, at + (uint32_t)len },
		"Parse error: invalid string escape sequence `%.*s`", (int)len,
		from);
}

static void
put_code_point(struct unescape *u, uint32_t cp)
{
	u->n += utf8_put(u->out + u->n, cp);
}

/* \xHH, \uHHHH, \UHHHHHHHH: p is behind the letter. */
static int
take_hex(struct unescape *u, unsigned int digits)
{
	const char *from = u->p - 1;
	uint32_t v = 0;
	for (unsigned int i = 0; i < digits; i++) {
		int d = u->p < u->end ? num_hex(*u->p) : -1;
		if (d < 0)
			return bad_escape(u, from, i + 1);
		v = v << 4 | (uint32_t)d;
		u->p++;
	}
	if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return bad_escape(u, from, digits + 1);
	if (u->bytes && digits == 2)
		u->out[u->n++] = (char)v;
	else
		put_code_point(u, v);
	return 0;
}

/* One to three octal digits; p is on the first. */
static int
take_octal(struct unescape *u)
{
	const char *from = u->p;
	uint32_t v = 0;
	for (unsigned int i = 0; i < 3; i++) {
		if (u->p >= u->end || *u->p < '0' || *u->p > '7')
			break;
		v = v << 3 | (uint32_t)(*u->p++ - '0');
	}
	if (!u->bytes)
		put_code_point(u, v);
	else if (v > 0xff)
		return bad_escape(u, from, 3);
	else
		u->out[u->n++] = (char)v;
	return 0;
}

/* p is behind a backslash. */
static int
take_escape(struct unescape *u)
{
	char c = *u->p;
	if (c == '\n') {
		u->p++;
		return 0;
	}
	if (c == '\r' && u->p + 1 < u->end && u->p[1] == '\n') {
		u->p += 2;
		return 0;
	}
	if (c >= '0' && c <= '7')
		return take_octal(u);
	if (c == 'x' || c == 'u' || c == 'U') {
		u->p++;
		return take_hex(u, c == 'x' ? 2 : c == 'u' ? 4 : 8);
	}
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (escapes[i].c != c)
			continue;
		u->out[u->n++] = escapes[i].value;
		u->p++;
		return 0;
	}
	u->out[u->n++] = '\\'; /* unknown: it stays two characters */
	return 0;
}

const struct rstr *
lexer_unescape(struct lexer *lx, struct rules_span at, bool raw, bool bytes)
{
	size_t len = at.end - at.begin;
	struct unescape u = {
		.lx = lx,
		.p = lx->src->text + at.begin,
		.end = lx->src->text + at.end,
		.bytes = bytes,
	};
	if (memchr(u.p, '\\', len) == NULL && memchr(u.p, '\r', len) == NULL)
		return rstr_new(lx->arena, u.p, len);
	u.out = arena_alloc(lx->arena, len + UTF8_MAX);
	while (u.out != NULL && u.p < u.end) {
		char c = *u.p++;
		if (c == '\\' && raw && u.p < u.end && is_quote(*u.p)) {
			u.out[u.n++] = *u.p++; /* r"\"" is one character */
		} else if (c == '\\' && raw && u.p < u.end && *u.p == '\\') {
			u.out[u.n++] = c;
			u.out[u.n++] = *u.p++;
		} else if (c == '\\' && !raw && u.p < u.end) {
			if (take_escape(&u) < 0)
				return NULL;
		} else if (c != '\r' || u.p >= u.end || *u.p != '\n') {
			u.out[u.n++] = c; /* CR LF is read as LF */
		}
	}
	return u.out == NULL ? NULL : rstr_new(lx->arena, u.out, u.n);
}

/* ---- strings ------------------------------------------------------------- */

/* Behind a "{" of a format string: over the expression to its "}". */
static uint32_t
skip_braces(const char *text, uint32_t pos, uint32_t end, bool triple)
{
	uint32_t open = 1;
	while (pos < end && open > 0 && (triple || text[pos] != '\n')) {
		if (text[pos] == '{')
			open++;
		else if (text[pos] == '}')
			open--;
		pos++;
	}
	return pos;
}

struct quoting {
	char quote;
	bool triple;
	bool format;
};

/* Offset of the closing quote from pos on; UINT32_MAX when there is none. */
static uint32_t
find_close(const struct lexer *lx, uint32_t pos, struct quoting q)
{
	const char *t = lx->src->text;
	while (pos < lx->end) {
		char c = t[pos];
		if (c == q.quote &&
			(!q.triple || (lx->end - pos >= 3 && t[pos + 1] == c &&
					      t[pos + 2] == c)))
			return pos;
		if (c == '\n' && !q.triple)
			break;
		pos++;
		if (c == '\\' && pos < lx->end) {
			pos += t[pos] == '\r' && pos + 1 < lx->end &&
					       t[pos + 1] == '\n'
				       ? 2
				       : 1;
		} else if (c == '{' && q.format && pos < lx->end) {
			pos = t[pos] == '{'
				      ? pos + 1
				      : skip_braces(t, pos, lx->end, q.triple);
		}
	}
	return UINT32_MAX;
}

static int
unfinished(struct lexer *lx, uint32_t begin)
{
	uint32_t end = begin;
	while (end < lx->end && lx->src->text[end] != '\n')
		end++;
	return rules_fail(lx->err, (struct rules_span){ begin, end },
		"Parse error: unfinished string literal");
}

int
lexer_string(struct lexer *lx, struct token *ret)
{
	const char *t = lx->src->text;
	uint32_t begin = lx->pos;
	uint32_t pos = begin;
	struct quoting q = { 0 };
	bool bytes = false;
	for (; t[pos] != '"' && t[pos] != '\''; pos++) {
		ret->raw = ret->raw || t[pos] == 'r';
		bytes = bytes || t[pos] == 'b';
		q.format = q.format || t[pos] == 'f';
	}
	q.quote = t[pos];
	q.triple = lx->end - pos >= 3 && t[pos + 1] == q.quote &&
		   t[pos + 2] == q.quote;
	pos += q.triple ? 3 : 1;
	uint32_t close = find_close(lx, pos, q);
	if (close == UINT32_MAX)
		return unfinished(lx, begin);
	lx->pos = close + (q.triple ? 3 : 1);
	ret->at = (struct rules_span){ begin, lx->pos };
	ret->body = (struct rules_span){ pos, close };
	ret->t = q.format ? TK_FSTR : bytes ? TK_BYTES : TK_STR;
	if (!q.format)
		ret->str = lexer_unescape(lx, ret->body, ret->raw, bytes);
	return lx->err->set ? -EINVAL : 0;
}

/* ---- numbers ------------------------------------------------------------- */

static uint32_t
digits_from(const struct lexer *lx, uint32_t pos, int base)
{
	while (pos < lx->end) {
		int d = num_hex(lx->src->text[pos]);
		if (d < 0 || d >= base)
			break;
		pos++;
	}
	return pos;
}

static char
char_at(const struct lexer *lx, uint32_t pos)
{
	if (pos >= lx->end)
		return '\0';
	return lx->src->text[pos];
}

/* The end of a fraction and an exponent behind the digits; pos when none. */
static uint32_t
float_end(const struct lexer *lx, uint32_t pos)
{
	if (char_at(lx, pos) == '.')
		pos = digits_from(lx, pos + 1, 10);
	if (char_at(lx, pos) == 'e' || char_at(lx, pos) == 'E') {
		uint32_t exp = pos + 1;
		if (char_at(lx, exp) == '+' || char_at(lx, exp) == '-')
			exp++;
		if (is_digit(char_at(lx, exp)))
			pos = digits_from(lx, exp, 10);
	}
	return pos;
}

static int
lex_float(struct lexer *lx, struct token *ret)
{
	/* strtod needs a NUL; the C locale is never left in this program. */
	char *s = arena_copy(lx->arena, lx->src->text + ret->at.begin,
		ret->at.end - ret->at.begin);
	ret->t = TK_FLOAT;
	if (s != NULL)
		ret->f = strtod(s, NULL);
	return 0;
}

static int
lex_int(struct lexer *lx, struct token *ret, uint32_t from, int base)
{
	int64_t v = 0;
	ret->t = TK_INT;
	for (uint32_t i = from; i < ret->at.end; i++) {
		int d = num_hex(lx->src->text[i]);
		if (!__builtin_mul_overflow(v, base, &v) &&
			!__builtin_add_overflow(v, d, &v))
			continue;
		if (base != 10)
			return rules_fail(lx->err, ret->at,
				"not supported here: an integer over 63 bits "
				"that is not decimal");
		ret->t = TK_BIG;
		ret->str = rstr_new(
			lx->arena, lx->src->text + from, ret->at.end - from);
		return 0;
	}
	ret->i = v;
	return 0;
}

int
lexer_number(struct lexer *lx, struct token *ret)
{
	uint32_t begin = lx->pos;
	char kind = char_at(lx, begin + 1);
	if (char_at(lx, begin) != '0')
		kind = '\0';
	int base = kind == 'x' || kind == 'X'   ? 16
		   : kind == 'o' || kind == 'O' ? 8
		   : kind == 'b' || kind == 'B' ? 2
						: 10;
	uint32_t end = digits_from(lx, begin + 2, base);
	if (base != 10 && end > begin + 2) {
		ret->at = (struct rules_span){ begin, end };
		lx->pos = end;
		return lex_int(lx, ret, begin + 2, base);
	}
	end = digits_from(lx, begin, 10);
	uint32_t all = float_end(lx, end);
	ret->at = (struct rules_span){ begin, all };
	lx->pos = all;
	if (all > end)
		return lex_float(lx, ret);
	if (end - begin > 1 && char_at(lx, begin) == '0')
		return rules_fail(lx->err, ret->at,
			"Parse error: integer cannot have leading 0, got `%.*s`",
			(int)(end - begin), lx->src->text + begin);
	return lex_int(lx, ret, begin, 10);
}
