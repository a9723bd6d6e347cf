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

/* A server's first record: its random is that of a HelloRetryRequest, or not. */
enum { ANSWER = 5 + 4 + 2 + 32 + 3 };
static void
make_answer(uint8_t out[ANSWER], bool retry)
{
	static const uint8_t random[32] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a,
		0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
		0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e,
		0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };
	memset(out, 0, ANSWER);
	memcpy(out, "\x16\3\3\0\x29\2\0\0\x25\3\3", 11);
	memcpy(out + 11, random, retry ? 32 : 31);
}

struct talk {
	const char *what;
	bool retry;         /* the server asks for a second hello */
	const char *second; /* name in it; NULL: other bytes */
	bool early;         /* early data between them */
	bool passes;
};

/* A hello, its answer in two parts, and what the client says behind it. */
static void
one_talk(struct tap *t, struct kit *k, int server, uint16_t port,
	const struct talk *w)
{
	static const char between[] = "\x17\3\3\0\5early\x14\3\3\0\1\1";
	uint8_t first[256], second[300] = "\x17\3\3\0\5other", answer[ANSWER];
	char head[512], text[600];
	size_t n1 = kit_hello(first, "a.allowed.test", true), n2 = 10, at = 0;
	int c = kit_tunnel(k, "a.allowed.test", port, head);
	int s = kit_accept(server);
	if (w->early) {
		at = sizeof(between) - 1;
		memcpy(second, between, at);
	}
	if (w->second != NULL)
		n2 = at + kit_hello(second + at, w->second, true);
	(void)!send(c, first, n1, MSG_NOSIGNAL);
	/* Before the server has said a word: it waits. */
	(void)!send(c, second, n2, MSG_NOSIGNAL);
	tap_int(t, (long long)kit_read(s, text, n1), (long long)n1, w->what);
	tap_ok(t, !kit_readable(s, 50), "the first hello alone goes on");
	make_answer(answer, w->retry);
	(void)!send(s, answer, 30, MSG_NOSIGNAL);
	tap_ok(t, !kit_readable(c, 50), "half an answer is not known yet");
	(void)!send(s, answer + 30, ANSWER - 30, MSG_NOSIGNAL);
	if (w->passes) {
		tap_int(t, (long long)kit_read(c, text, ANSWER), ANSWER,
			"the answer comes");
		tap_ok(t, memcmp(text, answer, ANSWER) == 0, "as it was");
		tap_int(t, (long long)kit_read(s, text, n2), (long long)n2,
			"what was behind goes on");
		tap_ok(t, memcmp(text, second, n2) == 0, "all of it");
		(void)kit_say(c, "more");
		tap_int(t, (long long)kit_read(s, text, 4), 4, "and more");
	} else {
		/* Of early data nothing is judged. */
		(void)kit_read(s, text, at);
		tap_ok(t, kit_end(s) <= 0, "not a byte of the second does");
		tap_ok(t, kit_events(k, w->second), "and it is told");
	}
	(void)close(s);
	(void)close(c);
}

static void
test_second_hello(struct tap *t, struct kit *k, int server, uint16_t port)
{
	static const struct talk talks[] = {
		{ "no second one", false, NULL, false, true },
		{ "the same name twice", true, "a.allowed.test", false, true },
		{ "with early data", true, "a.allowed.test", true, true },
		{ "another name", true, "n1.allowed.test", false, false },
		{ "behind early data", true, "n2.allowed.test", true, false },
		{ "nobody asked for it", false, "n3.allowed.test", false,
			true },
	};
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++)
		one_talk(t, k, server, port, &talks[i]);
}

/* The server ends in the middle of its first record: the client hears of it. */
static void
test_cut_answer(struct tap *t, struct kit *k, int server, uint16_t port)
{
	uint8_t first[256], answer[ANSWER];
	char head[512], text[64];
	size_t n = kit_hello(first, "a.allowed.test", true);
	int c = kit_tunnel(k, "a.allowed.test", port, head);
	int s = kit_accept(server);
	(void)!send(c, first, n, MSG_NOSIGNAL);
	(void)kit_read(s, head, n);
	make_answer(answer, false);
	(void)!send(s, answer, 20, MSG_NOSIGNAL);
	(void)shutdown(s, SHUT_WR);
	tap_int(t, (long long)kit_read(c, text, 20), 20, "half an answer");
	tap_int(t, kit_end(c), 0, "and the end");
	(void)close(s);
	(void)close(c);
}

/* Records of other versions: a reader that minds passes by one that does not. */
static void
test_versions(struct tap *t, struct kit *k, int server, uint16_t port)
{
	static const uint8_t versions[] = { 0, 2, 4, 0x7f };
	uint8_t bytes[256];
	char head[512];
	size_t n = kit_hello(bytes, "b.allowed.test", false);
	for (size_t i = 0; i < sizeof(versions); i++) {
		int c = kit_tunnel(k, "a.allowed.test", port, head);
		int s = kit_accept(server);
		bytes[1] = versions[i];
		(void)!send(c, bytes, n, MSG_NOSIGNAL);
		tap_int(t, kit_end(c), -ECONNRESET,
			"a hello in a record of another version");
		tap_ok(t, kit_end(s) <= 0, "goes nowhere");
		(void)close(s);
		(void)close(c);
	}
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
	test_second_hello(&t, &k, server, port);
	test_cut_answer(&t, &k, server, port);
	test_versions(&t, &k, server, port);
	tap_int(&t, kit_stop(&k), 0, "the supervisor has come through");
	(void)close(server);
	netpol_free(&np);
	return tap_end(&t);
}
