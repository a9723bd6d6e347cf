/* SPDX-License-Identifier: Apache-2.0 */
/* relay.c -- one direction of a connection: splice, or copy (room: user). */
#include "supervisor/relay.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/http_head.h"
#include "supervisor/pipes.h"

enum {
	SPLICE_BYTES = 1 << 20, /* at a time */
	SHARE_BYTES = 4 << 20,  /* in one turn of the loop */
	COPY_BYTES = 16 << 10,
};

/* What a try to move bytes came to. */
enum { TRY_WAIT = -1, TRY_FAILED = -2 };

void
relay_init(struct relay_flow *f)
{
	memset(f, 0, sizeof(*f));
	f->left = UINT64_MAX;
}

static void
ahead_done(struct relay_flow *f)
{
	free(f->ahead);
	f->ahead = NULL;
	f->ahead_at = f->ahead_len = 0;
}

void
relay_free(struct relay_flow *f, struct pipe_pool *pool)
{
	pipe_give(pool, f->pipe);
	f->pipe = NULL;
	ahead_done(f);
}

int
relay_ahead(struct relay_flow *f, const void *bytes, size_t len)
{
	if (len == 0)
		return 0;
	for (size_t i = 0; i < RELAY_BUDGETS; i++)
		if (f->budget[i] != NULL && *f->budget[i] < len)
			return -EDQUOT;
	char *more = realloc(f->ahead, f->ahead_len + len);
	if (more == NULL)
		return -ENOMEM;
	memcpy(more + f->ahead_len, bytes, len);
	f->ahead = more;
	f->ahead_len += len;
	for (size_t i = 0; i < RELAY_BUDGETS; i++)
		if (f->budget[i] != NULL)
			*f->budget[i] -= len;
	return 0;
}

bool
relay_holds(const struct relay_flow *f)
{
	return f->ahead_len > f->ahead_at || f->pipe != NULL;
}

/* The bytes that may be taken now. */
static size_t
may_take(const struct relay_flow *f, size_t want)
{
	if (want > f->left)
		want = (size_t)f->left;
	for (size_t i = 0; i < RELAY_BUDGETS; i++)
		if (f->budget[i] != NULL && want > *f->budget[i])
			want = (size_t)*f->budget[i];
	return want;
}

static void
took(struct relay_flow *f, size_t n)
{
	if (f->left != UINT64_MAX)
		f->left -= n;
	for (size_t i = 0; i < RELAY_BUDGETS; i++)
		if (f->budget[i] != NULL)
			*f->budget[i] -= n;
}

/* Bytes moved, 0 at the end, TRY_WAIT or TRY_FAILED. */
static ssize_t
tried(ssize_t n)
{
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? TRY_WAIT : TRY_FAILED;
}

/* ---- giving ------------------------------------------------------------------ */

static void
give_up(struct relay_flow *f, struct pipe_pool *pool)
{
	f->dead = true;
	relay_free(f, pool);
}

/* True: everything held was given. */
static bool
give(struct relay_flow *f, struct relay_side *to, struct pipe_pool *pool)
{
	while (relay_holds(f) && to->out) {
		bool piped = f->ahead_len == f->ahead_at;
		ssize_t n =
			tried(piped ? splice(f->pipe->out, NULL, to->fd, NULL,
					      f->pipe->held, SPLICE_F_NONBLOCK)
				    : send(to->fd, f->ahead + f->ahead_at,
					      f->ahead_len - f->ahead_at,
					      MSG_NOSIGNAL));
		if (n == TRY_WAIT) {
			to->out = false;
			return false;
		}
		if (n <= 0) {
			give_up(f, pool);
			return true;
		}
		f->moved += (size_t)n;
		if (!piped) {
			f->ahead_at += (size_t)n;
			if (f->ahead_at == f->ahead_len)
				ahead_done(f);
			continue;
		}
		f->pipe->held -= (size_t)n;
		if (f->pipe->held == 0) {
			pipe_give(pool, f->pipe);
			f->pipe = NULL;
		}
	}
	return !relay_holds(f);
}

