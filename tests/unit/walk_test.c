/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk_test.c -- the walk in one call says what the walk by components says.
 *
 * A "." in the path makes it take the second way, so each path is tried with
 * and without one.
 */
#include "policy/walk.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/diag.h"
#include "tests/unit/tap.h"

/* What is made below the scratch directory: a/b/f, a/link -> b, a/up -> ../a,
 * a/gone -> nothing, shut/in with shut closed to us. */
static const struct sample {
	const char *path;      /* below the scratch directory */
	const char *canonical; /* the same; of the last part that exists */
	int missing;
	size_t links;
} samples[] = {
	{ "", "", 0, 0 },
	{ "/a", "/a", 0, 0 },
	{ "/a/b/f", "/a/b/f", 0, 0 },
	{ "/a//b/", "/a/b", 0, 0 },
	{ "/a/b/../b/f", "/a/b/f", 0, 0 },
	{ "/a/...", "/a", ENOENT, 0 },
	{ "/a/b/none", "/a/b", ENOENT, 0 },
	{ "/a/none/of/these", "/a", ENOENT, 0 },
	{ "/a/b/f/below", "/a/b/f", ENOTDIR, 0 },
	{ "/a/link", "/a/b", 0, 1 },
	{ "/a/link/f", "/a/b/f", 0, 1 },
	{ "/a/link/none", "/a/b", ENOENT, 1 },
	{ "/a/up/link/f", "/a/b/f", 0, 2 },
	{ "/a/gone", "/a", ENOENT, 1 },
	{ "/shut/in", "/shut", EACCES, 0 },
};

static void
make_scratch(const char *dir)
{
	if (chdir(dir) != 0 || mkdir("a", 0755) != 0 ||
		mkdir("a/b", 0755) != 0 || mkdir("shut", 0755) != 0 ||
		close(open("a/b/f", O_CREAT | O_WRONLY, 0644)) != 0 ||
		close(open("shut/in", O_CREAT | O_WRONLY, 0644)) != 0 ||
		symlink("b", "a/link") != 0 || symlink("../a", "a/up") != 0 ||
		symlink("nothing", "a/gone") != 0 || chmod("shut", 0) != 0)
		perror(dir);
}

static void
remove_scratch(const char *dir)
{
	static const char *const names[] = { "a/b/f", "a/link", "a/up",
		"a/gone", "shut/in", "a/b", "a", "shut" };
	(void)chmod("shut", 0755);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)remove(names[i]);
	(void)remove(dir);
}

static void
check(struct tap *t, const char *dir, const struct sample *s, const char *dot)
{
	own_walk struct walk w = WALK_EMPTY;
	struct diag d = { 0 };
	struct stat st = { 0 };
	char path[PATH_MAX];
	char want[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s%s%s", dot, dir, s->path);
	(void)snprintf(want, sizeof(want), "%s%s", dir, s->canonical);
	tap_int(t, walk_path(path, &w, &d), 0, path);
	tap_str(t, w.canonical, want, "canonical name");
	tap_int(t, w.missing, s->missing, "what is missing");
	tap_int(t, (long long)w.n_links, (long long)s->links, "symlinks");
	if (s->missing != 0) {
		tap_int(t, w.fd, -1, "no descriptor");
		return;
	}
	(void)stat(path, &st);
	tap_ok(t,
		w.fd >= 0 && w.ino == st.st_ino && w.dev == st.st_dev &&
			w.mode == st.st_mode,
		"the object");
}

int
main(void)
{
	struct tap t = { 0 };
	struct diag d = { 0 };
	own_walk struct walk w = WALK_EMPTY;
	char dir[] = "/tmp/walk_test.XXXXXX";
	if (mkdtemp(dir) == NULL)
		return 1;
	make_scratch(dir);
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (samples[i].missing == EACCES && geteuid() == 0) {
			tap_skip(&t, samples[i].path, "root enters it");
			continue;
		}
		check(&t, dir, &samples[i], "");
		check(&t, dir, &samples[i], "/.");
	}
	tap_int(&t, walk_path("/", &w, &d), 0, "/");
	tap_str(&t, w.canonical, "/", "is its own name");
	tap_int(&t, walk_path("relative", &w, &d), -EINVAL, "a relative path");
	tap_ok(&t, walk_is_missing("/nonexistent/x"), "missing");
	tap_ok(&t, !walk_is_missing("a/gone"), "a dangling link is there");
	tap_ok(&t, !walk_is_missing("a/b/f/below"), "a file is no directory");
	remove_scratch(dir);
	return tap_end(&t);
}
