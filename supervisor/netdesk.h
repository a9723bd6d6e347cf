/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_NETDESK_H
#define SUPERVISOR_NETDESK_H
/*
 * netdesk.h -- who asks whether something not allowed may pass after all.
 *
 * Between the policy's verdict and a person (or a program): requests for one
 * (host, protocol, port) share one question; "once" lets the waiting ones pass,
 * "session" the later ones too; another port or protocol is another question;
 * a refusal can be remembered.  Only NETPOL_NOT_ALLOWED is ever asked about.
 * Without a decider, and with a policy that never asks, nothing is.
 */
#include "policy/netpol.h"

enum netdesk_answer {
	NETDESK_ALLOW_ONCE,
	NETDESK_ALLOW_SESSION,
	NETDESK_DENY_ONCE,
	NETDESK_DENY_SESSION,
};

struct netdesk_question {
	uint64_t id;
	const char *host; /* canonical */
	enum netpol_protocol protocol;
	uint16_t port;
	const char *method; /* NULL = none */
};

/* The function table that approvals hang on (issue F). */
struct netpol_decider {
	void *ctx;
	/* Put a question; the answer comes later by netdesk_answer().
	 * Negative: cannot be asked, which is a refusal. */
	int (*ask)(void *ctx, const struct netdesk_question *q);
	/* Nobody waits any more. */
	void (*withdraw)(void *ctx, uint64_t id);
};

struct netdesk; /* opaque */
struct netdesk *netdesk_new(
	const struct netpol_decider *decider); /* NULL = never asks */
void netdesk_free(struct netdesk *k);

/* A request that waits; embedded in the connection, linked by the desk. */
struct netdesk_waiter {
	struct netdesk_waiter *next, *prev;
	void *entry; /* of the desk; NULL = waits for nothing */
	/* Called once with the final verdict, from netdesk_answer() or when
	 * the decider goes away.  Must not free the desk. */
	void (*done)(struct netdesk_waiter *w, const struct netpol_verdict *v);
};

/**
 * Turn the policy's verdict into a final one: v as it is, or allow/deny from
 * memory, or NETPOL_ASK with w linked and done() to come.
 */
struct netpol_verdict netdesk_consider(struct netdesk *k,
	const struct netpol_query *q, const struct netpol_verdict *v,
	struct netdesk_waiter *w);
/** The client went away: no done() comes; the last one withdraws the question. */
void netdesk_leave(struct netdesk *k, struct netdesk_waiter *w);
/** -ENOENT for a question that is not open (answered, withdrawn). */
int netdesk_answer(struct netdesk *k, uint64_t id, enum netdesk_answer a);
/** The decider is gone: everybody who waits is refused, nobody asks again. */
void netdesk_close(struct netdesk *k);

#endif /* SUPERVISOR_NETDESK_H */
