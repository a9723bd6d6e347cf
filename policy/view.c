/* SPDX-License-Identifier: Apache-2.0 */
/* view.c -- policy entries resolved to a view of this machine; room: user. */
#include "policy/view.h"

#include <sys/stat.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/glob.h"
#include "policy/journal.h"
#include "policy/path.h"
#include "policy/protect.h"
#include "policy/walk.h"

/*
 * What a program needs to start at all.  A missing one is no error: not every
 * distribution has them all.
 */
static const char *const minimal_paths[] = {
	"/bin",
	"/sbin",
	"/usr",
	"/etc",
	"/lib",
	"/lib32",
	"/lib64",
	"/libx32",
	"/nix/store",
	"/run/current-system/sw",
};

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

/* Parents before children; of several nodes for one path the strongest stays. */
static void
sort_and_merge(struct view *v)
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

/* One entry of the policy on its way to nodes. */
struct placing {
	struct view *view;
	const struct view_request *rq;
	const struct fs_entry *entry;
	struct diag *d;
};

/*
 * A rule that takes rights away must not hang on a symlink which the sandbox
 * could replace: the link is looked at in pass two, when all grants are known.
 * Init can bind the link onto itself, so that it stays what it is.
 */
static int
hold_link(const struct placing *p, const char *path, const char *link)
{
	own_fd int fd = -1;
	struct view_node node = { .path = view_text(link),
		.kind = VIEW_LINK,
		.origin = p->entry->origin };
	struct stat st;

	if (!p->rq->by_init)
		return diag_setf(p->d, -ELOOP, DIAG_SETUP, path,
			"name the target of the symlink, or take the symlink out of the writable root",
			"cannot be kept read-only, because it crosses the writable symlink %s (%s)",
			link, p->entry->origin);
	fd = open(link, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode))
		return diag_set(p->d, -ESTALE, DIAG_SETUP, link,
			"changed while it was looked at",
			"run the command again when nothing else changes it");
	node.dev = st.st_dev;
	node.ino = st.st_ino;
	node.fd = own_take_fd(&fd);
	return view_put(p->view, &node, p->d);
}

static int
hold_links(const struct placing *p, const char *path, const struct walk *w)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < w->n_links; i++)
		if (view_access(p->view, w->links[i].path) == FS_WRITE)
			err = hold_link(p, path, w->links[i].path);
	return err;
}

/* A name that is denied or read-only while it is missing must stay missing. */
static int
missing_entry(const struct placing *p, const char *path, const struct walk *w)
{
	if (p->entry->missing == FS_MISSING_ERROR &&
		(p->entry->access != FS_DENY || w->missing != ENOENT))
		return diag_setf(p->d, -w->missing, DIAG_SETUP, path,
			"create it or give an existing path", "%s (%s)",
			diag_errno(w->missing), p->entry->origin);
	if (p->entry->missing == FS_MISSING_SKIP || w->missing == EACCES ||
		p->entry->access == FS_WRITE ||
		view_access(p->view, w->canonical) != FS_WRITE)
		return 0;
	if (w->missing == ENOENT)
		return protect_guard_rest(
			p->view, w->canonical, w->rest, p->entry->origin, p->d);
	return diag_setf(p->d, -ENOENT, DIAG_SETUP, path,
		"name a path that can exist, or say \"missing_path_behavior\":\"skip\"",
		"lies below what is no directory, so it cannot be %s (%s)",
		p->entry->access == FS_DENY ? "denied" : "kept read-only",
		p->entry->origin);
}

/* Symlinks on the way to a grant are made again where our own tmpfs lies. */
static int
put_links(const struct placing *p, const struct walk *w)
{
	p->view->grant_links = p->view->grant_links || w->n_links > 0;
	for (size_t i = 0; i < w->n_links; i++) {
		int err = view_put(p->view,
			&(struct view_node){ .path = w->links[i].path,
				.kind = VIEW_SYMLINK,
				.fd = -1,
				.origin = p->entry->origin,
				.target = w->links[i].target },
			p->d);

		if (err < 0)
			return err;
	}
	return 0;
}

/*
 * A placeholder of another run goes when that run ends, and what was mounted on
 * it goes with it, unless it is held as one of ours.
 */
static bool
is_placeholder(const struct placing *p, const struct walk *w)
{
	char dir[PLAN_PATH_TEXT];
	const struct stat st = { .st_mode = w->mode };
	char *slash;

	if (p->entry->access == FS_WRITE || w->canonical[1] == '\0' ||
		!journal_has_form(&st))
		return false;
	(void)snprintf(dir, sizeof(dir), "%s", w->canonical);
	slash = strrchr(dir, '/');
	slash[slash == dir ? 1 : 0] = '\0';
	return view_access(p->view, dir) == FS_WRITE &&
	       journal_looks_like(AT_FDCWD, w->canonical);
}

