/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canary.c -- proof before exec (room: inside).
 *
 * Every row is an attempt that leaves nothing behind when it wrongly succeeds:
 * an attribute is removed that nobody has set, a directory that is not empty,
 * and the ioctls and system calls get arguments that are invalid behind the
 * check we ask for.  A row costs one to three system calls; the whole set is far
 * below half a millisecond.
 *
 * The table is what holds for every plan; what a plan says of paths is in
 * canary_mounts.c.
 */
#include "netns/canary.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/netlink.h>

#include "launcher/fail.h"
#include "launcher/own.h"
#include "launcher/plan.h"
#include "netns/broken.h"
#include "netns/doors.h"
#include "netns/loopback.h"

/* An address family and a bit that old headers lack. */
enum { VSOCK = 40, X32_BIT = 0x40000000 };

/* Whether an attempt applies: all these flags set, none of the others. */
struct canary {
	struct claim claim;
	uint32_t with, without; /* enum plan_flag */
	int (*try)(void);       /* 0 or errno */
};

static int
outcome(long r)
{
	return r < 0 ? errno : 0;
}

/* Of the first process of a namespace nobody is the parent. */
static int
try_parent(void)
{
	return getpid() == 1 && getppid() == 0 ? ESRCH : 0;
}

/* Signal 0 to all that we may signal.  Nobody runs beside us yet. */
static int
try_signal(void)
{
	return outcome(kill(-1, 0));
}

/* A trace that wrongly begins ends with us. */
static int
try_trace_parent(void)
{
	return outcome(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
}

static int
try_capability(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct d[2] = { { 0 } };
	if (syscall(SYS_capget, &head, d) != 0)
		return 0;
	return (d[0].permitted | d[1].permitted | d[0].inheritable |
		       d[1].inheritable) != 0
		       ? 0
		       : EPERM;
}

static int
try_new_privs(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? EPERM : 0;
}

static int
try_dumpable(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? EPERM : 0;
}

static int
try_mount(void)
{
	return outcome(mount("none", "/", "tmpfs", 0, NULL));
}

static int
try_userns(void)
{
	return outcome(unshare(CLONE_NEWUSER));
}

static int
try_tiocsti(void)
{
	return outcome(ioctl(0, TIOCSTI, NULL));
}

static int
try_tioclinux(void)
{
	return outcome(ioctl(0, TIOCLINUX, NULL));
}

static int
try_io_uring(void)
{
	return outcome(syscall(SYS_io_uring_setup, 0, NULL));
}

static int
try_keyctl(void)
{
	return outcome(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}

static int
try_bpf(void)
{
	return outcome(syscall(SYS_bpf, -1, NULL, 0));
}

static int
try_socket(int domain, int type)
{
	own_fd int fd = socket(domain, type | SOCK_CLOEXEC, 0);
	return outcome(fd);
}

static int
try_vsock(void)
{
	return try_socket(VSOCK, SOCK_STREAM);
}

static int
try_packet(void)
{
	return try_socket(AF_PACKET, SOCK_RAW);
}

static int
try_netfilter(void)
{
	own_fd int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	return outcome(fd);
}

static int
try_unix_dgram(void)
{
	return try_socket(AF_UNIX, SOCK_DGRAM);
}

static int
try_unix_pair(void)
{
	int fd[2] = { -1, -1 };
	int err =
		outcome(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd));
	own_close(&fd[0]);
	own_close(&fd[1]);
	return err;
}

static int
try_clone3(void)
{
	return outcome(syscall(SYS_clone3, NULL, 0));
}

/* The front end, which has our uid: Landlock keeps signals in. */
static int
try_signal_parent(void)
{
	return outcome(kill(getppid(), 0));
}

static int
try_connect(void)
{
	return outcome(connect(-1, NULL, 0));
}

/* Of a key that nobody has, to be found and not made. */
static int
try_shm(void)
{
	return outcome(shmget((key_t)0x436f6478, 1, 0));
}

/* Without a pid namespace of ours the filter has to refuse it. */
static int
try_ptrace(void)
{
	return outcome(syscall(SYS_ptrace, -1, 1, NULL, NULL));
}

#ifdef __x86_64__
static int
try_x32(void)
{
	return outcome(syscall(X32_BIT | SYS_getpid));
}

/* getpid of the 32-bit table; the kernel leaves -errno in eax. */
static int
try_i386(void)
{
	long r = 20;
	__asm__ volatile("int $0x80"
			 : "+a"(r)
			 :
			 : "r8", "r9", "r10", "r11", "memory");
	return (int32_t)r < 0 ? -(int32_t)r : 0;
}
#endif

int
canary_listen(void)
{
	/* The kernel picks an abstract name that nobody else has. */
	const struct sockaddr_un any = { .sun_family = AF_UNIX };
	own_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
		bind(fd, (const struct sockaddr *)&any,
			sizeof any.sun_family) != 0 ||
		listen(fd, 1) != 0)
		die_errno("abstract sockets", "codex-sandbox doctor");
	return own_take_fd(&fd);
}

static int
try_abstract(int listener)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t len = sizeof name;
	own_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
		getsockname(listener, (struct sockaddr *)&name, &len) != 0)
		return errno;
	return outcome(connect(fd, (const struct sockaddr *)&name, len));
}

/* Not flags of the plan: there is a filter; there is the transparent door. */
enum { FILTER = 1u << 31, TRANSPARENT = 1u << 30 };

