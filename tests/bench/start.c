/* SPDX-License-Identifier: Apache-2.0 */
/* start.c -- how the driver starts a contender: user, mounts, descriptors. */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"

extern char **environ;

/*
 * The real ids become the user's, the effective user id stays 0: posix_spawn
 * resets the effective ones to the real ones in the child, and exec takes the
 * rest away.
 */
void
bench_user(struct bench *b, const char *name)
{
	const struct passwd *who = getpwnam(name);
	if (who == NULL)
		bench_die(name, "no such user");
	if (initgroups(name, who->pw_gid) != 0 ||
		setresgid(who->pw_gid, who->pw_gid, who->pw_gid) != 0 ||
		setresuid(who->pw_uid, 0, 0) != 0)
		bench_die(name, strerror(errno));
	b->switched = true;
}

static void
enter(int ns, const char *cwd)
{
	if (setns(ns, CLONE_NEWNS) != 0 || chdir(cwd) != 0)
		bench_die("mount namespace", strerror(errno));
}

/* A tmpfs with so many directories, each bound onto itself. */
static int
make_host(const struct bench *b, long mounts)
{
	char path[PATH_MAX];
	if (b->dir == NULL || unshare(CLONE_NEWNS) != 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("bench", b->dir, "tmpfs", 0, "mode=755") != 0)
		bench_die("@host", "needs root, and -d DIR");
	for (long i = 0; i < mounts; i++) {
		(void)snprintf(path, sizeof path, "%s/%ld", b->dir, i);
		if (mkdir(path, 0755) != 0 ||
			mount(path, path, NULL, MS_BIND, NULL) != 0)
			bench_die(path, strerror(errno));
	}
	int ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		bench_die("mount namespace", strerror(errno));
	return ns;
}

void
bench_hosts(struct bench *b)
{
	char cwd[PATH_MAX];
	for (size_t i = 0; i < b->n; i++) {
		struct contender *c = &b->c[i];
		for (size_t j = 0; c->host != 0 && j < i; j++)
			if (b->c[j].host == c->host)
				c->ns = b->c[j].ns;
		if (c->host == 0 || c->ns >= 0)
			continue;
		if (b->own_ns < 0)
			b->own_ns =
				open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
		if (b->own_ns < 0 || getcwd(cwd, sizeof cwd) == NULL)
			bench_die("mount namespace", strerror(errno));
		c->ns = make_host(b, c->host);
		enter(b->own_ns, cwd);
	}
}

static void
check(int err, const char *thing)
{
	if (err != 0)
		bench_die(thing, strerror(err));
}

pid_t
bench_start(const struct bench *b, const struct contender *c, int in, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	char cwd[PATH_MAX];
	pid_t pid = -1;
	check(posix_spawn_file_actions_init(&files), "spawn");
	check(posix_spawnattr_init(&how), "spawn");
	check(posix_spawnattr_setflags(
		      &how, b->switched ? POSIX_SPAWN_RESETIDS : 0),
		"spawn");
	check(in < 0 ? posix_spawn_file_actions_addopen(
			       &files, 0, "/dev/null", O_RDONLY, 0)
		     : posix_spawn_file_actions_adddup2(&files, in, 0),
		"spawn");
	check(out < 0 ? posix_spawn_file_actions_addopen(
				&files, 1, "/dev/null", O_WRONLY, 0)
		      : posix_spawn_file_actions_adddup2(&files, out, 1),
		"spawn");
	check(posix_spawn_file_actions_adddup2(&files, b->errors, 2), "spawn");
	if (b->own_ns >= 0) {
		if (getcwd(cwd, sizeof cwd) == NULL)
			bench_die("current directory", strerror(errno));
		enter(c->ns >= 0 ? c->ns : b->own_ns, cwd);
	}
	check(posix_spawnp(&pid, c->argv[0], &files, &how, c->argv, environ),
		c->argv[0]);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&how);
	return pid;
}

static void
show_errors(int fd)
{
	char text[4096];
	ssize_t n = pread(fd, text, sizeof text, 0);
	if (n > 0)
		(void)fwrite(text, 1, (size_t)n, stderr);
}

void
bench_wait(const struct bench *b, const struct contender *c, pid_t pid)
{
	char why[64];
	int status = 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			bench_die(c->name, strerror(errno));
	if (status == 0)
		return;
	show_errors(b->errors);
	(void)snprintf(why, sizeof why, "ended with wait status 0x%x",
		(unsigned int)status);
	bench_die(c->name, why);
}
