/* SPDX-License-Identifier: Apache-2.0 */
/* toml_number.c -- TOML: booleans, integers, floats (room: user). */
#include "policy/toml.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policy/num.h"
#include "policy/toml_lex.h"

enum { TOKEN_SHOWN = 40 };

static bool
is_token_char(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '-' || c == '_' ||
	       c == '.' || c == ':';
}

static size_t
token_len(const struct toml_lex *l)
{
	const char *p = l->pos;

	while (p < l->end && is_token_char(*p))
		p++;
	/* A date and a time may be parted by one blank. */
	if (toml_is_date(l->pos, (size_t)(p - l->pos)) && p - l->pos == 10 &&
		l->end - p > 3 && *p == ' ' &&
		toml_is_time(p + 1, (size_t)(l->end - p - 1)))
		for (p++; p < l->end && is_token_char(*p);)
			p++;
	return (size_t)(p - l->pos);
}

static bool
token_is(const char *tok, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(tok, word, len) == 0;
}

static int
bad_number(struct toml_lex *l, size_t len)
{
	int shown = len > TOKEN_SHOWN ? TOKEN_SHOWN : (int)len;

	return toml_error(l, l->pos, "put text in quotes",
		"\"%.*s\" is no value", shown, l->pos);
}

/* Digits of a base with single underscores between them, at least one. */
static bool
digits_ok(const char *s, size_t len, int base)
{
	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '_') {
			if (i == 0 || i + 1 == len || s[i - 1] == '_')
				return false;
		} else if (num_hex(s[i]) < 0 || num_hex(s[i]) >= base) {
			return false;
		}
	}
	return true;
}

/* Decimal digits without a leading zero, as integers and mantissas want. */
static bool
plain_ok(const char *s, size_t len)
{
	return digits_ok(s, len, 10) && (len == 1 || s[0] != '0');
}

/* The digits were checked; the range is what is left to check. */
static int
integer_value(
	struct toml_lex *l, const char *s, size_t len, int base, struct toml *v)
{
	bool minus = *l->pos == '-';
	uint64_t n = 0, max = minus ? (uint64_t)1 << 63 : INT64_MAX;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '_')
			continue;
		uint64_t digit = (uint64_t)num_hex(s[i]);
		if (__builtin_mul_overflow(n, (uint64_t)base, &n) ||
			__builtin_add_overflow(n, digit, &n) || n > max)
			return toml_error(l, l->pos,
				"stay within 64 bits, signed",
				"the integer is too large");
	}
	v->type = TOML_INTEGER;
	/* -2^63 has no positive twin: negate as unsigned. */
	v->integer = (int64_t)(minus ? ~n + 1 : n);
	return 0;
}

static int
based(struct toml_lex *l, size_t len, struct toml *v)
{
	int base = l->pos[1] == 'x' ? 16 : l->pos[1] == 'o' ? 8 : 2;

	if (!digits_ok(l->pos + 2, len - 2, base))
		return toml_error(l, l->pos,
			"use 0x, 0o or 0b and digits of that base, no sign",
			"bad number in base %d", base);
	return integer_value(l, l->pos + 2, len - 2, base, v);
}

static size_t
span_digits(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (isdigit((unsigned char)s[n]) || s[n] == '_'))
		n++;
	return n;
}

/* [digits] [. digits] [e [sign] digits], at least one of the last two. */
static bool
float_ok(const char *s, size_t len)
{
	size_t n = span_digits(s, len);

	if (!plain_ok(s, n) || n == len)
		return false;
	if (s[n] == '.') {
		size_t frac = span_digits(s + n + 1, len - n - 1);
		if (!digits_ok(s + n + 1, frac, 10))
			return false;
		n += 1 + frac;
	}
	if (n == len)
		return true;
	if (s[n] != 'e' && s[n] != 'E')
		return false;
	n++;
	if (n < len && (s[n] == '+' || s[n] == '-'))
		n++;
	return digits_ok(s + n, len - n, 10);
}

static int
float_value(struct toml_lex *l, size_t len, struct toml *v)
{
	char *digits = arena_alloc(&l->doc->arena, len + 1);
	size_t n = 0;

	if (digits == NULL)
		return toml_full(l, l->pos);
	for (size_t i = 0; i < len; i++)
		if (l->pos[i] != '_')
			digits[n++] = l->pos[i];
	/* The programs never call setlocale(): the point is a point. */
	v->type = TOML_FLOAT;
	v->real = strtod(digits, NULL);
	if (isinf(v->real))
		return toml_error(l, l->pos,
			"stay within a double, or write inf",
			"the float is too large");
	return 0;
}

static bool
word(const char *s, size_t len, bool minus, struct toml *v)
{
	if (token_is(s, len, "inf"))
		v->real = minus ? -HUGE_VAL : HUGE_VAL;
	else if (token_is(s, len, "nan"))
		v->real = (double)NAN;
	else
		return false;
	v->type = TOML_FLOAT;
	return true;
}

static int
number(struct toml_lex *l, size_t len, struct toml *v)
{
	size_t sign = *l->pos == '+' || *l->pos == '-';
	const char *s = l->pos + sign;
	size_t n = len - sign;

	if (word(s, n, *l->pos == '-', v))
		return 0;
	if (sign == 0 && n >= 2 && s[0] == '0' &&
		(s[1] == 'x' || s[1] == 'o' || s[1] == 'b'))
		return based(l, len, v);
	if (plain_ok(s, n))
		return integer_value(l, s, n, 10, v);
	if (float_ok(s, n))
		return float_value(l, len, v);
	if (n > 1 && s[0] == '0' && digits_ok(s, n, 10))
		return toml_error(l, l->pos, "leave the zeros out",
			"a number cannot begin with zero");
	return bad_number(l, len);
}

int
toml_plain(struct toml_lex *l, struct toml *v)
{
	size_t len = token_len(l);
	int rc = 0;

	if (len == 0)
		return toml_error(
			l, l->pos, "give a value", "a value is missing");
	if (token_is(l->pos, len, "true") || token_is(l->pos, len, "false")) {
		v->type = TOML_BOOL;
		v->truth = len == 4;
	} else if (toml_is_date(l->pos, len) || toml_is_time(l->pos, len)) {
		rc = toml_date(l, l->pos, len, v);
	} else {
		rc = number(l, len, v);
	}
	if (rc == 0)
		l->pos += len;
	return rc;
}
