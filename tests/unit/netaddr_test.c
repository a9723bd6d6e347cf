/* SPDX-License-Identifier: Apache-2.0 */
/* netaddr_test.c -- kinds of addresses, spellings of hosts. */
#include "policy/netaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <netinet/in.h>

#include "tests/unit/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct kind {
	const char *address;
	enum netaddr_class class;
};

static const struct kind kinds[] = {
	{ "8.8.8.8", NETADDR_PUBLIC },
	{ "1.0.0.0", NETADDR_PUBLIC },
	{ "9.255.255.255", NETADDR_PUBLIC },
	{ "11.0.0.0", NETADDR_PUBLIC },
	{ "172.15.255.255", NETADDR_PUBLIC },
	{ "172.32.0.0", NETADDR_PUBLIC },
	{ "100.63.255.255", NETADDR_PUBLIC },
	{ "100.128.0.0", NETADDR_PUBLIC },
	{ "198.17.255.255", NETADDR_PUBLIC },
	{ "198.20.0.0", NETADDR_PUBLIC },
	{ "168.63.129.15", NETADDR_PUBLIC },
	{ "223.255.255.255", NETADDR_PUBLIC },
	{ "0.0.0.0", NETADDR_LOOPBACK },
	{ "0.1.2.3", NETADDR_LOOPBACK },
	{ "127.0.0.1", NETADDR_LOOPBACK },
	{ "127.255.255.255", NETADDR_LOOPBACK },
	{ "10.0.0.1", NETADDR_PRIVATE },
	{ "172.16.0.1", NETADDR_PRIVATE },
	{ "172.31.255.255", NETADDR_PRIVATE },
	{ "192.168.1.1", NETADDR_PRIVATE },
	{ "100.64.0.1", NETADDR_PRIVATE },
	{ "169.254.1.1", NETADDR_LINK_LOCAL },
	{ "169.254.169.254", NETADDR_METADATA },
	{ "169.254.170.2", NETADDR_METADATA },
	{ "100.100.100.200", NETADDR_METADATA },
	{ "168.63.129.16", NETADDR_METADATA },
	{ "192.0.0.192", NETADDR_METADATA },
	{ "192.0.0.1", NETADDR_SPECIAL },
	{ "192.0.2.1", NETADDR_SPECIAL },
	{ "192.88.99.1", NETADDR_SPECIAL },
	{ "198.18.0.1", NETADDR_SPECIAL },
	{ "198.19.255.255", NETADDR_SPECIAL },
	{ "198.51.100.1", NETADDR_SPECIAL },
	{ "203.0.113.1", NETADDR_SPECIAL },
	{ "224.0.0.1", NETADDR_SPECIAL },
	{ "240.0.0.1", NETADDR_SPECIAL },
	{ "255.255.255.255", NETADDR_SPECIAL },
	{ "2606:4700::1111", NETADDR_PUBLIC },
	{ "3ffe::1", NETADDR_PUBLIC },
	{ "::", NETADDR_LOOPBACK },
	{ "::1", NETADDR_LOOPBACK },
	{ "fc00::1", NETADDR_PRIVATE },
	{ "fdff::1", NETADDR_PRIVATE },
	{ "fec0::1", NETADDR_PRIVATE },
	{ "fe80::1", NETADDR_LINK_LOCAL },
	{ "fd00:ec2::254", NETADDR_METADATA },
	{ "fd20:ce::254", NETADDR_METADATA },
	{ "ff02::1", NETADDR_SPECIAL },
	{ "2001:db8::1", NETADDR_SPECIAL },
	{ "2001:2::1", NETADDR_SPECIAL },
	{ "100::1", NETADDR_SPECIAL },
	{ "3fff::1", NETADDR_SPECIAL },
	{ "5f00::1", NETADDR_SPECIAL },
	{ "4000::1", NETADDR_SPECIAL },
	/* IPv4 in a coat: the worse of both. */
	{ "::ffff:127.0.0.1", NETADDR_LOOPBACK },
	{ "::ffff:8.8.8.8", NETADDR_PUBLIC },
	{ "::127.0.0.1", NETADDR_LOOPBACK },
	{ "::8.8.8.8", NETADDR_SPECIAL },
	{ "::ffff:0:127.0.0.1", NETADDR_LOOPBACK },
	{ "::ffff:0:8.8.8.8", NETADDR_SPECIAL },
	{ "64:ff9b::7f00:1", NETADDR_LOOPBACK },
	{ "64:ff9b::a9fe:a9fe", NETADDR_METADATA },
	{ "64:ff9b::8.8.8.8", NETADDR_SPECIAL },
	{ "64:ff9b:1::10.0.0.1", NETADDR_PRIVATE },
	{ "2002:7f00:1::", NETADDR_LOOPBACK },
	{ "2002:a9fe:a9fe::1", NETADDR_METADATA },
	{ "2002:808:808::", NETADDR_SPECIAL },
	{ "2001::80ff:fffe", NETADDR_LOOPBACK }, /* Teredo, 127.0.0.1 */
	{ "2001::f7f7:f7f7", NETADDR_SPECIAL },  /* Teredo, 8.8.8.8 */
	{ "2606:4700::5efe:127.0.0.1", NETADDR_LOOPBACK }, /* ISATAP */
	{ "2606:4700::200:5efe:10.0.0.1", NETADDR_PRIVATE },
	{ "2606:4700::5efe:8.8.8.8", NETADDR_PUBLIC },
};

