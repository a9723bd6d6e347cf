/* SPDX-License-Identifier: Apache-2.0 */
/* dns_test.c -- packets in, packets out. */
#include "supervisor/dns.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

enum { A = 1, PTR = 12, TXT = 16, AAAA = 28, SRV = 33, HTTPS = 65 };
enum { NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED };

struct packet {
	size_t len;
	uint8_t bytes[600];
};

static void
put16(struct packet *p, unsigned int v)
{
	p->bytes[p->len++] = (uint8_t)(v >> 8);
	p->bytes[p->len++] = (uint8_t)v;
}

static void
put_name(struct packet *p, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");

		p->bytes[p->len++] = (uint8_t)n;
		memcpy(p->bytes + p->len, name, n);
		p->len += n;
		name += n + (name[n] == '.');
	}
	p->bytes[p->len++] = 0;
}

static struct packet
question(const char *name, unsigned int type, bool edns)
{
	struct packet p = { 0 };

	put16(&p, 0x1234);
	put16(&p, 0x0100); /* RD */
	put16(&p, 1);
	put16(&p, 0);
	put16(&p, 0);
	put16(&p, edns);
	put_name(&p, name);
	put16(&p, type);
	put16(&p, 1);
	if (edns) {
		static const uint8_t opt[11] = { 0, 0, 41, 0x10 };

		memcpy(p.bytes + p.len, opt, sizeof(opt));
		p.len += sizeof(opt);
	}
	return p;
}

struct bench {
	struct netpol np;
	struct dns *dns;
	struct dns_reply r;
	uint64_t now_ms;
};

static void
start(struct bench *b, bool ask)
{
	*b = (struct bench){ .now_ms = 1000 };
	if (netpol_add_rule(&b->np, true, "*.a.test", "t", NULL) < 0 ||
		netpol_add_rule(&b->np, true, "a.test:443", "t", NULL) < 0 ||
		netpol_add_rule(&b->np, false, "no.a.test", "t", NULL) < 0)
		abort();
	b->dns = dns_new(&b->np, ask);
	if (!b->dns)
		abort();
}

static void
stop(struct bench *b)
{
	dns_free(b->dns);
	netpol_free(&b->np);
}

static unsigned int
code(const struct dns_reply *r)
{
	return r->len < 12 ? 99u : r->bytes[3] & 15u;
}

static unsigned int
answers(const struct dns_reply *r)
{
	return r->len < 12 ? 99u : r->bytes[6] * 256u + r->bytes[7];
}

static void
ask(struct bench *b, const struct packet *p)
{
	b->now_ms += 10;
	dns_answer(b->dns, p->bytes, p->len, b->now_ms, &b->r);
}

static void
ask_for(struct bench *b, const char *name, unsigned int type)
{
	struct packet p = question(name, type, false);

	ask(b, &p);
}

static struct netaddr
last_address(const struct dns_reply *r, bool six)
{
	struct netaddr a = { 0 };
	size_t n = six ? 16 : 4;

	if (r->len < n)
		return a;
	if (!six)
		a.bytes[10] = a.bytes[11] = 0xff;
	memcpy(a.bytes + 16 - n, r->bytes + r->len - n, n);
	return a;
}

static void
test_forward(struct tap *t)
{
	struct bench b;
	struct packet p = question("X.a.TEST", A, false);
	struct netaddr four, six, again;
	char text[NETADDR_TEXT_MAX];

	start(&b, false);
	ask(&b, &p);
	tap_ok(t, code(&b.r) == NOERROR && answers(&b.r) == 1 && b.r.answered,
		"an allowed name has an address");
	tap_ok(t,
		b.r.len == p.len + 16 &&
			memcmp(b.r.bytes + 12, p.bytes + 12, p.len - 12) == 0,
		"the question comes back as it was, its case too");
	tap_ok(t,
		b.r.bytes[0] == 0x12 && b.r.bytes[1] == 0x34 &&
			b.r.bytes[2] == 0x85 && b.r.bytes[3] == 0x80,
		"id, and flags QR AA RD RA");
	tap_ok(t, b.r.bytes[p.len + 6] == 0 && b.r.bytes[p.len + 9] == 1,
		"for one second");
	four = last_address(&b.r, false);
	netaddr_text(&four, text);
	tap_str(t, text, "198.18.0.1", "of the pool");
	tap_ok(t, b.r.fresh, "for the first time");
	tap_str(t, dns_name_of(b.dns, &four), "x.a.test", "it means the name");
	ask_for(&b, "x.a.test", AAAA);
	six = last_address(&b.r, true);
	netaddr_text(&six, text);
	tap_str(t, text, "fdc0:de5b::1", "the same in IPv6");
	tap_ok(t, !b.r.fresh, "not for the first time");
	tap_str(t, dns_name_of(b.dns, &six), "x.a.test", "it means it too");
	ask_for(&b, "x.a.test", A);
	again = last_address(&b.r, false);
	tap_ok(t, netaddr_equal(&again, &four), "and it stays");
	ask_for(&b, "a.test", A);
	again = last_address(&b.r, false);
	tap_ok(t, code(&b.r) == NOERROR && !netaddr_equal(&again, &four),
		"another name has another (allowed on one port)");
	tap_ok(t, dns_is_pool(&four) && dns_is_pool(&six), "both are ours");
	netaddr_from4(&again, 0xc6120063);
	tap_ok(t, dns_is_pool(&again) && !dns_name_of(b.dns, &again),
		"an address that was not given out means nothing");
	netaddr_from4(&again, 0x08080808);
	tap_ok(t, !dns_is_pool(&again) && !dns_name_of(b.dns, &again),
		"nor does one of elsewhere");
	stop(&b);
}

