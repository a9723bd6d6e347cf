/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view_test.c -- which node decides, against a slow scan; policies resolved on a
 * tree that is made for it.
 */
#include "policy/view.h"

#include <errno.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

/* --- random views, and an obvious scan ------------------------------------------ */

enum { NODES_MAX = 40, NAMES = 3, DEPTH = 3, PATHS = 41, ROUNDS = 600 };

struct world {
	uint64_t random;
	char paths[PATHS][2 * DEPTH + 2]; /* every path of the universe */
	size_t n;
	struct view_node nodes[NODES_MAX]; /* as they were put */
};

static unsigned int
rnd(struct world *w, unsigned int below)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(w->random >> 33) % below;
}

/* "/", "/a", "/a/a" ...: names of one letter, three levels. */
static void
make_paths(struct world *w)
{
	size_t n = 1;

	memcpy(w->paths[0], "/", 2);
	for (size_t at = 0; at < n && n < PATHS - 1; at++) {
		const char *dir = at == 0 ? "" : w->paths[at];

		for (int i = 0; i < NAMES && strlen(dir) < 2 * DEPTH; i++)
			(void)snprintf(w->paths[n++], sizeof(w->paths[0]),
				"%s/%c", dir, "ab-"[i]);
	}
	(void)snprintf(w->paths[n], sizeof(w->paths[0]), "/ab");
}

static int
strength(const struct view_node *node)
{
	if (node->kind == VIEW_SYMLINK)
		return 0;
	if (node->kind == VIEW_BIND)
		return node->access == FS_WRITE ? 3 : 2;
	return node->kind == VIEW_MASK ? 4 : 5;
}

static bool
lies_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return strcmp(top, "/") == 0 || strcmp(path, top) == 0 ||
	       (strncmp(path, top, len) == 0 && path[len] == '/');
}

/* The deepest, of those the strongest, of those the first. */
static const struct view_node *
slow_deciding(const struct world *w, const char *path)
{
	const struct view_node *best = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const struct view_node *node = &w->nodes[i];

		if (node->kind == VIEW_SYMLINK || !lies_below(path, node->path))
			continue;
		if (!best || strlen(node->path) > strlen(best->path) ||
			(strlen(node->path) == strlen(best->path) &&
				strength(node) > strength(best)))
			best = node;
	}
	return best;
}

static bool
same(const struct view_node *a, const struct view_node *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a->path, b->path) == 0 && a->kind == b->kind &&
	       a->access == b->access && strcmp(a->origin, b->origin) == 0;
}

/* What of the host a path shows: 0 nothing, 1 to read, 2 to write. */
static int
shows(const struct view_node *node)
{
	if (!node || node->kind != VIEW_BIND)
		return 0;
	return node->access == FS_WRITE ? 2 : 1;
}

/* The same, were only the nodes there that are laid as mounts. */
static int
laid(const struct view *v, const char *path)
{
	const struct view_node *best = NULL;

	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];

		if (!node->shadowed && node->kind != VIEW_SYMLINK &&
			lies_below(path, node->path) &&
			(!best || strlen(node->path) > strlen(best->path)))
			best = node;
	}
	return shows(best);
}

static bool
is_mask(const struct view_node *node)
{
	return node->kind == VIEW_MASK;
}

static bool
slow_mask_below(const struct view *v, const char *path)
{
	for (size_t i = 0; i < v->n; i++)
		if (lies_below(v->nodes[i].path, path) && is_mask(&v->nodes[i]))
			return true;
	return false;
}

static void
put_random(struct world *w, struct view *v)
{
	static const enum view_kind kinds[] = { VIEW_BIND, VIEW_BIND, VIEW_BIND,
		VIEW_MASK, VIEW_HIDE, VIEW_SCRATCH, VIEW_SYMLINK, VIEW_SOCKET,
		VIEW_GUARD };
	static char origins[][2] = { "0", "1", "2", "3" };

	w->n = rnd(w, NODES_MAX);
	for (size_t i = 0; i < w->n; i++) {
		w->nodes[i] = (struct view_node){
			.path = w->paths[rnd(w, PATHS)],
			.kind = kinds[rnd(w, 9)],
			.access = rnd(w, 2) ? FS_WRITE : FS_READ,
			.fd = -1,
			.is_dir = rnd(w, 2),
			.origin = origins[rnd(w, 4)],
			.target = (char[]){ "x" },
		};
		tree_must(view_put(v, &w->nodes[i], NULL) == 0, "view_put");
	}
}

