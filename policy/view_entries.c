/* SPDX-License-Identifier: Apache-2.0 */
/* view_entries.c -- the entries of a policy, opened and placed; room: user. */
#include "policy/view.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	if (!p->rq->by_init)
		return diag_setf(p->d, -ELOOP, DIAG_SETUP, path,
			"name the target of the symlink, or take the symlink out of the writable root",
			"cannot be kept read-only, because it crosses the writable symlink %s (%s)",
			link, p->entry->origin);
	return view_hold_link(p->view, link, p->entry->origin, p->d);
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
	const struct view_node as = {
		.kind = p->entry->access == FS_DENY ? VIEW_MASK : VIEW_BIND,
		.access = p->entry->access,
		.origin = p->entry->origin,
	};

	return view_put_walked(p->view, w, &as, p->d);
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
	/* Symlinks on the way to a grant are made again in a tmpfs of ours. */
	if (p->entry->access != FS_DENY) {
		p->view->grant_links = p->view->grant_links || w.n_links > 0;
		err = view_put_links(p->view, &w, p->entry->origin, p->d);
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

int
view_add_entries(struct view *v, const struct view_request *rq, struct diag *d)
{
	int err = 0;

	if (rq->profile->fs != FS_KIND_RESTRICTED)
		err = place_unrestricted(v, rq, d);
	if (err >= 0)
		err = place_entries(v, rq, true, d);
	if (err >= 0)
		err = place_entries(v, rq, false, d);
	if (err >= 0)
		note_planted_links(v, rq);
	return err;
}
