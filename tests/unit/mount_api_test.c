/* SPDX-License-Identifier: Apache-2.0 */
/* mount_api_test.c -- opening destinations, and mounting by descriptor. */
#include "netns/mount_api.h"

#include <sys/statvfs.h>

#include "tests/unit/own_ns.h"
#include "tests/unit/tap.h"

static char place[] = "/tmp/csb-mount-api.XXXXXX";

/* Open PLACE/PATH as a destination, and forget it. */
static int
dest(const char *path)
{
	char whole[512];
	(void)snprintf(whole, sizeof whole, "%s%s", place, path);
	int root = open("/", O_PATH | O_CLOEXEC);
	int fd = mount_dest(root, whole);
	close(root);
	if (fd < 0)
		return fd;
	int same = ns_same(fd, whole) ? 0 : -EUCLEAN;
	close(fd);
	return same;
}

static void
test_dest(struct tap *t, const char *how)
{
	char path[512] = "/";
	int top = open("/", O_PATH | O_CLOEXEC);
	tap_ok(t, dest("/dir") == 0, "%s: a directory", how);
	tap_ok(t, dest("/dir/file") == 0, "%s: a file in it", how);
	int root = mount_dest(top, "/");
	tap_ok(t, ns_same(root, "/"), "%s: the root", how);
	close(root);
	tap_ok(t, dest("/none") == -ENOENT, "%s: a missing name", how);
	tap_ok(t, dest("/none/x") == -ENOENT, "%s: a missing directory", how);
	tap_ok(t, dest("/dir/file/x") == -ENOTDIR, "%s: below a file", how);
	tap_ok(t, dest("/link") == -ELOOP, "%s: a symlink at the end", how);
	tap_ok(t, dest("/link/file") == -ELOOP, "%s: a symlink on the way",
		how);
	tap_ok(t, dest("/out/passwd") == -ELOOP, "%s: an absolute symlink",
		how);
	tap_ok(t, dest("/dangling") == -ELOOP, "%s: a dangling symlink", how);
	int magic = mount_dest(top, "/proc/self/root/etc");
	tap_ok(t, magic == -ELOOP, "%s: a magic link of /proc", how);
	memset(path + 1, 'n', 256);
	path[257] = '\0';
	tap_ok(t, dest(path) == -ENAMETOOLONG, "%s: a name of 256 bytes", how);
	path[256] = '\0';
	tap_ok(t, dest(path) == -ENOENT, "%s: a name of 255 bytes", how);
	/* The root that is given is the root. */
	int sub = mount_dest(top, place);
	int fd = mount_dest(sub, "/dir/file");
	(void)snprintf(path, sizeof path, "%s/dir/file", place);
	tap_ok(t, ns_same(fd, path), "%s: below another root", how);
	close(fd);
	close(sub);
	close(top);
}

/* The same through the fallback: the kernel has no openat2. */
static void
test_dest_walk(struct tap *t)
{
	(void)fflush(stdout);
	pid_t pid = fork();
	int status = -1;
	if (pid == 0) {
		struct tap sub = { .run = t->run };
		if (!ns_forbid(437))
			_exit(100);
		test_dest(&sub, "without openat2");
		(void)fflush(stdout);
		_exit(sub.failed == 0 ? (int)(sub.run - t->run) : 100);
	}
	(void)waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) < 100)
		t->run += (unsigned int)WEXITSTATUS(status);
	else
		tap_ok(t, false, "without openat2: status %d", status);
}

static void
test_link(struct tap *t)
{
	char path[512];
	int top = open("/", O_PATH | O_CLOEXEC);
	int root = mount_dest(top, place);
	int fd = mount_dest_link(root, "/link");
	(void)snprintf(path, sizeof path, "%s/link", place);
	tap_ok(t, ns_same(fd, path), "the link itself, in the root");
	close(fd);
	fd = mount_dest_link(root, "/dir/inner");
	(void)snprintf(path, sizeof path, "%s/dir/inner", place);
	tap_ok(t, ns_same(fd, path), "the link itself, in a directory");
	close(fd);
	tap_int(t, mount_dest_link(root, "/link/inner"), -ELOOP,
		"a symlink on the way to it");
	tap_int(t, mount_dest_link(root, "/dir/none"), -ENOENT, "no link");
	close(root);
	close(top);
}

