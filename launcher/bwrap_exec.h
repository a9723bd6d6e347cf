/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_BWRAP_EXEC_H
#define LAUNCHER_BWRAP_EXEC_H
/*
 * bwrap_exec.h -- the steps behind the drop: answer a person, or read the plan,
 * judge it, and become bubblewrap.  Each ends the program when it cannot be
 * done.
 */
#include <stdbool.h>

struct bwrap_args;
struct caller;
struct plan;
struct userns;

/** For a caller without a plan: --version, or what to run instead. */
_Noreturn void cold_answer(int argc, char *const *argv);

/** The plan at PLAN_FD, decoded, checked, and its descriptors looked at. */
void cold_plan(const struct userns *ns, struct plan *p);

/** bwrap's options, in a sealed memfd that is returned. */
int cold_options(const struct userns *ns, const struct plan *p);

/** bwrap, opened where it was compiled in; anything odd about it is refused. */
int cold_bwrap(const struct caller *who);

/** Clear close-on-exec on what is declared, and on nothing else. */
void cold_keep(const struct userns *ns, const struct plan *p);

/** Exec, with an empty environment and no policy in the command line. */
_Noreturn void cold_exec(int bwrap_fd, int options_fd, const struct plan *p);

#endif /* LAUNCHER_BWRAP_EXEC_H */
