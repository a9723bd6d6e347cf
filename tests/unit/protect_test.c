/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protect_test.c -- protected names, nested repositories, pointers of git, what
 * --git commit grants, and secrets, on a tree that is made for it.
 */
#include "policy/protect.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "policy/profile.h"
#include "policy/view.h"
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

/* --- one resolve -------------------------------------------------------------- */

struct ask {
	const char *entries; /* "w:work d:work/x ...", below the tree */
	const char *workspace;
	const char *on, *off; /* one group each, or NULL */
	const char *home;     /* below the tree, NULL = none */
	const char *socket;   /* --socket, below the tree */
	bool commit, allow_secrets, guards;
	const char *want; /* what is below the tree; or "error ..." */
	const char *what;
};

static const char *
word(const struct view_node *node)
{
	switch (node->kind) {
	case VIEW_BIND:
		return strncmp(node->origin, "pinned", 6) == 0 ? "pin"
		       : node->access == FS_WRITE              ? "write"
							       : "read";
	case VIEW_MASK: return "deny";
	case VIEW_GUARD: return node->is_dir ? "guard/" : "guard";
	case VIEW_LINK: return "link";
	case VIEW_SYMLINK: return "symlink";
	case VIEW_SOCKET: return "socket";
	default: return "other";
	}
}

static void
tell(const struct tree *tree, const struct view *v, const struct ask *ask,
	struct buf *out)
{
	size_t len = strlen(tree->root);

	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];

		if (!path_is_below(node->path, tree->root) || node->shadowed ||
			(node->kind == VIEW_GUARD && !ask->guards))
			continue;
		buf_printf(out, "%s%s %s", out->len ? ", " : "",
			node->path[len] ? node->path + len + 1 : ".",
			word(node));
	}
}

static void
add_entries(struct tree *tree, struct profile *p, const char *entries)
{
	static const char letters[] = "rwd";
	char *copy = strdup(entries);
	char *rest = copy;

	profile_init(p);
	for (char *entry; (entry = strsep(&rest, " "));)
		tree_must(profile_add(p, strchr(entry, '*') ? FS_GLOB : FS_PATH,
				  (enum fs_access)(
					  strchr(letters, entry[0]) - letters),
				  tree_at(tree, entry + 2), FS_MISSING_DEFAULT,
				  entry, NULL) == 0,
			entry);
	free(copy);
}

static int
resolve(struct tree *tree, const struct ask *ask, struct view *v,
	struct diag *d)
{
	/* Groups that only add noise are off. */
	const char *off[] = { "agents", "codex", "aws", ask->off };
	struct profile profile;
	const struct protect_request protect = {
		.on = &ask->on,
		.n_on = ask->on != NULL,
		.off = off,
		.n_off = ask->off ? 4 : 3,
		.git_commit = ask->commit,
		.allow_secrets = ask->allow_secrets,
		.home = ask->home ? tree_at(tree, ask->home) : NULL,
		.workspace =
			tree_at(tree, ask->workspace ? ask->workspace : "work"),
	};
	const char *socket = ask->socket ? tree_at(tree, ask->socket) : NULL;
	const struct view_request rq = { .profile = &profile,
		.protect = &protect,
		.workspace = protect.workspace,
		.sockets = &socket,
		.n_sockets = socket != NULL,
		.by_init = true };
	int err;

	add_entries(tree, &profile, ask->entries);
	err = view_resolve(&rq, v, d);
	profile_free(&profile);
	return err;
}

static void
check(struct tap *t, struct tree *tree, const struct ask *ask)
{
	struct view v = { 0 };
	struct diag d = { 0 };
	own_buf struct buf got = { 0 };
	int err = resolve(tree, ask, &v, &d);

	if (err < 0)
		buf_printf(&got, "error %s: %s", strerrorname_np(-err),
			strncmp(d.thing, tree->root, strlen(tree->root)) == 0
				? d.thing + strlen(tree->root) + 1
				: d.thing);
	tell(tree, &v, ask, &got);
	tap_str(t, buf_str(&got), ask->want, ask->what);
	view_free(&v);
}

