/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve_fault_test.c -- whoever dies, stalls, floods or asks for too much: every
 * wait has an end, others go on, nothing is lost that was sent in time.
 */
#include <sys/ioctl.h>

#include <sched.h>
#include <time.h>

#include <net/if.h>

#include "tests/unit/serve_kit.h"

enum { SHORT_MS = 200, BIG = 4 << 20 };

static uint64_t
now_ms(void)
{
	struct timespec n;
	(void)clock_gettime(CLOCK_MONOTONIC, &n);
	return (uint64_t)n.tv_sec * 1000 + (uint64_t)n.tv_nsec / 1000000;
}

static void
reset(int fd)
{
	const struct linger l = { .l_onoff = 1 };
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	(void)close(fd);
}

static void
start(struct kit *k, struct netpol *np, const struct serve_limits *l,
	uint16_t port)
{
	kit_policy(np);
	kit_start(k, np, l, port);
}

static void
stop(struct tap *t, struct kit *k, struct netpol *np)
{
	tap_int(t, kit_stop(k), 0, "it ends in order");
	netpol_free(np);
}

/* Deadlines of what is not yet a connection. */
static void
test_slow(struct tap *t, struct kit *k, int server, uint16_t port)
{
	struct netpol np;
	struct serve_limits l = kit_limits;
	char text[512];
	l.first_ms = l.head_ms = l.hello_ms = l.resolve_ms = SHORT_MS;
	start(k, &np, &l, port);
	int c = kit_connect(k->proxy);
	tap_int(t, kit_end(c), 0, "who says nothing is sent away");
	(void)close(c);
	c = kit_connect(k->proxy);
	/* A byte at a time, for longer than the deadline: it is one for all. */
	uint64_t begin = now_ms();
	while (!kit_readable(c, 10) && now_ms() - begin < KIT_WAIT_MS)
		(void)kit_say(c, "G");
	(void)kit_read_all(c, text, sizeof(text));
	tap_ok(t, strncmp(text, "HTTP/1.1 408 ", 13) == 0,
		"a head that drips is a 408");
	(void)close(c);
	c = kit_connect(k->dns);
	(void)!send(c, "\0\x20x", 3, 0);
	tap_int(t, kit_end(c), 0, "so is half a question");
	(void)close(c);
	c = kit_tunnel(k, "slow.allowed.test", port, text);
	tap_ok(t,
		strncmp(text, "HTTP/1.1 504 ", 13) == 0 &&
			strstr(text, "x-proxy-error: dns-failure\r\n"),
		"a name that is not resolved in time is a 504");
	(void)close(c);
	c = kit_tunnel(k, "a.allowed.test", port, text);
	int s = kit_accept(server);
	(void)!send(c, "\x16\3\1\0\xc8\1", 6, 0);
	tap_int(t, kit_end(c), -ECONNRESET, "half a ClientHello is cut off");
	(void)close(c);
	(void)close(s);
	/* And yet who says nothing at all in a tunnel may: servers that speak
	 * first have such clients. */
	c = kit_tunnel(k, "a.allowed.test", port, text);
	s = kit_accept(server);
	tap_ok(t, !kit_readable(c, 2 * SHORT_MS),
		"silence in a tunnel is fine");
	(void)kit_say(s, "220 hello");
	tap_int(t, (long long)kit_read(c, text, 9), 9, "and is broken");
	(void)close(c);
	(void)close(s);
	stop(t, k, &np);
}

/* One side is gone, in one way or the other. */
static void
test_deaths(struct tap *t, struct kit *k, int server, uint16_t port)
{
	struct netpol np;
	struct serve_limits l = kit_limits;
	char text[512];
	l.half_ms = l.idle_ms = SHORT_MS;
	start(k, &np, &l, port);
	int c = kit_tunnel(k, "127.0.0.1", port, text);
	int s = kit_accept(server);
	reset(s);
	tap_int(t, kit_end(c), -ECONNRESET, "a reset outside is one inside");
	(void)close(c);
	c = kit_tunnel(k, "127.0.0.1", port, text);
	s = kit_accept(server);
	reset(c);
	tap_int(t, kit_end(s), -ECONNRESET, "and the other way round");
	(void)close(s);
	c = kit_tunnel(k, "127.0.0.1", port, text);
	s = kit_accept(server);
	(void)shutdown(c, SHUT_WR);
	tap_int(t, kit_end(s), 0, "half of it has ended");
	tap_int(t, kit_end(c), -ECONNRESET,
		"the other half is not waited for "
		"for ever");
	(void)close(s);
	(void)close(c);
	c = kit_tunnel(k, "127.0.0.1", port, text);
	s = kit_accept(server);
	tap_int(t, kit_end(c), -ECONNRESET, "nor is one that idles");
	(void)close(s);
	(void)close(c);
	c = kit_connect(k->proxy);
	(void)snprintf(text, sizeof(text),
		"GET http://127.0.0.1:%u/ HTTP/1.1\r\n\r\n", port);
	(void)kit_say(c, text);
	s = kit_accept(server);
	(void)close(s);
	(void)kit_read_all(c, text, sizeof(text));
	tap_ok(t, strncmp(text, "HTTP/1.1 502 ", 13) == 0,
		"a server that dies before its answer is a 502");
	(void)close(c);
	stop(t, k, &np);
}

