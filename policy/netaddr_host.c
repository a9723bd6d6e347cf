/* SPDX-License-Identifier: Apache-2.0 */
/* netaddr_host.c -- hosts and networks as they are written; room: user. */
#include "policy/netaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/netaddr_idna.h"
#include "policy/num.h"

enum { HOST_INPUT_MAX = 1024, MAPPED_BITS = 96, LABEL_MAX = 63 };

/* One number of inet_aton(): decimal, 0octal or 0xhex; false when none. */
static bool
part_of_number(const char *s, size_t len, uint64_t *ret)
{
	int base = 10;
	uint64_t v = 0;

	if (len > 1 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
		len -= 2;
	} else if (len > 1 && s[0] == '0') {
		base = 8;
	}
	if (len == 0 && base != 16) /* "0x" alone is 0, as everywhere */
		return false;
	for (size_t i = 0; i < len; i++) {
		int digit = num_hex(s[i]);
		if (digit < 0 || digit >= base || v > UINT32_MAX)
			return false;
		v = v * (uint64_t)base + (uint64_t)digit;
	}
	*ret = v;
	return v <= UINT32_MAX;
}

/* "127.1", "0x7f000001", "2130706433": what inet_aton() calls an address. */
static bool
number_address(const char *s, size_t len, uint32_t *ret)
{
	uint32_t v = 0;
	unsigned int parts = 0;

	for (size_t at = 0; at <= len; parts++) {
		const char *dot = memchr(s + at, '.', len - at);
		size_t n = dot ? (size_t)(dot - s) - at : len - at;
		unsigned int room = 32 - 8 * parts; /* bits left */
		uint64_t one;

		if (parts == 4 || !part_of_number(s + at, n, &one))
			return false;
		if (dot ? one > 255 : (room < 32 && one >= UINT64_C(1) << room))
			return false;
		v |= (uint32_t)(dot ? one << (room - 8) : one); /* checked */
		at += n + 1;
	}
	*ret = v;
	return true;
}

/* Does the last label look like a number?  Then it is an address or nothing. */
static bool
ends_in_number(const char *s, size_t len)
{
	const char *dot = memrchr(s, '.', len);
	const char *last = dot ? dot + 1 : s;
	size_t n = (size_t)(s + len - last);
	uint64_t v;

	if (n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (last[i] < '0' || last[i] > '9')
			return part_of_number(last, n, &v) && n > 1 &&
			       (last[1] == 'x' || last[1] == 'X');
	return true;
}

static bool
scope_ok(const char *s, size_t len)
{
	if (len == 0 || len > NETADDR_SCOPE_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f || strchr("/%[]:\"\\", s[i]))
			return false;
	return true;
}

/* An IPv6 literal without brackets, perhaps with %zone or %25zone. */
static bool
ipv6_literal(const char *s, size_t len, struct netaddr *ret)
{
	const char *zone = memchr(s, '%', len);
	size_t n = zone ? (size_t)(zone - s) : len;
	struct netaddr a = { 0 };
	char text[INET6_ADDRSTRLEN];

	if (n >= sizeof(text) || !memchr(s, ':', n) || memchr(s, 0, n))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, a.bytes) != 1)
		return false;
	if (zone) {
		zone++;
		n = (size_t)(s + len - zone);
		if (n > 2 && zone[0] == '2' && zone[1] == '5') {
			zone += 2;
			n -= 2;
		}
		if (!scope_ok(zone, n))
			return false;
		memcpy(a.scope, zone, n);
		a.scope[n] = '\0';
	}
	*ret = a;
	return true;
}

/* Labels, each in its canonical spelling, joined again. */
static bool
canonical_name(const char *s, size_t len, char name[NETHOST_TEXT_MAX])
{
	size_t out = 0;

	for (size_t at = 0; at <= len;) {
		const char *dot = memchr(s + at, '.', len - at);
		size_t n = dot ? (size_t)(dot - s) - at : len - at;
		char label[LABEL_MAX + 1];

		if (!netaddr_label(s + at, n, label) ||
			out + strlen(label) + (at > 0) > NETHOST_NAME_MAX)
			return false;
		if (at > 0)
			name[out++] = '.';
		memcpy(name + out, label, strlen(label));
		out += strlen(label);
		at += n + 1;
	}
	name[out] = '\0';
	return true;
}

static void
set_literal(struct nethost *h)
{
	char text[NETADDR_TEXT_MAX];

	h->literal = true;
	if (netaddr_is4(&h->addr))
		h->addr.scope[0] = '\0';
	netaddr_text(&h->addr, text);
	(void)snprintf(h->name, sizeof(h->name), "%s", text);
}

int
nethost_parse(const char *text, size_t len, struct nethost *ret)
{
	struct nethost h = { 0 };
	uint32_t v;

	if (len == 0 || len > HOST_INPUT_MAX)
		return -EINVAL;
	if (text[0] == '[') {
		if (len < 3 || text[len - 1] != ']' ||
			!ipv6_literal(text + 1, len - 2, &h.addr))
			return -EINVAL;
		set_literal(&h);
	} else if (memchr(text, ':', len)) {
		if (!ipv6_literal(text, len, &h.addr))
			return -EINVAL;
		set_literal(&h);
	} else {
		if (text[len - 1] == '.')
			len--;
		if (ends_in_number(text, len)) {
			if (!number_address(text, len, &v))
				return -EINVAL;
			netaddr_from4(&h.addr, v);
			set_literal(&h);
		} else if (!canonical_name(text, len, h.name)) {
			return -EINVAL;
		}
	}
	*ret = h;
	return 0;
}

bool
nethost_is_localhost(const struct nethost *h)
{
	static const char local[] = "localhost";
	size_t n = strlen(h->name);
	size_t k = sizeof(local) - 1;

	if (h->literal || n < k || strcmp(h->name + n - k, local) != 0)
		return false;
	return n == k || h->name[n - k - 1] == '.';
}

bool
netcidr_plain(const struct netcidr *c)
{
	for (unsigned int bit = c->bits; bit < 128; bit++)
		if (c->base.bytes[bit / 8] & (0x80 >> bit % 8))
			return false;
	return true;
}

int
netcidr_parse(const char *text, struct netcidr *ret)
{
	size_t n = strcspn(text, "/");
	struct netcidr c = { .bits = 128 };
	bool six = memchr(text, ':', n) != NULL;
	uint64_t bits = 0;

	if (six) {
		if (!ipv6_literal(text, n, &c.base) || c.base.scope[0])
			return -EINVAL;
	} else {
		char four[INET_ADDRSTRLEN];
		struct in_addr in;

		if (n >= sizeof(four))
			return -EINVAL;
		memcpy(four, text, n);
		four[n] = '\0';
		if (inet_pton(AF_INET, four, &in) != 1)
			return -EINVAL;
		netaddr_from4(&c.base, ntohl(in.s_addr));
	}
	if (text[n] == '/') {
		if (num_parse(text + n + 1, 0, six ? 128 : 32, &bits) < 0)
			return -EINVAL;
		c.bits =
			(uint8_t)(six ? bits : bits + MAPPED_BITS); /* <= 128 */
	}
	if (!netcidr_plain(&c))
		return -EINVAL;
	*ret = c;
	return 0;
}
