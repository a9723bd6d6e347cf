/* SPDX-License-Identifier: Apache-2.0 */
/* view_sockets_find.c -- look for host sockets whose place nobody tells; room: user.
 *
 * In this order, until all are found: by name below every directory that it may
 * be relative to (where our own processes stand and have their root, the
 * workspace, the home directory and what is above them, writable roots, places
 * known for it, mounts of its file system), each time also by inode in the
 * directory that the name leads to, which finds renamed ones; then by inode in
 * the trees where people work.  Every part is bounded.
 */
#include "policy/view_sockets_find.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/path.h"
#include "policy/protect.h"
#include "policy/view.h"

enum { LOOKUPS_MAX = 65536 }; /* names tried */

/*
 * Programs that bind relative names on purpose, from a directory of their own.
 * What lies in a part of it that we may not search is out of reach.
 */
static const char *const system_bases[] = {
	"/var/spool/postfix", /* private/smtp, public/cleanup ... */
};

/*
 * A datagram socket that is connected to a listening one is told that the type
 * is wrong, and to nobody's, that nobody listens: nobody notices either way.
 */
static bool
is_live(int file)
{
	own_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	(void)snprintf(
		un.sun_path, sizeof(un.sun_path), "/proc/self/fd/%d", file);
	return fd < 0 || connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0 ||
	       errno != ECONNREFUSED;
}

/* Is this file one of those sought?  Without numbers it can only be socket i. */
static int
claim(struct search *q, size_t i, const struct base *base, int fd)
{
	struct sight *s = q->s;
	char *path = NULL;
	struct sight_object o = { .fd = fd, .mounts = base->mounts };
	struct stat st;
	int err = 0;

	if (fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode) ||
		path_of_fd(fd, &path) < 0)
		return 0;
	o.path = path;
	if (s->table.exact) {
		for (i = 0; err == 0 && i < s->table.n; i++)
			if (sight_open(s, i))
				err = sight_claim(s, i, &o);
	} else if (is_live(fd)) {
		err = sight_claim(s, i, &o);
	}
	free(path);
	return err < 0 ? err : 0;
}

int
search_scan(struct search *q, const struct base *base, int fd)
{
	DIR *handle = fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!handle) {
		own_close(&fd);
		return 0;
	}
	while (err >= 0 && q->entries < ENTRIES_MAX &&
		(entry = readdir(handle))) {
		own_fd int file = -1;

		q->entries++;
		if ((entry->d_type != DT_SOCK && entry->d_type != DT_UNKNOWN) ||
			!sight_wanted(q->s, entry->d_ino))
			continue;
		file = openat(
			fd, entry->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (file >= 0)
			err = claim(q, 0, base, file);
	}
	(void)closedir(handle);
	return err;
}

