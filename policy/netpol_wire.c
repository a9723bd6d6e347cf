/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol_wire.c -- the network policy as bytes, and back; room: user.
 *
 * Little-endian, no padding, one pass:
 *
 *   "CSBNETP" NUL, u32 version, u32 total length in bytes,
 *   u32 flags, u64 egress_budget, u64 host_budget,
 *   u32 n, n x { u8 allow, u8 kind, u8 literal, u16 lo, u16 hi, u32 protocols,
 *                addr, str host, str origin }                        (rules)
 *   u32 n, n x { u8 allow, u8 bits, addr, str origin }               (networks)
 *   u32 n, n x u16 (ports), u32 n, n x u16 (loopback),
 *   u32 n, n x { addr, u16 port, u16 inside }                        (publish)
 *   u8 there, if 1: str url, str host, str auth, str no_proxy, u16 port
 *   str attribution ("" = none)
 *
 * str = u32 length and that many bytes without NUL; addr = 16 bytes, str scope.
 */
#include "policy/netpol.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/plan_wire.h"
#include "policy/buf.h"
#include "policy/cursor.h"
#include "policy/diag.h"
#include "policy/plan_encode.h"

enum {
	WIRE_VERSION = 1,
	LENGTH_AT = 12,
	ORIGIN_MAX = 8192,
	TEXT_MAX = 16 << 10
};

static const uint8_t magic[8] = "CSBNETP";

static void
put_str(struct buf *out, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	buf_u32(out, (uint32_t)n); /* below NETPOL_WIRE_MAX */
	buf_add(out, s ? s : "", n);
}

static void
put_addr(struct buf *out, const struct netaddr *a)
{
	buf_add(out, a->bytes, sizeof(a->bytes));
	put_str(out, a->scope);
}

static void
put_rules(struct buf *out, const struct netpol *np)
{
	buf_u32(out, (uint32_t)np->n_rules); /* below NETPOL_RULES_MAX */
	for (size_t i = 0; i < np->n_rules; i++) {
		const struct netpol_rule *r = &np->rules[i];

		buf_u8(out, r->allow);
		buf_u8(out, (uint8_t)r->kind); /* a small enum */
		buf_u8(out, r->literal);
		buf_u16(out, r->port_lo);
		buf_u16(out, r->port_hi);
		buf_u32(out, r->protocols);
		put_addr(out, &r->addr);
		put_str(out, r->host);
		put_str(out, r->origin);
	}
	buf_u32(out, (uint32_t)np->n_cidrs); /* below NETPOL_CIDRS_MAX */
	for (size_t i = 0; i < np->n_cidrs; i++) {
		const struct netpol_cidr *c = &np->cidrs[i];

		buf_u8(out, c->allow);
		buf_u8(out, c->net.bits);
		put_addr(out, &c->net.base);
		put_str(out, c->origin);
	}
}

static void
put_ports(struct buf *out, const uint16_t *ports, size_t n)
{
	buf_u32(out, (uint32_t)n); /* below NETPOL_PORTS_MAX */
	for (size_t i = 0; i < n; i++)
		buf_u16(out, ports[i]);
}

void
netpol_encode(const struct netpol *np, struct buf *out)
{
	const struct netpol_upstream *up = &np->upstream;

	out->max = NETPOL_WIRE_MAX;
	buf_add(out, magic, sizeof(magic));
	buf_u32(out, WIRE_VERSION);
	buf_u32(out, 0); /* length, below */
	buf_u32(out, np->flags);
	buf_u64(out, np->egress_budget);
	buf_u64(out, np->host_budget);
	put_rules(out, np);
	put_ports(out, np->ports, np->n_ports);
	put_ports(out, np->loopback, np->n_loopback);
	buf_u32(out, (uint32_t)np->n_publish); /* below NETPOL_PUBLISH_MAX */
	for (size_t i = 0; i < np->n_publish; i++) {
		put_addr(out, &np->publish[i].at);
		buf_u16(out, np->publish[i].port);
		buf_u16(out, np->publish[i].inside);
	}
	buf_u8(out, up->url != NULL);
	if (up->url) {
		put_str(out, up->url);
		put_str(out, up->host);
		put_str(out, up->auth);
		put_str(out, up->no_proxy);
		buf_u16(out, up->port);
	}
	put_str(out, np->attribution);
	if (!buf_failed(out))
		for (size_t i = 0; i < 4; i++)
			out->data[LENGTH_AT + i] =
				(char)(uint8_t)(out->len >> (8 * i) & 0xff);
}

