/* SPDX-License-Identifier: Apache-2.0 */
/* ghost_overlay.c -- may a directory be an overlay, and where; room: user. */
#include "policy/ghost_overlay.h"

#include <sys/xattr.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/path.h"
#include "policy/view.h"

enum { OVERLAYS_MAX = 64 };

bool
ghost_is_exposed(const struct view *v, const char *path)
{
	const struct view_node *node = view_deciding(v, path);

	return node && node->kind == VIEW_BIND && node->access == FS_WRITE;
}

bool
ghost_is_usable(const struct state_place *p)
{
	return p->path && !p->fault;
}

int
ghost_have_place(const struct arranging *a, struct state_place *p)
{
	p->wanted = true;
	return p->fd >= 0 || a->rq->dry ? 0 : state_make(p);
}

static const char *
mounted_below(struct arranging *a, const char *dir)
{
	if (!a->mounts_read &&
		mountinfo_read("/proc/self/mountinfo", &a->mounts, NULL) < 0)
		return "the mounts of this host cannot be read";
	a->mounts_read = true;
	for (size_t i = 0; i < a->mounts.n; i++) {
		const char *point = a->mounts.lines[i].point;

		if (path_is_below(point, dir) && strcmp(point, dir) != 0)
			return "something is mounted below it";
	}
	return NULL;
}

/* Asked by doing.  Nothing of it stays: the directory is removed. */
static bool
takes_xattrs(int fd, bool dry)
{
	static const char name[] = "user.overlay.codex";
	char value;

	if (dry)
		return fgetxattr(fd, name, &value, 1) >= 0 || errno == ENODATA;
	return fsetxattr(fd, name, "y", 1, 0) == 0;
}

static int
add_run(struct ghost *g, const struct state_place *p)
{
	struct state_run *runs =
		reallocarray(g->runs, g->n_runs + 1, sizeof(*runs));

	if (!runs)
		return -ENOMEM;
	g->runs = runs;
	if (state_run_make(p, &g->runs[g->n_runs]) < 0)
		return -EIO;
	g->n_runs++;
	return 0;
}

/* The name of a work directory in p for node, or why there is none. */
static const char *
work_in(struct arranging *a, struct state_place *p, char **ret)
{
	struct ghost *g = a->ghost;

	if (ghost_have_place(a, p) < 0)
		return "no directory of ours can be made on its mount";
	if (a->rq->dry)
		return path_join(p->path, "run", ret) < 0 ? "out of memory"
		       : p->fd >= 0 && !takes_xattrs(p->fd, true)
			       ? "its file system takes no extended attributes"
			       : NULL;
	if (add_run(g, p) < 0)
		return "no work directory can be made on its mount";
	if (!takes_xattrs(g->runs[g->n_runs - 1].fd, false))
		return "its file system takes no extended attributes";
	*ret = strdup(g->runs[g->n_runs - 1].path);
	return *ret ? NULL : "out of memory";
}

static const char *
choose_place(struct arranging *a, const struct view_node *node, char **ret)
{
	const char *why = "no directory of ours is on the same mount";
	struct state_mount of_node;

	if (state_mount_of(node->fd, &of_node) < 0)
		return "this kernel does not tell which mount it is on";
	if (of_node.odd)
		return "its file system encrypts it, or folds case";
	for (size_t i = 0; i < STATE_PLACES; i++) {
		struct state_place *p = &a->ghost->state.place[i];
		struct state_mount m;

		if (!ghost_is_usable(p) || ghost_is_exposed(a->view, p->path) ||
			path_is_below(node->path, p->path) ||
			state_place_mount(p, &m) < 0)
			continue;
		if (m.mount != of_node.mount || m.dev != of_node.dev ||
			m.project != of_node.project || m.odd)
			continue;
		return work_in(a, p, ret);
	}
	return why;
}

const char *
ghost_choose_overlay(
	struct arranging *a, const struct view_node *node, char **ret)
{
	const char *why;

	if (a->rq->choice == GHOST_JOURNAL)
		return "--guard journal";
	if (!a->rq->by_init)
		return "bwrap lays the mounts";
	if (a->rq->no_overlay)
		return "this kernel refused it";
	if (strcmp(node->path, "/") == 0)
		return "it is the root directory";
	if (a->ghost->n_runs == OVERLAYS_MAX)
		return "there are more than 64 such directories";
	why = mounted_below(a, node->path);
	return why ? why : choose_place(a, node, ret);
}
