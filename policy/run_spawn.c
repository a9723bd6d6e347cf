/* SPDX-License-Identifier: Apache-2.0 */
/* run_spawn.c -- the child of the front end, and its orphans (room: user). */
#include "policy/run_spawn.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/run.h"

enum { CHUNK = 4096, GENERATIONS_MAX = 10000 };

/* ---- in the child: system calls only, our memory is still the parent's --- */

static int
keep(int fd)
{
	return fd < 0 ? 0 : fcntl(fd, F_SETFD, 0);
}

/* Close-on-exec for all, then off again for what the plan declares. */
static int
hand_on(const struct plan *p)
{
	if (close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC) < 0 ||
		keep(PLAN_FD) < 0 || keep(p->control_fd) < 0 ||
		keep(p->net_fd) < 0 || keep(p->init_fd) < 0)
		return -1;
	for (int i = 0; i < 3; i++)
		if (keep(p->stdio_fd[i]) < 0)
			return -1;
	for (uint32_t i = 0; i < p->n_mounts; i++)
		if (keep(p->mounts[i].fd) < 0)
			return -1;
	return 0;
}

/* Ask for the namespaces of init, see launcher/plan.h.  No other descriptor may
 * get one of the two numbers. */
static int
ask_for_spaces(uint32_t flags, int gate)
{
	const bool network = (flags & PLAN_PRIVATE_NET) != 0;
	if ((flags & PLAN_INIT_MOUNTS) == 0)
		return 0;
	if (dup2(gate, PLAN_HOLDER_FD) < 0)
		return -1;
	return dup2(network ? gate : STDIN_FILENO, PLAN_LINE_FD);
}

static int
set_stdio(int errlog_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(errlog_fd, STDERR_FILENO) < 0 ||
		dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return -1;
	return 0;
}

/* Returns only when it failed; errno says why. */
static void
become(const struct run_args *a, int gate, pid_t parent)
{
	static const char launch[] = "codex-sandbox-launch";
	static const char init[] = "codex-sandbox-init";
	const bool caged = (a->plan->flags & PLAN_NAMESPACES) != 0;
	const char *argv[] = { caged ? launch : init, NULL };
	const char *env[] = { NULL };
	union {
		const char **ours;
		char **execs; /* which does not write to it */
	} words = { .ours = argv }, none = { .ours = env };
	/* Should we be killed, init reads the end of the control socket.  No
	 * PDEATHSIG before that: a bwrap that is killed between its fork and
	 * its word to the child leaves that waiting for ever. */
	if (getppid() != parent)
		_exit(DIAG_SETUP);
	if (a->cgroup_fd >= 0 && write(a->cgroup_fd, "0", 1) != 1)
		return;
	if (set_stdio(a->errlog_fd) == 0 && hand_on(a->plan) == 0 &&
		ask_for_spaces(a->plan->flags, gate) >= 0)
		(void)execve(a->program, words.execs, none.execs);
}

/* ---- in the parent ------------------------------------------------------- */

int
run_gate(int *ret_far, int *ret_near, struct diag *d)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return diag_set(d, -errno, DIAG_SETUP, "pipe",
			diag_errno(errno),
			"raise the limit on open files (ulimit -n)");
	*ret_far = ends[0];
	*ret_near = ends[1];
	return 0;
}

int
run_spawned(pid_t pid, int failed, const char *program, struct diag *d)
{
	if (pid < 0)
		return diag_set(d, -errno, DIAG_SETUP, "new process",
			diag_errno(errno), "raise the limit on processes");
	if (failed != 0) {
		(void)waitpid(pid, NULL, 0); /* it has ended */
		return diag_set(d, -failed, DIAG_SETUP, program,
			diag_errno(failed),
			"install codex-sandbox again, with its programs");
	}
	return 0;
}

int
run_spawn(const struct run_args *a, int gate, pid_t *ret_pid, struct diag *d)
{
	volatile int failed = 0; /* written by the child, in our memory */
	pid_t self = getpid();
	/*
	 * vfork: copying our page tables would cost more than the whole rest
	 * of the start.  All signals we handle are blocked, and the child makes
	 * system calls only.
	 */
	pid_t pid =
		vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
	if (pid == 0) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
		become(a, gate, self);
		failed = errno;
		_exit(DIAG_SETUP);
	}
	int err = run_spawned(pid, failed, a->program, d);
	if (err == 0)
		*ret_pid = pid;
	return err;
}

/* Kill and wait for everybody listed behind `zombie`; how many there were. */
static int
kill_generation(pid_t zombie)
{
	char chunk[CHUNK];
	pid_t number = 0;
	bool behind = false;
	int killed = 0;
	own_fd int fd =
		open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, chunk, sizeof(chunk));
	for (ssize_t i = 0; i < n; i++) {
		if (chunk[i] >= '0' && chunk[i] <= '9') {
			number = number * 10 + (chunk[i] - '0');
			continue;
		}
		if (behind && kill(number, SIGKILL) == 0 &&
			waitpid(number, NULL, 0) == number)
			killed++;
		behind = behind || number == zombie;
		number = 0;
	}
	return killed;
}

void
run_kill_behind(pid_t zombie)
{
	/* The kernel lists children in the order in which they became ours. */
	for (int i = 0; i < GENERATIONS_MAX; i++)
		if (kill_generation(zombie) == 0)
			return;
}
