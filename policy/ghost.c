/* SPDX-License-Identifier: Apache-2.0 */
/* ghost.c -- which means keeps a missing name missing; room: user. */
#include "policy/ghost.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/control.h"
#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/ghost_overlay.h"
#include "policy/path.h"
#include "policy/view.h"

/* --- places ------------------------------------------------------------------------ */

void
ghost_begin(struct ghost *g, const char *state_home, const char *home, bool dry)
{
	mode_t mask = umask(0);

	*g = (struct ghost)GHOST_EMPTY;
	state_look(state_home, home, &g->state);
	for (size_t i = 0; i < STATE_PLACES && !dry; i++) {
		const struct state_place *p = &g->state.place[i];

		if (p->fd < 0 || p->fault)
			continue;
		if (state_sweep_runs(p, JOURNAL_PREFIX))
			journal_sweep(p->fd);
	}
	(void)umask(mask);
}

/*
 * One of our own that is not as it must be is an error: nothing is written to
 * whatever it leads to.  In a directory that others write to, it may be theirs.
 */
static int
refuse_faults(const struct ghost *g, struct diag *d)
{
	for (size_t i = 0; i < STATE_PLACES; i++) {
		const struct state_place *p = &g->state.place[i];

		if (p->fault && !p->shared)
			return diag_set(d, -EPERM, DIAG_SETUP, p->path,
				p->fault,
				"move it away, or set XDG_STATE_HOME");
	}
	return 0;
}

/* --- guards ------------------------------------------------------------------------ */

static bool
is_guard_in(const struct view_node *node, const char *dir)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return node->kind == VIEW_GUARD && strncmp(node->path, dir, len) == 0 &&
	       node->path[len] == '/' && !strchr(node->path + len + 1, '/');
}

static int
add_want(struct arranging *a, size_t node, int dir)
{
	struct journal_want *want =
		reallocarray(a->want, a->n_want + 1, sizeof(*want));
	size_t *nodes =
		reallocarray(a->want_node, a->n_want + 1, sizeof(*nodes));

	a->want = want ? want : a->want;
	a->want_node = nodes ? nodes : a->want_node;
	if (!want || !nodes)
		return -ENOMEM;
	want[a->n_want] = (struct journal_want){ .dir = dir,
		.path = a->view->nodes[node].path,
		.is_dir = a->view->nodes[node].is_dir,
		.text = a->view->nodes[node].target != NULL,
		.hold = -1 };
	nodes[a->n_want++] = node;
	/* the arrays are handed on to the request */
	/* cppcheck-suppress memleak */
	return 0;
}

static int
add_dir(struct arranging *a, const char *path, const char *why)
{
	struct ghost *g = a->ghost;
	struct ghost_dir *dirs = reallocarray(g->dirs, g->n + 1, sizeof(*dirs));

	if (!dirs)
		return -ENOMEM;
	g->dirs = dirs;
	dirs[g->n] = (struct ghost_dir){ strdup(path), !why, why };
	return dirs[g->n++].path ? 0 : -ENOMEM;
}

/* All guards directly in the directory of node `at`. */
static int
arrange_dir(struct arranging *a, size_t at)
{
	struct view_node *node = &a->view->nodes[at];
	const char *why = ghost_choose_overlay(a, node, &node->target);
	int err = add_dir(a, node->path, why);

	if (err >= 0 && why && a->rq->choice == GHOST_OVERLAY)
		return diag_setf(a->diag, -EOPNOTSUPP, DIAG_SETUP, node->path,
			"use --guard auto", "cannot be laid as an overlay: %s",
			why);
	for (size_t i = at + 1; err >= 0 && why && i < a->view->n; i++) {
		if (!path_is_below(a->view->nodes[i].path, node->path))
			break;
		if (is_guard_in(&a->view->nodes[i], node->path))
			err = add_want(a, i, node->fd);
	}
	return err < 0 ? diag_set(a->diag, err, DIAG_SETUP, node->path,
				 "is too much for the memory there is",
				 "grant fewer directories")
		       : 0;
}

/* The node of the directory that a guard is in: a root, or pinned. */
static int
dir_of(const struct arranging *a, const struct view_node *guard, size_t *ret)
{
	char path[PLAN_PATH_TEXT];
	const struct view_node *node;
	char *slash;

	(void)snprintf(path, sizeof(path), "%s", guard->path);
	slash = strrchr(path, '/');
	slash[slash == path ? 1 : 0] = '\0';
	node = view_deciding(a->view, path);
	if (!node || strcmp(node->path, path) != 0 || node->kind != VIEW_BIND ||
		node->fd < 0)
		return diag_set(a->diag, -ESTALE, DIAG_SETUP, guard->path,
			"cannot be guarded: the directory it is in was removed",
			"run the command again");
	*ret = (size_t)(node - a->view->nodes);
	return 0;
}

