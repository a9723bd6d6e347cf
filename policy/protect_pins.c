/* SPDX-License-Identifier: Apache-2.0 */
/* protect_pins.c -- directories that must not be renamed; room: user. */
#include "policy/protect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/view.h"
#include "policy/walk.h"

/*
 * A place that gets rights was named by its canonical path.  If it now lies
 * elsewhere, somebody put a symlink into its way since, and following it would
 * make writable whatever that leads to.
 */
int
protect_unmoved(const struct walk *w, const char *path, struct diag *d)
{
	if (w->n_links == 0 && strcmp(w->canonical, path) == 0)
		return 0;
	return diag_set(d, -ESTALE, DIAG_SETUP, path,
		"was replaced by a symlink while the sandbox was being planned",
		"run the command again when nothing else changes it");
}

static int
pin(struct view *v, const char *path, struct diag *d)
{
	own_walk struct walk w = WALK_EMPTY;
	struct view_node node = { .kind = VIEW_BIND,
		.access = FS_WRITE,
		.is_dir = true,
		.pinned = true,
		.origin = (char[]){ "pinned: something below is protected" } };
	int err = walk_path(path, &w, d);

	if (err >= 0 && w.n_links > 0)
		err = protect_unmoved(&w, path, d);
	if (err < 0 || w.missing)
		return err; /* the parent of a guard that is missing as well */
	node.path = w.canonical;
	node.fd = own_take_fd(&w.fd);
	node.dev = w.dev;
	node.ino = w.ino;
	return view_put(v, &node, d);
}

/* Everything between the node at i and the writable directory it lies in. */
static int
pin_ancestors(struct view *v, size_t i, struct diag *d)
{
	char path[PLAN_PATH_TEXT];
	int err = 0;

	(void)snprintf(path, sizeof(path), "%s", v->nodes[i].path);
	for (;;) {
		char *slash = strrchr(path, '/');
		const struct view_node *node;

		if (slash == path || err < 0)
			return err;
		*slash = '\0';
		node = view_deciding(v, path);
		if (!node || node->kind != VIEW_BIND ||
			node->access != FS_WRITE)
			return 0;
		/* One that is writable by an entry of its own would be left
		 * out as a repetition: it has to be a mount now. */
		if (strcmp(node->path, path) == 0)
			v->nodes[node - v->nodes].pinned = true;
		else
			err = pin(v, path, d);
	}
}

int
protect_pins_add(struct view *v, struct diag *d)
{
	size_t n = v->n;
	const char *last = ""; /* siblings share their ancestors */
	int err = 0;

	for (size_t i = 0; err >= 0 && i < n; i++) {
		enum view_kind kind = v->nodes[i].kind;
		const char *path = v->nodes[i].path;
		size_t dir = (size_t)(strrchr(path, '/') - path);

		if (strncmp(last, path, dir + 1) == 0 &&
			!strchr(last + dir + 1, '/'))
			continue;

		if (kind == VIEW_MASK || kind == VIEW_GUARD ||
			kind == VIEW_LINK || kind == VIEW_SOCKET ||
			(kind == VIEW_BIND && v->nodes[i].access == FS_READ)) {
			err = pin_ancestors(v, i, d);
			last = path;
		}
	}
	return err;
}
