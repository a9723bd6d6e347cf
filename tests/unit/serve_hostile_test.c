/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve_hostile_test.c -- clients and servers that say more, less or something
 * else than their protocol has them say; under the sanitizers.
 */
#include "tests/unit/serve_kit.h"

/* A greeting as long as one can be, UDP ASSOCIATE, and then requests without end
 * in the same bytes; what comes back is one answer to each of the two. */
static void
second_request(
	struct tap *t, struct kit *k, const char *request, const char *what)
{
	enum { HELLO = 257, UDP = 10, ROOM = 4000 };
	static const char udp[UDP + 1] = "\5\3\0\1\0\0\0\0\0\0";
	char bytes[ROOM] = "\5\xff", text[64];
	size_t n = HELLO;
	memcpy(bytes + n, udp, UDP);
	n += UDP;
	for (; n + UDP <= ROOM; n += UDP)
		memcpy(bytes + n, request, UDP);
	int c = kit_connect(k->proxy);
	tap_int(t, send(c, bytes, n, MSG_NOSIGNAL), (long long)n, what);
	tap_int(t, (long long)kit_read(c, text, 12), 12, "two are answered");
	tap_ok(t, !kit_readable(c, 200) || kit_end(c) <= 0,
		"and nothing more is");
	(void)close(c);
}

static void
test_socks(struct tap *t, struct kit *k)
{
	static const char datagram[] = "\0\0\0\1\x7f\0\0\1\0\7hi";
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(k->relay),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	char text[64];
	second_request(t, k, "\5\3\0\1\0\0\0\0\0\0",
		"a second association of one connection");
	second_request(t, k, "\5\1\0\1\x7f\0\0\1\0\7",
		"a connection behind an association");
	/* Whoever is left in the list of associations is looked at now. */
	for (int i = 0; i < 8; i++) {
		int u = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		(void)sendto(u, datagram, sizeof(datagram) - 1, 0,
			(struct sockaddr *)&to, sizeof(to));
		(void)close(u);
	}
	int c = kit_connect(k->proxy);
	(void)!send(c, "\5\1\0\5\3\0\1\0\0\0\0\0\0", 13, MSG_NOSIGNAL);
	tap_int(t, (long long)kit_read(c, text, 12), 12,
		"an association goes on to be had");
	(void)close(c);
}

int
main(void)
{
	struct tap t = { 0 };
	static struct kit k;
	struct netpol np;
	uint16_t port;
	int server = kit_server(&port);
	kit_policy(&np);
	kit_start(&k, &np, &kit_limits, port);
	test_socks(&t, &k);
	tap_int(&t, kit_stop(&k), 0, "the supervisor has come through");
	(void)close(server);
	netpol_free(&np);
	return tap_end(&t);
}
