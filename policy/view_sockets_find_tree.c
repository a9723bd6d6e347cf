/* SPDX-License-Identifier: Apache-2.0 */
/* view_sockets_find_tree.c -- sockets in the trees where people work; room: user. */
#include "policy/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "policy/path.h"
#include "policy/protect.h"
#include "policy/view_sockets_find.h"

enum {
	DIRS_MAX = 4096, /* directories of the trees */
	DEPTH_MAX = 8,
};

/* Directories to do, breadth first. */
struct trees {
	size_t n;
	char *dirs[DIRS_MAX]; /* owned */
	unsigned char depth[DIRS_MAX];
};

static void
enqueue(struct trees *t, const char *dir, const char *name, unsigned int depth)
{
	char *path = NULL;

	if (!dir || dir[0] != '/' || t->n == DIRS_MAX || depth > DEPTH_MAX ||
		path_join(dir, name, &path) < 0)
		return;
	t->depth[t->n] = (unsigned char)depth; /* at most DEPTH_MAX */
	t->dirs[t->n++] = path;
}

static void
enqueue_children(struct search *q, struct trees *t, size_t at)
{
	int fd = search_open(AT_FDCWD, t->dirs[at]);
	DIR *handle = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!handle) {
		own_close(&fd);
		return;
	}
	while (q->entries < ENTRIES_MAX && (entry = readdir(handle))) {
		q->entries++;
		if (entry->d_type == DT_DIR &&
			strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0)
			enqueue(t, t->dirs[at], entry->d_name,
				t->depth[at] + 1u);
	}
	(void)closedir(handle);
}

static void
enqueue_roots(const struct sight *s, struct trees *t)
{
	enqueue(t, s->rq->workspace, "", 0);
	for (size_t i = 0; i < s->view->n_sorted; i++)
		if (search_is_root(&s->view->nodes[i]))
			enqueue(t, s->view->nodes[i].path, "", 0);
	enqueue(t, "/tmp", "", 0);
	enqueue(t, "/var/tmp", "", 0);
	enqueue(t, s->rq->protect ? s->rq->protect->home : NULL, "", 0);
}

int
search_trees(struct search *q)
{
	struct trees *t = q->s->table.exact ? calloc(1, sizeof(*t)) : NULL;
	int err = 0;

	if (!t)
		return q->s->table.exact ? -ENOMEM : 0;
	enqueue_roots(q->s, t);
	for (size_t i = 0; err >= 0 && i < t->n && sight_any_open(q->s); i++) {
		int fd = search_open(AT_FDCWD, t->dirs[i]);

		if (fd >= 0)
			err = search_scan(
				q, &(struct base){ -1, &q->s->mounts }, fd);
		enqueue_children(q, t, i);
	}
	for (size_t i = 0; i < t->n; i++)
		free(t->dirs[i]);
	free(t);
	return err;
}
