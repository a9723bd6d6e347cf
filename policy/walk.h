/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_WALK_H
#define POLICY_WALK_H
/*
 * walk.h -- open a path once, component by component, and remember its symlinks.
 *
 * The kernel's openat2(2) would follow the links too, but would not say which
 * ones there were: a rule about a path that crosses a symlink in a directory
 * the sandbox may write can be lifted by replacing that symlink, so we must
 * know them.  openat2 is asked first, which says in one call that there are
 * none; all works the same, only slower, where it is refused (systemd's
 * RestrictSUIDSGID=, some container filters).
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct diag;

enum { WALK_LINKS_MAX = 40 }; /* as the kernel's MAXSYMLINKS */

struct walk_link {
	char *path;   /* owned; canonical place of the symlink itself */
	char *target; /* owned; its text */
};

struct walk {
	int fd; /* owned; O_PATH of the object, -1 when missing */
	char *canonical; /* owned; kernel's name; when missing: of the last part that exists */
	char *rest; /* owned; when missing: what is missing below that, "a/b" */
	int missing; /* 0, or ENOENT, ENOTDIR, EACCES: why the walk ended early */
	mode_t mode; /* st_mode of the object */
	dev_t dev;
	ino_t ino;
	size_t n_links;
	struct walk_link links[WALK_LINKS_MAX];
};

void walk_free(struct walk *w);
#define own_walk __attribute__((cleanup(walk_free)))

/** As zero initialiser: a walk that owns nothing. */
#define WALK_EMPTY       \
	{                \
		.fd = -1 \
	}

/**
 * Walk the absolute path.  0 when it was walked to its end or to the first
 * component that cannot be entered (see missing); -ELOOP, -ENAMETOOLONG,
 * -ENOMEM, -errno otherwise with *d filled.
 */
int walk_path(const char *path, struct walk *ret, struct diag *d);

/**
 * Is there certainly nothing of that name?  One call, for the many names that
 * most machines do not have; says no when in doubt.
 */
bool walk_is_missing(const char *path);

#endif /* POLICY_WALK_H */
