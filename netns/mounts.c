/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts.c -- the plan's mounts, laid by descriptor (room: inside).
 *
 * Theory.  "/" is the whole tree of the host, writable and with devices, in a
 * mount namespace that the launcher made (spaces.c).  Nothing of the command runs
 * yet.
 *
 * 0. The kernel makes the copy a slave of the host's mounts: what is mounted there
 *    later (a stick, an image) would appear inside, writable.  It becomes private.
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

#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "launcher/control.h"
#include "launcher/fail.h"
#include "launcher/plan.h"
#include "netns/channel.h"
#include "netns/mount_api.h"
#include "netns/mount_dev.h"
#include "netns/mount_overlay.h"
#include "netns/mount_own.h"

/* A directory that every host has and that our view covers or leaves behind. */
static const char stage[] = "/dev";

struct laying {
	const struct plan *plan;
	struct own own; /* file systems of ours, and the stuff of masks */
	struct dev_nodes nodes;
	int host; /* "/" as we found it */
	int root; /* where destinations are: host, or our tmpfs */
	dev_t over[OVERLAYS_MAX]; /* device numbers of the overlays */
	unsigned int n_over;
	int tree[PLAN_MOUNTS_MAX]; /* detached copies; -1 */
};

static _Noreturn void
fail_mount(const struct plan_mount *m, int err)
{
	errno = -err;
	die_errno(m->dest, "codex-sandbox doctor");
}

/*
 * This host refuses a means of the plan.  The front end may have a weaker one,
 * and starts again; when it has none it says what is written here.
 */
static _Noreturn void
unable(const struct laying *l, enum control_unable what, const char *thing,
	int err)
{
	const uint32_t word[CONTROL_WORDS] = { CONTROL_UNABLE, what };
	const bool overlay = what == UNABLE_OVERLAY;
	struct sentence s = { .len = 0 };
	(void)channel_send(l->plan->control_fd, word, -1);
	say(&s, overlay ? "cannot be laid as an overlay ("
			: "this host refuses the mount calls (");
	say(&s, fail_errno(-err) != NULL ? fail_errno(-err) : "kernel error");
	say(&s, ")");
	die(thing, s.text,
		overlay ? "use --guard auto" : "use --mount-engine auto");
}

static bool
is_bind(const struct plan_mount *m)
{
	return m->op == PLAN_BIND_RO || m->op == PLAN_BIND_RW ||
	       m->op == PLAN_BIND_DEV;
}

static bool
is_overlay(const struct laying *l, dev_t dev)
{
	for (unsigned int i = 0; i < l->n_over; i++)
		if (l->over[i] == dev)
			return true;
	return false;
}

/*
 * The object must be the one that the plan was made from.  In an overlay of
 * ours objects have their own inode number and the overlay's device.
 */
