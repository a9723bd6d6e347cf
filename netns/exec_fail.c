/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_fail.c -- from an errno of execve() to a reason (room: inside).
 *
 * Runs only when the command could not be started, with the command's rights,
 * so it may look at the file again: nothing is decided here, only said.
 */
#include "netns/exec_fail.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/own.h"
#include "launcher/plan.h"

enum { MAGIC_MAX = 256 };

static const char ask_explain[] =
	"codex-sandbox explain shows what is visible and why";

bool
exec_fail_is_there(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

/* The first bytes of the file and a NUL; empty when it cannot be read. */
static void
read_start(const char *path, char start[MAGIC_MAX])
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? 0 : read(fd, start, MAGIC_MAX - 1);
	start[n > 0 ? n : 0] = '\0';
}

bool
exec_fail_is_binary(const char *path)
{
	char start[MAGIC_MAX];
	read_start(path, start);
	return strncmp(start, "\177ELF", 4) == 0;
}

/* Is dest the path itself or a directory above it?  Length of dest, or 0. */
static size_t
covers(const char *dest, const char *path)
{
	size_t len = strlen(dest);
	if (strncmp(dest, path, len) != 0)
		return 0;
	return path[len] == '\0' || path[len] == '/' || len == 1 ? len : 0;
}

static bool
is_mask(const struct plan_mount *m)
{
	return (m->op == PLAN_MASK_FILE || m->op == PLAN_TMPFS) &&
	       (m->perms & 0444) == 0;
}

/* Is the deepest mount above the path one that denies? */
static bool
is_denied(const struct plan *plan, const char *path)
{
	size_t deepest = 0;
	bool denied = false;
	for (uint32_t i = 0; i < plan->n_mounts; i++) {
		const struct plan_mount *m = &plan->mounts[i];
		size_t len = m->op == PLAN_REMOUNT_RO || m->op == PLAN_DIR
				     ? 0
				     : covers(m->dest, path);
		if (len == 0 || len < deepest)
			continue;
		deepest = len;
		denied = is_mask(m);
	}
	return denied;
}

/* The plan's paths are free of symlinks; make ours so where it can be done. */
static bool
is_denied_by_policy(const struct plan *plan, const char *path)
{
	struct sentence link = { .len = 0 };
	char real[PATH_MAX];
	own_fd int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return is_denied(plan, path);
	say(&link, "/proc/self/fd/");
	say_number(&link, (uint64_t)fd); /* fd is not negative */
	ssize_t n = readlink(link.text, real, sizeof real - 1);
	if (n <= 0)
		return is_denied(plan, path);
	real[n] = '\0';
	return is_denied(plan, real);
}

static _Noreturn void
cannot(const char *path, const char *cause, const char *mend)
{
	fail(FAIL_NOT_EXECUTABLE, path, cause, mend);
}

/* It is there and the kernel says ENOENT: what should run it is not. */
static _Noreturn void
no_interpreter(const char *path)
{
	char start[MAGIC_MAX];
	struct sentence cause = { .len = 0 };
	read_start(path, start);
	say(&cause, "the interpreter that it names is not there");
	if (strncmp(start, "#!", 2) == 0) {
		char *name = start + 2 + strspn(start + 2, " \t");
		name[strcspn(name, " \t\r\n")] = '\0';
		say(&cause, ": ");
		say(&cause, name);
	}
	cannot(path, cause.text, ask_explain);
}

static _Noreturn void
not_there(const char *path)
{
	struct stat st;
	if (lstat(path, &st) == 0)
		fail(FAIL_NOT_FOUND, path,
			"a symbolic link to something that is not there",
			ask_explain);
	fail(FAIL_NOT_FOUND, path, "no such file in the sandbox", ask_explain);
}

static _Noreturn void
no_access(const struct plan *plan, const char *path)
{
	struct stat st;
	struct statvfs fs;
	bool looked = stat(path, &st) == 0;
	if (looked && S_ISDIR(st.st_mode))
		cannot(path, "is a directory", "give a program in it");
	if (is_denied_by_policy(plan, path))
		cannot(path, "the policy denies it", ask_explain);
	if (!looked)
		cannot(path, "a directory on the way may not be searched",
			ask_explain);
	if (!S_ISREG(st.st_mode))
		cannot(path, "is not a regular file", "give a program");
	if ((st.st_mode & 0111) == 0)
		cannot(path, "is not executable",
			"chmod +x, or name its interpreter");
	if (statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOEXEC) != 0)
		cannot(path, "its file system is mounted noexec",
			"run it from another place");
	cannot(path, "access denied", ask_explain);
}

void
exec_fail(const struct plan *plan, const char *path, int err)
{
	if (path[0] == '\0')
		fail(FAIL_NOT_FOUND, "command", "its name is empty",
			"give a program behind --");
	if (err == ENOENT && exec_fail_is_there(path))
		no_interpreter(path);
	if (err == ENOENT)
		not_there(path);
	if (err == EACCES)
		no_access(plan, path);
	const char *words = err == E2BIG
				    ? "arguments and environment are too long"
			    : err == ENOEXEC ? "not a program for this machine"
			    : err == ETXTBSY ? "the program is open for writing"
					     : fail_errno(err);
	cannot(path, words != NULL ? words : "the kernel refuses to run it",
		err == E2BIG ? "shorten the arguments or the environment"
			     : ask_explain);
}
