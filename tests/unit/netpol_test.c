/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_test.c -- patterns, verdicts, the wire. */
#include "policy/netpol.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/netpol_slow.h"
#include "tests/unit/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct nethost
host(const char *text)
{
	struct nethost h = { 0 };

	if (nethost_parse(text, strlen(text), &h) < 0)
		abort();
	return h;
}

static struct netaddr
addr(const char *text)
{
	return host(text).addr;
}

/* ---- one pattern, many hosts ------------------------------------------------ */

static const struct {
	const char *pattern, *host;
	enum netpol_protocol protocol;
	uint16_t port;
	bool yes;
} matches[] = {
	{ "example.com", "example.com", NETPOL_HTTPS, 443, true },
	{ "example.com", "EXAMPLE.com.", NETPOL_HTTPS, 443, true },
	{ "Example.COM.", "example.com", NETPOL_HTTPS, 443, true },
	{ " example.com ", "example.com", NETPOL_HTTPS, 443, true },
	{ "example.com", "a.example.com", NETPOL_HTTPS, 443, false },
	{ "example.com", "example.comx", NETPOL_HTTPS, 443, false },
	{ "*.example.com", "a.example.com", NETPOL_HTTPS, 443, true },
	{ "*.example.com", "a.b.example.com", NETPOL_HTTPS, 443, true },
	{ "*.example.com", "example.com", NETPOL_HTTPS, 443, false },
	{ "*.example.com", "badexample.com", NETPOL_HTTPS, 443, false },
	{ "**.example.com", "example.com", NETPOL_HTTPS, 443, true },
	{ "**.example.com", "a.b.example.com", NETPOL_HTTPS, 443, true },
	{ "**.example.com", "badexample.com", NETPOL_HTTPS, 443, false },
	{ "*", "anything.test", NETPOL_TCP, 22, true },
	{ "[*]", "anything.test", NETPOL_TCP, 22, true },
	{ "*", "8.8.8.8", NETPOL_TCP, 22, true },
	{ "region*.v2.example.com", "region1.v2.example.com", NETPOL_HTTPS, 443,
		true },
	{ "region*.v2.example.com", "region.v2.example.com", NETPOL_HTTPS, 443,
		true },
	{ "region*.v2.example.com", "region1.x.v2.example.com", NETPOL_HTTPS,
		443, false },
	{ "region*.v2.example.com", "region1.v2.example.org", NETPOL_HTTPS, 443,
		false },
	{ "a?c.test", "abc.test", NETPOL_HTTPS, 443, true },
	{ "a?c.test", "ac.test", NETPOL_HTTPS, 443, false },
	{ "a*b*c.test", "axxbyyc.test", NETPOL_HTTPS, 443, true },
	{ "b\xc3\xbc"
	  "cher.test",
		"xn--bcher-kva.test", NETPOL_HTTPS, 443, true },
	{ "B\xc3\x9c"
	  "CHER.test",
		"b\xc3\xbc"
		"cher.test",
		NETPOL_HTTPS, 443, true },
	{ "xn--bcher-kva.test",
		"B\xc3\x9c"
		"CHER.test",
		NETPOL_HTTPS, 443, true },
	/* ports and protocols */
	{ "example.com:443", "example.com", NETPOL_HTTPS, 443, true },
	{ "example.com:443", "example.com", NETPOL_HTTPS, 444, false },
	{ "example.com.:443", "example.com", NETPOL_HTTPS, 443, true },
	{ "example.com:8000-8080", "example.com", NETPOL_HTTP, 8000, true },
	{ "example.com:8000-8080", "example.com", NETPOL_HTTP, 8080, true },
	{ "example.com:8000-8080", "example.com", NETPOL_HTTP, 8081, false },
	{ "*:443", "example.com", NETPOL_HTTPS, 443, true },
	{ "*:443", "example.com", NETPOL_HTTPS, 80, false },
	{ "example.com/udp", "example.com", NETPOL_SOCKS_UDP, 53, true },
	{ "example.com/udp", "example.com", NETPOL_SOCKS_TCP, 53, false },
	{ "example.com/tcp", "example.com", NETPOL_SOCKS_UDP, 53, false },
	{ "example.com/tcp", "example.com", NETPOL_TCP, 22, true },
	{ "example.com/tcp", "example.com", NETPOL_HTTP, 80, true },
	{ "example.com/https", "example.com", NETPOL_HTTPS, 8443, true },
	{ "example.com/https", "example.com", NETPOL_HTTP, 80, false },
	{ "example.com/https", "example.com", NETPOL_TCP, 443, true },
	{ "example.com/https", "example.com", NETPOL_TCP, 22, false },
	{ "example.com/http", "example.com", NETPOL_TCP, 80, true },
	{ "example.com:443/tcp", "example.com", NETPOL_TCP, 443, true },
	{ "example.com:443/tcp", "example.com", NETPOL_TCP, 22, false },
	/* addresses */
	{ "8.8.8.8", "8.8.8.8", NETPOL_TCP, 53, true },
	{ "8.8.8.8", "::ffff:8.8.8.8", NETPOL_TCP, 53, true },
	{ "8.8.8.8", "8.8.4.4", NETPOL_TCP, 53, false },
	{ "127.0.0.1", "2130706433", NETPOL_TCP, 80, true },
	{ "[::1]", "::1", NETPOL_TCP, 80, true },
	{ "::1", "[::1]", NETPOL_TCP, 80, true },
	{ "[::1]:80", "::1", NETPOL_TCP, 80, true },
	{ "[::1]:80", "::1", NETPOL_TCP, 81, false },
	{ "fe80::1", "fe80::1%eth0", NETPOL_TCP, 80, true },
	{ "fe80::1%eth0", "fe80::1%eth0", NETPOL_TCP, 80, true },
	{ "[fe80::1%25eth0]", "fe80::1%eth0", NETPOL_TCP, 80, true },
	{ "fe80::1%eth0", "fe80::1%eth1", NETPOL_TCP, 80, false },
	{ "fe80::1%eth0", "fe80::1", NETPOL_TCP, 80, false },
};

