/* SPDX-License-Identifier: Apache-2.0 */
/*
 * count.c -- system calls, forks, execs and instructions of each program.
 *
 * By ptrace, so that all processes of a sandbox are seen whatever namespace
 * they are in, and a virtual machine without performance counters can say how
 * many instructions ran: they are stepped through one by one.  The work of
 * a command is counted from its first exec on.
 */
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/ptrace.h>

#include "tests/bench/bench.h"

enum {
	PROGRAMS_MAX = 64,
	TASKS_MAX = 1024,
	NAME_LEN = 64,
	EVENT_SHIFT = 16,
	FOLLOW = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
		 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
};

struct program {
	char name[NAME_LEN];
	uint64_t calls, forks, execs, steps;
};

struct task {
	pid_t pid;
	size_t program;
};

struct count {
	const struct bench *bench;
	bool begun;
	size_t n_programs, n_tasks;
	struct program program[PROGRAMS_MAX];
	struct task task[TASKS_MAX];
};

/* The program of a process that has just become it: the name of its file. */
static size_t
program_of(struct count *c, pid_t pid)
{
	char link[32];
	char path[PATH_MAX] = "?";
	size_t i = 0;
	(void)snprintf(link, sizeof link, "/proc/%d/exe", pid);
	ssize_t n = readlink(link, path, sizeof path - 1);
	path[n > 0 ? n : 1] = '\0';
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	while (i < c->n_programs && strcmp(c->program[i].name, name) != 0)
		i++;
	if (i == PROGRAMS_MAX)
		bench_die(name, "is one program too many");
	if (i == c->n_programs) {
		(void)snprintf(c->program[i].name, NAME_LEN, "%.*s",
			NAME_LEN - 1, name);
		c->n_programs++;
	}
	return i;
}

static struct task *
task_of(struct count *c, pid_t pid)
{
	for (size_t i = 0; i < c->n_tasks; i++)
		if (c->task[i].pid == pid)
			return &c->task[i];
	if (c->n_tasks == TASKS_MAX)
		bench_die("processes", "too many");
	c->task[c->n_tasks] = (struct task){ pid, 0 };
	return &c->task[c->n_tasks++];
}

static void
on_event(struct count *c, struct task *t, int event)
{
	unsigned long child = 0;
	size_t program = t->program;
	switch (event) {
	case PTRACE_EVENT_EXEC:
		c->begun = true;
		t->program = program_of(c, t->pid);
		c->program[t->program].execs++;
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		c->program[program].forks += c->begun;
		(void)ptrace(PTRACE_GETEVENTMSG, t->pid, NULL, &child);
		task_of(c, (pid_t)child)->program = program;
		break;
	default: break;
	}
}

static void
on_call(struct count *c, const struct task *t)
{
	struct ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof info, &info) > 0 &&
		info.op == PTRACE_SYSCALL_INFO_ENTRY)
		c->program[t->program].calls += c->begun;
}

/* A stop of one task; returns how to go on, and with which signal. */
static int
on_stop(struct count *c, struct task *t, int status, int *ret_signal)
{
	const int sig = WSTOPSIG(status);
	const int event = status >> EVENT_SHIFT;
	const int go = c->bench->steps ? PTRACE_SINGLESTEP : PTRACE_SYSCALL;
	*ret_signal = 0;
	if (event == PTRACE_EVENT_STOP)
		return sig == SIGTRAP ? go : PTRACE_LISTEN; /* new | stopped */
	if (event != 0)
		on_event(c, t, event);
	else if (sig == (SIGTRAP | 0x80))
		on_call(c, t);
	else if (sig == SIGTRAP && c->bench->steps)
		c->program[t->program].steps += c->begun;
	else
		*ret_signal = sig;
	return go;
}

static void
follow(struct count *c, const struct contender *who, pid_t first)
{
	for (;;) {
		int status = 0;
		int sig = 0;
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			return;
		if (pid < 0)
			continue;
		if (!WIFSTOPPED(status)) {
			if (pid == first && status != 0)
				bench_die(who->name, "failed");
			continue;
		}
		struct task *t = task_of(c, pid);
		int go = on_stop(c, t, status, &sig);
		(void)ptrace((enum __ptrace_request)go, pid, NULL, sig);
	}
}

static _Noreturn void
become(const struct bench *b, const struct contender *who, int gate)
{
	char byte;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	(void)!read(gate, &byte, 1);
	if (b->switched &&
		(setresuid(getuid(), getuid(), getuid()) != 0 || getuid() == 0))
		_exit(1);
	(void)dup2(null, 0);
	(void)dup2(null, 1);
	(void)execvp(who->argv[0], who->argv);
	_exit(127);
}

static void
count_one(struct count *c, const struct contender *who)
{
	int gate[2];
	if (pipe2(gate, O_CLOEXEC) != 0)
		bench_die("pipe", strerror(errno));
	pid_t pid = fork();
	if (pid == 0)
		become(c->bench, who, gate[0]);
	if (pid < 0 || ptrace(PTRACE_SEIZE, pid, NULL, FOLLOW) != 0)
		bench_die("ptrace", strerror(errno));
	/* From here on it stops at each call; the gate is not counted. */
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0)
		bench_die("ptrace", strerror(errno));
	(void)!write(gate[1], "", 1);
	(void)close(gate[0]);
	(void)close(gate[1]);
	follow(c, who, pid);
}

static void
print_count(FILE *f, const char *name, const struct program *p)
{
	(void)fprintf(f, "  %-24s %-20s %6llu calls %3llu forks %3llu execs",
		name, p->name, (unsigned long long)p->calls,
		(unsigned long long)p->forks, (unsigned long long)p->execs);
	if (p->steps != 0)
		(void)fprintf(
			f, " %9llu instructions", (unsigned long long)p->steps);
	(void)fprintf(f, "\n");
}

static void
json_count(FILE *f, const char *name, const struct program *p, bool first)
{
	if (f == NULL)
		return;
	(void)fprintf(f,
		"%s\n  {\"name\":\"%s\",\"program\":\"%s\",\"syscalls\":%llu,"
		"\"forks\":%llu,\"execs\":%llu,\"instructions\":%llu}",
		first ? "" : ",", name, p->name, (unsigned long long)p->calls,
		(unsigned long long)p->forks, (unsigned long long)p->execs,
		(unsigned long long)p->steps);
}

void
count_run(struct bench *b)
{
	static struct count c;
	FILE *f = b->json ? fopen(b->json, "w") : NULL;
	if (b->json != NULL && f == NULL)
		bench_die(b->json, "cannot be written");
	(void)printf("\n%s\n", b->title);
	if (f != NULL)
		(void)fprintf(f, "{\"title\":\"%s\",\"counts\":[", b->title);
	for (size_t i = 0; i < b->n; i++) {
		struct program all = { .name = "all" };
		memset(&c, 0, sizeof c);
		c.bench = b;
		c.n_programs = 1; /* 0: before the first exec */
		count_one(&c, &b->c[i]);
		for (size_t p = 1; p < c.n_programs; p++) {
			const struct program *one = &c.program[p];
			all.calls += one->calls;
			all.forks += one->forks;
			all.execs += one->execs;
			all.steps += one->steps;
			print_count(stdout, b->c[i].name, one);
			json_count(f, b->c[i].name, one, i == 0 && p == 1);
		}
		print_count(stdout, b->c[i].name, &all);
		json_count(f, b->c[i].name, &all, false);
	}
	if (f != NULL && (fprintf(f, "]}\n") < 0 || fclose(f) != 0))
		bench_die(b->json, "cannot be written");
}
