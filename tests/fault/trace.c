/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c -- follow a sandbox from its front end to its end; room: test. */
#include "tests/fault/trace.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/elf.h>

enum { PROCESSES_MAX = 64, DEADLINE_S = 20 };

struct process {
	pid_t pid;
	enum role role;
	bool failing; /* the call it is in is the one that fails */
	bool unborn;  /* it stopped before its parent told of it */
};

struct trace {
	const struct fault *fault;
	struct outcome *ret;
	uid_t uid;
	pid_t front;
	bool launched; /* what runs from now on runs for the caller */
	struct process table[PROCESSES_MAX];
};

static volatile sig_atomic_t deadline;

static void
on_alarm(int sig)
{
	(void)sig;
	deadline = 1;
}

/* --- registers ---------------------------------------------------------------- */

#if defined(__x86_64__)
static void
skip_call(pid_t pid)
{
	(void)ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax),
		-1L);
}

static void
set_result(pid_t pid, long result)
{
	(void)ptrace(
		PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), result);
}
#elif defined(__aarch64__)
static void
skip_call(pid_t pid)
{
	int none = -1;
	struct iovec v = { &none, sizeof none };
	(void)ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &v);
}

static void
set_result(pid_t pid, long result)
{
	struct user_regs_struct regs;
	struct iovec v = { &regs, sizeof regs };
	(void)ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &v);
	regs.regs[0] = (unsigned long)result;
	(void)ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &v);
}
#else
#	error "the registers of this machine are not known here"
#endif

/* --- processes ---------------------------------------------------------------- */

static struct process *
find(struct trace *t, pid_t pid)
{
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (t->table[i].pid == pid)
			return &t->table[i];
	return NULL;
}

static struct process *
find_or_add(struct trace *t, pid_t pid)
{
	struct process *p = find(t, pid);
	if (p != NULL)
		return p;
	p = find(t, 0);
	if (p == NULL) {
		fputs("trace: too many processes\n", stderr);
		exit(2);
	}
	*p = (struct process){ .pid = pid, .role = OTHER };
	return p;
}

static void
kill_all(struct trace *t)
{
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (t->table[i].pid != 0)
			(void)kill(t->table[i].pid, SIGKILL);
}

/* Behind the fault nobody needs to be looked at any more, call by call. */
static void
go_on(const struct trace *t, const struct process *p, int sig)
{
	const bool ours = p->role > NOBODY && p->role < OTHER &&
			  (!t->ret->hit || p->failing);
	(void)ptrace(
		ours ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, NULL, (long)sig);
}

static enum role
role_of_program(pid_t pid)
{
	char link[64], exe[4096] = "";
	(void)snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
	if (readlink(link, exe, sizeof exe - 1) <= 0)
		return OTHER;
	const char *name = strrchr(exe, '/');
	if (name != NULL && strcmp(name, "/codex-sandbox-launch") == 0)
		return LAUNCH;
	if (name != NULL && strcmp(name, "/codex-sandbox-init") == 0)
		return INIT;
	return OTHER;
}

static enum role
role_of_child(enum role parent)
{
	switch (parent) {
	case LAUNCH:
	case HOLDER: return HOLDER;
	case INIT:
	case CHILD: return CHILD;
	default: return OTHER;
	}
}

/* --- what a right outside would be ----------------------------------------------- */

static bool
same_user_namespace(pid_t pid)
{
	char path[64], ours[64] = "", theirs[64] = "";
	(void)snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
	return readlink("/proc/self/ns/user", ours, sizeof ours - 1) <= 0 ||
	       readlink(path, theirs, sizeof theirs - 1) <= 0 ||
	       strcmp(ours, theirs) == 0;
}

/* As root only: who does not own a process cannot look. */
static void
check_rights(struct trace *t, pid_t pid)
{
	char path[64], line[256];
	if (geteuid() != 0 || !t->launched || t->ret->gained[0] != '\0')
		return;
	(void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");
	const bool outside = same_user_namespace(pid);
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		unsigned long long set = 0;
		unsigned int id[4] = { 0 };
		bool bad = false;
		if (sscanf(line, "CapInh: %llx", &set) == 1 ||
			sscanf(line, "CapPrm: %llx", &set) == 1 ||
			sscanf(line, "CapEff: %llx", &set) == 1 ||
			sscanf(line, "CapAmb: %llx", &set) == 1)
			bad = outside && set != 0;
		else if (sscanf(line + 1, "id: %u %u %u %u", &id[0], &id[1],
				 &id[2], &id[3]) == 4 &&
			 (line[0] == 'U' || line[0] == 'G'))
			for (int i = 0; i < 4; i++)
				bad = bad || id[i] != t->uid;
		if (bad)
			(void)snprintf(t->ret->gained, sizeof t->ret->gained,
				"%d: %.200s", (int)pid, line);
	}
	if (f != NULL)
		fclose(f);
}

/* --- stops ---------------------------------------------------------------------- */

static void
on_call(struct trace *t, struct process *p)
{
	struct __ptrace_syscall_info info = { 0 };
	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof info, &info) <= 0 ||
		p->role == NOBODY || p->role >= OTHER)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->failing) {
		set_result(p->pid, t->fault->err == 0 ? 0 : -t->fault->err);
		p->failing = false;
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	/* Here the caller's bytes begin: cold_plan asks for the plan's seals. */
	if (p->role == LAUNCH && info.entry.nr == SYS_fcntl &&
		info.entry.args[1] == F_GET_SEALS)
		check_rights(t, p->pid);
	unsigned int n = t->ret->calls[p->role]++;
	if (n < CALLS_MAX)
		t->ret->call[p->role][n] = (int)info.entry.nr;
	if (p->role == t->fault->role && n == t->fault->index) {
		t->ret->hit = true;
		p->failing = true;
		skip_call(p->pid);
	}
}

