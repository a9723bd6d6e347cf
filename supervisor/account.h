/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_ACCOUNT_H
#define SUPERVISOR_ACCOUNT_H
/*
 * account.h -- who was asked for how often, and the bytes.
 *
 * One row for each (host, protocol, port), one purse for each host and one for
 * the run.  What does not fit into the table shares a last row and purse, whose
 * host is "*": a budget is never evaded by many names.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netpol.h"

struct buf;

enum { ACCOUNT_ROWS_MAX = 1024, ACCOUNT_HASH = 256, ACCOUNT_SHOWN_MAX = 100 };

struct account_host {
	struct account_host *next;
	uint64_t left; /* bytes that may still go out; UINT64_MAX = any */
	bool looked_up;
	char name[NETHOST_TEXT_MAX];
};

struct account {
	struct account *next; /* of this hash */
	struct account *all;  /* in the order of appearance, newest first */
	struct account_host *purse; /* borrowed from the table */
	enum netpol_protocol protocol;
	uint16_t port;
	uint64_t allowed;
	uint64_t denied;
	uint64_t failed;
	uint64_t up;
	uint64_t down;
	const char *reason; /* static; of the last denial or failure, or NULL */
};

struct accounts {
	uint64_t left; /* of the run */
	uint64_t host_budget;
	uint64_t allowed;
	uint64_t denied;
	uint64_t failed;
	uint64_t up;
	uint64_t down;
	size_t rows;
	size_t hosts;
	struct account *hash[ACCOUNT_HASH]; /* owned rows */
	struct account_host *host_hash[ACCOUNT_HASH];
	struct account *first;
	struct account rest;
	struct account_host rest_host;
};

void accounts_init(struct accounts *a, const struct netpol *np);
void accounts_free(struct accounts *a);

/** The row; never NULL. */
struct account *account_get(struct accounts *a, const char *host,
	enum netpol_protocol protocol, uint16_t port);

/**
 * A name that is looked up goes out, to whoever answers for what it ends in: its
 * bytes are taken from the row's purse and the run's, once.  False: there are not
 * so many left.
 */
bool account_pay_name(
	struct accounts *a, struct account *row, const char *name);

/** Of the rows' members, which is JSON: `"hosts":[...],"hosts_more":N`. */
void accounts_json(const struct accounts *a, struct buf *out);

#endif /* SUPERVISOR_ACCOUNT_H */