struct counts {
	unsigned int unsorted, merged, access, below, order, laid;
};

static void
compare(struct world *w, struct view *v, struct counts *bad)
{
	for (size_t i = 0; i < PATHS; i++) {
		const char *path = w->paths[i];
		const struct view_node *want = slow_deciding(w, path);

		bad->merged += !same(view_deciding(v, path), want);
		bad->access += (view_access(v, path) == FS_WRITE) !=
			       (want && ((want->kind == VIEW_BIND &&
						 want->access == FS_WRITE) ||
						want->kind == VIEW_SCRATCH));
		bad->below += view_any_below(v, path, is_mask) !=
			      slow_mask_below(v, path);
		bad->laid += laid(v, path) != shows(want);
	}
	for (size_t i = 1; i < v->n; i++)
		bad->order += path_compare(v->nodes[i - 1].path,
				      v->nodes[i].path) >= 0;
}

static void
test_random(struct tap *t)
{
	struct world w = { .random = 20260101 };
	struct counts bad = { 0 };

	make_paths(&w);
	for (int round = 0; round < ROUNDS; round++) {
		struct view v = { 0 };

		put_random(&w, &v);
		for (size_t i = 0; i < PATHS; i++)
			bad.unsorted += !same(view_deciding(&v, w.paths[i]),
				slow_deciding(&w, w.paths[i]));
		/* Pins are for what exists, and nothing of this does. */
		tree_must(view_settle(&v, NULL) == 0, "view_settle");
		compare(&w, &v, &bad);
		view_free(&v);
	}
	tap_int(t, bad.unsorted, 0, "the node that decides, before the merge");
	tap_int(t, bad.merged, 0, "the node that decides, after it");
	tap_int(t, bad.access, 0, "what may be written");
	tap_int(t, bad.below, 0, "whether anything is below");
	tap_int(t, bad.order, 0, "parents before children, each path once");
	tap_int(t, bad.laid, 0,
		"what is left out of the mounts changes nothing");
}

/* A path that is longer than any that can be opened. */
static void
test_long(struct tap *t)
{
	struct view v = { 0 };
	char path[2 * PLAN_PATH_TEXT];
	const struct view_node root = {
		.path = (char[]){ "/" }, .fd = -1, .origin = (char[]){ "x" }
	};

	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	(void)view_put(&v, &root, NULL);
	(void)view_settle(&v, NULL);
	tap_ok(t, view_deciding(&v, path) == NULL, "a name beyond all bounds");
	tap_int(t, view_access(&v, path), FS_DENY, "is denied");
	path[PLAN_PATH_TEXT - 1] = '\0';
	tap_ok(t, view_deciding(&v, path) != NULL, "the longest name");
	view_free(&v);
}

/* --- policies on a tree ------------------------------------------------------------ */

static const char *
word(const struct view_node *node)
{
	switch (node->kind) {
	case VIEW_BIND:
		return strncmp(node->origin, "pinned", 6) == 0 ? "pin"
		       : node->access == FS_WRITE              ? "write"
							       : "read";
	case VIEW_MASK: return "deny";
	case VIEW_HIDE: return "hide";
	case VIEW_SCRATCH: return "scratch";
	case VIEW_SYMLINK: return "symlink";
	case VIEW_SOCKET: return "socket";
	case VIEW_GUARD: return "guard";
	case VIEW_LINK: return "link";
	default: return "other";
	}
}

/* One policy: "w:path d:path ...", below the tree; "+" before it means --. */
struct policy {
	const char *entries;
	const char *want; /* "path word ..." below the tree; or "error ..." */
	const char *what;
};

