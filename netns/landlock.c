/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landlock.c -- the plan as a Landlock ruleset (room: inside).
 *
 * Rules are few: one for "/" or for each thing that is read, and one for each
 * writable place that lies in no other.  A rule is about an object and all
 * below it, whatever is mounted there: pins and read-only holes need none.
 *
 * What has to work on, and why it does:
 *
 *   renames between directories   from ABI 2 on, with REFER; before that
 *                                 Landlock refuses them all, so the front end
 *                                 asks for no files then
 *   /dev/null, ptys, ioctls       all of our own /dev
 *   /proc/self/oom_score_adj      is written, and opened to be cut
 *   /dev/stderr, /proc/self/fd/1  opens the caller's file anew: a rule for each
 *                                 of the three, with what it was opened for
 *   exec of a memfd, pipes        of no mounted file system: never asked
 */
#include "netns/landlock.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/own.h"
#include "launcher/plan.h"
#include "netns/broken.h"
#include "netns/mount_api.h"

/* Newer than the headers of Debian 12.  The numbers are the same on every
 * architecture (linux/landlock.h of 6.15). */
#ifndef SYS_landlock_create_ruleset
#	define SYS_landlock_create_ruleset 444
#	define SYS_landlock_add_rule       445
#	define SYS_landlock_restrict_self  446
#endif
enum {
	ABI_REFER = 2,
	ABI_TRUNCATE = 3,
	ABI_IOCTL = 5,
	ABI_SCOPE = 6,
	ABI_QUIET = 7,
	ASK_VERSION = 1 << 0, /* LANDLOCK_CREATE_RULESET_VERSION */
	BENEATH = 1,          /* LANDLOCK_RULE_PATH_BENEATH */
	QUIET = 1 << 0,       /* LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF */
};

enum right { /* LANDLOCK_ACCESS_FS_* */
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_AND_MAKE = 0xff << 4, /* eight rights, without the next two */
	MAKE_BLOCK = 1 << 11,
	MAKE_SYMLINK = 1 << 12,
	REFER = 1 << 13,
	TRUNCATE = 1 << 14,
	IOCTL_DEV = 1 << 15,

	READ = EXECUTE | READ_FILE | READ_DIR,
	CHANGE = WRITE_FILE | TRUNCATE,
	/* Nobody needs a block device; a character device takes a capability,
	 * but for the whiteout that rename(2) may leave. */
	WRITE = READ | CHANGE | (REMOVE_AND_MAKE & ~MAKE_BLOCK) | MAKE_SYMLINK |
		REFER,
	ALL = WRITE | MAKE_BLOCK | IOCTL_DEV,
	OF_A_FILE = EXECUTE | READ_FILE | CHANGE | IOCTL_DEV,
};

enum { SCOPE_SIGNALS = 2, SCOPE_ALL = 3 }; /* abstract sockets too */

