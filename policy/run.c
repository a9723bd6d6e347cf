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
#include "policy/run.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher/control.h"
#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/pty_relay.h"
#include "policy/run_channel.h"
#include "policy/run_fresh.h"
#include "policy/run_net.h"
#include "policy/run_spawn.h"
#include "policy/run_translate.h"

enum {
	CODE_SIGNAL = 128,
	SIGNALS_AT_ONCE = 8,
	/* Slots of the poll array. */
	AT_SIGNALS = 0,
	AT_CONTROL,
	AT_PARENT,
	AT_NET,
	AT_RELAY,
	AT_END = AT_RELAY + RELAY_FDS,
};

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

struct run {
	const struct run_args *a;
	struct run_result *ret;
	pid_t child;
	int sigfd;        /* owned */
	int control;      /* borrowed; -1 once it was shut */
	int parent;       /* owned pidfd, -1 = none */
	sigset_t taken;   /* signals we handle */
	uint32_t waiting; /* bit i: forwarded[i] came before READY */
	int cancelled_by; /* signal, 0 = none */
	bool stop_asked;  /* SIGTSTP was forwarded: a stop is ours too */
	bool hung_up;     /* HANGUP was said */
	bool give_up;     /* a signal that would end us came: see drain() */
	bool child_gone;  /* it has ended, and is still a zombie */
	struct relay relay;
	struct fresh fresh;
	struct run_net net;
};

/* ---- towards init -------------------------------------------------------- */

static void
send_message(const struct run *run, enum control_type type, uint32_t value)
{
	if (run->control >= 0)
		run_send(run->control, type, value);
}

/* To init this is the end of us: it kills all. */
static void
shut_control(struct run *run)
{
	if (run->control >= 0)
		(void)shutdown(run->control, SHUT_RDWR);
	run->control = -1;
}

static void
cancel(struct run *run, int sig)
{
	run->cancelled_by = sig;
	shut_control(run);
	(void)kill(run->child, SIGKILL); /* a zombie at least: ours */
}

/*
 * The terminal is gone: HUP once, however we learn of it, and init begins to
 * count.  HUP from anybody else (reload!) is a signal like others.
 */
static void
hang_up(struct run *run)
{
	if (!run->hung_up)
		send_message(run, CONTROL_HANGUP, 0);
	run->hung_up = true;
}

/* ---- stopping and going on ----------------------------------------------- */

static void
go_on(struct run *run)
{
	send_message(run, CONTROL_CONTINUE, relay_look(&run->relay));
}

/*
 * Stop as the command did, so that the shell that started us takes over.  An
 * orphaned group (nobody could continue us) is not stopped by the kernel; nor
 * are we when our caller ignores the signal: then we go on at once.
 */
static void
stop_self(struct run *run, pid_t whom, int sig)
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
		hang_up(run);
	go_on(run);
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
		go_on(run);
	else if (sig == SIGHUP && relay_is_gone(&run->relay))
		hang_up(run);
	else
		send_message(run, CONTROL_SIGNAL, (uint32_t)sig);
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
		cancel(run, f->sig);
}

static void
on_child(struct run *run)
{
	siginfo_t end = { 0 };
	/* It stays a zombie: see run_kill_behind(). */
	if (waitid(P_PID, (id_t)run->child, &end, WEXITED | WNOHANG | WNOWAIT) <
			0 ||
		end.si_pid != run->child)
		return;
	run->child_gone = true;
}

static void
on_signals(struct run *run)
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

/* All that the command wrote before it stopped or ended.  A signal that would
 * end us ends the wait for a terminal that takes nothing. */
static void
drain(struct run *run)
{
	run->give_up = false;
	while (!run->give_up && !relay_drain(&run->relay, run->sigfd))
		on_signals(run);
}

/* ---- messages of init ---------------------------------------------------- */

/*
 * Without a pty the command's stdin and stdout are none of our business: when
 * it closes them, whoever is at the other end has to see that.  The numbers
 * stay taken; the plan's owner closes his.
 */
static void
release_stdio(const struct plan *plan)
{
	own_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return; /* then they see it when we end */
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	for (int i = 0; i < 3; i++)
		if (plan->stdio_fd[i] > STDERR_FILENO)
			(void)dup3(null, plan->stdio_fd[i], O_CLOEXEC);
}

static void
on_ready(struct run *run, int master)
{
	const struct plan *plan = run->a->plan;
	run->ret->ready = true;
	if (master >= 0) {
		relay_start(&run->relay, plan->tty_mask, master);
		go_on(run); /* it waits for that */
	}
	for (size_t i = 0; i < FORWARDED; i++)
		if ((run->waiting & 1u << i) != 0)
			forward(run, forwarded[i].sig);
	run->waiting = 0;
	if (master < 0)
		release_stdio(plan);
}

static void
on_stopped(struct run *run, uint32_t by)
{
	bool of_terminal = by == SIGTTIN || by == SIGTTOU;
	if (!run->relay.active) {
		/* Without a terminal of its own only the stop that we asked
		 * for is ours too: a command must not suspend its caller. */
		if (run->stop_asked)
			stop_self(run, getpid(), SIGTSTP);
		run->stop_asked = false;
		return;
	}
	if (of_terminal && !run->relay.foreground && relay_look(&run->relay)) {
		go_on(run); /* fg does not tell a job that was running */
		return;
	}
	drain(run);
	relay_leave(&run->relay);
	/* SIGSTOP would stop even an orphan, for ever. */
	stop_self(run, 0, of_terminal ? (int)by : SIGTSTP);
}

static uint64_t
join_words(const uint32_t *low_high)
{
	return low_high[0] | (uint64_t)low_high[1] << 32;
}

