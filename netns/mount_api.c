/* SPDX-License-Identifier: Apache-2.0 */
/* mount_api.c -- mounting by descriptor (room: inside). */
#include "netns/mount_api.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum call {
	NR_OPEN_TREE = 428,
	NR_MOVE_MOUNT = 429,
	NR_FSOPEN = 430,
	NR_FSCONFIG = 431,
	NR_FSMOUNT = 432,
	NR_FSPICK = 433,
	NR_OPENAT2 = 437,
	NR_MOUNT_SETATTR = 442,
};

enum {
	TREE_CLONE = 1,              /* OPEN_TREE_CLONE */
	WHOLE_TREE = 0x8000,         /* AT_RECURSIVE */
	MOVE_FROM_FD = 0x04,         /* MOVE_MOUNT_F_EMPTY_PATH */
	MOVE_TO_FD = 0x40,           /* MOVE_MOUNT_T_EMPTY_PATH */
	FS_CLOEXEC = 1,              /* FSOPEN_, FSMOUNT_, FSPICK_CLOEXEC */
	PICK_FD = 8,                 /* FSPICK_EMPTY_PATH */
	CONFIG_FLAG = 0,             /* FSCONFIG_SET_FLAG */
	CONFIG_STRING = 1,           /* FSCONFIG_SET_STRING */
	CONFIG_CREATE = 6,           /* FSCONFIG_CMD_CREATE */
	PROPAGATE_PRIVATE = 1 << 18, /* MS_PRIVATE */
	RESOLVE_NO_MAGIC = 0x02,
	RESOLVE_NO_LINKS = 0x04,
	RESOLVE_BELOW_ROOT = 0x10, /* RESOLVE_IN_ROOT */
};

static int
result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int
mount_clone(int fd)
{
	return result(syscall(NR_OPEN_TREE, fd, "",
		TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | WHOLE_TREE));
}

int
mount_attr(int fd, uint64_t set, uint64_t clear, bool recursive)
{
	const struct {
		uint64_t set, clear, propagation, userns_fd;
	} attr = { set, clear, 0, 0 };
	return result(syscall(NR_MOUNT_SETATTR, fd, "",
		AT_EMPTY_PATH | (recursive ? WHOLE_TREE : 0), &attr,
		sizeof attr));
}

int
mount_private(int fd)
{
	const struct {
		uint64_t set, clear, propagation, userns_fd;
	} attr = { 0, 0, PROPAGATE_PRIVATE, 0 };
	return result(syscall(NR_MOUNT_SETATTR, fd, "",
		AT_EMPTY_PATH | WHOLE_TREE, &attr, sizeof attr));
}

int
mount_move(int tree, int dest)
{
	return result(syscall(
		NR_MOVE_MOUNT, tree, "", dest, "", MOVE_FROM_FD | MOVE_TO_FD));
}

int
mount_new(const char *type, const struct mount_option *options, uint64_t attrs)
{
	int fs = result(syscall(NR_FSOPEN, type, FS_CLOEXEC));
	int r = fs;
	if (r >= 0) /* what /proc/mounts shows as the device */
		r = result(syscall(
			NR_FSCONFIG, fs, CONFIG_STRING, "source", type, 0));
	for (; r >= 0 && options->key != NULL; options++)
		r = result(syscall(NR_FSCONFIG, fs,
			options->value != NULL ? CONFIG_STRING : CONFIG_FLAG,
			options->key, options->value, 0));
	if (r >= 0)
		r = result(
			syscall(NR_FSCONFIG, fs, CONFIG_CREATE, NULL, NULL, 0));
	if (r >= 0)
		r = result(syscall(NR_FSMOUNT, fs, FS_CLOEXEC, attrs));
	if (fs >= 0)
		(void)close(fs); /* the mount does not need it any more */
	return r;
}

/* Component by component, where openat2 is missing or filtered away. */
static int
walk(int root, const char *path)
{
	int at = openat(root, ".", O_PATH | O_CLOEXEC);
	while (at >= 0 && *path != '\0') {
		char name[NAME_MAX + 1];
		struct stat st;
		const size_t len = strcspn(path, "/");
		if (len > NAME_MAX) {
			(void)close(at);
			return -ENAMETOOLONG;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		const int next =
			openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		const int err = errno;
		(void)close(at);
		if (next < 0)
			return -err;
		if (fstat(next, &st) != 0 || S_ISLNK(st.st_mode)) {
			(void)close(next);
			return -ELOOP;
		}
		at = next;
		path += len;
		path += *path == '/' ? 1 : 0;
	}
	return at < 0 ? -errno : at;
}

int
mount_dest(int root, const char *path)
{
	const struct {
		uint64_t flags, mode, resolve;
	} how = { O_PATH | O_CLOEXEC, 0,
		RESOLVE_NO_MAGIC | RESOLVE_NO_LINKS | RESOLVE_BELOW_ROOT };
	const char *rest = path + 1; /* absolute: below root */
	int fd = result(syscall(NR_OPENAT2, root, *rest != '\0' ? rest : ".",
		&how, sizeof how));
	if (fd == -ENOSYS || fd == -EPERM)
		return walk(root, rest);
	return fd;
}

int
mount_dest_link(int root, const char *path)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const size_t len = (size_t)(slash - path);
	if (len >= sizeof parent)
		return -ENAMETOOLONG;
	memcpy(parent, path, len);
	parent[len] = '\0';
	int at = mount_dest(root, len > 0 ? parent : "/");
	if (at < 0)
		return at;
	int fd = result(openat(at, slash + 1, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	(void)close(at);
	return fd;
}

/* "/proc/self/fd/N" */
static const char *
fd_path(char text[32], int fd)
{
	static const char head[] = "/proc/self/fd/";
	size_t at = 31;
	text[at] = '\0';
	do
		text[--at] = (char)('0' + fd % 10);
	while ((fd /= 10) != 0);
	at -= sizeof head - 1;
	memcpy(text + at, head, sizeof head - 1);
	return text + at;
}

int
mount_context(int tree)
{
	return result(syscall(NR_FSPICK, tree, "", FS_CLOEXEC | PICK_FD));
}

int
mount_reopen(int fd)
{
	char text[32];
	return result(
		open(fd_path(text, fd), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

int
mount_overlay(int lower, int upper, int work, uint64_t attrs)
{
	char text[3][32];
	/* Names with commas or colons would be cut: descriptors have none. */
	struct mount_option options[] = {
		{ "lowerdir", fd_path(text[0], lower) },
		{ "upperdir", fd_path(text[1], upper) },
		{ "workdir", fd_path(text[2], work) },
		{ "userxattr", NULL },
		{ "index", "off" },
		{ "xino", "on" },
		{ "uuid", "null" }, /* Linux 6.6; nothing is written before */
		{ NULL, NULL },
	};
	struct mount_option *const uuid =
		&options[sizeof options / sizeof *options - 2];
	attrs |= ATTR_NOSUID | ATTR_NODEV;
	int fd = mount_new("overlay", options, attrs);
	if (fd != -EINVAL)
		return fd;
	*uuid = (struct mount_option){ NULL, NULL };
	return mount_new("overlay", options, attrs);
}