struct ruleset { /* struct landlock_ruleset_attr */
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

struct rule { /* struct landlock_path_beneath_attr, which is packed */
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

struct loading {
	const struct plan *plan;
	int fd;            /* the ruleset */
	int root;          /* "/" of the view, O_PATH */
	uint32_t handled;  /* what this kernel's Landlock knows */
	const char *read;  /* all below it can be read by a rule, NULL = none */
	const char *write; /* the same, written to */
};

static uint32_t
known(long abi)
{
	return ALL & ~(uint32_t)((abi < ABI_TRUNCATE ? TRUNCATE : 0) |
				 (abi < ABI_IOCTL ? IOCTL_DEV : 0));
}

/* By descriptor.  What lies on no mounted file system cannot have a rule, and
 * needs none. */
static void
add(const struct loading *l, int fd, uint32_t rights, const char *thing)
{
	struct rule rule = { .rights = rights & l->handled, .fd = fd };
	if (rule.rights != 0 &&
		syscall(SYS_landlock_add_rule, l->fd, BENEATH, &rule, 0) != 0 &&
		errno != EBADFD)
		die_errno(thing, "codex-sandbox doctor");
}

/* Without mounts of ours nothing has made sure yet that it is the object that
 * the plan was made from. */
static void
verify(const struct loading *l, const struct plan_mount *m,
	const struct stat *st)
{
	if ((l->plan->flags & PLAN_NAMESPACES) != 0 || m->ino == 0)
		return;
	if (st->st_ino != m->ino || st->st_dev != m->dev)
		die(m->dest, "was replaced while the sandbox was being built",
			"run the command again when nothing else changes it");
}

static void
add_path(const struct loading *l, const struct plan_mount *m, uint32_t rights)
{
	own_fd int fd = mount_dest(l->root, m->dest);
	struct stat st;
	errno = fd < 0 ? -fd : 0;
	if (fd < 0 || fstat(fd, &st) != 0)
		die_errno(m->dest, "codex-sandbox doctor");
	verify(l, m, &st);
	/* What is no directory takes fewer rights. */
	add(l, fd, S_ISDIR(st.st_mode) ? rights : rights & OF_A_FILE, m->dest);
}

static bool
is_below(const char *path, const char *dir)
{
	const size_t len = dir == NULL || dir[1] == '\0' ? 0 : strlen(dir);
	return dir != NULL && strncmp(path, dir, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

/* Mounts are sorted: all below one of them follows it at once. */
static void
add_writable(struct loading *l, const struct plan_mount *m)
{
	if (is_below(m->dest, l->write))
		return;
	l->write = m->dest;
	add_path(l, m, WRITE);
}

static void
add_readable(struct loading *l, const struct plan_mount *m)
{
	if (is_below(m->dest, l->read) || is_below(m->dest, l->write))
		return;
	l->read = m->dest;
	add_path(l, m, READ);
}

static void
add_mount(struct loading *l, const struct plan_mount *m)
{
	switch ((enum plan_op)m->op) {
	case PLAN_BIND_RW:
	case PLAN_OVERLAY: add_writable(l, m); break;
	case PLAN_BIND_RO: add_readable(l, m); break;
	case PLAN_TMPFS:
		if (m->perms == 01777)
			add_writable(l, m);
		else if (m->dest[1] == '\0') /* an empty root, to be listed */
			add_path(l, m, READ_DIR);
		break;
	case PLAN_DEV: add_path(l, m, WRITE | IOCTL_DEV); break;
	case PLAN_BIND_DEV: add_path(l, m, READ | CHANGE | IOCTL_DEV); break;
	case PLAN_PROC: add_path(l, m, READ | CHANGE); break;
	case PLAN_MASK_FILE:
	case PLAN_DIR:
	case PLAN_SYMLINK:
	case PLAN_GUARD_DIR:
	case PLAN_GUARD_FILE:
	case PLAN_PIN_LINK:
	case PLAN_REMOUNT_RO:
	case PLAN_OP_MAX: break;
	}
}

/* As the caller opened it: who was given a file to read does not get it to
 * write by way of /proc/self/fd. */
static void
add_stdio(const struct loading *l)
{
	for (int i = 0; i < 3; i++) {
		const bool pty = (l->plan->tty_mask >> i & 1) != 0;
		const int fd = pty ? -1 : l->plan->stdio_fd[i];
		const int how = fd < 0 ? -1 : fcntl(fd, F_GETFL);
		struct stat st;
		if (how < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode))
			continue; /* there is none to open anew */
		const int mode = how & O_ACCMODE;
		uint32_t rights = S_ISCHR(st.st_mode) ? IOCTL_DEV : 0;
		rights |= mode != O_WRONLY ? READ_FILE : 0;
		rights |= mode != O_RDONLY ? CHANGE : 0;
		add(l, fd, rights, "standard descriptor of the command");
	}
}

/*
 * In place there is no /proc and no /dev/pts of ours: init goes on looking for
 * its children, and the terminal that it made has a name in the host's.
 */
static void
add_own(const struct loading *l, int tty)
{
	own_fd int tasks = open("/proc/self/task", O_PATH | O_CLOEXEC);
	if (tty >= 0)
		add(l, tty, READ_FILE | WRITE_FILE | IOCTL_DEV, "terminal");
	if (tasks >= 0) /* else tree.c finds nobody, and the front end does */
		add(l, tasks, READ_FILE | READ_DIR, "/proc/self/task");
}

static void
add_files(int ruleset, const struct plan *plan, uint32_t handled, int tty)
{
	own_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct loading l = { plan, ruleset, root, handled, NULL, NULL };
	if (root < 0)
		die_errno("/", "codex-sandbox doctor");
	for (uint32_t i = 0; i < plan->n_mounts; i++)
		add_mount(&l, &plan->mounts[i]);
	add_stdio(&l);
	if ((plan->flags & PLAN_NAMESPACES) == 0)
		add_own(&l, tty);
}

void
landlock_load(const struct plan *plan, int tty)
{
	const bool files = (plan->flags & PLAN_LANDLOCK) != 0;
	const bool scope = (plan->flags & PLAN_SCOPE_SOCKETS) != 0;
	if (!files && !scope)
		return;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	if (scope && abi < ABI_SCOPE)
		die("Landlock",
			"this kernel cannot keep abstract sockets of the host "
			"away (that needs Landlock ABI 6)",
			"use Linux 6.12 or later, or --net none");
	if (files && abi < ABI_REFER)
		die("Landlock", "this kernel has it no longer (ABI 2)",
			"codex-sandbox doctor");
	const struct ruleset rules = { .fs = files ? known(abi) : 0,
		.scoped = abi >= ABI_SCOPE && !broken(plan, "scope") ? SCOPE_ALL
								     : 0 };
	/* Older kernels take a shorter struct, or zeros behind theirs. */
	own_fd int fd = (int)syscall(
		SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
	if (fd < 0)
		die_errno("Landlock", "codex-sandbox doctor");
	if (files)
		add_files(fd, plan, known(abi), tty);
	/* The canaries try what is refused: no entry in the host's audit log. */
	if (syscall(SYS_landlock_restrict_self, fd,
		    abi >= ABI_QUIET ? QUIET : 0) != 0)
		die_errno("Landlock", "codex-sandbox doctor");
}

/* A ruleset that does not name REFER refuses it: here it is granted everywhere. */
void
landlock_part(const struct plan *plan)
{
	const struct ruleset rules = { .fs = REFER, .scoped = SCOPE_SIGNALS };
	if ((plan->flags & (PLAN_LANDLOCK | PLAN_NAMESPACES)) != PLAN_LANDLOCK)
		return;
	own_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	own_fd int fd = (int)syscall(
		SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
	const struct loading l = { .fd = fd, .handled = REFER };
	if (root < 0 || fd < 0)
		die_errno("Landlock", "codex-sandbox doctor");
	add(&l, root, REFER, "/");
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		die_errno("Landlock", "codex-sandbox doctor");
}