static int
put_guard(const struct placing *p, const struct walk *w)
{
	return view_put(p->view,
		&(struct view_node){ .path = w->canonical,
			.kind = VIEW_GUARD,
			.fd = -1,
			.is_dir = S_ISDIR(w->mode),
			.origin = p->entry->origin },
		p->d);
}

static int
put_walked(const struct placing *p, struct walk *w)
{
	struct view_node node = {
		.path = w->canonical,
		.kind = p->entry->access == FS_DENY ? VIEW_MASK : VIEW_BIND,
		.access = p->entry->access,
		.fd = own_take_fd(&w->fd),
		.is_dir = S_ISDIR(w->mode),
		.dev = w->dev,
		.ino = w->ino,
		.origin = p->entry->origin,
	};

	return view_put(p->view, &node, p->d);
}

/* At one path write wins over read: --ro there would silently do nothing. */
static int
check_write_entry(
	const struct placing *p, const char *path, const struct walk *w)
{
	const struct view_node *node = view_deciding(p->view, w->canonical);

	if (!node || node->kind != VIEW_BIND || node->access != FS_WRITE ||
		strcmp(node->path, w->canonical) != 0)
		return 0;
	return diag_setf(p->d, -EINVAL, DIAG_SETUP, path,
		"take one of the two out, or use --sandbox read-only",
		"contradicts the write entry for the same path (--ro, %s)",
		node->origin);
}

static int
place_path(const struct placing *p, const char *path)
{
	own_walk struct walk w = WALK_EMPTY;
	int err;

	if (p->entry->missing == FS_MISSING_SKIP && walk_is_missing(path))
		return 0;
	err = walk_path(path, &w, p->d);
	if (err < 0)
		return err;
	/* What is denied stays denied by whatever name: a replaced link leads to
	 * something of the sandbox's own.  What is to stay read-only does not. */
	if (strcmp(p->entry->origin, "--ro") == 0) {
		err = check_write_entry(p, path, &w);
		if (err < 0)
			return err;
	}
	if (w.missing && p->entry->missing == FS_MISSING_SKIP)
		return 0;
	if (p->entry->access == FS_READ) {
		err = hold_links(p, path, &w);
		if (err < 0)
			return err;
	}
	if (w.missing)
		return missing_entry(p, path, &w);
	if (p->entry->access != FS_DENY) {
		err = put_links(p, &w);
		if (err < 0)
			return err;
	}
	return is_placeholder(p, &w) ? put_guard(p, &w) : put_walked(p, &w);
}

static int
place_minimal(const struct placing *p)
{
	size_t n = sizeof(minimal_paths) / sizeof(minimal_paths[0]);

	for (size_t i = 0; i < n; i++) {
		int err = place_path(p, minimal_paths[i]);

		if (err < 0)
			return err;
	}
	return 0;
}

static int
place_glob(const struct placing *p)
{
	struct glob_hits hits = { 0 };
	char *pattern = NULL;
	/* The workspace stands for itself, whatever is in its name. */
	int err = glob_absolute(p->rq->workspace, p->entry->text, &pattern);

	if (err < 0)
		return diag_set(p->d, err, DIAG_SETUP, p->entry->text,
			"is too long as a pattern", "give a shorter pattern");
	err = glob_walk(pattern, p->rq->profile->glob_depth, &hits, p->d);
	for (size_t i = 0; err >= 0 && i < hits.n; i++)
		err = place_path(p, hits.paths[i]);
	if (err >= 0)
		p->view->globbed += hits.n;
	glob_hits_free(&hits);
	free(pattern);
	return err < 0 ? err : 0;
}

static int
place_project(const struct placing *p)
{
	char path[PLAN_PATH_TEXT];
	int n;

	if (p->entry->text[0] == '\0')
		return place_path(p, p->rq->workspace);
	n = snprintf(path, sizeof(path), "%s/%s",
		strcmp(p->rq->workspace, "/") == 0 ? "" : p->rq->workspace,
		p->entry->text);
	if (n < 0 || (size_t)n >= sizeof(path))
		return diag_set(p->d, -ENAMETOOLONG, DIAG_SETUP, p->entry->text,
			"is too long below the workspace",
			"give a shorter path");
	return place_path(p, path);
}

