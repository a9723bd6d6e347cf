/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PROTECT_LINKS_H
#define POLICY_PROTECT_LINKS_H
/*
 * protect_links.h -- other names of protected files (threats C5).
 *
 * A mount guards a name, a hard link is another one: writing through it changes
 * the protected file.  Files that a trusted program runs are asked for their
 * number of links; where there is more than one, the scan of the writable root
 * looks for the others.
 */
#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>

enum { PROTECT_LINKS_MAX = 64, PROTECT_LINKS_FILES_MAX = 512 };

struct protect_links {
	size_t n;
	struct {
		dev_t dev;
		ino_t ino;
	} file[PROTECT_LINKS_MAX];
	bool full; /* more of them than we keep in mind */
};

/** Note the linked files of a protected directory or file `name` in dir_fd. */
void protect_links_note(
	struct protect_links *l, int dir_fd, const char *name, bool is_git);

/** Is the directory entry one of them? */
bool protect_links_has(
	const struct protect_links *l, int dir_fd, const char *name);

#endif /* POLICY_PROTECT_LINKS_H */
