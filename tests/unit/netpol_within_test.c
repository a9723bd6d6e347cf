/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_within_test.c -- grants within bounds, and what is reached by both. */
#include "policy/netpol_within.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

static bool
rule(const char *text, const char *bound)
{
	own_netpol struct netpol np = { 0 };
	netpol_init(&np);
	if (netpol_add_rule(&np, true, text, "t", NULL) < 0 ||
		netpol_add_rule(&np, true, bound, "t", NULL) < 0)
		abort();
	return netpol_rule_within(&np.rules[0], &np.rules[1]);
}

static void
test_rules(struct tap *t)
{
	static const char *const within[][2] = { { "a.test", "a.test" },
		{ "A.test.", "*.test" }, { "x.a.test", "**.a.test" },
		{ "a.test", "**.a.test" }, { "*.b.test", "*.test" },
		{ "*.a.test", "*.a.test" }, { "*.a.test", "**.a.test" },
		{ "**.b.test", "*.test" }, { "**.a.test", "**.a.test" },
		{ "a.test", "*" }, { "**.a.test", "*" }, { "*", "*" },
		{ "eu*.a.test", "*.a.test" }, { "eu*.a.test", "**.test" },
		{ "eu*.a.test", "eu*.a.test" }, { "eu?.a.test", "*" },
		{ "a.test:443", "a.test" }, { "a.test:443", "a.test:1-443" },
		{ "a.test/https", "a.test" }, { "a.test/http", "a.test/tcp" },
		{ "10.0.0.1", "10.0.0.1" }, { "10.0.0.1:22", "10.0.0.1" },
		{ "localhost", "localhost" },
		{ "x.localhost", "*.localhost" } };
	static const char *const beyond[][2] = { { "b.test", "a.test" },
		{ "a.test", "*.a.test" }, { "xa.test", "**.a.test" },
		{ "*.a.test", "a.test" }, { "**.a.test", "*.a.test" },
		{ "*.test", "*.a.test" }, { "**.test", "*.test" },
		{ "*", "**.test" }, { "*", "a.test" },
		{ "eu*.a.test", "eu1.a.test" }, { "eu*.a.test", "eu?.a.test" },
		{ "eu1.a.test", "eu*.b.test" }, { "a.test", "a.test:443" },
		{ "a.test:1-444", "a.test:1-443" },
		{ "a.test:80", "a.test:443" }, { "a.test", "a.test/https" },
		{ "a.test/tcp", "a.test/http" }, { "10.0.0.1", "*" },
		{ "8.8.8.8", "*" }, { "10.0.0.1", "10.0.0.2" },
		{ "localhost", "*" }, { "x.localhost", "*" } };
	for (size_t i = 0; i < sizeof(within) / sizeof(within[0]); i++)
		tap_ok(t, rule(within[i][0], within[i][1]), "%s", within[i][0]);
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++)
		tap_ok(t, !rule(beyond[i][0], beyond[i][1]), "%s",
			beyond[i][0]);
}

/*
 * The slow and obvious way: what lies within a bound allows no host that the
 * bound does not, of every pattern and host of a small world.
 */
static void
test_differential(struct tap *t)
{
	static const char *const parts[] = { "a.test", "*.a.test", "**.a.test",
		"b.a.test", "*.b.a.test", "**.b.a.test", "b*.a.test",
		"b?.a.test", "bc.a.test", "test", "*.test", "**.test", "*",
		"x.test:80", "*.test:80-90", "**.a.test/https", "*:80",
		"127.0.0.1", "localhost", "*.localhost", "44.0.0.1" };
	static const char *const hosts[] = { "a.test", "b.a.test", "bc.a.test",
		"bcd.a.test", "c.b.a.test", "x.test", "test", "other",
		"127.0.0.1", "44.0.0.1", "localhost", "q.localhost" };
	enum {
		PARTS = sizeof(parts) / sizeof(parts[0]),
		HOSTS = sizeof(hosts) / sizeof(hosts[0])
	};
	unsigned int pairs = 0, more = 0;
	for (size_t i = 0; i < PARTS * PARTS; i++) {
		own_netpol struct netpol small = { 0 }, large = { 0 };
		netpol_init(&small);
		netpol_init(&large);
		if (!rule(parts[i / PARTS], parts[i % PARTS]))
			continue;
		(void)netpol_add_rule(
			&small, true, parts[i / PARTS], "t", NULL);
		(void)netpol_add_rule(
			&large, true, parts[i % PARTS], "t", NULL);
		for (size_t k = 0; k < HOSTS * 4; k++) {
			struct nethost h;
			(void)nethost_parse(
				hosts[k / 4], strlen(hosts[k / 4]), &h);
			const struct netpol_query q = { .host = &h,
				.protocol = k % 2 ? NETPOL_HTTPS : NETPOL_TCP,
				.port = k % 4 < 2 ? 80 : 443 };
			bool s = netpol_judge(&small, &q, NULL, 0).decision ==
				 NETPOL_ALLOW;
			bool l = netpol_judge(&large, &q, NULL, 0).decision ==
				 NETPOL_ALLOW;
			pairs++;
			more += s && !l;
		}
	}
	tap_ok(t, pairs > 1000, "pairs that lie in one another");
	tap_int(t, more, 0, "never allow more than the bound");
}

static bool
cidr(const char *text, const char *bound)
{
	struct netcidr a, b;
	if (netcidr_parse(text, &a) < 0 || netcidr_parse(bound, &b) < 0)
		abort();
	return netpol_cidr_within(&a, &b);
}

static void
test_cidrs(struct tap *t)
{
	tap_ok(t, cidr("10.0.0.0/8", "10.0.0.0/8"), "itself");
	tap_ok(t, cidr("10.1.0.0/16", "10.0.0.0/8"), "a part");
	tap_ok(t, cidr("fd00::/16", "fc00::/7"), "of IPv6");
	tap_ok(t, cidr("127.0.0.0/16", "127.0.0.0/8"), "loopback in loopback");
	tap_ok(t, cidr("10.0.0.1", "10.0.0.1"), "an address in itself");
	tap_ok(t, cidr("0.0.0.0/0", "0.0.0.0/0"), "all in all");
	tap_ok(t, !cidr("10.0.0.0/7", "10.0.0.0/8"), "a wider one");
	tap_ok(t, !cidr("11.0.0.0/16", "10.0.0.0/8"), "another");
	tap_ok(t, !cidr("10.0.0.1", "10.0.0.0/8"),
		"an address alone may be this host's");
	tap_ok(t, !cidr("169.254.169.254", "169.254.0.0/16"), "or metadata");
	tap_ok(t, !cidr("127.0.0.0/8", "0.0.0.0/0"), "loopback in all");
	tap_ok(t, !cidr("10.0.0.0/8", "10.0.0.0"), "a network in an address");
}

int
main(void)
{
	struct tap t = { 0 };
	test_rules(&t);
	test_differential(&t);
	test_cidrs(&t);
	return tap_end(&t);
}
