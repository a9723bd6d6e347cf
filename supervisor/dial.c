/* SPDX-License-Identifier: Apache-2.0 */
/* dial.c -- one connection out of several attempts (room: user). */
#include "supervisor/dial.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "supervisor/loop.h"

struct attempt {
	struct loop_source source; /* .fd owned, -1 = none */
	struct dial *dial;
};

struct dial {
	struct loop *loop;
	struct loop_timer stagger;
	struct loop_task task; /* frees, at the end of the turn */
	dial_done *done;
	void *ctx;
	int err; /* of the last failure */
	uint16_t port;
	size_t n;
	size_t next; /* the address whose turn it is */
	size_t open; /* attempts under way */
	struct netaddr addrs[DIAL_ADDRESSES_MAX];
	struct attempt attempt[DIAL_ADDRESSES_MAX];
};

static void
free_task(struct loop_task *t)
{
	free((char *)t - offsetof(struct dial, task));
}

static void
close_attempt(struct attempt *a)
{
	if (a->source.fd < 0)
		return;
	(void)close(a->source.fd); /* nothing can be done about it */
	a->source.fd = -1;
	a->dial->open--;
}

void
dial_cancel(struct dial *d)
{
	for (size_t i = 0; i < d->n; i++)
		close_attempt(&d->attempt[i]);
	(void)loop_timer_at(d->loop, &d->stagger, 0); /* off: needs nothing */
	loop_later(d->loop, &d->task);
}

static void
report(struct dial *d, int fd, const struct netaddr *addr)
{
	struct dial_result r = { .fd = fd, .addr = *addr };
	dial_cancel(d);
	d->done(d->ctx, &r);
}

/* A socket to the outside: nothing waits for more bytes to send. */
static int
make_socket(int family)
{
	const int one = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* Better with than without; it cannot fail on a TCP socket. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* 0: connected.  -EINPROGRESS: not yet.  Else the error. */
static int
connect_to(int fd, const struct sockaddr_storage *to, socklen_t len, bool local)
{
	const struct sockaddr *sa = (const struct sockaddr *)to;
	if (connect(fd, sa, len) == 0)
		return 0;
	/* Over loopback the answer is there already: see, instead of waiting
	 * for the loop to come round. */
	if (errno == EINPROGRESS && local &&
		(connect(fd, sa, len) == 0 || errno == EISCONN))
		return 0;
	return errno == EALREADY ? -EINPROGRESS : -errno;
}

/* Begin with address i.  As connect_to(); the attempt is open on 0 too. */
static int
attempt_start(struct dial *d, size_t i)
{
	struct attempt *a = &d->attempt[i];
	struct sockaddr_storage to;
	bool local = netaddr_class(&d->addrs[i]) == NETADDR_LOOPBACK;
	socklen_t len = netaddr_to_sockaddr(&d->addrs[i], d->port, &to);
	int fd = make_socket(to.ss_family);
	if (fd < 0)
		return fd;
	a->source.fd = fd;
	d->open++;
	int err = connect_to(fd, &to, len, local);
	if (err == -EINPROGRESS) {
		int watched = loop_watch(d->loop, &a->source);
		err = watched ? watched : err;
	}
	if (err && err != -EINPROGRESS)
		close_attempt(a);
	return err;
}

/* Start attempts until one is under way.  True when the dial is over. */
static bool
go_on(struct dial *d)
{
	while (d->next < d->n) {
		size_t i = d->next++;
		int err = attempt_start(d, i);
		if (err == 0) {
			int fd = d->attempt[i].source.fd;
			d->attempt[i].source.fd = -1;
			report(d, fd, &d->addrs[i]);
			return true;
		}
		if (err != -EINPROGRESS) {
			d->err = err;
			continue;
		}
		/* Without memory for a timer the next one follows a failure. */
		if (d->next < d->n)
			(void)loop_timer_at(d->loop, &d->stagger,
				d->loop->now_ms + DIAL_STAGGER_MS);
		return false;
	}
	if (d->open > 0)
		return false;
	report(d, d->err, &d->addrs[d->n - 1]);
	return true;
}

static void
stagger(struct loop_timer *t)
{
	(void)go_on(
		(struct dial *)((char *)t - offsetof(struct dial, stagger)));
}

static void
attempt_ready(struct loop_source *s, uint32_t events)
{
	struct attempt *a =
		(struct attempt *)((char *)s -
				   offsetof(struct attempt, source));
	struct dial *d = a->dial;
	size_t i = (size_t)(a - d->attempt);
	int err = 0;
	socklen_t len = sizeof(err);
	(void)events;
	if (s->fd < 0)
		return; /* closed in this turn */
	struct sockaddr_storage to;
	socklen_t to_len = sizeof(to);
	(void)getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err == 0 &&
		getpeername(s->fd, (struct sockaddr *)&to, &to_len) == 0) {
		int fd = s->fd;
		loop_unwatch(d->loop, s);
		s->fd = -1;
		report(d, fd, &d->addrs[i]);
		return;
	}
	if (err == 0)
		return; /* the first edge comes before the handshake */
	d->err = -err;
	close_attempt(a);
	(void)go_on(d);
}

struct dial *
dial_start(struct loop *l, const struct netaddr *addrs, size_t n, uint16_t port,
	dial_done *done, void *ctx)
{
	struct dial *d = n > 0 ? calloc(1, sizeof(*d)) : NULL;
	if (d == NULL) {
		struct dial_result r = { .fd = n > 0 ? -ENOMEM : -EINVAL };
		done(ctx, &r);
		return NULL;
	}
	d->loop = l;
	d->stagger.fire = stagger;
	d->task.run = free_task;
	d->done = done;
	d->ctx = ctx;
	d->err = -EHOSTUNREACH;
	d->port = port;
	d->n = n < DIAL_ADDRESSES_MAX ? n : DIAL_ADDRESSES_MAX;
	memcpy(d->addrs, addrs, d->n * sizeof(*addrs));
	for (size_t i = 0; i < d->n; i++) {
		d->attempt[i].dial = d;
		d->attempt[i].source = (struct loop_source){ .fd = -1,
			.ready = attempt_ready };
	}
	return go_on(d) ? NULL : d;
}
