/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c -- signals for everybody below init (room: inside). */
#include "netns/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "launcher/own.h"

enum { CHUNK = 4096 };

/* What to do with one child; true ends the walk. */
typedef bool visit_fn(pid_t child, int arg);

/*
 * The kernel lists our children, blank after each; NUMBERS may be cut by the
 * end of a chunk.  Returns whether a visit said true.
 */
static bool
each_child(visit_fn *visit, int arg)
{
	char chunk[CHUNK];
	pid_t number = 0;
	own_fd int fd =
		open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	for (;;) {
		ssize_t n = fd < 0 ? 0 : read(fd, chunk, sizeof chunk);
		if (n <= 0)
			return false;
		for (ssize_t i = 0; i < n; i++) {
			if (chunk[i] >= '0' && chunk[i] <= '9') {
				number = number * 10 + (chunk[i] - '0');
				continue;
			}
			pid_t child = number;
			number = 0;
			if (child > 1 && visit(child, arg))
				return true;
		}
	}
}

static bool
send_one(pid_t child, int sig)
{
	(void)kill(child, sig); /* it may be a zombie, or not ours to signal */
	return false;
}

static bool
is_member(pid_t child, int pgid)
{
	return getpgid(child) == pgid;
}

/* kill(-1) is for a PID namespace of our own and nothing else: elsewhere it
 * would end every process of the user. */
static void
signal_namespace(int sig)
{
	if (getpid() == 1)
		(void)kill(-1, sig); /* nobody there: ESRCH */
}

void
tree_signal(bool pid1, int sig)
{
	if (pid1)
		signal_namespace(sig);
	else
		(void)each_child(send_one, sig);
}

bool
tree_has_group(bool pid1, pid_t pgid)
{
	if (pid1)
		return kill(-pgid, 0) == 0;
	return each_child(is_member, pgid);
}
