/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns.c -- questions about names, answered from policy alone; room: user.
 *
 * A question is read once, front to back; what is not exactly one question of
 * class IN is refused.  The answer repeats the question as it was asked (some
 * resolvers mix its case and compare), so that its bytes are copied.
 */
#include "supervisor/dns.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cursor.h"
#include "supervisor/dns_pool.h"

enum {
	HEAD = 12,
	QUESTION_MAX = 255 + 4,
	RECORDS_MAX = 8,
	TTL = 1,
	CLASS_IN = 1,
	EDNS_SIZE = 1232,
	OPT_LEN = 11,
};
enum {
	TYPE_A = 1,
	TYPE_PTR = 12,
	TYPE_AAAA = 28,
	TYPE_SRV = 33,
	TYPE_OPT = 41,
	TYPE_SVCB = 64,
	TYPE_HTTPS = 65
};
enum {
	NOERROR = 0,
	FORMERR = 1,
	SERVFAIL = 2,
	NXDOMAIN = 3,
	NOTIMP = 4,
	REFUSED = 5
};
enum {
	FLAG_QR = 0x8000,
	FLAG_AA = 0x0400,
	FLAG_RD = 0x0100,
	FLAG_RA = 0x0080,
	OPCODE = 0x7800
};

struct dns {
	const struct netpol *np; /* borrowed */
	bool ask;
	bool only4;
	struct dns_pool pool;
	uint64_t filled_ms; /* the bucket: when it was last looked at */
	uint64_t tokens;    /* thousandths of a question */
};

struct dns *
dns_new(const struct netpol *np, bool ask)
{
	struct dns *dns = calloc(1, sizeof(*dns));

	if (!dns || dns_pool_init(&dns->pool) < 0) {
		free(dns);
		return NULL;
	}
	dns->np = np;
	dns->ask = ask;
	dns->tokens = (uint64_t)DNS_BURST * 1000;
	return dns;
}

void
dns_only_ipv4(struct dns *dns)
{
	dns->only4 = true;
}

void
dns_free(struct dns *dns)
{
	if (!dns)
		return;
	dns_pool_end(&dns->pool);
	free(dns);
}

static bool
take_token(struct dns *dns, uint64_t now_ms)
{
	const uint64_t full = (uint64_t)DNS_BURST * 1000;
	uint64_t passed = dns->filled_ms && now_ms > dns->filled_ms
				  ? now_ms - dns->filled_ms
				  : 0;

	/* After a second or more the bucket may as well be full. */
	dns->tokens += passed < 2000 ? passed * DNS_RATE : full;
	if (dns->tokens > full)
		dns->tokens = full;
	dns->filled_ms = now_ms;
	if (dns->tokens < 1000)
		return false;
	dns->tokens -= 1000;
	return true;
}

/* ---- reading ----------------------------------------------------------------- */

struct question {
	uint16_t id, flags;
	const uint8_t *bytes; /* of the packet: name, type, class */
	size_t len;
	char name[NETHOST_TEXT_MAX]; /* labels joined by dots */
	size_t name_len;
	uint16_t type, class;
	bool edns;
};

/* Labels up to the root; no pointer may stand in a question. */
static bool
read_name(struct cursor *c, struct question *q)
{
	for (;;) {
		size_t n = cursor_be(c, 1);
		const uint8_t *label = cursor_bytes(c, n);

		if (c->failed || n > 63)
			return false;
		if (n == 0)
			return true;
		/* A dot inside of a label would be taken for one between. */
		if (q->name_len + n + 1 >= sizeof(q->name) ||
			memchr(label, '.', n))
			return false;
		if (q->name_len > 0)
			q->name[q->name_len++] = '.';
		memcpy(q->name + q->name_len, label, n);
		q->name_len += n;
	}
}

static void
skip_name(struct cursor *c)
{
	for (;;) {
		size_t n = cursor_be(c, 1);

		if (n >= 0xc0)
			(void)cursor_bytes(c, 1);
		else if (n > 63)
			c->failed = true;
		else if (n > 0)
			(void)cursor_bytes(c, n);
		if (c->failed || n == 0 || n >= 0xc0)
			return;
	}
}

/* The rest must be whole records of the additional section. */
static bool
read_additional(struct cursor *c, size_t n, struct question *q)
{
	for (; n > 0 && !c->failed; n--) {
		uint64_t type;

		skip_name(c);
		type = cursor_be(c, 2);
		(void)cursor_bytes(c, 6); /* class or size, ttl or flags */
		(void)cursor_bytes(c, cursor_be(c, 2));
		if (type == TYPE_OPT)
			q->edns = true;
	}
	return !c->failed && c->left == 0;
}

