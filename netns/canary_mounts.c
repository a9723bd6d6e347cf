/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canary_mounts.c -- proof of what the plan says of paths (room: inside).
 *
 * What is asked, and why like this:
 *
 *   written   lremovexattr of an attribute that nobody has set: the kernel asks
 *             the mount before anything else, so EROFS says read-only whoever
 *             owns the file and whatever its mode, and also for devices and
 *             sockets, which need not be opened
 *   read      open: a mask is of mode 000
 *   moved     rmdir of what is not empty: it and rename() refuse a mount point
 *             by the same test, and rmdir leaves nothing behind
 *   emptied   the directory lists no more names than the plan lays in it
 *   Landlock  mknod of a block device, which it refuses before anybody else
 */
#include "netns/canary.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/own.h"
#include "launcher/plan.h"

static int
outcome(long r)
{
	return r < 0 ? errno : 0;
}

/* --- attempts: 0 when one succeeded, else the errno ------------------------- */

static int
try_read(const char *path)
{
	own_fd int fd =
		open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return outcome(fd);
}

static int
try_write(const char *path)
{
	struct stat st;
	int err = outcome(lremovexattr(path, "user.codex-sandbox.canary"));
	if (err == ENODATA || err == EOPNOTSUPP)
		return 0; /* of the file system: the mount let it pass */
	/* Only its mode was in the way, which its owner may change. */
	if (err == EACCES && lstat(path, &st) == 0)
		return 0;
	return err; /* EACCES: nobody gets there */
}

/* Nobody can rename, replace or remove the root of a mount. */
static int
try_move(const char *path)
{
	enum { MOUNT_ROOT = 0x2000 }; /* STATX_ATTR_MOUNT_ROOT, Linux 5.8 */
	struct {                      /* statx; older libcs do not know it */
		uint32_t mask, blksize;
		uint64_t attributes;
		uint64_t between[5];
		uint64_t attributes_known;
		uint64_t rest[24];
	} x = { 0 };
	if (syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &x) != 0)
		return errno;
	if ((x.attributes_known & MOUNT_ROOT) == 0)
		return EACCES; /* for the time being */
	return (x.attributes & MOUNT_ROOT) != 0 ? EBUSY : 0;
}

/* Only for a directory that is not empty: never removed, whatever happens. */
static int
try_remove(const char *dir)
{
	int err = outcome(rmdir(dir));
	if (err == ENOTEMPTY || err == EEXIST)
		return 0; /* of the file system: it is no mount point */
	/* Of the directory above, which its owner may change. */
	return err == EACCES || err == EPERM ? try_move(dir) : err;
}

/* How many different names does the plan lay in this directory? */
static size_t
names_laid(const struct plan *plan, uint32_t i)
{
	const char *dir = plan->mounts[i].dest;
	const size_t len = dir[1] == '\0' ? 0 : strlen(dir);
	const char *before = "";
	size_t n = 0, before_len = 0;
	while (++i < plan->n_mounts) {
		const char *dest = plan->mounts[i].dest;
		if (plan->mounts[i].op == PLAN_REMOUNT_RO ||
			strncmp(dest, dir, len) != 0 || dest[len] != '/')
			break; /* parents come first, and all of theirs next */
		const char *name = dest + len + 1;
		const size_t name_len = strcspn(name, "/");
		if (name_len != before_len ||
			strncmp(name, before, name_len) != 0)
			n++;
		before = name;
		before_len = name_len;
	}
	return n;
}

struct entry { /* struct linux_dirent64 */
	uint64_t ino;
	int64_t next;
	uint16_t len;
	uint8_t type;
	char name[];
};

