/* SPDX-License-Identifier: Apache-2.0 */
/* userns.c -- a user namespace made by a holder child (room: hot, warm). */
#include "launcher/userns.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "launcher/priv.h"

/*
 * unshare() has one argument; the kernel never looks at a second.  A seccomp
 * filter does: the tests stand in for a host that forbids user namespaces with
 * a filter that refuses unshare(CLONE_NEWUSER), and as a filter cannot see who
 * is privileged, the launcher marks the call of one who is.
 */
static const unsigned long admin_mark = 0x43534255;

static bool
try_write(const char *path, const char *text)
{
	const ssize_t len = (ssize_t)strlen(text); /* a few bytes */
	int fd = open(path, O_WRONLY | O_CLOEXEC); /* closed by _exit() */
	return fd >= 0 && write(fd, text, (size_t)len) == len;
}

/* "ID ID 1": the id is itself and nothing else exists. */
static void
map_one(const char *path, uint64_t id)
{
	struct sentence line = { .len = 0 };
	say_number(&line, id);
	say(&line, " ");
	say_number(&line, id);
	say(&line, " 1");
	if (!try_write(path, line.text))
		die_errno(path, id != 0 ? NULL : "uid 0 needs cap_setfcap");
}

/* The only interface of a new network namespace; netlink would take longer. */
static void
lo_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(ioctl(fd, SIOCSIFFLAGS, &lo), "the loopback interface");
}

/* A pipe there asks for a namespace: its kind is looked at, no byte is read. */
static int
asked(int fd, int flag)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) ? flag : 0;
}

static _Noreturn void
holder(const struct caller *who, int flags, int line)
{
	priv_effective(who, true);
	if (syscall(SYS_unshare, CLONE_NEWUSER, who->admin ? admin_mark : 0)) {
		/* A call that succeeds leaves errno alone. */
		priv_effective(who, false);
		die_errno("making a user namespace",
			errno != ENOSPC ? NULL : "raise max_user_namespaces");
	}
	/*
	 * From here on this child has every capability in its own new
	 * namespace and none outside.  It inherited that it is not dumpable,
	 * so its /proc files would belong to root and be closed to it.
	 */
	must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "PR_SET_DUMPABLE");
	/* Dropping a group that denies would be a gain (CVE-2014-8989). */
	if (!try_write("/proc/self/setgroups", "deny"))
		die_errno("/proc/self/setgroups", "is /proc mounted?");
	map_one("/proc/self/uid_map", who->uid);
	map_one("/proc/self/gid_map", who->gid);
	/* `bwrap --disable-userns` cannot be had together with --userns. */
	char word = (char)try_write("/proc/sys/user/max_user_namespaces", "0");
	must(write(line, &word, 1) != 1, "the holder's word");
	/* The launcher goes on meanwhile; its end, or init's, is ours. */
	must(unshare(flags), "making namespaces");
	if ((flags & CLONE_NEWNET) != 0)
		lo_up();
	must(write(line, &word, 1) != 1, "the holder's word");
	(void)!read(line, &word, 1);
	_exit(0);
}

void
userns_hold(const struct caller *who, struct userns *ret)
{
	static const char thing[] = "the user namespace's holder";
	struct sentence path = { .len = 0 };
	const int flags = asked(PLAN_HOLDER_FD, CLONE_NEWNS) |
			  asked(PLAN_LINE_FD, CLONE_NEWNET);
	int line[2], end = 0;
	char word;
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line), thing);
	/* A plain fork: no memory, descriptors or handlers are shared. */
	const pid_t pid = (pid_t)syscall(
		SYS_clone, SIGCHLD | CLONE_PIDFD, 0, &ret->holder, 0, 0);
	must(pid < 0 || close(line[pid != 0]), thing);
	if (pid == 0)
		holder(who, flags, line[1]);
	if (read(line[0], &word, 1) != 1) {
		/* Should it be there still, it ends at the end of the line. */
		must(close(line[0]) || waitpid(pid, &end, 0) != pid, thing);
		if (WIFSIGNALED(end))
			die(thing, "it was killed", NULL);
		_exit(FAIL_SETUP); /* it has said why */
	}
	ret->sealed = word != 0;
	ret->early = flags != 0;
	ret->line = line[0];
	say(&path, "/proc/");
	say_number(&path, (uint64_t)pid); /* a process id is positive */
	say(&path, "/ns/user");
	ret->fd = open(path.text, O_RDONLY | O_CLOEXEC);
	if (ret->fd < 0)
		die_errno(path.text, "is /proc mounted?");
}
