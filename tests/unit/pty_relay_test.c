/* SPDX-License-Identifier: Apache-2.0 */
/* pty_relay_test.c -- how a terminal is given back. */
#include "policy/pty_relay.h"

#include <sys/ioctl.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "tests/unit/tap.h"

enum { PATIENCE_MS = 10000 };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* A fresh terminal: its master; *slave is the terminal itself. */
static int
terminal(int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	must(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	must(*slave >= 0);
	return master;
}

/* The kernel hands bytes from one side of a pty to the other in its own time. */
static bool
comes(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) == 1;
}

static int
waiting(int fd)
{
	int n = -1;

	must(ioctl(fd, FIONREAD, &n) == 0);
	return n;
}

int
main(void)
{
	static const char answer[] = "\033[?1;2c\n";
	static struct relay r;
	struct tap tap = { 0 };
	struct termios before;
	struct termios after;
	int of_command = -1;
	own_fd int slave = -1;
	own_fd int screen = terminal(&slave);
	own_fd int tty_of_command = -1;

	of_command = terminal(&tty_of_command); /* the relay closes it */
	must(dup2(slave, STDIN_FILENO) == STDIN_FILENO);
	must(tcgetattr(slave, &before) == 0);
	relay_init(&r);
	relay_start(&r, 1, of_command);
	must(tcgetattr(slave, &after) == 0);
	tap_ok(&tap, (after.c_lflag & (tcflag_t)ICANON) == 0,
		"raw while it is copied");

	must(write(screen, answer, sizeof(answer) - 1) > 0);
	must(comes(slave));
	relay_leave(&r);
	tap_ok(&tap, comes(slave),
		"for a stop what was typed is kept for the shell");
	must(relay_look(&r));
	tap_ok(&tap, comes(slave), "and is there afterwards");
	relay_stop(&r);
	tap_int(&tap, waiting(slave), 0,
		"at the end an answer that nobody read is no line of the shell's");
	must(tcgetattr(slave, &after) == 0);
	tap_ok(&tap,
		after.c_lflag == before.c_lflag &&
			after.c_iflag == before.c_iflag,
		"the settings are what they were");
	must(write(screen, answer, sizeof(answer) - 1) > 0);
	tap_ok(&tap, comes(slave), "what comes later is not ours");
	return tap_end(&tap);
}