static void
test_matches(struct tap *t)
{
	for (size_t i = 0; i < COUNT(matches); i++) {
		own_netpol struct netpol np = { 0 };
		struct nethost h = host(matches[i].host);
		struct netpol_query q = { matches[i].protocol, &h,
			matches[i].port, NULL };
		bool yes =
			netpol_add_rule(&np, true, matches[i].pattern, "t",
				NULL) == 0 &&
			netpol_judge(&np, &q, NULL, 0).decision == NETPOL_ALLOW;

		tap_ok(t, yes == matches[i].yes, "%s %s %s:%u (%s)",
			matches[i].pattern, matches[i].yes ? "is" : "is not",
			matches[i].host, matches[i].port,
			netpol_protocol_name(matches[i].protocol));
	}
}

static void
test_bad_patterns(struct tap *t)
{
	static const struct {
		const char *pattern, *cause;
	} bad[] = {
		{ "", "is empty" },
		{ "  ", "is empty" },
		{ "https://example.com", "has a scheme" },
		{ "10.0.0.0/8", "neither tcp, udp" },
		{ "example.com/ftp", "neither tcp, udp" },
		{ "example.com:", "no port" },
		{ "example.com:0", "no port" },
		{ "example.com:65536", "no port" },
		{ "example.com:http", "no port" },
		{ "example.com:9-8", "no port" },
		{ "*.a*.com", "leading *." },
		{ "**.*.com", "leading *." },
		{ "*.*", "leading *." },
		{ "**", "leading *." },
		{ "a*..com", "empty label" },
		{ "*.10.0.0.1", "wildcard before an address" },
		{ "a b", "is no host" },
		{ "[example.com]", "is no host" },
		{ "[::1", "is no host" },
		{ "a*\xc3\xbc.com", "no pattern has" },
		{ "user@example.com", "is no host" },
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		own_netpol struct netpol np = { 0 };
		struct diag d = { 0 };
		int err = netpol_add_rule(&np, true, bad[i].pattern, "t", &d);

		if (!tap_ok(t,
			    err == -EINVAL && d.code == DIAG_USAGE &&
				    strstr(d.cause, bad[i].cause) &&
				    np.n_rules == 0,
			    "\"%s\" %s", bad[i].pattern, bad[i].cause))
			(void)printf("# %d %s\n", err, d.cause);
	}
}

static void
test_deny_all(struct tap *t)
{
	static const char *const all[] = { "*", "[*]", "**.[*]", "*:80" };

	for (size_t i = 0; i < COUNT(all); i++) {
		own_netpol struct netpol np = { 0 };
		struct diag d = { 0 };

		tap_ok(t,
			netpol_add_rule(&np, false, all[i], "t", &d) ==
					-EINVAL &&
				strstr(d.cause, "every host"),
			"%s cannot be denied", all[i]);
		tap_ok(t, netpol_add_rule(&np, true, all[i], "t", NULL) == 0,
			"but allowed");
	}
}