/* Look for what nobody put there. */
static int
try_find(const struct plan *plan, uint32_t i)
{
	_Alignas(struct entry) char room[4096];
	size_t allowed = names_laid(plan, i) + 2; /* "." and ".." */
	long n = 0;
	own_fd int fd = open(plan->mounts[i].dest,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno;
	while ((n = syscall(SYS_getdents64, fd, room, sizeof room)) > 0)
		for (long at = 0; at < n;) {
			const void *bytes = room + at;
			const struct entry *e = bytes;
			if (allowed-- == 0)
				return 0;
			at += e->len;
		}
	return n < 0 ? errno : ENOENT;
}

/* Is PLACE/NAME there, although the plan does not lay it? */
static int
try_access(const struct plan *plan, const char *place, const char *name)
{
	struct sentence path = { .len = 0 };
	say(&path, place);
	say(&path, name);
	for (uint32_t i = 0; i < plan->n_mounts; i++)
		if (strcmp(plan->mounts[i].dest, path.text) == 0)
			return ENOENT;
	return outcome(access(path.text, F_OK));
}

/* Ours shows us as the first process, and nobody else yet. */
static int
try_proc(const struct plan *plan, const char *proc)
{
	struct sentence self = { .len = 0 };
	char pid[8] = "";
	say(&self, proc);
	say(&self, "/self");
	if (readlink(self.text, pid, sizeof pid - 1) < 0)
		return errno == ENOENT ? EIO : errno; /* no proc at all */
	if (strcmp(pid, "1") != 0)
		return 0;
	return try_access(plan, proc, "/2");
}

/* --- what each operation promises ------------------------------------------ */

/* ENOENT: somebody outside has removed it since the plan was made. */
static void
denied(const struct proof *p, const char *path)
{
	const struct claim claim = { "denied path", "read",
		{ EACCES, ENOENT } };
	canary_judge(p, &claim, path, try_read(path));
}

/* A mask, or what a remount is about: nothing is written where nothing is. */
static void
sealed(const struct proof *p, const char *path)
{
	const struct claim claim = { "read-only path", "write",
		{ EROFS, EACCES, ENOENT } };
	canary_judge(p, &claim, path, try_write(path));
}

static void
read_only(const struct proof *p, const char *property, const char *path)
{
	const struct claim claim = { property, "write", { EROFS, EACCES } };
	canary_judge(p, &claim, path, try_write(path));
}

static void
absent(const struct proof *p, const char *property, const char *attempt,
	const char *path, int err)
{
	const struct claim claim = { property, attempt, { ENOENT } };
	canary_judge(p, &claim, path, err);
}

static void
immovable(
	const struct proof *p, const char *property, const char *path, int err)
{
	const struct claim claim = { property, "move",
		{ EBUSY, EROFS, EACCES } };
	canary_judge(p, &claim, path, err);
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
prove_tmpfs(const struct proof *p, uint32_t i)
{
	const struct plan_mount *m = &p->plan->mounts[i];
	if ((m->perms & 0444) == 0) /* a mask */
		denied(p, m->dest);
	else
		absent(p,
			m->perms == 01777 ? "private directory"
					  : "empty directory",
			"find something in", m->dest, try_find(p->plan, i));
}

static void
prove_mount(const struct proof *p, uint32_t i)
{
	const struct plan *plan = p->plan;
	const struct plan_mount *m = &plan->mounts[i];
	switch ((enum plan_op)m->op) {
	case PLAN_MASK_FILE:
		denied(p, m->dest);
		sealed(p, m->dest);
		break;
	case PLAN_TMPFS: prove_tmpfs(p, i); break;
	case PLAN_REMOUNT_RO: sealed(p, m->dest); break;
	case PLAN_BIND_RO: read_only(p, "read-only path", m->dest); break;
	case PLAN_GUARD_DIR:
	case PLAN_GUARD_FILE: read_only(p, "protected name", m->dest); break;
	case PLAN_BIND_RW:
	case PLAN_OVERLAY:
		/* Whoever renames it takes the rules about what is in it away. */
		if (holds_the_next(plan, i))
			immovable(p, "pinned directory", m->dest,
				try_remove(m->dest));
		break;
	case PLAN_PIN_LINK:
		immovable(p, "pinned symlink", m->dest, try_move(m->dest));
		break;
	case PLAN_PROC:
		absent(p, "own /proc", "find another process in", m->dest,
			try_proc(plan, m->dest));
		break;
	case PLAN_DEV:
		absent(p, "minimal /dev", "find kmsg in", m->dest,
			try_access(plan, m->dest, "/kmsg"));
		break;
	case PLAN_BIND_DEV:
	case PLAN_DIR:
	case PLAN_SYMLINK:
	case PLAN_OP_MAX: break;
	}
}

/*
 * A block device where everything else may be made: Landlock is asked before
 * capabilities, and says EACCES where they would say EPERM.
 */
static int
try_block_device(const char *dir)
{
	struct sentence path = { .len = 0 };
	say(&path, dir);
	say(&path, "/.codex-sandbox-canary");
	int err = outcome(mknod(path.text, S_IFBLK | S_IRUSR, 0));
	if (err == 0)
		(void)unlink(path.text); /* ours */
	return err;
}

/* Where nothing is writable nothing shows the one layer apart from the other. */
static void
prove_landlock(const struct proof *p)
{
	const struct claim claim = { "Landlock", "make a block device in",
		{ EACCES } };
	for (uint32_t i = 0; i < p->plan->n_mounts; i++) {
		const struct plan_mount *m = &p->plan->mounts[i];
		if (m->op != PLAN_DEV && m->op != PLAN_BIND_RW &&
			m->op != PLAN_OVERLAY &&
			(m->op != PLAN_TMPFS || m->perms != 01777))
			continue;
		int err = try_block_device(m->dest);
		if (err == ENOTDIR || err == EROFS || err == EEXIST)
			continue; /* a file, or nothing can be made there */
		canary_judge(p, &claim, m->dest, err);
		return;
	}
}

/* No plan without namespaces makes "/" writable. */
static void
prove_root(const struct proof *p)
{
	const struct claim claim = { "Landlock", "make a file in",
		{ EACCES, EROFS } };
	static const char name[] = "/.codex-sandbox-canary";
	int err = outcome(mknod(name, S_IFREG | S_IRUSR, 0));
	if (err == 0)
		(void)unlink(name); /* ours */
	canary_judge(p, &claim, "/", err);
}

void
canary_mounts(const struct proof *p)
{
	if ((p->plan->flags & (PLAN_NAMESPACES | PLAN_LANDLOCK)) ==
		PLAN_LANDLOCK)
		prove_root(p);
	for (uint32_t i = 0; i < p->plan->n_mounts; i++)
		if ((p->plan->flags & PLAN_NAMESPACES) != 0)
			prove_mount(p, i);
	if ((p->plan->flags & PLAN_LANDLOCK) != 0)
		prove_landlock(p);
}
