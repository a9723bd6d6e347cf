/* SPDX-License-Identifier: Apache-2.0 */
/* handover.c -- receive the doors and check every one (room: user). */
#include "supervisor/handover.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>

#include "launcher/own.h"
#include "policy/diag.h"

#ifndef SO_NETNS_COOKIE
#	define SO_NETNS_COOKIE 71 /* Linux 5.14 */
#endif

/* What a socket has to be, to be a door of that kind. */
static const struct shape {
	int family, type;
	bool listens;
	bool bound;      /* to the entry's port, or to... */
	bool everywhere; /* every address, else one of lo's own */
	uint16_t port;   /* this one, where it is not 0 */
} shapes[DOOR_KINDS] = {
	[DOOR_PROXY4] = { AF_INET, SOCK_STREAM, true, true, false, 0 },
	[DOOR_PROXY6] = { AF_INET6, SOCK_STREAM, true, true, false, 0 },
	[DOOR_ALL4] = { AF_INET, SOCK_STREAM, true, true, false,
		DOORS_ALL_PORT },
	[DOOR_ALL6] = { AF_INET6, SOCK_STREAM, true, true, false,
		DOORS_ALL_PORT },
	[DOOR_DNS_UDP4] = { AF_INET, SOCK_DGRAM, false, true, true,
		DOORS_DNS_PORT },
	[DOOR_DNS_UDP6] = { AF_INET6, SOCK_DGRAM, false, true, true,
		DOORS_DNS_PORT },
	[DOOR_DNS_TCP4] = { AF_INET, SOCK_STREAM, true, true, true,
		DOORS_DNS_PORT },
	[DOOR_DNS_TCP6] = { AF_INET6, SOCK_STREAM, true, true, true,
		DOORS_DNS_PORT },
	[DOOR_RELAY_UDP4] = { AF_INET, SOCK_DGRAM, false, true, false, 0 },
	[DOOR_PORT4] = { AF_INET, SOCK_STREAM, true, true, true, 0 },
	[DOOR_PORT6] = { AF_INET6, SOCK_STREAM, true, true, true, 0 },
	[DOOR_FORWARD4] = { AF_INET, SOCK_STREAM, true, true, false, 0 },
	[DOOR_FORWARD6] = { AF_INET6, SOCK_STREAM, true, true, false, 0 },
	[DOOR_PUBLISH4] = { AF_INET, SOCK_STREAM, false, false, false, 0 },
	[DOOR_REFUSED4] = { AF_INET, SOCK_RAW, false, true, true, IPPROTO_TCP },
	[DOOR_REFUSED6] = { AF_INET6, SOCK_RAW, false, true, true,
		IPPROTO_TCP },
};

union name {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int
odd(struct diag *d, const char *cause)
{
	return diag_set(d, -EPROTO, DIAG_SETUP, "network supervisor", cause,
		"install codex-sandbox again, with its programs");
}

static bool
option_is(int fd, int option, int want)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 &&
	       value == want;
}

/* 0 where the kernel cannot tell. */
static uint64_t
cookie(int fd)
{
	uint64_t value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &value, &len) == 0
		       ? value
		       : 0;
}

static bool
is_bound_so(int fd, const struct shape *s, uint16_t port)
{
	static const struct in6_addr any = IN6ADDR_ANY_INIT;
	static const struct in6_addr lo = IN6ADDR_LOOPBACK_INIT;
	union name name = { .any.sa_family = AF_UNSPEC };
	socklen_t len = sizeof(name);
	const in_addr_t v4 =
		htonl(s->everywhere ? INADDR_ANY : INADDR_LOOPBACK);

	if (getsockname(fd, &name.any, &len) < 0 ||
		name.any.sa_family != s->family)
		return false;
	if (!s->bound)
		return true;
	if (s->family == AF_INET)
		return name.v4.sin_addr.s_addr == v4 &&
		       ntohs(name.v4.sin_port) == port;
	return IN6_ARE_ADDR_EQUAL(
		       &name.v6.sin6_addr, s->everywhere ? &any : &lo) &&
	       ntohs(name.v6.sin6_port) == port;
}

