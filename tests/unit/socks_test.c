/* SPDX-License-Identifier: Apache-2.0 */
/* socks_test.c -- messages of SOCKS, whole, cut and wrong. */
#include "supervisor/socks.h"

#include <errno.h>

#include "tests/unit/tap.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static void
test_hello(struct tap *t)
{
	bool ok = false;
	uint8_t out[2];
	tap_int(t, socks_hello_read(BYTES("\x05\x02\x02\x00"), &ok), 4,
		"a greeting");
	tap_ok(t, ok, "that offers no authentication");
	tap_int(t, socks_hello_read(BYTES("\x05\x01\x02rest"), &ok), 3,
		"and one with something behind it");
	tap_ok(t, !ok, "that does not");
	tap_int(t, socks_hello_read(BYTES("\x05\x02\x00"), &ok), 0, "half");
	tap_int(t, socks_hello_read(BYTES("\x06\x01\x00"), &ok), -EBADMSG,
		"another version");
	tap_int(t, (long long)socks_hello_write(out, false), 2, "the answer");
	tap_ok(t, out[0] == 5 && out[1] == 0xff, "05 ff");
}

/* Every shorter part wants more, the whole gives a host and a port. */
static void
whole(struct tap *t, const uint8_t *bytes, size_t len, const char *host,
	uint16_t port)
{
	struct socks_request r;
	size_t early = 0;
	bool v4 = bytes[0] == 4;
	for (size_t n = 0; n < len; n++)
		early += (v4 ? socks4_request_read(bytes, n, &r)
			     : socks_request_read(bytes, n, &r)) != 0;
	tap_int(t, (long long)early, 0, "parts want more");
	long n = v4 ? socks4_request_read(bytes, len, &r)
		    : socks_request_read(bytes, len, &r);
	tap_int(t, n, (long long)len, "the whole is whole");
	tap_str(t, r.host.name, host, "the host");
	tap_int(t, r.port, port, "the port");
	tap_int(t, r.refuse, SOCKS_OK, "nothing wrong with it");
}

static void
test_request(struct tap *t)
{
	struct socks_request r;
	whole(t, BYTES("\x05\x01\x00\x01\x7f\x00\x00\x01\x01\xbb"), "127.0.0.1",
		443);
	whole(t,
		BYTES("\x05\x01\x00\x03\x09"
		      "A.Example"
		      "\x00\x16"),
		"a.example", 22);
	whole(t,
		BYTES("\x05\x01\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x50"),
		"::1", 80);
	whole(t, BYTES("\x04\x01\x00\x50\x0a\x00\x00\x01user\0"), "10.0.0.1",
		80);
	whole(t, BYTES("\x04\x01\x00\x50\x00\x00\x00\x01\0a.example\0"),
		"a.example", 80);
	(void)socks_request_read(BYTES("\x05\x01\x00\x03\x09"
				       "127.0.0.1"
				       "\x00\x16"),
		&r);
	tap_ok(t, r.host.literal, "a literal written as a name is a literal");
	tap_int(t, socks_request_read(BYTES("\x05\x01\x00\x09"), &r), 4,
		"an unknown type is whole");
	tap_int(t, r.refuse, SOCKS_BAD_ADDRESS, "and refused");
	(void)socks_request_read(BYTES("\x05\x01\x00\x03\x00\x00\x16"), &r);
	tap_int(t, r.refuse, SOCKS_BAD_ADDRESS, "no host at all too");
	(void)socks_request_read(BYTES("\x05\x01\x00\x03\x0d"
				       "evil\0.a.x\r\nab"
				       "\x00\x16"),
		&r);
	tap_int(t, r.refuse, SOCKS_BAD_ADDRESS, "and a NUL in a name");
	(void)socks_request_read(
		BYTES("\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x00"), &r);
	tap_int(t, r.refuse, SOCKS_FAILURE, "and port 0");
	(void)socks_request_read(
		BYTES("\x05\x03\x00\x01\x00\x00\x00\x00\x00\x00"), &r);
	tap_int(t, r.refuse, SOCKS_OK, "but not of a client of UDP");
	char many[600];
	memset(many, 'u', sizeof(many));
	memcpy(many, "\x04\x01\x00\x50\x0a\x00\x00\x01", 8);
	tap_int(t, socks4_request_read((uint8_t *)many, sizeof(many), &r),
		-EBADMSG, "a user without end");
}

static void
test_reply(struct tap *t)
{
	uint8_t out[SOCKS_UDP_HEAD_MAX];
	struct netaddr a = { .bytes = { 0 } };
	tap_int(t, (long long)socks_reply_write(out, 5, SOCKS_OK, &a, 0), 10,
		"no address is 0.0.0.0");
	tap_ok(t, memcmp(out, "\x05\0\0\x01\0\0\0\0\0\0", 10) == 0, "as bytes");
	a.bytes[15] = 1;
	tap_int(t, (long long)socks_reply_write(out, 5, SOCKS_OK, &a, 258), 22,
		"IPv6");
	tap_ok(t, out[3] == 4 && out[19] == 1 && out[20] == 1 && out[21] == 2,
		"as bytes");
	tap_int(t,
		(long long)socks_reply_write(out, 4, SOCKS_NOT_ALLOWED, &a, 0),
		8, "version 4");
	tap_ok(t, out[0] == 0 && out[1] == 0x5b, "rejected");
	tap_int(t, socks_reply_of(ECONNREFUSED), SOCKS_REFUSED, "refused");
	tap_int(t, socks_reply_of(ETIMEDOUT), SOCKS_TTL, "timed out");
	tap_int(t, socks_reply_of(ENETUNREACH), SOCKS_NET_UNREACHABLE, "net");
	tap_int(t, socks_reply_of(EHOSTUNREACH), SOCKS_HOST_UNREACHABLE,
		"host");
	tap_int(t, socks_reply_of(EIO), SOCKS_FAILURE, "anything else");
}

static void
test_datagram(struct tap *t)
{
	struct socks_datagram d;
	uint8_t out[SOCKS_UDP_HEAD_MAX];
	struct netaddr a;
	tap_int(t,
		socks_udp_read(BYTES("\0\0\0\x03\x09"
				     "a.example"
				     "\0\x35payload"),
			&d),
		0, "a datagram");
	tap_int(t, (long long)d.head_len, 16, "where its payload begins");
	tap_int(t, d.port, 53, "its port");
	tap_int(t, socks_udp_read(BYTES("\0\0\1\x01\x7f\0\0\1\0\x35x"), &d),
		-EOPNOTSUPP, "a fragment");
	tap_int(t, socks_udp_read(BYTES("\0\0\0\x01\x7f\0\0\1\0"), &d),
		-EBADMSG, "one that is cut off");
	netaddr_from4(&a, 0x01020304);
	tap_int(t, (long long)socks_udp_write(out, &a, 53), 10,
		"the head back");
	tap_ok(t, memcmp(out, "\0\0\0\x01\1\2\3\4\0\x35", 10) == 0, "as bytes");
}

int
main(void)
{
	struct tap t = { 0 };
	test_hello(&t);
	test_request(&t);
	test_reply(&t);
	test_datagram(&t);
	return tap_end(&t);
}
