/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c -- codex-sandbox-supervisor: the network of a command (room: user).
 *
 * Started by the front end at the side of a sandbox, outside of it, before its
 * init, so that it is ready when that has made the doors.  No argument and no
 * environment is read.  Descriptors (policy/run_net.h):
 *
 *   2  the front end's error log
 *   3  the network policy, sealed
 *   4  to init: the doors come here, once (launcher/doors.h)
 *   5  to the front end: events and the summary; its end is our end
 *   6  and on: listeners on the host of what is published, as the policy lists
 *
 * What may fail with a reason for a person comes before the doors are taken.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "policy/diag.h"
#include "policy/netpol.h"
#include "policy/run_net.h"
#include "supervisor/confine.h"
#include "supervisor/handover.h"
#include "supervisor/privilege.h"
#include "supervisor/serve.h"

static int
answer(int argc, char **argv)
{
	static const char version[] = "codex-sandbox-supervisor " VERSION "\n";
	const struct diag d = { .code = DIAG_USAGE,
		.thing = "usage: [--version]",
		.cause = "a part of codex-sandbox, not for use by hand",
		.mend = "run: codex-sandbox exec --net proxy -- COMMAND" };

	if (argc != 2 || strcmp(argv[1], "--version") != 0)
		return diag_print(&d);
	return write(STDOUT_FILENO, version, sizeof(version) - 1) < 0;
}

/*
 * The keys of a terminal are for the command: whatever is sent to the group of
 * the front end stays pending here.  What ends us is the end of the front end.
 */
static int
stand_aside(struct diag *d)
{
	sigset_t all;

	(void)sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0 ||
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
		prctl(PR_SET_NAME, "codex-net", 0, 0, 0) < 0 || chdir("/") < 0)
		return diag_set(d, -errno, DIAG_SETUP, "network supervisor",
			diag_errno(errno), "run codex-sandbox doctor");
	return 0;
}

/* Nothing but what is named above. */
static void
close_rest(size_t n_publish)
{
	(void)close_range(RUN_NET_PUBLISH + (unsigned int)n_publish, ~0U, 0);
}

static int
start(struct netpol *np, struct handover *doors, struct diag *d)
{
	static const char ready = RUN_NET_READY;
	int err = privilege_drop(d);

	if (err == 0)
		err = stand_aside(d);
	if (err == 0)
		err = netpol_read_fd(RUN_NET_POLICY, np, d);
	if (err == 0)
		close_rest(np->n_publish);
	if (err == 0)
		err = confine(d);
	if (err == 0)
		err = handover_receive(RUN_NET_INIT,
			(np->flags & NETPOL_NEED_TRANSPARENT) != 0 ? DOORS_ALL
								   : DOORS_NONE,
			doors, d);
	if (err < 0)
		return err;
	(void)close(RUN_NET_POLICY);
	(void)close(RUN_NET_INIT);
	if (send(RUN_NET_FRONT, &ready, 1, MSG_NOSIGNAL) != 1)
		return -EPIPE; /* nobody to serve */
	return 0;
}

int
main(int argc, char **argv)
{
	static struct handover doors;
	own_netpol struct netpol np = { 0 };
	int publish[NETPOL_PUBLISH_MAX];
	const struct serve_args args = { .policy = &np,
		.doors = &doors,
		.front = RUN_NET_FRONT,
		.publish = publish };
	struct serve_args a = args;
	struct diag d = { 0 };
	int err;

	if (argc != 1)
		return answer(argc, argv);
	err = start(&np, &doors, &d);
	if (err == -EPIPE)
		return DIAG_SETUP; /* whoever is gone has said why */
	if (err < 0)
		return diag_print(&d);
	a.n_publish = np.n_publish;
	for (size_t i = 0; i < np.n_publish; i++)
		publish[i] = RUN_NET_PUBLISH + (int)i; /* few */
	err = serve(&a, &serve_limits_default);
	if (err == 0)
		return 0;
	(void)diag_set(&d, err, DIAG_SETUP, "network supervisor",
		diag_errno(-err), "run codex-sandbox doctor");
	return diag_print(&d);
}
