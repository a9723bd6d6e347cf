/* SPDX-License-Identifier: Apache-2.0 */
/* view_nodes.c -- the list of nodes that a view is; room: user. */
#include "policy/view.h"

#include <sys/stat.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "policy/walk.h"

void
view_drop(struct view_node *node)
{
	own_close(&node->fd);
	free(node->path);
	free(node->origin);
	free(node->target);
}

void
view_free(struct view *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->n; i++)
		view_drop(&v->nodes[i]);
	free(v->nodes);
	free(v->led_out);
	free(v->no_unix);
	*v = (struct view){ 0 };
}

/* Which of two nodes for one path holds: bigger wins, the first at a tie. */
static int
strength(const struct view_node *node)
{
	switch (node->kind) {
	case VIEW_SYMLINK: return 0;
	case VIEW_BIND:
		/* A pin says nothing new, and must not undo what says more. */
		return node->pinned ? 1 : node->access == FS_WRITE ? 3 : 2;
	case VIEW_MASK: return 4;
	default: return 5;
	}
}

static int
grow(struct view *v)
{
	size_t cap = v->cap ? v->cap * 2 : 64;
	struct view_node *nodes;

	if (v->n < v->cap)
		return 0;
	nodes = reallocarray(v->nodes, cap, sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	v->nodes = nodes;
	v->cap = cap;
	return 0;
}

static int
no_memory(struct diag *d)
{
	return diag_set(d, -ENOMEM, DIAG_SETUP, "policy", "out of memory",
		"name fewer paths");
}

int
view_put(struct view *v, const struct view_node *node, struct diag *d)
{
	struct view_node copy = *node;

	assert(node->path && node->origin);
	copy.path = strdup(node->path);
	copy.origin = strdup(node->origin);
	copy.target = node->target ? strdup(node->target) : NULL;
	if (!copy.path || !copy.origin || (node->target && !copy.target) ||
		grow(v) < 0) {
		view_drop(&copy);
		return no_memory(d);
	}
	copy.put = v->puts++;
	v->nodes[v->n++] = copy;
	return 0;
}

int
view_put_walked(struct view *v, struct walk *w, const struct view_node *as,
	struct diag *d)
{
	struct view_node node = *as;

	node.path = w->canonical;
	node.fd = own_take_fd(&w->fd);
	node.is_dir = S_ISDIR(w->mode);
	node.dev = w->dev;
	node.ino = w->ino;
	return view_put(v, &node, d);
}

int
view_put_links(struct view *v, const struct walk *w, const char *origin,
	struct diag *d)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < w->n_links; i++)
		err = view_put(v,
			&(struct view_node){ .path = w->links[i].path,
				.kind = VIEW_SYMLINK,
				.fd = -1,
				.origin = view_text(origin),
				.target = w->links[i].target },
			d);
	return err;
}

int
view_hold_link(
	struct view *v, const char *link, const char *origin, struct diag *d)
{
	own_fd int fd = open(link, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct view_node node = { .path = view_text(link),
		.kind = VIEW_LINK,
		.origin = view_text(origin) };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode))
		return diag_set(d, -ESTALE, DIAG_SETUP, link,
			"changed while it was looked at",
			"run the command again when nothing else changes it");
	node.dev = st.st_dev;
	node.ino = st.st_ino;
	node.fd = own_take_fd(&fd);
	return view_put(v, &node, d);
}

static int
node_order(const void *a, const void *b)
{
	const struct view_node *x = a;
	const struct view_node *y = b;

	int order = path_compare(x->path, y->path);

	if (order == 0)
		order = strength(y) - strength(x);
	/* qsort(3) keeps no order of its own. */
	return order != 0 ? order : x->put < y->put ? -1 : x->put > y->put;
}

