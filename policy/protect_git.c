/* SPDX-License-Identifier: Apache-2.0 */
/* protect_git.c -- git directories: what may change, what runs code; room: user.
 *
 * git runs what `config` and `hooks` say, wherever git looks for them.  Hence
 * with --git commit the git directory is writable but for:
 *   hooks/, config, config.worktree   run programs by themselves
 *   info/attributes                   selects filters and diff drivers
 *   commondir, gitdir                 move all of the above somewhere else
 *   modules/                          git directories of submodules: a planted
 *                                     one is used as it is; existing ones are
 *                                     writable by the same rules
 * and in worktrees/NAME, which is where git looks first in a linked worktree
 * anywhere on the host: commondir, gitdir, config.worktree.
 * Pointers come from the workspace and are hostile: a .git file is followed to
 * grant rights only when the git directory points back at it (worktree), or
 * lies in the modules/ of a git directory further up (submodule).
 */
#include "policy/protect.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/dents.h"
#include "policy/diag.h"
#include "policy/journal.h"
#include "policy/path.h"
#include "policy/view.h"
#include "policy/walk.h"

enum {
	POINTER_MAX = 4096,
	MODULES_MAX = 256,
	MODULE_DEPTH_MAX = 4,
	WORKTREES_MAX = 256,
};

/* An empty commondir stops git; one that says "." changes nothing. */
static const struct {
	const char *dir; /* below the git directory, "" = itself */
	const char *name;
	bool is_dir;
	bool of_worktree; /* counts where there is a commondir as well */
	const char *text; /* in the place of one that is missing */
} code_parts[] = {
	{ "", "hooks", true, false, NULL },
	{ "", "config", false, false, NULL },
	{ "", "config.worktree", false, true, NULL },
	{ "", "commondir", false, true, JOURNAL_TEXT },
	{ "", "gitdir", false, true, NULL },
	{ "", "modules", true, false, NULL },
	{ "info", "attributes", false, false, NULL },
};
enum { CODE_PARTS = sizeof(code_parts) / sizeof(code_parts[0]) };

static int
join(char out[PLAN_PATH_TEXT], const char *dir, const char *name)
{
	int n = snprintf(out, PLAN_PATH_TEXT, "%s/%s", dir, name);

	return n < 0 || n >= PLAN_PATH_TEXT ? -ENAMETOOLONG : 0;
}

