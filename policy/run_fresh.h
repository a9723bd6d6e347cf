/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RUN_FRESH_H
#define POLICY_RUN_FRESH_H
/*
 * run_fresh.h -- overlays that look at the host again.
 *
 * An overlay remembers which name led to which object, and takes no notice when
 * somebody outside (an editor, git, another sandbox) gives the name to another
 * one.  Reconfiguring its file system, with nothing changed, makes the kernel
 * forget all names that nobody holds open.  So what changes outside is seen
 * inside a second later at most.
 */
#include <stdint.h>

enum { FRESH_MAX = 64, FRESH_MS = 1000 };

struct fresh {
	unsigned int n;
	int context[FRESH_MAX]; /* owned; from CONTROL_OVERLAY */
	uint64_t due_ms;        /* of the monotonic clock; 0: not yet asked */
};

/** Take the descriptor over. */
void fresh_add(struct fresh *f, int context);

/** How long poll(2) may wait: milliseconds, -1 for ever. */
int fresh_wait(struct fresh *f);

/** Look again, if it is time. */
void fresh_look(struct fresh *f);

/**
 * Let go.  The last reference to an overlay is not left to us: then its end,
 * which writes the upper file system to disk, would be waited for.
 */
void fresh_end(struct fresh *f);

#endif /* POLICY_RUN_FRESH_H */