static void
on_event(struct trace *t, struct process *p, int event)
{
	unsigned long child = 0;
	struct process *born = NULL;
	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		(void)ptrace(PTRACE_GETEVENTMSG, p->pid, NULL, &child);
		born = find_or_add(t, (pid_t)child);
		born->role = role_of_child(p->role);
		if (born->unborn)
			go_on(t, born, 0);
		born->unborn = false;
		break;
	case PTRACE_EVENT_EXEC:
		p->role = role_of_program(p->pid);
		/* The launcher has the bit; a weaker plan starts it again. */
		if (p->role != LAUNCH)
			check_rights(t, p->pid);
		p->failing = false;
		t->launched = t->launched || p->role == LAUNCH;
		break;
	default: break;
	}
}

static void
on_stop(struct trace *t, pid_t pid, int status)
{
	const bool known = find(t, pid) != NULL;
	struct process *p = find_or_add(t, pid);
	const int sig = WSTOPSIG(status), event = status >> 16;
	if (event == PTRACE_EVENT_STOP && !known) {
		p->unborn = true; /* its role comes with its parent's event */
	} else if (event == PTRACE_EVENT_STOP) {
		/* A new process, or one that SIGSTOP and the like hold. */
		if (sig == SIGTRAP)
			go_on(t, p, 0);
		else
			(void)ptrace(PTRACE_LISTEN, pid, NULL, NULL);
	}
	if (event == PTRACE_EVENT_STOP)
		return;
	if (sig == (SIGTRAP | 0x80))
		on_call(t, p);
	else if (event != 0)
		on_event(t, p, event);
	go_on(t, p, sig == (SIGTRAP | 0x80) || event != 0 ? 0 : sig);
}

static void
follow(struct trace *t)
{
	for (;;) {
		int status = 0;
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			return;
		if (pid < 0 && deadline) {
			t->ret->hung = t->front != 0;
			t->ret->survived = t->front == 0;
			kill_all(t);
			deadline = 0; /* again in a second: for the newborn */
			continue;
		}
		if (pid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			on_stop(t, pid, status);
			continue;
		}
		struct process *p = find(t, pid);
		if (p != NULL)
			p->pid = 0;
		if (pid == t->front) {
			t->front = 0;
			t->ret->code = WIFEXITED(status)
					       ? WEXITSTATUS(status)
					       : 128 + WTERMSIG(status);
		}
	}
}

/* --- the beginning ----------------------------------------------------------------- */

struct streams {
	int in, out, err;
	int go;     /* one byte, when the tracer is ready */
	int master; /* of the terminal, or -1 */
};

static void
be_traced(char **argv, const struct streams *s)
{
	char byte;
	/* A session of its own: the terminal becomes its controlling one. */
	if (s->master >= 0 && (setsid() < 0 || ioctl(s->in, TIOCSCTTY, 0) != 0))
		_exit(2);
	if (read(s->go, &byte, 1) != 1 || dup2(s->in, 0) < 0 ||
		dup2(s->out, 1) < 0 || dup2(s->err, 2) < 0)
		_exit(2);
	(void)execvp(argv[0], argv);
	perror(argv[0]);
	_exit(2);
}

static int
new_text(void)
{
	return memfd_create("text", MFD_CLOEXEC);
}

static void
take_text(int fd, char text[TEXT_MAX])
{
	ssize_t n = pread(fd, text, TEXT_MAX - 1, 0);
	text[n > 0 ? n : 0] = '\0';
}

static bool
open_streams(const struct setting *setting, struct streams *s)
{
	const int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
	s->out = new_text();
	s->err = new_text();
	s->master = setting->terminal ? posix_openpt(flags) : -1;
	if (setting->terminal && (s->master < 0 || unlockpt(s->master) != 0))
		return false;
	s->in = open(
		setting->terminal ? ptsname(s->master) : "/dev/null", flags);
	return s->in >= 0 && s->out >= 0 && s->err >= 0;
}

static void
close_streams(const struct streams *s)
{
	close(s->in);
	close(s->out);
	close(s->err);
	if (s->master >= 0)
		close(s->master);
}

static bool
begin(struct trace *t, char **argv, struct streams *s)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int go[2];
	if (pipe2(go, O_CLOEXEC) != 0)
		return false;
	s->go = go[0];
	t->front = fork();
	if (t->front == 0)
		be_traced(argv, s);
	close(go[0]);
	bool good = t->front > 0 &&
		    ptrace(PTRACE_SEIZE, t->front, NULL, options) == 0 &&
		    write(go[1], "", 1) == 1;
	close(go[1]);
	return good;
}

bool
trace_run(char **argv, const struct setting *setting, const struct fault *fault,
	struct outcome *ret)
{
	static struct trace t;
	const struct itimerval limit = { { 1, 0 }, { DEADLINE_S, 0 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	const struct sigaction alarmed = { .sa_handler = on_alarm };
	struct streams s;
	t = (struct trace){ .fault = fault, .ret = ret, .uid = setting->uid };
	*ret = (struct outcome){ .code = -1 };
	if (!open_streams(setting, &s) ||
		sigaction(SIGALRM, &alarmed, NULL) != 0 || !begin(&t, argv, &s))
		return false;
	(void)find_or_add(&t, t.front);
	deadline = 0;
	(void)setitimer(ITIMER_REAL, &limit, NULL);
	follow(&t);
	(void)setitimer(ITIMER_REAL, &never, NULL);
	take_text(s.out, ret->out);
	take_text(s.err, ret->err);
	close_streams(&s);
	return true;
}
