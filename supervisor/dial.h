/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_DIAL_H
#define SUPERVISOR_DIAL_H
/*
 * dial.h -- connect to one of several addresses.
 *
 * The addresses are what was judged; nothing else is ever dialled.  The first is
 * tried at once, and as long as none has answered the next follows when the one
 * before failed or after DIAL_STAGGER_MS (RFC 8305); the first to answer wins.
 */
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"

struct loop;
struct dial; /* opaque */

enum { DIAL_ADDRESSES_MAX = 8, DIAL_STAGGER_MS = 250 };

/* fd: a connected, non-blocking socket, now the callee's and not watched by the
 * loop; or negative, the error of the last attempt. */
struct dial_result {
	int fd;
	struct netaddr
		addr; /* connected to; of a failure: the last one tried */
};

typedef void dial_done(void *ctx, const struct dial_result *r);

/**
 * Begin.  Either done() is called before it returns (then the dial is over and
 * NULL is returned), or a dial is returned and done() comes later, once.
 */
struct dial *dial_start(struct loop *l, const struct netaddr *addrs, size_t n,
	uint16_t port, dial_done *done, void *ctx);

/** No done() any more. */
void dial_cancel(struct dial *d);

#endif /* SUPERVISOR_DIAL_H */