/* A small regular file as git reads a pointer: without line ends behind it. */
static int
read_pointer(const char *path, char text[POINTER_MAX])
{
	own_fd int fd = open(path,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -ENOENT;
	n = read(fd, text, POINTER_MAX - 1);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	if (n <= 0)
		return -ENOENT;
	text[n] = '\0';
	return 0;
}

/*
 * Go where a pointer leads, as git and the kernel go: ".." behind a symlink is
 * not where the link lies.
 */
static int
follow(const char *pointer, const char *base, struct walk *w, struct diag *d)
{
	char path[PLAN_PATH_TEXT];
	int n = snprintf(path, sizeof(path), "%s%s%s",
		pointer[0] == '/' ? "" : base, pointer[0] == '/' ? "" : "/",
		pointer);

	return n < 0 || (size_t)n >= sizeof(path) ? -ENAMETOOLONG
						  : walk_path(path, w, d);
}

/* The text of a file in a directory, followed; -ENOENT where there is none. */
static int
follow_file(const char *dir, const char *name, struct walk *w, struct diag *d)
{
	char path[PLAN_PATH_TEXT];
	char text[POINTER_MAX];

	if (join(path, dir, name) < 0 || read_pointer(path, text) < 0)
		return -ENOENT;
	return follow(text, dir, w, d);
}

/* The same for R/.git, where "gitdir: " comes first. */
static int
follow_git_file(const char *root, struct walk *w, struct diag *d)
{
	static const char head[] = "gitdir: ";
	const char *base = strcmp(root, "/") == 0 ? "" : root;
	char path[PLAN_PATH_TEXT];
	char text[POINTER_MAX];

	if (join(path, base, ".git") < 0 || read_pointer(path, text) < 0 ||
		strncmp(text, head, sizeof(head) - 1) != 0)
		return -ENOENT;
	return follow(text + sizeof(head) - 1, base, w, d);
}

static int
put_dir(struct view *v, const char *path, enum fs_access access,
	const char *origin, struct diag *d)
{
	own_walk struct walk w = WALK_EMPTY;
	struct view_node node = { .kind = VIEW_BIND,
		.access = access,
		.is_dir = true,
		.origin = view_text(origin) };
	int err = walk_path(path, &w, d);

	if (err >= 0 && access == FS_WRITE)
		err = protect_unmoved(&w, path, d);
	if (err < 0 || w.missing || !S_ISDIR(w.mode))
		return err < 0 ? err : -ENOENT;
	node.path = w.canonical;
	node.fd = own_take_fd(&w.fd);
	node.dev = w.dev;
	node.ino = w.ino;
	return view_put(v, &node, d);
}

/* git obeys the directory of a worktree, and the one that has its hooks. */
int
protect_git_file(struct view *v, const char *root, struct diag *d)
{
	static const char origin[] = "protected: git (gitdir)";
	own_walk struct walk w = WALK_EMPTY;
	own_walk struct walk common = WALK_EMPTY;
	int err = follow_git_file(root, &w, d);

	if (err >= 0)
		err = protect_walked(v, root, &w, origin, d);
	if (err < 0 || w.missing)
		/* What git cannot read or open it does not obey. */
		return err == -ENOENT || err == -ENAMETOOLONG ? 0 : err;
	err = follow_file(w.canonical, "commondir", &common, d);
	if (err >= 0)
		err = protect_walked(v, w.canonical, &common, origin, d);
	return err == -ENOENT || err == -ENAMETOOLONG ? 0 : err;
}

/* One part of a git directory; its parent may be missing or a symlink. */
static int
protect_part(struct view *v, const char *git_dir, size_t i, struct diag *d)
{
	const char *sub = code_parts[i].dir;
	char dir[PLAN_PATH_TEXT];
	own_fd int top = open(git_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	own_fd int fd = -1;
	struct protect_target t = { top, git_dir, sub, true, "protected: git",
		NULL };

	if (top < 0)
		return 0;
	if (sub[0] == '\0') {
		t.name = code_parts[i].name;
		t.missing_is_dir = code_parts[i].is_dir;
		t.text = code_parts[i].text;
		return protect_one(v, &t, d);
	}
	fd = openat(top, sub, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return protect_one(v, &t, d);
	if (join(dir, git_dir, sub) < 0)
		return -ENAMETOOLONG;
	t.dir_fd = fd;
	t.dir = dir;
	t.name = code_parts[i].name;
	t.missing_is_dir = code_parts[i].is_dir;
	t.text = code_parts[i].text;
	return protect_one(v, &t, d);
}

int
protect_git_dir(struct view *v, const char *git_dir, struct diag *d)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < CODE_PARTS; i++)
		err = protect_part(v, git_dir, i, d);
	return err;
}

/* Worktrees of the repository, wherever they are: what leads git on in them. */
static int
protect_worktrees(struct view *v, const char *git_dir, struct diag *d)
{
	own_dents struct dents list;
	const struct dirent *entry;
	char all[PLAN_PATH_TEXT];
	char dir[PLAN_PATH_TEXT];
	size_t n = 0;
	int err = 0;

	if (join(all, git_dir, "worktrees") < 0)
		return -ENAMETOOLONG;
	(void)dents_open(&list, AT_FDCWD, all); /* else there are none */
	while (err >= 0 && (entry = dents_next(&list))) {
		if (++n > WORKTREES_MAX)
			return diag_set(d, -E2BIG, DIAG_SETUP, all,
				"has more than 256 worktrees, which cannot all be kept as they are",
				"remove some with git worktree prune, or run without --git commit");
		err = join(dir, all, entry->d_name);
		for (size_t i = 0; err >= 0 && i < CODE_PARTS; i++)
			if (code_parts[i].of_worktree)
				err = protect_part(v, dir, i, d);
	}
	return err;
}

/* --- submodules ---------------------------------------------------------------- */

struct modules {
	struct view *view;
	struct diag *diag;
	size_t n;
	char *todo[MODULES_MAX]; /* owned */
};

static bool
is_git_dir(const char *path)
{
	char head[PLAN_PATH_TEXT];

	return join(head, path, "HEAD") == 0 && access(head, F_OK) == 0;
}

static int
queue_children(struct modules *m, const char *dir)
{
	DIR *handle = opendir(dir);
	struct dirent *entry;

	/* modules_free() releases them; the analyser loses the array. */
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	while (handle && (entry = readdir(handle))) {
		char path[PLAN_PATH_TEXT];

		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR ||
			join(path, dir, entry->d_name) < 0)
			continue;
		if (m->n == MODULES_MAX) {
			(void)closedir(handle);
			return diag_set(m->diag, -E2BIG, DIAG_SETUP, dir,
				"holds more than 256 submodules",
				"run without --git commit");
		}
		m->todo[m->n++] = strdup(path);
	}
	if (handle)
		(void)closedir(handle);
	return 0;
}

static void
modules_free(struct modules *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->todo[i]);
}

static int
queue_modules_of(struct modules *m, const char *git_dir)
{
	char path[PLAN_PATH_TEXT];

	return join(path, git_dir, "modules") < 0 ? -ENAMETOOLONG
						  : queue_children(m, path);
}

