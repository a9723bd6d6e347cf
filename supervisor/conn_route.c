/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conn_route.c -- may it go there, and how does it get there (room: user).
 *
 * Steps, each of which may be the last: judge by name; ask somebody; look the
 * name up, once; judge the addresses; dial those and no others.  With a proxy
 * beyond us the name is not looked up here: that proxy is told the name, and
 * what it resolves to is then its business.
 */
#include "supervisor/conn.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "supervisor/dial.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"
#include "supervisor/upstream.h"

static void
refuse(struct conn *c, const struct netpol_verdict *v, enum conn_failure f)
{
	const struct conn_refusal r = { .verdict = *v, .failure = f };
	if (f == FAIL_NONE)
		conn_tell(c, v, NULL);
	else
		conn_tell_failure(c, f);
	c->door->refused(c, &r);
}

static void
fail(struct conn *c, enum conn_failure f)
{
	refuse(c, &c->verdict, f);
}

static enum conn_failure
failure_of(int err)
{
	switch (-err) {
	case ECONNREFUSED: return FAIL_REFUSED;
	case ETIMEDOUT: return FAIL_TIMEOUT;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS: return FAIL_LIMIT;
	default: return FAIL_UNREACHABLE;
	}
}

/* ---- dialling ------------------------------------------------------------------- */

/*
 * A target that has vanished (no end, no reset) is noticed though nothing moves,
 * and also where what was sent is never acknowledged.  Nobody vanishes from
 * loopback.
 */