static void
test_refused(struct tap *t)
{
	static const struct {
		const char *name;
		unsigned int type, code;
		enum netpol_reason reason;
	} rows[] = {
		{ "b.test", A, REFUSED, NETPOL_NOT_ALLOWED },
		{ "b.test", AAAA, REFUSED, NETPOL_NOT_ALLOWED },
		{ "b.test", SRV, REFUSED, NETPOL_NOT_ALLOWED },
		{ "no.a.test", A, REFUSED, NETPOL_DENIED },
		{ "x.a.test", TXT, REFUSED, NETPOL_ALLOWED },
		{ "x.a.test", 255, REFUSED, NETPOL_ALLOWED },
		{ "x.a.test", SRV, NOERROR, NETPOL_ALLOWED },
		{ "x.a.test", HTTPS, NOERROR, NETPOL_ALLOWED },
		{ "x.a.test", 64, NOERROR, NETPOL_ALLOWED },
		{ "8.8.8.8.in-addr.arpa", PTR, REFUSED, NETPOL_NOT_ALLOWED },
		{ "9.0.18.198.in-addr.arpa", PTR, NXDOMAIN, NETPOL_ALLOWED },
		{ "x.in-addr.arpa", PTR, REFUSED, NETPOL_NOT_ALLOWED },
		{ "1.2.3.4", A, REFUSED, NETPOL_NOT_ALLOWED },
		{ "a b.a.test", A, REFUSED, NETPOL_NOT_ALLOWED },
		{ "", A, REFUSED, NETPOL_NOT_ALLOWED },
	};
	struct bench b;

	start(&b, false);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask_for(&b, rows[i].name, rows[i].type);
		tap_ok(t,
			code(&b.r) == rows[i].code && answers(&b.r) == 0 &&
				b.r.verdict.reason == rows[i].reason &&
				b.r.answered == (rows[i].code == NOERROR),
			"\"%s\" type %u: code %u, %s, nothing in it",
			rows[i].name, rows[i].type, rows[i].code,
			netpol_reason_name(rows[i].reason));
	}
	stop(&b);
}

static void
test_reverse(struct tap *t)
{
	static const char six[] =
		"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.5.e.d.0.c.d.f.ip6.arpa";
	static const char name[] = "\1x\1a\4test";
	struct bench b;

	start(&b, false);
	ask_for(&b, "x.a.test", A);
	ask_for(&b, "1.0.18.198.in-addr.arpa", PTR);
	tap_ok(t,
		code(&b.r) == NOERROR &&
			memcmp(b.r.bytes + b.r.len - sizeof(name), name,
				sizeof(name)) == 0,
		"the name of an address of the pool");
	ask_for(&b, six, PTR);
	tap_ok(t,
		code(&b.r) == NOERROR &&
			memcmp(b.r.bytes + b.r.len - sizeof(name), name,
				sizeof(name)) == 0,
		"and of its other one");
	ask_for(&b, "1.0.0.127.in-addr.arpa", PTR);
	tap_ok(t,
		code(&b.r) == NOERROR && memcmp(b.r.bytes + b.r.len - 11,
						 "\11localhost", 11) == 0,
		"loopback is localhost");
	stop(&b);
}

static void
test_localhost(struct tap *t)
{
	struct bench b;
	struct netaddr a;

	start(&b, false);
	ask_for(&b, "localhost", A);
	a = last_address(&b.r, false);
	tap_ok(t,
		code(&b.r) == NOERROR && a.bytes[12] == 127 && a.bytes[15] == 1,
		"localhost is the sandbox's own");
	ask_for(&b, "x.localhost", AAAA);
	a = last_address(&b.r, true);
	tap_ok(t, answers(&b.r) == 1 && netaddr_class(&a) == NETADDR_LOOPBACK,
		"and what is below it");
	ask_for(&b, "localhost", SRV);
	tap_ok(t, code(&b.r) == NOERROR && answers(&b.r) == 0,
		"it has nothing else");
	dns_only_ipv4(b.dns);
	ask_for(&b, "x.localhost", AAAA);
	tap_ok(t, code(&b.r) == NOERROR && answers(&b.r) == 0,
		"without IPv6 it has no address of it");
	ask_for(&b, "x.a.test", AAAA);
	tap_ok(t, code(&b.r) == NOERROR && answers(&b.r) == 0,
		"nor has another name");
	ask_for(&b, "x.a.test", A);
	tap_int(t, (long long)answers(&b.r), 1, "but one of IPv4");
	stop(&b);
}

