/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_EVENT_H
#define SUPERVISOR_EVENT_H
/*
 * event.h -- what the front end is told: lines of JSON, and the summary.
 *
 * One packet a line on a SOCK_SEQPACKET socket: 'E' and the line, at the end 'S'
 * and the summary.  A line is ASCII: everything else is escaped, so a host named
 * by the command cannot do anything to a terminal or a log.  Nobody waits for the
 * front end: what it does not take in time is counted as lost.  Refusals and
 * failures are told unasked, but not more than a person could read; everything
 * is told where the policy says so (NETPOL_EVENTS).
 */
#include <stdbool.h>
#include <stdint.h>

#include "policy/netpol.h"

struct accounts;
struct buf;

enum event_kind {
	EVENT_DECISION, /* allowed or refused */
	EVENT_FAILED,   /* allowed, and could not be reached */
	EVENT_CLOSED,   /* with bytes and time */
};

enum event_door {
	DOOR_AT_PROXY,
	DOOR_AT_TRANSPARENT,
	DOOR_AT_DNS,
	DOOR_AT_UDP,
	DOOR_AT_FORWARD,
	DOOR_AT_PUBLISH,
};

struct event {
	enum event_kind kind;
	enum event_door door;
	enum netpol_protocol protocol;
	enum netpol_decision decision;
	enum netpol_source source;
	const char *reason;             /* static word */
	const char *host;               /* raw is legal */
	uint16_t port;                  /* 0 = none */
	const struct netaddr *addr;     /* NULL = none */
	const char *method;             /* NULL = none */
	const char *sni;                /* NULL = none */
	const char *named;              /* by Host; NULL = none */
	uint64_t up, down, duration_ms; /* CLOSED */
};

struct events {
	int fd;           /* borrowed */
	bool all;         /* NETPOL_EVENTS */
	uint64_t told_at; /* ms; the second in which `told` were sent */
	unsigned int told;
	uint64_t lost;
};

/* Counters of the summary that accounts do not have. */
struct event_totals {
	uint64_t dns_answered;
	uint64_t dns_refused;
	uint64_t dns_dropped;
	uint64_t connections_peak;
	const char *transparent; /* static: all, ports, none */
};

void event_send(struct events *ev, uint64_t now_ms, const struct event *e);

/** The line of an event, without a newline. */
void event_json(struct buf *out, const struct event *e, uint64_t unix_ms);

/** A JSON string of ASCII. */
void event_json_text(struct buf *out, const char *s);

/** The last packet; waits a moment for room.  0 or -errno. */
int event_summary(const struct events *ev, const struct accounts *a,
	const struct event_totals *t);

#endif /* SUPERVISOR_EVENT_H */
