/* SPDX-License-Identifier: Apache-2.0 */
/* result.c -- where the result of a run goes; room: user. */
#include "policy/result.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/path.h"
#include "policy/plan_build.h"
#include "policy/view.h"

enum {
	FD_MIN = 10, /* above what the plan needs by number */
	WAIT_MS = 10000,
};

void
result_close(struct result *r)
{
	own_close(&r->fd);
	free(r->path);
	r->path = NULL;
}

/* A descriptor of the caller's: it stays his, we write to a copy. */
static int
take_fd(struct result *r, const struct options *o, struct diag *d)
{
	int flags = fcntl(o->result_fd, F_GETFL);

	r->name = "--result-fd";
	if (flags < 0)
		return diag_setf(d, -EBADF, DIAG_USAGE, r->name,
			"open it for writing, as in 9>result.json",
			"%d is not open", o->result_fd);
	if ((flags & O_PATH) || (flags & O_ACCMODE) == O_RDONLY)
		return diag_setf(d, -EBADF, DIAG_USAGE, r->name,
			"open it for writing, as in 9>result.json",
			"%d is not open for writing", o->result_fd);
	r->fd = fcntl(o->result_fd, F_DUPFD_CLOEXEC, FD_MIN);
	return r->fd < 0 ? diag_set(d, -errno, DIAG_SETUP, r->name,
				   diag_errno(errno),
				   "raise the limit on open files (ulimit -n)")
			 : 0;
}

/* One that is there is only taken when nobody can be hurt by emptying it. */
static const char *
why_not(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file (--result)";
	if (st->st_uid != geteuid())
		return "belongs to somebody else (--result)";
	if (st->st_nlink != 1)
		return "has another name, so it may be another file's content (--result)";
	return NULL;
}

static int
open_file(const char *name, struct diag *d)
{
	static const char mend[] =
		"give a new file, or a regular one of your own";
	own_fd int fd = open(name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat st;
	const char *why;

	if (fd < 0 && errno == EEXIST)
		fd = open(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
					O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_setf(d, -errno, DIAG_SETUP, name, mend,
			"%s (--result)",
			errno == ELOOP ? "is a symbolic link"
				       : diag_errno(errno));
	why = why_not(&st);
	if (why)
		return diag_set(d, -EPERM, DIAG_SETUP, name, why, mend);
	if (ftruncate(fd, 0) < 0)
		return diag_setf(d, -errno, DIAG_SETUP, name, mend,
			"%s (--result)", diag_errno(errno));
	return own_take_fd(&fd);
}

static int
take_file(struct result *r, const struct options *o, struct diag *d)
{
	own_fd int fd = open_file(o->result, d);

	if (fd < 0)
		return fd;
	r->name = o->result;
	r->by_name = true;
	r->fd = fcntl(fd, F_DUPFD_CLOEXEC, FD_MIN);
	return r->fd < 0 ? diag_set(d, -errno, DIAG_SETUP, r->name,
				   diag_errno(errno),
				   "raise the limit on open files (ulimit -n)")
			 : 0;
}

int
result_open(struct result *r, const struct options *o, struct diag *d)
{
	struct stat st;
	int err = 0;

	*r = (struct result){ .fd = -1 };
	if (o->result && o->result_fd)
		return diag_set(d, -EINVAL, DIAG_USAGE, "--result",
			"contradicts --result-fd", "give one of them");
	if (!o->result && !o->result_fd)
		return 0;
	(void)clock_gettime(CLOCK_REALTIME, &r->began); /* cannot fail */
	(void)clock_gettime(CLOCK_MONOTONIC, &r->began_mono);
	err = o->result ? take_file(r, o, d) : take_fd(r, o, d);
	if (err < 0)
		return err;
	if (fstat(r->fd, &st) == 0 && S_ISREG(st.st_mode)) {
		r->dev = st.st_dev;
		r->ino = st.st_ino;
		/* One without a name cannot be written to by name. */
		(void)path_of_fd(r->fd, &r->path);
	}
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &r->began_files);
	return 0;
}

bool
result_is_exposed(struct result *r, const struct plan_build *b)
{
	const struct view_node *node;

	if (r->fd < 0 || !r->path)
		return false;
	node = view_deciding(&b->view, r->path);
	r->exposed = !plan_is_caged(b) || (node && node->kind == VIEW_BIND &&
						  node->access == FS_WRITE);
	return r->exposed;
}

/* A reader that is slow is waited for, one that is gone ends nobody. */
static int
write_all(int fd, const char *text, size_t len)
{
	sigset_t pipe;

	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	(void)sigprocmask(SIG_BLOCK, &pipe, NULL); /* we are about to end */
	while (len > 0) {
		ssize_t n = write(fd, text, len);
		struct pollfd p = { .fd = fd, .events = POLLOUT };

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && poll(&p, 1, WAIT_MS) > 0)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		text += n;
		len -= (size_t)n; /* n is positive */
	}
	return 0;
}

/* Does the name that we were given still lead to the file that we wrote? */
static int
check_name(const struct result *r, struct diag *d)
{
	struct stat st;

	if (!r->by_name)
		return 0;
	if (r->path && lstat(r->path, &st) == 0 && st.st_dev == r->dev &&
		st.st_ino == r->ino)
		return 0;
	return diag_set(d, -ESTALE, DIAG_SETUP, r->name,
		"was replaced or removed while the command ran: what has that name now is not the result",
		"keep it where the command cannot write");
}

int
result_write(struct result *r, const struct result_facts *f, struct diag *d)
{
	own_buf struct buf text = { 0 };
	int err;

	if (r->fd < 0)
		return 0;
	err = result_json(r, f, &text);
	/* Whatever the command has written to it by its name goes. */
	if (err >= 0 && r->by_name &&
		(ftruncate(r->fd, 0) < 0 || lseek(r->fd, 0, SEEK_SET) < 0))
		err = -errno;
	if (err >= 0)
		err = write_all(r->fd, buf_str(&text), text.len);
	if (err < 0)
		return diag_setf(d, err, DIAG_SETUP, r->name,
			"read it to its end, and make room for it",
			"the result cannot be written (%s)", diag_errno(-err));
	return check_name(r, d);
}
