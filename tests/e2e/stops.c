/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stops.c -- stops [-k N] UID CMD...: run CMD, stop codex-sandbox-launch and its
 * child at each system call, and look at what they are just then; room: test.
 *
 * At no stop may UID, who called them, look into one that holds a capability
 * outside, or into the launcher at all.  Printed are the calls that begin with a
 * capability in effect: those before all of them are put away, behind that, and
 * of the child.  0 when nobody could look and somebody was looked at.
 *
 * -k N: instead, kill the one that stops at the N-th stop; ends with the status of
 * CMD, or 77 when there are fewer.
 */
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIDS_MAX = 32, CALLS_MAX = 512 };

enum role { OTHER, LAUNCH, HOLDER };

struct process {
	pid_t pid;
	enum role role;
	bool unborn; /* its role comes with its parent's event */
};

static struct process table[PIDS_MAX];
static bool hot[3][CALLS_MAX]; /* at first, later, child */
static bool put_away;
static unsigned int looked, seen_into, kill_at;

static struct process *
find(pid_t pid)
{
	for (int i = 0; i < PIDS_MAX; i++)
		if (table[i].pid == pid)
			return &table[i];
	return NULL;
}

static struct process *
find_or_add(pid_t pid)
{
	struct process *p = find(pid);
	if (p == NULL && (p = find(0)) != NULL)
		*p = (struct process){ .pid = pid, .role = OTHER };
	if (p == NULL)
		exit(2);
	return p;
}

/* The sets that hold, outside; 0 in a user namespace of its own. */
static unsigned long long
rights(pid_t pid, const char *set)
{
	char path[64], line[256], ours[64] = "", theirs[64] = "";
	unsigned long long value = 0;
	(void)snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
	if (readlink("/proc/self/ns/user", ours, sizeof ours - 1) > 0 &&
		readlink(path, theirs, sizeof theirs - 1) > 0 &&
		strcmp(ours, theirs) != 0)
		return 0;
	(void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, set, strlen(set)) == 0)
			value = strtoull(line + strlen(set), NULL, 16);
	if (f != NULL)
		fclose(f);
	return value;
}

/* As that uid, with nothing else: each way into another process's memory. */
static bool
can_look(uid_t uid, pid_t pid)
{
	int status = 0;
	const pid_t child = fork();
	if (child == 0) {
		char path[64], byte;
		struct iovec mine = { &byte, 1 }, its = { (void *)0x1000, 1 };
		if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
			setresuid(uid, uid, uid) != 0)
			_exit(1);
		(void)snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
		if (open(path, O_RDONLY) >= 0 || errno != EACCES)
			_exit(1);
		/* EFAULT: allowed, and nothing there. */
		if (process_vm_readv(pid, &mine, 1, &its, 1, 0) >= 0 ||
			errno != EPERM)
			_exit(1);
		_exit(0);
	}
	return waitpid(child, &status, 0) != child || status != 0;
}

static void
look(uid_t uid, struct process *p)
{
	struct __ptrace_syscall_info info = { 0 };
	const unsigned long long effective = rights(p->pid, "CapEff:");
	const unsigned long long permitted = rights(p->pid, "CapPrm:");
	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof info, &info) <= 0)
		return;
	looked++;
	if (kill_at != 0 && looked == kill_at)
		(void)kill(p->pid, SIGKILL);
	if (kill_at != 0)
		return;
	if (p->role == LAUNCH && effective == 0)
		put_away = true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && effective != 0 &&
		info.entry.nr < CALLS_MAX)
		hot[p->role == HOLDER ? 2 : put_away][info.entry.nr] = true;
	if ((p->role == LAUNCH || permitted != 0) && can_look(uid, p->pid)) {
		printf("uid %u can look into %d at call %d\n", uid, (int)p->pid,
			(int)info.entry.nr);
		seen_into++;
	}
}

static void
go_on(const struct process *p, int sig)
{
	(void)ptrace(p->role != OTHER ? PTRACE_SYSCALL : PTRACE_CONT, p->pid,
		NULL, (long)sig);
}

static void
on_event(struct process *p, int event)
{
	unsigned long child = 0;
	char path[64], exe[4096] = "";
	if (event == PTRACE_EVENT_EXEC) {
		(void)snprintf(path, sizeof path, "/proc/%d/exe", (int)p->pid);
		(void)!readlink(path, exe, sizeof exe - 1);
		const char *name = strrchr(exe, '/');
		p->role = name != NULL && strcmp(name,
						  "/codex-sandbox-launch") == 0
				  ? LAUNCH
				  : OTHER;
		return;
	}
	if (ptrace(PTRACE_GETEVENTMSG, p->pid, NULL, &child) != 0)
		return;
	struct process *born = find_or_add((pid_t)child);
	born->role = p->role == OTHER ? OTHER : HOLDER;
	if (born->unborn)
		go_on(born, 0);
	born->unborn = false;
}

static void
on_stop(uid_t uid, pid_t pid, int status)
{
	const bool known = find(pid) != NULL;
	struct process *p = find_or_add(pid);
	const int sig = WSTOPSIG(status), event = status >> 16;
	const bool call = sig == (SIGTRAP | 0x80);
	if (event == PTRACE_EVENT_STOP && !known) {
		p->unborn = true;
		return;
	}
	if (event == PTRACE_EVENT_STOP && sig != SIGTRAP) {
		(void)ptrace(PTRACE_LISTEN, pid, NULL, NULL);
		return;
	}
	if (call && p->role != OTHER)
		look(uid, p);
	else if (event != 0 && event != PTRACE_EVENT_STOP)
		on_event(p, event);
	go_on(p, call || event != 0 ? 0 : sig);
}

static void
print_hot(const char *title, const bool calls[CALLS_MAX])
{
	printf("%s:", title);
	for (int nr = 0; nr < CALLS_MAX; nr++) {
		char *name = calls[nr] ? seccomp_syscall_resolve_num_arch(
						 SCMP_ARCH_NATIVE, nr)
				       : NULL;
		if (name != NULL)
			printf(" %s", name);
		free(name);
	}
	printf("\n");
}

int
main(int argc, char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int go[2], status = 0, code = 125;
	if (argc > 3 && strcmp(argv[1], "-k") == 0) {
		kill_at = (unsigned int)strtoul(argv[2], NULL, 10);
		argv += 2;
		argc -= 2;
	}
	if (argc < 3 || pipe2(go, O_CLOEXEC) != 0)
		return 2;
	const uid_t uid = (uid_t)strtoul(argv[1], NULL, 10);
	const pid_t front = fork();
	if (front == 0) {
		char byte;
		if (read(go[0], &byte, 1) == 1)
			execvp(argv[2], argv + 2);
		_exit(2);
	}
	(void)find_or_add(front);
	if (ptrace(PTRACE_SEIZE, front, NULL, options) != 0 ||
		write(go[1], "", 1) != 1)
		return 2;
	for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
		if (WIFSTOPPED(status)) {
			on_stop(uid, pid, status);
			continue;
		}
		struct process *ended = find(pid);
		if (ended != NULL)
			ended->pid = 0;
		if (pid == front)
			code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	}
	if (kill_at != 0)
		return looked < kill_at ? 77 : code;
	print_hot("at first", hot[0]);
	print_hot("later", hot[1]);
	print_hot("child", hot[2]);
	printf("status %d, %u stops, %u seen into\n", code, looked, seen_into);
	return code != 0 || seen_into != 0 || looked == 0;
}