static bool
is_arranged(const struct ghost *g, const char *dir)
{
	for (size_t i = 0; i < g->n; i++)
		if (strcmp(g->dirs[i].path, dir) == 0)
			return true;
	return false;
}

static void
forget(struct view *v, size_t at)
{
	view_drop(&v->nodes[at]);
	v->n--;
	v->n_sorted--;
	memmove(&v->nodes[at], &v->nodes[at + 1],
		(v->n - at) * sizeof(*v->nodes));
}

static int
arrange_guards(struct arranging *a)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < a->view->n; i++) {
		size_t at = 0;

		if (a->view->nodes[i].kind != VIEW_GUARD)
			continue;
		err = dir_of(a, &a->view->nodes[i], &at);
		/* Nothing can be made in what is read-only itself, as the git
		 * directory of a worktree inside the workspace. */
		if (err >= 0 && a->view->nodes[at].access == FS_READ)
			forget(a->view, i--);
		else if (err >= 0 &&
			 !is_arranged(a->ghost, a->view->nodes[at].path))
			err = arrange_dir(a, at);
	}
	return err;
}

/* --- placeholders ------------------------------------------------------------------ */

/* Best one that the command cannot write to; else one that it cannot see. */
static struct state_place *
journal_place(const struct arranging *a)
{
	struct state_place *second = NULL;

	for (size_t i = 0; i < STATE_PLACES; i++) {
		struct state_place *p = &a->ghost->state.place[i];

		if (!ghost_is_usable(p) || ghost_have_place(a, p) < 0)
			continue;
		if (!ghost_is_exposed(a->view, p->path))
			return p;
		second = second ? second : p;
	}
	return second;
}

static int
make_placeholders(struct arranging *a)
{
	int flags = a->rq->by_init ? 0 : JOURNAL_LATE;
	struct state_place *p;
	int err;

	if (a->n_want == 0)
		return 0;
	p = journal_place(a);
	if (p && a->rq->dry)
		return 0;
	if (!p)
		return diag_set(a->diag, -ENOENT, DIAG_SETUP, a->want[0].path,
			"cannot be guarded: there is no directory to record its placeholder in",
			"set XDG_STATE_HOME to a directory of yours");
	err = journal_take(
		p->fd, a->want, a->n_want, flags, &a->ghost->journal, a->diag);
	/* Backwards: what is forgotten moves only what was dealt with. */
	for (size_t i = a->n_want; err >= 0 && i-- > 0;) {
		struct view_node *node = &a->view->nodes[a->want_node[i]];

		node->dev = a->want[i].dev;
		node->ino = a->want[i].ino;
		if (a->want[i].needless)
			forget(a->view, a->want_node[i]);
	}
	return err;
}

/* --- all of it --------------------------------------------------------------------- */

/* What is ours is not for the command, not even to lock. */
static int
mask_places(struct arranging *a)
{
	bool masked = false;
	int err = 0;

	for (size_t i = 0; err >= 0 && i < STATE_PLACES; i++) {
		const struct state_place *p = &a->ghost->state.place[i];
		const struct view_node *node =
			p->fd >= 0 || (p->wanted && a->rq->dry)
				? view_deciding(a->view, p->path)
				: NULL;

		if (!node || node->kind != VIEW_BIND)
			continue;
		err = view_put(a->view,
			&(struct view_node){ .path = p->path,
				.kind = VIEW_MASK,
				.fd = -1,
				.is_dir = true,
				.origin = view_text(
					"own state of codex-sandbox") },
			a->diag);
		masked = true;
	}
	return err >= 0 && masked ? view_settle(a->view, a->diag) : err;
}

static bool
has_guards(const struct view *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->nodes[i].kind == VIEW_GUARD)
			return true;
	return false;
}

int
ghost_arrange(struct view *v, const struct ghost_request *rq, struct ghost *g,
	struct diag *d)
{
	struct arranging a = { .view = v, .rq = rq, .ghost = g, .diag = d };
	int err = has_guards(v) ? refuse_faults(g, d) : 0;
	mode_t mask = umask(0); /* modes are meant as they are written here */

	/* Which places are made depends on the guards: those come first. */
	if (err >= 0)
		err = arrange_guards(&a);
	if (err >= 0)
		err = make_placeholders(&a);
	if (err >= 0)
		err = mask_places(&a);
	(void)umask(mask);
	mountinfo_free(&a.mounts);
	free(a.want);
	free(a.want_node);
	return err;
}

bool
ghost_overlays(const struct ghost *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->dirs[i].overlay)
			return true;
	return false;
}

void
ghost_end(struct ghost *g)
{
	for (size_t i = 0; i < g->n_runs; i++)
		state_run_end(&g->runs[i]);
	journal_end(&g->journal);
	for (size_t i = 0; i < g->n; i++)
		free(g->dirs[i].path);
	free(g->runs);
	free(g->dirs);
	state_free(&g->state);
	*g = (struct ghost)GHOST_EMPTY;
}