static const struct mount_option mode_option[] = { { "mode", "0750" },
	{ NULL, NULL } };

static void
test_new(struct tap *t)
{
	static const struct mount_option wrong[] = { { "nonsense", "1" },
		{ NULL, NULL } };
	char path[512];
	struct statvfs v = { 0 };
	struct stat st = { 0 };
	(void)snprintf(path, sizeof path, "%s/at", place);
	int tree = mount_new("tmpfs", mode_option, ATTR_NOSUID | ATTR_NODEV);
	int at = open(path, O_PATH | O_CLOEXEC);
	tap_ok(t, tree >= 0, "a new tmpfs");
	tap_int(t, mount_move(tree, at), 0, "is laid on a directory");
	tap_ok(t, ns_same(tree, path), "and is there");
	tap_ok(t,
		statvfs(path, &v) == 0 && (v.f_flag & ST_NOSUID) != 0 &&
			(v.f_flag & ST_NODEV) != 0 &&
			(v.f_flag & ST_RDONLY) == 0,
		"with its attributes");
	tap_ok(t, stat(path, &st) == 0 && (st.st_mode & 07777) == 0750,
		"with its option");
	(void)snprintf(path, sizeof path, "%s/at/x", place);
	tap_int(t, ns_try_file(path), 0, "it can be written to");
	tap_int(t, mount_attr(tree, ATTR_RDONLY, 0, false), 0,
		"made read-only");
	tap_int(t, ns_try_file(path), EROFS, "it cannot");
	tap_int(t, mount_attr(tree, 0, ATTR_RDONLY, false), 0, "and writable");
	tap_int(t, ns_try_file(path), 0, "it can again");
	tap_int(t, mount_move(-1, at), -EBADF, "nothing cannot be laid");
	tap_int(t, mount_new("no-such-fs", mode_option, 0), -ENODEV,
		"an unknown file system");
	tap_int(t, mount_new("tmpfs", wrong, 0), -EINVAL, "an unknown option");
	close(at);
	close(tree);
}

static void
test_clone(struct tap *t)
{
	char from[512], at[512], path[600];
	(void)snprintf(from, sizeof from, "%s/dir", place);
	(void)snprintf(at, sizeof at, "%s/at2", place);
	/* With a mount below, which has to come along. */
	(void)snprintf(path, sizeof path, "%s/below", from);
	(void)mount("none", path, "tmpfs", 0, NULL);
	int fd = open(from, O_PATH | O_CLOEXEC);
	int tree = mount_clone(fd);
	int to = open(at, O_PATH | O_CLOEXEC);
	tap_ok(t, tree >= 0, "a copy of a directory");
	tap_int(t, mount_attr(tree, ATTR_RDONLY, 0, true), 0, "made read-only");
	tap_int(t, mount_move(tree, to), 0, "is laid elsewhere");
	(void)snprintf(path, sizeof path, "%s/file", at);
	tap_ok(t, access(path, F_OK) == 0, "and shows the same");
	(void)snprintf(path, sizeof path, "%s/x", at);
	tap_int(t, ns_try_file(path), EROFS, "the copy is read-only");
	(void)snprintf(path, sizeof path, "%s/below/x", at);
	tap_int(t, ns_try_file(path), EROFS, "so is what is mounted in it");
	(void)snprintf(path, sizeof path, "%s/x", from);
	tap_int(t, ns_try_file(path), 0, "the original is not");
	(void)snprintf(path, sizeof path, "%s/below/x", from);
	tap_int(t, ns_try_file(path), 0, "nor what is mounted in it");
	(void)rmdir(at);
	tap_int(t, errno, EBUSY, "a mount point cannot be removed");
	close(fd);
	close(to);
	close(tree);
}