static void
keep_alive(const struct serve_limits *l, const struct dial_result *r)
{
	const int one = 1, times = 4;
	const unsigned int unheard_ms =
		(unsigned int)(l->keep_s + times * l->keep_every_s) * 1000;
	if (netaddr_class(&r->addr) == NETADDR_LOOPBACK)
		return;
	/* Better with than without; none of it can fail on a TCP socket. */
	(void)setsockopt(r->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	(void)setsockopt(r->fd, IPPROTO_TCP, TCP_KEEPIDLE, &l->keep_s,
		sizeof(l->keep_s));
	(void)setsockopt(r->fd, IPPROTO_TCP, TCP_KEEPINTVL, &l->keep_every_s,
		sizeof(l->keep_every_s));
	(void)setsockopt(
		r->fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof(times));
	(void)setsockopt(r->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard_ms,
		sizeof(unheard_ms));
}

static void
dialled(void *ctx, const struct dial_result *r)
{
	struct conn *c = ctx;
	c->dial = NULL;
	c->addr = r->addr;
	c->has_addr = true;
	if (r->fd < 0) {
		fail(c, c->by_upstream ? FAIL_UPSTREAM : failure_of(r->fd));
		return;
	}
	keep_alive(c->serve->limits, r);
	if (!conn_outside(c, r->fd)) {
		fail(c, FAIL_LIMIT);
		return;
	}
	if (c->by_upstream && c->want.protocol != NETPOL_HTTP)
		upstream_connect(c);
	else
		conn_route_open(c);
}

void
conn_route_open(struct conn *c)
{
	conn_tell(c, &c->verdict, NULL);
	conn_count(c);
	c->door->open(c);
}

void
conn_route_failed(struct conn *c, enum conn_failure f)
{
	fail(c, f);
}

static void
dial(struct conn *c, const struct netaddr *addrs, size_t n, uint16_t port)
{
	conn_deadline(c, c->serve->limits->dial_ms);
	struct dial *d =
		dial_start(&c->serve->loop, addrs, n, port, dialled, c);
	/* Else dialled() was called, and c may be closed. */
	if (d != NULL)
		c->dial = d;
}

/* ---- names ---------------------------------------------------------------------- */

static struct netpol_query
query_of(const struct conn *c)
{
	return (struct netpol_query){ .protocol = c->want.protocol,
		.host = &c->want.host,
		.port = c->want.port,
		.method = c->want.method[0] ? c->want.method : NULL };
}

static void
resolved(struct resolve_waiter *w, int err, const struct netaddr *addrs,
	size_t n)
{
	struct conn *c = conn_of(w, resolving);
	struct serve *s = c->serve;
	if (err) {
		fail(c, FAIL_NAME);
		return;
	}
	if (c->by_upstream) {
		/* Whom the policy names as its proxy is trusted as it is. */
		dial(c, addrs, n, s->policy->upstream.port);
		return;
	}
	serve_own(s, (struct netpol_addrs){ addrs, n });
	const struct netpol_query q = query_of(c);
	struct netpol_verdict v = netpol_judge_addresses(s->policy, &q,
		&c->verdict, (struct netpol_addrs){ addrs, n },
		(struct netpol_addrs){ s->own, s->n_own });
	if (v.decision != NETPOL_ALLOW) {
		c->addr = addrs[0];
		c->has_addr = true;
		refuse(c, &v, FAIL_NONE);
		return;
	}
	dial(c, addrs, n, c->want.port);
}

static void
resolve(struct conn *c, const char *name)
{
	conn_deadline(c, c->serve->limits->resolve_ms);
	c->resolving.done = resolved;
	if (resolver_ask(c->serve->resolver, name, &c->resolving) < 0)
		fail(c, FAIL_NAME);
}

/* The proxy beyond us: public targets, but for those that it is not for. */
static bool
by_upstream(const struct conn *c)
{
	const struct netpol *np = c->serve->policy;
	const struct nethost *h = &c->want.host;
	if (np->upstream.url == NULL || c->verdict.host_loopback)
		return false;
	if (h->literal && netaddr_class(&h->addr) != NETADDR_PUBLIC)
		return false;
	return !netpol_upstream_skips(np, h, c->want.port);
}

static void
go(struct conn *c)
{
	struct netaddr here[2] = { { .bytes = { 0 } } };
	netaddr_from4(&here[0], 0x7f000001);
	here[1].bytes[15] = 1;
	const struct nethost *h = &c->want.host;
	if (c->verdict.host_loopback) {
		dial(c, here, 2, c->want.port);
	} else if (by_upstream(c)) {
		struct nethost proxy;
		const char *name = c->serve->policy->upstream.host;
		c->by_upstream = true;
		if (nethost_parse(name, strlen(name), &proxy) < 0)
			fail(c, FAIL_UPSTREAM);
		else if (proxy.literal)
			dial(c, &proxy.addr, 1,
				c->serve->policy->upstream.port);
		else
			resolve(c, proxy.name);
	} else if (h->literal) {
		dial(c, &h->addr, 1, c->want.port);
	} else
		resolve(c, h->name);
}

/* ---- judging -------------------------------------------------------------------- */

/* Is there nothing left to send, or less than a name has? */
static bool
broke(struct conn *c)
{
	struct serve *s = c->serve;
	const struct nethost *h = &c->want.host;
	struct account *a = account_get(
		&s->accounts, h->name, c->want.protocol, c->want.port);
	if (s->accounts.left == 0 || a->purse->left == 0)
		return true;
	return !h->literal && !c->verdict.host_loopback &&
	       !account_pay_name(&s->accounts, a, h->name);
}

static void
judged(struct conn *c, const struct netpol_verdict *v)
{
	const struct netpol_verdict spent = { .decision = NETPOL_DENY,
		.source = NETPOL_PROXY_STATE,
		.reason = NETPOL_BUDGET };
	c->verdict = *v;
	if (v->decision != NETPOL_ALLOW)
		refuse(c, v, FAIL_NONE);
	else if (broke(c))
		refuse(c, &spent, FAIL_NONE);
	else
		go(c);
}

static void
answered(struct netdesk_waiter *w, const struct netpol_verdict *v)
{
	judged(conn_of(w, asked), v);
}

void
conn_route(struct conn *c)
{
	struct serve *s = c->serve;
	const struct netpol_query q = query_of(c);
	c->state = CONN_ROUTE;
	serve_own(s, (struct netpol_addrs){
			     &c->want.host.addr, c->want.host.literal });
	struct netpol_verdict v = netpol_judge(s->policy, &q, s->own, s->n_own);
	c->asked.done = answered;
	v = netdesk_consider(s->desk, &q, &v, &c->asked);
	if (v.decision == NETPOL_ASK)
		conn_deadline(c, s->limits->ask_ms);
	else
		judged(c, &v);
}

void
conn_route_late(struct conn *c)
{
	struct netpol_verdict v = { .decision = NETPOL_DENY,
		.source = NETPOL_DECIDER,
		.reason = NETPOL_POLICY_DENIED };
	if (c->asked.entry != NULL) {
		netdesk_leave(c->serve->desk, &c->asked);
		refuse(c, &v, FAIL_NONE);
	} else if (c->resolving.name != NULL) {
		resolver_leave(&c->resolving);
		fail(c, FAIL_NAME_TIMEOUT);
	} else {
		if (c->dial != NULL)
			dial_cancel(c->dial);
		c->dial = NULL;
		fail(c, c->by_upstream && c->outside.fd >= 0 ? FAIL_UPSTREAM
							     : FAIL_TIMEOUT);
	}
}