#define CHECK(...)                                                          \
	do {                                                                \
		static const struct ask asks[] = { __VA_ARGS__ };           \
		for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) \
			check(t, &tree, &asks[i]);                          \
	} while (0)

/* A git directory as far as anybody here looks. */
static void
git_dir(struct tree *tree, const char *name)
{
	char path[512];
	static const char *const dirs[] = { "", "/hooks", "/info", "/objects" };
	static const char *const files[] = { "/HEAD", "/config" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", name, dirs[i]);
		tree_dir(tree, path);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", name, files[i]);
		tree_file(tree, path, "x\n");
	}
}

/* --- names -------------------------------------------------------------------- */

static void
test_names(struct tap *t)
{
	struct tree tree;

	tree_make(&tree);
	git_dir(&tree, "work/.git");
	tree_dir(&tree, "work/.github");
	tree_dir(&tree, "new");
	tree_dir(&tree, "linked/real");
	tree_link(&tree, "linked/.git", "real");
	tree_dir(&tree, "dangling");
	tree_link(&tree, "dangling/.git", "none/of/it");
	tree_dir(&tree, "outside");
	tree_link(&tree, "outside/.git", "../work");
	CHECK({ "w:work", .want = "work write, work/.git read",
		      .what = "a repository" },
		{ "r:work", .want = "work read", .what = "nothing to write" },
		{ "w:work", .off = "git", .want = "work write",
			.what = "the group is off" },
		{ "w:work", .off = "all", .want = "work write",
			.what = "all are off" },
		{ "w:work", .on = "ci",
			.want = "work write, work/.git read, work/.github read",
			.what = "a group is on" },
		{ "w:work", .on = "ci", .off = "all",
			.want = "work write, work/.github read",
			.what = "on is stronger than off" },
		{ "w:work w:work/.git", .want = "work write, work/.git write",
			.what = "a write entry opens it" },
		{ "w:work w:work/.git/objects",
			.want = "work write, work/.git pin, work/.git/objects write",
			.what = "a write entry below opens it" },
		{ "w:work d:work/.git", .want = "work write, work/.git deny",
			.what = "denied is more than read-only" },
		{ "w:work w:new", .guards = true,
			.want = "new write, new/.git guard/, work write, work/.git read",
			.what = "what is missing must stay missing" },
		{ "w:new", .guards = true, .on = "instructions",
			.want = "new write, new/.git guard/, new/AGENTS.md guard",
			.what = "a file must too" },
		{ "w:linked",
			.want = "linked write, linked/.git link, linked/real read",
			.what = "a symlink and its target" },
		{ "w:dangling", .guards = true,
			.want = "dangling write, dangling/.git link, dangling/none guard/",
			.what = "a symlink to what is missing" },
		{ "w:outside", .want = "outside write, outside/.git link",
			.what = "a symlink out of the root" },
		{ "w:work", .on = "gti", .want = "error EINVAL: gti",
			.what = "no such group" },
		{ "w:work", .off = "gti", .want = "error EINVAL: gti",
			.what = "no such group to leave out" });
	tree_remove(&tree);
}

/* --- nested repositories --------------------------------------------------------- */

