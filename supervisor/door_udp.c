/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door_udp.c -- SOCKS5 UDP (room: user).
 *
 * One relay socket, made inside, serves all associations: a client sends from an
 * address of its own, and the first datagram of one that no association has yet
 * belongs to the oldest that waits for it.  All clients are in one sandbox, so a
 * mistake there is theirs alone.  An association lives as long as its control
 * connection, and has a socket on the host for each family that it needs.
 */
#include "supervisor/door.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>

#include "supervisor/conn.h"
#include "supervisor/dns.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"
#include "supervisor/socks.h"
#include "supervisor/udp_flow.h"

enum {
	PACKETS_PER_TURN = 64,
	FLOWS_MAX = 64, /* of an association; the oldest goes then */
	DNS_PORT = 53,
	CONTROL_READS = 16, /* of a connection that has nothing to say */
	FAMILIES = 2,
};

struct association;

struct outside {
	struct loop_source source; /* .fd owned, -1 = not yet needed */
	struct association *association;
};

struct association {
	struct association *next; /* newest first */
	struct udp_relay *relay;
	struct conn *control;
	bool bound;
	struct sockaddr_in client;        /* port only, until bound: 0 = any */
	struct outside outside[FAMILIES]; /* IPv4, IPv6 */
	struct udp_flow *flows;           /* newest first */
	size_t n_flows;
};

struct udp_relay {
	struct serve *serve;
	int fd; /* borrowed */
	uint16_t port;
	struct association *all;
	size_t n;
};

/* ---- to the client --------------------------------------------------------------- */

