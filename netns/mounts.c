/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts.c -- the plan's mounts, laid by descriptor (room: inside).
 *
 * Theory.  bwrap gave us the whole host tree as "/", writable and with devices,
 * in a mount namespace of our own.  Nothing of the command runs yet.
 *
 * 0. bwrap leaves the tree a slave of the host's: what is mounted there later
 *    (a stick, an image) would appear inside, writable.  It becomes private.
 * 1. Sources.  Every bound path is opened below "/" without following a link,
 *    compared with the object that the front end opened (device and inode), and
 *    copied as a detached tree.  From here on names of the host do not matter:
 *    whoever renames or replaces something changes nothing for us.
 * 2. Base.  Either "/" stays and becomes read-only, with all that is mounted
 *    below it, in one call; or an empty tmpfs is put beside it and becomes "/"
 *    at the end (pivot_root).
 * 3. Laying.  In the plan's order, parents first, each tree is moved onto its
 *    destination, again opened without following a link and compared.  Mount
 *    points are made only on file systems that we have mounted ourselves (their
 *    device numbers are remembered), never on the host's: that is the class of
 *    CVE-2026-87766.
 * 4. What is ours is made read-only.
 *
 * Every step is one call on one descriptor, so the work is linear in the number
 * of mounts, however many the host has.
 */
#include "netns/mounts.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "netns/mount_api.h"
#include "netns/mount_dev.h"
#include "netns/mount_own.h"

/* A directory that every host has and that our view covers or leaves behind. */
static const char stage[] = "/dev";

struct laying {
	const struct plan *plan;
	struct own own; /* file systems of ours, and the stuff of masks */
	struct dev_nodes nodes;
	int host;      /* "/" as bwrap left it */
	int root;      /* where destinations are: host, or our tmpfs */
	bool overlaid; /* device numbers below an overlay differ */
	int tree[PLAN_MOUNTS_MAX]; /* detached copies; -1 */
};

static _Noreturn void
fail_mount(const struct plan_mount *m, int err)
{
	errno = -err;
	die_errno(m->dest, "codex-sandbox doctor");
}

static bool
is_bind(const struct plan_mount *m)
{
	return m->op == PLAN_BIND_RO || m->op == PLAN_BIND_RW ||
	       m->op == PLAN_BIND_DEV;
}

/* The object must be the one that the plan was made from. */
static void
verify(const struct laying *l, const struct plan_mount *m, int fd)
{
	struct stat st;
	if (m->ino == 0)
		return; /* a place, not an object */
	if (fstat(fd, &st) != 0)
		fail_mount(m, -errno);
	if (st.st_ino != m->ino || (!l->overlaid && st.st_dev != m->dev))
		die(m->dest, "was replaced while the sandbox was being built",
			"run the command again when nothing else changes it");
}

static uint64_t
attrs_of(const struct plan_mount *m)
{
	return ATTR_NOSUID | (m->op == PLAN_BIND_DEV ? 0 : ATTR_NODEV) |
	       (m->op == PLAN_BIND_RO ? ATTR_RDONLY : 0);
}

/*
 * The workspace as the upper layer over a skeleton that holds only the guarded
 * names (3.): they exist inside, can be mounted on, and never appear outside.
 * Made while the host's tree is still writable: overlayfs asks the mount.
 */
static void
take_overlay(struct laying *l, uint32_t i)
{
	const struct plan *p = l->plan;
	const struct plan_mount *m = &p->mounts[i];
	int upper = mount_dest(l->host, m->dest);
	int work = mount_dest(l->host, m->arg);
	if (upper < 0 || work < 0)
		fail_mount(m, upper < 0 ? upper : work);
	verify(l, m, upper);
	int lower = own_skeleton(&l->own, i);
	const size_t len = strlen(m->dest);
	for (uint32_t j = i + 1; lower >= 0 && j < p->n_mounts; j++) {
		const struct plan_mount *g = &p->mounts[j];
		if ((g->op != PLAN_GUARD_DIR && g->op != PLAN_GUARD_FILE) ||
			strncmp(g->dest, m->dest, len) != 0 ||
			g->dest[len] != '/')
			continue;
		int fd = own_make(
			&l->own, lower, g->dest + len, g->op == PLAN_GUARD_DIR);
		if (fd < 0)
			fail_mount(g, fd);
		(void)close(fd);
	}
	l->tree[i] = lower < 0 ? lower : mount_overlay(lower, upper, work);
	if (l->tree[i] < 0) {
		errno = -l->tree[i];
		die_errno("overlay", m->dest);
	}
	(void)close(lower);
	(void)close(upper);
	(void)close(work);
	l->overlaid = true;
}