static void
test_nested(struct tap *t)
{
	struct tree tree;
	struct view v = { 0 };
	const struct ask whole = { "w:work" };

	tree_make(&tree);
	git_dir(&tree, "work/a/.git");
	tree_dir(&tree, "work/b/c");
	git_dir(&tree, "work/b/c/.git");
	git_dir(&tree, "work/1/2/3/4/.git");
	tree_dir(&tree, "elsewhere");
	git_dir(&tree, "elsewhere/.git");
	tree_link(&tree, "work/link", "../elsewhere");
	tree_dir(&tree, "work/sub");
	git_dir(&tree, "work/modules/sub");
	tree_file(&tree, "work/sub/.git", "gitdir: ../modules/sub\n");
	CHECK({ "w:work",
		      .want = "work write, work/1 pin, work/1/2 pin, work/1/2/3 pin, "
			      "work/1/2/3/4 pin, work/1/2/3/4/.git read, "
			      "work/a pin, work/a/.git read, work/b pin, "
			      "work/b/c pin, work/b/c/.git read, "
			      "work/modules pin, work/modules/sub read, "
			      "work/sub pin, work/sub/.git read",
		      .what = "repositories below, and where a pointer leads" },
		{ "w:work", .off = "git", .want = "work write",
			.what = "the group is off" },
		{ "r:work w:work/b",
			.want = "work read, work/b write, work/b/c pin, work/b/c/.git read",
			.what = "a root below" });
	(void)resolve(&tree, &whole, &v, NULL);
	tap_ok(t, !v.scan_cut, "the scan was whole");
	view_free(&v);
	tree_dir(&tree, "work/1/2/3/4/5");
	git_dir(&tree, "work/1/2/3/4/5/.git");
	(void)resolve(&tree, &whole, &v, NULL);
	tap_ok(t, v.scan_cut,
		"a fifth level is not looked at, and that is told");
	tap_int(t, view_access(&v, tree_at(&tree, "work/1/2/3/4/5/.git")),
		FS_WRITE, "what is there is writable");
	view_free(&v);
	tree_remove(&tree);
}

/* More entries than are looked at. */
static void
test_large(struct tap *t)
{
	struct tree tree;
	struct view v = { 0 };
	const struct ask whole = { "w:work" };
	int dir;

	tree_make(&tree);
	dir = open(tree_dir(&tree, "work"), O_PATH | O_CLOEXEC);
	for (int i = 0; i <= PROTECT_SCAN_ENTRIES_MAX; i++) {
		char name[16];
		int fd;

		(void)snprintf(name, sizeof(name), "f%d", i);
		fd = openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
		tree_must(fd >= 0, name);
		(void)close(fd);
	}
	(void)close(dir);
	tap_int(t, resolve(&tree, &whole, &v, NULL), 0, "a large directory");
	tap_ok(t, v.scan_cut, "the scan ends early, and that is told");
	view_free(&v);
	tree_remove(&tree);
}

/* --- pointers of git -------------------------------------------------------------- */

