/* SPDX-License-Identifier: Apache-2.0 */
/* protect.c -- protected names of writable roots; room: user. */
#include "policy/protect.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/journal.h"
#include "policy/path.h"
#include "policy/view.h"
#include "policy/walk.h"

int
protect_path(char *out, const char *dir, const char *name)
{
	int n = snprintf(out, PLAN_PATH_TEXT, "%s/%s",
		strcmp(dir, "/") == 0 ? "" : dir, name);

	return n < 0 || n >= PLAN_PATH_TEXT ? -ENAMETOOLONG : 0;
}

/* --- one name --------------------------------------------------------------- */

/* --git commit opens git directories by rules of its own. */
static bool
is_git_grant(const struct view_node *node)
{
	return strcmp(node->origin, PROTECT_GIT_GRANT) == 0;
}

/* Does a person's or profile's write entry open exactly this, or below it? */
static bool
is_write_entry(const struct view_node *node)
{
	return node->kind == VIEW_BIND && node->access == FS_WRITE &&
	       !node->pinned && !is_git_grant(node);
}

static int
put_object(struct view *v, const char *path, int fd, const struct stat *st,
	const char *origin, struct diag *d)
{
	const struct view_node node = {
		.path = view_text(path),
		.kind = S_ISLNK(st->st_mode) ? VIEW_LINK : VIEW_BIND,
		.access = FS_READ,
		.fd = fd,
		.is_dir = S_ISDIR(st->st_mode),
		.dev = st->st_dev,
		.ino = st->st_ino,
		.origin = view_text(origin),
	};

	return view_put(v, &node, d);
}

int
protect_guard(struct view *v, const struct protect_target *t, struct diag *d)
{
	char path[PLAN_PATH_TEXT];
	const struct view_node node = {
		.path = path,
		.kind = VIEW_GUARD,
		.fd = -1,
		.is_dir = t->missing_is_dir,
		.origin = view_text(t->origin),
		.target = t->text ? view_text(t->text) : NULL,
	};

	if (protect_path(path, t->dir, t->name) < 0 ||
		faccessat(t->dir_fd, t->dir_fd == AT_FDCWD ? t->dir : ".", W_OK,
			AT_EACCESS) < 0)
		return 0;
	return view_put(v, &node, d);
}

int
protect_guard_rest(struct view *v, const char *dir, const char *rest,
	const char *origin, struct diag *d)
{
	char name[NAME_MAX + 1];
	size_t len = strcspn(rest, "/");

	if (len > NAME_MAX)
		return 0; /* no such name can be made either */
	memcpy(name, rest, len);
	name[len] = '\0';
	return protect_guard(v,
		&(struct protect_target){
			AT_FDCWD, dir, name, rest[len] == '/', origin, NULL },
		d);
}

/* A symlink that the command could replace stays what it is. */
static int
hold_link(struct view *v, const char *link, const char *origin, struct diag *d)
{
	own_fd int fd = -1;
	struct stat st;

	if (view_access(v, link) != FS_WRITE)
		return 0;
	if (!v->by_init)
		return diag_setf(d, -ELOOP, DIAG_SETUP, link,
			"use --mount-engine init, or replace the symlink by what it leads to",
			"is a symlink in a writable root, which bwrap cannot keep from being replaced (%s)",
			origin);
	fd = open(link, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_set(d, -ESTALE, DIAG_SETUP, link,
			"changed while it was looked at",
			"run the command again when nothing else changes it");
	return put_object(v, link, own_take_fd(&fd), &st, origin, d);
}

int
protect_walked(struct view *v, const char *path, struct walk *w,
	const char *origin, struct diag *d)
{
	struct stat st;
	int err = 0;

	for (size_t i = 0; err >= 0 && i < w->n_links; i++)
		err = hold_link(v, w->links[i].path, origin, d);
	if (err < 0 || view_access(v, w->canonical) != FS_WRITE)
		return err;
	if (w->missing == ENOENT)
		return protect_guard_rest(v, w->canonical, w->rest, origin, d);
	if (!w->missing)
		return fstat(w->fd, &st) < 0
			       ? -errno
			       : put_object(v, w->canonical,
					 own_take_fd(&w->fd), &st, origin, d);
	return diag_setf(d, -ELOOP, DIAG_SETUP, path,
		"create what it leads to, or remove it",
		"leads to something that cannot be entered, so it cannot be kept read-only (%s)",
		origin);
}

/* The target of a protected symlink is as protected as the link. */
static int
put_target(struct view *v, const char *path, const struct protect_target *t,
	struct diag *d)
{
	own_walk struct walk w = WALK_EMPTY;
	int err = walk_path(path, &w, d);

	return err < 0 ? err : protect_walked(v, path, &w, t->origin, d);
}

bool
protect_is_open(const struct view *v, const char *dir, const char *name)
{
	char path[PLAN_PATH_TEXT];

	return protect_path(path, dir, name) >= 0 &&
	       view_access(v, path) == FS_WRITE;
}

int
protect_one(struct view *v, const struct protect_target *t, struct diag *d)
{
	char path[PLAN_PATH_TEXT];
	struct stat st;
	own_fd int fd = -1;
	int err = protect_path(path, t->dir, t->name);

	if (err < 0 || view_any_below(v, path, is_write_entry) ||
		view_access(v, path) != FS_WRITE)
		return 0;
	fd = openat(t->dir_fd, t->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? protect_guard(v, t, d) : 0;
	if (fstat(fd, &st) < 0)
		return -errno;
	/* Another run's: gone when that run ends, unless it is ours as well. */
	if (journal_has_form(&st) && journal_looks_like(t->dir_fd, t->name)) {
		struct protect_target same = *t;

		same.missing_is_dir = S_ISDIR(st.st_mode);
		return protect_guard(v, &same, d);
	}
	if (S_ISLNK(st.st_mode)) {
		err = put_target(v, path, t, d);
		if (err < 0)
			return err;
	}
	return put_object(v, path, own_take_fd(&fd), &st, t->origin, d);
}

/* --- groups ------------------------------------------------------------------ */

static bool
listed(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

bool
protect_is_on(const struct protect_request *rq, const struct protect_name *p)
{
	if (listed(rq->on, rq->n_on, p->group) ||
		listed(rq->on, rq->n_on, "all"))
		return true;
	return p->on && !listed(rq->off, rq->n_off, p->group) &&
	       !listed(rq->off, rq->n_off, "all");
}

static int
check_groups(const char *const *list, size_t n, struct diag *d)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < protect_names_n &&
			strcmp(protect_names[k].group, list[i]) != 0)
			k++;
		if (k == protect_names_n && strcmp(list[i], "all") != 0)
			return diag_set(d, -EINVAL, DIAG_USAGE, list[i],
				"is no group of protected names",
				"use git, agents, codex, aws, claude, cursor, gemini, instructions, editors, shell, ci, or all");
	}
	return 0;
}

