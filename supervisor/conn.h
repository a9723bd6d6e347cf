/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_CONN_H
#define SUPERVISOR_CONN_H
/*
 * conn.h -- one connection from inside, from accept to close.
 *
 * Theory.  A door accepts it and reads what it wants; conn_route.c finds out whether
 * it may have that and dials; relay.c moves the bytes.  The states, and what may
 * follow:
 *
 *   HEAD       the door reads from the client       -> ROUTE, LINGER
 *   ROUTE      somebody is asked, a name is looked up, an address dialled, or a
 *              proxy beyond us is asked             -> RELAY, LINGER
 *   RELAY      both ways are open                   -> LINGER
 *   LINGER     our last words are on their way; what the client still says is
 *              thrown away, so that no reset overtakes them
 *   CLOSED     descriptors are closed, the memory is freed at the end of the
 *              turn; reached from everywhere by conn_close()
 *
 * Each state has a deadline (c->timer), RELAY only where a limit is set or one
 * side has ended.  What a door must know is in c->want; it has functions (struct
 * conn_door) for: bytes are there, the way is open, the way is refused.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"
#include "policy/netpol.h"
#include "supervisor/event.h"
#include "supervisor/http_head.h"
#include "supervisor/loop.h"
#include "supervisor/netdesk.h"
#include "supervisor/relay.h"
#include "supervisor/resolve.h"

struct account;
struct conn;
struct dial;
struct serve;

enum conn_state {
	CONN_HEAD,
	CONN_ROUTE,
	CONN_RELAY,
	CONN_LINGER,
	CONN_CLOSED,
};

/* Why something that is allowed did not work. */
enum conn_failure {
	FAIL_NONE, /* it was not allowed: see the verdict */
	FAIL_NAME,
	FAIL_NAME_TIMEOUT,
	FAIL_REFUSED,
	FAIL_TIMEOUT,
	FAIL_UNREACHABLE,
	FAIL_UPSTREAM, /* the proxy beyond us said no */
	FAIL_LIMIT,    /* no descriptor, no memory */
	FAIL_KINDS,
};

/* How it is said: a word for events, a header, a status, a sentence. */
struct conn_failure_words {
	const char *reason;
	const char *header;
	unsigned int status;
	int err; /* positive errno, for SOCKS */
	const char *text;
};
const struct conn_failure_words *conn_failure_words(enum conn_failure f);

struct conn_refusal {
	struct netpol_verdict
		verdict; /* ALLOW where failure is not FAIL_NONE */
	enum conn_failure failure;
};

/* What a kind of door does. */
struct conn_door {
	/* HEAD: there may be something to read. */
	void (*input)(struct conn *c);
	/* The way is open: answer, and conn_relay(). */
	void (*open)(struct conn *c);
	/* It is not: answer and conn_linger(), or conn_reset(). */
	void (*refused)(struct conn *c, const struct conn_refusal *r);
	/* HEAD took too long; NULL = just close. */
	void (*late)(struct conn *c);
};

struct conn_want {
	enum netpol_protocol protocol;
	uint16_t port;
	struct nethost host;
	char method[HTTP_METHOD_MAX + 1]; /* "" = none */
};

/* Bytes that were read and not understood yet. */
struct conn_bytes {
	char *data; /* owned */
	size_t len;
	size_t cap;
};

struct conn {
	struct serve *serve; /* borrowed */
	struct conn *next;   /* of all */
	struct conn **link;
	const struct conn_door *door;
	enum event_door where;
	enum conn_state state;
	bool ends_with_down;        /* HTTP: over when the answer is */
	bool counted;               /* an allow was counted: CLOSED is told */
	bool inward;                /* published: the client is the outside */
	struct loop_source client;  /* .fd owned */
	struct loop_source outside; /* .fd owned, -1 = none */
	struct relay_side client_side;
	struct relay_side outside_side;
	struct relay_flow up;
	struct relay_flow down;
	struct loop_timer timer;
	struct loop_task task;
	uint64_t begun_ms;
	uint64_t active_ms;
	/* RELAY: bytes of a flow that is held are looked at first. */
	void (*look_up)(struct conn *c);
	void (*look_down)(struct conn *c);
	struct conn_bytes in;   /* from the client */
	struct conn_bytes back; /* from the outside */
	struct conn_want want;
	struct netaddr addr; /* dialled */
	bool has_addr;
	struct account *account; /* borrowed */
	/* ROUTE */
	struct netpol_verdict verdict;
	struct netdesk_waiter asked;
	struct resolve_waiter resolving;
	struct dial *dial; /* borrowed: frees itself */
	bool by_upstream;
	/* Of doors */
	void *extra;  /* owned by free(): heads of HTTP, of SOCKS ... */
	void *buried; /* owned by free(), when the connection is */
	void (*on_close)(struct conn *c);
};

/**
 * A connection for an accepted socket (owned from here on, closed on failure).
 * It is in HEAD, its client is watched, its deadline is limits.head_ms away.
 * NULL: no memory.
 */
struct conn *conn_new(struct serve *s, int fd, const struct conn_door *door,
	enum event_door where);

/* ---- bytes ---------------------------------------------------------------------- */

/**
 * Read what is there into b, max bytes at most in all.  1: something came,
 * 0: nothing now, -EPIPE: the end, -ENOBUFS: it is full, -errno.
 */
int conn_read(struct relay_side *side, struct conn_bytes *b, size_t max);
/** Forget the first n bytes. */
void conn_bytes_drop(struct conn_bytes *b, size_t n);
void conn_bytes_free(struct conn_bytes *b);

/* ---- moves ---------------------------------------------------------------------- */

/** HEAD -> ROUTE: c->want is what it wants.  One of open, refused follows. */
void conn_route(struct conn *c);

/** The proxy beyond us has connected, or has not. */
void conn_route_open(struct conn *c);
void conn_route_failed(struct conn *c, enum conn_failure f);

/** ROUTE took too long: that is a refusal. */
void conn_route_late(struct conn *c);

/** What leaves the sandbox is counted from now on. */
void conn_count(struct conn *c);

/** ROUTE -> RELAY; flows are set as the door wants them. */
void conn_relay(struct conn *c);

/** Any -> LINGER: say these bytes (may be none), then close. */
void conn_linger(struct conn *c, const void *bytes, size_t len);

/** Any -> CLOSED; reset says RST to both sides. */
void conn_close(struct conn *c);
void conn_reset(struct conn *c);

/** Milliseconds from now, 0 = never. */
void conn_deadline(struct conn *c, uint64_t ms);

/** Bytes in front of everything else the flow has; false: c is closed. */
bool conn_ahead(
	struct conn *c, struct relay_flow *f, const void *bytes, size_t len);

/** Tell of a decision on c->want, and count it.  named: whom the first bytes name
 * instead, with the reasons that are about that; or NULL. */
void conn_tell(
	struct conn *c, const struct netpol_verdict *v, const char *named);

/** Tell that c->want is allowed and could not be had. */
void conn_tell_failure(struct conn *c, enum conn_failure failure);

/** The socket to the outside is there; it is owned from here on. */
bool conn_outside(struct conn *c, int fd);

/** Work on the flows later in this turn, in RELAY. */
void conn_again(struct conn *c);

/** The connection that a part of it belongs to. */
#define conn_of(part, member) \
	((struct conn *)((char *)(part)-offsetof(struct conn, member)))

#endif /* SUPERVISOR_CONN_H */
