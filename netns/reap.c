/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reap.c -- the loop of init (room: inside).
 *
 * Three things happen: a signal for init (SIGCHLD, or one that somebody sent to
 * forward), a message of the front end, a deadline.  The state is which of
 * these are set:
 *
 *   ended       the command has been waited for; its status is final
 *   timeout_at  TERM goes to the group then, and the exit code is 124
 *   kill_at     KILL goes to everybody then (armed by TERM, hangup, time-out)
 *   linger_at   until then the rest of the group may finish its traps, when
 *               the command has ended after a signal
 *   killing     KILL was sent; left only by the end
 *
 * ended, killing and a fired timeout never go back.  kill_at is never put off.
 */
#include "netns/reap.h"

#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "netns/channel.h"
#include "netns/init.h"
#include "netns/tree.h"
#include "netns/tty.h"

enum {
	CODE_TIMEOUT = 124,
	CODE_SIGNAL = 128,
	SIGNALS_AT_ONCE = 8,
	/* In place only: how long to wait for those who do not die, and how
	 * often to look for new ones. */
	GIVE_UP_MS = 2000,
	LOOK_AGAIN_MS = 50,
};

/* The signals that reach the command's group, and what they do to us. */
static const struct forward {
	int sig;
	bool arms;    /* begins the grace period, KILL at its end */
	bool lingers; /* the group may outlive the command for a while */
} forwards[] = {
	{ SIGHUP, false, true },
	{ SIGINT, false, true },
	{ SIGQUIT, false, true },
	{ SIGTERM, true, true },
	{ SIGUSR1, false, false },
	{ SIGUSR2, false, false },
	{ SIGWINCH, false, false },
	{ SIGCONT, false, false },
	{ SIGTSTP, false, false },
};
enum { FORWARDS = sizeof forwards / sizeof *forwards };

/* Times are milliseconds of the monotonic clock; 0 is never. */
struct reap {
	const struct init *init;
	pid_t command; /* and its process group */
	int sigfd;
	int control; /* -1 once the front end is gone */
	pid_t tty_owner_before;
	int wstatus;
	bool ended;
	bool childless;
	bool timed_out;
	bool killing;
	bool told_stopped; /* STOPPED went out, nothing came since */
	int64_t timeout_at;
	int64_t kill_at;
	int64_t linger_at;
	int64_t give_up_at;
};

