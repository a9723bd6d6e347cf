/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SERVE_KIT_H
#define TESTS_UNIT_SERVE_KIT_H
/*
 * serve_kit.h -- the supervisor's network part at work in a child, with doors on
 * this machine's loopback in place of a sandbox's; the test is the client, the
 * server and the front end.  Everything read has a deadline.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "policy/netpol.h"
#include "supervisor/handover.h"
#include "supervisor/serve.h"
#include "tests/unit/tap.h"

enum {
	KIT_WAIT_MS = 10000,
	KIT_EVENTS = 1 << 20,
	KIT_ELSEWHERE = 0x7f000002, /* what a transparent connection was for */
};

struct kit {
	pid_t pid;
	int front;
	const struct serve_asking *asking; /* of the next kit_start */
	uint16_t proxy;                    /* HTTP and SOCKS */
	uint16_t open;                     /* transparent, at KIT_ELSEWHERE */
	uint16_t forward;                  /* to the host's port `target` */
	uint16_t dns;                      /* UDP and TCP */
	uint16_t relay;                    /* SOCKS5 UDP */
	uint16_t publish; /* on the host; inside it is `target` */
	size_t events_len;
	char events[KIT_EVENTS]; /* a packet a line */
};

/* -1: that port is taken. */
static inline int
kit_try(uint32_t ip, int type, uint16_t *port)
{
	const int one = 1;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr = { .s_addr = htonl(ip) } };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		(type == SOCK_STREAM && listen(fd, 4096) < 0) ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
		(void)close(fd);
		return -1;
	}
	*port = ntohs(a.sin_port);
	return fd;
}

static inline int
kit_socket_at(uint32_t ip, int type, uint16_t *port)
{
	int fd = kit_try(ip, type, port);
	if (fd >= 0)
		return fd;
	perror("serve_kit");
	exit(1);
}

static inline int
kit_socket(int type, uint16_t *port)
{
	return kit_socket_at(INADDR_LOOPBACK, type, port);
}

/* A listener of a server that the test plays. */
static inline int
kit_server(uint16_t *ret_port)
{
	*ret_port = 0;
	return kit_socket(SOCK_STREAM, ret_port);
}

static inline void
kit_door(struct handover *h, enum door_kind kind, int type, uint16_t *port)
{
	int fd = kit_socket(type, port);
	h->door[h->n++] =
		(struct door){ .kind = (uint8_t)kind, .port = *port, .fd = fd };
}

/* One port of UDP and TCP, which other programs' connections may have too. */
static inline void
kit_dns(struct handover *h, uint16_t *port)
{
	for (int i = 0; i < 1000; i++) {
		*port = 0;
		int u = kit_socket(SOCK_DGRAM, port);
		int s = kit_try(INADDR_LOOPBACK, SOCK_STREAM, port);
		if (s < 0) {
			(void)close(u);
			continue;
		}
		h->door[h->n++] = (struct door){
			.kind = DOOR_DNS_UDP4, .port = *port, .fd = u
		};
		h->door[h->n++] = (struct door){
			.kind = DOOR_DNS_TCP4, .port = *port, .fd = s
		};
		return;
	}
	exit(1);
}

static inline void
kit_nonblock(const struct handover *h)
{
	const int one = 1;
	for (size_t i = 0; i < h->n; i++) {
		(void)setsockopt(h->door[i].fd, IPPROTO_IP, IP_PKTINFO, &one,
			sizeof(one));
		int flags = fcntl(h->door[i].fd, F_GETFL);
		(void)fcntl(h->door[i].fd, F_SETFL, flags | O_NONBLOCK);
	}
}