/* ---- verdicts ---------------------------------------------------------------- */

struct policy {
	const char *allow[4], *deny[4], *cidr[4], *no_cidr[4];
	uint16_t loopback, only_port;
	uint32_t flags;
};

static void
make(struct netpol *np, const struct policy *p)
{
	int err = 0;

	netpol_init(np);
	np->flags = p->flags;
	for (size_t i = 0; i < 4; i++) {
		if (p->allow[i])
			err |= netpol_add_rule(
				np, true, p->allow[i], "t", NULL);
		if (p->deny[i])
			err |= netpol_add_rule(
				np, false, p->deny[i], "t", NULL);
		if (p->cidr[i])
			err |= netpol_add_cidr(np, true, p->cidr[i], "t", NULL);
		if (p->no_cidr[i])
			err |= netpol_add_cidr(
				np, false, p->no_cidr[i], "t", NULL);
	}
	if (p->loopback)
		np->loopback[np->n_loopback++] = p->loopback;
	if (p->only_port)
		np->ports[np->n_ports++] = p->only_port;
	if (err)
		abort();
}

static const struct {
	struct policy p;
	const char *host;
	uint16_t port;
	enum netpol_decision decision;
	enum netpol_reason reason;
	const char *what;
} verdicts[] = {
	{ { .flags = 0 }, "a.test", 80, NETPOL_DENY, NETPOL_NOT_ALLOWED,
		"an empty list allows nothing" },
	{ { .allow = { "a.test" } }, "b.test", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED, "what is not in the list" },
	{ { .allow = { "*" }, .deny = { "a.test" } }, "a.test", 80, NETPOL_DENY,
		NETPOL_DENIED, "deny wins over *" },
	{ { .allow = { "a.test" }, .deny = { "a.test" } }, "a.test", 80,
		NETPOL_DENY, NETPOL_DENIED, "deny wins over the same allow" },
	{ { .allow = { "*" }, .deny = { "a.test" } }, "b.test", 80,
		NETPOL_ALLOW, NETPOL_ALLOWED, "others pass" },
	{ { .allow = { "*" }, .deny = { "a.test:22" } }, "a.test", 80,
		NETPOL_ALLOW, NETPOL_ALLOWED, "a deny of a port is one" },
	{ { .allow = { "*" }, .deny = { "a.test:22" } }, "a.test", 22,
		NETPOL_DENY, NETPOL_DENIED, "and that is denied" },
	/* loopback and private */
	{ { .allow = { "*" } }, "localhost", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "* never opens localhost" },
	{ { .allow = { "*" } }, "127.0.0.1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "* never opens loopback" },
	{ { .allow = { "*" } }, "2130706433", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "in no disguise" },
	{ { .allow = { "*" } }, "::ffff:127.0.0.1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "nor mapped" },
	{ { .allow = { "*" } }, "64:ff9b::7f00:1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "nor by NAT64" },
	{ { .allow = { "*" } }, "2002:7f00:1::", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "nor by 6to4" },
	{ { .allow = { "*" } }, "168.63.129.16", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "nor Azure's metadata" },
	{ { .allow = { "*" } }, "9.9.9.9", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "nor the host's own address" },
	{ { .allow = { "*" } }, "64:ff9b::909:909", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "nor that by NAT64" },
	{ { .allow = { "*" } }, "8.8.8.8", 80, NETPOL_ALLOW, NETPOL_ALLOWED,
		"* opens public addresses" },
	{ { .allow = { "a.test" } }, "8.8.8.8", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED, "a name opens no address" },
	{ { .flags = 0 }, "127.0.0.1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "loopback with an empty list" },
	{ { .allow = { "127.0.0.1" } }, "127.0.0.1", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "loopback named exactly" },
	{ { .allow = { "10.0.0.1" } }, "10.0.0.1", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "private named exactly" },
	{ { .allow = { "169.254.169.254" } }, "169.254.169.254", 80,
		NETPOL_ALLOW, NETPOL_ALLOWED, "metadata named exactly" },
	{ { .allow = { "localhost" } }, "localhost", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "localhost named exactly" },
	{ { .allow = { "fe80::1%eth0" } }, "fe80::1%eth1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "a scope opens no other scope" },
	{ { .allow = { "*" }, .deny = { "127.0.0.1" } }, "127.0.0.1", 80,
		NETPOL_DENY, NETPOL_DENIED, "a deny is said before local" },
	{ { .loopback = 5432 }, "localhost", 5432, NETPOL_ALLOW, NETPOL_ALLOWED,
		"a granted port of localhost" },
	{ { .loopback = 5432 }, "127.0.0.1", 5432, NETPOL_ALLOW, NETPOL_ALLOWED,
		"of 127.0.0.1" },
	{ { .loopback = 5432 }, "::1", 5432, NETPOL_ALLOW, NETPOL_ALLOWED,
		"of ::1" },
	{ { .loopback = 5432 }, "localhost", 5433, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "and no other port" },
	{ { .loopback = 5432 }, "127.0.0.2", 5432, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "of no other loopback address" },
	{ { .loopback = 5432, .deny = { "localhost" } }, "localhost", 5432,
		NETPOL_DENY, NETPOL_DENIED, "unless denied" },
	{ { .loopback = 5432, .deny = { "127.0.0.1" } }, "localhost", 5432,
		NETPOL_DENY, NETPOL_DENIED, "under any of its names" },
	{ { .loopback = 5432, .deny = { "localhost" } }, "::1", 5432,
		NETPOL_DENY, NETPOL_DENIED, "asked for under any other" },
	{ { .loopback = 5432, .no_cidr = { "127.0.0.0/8" } }, "localhost", 5432,
		NETPOL_DENY, NETPOL_DENIED, "or by its network" },
	{ { .allow = { "localhost" }, .no_cidr = { "127.0.0.0/8" } },
		"localhost", 80, NETPOL_DENY, NETPOL_DENIED,
		"of one named exactly too" },
	{ { .loopback = 5432, .deny = { "localhost:5433" } }, "localhost", 5432,
		NETPOL_ALLOW, NETPOL_ALLOWED,
		"another port is another matter" },
	/* networks */
	{ { .cidr = { "10.0.0.0/8" } }, "10.1.2.3", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "a network opens its addresses" },
	{ { .cidr = { "10.0.0.0/8" } }, "11.1.2.3", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED, "and no other" },
	{ { .cidr = { "10.0.0.0/8" }, .no_cidr = { "10.1.0.0/16" } },
		"10.1.2.3", 80, NETPOL_DENY, NETPOL_DENIED,
		"a denied network wins" },
	{ { .allow = { "10.1.2.3" }, .no_cidr = { "10.1.0.0/16" } }, "10.1.2.3",
		80, NETPOL_DENY, NETPOL_DENIED,
		"over an address named exactly too" },
	{ { .allow = { "*" }, .no_cidr = { "8.8.0.0/16" } }, "64:ff9b::808:808",
		80, NETPOL_DENY, NETPOL_DENIED,
		"a denied network is denied in every coat" },
	{ { .cidr = { "169.254.0.0/16" } }, "169.254.1.1", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "link-local by network" },
	{ { .cidr = { "169.254.0.0/16" } }, "169.254.169.254", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "but not the metadata in it" },
	{ { .cidr = { "169.254.169.254/32" } }, "169.254.169.254", 80,
		NETPOL_ALLOW, NETPOL_ALLOWED, "unless alone" },
	{ { .cidr = { "9.0.0.0/8" } }, "9.9.9.9", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "nor the host's own in it" },
	{ { .cidr = { "9.9.9.9" } }, "9.9.9.9", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "unless alone" },
	{ { .cidr = { "0.0.0.0/0" } }, "127.0.0.1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "the whole of IPv4 has no loopback" },
	{ { .cidr = { "127.0.0.0/8" } }, "127.0.0.2", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "but loopback has" },
	{ { .cidr = { "64:ff9b::/96" } }, "64:ff9b::808:808", 80, NETPOL_ALLOW,
		NETPOL_ALLOWED, "NAT64 by network" },
	{ { .cidr = { "64:ff9b::/96" } }, "64:ff9b::10.0.0.1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "does not open what it carries" },
	/* allow_local_binding, ports, report */
	{ { .flags = NETPOL_LOCAL }, "127.0.0.1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED, "local binding alone allows nothing" },
	{ { .flags = NETPOL_LOCAL, .allow = { "*" } }, "127.0.0.1", 80,
		NETPOL_ALLOW, NETPOL_ALLOWED, "with * it opens loopback" },
	{ { .flags = NETPOL_LOCAL, .allow = { "*" } }, "169.254.169.254", 80,
		NETPOL_DENY, NETPOL_NOT_ALLOWED_LOCAL, "but no metadata" },
	{ { .only_port = 443, .allow = { "*" } }, "a.test", 80, NETPOL_DENY,
		NETPOL_DENIED, "a port that is not in the list" },
	{ { .only_port = 443, .allow = { "*" } }, "a.test", 443, NETPOL_ALLOW,
		NETPOL_ALLOWED, "and one that is" },
	{ { .flags = NETPOL_REPORT_ONLY }, "a.test", 80, NETPOL_ALLOW,
		NETPOL_NOT_ALLOWED, "report only: what would be refused" },
	{ { .flags = NETPOL_REPORT_ONLY }, "127.0.0.1", 80, NETPOL_DENY,
		NETPOL_NOT_ALLOWED_LOCAL, "never local addresses" },
	{ { .flags = NETPOL_REPORT_ONLY, .deny = { "a.test" } }, "a.test", 80,
		NETPOL_DENY, NETPOL_DENIED, "nor what is denied" },
};

static void
test_verdicts(struct tap *t)
{
	const struct netaddr own = addr("9.9.9.9");

	for (size_t i = 0; i < COUNT(verdicts); i++) {
		own_netpol struct netpol np = { 0 };
		struct nethost h = host(verdicts[i].host);
		struct netpol_query q = { NETPOL_SOCKS_TCP, &h,
			verdicts[i].port, NULL };
		struct netpol_verdict v;

		make(&np, &verdicts[i].p);
		v = netpol_judge(&np, &q, &own, 1);
		if (!tap_ok(t,
			    v.decision == verdicts[i].decision &&
				    v.reason == verdicts[i].reason &&
				    v.source == NETPOL_BASELINE,
			    "%s", verdicts[i].what))
			(void)printf("# %s %s\n",
				netpol_decision_name(v.decision),
				netpol_reason_name(v.reason));
	}
}

static void
test_addresses(struct tap *t)
{
	own_netpol struct netpol np = { 0 };
	struct nethost h = host("a.test");
	struct netpol_query q = { NETPOL_HTTPS, &h, 443, NULL };
	struct netaddr a[2] = { addr("8.8.8.8"), addr("2606:4700::1") };
	const struct netaddr own = addr("9.9.9.9");
	const struct netpol_addrs two = { a, 2 }, none = { a, 0 };
	const struct netpol_addrs ours = { &own, 1 };
	struct netpol_verdict by_name, v;

	make(&np, &(struct policy){ .allow = { "*" },
			  .deny = { "8.8.4.4:443" },
			  .cidr = { "10.0.0.0/8" },
			  .no_cidr = { "1.0.0.0/8" } });
	by_name = netpol_judge(&np, &q, &own, 1);
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.decision, NETPOL_ALLOW, "public addresses pass");
	tap_ok(t, v.rule == by_name.rule, "by the rule of the name");
	a[1] = addr("127.0.0.1");
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.reason, NETPOL_NOT_ALLOWED_LOCAL,
		"one loopback address refuses all");
	a[1] = addr("10.1.1.1");
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.decision, NETPOL_ALLOW, "a granted network does not");
	tap_ok(t, v.cidr == &np.cidrs[0], "and is named");
	a[1] = addr("1.2.3.4");
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.reason, NETPOL_DENIED, "a denied network refuses all");
	a[1] = addr("8.8.4.4");
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.reason, NETPOL_DENIED,
		"an address that a rule denies too");
	q.port = 444;
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.decision, NETPOL_ALLOW, "at another port it does not");
	q.port = 443;
	a[1] = addr("64:ff9b::808:404");
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.reason, NETPOL_DENIED, "in another coat it does");
	a[1] = own;
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.reason, NETPOL_NOT_ALLOWED_LOCAL,
		"the host's own address does");
	v = netpol_judge_addresses(&np, &q, &by_name, none, ours);
	tap_int(t, v.decision, NETPOL_DENY, "no address is none");
	by_name.decision = NETPOL_DENY;
	by_name.reason = NETPOL_NOT_ALLOWED;
	a[1] = a[0];
	v = netpol_judge_addresses(&np, &q, &by_name, two, ours);
	tap_int(t, v.reason, NETPOL_NOT_ALLOWED, "a refusal stays one");
}