void
view_merge(struct view *v)
{
	size_t kept = 0;

	if (v->n == 0)
		return;
	qsort(v->nodes, v->n, sizeof(*v->nodes), node_order);
	for (size_t i = 1; i < v->n; i++) {
		if (strcmp(v->nodes[i].path, v->nodes[kept].path) == 0)
			view_drop(&v->nodes[i]);
		else
			v->nodes[++kept] = v->nodes[i];
	}
	v->n = kept + 1;
	v->n_sorted = v->n;
}

/* First node of a merged view that is not before path. */
static size_t
lower_bound(const struct view *v, const char *path)
{
	size_t lo = 0;
	size_t hi = v->n_sorted;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_compare(v->nodes[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
view_any_below(const struct view *v, const char *path,
	bool (*want)(const struct view_node *node))
{
	for (size_t i = lower_bound(v, path); i < v->n_sorted; i++) {
		if (!path_is_below(v->nodes[i].path, path))
			return false;
		if (want(&v->nodes[i]))
			return true;
	}
	return false;
}

/* Not merged yet: look at all. */
static const struct view_node *
deciding_unsorted(const struct view *v, const char *path)
{
	const struct view_node *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];
		size_t len;

		if (node->kind == VIEW_SYMLINK ||
			!path_is_below(path, node->path))
			continue;
		len = strlen(node->path);
		if (!best || len > best_len ||
			(len == best_len && strength(node) > strength(best))) {
			best = node;
			best_len = len;
		}
	}
	return best;
}

const struct view_node *
view_deciding(const struct view *v, const char *path)
{
	char above[PLAN_PATH_TEXT];
	size_t len = strlen(path);

	if (v->n_sorted == 0)
		return deciding_unsorted(v, path);
	if (len >= sizeof(above))
		return NULL;
	memcpy(above, path, len + 1);
	for (;;) {
		size_t i = lower_bound(v, above);
		char *slash = strrchr(above, '/');

		if (i < v->n_sorted && v->nodes[i].kind != VIEW_SYMLINK &&
			strcmp(v->nodes[i].path, above) == 0)
			return &v->nodes[i];
		if (above[1] == '\0')
			return NULL;
		slash[slash == above ? 1 : 0] = '\0';
	}
}

static enum fs_access
node_access(const struct view_node *node)
{
	switch (node->kind) {
	case VIEW_BIND: return node->access;
	case VIEW_SCRATCH: return FS_WRITE;
	case VIEW_DEV:
	case VIEW_PROC:
	case VIEW_DEVICE:
	case VIEW_FILE: return FS_READ;
	default: return FS_DENY;
	}
}

enum fs_access
view_access(const struct view *v, const char *path)
{
	const struct view_node *node = view_deciding(v, path);

	return node ? node_access(node) : FS_DENY;
}

/* Does a node say only what the nearest node above it says already? */
static bool
repeats(const struct view_node *node, const struct view_node *above)
{
	bool nothing =
		!above || above->kind == VIEW_MASK || above->kind == VIEW_HIDE;

	switch (node->kind) {
	case VIEW_BIND:
		return !node->pinned && above && above->kind == VIEW_BIND &&
		       above->access == node->access;
	case VIEW_MASK: return nothing;
	case VIEW_SOCKET: return nothing || above->kind == VIEW_SCRATCH;
	/* The host's own symlink is there wherever the host's directory is. */
	case VIEW_SYMLINK: return above && above->kind == VIEW_BIND;
	default: return false;
	}
}

/* Nodes are sorted, so the nearest one above is found by climbing from the last. */
void
view_shadow(struct view *v)
{
	size_t above[PLAN_PATH_TEXT / 2];
	size_t depth = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct view_node *node = &v->nodes[i];

		while (depth > 0 && !path_is_below(node->path,
					    v->nodes[above[depth - 1]].path))
			depth--;
		node->shadowed = repeats(
			node, depth > 0 ? &v->nodes[above[depth - 1]] : NULL);
		if (!node->shadowed && node->kind != VIEW_SYMLINK)
			above[depth++] = i;
	}
}