static void
test_classes(struct tap *t)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct nethost h;
		int err = nethost_parse(
			kinds[i].address, strlen(kinds[i].address), &h);

		tap_ok(t,
			err == 0 && h.literal &&
				netaddr_class(&h.addr) == kinds[i].class,
			"%s is %s", kinds[i].address,
			netaddr_class_name(kinds[i].class));
	}
}

/* want: canonical; NULL: no host; a literal begins with '=' */
static const struct {
	const char *text, *want;
} hosts[] = {
	{ "example.com", "example.com" },
	{ "EXAMPLE.Com", "example.com" },
	{ "example.com.", "example.com" },
	{ "example.com..", NULL },
	{ ".example.com", NULL },
	{ "a..b", NULL },
	{ ".", NULL },
	{ "", NULL },
	{ "a b", NULL },
	{ " a", NULL },
	{ "a/b", NULL },
	{ "a@b", NULL },
	{ "a\\b", NULL },
	{ "*.a", NULL },
	{ "a%b", NULL },
	{ "_srv._tcp.a", "_srv._tcp.a" },
	{ "-a.b", "-a.b" },
	{ "xn--bcher-kva.test", "xn--bcher-kva.test" },
	{ "XN--BCHER-KVA.test", "xn--bcher-kva.test" },
	{ "b\xc3\xbc"
	  "cher.test",
		"xn--bcher-kva.test" },
	{ "B\xc3\x9c"
	  "CHER.test",
		"xn--bcher-kva.test" },
	{ "fa\xc3\x9f.de", "xn--fa-hia.de" }, /* non-transitional */
	{ "\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88",
		"xn--r8jz45g.xn--zckzah" },
	{ "\xd0\x9f\xd0\xa0\xd0\x98\xd0\x9c\xd0\x95\xd0\xa0", "xn--e1afmkfd" },
	{ "\xcf\x83\xcf\x8c\xcf\x86\xce\xbf\xcf\x82", "xn--0xagbm3a" },
	{ "a\xe3\x80\x82"
	  "b",
		NULL }, /* ideographic full stop */
	{ "a\xef\xbc\x8e"
	  "b",
		NULL },                 /* full-width full stop */
	{ "\xef\xbc\x91.1.1.1", NULL }, /* full-width digit */
	{ "a\xcc\x88"
	  "b",
		NULL }, /* combining mark */
	{ "\xff"
	  "b",
		NULL }, /* no UTF-8 */
	{ "-\xc3\xbc", NULL },
	{ "xn--\xc3\xbc", NULL },
	{ "127.0.0.1", "=127.0.0.1" },
	{ "127.0.0.1.", "=127.0.0.1" },
	{ "127.1", "=127.0.0.1" },
	{ "127.0.1", "=127.0.0.1" },
	{ "2130706433", "=127.0.0.1" },
	{ "0x7f000001", "=127.0.0.1" },
	{ "0x7F.1", "=127.0.0.1" },
	{ "0177.0.0.1", "=127.0.0.1" },
	{ "0", "=0.0.0.0" },
	{ "0x", "=0.0.0.0" },
	{ "4294967295", "=255.255.255.255" },
	{ "4294967296", NULL },
	{ "1.2.3.256", NULL },
	{ "256.1", NULL },
	{ "1.16777215", "=1.255.255.255" },
	{ "1.16777216", NULL },
	{ "1.2.3.4.5", NULL },
	{ "08", NULL },
	{ "a.1", NULL }, /* a name never ends in a number */
	{ "a.0x1f", NULL },
	{ "1.a", "1.a" },
	{ "0xg", "0xg" },
	{ "::1", "=::1" },
	{ "[::1]", "=::1" },
	{ "[::FFFF:127.0.0.1]", "=127.0.0.1" },
	{ "[127.0.0.1]", NULL },
	{ "[]", NULL },
	{ "[::1", NULL },
	{ "::1]", NULL },
	{ "fe80::1%eth0", "=fe80::1%eth0" },
	{ "fe80::1%25eth0", "=fe80::1%eth0" },
	{ "[fe80::1%25eth0]", "=fe80::1%eth0" },
	{ "fe80::1%", NULL },
	{ "fe80::1%averyveryverylongzone", NULL },
	{ "1:2:3", NULL },
	{ "a:80", NULL },
};

