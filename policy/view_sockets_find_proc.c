/* SPDX-License-Identifier: Apache-2.0 */
/* view_sockets_find_proc.c -- sockets near our own processes; room: user. */
#include "policy/view_sockets_find.h"

#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "launcher/own.h"

enum {
	PROCESSES_MAX = 8192,
	FOREIGN_MAX = 64, /* mount namespaces of others that are read */
};

/* Most processes stand in the same few directories. */
static bool
seen_before(struct search *q, int fd)
{
	struct statx x;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &x) < 0)
		return false;
	for (size_t i = 0; i < q->n_seen; i++)
		if (q->seen[i].mount == x.stx_mnt_id &&
			q->seen[i].ino == x.stx_ino)
			return true;
	if (q->n_seen < SEEN_MAX)
		q->seen[q->n_seen++] = (struct spot){ x.stx_mnt_id, x.stx_ino };
	return false;
}

/* The mounts that a process sees; NULL when they cannot be read. */
static const struct mountinfo *
mounts_of(struct search *q, int proc, const char *pid)
{
	char path[NAME_MAX + 32];
	struct stat ours;
	struct stat its;

	(void)snprintf(path, sizeof(path), "%s/ns/mnt", pid);
	if (stat("/proc/self/ns/mnt", &ours) < 0 ||
		fstatat(proc, path, &its, 0) < 0)
		return NULL;
	if (ours.st_ino == its.st_ino)
		return &q->s->mounts;
	if (q->foreign_ns == its.st_ino)
		return &q->foreign;
	if (q->n_foreign == FOREIGN_MAX)
		return NULL;
	q->n_foreign++;
	mountinfo_free(&q->foreign);
	(void)snprintf(path, sizeof(path), "/proc/%s/mountinfo", pid);
	q->foreign_ns =
		mountinfo_read(path, &q->foreign, NULL) < 0 ? 0 : its.st_ino;
	return q->foreign_ns ? &q->foreign : NULL;
}

/* The kernel lets us follow these links of our own processes only. */
static int
try_process(struct search *q, int proc, const char *pid)
{
	static const char *const links[] = { "cwd", "root" };
	int err = 0;

	for (size_t i = 0; err >= 0 && i < sizeof(links) / sizeof(links[0]);
		i++) {
		char path[NAME_MAX + 32];
		struct base base = { .fd = -1 };
		own_fd int fd = -1;

		(void)snprintf(path, sizeof(path), "%s/%s", pid, links[i]);
		fd = openat(proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || seen_before(q, fd))
			continue;
		base.fd = fd;
		base.mounts = mounts_of(q, proc, pid);
		if (base.mounts)
			err = search_base(q, &base);
	}
	return err;
}

int
search_processes(struct search *q)
{
	int fd = search_open(AT_FDCWD, "/proc");
	DIR *handle = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!handle) {
		own_close(&fd);
		return 0;
	}
	for (int n = 0; err >= 0 && n < PROCESSES_MAX && sight_any_open(q->s) &&
			(entry = readdir(handle));) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		n++;
		err = try_process(q, fd, entry->d_name);
	}
	(void)closedir(handle);
	return err;
}