/* A server whose queue is full never answers. */
static void
test_black_hole(struct tap *t, struct kit *k, uint16_t other)
{
	struct netpol np;
	struct serve_limits l = kit_limits;
	char text[512];
	int fill[8];
	uint16_t port = 0;
	int server = kit_socket(SOCK_STREAM, &port);
	(void)listen(server, 0);
	for (size_t i = 0; i < 8; i++) {
		struct sockaddr_in a = { .sin_family = AF_INET,
			.sin_port = htons(port),
			.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
		fill[i] = socket(
			AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)connect(fill[i], (struct sockaddr *)&a, sizeof(a));
	}
	l.dial_ms = SHORT_MS;
	start(k, &np, &l, other);
	int c = kit_tunnel(k, "127.0.0.1", port, text);
	tap_ok(t,
		strncmp(text, "HTTP/1.1 504 ", 13) == 0 &&
			strstr(text, "x-proxy-error: connect-timeout\r\n"),
		"who does not answer a dial is a 504");
	(void)close(c);
	for (size_t i = 0; i < 8; i++)
		(void)close(fill[i]);
	(void)close(server);
	stop(t, k, &np);
}

/* An address of lo's beside 127.0.0.1, in a network of this process's own. */
static bool
vanishing_address(bool there)
{
	struct ifreq r = { .ifr_name = "lo" };
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr = { .s_addr = htonl(0x0a090909) } };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r.ifr_flags = IFF_UP;
	bool good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &r) == 0;
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "lo:1");
	memcpy(&r.ifr_addr, &a, sizeof(a));
	if (good && there)
		good = ioctl(fd, SIOCSIFADDR, &r) == 0;
	r.ifr_flags = 0;
	if (good && !there)
		good = ioctl(fd, SIOCSIFFLAGS, &r) == 0;
	(void)close(fd);
	return good;
}

/*
 * Half open: one end is gone without a word.  Two connections to an address that
 * is taken away, one idle, one with a byte on its way.
 */
static void
half_open(struct tap *t, struct kit *k)
{
	struct netpol np;
	struct serve_limits l = kit_limits;
	char text[512];
	uint16_t port = 0;
	int server = kit_socket_at(0x0a090909, SOCK_STREAM, &port);
	l.keep_s = l.keep_every_s = 1;
	kit_policy(&np);
	(void)netpol_add_rule(&np, true, "10.9.9.9", "test", NULL);
	kit_start(k, &np, &l, port);
	int idle = kit_tunnel(k, "10.9.9.9", port, text);
	int s = kit_accept(server);
	int busy = kit_tunnel(k, "10.9.9.9", port, text);
	int s2 = kit_accept(server);
	tap_ok(t, s >= 0 && s2 >= 0 && vanishing_address(false),
		"two are open, and the target vanishes");
	uint64_t begin = now_ms();
	(void)kit_say(busy, "x");
	tap_int(t, kit_end(idle), -ECONNRESET, "the idle one is reset");
	uint64_t first = now_ms() - begin;
	tap_int(t, kit_end(busy), -ECONNRESET, "so is the other");
	uint64_t all = now_ms() - begin;
	tap_ok(t, first >= 2000 && all < 9000,
		"half open: asked after 1 s, 4 times, 1 s apart: reset after %llu and %llu ms",
		(unsigned long long)first, (unsigned long long)all);
	(void)close(s);
	(void)close(s2);
	(void)close(server);
	stop(t, k, &np);
}

static void
test_half_open(struct tap *t, struct kit *k)
{
	tap_ok(t,
		serve_limits_default.keep_s == 60 &&
			serve_limits_default.keep_every_s == 15,
		"who vanished is noticed after two minutes");
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 ||
		!vanishing_address(true))
		tap_skip(t, "half open", "no network namespace here");
	else
		half_open(t, k);
}