static int64_t
now_ms(void)
{
	struct timespec t = { 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
is_due(int64_t at, int64_t now)
{
	return at != 0 && now >= at;
}

static void
group_signal(const struct reap *r, int sig)
{
	/* Once the leader has been waited for its number may be anybody's:
	 * then what is left is the group. */
	if (r->ended)
		tree_signal(r->init->pid1, sig);
	else
		(void)kill(-r->command, sig);
}

static void
arm(struct reap *r)
{
	if (r->kill_at == 0)
		r->kill_at = now_ms() + r->init->plan->grace_ms;
}

static void
forward(struct reap *r, uint32_t sig)
{
	for (size_t i = 0; i < FORWARDS; i++) {
		const struct forward *f = &forwards[i];
		if ((uint32_t)f->sig != sig) /* a signal number, small */
			continue;
		if (f->lingers)
			r->linger_at = now_ms() + r->init->plan->grace_ms;
		if (f->arms)
			arm(r);
		group_signal(r, f->sig);
	}
}

static void
kill_all(struct reap *r)
{
	if (!r->killing)
		r->give_up_at = now_ms() + GIVE_UP_MS;
	r->killing = true;
	r->timeout_at = 0;
	r->kill_at = 0;
	if (!r->ended)
		(void)kill(-r->command, SIGKILL);
	tree_signal(r->init->pid1, SIGKILL);
}

static void
hang_up(struct reap *r)
{
	forward(r, SIGHUP);
	arm(r);
	/* As the kernel does it: a stopped group has to wake up to see it. */
	group_signal(r, SIGCONT);
}

static void
go_on(struct reap *r, bool foreground)
{
	const struct init *init = r->init;
	if (init->tty >= 0 && !foreground) {
		pid_t owner = tty_owner(init->tty);
		if (owner > 0 && owner != getpgrp())
			r->tty_owner_before = owner;
		tty_give(init->tty, getpgrp());
	} else if (init->tty >= 0 && tty_owner(init->tty) == getpgrp()) {
		tty_give(init->tty, r->command);
		tty_give(init->tty, r->tty_owner_before);
	}
	group_signal(r, SIGCONT);
}

static void
on_message(struct reap *r)
{
	uint32_t word[CONTROL_WORDS] = { 0 };
	enum channel_got got = channel_recv(r->control, 0, word);
	if (got == CHANNEL_NOTHING)
		return;
	r->told_stopped = false;
	if (got == CHANNEL_MESSAGE && word[0] == CONTROL_SIGNAL) {
		forward(r, word[1]);
	} else if (got == CHANNEL_MESSAGE && word[0] == CONTROL_CONTINUE) {
		go_on(r, word[1] != 0);
	} else if (got == CHANNEL_MESSAGE && word[0] == CONTROL_HANGUP) {
		hang_up(r);
	} else {
		/* Gone, or not the front end we know: nobody is left whose
		 * command this is. */
		(void)close(r->control);
		r->control = -1;
		kill_all(r);
	}
}

static void
on_status(struct reap *r, pid_t pid, int wstatus)
{
	uint32_t word[CONTROL_WORDS] = { CONTROL_STOPPED };
	if (pid != r->command || r->ended)
		return; /* an orphan */
	if (WIFSTOPPED(wstatus)) {
		/* Once, until we hear: a command that stops and goes on for
		 * ever could fill the socket before EXIT has to go out. */
		word[1] = (uint32_t)WSTOPSIG(wstatus); /* 1 to 64 */
		if (!r->told_stopped)
			(void)channel_send(r->control, word, -1);
		r->told_stopped = true;
		return;
	}
	r->ended = true;
	r->wstatus = wstatus;
	/* The time limit is over with the command, unless its background
	 * processes are waited for. */
	if ((r->init->plan->flags & PLAN_KEEP_BACKGROUND) == 0)
		r->timeout_at = 0;
}

/*
 * PID 1 listens to nobody inside: to a sender of our own namespace the kernel
 * gives a pid, to one outside 0, and to itself (a terminal) SI_KERNEL.  What a
 * sender could make up (sigqueue) has a negative code.
 */
static bool
is_from_outside(const struct reap *r, const struct signalfd_siginfo *info)
{
	return !r->init->pid1 || info->ssi_code == SI_KERNEL ||
	       (info->ssi_code == SI_USER && info->ssi_pid == 0);
}

static void
on_signals(struct reap *r)
{
	struct signalfd_siginfo info[SIGNALS_AT_ONCE];
	ssize_t n = read(r->sigfd, info, sizeof info);
	for (ssize_t i = 0; i < n / (ssize_t)sizeof *info; i++)
		if (info[i].ssi_signo != SIGCHLD &&
			is_from_outside(r, &info[i]))
			forward(r, info[i].ssi_signo);
	for (;;) {
		int wstatus = 0;
		pid_t pid = waitpid(-1, &wstatus, WNOHANG | WUNTRACED);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0 && errno != ECHILD)
			die_errno("waiting", "codex-sandbox doctor");
		if (pid <= 0) {
			r->childless = pid < 0 && errno == ECHILD;
			return;
		}
		on_status(r, pid, wstatus);
	}
}

static void
on_deadlines(struct reap *r)
{
	int64_t now = now_ms();
	if (is_due(r->timeout_at, now)) {
		r->timeout_at = 0;
		r->timed_out = true;
		forward(r, SIGTERM);
		group_signal(r, SIGCONT); /* a stopped one has to see it */
	}
	if (is_due(r->kill_at, now) || r->killing)
		kill_all(r);
}

/* Nothing to wait for any more?  May begin the killing, in place. */
static bool
is_over(struct reap *r)
{
	bool pid1 = r->init->pid1;
	int64_t now = now_ms();
	if (pid1 && r->control < 0)
		return true; /* the kernel kills faster than we can */
	if (r->killing)
		return (r->ended && (pid1 || r->childless)) ||
		       (!pid1 && is_due(r->give_up_at, now));
	if (!r->ended)
		return false;
	if (r->childless)
		return true;
	if ((r->init->plan->flags & PLAN_KEEP_BACKGROUND) != 0)
		return false;
	if (r->linger_at > now && tree_has_group(pid1, r->command))
		return false;
	if (pid1)
		return true; /* who is left ends with the namespace */
	kill_all(r);
	return false;
}

static int
wait_ms(const struct reap *r)
{
	int64_t until = r->ended ? r->linger_at : 0;
	const int64_t others[] = { r->timeout_at, r->kill_at };
	if (r->killing)
		return LOOK_AGAIN_MS;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i] != 0 && (until == 0 || others[i] < until))
			until = others[i];
	if (until == 0)
		return -1;
	int64_t left = until - now_ms();
	return left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