/* target: the server behind forward and publish. */
static inline void
kit_start(struct kit *k, const struct netpol *np,
	const struct serve_limits *limits, uint16_t target)
{
	static struct handover h;
	int pair[2];
	const struct serve_asking *asking = k->asking;
	memset(k, 0, sizeof(*k));
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	h = (struct handover){ .level = DOORS_PORTS };
	kit_door(&h, DOOR_PROXY4, SOCK_STREAM, &k->proxy);
	h.door[h.n++] = (struct door){ .kind = DOOR_PORT4,
		.fd = kit_socket_at(KIT_ELSEWHERE, SOCK_STREAM, &k->open) };
	kit_door(&h, DOOR_FORWARD4, SOCK_STREAM, &k->forward);
	h.door[h.n - 1].port = target;
	kit_dns(&h, &k->dns);
	kit_door(&h, DOOR_RELAY_UDP4, SOCK_DGRAM, &k->relay);
	for (int i = 0; i < 2; i++)
		h.door[h.n++] = (struct door){ .kind = DOOR_PUBLISH4,
			.port = target,
			.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	kit_nonblock(&h);
	int publish = kit_socket(SOCK_STREAM, &k->publish);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		exit(1);
	(void)fflush(stdout);
	k->pid = fork();
	if (k->pid == 0) {
		(void)close(pair[1]);
		const struct serve_args a = { .policy = np,
			.doors = &h,
			.front = pair[0],
			.publish = &publish,
			.n_publish = np->n_publish,
			.asking = asking };
		int err = serve(&a, limits);
		handover_close(&h);
		exit(err == 0 ? 0 : 1); /* with the leak check */
	}
	(void)close(pair[0]);
	(void)close(publish);
	handover_close(&h);
	k->front = pair[1];
}

static inline bool
kit_readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	return poll(&p, 1, ms) == 1;
}

/* Take what the supervisor tells, until it says `want` (or, NULL, ends). */
static inline bool
kit_events(struct kit *k, const char *want)
{
	while (want == NULL || strstr(k->events, want) == NULL) {
		char *at = k->events + k->events_len;
		size_t room = sizeof(k->events) - k->events_len - 2;
		if (!kit_readable(k->front, KIT_WAIT_MS))
			return false;
		ssize_t n = recv(k->front, at, room, 0);
		if (n <= 0)
			return false;
		k->events_len += (size_t)n;
		k->events[k->events_len++] = '\n';
		k->events[k->events_len] = '\0';
	}
	return true;
}

/* The command has ended: the summary, and the exit status. */
static inline int
kit_stop(struct kit *k)
{
	int status = -1;
	(void)shutdown(k->front, SHUT_WR);
	(void)kit_events(k, NULL);
	if (waitpid(k->pid, &status, 0) != k->pid)
		return -1;
	(void)close(k->front);
	return status;
}

