/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spaces.c -- into the holder's namespaces (room: inside).
 *
 * bwrap makes a mount namespace too, but puts into it what its options say, and
 * looks all mounts of the host through to do so.  In the holder's all is as it
 * was on the host.  Its namespaces belong to the user namespace in which we still
 * have capabilities: the kernel lets us join those and no others, so what stands
 * on the two descriptors need not be believed.
 */
#include "netns/spaces.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "netns/broken.h"

void
spaces_join(const struct plan *plan)
{
	int which = CLONE_NEWNS;
	char word;
	if ((plan->flags & PLAN_INIT_MOUNTS) == 0)
		return;
	if ((plan->flags & PLAN_PRIVATE_NET) != 0 && !broken(plan, "net"))
		which |= CLONE_NEWNET;
	/* It began long before us and is done, or else has said why not. */
	const bool lived = read(PLAN_LINE_FD, &word, 1) == 1;
	if (lived && setns(PLAN_HOLDER_FD, which) == 0)
		return;
	/* Its owner may kill it at any time, also now. */
	if (!lived || errno == ESRCH)
		die("namespaces", "their holder has ended",
			"codex-sandbox doctor");
	die_errno("namespaces", "codex-sandbox doctor");
}