static void
test_limit(struct tap *t, struct kit *k, int server, uint16_t port)
{
	enum { MANY = 16 };
	struct netpol np;
	struct serve_limits l = kit_limits;
	char text[512], ask[64];
	int c[MANY], s[MANY];
	l.connections = MANY;
	start(k, &np, &l, port);
	for (int i = 0; i < MANY; i++) {
		c[i] = kit_tunnel(k, "127.0.0.1", port, text);
		s[i] = kit_accept(server);
	}
	int more = kit_connect(k->proxy);
	(void)snprintf(ask, sizeof(ask),
		"CONNECT 127.0.0.1:%u HTTP/1.1\r\n\r\n", port);
	(void)kit_say(more, ask);
	tap_ok(t, !kit_readable(more, SHORT_MS), "one too many waits");
	bool moving = true;
	for (int i = 0; i < MANY; i++) {
		(void)kit_say(c[i], "x");
		moving = moving && kit_read(s[i], text, 1) == 1;
	}
	tap_ok(t, moving, "while those that are there go on");
	(void)close(c[0]);
	(void)close(s[0]);
	tap_ok(t,
		kit_head(more, text, sizeof(text)) &&
			strncmp(text, "HTTP/1.1 200 ", 13) == 0,
		"and comes in when one leaves");
	(void)close(kit_accept(server));
	(void)close(more);
	for (int i = 1; i < MANY; i++) {
		(void)close(c[i]);
		(void)close(s[i]);
	}
	stop(t, k, &np);
	tap_ok(t, strstr(k->events, "\"connections_peak\":16,") != NULL,
		"there were never more");
}

/* As much as goes in without blocking. */
static size_t
stuff(int fd, size_t max)
{
	static char zero[65536];
	size_t n = 0;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	while (n < max && poll(&p, 1, SHORT_MS) == 1) {
		ssize_t some = send(fd, zero,
			max - n < sizeof(zero) ? max - n : sizeof(zero),
			MSG_DONTWAIT | MSG_NOSIGNAL);
		if (some < 0 && errno != EAGAIN)
			break;
		n += some > 0 ? (size_t)some : 0;
	}
	return n;
}

static size_t
drain(int fd)
{
	static char away[65536];
	size_t n = 0;
	ssize_t some;
	while (kit_readable(fd, KIT_WAIT_MS) &&
		(some = recv(fd, away, sizeof(away), 0)) > 0)
		n += (size_t)some;
	return n;
}

static void
test_pressure(struct tap *t, struct kit *k, int server, uint16_t port)
{
	struct netpol np;
	char text[512];
	start(k, &np, &kit_limits, port);
	int c = kit_tunnel(k, "127.0.0.1", port, text);
	int s = kit_accept(server);
	size_t in = stuff(c, (size_t)1 << 30);
	tap_ok(t, in < (size_t)64 << 20,
		"a server that does not read stops the "
		"client (after %zu KiB)",
		in >> 10);
	int c2 = kit_tunnel(k, "127.0.0.1", port, text);
	int s2 = kit_accept(server);
	(void)kit_say(c2, "x");
	tap_int(t, (long long)kit_read(s2, text, 1), 1, "and nobody else");
	(void)close(c2);
	(void)close(s2);
	(void)shutdown(c, SHUT_WR);
	tap_int(t, (long long)drain(s), (long long)in, "not a byte is lost");
	(void)close(c);
	(void)close(s);

	/* The last words of a command that has ended. */
	c = kit_tunnel(k, "127.0.0.1", port, text);
	s = kit_accept(server);
	in = stuff(c, BIG);
	(void)close(c);
	(void)shutdown(k->front, SHUT_WR);
	tap_int(t, (long long)drain(s), (long long)in,
		"what was sent before the end arrives");
	(void)close(s);
	stop(t, k, &np);
}

static void
test_budget(struct tap *t, struct kit *k, int server, uint16_t port)
{
	struct netpol np;
	char text[512];
	kit_policy(&np);
	np.egress_budget = 100000;
	np.host_budget = 60000;
	kit_start(k, &np, &kit_limits, port);
	int c = kit_tunnel(k, "127.0.0.1", port, text);
	int s = kit_accept(server);
	(void)stuff(c, 60000);
	tap_ok(t, !kit_readable(c, SHORT_MS), "up to its budget all is well");
	(void)kit_say(c, "x");
	tap_int(t, kit_end(c), -ECONNRESET, "a byte more ends it");
	tap_ok(t, drain(s) <= 60000, "and that byte did not go out");
	tap_ok(t, kit_events(k, "\"reason\":\"budget_exceeded\""),
		"as is told");
	(void)close(c);
	(void)close(s);
	c = kit_tunnel(k, "127.0.0.1", port, text);
	tap_ok(t, strncmp(text, "HTTP/1.1 403 ", 13) == 0,
		"to that host nothing more goes");
	(void)close(c);
	c = kit_tunnel(k, "a.allowed.test", port, text);
	s = kit_accept(server);
	(void)stuff(c, 40001);
	tap_int(t, kit_end(c), -ECONNRESET,
		"another has what is left of the run");
	tap_ok(t, drain(s) <= 40000, "and not a byte more");
	(void)close(c);
	(void)close(s);
	stop(t, k, &np);
}

