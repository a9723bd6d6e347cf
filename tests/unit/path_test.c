/* SPDX-License-Identifier: Apache-2.0 */
/* path_test.c -- paths as text, and opening with and without openat2. */
#include "policy/path.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

struct row {
	const char *in;
	const char *out; /* NULL: -EINVAL */
};

static const struct row absolute[] = {
	{ "/", "/" },
	{ "//", "/" },
	{ "/.", "/" },
	{ "/..", "/" },
	{ "/../..", "/" },
	{ "/../a", "/a" },
	{ "/a", "/a" },
	{ "/a/", "/a" },
	{ "/a//", "/a" },
	{ "/a/b", "/a/b" },
	{ "/a/./b/.", "/a/b" },
	{ "/a/../b", "/b" },
	{ "/a/b/../../..", "/" },
	{ "/a/b/../c/", "/a/c" },
	{ "/a/...", "/a/..." },
	{ "/.a/..b", "/.a/..b" },
	{ "/a /\xff", "/a /\xff" },
	{ "a", NULL },
	{ "", NULL },
	{ "./a", NULL },
	{ "~/a", NULL },
};

static const struct row relative[] = {
	{ "", "" },
	{ ".", "" },
	{ "./", "" },
	{ "a", "a" },
	{ "a/", "a" },
	{ "a//b/.", "a/b" },
	{ "a/..", "" },
	{ "a/b/..", "a" },
	{ "..", ".." },
	{ "../..", "../.." },
	{ "a/../..", ".." },
	{ "../a/..", ".." },
	{ "../a/../..", "../.." },
	{ "../a/b/../c", "../a/c" },
	{ "/", NULL },
	{ "/a", NULL },
};

static void
test_normalise(struct tap *t)
{
	for (size_t i = 0; i < sizeof(absolute) / sizeof(absolute[0]); i++) {
		const struct row *r = &absolute[i];
		char *out = NULL;
		int err = path_normalise(r->in, &out);
		tap_ok(t,
			r->out == NULL ? err == -EINVAL && out == NULL
				       : err == 0 && strcmp(out, r->out) == 0,
			"absolute \"%s\"", r->in);
		free(out);
	}
	for (size_t i = 0; i < sizeof(relative) / sizeof(relative[0]); i++) {
		const struct row *r = &relative[i];
		char *out = NULL;
		int err = path_normalise_relative(r->in, &out);
		tap_ok(t,
			r->out == NULL ? err == -EINVAL && out == NULL
				       : err == 0 && strcmp(out, r->out) == 0,
			"relative \"%s\"", r->in);
		free(out);
	}
	char text[PATH_MAX + 1];
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[PATH_MAX - 1] = '\0';
	char *out = NULL;
	tap_int(t, path_normalise(text, &out), 0, "4095 bytes");
	tap_str(t, out, text, "4095 bytes stay");
	free(out);
	out = NULL;
	text[PATH_MAX - 1] = 'a';
	text[PATH_MAX] = '\0';
	tap_int(t, path_normalise(text, &out), -ENAMETOOLONG, "4096 bytes");
}

static void
test_join(struct tap *t)
{
	char *out = NULL;
	tap_int(t, path_join("/a/b", "../c/./d", &out), 0, "join");
	tap_str(t, out, "/a/c/d", "join normalises");
	free(out);
	tap_int(t, path_join("/", "x", &out), 0, "join to /");
	tap_str(t, out, "/x", "no double slash");
	free(out);
	tap_int(t, path_join("/a", "", &out), 0, "join nothing");
	tap_str(t, out, "/a", "is the base");
	free(out);
	out = NULL;
	tap_int(t, path_join("/a", "/b", &out), -EINVAL, "absolute sub");
	tap_int(t, path_join("a", "b", &out), -EINVAL, "relative base");
	char text[PATH_MAX];
	memset(text, 'a', sizeof(text));
	text[PATH_MAX - 1] = '\0';
	tap_int(t, path_join("/a", text, &out), -ENAMETOOLONG, "join too long");
}

static void
test_below(struct tap *t)
{
	tap_ok(t, path_is_below("/scratch/a", "/scratch"), "below");
	tap_ok(t, path_is_below("/scratch", "/scratch"), "the same");
	tap_ok(t, !path_is_below("/scratch2", "/scratch"), "bytes are not it");
	tap_ok(t, !path_is_below("/scratch2/a", "/scratch"), "nor below them");
	tap_ok(t, !path_is_below("/scratc", "/scratch"), "shorter");
	tap_ok(t, !path_is_below("/", "/scratch"), "the parent is not below");
	tap_ok(t, path_is_below("/x", "/") && path_is_below("/", "/"), "root");
	tap_int(t, (long long)path_depth("/"), 0, "depth of /");
	tap_int(t, (long long)path_depth("/a"), 1, "depth of /a");
	tap_int(t, (long long)path_depth("/a/b/c"), 3, "depth of /a/b/c");
}

static int
compare(const void *a, const void *b)
{
	return path_compare(*(const char *const *)a, *(const char *const *)b);
}