/* A write entry for .git, or for something in it, was meant. */
static bool
is_in_git_dir(const char *root)
{
	const char *at = strstr(root, "/.git");

	while (at && at[5] != '/' && at[5] != '\0')
		at = strstr(at + 1, "/.git");
	return at != NULL;
}

/*
 * A root that is a git directory itself, where git finds it without a .git; or
 * could become one: where .git is writable git looks on when the command has
 * made that unusable, and an own "refs" (or "objects") is what it then needs.
 */
static int
protect_bare(struct view *v, const char *root, int fd,
	const struct protect_request *rq, struct diag *d)
{
	struct protect_target t = { fd, root, "refs", true,
		"protected: git (as a bare repository)", NULL };

	if (is_in_git_dir(root))
		return 0;
	if (faccessat(fd, ".git", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return protect_git_is_bare(fd) ? protect_git_dir(v, root, d)
					       : 0;
	if (!rq->git_commit || !protect_is_open(v, root, ".git"))
		return 0;
	if (faccessat(fd, t.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		t.name = "objects";
	/* A project that has both for its own purposes keeps them. */
	return faccessat(fd, t.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0
		       ? 0
		       : protect_one(v, &t, d);
}

static int
protect_root(struct view *v, const char *root, const struct protect_request *rq,
	struct diag *d)
{
	own_fd int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char origin[64];
	int err = 0;

	for (size_t i = 0; fd >= 0 && err >= 0 && i < protect_names_n; i++) {
		const struct protect_name *p = &protect_names[i];

		if (!protect_is_on(rq, p))
			continue;
		(void)snprintf(
			origin, sizeof(origin), "protected: %s", p->group);
		err = protect_one(v,
			&(struct protect_target){
				fd, root, p->name, p->dir, origin, NULL },
			d);
		if (err >= 0 && strcmp(p->name, ".git") == 0)
			err = protect_git_file(v, root, d);
		if (err >= 0 && strcmp(p->name, ".git") == 0)
			err = protect_bare(v, root, fd, rq, d);
	}
	return err;
}

static bool
is_root(const struct view_node *node)
{
	return node->kind == VIEW_BIND && node->is_dir &&
	       node->access == FS_WRITE && !node->pinned;
}

int
protect_commit_add(struct view *v, struct diag *d)
{
	size_t n = v->n;
	int err = 0;

	for (size_t i = 0; err >= 0 && i < n; i++)
		if (is_root(&v->nodes[i]))
			err = protect_git_commit(v, v->nodes[i].path, d);
	return err;
}

int
protect_names_add(
	struct view *v, const struct protect_request *rq, struct diag *d)
{
	size_t n = v->n;
	int err = check_groups(rq->on, rq->n_on, d);

	if (err >= 0)
		err = check_groups(rq->off, rq->n_off, d);
	for (size_t i = 0; err >= 0 && i < n; i++) {
		/* view_put() may move the nodes; the strings stay. */
		const char *root = v->nodes[i].path;

		if (!is_root(&v->nodes[i]) || is_git_grant(&v->nodes[i]))
			continue;
		err = protect_root(v, root, rq, d);
		if (err >= 0)
			err = protect_nested(v, root, rq, d);
	}
	return err;
}
