/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_SERVE_IMPL_H
#define SUPERVISOR_SERVE_IMPL_H
/*
 * serve_impl.h -- what the parts of the network share: one struct, on the stack
 * of serve().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netpol.h"
#include "supervisor/account.h"
#include "supervisor/event.h"
#include "supervisor/handover.h"
#include "supervisor/loop.h"
#include "supervisor/pipes.h"
#include "supervisor/serve.h"

struct conn;
struct dns;
struct netdesk;
struct netpol;
struct resolver;
struct serve;
struct udp_relay;

enum { LISTENERS_MAX = DOORS_MAX + NETPOL_PUBLISH_MAX };

/* A socket that gives connections (or, for DNS and the relay, datagrams). */
struct serve_listener {
	struct serve *serve;
	struct loop_source source; /* .fd borrowed */
	enum door_kind kind;
	uint16_t port;
	bool is_listener; /* paused while there are too many connections */
	bool waits;       /* DOOR_PUBLISH4: paused until a socket comes back */
	size_t index;     /* DOOR_PUBLISH4: of the policy's list */
};

struct serve {
	struct loop loop;
	const struct netpol *policy;
	const struct serve_limits *limits;
	struct netdesk *desk;
	struct dns *dns;
	struct resolver *resolver;
	struct udp_relay *udp;
	size_t udp_waiting; /* bytes of datagrams whose target is being judged */
	struct pipe_pool pipes;
	struct accounts accounts;
	struct events events;
	struct event_totals totals;
	/* The host's own addresses, read again after the kernel said that they
	 * changed. */
	struct netaddr *own; /* owned */
	size_t n_own;
	size_t n_routed; /* of them: the last ones, of the present judgement */
	bool own_stale;
	struct loop_source own_source;
	struct conn *conns;
	size_t n_conns;
	size_t max_conns;
	bool paused; /* listeners are, at max_conns */
	bool ending; /* the command has ended */
	struct loop_source front;
	const struct serve_asking *asking;
	struct loop_source answers;
	struct loop_timer last;   /* while ending: when we end in any case */
	struct loop_timer resume; /* listeners, after descriptors ran out */
	struct loop_timer lend;   /* listeners that wait for a socket */
	size_t n_listeners;
	struct serve_listener listener[LISTENERS_MAX];
	const struct handover *doors;
	struct publish_socket *publish; /* owned array, door_publish.c */
	size_t n_publish;
};

/**
 * The host's own addresses, fresh, and behind them those of `among` that are
 * routed to it; RESOLVE_ADDRESSES_MAX at most are looked for.
 */
void serve_own(struct serve *s, struct netpol_addrs among);

/** No byte waits for the acknowledgement of another. */
void serve_no_delay(int fd);

/** A connection ended: listeners may go on. */
void serve_conn_gone(struct serve *s);

#endif /* SUPERVISOR_SERVE_IMPL_H */