/* The supervisor, or the front end, is gone. */
static void
test_killed(struct tap *t, struct kit *k, int server, uint16_t port)
{
	struct netpol np;
	char text[512];
	int status;
	for (int whom = 0; whom < 2; whom++) {
		start(k, &np, &kit_limits, port);
		int c = kit_tunnel(k, "127.0.0.1", port, text);
		int s = kit_accept(server);
		int head = kit_connect(k->proxy);
		(void)kit_say(head, "GET");
		if (whom == 0)
			(void)kill(k->pid, SIGKILL);
		else
			(void)close(k->front);
		tap_ok(t,
			kit_end(c) <= 0 && kit_end(s) <= 0 &&
				kit_end(head) <= 0,
			"%s is gone: all connections end",
			whom ? "the front end" : "the supervisor");
		tap_ok(t, waitpid(k->pid, &status, 0) == k->pid,
			"the process "
			"too");
		int again = kit_connect(k->proxy);
		tap_ok(t, again < 0 && errno == ECONNREFUSED,
			"and who connects is refused at once");
		(void)close(c);
		(void)close(s);
		(void)close(head);
		if (whom == 0)
			(void)close(k->front);
		netpol_free(&np);
	}
}

static void
test_flood(struct tap *t, struct kit *k, int server, uint16_t port)
{
	static const uint8_t ask[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0"
				     "\1a\7allowed\4test\0\0\1\0\1";
	struct netpol np;
	char text[512];
	start(k, &np, &kit_limits, port);
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(k->dns),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	int u = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)connect(u, (struct sockaddr *)&to, sizeof(to));
	bool moving = true;
	int c = kit_tunnel(k, "127.0.0.1", port, text);
	int s = kit_accept(server);
	for (int i = 0; i < 20000; i++) {
		(void)!send(u, ask, 32, MSG_DONTWAIT);
		if (i % 2000 != 0)
			continue;
		(void)kit_say(c, "x");
		moving = moving && kit_read(s, text, 1) == 1;
	}
	tap_ok(t, moving, "a flood of questions stops no connection");
	(void)close(c);
	(void)close(s);
	(void)close(u);
	stop(t, k, &np);
	tap_ok(t, strstr(k->events, "\"dns_dropped\":0,") == NULL,
		"and is not answered in full");
}

static void
test_many(struct tap *t, struct kit *k, int server, uint16_t port)
{
	enum { MANY = 300 };
	static int c[MANY], s[MANY];
	struct netpol np;
	struct serve_limits l = kit_limits;
	char text[512];
	int whole = 0;
	l.connections = 1000;
	start(k, &np, &l, port);
	for (int i = 0; i < MANY; i++) {
		c[i] = kit_tunnel(k, "127.0.0.1", port, text);
		s[i] = kit_accept(server);
		(void)kit_say(c[i], "abcd");
	}
	for (int i = 0; i < MANY; i++) {
		whole += kit_read(s[i], text, 4) == 4 &&
			 kit_say(s[i], "efgh") &&
			 kit_read(c[i], text, 4) == 4 &&
			 memcmp(text, "efgh", 4) == 0;
		(void)close(c[i]);
		(void)close(s[i]);
	}
	tap_int(t, whole, MANY, "many at a time, and none is lost");
	stop(t, k, &np);
}

int
main(void)
{
	struct tap t = { 0 };
	static struct kit k;
	uint16_t port;
	int server = kit_server(&port);
	test_slow(&t, &k, server, port);
	test_deaths(&t, &k, server, port);
	test_black_hole(&t, &k, port);
	test_limit(&t, &k, server, port);
	test_pressure(&t, &k, server, port);
	test_budget(&t, &k, server, port);
	test_killed(&t, &k, server, port);
	test_flood(&t, &k, server, port);
	test_many(&t, &k, server, port);
	test_half_open(&t, &k); /* the last: it leaves the network */
	return tap_end(&t);
}
