/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c -- codex-sandbox-init: shut the cage and look after the command
 * (room: inside).
 *
 * Started by bwrap as PID 1 of a new PID namespace, or by the front end itself
 * where the plan asks for no namespaces.  Descriptors: 0 and 1 are /dev/null,
 * 2 is the front end's error log, 3 the sealed plan, the others as the plan
 * names them.  No argument and no environment is read: PID 1's are readable
 * from inside, so they hold nothing.
 *
 * The order of the steps is the order of main().  What may still fail with a
 * reason for the person comes before CONTROL_READY; from there on fd 2 of the
 * command is where an error goes.  netns/README.md tells the whole story.
 */
#include <sys/prctl.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "launcher/plan_check.h"
#include "launcher/plan_wire.h"
#include "netns/broken.h"
#include "netns/canary.h"
#include "netns/channel.h"
#include "netns/command.h"
#include "netns/confine.h"
#include "netns/doors.h"
#include "netns/init.h"
#include "netns/landlock.h"
#include "netns/loopback.h"
#include "netns/mounts.h"
#include "netns/reap.h"
#include "netns/spaces.h"
#include "netns/stdio.h"
#include "netns/tty.h"

const char fail_program[] = "codex-sandbox";

static void
read_plan(struct plan *plan)
{
	const char *why = "";
	struct plan_fault fault = { .cause = "" };
	if (plan_map(PLAN_FD, plan, &why) != 0)
		die("plan", why, "this program is started by codex-sandbox");
	if (plan_check(plan, &fault) != 0)
		die("plan", fault.cause, "please report this defect");
	spaces_join(plan);
	stdio_close_rest(plan);
}

/*
 * Nobody inside reads our memory or takes our descriptors (not dumpable), and
 * no signal does anything but what reap.c makes of it.  Our own session, so
 * that the terminal outside is not ours.  As PID 1 we end with bwrap, and all
 * with us; in place we have to outlive the front end for as long as it takes to
 * kill what is below us, and the end of the control socket tells us to.
 */
static void
stand_alone(const struct init *init)
{
	sigset_t all;
	(void)sigfillset(&all);
	/* Unblocked, SIGTTOU would stop us for ever in the background. */
	if (sigprocmask(SIG_SETMASK, &all, NULL) != 0)
		die_errno("signals", "codex-sandbox doctor");
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, no status would be kept */
	if (prctl(PR_SET_DUMPABLE, broken(init->plan, "dumpable"), 0, 0, 0) !=
			0 ||
		prctl(PR_SET_NAME, "codex-init", 0, 0, 0) != 0)
		die_errno("process", "codex-sandbox doctor");
	if (prctl(init->pid1 ? PR_SET_PDEATHSIG : PR_SET_CHILD_SUBREAPER,
		    init->pid1 ? SIGKILL : 1, 0, 0, 0) != 0)
		die_errno("process", "codex-sandbox doctor");
	if (setsid() < 0 && getsid(0) != getpid())
		die_errno("session", "codex-sandbox doctor");
}

static void
verify_cage(struct init *init)
{
	const uint32_t flags = init->plan->flags;
	struct proc_status status = { 0 };
	confine_status(&status);
	init->ignored = status.ignored;
	if ((flags & PLAN_PRIVATE_NET) != 0)
		loopback_check();
	if ((flags & PLAN_NET_PROXY) != 0)
		doors_open(init->plan);
	if ((flags & PLAN_NAMESPACES) != 0 && !broken(init->plan, "caps"))
		confine_capabilities(init->plan, &status);
	if ((flags & (PLAN_NAMESPACES | PLAN_LANDLOCK)) == PLAN_LANDLOCK)
		confine_give_up();
	if ((flags & PLAN_NO_NEW_PRIVS) != 0 && !broken(init->plan, "nnp"))
		confine_no_new_privs();
	if ((flags & PLAN_SCOPE_SOCKETS) != 0)
		init->outside = canary_listen();
}

/* With the command's rights and before it: what must fail fails. */
static void
prove_cage(struct init *init)
{
	const struct plan *plan = init->plan;
	int report = -1;
	if ((plan->flags & PLAN_PROVE) != 0)
		report = plan->stdio_fd[2] >= 0 ? plan->stdio_fd[2] : init->tty;
	canary_prove(plan, init->outside, report);
	if (init->outside >= 0)
		(void)close(init->outside); /* nobody connected to it */
}

/*
 * Hand the pty's master out and wait until the front end has given it the size
 * and settings of the person's terminal: the command's first look is right.
 */
static void
announce(struct init *init, int master)
{
	uint32_t word[CONTROL_WORDS] = { CONTROL_READY };
	if (!channel_send(init->control, word, master))
		_exit(FAIL_SETUP); /* the front end is gone: start nothing */
	if (master < 0)
		return;
	(void)close(master);
	if (channel_recv(init->control, 1, word) != CHANNEL_MESSAGE ||
		word[0] != CONTROL_CONTINUE)
		_exit(FAIL_SETUP); /* the front end is gone */
	init->foreground = word[1] != 0;
	/* Only now: giving it its size is no change for us to forward. */
	tty_take(init->tty);
}

int
main(void)
{
	static struct plan plan; /* 100 KB: not for the stack */
	struct init init = { .plan = &plan, .tty = -1, .outside = -1 };
	int master = -1;
	read_plan(&plan);
	init.control = plan.control_fd;
	init.pid1 = getpid() == 1 && (plan.flags & PLAN_NAMESPACES) != 0;
	stand_alone(&init);
	if ((plan.flags & PLAN_INIT_MOUNTS) != 0)
		mounts_lay(broken_plan(&plan));
	else
		mounts_verify(&plan);
	verify_cage(&init);
	if ((plan.flags & PLAN_TTY) != 0)
		init.tty = tty_open(&master);
	if (!broken(&plan, "landlock"))
		landlock_load(&plan, init.tty);
	command_prepare(&init);
	if (plan.n_filter != 0 && !broken(&plan, "filter"))
		confine_filter(&plan);
	prove_cage(&init);
	announce(&init, master);
	pid_t command = command_start(&init);
	stdio_drop(&plan);
	_exit(reap_until_end(&init, command));
}