static void
to_client(const struct association *a, const struct netaddr *from,
	uint16_t port, void *bytes, size_t len)
{
	uint8_t head[SOCKS_UDP_HEAD_MAX];
	struct iovec part[2] = { { .iov_base = head,
					 .iov_len = socks_udp_write(
						 head, from, port) },
		{ .iov_base = bytes, .iov_len = len } };
	struct sockaddr_in to = a->client;
	const struct msghdr m = { .msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = part,
		.msg_iovlen = 2 };
	/* One that cannot be sent is one that was lost: it is UDP. */
	(void)sendmsg(a->relay->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static struct udp_flow *
flow_from(
	const struct association *a, const struct netaddr *addr, uint16_t port)
{
	for (struct udp_flow *f = a->flows; f != NULL; f = f->next)
		if (f->state == UDP_OPEN && f->port == port &&
			netaddr_equal(&f->addr, addr))
			return f;
	return NULL;
}

static void
outside_ready(struct loop_source *s, uint32_t events)
{
	struct outside *o =
		(struct outside *)((char *)s -
				   offsetof(struct outside, source));
	struct association *a = o->association;
	uint8_t bytes[UDP_PAYLOAD_MAX];
	(void)events;
	for (int i = 0; i < PACKETS_PER_TURN && s->fd >= 0; i++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		struct netaddr addr;
		uint16_t port;
		ssize_t n = recvfrom(s->fd, bytes, sizeof(bytes), 0,
			(struct sockaddr *)&from, &len);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 || netaddr_from_sockaddr((struct sockaddr *)&from,
				     &addr, &port) < 0)
			continue; /* an ICMP error of one of the targets */
		struct udp_flow *f = flow_from(a, &addr, port);
		if (f == NULL)
			continue; /* nobody asked it */
		a->control->active_ms = a->relay->serve->loop.now_ms;
		udp_flow_got(f, (size_t)n);
		to_client(a, &addr, port, bytes, (size_t)n);
	}
}

/* ---- to the outside --------------------------------------------------------------- */

/* The socket for a family, made when it is first needed; -1: there is none. */
static int
outside_fd(struct association *a, bool v6)
{
	struct outside *o = &a->outside[v6];
	struct loop *l = &a->relay->serve->loop;
	if (o->source.fd >= 0)
		return o->source.fd;
	int fd = socket(v6 ? AF_INET6 : AF_INET,
		SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	o->source = (struct loop_source){ .fd = fd, .ready = outside_ready };
	o->association = a;
	if (loop_watch_input(l, &o->source) < 0) {
		(void)close(fd); /* nothing can be done about it */
		o->source.fd = -1;
	}
	return o->source.fd;
}

static void
send_out(struct udp_flow *f, const void *bytes, size_t len)
{
	struct association *a = f->owner;
	struct sockaddr_storage to;
	socklen_t to_len = netaddr_to_sockaddr(&f->addr, f->port, &to);
	int fd = outside_fd(a, to.ss_family == AF_INET6);
	if (fd >= 0) /* else it is lost: it is UDP */
		(void)sendto(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT,
			(const struct sockaddr *)&to, to_len);
}

static void
drop_oldest(struct association *a)
{
	struct udp_flow **at = &a->flows;
	while ((*at)->next != NULL)
		at = &(*at)->next;
	udp_flow_free(*at);
	*at = NULL;
	a->n_flows--;
}

static struct udp_flow *
flow_to(struct association *a, const struct socks_datagram *to)
{
	for (struct udp_flow *f = a->flows; f != NULL; f = f->next)
		if (f->port == to->port &&
			strcmp(f->host.name, to->host.name) == 0)
			return f;
	if (a->n_flows >= FLOWS_MAX)
		drop_oldest(a);
	struct udp_flow *f = udp_flow_new(a->relay->serve, to, send_out, a);
	if (f == NULL)
		return NULL;
	f->next = a->flows;
	a->flows = f;
	a->n_flows++;
	return f;
}

/* ---- from the client --------------------------------------------------------------- */

static struct association *
association_of(struct udp_relay *r, const struct sockaddr_in *from)
{
	struct association *waits = NULL;
	for (struct association *a = r->all; a != NULL; a = a->next) {
		bool port = a->client.sin_port == from->sin_port;
		if (a->bound && port &&
			a->client.sin_addr.s_addr == from->sin_addr.s_addr)
			return a;
		if (!a->bound && (port || a->client.sin_port == 0))
			waits = a; /* the oldest is the last */
	}
	if (waits != NULL) {
		waits->bound = true;
		waits->client = *from;
	}
	return waits;
}

static void
ask_dns(const struct association *a, const struct socks_datagram *to,
	const uint8_t *bytes, size_t len)
{
	static const struct netaddr none;
	struct serve *s = a->relay->serve;
	struct dns_reply reply;
	dns_answer(s->dns, bytes, len, s->loop.now_ms, &reply);
	door_dns_tell(s, &reply);
	if (reply.len > 0)
		to_client(a, to->host.literal ? &to->host.addr : &none,
			to->port, reply.bytes, reply.len);
}

void
door_udp_datagrams(struct serve *s, int fd)
{
	uint8_t bytes[UDP_PAYLOAD_MAX];
	struct socks_datagram to;
	for (int i = 0; i < PACKETS_PER_TURN; i++) {
		struct sockaddr_in from = { 0 };
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(fd, bytes, sizeof(bytes), 0,
			(struct sockaddr *)&from, &len);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 || socks_udp_read(bytes, (size_t)n, &to) < 0)
			continue; /* fragments too: nobody sends them */
		struct association *a = association_of(s->udp, &from);
		if (a == NULL)
			continue;
		a->control->active_ms = s->loop.now_ms;
		const uint8_t *payload = bytes + to.head_len;
		size_t left = (size_t)n - to.head_len;
		if (to.port == DNS_PORT) {
			ask_dns(a, &to, payload, left);
			continue;
		}
		struct udp_flow *f = flow_to(a, &to);
		if (f != NULL)
			udp_flow_put(f, payload, left);
	}
}

/* ---- the control connection ------------------------------------------------------- */

static void
association_end(struct conn *c)
{
	struct serve *s = c->serve;
	struct association **at = &s->udp->all;
	while (*at != NULL && (*at)->control != c)
		at = &(*at)->next;
	struct association *a = *at;
	if (a == NULL)
		return;
	*at = a->next;
	s->udp->n--;
	while (a->flows != NULL)
		drop_oldest(a);
	for (size_t i = 0; i < FAMILIES; i++) {
		if (a->outside[i].source.fd >= 0)
			(void)close(a->outside[i].source.fd);
		a->outside[i].source.fd = -1;
	}
	/* An event of this turn may still point to it: it is freed with the
	 * connection. */
	free(c->extra);
	c->extra = NULL;
	c->buried = a;
}

static void
control_input(struct conn *c)
{
	char away[256];
	ssize_t n = 1;
	for (int i = 0; i < CONTROL_READS && n > 0; i++)
		n = recv(c->client.fd, away, sizeof(away), 0);
	/* One that talks without end would be all that we listen to. */
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		conn_close(c);
}

static void
control_late(struct conn *c)
{
	uint64_t limit = c->serve->limits->udp_ms;
	uint64_t idle = c->serve->loop.now_ms - c->active_ms;
	if (idle < limit)
		conn_deadline(c, limit - idle);
	else
		conn_close(c);
}

static const struct conn_door door_control = {
	.input = control_input,
	.late = control_late,
};

int
udp_relay_open(struct conn *c, uint16_t client_port)
{
	struct serve *s = c->serve;
	struct udp_relay *r = s->udp;
	uint8_t out[SOCKS_REPLY_MAX];
	struct netaddr here;
	if (r == NULL || (s->policy->flags & NETPOL_NO_SOCKS_UDP) != 0 ||
		(s->policy->flags & NETPOL_LIMITED) != 0)
		return -EOPNOTSUPP;
	if (r->n >= s->limits->associations)
		return -EAGAIN;
	struct association *a = calloc(1, sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	a->relay = r;
	a->control = c;
	a->client.sin_port = htons(client_port);
	a->outside[0].source.fd = a->outside[1].source.fd = -1;
	a->next = r->all;
	r->all = a;
	r->n++;
	c->door = &door_control;
	c->on_close = association_end;
	conn_bytes_free(&c->in); /* it has said what it wants */
	conn_deadline(c, s->limits->udp_ms);
	netaddr_from4(&here, INADDR_LOOPBACK);
	size_t len = socks_reply_write(out, 5, SOCKS_OK, &here, r->port);
	/* The first bytes of a connection: they fit. */
	if (send(c->client.fd, out, len, MSG_NOSIGNAL) != (ssize_t)len)
		conn_reset(c);
	return 0;
}

int
udp_relay_init(struct serve *s)
{
	const struct handover *h = s->doors;
	for (size_t i = 0; i < h->n; i++) {
		if (h->door[i].kind != DOOR_RELAY_UDP4)
			continue;
		struct udp_relay *r = calloc(1, sizeof(*r));
		if (r == NULL)
			return -ENOMEM;
		r->serve = s;
		r->fd = h->door[i].fd;
		r->port = h->door[i].port;
		s->udp = r;
		return 0;
	}
	return 0;
}

void
udp_relay_free(struct serve *s)
{
	free(s->udp); /* the associations went with their connections */
	s->udp = NULL;
}
