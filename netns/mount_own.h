/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_MOUNT_OWN_H
#define NETNS_MOUNT_OWN_H
/*
 * mount_own.h -- the file systems that are ours: where we may create things.
 *
 * A mount point is made only below a tmpfs that we have mounted ourselves.
 * Masks are copies of one empty file and one empty directory in such a tmpfs
 * (`stage`), which nobody can open because of their mode, and read-only.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

enum { OWN_MAX = 4096 };

enum own_mask {
	OWN_FILE_000,
	OWN_DIR_000,
	OWN_DIR_555,
	OWN_FILE_444,
	OWN_MASKS
};

struct own {
	dev_t dev[OWN_MAX];
	uint32_t n;
	int stage;           /* root of stage */
	int mask[OWN_MASKS]; /* O_PATH, inside stage */
};

/* All return a descriptor or 0, or -errno. */

/** Mount stage on the host directory `dest`, which nothing needs any more. */
int own_begin(struct own *own, int host, const char *dest);

/** A new detached tmpfs with that mode, remembered as ours. */
int own_tmpfs(struct own *own, const char *mode);

/** A detached, read-only copy of a mask. */
int own_mask(const struct own *own, enum own_mask which);

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
