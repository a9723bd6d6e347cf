/* SPDX-License-Identifier: Apache-2.0 */
/* num.c -- strict numbers (room: user). */
#include "policy/num.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "K", UINT64_C(1) << 10 },
	{ "M", UINT64_C(1) << 20 },
	{ "G", UINT64_C(1) << 30 },
	{ "T", UINT64_C(1) << 40 },
};

static const struct unit durations[] = {
	{ "", 1000 },
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60000 },
	{ "h", 3600000 },
	{ "d", 86400000 },
};

/* NULL when there is no such unit. */
static const struct unit *
unit_find(const struct unit *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

/*
 * Read digits at *s and step over them.  The whole run is read also after an
 * overflow, so that what follows decides between -EINVAL and -ERANGE.
 */
static int
digits(const char **s, uint64_t *ret_value, bool *ret_overflow)
{
	const char *c = *s;
	uint64_t v = 0;
	bool over = false;
	for (; *c >= '0' && *c <= '9'; c++) {
		uint64_t digit = (uint64_t)(*c - '0'); /* 0..9 */
		over = over || __builtin_mul_overflow(v, 10, &v) ||
		       __builtin_add_overflow(v, digit, &v);
	}
	if (c == *s)
		return -EINVAL;
	*s = c;
	*ret_value = v;
	*ret_overflow = over;
	return 0;
}

int
num_parse(const char *s, uint64_t min, uint64_t max, uint64_t *ret_value)
{
	uint64_t v = 0;
	bool over = false;
	if (digits(&s, &v, &over) < 0 || *s != '\0')
		return -EINVAL;
	if (over || v < min || v > max)
		return -ERANGE;
	*ret_value = v;
	return 0;
}

int
num_parse_size(const char *s, uint64_t max, uint64_t *ret_bytes)
{
	uint64_t v = 0;
	bool over = false;
	if (digits(&s, &v, &over) < 0)
		return -EINVAL;
	const struct unit *u =
		unit_find(sizes, sizeof(sizes) / sizeof(sizes[0]), s);
	if (u == NULL)
		return -EINVAL;
	if (over || __builtin_mul_overflow(v, u->factor, &v) || v > max)
		return -ERANGE;
	*ret_bytes = v;
	return 0;
}

/* The decimals behind a point, as thousandths; at least one, at most three. */
static int
thousandths(const char **s, uint64_t *ret_value)
{
	const char *c = *s;
	uint64_t v = 0;
	uint64_t weight = 100;
	for (; *c >= '0' && *c <= '9'; c++) {
		if (weight == 0)
			return -EINVAL;
		v += (uint64_t)(*c - '0') * weight; /* 0..9 */
		weight /= 10;
	}
	if (c == *s)
		return -EINVAL;
	*s = c;
	*ret_value = v;
	return 0;
}

int
num_parse_duration(const char *s, uint64_t max_ms, uint64_t *ret_ms)
{
	uint64_t whole = 0;
	uint64_t part = 0;
	bool over = false;
	if (digits(&s, &whole, &over) < 0)
		return -EINVAL;
	if (*s == '.') {
		s++;
		if (thousandths(&s, &part) < 0)
			return -EINVAL;
	}
	const struct unit *u = unit_find(
		durations, sizeof(durations) / sizeof(durations[0]), s);
	/* Half a millisecond is a mistake, not a zero. */
	if (u == NULL || part * u->factor % 1000 != 0)
		return -EINVAL;
	if (over || __builtin_mul_overflow(whole, u->factor, &whole) ||
		__builtin_add_overflow(
			whole, part * u->factor / 1000, &whole) ||
		whole > max_ms)
		return -ERANGE;
	*ret_ms = whole;
	return 0;
}

int
num_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}