static int
check_door(const struct door *door, uint64_t ours, struct diag *d)
{
	const struct shape *s = &shapes[door->kind];
	const int flags = fcntl(door->fd, F_GETFL);

	if (!option_is(door->fd, SO_DOMAIN, s->family) ||
		!option_is(door->fd, SO_TYPE, s->type) ||
		!option_is(door->fd, SO_PROTOCOL,
			s->type == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP) ||
		!option_is(door->fd, SO_ACCEPTCONN, s->listens))
		return odd(d, "was given a socket of the wrong kind");
	if (door->port == 0 || (s->port != 0 && door->port != s->port) ||
		!is_bound_so(door->fd, s, door->port))
		return odd(d, "was given a socket bound to the wrong place");
	if (ours != 0 && cookie(door->fd) == ours)
		return odd(d, "was given a socket of the host's network");
	if (flags < 0 || fcntl(door->fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return odd(d, "was given a socket that cannot be used");
	return 0;
}

static int
check_doors(const struct handover *h, struct diag *d)
{
	own_fd int here = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t ours = here < 0 ? 0 : cookie(here);
	uint64_t theirs = h->n > 0 ? cookie(h->door[0].fd) : 0;

	if (here < 0)
		return diag_set(d, -errno, DIAG_SETUP, "network supervisor",
			diag_errno(errno), "raise the limit on open files");
	for (size_t i = 0; i < h->n; i++) {
		int err = check_door(&h->door[i], ours, d);
		if (err < 0)
			return err;
		if (cookie(h->door[i].fd) != theirs)
			return odd(d, "was given sockets of two networks");
	}
	return 0;
}

/* ---- the packet ---------------------------------------------------------- */

struct packet {
	uint8_t bytes[DOORS_PACKET_MAX];
	size_t len;
	int fd[DOORS_MAX]; /* owned */
	size_t n;
};

static void
close_all(struct packet *p)
{
	for (size_t i = 0; i < p->n; i++)
		own_close(&p->fd[i]);
}

/* Takes every descriptor that came, also of a packet that is wrong. */
static int
receive(int socket, struct packet *p)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * DOORS_MAX)];
		struct cmsghdr align;
	} room;
	struct iovec part = { .iov_base = p->bytes,
		.iov_len = sizeof(p->bytes) };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = CMSG_LEN(sizeof(int) * DOORS_MAX) };
	struct cmsghdr *c = NULL;
	ssize_t n;

	do
		n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n == 0 || errno == ECONNRESET ? -EPIPE : -errno;
	c = CMSG_FIRSTHDR(&m);
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
		c->cmsg_type == SCM_RIGHTS && c->cmsg_len >= CMSG_LEN(0)) {
		p->n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(p->fd, CMSG_DATA(c), p->n * sizeof(int));
	}
	p->len = (size_t)n; /* positive */
	return (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ? -EMSGSIZE : 0;
}

/* On success the descriptors are the handover's. */
static int
take_apart(struct packet *p, struct handover *ret)
{
	struct handover h = { .level = p->bytes[1] };

	if (p->len < DOORS_HEAD || p->bytes[0] != DOORS_VERSION ||
		h.level > DOORS_ALL)
		return -EPROTO;
	h.n = doors_get(p->bytes + 2);
	if (h.n != p->n || p->len != DOORS_HEAD + (size_t)h.n * DOORS_ENTRY)
		return -EPROTO;
	for (size_t i = 0; i < h.n; i++) {
		const uint8_t *entry = p->bytes + DOORS_HEAD + i * DOORS_ENTRY;

		if (entry[0] == 0 || entry[0] >= DOOR_KINDS || entry[1] != 0)
			return -EPROTO;
		h.door[i] = (struct door){ .kind = entry[0],
			.port = doors_get(entry + 2),
			.fd = p->fd[i] };
	}
	p->n = 0;
	*ret = h;
	return 0;
}

static void
answer(int socket, uint8_t word)
{
	(void)!send(socket, &word, sizeof(word), MSG_NOSIGNAL);
}

int
handover_receive(
	int socket, enum door_level least, struct handover *ret, struct diag *d)
{
	struct packet p = { .len = 0 };
	struct handover h = { .n = 0 };
	int err = receive(socket, &p);

	if (err == 0)
		err = take_apart(&p, &h);
	close_all(&p);
	if (err == -EPIPE)
		return err;
	if (err < 0)
		(void)odd(d, "was given something that is no set of doors");
	else
		err = check_doors(&h, d);
	if (err == 0 && h.level < (int)least)
		err = diag_set(d, -EOPNOTSUPP, DIAG_SETUP, "network",
			"this kernel cannot catch connections to every port (nftables TPROXY), which the policy requires",
			"load the module nft_tproxy, or do not require it");
	answer(socket, err < 0 ? DOORS_REFUSED : DOORS_OK);
	if (err < 0)
		handover_close(&h);
	else
		*ret = h;
	return err;
}

void
handover_close(struct handover *h)
{
	for (size_t i = 0; i < h->n; i++)
		own_close(&h->door[i].fd);
	h->n = 0;
}