static void
test_pointers(struct tap *t)
{
	struct tree tree;
	char text[2 * PATH_MAX];

	tree_make(&tree);
	git_dir(&tree, "main/.git");
	git_dir(&tree, "main/.git/worktrees/w");
	tree_dir(&tree, "plain");
	tree_file(&tree, "plain/.git", "gitdir: ../main/.git/worktrees/w\n");
	tree_dir(&tree, "crlf");
	tree_file(&tree, "crlf/.git", "gitdir: g\r\n");
	git_dir(&tree, "crlf/g");
	tree_dir(&tree, "inner");
	tree_file(&tree, "inner/.git", "gitdir: g\nh");
	git_dir(&tree, "inner/g\nh");
	git_dir(&tree, "inner/g");
	tree_dir(&tree, "missing");
	tree_file(&tree, "missing/.git", "gitdir: g/h\n");
	tree_dir(&tree, "other");
	tree_file(&tree, "other/.git", "gitdir:g\n");
	git_dir(&tree, "other/g");
	tree_dir(&tree, "empty");
	tree_file(&tree, "empty/.git", "");
	tree_dir(&tree, "loop");
	tree_file(&tree, "loop/.git", "gitdir: l/x\n");
	tree_link(&tree, "loop/l", "l");
	/* By a symlink outside into the root, as /home -> /data/home has it. */
	tree_dir(&tree, "data/w");
	git_dir(&tree, "data/g");
	tree_link(&tree, "alias", "data");
	(void)snprintf(text, sizeof(text), "gitdir: %s/alias/g\n", tree.root);
	tree_file(&tree, "data/w/.git", text);
	/* By a symlink in the root, which the sandbox could replace. */
	tree_dir(&tree, "soft/real");
	git_dir(&tree, "soft/real/g");
	tree_link(&tree, "soft/link", "real");
	tree_file(&tree, "soft/.git", "gitdir: link/g\n");
	/* "link/.." is not where the link lies. */
	tree_dir(&tree, "up/deep/down");
	git_dir(&tree, "up/deep/g");
	git_dir(&tree, "up/g");
	tree_link(&tree, "up/link", "deep/down");
	tree_file(&tree, "up/.git", "gitdir: link/../g\n");
	/* A bare repository and its worktree. */
	tree_dir(&tree, "bare/wt");
	git_dir(&tree, "bare/repo.git");
	git_dir(&tree, "bare/repo.git/worktrees/wt");
	tree_file(&tree, "bare/repo.git/worktrees/wt/commondir", "../..\n");
	tree_file(&tree, "bare/wt/.git", "gitdir: ../repo.git/worktrees/wt\n");
	CHECK({ "w:plain", .want = "plain write, plain/.git read",
		      .what = "a pointer out of the root" },
		{ "w:plain w:main",
			.want = "main write, main/.git read, plain write, plain/.git read",
			.what = "a pointer into another root" },
		{ "w:crlf", .want = "crlf write, crlf/.git read, crlf/g read",
			.what = "git drops a carriage return" },
		{ "w:inner",
			.want = "inner write, inner/.git read, inner/g\nh read",
			.what = "git keeps a newline inside" },
		{ "w:missing", .guards = true,
			.want = "missing write, missing/.git read, missing/g guard/",
			.what = "what it leads to must stay missing" },
		{ "w:other", .want = "other write, other/.git read",
			.what = "no pointer for git" },
		{ "w:empty", .want = "empty write, empty/.git read",
			.what = "an empty file" },
		{ "w:loop", .want = "error ELOOP: loop/l/x",
			.what = "a loop, which can be replaced" },
		{ "w:data",
			.want = "data write, data/g read, data/w pin, data/w/.git read",
			.what = "by a symlink into the root" },
		{ "w:soft",
			.want = "soft write, soft/.git read, soft/link link, soft/real pin, soft/real/g read",
			.what = "by a symlink in the root" },
		{ "w:up",
			.want = "up write, up/.git read, up/deep pin, up/deep/g read, up/link link",
			.what = "above what a symlink leads to" },
		{ "w:bare",
			.want = "bare write, bare/repo.git read, bare/wt pin, bare/wt/.git read",
			.what = "the common directory of a worktree" });
	tree_remove(&tree);
}

/* --- --git commit ------------------------------------------------------------------ */

static void
test_commit(struct tap *t)
{
	struct tree tree;

	tree_make(&tree);
	git_dir(&tree, "work/.git");
	git_dir(&tree, "work/.git/modules/m");
	git_dir(&tree, "work/.git/modules/a/b");
	tree_dir(&tree, "work/.git/modules/plain");
	tree_dir(&tree, "none");
	git_dir(&tree, "odd/.git");
	tree_must(rmdir(tree_at(&tree, "odd/.git/info")) == 0, "info");
	git_dir(&tree, "soft/.git");
	tree_must(rmdir(tree_at(&tree, "soft/.git/info")) == 0, "info");
	tree_dir(&tree, "soft/info");
	tree_link(&tree, "soft/.git/info", "../info");
	CHECK({ "r:. w:none", .workspace = "none", .commit = true,
		      .want = ". read, none write", .what = "no repository" },
		{ "w:work", .commit = true, .guards = true,
			.want = "work write, work/.git write, "
				"work/.git/commondir guard, work/.git/config read, "
				"work/.git/config.worktree guard, "
				"work/.git/gitdir guard, work/.git/hooks read, "
				"work/.git/info pin, "
				"work/.git/info/attributes guard, "
				"work/.git/modules read, "
				"work/.git/modules/a/b write, "
				"work/.git/modules/a/b/commondir guard, "
				"work/.git/modules/a/b/config read, "
				"work/.git/modules/a/b/config.worktree guard, "
				"work/.git/modules/a/b/gitdir guard, "
				"work/.git/modules/a/b/hooks read, "
				"work/.git/modules/a/b/info pin, "
				"work/.git/modules/a/b/info/attributes guard, "
				"work/.git/modules/a/b/modules guard/, "
				"work/.git/modules/m write, "
				"work/.git/modules/m/commondir guard, "
				"work/.git/modules/m/config read, "
				"work/.git/modules/m/config.worktree guard, "
				"work/.git/modules/m/gitdir guard, "
				"work/.git/modules/m/hooks read, "
				"work/.git/modules/m/info pin, "
				"work/.git/modules/m/info/attributes guard, "
				"work/.git/modules/m/modules guard/, "
				"work/refs guard/", /* no repository: HEAD is missing */
			.what = "all but what runs code" },
		{ "w:odd", .workspace = "odd", .commit = true, .guards = true,
			.want = "odd write, odd/.git write, "
				"odd/.git/commondir guard, odd/.git/config read, "
				"odd/.git/config.worktree guard, "
				"odd/.git/gitdir guard, odd/.git/hooks read, "
				"odd/.git/info guard/, odd/.git/modules guard/, "
				"odd/refs guard/",
			.what = "info is missing, and stays so" },
		{ "w:soft", .workspace = "soft", .commit = true,
			.want = "soft write, soft/.git write, "
				"soft/.git/config read, soft/.git/hooks read, "
				"soft/.git/info link, soft/info read",
			.what = "info is a symlink" });
	tree_remove(&tree);
}