static void
take_overlays(struct laying *l)
{
	for (uint32_t i = 0; i < l->plan->n_mounts; i++)
		if (l->plan->mounts[i].op == PLAN_OVERLAY)
			take_overlay(l, i);
}

static void
take_source(struct laying *l, uint32_t i)
{
	const struct plan_mount *m = &l->plan->mounts[i];
	l->tree[i] = -1;
	if (!is_bind(m) || (i == 0 && m->dest[1] == '\0'))
		return;
	int fd = mount_dest(l->host, m->arg);
	if (fd < 0)
		fail_mount(m, fd);
	verify(l, m, fd);
	l->tree[i] = mount_clone(fd);
	(void)close(fd);
	if (l->tree[i] < 0)
		fail_mount(m, l->tree[i]);
	int r = mount_attr(l->tree[i], attrs_of(m), 0, true);
	if (r < 0)
		fail_mount(m, r);
}

/* "/" of the view: the host's tree in place, or an empty tmpfs beside it. */
static void
lay_base(struct laying *l)
{
	const struct plan_mount *m = &l->plan->mounts[0];
	int r;
	if (is_bind(m)) {
		l->root = l->host;
		r = mount_attr(l->host, attrs_of(m), 0, true);
	} else {
		r = own_tmpfs(&l->own, "0755");
		if (r >= 0) {
			int dest = mount_dest(l->host, stage);
			l->root = r;
			r = dest < 0 ? dest : mount_move(l->root, dest);
		}
	}
	if (r < 0)
		fail_mount(m, r);
}

/* Open the destination; make it where it lies on a file system of ours. */
static int
destination(const struct laying *l, const struct plan_mount *m, bool dir)
{
	int fd = mount_dest(l->root, m->dest);
	if (fd == -ENOENT)
		fd = own_make(&l->own, l->root, m->dest, dir);
	if (fd < 0)
		fail_mount(m, fd);
	return fd;
}

static void
attach(struct laying *l, const struct plan_mount *m, int tree, bool dir)
{
	int dest = destination(l, m, dir);
	int r = mount_move(tree, dest);
	(void)close(dest);
	(void)close(tree);
	if (r < 0)
		fail_mount(m, r);
}

