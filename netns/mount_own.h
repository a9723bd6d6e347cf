/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_MOUNT_OWN_H
#define NETNS_MOUNT_OWN_H
/*
 * mount_own.h -- the file system that is ours: where we may create things.
 *
 * One tmpfs, `stage`, is mounted where our view hides it.  Every empty place of
 * the view (/tmp, /run, the root of a restricted view) is a directory of it,
 * mounted on its own: a file system takes 50 us to make and as long to take
 * down, a directory 5.  They share its size limit and nothing else: no path
 * leads out of a mount, and no link or rename from one mount into another.
 * Masks are copies of one empty file and one empty directory of it, which
 * nobody can open because of their mode, and read-only.
 *
 * Mount points are made on stage only, never on a file system of the host.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

enum own_mask {
	OWN_FILE_000,
	OWN_DIR_000,
	OWN_DIR_555,
	OWN_FILE_444,
	OWN_MASKS
};

struct own {
	dev_t dev;           /* of stage */
	uint32_t n;          /* directories made in it so far */
	int stage;           /* root of stage */
	int mask[OWN_MASKS]; /* O_PATH, inside stage; -1 before its first use */
};

/* All return a descriptor or 0, or -errno. */

/** Mount stage on the host directory `dest`, which nothing needs any more. */
int own_begin(struct own *own, int host, const char *dest);

/** A detached mount of a new empty directory with that mode. */
int own_tmpfs(struct own *own, const char *mode);

/** A detached, read-only copy of a mask. */
int own_mask(struct own *own, enum own_mask which);

/** A detached, read-only file with that text, readable by all. */
int own_text(struct own *own, const char *text);

/**
 * Make the missing last parts of a path below `root`, directories and at the
 * end a directory or an empty file, and open it.  -EROFS when that would be on
 * a file system that is not ours.
 */
int own_make(const struct own *own, int root, const char *path, bool dir);

/** Make a symlink under the same rule; an existing one stays. */
int own_symlink(
	const struct own *own, int root, const char *path, const char *target);

/** A new empty directory in stage, below which own_make() may create. */
int own_skeleton(const struct own *own, uint32_t number);

void own_end(struct own *own);

#endif /* NETNS_MOUNT_OWN_H */