static void
test_private(struct tap *t)
{
	char path[512], below[600];
	(void)snprintf(path, sizeof path, "%s/shared", place);
	(void)mount("none", path, "tmpfs", 0, NULL);
	(void)mount(NULL, path, NULL, MS_SHARED, NULL);
	(void)snprintf(below, sizeof below, "%s/in", path);
	(void)mkdir(below, 0755);
	/* A copy of a shared mount gets what is mounted in the original. */
	int copy[2] = { open(path, O_PATH | O_CLOEXEC), -1 };
	for (int i = 0; i < 2; i++) {
		char at[512];
		(void)snprintf(at, sizeof at, "%s/copy%d", place, i);
		int to = open(at, O_PATH | O_CLOEXEC);
		int tree = mount_clone(copy[0]);
		(void)mount_move(tree, to);
		if (i == 1)
			tap_int(t, mount_private(tree), 0, "made private");
		close(to);
		close(tree);
	}
	close(copy[0]);
	(void)mount("none", below, "tmpfs", 0, NULL);
	ns_file(strcat(below, "/late"));
	(void)snprintf(path, sizeof path, "%s/copy0/in/late", place);
	tap_ok(t, access(path, F_OK) == 0, "a shared copy shows a later mount");
	(void)snprintf(path, sizeof path, "%s/copy1/in/late", place);
	tap_ok(t, access(path, F_OK) != 0, "a private one does not");
}

static void
test_overlay(struct tap *t)
{
	char path[512];
	int fd[4];
	static const char *const names[] = { "lower", "upper", "work", "at3" };
	for (int i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", place, names[i]);
		fd[i] = open(path, O_PATH | O_CLOEXEC);
	}
	int tree = mount_overlay(fd[0], fd[1], fd[2], ATTR_NOEXEC);
	if (tree < 0) {
		tap_skip(
			t, "overlays", "this kernel lets nobody have one here");
		return;
	}
	tap_int(t, mount_move(tree, fd[3]), 0, "an overlay is laid");
	(void)snprintf(path, sizeof path, "%s/at3/only-below", place);
	tap_ok(t, access(path, F_OK) == 0, "a name of the skeleton is there");
	(void)snprintf(path, sizeof path, "%s/upper/only-below", place);
	tap_ok(t, access(path, F_OK) != 0, "and not in the upper directory");
	(void)snprintf(path, sizeof path, "%s/at3/made", place);
	ns_file(path);
	(void)snprintf(path, sizeof path, "%s/upper/made", place);
	tap_ok(t, access(path, F_OK) == 0, "what is made lands in the upper");
	for (int i = 0; i < 4; i++)
		close(fd[i]);
	close(tree);
}

static void
test_reopen(struct tap *t)
{
	char path[512], byte;
	(void)snprintf(path, sizeof path, "%s/dir/file", place);
	int fd = open(path, O_PATH | O_CLOEXEC);
	int again = mount_reopen(fd);
	tap_ok(t, ns_same(again, path), "a place is opened again");
	tap_ok(t, read(fd, &byte, 1) < 0 && errno == EBADF,
		"before, it cannot be read");
	tap_ok(t, read(again, &byte, 1) == 0, "then it can");
	tap_int(t, mount_reopen(1000), -ENOENT, "no descriptor");
	close(again);
	close(fd);
}

static void
make_tree(void)
{
	static const char *const dirs[] = { "dir", "dir/below", "at", "at2",
		"at3", "lower", "lower/only-below", "upper", "work", "shared",
		"copy0", "copy1" };
	if (chdir(place) != 0)
		return;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		(void)mkdir(dirs[i], 0755);
	ns_file("dir/file");
	(void)!symlink("dir", "link");
	(void)!symlink("file", "dir/inner");
	(void)!symlink("/etc", "out");
	(void)!symlink("nowhere", "dangling");
}

int
main(void)
{
	struct tap t = { 0 };
	if (mkdtemp(place) == NULL)
		return 1;
	const char *why = ns_enter(place);
	if (why == NULL) {
		make_tree();
		test_dest(&t, "with openat2");
		test_dest_walk(&t);
		test_link(&t);
		test_new(&t);
		test_clone(&t);
		test_private(&t);
		test_overlay(&t);
		test_reopen(&t);
		(void)chdir("/");
		(void)umount2(place, MNT_DETACH);
	} else {
		printf("1..0 # SKIP %s\n", why);
	}
	(void)rmdir(place);
	return why == NULL ? tap_end(&t) : 0;
}
