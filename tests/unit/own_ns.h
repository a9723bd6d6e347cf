/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_OWN_NS_H
#define TESTS_UNIT_OWN_NS_H
/*
 * own_ns.h -- a test in user and mount namespaces of its own, where it may mount
 * as it likes and nothing of it is seen outside; and a kernel without a call.
 */
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

static inline bool
ns_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 &&
		    write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return good;
}

/*
 * Enter them, with the caller's own ids, and make a tmpfs at `place` (an empty
 * directory that exists) to work in.  NULL, or why it cannot be had.
 */
static inline const char *
ns_enter(const char *place)
{
	char map[2][64];
	(void)snprintf(map[0], sizeof map[0], "%u %u 1", getuid(), getuid());
	(void)snprintf(map[1], sizeof map[1], "%u %u 1", getgid(), getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return "this host lets nobody have a user namespace";
	if (!ns_write("/proc/self/setgroups", "deny") ||
		!ns_write("/proc/self/uid_map", map[0]) ||
		!ns_write("/proc/self/gid_map", map[1]))
		return "the ids cannot be mapped";
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", place, "tmpfs", 0, NULL) != 0)
		return "this host lets nobody mount in a namespace";
	return NULL;
}

/* From here on this process has no such call: ENOSYS. */
static inline bool
ns_forbid(unsigned int nr)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = sizeof filter / sizeof *filter,
		.filter = filter,
	};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* An empty file; its directory exists. */
static inline void
ns_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
}

/* Device and inode of a path are those of a descriptor. */
static inline bool
ns_same(int fd, const char *path)
{
	struct stat a, b;
	return fd >= 0 && fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* 0, or the errno of making a file there. */
static inline int
ns_try_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	(void)unlink(path);
	return 0;
}

#endif /* TESTS_UNIT_OWN_NS_H */
