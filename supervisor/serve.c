/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c -- doors, the front end, and the end (room: user). */
#include "supervisor/serve.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "supervisor/conn.h"
#include "supervisor/dns.h"
#include "supervisor/door.h"
#include "supervisor/resolve.h"
#include "supervisor/serve_impl.h"

enum {
	ACCEPTS_PER_TURN = 64,
	RESUME_MS = 50,  /* paused listeners look again */
	FDS_ASIDE = 128, /* descriptors that are not of connections */
	FDS_EACH = 3,    /* two sockets, and a share of the pipes */
	FDS_LEAST = 16,
};

const struct serve_limits serve_limits_default = {
	.connections = 4096,
	.first_ms = 10000,
	.head_ms = 15000,
	.hello_ms = 5000,
	.ask_ms = 300000,
	.resolve_ms = 5000,
	.dial_ms = 10000,
	.idle_ms = 21600000, /* 6 h */
	.half_ms = 300000,
	.keep_s = 60,
	.keep_every_s = 15,
	.linger_ms = 2000,
	.udp_ms = 60000,
	.end_ms = 1000,
	.associations = 512,
};

/* ---- connections ----------------------------------------------------------------- */

static void
pause_all(struct serve *s, bool paused)
{
	if (s->paused == paused)
		return;
	s->paused = paused;
	for (size_t i = 0; i < s->n_listeners; i++)
		if (s->listener[i].is_listener && !s->listener[i].waits)
			loop_pause(&s->loop, &s->listener[i].source, paused);
}

/* More would be too many: they wait in the queues of the listeners. */
static void
full(struct serve *s)
{
	pause_all(s, true);
	/* Without memory for the timer: when a connection ends. */
	(void)loop_timer_at(&s->loop, &s->resume, s->loop.now_ms + RESUME_MS);
}

static void
resume(struct loop_timer *t)
{
	struct serve *s =
		(struct serve *)((char *)t - offsetof(struct serve, resume));
	if (s->ending)
		return;
	if (s->n_conns < s->max_conns)
		pause_all(s, false);
	else
		full(s);
}

static void
end_if_done(struct serve *s)
{
	if (s->ending && s->n_conns == 0)
		s->loop.stop = true;
}

void
serve_conn_gone(struct serve *s)
{
	s->n_conns--;
	/* One by one they are let in by the timer, so that a full house costs
	 * no system calls for every one that leaves. */
	if (s->paused && s->n_conns <= s->max_conns - s->max_conns / 8)
		resume(&s->resume);
	end_if_done(s);
}

static void
accepted(struct serve_listener *l, int fd)
{
	struct serve *s = l->serve;
	switch (l->kind) {
	case DOOR_PROXY4:
	case DOOR_PROXY6: door_proxy_accept(s, l, fd); break;
	case DOOR_ALL4:
	case DOOR_ALL6:
	case DOOR_PORT4:
	case DOOR_PORT6: door_open_accept(s, l, fd); break;
	case DOOR_FORWARD4:
	case DOOR_FORWARD6: door_forward_accept(s, l, fd); break;
	case DOOR_PUBLISH4: door_publish_accept(s, l, fd); break;
	case DOOR_DNS_TCP4:
	case DOOR_DNS_TCP6: door_dns_accept(s, l, fd); break;
	default:
		(void)close(fd); /* cannot be: it is no listener */
		break;
	}
}

