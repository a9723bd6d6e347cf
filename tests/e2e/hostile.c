/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile.c -- hostile WORD... -- PROGRAM [ARG...]: leave behind, one after the
 * other, what the words say, then become PROGRAM; room: test.
 */
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct victim {
	char **argv;
	const char **env;
};

static void
need(bool holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	_exit(99);
}

/* ---- what can be left behind ------------------------------------------------- */

static void
no_arguments(struct victim *v, const char *arg)
{
	static char *none[] = { NULL };
	(void)arg;
	(void)execve(v->argv[0], none, none);
	need(false, "execve");
}

/* Timers of every kind that fire in the middle: after a second, and then often. */
static void
timers(struct victim *v, const char *arg)
{
	const struct itimerval soon = { { 0, 50 }, { 1, 0 } };
	(void)v;
	(void)arg;
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
		need(syscall(SYS_setitimer, which, &soon, NULL) == 0,
			"setitimer");
}

static void
signals_ignored(struct victim *v, const char *arg)
{
	(void)v;
	(void)arg;
	for (int n = 1; n < NSIG; n++)
		(void)signal(n, SIG_IGN); /* fails for two of them */
}

/* All blocked, and one of each waiting. */
static void
signals_pending(struct victim *v, const char *arg)
{
	sigset_t all;
	(void)v;
	(void)arg;
	sigfillset(&all);
	need(sigprocmask(SIG_BLOCK, &all, NULL) == 0, "sigprocmask");
	for (int n = 1; n < 32; n++)
		if (n != SIGKILL && n != SIGSTOP)
			(void)raise(n);
}

/* fds=N: N directories, sockets and devices above 10, none close-on-exec. */
static void
descriptors(struct victim *v, const char *arg)
{
	static const char *const places[] = { "/", "/proc", "/proc/self/ns",
		"/dev/null", "/etc/passwd" };
	int pair[2];
	(void)v;
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	for (int i = 0; i < atoi(arg); i++) {
		const int from = i % 6 == 5 ? dup(pair[0])
					    : open(places[i % 6], O_RDONLY);
		need(from >= 0 && fcntl(from, F_DUPFD, 10) >= 0, "descriptors");
		(void)close(from);
	}
}

static void
closed(struct victim *v, const char *arg)
{
	(void)v;
	for (; *arg != '\0'; arg++)
		(void)close(*arg - '0');
}

/* soft=NAME:N, hard=NAME:N (both of them) */
static void
limit(const char *arg, bool hard)
{
	static const struct {
		const char *name;
		int resource;
	} names[] = { { "nofile", RLIMIT_NOFILE }, { "fsize", RLIMIT_FSIZE },
		{ "as", RLIMIT_AS }, { "data", RLIMIT_DATA },
		{ "nproc", RLIMIT_NPROC }, { "core", RLIMIT_CORE },
		{ "stack", RLIMIT_STACK }, { "cpu", RLIMIT_CPU },
		{ "memlock", RLIMIT_MEMLOCK },
		{ "sigpending", RLIMIT_SIGPENDING },
		{ "msgqueue", RLIMIT_MSGQUEUE }, { "rtprio", RLIMIT_RTPRIO } };
	const size_t len = strcspn(arg, ":");
	struct rlimit l;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strlen(names[i].name) != len ||
			strncmp(names[i].name, arg, len) != 0)
			continue;
		need(syscall(SYS_prlimit64, 0, names[i].resource, NULL, &l) ==
				0,
			"getrlimit");
		l.rlim_cur = strtoul(arg + len + 1, NULL, 10);
		if (hard)
			l.rlim_max = l.rlim_cur;
		need(syscall(SYS_prlimit64, 0, names[i].resource, &l, NULL) ==
				0,
			"setrlimit");
		return;
	}
	need(false, arg);
}

static void
soft(struct victim *v, const char *arg)
{
	(void)v;
	limit(arg, false);
}

static void
hard(struct victim *v, const char *arg)
{
	(void)v;
	limit(arg, true);
}

static void
odd_personality(struct victim *v, const char *arg)
{
	(void)v;
	need(personality((unsigned long)strtoul(arg, NULL, 16)) >= 0,
		"personality");
}

static void
mode_mask(struct victim *v, const char *arg)
{
	(void)v;
	(void)umask((mode_t)strtoul(arg, NULL, 8));
}

/* cwd=gone DIR is made and removed; cwd=fd: /proc/self/fd; cwd=DIR */
static void
directory(struct victim *v, const char *arg)
{
	(void)v;
	if (strcmp(arg, "gone") != 0) {
		need(chdir(strcmp(arg, "fd") == 0 ? "/proc/self/fd" : arg) == 0,
			arg);
		return;
	}
	need(mkdir("gone", 0700) == 0 && chdir("gone") == 0 &&
			rmdir("../gone") == 0,
		arg);
}

