/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RUN_H
#define POLICY_RUN_H
/*
 * run.h -- start a plan and stay beside it: signals, terminal, exit status.
 *
 * The front end is the only process of ours outside the sandbox beside bwrap's
 * monitor.  It has to stay: bwrap's monitor forwards no signal, and a pty needs
 * somebody who copies.  It copies no data unless the plan asks for a pty.
 */
#include <stdbool.h>
#include <stdint.h>

struct diag;
struct plan;
struct plan_net;

struct run_args {
	const struct plan *plan;
	struct plan_net
		*net;   /* what the network supervisor gets; NULL = none */
	int events;     /* borrowed: where its events go, -1 = nowhere */
	int plan_fd;    /* the sealed blob; must be PLAN_FD */
	int control_fd; /* near end of the control socket */
	int errlog_fd;  /* memfd: fd 2 of launcher, bwrap and init */
	int cgroup_fd;  /* cgroup.procs of the group it is to be in, or -1 */
	/* What is started: the launcher, or init with no PLAN_NAMESPACES. */
	const char *program;
	/* End the sandbox when our own parent is gone (pidfd). */
	bool die_with_parent;
};

struct run_result {
	int code;   /* exit code to end with */
	bool ready; /* the command was started */
	bool ended; /* CONTROL_EXIT arrived: the rest is valid */
	bool timed_out;
	unsigned int unable; /* enum control_unable, 0 = it was able */
	int wstatus;         /* raw wait status of the command */
	uint64_t utime_us, stime_us;
	uint32_t maxrss_kib;
	char *network; /* owned: summary of the network, a JSON object; or NULL */
};

void run_result_free(struct run_result *r);

struct run;

/**
 * Start program (argv[0] "codex-sandbox-launch" or "codex-sandbox-init") with
 * the declared descriptors of the plan.  Where init lays the mounts that may be
 * before the plan is ready: its flags and descriptors count, what is on PLAN_FD
 * is looked at when run_plan() is called.  NULL with *d when nothing was started.
 */
struct run *run_begin(const struct run_args *a, struct diag *d);

/** There will be no plan: end what was started.  NULL is none. */
void run_abandon(struct run *run);

/**
 * The plan is ready: serve what was started until it ends, and fill *ret, also
 * when there was no command to begin with:
 *   the sandbox could not be built   ready false, code 125, *d has the text of
 *                                    launcher, bwrap or init, translated
 *   a signal came before it was      ready false, code 128+n, *d is empty
 *   bwrap or init was killed later   ready true, ended false, code 128+n, *d
 * Print *d when it is not empty.  `run` is gone afterwards.
 *
 * The terminal is given back on every way out.  The signals that are forwarded
 * stay blocked: the process is expected to end with ret->code.  Behind the
 * numbers of the plan's control and stdio descriptors, and without a pty behind
 * 0 and 1, is /dev/null or the like afterwards, so that the command's own
 * closing of them is seen outside; their owner still closes them.
 */
void run_plan(struct run *run, struct run_result *ret, struct diag *d);

#endif /* POLICY_RUN_H */
