/* SPDX-License-Identifier: Apache-2.0 */
/* udp_flow.c -- may these datagrams go there (room: user). */
#include "supervisor/udp_flow.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/account.h"
#include "supervisor/conn.h"
#include "supervisor/serve_impl.h"

enum { QUIC_PORT = 443 };

static const struct netpol_verdict spent = { .decision = NETPOL_DENY,
	.source = NETPOL_PROXY_STATE,
	.reason = NETPOL_BUDGET };

static void
tell(struct udp_flow *f, enum event_kind kind, const struct netpol_verdict *v,
	const char *reason)
{
	struct serve *s = f->serve;
	const struct event e = { .kind = kind,
		.door = DOOR_AT_UDP,
		.protocol = NETPOL_SOCKS_UDP,
		.decision = v->decision,
		.source = v->source,
		.reason = reason,
		.host = f->host.name,
		.port = f->port,
		.addr = f->state == UDP_OPEN ? &f->addr : NULL,
		.up = f->up,
		.down = f->down,
		.duration_ms = s->loop.now_ms - f->begun_ms };
	event_send(&s->events, s->loop.now_ms, &e);
}

static void
forget_waiting(struct udp_flow *f)
{
	for (size_t i = 0; i < f->n_waiting; i++) {
		f->serve->udp_waiting -= f->waiting[i].len;
		free(f->waiting[i].bytes);
	}
	f->n_waiting = 0;
}

static void
refuse(struct udp_flow *f, const struct netpol_verdict *v)
{
	f->state = UDP_REFUSED;
	f->account->denied++;
	f->account->reason = netpol_reason_name(v->reason);
	f->serve->accounts.denied++;
	tell(f, EVENT_DECISION, v, f->account->reason);
	forget_waiting(f);
}

static void
fail(struct udp_flow *f)
{
	f->state = UDP_REFUSED;
	f->account->failed++;
	f->account->reason = conn_failure_words(FAIL_NAME)->reason;
	f->serve->accounts.failed++;
	tell(f, EVENT_FAILED, &f->verdict, f->account->reason);
	forget_waiting(f);
}

static void
send_one(struct udp_flow *f, const void *bytes, size_t len)
{
	uint64_t *run = &f->serve->accounts.left;
	uint64_t *host = &f->account->purse->left;
	if (len > *run || len > *host) {
		refuse(f, &spent);
		return;
	}
	*run -= len;
	*host -= len;
	f->up += len;
	f->send(f, bytes, len);
}

static void
open_to(struct udp_flow *f, const struct netaddr *a)
{
	f->state = UDP_OPEN;
	f->addr = *a;
	f->account->allowed++;
	f->serve->accounts.allowed++;
	tell(f, EVENT_DECISION, &f->verdict,
		netpol_reason_name(f->verdict.reason));
	for (size_t i = 0; i < f->n_waiting && f->state == UDP_OPEN; i++)
		send_one(f, f->waiting[i].bytes, f->waiting[i].len);
	forget_waiting(f);
}

static void
resolved(struct resolve_waiter *w, int err, const struct netaddr *addrs,
	size_t n)
{
	struct udp_flow *f =
		(struct udp_flow *)((char *)w -
				    offsetof(struct udp_flow, resolving));
	struct serve *s = f->serve;
	if (err) {
		fail(f);
		return;
	}
	serve_own(s, (struct netpol_addrs){ addrs, n });
	const struct netpol_query q = {
		.protocol = NETPOL_SOCKS_UDP, .host = &f->host, .port = f->port
	};
	struct netpol_verdict v = netpol_judge_addresses(s->policy, &q,
		&f->verdict, (struct netpol_addrs){ addrs, n },
		(struct netpol_addrs){ s->own, s->n_own });
	if (v.decision != NETPOL_ALLOW)
		refuse(f, &v);
	else
		open_to(f, &addrs[0]);
}

