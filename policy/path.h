/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PATH_H
#define POLICY_PATH_H
/*
 * path.h -- paths as text, and the one opening that makes them an object.
 *
 * Text functions are lexical: they never look at the machine.  They work by
 * components, never by bytes: /scratch2 is not below /scratch.
 */
#include <stdbool.h>
#include <stddef.h>

struct diag;

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
 * Open an absolute path once, as an O_PATH|O_CLOEXEC descriptor, and say what
 * it really is called.  Symbolic links are followed, but never a magic link of
 * /proc (-ELOOP): those lead out of every name space that a policy can name.
 * flags: 0, O_DIRECTORY, O_NOFOLLOW (the last component stays a link).
 * ret_canonical (NULL: not wanted) is the kernel's name of the object, free of
 * symlinks; the caller frees it.  An object without a name, because it was
 * deleted or is outside the root, is -ESTALE.  0 or -errno with a diag.
 */
int path_open(const char *abs, int flags, int *ret_fd, char **ret_canonical,
	struct diag *d);

/** path_open() with O_NOFOLLOW: what the link is, not where it leads. */
int path_open_nofollow(
	const char *abs, int *ret_fd, char **ret_canonical, struct diag *d);

/**
 * What path_open() does where the kernel has no openat2 (before 5.6) or a
 * filter refuses it: one component at a time, links resolved here.
 * Also refuses links in /proc below its root, which cannot be told from magic
 * ones.  Exported for its tests.
 */
int path_open_walk(const char *abs, int flags, int *ret_fd);

/** The kernel's name of an open descriptor; errors as in path_open(). */
int path_of_fd(int fd, char **ret_canonical);

#endif /* POLICY_PATH_H */
