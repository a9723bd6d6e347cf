/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_SERVE_H
#define SUPERVISOR_SERVE_H
/*
 * serve.h -- the doors served: from the handover to the end of the run.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supervisor/netdesk.h"

struct handover;

/* Who is asked about what no rule allows (netdesk.h). */
struct serve_asking {
	struct netpol_decider decider;
	int fd; /* borrowed: answers come there */
	/* There is something to read: netdesk_answer() for each answer.  False:
	 * nobody answers any more; who waits is refused. */
	bool (*ready)(void *ctx, struct netdesk *desk);
};

struct serve_args {
	const struct netpol *policy;  /* borrowed */
	const struct handover *doors; /* borrowed; sockets are non-blocking */
	int front;                    /* borrowed: the front end, see main.c */
	const int
		*publish; /* borrowed: host listeners, order of netpol's list */
	size_t n_publish;
	const struct serve_asking *asking; /* borrowed; NULL = nobody */
};

/* Every object has a deadline and a limit; 0 = none. */
struct serve_limits {
	size_t connections; /* at a time, over all doors; the others wait in the
			     * listeners' queues */
	uint64_t first_ms;  /* proxy door: until the first byte */
	uint64_t head_ms;   /* until all of the head */
	uint64_t hello_ms;  /* first bytes are TLS: until all of the hello */
	uint64_t ask_ms;    /* until somebody has decided */
	uint64_t resolve_ms;
	uint64_t dial_ms; /* over all addresses */
	uint64_t idle_ms; /* open both ways, without a byte */
	uint64_t half_ms; /* the same, once one side has ended */
	int keep_s;       /* without a byte, whether the target is there ... */
	int keep_every_s; /* ... is asked four times, so far apart */
	uint64_t linger_ms; /* for our last words */
	uint64_t udp_ms;    /* SOCKS5 UDP without a datagram */
	uint64_t end_ms;    /* after the command has ended */
	size_t associations;
};

extern const struct serve_limits serve_limits_default;

/**
 * Serve until the front end is gone (at once) or says that the command has
 * ended (what is buffered is finished, the summary is sent).  Returns 0 or
 * -errno: then not everything that was to be served was.
 */
int serve(const struct serve_args *a, const struct serve_limits *limits);

#endif /* SUPERVISOR_SERVE_H */
