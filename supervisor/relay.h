/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_RELAY_H
#define SUPERVISOR_RELAY_H
/*
 * relay.h -- bytes from one socket to another, one direction.
 *
 * Theory.  A flow takes bytes from `from` and gives them to `to`:
 *
 *   ahead   bytes that were read already (a head, a ClientHello): first
 *   pipe    bytes on their way by splice(): next
 *   from    everything else, as long as left is not 0 and nothing holds it
 *
 * It never reads while it has something to write, so a slow reader stops a fast
 * writer by the sockets' own buffers and a flow owns one pipe at most.  At the
 * end of `from`, `to` is shut for writing and the other direction goes on: half
 * a connection is a connection.  Bytes that have to be looked at (chunks), bytes
 * for which no pipe is to be had, and those of a side that has sent one out of band
 * are copied instead.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_body;
struct pipe_pair;
struct pipe_pool;

/* One socket, as the edges of epoll tell of it. */
struct relay_side {
	int fd;      /* borrowed */
	bool in;     /* may have something to read */
	bool out;    /* may take something */
	bool urgent; /* has had a byte out of band; it is read among the others */
};

enum { RELAY_BUDGETS = 2 };

struct relay_flow {
	uint64_t moved; /* bytes given to `to` */
	uint64_t left;  /* bytes that may still be taken; see relay_init */
	uint64_t *budget[RELAY_BUDGETS]; /* borrowed: bytes that may be taken by
					  * several flows together; NULL */
	struct pipe_pair
		*pipe; /* borrowed from the pool while it holds bytes */
	struct http_body *body; /* borrowed; chunks are followed, or NULL */
	char *ahead;            /* owned */
	size_t ahead_at;
	size_t ahead_len;
	bool held;  /* nothing is taken for now */
	bool ended; /* `from` has ended */
	bool shut;  /* `to` was told so */
	bool dead;  /* `to` takes no more, ever */
};

enum relay_step {
	RELAY_WAIT,   /* nothing can be done before another edge */
	RELAY_AGAIN,  /* it had its share; call again after the others */
	RELAY_END,    /* everything that was to be moved was moved */
	RELAY_SPENT,  /* there is more, but a budget is used up */
	RELAY_BROKEN, /* `from` failed: reset both */
};

/** A flow without limit. */
void relay_init(struct relay_flow *f);
void relay_free(struct relay_flow *f, struct pipe_pool *pool);

/**
 * Copy bytes that are to be given before anything is taken; they count as taken.
 * 0, -ENOMEM, or -EDQUOT where a budget has no room for them.
 */
int relay_ahead(struct relay_flow *f, const void *bytes, size_t len);

/** Does it hold bytes that were taken and not given yet? */
bool relay_holds(const struct relay_flow *f);

/** Move what can be moved. */
enum relay_step relay_move(struct relay_flow *f, struct relay_side *from,
	struct relay_side *to, struct pipe_pool *pool);

#endif /* SUPERVISOR_RELAY_H */
