/* SPDX-License-Identifier: Apache-2.0 */
/* toml_date.c -- TOML: dates and times of RFC 3339 (room: user). */
#include "policy/toml.h"

#include <ctype.h>
#include <errno.h>

#include "policy/toml_lex.h"

/* What is left of a token; latches the first misfit. */
struct scan {
	const char *p, *end;
	bool bad;
};

static bool
is_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* Does the token mean to be a date?  (Then its errors are those of dates.) */
bool
toml_is_date(const char *tok, size_t len)
{
	return len >= 5 && is_digits(tok, 4) && tok[4] == '-';
}

bool
toml_is_time(const char *tok, size_t len)
{
	return len >= 3 && is_digits(tok, 2) && tok[2] == ':';
}

/* Exactly n digits with a value of lo..hi. */
static uint16_t
take(struct scan *s, size_t n, unsigned lo, unsigned hi)
{
	unsigned v = 0;

	if (s->bad || (size_t)(s->end - s->p) < n || !is_digits(s->p, n)) {
		s->bad = true;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(*s->p++ - '0');
	if (v < lo || v > hi)
		s->bad = true;
	return (uint16_t)v;
}

static bool
next_is(const struct scan *s, const char *set)
{
	if (s->bad || s->p == s->end)
		return false;
	for (; *set != '\0'; set++)
		if (*s->p == *set)
			return true;
	return false;
}

static void
need(struct scan *s, const char *set)
{
	if (next_is(s, set))
		s->p++;
	else
		s->bad = true;
}

static unsigned
month_days(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month < 1 || month > 12)
		return 0;
	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static void
scan_date(struct scan *s, struct toml_time *t)
{
	t->year = take(s, 4, 0, 9999);
	need(s, "-");
	t->month = (uint8_t)take(s, 2, 1, 12);
	need(s, "-");
	t->day = (uint8_t)take(s, 2, 1, month_days(t->year, t->month));
}

static void
scan_fraction(struct scan *s, struct toml_time *t)
{
	uint32_t unit = 100000000;
	const char *first = ++s->p; /* the point */

	for (; s->p < s->end && isdigit((unsigned char)*s->p); s->p++) {
		t->nanosecond += (uint32_t)(*s->p - '0') * unit;
		unit /= 10; /* ends at 0: further digits are cut off */
	}
	if (s->p == first)
		s->bad = true;
}

/* RFC 3339 knows a leap second; clocks that do not have one cope. */
static void
scan_time(struct scan *s, struct toml_time *t)
{
	t->hour = (uint8_t)take(s, 2, 0, 23);
	need(s, ":");
	t->minute = (uint8_t)take(s, 2, 0, 59);
	need(s, ":");
	t->second = (uint8_t)take(s, 2, 0, 60);
	if (next_is(s, "."))
		scan_fraction(s, t);
}

static void
scan_offset(struct scan *s, struct toml_time *t)
{
	if (next_is(s, "Zz")) {
		s->p++;
		return;
	}
	int sign = next_is(s, "-") ? -1 : 1;
	need(s, "+-");
	int hours = take(s, 2, 0, 23);
	need(s, ":");
	int minutes = take(s, 2, 0, 59);
	t->offset_minutes = (int16_t)(sign * (hours * 60 + minutes));
}

static void
scan_any(struct scan *s, struct toml *v)
{
	if (toml_is_time(s->p, (size_t)(s->end - s->p))) {
		v->type = TOML_LOCAL_TIME;
		scan_time(s, &v->time);
		return;
	}
	v->type = TOML_LOCAL_DATE;
	scan_date(s, &v->time);
	if (!next_is(s, "Tt "))
		return;
	s->p++;
	v->type = TOML_LOCAL_DATETIME;
	scan_time(s, &v->time);
	if (!next_is(s, "Zz+-"))
		return;
	v->type = TOML_DATETIME;
	scan_offset(s, &v->time);
}

int
toml_date(struct toml_lex *l, const char *tok, size_t len, struct toml *v)
{
	struct scan s = { .p = tok, .end = tok + len };

	v->time = (struct toml_time){ 0 };
	scan_any(&s, v);
	if (s.bad || s.p != s.end)
		return toml_error(l, tok,
			"write 2026-01-31, 12:30:00, or both with T between, "
			"and Z or +hh:mm; or put text in quotes",
			"no such date or time");
	return 0;
}
