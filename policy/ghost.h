/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_GHOST_H
#define POLICY_GHOST_H
/*
 * ghost.h -- names that do not exist and must not come to exist.
 *
 * A mount needs something to lie on, and a protected name that is missing has
 * nothing.  Two means, chosen for each directory that has such names:
 *
 *   overlay       the directory becomes the upper layer over a skeleton with
 *                 the names in it: nothing appears outside, at no time.  Needs
 *                 a directory of ours on the same mount (state.h).
 *   placeholders  empty things on the host for the time of the run (journal.h).
 *
 * Directories of ours are masked inside wherever they would be seen.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/journal.h"
#include "policy/state.h"

struct diag;
struct view;

enum ghost_choice { GHOST_AUTO, GHOST_OVERLAY, GHOST_JOURNAL };

struct ghost_request {
	enum ghost_choice choice; /* --guard */
	bool by_init;             /* init lays the mounts */
	bool dry;                 /* explain: nothing is made on the host */
	bool no_overlay;          /* it was refused a moment ago */
};

/* A directory with guarded names. */
struct ghost_dir {
	char *path; /* owned */
	bool overlay;
	const char *why; /* NULL, or why it is no overlay */
};

struct ghost {
	struct state state;
	struct journal journal;
	size_t n_runs;
	struct state_run *runs; /* owned */
	size_t n;
	struct ghost_dir *dirs; /* owned */
};

/** As initialiser: a ghost that owns nothing. */
#define GHOST_EMPTY                                            \
	{                                                      \
		.state = STATE_EMPTY, .journal = JOURNAL_EMPTY \
	}

/**
 * Look for directories of ours, and remove what killed runs left (not when
 * dry).  Arguments as for state_look().
 */
void ghost_begin(
	struct ghost *g, const char *state_home, const char *home, bool dry);

/**
 * Choose the means for every guard of a resolved view, prepare them, and mask
 * what is ours.  0 or -errno with a diag; ghost_end() is due in both cases.
 */
int ghost_arrange(struct view *v, const struct ghost_request *rq,
	struct ghost *g, struct diag *d);

/** Is a directory laid as an overlay? */
bool ghost_overlays(const struct ghost *g);

/** The run is over: take away what it needed. */
void ghost_end(struct ghost *g);

#endif /* POLICY_GHOST_H */
