/* SPDX-License-Identifier: Apache-2.0 */
/* run_messages.c -- what init says of a run; room: user. */
#include <fcntl.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/run_channel.h"
#include "policy/run_loop.h"

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
	const struct plan *plan = run->a.plan;
	run->ret->ready = true;
	if (master >= 0) {
		relay_start(&run->relay, plan->tty_mask, master);
		run_go_on(run); /* it waits for that */
	}
	run_forward_waiting(run);
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
			run_stop_self(run, getpid(), SIGTSTP);
		run->stop_asked = false;
		return;
	}
	if (of_terminal && !run->relay.foreground && relay_look(&run->relay)) {
		run_go_on(run); /* fg does not tell a job that was running */
		return;
	}
	run_drain(run);
	relay_leave(&run->relay);
	/* SIGSTOP would stop even an orphan, for ever. */
	run_stop_self(run, 0, of_terminal ? (int)by : SIGTSTP);
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
	bool with_fd =
		type == CONTROL_OVERLAY ||
		(type == CONTROL_READY && (run->a.plan->flags & PLAN_TTY) != 0);
	if ((fd >= 0) != with_fd || run->ret->ended)
		return false;
	if (type == CONTROL_READY || type == CONTROL_UNABLE ||
		type == CONTROL_OVERLAY)
		return !run->ret->ready && run->ret->unable == 0;
	return run->ret->ready &&
	       (type == CONTROL_STOPPED || type == CONTROL_EXIT);
}

void
run_on_control(struct run *run)
{
	while (run->control >= 0) {
		uint32_t word[CONTROL_WORDS] = { 0 };
		own_fd int fd = -1;
		int got = run_receive(run->control, word, &fd);
		if (got == 0)
			return;
		if (got < 0 || !is_expected(run, word[0], fd)) {
			run_shut(run);
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