/* What loaders and C libraries read, and a megabyte of nothing. */
static void
environment(struct victim *v, const char *arg)
{
	static const char *env[600] = { "LD_PRELOAD=/nowhere.so", "LD_AUDIT=x",
		"LD_LIBRARY_PATH=.", "LD_DEBUG=all",
		"LD_DEBUG_OUTPUT=made-by-ld", "LD_BIND_NOW=", "LD_SHOW_AUXV=1",
		"GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A",
		"GCONV_PATH=.", "LOCPATH=.", "LANG=x", "LC_ALL=../../x",
		"NLSPATH=%N", "TZ=/etc/shadow", "TZDIR=.",
		"MALLOC_TRACE=made-by-malloc", "MALLOC_CHECK_=3",
		"MALLOC_ARENA_MAX=0", "MUSL_LOCPATH=.",
		"HOSTALIASES=/etc/shadow", "RES_OPTIONS=debug", "TMPDIR=.",
		"RESOLV_HOST_CONF=/etc/shadow", "NIS_PATH=.", "PATH=.", "IFS=/",
		"CSB_BREAK=filter", "XDG_RUNTIME_DIR=/", "=", "", "nothing" };
	static char filler[2048];
	size_t n = 0;
	(void)arg;
	while (env[n] != NULL)
		n++;
	memset(filler, 'x', sizeof filler - 1);
	for (; n < 590; n++)
		env[n] = filler;
	v->env = env;
}

static void
no_new_privs(struct victim *v, const char *arg)
{
	(void)v;
	(void)arg;
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
}

static void
undead(struct victim *v, const char *arg)
{
	(void)v;
	(void)arg;
	need(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 &&
			prctl(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0) == 0 &&
			prctl(PR_SET_TIMERSLACK, 1UL << 40, 0, 0, 0) == 0,
		"prctl");
}

/* Somebody else has the same cwd and umask, and changes them all the time. */
static int
change_directory(void *arg)
{
	(void)arg;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (;;) {
		(void)!chdir("/tmp");
		(void)!chdir("/");
		(void)umask(0);
	}
	return 0;
}

static void
shared_cwd(struct victim *v, const char *arg)
{
	static char stack[65536];
	(void)v;
	(void)arg;
	need(clone(change_directory, stack + sizeof stack, CLONE_FS | SIGCHLD,
		     NULL) > 0,
		"clone");
}

/* A parent that traces us over the exec, and lets go afterwards. */
static void
traced(struct victim *v, const char *arg)
{
	int status = 0;
	const pid_t pid = fork();
	(void)v;
	(void)arg;
	if (pid == 0) {
		need(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0, "ptrace");
		return; /* becomes PROGRAM, and stops there */
	}
	need(pid > 0 && waitpid(pid, &status, 0) == pid, "waitpid");
	if (WIFSTOPPED(status)) {
		need(ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0, "detach");
		need(waitpid(pid, &status, 0) == pid, "waitpid");
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

static const struct {
	const char *word;
	void (*leave)(struct victim *v, const char *arg);
} acts[] = {
	{ "no-arguments", no_arguments },
	{ "timers", timers },
	{ "ignored", signals_ignored },
	{ "pending", signals_pending },
	{ "fds=", descriptors },
	{ "closed=", closed },
	{ "soft=", soft },
	{ "hard=", hard },
	{ "personality=", odd_personality },
	{ "umask=", mode_mask },
	{ "cwd=", directory },
	{ "environment", environment },
	{ "no-new-privs", no_new_privs },
	{ "undead", undead },
	{ "shared-cwd", shared_cwd },
	{ "traced", traced },
};

static void
leave(struct victim *v, const char *word)
{
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		const size_t len = strlen(acts[i].word);
		if (strncmp(acts[i].word, word, len) == 0) {
			acts[i].leave(v, word + len);
			return;
		}
	}
	need(false, word);
}

int
main(int argc, char **argv)
{
	union {
		const char **ours;
		char **execs; /* which does not write to it */
	} env = { .execs = environ };
	struct victim v = { .env = env.ours };
	int n = 1;
	while (n < argc && strcmp(argv[n], "--") != 0)
		n++;
	if (n + 1 >= argc)
		return 2;
	v.argv = argv + n + 1;
	for (int i = 1; i < n; i++)
		leave(&v, argv[i]);
	env.ours = v.env;
	(void)execve(v.argv[0], v.argv, env.execs);
	perror(v.argv[0]);
	return errno == ENOMEM ? 98 : 99;
}