static void
listener_ready(struct loop_source *source, uint32_t events)
{
	struct serve_listener *l =
		(struct serve_listener *)((char *)source -
					  offsetof(struct serve_listener,
						  source));
	struct serve *s = l->serve;
	(void)events;
	if (s->ending)
		return;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		if (s->n_conns >= s->max_conns) {
			full(s);
			return;
		}
		if (l->kind == DOOR_PUBLISH4 && !door_publish_may_accept(l))
			return;
		int fd = accept4(
			source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			accepted(l, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM)
			full(s);
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

static void
datagrams_ready(struct loop_source *source, uint32_t events)
{
	struct serve_listener *l =
		(struct serve_listener *)((char *)source -
					  offsetof(struct serve_listener,
						  source));
	(void)events;
	if (l->kind == DOOR_RELAY_UDP4)
		door_udp_datagrams(l->serve, source->fd);
	else if (l->kind == DOOR_REFUSED4 || l->kind == DOOR_REFUSED6)
		door_refused_datagrams(l->serve, source->fd);
	else
		door_dns_datagrams(l->serve, source->fd);
}

/* ---- addresses of this host -------------------------------------------------------- */

/* Read anew, with room for those that are routed here. */
static void
read_own(struct serve *s)
{
	struct netaddr *now;
	size_t n;
	if (!s->own_stale || netpol_own_addresses(&now, &n) < 0)
		return; /* those that were known are better than none */
	struct netaddr *more =
		reallocarray(now, n + RESOLVE_ADDRESSES_MAX, sizeof(*now));
	if (more == NULL) {
		free(now);
		return;
	}
	free(s->own);
	s->own = more;
	s->n_own = n;
	s->n_routed = 0;
	/* Without the kernel's word that they changed they are read again each
	 * time. */
	s->own_stale = s->own_source.fd < 0;
}

void
serve_own(struct serve *s, struct netpol_addrs among)
{
	read_own(s);
	/* Routes come and go without a word: they are asked for each time. */
	s->n_own -= s->n_routed;
	s->n_routed = 0;
	for (size_t i = 0; i < among.n && s->n_routed < RESOLVE_ADDRESSES_MAX;
		i++) {
		const struct netaddr *a = &among.v[i];
		if (netaddr_class(a) != NETADDR_PUBLIC ||
			!netpol_is_routed_here(a))
			continue;
		s->own[s->n_own++] = *a; /* read_own() made room */
		s->n_routed++;
	}
}

static void
own_changed(struct loop_source *source, uint32_t events)
{
	struct serve *s = (struct serve *)((char *)source -
					   offsetof(struct serve, own_source));
	char away[8192];
	(void)events;
	while (recv(source->fd, away, sizeof(away), MSG_DONTWAIT) > 0)
		continue;
	s->own_stale = true; /* an overrun too */
}

static int
watch_own(struct serve *s)
{
	const struct sockaddr_nl groups = { .nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		NETLINK_ROUTE);
	s->own_source = (struct loop_source){ .fd = fd, .ready = own_changed };
	if (fd >= 0 &&
		(bind(fd, (const struct sockaddr *)&groups, sizeof(groups)) <
				0 ||
			loop_watch_input(&s->loop, &s->own_source) < 0)) {
		(void)close(fd); /* nothing can be done about it */
		s->own_source.fd = -1;
	}
	s->own_stale = true;
	serve_own(s, (struct netpol_addrs){ NULL, 0 });
	/* Not knowing them, one could be dialled that needs a grant. */
	return s->own == NULL && s->n_own == 0 && s->own_stale ? -EIO : 0;
}

/* ---- the front end ----------------------------------------------------------------- */

static void
last_call(struct loop_timer *t)
{
	struct serve *s =
		(struct serve *)((char *)t - offsetof(struct serve, last));
	s->loop.stop = true;
}

/* The command has ended: what it has sent still goes out, within a moment. */
static void
begin_end(struct serve *s)
{
	s->ending = true;
	loop_pause(&s->loop, &s->front, true); /* EPOLLHUP is told still */
	pause_all(s, true);
	if (!loop_timer_at(
		    &s->loop, &s->last, s->loop.now_ms + s->limits->end_ms))
		s->loop.stop = true;
	struct conn *next;
	for (struct conn *c = s->conns; c != NULL; c = next) {
		next = c->next;
		if (c->state == CONN_HEAD)
			conn_close(c);
		else if (c->state == CONN_RELAY)
			conn_again(c);
	}
	end_if_done(s);
}

static void
front_ready(struct loop_source *source, uint32_t events)
{
	struct serve *s = (struct serve *)((char *)source -
					   offsetof(struct serve, front));
	char byte;
	if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
		s->loop.stop = true; /* it is gone */
		return;
	}
	ssize_t n = recv(source->fd, &byte, 1, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != 0)
		s->loop.stop = true; /* it has nothing to say to us */
	else if (!s->ending)
		begin_end(s);
}

static void
answers_ready(struct loop_source *source, uint32_t events)
{
	struct serve *s = (struct serve *)((char *)source -
					   offsetof(struct serve, answers));
	(void)events;
	if (s->asking->ready(s->asking->decider.ctx, s->desk))
		return;
	loop_unwatch(&s->loop, source);
	netdesk_close(s->desk);
}

/* ---- begin and end ------------------------------------------------------------------ */

void
serve_no_delay(int fd)
{
	const int one = 1;
	/* Better with than without; it cannot fail on a TCP socket. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static int
add_listener(struct serve *s, enum door_kind kind, uint16_t port, int fd)
{
	struct serve_listener *l = &s->listener[s->n_listeners];
	bool datagrams = kind == DOOR_DNS_UDP4 || kind == DOOR_DNS_UDP6 ||
			 kind == DOOR_RELAY_UDP4 || kind == DOOR_REFUSED4 ||
			 kind == DOOR_REFUSED6;
	*l = (struct serve_listener){ .serve = s,
		.source = { .fd = fd,
			.ready = datagrams ? datagrams_ready : listener_ready },
		.kind = kind,
		.port = port,
		.is_listener = !datagrams };
	s->n_listeners++;
	if (!datagrams)
		serve_no_delay(fd); /* what it accepts inherits it */
	return loop_watch_input(&s->loop, &l->source);
}

static int
add_doors(struct serve *s, const struct serve_args *a)
{
	int err = 0;
	for (size_t i = 0; i < a->doors->n && !err; i++) {
		const struct door *d = &a->doors->door[i];
		if (d->kind != DOOR_PUBLISH4)
			err = add_listener(s, d->kind, d->port, d->fd);
	}
	for (size_t i = 0; i < a->n_publish && !err; i++) {
		int flags = fcntl(a->publish[i], F_GETFL);
		if (flags < 0 ||
			fcntl(a->publish[i], F_SETFL, flags | O_NONBLOCK) < 0)
			return -errno;
		err = add_listener(s, DOOR_PUBLISH4,
			a->policy->publish[i].inside, a->publish[i]);
	}
	return err;
}

/* As many connections as descriptors allow. */
static size_t
most_conns(const struct serve_limits *limits)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return FDS_LEAST;
	r.rlim_cur = r.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &r); /* else as it is */
	if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur < FDS_ASIDE)
		return FDS_LEAST;
	size_t most = (size_t)(r.rlim_cur - FDS_ASIDE) / FDS_EACH;
	if (most > limits->connections)
		most = limits->connections;
	return most < FDS_LEAST ? FDS_LEAST : most;
}

