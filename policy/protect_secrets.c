/* SPDX-License-Identifier: Apache-2.0 */
/* protect_secrets.c -- files of the person that no command needs; room: user. */
#include "policy/protect.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "policy/glob.h"
#include "policy/path.h"
#include "policy/view.h"
#include "policy/walk.h"

/*
 * A grant for exactly this path was meant.  One for a part opens that part: it
 * lies on the mask.
 */
static bool
is_granted(const struct view *v, const char *path)
{
	const struct view_node *node = view_deciding(v, path);

	return node && node->kind == VIEW_BIND && strcmp(node->path, path) == 0;
}

static int
hide_secret(struct view *v, const char *path, const struct protect_request *rq,
	struct diag *d)
{
	own_walk struct walk w = WALK_EMPTY;
	struct view_node node = {
		.kind = VIEW_MASK, .fd = -1, .origin = (char[]){ "secret" }
	};
	int err;

	if (walk_is_missing(path))
		return 0;
	err = walk_path(path, &w, d);
	if (err < 0 || w.missing || is_granted(v, w.canonical) ||
		view_access(v, w.canonical) == FS_DENY ||
		path_is_below(rq->workspace, w.canonical))
		return err;
	node.path = w.canonical;
	node.is_dir = S_ISDIR(w.mode);
	node.dev = w.dev;
	node.ino = w.ino;
	return view_put(v, &node, d);
}

static int
hide_pattern(struct view *v, const char *home, const char *pattern,
	const struct protect_request *rq, struct diag *d)
{
	struct glob_hits hits = { 0 };
	char *absolute = NULL;
	/* The home directory stands for itself, whatever is in its name. */
	int err = glob_absolute(home, pattern, &absolute);

	if (err >= 0)
		err = glob_walk(absolute, 1, &hits, d);
	for (size_t i = 0; err >= 0 && i < hits.n; i++)
		err = hide_secret(v, hits.paths[i], rq, d);
	glob_hits_free(&hits);
	free(absolute);
	return err;
}

int
protect_secrets_add(
	struct view *v, const struct protect_request *rq, struct diag *d)
{
	own_walk struct walk home = WALK_EMPTY;
	char path[PLAN_PATH_TEXT];
	int err = 0;

	/* Its name may lead through symlinks that the view does not have. */
	if (rq->allow_secrets || !rq->home || rq->home[0] != '/' ||
		walk_path(rq->home, &home, NULL) < 0 || home.missing ||
		strcmp(home.canonical, "/") == 0)
		return 0;
	for (size_t i = 0; err >= 0 && i < secret_paths_n; i++) {
		const char *name = secret_paths[i].path;

		if (glob_has_magic(name))
			err = hide_pattern(v, home.canonical, name, rq, d);
		else if (protect_path(path, home.canonical, name) >= 0)
			err = hide_secret(v, path, rq, d);
	}
	return err;
}