static bool
fd_is_dir(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * A denial is about a name, not about the object that had it a moment ago:
 * somebody outside may replace or remove it while we work (a shell its history,
 * an editor its file).  What is there now is masked; -1: nothing is.
 */
static int
denied_place(const struct laying *l, const struct plan_mount *m)
{
	int fd = mount_dest(l->root, m->dest);
	if (fd < 0 && fd != -ENOENT)
		fail_mount(m, fd);
	return fd < 0 ? -1 : fd;
}

static void
put_mask(struct laying *l, const struct plan_mount *m, enum own_mask which,
	int dest)
{
	int tree = own_mask(&l->own, which);
	int r = tree < 0 ? tree : mount_move(tree, dest);
	(void)close(dest);
	if (r < 0)
		fail_mount(m, r);
	(void)close(tree);
}

static void
lay_tmpfs(struct laying *l, uint32_t i)
{
	const struct plan_mount *m = &l->plan->mounts[i];
	const bool denial = m->perms == 0 || m->perms == 0111;
	int dest = denial ? denied_place(l, m) : destination(l, m, true);
	if (dest < 0)
		return;
	/* A mask with nothing to show below it is a copy of one empty directory. */
	if (m->perms == 0) {
		put_mask(l, m, OWN_DIR_000, dest);
		return;
	}
	int tree = own_tmpfs(&l->own, m->perms == 01777 ? "1777" : "0755");
	int r = tree < 0 ? tree : mount_move(tree, dest);
	(void)close(dest);
	if (r < 0)
		fail_mount(m, r);
	l->tree[i] = tree; /* made read-only by descriptor later */
}

static void
lay_mask(struct laying *l, const struct plan_mount *m, enum own_mask which)
{
	int dest = which == OWN_FILE_000
			   ? denied_place(l, m)
			   : destination(l, m, which == OWN_DIR_555);
	if (dest >= 0)
		put_mask(l, m, which, dest);
}

/*
 * A mount on the symlink itself: it keeps leading where it leads and can be
 * neither replaced, renamed nor removed.
 */
static void
lay_pinned_link(struct laying *l, const struct plan_mount *m)
{
	int dest = mount_dest_link(l->root, m->dest);
	if (dest < 0)
		fail_mount(m, dest);
	verify(l, m, dest);
	int tree = mount_clone(dest);
	int r = tree < 0 ? tree : mount_move(tree, dest);
	(void)close(dest);
	if (tree >= 0)
		(void)close(tree);
	if (r < 0)
		fail_mount(m, r);
}

static void
lay_proc(struct laying *l, const struct plan_mount *m)
{
	static const struct mount_option none[] = { { NULL, NULL } };
	int tree =
		mount_new("proc", none, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
	if (tree == -EPERM || tree == -EACCES)
		die(m->dest,
			"this host does not let the sandbox have its own /proc (parts of the host's are masked, as in a container)",
			"unmask /proc for the container, or use --proc none or --proc host");
	if (tree < 0)
		fail_mount(m, tree);
	attach(l, m, tree, true);
}

/* Attached first: nothing can be mounted on a detached file system. */
static void
lay_dev(struct laying *l, const struct plan_mount *m)
{
	int tree = own_tmpfs(&l->own, "0755");
	int dest = destination(l, m, true);
	int r = tree < 0 ? tree : mount_move(tree, dest);
	if (r >= 0)
		r = dev_fill(&l->nodes, tree);
	if (r < 0)
		fail_mount(m, r);
	(void)close(dest);
	(void)close(tree);
}

static void
lay_symlink(struct laying *l, const struct plan_mount *m)
{
	int r = own_symlink(&l->own, l->root, m->dest, m->arg);
	if (r < 0)
		fail_mount(m, r);
}

static void
lay_one(struct laying *l, uint32_t i)
{
	const struct plan_mount *m = &l->plan->mounts[i];
	int fd;
	switch ((enum plan_op)m->op) {
	case PLAN_BIND_RO:
	case PLAN_BIND_RW:
	case PLAN_BIND_DEV:
		if (l->tree[i] >= 0)
			attach(l, m, l->tree[i], fd_is_dir(l->tree[i]));
		l->tree[i] = -1;
		break;
	case PLAN_TMPFS:
		if (i > 0)
			lay_tmpfs(l, i);
		break;
	case PLAN_MASK_FILE: lay_mask(l, m, OWN_FILE_000); break;
	case PLAN_DEV: lay_dev(l, m); break;
	case PLAN_PROC: lay_proc(l, m); break;
	case PLAN_DIR:
		fd = own_make(&l->own, l->root, m->dest, true);
		if (fd < 0)
			fail_mount(m, fd);
		(void)close(fd);
		break;
	case PLAN_SYMLINK: lay_symlink(l, m); break;
	case PLAN_OVERLAY:
		attach(l, m, l->tree[i], true);
		l->tree[i] = -1;
		break;
	case PLAN_GUARD_DIR: lay_mask(l, m, OWN_DIR_555); break;
	case PLAN_GUARD_FILE: lay_mask(l, m, OWN_FILE_444); break;
	case PLAN_PIN_LINK: lay_pinned_link(l, m); break;
	case PLAN_REMOUNT_RO:
	case PLAN_OP_MAX: break;
	}
}

/* Remounts come in the reverse order of what they are about. */
static void
seal(struct laying *l)
{
	const struct plan *p = l->plan;
	for (uint32_t i = 0; i < p->n_mounts; i++) {
		const struct plan_mount *m = &p->mounts[i];
		if (m->op != PLAN_TMPFS || l->tree[i] < 0)
			continue;
		bool ro = m->perms != 01777;
		int r = ro ? fchmodat(l->tree[i], ".", m->perms, 0) : 0;
		r = r != 0 ? -errno
		    : ro   ? mount_attr(l->tree[i], ATTR_RDONLY, 0, false)
			   : 0;
		(void)close(l->tree[i]);
		if (r < 0)
			fail_mount(m, r);
	}
}

/* Leave the host's tree behind: our tmpfs becomes "/". */
static void
change_root(struct laying *l)
{
	if (l->root == l->host)
		return;
	if (mount_attr(l->root, ATTR_RDONLY, 0, false) < 0 ||
		fchdir(l->root) != 0 ||
		syscall(SYS_pivot_root, ".", ".") != 0 ||
		umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		die_errno("/", "codex-sandbox doctor");
	(void)close(l->root);
}

void
mounts_lay(const struct plan *plan)
{
	static struct laying l; /* 16 KiB of descriptors: not for the stack */
	l.plan = plan;
	l.host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)umask(0); /* modes are meant as they are written here */
	int r = l.host < 0 ? -errno : mount_private(l.host);
	if (r >= 0)
		r = dev_take(&l.nodes, l.host);
	/* All sources are copied before the first thing is covered. */
	for (uint32_t i = 0; r >= 0 && i < plan->n_mounts; i++)
		take_source(&l, i);
	if (r >= 0)
		r = own_begin(&l.own, l.host, stage);
	if (r < 0) {
		errno = -r;
		die_errno("/dev", "codex-sandbox doctor");
	}
	take_overlays(&l);
	lay_base(&l);
	for (uint32_t i = 0; i < plan->n_mounts; i++)
		lay_one(&l, i);
	seal(&l);
	own_end(&l.own);
	change_root(&l);
	(void)close(l.host);
}
