/* SPDX-License-Identifier: Apache-2.0 */
/* pty_relay.c -- copy between terminal and pty; theory in the header; room:
 * user. */
#include "policy/pty_relay.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "launcher/own.h"

enum {
	PATH_ROOM = 32,
	/* What a terminal that we could not open again takes without
	 * blocking once poll() says that it takes anything. */
	SMALL_WRITE = 256,
	END_OF_INPUT = 4, /* ^D */
	PTMX_MAJOR = 5,
	PTMX_MINOR = 2,
};

/*
 * The terminal's open file is shared with the shell and everybody else: it
 * must not become non-blocking.  So open it again; where that is refused (the
 * terminal belongs to another user) or would not be the same (a file has an
 * offset) a blocking duplicate has to do.
 */
static int
open_again(int fd)
{
	char path[PATH_ROOM];
	struct stat st;
	int mode = fcntl(fd, F_GETFL);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* Opening /dev/ptmx would make a new pty. */
	bool other = !isatty(fd) || fstat(fd, &st) < 0 ||
		     st.st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR);
	int again = mode < 0 || other
			    ? -1
			    : open(path, (mode & O_ACCMODE) | O_NOCTTY |
						 O_NONBLOCK | O_CLOEXEC);
	return again >= 0 ? again : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static bool
is_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

/*
 * Whose is the terminal?  Where it is not our controlling terminal there is no
 * job control that could take it from us: ours.
 */
static bool
is_ours(const struct relay *r)
{
	pid_t owner = tcgetpgrp(r->terminal);
	return owner < 0 ? errno == ENOTTY : owner == getpgrp();
}

/*
 * From the background the kernel would stop us for this.  `flush` throws away what
 * nobody has read: at the end that is no more than the terminal's answers to what the
 * command wrote last, which would be a line of the shell's.
 */
static void
set_terminal(const struct relay *r, const struct termios *to, bool flush)
{
	sigset_t ttou;
	sigset_t before;
	(void)sigemptyset(&ttou);
	(void)sigaddset(&ttou, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &ttou, &before);
	if (flush)
		(void)tcflush(r->terminal, TCIFLUSH);
	/* Not DRAIN: a terminal stopped by ^S would hold us here. */
	(void)tcsetattr(r->terminal, TCSANOW, to);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

void
relay_init(struct relay *r)
{
	r->active = false;
	r->foreground = false;
	r->in = r->out = r->master = r->terminal = -1;
}

void
relay_resize(const struct relay *r)
{
	struct winsize size;
	if (r->active && ioctl(r->terminal, TIOCGWINSZ, &size) == 0)
		(void)ioctl(r->master, TIOCSWINSZ, &size);
}

static bool
is_same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag &&
	       a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag &&
	       a->c_cc[VMIN] == b->c_cc[VMIN];
}

/*
 * What the terminal is now is what it has to be given back as, unless it is
 * what we made of it: the shell may have set it since, also when we were
 * stopped behind our back (SIGSTOP).
 */
static void
make_raw(struct relay *r)
{
	struct termios now;
	if (tcgetattr(r->terminal, &now) != 0)
		return; /* no terminal */
	if (r->raw && is_same(&now, &r->made))
		return;
	r->saved = now;
	cfmakeraw(&now);
	set_terminal(r, &now, false);
	r->raw = tcgetattr(r->terminal, &r->made) == 0;
}

bool
relay_look(struct relay *r)
{
	if (!r->active)
		return false;
	r->foreground = !r->gone && is_ours(r);
	if (!r->foreground) {
		r->raw = false; /* whoever has it now sets it anew */
		return false;
	}
	relay_resize(r);
	if (r->reads)
		make_raw(r);
	return true;
}

void
relay_start(struct relay *r, uint32_t tty_mask, int master)
{
	bool in = (tty_mask & 1u << STDIN_FILENO) != 0;
	bool out = (tty_mask & 1u << STDOUT_FILENO) != 0;
	bool err = (tty_mask & 1u << STDERR_FILENO) != 0;
	int to = out ? STDOUT_FILENO : err ? STDERR_FILENO : STDIN_FILENO;
	r->active = true;
	r->foreground = r->raw = r->gone = r->out_dead = r->ended = false;
	r->reads = in;
	r->terminal = in ? STDIN_FILENO : to;
	r->in = in ? open_again(STDIN_FILENO) : -1;
	r->out = open_again(to);
	r->blocks = is_blocking(r->out);
	r->master = master;
	r->up.at = r->up.len = r->down.at = r->down.len = 0;
	/* In the background the terminal may be in the hands of an editor:
	 * its settings are not what the command should find. */
	struct termios now;
	if (is_ours(r) && tcgetattr(r->terminal, &now) == 0)
		(void)tcsetattr(master, TCSANOW, &now);
	relay_resize(r);
	(void)relay_look(r);
}