static void
test_mode(struct tap *t)
{
	static const struct {
		enum netpol_protocol protocol;
		const char *host, *method;
		enum netpol_reason reason;
	} rows[] = {
		{ NETPOL_HTTP, "a.test", "GET", NETPOL_ALLOWED },
		{ NETPOL_HTTP, "a.test", "HEAD", NETPOL_ALLOWED },
		{ NETPOL_HTTP, "a.test", "OPTIONS", NETPOL_ALLOWED },
		{ NETPOL_HTTP, "a.test", "get", NETPOL_METHOD },
		{ NETPOL_HTTP, "a.test", "POST", NETPOL_METHOD },
		{ NETPOL_HTTP, "a.test", NULL, NETPOL_METHOD },
		{ NETPOL_HTTP, "b.test", "POST", NETPOL_NOT_ALLOWED },
		{ NETPOL_HTTPS, "a.test", NULL, NETPOL_TLS_IN_LIMITED },
		{ NETPOL_SOCKS_TCP, "a.test", NULL, NETPOL_METHOD },
		{ NETPOL_SOCKS_UDP, "a.test", NULL, NETPOL_METHOD },
		{ NETPOL_TCP, "a.test", NULL, NETPOL_METHOD },
		{ NETPOL_DNS, "a.test", NULL, NETPOL_ALLOWED },
	};
	own_netpol struct netpol np = { 0 };

	make(&np, &(struct policy){
			  .allow = { "a.test" }, .flags = NETPOL_LIMITED });
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct nethost h = host(rows[i].host);
		struct netpol_query q = { rows[i].protocol, &h, 80,
			rows[i].method };
		struct netpol_verdict v = netpol_judge(&np, &q, NULL, 0);
		bool guard = rows[i].reason != NETPOL_ALLOWED &&
			     rows[i].reason != NETPOL_NOT_ALLOWED;

		tap_ok(t,
			v.reason == rows[i].reason &&
				v.source == (guard ? NETPOL_MODE_GUARD
						   : NETPOL_BASELINE),
			"limited: %s %s %s is %s",
			netpol_protocol_name(rows[i].protocol),
			rows[i].method ? rows[i].method : "-", rows[i].host,
			netpol_reason_name(rows[i].reason));
		np.flags = 0;
		v = netpol_judge(&np, &q, NULL, 0);
		tap_ok(t,
			(v.decision == NETPOL_ALLOW) ==
				(rows[i].reason != NETPOL_NOT_ALLOWED),
			"full: any method");
		np.flags = NETPOL_LIMITED;
	}
}