/* Init made a door for each family that there is inside. */
static bool
has_ipv6(const struct handover *doors)
{
	for (size_t i = 0; i < doors->n; i++)
		if (doors->door[i].kind == DOOR_DNS_UDP6)
			return true;
	return false;
}

static const char *const levels[] = {
	[DOORS_NONE] = "none",
	[DOORS_PORTS] = "ports",
	[DOORS_ALL] = "all",
};

static int
begin(struct serve *s, const struct serve_args *a,
	const struct serve_limits *limits)
{
	int err = loop_init(&s->loop);
	if (err)
		return err;
	/* Writing to who has gone is an error, not a death. */
	(void)signal(SIGPIPE, SIG_IGN);
	s->policy = a->policy;
	s->doors = a->doors;
	s->limits = limits;
	s->max_conns = most_conns(limits);
	s->events.fd = a->front;
	s->events.all = (a->policy->flags & NETPOL_EVENTS) != 0;
	s->last.fire = last_call;
	s->resume.fire = resume;
	s->totals.transparent = levels[a->doors->level];
	accounts_init(&s->accounts, a->policy);
	s->asking = a->asking;
	s->desk = netdesk_new(s->asking ? &s->asking->decider : NULL);
	s->dns = dns_new(a->policy, s->asking != NULL);
	if (s->dns != NULL && !has_ipv6(a->doors))
		dns_only_ipv4(s->dns);
	s->resolver = resolver_new(&s->loop);
	if (s->desk == NULL || s->dns == NULL || s->resolver == NULL)
		return -ENOMEM;
	s->front = (struct loop_source){ .fd = a->front, .ready = front_ready };
	err = loop_watch_input(&s->loop, &s->front);
	if (s->asking != NULL)
		s->answers = (struct loop_source){ .fd = s->asking->fd,
			.ready = answers_ready };
	if (!err && s->asking != NULL)
		err = loop_watch_input(&s->loop, &s->answers);
	if (!err)
		err = watch_own(s);
	if (!err)
		err = udp_relay_init(s);
	if (!err)
		err = door_publish_init(s);
	return err ? err : add_doors(s, a);
}

static void
end(struct serve *s)
{
	while (s->conns != NULL)
		conn_close(s->conns);
	/* Frees those: the last turn of tasks. */
	loop_drain(&s->loop);
	udp_relay_free(s);
	door_publish_free(s);
	resolver_free(s->resolver);
	dns_free(s->dns);
	netdesk_free(s->desk);
	pipe_pool_free(&s->pipes);
	free(s->own);
	if (s->own_source.fd >= 0)
		(void)close(s->own_source.fd); /* nothing can be done */
	loop_free(&s->loop);
}

int
serve(const struct serve_args *a, const struct serve_limits *limits)
{
	struct serve *s = calloc(1, sizeof(*s)); /* large for a stack */
	if (s == NULL)
		return -ENOMEM;
	s->own_source.fd = -1;
	s->loop.epoll = -1;
	int err = begin(s, a, limits);
	if (!err)
		err = loop_run(&s->loop);
	end(s);
	if (!err && s->ending)
		err = event_summary(&s->events, &s->accounts, &s->totals);
	accounts_free(&s->accounts);
	free(s);
	return err;
}
