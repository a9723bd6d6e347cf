/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command.c -- the child of init becomes the command (room: inside).
 *
 * What the command gets: stdin, stdout, stderr and no other descriptor, no
 * blocked and no ignored signal, the plan's umask, limits, directory, argv and
 * environment, a process group of its own in init's session.
 */
#include "netns/command.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "launcher/plan_wire.h"
#include "netns/exec_fail.h"
#include "netns/init.h"
#include "netns/landlock.h"
#include "netns/stdio.h"
#include "netns/tty.h"

static const char path_default[] = "/usr/local/bin:/usr/bin:/bin";
static const char shell[] = "/bin/sh";

static void
lay_out(struct init *init)
{
	const struct plan *plan = init->plan;
	size_t slots = 3 + (size_t)plan->argv.count + plan->env.count;
	void *room = mmap(NULL, slots * sizeof *init->vector,
		PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		die_errno("arguments", "codex-sandbox doctor");
	init->vector = room;
	const char **next = init->vector + 1; /* the first one is spare */
	for (size_t at = 0; (*next = plan_list_next(&plan->argv, &at)) != NULL;)
		next++;
	init->env = ++next;
	for (size_t at = 0; (*next = plan_list_next(&plan->env, &at)) != NULL;)
		next++;
}

void
command_prepare(struct init *init)
{
	const char *cwd = init->plan->cwd;
	lay_out(init);
	if (chdir(cwd) == 0)
		return;
	if (errno == ENOENT || errno == EACCES)
		die(cwd, "this working directory is not visible in the sandbox",
			"give another one with -C, or grant it with -r");
	die_errno(cwd, "give another working directory with -C");
}

static void
set_limits(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_limits; i++) {
		const struct plan_limit *l = &plan->limits[i];
		const uint64_t limit[2] = { l->soft, l->hard };
		/* By number: the C libraries' types of a resource differ. */
		if (syscall(SYS_prlimit64, 0, l->resource, limit, NULL) != 0)
			die_errno("resource limit",
				"it cannot be raised above the hard limit "
				"(ulimit -H)");
	}
}

/*
 * The raw call: libc keeps signals 32 to 34 to itself, and whoever started us
 * did not have to.  All-zero is SIG_DFL on every architecture.
 */
static void
reset_signals(uint64_t ignored)
{
	static const unsigned char by_default[64] = { 0 };
	const sigset_t none = { { 0 } };
	for (int sig = 1; sig <= 64; sig++)
		if ((ignored >> (sig - 1) & 1) != 0 && sig != SIGKILL &&
			sig != SIGSTOP &&
			syscall(SYS_rt_sigaction, sig, by_default, NULL,
				sizeof(uint64_t)) != 0)
			die_errno("signals", "codex-sandbox doctor");
	if (sigprocmask(SIG_SETMASK, &none, NULL) != 0)
		die_errno("signals", "codex-sandbox doctor");
}

static const char *
path_of(const struct init *init)
{
	for (const char **e = init->env; *e != NULL; e++)
		if (strncmp(*e, "PATH=", 5) == 0)
			return *e + 5;
	return path_default;
}

/* execve() wants arrays it could write to, and does not. */
static void
execute(const char *path, const char **argv, const char **env)
{
	union {
		const char **ours;
		char **theirs;
	} a = { .ours = argv }, e = { .ours = env };
	(void)execve(path, a.theirs, e.theirs); /* the caller reads errno */
}

/* As execvp(): a file without a magic number is a script of the shell. */
static int
try_exec(const struct init *init, const char *path)
{
	execute(path, init->vector + 1, init->env);
	if (errno != ENOEXEC || exec_fail_is_binary(path))
		return errno;
	init->vector[0] = shell;
	init->vector[1] = path;
	execute(shell, init->vector, init->env);
	return ENOEXEC;
}

/* DIR/NAME into room; false when it does not fit. */
static bool
join(char room[PATH_MAX], const char *dir, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	if (len + 1 + name_len >= PATH_MAX)
		return false;
	memcpy(room, dir, len);
	room[len] = '/';
	memcpy(room + len + (len > 0), name, name_len + 1);
	return true;
}

static _Noreturn void
search_and_exec(const struct init *init)
{
	const char *name = init->vector[1];
	char candidate[PATH_MAX] = "";
	char refused[PATH_MAX] = "";
	const char *next = path_of(init);
	if (name[0] == '\0' || strchr(name, '/') != NULL)
		exec_fail(init->plan, name, try_exec(init, name));
	while (next != NULL) {
		const char *dir = next;
		const char *end = strchrnul(dir, ':');
		next = *end == ':' ? end + 1 : NULL;
		if (!join(candidate, dir, (size_t)(end - dir), name))
			continue;
		int err = try_exec(init, candidate);
		if ((err == ENOENT || err == EACCES) &&
			!exec_fail_is_there(candidate))
			continue; /* or in a directory that is shut to us */
		if (err == ENOTDIR || err == ENODEV || err == ESTALE ||
			err == ETIMEDOUT || err == ENAMETOOLONG)
			continue;
		if (err != EACCES)
			exec_fail(init->plan, candidate, err);
		if (refused[0] == '\0') /* another one may do */
			memcpy(refused, candidate, sizeof refused);
	}
	if (refused[0] != '\0')
		exec_fail(init->plan, refused, EACCES);
	fail(FAIL_NOT_FOUND, name, "not found in PATH",
		"check its name, or give its path");
}

static _Noreturn void
become(struct init *init)
{
	(void)setpgid(0, 0); /* no leader yet: cannot fail */
	if (!init->pid1)
		/* Nobody but us would end it when init is killed. */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (init->tty >= 0 && init->foreground)
		tty_give(init->tty, getpid());
	landlock_part(init->plan);
	stdio_give(init->plan, init->tty);
	init->has_stdio = true;
	stdio_shut();
	(void)umask((mode_t)init->plan->umask);
	set_limits(init->plan);
	reset_signals(init->ignored);
	search_and_exec(init);
}

/*
 * vfork: the child borrows our memory until it is the command, which saves the
 * copy of the page tables (50 us, and the loop below could not run any sooner:
 * an exec that hangs on a dead file system cannot be timed out anyway, and KILL
 * reaches us in the wait).  All signals are blocked; the child makes system
 * calls, and writes to nothing of ours but `vector`, which we do not read, and
 * `has_stdio`.  Without that what it said went to the error log, and as we end
 * without a word the front end reads it there.
 */
pid_t
command_start(struct init *init)
{
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t pid = vfork();
	if (pid < 0)
		die_errno("new process", "raise the limit on processes");
	if (pid == 0) /* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
		become(init);
	if (!init->has_stdio)
		_exit(FAIL_SETUP);
	return pid;
}
