/* SPDX-License-Identifier: Apache-2.0 */
/* mount_own_test.c -- mount points are made on file systems of ours only. */
#include "netns/mount_own.h"

#include "netns/mount_api.h"
#include "tests/unit/own_ns.h"
#include "tests/unit/tap.h"

static char place[] = "/tmp/csb-mount-own.XXXXXX";

static int
lay(int tree, const char *name)
{
	int at = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int r = mount_move(tree, at);
	close(at);
	close(tree);
	return r;
}

static void
test_masks(struct tap *t, struct own *own)
{
	static const struct {
		enum own_mask which;
		const char *at;
		mode_t mode;
	} rows[] = {
		{ OWN_FILE_000, "file", S_IFREG | 0000 },
		{ OWN_DIR_000, "dir", S_IFDIR | 0000 },
		{ OWN_DIR_555, "guard", S_IFDIR | 0555 },
		{ OWN_FILE_444, "guard-file", S_IFREG | 0444 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stat st = { 0 };
		tap_int(t, lay(own_mask(own, rows[i].which), rows[i].at), 0,
			rows[i].at);
		tap_ok(t,
			stat(rows[i].at, &st) == 0 &&
				st.st_mode == rows[i].mode && st.st_size < 100,
			"%s has mode %o and holds nothing", rows[i].at,
			rows[i].mode);
		tap_ok(t, chmod(rows[i].at, 0777) < 0 && errno == EROFS,
			"%s: nobody changes its mode", rows[i].at);
	}
	tap_int(t, ns_try_file("guard/x"), EROFS, "nothing is made in a guard");
	/* Another copy of the same, elsewhere. */
	tap_int(t, lay(own_mask(own, OWN_DIR_000), "dir2"), 0, "a second copy");
	tap_ok(t, ns_same(open("dir2", O_PATH | O_CLOEXEC), "dir"),
		"is of the same directory");
}

static void
test_make(struct tap *t, struct own *own, int root)
{
	char name[300];
	struct stat st = { 0 };
	int tree = own_tmpfs(own, "0711");
	tap_int(t, lay(tree, "ours"), 0, "a tmpfs of ours");
	tap_ok(t, stat("ours", &st) == 0 && (st.st_mode & 07777) == 0711,
		"with its mode");
	(void)!symlink("../theirs", "ours/out");
	int fd = own_make(own, root, "/ours/a/b/c", true);
	tap_ok(t, ns_same(fd, "ours/a/b/c"), "directories are made in it");
	close(fd);
	fd = own_make(own, root, "/ours/a/b/file", false);
	tap_ok(t,
		ns_same(fd, "ours/a/b/file") &&
			stat("ours/a/b/file", &st) == 0 &&
			S_ISREG(st.st_mode) && st.st_size == 0,
		"and a file");
	close(fd);
	fd = own_make(own, root, "/ours/a/b/c", true);
	tap_ok(t, ns_same(fd, "ours/a/b/c"), "what is there is opened");
	close(fd);
	/* The class of CVE-2026-87766. */
	tap_int(t, own_make(own, root, "/theirs/new", true), -EROFS,
		"nothing is made on the host's");
	tap_int(t, own_make(own, root, "/theirs/a/b", false), -EROFS,
		"nor below");
	tap_ok(t,
		access("theirs/new", F_OK) != 0 &&
			access("theirs/a", F_OK) != 0,
		"nothing was");
	tap_int(t, own_make(own, root, "/ours/out/new", true), -ELOOP,
		"a symlink of ours is not followed to the host's");
	tap_ok(t, access("theirs/new", F_OK) != 0, "nothing was made there");
	tap_int(t, own_make(own, root, "/theirs/in/x", true), -ELOOP,
		"nor one of the host's to ours");
	fd = own_make(own, root, "/theirs/there", true);
	tap_ok(t, ns_same(fd, "theirs/there"), "what the host has is opened");
	close(fd);
	tap_int(t, own_make(own, root, "/ours/a/b/file/x", true), -ENOTDIR,
		"not below a file");
	memset(name, 'n', sizeof name);
	memcpy(name, "/ours/", 6);
	name[6 + 256] = '\0';
	tap_int(t, own_make(own, root, name, true), -ENAMETOOLONG,
		"a name of 256 bytes");
}

static void
test_symlink(struct tap *t, const struct own *own, int root)
{
	char text[64] = "";
	tap_int(t, own_symlink(own, root, "/ours/deep/link", "../x y"), 0,
		"a symlink, and its directory");
	tap_ok(t,
		readlink("ours/deep/link", text, sizeof text - 1) == 6 &&
			strcmp(text, "../x y") == 0,
		"leads where it should");
	tap_int(t, own_symlink(own, root, "/ours/deep/link", "other"), 0,
		"one that is there");
	memset(text, 0, sizeof text);
	tap_ok(t, readlink("ours/deep/link", text, sizeof text - 1) == 6,
		"stays as it was");
	tap_int(t, own_symlink(own, root, "/theirs/link", "x"), -EROFS,
		"not on the host's");
	tap_ok(t, readlink("theirs/link", text, sizeof text) < 0, "none there");
}

static void
test_skeleton(struct tap *t, const struct own *own)
{
	int first = own_skeleton(own, 7);
	int second = own_skeleton(own, 4095);
	struct stat a = { 0 }, b = { 0 };
	tap_ok(t,
		fstat(first, &a) == 0 && fstat(second, &b) == 0 &&
			S_ISDIR(a.st_mode) && a.st_ino != b.st_ino,
		"two skeletons");
	tap_int(t, own_skeleton(own, 7), -EEXIST, "each number once");
	int fd = own_make(own, first, "/.git", true);
	tap_ok(t, fd >= 0 && faccessat(first, ".git", F_OK, 0) == 0,
		"names are made in it");
	close(fd);
	close(first);
	close(second);
}

/* Places of one file system, of which none sees the other. */
static void
test_places(struct tap *t, struct own *own)
{
	struct stat a = { 0 }, b = { 0 };
	(void)mkdir("p1", 0755);
	(void)mkdir("p2", 0755);
	/* As it is when the base has become read-only. */
	tap_int(t, mount_attr(own->stage, ATTR_RDONLY, 0, false), 0,
		"the stage is read-only for once");
	tap_int(t, lay(own_tmpfs(own, "1777"), "p1"), 0, "a place");
	tap_int(t, lay(own_tmpfs(own, "0755"), "p2"), 0, "another");
	tap_ok(t,
		stat("p1", &a) == 0 && (a.st_mode & 07777) == 01777 &&
			stat("p2", &b) == 0 && (b.st_mode & 07777) == 0755 &&
			a.st_ino != b.st_ino,
		"each with its mode");
	ns_file("p1/x");
	tap_ok(t, access("p1/x", F_OK) == 0 && access("p2/x", F_OK) != 0,
		"what is made in one is not in the other");
	tap_ok(t, link("p1/x", "p2/x") < 0 && errno == EXDEV,
		"nor can be linked there");
	tap_ok(t, rename("p1/x", "p2/x") < 0 && errno == EXDEV, "nor moved");
	tap_ok(t,
		stat("p1/..", &a) == 0 && stat(".", &b) == 0 &&
			a.st_ino == b.st_ino && a.st_dev == b.st_dev,
		"no path leads out of it into the stage");
}

static void
test_all(struct tap *t)
{
	static struct own own;
	static const char *const dirs[] = { "stage", "dir", "dir2", "guard",
		"ours", "theirs", "theirs/there" };
	if (chdir(place) != 0)
		return;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		(void)mkdir(dirs[i], 0755);
	ns_file("file");
	ns_file("guard-file");
	(void)!symlink("../ours", "theirs/in");
	int root = open(".", O_PATH | O_CLOEXEC);
	(void)umask(0);
	tap_int(t, own_begin(&own, root, "/stage"), 0, "the stage is laid");
	tap_int(t, own_begin(&(struct own){ .n = 0 }, root, "/nowhere"),
		-ENOENT, "not where nothing is");
	test_masks(t, &own);
	int out = own_make(&own, root, "/stage/x", true);
	tap_ok(t, out >= 0, "the stage is ours too");
	close(out);
	(void)mkdir("ours-target", 0755);
	test_make(t, &own, root);
	test_symlink(t, &own, root);
	test_skeleton(t, &own);
	test_places(t, &own);
	own_end(&own);
	tap_ok(t, fcntl(own.stage, F_GETFD) < 0, "the end closes the stage");
	close(root);
}

int
main(void)
{
	struct tap t = { 0 };
	if (mkdtemp(place) == NULL)
		return 1;
	const char *why = ns_enter(place);
	if (why == NULL) {
		test_all(&t);
		(void)chdir("/");
		(void)umount2(place, MNT_DETACH);
	} else {
		printf("1..0 # SKIP %s\n", why);
	}
	(void)rmdir(place);
	return why == NULL ? tap_end(&t) : 0;
}
