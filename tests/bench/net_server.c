/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_server.c -- what clients connect to.  The first byte says what it is:
 * P: every byte is sent back; S and eight bytes: so many are swallowed, then
 * there is one; G: a request, answered and closed.
 */
#include "tests/bench/net.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "tests/bench/bench.h"

enum { FDS = 8192, CHUNK = 1 << 20 };

struct peer {
	char kind;
	unsigned int head; /* bytes of the length that came */
	uint64_t left;
};

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
			     "Connection: close\r\n\r\nhello";

static void
end(int fd, struct peer *p)
{
	memset(p, 0, sizeof(*p));
	(void)close(fd);
}

/* What is left of n bytes behind the first ones, which said what it is. */
static ssize_t
begin(struct peer *p, const char *bytes, ssize_t n)
{
	ssize_t at = 0;
	if (p->kind == 0)
		p->kind = bytes[at++];
	while (p->kind == 'S' && p->head < 8 && at < n) {
		p->left |= (uint64_t)(uint8_t)bytes[at++] << (8 * p->head);
		p->head++;
	}
	return at;
}

static void
ready(int fd, struct peer *p)
{
	static char bytes[CHUNK];
	ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		end(fd, p);
		return;
	}
	bool first = p->kind == 0;
	ssize_t at = begin(p, bytes, n);
	if (p->kind == 'P') {
		/* The first one too. */
		(void)!send(fd, bytes, (size_t)n, MSG_NOSIGNAL);
	} else if (p->kind == 'S') {
		uint64_t some = (uint64_t)(n - at);
		p->left -= some < p->left ? some : p->left;
		if (p->head == 8 && p->left == 0)
			(void)!send(fd, "A", 1, MSG_NOSIGNAL);
	} else if (first || memmem(bytes, (size_t)n, "\r\n\r\n", 4) != NULL) {
		/* A request is one packet here, or ends with this one. */
		if (memmem(bytes, (size_t)n, "\r\n\r\n", 4) == NULL)
			return;
		(void)!send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
		end(fd, p);
	}
}

int
net_listen(unsigned int port)
{
	const int one = 1;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, 4096) < 0)
		bench_die("server", strerror(errno));
	return fd;
}

void
net_server(int listener)
{
	static struct peer peers[FDS];
	struct epoll_event e = { .events = EPOLLIN,
		.data = { .fd = listener } };
	struct epoll_event got[64];
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	const int one = 1;
	(void)setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
	for (;;) {
		int n = epoll_wait(epoll, got, 64, -1);
		for (int i = 0; i < n; i++) {
			int fd = got[i].data.fd;
			if (fd != listener) {
				ready(fd, &peers[fd]);
				continue;
			}
			fd = accept4(listener, NULL, NULL,
				SOCK_NONBLOCK | SOCK_CLOEXEC);
			if (fd >= FDS)
				(void)close(fd);
			if (fd < 0 || fd >= FDS)
				continue;
			e.data.fd = fd;
			(void)epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
		}
	}
}
