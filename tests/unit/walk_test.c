/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk_test.c -- the walk in one call says what the walk by components says.
 *
 * A "." in the path makes it take the second way, so each path is tried with
 * and without one.
 */
#include "policy/walk.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

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
		symlink("nothing", "a/gone") != 0 ||
		symlink("/", "a/root") != 0 || symlink("pool", "a/loop") != 0 ||
		symlink("loop", "a/pool") != 0 ||
		symlink("self/self/self", "a/self") != 0 ||
		chmod("shut", 0) != 0)
		perror(dir);
}

static void
remove_scratch(const char *dir)
{
	static const char *const names[] = { "a/b/f", "a/link", "a/up",
		"a/gone", "a/root", "a/loop", "a/pool", "a/self", "shut/in",
		"a/b", "a", "shut" };
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

/* --- links, one by one -------------------------------------------------------- */

static void
check_links(struct tap *t, const char *dir, bool openat2)
{
	own_walk struct walk w = WALK_EMPTY;
	char path[PATH_MAX];
	char want[PATH_MAX];

	tap_ok(t, true, "openat2 is %s", openat2 ? "there" : "refused");
	(void)snprintf(path, sizeof(path), "%s/a/up/link/none/x//y/", dir);
	tap_int(t, walk_path(path, &w, NULL), 0, "two links, then nothing");
	tap_str(t, w.rest, "none/x//y/", "what is missing");
	if (tap_int(t, (long long)w.n_links, 2, "the links")) {
		(void)snprintf(want, sizeof(want), "%s/a/up", dir);
		tap_str(t, w.links[0].path, want, "the first");
		tap_str(t, w.links[0].target, "../a", "its text");
		(void)snprintf(want, sizeof(want), "%s/a/link", dir);
		tap_str(t, w.links[1].path, want,
			"the second, by its real name");
		tap_str(t, w.links[1].target, "b", "its text");
	}
	walk_free(&w);
	(void)snprintf(path, sizeof(path), "%s/a/root%s/a/b/f", dir, dir);
	tap_int(t, walk_path(path, &w, NULL), 0, "a link to /");
	(void)snprintf(want, sizeof(want), "%s/a/b/f", dir);
	tap_str(t, w.canonical, want, "goes on from there");
	walk_free(&w);
	(void)snprintf(path, sizeof(path), "%s/a/link/..", dir);
	(void)walk_path(path, &w, NULL);
	(void)snprintf(want, sizeof(want), "%s/a", dir);
	tap_str(t, w.canonical, want, "what is above a link's target");
	walk_free(&w);
	(void)walk_path("/../..//.", &w, NULL);
	tap_str(t, w.canonical, "/", "nothing is above /");
}

static void
check_refusals(struct tap *t, const char *dir)
{
	own_walk struct walk w = WALK_EMPTY;
	struct diag d = { 0 };
	char path[2 * PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/a/loop", dir);
	tap_int(t, walk_path(path, &w, &d), -ELOOP, "a loop");
	tap_str(t, d.thing, path, "is told by its name");
	(void)snprintf(path, sizeof(path), "%s/a/self/self/f", dir);
	tap_int(t, walk_path(path, &w, NULL), -ELOOP, "too many links");
	(void)snprintf(path, sizeof(path), "%s/a/%0300d", dir, 0);
	tap_int(t, walk_path(path, &w, NULL), -ENAMETOOLONG, "a long name");
	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	tap_int(t, walk_path(path, &w, NULL), -ENAMETOOLONG, "a long path");
	path[PATH_MAX - 1] = '\0';
	tap_int(t, walk_path(path, &w, NULL), 0, "the longest one");
	tap_int(t, walk_path("", &w, NULL), -EINVAL, "an empty path");
}

/* As in a container that does not know the call, and one that forbids it. */
static int
without_openat2(const char *dir, unsigned int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };
	struct tap t = { 0 };
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		/* Its lines are no part of our count. */
		if (!freopen("/dev/null", "w", stdout) ||
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
			prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) != 0)
			_exit(99);
		for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]);
			i++)
			if (samples[i].missing != EACCES || geteuid() != 0)
				check(&t, dir, &samples[i], "");
		check_links(&t, dir, false);
		check_refusals(&t, dir);
		_exit((int)t.failed);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
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
	check_links(&t, dir, true);
	check_refusals(&t, dir);
	tap_int(&t, without_openat2(dir, ENOSYS), 0,
		"the same without openat2");
	tap_int(&t, without_openat2(dir, EPERM), 0,
		"the same where openat2 is forbidden");
	tap_int(&t, walk_path("/", &w, &d), 0, "/");
	tap_str(&t, w.canonical, "/", "is its own name");
	tap_int(&t, walk_path("relative", &w, &d), -EINVAL, "a relative path");
	tap_ok(&t, walk_is_missing("/nonexistent/x"), "missing");
	tap_ok(&t, !walk_is_missing("a/gone"), "a dangling link is there");
	tap_ok(&t, !walk_is_missing("a/b/f/below"), "a file is no directory");
	remove_scratch(dir);
	return tap_end(&t);
}
