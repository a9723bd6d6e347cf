/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve_test.c -- every door: what is allowed passes whole, what is not is refused
 * in the words of that door, and told.
 */
#include <limits.h>
#include <netdb.h>
#include <time.h>

#include "tests/unit/serve_kit.h"

static void
test_connect(struct tap *t, struct kit *k, int server, uint16_t port)
{
	char head[512], text[512];
	int c = kit_tunnel(k, "127.0.0.1", port, head);
	tap_ok(t, strncmp(head, "HTTP/1.1 200 ", 13) == 0,
		"CONNECT is answered");
	int s = kit_accept(server);
	tap_ok(t, kit_say(c, "ping"), "a word");
	tap_int(t, (long long)kit_read(s, text, 4), 4, "arrives");
	(void)shutdown(c, SHUT_WR);
	tap_int(t, kit_end(s), 0, "so does the end of one half");
	(void)kit_say(s, "a late reply");
	(void)close(s);
	(void)kit_read_all(c, text, sizeof(text));
	tap_str(t, text, "a late reply", "and the other half goes on");
	(void)close(c);
	tap_ok(t, kit_events(k, "\"kind\":\"closed\""), "the end is told");
	tap_ok(t, strstr(k->events, "\"bytes_up\":4,") != NULL,
		"with its bytes");

	c = kit_tunnel(k, "x.other.test", port, head);
	tap_ok(t,
		strncmp(head, "HTTP/1.1 403 ", 13) == 0 &&
			strstr(head, "x-proxy-error: blocked-by-allowlist\r\n"),
		"what no rule allows is a 403 that says so");
	(void)close(c);
	c = kit_tunnel(k, "denied.allowed.test", port, head);
	tap_ok(t,
		strstr(head, "x-proxy-error: blocked-by-denylist\r\n") != NULL,
		"what a rule denies too");
	(void)close(c);
	tap_ok(t, kit_events(k, "\"reason\":\"denied\""), "and is told");
	uint16_t closed = 0;
	(void)close(kit_socket(SOCK_STREAM, &closed));
	c = kit_tunnel(k, "127.0.0.1", closed, head);
	tap_ok(t,
		strncmp(head, "HTTP/1.1 502 ", 13) == 0 &&
			strstr(head, "x-proxy-error: connect-refused\r\n"),
		"a closed port is a 502, before any 200");
	(void)close(c);
	c = kit_tunnel(k, "gone.allowed.test.", port, head);
	tap_ok(t, strncmp(head, "HTTP/1.1 200 ", 13) == 0, "a name, last dot");
	(void)close(kit_accept(server));
	(void)close(c);
	c = kit_tunnel(k, "two.allowed.test", port, head);
	tap_ok(t, strncmp(head, "HTTP/1.1 403 ", 13) == 0,
		"a name with one address that needs a grant is refused whole");
	(void)close(c);
}