static inline int
kit_connect_to(uint32_t ip, uint16_t port)
{
	const int one = 1;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { .s_addr = htonl(ip) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static inline int
kit_connect(uint16_t port)
{
	return kit_connect_to(INADDR_LOOPBACK, port);
}

static inline bool
kit_say(int fd, const char *text)
{
	size_t len = strlen(text);
	return send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* Bytes until there are len of them, the end, or a deadline; NUL behind. */
static inline size_t
kit_read(int fd, char *into, size_t len)
{
	size_t have = 0;
	while (have < len && kit_readable(fd, KIT_WAIT_MS)) {
		ssize_t n = recv(fd, into + have, len - have, 0);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	into[have] = '\0';
	return have;
}

/* Everything until the end. */
static inline size_t
kit_read_all(int fd, char *into, size_t room)
{
	return kit_read(fd, into, room - 1);
}

/* A head and no byte more. */
static inline bool
kit_head(int fd, char *into, size_t room)
{
	size_t have = 0;
	into[0] = '\0';
	while (have + 1 < room && strstr(into, "\r\n\r\n") == NULL) {
		if (!kit_readable(fd, KIT_WAIT_MS) ||
			recv(fd, into + have, 1, 0) != 1)
			return false;
		into[++have] = '\0';
	}
	return true;
}

/* The end: 0 FIN, -ECONNRESET reset, 1 a byte came, -ETIMEDOUT. */
static inline int
kit_end(int fd)
{
	char byte;
	if (!kit_readable(fd, KIT_WAIT_MS))
		return -ETIMEDOUT;
	ssize_t n = recv(fd, &byte, 1, 0);
	return n < 0 ? -errno : (int)n;
}

static inline int
kit_accept(int listener)
{
	if (!kit_readable(listener, KIT_WAIT_MS))
		return -1;
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

/* CONNECT through the proxy door, to an answer; *ret_head is it. */
static inline int
kit_tunnel(const struct kit *k, const char *host, uint16_t port,
	char ret_head[512])
{
	char ask[300];
	int fd = kit_connect(k->proxy);
	(void)snprintf(
		ask, sizeof(ask), "CONNECT %s:%u HTTP/1.1\r\n\r\n", host, port);
	if (!kit_say(fd, ask) || !kit_head(fd, ret_head, 512))
		ret_head[0] = '\0';
	return fd;
}

/* A ClientHello for that name, its length; v13: it offers TLS 1.3. */
static inline size_t
kit_hello(uint8_t *out, const char *name, bool v13)
{
	static const char versions[] = "\0\x2b\0\3\2\3\4";
	enum { VERSIONS = sizeof(versions) - 1 };
	uint8_t *p = out;
	size_t n = strlen(name);
	const uint8_t body[] = { 3, 3 };
	size_t ext = n + 9 + (v13 ? VERSIONS : 0);
	size_t all = 2 + 32 + 1 + 4 + 2 + 2 + ext;
	*p++ = 22, *p++ = 3, *p++ = 1;
	*p++ = 0, *p++ = (uint8_t)(all + 4);
	*p++ = 1, *p++ = 0, *p++ = 0, *p++ = (uint8_t)all;
	memcpy(p, body, 2);
	memset(p + 2, 7, 32);
	p += 34;
	memcpy(p, "\0\0\2\x13\1\1\0", 7);
	p += 7;
	*p++ = 0, *p++ = (uint8_t)ext;
	if (v13) {
		memcpy(p, versions, VERSIONS);
		p += VERSIONS;
	}
	*p++ = 0, *p++ = 0, *p++ = 0, *p++ = (uint8_t)(n + 5);
	*p++ = 0, *p++ = (uint8_t)(n + 3), *p++ = 0;
	*p++ = 0, *p++ = (uint8_t)n;
	memcpy(p, name, n);
	return (size_t)(p - out) + n;
}

/* A policy that allows 127.0.0.1 by name and number. */
static inline void
kit_policy(struct netpol *np)
{
	netpol_init(np);
	np->flags |= NETPOL_EVENTS;
	(void)netpol_add_rule(np, true, "127.0.0.1", "test", NULL);
	(void)netpol_add_rule(np, true, "**.allowed.test", "test", NULL);
	(void)netpol_add_cidr(np, true, "127.0.0.1", "test", NULL);
	(void)netpol_add_rule(np, false, "denied.allowed.test", "test", NULL);
}

static const struct serve_limits kit_limits = {
	.connections = 64,
	.first_ms = 15000,
	.head_ms = 15000,
	.hello_ms = 15000,
	.ask_ms = 15000,
	.resolve_ms = 15000,
	.dial_ms = 15000,
	.idle_ms = 0,
	.half_ms = 15000,
	.keep_s = 60,
	.keep_every_s = 15,
	.linger_ms = 5000,
	.udp_ms = 15000,
	.end_ms = 1000,
	.associations = 4,
};

/*
 * Names are the tests' own, so that none leaves the machine, and each look-up
 * is seen: x.test is 127.0.0.1; two.allowed.test 127.0.0.1 and an address that
 * needs a grant, slow.allowed.test never comes.
 */
static inline struct addrinfo *
one_address(uint32_t ip)
{
	struct made {
		struct addrinfo info;
		struct sockaddr_in addr;
	} *m = calloc(1, sizeof(*m));
	if (m == NULL)
		exit(1);
	m->addr.sin_family = AF_INET;
	m->addr.sin_addr.s_addr = htonl(ip);
	m->info.ai_family = AF_INET;
	m->info.ai_addr = (struct sockaddr *)&m->addr;
	m->info.ai_addrlen = sizeof(m->addr);
	return &m->info;
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
	struct addrinfo **ret)
{
	(void)service;
	(void)hints;
	size_t len = strlen(node);
	if (len < 5 || strcmp(node + len - 5, ".test") != 0)
		return EAI_NONAME;
	if (strncmp(node, "slow.", 5) == 0)
		(void)pause(); /* until the process ends */
	*ret = one_address(INADDR_LOOPBACK);
	if (strncmp(node, "two.", 4) == 0)
		(*ret)->ai_next = one_address(0x0a000001);
	return 0;
}

void
freeaddrinfo(struct addrinfo *a)
{
	while (a != NULL) {
		struct addrinfo *next = a->ai_next;
		free(a);
		a = next;
	}
}

#endif /* TESTS_UNIT_SERVE_KIT_H */
