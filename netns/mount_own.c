/* SPDX-License-Identifier: Apache-2.0 */
/* mount_own.c -- the file systems that are ours (room: inside). */
#include "netns/mount_own.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "netns/mount_api.h"

static const struct {
	const char *name;
	mode_t mode;
	bool dir;
} masks[OWN_MASKS] = {
	[OWN_FILE_000] = { "f0", 0000, false },
	[OWN_DIR_000] = { "d0", 0000, true },
	[OWN_DIR_555] = { "d5", 0555, true },
	[OWN_FILE_444] = { "f4", 0444, false },
};

static bool
is_ours(const struct own *own, int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return false;
	for (uint32_t i = 0; i < own->n; i++)
		if (own->dev[i] == st.st_dev)
			return true;
	return false;
}

int
own_tmpfs(struct own *own, const char *mode)
{
	const struct mount_option options[] = { { "mode", mode },
		{ NULL, NULL } };
	struct stat st;
	if (own->n == OWN_MAX)
		return -E2BIG;
	int fd = mount_new("tmpfs", options, ATTR_NOSUID | ATTR_NODEV);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) != 0) {
		int err = errno;
		(void)close(fd);
		return -err;
	}
	own->dev[own->n++] = st.st_dev;
	return fd;
}

static int
make_entry(int at, const char *name, mode_t mode, bool dir)
{
	if (dir)
		return mkdirat(at, name, mode) != 0 ? -errno : 0;
	int fd =
		openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	(void)close(fd); /* empty */
	return 0;
}

int
own_begin(struct own *own, int host, const char *dest)
{
	own->n = 0;
	int stage = own_tmpfs(own, "0755");
	int place = mount_dest(host, dest);
	int r = stage < 0   ? stage
		: place < 0 ? place
			    : mount_move(stage, place);
	for (size_t i = 0; r >= 0 && i < OWN_MASKS; i++) {
		r = make_entry(
			stage, masks[i].name, masks[i].mode, masks[i].dir);
		if (r < 0)
			break;
		own->mask[i] = openat(
			stage, masks[i].name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		r = own->mask[i] < 0 ? -errno : 0;
	}
	if (place >= 0)
		(void)close(place);
	own->stage = stage;
	return r;
}

void
own_end(struct own *own)
{
	for (size_t i = 0; i < OWN_MASKS; i++)
		(void)close(own->mask[i]);
	(void)close(own->stage);
}

int
own_mask(const struct own *own, enum own_mask which)
{
	int tree = mount_clone(own->mask[which]);
	if (tree < 0)
		return tree;
	/* Nobody can change a mask's mode, or put something into it. */
	int r = mount_attr(tree, ATTR_RDONLY, 0, false);
	if (r < 0)
		(void)close(tree);
	return r < 0 ? r : tree;
}

/* One component further down, made when it is missing and we may. */
static int
step(const struct own *own, int at, const char *name, bool dir)
{
	int fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (fd < 0 && errno == ENOENT) {
		if (!is_ours(own, at))
			return -EROFS;
		int r = make_entry(at, name, dir ? 0755 : 0444, dir);
		if (r < 0)
			return r;
		fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || S_ISLNK(st.st_mode)) {
		(void)close(fd);
		return -ELOOP;
	}
	return fd;
}

/* Down to the parent of the last component, which is copied to `last`. */
static int
make_parents(const struct own *own, int root, const char *path,
	char last[NAME_MAX + 1])
{
	int at = openat(root, ".", O_PATH | O_CLOEXEC);
	if (at < 0)
		return -errno;
	for (path++;; path++) {
		const size_t len = strcspn(path, "/");
		if (len > NAME_MAX) {
			(void)close(at);
			return -ENAMETOOLONG;
		}
		memcpy(last, path, len);
		last[len] = '\0';
		path += len;
		if (*path == '\0')
			return at;
		int next = step(own, at, last, true);
		(void)close(at);
		if (next < 0)
			return next;
		at = next;
	}
}

int
own_make(const struct own *own, int root, const char *path, bool dir)
{
	char last[NAME_MAX + 1];
	int at = make_parents(own, root, path, last);
	if (at < 0)
		return at;
	int fd = step(own, at, last, dir);
	(void)close(at);
	return fd;
}

int
own_symlink(
	const struct own *own, int root, const char *path, const char *target)
{
	char last[NAME_MAX + 1];
	int at = make_parents(own, root, path, last);
	int r = 0;
	if (at < 0)
		return at;
	if (!is_ours(own, at))
		r = -EROFS;
	else if (symlinkat(target, at, last) != 0 && errno != EEXIST)
		r = -errno;
	(void)close(at);
	return r;
}

int
own_skeleton(const struct own *own, uint32_t number)
{
	char name[16] = "s";
	size_t at = 1;
	for (uint32_t div = 1000; div > 0; div /= 10)
		name[at++] = (char)('0' + number / div % 10);
	if (mkdirat(own->stage, name, 0755) != 0)
		return -errno;
	int fd = openat(own->stage, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
