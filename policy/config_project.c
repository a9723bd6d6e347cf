/* SPDX-License-Identifier: Apache-2.0 */
/* config_project.c -- the project layer and whom it is trusted (room: user). */
#include "policy/config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/plan.h"
#include "policy/config_impl.h"
#include "policy/diag.h"
#include "policy/path.h"

/* A path of the workspace's chain, shortened component by component. */
struct climb {
	char path[PLAN_PATH_MAX + 1];
};

static bool
climb_up(struct climb *at)
{
	char *slash = strrchr(at->path, '/');

	if (slash == NULL || at->path[1] == '\0')
		return false;
	if (slash == at->path)
		slash++;
	*slash = '\0';
	return true;
}

/* .git may be a directory or the pointer file of a worktree. */
static bool
is_repository(const char *dir)
{
	char path[PLAN_PATH_MAX + 8];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/.git", dir); /* it fits */
	return lstat(path, &st) == 0;
}

/* The repository that holds the workspace, or the workspace itself. */
static void
find_root(const char *workspace, struct climb *ret)
{
	(void)snprintf(ret->path, sizeof(ret->path), "%s", workspace);
	do {
		if (is_repository(ret->path))
			return;
	} while (climb_up(ret));
	(void)snprintf(ret->path, sizeof(ret->path), "%s", workspace);
}

/* Does the key of [projects."KEY"] name dir? */
static bool
names_dir(const struct config *c, const char *key, const char *dir)
{
	char *full = NULL;
	int rc = key[0] == '~' && c->home != NULL
			 ? path_join(c->home, key[1] == '\0' ? "" : key + 2,
				   &full)
			 : path_normalise(key, &full);
	bool same = rc == 0 && strcmp(full, dir) == 0;

	free(full);
	return same;
}

static const struct config_value *
trust_of(const struct config *c, const char *dir)
{
	for (size_t i = c->all.n; i > 0; i--) {
		const struct config_value *v = &c->all.items[i - 1];
		if (v->path.n == 3 && config_path_in(&v->path, "projects") &&
			names_dir(c, v->path.part[1], dir))
			return v;
	}
	return NULL;
}

static bool
is_trusted(const struct config *c, const char *dir, const char *root)
{
	const struct config_value *v = trust_of(c, dir);

	if (v == NULL)
		v = trust_of(c, root);
	return v != NULL && strcmp(v->node->str.text, "trusted") == 0;
}

static int
load_dir(struct config *c, const char *dir, const char *root, struct diag *d)
{
	const char *own = config_printf(
		c, "%s/.codex-sandbox", dir[1] == '\0' ? "" : dir);
	struct stat st;

	if (own == NULL)
		return config_nomem(c, d);
	if (lstat(own, &st) < 0)
		return 0; /* nothing there, or nothing that we could read */
	if (!is_trusted(c, dir, root))
		return config_noting(c, d,
			"%s is ignored: the project is not trusted; to trust "
			"it, add [projects.\"%s\"] trust_level = \"trusted\" "
			"to your config.toml",
			own, root);
	if (c->n_projects == CONFIG_PROJECTS_MAX)
		return diag_set(d, -E2BIG, DIAG_SETUP, own,
			"more than 64 directories of one project have a "
			".codex-sandbox",
			"remove some");
	c->projects[c->n_projects++] = own;
	return config_load_file(
		c, CONFIG_PROJECT, CONFIG_FILE_PROJECT, own, "config.toml", d);
}

/* From the repository down to the workspace, so that the order is that of
 * reading; each can only narrow what is above. */
int
config_load_projects(struct config *c, struct diag *d)
{
	struct climb root, at;
	char *full = NULL;

	if (c->workspace == NULL)
		return 0;
	int rc = path_normalise(c->workspace, &full);
	if (rc < 0)
		return diag_set(d, rc, DIAG_SETUP, c->workspace,
			"no absolute path", "give the workspace in full");
	find_root(full, &root);
	size_t first = path_depth(root.path), last = path_depth(full);
	for (size_t depth = first; rc == 0 && depth <= last; depth++) {
		(void)snprintf(at.path, sizeof(at.path), "%s", full);
		for (size_t i = last; i > depth; i--)
			(void)climb_up(&at); /* it is that deep */
		rc = load_dir(c, at.path, root.path, d);
	}
	free(full);
	return rc;
}
