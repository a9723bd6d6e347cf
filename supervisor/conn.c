/* SPDX-License-Identifier: Apache-2.0 */
/* conn.c -- the life of one connection (room: user). */
#include "supervisor/conn.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/dial.h"
#include "supervisor/serve_impl.h"

enum {
	BYTES_FIRST = 1024,
	DRAIN_BYTES = 1 << 20, /* of a client that we are done with */
};

static const struct conn_failure_words failure_words[FAIL_KINDS] = {
	[FAIL_NONE] = { "", "", 500, 0, "" },
	[FAIL_NAME] = { "dns_failure", "dns-failure", 502, EHOSTUNREACH,
		"The name could not be resolved." },
	[FAIL_NAME_TIMEOUT] = { "dns_failure", "dns-failure", 504, ETIMEDOUT,
		"The name was not resolved in time." },
	[FAIL_REFUSED] = { "connect_refused", "connect-refused", 502,
		ECONNREFUSED, "The target refused the connection." },
	[FAIL_TIMEOUT] = { "connect_timeout", "connect-timeout", 504, ETIMEDOUT,
		"The target did not answer in time." },
	[FAIL_UNREACHABLE] = { "unreachable", "unreachable", 502, EHOSTUNREACH,
		"The target could not be reached." },
	[FAIL_UPSTREAM] = { "upstream_proxy", "upstream-proxy", 502,
		EHOSTUNREACH, "The proxy beyond the sandbox refused." },
	[FAIL_LIMIT] = { "limit", "limit", 503, ENOMEM,
		"Too many connections." },
};

const struct conn_failure_words *
conn_failure_words(enum conn_failure f)
{
	return &failure_words[f];
}

/* ---- bytes ---------------------------------------------------------------------- */

