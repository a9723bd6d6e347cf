/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_RESOLVE_H
#define SUPERVISOR_RESOLVE_H
/*
 * resolve.h -- names to addresses, once, without stopping the loop.
 *
 * Theory.  getaddrinfo() is the one function that knows what this host is
 * configured to do (files, DNS, whatever nsswitch names), and it blocks.  So a
 * few threads, made when the first name is asked for, do nothing but call it; a
 * list under a lock goes in, a list comes out, an eventfd wakes the loop.  The
 * threads see a name and addresses, nothing else.
 *
 * Those who ask for one name share one look-up, and for RESOLVE_KEEP_MS those
 * who come later share its answer.  A name is taken as it is: no search domain
 * is appended, since the policy has judged this name and no other.
 */
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"

struct loop;

enum {
	RESOLVE_ADDRESSES_MAX = 16, /* of a name; more are not looked at */
	RESOLVE_NAMES_MAX = 256,    /* remembered or under way */
	RESOLVE_THREADS_MAX = 8,
	RESOLVE_KEEP_MS = 5000,
};

struct resolver; /* opaque */
struct resolve_name;

/* Who waits; embedded in what asks. */
struct resolve_waiter {
	struct resolve_waiter *next;
	struct resolve_name *name; /* borrowed; NULL = waits for nothing */
	/* err is 0 or negative: -ENOENT no such name, -EAGAIN could not be
	 * asked, -ENOMEM.  The addresses are borrowed for the call. */
	void (*done)(struct resolve_waiter *w, int err,
		const struct netaddr *addrs, size_t n);
};

/** NULL with errno set; l is borrowed. */
struct resolver *resolver_new(struct loop *l);

/** Threads that are in a look-up are left to end with the process. */
void resolver_free(struct resolver *r);

/**
 * Look up a canonical name.  w->done() is called later, or at once where the
 * answer is known.  0, or -EAGAIN / -ENOMEM (done is not called then).
 */
int resolver_ask(
	struct resolver *r, const char *name, struct resolve_waiter *w);

/** w waits no more; legal for one that does not wait. */
void resolver_leave(struct resolve_waiter *w);

#endif /* SUPERVISOR_RESOLVE_H */