static void
test_plain(struct tap *t, struct kit *k, int server, uint16_t port)
{
	char ask[512], text[2048];
	int c = kit_connect(k->proxy);
	(void)snprintf(ask, sizeof(ask),
		"POST http://a.allowed.test:%u/p HTTP/1.1\r\nContent-Length: 4\r\n"
		"Proxy-Authorization: Basic eA==\r\nKeep-Alive: 1\r\n\r\nbody"
		"GET http://a.allowed.test:%u/smuggled HTTP/1.1\r\n\r\n",
		port, port);
	tap_ok(t, kit_say(c, ask), "two requests in one");
	int s = kit_accept(server);
	tap_ok(t, kit_head(s, text, sizeof(text)), "a head arrives");
	(void)snprintf(ask, sizeof(ask),
		"POST /p HTTP/1.1\r\nHost: a.allowed.test:%u\r\n"
		"Content-Length: 4\r\nConnection: close\r\n\r\n",
		port);
	tap_str(t, text, ask, "in origin form, what is ours to know gone");
	(void)kit_read(s, text, 4);
	tap_str(t, text, "body", "with its body");
	(void)kit_say(s, "HTTP/1.1 100 Continue\r\n\r\n"
			 "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n"
			 "Content-Length: 2\r\n\r\nhiEXTRA");
	(void)kit_read_all(c, text, sizeof(text));
	tap_str(t, text,
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
		"Content-Length: 2\r\nConnection: close\r\n\r\nhi",
		"the answer, its end ours to say, and not a byte more");
	tap_ok(t, !kit_readable(s, 0) || kit_end(s) <= 0,
		"the second request was never sent");
	(void)close(s);
	(void)close(c);

	/* Chunks are followed to their end. */
	c = kit_connect(k->proxy);
	(void)snprintf(ask, sizeof(ask),
		"POST http://127.0.0.1:%u/ HTTP/1.1\r\n"
		"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		port);
	(void)kit_say(c, ask);
	s = kit_accept(server);
	(void)kit_head(s, text, sizeof(text));
	(void)kit_read(s, text, 8);
	(void)kit_say(c, "1\r\nd\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
	(void)kit_read(s, text, 11);
	tap_str(t, text, "1\r\nd\r\n0\r\n\r\n", "chunks pass");
	(void)kit_say(s, "HTTP/1.0 200 OK\r\n\r\nuntil the end");
	(void)close(s);
	(void)kit_read_all(c, text, sizeof(text));
	tap_ok(t, strstr(text, "\r\n\r\nuntil the end") != NULL,
		"and an answer without a length");
	(void)close(c);

	c = kit_connect(k->proxy);
	(void)kit_say(c, "GET http://x.other.test/ HTTP/1.1\r\n\r\n");
	(void)kit_read_all(c, text, sizeof(text));
	tap_ok(t,
		strstr(text, "\"reason\":\"not_allowed\"") != NULL &&
			strstr(text, "\"host\":\"x.other.test\"") != NULL &&
			strstr(text, "application/json") != NULL,
		"a refusal that a program and a person understand");
	(void)close(c);
	c = kit_connect(k->proxy);
	(void)kit_say(c, "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n");
	(void)kit_read_all(c, text, sizeof(text));
	tap_ok(t, strncmp(text, "HTTP/1.1 400 ", 13) == 0, "nonsense is a 400");
	(void)close(c);
}

static void
test_socks(struct tap *t, struct kit *k, int server, uint16_t port)
{
	uint8_t ask[] = { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1,
		(uint8_t)(port >> 8), (uint8_t)(port & 0xff) };
	char text[512];
	int c = kit_connect(k->proxy);
	(void)!send(c, ask, sizeof(ask), 0);
	tap_int(t, (long long)kit_read(c, text, 12), 12, "SOCKS5 answers");
	tap_ok(t, memcmp(text, "\5\0\5\0\0\1", 6) == 0, "success");
	int s = kit_accept(server);
	(void)kit_say(s, "the server speaks first");
	(void)kit_read(c, text, 23);
	tap_str(t, text, "the server speaks first", "and is heard");
	(void)close(s);
	tap_int(t, kit_end(c), 0, "to its end");
	(void)close(c);
	ask[7] = 10;
	c = kit_connect(k->proxy);
	(void)!send(c, ask, sizeof(ask), 0);
	(void)kit_read_all(c, text, sizeof(text));
	tap_int(t, text[3], 2, "what is not allowed: 02");
	(void)close(c);
	uint16_t closed = 0;
	(void)close(kit_socket(SOCK_STREAM, &closed));
	ask[7] = 127;
	ask[11] = (uint8_t)(closed >> 8);
	ask[12] = (uint8_t)(closed & 0xff);
	c = kit_connect(k->proxy);
	(void)!send(c, ask, sizeof(ask), 0);
	(void)kit_read_all(c, text, sizeof(text));
	tap_int(t, text[3], 5, "what refuses: 05");
	(void)close(c);
	c = kit_connect(k->proxy);
	(void)!send(c, "\5\1\2", 3, 0);
	(void)kit_read_all(c, text, sizeof(text));
	tap_ok(t, memcmp(text, "\5\xff", 2) == 0,
		"a password is not asked for");
	(void)close(c);
}

static void
test_udp(struct tap *t, struct kit *k)
{
	char text[512];
	uint16_t port = 0, mine = 0;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	int server = kit_socket(SOCK_DGRAM, &port);
	int u = kit_socket(SOCK_DGRAM, &mine);
	int c = kit_connect(k->proxy);
	(void)!send(c, "\5\1\0\5\3\0\1\0\0\0\0\0\0", 13, 0);
	(void)kit_read(c, text, 12);
	tap_ok(t, memcmp(text + 2, "\5\0\0\1\x7f\0\0\1", 8) == 0,
		"UDP ASSOCIATE names a relay inside");
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(k->relay),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	(void)connect(u, (struct sockaddr *)&to, sizeof(to));
	uint8_t ask[] = { 0, 0, 0, 1, 127, 0, 0, 1, (uint8_t)(port >> 8),
		(uint8_t)(port & 0xff), 'h', 'i' };
	(void)!send(u, ask, sizeof(ask), 0);
	tap_ok(t, kit_readable(server, KIT_WAIT_MS), "a datagram");
	ssize_t n = recvfrom(
		server, text, sizeof(text), 0, (struct sockaddr *)&from, &len);
	tap_ok(t, n == 2 && memcmp(text, "hi", 2) == 0, "arrives");
	(void)!sendto(server, "ho", 2, 0, (struct sockaddr *)&from, len);
	tap_ok(t, kit_readable(u, KIT_WAIT_MS), "its answer");
	n = recv(u, text, sizeof(text), 0);
	tap_ok(t, n == 12 && memcmp(text + 10, "ho", 2) == 0, "comes back");
	ask[4] = 10;
	(void)!send(u, ask, sizeof(ask), 0);
	tap_ok(t,
		kit_events(
			k, "\"protocol\":\"socks5_udp\",\"host\":\"10.0.0.1\""),
		"one that is not allowed is told");
	(void)close(u);
	(void)close(server);
	(void)close(c);
}

/*
 * An answer in three parts: with Nagle's algorithm the second waits for the
 * acknowledgement of the first, which the client puts off for 40 ms.  The best
 * of some rounds, since a busy machine is no algorithm.
 */
static void
test_delay(struct tap *t, struct kit *k, int server, uint16_t port)
{
	char head[512], text[8];
	int c = kit_tunnel(k, "127.0.0.1", port, head);
	int s = kit_accept(server);
	long best_ms = LONG_MAX;
	const int one = 1;
	(void)setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (int i = 0; i < 20; i++) {
		struct timespec a, b;
		(void)clock_gettime(CLOCK_MONOTONIC, &a);
		(void)kit_say(c, "p");
		(void)kit_read(s, text, 1);
		for (int part = 0; part < 3; part++) {
			(void)kit_say(s, "x");
			(void)poll(NULL, 0, 2); /* two packets, not one */
		}
		(void)kit_read(c, text, 3);
		(void)clock_gettime(CLOCK_MONOTONIC, &b);
		long ms = (b.tv_sec - a.tv_sec) * 1000 +
			  (b.tv_nsec - a.tv_nsec) / 1000000;
		best_ms = i > 4 && ms < best_ms ? ms : best_ms;
	}
	tap_ok(t, best_ms < 35, "an answer in three parts takes %ld ms",
		best_ms);
	(void)close(s);
	(void)close(c);
}

/* Two parts of what a client says first in a tunnel to a.allowed.test: what came
 * out of them, "reset" where the connection did. */
static const char *
first_words(const struct kit *k, int server, uint16_t port, const char *one,
	const char *two)
{
	static char text[1024];
	char head[512];
	int c = kit_tunnel(k, "a.allowed.test", port, head);
	int s = kit_accept(server);
	(void)kit_say(s, "x"); /* the other way is open all the time */
	(void)kit_read(c, head, 1);
	if (*one != '\0')
		(void)kit_say(c, one);
	if (*two != '\0')
		(void)kit_say(c, two);
	(void)shutdown(c, SHUT_WR);
	(void)kit_read_all(s, text, sizeof(text));
	(void)close(s);
	if (kit_end(c) == -ECONNRESET)
		(void)snprintf(text, sizeof(text), "reset");
	(void)close(c);
	return text;
}

static void
test_first_words(struct tap *t, struct kit *k, int server, uint16_t port)
{
	static const char rest[] = "\r\nX: y\r\n\r\n";
	tap_str(t,
		first_words(k, server, port,
			"GET / HTTP/1.1\r\nHost: A.allowed.test.:99", rest),
		"GET / HTTP/1.1\r\nHost: A.allowed.test.:99\r\nX: y\r\n\r\n",
		"a plain request that names the host passes, byte for byte");
	tap_str(t,
		first_words(k, server, port, "GET / HTTP/1.1\r\nHo",
			"st: b.allowed.test\r\n\r\n"),
		"reset", "one that names another does not");
	tap_ok(t, kit_events(k, "\"reason\":\"host_mismatch\""), "and is told");
	tap_ok(t, strstr(k->events, "\"http_host\":\"b.allowed.test\"") != NULL,
		"with the name");
	static const char *const bad[] = {
		"GET http://b.allowed.test/ HTTP/1.1\r\n\r\n",
		"GET http://b.allowed.test/\r\n",
		"GET http://b.allowed.test/",
		"\r\n\nGET /\tHTTP/1.1\r\nHost: b.allowed.test\r\n\r\n",
		"get\t/ http/1.1\nhost: b.allowed.test\n\n",
		"POST / HTTP/1.1\r\nHost : b.allowed.test\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a.allowed.test\r\nHost: b.allowed.test\r\n\r\n",
		"POST / HTTP/1.1\r\nA: b\r\n Host: b.allowed.test\r\n\r\n",
		"PROPFIND / HTTP/1.1\r\nHost: b.allowed.test\r\n",
		"CONNECT b.allowed.test:443 HTTP/1.1\r\n\r\n",
		"GET / HTTP/2.0\r\n\r\n",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_str(t, first_words(k, server, port, bad[i], ""), "reset",
			bad[i]);
	static const char *const good[] = { "GET key\r\n",
		"GETX / HTTP/1.1\r\n\r\n", "GE", "\r\n\r\n",
		"SSH-2.0-x HTTP/1.1\r\n", "GET / HTTP/1.0\r\n\r\n",
		("POST / HTTP/1.1\r\nHost: a.allowed.test\r\n"
		 "Transfer-Encoding: gzip, chunked\r\n\r\n") };
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_str(t, first_words(k, server, port, good[i], ""), good[i],
			"what is no such request passes");
}

static void
test_hello(struct tap *t, struct kit *k, int server, uint16_t port)
{
	uint8_t bytes[256];
	char head[512], text[512];
	size_t n = kit_hello(bytes, "a.allowed.test", false);
	int c = kit_tunnel(k, "a.allowed.test", port, head);
	int s = kit_accept(server);
	(void)!send(c, bytes, 20, MSG_NOSIGNAL);
	(void)!send(c, bytes + 20, n - 20, MSG_NOSIGNAL);
	tap_int(t, (long long)kit_read(s, text, n), (long long)n,
		"a ClientHello that names the host passes, whole");
	tap_ok(t, memcmp(text, bytes, n) == 0, "byte for byte");
	(void)close(s);
	(void)close(c);
	n = kit_hello(bytes, "b.allowed.test", false);
	c = kit_tunnel(k, "a.allowed.test", port, head);
	s = kit_accept(server);
	(void)!send(c, bytes, n, MSG_NOSIGNAL);
	tap_int(t, kit_end(c), -ECONNRESET, "one that names another is reset");
	tap_ok(t, kit_end(s) <= 0, "and not a byte of it went out");
	tap_ok(t, kit_events(k, "\"reason\":\"sni_mismatch\""), "and told");
	tap_ok(t, strstr(k->events, "\"sni\":\"b.allowed.test\"") != NULL,
		"with the name");
	(void)close(s);
	(void)close(c);
	c = kit_tunnel(k, "127.0.0.1", port, head);
	s = kit_accept(server);
	(void)!send(c, bytes, n, MSG_NOSIGNAL);
	tap_int(t, (long long)kit_read(s, text, n), (long long)n,
		"an address that is granted has no name to disagree with");
	(void)close(s);
	(void)close(c);
}

static void
test_inside(struct tap *t, struct kit *k, int server)
{
	char text[512];
	int c = kit_connect(k->forward);
	int s = kit_accept(server);
	(void)kit_say(c, "to the host's loopback");
	(void)kit_read(s, text, 22);
	tap_str(t, text, "to the host's loopback",
		"a granted port of the host");
	(void)close(c);
	tap_int(t, kit_end(s), 0, "and its end");
	(void)close(s);
	for (int i = 0; i < 5; i++) {
		c = kit_connect(k->publish);
		s = kit_accept(server);
		(void)kit_say(c, "inwards");
		(void)kit_read(s, text, 7);
		tap_str(t, text, "inwards",
			"a published port, again and again");
		(void)close(s);
		(void)kit_end(c);
		(void)close(c);
	}
	c = kit_connect_to(KIT_ELSEWHERE, k->open);
	tap_int(t, kit_end(c), -ECONNRESET,
		"the transparent door refuses by a reset");
	(void)close(c);
	tap_ok(t,
		kit_events(k, "\"host\":\"127.0.0.2\"") &&
			strstr(k->events, "\"door\":\"transparent\"") != NULL,
		"and tells what was dialled");
}

static void
test_dns(struct tap *t, struct kit *k)
{
	static const uint8_t ask[] = "\0\x20"
				     "\x12\x34\1\0\0\1\0\0\0\0\0\0"
				     "\1a\7allowed\4test\0\0\1\0\1";
	char text[1500];
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(k->dns),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	int u = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)connect(u, (struct sockaddr *)&to, sizeof(to));
	(void)!send(u, ask + 2, 32, 0);
	tap_ok(t, kit_readable(u, KIT_WAIT_MS), "DNS answers");
	ssize_t n = recv(u, text, sizeof(text), 0);
	tap_ok(t, n == 48 && memcmp(text + n - 4, "\xc6\x12", 2) == 0,
		"with an address of the pool");
	(void)close(u);
	int c = kit_connect(k->dns);
	(void)!send(c, ask, 34, 0);
	(void)!send(c, ask, 34, 0);
	tap_int(t, (long long)kit_read(c, text, 100), 100,
		"over TCP too, question after question");
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
	char number[8];
	kit_policy(&np);
	(void)snprintf(number, sizeof(number), "%u", port);
	(void)netpol_add_loopback(&np, number, NULL);
	np.publish[0].inside = port;
	np.n_publish = 1;
	kit_start(&k, &np, &kit_limits, port);
	test_connect(&t, &k, server, port);
	test_plain(&t, &k, server, port);
	test_socks(&t, &k, server, port);
	test_udp(&t, &k);
	test_delay(&t, &k, server, port);
	test_hello(&t, &k, server, port);
	test_first_words(&t, &k, server, port);
	test_inside(&t, &k, server);
	test_dns(&t, &k);
	tap_int(&t, kit_stop(&k), 0, "it ends when the command has");
	tap_ok(&t, strstr(k.events, "\nS{\"transparent\":\"ports\",") != NULL,
		"with a summary");
	tap_ok(&t, strstr(k.events, "\"dns_answered\":3,") != NULL,
		"of counts");
	netpol_free(&np);
	return tap_end(&t);
}