void
conn_bytes_free(struct conn_bytes *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

void
conn_bytes_drop(struct conn_bytes *b, size_t n)
{
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}

int
conn_read(struct relay_side *side, struct conn_bytes *b, size_t max)
{
	if (b->len >= max)
		return -ENOBUFS;
	if (b->len == b->cap) {
		size_t cap = b->cap ? b->cap * 4 : BYTES_FIRST;
		char *more = realloc(b->data, cap < max ? cap : max);
		if (more == NULL)
			return -ENOMEM;
		b->data = more;
		b->cap = cap < max ? cap : max;
	}
	ssize_t n = recv(side->fd, b->data + b->len, b->cap - b->len, 0);
	if (n > 0) {
		b->len += (size_t)n;
		return 1;
	}
	side->in = false;
	if (n == 0)
		return -EPIPE;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

/* ---- telling -------------------------------------------------------------------- */

static struct event
event_of(const struct conn *c, enum event_kind kind,
	const struct netpol_verdict *v)
{
	return (struct event){ .kind = kind,
		.door = c->where,
		.protocol = c->want.protocol,
		.decision = v->decision,
		.source = v->source,
		.reason = netpol_reason_name(v->reason),
		.host = c->want.host.name,
		.port = c->want.port,
		.addr = c->has_addr ? &c->addr : NULL,
		.method = c->want.method };
}

static struct account *
account_of(struct conn *c)
{
	if (c->account == NULL)
		c->account = account_get(&c->serve->accounts, c->want.host.name,
			c->want.protocol, c->want.port);
	return c->account;
}

void
conn_tell(struct conn *c, const struct netpol_verdict *v, const char *named)
{
	struct serve *s = c->serve;
	struct account *a = account_of(c);
	struct event e = event_of(c, EVENT_DECISION, v);
	if (v->reason == NETPOL_HOST_MISMATCH)
		e.named = named;
	else
		e.sni = named;
	if (v->decision == NETPOL_ALLOW) {
		a->allowed++;
		s->accounts.allowed++;
		c->counted = true;
	} else {
		a->denied++;
		a->reason = e.reason;
		s->accounts.denied++;
	}
	event_send(&s->events, s->loop.now_ms, &e);
}

void
conn_tell_failure(struct conn *c, enum conn_failure failure)
{
	struct serve *s = c->serve;
	struct account *a = account_of(c);
	struct event e = event_of(c, EVENT_FAILED, &c->verdict);
	e.reason = failure_words[failure].reason;
	a->failed++;
	a->reason = e.reason;
	s->accounts.failed++;
	event_send(&s->events, s->loop.now_ms, &e);
}

static void
tell_closed(struct conn *c)
{
	struct serve *s = c->serve;
	struct account *a = account_of(c);
	struct event e = event_of(c, EVENT_CLOSED, &c->verdict);
	e.up = c->inward ? c->down.moved : c->up.moved;
	e.down = c->inward ? c->up.moved : c->down.moved;
	e.duration_ms = s->loop.now_ms - c->begun_ms;
	a->up += e.up;
	a->down += e.down;
	s->accounts.up += e.up;
	s->accounts.down += e.down;
	event_send(&s->events, s->loop.now_ms, &e);
}

/* ---- ending --------------------------------------------------------------------- */

static void
close_source(struct loop_source *s)
{
	if (s->fd >= 0)
		(void)close(s->fd); /* nothing can be done about it */
	s->fd = -1;
}

void
conn_close(struct conn *c)
{
	struct serve *s = c->serve;
	if (c->state == CONN_CLOSED)
		return;
	c->state = CONN_CLOSED;
	if (c->counted)
		tell_closed(c);
	netdesk_leave(s->desk, &c->asked);
	resolver_leave(&c->resolving);
	if (c->dial != NULL)
		dial_cancel(c->dial);
	c->dial = NULL;
	if (c->on_close != NULL)
		c->on_close(c);
	(void)loop_timer_at(&s->loop, &c->timer, 0); /* off: needs nothing */
	relay_free(&c->up, &s->pipes);
	relay_free(&c->down, &s->pipes);
	conn_bytes_free(&c->in);
	conn_bytes_free(&c->back);
	free(c->extra);
	c->extra = NULL;
	close_source(&c->client);
	close_source(&c->outside);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	loop_later(&s->loop, &c->task); /* frees */
	serve_conn_gone(s);
}

static void
reset_on_close(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };
	if (fd >= 0) /* else it ends with FIN, which is no harm */
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void
conn_reset(struct conn *c)
{
	reset_on_close(c->client.fd);
	reset_on_close(c->outside.fd);
	conn_close(c);
}

void
conn_deadline(struct conn *c, uint64_t ms)
{
	struct loop *l = &c->serve->loop;
	/* There is a timer in every connection, and room for it since the
	 * first time (conn_new). */
	(void)loop_timer_at(l, &c->timer, ms ? l->now_ms + ms : 0);
}

/* Last words out, then nothing; whatever comes in is thrown away. */
static void
linger_go_on(struct conn *c)
{
	char away[4096];
	struct relay_side none = { .fd = -1 };
	(void)relay_move(&c->down, &none, &c->client_side, &c->serve->pipes);
	for (size_t n = 0; c->client_side.in; n += sizeof(away)) {
		ssize_t got = recv(c->client.fd, away, sizeof(away), 0);
		if (got > 0 && n < DRAIN_BYTES)
			continue;
		c->client_side.in = false;
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		conn_close(c);
	}
}

void
conn_linger(struct conn *c, const void *bytes, size_t len)
{
	if (relay_ahead(&c->down, bytes, len) < 0) {
		conn_reset(c);
		return;
	}
	c->state = CONN_LINGER;
	close_source(&c->outside);
	c->down.ended = true;
	conn_deadline(c, c->serve->limits->linger_ms);
	linger_go_on(c);
}

/* ---- relaying ------------------------------------------------------------------- */

/* When to look again whether it is idle. */
static void
set_idle(struct conn *c)
{
	const struct serve_limits *l = c->serve->limits;
	bool half = c->up.ended || c->down.ended;
	uint64_t limit = half ? l->half_ms : l->idle_ms;
	uint64_t due = limit ? c->active_ms + limit : 0;
	/* One that fires too early looks again: only earlier is set anew. */
	if (due != 0 && (c->timer.due_ms == 0 || due < c->timer.due_ms))
		(void)loop_timer_at(&c->serve->loop, &c->timer, due);
}

static void
spent(struct conn *c)
{
	const struct netpol_verdict v = { .decision = NETPOL_DENY,
		.source = NETPOL_PROXY_STATE,
		.reason = NETPOL_BUDGET };
	conn_tell(c, &v, NULL);
	conn_reset(c);
}

void
conn_count(struct conn *c)
{
	struct relay_flow *out = c->inward ? &c->down : &c->up;
	out->budget[0] = &c->serve->accounts.left;
	out->budget[1] = &account_of(c)->purse->left;
}

bool
conn_ahead(struct conn *c, struct relay_flow *f, const void *bytes, size_t len)
{
	int err = relay_ahead(f, bytes, len);
	if (err == -EDQUOT)
		spent(c);
	else if (err < 0)
		conn_reset(c);
	return err == 0;
}

static void
pump(struct conn *c, bool client_gone)
{
	struct pipe_pool *pipes = &c->serve->pipes;
	struct relay_side *client = &c->client_side;
	struct relay_side *outside = &c->outside_side;
	if (c->look_up != NULL && client->in)
		c->look_up(c);
	if (c->look_down != NULL && c->state == CONN_RELAY && outside->in)
		c->look_down(c);
	if (c->state != CONN_RELAY)
		return;
	enum relay_step up = relay_move(&c->up, client, outside, pipes);
	enum relay_step down = relay_move(&c->down, outside, client, pipes);
	c->active_ms = c->serve->loop.now_ms;
	/* Nobody inside waits for the other half when the command has ended. */
	bool over = (up == RELAY_END && down == RELAY_END) ||
		    (c->serve->ending && (c->inward ? down : up) == RELAY_END);
	bool broken = up == RELAY_BROKEN || down == RELAY_BROKEN;
	if (up == RELAY_SPENT || down == RELAY_SPENT)
		spent(c);
	else if (down == RELAY_END && c->ends_with_down && !broken)
		conn_linger(c, NULL, 0);
	else if (over && !broken)
		conn_close(c);
	else if (broken || client_gone)
		conn_reset(c);
	else if (up == RELAY_AGAIN || down == RELAY_AGAIN)
		conn_again(c);
	else
		set_idle(c);
}

void
conn_again(struct conn *c)
{
	loop_later(&c->serve->loop, &c->task);
}

void
conn_relay(struct conn *c)
{
	c->state = CONN_RELAY;
	conn_deadline(c, 0);
	/* What came before is looked at on a deadline. */
	if (c->look_up != NULL && c->in.len > 0)
		c->client_side.in = true;
	pump(c, false);
}

static void
task_run(struct loop_task *t)
{
	struct conn *c = conn_of(t, task);
	if (c->state == CONN_CLOSED) {
		free(c->buried);
		free(c);
	} else if (c->state == CONN_RELAY)
		pump(c, false);
}

/* ---- events --------------------------------------------------------------------- */

static void
note(struct relay_side *side, uint32_t events)
{
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		side->in = true;
	if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		side->out = true;
	if ((events & EPOLLPRI) != 0 && !side->urgent) {
		const int on = 1;
		side->urgent = true;
		/* Else the byte is lost, which for telnet is one of many. */
		(void)setsockopt(
			side->fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	}
}

static void
client_ready(struct loop_source *s, uint32_t events)
{
	struct conn *c = conn_of(s, client);
	note(&c->client_side, events);
	switch (c->state) {
	case CONN_HEAD: c->door->input(c); break;
	case CONN_ROUTE:
		/* Half closed may be a client that has said all; not one that
		 * waits for a person. */
		if ((events & (EPOLLHUP | EPOLLERR)) != 0 ||
			((events & EPOLLRDHUP) != 0 && c->asked.entry != NULL))
			conn_close(c);
		break;
	case CONN_RELAY: pump(c, (events & EPOLLHUP) != 0); break;
	case CONN_LINGER: linger_go_on(c); break;
	case CONN_CLOSED: break;
	}
}

static void
outside_ready(struct loop_source *s, uint32_t events)
{
	struct conn *c = conn_of(s, outside);
	note(&c->outside_side, events);
	if (c->state == CONN_RELAY)
		pump(c, false);
	else if (c->state == CONN_ROUTE && c->look_down != NULL)
		c->look_down(c);
}

static void
relay_late(struct conn *c)
{
	const struct serve_limits *l = c->serve->limits;
	bool half = c->up.ended || c->down.ended;
	uint64_t limit = half ? l->half_ms : l->idle_ms;
	if (limit != 0 && c->serve->loop.now_ms - c->active_ms >= limit)
		conn_reset(c);
	else
		set_idle(c);
}

static void
timer_fire(struct loop_timer *t)
{
	struct conn *c = conn_of(t, timer);
	switch (c->state) {
	case CONN_HEAD:
		if (c->door->late != NULL)
			c->door->late(c);
		else
			conn_close(c);
		break;
	case CONN_ROUTE: conn_route_late(c); break;
	case CONN_RELAY:
		if (c->look_up != NULL && c->in.len > 0)
			conn_reset(c); /* a hello or head that never ends */
		else
			relay_late(c);
		break;
	case CONN_LINGER: conn_close(c); break;
	case CONN_CLOSED: break;
	}
}

/* ---- beginning ------------------------------------------------------------------ */

bool
conn_outside(struct conn *c, int fd)
{
	c->outside = (struct loop_source){ .fd = fd, .ready = outside_ready };
	c->outside_side =
		(struct relay_side){ .fd = fd, .in = false, .out = true };
	return loop_watch(&c->serve->loop, &c->outside) == 0;
}

struct conn *
conn_new(struct serve *s, int fd, const struct conn_door *door,
	enum event_door where)
{
	struct conn *c = calloc(1, sizeof(*c));
	if (c == NULL) {
		(void)close(fd); /* nothing can be done about it */
		return NULL;
	}
	c->serve = s;
	c->door = door;
	c->where = where;
	c->client = (struct loop_source){ .fd = fd, .ready = client_ready };
	c->client_side = (struct relay_side){ .fd = fd, .out = true };
	c->outside.fd = -1;
	c->timer.fire = timer_fire;
	c->task.run = task_run;
	c->begun_ms = c->active_ms = s->loop.now_ms;
	relay_init(&c->up);
	relay_init(&c->down);
	if (!loop_timer_at(
		    &s->loop, &c->timer, s->loop.now_ms + s->limits->head_ms) ||
		loop_watch(&s->loop, &c->client) != 0) {
		(void)loop_timer_at(&s->loop, &c->timer, 0); /* off */
		(void)close(fd); /* nothing can be done about it */
		free(c);
		return NULL;
	}
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next != NULL)
		c->next->link = &c->next;
	s->conns = c;
	if (++s->n_conns > s->totals.connections_peak)
		s->totals.connections_peak = s->n_conns;
	return c;
}