static int
place_entry(const struct placing *p)
{
	switch (p->entry->kind) {
	case FS_PATH: return place_path(p, p->entry->text);
	case FS_GLOB: return place_glob(p);
	case FS_ROOT:
		/* A denied root is what a restricted list means anyway. */
		return p->entry->access == FS_DENY ? 0 : place_path(p, "/");
	case FS_MINIMAL: return place_minimal(p);
	case FS_PROJECT_ROOTS: return place_project(p);
	case FS_TMPDIR:
		if (!p->rq->tmpdir || p->rq->tmpdir[0] != '/')
			return 0;
		return place_path(p, p->rq->tmpdir);
	case FS_SLASH_TMP: return place_path(p, "/tmp");
	case FS_UNKNOWN: return 0;
	}
	return 0;
}

/* Grants first: what takes rights away must know what is writable. */
static int
place_entries(struct view *v, const struct view_request *rq, bool grants,
	struct diag *d)
{
	for (size_t i = 0; i < rq->profile->n_entries; i++) {
		const struct fs_entry *entry = &rq->profile->entries[i];
		const struct placing p = { v, rq, entry, d };
		int err;

		if ((entry->access == FS_WRITE) != grants)
			continue;
		err = place_entry(&p);
		if (err < 0)
			return err;
	}
	return 0;
}

/*
 * A grant may be reached through a symlink that an earlier run planted: W/build
 * points somewhere else, and the person says -w build.  It is followed, as a
 * path that a person names is, but never in silence.
 */
static void
note_planted(const struct placing *p, const char *path)
{
	own_walk struct walk w = WALK_EMPTY;

	if (walk_path(path, &w, NULL) < 0 || w.missing)
		return; /* said, or skipped, where it was placed */
	for (size_t i = 0; i < w.n_links && !p->view->led_out; i++) {
		const struct view_node *root =
			view_deciding(p->view, w.links[i].path);

		if (root && root->kind == VIEW_BIND &&
			root->access == FS_WRITE &&
			!path_is_below(w.canonical, root->path))
			p->view->led_out = strdup(w.links[i].path);
	}
}

static void
note_planted_links(struct view *v, const struct view_request *rq)
{
	for (size_t i = 0; v->grant_links && i < rq->profile->n_entries; i++) {
		const struct fs_entry *entry = &rq->profile->entries[i];
		const struct placing p = { v, rq, entry, NULL };

		if (entry->kind == FS_PATH && entry->access != FS_DENY)
			note_planted(&p, entry->text);
	}
}

static int
place_unrestricted(
	struct view *v, const struct view_request *rq, struct diag *d)
{
	const struct fs_entry root = {
		.kind = FS_ROOT,
		.access = FS_WRITE,
		.text = (char[]){ "" },
		.origin = (char[]){ "unrestricted filesystem" },
	};
	const struct placing p = { v, rq, &root, d };

	return place_entry(&p);
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
static void
shadow_repeats(struct view *v)
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

/* What holds although an entry says otherwise. */
static int
protect(struct view *v, const struct view_request *rq, struct diag *d)
{
	int err = 0;

	if (!rq->protect)
		return 0;
	if (rq->protect->git_commit) {
		err = protect_commit_add(v, d);
		sort_and_merge(v);
		if (err >= 0)
			err = protect_git_granted(v, d);
	}
	if (err >= 0)
		err = protect_names_add(v, rq->protect, d);
	if (err >= 0)
		err = protect_secrets_add(v, rq->protect, d);
	sort_and_merge(v);
	return err;
}

int
view_settle(struct view *v, struct diag *d)
{
	int err;

	sort_and_merge(v);
	err = protect_pins_add(v, d);
	sort_and_merge(v);
	shadow_repeats(v);
	return err;
}

/*
 * What takes away from the entries, each part knowing all that came before:
 * sockets are masked where anything shows them, and pins make all of it hold.
 */
static int
narrow(struct view *v, const struct view_request *rq, struct diag *d)
{
	int err;

	sort_and_merge(v);
	err = protect(v, rq, d);
	if (err >= 0)
		err = view_add_sockets(v, rq, d);
	sort_and_merge(v);
	if (err >= 0)
		err = protect_pins_add(v, d);
	sort_and_merge(v);
	return err;
}

int
view_resolve(const struct view_request *rq, struct view *ret, struct diag *d)
{
	struct view v = { .by_init = rq->by_init };
	int err = 0;

	if (rq->profile->fs != FS_KIND_RESTRICTED)
		err = place_unrestricted(&v, rq, d);
	if (err >= 0)
		err = place_entries(&v, rq, true, d);
	if (err >= 0)
		err = place_entries(&v, rq, false, d);
	if (err >= 0)
		note_planted_links(&v, rq);
	if (err >= 0)
		err = view_add_specials(&v, rq, d);
	if (err >= 0)
		err = narrow(&v, rq, d);
	if (err < 0) {
		view_free(&v);
		return err;
	}
	shadow_repeats(&v);
	*ret = v;
	return 0;
}
