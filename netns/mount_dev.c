/* SPDX-License-Identifier: Apache-2.0 */
/* mount_dev.c -- a minimal /dev (room: inside).  The same as bwrap's --dev. */
#include "netns/mount_dev.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "netns/mount_api.h"

/* With their device numbers (devices.txt of the kernel): a node that is not
 * what it is called is not passed on. */
static const struct {
	const char *path;
	unsigned int major, minor;
} nodes_wanted[DEV_NODES] = {
	{ "/dev/null", 1, 3 },
	{ "/dev/zero", 1, 5 },
	{ "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 },
	{ "/dev/urandom", 1, 9 },
	{ "/dev/tty", 5, 0 },
};

static const struct {
	const char *name, *target;
} links[] = {
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "fd", "/proc/self/fd" },
	{ "core", "/proc/kcore" },
	{ "ptmx", "pts/ptmx" },
};

enum { NAME_AT = sizeof "/dev/" - 1 };

static bool
is_node(int fd, unsigned int major, unsigned int minor)
{
	struct stat st;
	/* The kernel's encoding of small device numbers (makedev(3)). */
	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == (dev_t)(major << 8 | minor);
}

int
dev_take(struct dev_nodes *nodes, int host)
{
	for (size_t i = 0; i < DEV_NODES; i++) {
		int fd = mount_dest(host, nodes_wanted[i].path);
		if (fd < 0)
			return fd;
		bool right = is_node(
			fd, nodes_wanted[i].major, nodes_wanted[i].minor);
		nodes->tree[i] = right ? mount_clone(fd) : -ENODEV;
		(void)close(fd);
		if (nodes->tree[i] < 0)
			return nodes->tree[i];
		int r = mount_attr(nodes->tree[i], ATTR_NOSUID, 0, false);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
put_node(int dev, const char *name, int tree)
{
	int fd = openat(
		dev, name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	int r = fd < 0 ? -errno : mount_move(tree, fd);
	if (fd >= 0)
		(void)close(fd);
	(void)close(tree);
	return r;
}

static int
put_pts(int dev)
{
	static const struct mount_option options[] = { { "newinstance", NULL },
		{ "ptmxmode", "0666" }, { "mode", "0620" }, { NULL, NULL } };
	if (mkdirat(dev, "pts", 0755) != 0 || mkdirat(dev, "shm", 0755) != 0)
		return -errno;
	int tree = mount_new("devpts", options, ATTR_NOSUID | ATTR_NOEXEC);
	int dest = openat(dev, "pts", O_PATH | O_CLOEXEC);
	int r = tree < 0 ? tree : dest < 0 ? -errno : mount_move(tree, dest);
	if (tree >= 0)
		(void)close(tree);
	if (dest >= 0)
		(void)close(dest);
	return r;
}

int
dev_fill(struct dev_nodes *nodes, int dev)
{
	int r = 0;
	for (size_t i = 0; r >= 0 && i < DEV_NODES; i++)
		r = put_node(
			dev, nodes_wanted[i].path + NAME_AT, nodes->tree[i]);
	if (r >= 0)
		r = put_pts(dev);
	for (size_t i = 0; r >= 0 && i < sizeof links / sizeof links[0]; i++)
		r = symlinkat(links[i].target, dev, links[i].name) != 0 ? -errno
									: 0;
	return r;
}
