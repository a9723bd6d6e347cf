/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_BWRAP_ARGV_H
#define LAUNCHER_BWRAP_ARGV_H
/*
 * bwrap_argv.h -- a checked plan as the options of bubblewrap.
 *
 * Pure: the launcher writes the result into a memfd for `bwrap --args`, the
 * front end prints the same bytes for `explain --argv` (invariant I3).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "launcher/plan.h"

enum {
	/*
	 * bwrap refuses above 9000 together with its own command line, which
	 * is five words here; a few are left for other versions' counting.
	 */
	BWRAP_ARGUMENTS_MAX = 8990,
	/* Room for any plan: its strings, and the option words of each mount. */
	BWRAP_ARGS_BYTES = PLAN_BLOB_MAX + PLAN_MOUNTS_MAX * 64 + 1024,
};

struct bwrap_args {
	char *bytes; /* the caller's room, e.g. BWRAP_ARGS_BYTES of it */
	size_t size;
	size_t len;     /* used: each argument with its NUL */
	uint32_t count; /* arguments */
	bool full;      /* latched: something did not fit */
};

/**
 * Fill `out` (bytes and size set, the rest is overwritten) with the options for
 * a plan that passed plan_check(), joining the user namespace `userns_fd`.  The
 * command to run, /proc/self/fd/<init_fd>, is not among them: bwrap takes it
 * from its command line only.
 * 0; -E2BIG when bwrap would refuse the number; -ENOBUFS when `size` is too
 * small.
 */
int bwrap_argv(const struct plan *p, int userns_fd, struct bwrap_args *out);

#endif /* LAUNCHER_BWRAP_ARGV_H */
