/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DANGER_H
#define POLICY_DANGER_H
/*
 * danger.h -- a courtesy against accidents, not a boundary.
 *
 * Finds forced removal (rm -f, rm -rf) in a command and in what its wrappers
 * (sudo, env, trap, sh -c) would run.  It is easily gone round (\rm, $cmd,
 * xargs, find -delete): rights are decided at the real execve.  The lists are
 * data, in policy/danger_table.c.
 */
#include <stddef.h>

enum danger {
	DANGER_NONE,
	DANGER_FORCED_RM,
	DANGER_OTHER, /* wrapped so deeply that we do not look */
};

enum { DANGER_WRAPPERS_MAX = 8 };

/** Judge one argument vector.  0 and *ret, or -ENOMEM. */
int danger_argv(size_t argc, char *const *argv, enum danger *ret);

/** Judge every literal command of a shell text.  0 and *ret, or -ENOMEM. */
int danger_text(const char *script, size_t len, enum danger *ret);

/** What to tell the person or the program; never NULL. */
const char *danger_message(enum danger d);

#endif /* POLICY_DANGER_H */
