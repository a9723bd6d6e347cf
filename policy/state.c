/* SPDX-License-Identifier: Apache-2.0 */
/* state.c -- directories of ours on this host; room: user. */
#include "policy/state.h"

#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/fs.h>

#include "launcher/own.h"
#include "policy/dents.h"
#include "policy/path.h"
#include "policy/walk.h"

enum { TRIES = 16, OVERFLOW_UID = 65534 };

void
state_free(struct state *s)
{
	for (size_t i = 0; i < STATE_PLACES; i++) {
		struct state_place *p = &s->place[i];

		own_close(&p->above);
		own_close(&p->fd);
		free(p->path);
		free(p->rest);
	}
	*s = (struct state)STATE_EMPTY;
}

/*
 * Nobody but us and root may put another directory in its place.  In a user
 * namespace root outside is nobody.
 */
static bool
is_safe_above(const struct stat *st, bool *ret_shared)
{
	const bool sticky = (st->st_mode & S_ISVTX) != 0;

	*ret_shared = (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
	return S_ISDIR(st->st_mode) && (!*ret_shared || sticky) &&
	       (st->st_uid == 0 || st->st_uid == geteuid() ||
		       (st->st_uid == OVERFLOW_UID && sticky));
}

static const char *
fault_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))
		return "is no directory";
	if (st.st_uid != geteuid())
		return "belongs to somebody else";
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return "is open to others (chmod go= would mend it)";
	return NULL;
}

static int
open_place(int above, const char *name)
{
	int fd = openat(
		above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* What exists of dir, opened; p->rest is what does not, and the name. */
static int
find_above(const char *dir, const char *name, struct state_place *p)
{
	own_walk struct walk w = WALK_EMPTY;
	struct stat st;

	if (walk_path(dir, &w, NULL) < 0 ||
		(w.missing && (w.missing != ENOENT || strstr(w.rest, ".."))))
		return -ENOENT;
	p->above = w.missing ? open(w.canonical, O_PATH | O_DIRECTORY |
							 O_NOFOLLOW | O_CLOEXEC)
			     : own_take_fd(&w.fd);
	if (p->above < 0 || fstat(p->above, &st) < 0 ||
		!is_safe_above(&st, &p->shared))
		return -EPERM;
	/* Directories above ours are made at home, and nowhere else. */
	if (w.missing && (st.st_uid != geteuid() || p->shared))
		return -ENOENT;
	if (asprintf(&p->rest, "%s%s%s", w.missing ? w.rest : "",
		    w.missing ? "/" : "", name) < 0) {
		p->rest = NULL;
		return -ENOMEM;
	}
	return path_join(w.canonical, p->rest, &p->path);
}

static void
look(const char *dir, const char *name, struct state_place *p)
{
	if (find_above(dir, name, p) < 0) {
		own_close(&p->above);
		free(p->rest);
		*p = (struct state_place){ .above = -1, .fd = -1 };
		return;
	}
	if (strchr(p->rest, '/'))
		return;
	p->fd = open_place(p->above, p->rest);
	if (p->fd >= 0)
		p->fault = fault_of(p->fd);
	else if (p->fd != -ENOENT)
		p->fault = "is a symlink, or cannot be opened";
	if (p->fd < 0)
		p->fd = -1;
}

void
state_look(const char *state_home, const char *home, struct state *ret)
{
	char name[32];
	char dir[PATH_MAX];
	bool given = state_home && state_home[0] == '/';
	int n = given ? snprintf(dir, sizeof(dir), "%s", state_home)
		      : snprintf(dir, sizeof(dir), "%s/.local/state",
				home ? home : "");

	*ret = (struct state)STATE_EMPTY;
	if (n > 0 && (size_t)n < sizeof(dir) &&
		(given || (home && home[0] == '/')))
		look(dir, "codex-sandbox", &ret->place[0]);
	(void)snprintf(
		name, sizeof(name), "codex-sandbox-%ju", (uintmax_t)geteuid());
	look("/var/tmp", name, &ret->place[1]);
	look("/tmp", name, &ret->place[2]);
}

/* "a/b/c" below `above`, each made when it is missing. */
static int
make_below(int above, const char *rest)
{
	own_fd int at = dup(above);
	const char *name = rest;

	while (at >= 0 && *name) {
		char part[NAME_MAX + 1];
		size_t len = strcspn(name, "/");
		int next;

		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(part, name, len);
		part[len] = '\0';
		name += len + (name[len] == '/');
		if (mkdirat(at, part, S_IRWXU) < 0 && errno != EEXIST)
			return -errno;
		next = open_place(at, part);
		own_close(&at);
		if (next < 0)
			return next;
		at = next;
	}
	return at < 0 ? -errno : own_take_fd(&at);
}

int
state_make(struct state_place *p)
{
	int fd;

	if (!p->path || p->fault)
		return -EPERM;
	if (p->fd >= 0)
		return 0;
	fd = make_below(p->above, p->rest);
	if (fd < 0)
		return fd;
	p->fd = fd;
	p->fault = fault_of(fd);
	return p->fault ? -EPERM : 0;
}

/* --- mounts ------------------------------------------------------------------ */

int
state_mount_of(int fd, struct state_mount *ret)
{
	struct statx st;
	struct fsxattr fx = { 0 };
	int flags = 0;
	own_fd int readable =
		openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID,
		    &st) < 0)
		return -errno;
	if (!(st.stx_mask & STATX_MNT_ID))
		return -ENOSYS; /* before Linux 5.8 */
	/* A file system without these calls has none of what they tell. */
	if (readable >= 0) {
		(void)ioctl(readable, FS_IOC_FSGETXATTR, &fx);
		(void)ioctl(readable, FS_IOC_GETFLAGS, &flags);
	}
	*ret = (struct state_mount){ .mount = st.stx_mnt_id,
		.dev = (dev_t)st.stx_dev_major << 32 | st.stx_dev_minor,
		.project = fx.fsx_projid,
		.odd = (flags & (FS_ENCRYPT_FL | FS_CASEFOLD_FL)) != 0 };
	return 0;
}

