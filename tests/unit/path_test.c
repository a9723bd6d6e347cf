/* SPDX-License-Identifier: Apache-2.0 */
/* path_test.c -- paths as text, and names of what is open. */
#include "policy/path.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher/own.h"
#include "tests/unit/scratch.h"
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

/* ---- names of what is open ---- */

static void
must(bool ok)
{
	if (!ok) {
		perror("setting the test up");
		abort();
	}
}

/* Opened for nothing but its name. */
static int
open_path(const char *path)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	must(fd >= 0);
	return fd;
}

static void
touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0);
	(void)close(fd);
}

static void
in_tree(char out[PATH_MAX], const char *root, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", root, name);
	must(n > 0 && n < PATH_MAX);
}

static void
test_deleted(struct tap *t, const char *root)
{
	char path[PATH_MAX];
	char *name = NULL;
	in_tree(path, root, "gone (deleted)");
	touch(path);
	own_fd int real = open_path(path);
	tap_int(t, path_of_fd(real, &name), 0, "a name that sounds deleted");
	tap_str(t, name, path, "is a name");
	free(name);
	in_tree(path, root, "gone");
	touch(path);
	own_fd int fd = open_path(path);
	tap_int(t, path_of_fd(fd, &name), 0, "before it goes");
	tap_str(t, name, path, "its name");
	free(name);
	name = NULL;
	must(unlink(path) == 0);
	/* Beside it lies the file that is really called "gone (deleted)". */
	tap_int(t, path_of_fd(fd, &name), -ESTALE, "a deleted file");

	in_tree(path, root, "dir");
	must(mkdir(path, 0700) == 0);
	own_fd int dir = open_path(path);
	must(rmdir(path) == 0);
	tap_int(t, path_of_fd(dir, &name), -ESTALE, "a deleted directory");

	int pair[2];
	must(pipe(pair) == 0);
	tap_int(t, path_of_fd(pair[0], &name), -ESTALE, "a pipe has no path");
	(void)close(pair[0]);
	(void)close(pair[1]);
	tap_int(t, path_of_fd(-1, &name), -ENOENT, "no such descriptor");
}

int
main(void)
{
	struct tap t = { 0 };
	test_normalise(&t);
	test_join(&t);
	test_below(&t);
	test_order(&t);

	char *root = scratch_make();
	test_deleted(&t, root);
	scratch_remove(root);
	return tap_end(&t);
}
