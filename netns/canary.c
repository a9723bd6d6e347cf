/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canary.c -- proof before exec (room: inside).
 *
 * Every row is an attempt that leaves nothing behind when it wrongly succeeds:
 * O_TMPFILE instead of a named file, rmdir of a directory that is not empty,
 * ioctls and system calls with arguments that are invalid behind the check we
 * ask for.  A row costs one to three system calls; the whole set is far below
 * half a millisecond.
 */
#include "netns/canary.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/own.h"
#include "launcher/plan.h"

/* An address family and a bit that old headers lack. */
enum { VSOCK = 40, X32_BIT = 0x40000000 };

/* Whether an attempt applies: all these flags set, none of the others. */
struct canary {
	const char *property;
	const char *attempt;
	uint32_t with, without; /* enum plan_flag */
	int (*try)(void);       /* 0 or errno */
	int want[4];            /* errnos that prove it; 0 = none */
};

static int
outcome(long r)
{
	return r < 0 ? errno : 0;
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

static socklen_t
abstract_name(struct sockaddr_un *name)
{
	static const char text[] = "\0codex-sandbox-canary-";
	uint32_t pid = (uint32_t)getpid();
	size_t len = sizeof text - 1;
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(name->sun_path, text, len);
	for (int i = 0; i < 10; i++, pid /= 10)
		name->sun_path[len++] = (char)('0' + pid % 10);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

int
canary_listen(void)
{
	struct sockaddr_un name;
	socklen_t len = abstract_name(&name);
	own_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&name, len) != 0 ||
		listen(fd, 1) != 0)
		return -1;
	return own_take_fd(&fd);
}

static int
try_abstract(void)
{
	struct sockaddr_un name;
	socklen_t len = abstract_name(&name);
	own_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	return outcome(connect(fd, (const struct sockaddr *)&name, len));
}

enum { FILTER = 1u << 31 }; /* not of the plan: "there is a filter" */

static const struct canary canaries[] = {
	{ "mount", "mount a tmpfs", PLAN_NAMESPACES, 0, try_mount, { EPERM } },
	{ "user namespace", "make a nested one", FILTER, 0, try_userns,
		{ EPERM } },
	{ "terminal", "TIOCSTI", FILTER, 0, try_tiocsti, { EPERM } },
	{ "terminal", "TIOCLINUX", FILTER, 0, try_tioclinux, { EPERM } },
	{ "kernel surface", "io_uring_setup", FILTER, 0, try_io_uring,
		{ EPERM } },
	{ "kernel surface", "keyctl", FILTER, 0, try_keyctl, { EPERM } },
	{ "kernel surface", "bpf", FILTER, 0, try_bpf, { EPERM } },
	{ "kernel surface", "clone3", FILTER, 0, try_clone3, { ENOSYS } },
	{ "sockets", "AF_VSOCK", FILTER, 0, try_vsock, { EPERM } },
	{ "sockets", "AF_PACKET", FILTER, 0, try_packet, { EPERM } },
	{ "sockets", "AF_UNIX datagram", FILTER, 0, try_unix_dgram, { EPERM } },
	{ "sockets", "AF_UNIX datagram pair", FILTER, 0, try_unix_pair,
		{ EPERM } },
	{ "abstract sockets", "connect to one outside", PLAN_SCOPE_SOCKETS, 0,
		try_abstract, { EPERM } },
	{ "debugging", "ptrace", FILTER, PLAN_NAMESPACES, try_ptrace,
		{ EPERM } },
#ifdef __x86_64__
	{ "foreign ABI", "x32 getpid", FILTER, 0, try_x32, { ENOSYS } },
	{ "foreign ABI", "i386 getpid", FILTER, 0, try_i386, { ENOSYS } },
#endif
};

/* --- the plan's own rules --------------------------------------------------- */

static int
try_open(const char *path)
{
	own_fd int fd =
		open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return outcome(fd);
}

/* A file without a name: nothing is left when it can be made. */
static int
try_create(const char *dir)
{
	own_fd int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	return outcome(fd);
}