bool
relay_is_gone(const struct relay *r)
{
	struct termios now;
	return r->active &&
	       (r->gone || (tcgetattr(r->terminal, &now) != 0 && errno == EIO));
}

static void
give_back(struct relay *r, bool flush)
{
	/* Whoever took the terminal from us has made his own settings. */
	if (r->active && r->raw && is_ours(r))
		set_terminal(r, &r->saved, flush);
	r->raw = false;
	r->foreground = false;
}

void
relay_leave(struct relay *r)
{
	give_back(r, false);
}

void
relay_stop(struct relay *r)
{
	give_back(r, true);
	own_close(&r->in);
	own_close(&r->out);
	own_close(&r->master);
	r->active = false;
}

void
relay_poll(const struct relay *r, struct pollfd p[RELAY_FDS])
{
	short of_master = 0;
	for (int i = 0; i < RELAY_FDS; i++)
		p[i] = (struct pollfd){ .fd = -1 };
	if (!r->active)
		return;
	if (r->reads && r->foreground && !r->gone)
		p[0] = (struct pollfd){ .fd = r->in,
			.events = r->up.len == 0 ? POLLIN : 0 };
	if (r->down.len == 0)
		of_master = POLLIN;
	if (r->up.len > 0)
		of_master = (short)(of_master | POLLOUT);
	/* With no events it could still report a hang-up, for ever. */
	if (of_master != 0 && !r->ended)
		p[1] = (struct pollfd){ .fd = r->master, .events = of_master };
	if (r->down.len > 0)
		p[2] = (struct pollfd){ .fd = r->out, .events = POLLOUT };
}

enum copied { COPIED, COPIED_NOTHING, COPY_FAILED };

static enum copied
read_half(int fd, struct relay_half *h)
{
	ssize_t n = read(fd, h->bytes, sizeof(h->bytes));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return COPIED_NOTHING;
	if (n <= 0)
		return COPY_FAILED;
	h->at = 0;
	h->len = (size_t)n; /* positive */
	return COPIED;
}

static enum copied
write_half(int fd, struct relay_half *h, size_t max)
{
	ssize_t n = write(fd, h->bytes + h->at, h->len < max ? h->len : max);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return COPIED_NOTHING;
	if (n < 0)
		return COPY_FAILED;
	h->at += (size_t)n; /* not negative */
	h->len -= (size_t)n;
	return COPIED;
}

static void
write_out(struct relay *r)
{
	size_t max = r->blocks ? SMALL_WRITE : RELAY_HALF_MAX;
	if (!r->out_dead && write_half(r->out, &r->down, max) == COPY_FAILED)
		r->out_dead = true; /* the command goes on without a reader */
	if (r->out_dead)
		r->down.len = 0;
}

/* ^D ends a line at once, and the input when the line is empty. */
static void
end_input(struct relay *r)
{
	bool open_line = r->last != '\0' && r->last != '\n';
	r->reads = false;
	r->up.at = 0;
	r->up.len = open_line ? 2 : 1;
	r->up.bytes[0] = r->up.bytes[1] = END_OF_INPUT;
}

static bool
read_terminal(struct relay *r)
{
	enum copied got = read_half(r->in, &r->up);
	if (got == COPIED)
		r->last = r->up.bytes[r->up.len - 1];
	if (got != COPY_FAILED)
		return false;
	if (!isatty(r->in)) {
		end_input(r);
		return false;
	}
	/* EIO is also what the kernel gives to an orphan in the background. */
	if (tcgetpgrp(r->terminal) >= 0 && !is_ours(r)) {
		(void)relay_look(r);
		return false;
	}
	r->gone = true;
	return true;
}

bool
relay_serve(struct relay *r, const struct pollfd p[RELAY_FDS])
{
	bool hung_up = false;
	if (!r->active)
		return false;
	if (p[0].revents != 0 && r->up.len == 0)
		hung_up = read_terminal(r);
	if (r->up.len > 0 &&
		write_half(r->master, &r->up, RELAY_HALF_MAX) == COPY_FAILED)
		r->up.len = 0; /* nobody reads it any more */
	if (p[1].revents != 0 && r->down.len == 0 &&
		read_half(r->master, &r->down) == COPY_FAILED)
		r->ended = true;
	/* What was read just now need not wait for another round. */
	if (r->down.len > 0 &&
		(p[2].revents != 0 || (p[2].fd < 0 && !r->blocks)))
		write_out(r);
	return hung_up;
}

bool
relay_drain(struct relay *r, int wake)
{
	while (r->active) {
		if (r->down.len == 0 &&
			(r->ended || read_half(r->master, &r->down) != COPIED))
			return true;
		struct pollfd p[] = {
			{ .fd = r->out_dead ? -1 : r->out, .events = POLLOUT },
			{ .fd = wake, .events = POLLIN },
		};
		if (poll(p, 2, r->out_dead ? 0 : -1) > 0 && p[1].revents != 0)
			return false;
		if (r->out_dead || p[0].revents != 0)
			write_out(r);
	}
	return true;
}