static void
test_commit_pointers(struct tap *t)
{
	struct tree tree;
	char text[2 * PATH_MAX];

	tree_make(&tree);
	git_dir(&tree, "main/.git");
	git_dir(&tree, "main/.git/worktrees/wt");
	tree_dir(&tree, "wt");
	tree_file(&tree, "wt/.git", "gitdir: ../main/.git/worktrees/wt\n");
	(void)snprintf(text, sizeof(text), "%s/wt/.git\n", tree.root);
	tree_file(&tree, "main/.git/worktrees/wt/gitdir", text);
	tree_file(&tree, "main/.git/worktrees/wt/commondir", "../..\n");
	/* Another that points to the same: the way back is not its own. */
	tree_dir(&tree, "thief");
	tree_file(&tree, "thief/.git", "gitdir: ../main/.git/worktrees/wt\n");
	/* The way back is right, the common directory is somebody else's. */
	git_dir(&tree, "victim/.git");
	git_dir(&tree, "evil/g");
	tree_file(&tree, "evil/.git", "gitdir: g\n");
	tree_file(&tree, "evil/g/gitdir", "../.git\n");
	tree_file(&tree, "evil/g/commondir", "../../victim/.git\n");
	/* The common directory is above, and no repository of worktrees. */
	git_dir(&tree, "above/g");
	tree_file(&tree, "above/HEAD", "x\n");
	tree_dir(&tree, "above/in");
	tree_file(&tree, "above/in/.git", "gitdir: ../g\n");
	tree_file(&tree, "above/g/gitdir", "../in/.git\n");
	tree_file(&tree, "above/g/commondir", "..\n");
	/* Submodules: below the repository that has them. */
	git_dir(&tree, "super/.git");
	git_dir(&tree, "super/.git/modules/m");
	tree_dir(&tree, "super/m");
	tree_file(&tree, "super/m/.git", "gitdir: ../.git/modules/m\n");
	tree_dir(&tree, "beside");
	tree_file(&tree, "beside/.git", "gitdir: ../super/.git/modules/m\n");
	/* A module that is somebody else's repository. */
	tree_link(&tree, "super/.git/modules/stolen", "../../../victim/.git");
	tree_dir(&tree, "super/s");
	tree_file(&tree, "super/s/.git", "gitdir: ../.git/modules/stolen\n");
	/* A worktree beside it, which git obeys elsewhere. */
	tree_dir(&tree, "main/.git/worktrees/other");
	tree_file(&tree, "main/.git/worktrees/other/gitdir", "/none\n");
	tree_file(&tree, "main/.git/worktrees/other/commondir", "../..\n");
	CHECK({ "w:wt", .workspace = "wt", .commit = true,
		      .want = "main/.git write, main/.git/config read, "
			      "main/.git/hooks read, main/.git/info pin, "
			      "main/.git/worktrees pin, "
			      "main/.git/worktrees/other pin, "
			      "main/.git/worktrees/other/commondir read, "
			      "main/.git/worktrees/other/gitdir read, "
			      "main/.git/worktrees/wt write, "
			      "main/.git/worktrees/wt/commondir read, "
			      "main/.git/worktrees/wt/config read, "
			      "main/.git/worktrees/wt/gitdir read, "
			      "main/.git/worktrees/wt/hooks read, "
			      "main/.git/worktrees/wt/info pin, "
			      "wt write, wt/.git read",
		      .what = "a worktree" },
		{ "w:thief", .workspace = "thief", .commit = true,
			.want = "error EINVAL: thief/.git",
			.what = "another's worktree" },
		{ "w:evil", .workspace = "evil", .commit = true,
			.want = "error EINVAL: evil/g",
			.what = "a common directory elsewhere" },
		{ "w:above/in", .workspace = "above/in", .commit = true,
			.want = "error EINVAL: above/g",
			.what = "a common directory that has no worktrees" },
		{ "w:super/m", .workspace = "super/m", .commit = true,
			.want = "super/.git/modules/m write, "
				"super/.git/modules/m/config read, "
				"super/.git/modules/m/hooks read, "
				"super/.git/modules/m/info pin, "
				"super/m write, super/m/.git read",
			.what = "a submodule" },
		{ "w:beside", .workspace = "beside", .commit = true,
			.want = "error EINVAL: beside/.git",
			.what = "a submodule of another" },
		{ "w:super/s", .workspace = "super/s", .commit = true,
			.want = "error EINVAL: super/s/.git",
			.what = "a module that a symlink leads out of" });
	tree_remove(&tree);
}