/* modules/ is read-only (code_parts); the git directories in it are writable. */
static int
grant_modules(struct modules *m, const char *git_dir)
{
	int err = queue_modules_of(m, git_dir);

	/* NOLINTBEGIN(clang-analyzer-unix.Malloc): as above */
	for (size_t i = 0; err >= 0 && i < m->n; i++) {
		if (!m->todo[i])
			return -ENOMEM;
		if (!is_git_dir(m->todo[i])) {
			err = queue_children(m, m->todo[i]); /* "a/b" names */
			continue;
		}
		err = put_dir(m->view, m->todo[i], FS_WRITE, PROTECT_GIT_GRANT,
			m->diag);
		if (err >= 0)
			err = queue_modules_of(m, m->todo[i]);
	}
	/* NOLINTEND(clang-analyzer-unix.Malloc) */
	return err;
}

/* --- --git commit ---------------------------------------------------------- */

static int
grant(struct view *v, const char *git_dir, struct diag *d)
{
	struct modules m = { .view = v, .diag = d, .n = 0 };
	int err = put_dir(v, git_dir, FS_WRITE, PROTECT_GIT_GRANT, d);

	if (err >= 0)
		err = grant_modules(&m, git_dir);
	modules_free(&m);
	return err;
}

int
protect_git_granted(struct view *v, struct diag *d)
{
	size_t n = v->n;
	int err = 0;

	for (size_t i = 0; err >= 0 && i < n; i++)
		if (strcmp(v->nodes[i].origin, PROTECT_GIT_GRANT) == 0) {
			/* view_put() may move the nodes; the strings stay. */
			const char *git_dir = v->nodes[i].path;

			err = protect_git_dir(v, git_dir, d);
			if (err >= 0)
				err = protect_worktrees(v, git_dir, d);
		}
	return err;
}

/* What git takes for a repository without a .git around it. */
bool
protect_git_is_bare(int dir_fd)
{
	return faccessat(dir_fd, "HEAD", F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
	       faccessat(dir_fd, "objects", F_OK, 0) == 0 &&
	       faccessat(dir_fd, "refs", F_OK, 0) == 0;
}

/* The worktree's git directory must name R/.git itself. */
static bool
points_back(const char *git_dir, const char *git_file)
{
	own_walk struct walk back = WALK_EMPTY;

	return follow_file(git_dir, "gitdir", &back, NULL) == 0 &&
	       !back.missing && strcmp(back.canonical, git_file) == 0;
}

/* .../X/.git/modules/... with the submodule below X; both without symlinks. */
static bool
is_module_of_parent(const char *git_dir, const char *root)
{
	const char *at = strstr(git_dir, "/.git/modules/");
	char parent[PLAN_PATH_TEXT];

	if (!at)
		return false;
	(void)snprintf(
		parent, sizeof(parent), "%.*s", (int)(at - git_dir), git_dir);
	return parent[0] == '/' && path_is_below(root, parent);
}

/* Does git_dir lie in common/worktrees, where git puts it? */
static bool
is_worktree_of(const char *git_dir, const char *common)
{
	char worktrees[PLAN_PATH_TEXT];

	return join(worktrees, common, "worktrees") == 0 &&
	       path_is_below(git_dir, worktrees) && is_git_dir(common);
}

static int
grant_worktree(struct view *v, const char *git_dir, struct diag *d)
{
	own_walk struct walk common = WALK_EMPTY;
	int err;

	if (follow_file(git_dir, "commondir", &common, NULL) < 0 ||
		common.missing || !is_worktree_of(git_dir, common.canonical))
		return diag_set(d, -EINVAL, DIAG_SETUP, git_dir,
			"is no git directory of a linked worktree",
			"run git worktree repair outside, or leave --git commit out");
	err = grant(v, common.canonical, d);
	return err < 0 ? err
		       : put_dir(v, git_dir, FS_WRITE, PROTECT_GIT_GRANT, d);
}

int
protect_git_commit(struct view *v, const char *root, struct diag *d)
{
	own_walk struct walk w = WALK_EMPTY;
	char path[PLAN_PATH_TEXT];
	struct stat st;
	int err;

	if (join(path, strcmp(root, "/") == 0 ? "" : root, ".git") < 0 ||
		lstat(path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return grant(v, path, d);
	err = follow_git_file(root, &w, d);
	if (err < 0)
		return err == -ENOENT || err == -ENAMETOOLONG ? 0 : err;
	if (!w.missing && points_back(w.canonical, path))
		return grant_worktree(v, w.canonical, d);
	if (!w.missing && is_module_of_parent(w.canonical, root) &&
		is_git_dir(w.canonical))
		return grant(v, w.canonical, d);
	return diag_set(d, -EINVAL, DIAG_SETUP, path,
		"points to a git directory that does not point back, so it is not made writable",
		"run git worktree repair outside, or leave --git commit out");
}