/* NOERROR, or the code to refuse the packet with; -1: answer nothing. */
static int
read_packet(const uint8_t *packet, size_t len, struct question *q)
{
	struct cursor c = { .at = packet, .left = len };
	uint64_t n_questions, n_answers, n_authority, n_additional;

	*q = (struct question){ 0 };
	q->id = (uint16_t)cursor_be(&c, 2);    /* two bytes */
	q->flags = (uint16_t)cursor_be(&c, 2); /* two bytes */
	n_questions = cursor_be(&c, 2);
	n_answers = cursor_be(&c, 2);
	n_authority = cursor_be(&c, 2);
	n_additional = cursor_be(&c, 2);
	if (c.failed || (q->flags & FLAG_QR) || len > DNS_PACKET_MAX)
		return -1;
	if (q->flags & OPCODE)
		return NOTIMP;
	if (n_questions > 1)
		return REFUSED;
	if (n_questions == 0 || n_answers + n_authority > 0 ||
		n_additional > RECORDS_MAX)
		return FORMERR;
	q->bytes = c.at;
	if (!read_name(&c, q)) {
		q->bytes = NULL;
		return FORMERR;
	}
	q->type = (uint16_t)cursor_be(&c, 2);  /* two bytes */
	q->class = (uint16_t)cursor_be(&c, 2); /* two bytes */
	q->len = (size_t)(c.at - q->bytes);
	if (c.failed || q->len > QUESTION_MAX) {
		q->bytes = NULL;
		return FORMERR;
	}
	if (!read_additional(&c, n_additional, q))
		return FORMERR;
	return q->class == CLASS_IN ? NOERROR : REFUSED;
}

/* ---- writing ----------------------------------------------------------------- */

static void
put(struct dns_reply *r, const void *bytes, size_t n)
{
	/* A question, one answer and OPT are some 550 bytes: it fits. */
	if (n > sizeof(r->bytes) - r->len)
		return;
	memcpy(r->bytes + r->len, bytes, n);
	r->len += n;
}

static void
put16(struct dns_reply *r, unsigned int v)
{
	const uint8_t two[2] = { (uint8_t)(v >> 8 & 0xff),
		(uint8_t)(v & 0xff) };

	put(r, two, sizeof(two));
}

/* What answers: type and data of the one record; len 0 = none. */
struct answer {
	int code;
	uint16_t type;
	size_t len;
	uint8_t data[NETHOST_TEXT_MAX + 1];
};

static void
write_reply(
	const struct question *q, const struct answer *a, struct dns_reply *r)
{
	static const uint8_t opt[OPT_LEN] = { 0, 0, TYPE_OPT, EDNS_SIZE >> 8,
		EDNS_SIZE & 0xff };

	r->len = 0;
	put16(r, q->id);
	put16(r, FLAG_QR | FLAG_RA | (q->flags & (OPCODE | FLAG_RD)) |
			 (a->code == NOERROR ? FLAG_AA : 0u) |
			 (unsigned int)a->code); /* our own, small */
	put16(r, q->bytes ? 1 : 0);
	put16(r, a->len > 0 ? 1 : 0);
	put16(r, 0);
	put16(r, q->edns ? 1 : 0);
	if (q->bytes)
		put(r, q->bytes, q->len);
	if (a->len > 0) {
		put16(r, 0xc000 | HEAD); /* the name of the question */
		put16(r, a->type);
		put16(r, CLASS_IN);
		put16(r, 0);
		put16(r, TTL);
		put16(r, (unsigned int)a->len); /* below 300 */
		put(r, a->data, a->len);
	}
	if (q->edns)
		put(r, opt, sizeof(opt));
}

static void
answer_address(struct answer *a, const struct netaddr *addr)
{
	size_t skip = netaddr_is4(addr) ? 12 : 0;

	a->type = skip ? TYPE_A : TYPE_AAAA;
	a->len = sizeof(addr->bytes) - skip;
	memcpy(a->data, addr->bytes + skip, a->len);
}

static void
answer_name(struct answer *a, const char *name)
{
	a->type = TYPE_PTR;
	for (;;) {
		size_t n = strcspn(name, ".");

		a->data[a->len++] = (uint8_t)n; /* a label, at most 63 */
		memcpy(a->data + a->len, name, n);
		a->len += n;
		name += n;
		if (*name++ == '\0')
			break;
	}
	a->data[a->len++] = 0;
}

/* ---- reverse ------------------------------------------------------------------ */

static int
hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* "1.0.18.198" before .in-addr.arpa, as inet_pton() does not read it. */
static bool
reverse4(const char *s, size_t len, struct netaddr *ret)
{
	uint32_t v = 0;

	for (unsigned int i = 0; i < 4; i++) {
		unsigned int part = 0, digits = 0;

		for (; len > 0 && *s >= '0' && *s <= '9' && digits < 3; len--) {
			part = part * 10 + (unsigned int)(*s++ - '0');
			digits++;
		}
		if (digits == 0 || part > 255 || (i < 3 && (!len || *s != '.')))
			return false;
		if (i < 3) {
			s++;
			len--;
		}
		v |= part << (8 * i);
	}
	netaddr_from4(ret, v);
	return len == 0;
}

static bool
reverse6(const char *s, size_t len, struct netaddr *ret)
{
	*ret = (struct netaddr){ 0 };
	if (len != 63)
		return false;
	for (unsigned int i = 0; i < 32; i++) {
		int v = hex(s[2 * (size_t)i]);

		if (v < 0 || (i < 31 && s[2 * (size_t)i + 1] != '.'))
			return false;
		ret->bytes[15 - i / 2] |= (uint8_t)(i % 2 ? v << 4 : v);
	}
	return true;
}