/* ---- decoding -------------------------------------------------------------- */

static void
expect(struct cursor *c, bool holds)
{
	c->failed = c->failed || !holds;
}

static size_t
get_count(struct cursor *c, size_t max)
{
	size_t n = cursor_le(c, 4);

	expect(c, n <= max);
	return c->failed ? 0 : n;
}

static bool
get_bool(struct cursor *c)
{
	uint64_t v = cursor_le(c, 1);

	expect(c, v <= 1);
	return v == 1;
}

/* Into out[size], or with out NULL a copy of the caller's; NULL after failure. */
static char *
get_str(struct cursor *c, char *out, size_t max)
{
	size_t n = get_count(c, max);
	const uint8_t *bytes = cursor_bytes(c, n);
	char *copy = out;

	expect(c, bytes && !memchr(bytes, 0, n));
	if (c->failed || !bytes)
		return NULL;
	if (!copy)
		copy = malloc(n + 1);
	expect(c, copy != NULL);
	if (!copy)
		return NULL;
	memcpy(copy, bytes, n);
	copy[n] = '\0';
	return copy;
}

static void
get_addr(struct cursor *c, struct netaddr *a)
{
	const uint8_t *bytes = cursor_bytes(c, sizeof(a->bytes));

	if (bytes)
		memcpy(a->bytes, bytes, sizeof(a->bytes));
	(void)get_str(c, a->scope, NETADDR_SCOPE_MAX);
}

/* The host of a rule is canonical, or nobody of ours has made it. */
static void
check_rule(struct cursor *c, const struct netpol_rule *r)
{
	struct nethost h = { 0 };

	if (c->failed)
		return;
	expect(c, r->port_lo <= r->port_hi && (r->port_lo > 0 || !r->port_hi));
	expect(c, r->protocols < 1u << NETPOL_PROTOCOLS && r->protocols > 0);
	if (r->kind == NETPOL_ANY) {
		expect(c, r->host[0] == '\0' && r->allow && !r->literal);
	} else if (r->kind == NETPOL_GLOB) {
		expect(c, r->host[0] != '\0' && !r->literal);
	} else {
		expect(c, nethost_parse(r->host, strlen(r->host), &h) == 0 &&
				  strcmp(h.name, r->host) == 0 &&
				  h.literal == r->literal &&
				  (!h.literal || r->kind == NETPOL_EXACT));
		expect(c, netaddr_equal(&h.addr, &r->addr) &&
				  strcmp(h.addr.scope, r->addr.scope) == 0);
	}
}

static void
get_rules(struct cursor *c, struct netpol *np)
{
	size_t n = get_count(c, NETPOL_RULES_MAX);

	np->rules = calloc(n + 1, sizeof(*np->rules));
	expect(c, np->rules != NULL);
	while (!c->failed && np->n_rules < n) {
		struct netpol_rule *r = &np->rules[np->n_rules++];
		uint64_t kind;

		r->allow = get_bool(c);
		kind = cursor_le(c, 1);
		expect(c, kind <= NETPOL_GLOB);
		r->kind = (enum netpol_kind)kind;
		r->literal = get_bool(c);
		r->port_lo = (uint16_t)cursor_le(c, 2); /* two bytes */
		r->port_hi = (uint16_t)cursor_le(c, 2);
		r->protocols = (uint32_t)cursor_le(c, 4); /* four bytes */
		get_addr(c, &r->addr);
		r->host = get_str(c, NULL, NETHOST_NAME_MAX);
		r->origin = get_str(c, NULL, ORIGIN_MAX);
		check_rule(c, r);
	}
}

static void
get_cidrs(struct cursor *c, struct netpol *np)
{
	size_t n = get_count(c, NETPOL_CIDRS_MAX);

	np->cidrs = calloc(n + 1, sizeof(*np->cidrs));
	expect(c, np->cidrs != NULL);
	while (!c->failed && np->n_cidrs < n) {
		struct netpol_cidr *one = &np->cidrs[np->n_cidrs++];
		uint64_t bits;

		one->allow = get_bool(c);
		bits = cursor_le(c, 1);
		expect(c, bits <= 128);
		one->net.bits = (uint8_t)bits; /* one byte */
		get_addr(c, &one->net.base);
		one->origin = get_str(c, NULL, ORIGIN_MAX);
		expect(c, !one->net.base.scope[0] && netcidr_plain(&one->net));
	}
}

