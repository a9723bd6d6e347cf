/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PATH_H
#define POLICY_PATH_H
/*
 * path.h -- paths as text; walk.h opens them.
 *
 * All of it is lexical and never looks at the machine, but path_of_fd().  It
 * works by components, never by bytes: /scratch2 is not below /scratch.
 */
#include <stdbool.h>
#include <stddef.h>

/**
 * Normalise an absolute path: no "//", ".", ".." or trailing "/"; ".." of "/"
 * is "/".  0; -EINVAL when relative or empty; -ENAMETOOLONG over PLAN_PATH_MAX
 * bytes as given; -ENOMEM.  The caller frees *ret_path.
 */
int path_normalise(const char *path, char **ret_path);

/**
 * The same for a relative path: "." and "" give "", ".." stays where nothing
 * precedes it ("../x").  -EINVAL when absolute.
 */
int path_normalise_relative(const char *path, char **ret_path);

/** base (absolute) and sub (relative, "" allowed) as one normalised path. */
int path_join(const char *base, const char *sub, char **ret_path);

/** Is p the same as root or below it?  Both absolute and normalised. */
bool path_is_below(const char *p, const char *root);

/** Number of components: 0 for "/", 2 for "/a/b".  Absolute, normalised. */
size_t path_depth(const char *p);

/**
 * Order for sorting: a parent right before all that is below it.  As strcmp(),
 * but '/' sorts below every other byte, so "/a/b" is before "/a-b".
 */
int path_compare(const char *a, const char *b);

/**
 * The kernel's name of an open descriptor, free of symlinks; the caller frees
 * it.  One without a name, because it was deleted or is outside the root, is
 * -ESTALE.  0 or -errno.
 */
int path_of_fd(int fd, char **ret_canonical);

#endif /* POLICY_PATH_H */
