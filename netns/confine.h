/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_CONFINE_H
#define NETNS_CONFINE_H
/*
 * confine.h -- prove that the cage is empty of privilege, and shut it.
 *
 * Every function returns only when what its name says holds; otherwise the
 * sandbox ends with exit code 125 and nothing has run.
 */
#include <stdint.h>

struct plan;

/* What one read of /proc/self/status tells about this process. */
struct proc_status {
	uint64_t ignored;  /* signals, bit n-1 for signal n */
	uint64_t bounding; /* capabilities */
};

/** Fill *ret; without /proc every signal counts as ignored and the bounding
 *  set is asked capability by capability. */
void confine_status(struct proc_status *ret);

/** Drop what bwrap left us, then verify that every set is empty. */
void confine_capabilities(
	const struct plan *plan, const struct proc_status *status);

/** In place: give every capability up.  That none is left is for canary.c. */
void confine_give_up(void);

/** PR_SET_NO_NEW_PRIVS. */
void confine_no_new_privs(void);

/** Install the seccomp filter of the plan, the one and only. */
void confine_filter(const struct plan *plan);

#endif /* NETNS_CONFINE_H */