static const struct canary canaries[] = {
	{ { "process namespace", "have a parent", { ESRCH } }, PLAN_NAMESPACES,
		0, try_parent },
	{ { "process namespace", "signal everybody", { ESRCH } },
		PLAN_NAMESPACES, 0, try_signal },
	{ { "process namespace", "ptrace the parent", { ESRCH } },
		PLAN_NAMESPACES, 0, try_trace_parent },
	{ { "capabilities", "have one", { EPERM } }, PLAN_NAMESPACES, 0,
		try_capability },
	{ { "no_new_privs", "gain by exec", { EPERM } }, PLAN_NO_NEW_PRIVS, 0,
		try_new_privs },
	{ { "init", "read its memory", { EPERM } }, 0, 0, try_dumpable },
	{ { "private network", "route to 192.0.2.1", { ENETUNREACH } },
		PLAN_PRIVATE_NET, TRANSPARENT, loopback_try_v4 },
	{ { "private network", "route to 2001:db8::1",
		  { ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT } },
		PLAN_PRIVATE_NET, TRANSPARENT, loopback_try_v6 },
	{ { "private network", "reach 192.0.2.1 elsewhere than on lo",
		  { EADDRNOTAVAIL } },
		TRANSPARENT, 0, loopback_leave_v4 },
	{ { "private network", "reach 2001:db8::1 elsewhere than on lo",
		  { ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT } },
		TRANSPARENT, 0, loopback_leave_v6 },
	{ { "private network", "change its rules", { EPERM } },
		PLAN_NET_PROXY | FILTER, 0, try_netfilter },
	{ { "mount", "mount a tmpfs", { EPERM } }, PLAN_NAMESPACES, 0,
		try_mount },
	{ { "user namespace", "make a nested one", { EPERM } }, FILTER, 0,
		try_userns },
	{ { "terminal", "TIOCSTI", { EPERM } }, FILTER, 0, try_tiocsti },
	{ { "terminal", "TIOCLINUX", { EPERM } }, FILTER, 0, try_tioclinux },
	{ { "kernel surface", "io_uring_setup", { EPERM } }, FILTER, 0,
		try_io_uring },
	{ { "kernel surface", "keyctl", { EPERM } }, FILTER, 0, try_keyctl },
	{ { "kernel surface", "bpf", { EPERM } }, FILTER, 0, try_bpf },
	{ { "kernel surface", "clone3", { ENOSYS } }, FILTER, 0, try_clone3 },
	{ { "sockets", "AF_VSOCK", { EPERM } }, FILTER, 0, try_vsock },
	{ { "sockets", "AF_PACKET", { EPERM } }, FILTER, 0, try_packet },
	{ { "sockets", "AF_UNIX datagram", { EPERM } }, FILTER, 0,
		try_unix_dgram },
	{ { "sockets", "AF_UNIX datagram pair", { EPERM } }, FILTER, 0,
		try_unix_pair },
	{ { "debugging", "ptrace", { EPERM } }, FILTER, PLAN_NAMESPACES,
		try_ptrace },
	{ { "sockets", "connect", { EPERM } }, FILTER, PLAN_NAMESPACES,
		try_connect },
	{ { "capabilities", "have one", { EPERM } }, PLAN_LANDLOCK,
		PLAN_NAMESPACES, try_capability },
	{ { "other processes", "signal the parent", { EPERM } }, PLAN_LANDLOCK,
		PLAN_NAMESPACES, try_signal_parent },
	{ { "other processes", "find shared memory", { EPERM } }, PLAN_LANDLOCK,
		PLAN_NAMESPACES, try_shm },
#ifdef __x86_64__
	{ { "foreign ABI", "x32 getpid", { ENOSYS } }, FILTER, 0, try_x32 },
	{ { "foreign ABI", "i386 getpid", { ENOSYS } }, FILTER, 0, try_i386 },
#endif
};
static const struct claim abstract = { "abstract sockets",
	"connect to one outside", { EPERM } };

static const char *
errno_words(int err)
{
	const char *words = err == 0               ? "succeeded"
			    : err == EBUSY         ? "it is a mount point"
			    : err == ESRCH         ? "no such process"
			    : err == ENETUNREACH   ? "no route"
			    : err == EADDRNOTAVAIL ? "no such address outside"
						   : fail_errno(err);
	return words != NULL ? words : "failed otherwise";
}

void
canary_judge(const struct proof *p, const struct claim *claim, const char *path,
	int err)
{
	bool holds = false;
	struct sentence s = { .len = 0 };
	if (!broken_tries(p->plan, claim->attempt))
		return;
	for (size_t i = 0; i < CANARY_ERRNOS && err != 0; i++)
		holds = holds || err == claim->want[i];
	if (holds && p->report_fd < 0)
		return;
	say(&s, holds ? "proved: " : "");
	say(&s, claim->property);
	say(&s, holds ? ": " : " does not hold: ");
	say(&s, claim->attempt);
	say(&s, path != NULL ? " " : "");
	say(&s, path != NULL ? path : "");
	say(&s, ": ");
	say(&s, errno_words(err));
	if (!holds)
		die("sandbox", s.text,
			"report this with codex-sandbox doctor --json");
	s.text[s.len < sizeof s.text ? s.len++ : s.len - 1] = '\n';
	/* A report that nobody reads changes nothing about the proof. */
	(void)!write(p->report_fd, s.text, s.len);
}

void
canary_prove(const struct plan *plan, int abstract_fd, int report_fd)
{
	const struct proof p = { plan, report_fd };
	const uint32_t have = plan->flags | (plan->n_filter > 0 ? FILTER : 0) |
			      (doors_are_transparent(plan) ? TRANSPARENT : 0);
	if (broken(plan, "canaries"))
		return;
	for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
		const struct canary *c = &canaries[i];
		if ((c->with & ~have) == 0 && (c->without & have) == 0)
			canary_judge(&p, &c->claim, NULL, c->try());
	}
	if (abstract_fd >= 0)
		canary_judge(&p, &abstract, NULL, try_abstract(abstract_fd));
	canary_mounts(&p);
}