/* A socket that is listened on, relative to the tree: names are short. */
static int
listen_at(const struct tree *tree, const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", name);
	tree_must(fd >= 0 && chdir(tree->root) == 0 &&
			  bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0 &&
			  listen(fd, 1) == 0 && chdir("/") == 0,
		name);
	return fd;
}

/* --- secrets ----------------------------------------------------------------------- */

static void
test_secrets(struct tap *t)
{
	struct tree tree;
	int agent;

	tree_make(&tree);
	tree_dir(&tree, "real/u/.ssh");
	tree_file(&tree, "real/u/.ssh/id", "");
	tree_file(&tree, "real/u/.ssh/known_hosts", "");
	tree_dir(&tree, "real/u/.config/gcloud/project");
	tree_file(&tree, "real/u/a.pem", "");
	tree_dir(&tree, "real/u/work");
	tree_link(&tree, "home", "real");
	agent = listen_at(&tree, "real/u/.ssh/agent");
	CHECK({ "r:.", .workspace = "real/u/work", .home = "real/u",
		      .want = ". read, real/u/.config/gcloud deny, "
			      "real/u/.ssh deny, real/u/a.pem deny",
		      .what = "directories and patterns" },
		{ "r:.", .workspace = "real/u/work", .home = "home/u",
			.want = ". read, real/u/.config/gcloud deny, "
				"real/u/.ssh deny, real/u/a.pem deny",
			.what = "the home directory by a symlink" },
		{ "r:real", .workspace = "real/u/work", .home = "home/u",
			.want = "real read, real/u/.config/gcloud deny, "
				"real/u/.ssh deny, real/u/a.pem deny",
			.what = "the same, and the symlink is not in sight" },
		{ "r:.", .workspace = "real/u/work", .home = "real/u",
			.allow_secrets = true,
			.want = ". read, real/u/.ssh/agent socket",
			.what = "--allow-secrets" },
		{ "r:real/u/work", .workspace = "real/u/work", .home = "real/u",
			.want = "real/u/work read",
			.what = "the home directory is not in sight" },
		{ "w:real/u", .workspace = "real/u", .home = "real/u",
			.want = "real/u write, real/u/.config pin, "
				"real/u/.config/gcloud deny, "
				"real/u/.ssh deny, real/u/a.pem deny",
			.what = "the home directory is writable" },
		{ "r:. r:real/u/.ssh/known_hosts", .workspace = "real/u/work",
			.home = "real/u",
			.want = ". read, real/u/.config/gcloud deny, "
				"real/u/.ssh deny, real/u/.ssh/known_hosts read, "
				"real/u/a.pem deny",
			.what = "an entry for a part opens that part" },
		{ "r:.", .workspace = "real/u/work", .home = "real/u",
			.socket = "real/u/.ssh/agent",
			.want = ". read, real/u/.config/gcloud deny, "
				"real/u/.ssh deny, real/u/.ssh/agent read, "
				"real/u/a.pem deny",
			.what = "a socket in it opens that socket" },
		{ "r:. r:real/u/.ssh", .workspace = "real/u/work",
			.home = "real/u",
			.want = ". read, real/u/.config/gcloud deny, "
				"real/u/.ssh/agent socket, real/u/a.pem deny",
			.what = "an entry for a secret grants no socket in it" },
		{ "r:. d:real/u/.ssh/id", .workspace = "real/u/work",
			.home = "real/u",
			.want = ". read, real/u/.config/gcloud deny, "
				"real/u/.ssh deny, real/u/a.pem deny",
			.what = "a deny below opens nothing" },
		{ "r:. d:real/**/id", .workspace = "real/u/work",
			.home = "real/u",
			.want = ". read, real/u/.config/gcloud deny, "
				"real/u/.ssh deny, real/u/a.pem deny",
			.what = "nor does a pattern" },
		{ "r:. w:real/u/.config/gcloud/project",
			.workspace = "real/u/.config/gcloud/project",
			.home = "real/u",
			.want = ". read, real/u/.config/gcloud/project write, "
				"real/u/.ssh deny, real/u/a.pem deny",
			.what = "the workspace lies in one" });
	(void)close(agent);
	tree_remove(&tree);
}