static size_t
get_ports(struct cursor *c, uint16_t *ports, size_t max)
{
	size_t n = get_count(c, max);

	for (size_t i = 0; i < n; i++) {
		ports[i] = (uint16_t)cursor_le(c, 2); /* two bytes */
		expect(c, ports[i] > 0);
	}
	return n;
}

static void
get_upstream(struct cursor *c, struct netpol_upstream *up)
{
	if (!get_bool(c))
		return;
	up->url = get_str(c, NULL, NETPOL_URL_MAX);
	up->host = get_str(c, NULL, NETHOST_NAME_MAX);
	up->auth = get_str(c, NULL, NETPOL_AUTH_MAX);
	up->no_proxy = get_str(c, NULL, TEXT_MAX);
	up->port = (uint16_t)cursor_le(c, 2); /* two bytes */
	expect(c, up->port > 0);
	if (up->auth && up->auth[0] == '\0') {
		free(up->auth);
		up->auth = NULL;
	}
}

static void
get_attribution(struct cursor *c, struct netpol *np)
{
	np->attribution = get_str(c, NULL, NETPOL_ATTRIBUTION_MAX);
	if (np->attribution && np->attribution[0] == '\0') {
		free(np->attribution);
		np->attribution = NULL;
	}
}

int
netpol_decode(const uint8_t *bytes, size_t len, struct netpol *ret)
{
	struct cursor c = { .at = bytes, .left = len };
	const uint8_t *begin = cursor_bytes(&c, sizeof(magic));

	netpol_init(ret);
	expect(&c, begin && memcmp(begin, magic, sizeof(magic)) == 0);
	expect(&c, cursor_le(&c, 4) == WIRE_VERSION);
	expect(&c, cursor_le(&c, 4) == len);
	ret->flags = (uint32_t)cursor_le(&c, 4); /* four bytes */
	expect(&c, (ret->flags & ~(uint32_t)NETPOL_FLAGS_ALL) == 0);
	ret->egress_budget = cursor_le(&c, 8);
	ret->host_budget = cursor_le(&c, 8);
	get_rules(&c, ret);
	get_cidrs(&c, ret);
	ret->n_ports = get_ports(&c, ret->ports, NETPOL_PORTS_MAX);
	ret->n_loopback = get_ports(&c, ret->loopback, NETPOL_LOOPBACK_MAX);
	ret->n_publish = get_count(&c, NETPOL_PUBLISH_MAX);
	for (size_t i = 0; i < ret->n_publish; i++) {
		get_addr(&c, &ret->publish[i].at);
		ret->publish[i].port = (uint16_t)cursor_le(&c, 2);
		ret->publish[i].inside = (uint16_t)cursor_le(&c, 2);
		expect(&c,
			ret->publish[i].port > 0 && ret->publish[i].inside > 0);
	}
	get_upstream(&c, &ret->upstream);
	get_attribution(&c, ret);
	if (!c.failed && c.left == 0)
		return 0;
	netpol_free(ret);
	return -EBADMSG;
}

int
netpol_memfd(const struct netpol *np, int *ret_fd, struct diag *d)
{
	own_buf struct buf blob = { 0 };

	netpol_encode(np, &blob);
	if (buf_failed(&blob))
		return diag_set(d, -E2BIG, DIAG_SETUP, "network policy",
			"does not fit into 4 MiB", "use fewer, wider patterns");
	return plan_memfd(&blob, ret_fd, d);
}

int
netpol_read_fd(int fd, struct netpol *ret, struct diag *d)
{
	own_buf struct buf blob = { 0 };
	int seals = fcntl(fd, F_GET_SEALS);
	int err = -EPERM;

	if (seals >= 0 && (seals & PLAN_SEALS) == PLAN_SEALS &&
		lseek(fd, 0, SEEK_SET) == 0)
		err = buf_read_fd(&blob, fd, NETPOL_WIRE_MAX);
	if (err >= 0)
		err = netpol_decode(
			(const uint8_t *)buf_str(&blob), blob.len, ret);
	if (err < 0)
		return diag_set(d, err, DIAG_SETUP, "network policy",
			err == -EPERM    ? "is no sealed memory"
			: err == -ENOMEM ? "out of memory"
					 : "is not understood",
			"start it with codex-sandbox exec --net proxy");
	return 0;
}