static void
add_entry(struct tree *tree, struct profile *p, const char *entry)
{
	static const char letters[] = "rwd";
	bool named = entry[0] == '+';
	const char *name = entry + 2 + named;
	const char *kind = strchr(letters, entry[named]);
	bool glob = strpbrk(name, "*?") != NULL;

	tree_must(profile_add(p, glob ? FS_GLOB : FS_PATH,
			  (enum fs_access)(kind - letters),
			  name[0] == '/' ? name : tree_at(tree, name),
			  named ? FS_MISSING_ERROR : FS_MISSING_DEFAULT, entry,
			  NULL) == 0,
		entry);
}

static void
tell(const struct tree *tree, const struct view *v, struct buf *out)
{
	size_t len = strlen(tree->root);

	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];

		if (!path_is_below(node->path, tree->root))
			continue;
		buf_printf(out, "%s%s %s%s", out->len ? ", " : "",
			node->path[len] ? node->path + len + 1 : ".",
			word(node), node->shadowed ? " (shadowed)" : "");
	}
}

static void
check_policy(struct tap *t, struct tree *tree, const struct policy *policy)
{
	struct profile profile;
	const struct view_request rq = { .profile = &profile,
		.workspace = tree_at(tree, "work"),
		.tmp = VIEW_TMP_AUTO,
		.by_init = true };
	struct view v = { 0 };
	struct diag d = { 0 };
	own_buf struct buf got = { 0 };
	char *entries = strdup(policy->entries);
	char *rest = entries;
	int err;

	profile_init(&profile);
	for (char *entry; (entry = strsep(&rest, " "));)
		add_entry(tree, &profile, entry);
	err = view_resolve(&rq, &v, &d);
	if (err < 0)
		buf_printf(&got, "error %s: %s", strerrorname_np(-err),
			strncmp(d.thing, tree->root, strlen(tree->root)) == 0
				? d.thing + strlen(tree->root) + 1
				: d.thing);
	tell(tree, &v, &got);
	tap_str(t, buf_str(&got), policy->want, policy->what);
	view_free(&v);
	profile_free(&profile);
	free(entries);
}

/*
 * work/{dir/{sub/deep,file},file,.env,dir/.env,link -> dir,out -> ../other,
 * gone -> nothing}, other/{x,y}, top -> other
 */
static void
fill(struct tree *tree)
{
	tree_dir(tree, "work/dir/sub/deep");
	tree_dir(tree, "other/x");
	tree_file(tree, "work/dir/file", "");
	tree_file(tree, "work/file", "");
	tree_file(tree, "work/.env", "");
	tree_file(tree, "work/dir/.env", "");
	tree_file(tree, "other/y", "");
	tree_link(tree, "work/link", "dir");
	tree_link(tree, "work/out", "../other");
	tree_link(tree, "work/gone", "nothing");
	tree_link(tree, "top", "other");
}

