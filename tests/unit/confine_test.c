/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine_test.c -- what the supervisor does not need fails once it is confined,
 * and worked before; what it needs goes on.
 */
#include "supervisor/confine.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "policy/diag.h"
#include "tests/unit/tap.h"

/* errno of each, 0 = it works. */
struct tried {
	int write;
	int make;
	int exec;
	int vm;
	int unshare;
	int alg;
	int kill;
	int read;
	int inet;
	int local;
	int netlink;
	int thread;
	int name;
};

static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

static int
try_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

/* In a child of its own, which ends in that program where it may. */
static int
try_exec(void)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		(void)execl("/bin/true", "true", (char *)NULL);
		_exit(errno);
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void *
nothing(void *arg)
{
	return arg;
}

static void
try_all(struct tried *t, const char *file, const char *fresh, pid_t other)
{
	struct addrinfo *list = NULL;
	pthread_t thread;
	char byte = 0;
	struct iovec part = { &byte, 1 };
	t->write = try_open(file, O_WRONLY);
	t->make = try_open(fresh, O_WRONLY | O_CREAT | O_EXCL);
	t->exec = try_exec();
	t->vm = process_vm_readv(getpid(), &part, 1, &part, 1, 0) < 0 ? errno
								      : 0;
	t->unshare = unshare(CLONE_FILES) < 0 ? errno : 0;
	t->alg = try_socket(AF_ALG, SOCK_SEQPACKET, 0);
	t->kill = kill(other, 0) < 0 ? errno : 0;
	t->read = try_open(file, O_RDONLY);
	t->inet = try_socket(AF_INET, SOCK_STREAM, 0) |
		  try_socket(AF_INET6, SOCK_DGRAM, 0);
	t->local = try_socket(AF_UNIX, SOCK_STREAM, 0);
	t->netlink = try_socket(AF_NETLINK, SOCK_RAW, 0);
	t->thread = pthread_create(&thread, NULL, nothing, NULL);
	if (t->thread == 0)
		(void)pthread_join(thread, NULL);
	t->name = getaddrinfo("localhost", NULL, NULL, &list);
	if (t->name == 0)
		freeaddrinfo(list);
}

static void
judge(struct tap *t, const struct tried *before, const struct tried *after,
	long abi)
{
	if (abi < 1)
		tap_skip(
			t, "no file is changed", "this kernel has no Landlock");
	else {
		tap_ok(t, before->write == 0 && after->write == EACCES,
			"no file is written");
		tap_ok(t, before->make == 0 && after->make == EACCES,
			"none is made");
	}
	if (abi < 6)
		tap_skip(t, "no signal to others", "Landlock is older than 6");
	else
		tap_ok(t, before->kill == 0 && after->kill == EPERM,
			"nobody else is signalled");
	tap_ok(t, before->exec == 0 && after->exec == EPERM, "no program");
	tap_ok(t, before->vm == 0 && after->vm == EPERM, "no other's memory");
	tap_ok(t, before->unshare == 0 && after->unshare == EPERM,
		"no namespaces");
	tap_ok(t, before->alg != EPERM && after->alg == EPERM,
		"no socket of another family");
	tap_int(t, after->read, 0, "files are read");
	tap_int(t, after->inet, 0, "internet sockets");
	tap_int(t, after->local, 0, "local services");
	tap_int(t, after->netlink, 0, "and addresses of the machine");
	tap_int(t, after->thread, 0, "threads");
	tap_int(t, after->name, 0, "and names");
}

int
main(void)
{
	struct tap t = { 0 };
	char file[] = "/tmp/confine_test.XXXXXX";
	char fresh[64];
	struct tried *got = mmap(NULL, 2 * sizeof(*got), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd = mkstemp(file);
	if (got == MAP_FAILED || fd < 0)
		return 1;
	(void)snprintf(fresh, sizeof(fresh), "%s.new", file);
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);
	pid_t parent = getpid();
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		struct diag d = { 0 };
		try_all(&got[0], file, fresh, parent);
		(void)unlink(fresh);
		if (confine(&d) != 0)
			_exit(diag_print(&d));
		try_all(&got[1], file, fresh, parent);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	tap_int(&t, status, 0, "it can be confined");
	judge(&t, &got[0], &got[1], abi);
	(void)unlink(file);
	(void)close(fd);
	return tap_end(&t);
}
