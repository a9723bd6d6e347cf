/* SPDX-License-Identifier: Apache-2.0 */
/* run_signals.c -- signals of a run: what they mean, where they go; room: user. */
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/diag.h"
#include "policy/run_channel.h"
#include "policy/run_loop.h"

enum { SIGNALS_AT_ONCE = 8 };

/* What is forwarded, and what it means before there is a command. */
static const struct forwarded {
	int sig;
	bool cancels; /* else it waits for the command */
	bool always;  /* also when our caller ignores it */
} forwarded[] = {
	{ SIGHUP, true, false },
	{ SIGINT, true, false },
	{ SIGQUIT, true, false },
	{ SIGTERM, true, false },
	{ SIGUSR1, false, false },
	{ SIGUSR2, false, false },
	{ SIGTSTP, false, false },
	{ SIGWINCH, false, true },
	{ SIGCONT, false, true },
};
enum { FORWARDED = sizeof(forwarded) / sizeof(forwarded[0]) };

void
run_say(const struct run *run, enum control_type type, uint32_t value)
{
	if (run->control >= 0)
		run_send(run->control, type, value);
}

void
run_shut(struct run *run)
{
	if (run->control >= 0)
		(void)shutdown(run->control, SHUT_RDWR);
	run->control = -1;
}

void
run_cancel(struct run *run, int sig)
{
	run->cancelled_by = sig;
	run_shut(run);
	(void)kill(run->child, SIGKILL); /* a zombie at least: ours */
}

void
run_hang_up(struct run *run)
{
	if (!run->hung_up)
		run_say(run, CONTROL_HANGUP, 0);
	run->hung_up = true;
}

/* ---- stopping and going on ----------------------------------------------- */

void
run_go_on(struct run *run)
{
	run_say(run, CONTROL_CONTINUE, relay_look(&run->relay));
}

/*
 * Stop as the command did, so that the shell that started us takes over.  An
 * orphaned group (nobody could continue us) is not stopped by the kernel; nor
 * are we when our caller ignores the signal: then we go on at once.
 */
void
run_stop_self(struct run *run, pid_t whom, int sig)
{
	sigset_t one;
	sigset_t pending;
	(void)sigemptyset(&one);
	(void)sigaddset(&one, sig);
	(void)sigprocmask(SIG_UNBLOCK, &one, NULL);
	(void)kill(whom, sig); /* stops here, until SIGCONT */
	(void)sigprocmask(SIG_BLOCK, &run->taken, NULL);
	if (sigpending(&pending) == 0 && sigismember(&pending, SIGCONT) == 1)
		return; /* the loop reads it, and goes on */
	if (run->relay.active && sig != SIGTSTP && !relay_look(&run->relay))
		/* In the background of a terminal whose shell is gone, reading
		 * gives an error and not a stop. */
		run_hang_up(run);
	run_go_on(run);
}

/* ---- signals ------------------------------------------------------------- */

static void
forward(struct run *run, int sig)
{
	if (sig == SIGTSTP)
		run->stop_asked = true;
	if (run->relay.active && sig == SIGWINCH)
		relay_resize(&run->relay);
	else if (run->relay.active && sig == SIGCONT)
		run_go_on(run);
	else if (sig == SIGHUP && relay_is_gone(&run->relay))
		run_hang_up(run);
	else
		run_say(run, CONTROL_SIGNAL, (uint32_t)sig);
}

static void
on_signal(struct run *run, size_t i)
{
	const struct forwarded *f = &forwarded[i];
	run->give_up = run->give_up || f->cancels;
	if (run->ret->ready)
		forward(run, f->sig);
	else if (!f->cancels)
		run->waiting |= 1u << i;
	else if (!run->child_gone)
		run_cancel(run, f->sig);
}

/* Process 1 of a container has to wait for whoever nobody else does. */
static void
reap_strays(const struct run *run)
{
	siginfo_t end = { 0 };
	while (getpid() == 1 &&
		waitid(P_ALL, 0, &end, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		end.si_pid != 0 && end.si_pid != run->child &&
		end.si_pid != run->net.pid)
		(void)waitpid(end.si_pid, NULL, 0); /* it has ended */
}

static void
on_child(struct run *run)
{
	siginfo_t end = { 0 };
	reap_strays(run);
	/* It stays a zombie: see run_kill_behind(). */
	if (waitid(P_PID, (id_t)run->child, &end, WEXITED | WNOHANG | WNOWAIT) <
			0 ||
		end.si_pid != run->child)
		return;
	run->child_gone = true;
}

void
run_on_signals(struct run *run)
{
	struct signalfd_siginfo info[SIGNALS_AT_ONCE];
	ssize_t n = read(run->sigfd, info, sizeof(info));
	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(info[0]); i++) {
		if (info[i].ssi_signo == SIGCHLD)
			on_child(run);
		for (size_t j = 0; j < FORWARDED; j++)
			if (info[i].ssi_signo == (uint32_t)forwarded[j].sig)
				on_signal(run, j);
	}
}

void
run_drain(struct run *run)
{
	run->give_up = false;
	while (!run->give_up && !relay_drain(&run->relay, run->sigfd))
		run_on_signals(run);
}

int
run_take_signals(struct run *run, struct diag *d)
{
	(void)sigemptyset(&run->taken);
	(void)sigaddset(&run->taken, SIGCHLD);
	/* Ignored, it would take the exit status away from us. */
	(void)signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < FORWARDED; i++) {
		struct sigaction now = { 0 };
		(void)sigaction(forwarded[i].sig, NULL, &now);
		if (forwarded[i].always || now.sa_handler != SIG_IGN)
			(void)sigaddset(&run->taken, forwarded[i].sig);
	}
	(void)sigprocmask(SIG_BLOCK, &run->taken, &run->before);
	(void)sigaddset(&run->before, SIGCHLD);
	run->sigfd = signalfd(-1, &run->taken, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->sigfd < 0)
		return diag_set(d, -errno, DIAG_SETUP, "signals",
			diag_errno(errno), "raise the limit on open files");
	return 0;
}

void
run_forward_waiting(struct run *run)
{
	for (size_t i = 0; i < FORWARDED; i++)
		if ((run->waiting & 1u << i) != 0)
			forward(run, forwarded[i].sig);
	run->waiting = 0;
}