static const struct policy policies[] = {
	{ "r:work", "work read", "read one directory" },
	{ "w:work", "work write", "write one directory" },
	{ "w:work r:work/dir", "work write, work/dir read",
		"read-only in a writable root" },
	{ "w:work r:work/dir/sub",
		"work write, work/dir pin, work/dir/sub read",
		"what is between is pinned" },
	{ "w:work d:work/dir/sub/deep",
		"work write, work/dir pin, work/dir/sub pin, work/dir/sub/deep deny",
		"pins down to what is denied" },
	{ "w:work r:work/dir w:work/dir/sub",
		"work write, work/dir read, work/dir/sub write",
		"writable again below" },
	{ "r:. w:work/file", ". read, work/file write", "one writable file" },
	{ "r:. r:work/dir", ". read, work/dir read (shadowed)",
		"what is said already" },
	{ "r:. d:work r:work/dir", ". read, work deny, work/dir read",
		"read again under what is denied" },
	{ "r:. d:work w:work/dir", ". read, work deny, work/dir write",
		"written again under what is denied" },
	{ "r:. d:work d:work/dir",
		". read, work deny, work/dir deny (shadowed)", "denied twice" },
	{ "d:work", "work deny (shadowed)", "denied where nothing was there" },
	{ "w:work/link", "work/dir write, work/link symlink",
		"a grant by a symlink" },
	{ "r:top/x", "other/x read, top symlink", "a symlink on the way" },
	{ "r:. r:top/x",
		". read, other/x read (shadowed), top symlink (shadowed)",
		"a symlink that the host's directory has" },
	{ "w:work r:work/out", "other read, work write, work/out link",
		"a read-only rule holds its symlink" },
	{ "r:. w:work d:work/out", ". read, other deny, work write",
		"a deny by a symlink" },
	{ "w:work d:work/link", "work write, work/dir deny",
		"a deny by a symlink in the root" },
	{ "w:work d:work/none", "work write, work/none guard",
		"denied while it is missing" },
	{ "w:work r:work/none/of/it", "work write, work/none guard",
		"read-only while it is missing" },
	{ "w:work d:work/dir/none",
		"work write, work/dir pin, work/dir/none guard",
		"missing further down" },
	{ "w:work d:work/file/x", "error ENOENT: work/file/x",
		"denied below a file" },
	{ "r:work d:work/none", "work read", "missing where none can make it" },
	{ "r:work r:none w:none2", "work read", "missing grants" },
	{ "w:work +r:none", "error ENOENT: none",
		"a missing path that was named" },
	{ "w:work +w:work/none", "error ENOENT: work/none",
		"a missing root that was named" },
	{ "w:work +d:work/none", "work write, work/none guard",
		"a missing deny that was named" },
	{ "w:work d:work/*.env", "work write, work/.env deny",
		"a pattern for one directory" },
	{ "w:work d:work/**/*.env",
		"work write, work/.env deny, work/dir pin, work/dir/.env deny",
		"a pattern for all" },
	{ "w:work w:work/dir", "work write, work/dir write (shadowed)",
		"nested roots" },
	{ "w:work w:work/dir d:work/dir/sub",
		"work write, work/dir write, work/dir/sub deny",
		"a nested root that is pinned" },
};

static void
test_policies(struct tap *t, struct tree *tree)
{
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		check_policy(t, tree, &policies[i]);
}

/* Where bwrap lays the mounts, a symlink cannot be held. */
static void
test_bwrap(struct tap *t, struct tree *tree)
{
	struct profile profile;
	const struct view_request rq = { .profile = &profile,
		.workspace = tree_at(tree, "work") };
	struct view v = { 0 };
	struct diag d = { 0 };

	profile_init(&profile);
	add_entry(tree, &profile, "w:work");
	add_entry(tree, &profile, "r:work/out");
	tap_int(t, view_resolve(&rq, &v, &d), -ELOOP,
		"bwrap's engine holds no symlink");
	tap_ok(t, strstr(d.cause, "crosses the writable symlink") != NULL,
		"and says so");
	tap_ok(t, v.nodes == NULL, "nothing is left");
	profile_free(&profile);
}

/* The object that was opened is the one that will be mounted. */
static void
test_objects(struct tap *t, struct tree *tree)
{
	struct profile profile;
	const struct view_request rq = { .profile = &profile,
		.workspace = tree_at(tree, "work") };
	struct view v = { 0 };
	const struct view_node *node;
	struct stat want = { 0 };
	struct stat got = { 0 };

	profile_init(&profile);
	add_entry(tree, &profile, "w:work/link");
	(void)view_resolve(&rq, &v, NULL);
	node = view_deciding(&v, tree_at(tree, "work/dir/sub"));
	(void)stat(tree_at(tree, "work/dir"), &want);
	tap_ok(t, node && fstat(node->fd, &got) == 0, "a grant is open");
	tap_ok(t,
		got.st_ino == want.st_ino && got.st_dev == want.st_dev &&
			node->ino == want.st_ino && node->dev == want.st_dev,
		"as the object that the name led to");
	tap_ok(t, node && node->is_dir, "a directory");
	tap_int(t, view_access(&v, tree_at(tree, "work/file")), FS_DENY,
		"its neighbour is not there");
	view_free(&v);
	view_free(NULL);
	profile_free(&profile);
}

int
main(void)
{
	struct tap t = { 0 };
	struct tree tree;

	test_random(&t);
	test_long(&t);
	tree_make(&tree);
	fill(&tree);
	test_policies(&t, &tree);
	test_bwrap(&t, &tree);
	test_objects(&t, &tree);
	tree_remove(&tree);
	return tap_end(&t);
}
