/* SPDX-License-Identifier: Apache-2.0 */
/* netaddr_idna.c -- labels beyond ASCII, and Punycode; room: user. */
#include "policy/netaddr_idna.h"

#include <stdint.h>
#include <string.h>

#include "policy/utf8.h"

/* How the characters of a range become small. */
enum { KEEP = 0, EVEN = -1, ODD = -2 }; /* else: add that */

struct range {
	uint32_t first, last;
	int32_t small;
};

/*
 * EVEN and ODD: capital and small letter in turn, the capital at even or odd
 * places.  What UTS 46 maps to something else than one character is left out.
 */
static const struct range ranges[] = {
	{ 0xc0, 0xd6, 32 },
	{ 0xd8, 0xde, 32 },
	{ 0xdf, 0xf6, KEEP },
	{ 0xf8, 0xff, KEEP },
	{ 0x100, 0x12f, EVEN },
	{ 0x131, 0x131, KEEP },
	{ 0x134, 0x137, EVEN },
	{ 0x138, 0x138, KEEP },
	{ 0x139, 0x13e, ODD },
	{ 0x141, 0x148, ODD },
	{ 0x14a, 0x177, EVEN },
	{ 0x178, 0x178, 0xff - 0x178 },
	{ 0x179, 0x17e, ODD },
	{ 0x386, 0x386, 0x3ac - 0x386 },
	{ 0x388, 0x38a, 0x3ad - 0x388 },
	{ 0x38c, 0x38c, 0x3cc - 0x38c },
	{ 0x38e, 0x38f, 0x3cd - 0x38e },
	{ 0x390, 0x390, KEEP },
	{ 0x391, 0x3a1, 32 },
	{ 0x3a3, 0x3ab, 32 },
	{ 0x3ac, 0x3ce, KEEP },
	{ 0x400, 0x40f, 80 },
	{ 0x410, 0x42f, 32 },
	{ 0x430, 0x45f, KEEP },
	{ 0x460, 0x481, EVEN },
	{ 0x48a, 0x4bf, EVEN },
	{ 0x10d0, 0x10fa, KEEP },
	{ 0x3041, 0x3096, KEEP },
	{ 0x30a1, 0x30fa, KEEP },
	{ 0x30fc, 0x30fe, KEEP },
	{ 0x3400, 0x4db5, KEEP },
	{ 0x4e00, 0x9fa5, KEEP },
	{ 0xac00, 0xd7a3, KEEP },
};

static bool
make_small(uint32_t *cp)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const struct range *r = &ranges[i];

		if (*cp < r->first || *cp > r->last)
			continue;
		if (r->small == EVEN)
			*cp |= 1;
		else if (r->small == ODD)
			*cp += *cp & 1;
		else
			*cp = (uint32_t)((int64_t)*cp +
					 r->small); /* stays in Unicode */
		return true;
	}
	return false;
}

static bool
ascii_ok(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

/* Code points of the label, small; 0 when one is not known or there are too many. */
static size_t
decode(const char *s, size_t len, uint32_t cps[NETADDR_LABEL_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		uint32_t cp = 0;
		size_t used = utf8_get(s + i, len - i, &cp);

		if (used == 0 || n == NETADDR_LABEL_MAX)
			return 0;
		if (cp >= 'A' && cp <= 'Z')
			cp += 'a' - 'A';
		if (cp < 0x80 ? !ascii_ok((char)cp) : !make_small(&cp))
			return 0;
		cps[n++] = cp;
		i += used;
	}
	return n;
}

/* ---- Punycode, RFC 3492 --------------------------------------------------- */

enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72 };

static uint32_t
adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

struct out {
	char *text; /* NETADDR_LABEL_MAX bytes and a NUL */
	size_t n;
	bool full;
};

static void
put(struct out *o, char c)
{
	if (o->n == NETADDR_LABEL_MAX)
		o->full = true;
	else
		o->text[o->n++] = c;
}

static void
put_delta(struct out *o, uint32_t q, uint32_t bias)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias           ? T_MIN
			     : k >= bias + T_MAX ? T_MAX
						 : k - bias;
		if (q < t)
			break;
		put(o, digits[t + (q - t) % (BASE - t)]);
		q = (q - t) / (BASE - t);
	}
	put(o, digits[q]);
}

static uint32_t
next_above(const uint32_t *cps, size_t n, uint32_t at_least)
{
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (cps[i] >= at_least && cps[i] < least)
			least = cps[i];
	return least;
}

/* At most 63 points below 0x110000: the deltas fit into 32 bits. */
static void
punycode(const uint32_t *cps, size_t n, struct out *o)
{
	uint32_t delta = 0, bias = BIAS, at = 0x80, done = 0, basic = 0;

	for (size_t i = 0; i < n; i++)
		if (cps[i] < 0x80) {
			put(o, (char)cps[i]); /* ASCII */
			done++;
		}
	basic = done;
	if (basic > 0)
		put(o, '-');
	while (done < n) {
		uint32_t m = next_above(cps, n, at);

		delta += (m - at) * (done + 1);
		at = m;
		for (size_t i = 0; i < n; i++) {
			if (cps[i] < at)
				delta++;
			if (cps[i] != at)
				continue;
			put_delta(o, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		at++;
	}
}

bool
netaddr_label(const char *s, size_t len, char ret[NETADDR_LABEL_MAX + 1])
{
	uint32_t cps[NETADDR_LABEL_MAX];
	size_t n = decode(s, len, cps);
	bool ascii = true;
	struct out o = { .text = ret };

	for (size_t i = 0; i < n; i++)
		ascii = ascii && cps[i] < 0x80;
	if (n == 0)
		return false;
	if (ascii) {
		for (size_t i = 0; i < n; i++)
			put(&o, (char)cps[i]); /* ASCII */
	} else {
		/* Hyphens at 3 and 4 are for prefixes, at the ends for nobody. */
		if ((n > 3 && cps[2] == '-' && cps[3] == '-') ||
			cps[0] == '-' || cps[n - 1] == '-')
			return false;
		for (const char *p = "xn--"; *p; p++)
			put(&o, *p);
		punycode(cps, n, &o);
	}
	ret[o.n] = '\0';
	return !o.full;
}
