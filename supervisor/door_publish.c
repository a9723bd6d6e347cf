/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door_publish.c -- connections from the host inwards (room: user).
 *
 * A socket that reaches a server inside has to be made inside, which nobody does
 * once the command runs.  So init makes some for each published port, not yet
 * connected; one is lent to each connection, and is made a fresh one again by
 * connecting it to nothing.
 */
#include "supervisor/door.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "supervisor/conn.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"

/* One that still has something to deliver is left alone that long. */
enum { DELIVER_MS = 5000 };

/* Who waits for a socket looks again after that. */
enum { LEND_MS = 10 };

struct publish_socket {
	int fd; /* borrowed from the handover */
	uint16_t port;
	bool lent;
	bool used;
	uint64_t back_ms; /* when it came back */
};

static const struct sockaddr nothing = { .sa_family = AF_UNSPEC };

static bool
delivered(const struct publish_socket *p)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	return getsockopt(p->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_state == TCP_CLOSE;
}

static bool
is_free(const struct serve *s, const struct publish_socket *p, uint16_t port)
{
	return !p->lent && p->port == port &&
	       (!p->used || delivered(p) ||
		       s->loop.now_ms - p->back_ms >= DELIVER_MS);
}

static bool
any_free(const struct serve *s, uint16_t port)
{
	for (size_t i = 0; i < s->n_publish; i++)
		if (is_free(s, &s->publish[i], port))
			return true;
	return false;
}

/* A socket for that port, unconnected; NULL: none is free. */
static struct publish_socket *
lend(struct serve *s, uint16_t port)
{
	for (size_t i = 0; i < s->n_publish; i++) {
		struct publish_socket *p = &s->publish[i];
		if (!is_free(s, p, port))
			continue;
		if (p->used && connect(p->fd, &nothing, sizeof(nothing)) < 0)
			continue;
		p->lent = p->used = true;
		return p;
	}
	return NULL;
}

/* ---- more connections than sockets ---------------------------------------------- */

static void
wait_for_socket(struct serve_listener *l)
{
	struct serve *s = l->serve;
	l->waits = true;
	loop_pause(&s->loop, &l->source, true);
	/* One that has come back may have to deliver still, and nothing tells
	 * when it has.  Without memory: when the next comes back. */
	if (s->lend.due_ms == 0)
		(void)loop_timer_at(
			&s->loop, &s->lend, s->loop.now_ms + LEND_MS);
}

/* A socket may be free: who waits for one goes on. */
static void
lend_again(struct serve *s)
{
	for (size_t i = 0; i < s->n_listeners && !s->ending; i++) {
		struct serve_listener *l = &s->listener[i];
		if (!l->waits)
			continue;
		if (!any_free(s, l->port)) {
			wait_for_socket(l);
			continue;
		}
		l->waits = false;
		if (!s->paused)
			loop_pause(&s->loop, &l->source, false);
	}
}

static void
lend_fire(struct loop_timer *t)
{
	lend_again((struct serve *)((char *)t - offsetof(struct serve, lend)));
}

bool
door_publish_may_accept(struct serve_listener *l)
{
	if (any_free(l->serve, l->port))
		return true;
	wait_for_socket(l);
	return false;
}

int
door_publish_init(struct serve *s)
{
	const struct handover *h = s->doors;
	for (size_t i = 0; i < h->n; i++)
		s->n_publish += h->door[i].kind == DOOR_PUBLISH4;
	if (s->n_publish == 0)
		return 0;
	s->publish = calloc(s->n_publish, sizeof(*s->publish));
	if (s->publish == NULL)
		return -ENOMEM;
	s->lend.fire = lend_fire;
	size_t n = 0;
	for (size_t i = 0; i < h->n; i++) {
		if (h->door[i].kind != DOOR_PUBLISH4)
			continue;
		serve_no_delay(h->door[i].fd);
		s->publish[n++] = (struct publish_socket){ .fd = h->door[i].fd,
			.port = h->door[i].port };
	}
	return 0;
}

void
door_publish_free(struct serve *s)
{
	free(s->publish);
	s->publish = NULL;
	s->n_publish = 0;
}

/* ---- one connection ------------------------------------------------------------- */

static void
give_back(struct conn *c)
{
	struct serve *s = c->serve;
	if (c->outside.fd < 0)
		return;
	for (size_t i = 0; i < s->n_publish; i++) {
		if (s->publish[i].fd != c->outside.fd)
			continue;
		s->publish[i].lent = false;
		s->publish[i].back_ms = s->loop.now_ms;
	}
	/* It stays open: only the watching ends here; what was cut short is
	 * reset by connecting to nothing. */
	loop_unwatch(&s->loop, &c->outside);
	if (!c->up.shut || !c->down.ended)
		(void)connect(c->outside.fd, &nothing, sizeof(nothing));
	c->outside.fd = -1;
	lend_again(s);
}

static void
publish_open(struct conn *c)
{
	conn_tell(c, &c->verdict, NULL); /* allowed, by the policy's list */
	conn_count(c);
	conn_relay(c);
}

static void
publish_refused(struct conn *c, const struct conn_refusal *r)
{
	(void)r;
	conn_reset(c);
}

/* Connected, or not: the first edge of the socket inside says which. */
static void
inside_ready(struct conn *c)
{
	int err = 0;
	socklen_t len = sizeof(err);
	struct sockaddr_in to;
	socklen_t to_len = sizeof(to);
	(void)getsockopt(c->outside.fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err != 0) {
		conn_reset(c);
		return;
	}
	if (getpeername(c->outside.fd, (struct sockaddr *)&to, &to_len) < 0)
		return; /* not yet */
	c->look_down = NULL;
	c->door->open(c);
}

static void
publish_input(struct conn *c)
{
	(void)c;
}

static const struct conn_door door_publish = {
	.input = publish_input,
	.open = publish_open,
	.refused = publish_refused,
};

void
door_publish_accept(struct serve *s, const struct serve_listener *l, int fd)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(l->port),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	struct publish_socket *p = lend(s, l->port);
	if (p == NULL) {
		(void)close(fd); /* cannot be: one was free */
		return;
	}
	struct conn *c = conn_new(s, fd, &door_publish, DOOR_AT_PUBLISH);
	if (c == NULL) {
		p->lent = false;
		return;
	}
	c->state = CONN_ROUTE;
	c->on_close = give_back;
	c->inward = true;
	c->want.protocol = NETPOL_TCP;
	c->want.port = l->port;
	c->want.host = (struct nethost){ .name = "localhost" };
	conn_deadline(c, s->limits->dial_ms);
	if ((connect(p->fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
		    errno != EINPROGRESS) ||
		!conn_outside(c, p->fd)) {
		p->lent = false;
		conn_reset(c);
		return;
	}
	c->look_down = inside_ready;
	inside_ready(c);
}
