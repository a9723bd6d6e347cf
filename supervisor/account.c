/* SPDX-License-Identifier: Apache-2.0 */
/* account.c -- rows and purses in a hash table (room: user). */
#include "supervisor/account.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "supervisor/event.h"

static uint64_t
purse(uint64_t budget)
{
	return budget ? budget : UINT64_MAX;
}

void
accounts_init(struct accounts *a, const struct netpol *np)
{
	memset(a, 0, sizeof(*a));
	a->left = purse(np->egress_budget);
	a->host_budget = purse(np->host_budget);
	a->rest_host.left = a->host_budget;
	a->rest_host.name[0] = '*';
	a->rest.purse = &a->rest_host;
}

void
accounts_free(struct accounts *a)
{
	for (struct account *r = a->first; r != NULL;) {
		struct account *next = r->all;
		free(r);
		r = next;
	}
	for (size_t i = 0; i < ACCOUNT_HASH; i++)
		for (struct account_host *h = a->host_hash[i]; h != NULL;) {
			struct account_host *next = h->next;
			free(h);
			h = next;
		}
	memset(a, 0, sizeof(*a));
}

/* Names come from inside; long chains are bounded by ACCOUNT_ROWS_MAX. */
static size_t
hash(const char *host)
{
	uint32_t h = 2166136261u;
	for (; *host != '\0'; host++)
		h = (h ^ (unsigned char)*host) * 16777619u;
	return h % ACCOUNT_HASH;
}

static struct account_host *
host_get(struct accounts *a, const char *name)
{
	size_t at = hash(name);
	for (struct account_host *h = a->host_hash[at]; h != NULL; h = h->next)
		if (strcmp(h->name, name) == 0)
			return h;
	size_t len = strlen(name);
	struct account_host *h = NULL;
	if (a->hosts < ACCOUNT_ROWS_MAX && len < sizeof(h->name))
		h = calloc(1, sizeof(*h));
	if (h == NULL)
		return &a->rest_host;
	memcpy(h->name, name, len + 1);
	h->left = a->host_budget;
	h->next = a->host_hash[at];
	a->host_hash[at] = h;
	a->hosts++;
	return h;
}

struct account *
account_get(struct accounts *a, const char *host, enum netpol_protocol protocol,
	uint16_t port)
{
	size_t at = hash(host);
	struct account *same = NULL;
	for (struct account *r = a->hash[at]; r != NULL; r = r->next) {
		if (strcmp(r->purse->name, host) != 0)
			continue;
		if (r->port == port && r->protocol == protocol)
			return r;
		same = r;
	}
	struct account_host *h = host_get(a, host);
	struct account *r = NULL;
	if (a->rows < ACCOUNT_ROWS_MAX && h != &a->rest_host)
		r = calloc(1, sizeof(*r));
	if (r == NULL) {
		/* A host that has a row has a purse, which no row of others
		 * may fill again. */
		return same != NULL ? same : &a->rest;
	}
	r->purse = h;
	r->protocol = protocol;
	r->port = port;
	r->next = a->hash[at];
	a->hash[at] = r;
	r->all = a->first;
	a->first = r;
	a->rows++;
	return r;
}

bool
account_pay_name(struct accounts *a, struct account *row, const char *name)
{
	struct account_host *h = row->purse;
	const size_t len = strlen(name);
	if (h->looked_up)
		return true;
	if (a->left < len || h->left < len)
		return false;
	a->left -= len;
	h->left -= len;
	/* Names that share the last purse are paid for each time. */
	h->looked_up = h != &a->rest_host;
	return true;
}

static void
row_json(const struct account *r, struct buf *out)
{
	buf_str_add(out, "{\"host\":");
	event_json_text(out, r->purse->name);
	if (r->purse->name[0] != '*')
		buf_printf(out, ",\"port\":%u,\"protocol\":\"%s\"", r->port,
			netpol_protocol_name(r->protocol));
	buf_printf(out,
		",\"allowed\":%" PRIu64 ",\"denied\":%" PRIu64
		",\"failed\":%" PRIu64 ",\"bytes_up\":%" PRIu64
		",\"bytes_down\":%" PRIu64,
		r->allowed, r->denied, r->failed, r->up, r->down);
	if (r->reason != NULL)
		buf_printf(out, ",\"reason\":\"%s\"", r->reason);
	buf_char(out, '}');
}

/* Those that were let pass, or the others, newest first. */
static void
rows_json(
	const struct accounts *a, bool allowed, size_t *shown, struct buf *out)
{
	for (const struct account *r = a->first;
		r != NULL && *shown < ACCOUNT_SHOWN_MAX; r = r->all) {
		if ((r->allowed > 0) != allowed)
			continue;
		if ((*shown)++)
			buf_char(out, ',');
		row_json(r, out);
	}
}

/* What went out comes first: no number of refusals hides it. */
void
accounts_json(const struct accounts *a, struct buf *out)
{
	const struct account *rest =
		a->rest.allowed || a->rest.denied || a->rest.failed ? &a->rest
								    : NULL;
	size_t shown = 0;
	buf_str_add(out, "\"hosts\":[");
	rows_json(a, true, &shown, out);
	rows_json(a, false, &shown, out);
	if (rest != NULL) {
		if (shown)
			buf_char(out, ',');
		row_json(rest, out);
	}
	buf_printf(out, "],\"hosts_more\":%zu", a->rows - shown);
}