int
search_open(int at, const char *path)
{
	return openat(at, path,
		O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* The directory part of a relative name: "." where there is none. */
static int
scan_directory_of(struct search *q, const struct base *base, const char *name)
{
	char dir[PLAN_PATH_TEXT];
	char *slash;
	int fd;

	if (snprintf(dir, sizeof(dir), "./%s", name) >= (int)sizeof(dir))
		return 0;
	slash = strrchr(dir, '/'); /* there is one */
	*slash = '\0';
	fd = search_open(base->fd, dir);
	return fd < 0 ? 0 : search_scan(q, base, fd);
}

static int
try_name(struct search *q, const struct base *base, size_t i)
{
	const char *name = q->s->table.items[i].name;
	own_fd int fd = -1;
	int err;

	if (q->lookups == LOOKUPS_MAX)
		return 0;
	q->lookups++;
	name += strspn(name, "/");
	fd = openat(base->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	err = fd < 0 ? 0 : claim(q, i, base, fd);
	if (err < 0 || !q->s->table.exact || !sight_open(q->s, i))
		return err;
	return scan_directory_of(q, base, name);
}

int
search_base(struct search *q, const struct base *base)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < q->s->table.n; i++)
		if (sight_open(q->s, i))
			err = try_name(q, base, i);
	return err;
}

int
search_path(struct search *q, const char *path)
{
	own_fd int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? 0 : search_base(q, &(struct base){ fd, &q->s->mounts });
}

/* --- places ------------------------------------------------------------------ */

/* A directory and all above it. */
static int
try_upwards(struct search *q, const char *path)
{
	char here[PLAN_PATH_TEXT];
	int err = 0;

	if (!path || path[0] != '/' || strlen(path) >= sizeof(here))
		return 0;
	memcpy(here, path, strlen(path) + 1);
	while (err >= 0 && here[0]) {
		err = search_path(q, here);
		*strrchr(here, '/') = '\0';
	}
	return err;
}

bool
search_is_root(const struct view_node *node)
{
	return node->kind == VIEW_BIND && node->is_dir && !node->pinned &&
	       node->access == FS_WRITE;
}

static int
try_roots(struct search *q)
{
	int err = 0;

	/* Masks are put while we go; what was there stays where it was. */
	for (size_t i = 0; err >= 0 && i < q->s->view->n_sorted; i++)
		if (search_is_root(&q->s->view->nodes[i]))
			err = search_path(q, q->s->view->nodes[i].path);
	return err;
}

/* The system's own directory, on the socket's own file system. */
static bool
is_system_base(const struct search *q, int fd, size_t i)
{
	const struct mountinfo_line *line;
	struct statx x;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &x) <
			0 ||
		x.stx_uid != 0 || (x.stx_mode & (S_IWGRP | S_IWOTH)))
		return false;
	line = mountinfo_by_id(&q->s->mounts, x.stx_mnt_id);
	return line && q->s->table.exact &&
	       unix_sockets_dev(line->major, line->minor) ==
		       q->s->table.items[i].dev;
}

static void
close_unsearchable(struct search *q, const char *path)
{
	own_fd int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < q->s->table.n; i++) {
		struct stat st;

		if (!sight_open(q->s, i) ||
			q->s->table.items[i].name[0] == '/' ||
			fstatat(fd, q->s->table.items[i].name, &st,
				AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (errno == EACCES && is_system_base(q, fd, i))
			sight_close(q->s, i);
	}
}

static int
try_system(struct search *q)
{
	int err = 0;

	for (size_t i = 0;
		err >= 0 && i < sizeof(system_bases) / sizeof(system_bases[0]);
		i++) {
		err = search_path(q, system_bases[i]);
		close_unsearchable(q, system_bases[i]);
	}
	return err;
}

/* Mounts of a socket's own file system: other roots, and the file itself. */
static int
try_mounts_of(struct search *q, size_t i)
{
	const struct mountinfo *m = &q->s->mounts;
	int err = 0;

	for (size_t k = 0; err >= 0 && k < m->n && sight_open(q->s, i); k++) {
		struct base base = { .fd = -1, .mounts = m };
		own_fd int fd = -1;

		if (q->s->table.exact &&
			unix_sockets_dev(m->lines[k].major,
				m->lines[k].minor) != q->s->table.items[i].dev)
			continue;
		fd = open(m->lines[k].point, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		base.fd = fd;
		/* A file that was unlinked is still there as a mount. */
		if (fd >= 0 && q->s->table.exact)
			err = sight_claim(q->s, i,
				&(struct sight_object){
					fd, m->lines[k].point, m });
		if (fd >= 0 && err >= 0 && sight_open(q->s, i))
			err = try_name(q, &base, i);
	}
	return err;
}

static int
try_mounts(struct search *q)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < q->s->table.n; i++)
		if (sight_open(q->s, i))
			err = try_mounts_of(q, i);
	return err;
}

static int
try_places(struct search *q)
{
	const struct view_request *rq = q->s->rq;
	int err = try_upwards(q, rq->workspace);

	if (err >= 0 && rq->protect)
		err = try_upwards(q, rq->protect->home);
	if (err >= 0)
		err = try_roots(q);
	if (err >= 0)
		err = try_system(q);
	return err < 0 ? err : try_mounts(q);
}

int
sight_find(struct sight *s)
{
	struct search q = { .s = s };
	int err = search_processes(&q);

	if (err >= 0 && sight_any_open(s))
		err = try_places(&q);
	if (err >= 0 && sight_any_open(s))
		err = search_trees(&q);
	mountinfo_free(&q.foreign);
	return err;
}