static uint64_t
micros(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec; /* >= 0 */
}

static int
report(const struct reap *r)
{
	struct rusage use = { 0 };
	uint32_t word[CONTROL_WORDS] = { CONTROL_EXIT };
	int w = r->ended ? r->wstatus : SIGKILL;
	int code = WIFEXITED(w) ? WEXITSTATUS(w) : CODE_SIGNAL + WTERMSIG(w);
	if (r->timed_out)
		code = CODE_TIMEOUT;
	(void)getrusage(RUSAGE_CHILDREN, &use); /* cannot fail */
	uint64_t user = micros(use.ru_utime);
	uint64_t system = micros(use.ru_stime);
	word[CX_CODE] = (uint32_t)code;
	word[CX_WSTATUS] = (uint32_t)w;
	word[CX_TIMEOUT] = r->timed_out;
	word[CX_UTIME_LO] = (uint32_t)user;
	word[CX_UTIME_HI] = (uint32_t)(user >> 32);
	word[CX_STIME_LO] = (uint32_t)system;
	word[CX_STIME_HI] = (uint32_t)(system >> 32);
	word[CX_MAXRSS_KIB] = use.ru_maxrss > UINT32_MAX
				      ? UINT32_MAX
				      : (uint32_t)use.ru_maxrss;
	/* Without it nobody could tell a status of the command's from ours. */
	if (r->control >= 0 && !channel_send(r->control, word, -1))
		die_errno("result", "codex-sandbox doctor");
	return code;
}

static int
open_signals(void)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < FORWARDS; i++)
		(void)sigaddset(&set, forwards[i].sig);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		die_errno("signals", "codex-sandbox doctor");
	return fd;
}

int
reap_until_end(const struct init *init, pid_t command)
{
	struct reap r = {
		.init = init,
		.command = command,
		.sigfd = open_signals(),
		.control = init->control,
		.tty_owner_before = command,
	};
	if (init->plan->timeout_ms != 0)
		r.timeout_at = now_ms() + init->plan->timeout_ms;
	do {
		struct pollfd p[] = {
			{ .fd = r.sigfd, .events = POLLIN },
			{ .fd = r.control, .events = POLLIN },
		};
		if (poll(p, sizeof p / sizeof *p, wait_ms(&r)) < 0 &&
			errno != EINTR)
			die_errno("waiting", "codex-sandbox doctor");
		/* Always: a signal may have come with the deadline. */
		on_signals(&r);
		if (p[1].revents != 0)
			on_message(&r);
		on_deadlines(&r);
	} while (!is_over(&r));
	return report(&r);
}