static void
test_hosts(struct tap *t)
{
	char label[300];
	struct nethost h;

	for (size_t i = 0; i < COUNT(hosts); i++) {
		const char *want = hosts[i].want;
		bool literal = want && want[0] == '=';
		int err;

		h = (struct nethost){ 0 };
		err = nethost_parse(hosts[i].text, strlen(hosts[i].text), &h);
		if (!want)
			tap_ok(t, err == -EINVAL, "\"%s\" is no host",
				hosts[i].text);
		else if (!tap_ok(t,
				 err == 0 && h.literal == literal &&
					 strcmp(h.name, want + literal) == 0,
				 "\"%s\" is \"%s\"", hosts[i].text, want))
			(void)printf("# got %d %s\n", err, h.name);
	}
	tap_ok(t, nethost_parse("a\0b", 3, &h) == -EINVAL, "a NUL is no host");
	memset(label, 'a', sizeof(label));
	tap_ok(t, nethost_parse(label, 63, &h) == 0, "a label of 63");
	tap_ok(t, nethost_parse(label, 64, &h) == -EINVAL, "but not of 64");
	for (size_t i = 49; i < sizeof(label); i += 50)
		label[i] = '.';
	tap_ok(t, nethost_parse(label, 253, &h) == 0, "a name of 253");
	tap_ok(t, nethost_parse(label, 254, &h) == -EINVAL, "but not of 254");
}

static void
test_localhost(struct tap *t)
{
	static const struct {
		const char *name;
		bool yes;
	} rows[] = {
		{ "localhost", true },
		{ "LOCALHOST.", true },
		{ "a.localhost", true },
		{ "alocalhost", false },
		{ "localhost.a", false },
		{ "127.0.0.1", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct nethost h;

		tap_ok(t,
			nethost_parse(rows[i].name, strlen(rows[i].name), &h) ==
					0 &&
				nethost_is_localhost(&h) == rows[i].yes,
			"%s is %slocalhost", rows[i].name,
			rows[i].yes ? "" : "not ");
	}
}

static void
test_cidr(struct tap *t)
{
	static const char *const bad[] = { "", "/8", "10.0.0.0/", "10.0.0.0/33",
		"10.0.0.1/8", "10.0.0/8", "::/129", "fd00::1/64", "a/8",
		"[::1]/128", "fe80::1%eth0", "10.0.0.0/8/8", "10.0.0.0/+8" };
	struct netcidr c = { 0 };
	struct netaddr a;
	char text[NETADDR_TEXT_MAX];

	for (size_t i = 0; i < COUNT(bad); i++)
		tap_ok(t, netcidr_parse(bad[i], &c) == -EINVAL,
			"\"%s\" is no network", bad[i]);
	tap_ok(t, netcidr_parse("10.0.0.0/8", &c) == 0 && c.bits == 104,
		"10.0.0.0/8");
	netcidr_text(&c, text);
	tap_str(t, text, "10.0.0.0/8", "and back");
	netaddr_from4(&a, 0x0affffff);
	tap_ok(t, netcidr_has(&c, &a), "has 10.255.255.255");
	netaddr_from4(&a, 0x0b000000);
	tap_ok(t, !netcidr_has(&c, &a), "but not 11.0.0.0");
	tap_ok(t, netcidr_parse("fd00::/9", &c) == 0, "fd00::/9");
	netcidr_text(&c, text);
	tap_str(t, text, "fd00::/9", "and back");
	tap_ok(t, netcidr_parse("192.168.1.1", &c) == 0 && c.bits == 128,
		"an address alone");
	netcidr_text(&c, text);
	tap_str(t, text, "192.168.1.1", "and back");
	tap_ok(t, netcidr_parse("0.0.0.0/0", &c) == 0 && c.bits == 96,
		"all of IPv4");
	tap_ok(t, netcidr_has(&c, &a), "has one");
	a = (struct netaddr){ .bytes = { [15] = 1 } };
	tap_ok(t, !netcidr_has(&c, &a), "and none of IPv6");
}

static void
test_sockaddr(struct tap *t)
{
	struct sockaddr_storage ss;
	struct sockaddr_un_like {
		sa_family_t family;
	} un = { AF_UNIX };
	struct netaddr a, b;
	uint16_t port = 0;

	netaddr_from4(&a, 0x7f000001);
	tap_int(t, netaddr_to_sockaddr(&a, 80, &ss), sizeof(struct sockaddr_in),
		"IPv4 as AF_INET");
	tap_ok(t,
		netaddr_from_sockaddr((struct sockaddr *)&ss, &b, &port) == 0 &&
			netaddr_equal(&a, &b) && port == 80,
		"and back");
	a = (struct netaddr){ .bytes = { [15] = 1 } };
	tap_int(t, netaddr_to_sockaddr(&a, 443, &ss),
		sizeof(struct sockaddr_in6), "IPv6 as AF_INET6");
	tap_ok(t,
		netaddr_from_sockaddr((struct sockaddr *)&ss, &b, &port) == 0 &&
			netaddr_equal(&a, &b) && port == 443,
		"and back");
	ss = (struct sockaddr_storage){ .ss_family = AF_INET6 };
	ss = (struct sockaddr_storage){ 0 };
	memcpy(&ss, &un, sizeof(un));
	tap_int(t, netaddr_from_sockaddr((struct sockaddr *)&ss, &b, &port),
		-EAFNOSUPPORT, "a unix socket is no address");
}

int
main(void)
{
	struct tap t = { 0 };

	test_classes(&t);
	test_hosts(&t);
	test_localhost(&t);
	test_cidr(&t);
	test_sockaddr(&t);
	return tap_end(&t);
}
