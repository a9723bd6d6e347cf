/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_judge.c -- may this request pass; room: user. */
#include "policy/netpol.h"

#include <string.h>

#include "policy/netpol_rule.h"

static struct netpol_verdict
verdict(enum netpol_decision decision, enum netpol_source source,
	enum netpol_reason reason)
{
	return (struct netpol_verdict){
		.decision = decision, .source = source, .reason = reason
	};
}

static struct netpol_verdict
refuse(enum netpol_reason reason)
{
	return verdict(NETPOL_DENY, NETPOL_BASELINE, reason);
}

/* The first rule of that kind that fits, or NULL. */
static const struct netpol_rule *
find_rule(const struct netpol *np, const struct netpol_query *q, bool allow)
{
	for (size_t i = 0; i < np->n_rules; i++) {
		const struct netpol_rule *r = &np->rules[i];

		if (r->allow != allow || !netpol_rule_has_host(r, q->host))
			continue;
		/* A question for a name is about every way to use it: one allow
		 * will do, and a deny has to be for all of them. */
		if (q->protocol == NETPOL_DNS
				? allow || (r->port_lo == 0 &&
						   netpol_rule_has_way(
							   r, NETPOL_DNS, 0))
				: netpol_rule_has_way(r, q->protocol, q->port))
			return r;
	}
	return NULL;
}

/* The rule that denies this address, in its own coat or another. */
static const struct netpol_rule *
find_denied_address(const struct netpol *np, const struct netpol_query *q,
	const struct netaddr *a)
{
	struct nethost h = { .literal = true, .addr = *a };
	struct netpol_query as = *q;
	const struct netpol_rule *r;

	as.host = &h;
	r = find_rule(np, &as, false);
	if (!r && netaddr_embedded(a, &h.addr))
		r = find_rule(np, &as, false);
	return r;
}

static const struct netpol_cidr *
find_cidr(const struct netpol *np, const struct netaddr *a, bool allow)
{
	for (size_t i = 0; i < np->n_cidrs; i++)
		if (np->cidrs[i].allow == allow &&
			netcidr_has(&np->cidrs[i].net, a))
			return &np->cidrs[i];
	return NULL;
}

/* A denied IPv4 network is denied in every coat. */
static const struct netpol_cidr *
find_denied(const struct netpol *np, const struct netaddr *a)
{
	struct netaddr inner;
	const struct netpol_cidr *c = find_cidr(np, a, false);

	if (!c && netaddr_embedded(a, &inner))
		c = find_cidr(np, &inner, false);
	return c;
}

/* The host's interfaces, and the same IPv4 address in another coat. */
static bool
is_own(const struct netaddr *a, const struct netaddr *own, size_t n)
{
	struct netaddr inner;
	bool coat = netaddr_embedded(a, &inner);

	for (size_t i = 0; i < n; i++)
		if (netaddr_equal(a, &own[i]) ||
			(coat && netaddr_equal(&inner, &own[i])))
			return true;
	return false;
}

/*
 * Does an allowed network open this address, which is not public or is the
 * host's own?  Metadata services and the host itself only when named alone;
 * loopback only by a network of loopback addresses (0.0.0.0/0 is none); what an
 * IPv6 address carries must be open by itself.
 */
static const struct netpol_cidr *
find_grant(const struct netpol *np, const struct netaddr *a, bool own)
{
	enum netaddr_class class = netaddr_class(a);

	for (size_t i = 0; i < np->n_cidrs; i++) {
		const struct netpol_cidr *c = &np->cidrs[i];
		struct netaddr inner;

		if (!c->allow || !netcidr_has(&c->net, a))
			continue;
		if (c->net.bits == 128)
			return c;
		if (own || class == NETADDR_METADATA)
			continue;
		if (class == NETADDR_LOOPBACK &&
			(c->net.bits < 96 + 8 || netaddr_class(&c->net.base) !=
							 NETADDR_LOOPBACK))
			continue;
		if (netaddr_embedded(a, &inner) &&
			netaddr_class(&inner) != NETADDR_PUBLIC &&
			!find_cidr(np, &inner, true))
			continue;
		return c;
	}
	return NULL;
}

/* One address that somebody wants to reach and that no rule names. */
static struct netpol_verdict
judge_address(const struct netpol *np, const struct netaddr *a,
	const struct netaddr *own, size_t n_own)
{
	struct netpol_verdict v =
		verdict(NETPOL_ALLOW, NETPOL_BASELINE, NETPOL_ALLOWED);
	enum netaddr_class class = netaddr_class(a);
	bool mine = is_own(a, own, n_own);

	v.cidr = find_denied(np, a);
	if (v.cidr) {
		v.decision = NETPOL_DENY;
		v.reason = NETPOL_DENIED;
		return v;
	}
	if (class == NETADDR_PUBLIC && !mine)
		return v;
	v.cidr = find_grant(np, a, mine);
	if (v.cidr ||
		((np->flags & NETPOL_LOCAL) != 0 && class != NETADDR_METADATA))
		return v;
	return refuse(NETPOL_NOT_ALLOWED_LOCAL);
}

static bool
is_host_loopback(const struct nethost *h)
{
	static const struct netaddr six = { .bytes = { [15] = 1 } };
	struct netaddr four;

	netaddr_from4(&four, 0x7f000001);
	return nethost_is_localhost(h) ||
	       (h->literal && (netaddr_equal(&h->addr, &four) ||
				      netaddr_equal(&h->addr, &six)));
}