static void
test_dns(struct tap *t)
{
	static const struct {
		struct policy p;
		const char *host;
		enum netpol_reason reason;
	} rows[] = {
		{ { .allow = { "a.test:443/https" } }, "a.test",
			NETPOL_ALLOWED },
		{ { .allow = { "a.test" } }, "b.test", NETPOL_NOT_ALLOWED },
		{ { .allow = { "*" }, .deny = { "a.test" } }, "a.test",
			NETPOL_DENIED },
		{ { .allow = { "*" }, .deny = { "a.test:25" } }, "a.test",
			NETPOL_ALLOWED },
		{ { .allow = { "*" }, .deny = { "a.test/udp" } }, "a.test",
			NETPOL_ALLOWED },
		{ { .allow = { "*" }, .only_port = 443 }, "a.test",
			NETPOL_ALLOWED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		own_netpol struct netpol np = { 0 };
		struct nethost h = host(rows[i].host);
		struct netpol_query q = { NETPOL_DNS, &h, 0, NULL };

		make(&np, &rows[i].p);
		tap_int(t, netpol_judge(&np, &q, NULL, 0).reason,
			rows[i].reason, "a question for a name");
	}
}

/* ---- against the slow one ----------------------------------------------------- */

static unsigned int
dice(unsigned int *seed, unsigned int n)
{
	return (unsigned int)rand_r(seed) % n;
}

static void
test_differential(struct tap *t)
{
	static const char *const parts[] = { "a", "b", "ab", "ba", "aab", "*",
		"**", "a*", "*b", "a*b", "?", "a?" };
	unsigned int seed = 1, wrong = 0, yes = 0, n = 0;

	for (unsigned int round = 0; round < 60000; round++) {
		char pattern[64] = "", name[64] = "";
		own_netpol struct netpol np = { 0 };
		struct nethost h;
		struct netpol_query q = { NETPOL_TCP, &h, 1, NULL };
		bool fast;

		for (unsigned int i = 0, k = dice(&seed, 4); i <= k; i++) {
			strcat(pattern, i ? "." : "");
			strcat(pattern, parts[dice(&seed, COUNT(parts))]);
		}
		for (unsigned int i = 0, k = dice(&seed, 4); i <= k; i++) {
			strcat(name, i ? "." : "");
			strcat(name, parts[dice(&seed, 5)]);
		}
		if (netpol_add_rule(&np, true, pattern, "t", NULL) < 0)
			continue;
		h = host(name);
		fast = netpol_judge(&np, &q, NULL, 0).decision == NETPOL_ALLOW;
		n++;
		yes += fast;
		if (fast != slow_match(pattern, name) && wrong++ < 5)
			(void)printf("# %s %s: %d\n", pattern, name, fast);
	}
	tap_ok(t, wrong == 0 && yes > 1000 && n > 20000,
		"%u patterns of %u match as the slow matcher says", yes, n);
}

/* ---- the rest ------------------------------------------------------------------ */

static void
test_publish(struct tap *t)
{
	static const struct {
		const char *text, *at;
		uint16_t port, inside;
	} rows[] = {
		{ "8080", "127.0.0.1", 8080, 8080 },
		{ "8080:80", "127.0.0.1", 8080, 80 },
		{ "127.0.0.1:8080", "127.0.0.1", 8080, 8080 },
		{ "127.0.0.2:8080:80", "127.0.0.2", 8080, 80 },
		{ "[::1]:8080", "::1", 8080, 8080 },
		{ "", NULL, 0, 0 },
		{ "0", NULL, 0, 0 },
		{ "80:", NULL, 0, 0 },
		{ "a.test:80", NULL, 0, 0 },
		{ "127.0.0.1", NULL, 0, 0 },
		{ "127.0.0.1:", NULL, 0, 0 },
		{ "1:2:3", NULL, 0, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		own_netpol struct netpol np = { 0 };
		int err = netpol_add_publish(&np, rows[i].text, NULL);
		struct netaddr at = { 0 };

		if (!rows[i].at) {
			tap_ok(t, err == -EINVAL, "--publish \"%s\" is nothing",
				rows[i].text);
			continue;
		}
		at = addr(rows[i].at);
		tap_ok(t,
			err == 0 && netaddr_equal(&np.publish[0].at, &at) &&
				np.publish[0].port == rows[i].port &&
				np.publish[0].inside == rows[i].inside,
			"--publish %s", rows[i].text);
	}
}

static void
test_upstream(struct tap *t)
{
	static const struct {
		const char *url, *shown, *auth;
	} rows[] = {
		{ "http://proxy:3128", "http://proxy:3128", NULL },
		{ "proxy:3128", "http://proxy:3128", NULL },
		{ "HTTP://Proxy/", "http://proxy:80", NULL },
		{ "http://u:p@proxy:1", "http://proxy:1", "dTpw" },
		{ "http://u@proxy:1", "http://proxy:1", "dTo=" },
		{ "http://u:p%40x@proxy:1", "http://proxy:1", "dTpwQHg=" },
		{ "http://[::1]:3128", "http://[::1]:3128", NULL },
		{ "https://proxy:3128", NULL, NULL },
		{ "socks5://proxy:3128", NULL, NULL },
		{ "http://", NULL, NULL },
		{ "http://proxy:0", NULL, NULL },
		{ "http://proxy:x", NULL, NULL },
		{ "http://proxy/path", NULL, NULL },
		{ "http://u%0a:p@proxy:1", NULL, NULL },
		{ "http://u%4:p@proxy:1", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		own_netpol struct netpol np = { 0 };
		struct diag d = { 0 };
		int err = netpol_set_upstream(&np, rows[i].url, NULL, &d);
		const char *auth = np.upstream.auth;

		if (!rows[i].shown)
			tap_ok(t,
				err == -EINVAL && !np.upstream.url &&
					!strstr(d.thing, "u%"),
				"%s is no proxy", rows[i].url);
		else
			tap_ok(t,
				err == 0 &&
					strcmp(np.upstream.url,
						rows[i].shown) == 0 &&
					(rows[i].auth ? auth && strcmp(auth,
									rows[i].auth) ==
									0
						      : !auth),
				"%s is %s", rows[i].url, rows[i].shown);
	}
}

static void
test_no_proxy(struct tap *t)
{
	static const struct {
		const char *list, *host;
		uint16_t port;
		bool skips;
	} rows[] = {
		{ "", "a.test", 80, false },
		{ "*", "a.test", 80, true },
		{ "a.test", "a.test", 80, true },
		{ "a.test", "x.a.test", 80, true },
		{ "a.test", "xa.test", 80, false },
		{ ".a.test", "x.a.test", 80, true },
		{ "*.a.test", "x.a.test", 80, true },
		{ "b.test, a.test", "a.test", 80, true },
		{ "a.test:443", "a.test", 443, true },
		{ "a.test:443", "a.test", 80, false },
		{ "10.0.0.0/8", "10.1.2.3", 80, true },
		{ "10.0.0.0/8", "11.1.2.3", 80, false },
		{ "10.0.0.0/8", "a.test", 80, false },
		{ "127.0.0.1,::1", "::1", 80, true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		own_netpol struct netpol np = { 0 };
		struct nethost h = host(rows[i].host);

		tap_ok(t,
			netpol_set_upstream(
				&np, "http://p:1", rows[i].list, NULL) == 0 &&
				netpol_upstream_skips(&np, &h, rows[i].port) ==
					rows[i].skips,
			"NO_PROXY=%s: %s:%u goes %s", rows[i].list,
			rows[i].host, rows[i].port,
			rows[i].skips ? "direct" : "on");
	}
}

static void
fill(struct netpol *np)
{
	make(np, &(struct policy){ .allow = { "*.a.test:443/https",
					   "[fe80::1%eth0]", "*", "r*.x:1-2" },
			 .deny = { "b.test" },
			 .cidr = { "10.0.0.0/8" },
			 .no_cidr = { "fd00::/8" },
			 .loopback = 5432,
			 .only_port = 443,
			 .flags = NETPOL_LIMITED | NETPOL_EVENTS });
	np->egress_budget = UINT64_C(1) << 40;
	np->host_budget = 7;
	if (netpol_add_publish(np, "[::1]:80:8080", NULL) < 0 ||
		netpol_set_upstream(np, "http://u:p@h:1", "x", NULL) < 0)
		abort();
}

static void
test_wire(struct tap *t)
{
	own_netpol struct netpol np = { 0 }, back = { 0 }, more = { 0 };
	own_buf struct buf one = { 0 }, two = { 0 };
	unsigned int accepted = 0;
	const uint8_t *bytes;

	fill(&np);
	netpol_encode(&np, &one);
	bytes = (const uint8_t *)buf_str(&one);
	tap_int(t, netpol_decode(bytes, one.len, &back), 0, "decodes");
	netpol_encode(&back, &two);
	tap_ok(t,
		one.len == two.len && memcmp(one.data, two.data, one.len) == 0,
		"and is the same again");
	tap_ok(t,
		back.n_rules == 5 && back.upstream.port == 1 &&
			strcmp(back.rules[0].origin, "t") == 0,
		"with all that was in it");
	for (size_t n = 0; n < one.len; n++) {
		own_netpol struct netpol cut = { 0 };

		accepted += netpol_decode(bytes, n, &cut) != -EBADMSG;
	}
	tap_int(t, accepted, 0, "nothing shorter is understood");
	buf_char(&two, 0);
	tap_int(t, netpol_decode((const uint8_t *)two.data, two.len, &more),
		-EBADMSG, "nothing longer either");
}

static void
test_memfd(struct tap *t)
{
	own_netpol struct netpol np = { 0 }, back = { 0 };
	own_buf struct buf blob = { 0 };
	own_fd int fd = -1;
	own_fd int loose = memfd_create("loose", MFD_CLOEXEC);
	struct diag d = { 0 };

	fill(&np);
	tap_int(t, netpol_memfd(&np, &fd, &d), 0, "into sealed memory");
	tap_ok(t, write(fd, "x", 1) < 0 && errno == EPERM,
		"which nobody writes to");
	tap_int(t, netpol_read_fd(fd, &back, &d), 0, "and out of it");
	tap_int(t, (long long)back.n_rules, 5, "whole");
	netpol_free(&back);
	netpol_encode(&np, &blob);
	tap_ok(t, write(loose, blob.data, blob.len) == (ssize_t)blob.len,
		"the same without seals");
	tap_int(t, netpol_read_fd(loose, &back, &d), -EPERM, "is refused");
	tap_ok(t, strstr(d.cause, "sealed") != NULL, "and why is said");
}

static void
test_capture(struct tap *t)
{
	own_netpol struct netpol np = { 0 };
	uint16_t ports[NETPOL_CAPTURE_MAX];

	make(&np, &(struct policy){ .allow = { "a:443", "b:8080", "c:1-9" },
			  .deny = { "d:25" } });
	tap_int(t, (long long)netpol_capture_ports(&np, ports), 4,
		"ports worth a listener");
	tap_int(t, ports[3], 8080, "single ports of allow rules");
}

int
main(void)
{
	struct tap t = { 0 };

	test_matches(&t);
	test_bad_patterns(&t);
	test_deny_all(&t);
	test_verdicts(&t);
	test_addresses(&t);
	test_mode(&t);
	test_dns(&t);
	test_differential(&t);
	test_publish(&t);
	test_upstream(&t);
	test_no_proxy(&t);
	test_wire(&t);
	test_memfd(&t);
	test_capture(&t);
	return tap_end(&t);
}