static void
look_up(struct udp_flow *f)
{
	struct serve *s = f->serve;
	f->resolving.done = resolved;
	if (!account_pay_name(&s->accounts, f->account, f->host.name))
		refuse(f, &spent);
	else if (resolver_ask(s->resolver, f->host.name, &f->resolving) < 0)
		fail(f);
}

static void
judged(struct udp_flow *f, const struct netpol_verdict *v)
{
	struct netaddr here = { .bytes = { 0 } };
	struct netpol_verdict quic = { .decision = NETPOL_DENY,
		.source = NETPOL_BASELINE,
		.reason = NETPOL_NOT_ALLOWED };
	netaddr_from4(&here, 0x7f000001);
	f->verdict = *v;
	if (v->decision != NETPOL_ALLOW)
		refuse(f, v);
	else if (f->port == QUIC_PORT &&
		 (v->rule == NULL || v->rule->port_lo != QUIC_PORT))
		/* Nothing of QUIC can be looked at, and every client has TCP to
		 * fall back to: only where a rule names the port. */
		refuse(f, &quic);
	else if (v->host_loopback)
		open_to(f, &here);
	else if (f->host.literal)
		open_to(f, &f->host.addr);
	else
		look_up(f);
}

static void
answered(struct netdesk_waiter *w, const struct netpol_verdict *v)
{
	judged((struct udp_flow *)((char *)w -
				   offsetof(struct udp_flow, asked)),
		v);
}

struct udp_flow *
udp_flow_new(struct serve *s, const struct socks_datagram *to,
	void (*send)(struct udp_flow *f, const void *bytes, size_t len),
	void *owner)
{
	struct udp_flow *f = calloc(1, sizeof(*f));
	if (f == NULL)
		return NULL;
	f->serve = s;
	f->send = send;
	f->owner = owner;
	f->host = to->host;
	f->port = to->port;
	f->begun_ms = s->loop.now_ms;
	f->account = account_get(
		&s->accounts, f->host.name, NETPOL_SOCKS_UDP, f->port);
	const struct netpol_query q = {
		.protocol = NETPOL_SOCKS_UDP, .host = &f->host, .port = f->port
	};
	serve_own(s, (struct netpol_addrs){ &f->host.addr, f->host.literal });
	struct netpol_verdict v = netpol_judge(s->policy, &q, s->own, s->n_own);
	f->asked.done = answered;
	v = netdesk_consider(s->desk, &q, &v, &f->asked);
	if (v.decision != NETPOL_ASK)
		judged(f, &v);
	return f;
}

void
udp_flow_free(struct udp_flow *f)
{
	if (f == NULL)
		return;
	netdesk_leave(f->serve->desk, &f->asked);
	resolver_leave(&f->resolving);
	if (f->state == UDP_OPEN) {
		tell(f, EVENT_CLOSED, &f->verdict,
			netpol_reason_name(f->verdict.reason));
		f->account->up += f->up;
		f->account->down += f->down;
		f->serve->accounts.up += f->up;
		f->serve->accounts.down += f->down;
	}
	forget_waiting(f);
	free(f);
}

void
udp_flow_put(struct udp_flow *f, const void *bytes, size_t len)
{
	if (f->state == UDP_OPEN) {
		send_one(f, bytes, len);
		return;
	}
	if (f->state == UDP_REFUSED || f->n_waiting == UDP_WAITING_MAX ||
		f->serve->udp_waiting + len > UDP_WAITING_BYTES)
		return;
	void *copy = malloc(len ? len : 1);
	if (copy == NULL)
		return; /* lost: it is UDP */
	memcpy(copy, bytes, len);
	f->serve->udp_waiting += len;
	f->waiting[f->n_waiting++] =
		(struct udp_waiting){ .bytes = copy, .len = len };
}

void
udp_flow_got(struct udp_flow *f, size_t len)
{
	f->down += len;
}
