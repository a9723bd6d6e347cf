/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_MOUNT_API_H
#define NETNS_MOUNT_API_H
/*
 * mount_api.h -- the mount calls of Linux 5.2 and 5.12 by descriptor, and the
 * opening of a destination that follows nothing.
 *
 * Numbers are the same on every architecture; libcs know these calls only since
 * 2022, so they are made by number (open_tree(2), move_mount(2), fsopen(2),
 * fsconfig(2), fsmount(2), mount_setattr(2), openat2(2)).
 */
#include <stdbool.h>
#include <stdint.h>

enum {
	ATTR_RDONLY = 0x01,
	ATTR_NOSUID = 0x02,
	ATTR_NODEV = 0x04,
	ATTR_NOEXEC = 0x08,
};

/* All return a descriptor or 0, or -errno. */

/** A detached copy of what `fd` stands for, with everything mounted below it. */
int mount_clone(int fd);

/** Set and clear attributes of the mount at fd, `recursive` for all below it. */
int mount_attr(int fd, uint64_t set, uint64_t clear, bool recursive);

/** Receive no mount any more that somebody makes in another namespace. */
int mount_private(int fd);

/** Lay a detached mount on what `dest` stands for. */
int mount_move(int tree, int dest);

struct mount_option {
	const char *key;
	const char *value; /* NULL: a flag */
};

/** A new detached file system; options end with a NULL key. */
int mount_new(
	const char *type, const struct mount_option *options, uint64_t attrs);

/**
 * Open the absolute, canonical `path` below `root` as O_PATH.  Symlinks are
 * followed nowhere (-ELOOP); works without openat2 too.
 */
int mount_dest(int root, const char *path);

/** The same for a last component that is a symlink: the link itself. */
int mount_dest_link(int root, const char *path);

/** The context of a mount's file system (fspick(2)), to reconfigure it by. */
int mount_context(int tree);

/** What an O_PATH descriptor stands for, opened to be read or locked. */
int mount_reopen(int fd);

/**
 * A detached overlay: upper over lower, unprivileged (userxattr).  Objects of
 * the upper layer keep their inode numbers (xino), and the layers get no mark
 * for use by a later mount (index, uuid).
 */
int mount_overlay(int lower, int upper, int work, uint64_t attrs);

#endif /* NETNS_MOUNT_API_H */