int
state_place_mount(const struct state_place *p, struct state_mount *ret)
{
	return state_mount_of(p->fd >= 0 ? p->fd : p->above, ret);
}

/* --- directories of a run ------------------------------------------------------ */

static int
try_run(const struct state_place *p, struct state_run *r)
{
	uint64_t random = 0;
	struct stat st;

	if (getentropy(&random, sizeof(random)) < 0)
		return -errno;
	(void)snprintf(
		r->name, sizeof(r->name), "run-%016jx", (uintmax_t)random);
	if (mkdirat(p->fd, r->name, S_IRWXU) < 0)
		return -errno;
	r->fd = open_place(p->fd, r->name);
	if (r->fd < 0)
		return r->fd;
	/* A sweeper may have taken it for a dead one just now. */
	if (flock(r->fd, LOCK_EX | LOCK_NB) < 0 || fstat(r->fd, &st) < 0 ||
		st.st_nlink == 0) {
		own_close(&r->fd);
		return -EAGAIN;
	}
	return 0;
}

int
state_run_make(const struct state_place *p, struct state_run *ret)
{
	struct state_run r = { .place = p->fd, .fd = -1 };
	int err = -EAGAIN;

	for (int tries = 0; err == -EAGAIN && tries < TRIES; tries++)
		err = try_run(p, &r);
	if (err == 0)
		err = path_join(p->path, r.name, &r.path);
	if (err < 0) {
		own_close(&r.fd);
		return err;
	}
	*ret = r;
	return 0;
}

/* One level: the kernel makes nothing deeper, and nothing else is ours. */
static void
empty(int dir)
{
	DIR *handle = fdopendir(dir);
	struct dirent *entry;

	while (handle && (entry = readdir(handle)))
		if (unlinkat(dirfd(handle), entry->d_name, 0) < 0)
			(void)unlinkat(
				dirfd(handle), entry->d_name, AT_REMOVEDIR);
	if (handle)
		(void)closedir(handle);
	else
		(void)close(dir);
}

/* An overlay leaves work/work, of mode 000. */
static void
remove_run(int place, int run, const char *name)
{
	static const char work[] = "work";

	if (unlinkat(run, work, AT_REMOVEDIR) < 0 && errno != ENOENT) {
		int fd;

		/* Should it fail, what is in it stays.  A link that somebody
		 * planted must not lead to a file of the user's. */
		(void)!fchmodat(run, work, S_IRWXU, AT_SYMLINK_NOFOLLOW);
		fd = open_place(run, work);
		if (fd >= 0)
			empty(fd);
		if (unlinkat(run, work, AT_REMOVEDIR) < 0)
			(void)unlinkat(run, work, 0);
	}
	(void)unlinkat(place, name, AT_REMOVEDIR);
}

void
state_run_end(struct state_run *r)
{
	if (r->fd >= 0)
		remove_run(r->place, r->fd, r->name);
	own_close(&r->fd);
	free(r->path);
	r->path = NULL;
}

bool
state_sweep_runs(const struct state_place *p, const char *other)
{
	bool found = false;
	own_dents struct dents list;
	const struct dirent *entry;

	(void)dents_open(&list, p->fd, "."); /* else it is empty */
	while ((entry = dents_next(&list))) {
		own_fd int run = -1;

		if (strncmp(entry->d_name, other, strlen(other)) == 0)
			found = true;
		if (strncmp(entry->d_name, "run-", 4) != 0)
			continue;
		run = open_place(p->fd, entry->d_name);
		if (run >= 0 && flock(run, LOCK_EX | LOCK_NB) == 0)
			remove_run(p->fd, run, entry->d_name);
	}
	return found;
}