static int
try_write(const char *file)
{
	own_fd int fd =
		open(file, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return outcome(fd);
}

/* Only for a directory that is not empty: never removed, whatever happens. */
static int
try_remove(const char *dir)
{
	return outcome(rmdir(dir));
}

struct proof {
	const struct plan *plan;
	int report_fd; /* -1: say nothing */
};

static const char *
errno_words(int err)
{
	const char *words = err == 0       ? "succeeded"
			    : err == EBUSY ? "it is a mount point"
					   : fail_errno(err);
	return words != NULL ? words : "failed otherwise";
}

static void
judge(const struct proof *p, const char *property, const char *attempt, int err,
	const int want[4])
{
	bool holds = false;
	struct sentence s = { .len = 0 };
	for (int i = 0; i < 4 && err != 0; i++)
		holds = holds || err == want[i];
	if (!holds) {
		say(&s, property);
		say(&s, " does not hold: ");
		say(&s, attempt);
		say(&s, ": ");
		say(&s, errno_words(err));
		die("sandbox", s.text,
			"report this with codex-sandbox doctor --json");
	}
	if (p->report_fd < 0)
		return;
	say(&s, "proved: ");
	say(&s, property);
	say(&s, ": ");
	say(&s, attempt);
	say(&s, ": ");
	say(&s, errno_words(err));
	s.text[s.len < sizeof s.text ? s.len++ : s.len - 1] = '\n';
	/* A report that nobody reads changes nothing about the proof. */
	(void)!write(p->report_fd, s.text, s.len);
}

/* Sockets, pipes and devices are not written to through their name's mount. */
static void
prove_read_only(const struct proof *p, const struct plan_mount *m)
{
	/* What is not the caller's own gives EACCES or EPERM first. */
	static const int read_only[4] = { EROFS, EACCES, EPERM };
	const char *property =
		m->op == PLAN_BIND_RO ? "read-only path" : "protected name";
	struct stat st;
	if (stat(m->dest, &st) != 0)
		return; /* behind a mask of a directory above it */
	if (S_ISDIR(st.st_mode))
		judge(p, property, m->dest, try_create(m->dest), read_only);
	else if (S_ISREG(st.st_mode))
		judge(p, property, m->dest, try_write(m->dest), read_only);
}

/* Is the next mount laid below this one?  Then it holds something. */
static bool
holds_the_next(const struct plan *plan, uint32_t i)
{
	const char *dest = plan->mounts[i].dest;
	const size_t len = strlen(dest);
	return i + 1 < plan->n_mounts &&
	       strncmp(plan->mounts[i + 1].dest, dest, len) == 0 &&
	       plan->mounts[i + 1].dest[len] == '/' && dest[1] != '\0';
}

static void
prove_mount(const struct proof *p, uint32_t i)
{
	/* ENOENT: somebody outside removed it since the plan was made. */
	static const int denied[4] = { EACCES, ENOENT };
	/* What is not the caller's own gives EACCES or EPERM first. */
	static const int read_only[4] = { EROFS, EACCES, EPERM };
	static const int busy[4] = { EBUSY, EROFS, EACCES, EPERM };
	const struct plan_mount *m = &p->plan->mounts[i];
	switch ((enum plan_op)m->op) {
	case PLAN_MASK_FILE:
		judge(p, "denied path", m->dest, try_open(m->dest), denied);
		break;
	case PLAN_TMPFS:
		if (m->perms == 0)
			judge(p, "denied path", m->dest, try_open(m->dest),
				denied);
		else if (m->perms != 01777)
			judge(p, "empty directory", m->dest,
				try_create(m->dest), read_only);
		break;
	case PLAN_BIND_RO:
	case PLAN_GUARD_DIR:
	case PLAN_GUARD_FILE: prove_read_only(p, m); break;
	case PLAN_BIND_RW:
	case PLAN_OVERLAY:
		/* Whoever renames it takes the rules about what is in it away. */
		if (holds_the_next(p->plan, i))
			judge(p, "pinned directory", m->dest,
				try_remove(m->dest), busy);
		break;
	default: break;
	}
}

void
canary_prove(const struct plan *plan, int abstract_fd, int report_fd)
{
	const struct proof p = { plan, report_fd };
	const uint32_t have = plan->flags | (plan->n_filter > 0 ? FILTER : 0);
	for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
		const struct canary *c = &canaries[i];
		if ((c->with & ~have) != 0 || (c->without & have) != 0 ||
			(c->try == try_abstract && abstract_fd < 0))
			continue;
		judge(&p, c->property, c->attempt, c->try(), c->want);
	}
	for (uint32_t i = 0; i < plan->n_mounts; i++)
		prove_mount(&p, i);
}