static bool
ends_in(const struct nethost *h, const char *end, size_t *ret_before)
{
	size_t n = strlen(h->name);
	size_t k = strlen(end);

	*ret_before = n - k;
	return n > k && strcmp(h->name + n - k, end) == 0;
}

static void
answer_reverse(const struct dns *dns, const struct nethost *h, struct answer *a)
{
	struct netaddr addr;
	size_t n;
	bool read =
		(ends_in(h, ".in-addr.arpa", &n) &&
			reverse4(h->name, n, &addr)) ||
		(ends_in(h, ".ip6.arpa", &n) && reverse6(h->name, n, &addr));
	const char *name;

	a->code = REFUSED;
	if (!read)
		return;
	name = dns_pool_name(&dns->pool, &addr);
	if (!name && netaddr_class(&addr) == NETADDR_LOOPBACK)
		name = "localhost";
	if (name) {
		a->code = NOERROR;
		answer_name(a, name);
	} else if (dns_is_pool(&addr)) {
		a->code = NXDOMAIN;
	}
}

/* ---- forward ------------------------------------------------------------------- */

static void
answer_localhost(
	const struct dns *dns, const struct question *q, struct answer *a)
{
	static const struct netaddr six = { .bytes = { [15] = 1 } };
	struct netaddr four;

	netaddr_from4(&four, 0x7f000001);
	if (q->type == TYPE_A)
		answer_address(a, &four);
	else if (q->type == TYPE_AAAA && !dns->only4)
		answer_address(a, &six);
}

static bool
is_asked_type(uint16_t type)
{
	return type == TYPE_A || type == TYPE_AAAA || type == TYPE_SRV ||
	       type == TYPE_SVCB || type == TYPE_HTTPS;
}

static void
answer_forward(struct dns *dns, const struct question *q, struct dns_reply *r,
	struct answer *a)
{
	const struct netpol_query query = { .protocol = NETPOL_DNS,
		.host = &r->host };
	bool is_address = q->type == TYPE_A || q->type == TYPE_AAAA;
	struct netaddr addr;
	uint32_t number;

	r->verdict = netpol_judge(dns->np, &query, NULL, 0);
	r->fresh = true;
	if (r->verdict.decision != NETPOL_ALLOW && dns->ask &&
		r->verdict.reason == NETPOL_NOT_ALLOWED)
		r->verdict.decision = NETPOL_ASK;
	if (r->verdict.decision == NETPOL_DENY || !is_asked_type(q->type)) {
		a->code = REFUSED;
		return;
	}
	if (!is_address)
		return; /* empty: no service records, no keys, no hints */
	number = dns_pool_number(&dns->pool, r->host.name, &r->fresh);
	if (number == 0) {
		a->code = SERVFAIL;
		r->verdict.decision = NETPOL_DENY;
		r->verdict.source = NETPOL_PROXY_STATE;
		r->verdict.reason = NETPOL_RATE;
		return;
	}
	if (q->type == TYPE_AAAA && dns->only4)
		return; /* empty */
	dns_pool_address(number, q->type == TYPE_AAAA, &addr);
	answer_address(a, &addr);
}

static const struct netpol_verdict allowed = { .decision = NETPOL_ALLOW,
	.source = NETPOL_BASELINE,
	.reason = NETPOL_ALLOWED };

void
dns_answer(struct dns *dns, const uint8_t *packet, size_t len, uint64_t now_ms,
	struct dns_reply *ret)
{
	struct question q;
	struct answer a = { .code = read_packet(packet, len, &q) };

	*ret = (struct dns_reply){ .type = q.type,
		.verdict = { .decision = NETPOL_DENY,
			.source = NETPOL_BASELINE,
			.reason = NETPOL_NOT_ALLOWED } };
	if (a.code < 0)
		return;
	if (!take_token(dns, now_ms)) {
		a.code = REFUSED;
		ret->verdict.source = NETPOL_PROXY_STATE;
		ret->verdict.reason = NETPOL_RATE;
	} else if (a.code == NOERROR) {
		if (nethost_parse(q.name, q.name_len, &ret->host) < 0 ||
			ret->host.literal) {
			ret->host = (struct nethost){ 0 };
			a.code = REFUSED;
		} else if (q.type == TYPE_PTR) {
			answer_reverse(dns, &ret->host, &a);
			if (a.code != REFUSED)
				ret->verdict = allowed;
		} else if (nethost_is_localhost(&ret->host)) {
			ret->verdict = allowed;
			answer_localhost(dns, &q, &a);
		} else {
			answer_forward(dns, &q, ret, &a);
		}
	}
	ret->answered = a.code == NOERROR;
	write_reply(&q, &a, ret);
}

const char *
dns_name_of(const struct dns *dns, const struct netaddr *a)
{
	return dns_pool_name(&dns->pool, a);
}
