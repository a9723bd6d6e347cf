/* SPDX-License-Identifier: Apache-2.0 */
/* tty.c -- a pty pair inside the sandbox (room: inside). */
#include "netns/tty.h"

#include <sys/ioctl.h>

#include <fcntl.h>
#include <unistd.h>

#include "launcher/fail.h"

#ifndef TIOCGPTPEER
#	define TIOCGPTPEER _IO('T', 0x41)
#endif

static const char mend[] = "is /dev/pts there? codex-sandbox doctor";

int
tty_open(int *ret_master)
{
	/* Non-blocking for the front end, which reads and writes it. */
	const int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
	int unlocked = 0;
	int master = open("/dev/ptmx", flags | O_NONBLOCK);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) != 0)
		die_errno("/dev/ptmx", mend);
	/* Not by name: whatever is mounted on /dev/pts, this is its peer. */
	int slave = ioctl(master, TIOCGPTPEER, flags);
	if (slave < 0)
		die_errno("/dev/pts", mend);
	*ret_master = master;
	return slave;
}

void
tty_take(int slave)
{
	if (ioctl(slave, TIOCSCTTY, 0) != 0)
		die_errno("controlling terminal", mend);
}

void
tty_give(int slave, pid_t pgid)
{
	/* All signals are blocked, so no SIGTTOU stops us in the background. */
	(void)tcsetpgrp(slave, pgid);
}

pid_t
tty_owner(int slave)
{
	return tcgetpgrp(slave);
}
