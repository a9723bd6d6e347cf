/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.c -- the front end beside a running sandbox (room: user).
 *
 * One poll loop over: signals (signalfd; they are blocked from before the fork
 * on, so that bwrap's monitor, which inherits the mask, does not die of a
 * terminal's ^C), the control socket of init, our parent if we are to end with
 * it, and the pty relay.  Before CONTROL_READY there is no command to forward
 * to: a signal that would end one cancels the set-up, the others wait.
 */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/run_loop.h"
#include "policy/run_spawn.h"
#include "policy/run_translate.h"

enum {
	CODE_SIGNAL = 128,
	/* Slots of the poll array. */
	AT_SIGNALS = 0,
	AT_CONTROL,
	AT_PARENT,
	AT_NET,
	AT_RELAY,
	AT_END = AT_RELAY + RELAY_FDS,
};

static int
watch_parent(struct run *run, struct diag *d)
{
	pid_t parent = getppid();
	if (!run->a.die_with_parent)
		return 0;
	if (parent != 0) {
		run->parent = (int)syscall(SYS_pidfd_open, parent, 0);
		/* Gone in between: then this is somebody else, or nobody. */
		if (getppid() != parent || (run->parent < 0 && errno == ESRCH))
			return diag_set(d, -ESRCH, DIAG_SETUP,
				"--die-with-parent", "the parent is gone", "");
	} else if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == 0) {
		return 0; /* it lives outside our PID namespace */
	}
	if (run->parent < 0)
		return diag_set(d, -errno, DIAG_SETUP, "--die-with-parent",
			"this kernel cannot watch a process",
			"use Linux 5.3 or later, or leave the option out");
	return 0;
}

static void
on_parent(struct run *run)
{
	own_close(&run->parent);
	if (run->ret->ready)
		run_say(run, CONTROL_SIGNAL, SIGTERM);
	else
		run_cancel(run, SIGTERM);
}

static void
serve(struct run *run)
{
	while (!run->child_gone) {
		struct pollfd p[AT_END] = {
			[AT_SIGNALS] = { .fd = run->sigfd, .events = POLLIN },
			[AT_CONTROL] = { .fd = run->control, .events = POLLIN },
			[AT_PARENT] = { .fd = run->parent, .events = POLLIN },
		};
		run_net_poll(&run->net, p + AT_NET);
		relay_poll(&run->relay, p + AT_RELAY);
		if (poll(p, AT_END, fresh_wait(&run->fresh)) < 0)
			continue; /* EINTR */
		fresh_look(&run->fresh);
		run_net_serve(&run->net, p + AT_NET);
		/* Before signals: READY decides what they mean. */
		if (p[AT_CONTROL].revents != 0)
			run_on_control(run);
		if (p[AT_SIGNALS].revents != 0)
			run_on_signals(run);
		if (p[AT_PARENT].revents != 0)
			on_parent(run);
		if (run_net_is_over(&run->net))
			run_say(run, CONTROL_SIGNAL, SIGTERM);
		if (relay_serve(&run->relay, p + AT_RELAY))
			run_hang_up(run);
	}
	run_on_control(run); /* its last words */
}

static void
explain_failure(struct run *run, int wstatus, struct diag *d)
{
	run->ret->code = CODE_SIGNAL + run->cancelled_by;
	if (run->cancelled_by != 0)
		return;
	run->ret->code = DIAG_SETUP;
	run_translate_log(run->a.errlog_fd, wstatus, d);
}

static void
finish(struct run *run, struct diag *d)
{
	int wstatus = 0;
	run_drain(run);
	relay_stop(&run->relay);
	if (!run->ret->ended)
		run_kill_behind(run->child);
	(void)waitpid(run->child, &wstatus, 0); /* a zombie: at once */
	/* 125 from init itself: it could not start the command after all. */
	if (!run->ret->ready || (!run->ret->ended && WIFEXITED(wstatus) &&
					WEXITSTATUS(wstatus) == DIAG_SETUP))
		explain_failure(run, wstatus, d);
	else if (!run->ret->ended)
		run->ret->code = run_translate_death(wstatus, d);
	fresh_end(&run->fresh);
	run_net_end(&run->net, d);
	run->ret->network = run->net.summary;
}

static int
start(struct run *run, struct diag *d)
{
	const struct plan *plan = run->a.plan;
	own_fd int gate = -1;
	int err = run_take_signals(run, d);
	if (err == 0)
		err = watch_parent(run, d);
	/* What is left when bwrap or init is killed becomes ours. */
	if (err == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		err = diag_set(d, -errno, DIAG_SETUP, "process",
			diag_errno(errno), "run codex-sandbox doctor");
	/* Before the child: what is listed behind that is killed at the end. */
	if (err == 0 && run->a.net)
		err = run_net_start(&run->net, run->a.net, run->a.errlog_fd, d);
	if (err == 0 && (plan->flags & PLAN_INIT_MOUNTS) != 0)
		err = run_gate(&gate, &run->gate, d);
	if (err == 0)
		err = run_spawn(&run->a, gate, &run->child, d);
	/* Only init may hold the far ends: their end is how each side learns of
	 * the other's.  The numbers stay taken for the plan's owner. */
	if (err == 0 &&
		(dup3(run->a.errlog_fd, plan->control_fd, O_CLOEXEC) < 0 ||
			(plan->net_fd >= 0 &&
				dup3(run->a.errlog_fd, plan->net_fd,
					O_CLOEXEC) < 0)))
		err = -errno;
	return err;
}

static void
run_free(struct run *run)
{
	own_close(&run->gate);
	own_close(&run->sigfd);
	own_close(&run->parent);
	free(run);
}

void
run_result_free(struct run_result *r)
{
	free(r->network);
	r->network = NULL;
}

struct run *
run_begin(const struct run_args *a, struct diag *d)
{
	struct run *run = malloc(sizeof(*run));
	if (!run)
		return NULL;
	*run = (struct run){ .a = *a,
		.gate = -1,
		.sigfd = -1,
		.control = a->control_fd,
		.parent = -1,
		.net = { .front = -1, .events = a->events } };
	relay_init(&run->relay);
	if (start(run, d) < 0) {
		run_abandon(run);
		return NULL;
	}
	/* Who is still making the plan ends by a signal like everybody; what the
	 * child has inherited stays blocked there. */
	(void)sigprocmask(SIG_SETMASK, &run->before, NULL);
	return run;
}

void
run_abandon(struct run *run)
{
	if (!run)
		return;
	if (run->child > 0 && kill(run->child, SIGKILL) == 0)
		(void)waitpid(run->child, NULL, 0);
	run_net_end(&run->net, NULL);
	free(run->net.summary);
	run_free(run);
}

void
run_plan(struct run *run, struct run_result *ret, struct diag *d)
{
	run_result_free(ret);
	*ret = (struct run_result){ .code = DIAG_SETUP };
	run->ret = ret;
	(void)sigprocmask(SIG_BLOCK, &run->taken, NULL);
	own_close(&run->gate); /* the plan is ready */
	serve(run);
	finish(run, d);
	run_free(run);
}