static void
test_order(struct tap *t)
{
	static const char *const sorted[] = { "/", "/a", "/a/a", "/a/b",
		"/a/b/c", "/a/b c", "/a/b-c", "/a b", "/a-b", "/a-b/c", "/a.b",
		"/ab", "/b", "/\xff" };
	enum { N = sizeof(sorted) / sizeof(sorted[0]) };
	const char *mixed[N];
	for (size_t i = 0; i < N; i++)
		mixed[i] = sorted[(i * 5 + 3) % N]; /* 5 and 14 are coprime */
	qsort(mixed, N, sizeof(mixed[0]), compare);
	bool same = true;
	for (size_t i = 0; i < N; i++)
		same = same && strcmp(mixed[i], sorted[i]) == 0;
	tap_ok(t, same, "a parent right before what is below it");
	tap_int(t, path_compare("/a/b", "/a/b"), 0, "equal");
}

/* ---- opening: a small tree below a directory of our own ---- */

struct open_row {
	const char *name; /* below the tree; "/..." = absolute */
	int flags;
	int err;
	const char *canonical; /* below the tree */
};

static const struct open_row opens[] = {
	{ "a", 0, 0, "a" },
	{ "b", 0, 0, "b" },
	{ "b/c", 0, 0, "b/c" },
	{ "b/../a", 0, 0, "a" },
	{ "tofile", 0, 0, "a" },
	{ "todir/c", 0, 0, "b/c" },
	{ "todir", O_DIRECTORY, 0, "b" },
	{ "todir", O_NOFOLLOW, 0, "todir" },
	{ "todir/c", O_NOFOLLOW, 0, "b/c" },
	{ "todir/", O_NOFOLLOW, 0, "b" },
	{ "toabs/c", 0, 0, "b/c" },
	{ "chain", 0, 0, "a" },
	{ "b/up", 0, 0, "a" },
	{ "slash", 0, 0, "b" },
	{ "gone (deleted)", 0, 0, "gone (deleted)" },
	{ "a", O_DIRECTORY, -ENOTDIR, NULL },
	{ "todir", O_DIRECTORY | O_NOFOLLOW, -ENOTDIR, NULL },
	{ "a/", 0, -ENOTDIR, NULL },
	{ "a/x", 0, -ENOTDIR, NULL },
	{ "slashfile", 0, -ENOTDIR, NULL },
	{ "missing", 0, -ENOENT, NULL },
	{ "missing/x", 0, -ENOENT, NULL },
	{ "dangling", 0, -ENOENT, NULL },
	{ "dangling", O_NOFOLLOW, 0, "dangling" },
	{ "loop", 0, -ELOOP, NULL },
	{ "loop/x", 0, -ELOOP, NULL },
	{ "l40", 0, 0, "a" },
	{ "l41", 0, -ELOOP, NULL },
	{ "/proc/self/exe", 0, -ELOOP, NULL },
	{ "/proc/self/root/etc", 0, -ELOOP, NULL },
	{ "/proc/self/cwd", 0, -ELOOP, NULL },
	{ "/", 0, 0, "/" },
	{ "/..", 0, 0, "/" },
	{ "a", O_RDWR, -EINVAL, NULL },
};

static void
must(bool ok)
{
	if (!ok) {
		perror("setting the test up");
		abort();
	}
}

static void
touch(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0);
	(void)close(fd);
}

static void
tree_make(const char *root)
{
	char target[PATH_MAX];
	own_fd int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dir >= 0);
	touch(dir, "a");
	must(mkdirat(dir, "b", 0700) == 0);
	touch(dir, "b/c");
	touch(dir, "gone (deleted)");
	must(symlinkat("a", dir, "tofile") == 0);
	must(symlinkat("b", dir, "todir") == 0);
	must(symlinkat("tofile", dir, "chain") == 0);
	must(symlinkat("../a", dir, "b/up") == 0);
	must(symlinkat("b/", dir, "slash") == 0);
	must(symlinkat("a/", dir, "slashfile") == 0);
	must(symlinkat("nowhere", dir, "dangling") == 0);
	must(symlinkat("loop", dir, "loop") == 0);
	(void)snprintf(target, sizeof(target), "%s//./b", root);
	must(symlinkat(target, dir, "toabs") == 0);
	/* l1 -> a, l2 -> l1 ... l41 -> l40: 40 links are followed, not 41. */
	must(symlinkat("a", dir, "l1") == 0);
	for (int i = 2; i <= 41; i++) {
		char name[16];
		(void)snprintf(target, sizeof(target), "l%d", i - 1);
		(void)snprintf(name, sizeof(name), "l%d", i);
		must(symlinkat(target, dir, name) == 0);
	}
}

static void
in_tree(char out[PATH_MAX], const char *root, const char *name)
{
	int n = name[0] == '/' ? snprintf(out, PATH_MAX, "%s", name)
			       : snprintf(out, PATH_MAX, "%s/%s", root, name);
	must(n > 0 && n < PATH_MAX);
}