static void
test_edns(struct tap *t)
{
	struct bench b;
	struct packet p = question("x.a.test", A, true);

	start(&b, false);
	ask(&b, &p);
	tap_ok(t,
		code(&b.r) == NOERROR && b.r.bytes[11] == 1 &&
			b.r.bytes[b.r.len - 9] == 41 &&
			b.r.bytes[b.r.len - 8] == 1232 / 256 &&
			b.r.bytes[b.r.len - 7] == 1232 % 256,
		"EDNS is answered with 1232");
	p = question("b.test", A, true);
	ask(&b, &p);
	tap_ok(t, code(&b.r) == REFUSED && b.r.bytes[11] == 1, "a refusal too");
	stop(&b);
}

static void
test_malformed(struct tap *t)
{
	struct bench b;
	struct packet p;
	unsigned int wrong = 0;

	start(&b, false);
	p = question("x.a.test", A, true);
	for (size_t n = 0; n < p.len; n++) {
		struct packet cut = p;

		cut.len = n;
		ask(&b, &cut);
		wrong += n < 12 ? b.r.len != 0 : code(&b.r) != FORMERR;
		wrong += answers(&b.r) != (n < 12 ? 99u : 0u);
	}
	tap_int(t, wrong, 0, "nothing shorter is understood");
	p.bytes[p.len++] = 0;
	ask(&b, &p);
	tap_int(t, code(&b.r), FORMERR, "nothing longer either");
	p = question("x.a.test", A, false);
	p.bytes[2] |= 0x80;
	ask(&b, &p);
	tap_int(t, (long long)b.r.len, 0, "an answer is not answered");
	p = question("x.a.test", A, false);
	p.bytes[2] |= 0x10;
	ask(&b, &p);
	tap_int(t, code(&b.r), NOTIMP, "another operation");
	p = question("x.a.test", A, false);
	p.bytes[5] = 2;
	ask(&b, &p);
	tap_int(t, code(&b.r), REFUSED, "two questions");
	p = question("x.a.test", A, false);
	p.bytes[5] = 0;
	ask(&b, &p);
	tap_int(t, code(&b.r), FORMERR, "no question");
	p = question("x.a.test", A, false);
	p.bytes[p.len - 1] = 3;
	ask(&b, &p);
	tap_int(t, code(&b.r), REFUSED, "class CHAOS");
	p = question("x.a.test", A, false);
	p.bytes[12] = 0xc0;
	ask(&b, &p);
	tap_int(t, code(&b.r), FORMERR, "a pointer in the question");
	p = question("x.a.test", A, false);
	p.bytes[13] = '.';
	ask(&b, &p);
	tap_int(t, code(&b.r), FORMERR, "a dot inside of a label");
	stop(&b);
}

static void
test_ask(struct tap *t)
{
	struct bench b;

	start(&b, true);
	ask_for(&b, "b.test", A);
	tap_ok(t,
		code(&b.r) == NOERROR && answers(&b.r) == 1 &&
			b.r.verdict.decision == NETPOL_ASK,
		"with somebody to ask a name has an address before");
	ask_for(&b, "no.a.test", A);
	tap_int(t, code(&b.r), REFUSED, "a denied one has none");
	stop(&b);
}

static void
test_rate(struct tap *t)
{
	struct bench b;
	struct packet p = question("x.a.test", A, false);
	unsigned int good = 0, refused = 0;

	start(&b, false);
	for (unsigned int i = 0; i < 1000; i++) {
		dns_answer(b.dns, p.bytes, p.len, 5000, &b.r);
		good += code(&b.r) == NOERROR;
		refused += b.r.verdict.reason == NETPOL_RATE;
	}
	tap_ok(t, good == DNS_BURST && refused == 1000 - DNS_BURST,
		"%u at once, then no more", good);
	good = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		dns_answer(b.dns, p.bytes, p.len, 5100, &b.r);
		good += code(&b.r) == NOERROR;
	}
	tap_int(t, good, DNS_RATE / 10, "in a tenth of a second a tenth");
	stop(&b);
}

static void
test_full(struct tap *t)
{
	struct bench b;
	char name[32];
	unsigned int good = 0;

	start(&b, false);
	for (unsigned int i = 0; i < DNS_NAMES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "n%u.a.test", i);
		ask_for(&b, name, A);
		good += code(&b.r) == NOERROR;
	}
	tap_int(t, good, DNS_NAMES_MAX, "so many names");
	ask_for(&b, "one-more.a.test", A);
	tap_int(t, code(&b.r), SERVFAIL, "and not one more");
	ask_for(&b, "n77.a.test", A);
	tap_ok(t, code(&b.r) == NOERROR && !b.r.fresh, "those that are stay");
	stop(&b);
}

int
main(void)
{
	struct tap t = { 0 };

	test_forward(&t);
	test_refused(&t);
	test_reverse(&t);
	test_localhost(&t);
	test_edns(&t);
	test_malformed(&t);
	test_ask(&t);
	test_rate(&t);
	test_full(&t);
	return tap_end(&t);
}
