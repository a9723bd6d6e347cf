/* SPDX-License-Identifier: Apache-2.0 */
/* config_files.c -- configuration files, opened once (room: user). */
#include "policy/config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/config_impl.h"
#include "policy/diag.h"

/*
 * Theory.  The directory is opened (O_PATH), the file is opened below it, and
 * what fstat says of the opened object decides; nothing is looked up twice.
 *
 *   kind      symlinks       owner                    writable by others
 *   managed   followed       root (managed_uid)       no
 *   user      followed       the user or root         no
 *   project   never          anybody                  does not matter
 *
 * A project's file may have been written by the agent itself: whatever it says
 * can only narrow.  A link in it could name any file of the user, though, and
 * errors quote lines, so none is followed.
 */

struct place {
	const char *dir, *name;
	enum config_file_kind kind;
};

static int
fail_at(const struct place *p, int err, const char *mend, const char *cause,
	struct diag *d)
{
	char thing[DIAG_TEXT_MAX];

	(void)snprintf(thing, sizeof(thing), "%s%s%s", p->dir,
		*p->name == '\0' ? "" : "/", p->name); /* cut is fine */
	return diag_set(d, err, DIAG_SETUP, thing, cause, mend);
}

static int
check_owner(const struct config *c, const struct place *p,
	const struct stat *st, struct diag *d)
{
	uid_t owner =
		p->kind == CONFIG_FILE_MANAGED ? c->managed_uid : geteuid();

	if (p->kind == CONFIG_FILE_PROJECT)
		return 0;
	if (st->st_uid != owner && st->st_uid != 0)
		return fail_at(p, -EPERM, "chown it",
			p->kind == CONFIG_FILE_MANAGED
				? "it must belong to root"
				: "it must belong to you or to root",
			d);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail_at(p, -EPERM, "chmod go-w it",
			"others than its owner can write it", d);
	return 0;
}

static int
open_dir(const struct config *c, const struct place *p, int *ret_fd,
	struct diag *d)
{
	int links = p->kind == CONFIG_FILE_PROJECT ? O_NOFOLLOW : 0;
	struct place dir = { .dir = p->dir, .name = "", .kind = p->kind };
	struct stat st;
	own_fd int fd = open(p->dir, O_PATH | O_DIRECTORY | O_CLOEXEC | links);

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0 && errno == ENOTDIR)
		return fail_at(&dir, -ENOTDIR, "make it a directory",
			"it is a symbolic link or no directory", d);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_at(
			&dir, -errno, "make it readable", diag_errno(errno), d);
	int rc = check_owner(c, &dir, &st, d);
	if (rc < 0)
		return rc;
	*ret_fd = own_take_fd(&fd);
	return 0;
}

static int
check_file(
	const struct config *c, const struct place *p, int fd, struct diag *d)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail_at(p, -errno, "check the file system",
			diag_errno(errno), d);
	if (!S_ISREG(st.st_mode))
		return fail_at(p, -EINVAL, "replace or remove it",
			"it is not a regular file", d);
	if (st.st_size > TOML_SIZE_MAX)
		return fail_at(p, -EFBIG, "make it smaller",
			"it is larger than 1 MiB", d);
	return check_owner(c, p, &st, d);
}

int
config_read_file(struct config *c, enum config_file_kind kind, const char *dir,
	const char *name, struct buf *out, struct diag *d)
{
	struct place p = { .dir = dir, .name = name, .kind = kind };
	int links = kind == CONFIG_FILE_PROJECT ? O_NOFOLLOW : 0;
	own_fd int dir_fd = -1;
	int rc = open_dir(c, &p, &dir_fd, d);

	if (rc != 0)
		return rc;
	/* O_NONBLOCK: a FIFO must not hold us up before fstat refuses it. */
	own_fd int fd = openat(dir_fd, name,
		O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | links);
	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0)
		return fail_at(&p, -errno, "make it readable, or remove it",
			errno == ELOOP ? "it is a symbolic link"
				       : diag_errno(errno),
			d);
	rc = check_file(c, &p, fd, d);
	if (rc < 0)
		return rc;
	rc = buf_read_fd(out, fd, TOML_SIZE_MAX);
	if (rc < 0)
		return fail_at(&p, rc, "check the file",
			rc == -EFBIG ? "it is larger than 1 MiB"
				     : diag_errno(-rc),
			d);
	return 0;
}