static void
verify(const struct laying *l, const struct plan_mount *m, int fd)
{
	struct stat st;
	if (m->ino == 0)
		return; /* a place, not an object */
	if (fstat(fd, &st) != 0)
		fail_mount(m, -errno);
	if (st.st_ino != m->ino ||
		(st.st_dev != m->dev && !is_overlay(l, st.st_dev)))
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
 * We lose the right to reconfigure it, the front end has it: the user namespace
 * is its own.  Without that the overlay is the same, but for what
 * policy/run_fresh.h says.
 */
static void
hand_out(const struct laying *l, int overlay)
{
	const uint32_t word[CONTROL_WORDS] = { CONTROL_OVERLAY };
	int context = mount_context(overlay);
	if (context < 0)
		return;
	(void)channel_send(l->plan->control_fd, word, context);
	(void)close(context);
}

/* Made while the host's tree is still writable: overlayfs asks the mount. */
static void
take_overlay(struct laying *l, uint32_t i)
{
	const struct plan_mount *m = &l->plan->mounts[i];
	struct stat st;
	int upper = mount_dest(l->host, m->dest);
	if (upper < 0)
		fail_mount(m, upper);
	verify(l, m, upper);
	l->tree[i] = l->n_over == OVERLAYS_MAX ? -E2BIG
					       : overlay_make(&l->own, l->host,
							 l->plan, i, upper);
	if (l->tree[i] >= 0 && fstat(l->tree[i], &st) != 0)
		l->tree[i] = -errno;
	if (l->tree[i] < 0)
		unable(l, UNABLE_OVERLAY, m->dest, l->tree[i]);
	l->over[l->n_over++] = st.st_dev;
	(void)close(upper);
	hand_out(l, l->tree[i]);
}

static void
take_overlays(struct laying *l)
{
	int taken[OVERLAYS_MAX];
	for (uint32_t i = 0; i < l->plan->n_mounts; i++) {
		if (l->plan->mounts[i].op != PLAN_OVERLAY)
			continue;
		take_overlay(l, i);
		taken[l->n_over - 1] = l->tree[i];
	}
	overlay_linger(taken, l->n_over);
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
put_tree(const struct plan_mount *m, int tree, int dest)
{
	int r = tree < 0 ? tree : mount_move(tree, dest);
	(void)close(dest);
	if (r < 0)
		fail_mount(m, r);
	(void)close(tree);
}

static void
put_mask(struct laying *l, const struct plan_mount *m, enum own_mask which,
	int dest)
{
	put_tree(m, own_mask(&l->own, which), dest);
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
lay_file_mask(struct laying *l, const struct plan_mount *m)
{
	int dest = denied_place(l, m);
	if (dest >= 0)
		put_mask(l, m, OWN_FILE_000, dest);
}

/*
 * A placeholder on the host (policy/journal.h) is taken away when nobody holds
 * its lock, and the mask would go with it.  The front end holds it; so do we,
 * because we outlive it by a moment when it is killed.
 */
static void
hold_placeholder(const struct plan_mount *m, int dest)
{
	int fd = mount_reopen(dest);
	if (fd < 0)
		fail_mount(m, fd);
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		fail_mount(m, -errno);
	/* Stays open, close-on-exec, until we end. */
}

static void
lay_guard(struct laying *l, const struct plan_mount *m, enum own_mask which)
{
	int dest = destination(l, m, which == OWN_DIR_555);
	verify(l, m, dest);
	if (m->ino != 0)
		hold_placeholder(m, dest);
	if (m->arg[0] != '\0') /* it could not be there and be empty */
		put_tree(m, own_text(&l->own, m->arg), dest);
	else
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
	case PLAN_MASK_FILE: lay_file_mask(l, m); break;
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
	case PLAN_GUARD_DIR: lay_guard(l, m, OWN_DIR_555); break;
	case PLAN_GUARD_FILE: lay_guard(l, m, OWN_FILE_444); break;
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
	/* By now every call was used once. */
	if (r == -ENOSYS || r == -EPERM || r == -EACCES)
		unable(&l, UNABLE_MOUNTS, stage, r);
	if (r < 0) {
		errno = -r;
		die_errno(stage, "codex-sandbox doctor");
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

/* Nothing of the command runs yet: what is mounted now stays what it is. */
void
mounts_verify(const struct plan *plan)
{
	/* bwrap leaves them slaves of the host's; by path and not by
	 * mount_setattr(2), which this kernel may not have. */
	if ((plan->flags & PLAN_NAMESPACES) != 0 &&
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		die_errno("mounts of the host", "codex-sandbox doctor");
	for (uint32_t i = 0; i < plan->n_mounts; i++) {
		const struct plan_mount *m = &plan->mounts[i];
		struct stat st;
		if (!is_bind(m) || m->ino == 0)
			continue;
		if (lstat(m->dest, &st) != 0 || st.st_ino != m->ino ||
			st.st_dev != m->dev)
			die(m->dest,
				"was replaced while the sandbox was being built",
				"run the command again when nothing else "
				"changes it");
	}
}