/* ---- taking ------------------------------------------------------------------ */

/* Through memory: chunks, which are followed, what is out of band, and where there
 * is no pipe. */
static ssize_t
take_copy(struct relay_flow *f, const struct relay_side *from)
{
	char *bytes = malloc(COPY_BYTES);
	if (bytes == NULL)
		return TRY_FAILED;
	size_t want = may_take(f, COPY_BYTES);
	/* Of chunks only what belongs to this body is taken. */
	int flags = f->body != NULL ? MSG_PEEK : 0;
	ssize_t n = tried(recv(from->fd, bytes, want, flags));
	if (n > 0 && f->body != NULL) {
		long whole = http_body_take(f->body, bytes, (size_t)n);
		n = whole < 0 ? TRY_FAILED
			      : tried(recv(from->fd, bytes, (size_t)whole, 0));
		/* Else we had followed what was not taken. */
		if (n != whole)
			n = TRY_FAILED;
		if (f->body->done)
			f->left = n > 0 ? (uint64_t)n : 0;
	}
	if (n <= 0) {
		free(bytes);
		return n;
	}
	f->ahead = bytes; /* which is empty: nothing is taken before that */
	f->ahead_at = 0;
	f->ahead_len = (size_t)n;
	return n;
}

static ssize_t
take(struct relay_flow *f, struct relay_side *from, struct pipe_pool *pool)
{
	ssize_t n;
	/* splice() does not pass a byte out of band, ever. */
	if (f->body == NULL && !from->urgent)
		f->pipe = pipe_take(pool);
	if (f->pipe == NULL) {
		n = take_copy(f, from);
	} else {
		n = tried(splice(from->fd, NULL, f->pipe->in, NULL,
			may_take(f, SPLICE_BYTES),
			SPLICE_F_NONBLOCK | SPLICE_F_MOVE));
		if (n > 0)
			f->pipe->held = (size_t)n;
		else {
			pipe_give(pool, f->pipe);
			f->pipe = NULL;
		}
	}
	if (n > 0)
		took(f, (size_t)n);
	else if (n == TRY_WAIT)
		from->in = false;
	return n;
}

/* With no budget left: is there more to take (1), the end (0), or nothing yet? */
static ssize_t
take_none(struct relay_side *from)
{
	char byte;
	ssize_t n = tried(recv(from->fd, &byte, 1, MSG_PEEK));
	if (n == TRY_WAIT)
		from->in = false;
	return n;
}

/* ---- both -------------------------------------------------------------------- */

/* Everything there was is given: tell `to`, unless more of another kind comes. */
static enum relay_step
finish(struct relay_flow *f, const struct relay_side *to)
{
	if (f->ended && !f->shut && !f->dead) {
		f->shut = true;
		(void)shutdown(to->fd, SHUT_WR); /* it may be gone already */
	}
	return RELAY_END;
}

enum relay_step
relay_move(struct relay_flow *f, struct relay_side *from, struct relay_side *to,
	struct pipe_pool *pool)
{
	uint64_t begin = f->moved;
	for (;;) {
		if (!give(f, to, pool))
			return RELAY_WAIT;
		if (f->dead)
			return RELAY_END;
		if (f->ended || f->left == 0)
			return finish(f, to);
		if (f->held || !from->in)
			return RELAY_WAIT;
		if (f->moved - begin >= SHARE_BYTES)
			return RELAY_AGAIN;
		bool spent = may_take(f, 1) == 0;
		ssize_t n = spent ? take_none(from) : take(f, from, pool);
		if (n > 0 && spent)
			return RELAY_SPENT;
		if (n == TRY_FAILED)
			return RELAY_BROKEN;
		if (n == 0)
			f->ended = true;
	}
}