/* Every row, by path_open() or by the walk alone. */
static unsigned int
opens_failed(const char *root, bool walk)
{
	unsigned int failed = 0;
	for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
		const struct open_row *r = &opens[i];
		char path[PATH_MAX];
		char want[PATH_MAX];
		own_fd int fd = -1;
		char *got = NULL;
		struct diag d = { 0 };
		in_tree(path, root, r->name);
		if (walk && r->flags == O_RDWR)
			continue; /* flags are checked before the walk */
		int err = walk ? path_open_walk(path, r->flags, &fd)
			       : path_open(path, r->flags, &fd, &got, &d);
		if (walk && err == 0)
			err = path_of_fd(fd, &got);
		in_tree(want, root, r->err == 0 ? r->canonical : "");
		bool ok = err == r->err && (fd >= 0) == (err == 0) &&
			  (err != 0 || strcmp(got, want) == 0) &&
			  (walk || (d.cause[0] != '\0') == (err != 0));
		if (fd >= 0)
			ok = ok && fcntl(fd, F_GETFD) == FD_CLOEXEC &&
			     (fcntl(fd, F_GETFL) & O_PATH) != 0;
		if (!ok)
			printf("# %s flags %o: %d, %s\n", r->name,
				(unsigned int)r->flags, err,
				got == NULL ? "-" : got);
		failed += !ok;
		free(got);
	}
	return failed;
}

/* A filter under which openat2 fails with err and all else goes on. */
static void
refuse_openat2(unsigned int err)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0);
}

static void
test_fallback(struct tap *t, const char *root, int err, const char *name)
{
	(void)fflush(stdout);
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		refuse_openat2((unsigned int)err);
		struct {
			unsigned char zero[24];
		} how = { 0 };
		long r = syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));
		must(r == -1 && errno == err);
		unsigned int failed = opens_failed(root, false);
		(void)fflush(stdout);
		_exit(failed == 0 ? 0 : 1);
	}
	int status = 0;
	must(waitpid(pid, &status, 0) == pid);
	tap_ok(t, WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", name);
}

static void
test_deleted(struct tap *t, const char *root)
{
	char path[PATH_MAX];
	char *name = NULL;
	in_tree(path, root, "gone");
	touch(AT_FDCWD, path);
	own_fd int fd = -1;
	tap_int(t, path_open(path, 0, &fd, &name, NULL), 0, "before it goes");
	tap_str(t, name, path, "its name");
	free(name);
	name = NULL;
	must(unlink(path) == 0);
	/* Beside it lies a file that is really called "gone (deleted)". */
	tap_int(t, path_of_fd(fd, &name), -ESTALE, "a deleted file");

	in_tree(path, root, "dir");
	must(mkdir(path, 0700) == 0);
	own_fd int dir = -1;
	tap_int(t, path_open_nofollow(path, &dir, NULL, NULL), 0, "directory");
	must(rmdir(path) == 0);
	tap_int(t, path_of_fd(dir, &name), -ESTALE, "a deleted directory");

	int pair[2];
	must(pipe(pair) == 0);
	tap_int(t, path_of_fd(pair[0], &name), -ESTALE, "a pipe has no path");
	(void)close(pair[0]);
	(void)close(pair[1]);
	tap_int(t, path_of_fd(-1, &name), -ENOENT, "no such descriptor");
}

static void
test_diag(struct tap *t, const char *root)
{
	char path[PATH_MAX];
	own_fd int fd = -1;
	struct diag d = { 0 };
	in_tree(path, root, "missing");
	(void)path_open(path, 0, &fd, NULL, &d);
	tap_str(t, d.thing, path, "the error names the path");
	tap_str(t, d.cause, "No such file or directory", "and the cause");
	tap_ok(t, d.mend[0] != '\0' && d.code == DIAG_SETUP, "and the mend");
	diag_reset(&d);
	tap_int(t, path_open("a", 0, &fd, NULL, &d), -EINVAL, "relative");
	tap_str(t, d.cause, "is not an absolute path", "is said");
	tap_int(t, path_open_walk("a", 0, &fd), -EINVAL, "relative walk");
}

int
main(void)
{
	struct tap t = { 0 };
	test_normalise(&t);
	test_join(&t);
	test_below(&t);
	test_order(&t);

	char made[] = "/tmp/path_test.XXXXXX";
	char *root = NULL;
	must(mkdtemp(made) != NULL);
	root = realpath(made, NULL);
	must(root != NULL);
	tree_make(root);
	tap_int(&t, opens_failed(root, false), 0, "opening with openat2");
	tap_int(&t, opens_failed(root, true), 0, "opening by the walk");
	test_fallback(&t, root, ENOSYS, "no openat2: the walk stands in");
	test_fallback(&t, root, EPERM, "openat2 refused: the walk stands in");
	test_deleted(&t, root);
	test_diag(&t, root);
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", "--", root, (char *)NULL);
		_exit(127);
	}
	must(waitpid(pid, NULL, 0) == pid);
	free(root);
	return tap_end(&t);
}
