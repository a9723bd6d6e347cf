/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_PIPES_H
#define SUPERVISOR_PIPES_H
/*
 * pipes.h -- pipes for splice(), lent while they hold bytes.
 *
 * A flow that is not blocked empties its pipe in the same turn, so a few pipes
 * serve all connections, and an idle connection has none.
 */
#include <stdbool.h>
#include <stddef.h>

struct pipe_pair {
	int in;      /* owned; where bytes are put */
	int out;     /* owned; where they come out */
	size_t held; /* bytes inside, kept by who borrowed it */
	bool big;
	struct pipe_pair *next;
};

struct pipe_pool {
	struct pipe_pair *idle; /* owned list of empty ones */
	size_t n_idle;
	size_t n_big; /* that there are, idle or not */
};

/** An empty pipe, non-blocking; NULL when there is none to be had. */
struct pipe_pair *pipe_take(struct pipe_pool *pool);

/** Give it back; one that holds bytes is closed.  NULL is legal. */
void pipe_give(struct pipe_pool *pool, struct pipe_pair *p);

void pipe_pool_free(struct pipe_pool *pool);

#endif /* SUPERVISOR_PIPES_H */
