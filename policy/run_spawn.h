/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RUN_SPAWN_H
#define POLICY_RUN_SPAWN_H
/* run_spawn.h -- start launcher or init with the declared descriptors. */
#include <sys/types.h>

struct diag;
struct run_args;

/** A pipe whose end tells the launcher that the plan is ready (plan.h). */
int run_gate(int *ret_far, int *ret_near, struct diag *d);

/**
 * Start a->program: /dev/null as 0 and 1, the error log as 2, of all others
 * only those the plan declares, and `gate` where init lays the mounts; an empty
 * environment.  The signal mask is
 * inherited as it is.  0 with the child in *ret_pid, or -errno with *d.
 */
int run_spawn(
	const struct run_args *a, int gate, pid_t *ret_pid, struct diag *d);

/**
 * After a vfork(2): 0 where `program` runs, or -errno with *d; `failed` is the
 * errno of its exec, and the child has then been waited for.
 */
int run_spawned(pid_t pid, int failed, const char *program, struct diag *d);

/**
 * KILL whoever became our child after `zombie`, which has ended and has not
 * been waited for, and wait for their end: processes that init left behind when
 * it was killed, where there is no PID namespace; else bwrap's child, with whom
 * its whole PID namespace is gone.  Needs PR_SET_CHILD_SUBREAPER.
 */
void run_kill_behind(pid_t zombie);

#endif /* POLICY_RUN_SPAWN_H */
