/* SPDX-License-Identifier: Apache-2.0 */
/* netdesk_test.c -- one question for those who want the same. */
#include "supervisor/netdesk.h"

#include <errno.h>

#include "tests/unit/tap.h"

struct person {
	uint64_t asked; /* questions */
	uint64_t last;
	uint64_t withdrawn;
	int refuses;
};

struct asker {
	struct netdesk_waiter w;
	struct netpol_verdict verdict;
	unsigned int told;
};

static int
ask(void *ctx, const struct netdesk_question *q)
{
	struct person *p = ctx;
	p->asked++;
	p->last = q->id;
	return p->refuses;
}

static void
withdraw(void *ctx, uint64_t id)
{
	struct person *p = ctx;
	p->withdrawn = id;
}

static void
told(struct netdesk_waiter *w, const struct netpol_verdict *v)
{
	struct asker *a = (struct asker *)w; /* its first member */
	a->verdict = *v;
	a->told++;
}

static enum netpol_decision
consider(struct netdesk *k, struct asker *a, const char *name, uint16_t port,
	enum netpol_reason reason)
{
	static struct nethost host;
	(void)nethost_parse(name, strlen(name), &host);
	const struct netpol_query q = {
		.protocol = NETPOL_HTTPS, .host = &host, .port = port
	};
	const struct netpol_verdict v = { .decision = reason == NETPOL_ALLOWED
							      ? NETPOL_ALLOW
							      : NETPOL_DENY,
		.reason = reason };
	*a = (struct asker){ .w = { .done = told } };
	a->verdict = netdesk_consider(k, &q, &v, &a->w);
	return a->verdict.decision;
}

static void
test_share(struct tap *t, struct netdesk *k, struct person *p)
{
	struct asker a, b, c, d;
	tap_int(t, consider(k, &a, "x.example", 443, NETPOL_NOT_ALLOWED),
		NETPOL_ASK, "what no rule allows is asked about");
	(void)consider(k, &b, "x.example", 443, NETPOL_NOT_ALLOWED);
	tap_int(t, (long long)p->asked, 1, "once for all who want it");
	uint64_t first = p->last;
	(void)consider(k, &c, "x.example", 22, NETPOL_NOT_ALLOWED);
	tap_int(t, (long long)p->asked, 2, "another port is another question");
	netdesk_leave(k, &c.w);
	tap_int(t, (long long)p->withdrawn, (long long)p->last,
		"withdrawn when nobody waits for it");
	tap_int(t, netdesk_answer(k, p->last, NETDESK_ALLOW_ONCE), -ENOENT,
		"and then not open any more");
	tap_int(t, netdesk_answer(k, first, NETDESK_ALLOW_ONCE), 0, "once");
	tap_ok(t,
		a.told == 1 && b.told == 1 &&
			a.verdict.decision == NETPOL_ALLOW &&
			b.verdict.source == NETPOL_DECIDER,
		"lets in all who wait");
	tap_int(t, consider(k, &d, "x.example", 443, NETPOL_NOT_ALLOWED),
		NETPOL_ASK, "and nobody after them");
	tap_int(t, netdesk_answer(k, p->last, NETDESK_ALLOW_SESSION), 0,
		"for the session");
	tap_int(t, consider(k, &d, "x.example", 443, NETPOL_NOT_ALLOWED),
		NETPOL_ALLOW, "those too");
}

static void
test_deny(struct tap *t, struct netdesk *k, struct person *p)
{
	struct asker a;
	(void)consider(k, &a, "y.example", 443, NETPOL_NOT_ALLOWED);
	tap_int(t, netdesk_answer(k, p->last, NETDESK_DENY_SESSION), 0, "no");
	tap_ok(t,
		a.told == 1 && a.verdict.decision == NETPOL_DENY &&
			a.verdict.reason == NETPOL_POLICY_DENIED,
		"is told");
	uint64_t before = p->asked;
	tap_int(t, consider(k, &a, "y.example", 443, NETPOL_NOT_ALLOWED),
		NETPOL_DENY, "and remembered");
	static const enum netpol_reason hard[] = { NETPOL_DENIED,
		NETPOL_NOT_ALLOWED_LOCAL, NETPOL_METHOD };
	for (size_t i = 0; i < sizeof(hard) / sizeof(hard[0]); i++)
		tap_int(t, consider(k, &a, "z.example", 443, hard[i]),
			NETPOL_DENY, "nobody is asked about that");
	tap_int(t, consider(k, &a, "z.example", 443, NETPOL_ALLOWED),
		NETPOL_ALLOW, "nor about what is allowed");
	tap_int(t, (long long)p->asked, (long long)before, "indeed");
}

static void
test_close(struct tap *t, struct netdesk *k, struct person *p)
{
	struct asker a, b, none;
	p->refuses = -EIO;
	tap_int(t, consider(k, &a, "q.example", 443, NETPOL_NOT_ALLOWED),
		NETPOL_DENY, "what cannot be asked is refused");
	p->refuses = 0;
	(void)consider(k, &a, "v.example", 443, NETPOL_NOT_ALLOWED);
	(void)consider(k, &b, "w.example", 443, NETPOL_NOT_ALLOWED);
	netdesk_close(k);
	tap_ok(t,
		a.told == 1 && b.told == 1 && a.verdict.decision == NETPOL_DENY,
		"when nobody can answer any more, all are refused");
	netdesk_leave(k, &a.w);
	tap_int(t, consider(k, &none, "v.example", 443, NETPOL_NOT_ALLOWED),
		NETPOL_DENY, "and nobody is asked again");
	tap_int(t, none.verdict.source, NETPOL_BASELINE,
		"by the policy itself");
}

int
main(void)
{
	struct tap t = { 0 };
	struct person p = { 0 };
	const struct netpol_decider decider = {
		.ctx = &p, .ask = ask, .withdraw = withdraw
	};
	struct netdesk *k = netdesk_new(&decider);
	test_share(&t, k, &p);
	test_deny(&t, k, &p);
	test_close(&t, k, &p);
	netdesk_free(k);
	return tap_end(&t);
}
