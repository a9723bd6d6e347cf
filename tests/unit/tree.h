/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H
/*
 * tree.h -- a directory of a unit test's own: made, filled, removed.
 *
 * Outside /tmp, which views treat in a way of its own.  Whatever fails here
 * ends the test.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TREE_PATHS_MAX = 512 };

struct tree {
	char root[PATH_MAX]; /* canonical */
	size_t n;
	char *paths[TREE_PATHS_MAX]; /* owned; handed out by tree_at() */
};

static inline void
tree_must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(99);
}

/** The absolute name of something in the tree; lives as long as the tree. */
static inline char *
tree_at(struct tree *t, const char *name)
{
	char *path = NULL;

	tree_must(t->n < TREE_PATHS_MAX, "too many names");
	tree_must(asprintf(&path, "%s%s%s", t->root, name[0] ? "/" : "", name) >
			  0,
		name);
	t->paths[t->n++] = path;
	return path;
}

static inline void
tree_make(struct tree *t)
{
	char made[] = "/var/tmp/csb-unit.XXXXXX";

	*t = (struct tree){ 0 };
	tree_must(mkdtemp(made) != NULL && realpath(made, t->root), made);
}

/** A directory; its parents are made as well. */
static inline char *
tree_dir(struct tree *t, const char *name)
{
	char *path = tree_at(t, name);

	for (char *p = path + strlen(t->root) + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0755);
		*p = '/';
	}
	tree_must(mkdir(path, 0755) == 0 || access(path, X_OK) == 0, path);
	return path;
}

static inline char *
tree_file(struct tree *t, const char *name, const char *text)
{
	char *path = tree_at(t, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	tree_must(fd >= 0 && write(fd, text, strlen(text)) ==
				     (ssize_t)strlen(text),
		path);
	(void)close(fd);
	return path;
}

static inline char *
tree_link(struct tree *t, const char *name, const char *target)
{
	char *path = tree_at(t, name);

	tree_must(symlink(target, path) == 0, path);
	return path;
}

static inline int
tree_remove_one(
	const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void
tree_remove(struct tree *t)
{
	tree_must(nftw(t->root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0,
		t->root);
	for (size_t i = 0; i < t->n; i++)
		free(t->paths[i]);
}

#endif /* TESTS_UNIT_TREE_H */
