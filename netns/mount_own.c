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
	return fstat(fd, &st) == 0 && st.st_dev == own->dev;
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
	static const struct mount_option options[] = { { "mode", "0755" },
		{ NULL, NULL } };
	struct stat st;
	own->n = 0;
	for (size_t i = 0; i < OWN_MASKS; i++)
		own->mask[i] = -1;
	int stage = mount_new("tmpfs", options, ATTR_NOSUID | ATTR_NODEV);
	int place = mount_dest(host, dest);
	int r = stage < 0   ? stage
		: place < 0 ? place
			    : mount_move(stage, place);
	if (place >= 0)
		(void)close(place);
	if (r >= 0 && fstat(stage, &st) != 0)
		r = -errno;
	if (r >= 0)
		own->dev = st.st_dev;
	own->stage = stage;
	return r;
}

void
own_end(struct own *own)
{
	for (size_t i = 0; i < OWN_MASKS; i++)
		if (own->mask[i] >= 0)
			(void)close(own->mask[i]);
	(void)close(own->stage);
}

/*
 * An entry of stage itself.  The first one after the host's tree became
 * read-only finds stage so too, which lies in it, and undoes that for stage.
 */
static int
make_in_stage(const struct own *own, const char *name, mode_t mode, bool dir)
{
	int r = make_entry(own->stage, name, mode, dir);
	if (r != -EROFS)
		return r;
	r = mount_attr(own->stage, 0, ATTR_RDONLY, false);
	return r < 0 ? r : make_entry(own->stage, name, mode, dir);
}

/* A new directory of stage, by a number that is not used twice. */
static int
make_dir(const struct own *own, char kind, uint32_t number, mode_t mode)
{
	char name[16] = { kind };
	size_t at = 1;
	for (uint32_t div = 1000; div > 0; div /= 10)
		name[at++] = (char)('0' + number / div % 10);
	int r = make_in_stage(own, name, mode, true);
	if (r < 0)
		return r;
	int fd = openat(own->stage, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int
own_tmpfs(struct own *own, const char *mode)
{
	mode_t bits = 0;
	for (; *mode != '\0'; mode++)
		bits = bits << 3 | (mode_t)(*mode - '0');
	int fd = make_dir(own, 't', own->n++, bits);
	if (fd < 0)
		return fd;
	int tree = mount_clone(fd);
	(void)close(fd);
	return tree;
}

int
own_skeleton(const struct own *own, uint32_t number)
{
	return make_dir(own, 's', number, 0755);
}

int
own_mask(struct own *own, enum own_mask which)
{
	if (own->mask[which] < 0) {
		const char *name = masks[which].name;
		int r = make_in_stage(
			own, name, masks[which].mode, masks[which].dir);
		if (r < 0)
			return r;
		own->mask[which] = openat(
			own->stage, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (own->mask[which] < 0)
			return -errno;
	}
	int tree = mount_clone(own->mask[which]);
	if (tree < 0)
		return tree;
	/* Nobody can change a mask's mode, or put something into it. */
	int r = mount_attr(tree, ATTR_RDONLY, 0, false);
	if (r < 0)
		(void)close(tree);
	return r < 0 ? r : tree;
}

int
own_text(struct own *own, const char *text)
{
	int dir = make_dir(own, 't', own->n++, 0755);
	if (dir < 0)
		return dir;
	const size_t len = strlen(text);
	int fd = openat(
		dir, "text", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	int r = fd < 0                                 ? -errno
		: write(fd, text, len) != (ssize_t)len ? -ENOSPC
						       : mount_clone(fd);
	if (fd >= 0)
		(void)close(fd);
	(void)close(dir);
	int ro = r < 0 ? r : mount_attr(r, ATTR_RDONLY, 0, false);
	if (r >= 0 && ro < 0)
		(void)close(r);
	return ro < 0 ? ro : r;
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

/* The parent in one call, where it is there; else from the root on. */
static int
make_parent(const struct own *own, int root, const char *path,
	char last[NAME_MAX + 1])
{
	const char *slash = strrchr(path, '/');
	const size_t len = (size_t)(slash - path);
	char parent[PATH_MAX];
	if (len == 0 || len >= sizeof parent || strlen(slash + 1) > NAME_MAX)
		return make_parents(own, root, path, last);
	memcpy(parent, path, len);
	parent[len] = '\0';
	int at = mount_dest(root, parent);
	if (at < 0)
		return make_parents(own, root, path, last);
	memcpy(last, slash + 1, strlen(slash + 1) + 1);
	return at;
}

int
own_make(const struct own *own, int root, const char *path, bool dir)
{
	char last[NAME_MAX + 1];
	int at = make_parent(own, root, path, last);
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
