/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PROTECT_H
#define POLICY_PROTECT_H
/*
 * protect.h -- what holds although a writable root says otherwise.
 *
 * Protected names (policy/protected-names.tsv): files that a trusted program
 * runs or obeys later.  Secrets (policy/secret-paths.tsv): files of the person
 * that no command needs.  Pins: every directory between a writable root and
 * something protected or denied in it is bound onto itself, since a mount
 * follows its directory when that is renamed (threats C4).
 */
#include <stdbool.h>
#include <stddef.h>

struct diag;
struct view;
struct walk;

enum {
	PROTECT_GROUPS_MAX = 32,
	PROTECT_SCAN_ENTRIES_MAX =
		8192, /* directory entries of the nested scan */
	PROTECT_SCAN_DEPTH_MAX = 4,
};

struct protect_request {
	const char *const *on; /* --protect GROUP */
	size_t n_on;
	const char *const *off; /* --no-protect GROUP, "all" for all */
	size_t n_off;
	bool git_commit; /* --git commit */
	bool allow_secrets;
	bool refuse_links; /* --hard-links refuse */
	const char *home;  /* the caller's $HOME or NULL */
	const char *workspace;
};

struct protect_name {
	const char *group;
	const char *name;
	bool on;  /* by default */
	bool dir; /* what a missing one would be */
	const char *reason;
};

struct secret_path {
	const char *path; /* below the home directory */
	const char *reason;
};

/* The tables, made from the .tsv files at build time. */
extern const struct protect_name protect_names[];
extern const size_t protect_names_n;
extern const struct secret_path secret_paths[];
extern const size_t secret_paths_n;

/** Does the request protect this name? */
bool protect_is_on(
	const struct protect_request *rq, const struct protect_name *p);

/** Add protections and secrets to a merged view; 0 or -errno with a diag. */
int protect_names_add(
	struct view *v, const struct protect_request *rq, struct diag *d);
/** With --git commit, before the names: what is granted in git directories. */
int protect_commit_add(struct view *v, struct diag *d);
int protect_secrets_add(
	struct view *v, const struct protect_request *rq, struct diag *d);

/** Add the pins; the view is merged and holds everything else. */
int protect_pins_add(struct view *v, struct diag *d);

/* The origin of what --git commit grants. */
#define PROTECT_GIT_GRANT "--git commit"

/* --- used between protect_*.c ---------------------------------------------- */

/** dir/name in PLAN_PATH_TEXT bytes; what is longer cannot be opened either. */
int protect_path(char *out, const char *dir, const char *name);

/**
 * Keep one name read-only below the directory dir_fd (canonical path `dir`):
 * bound, guarded while missing, pinned when a symlink (with its target).
 */
struct protect_target {
	int dir_fd;
	const char *dir;
	const char *name;
	bool missing_is_dir;
	const char *origin;
	const char *text; /* what is in a missing file's place; NULL: nothing */
};
int protect_one(struct view *v, const struct protect_target *t, struct diag *d);

/**
 * A missing name (t->dir and t->name) must stay missing; nothing to do where
 * nobody could make it.
 */
int protect_guard(
	struct view *v, const struct protect_target *t, struct diag *d);

/**
 * The same for the first missing part of a path: `rest` is what is missing
 * below `dir`, "a/b" (policy/walk.h).
 */
int protect_guard_rest(struct view *v, const char *dir, const char *rest,
	const char *origin, struct diag *d);

/** Protected names of repositories below a writable root: a bounded scan. */
int protect_nested(struct view *v, const char *root,
	const struct protect_request *rq, struct diag *d);

/**
 * What a walk from `path` found is read-only, or guarded while it is missing;
 * symlinks on the way that the command could replace are held.
 */
int protect_walked(struct view *v, const char *path, struct walk *w,
	const char *origin, struct diag *d);

/** What R/.git of a worktree or submodule leads to is read-only as well. */
int protect_git_file(struct view *v, const char *root, struct diag *d);

/** Could the command write to dir/name as the (merged) view stands? */
bool protect_is_open(const struct view *v, const char *dir, const char *name);

/** Is the name protected by default or by these options? */
bool protect_is_on(
	const struct protect_request *rq, const struct protect_name *p);

/** The parts of a git directory that make git run code (see protect_git.c). */
int protect_git_dir(struct view *v, const char *git_dir, struct diag *d);

/** The same for every directory that --git commit granted (merged view). */
int protect_git_granted(struct view *v, struct diag *d);

/** Is the directory itself a git directory, as a bare repository is? */
bool protect_git_is_bare(int dir_fd);

/** --git commit for the repository that R/.git is or leads to. */
int protect_git_commit(struct view *v, const char *root, struct diag *d);

/**
 * 0 when the walk of a canonical path met no symlink; -ESTALE with a diag when
 * it was led elsewhere: rights must not follow.
 */
int protect_unmoved(const struct walk *w, const char *path, struct diag *d);

#endif /* POLICY_PROTECT_H */