/*
 * Between the plan's first look and the pin, somebody exchanges a directory for
 * a symlink.  Its target must not become writable.
 */
static void
test_pin_replaced(struct tap *t)
{
	char top[] = "/tmp/protect-pin-XXXXXX";
	char work[64], sub[64], out[64], held[64];
	struct view v = { 0 };
	struct diag d = { 0 };
	int dev = mkdtemp(top) ? 0 : -1;
	tap_int(t, dev, 0, "a tree");
	(void)snprintf(work, sizeof work, "%s/work", top);
	(void)snprintf(sub, sizeof sub, "%s/work/sub", top);
	(void)snprintf(out, sizeof out, "%s/out", top);
	(void)snprintf(held, sizeof held, "%s/work/sub/held", top);
	(void)mkdir(work, 0755);
	(void)mkdir(out, 0755);
	for (int replaced = 0; replaced < 2; replaced++) {
		bool outside = false, pinned = false;
		if (replaced == 0)
			(void)mkdir(sub, 0755);
		else
			(void)!(rmdir(sub) == 0 && symlink(out, sub) == 0);
		(void)view_put(&v,
			&(struct view_node){ .path = work,
				.kind = VIEW_BIND,
				.access = FS_WRITE,
				.fd = -1,
				.is_dir = true,
				.origin = work },
			&d);
		(void)view_put(&v,
			&(struct view_node){ .path = held,
				.kind = VIEW_BIND,
				.access = FS_READ,
				.fd = -1,
				.origin = work },
			&d);
		int err = protect_pins_add(&v, &d);
		for (size_t i = 0; i < v.n; i++) {
			outside = outside || strcmp(v.nodes[i].path, out) == 0;
			pinned = pinned || strcmp(v.nodes[i].path, sub) == 0;
		}
		tap_int(t, err, replaced ? -ESTALE : 0,
			replaced ? "a replaced directory ends the run"
				 : "a directory is pinned");
		tap_ok(t, !outside, "nothing outside becomes writable");
		tap_ok(t, pinned == !replaced, "the pin is the directory's");
		view_free(&v);
		diag_reset(&d);
	}
	(void)unlink(sub);
	(void)rmdir(work);
	(void)rmdir(out);
	(void)rmdir(top);
}

int
main(void)
{
	struct tap t = { 0 };

	test_names(&t);
	test_nested(&t);
	test_large(&t);
	test_pointers(&t);
	test_commit(&t);
	test_commit_pointers(&t);
	test_secrets(&t);
	test_pin_replaced(&t);
	return tap_end(&t);
}