static void
on_exit_message(struct run *run, const uint32_t word[CONTROL_WORDS])
{
	struct run_result *ret = run->ret;
	ret->ended = true;
	ret->code = (int)(word[CX_CODE] & 0xff);
	ret->wstatus = (int)word[CX_WSTATUS];
	ret->timed_out = word[CX_TIMEOUT] != 0;
	ret->utime_us = join_words(&word[CX_UTIME_LO]);
	ret->stime_us = join_words(&word[CX_STIME_LO]);
	ret->maxrss_kib = word[CX_MAXRSS_KIB];
}

/* Is this what may come now?  READY once and first, EXIT last. */
static bool
is_expected(const struct run *run, uint32_t type, int fd)
{
	bool with_fd = type == CONTROL_OVERLAY ||
		       (type == CONTROL_READY &&
			       (run->a->plan->flags & PLAN_TTY) != 0);
	if ((fd >= 0) != with_fd || run->ret->ended)
		return false;
	if (type == CONTROL_READY || type == CONTROL_UNABLE ||
		type == CONTROL_OVERLAY)
		return !run->ret->ready && run->ret->unable == 0;
	return run->ret->ready &&
	       (type == CONTROL_STOPPED || type == CONTROL_EXIT);
}

static void
on_control(struct run *run)
{
	while (run->control >= 0) {
		uint32_t word[CONTROL_WORDS] = { 0 };
		own_fd int fd = -1;
		int got = run_receive(run->control, word, &fd);
		if (got == 0)
			return;
		if (got < 0 || !is_expected(run, word[0], fd)) {
			shut_control(run);
			return;
		}
		if (word[0] == CONTROL_READY)
			on_ready(run, own_take_fd(&fd));
		else if (word[0] == CONTROL_OVERLAY)
			fresh_add(&run->fresh, own_take_fd(&fd));
		else if (word[0] == CONTROL_UNABLE)
			run->ret->unable = word[1];
		else if (word[0] == CONTROL_STOPPED)
			on_stopped(run, word[1]);
		else
			on_exit_message(run, word);
	}
}

/* ---- from the beginning to the end --------------------------------------- */

/*
 * Take over the signals that we forward.  What our caller ignores (nohup, an
 * asynchronous command of a script) is left ignored and does not reach the
 * command.  They stay blocked for good: the process is about to end with it.
 */
static int
take_signals(struct run *run, struct diag *d)
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
	(void)sigprocmask(SIG_BLOCK, &run->taken, NULL);
	run->sigfd = signalfd(-1, &run->taken, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->sigfd < 0)
		return diag_set(d, -errno, DIAG_SETUP, "signals",
			diag_errno(errno), "raise the limit on open files");
	return 0;
}

static int
watch_parent(struct run *run, struct diag *d)
{
	pid_t parent = getppid();
	if (!run->a->die_with_parent)
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
		send_message(run, CONTROL_SIGNAL, SIGTERM);
	else
		cancel(run, SIGTERM);
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
			on_control(run);
		if (p[AT_SIGNALS].revents != 0)
			on_signals(run);
		if (p[AT_PARENT].revents != 0)
			on_parent(run);
		if (relay_serve(&run->relay, p + AT_RELAY))
			hang_up(run);
	}
	on_control(run); /* its last words */
}

static void
explain_failure(struct run *run, int wstatus, struct diag *d)
{
	run->ret->code = CODE_SIGNAL + run->cancelled_by;
	if (run->cancelled_by != 0)
		return;
	run->ret->code = DIAG_SETUP;
	run_translate_log(run->a->errlog_fd, wstatus, d);
}

static void
finish(struct run *run, struct diag *d)
{
	int wstatus = 0;
	drain(run);
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
	own_close(&run->sigfd);
	own_close(&run->parent);
}

static int
start(struct run *run, struct diag *d)
{
	const struct plan *plan = run->a->plan;
	int err = take_signals(run, d);
	if (err == 0)
		err = watch_parent(run, d);
	/* What is left when bwrap or init is killed becomes ours. */
	if (err == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		err = diag_set(d, -errno, DIAG_SETUP, "process",
			diag_errno(errno), "run codex-sandbox doctor");
	/* Before the child: what is listed behind that is killed at the end. */
	if (err == 0 && run->a->net)
		err = run_net_start(
			&run->net, run->a->net, run->a->errlog_fd, d);
	if (err == 0)
		err = run_spawn(run->a, &run->child, d);
	/* Only init may hold the far ends: their end is how each side learns of
	 * the other's.  The numbers stay taken for the plan's owner. */
	if (err == 0 &&
		(dup3(run->a->errlog_fd, plan->control_fd, O_CLOEXEC) < 0 ||
			(plan->net_fd >= 0 &&
				dup3(run->a->errlog_fd, plan->net_fd,
					O_CLOEXEC) < 0)))
		err = -errno;
	return err;
}

void
run_result_free(struct run_result *r)
{
	free(r->network);
	r->network = NULL;
}

int
run_plan(const struct run_args *a, struct run_result *ret, struct diag *d)
{
	struct run run = { .a = a,
		.ret = ret,
		.sigfd = -1,
		.control = a->control_fd,
		.parent = -1,
		.net = { .front = -1, .events = a->events } };
	run_result_free(ret);
	*ret = (struct run_result){ .code = DIAG_SETUP };
	relay_init(&run.relay);
	int err = start(&run, d);
	if (err < 0) {
		run_net_end(&run.net, NULL);
		free(run.net.summary);
		own_close(&run.sigfd);
		own_close(&run.parent);
		return err;
	}
	serve(&run);
	finish(&run, d);
	return 0;
}