/* The host's loopback is one place under three names: denied by any of them. */
static bool
denies_loopback(const struct netpol *np, const struct netpol_query *q,
	struct netpol_verdict *v)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "::1" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct nethost h;
		struct netpol_query same = *q;

		if (nethost_parse(names[i], strlen(names[i]), &h) < 0)
			continue; /* cannot be: they are hosts */
		same.host = &h;
		v->rule = find_rule(np, &same, false);
		if (!v->rule && h.literal)
			v->cidr = find_cidr(np, &h.addr, false);
		if (v->rule || v->cidr)
			return true;
	}
	return false;
}

static bool
has_port(const uint16_t *ports, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* `localhost` is the host's own: by port, or by exactly that name. */
static struct netpol_verdict
judge_localhost(const struct netpol *np, const struct netpol_rule *r)
{
	struct netpol_verdict v = refuse(NETPOL_NOT_ALLOWED_LOCAL);

	if (r && (r->kind == NETPOL_EXACT || (np->flags & NETPOL_LOCAL))) {
		v = verdict(NETPOL_ALLOW, NETPOL_BASELINE, NETPOL_ALLOWED);
		v.rule = r;
		v.host_loopback = true;
	}
	return v;
}

static struct netpol_verdict
judge_literal(const struct netpol *np, const struct netpol_query *q,
	const struct netpol_rule *r, const struct netaddr *own, size_t n_own)
{
	struct netpol_verdict v;
	const struct netaddr *a = &q->host->addr;

	/* The address itself was named: whatever it is. */
	if (r && r->kind == NETPOL_EXACT) {
		v = verdict(NETPOL_ALLOW, NETPOL_BASELINE, NETPOL_ALLOWED);
		v.rule = r;
		v.cidr = find_denied(np, a);
		if (v.cidr) {
			v.decision = NETPOL_DENY;
			v.reason = NETPOL_DENIED;
		}
		return v;
	}
	v = judge_address(np, a, own, n_own);
	if (v.decision != NETPOL_ALLOW)
		return v;
	if (!v.cidr)
		v.cidr = find_cidr(np, a, true);
	v.rule = r;
	return v.cidr || r ? v : refuse(NETPOL_NOT_ALLOWED);
}

/* Whom the mode lets pass; a refusal of the host has come before. */
static struct netpol_verdict
guard_mode(const struct netpol *np, const struct netpol_query *q,
	const struct netpol_verdict *v)
{
	static const char *const methods[] = { "GET", "HEAD", "OPTIONS" };

	if (!(np->flags & NETPOL_LIMITED) || q->protocol == NETPOL_DNS)
		return *v;
	if (q->protocol == NETPOL_HTTPS)
		return verdict(
			NETPOL_DENY, NETPOL_MODE_GUARD, NETPOL_TLS_IN_LIMITED);
	for (size_t i = 0; q->protocol == NETPOL_HTTP && q->method && i < 3;
		i++)
		if (strcmp(q->method, methods[i]) == 0)
			return *v;
	return verdict(NETPOL_DENY, NETPOL_MODE_GUARD, NETPOL_METHOD);
}

struct netpol_verdict
netpol_judge(const struct netpol *np, const struct netpol_query *q,
	const struct netaddr *own, size_t n_own)
{
	struct netpol_verdict v = refuse(NETPOL_NOT_ALLOWED);
	const struct netpol_rule *allow = find_rule(np, q, true);
	bool granted = q->protocol != NETPOL_DNS &&
		       has_port(np->loopback, np->n_loopback, q->port) &&
		       is_host_loopback(q->host);

	v.rule = q->host->literal ? find_denied_address(np, q, &q->host->addr)
				  : find_rule(np, q, false);
	if (v.rule ||
		(is_host_loopback(q->host) && denies_loopback(np, q, &v))) {
		v.reason = NETPOL_DENIED;
		return v;
	}
	if (granted) {
		v = verdict(NETPOL_ALLOW, NETPOL_BASELINE, NETPOL_ALLOWED);
		v.host_loopback = true;
		return guard_mode(np, q, &v);
	}
	/* No rule that said otherwise: final, and nobody is asked. */
	if (q->protocol != NETPOL_DNS && np->n_ports > 0 &&
		!has_port(np->ports, np->n_ports, q->port))
		return refuse(NETPOL_DENIED);
	if (q->host->literal)
		v = judge_literal(np, q, allow, own, n_own);
	else if (nethost_is_localhost(q->host))
		v = judge_localhost(np, allow);
	else if (allow)
		v = (struct netpol_verdict){ .decision = NETPOL_ALLOW,
			.source = NETPOL_BASELINE,
			.reason = NETPOL_ALLOWED,
			.rule = allow };
	if (v.reason == NETPOL_NOT_ALLOWED && (np->flags & NETPOL_REPORT_ONLY))
		v.decision = NETPOL_ALLOW;
	return v.decision == NETPOL_ALLOW ? guard_mode(np, q, &v) : v;
}

struct netpol_verdict
netpol_judge_addresses(const struct netpol *np, const struct netpol_query *q,
	const struct netpol_verdict *by_name, struct netpol_addrs addrs,
	struct netpol_addrs own)
{
	struct netpol_verdict v = *by_name;

	if (by_name->decision != NETPOL_ALLOW || by_name->host_loopback)
		return v;
	if (addrs.n == 0)
		return refuse(NETPOL_NOT_ALLOWED_LOCAL);
	for (size_t i = 0; i < addrs.n; i++) {
		struct netpol_verdict one =
			judge_address(np, &addrs.v[i], own.v, own.n);
		const struct netpol_rule *denied =
			find_denied_address(np, q, &addrs.v[i]);

		if (denied) {
			one = refuse(NETPOL_DENIED);
			one.rule = denied;
		}
		if (one.decision != NETPOL_ALLOW)
			return one;
		if (one.cidr)
			v.cidr = one.cidr;
	}
	return v;
}
