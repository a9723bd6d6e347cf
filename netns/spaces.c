/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spaces.c -- into the launcher's namespaces (room: inside).
 *
 * bwrap makes a mount namespace too, but puts into it what its options say, and
 * looks all mounts of the host through to do so.  In the launcher's all is as it
 * was on the host.  Both belong to the user namespace in which we still have
 * capabilities: the kernel lets us join those and no others, so what stands on
 * the two descriptors need not be believed.
 */
#include "netns/spaces.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <sched.h>

#include <net/if.h>

#include "launcher/fail.h"
#include "launcher/own.h"
#include "launcher/plan.h"
#include "netns/broken.h"

static const char doctor[] = "codex-sandbox doctor";

/* The only interface of a new network namespace; netlink would take longer. */
static void
lo_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	own_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) != 0)
		die_errno("private network", doctor);
}

void
spaces_join(const struct plan *plan)
{
	if ((plan->flags & PLAN_INIT_MOUNTS) == 0)
		return;
	if (setns(PLAN_MNT_FD, CLONE_NEWNS) != 0)
		die_errno("mount namespace", doctor);
	if ((plan->flags & PLAN_PRIVATE_NET) == 0 || broken(plan, "net"))
		return;
	if (setns(PLAN_NET_FD, CLONE_NEWNET) != 0)
		die_errno("network namespace", doctor);
	if (!broken(plan, "lo"))
		lo_up();
}
