/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_BWRAP_EXEC_H
#define LAUNCHER_BWRAP_EXEC_H
/*
 * bwrap_exec.h -- the steps behind the drop: answer a person, or read the plan,
 * judge it, and become bubblewrap.  Each ends the program when it cannot be
 * done.
 */
struct caller;
struct plan;
struct userns;

/** For a caller without a plan: --version, or what to run instead. */
_Noreturn void cold_answer(int argc, char *const *argv);

/** The plan at PLAN_FD, decoded, checked, and its descriptors looked at. */
void cold_plan(const struct userns *ns, struct plan *p);

/**
 * Options into a sealed memfd; bwrap opened where it was compiled in, anything
 * odd about it refused; what is declared kept, and nothing else; exec, with an
 * empty environment and no policy in the command line.
 */
_Noreturn void cold_exec(const struct caller *who, const struct userns *ns,
	const struct plan *p);

#endif /* LAUNCHER_BWRAP_EXEC_H */
