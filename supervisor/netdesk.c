/* SPDX-License-Identifier: Apache-2.0 */
/* netdesk.c -- questions about hosts, their waiters and answers (room: user). */
#include "supervisor/netdesk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 1024 };

enum entry_state {
	ENTRY_OPEN,    /* asked; there are waiters */
	ENTRY_ALLOWED, /* for the session */
	ENTRY_DENIED,  /* the same */
};

struct entry {
	struct entry *next;
	enum entry_state state;
	uint64_t id;
	enum netpol_protocol protocol;
	uint16_t port;
	struct netdesk_waiter *waiters;
	char host[NETHOST_TEXT_MAX];
};

struct netdesk {
	const struct netpol_decider *decider; /* borrowed; NULL = never asks */
	struct entry *entries;                /* owned list */
	size_t n;
	uint64_t last_id;
};

struct netdesk *
netdesk_new(const struct netpol_decider *decider)
{
	struct netdesk *k = calloc(1, sizeof(*k));
	if (k != NULL)
		k->decider = decider;
	return k;
}

static struct netpol_verdict
decided(const struct netpol_verdict *by, enum netpol_decision decision)
{
	struct netpol_verdict v = *by;
	v.decision = decision;
	v.source = NETPOL_DECIDER;
	v.reason = decision == NETPOL_ALLOW ? NETPOL_ALLOWED
					    : NETPOL_POLICY_DENIED;
	return v;
}

static struct entry **
find(struct netdesk *k, const struct netpol_query *q)
{
	struct entry **e = &k->entries;
	while (*e != NULL &&
		((*e)->protocol != q->protocol || (*e)->port != q->port ||
			strcmp((*e)->host, q->host->name) != 0))
		e = &(*e)->next;
	return e;
}

static void
wait_at(struct entry *e, struct netdesk_waiter *w)
{
	w->entry = e;
	w->prev = NULL;
	w->next = e->waiters;
	if (w->next != NULL)
		w->next->prev = w;
	e->waiters = w;
}

/* Take one waiter off; legal in any order. */
static void
unlink_waiter(struct netdesk_waiter *w)
{
	struct entry *e = w->entry;
	if (w->prev != NULL)
		w->prev->next = w->next;
	else
		e->waiters = w->next;
	if (w->next != NULL)
		w->next->prev = w->prev;
	w->next = w->prev = NULL;
	w->entry = NULL;
}

static void
remove_entry(struct netdesk *k, struct entry *gone)
{
	struct entry **e = &k->entries;
	while (*e != gone)
		e = &(*e)->next;
	*e = gone->next;
	k->n--;
	free(gone);
}

/* A new question, put to the decider; NULL: it cannot be asked. */
static struct entry *
ask(struct netdesk *k, const struct netpol_query *q)
{
	size_t len = strlen(q->host->name);
	struct entry *e = NULL;
	if (k->n < ENTRIES_MAX && len < sizeof(e->host))
		e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	memcpy(e->host, q->host->name, len + 1);
	e->protocol = q->protocol;
	e->port = q->port;
	e->id = ++k->last_id;
	const struct netdesk_question question = { .id = e->id,
		.host = e->host,
		.protocol = e->protocol,
		.port = e->port,
		.method = q->method };
	if (k->decider->ask(k->decider->ctx, &question) < 0) {
		free(e);
		return NULL;
	}
	e->next = k->entries;
	k->entries = e;
	k->n++;
	return e;
}

struct netpol_verdict
netdesk_consider(struct netdesk *k, const struct netpol_query *q,
	const struct netpol_verdict *v, struct netdesk_waiter *w)
{
	w->entry = NULL;
	/* Nothing else can be turned over: not a deny rule, not an address that
	 * needs a grant, not a mode. */
	if (v->decision == NETPOL_ALLOW || v->reason != NETPOL_NOT_ALLOWED ||
		k->decider == NULL)
		return *v;
	struct entry *e = *find(k, q);
	if (e != NULL && e->state != ENTRY_OPEN)
		return decided(v,
			e->state == ENTRY_ALLOWED ? NETPOL_ALLOW : NETPOL_DENY);
	if (e == NULL)
		e = ask(k, q);
	if (e == NULL)
		return decided(v, NETPOL_DENY);
	wait_at(e, w);
	struct netpol_verdict asked = *v;
	asked.decision = NETPOL_ASK;
	asked.source = NETPOL_DECIDER;
	return asked;
}

void
netdesk_leave(struct netdesk *k, struct netdesk_waiter *w)
{
	struct entry *e = w->entry;
	if (e == NULL)
		return;
	unlink_waiter(w);
	if (e->waiters != NULL || e->state != ENTRY_OPEN)
		return;
	k->decider->withdraw(k->decider->ctx, e->id);
	remove_entry(k, e);
}

/* Tell all who wait at e, which is out of the list or not open any more. */
static void
tell(struct entry *e, enum netpol_decision decision)
{
	const struct netpol_verdict asked = { .decision = NETPOL_ASK,
		.source = NETPOL_DECIDER,
		.reason = NETPOL_NOT_ALLOWED };
	const struct netpol_verdict v = decided(&asked, decision);
	while (e->waiters != NULL) {
		struct netdesk_waiter *w = e->waiters;
		unlink_waiter(w);
		w->done(w, &v); /* others may leave meanwhile */
	}
}

int
netdesk_answer(struct netdesk *k, uint64_t id, enum netdesk_answer a)
{
	struct entry **at = &k->entries;
	while (*at != NULL && ((*at)->id != id || (*at)->state != ENTRY_OPEN))
		at = &(*at)->next;
	struct entry *e = *at;
	if (e == NULL)
		return -ENOENT;
	bool allow = a == NETDESK_ALLOW_ONCE || a == NETDESK_ALLOW_SESSION;
	if (a == NETDESK_ALLOW_SESSION || a == NETDESK_DENY_SESSION) {
		e->state = allow ? ENTRY_ALLOWED : ENTRY_DENIED;
		tell(e, allow ? NETPOL_ALLOW : NETPOL_DENY);
		return 0;
	}
	/* Out of the list first: who asks from now on asks anew. */
	*at = e->next;
	k->n--;
	e->state = allow ? ENTRY_ALLOWED : ENTRY_DENIED;
	tell(e, allow ? NETPOL_ALLOW : NETPOL_DENY);
	free(e);
	return 0;
}

void
netdesk_close(struct netdesk *k)
{
	k->decider = NULL; /* from now on the policy's verdicts are final */
	struct entry *open = NULL;
	for (struct entry **at = &k->entries; *at != NULL;) {
		struct entry *e = *at;
		if (e->state != ENTRY_OPEN) {
			at = &e->next;
			continue;
		}
		*at = e->next;
		k->n--;
		e->state = ENTRY_DENIED; /* nothing to withdraw */
		e->next = open;
		open = e;
	}
	while (open != NULL) {
		struct entry *e = open;
		open = e->next;
		tell(e, NETPOL_DENY);
		free(e);
	}
}

void
netdesk_free(struct netdesk *k)
{
	if (k == NULL)
		return;
	while (k->entries != NULL) {
		struct entry *e = k->entries;
		k->entries = e->next;
		free(e);
	}
	free(k);
}
