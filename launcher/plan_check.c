/* SPDX-License-Identifier: Apache-2.0 */
/* plan_check.c -- every field against the room's rules (room: cold, user). */
#include "launcher/plan_check.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <string.h>

/* What an operation needs; what it does not name it must not have. */
enum rule {
	FD_MAY = 1 << 0,   /* a source descriptor, or -1 and arg is its path */
	FD_MUST = 1 << 1,  /* a descriptor, always */
	ARG_PATH = 1 << 2, /* arg is an absolute canonical path */
	ARG_SOURCE = 1 << 3,  /* the same where there is no descriptor */
	ARG_TEXT = 1 << 4,    /* arg is any text but none */
	PERMS = 1 << 5,       /* mode bits */
	ON_ROOT = 1 << 6,     /* dest may be "/" */
	IN_TMPFS = 1 << 7,    /* only on a file system that we made */
	REMOUNTABLE = 1 << 8, /* PLAN_REMOUNT_RO may follow */
	NO_PARENT = 1 << 9,   /* nothing can lie below it */
	OWN_TREE = 1 << 10,   /* below it is a file system that we made */
};

static const uint16_t op_rules[PLAN_OP_MAX] = {
	[PLAN_BIND_RO] = FD_MAY | ARG_SOURCE | ON_ROOT,
	[PLAN_BIND_RW] = FD_MAY | ARG_SOURCE | ON_ROOT,
	[PLAN_BIND_DEV] = FD_MAY | ARG_PATH | ON_ROOT,
	[PLAN_TMPFS] = PERMS | ON_ROOT | REMOUNTABLE | OWN_TREE,
	[PLAN_MASK_FILE] = FD_MUST | PERMS | REMOUNTABLE | NO_PARENT,
	[PLAN_DEV] = REMOUNTABLE | OWN_TREE,
	[PLAN_PROC] = 0,
	[PLAN_DIR] = PERMS | IN_TMPFS | OWN_TREE,
	[PLAN_SYMLINK] = ARG_TEXT | IN_TMPFS | NO_PARENT,
	[PLAN_REMOUNT_RO] = ON_ROOT,
};

enum { PERMS_MAX = 01777, UMASK_MAX = 0777, ALONE = -1 };

/* --- the first fault latches, so a check is a list of needs ---------------- */

static void
look_at(struct plan_fault *f, const char *field, int64_t index)
{
	if (f->cause != NULL)
		return;
	f->field = field;
	f->index = (int32_t)index; /* of a list in a plan: small */
}

static void
need(struct plan_fault *f, bool holds, const char *or_else)
{
	if (!holds && f->cause == NULL)
		f->cause = or_else;
}

/* --- descriptors: one bit for each number that was seen -------------------- */

struct seen_fds {
	uint8_t bits[PLAN_FD_MAX / 8 + 1];
};

/* A descriptor has exactly one role; `optional` ones may be -1. */
static void
claim_fd(struct plan_fault *f, struct seen_fds *seen, int32_t fd, bool optional)
{
	if (fd == -1 && optional)
		return;
	if (fd < PLAN_FD_FIRST || fd > PLAN_FD_MAX) {
		need(f, false, "its descriptor is out of range");
		return;
	}
	const uint8_t bit = (uint8_t)(1u << (fd % 8)); /* one of eight */
	need(f, (seen->bits[fd / 8] & bit) == 0,
		"its descriptor has another role already");
	seen->bits[fd / 8] |= bit;
}

/* --- paths ---------------------------------------------------------------- */

static bool
is_root(const char *path)
{
	return strcmp(path, "/") == 0;
}

/* Absolute, no empty, "." or ".." component, no slash at the end. */
static bool
is_canonical(const char *path)
{
	size_t len;
	if (is_root(path))
		return true;
	for (; path[0] == '/'; path += 1 + len) {
		len = strcspn(path + 1, "/");
		if (len == 0 || (len == 1 && path[1] == '.') ||
			(len == 2 && path[1] == '.' && path[2] == '.'))
			return false;
		if (path[1 + len] == '\0')
			return true;
	}
	return false;
}

/* Length of the parent's path inside path[0..len): "/a/b" 4 -> "/a" 2 -> 1. */
static size_t
parent_len(const char *path, size_t len)
{
	while (len > 1 && path[len - 1] != '/')
		len--;
	return len > 1 ? len - 1 : 1;
}

/*
 * Destinations by hash, so that 4096 mounts are checked in linear time.  Who
 * makes paths collide slows himself down.
 */
enum { SLOTS = 2 * PLAN_MOUNTS_MAX };

struct dest_table {
	const struct plan_mount *mounts;
	uint16_t slot[SLOTS]; /* index + 1, 0 = free */
};

/* The slot that path[0..len) is in, or the free one where it belongs. */
static uint16_t *
dest_slot(struct dest_table *t, const char *path, size_t len)
{
	uint32_t at = 2166136261u; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		at = (at ^ (uint8_t)path[i]) * 16777619u;
	for (at %= SLOTS; t->slot[at] != 0; at = (at + 1) % SLOTS) {
		const char *dest = t->mounts[t->slot[at] - 1].dest;
		if (strncmp(dest, path, len) == 0 && dest[len] == '\0')
			break;
	}
	return &t->slot[at];
}

/* --- mounts --------------------------------------------------------------- */

/* One mount by itself. */
static void
check_shape(
	struct plan_fault *f, struct seen_fds *seen, const struct plan_mount *m)
{
	const bool known = m->op < PLAN_OP_MAX;
	const unsigned int rules = known ? op_rules[m->op] : 0;
	const bool by_path = (rules & ARG_PATH) != 0 ||
			     ((rules & ARG_SOURCE) != 0 && m->fd == -1);
	need(f, known, "its operation is unknown");
	need(f, is_canonical(m->dest),
		"its destination is not absolute and canonical");
	need(f, (rules & ON_ROOT) != 0 || !is_root(m->dest),
		"it cannot be laid over the root");
	need(f, m->perms <= ((rules & PERMS) != 0 ? PERMS_MAX : 0),
		"its mode bits are out of range");
	need(f, m->fd == -1 || (rules & (FD_MAY | FD_MUST)) != 0,
		"it takes no descriptor");
	claim_fd(f, seen, m->fd, (rules & FD_MUST) == 0);
	need(f, !by_path || is_canonical(m->arg),
		"its source is not absolute and canonical");
	need(f, (rules & ARG_TEXT) == 0 || m->arg[0] != '\0',
		"its target is empty");
	need(f,
		(rules & (ARG_PATH | ARG_SOURCE | ARG_TEXT)) != 0 ||
			m->arg[0] == '\0',
		"it takes no argument");
}

/*
 * Where a mount lies among the others.  Nothing that was laid may be covered
 * later on (a mask under a writable bind protects nothing), and what bwrap has
 * to create is created on file systems of our own only.
 */
static void
check_place(struct plan_fault *f, struct dest_table *t, uint32_t i)
{
	const char *dest = t->mounts[i].dest;
	unsigned int above = OWN_TREE; /* bwrap's empty root, when nothing is */
	bool nearest = true;
	for (size_t len = strlen(dest); len > 1;) {
		len = parent_len(dest, len);
		const uint16_t found = *dest_slot(t, dest, len);
		if (found == 0)
			continue;
		need(f, found < i + 1, "a later mount would cover it");
		if (nearest)
			above = op_rules[t->mounts[found - 1].op];
		nearest = false;
	}
	need(f, (above & NO_PARENT) == 0,
		"its destination is below a file or a symbolic link");
	need(f,
		(op_rules[t->mounts[i].op] & IN_TMPFS) == 0 ||
			(above & OWN_TREE) != 0,
		"it would be created on a file system of the host");
}

/* Remounts come last, each for a mount of ours (or the root), each once. */
static void
check_remounts(
	struct plan_fault *f, struct dest_table *t, uint32_t i, uint32_t count)
{
	bool done[PLAN_MOUNTS_MAX + 1] = { false };
	for (; i < count && f->cause == NULL; i++) {
		const struct plan_mount *m = &t->mounts[i];
		const uint16_t at = *dest_slot(t, m->dest, strlen(m->dest));
		const unsigned int rules =
			at != 0 ? op_rules[t->mounts[at - 1].op] : 0;
		look_at(f, "mount", i);
		need(f, m->op == PLAN_REMOUNT_RO, "it follows a remount");
		need(f, (rules & REMOUNTABLE) != 0 || is_root(m->dest),
			"there is no mount of its own to make read-only");
		need(f, !done[at], "it is made read-only twice");
		done[at] = true;
	}
}

static void
check_mounts(struct plan_fault *f, struct seen_fds *seen, const struct plan *p)
{
	struct dest_table table = { .mounts = p->mounts };
	uint32_t first_remount = p->n_mounts;
	for (uint32_t i = 0; i < p->n_mounts && f->cause == NULL; i++) {
		const struct plan_mount *m = &p->mounts[i];
		look_at(f, "mount", i);
		check_shape(f, seen, m);
		if (m->op == PLAN_REMOUNT_RO && i < first_remount)
			first_remount = i;
		if (i >= first_remount)
			continue;
		uint16_t *slot = dest_slot(&table, m->dest, strlen(m->dest));
		need(f, *slot == 0,
			"its destination is taken by another mount");
		*slot = (uint16_t)(i + 1); /* at most PLAN_MOUNTS_MAX */
	}
	for (uint32_t i = 0; i < first_remount && f->cause == NULL; i++) {
		look_at(f, "mount", i);
		check_place(f, &table, i);
	}
	check_remounts(f, &table, first_remount, p->n_mounts);
}

/* --- the rest ------------------------------------------------------------- */

static void
check_flags(struct plan_fault *f, const struct plan *p)
{
	const uint32_t flags = p->flags;
	const bool spaces = (flags & PLAN_NAMESPACES) != 0;
	const bool network = (flags & PLAN_PRIVATE_NET) != 0;
	const bool admin = (flags & PLAN_NET_ADMIN) != 0;
	look_at(f, "flags", ALONE);
	need(f, (flags & ~(uint32_t)PLAN_FLAGS_ALL) == 0, "one is unknown");
	need(f, spaces || (!network && p->n_mounts == 0),
		"network and mounts need namespaces");
	need(f, network || !admin, "no private network to administer");
	need(f,
		(flags & PLAN_NO_NEW_PRIVS) != 0 ||
			(!spaces && p->n_filter == 0),
		"no_new_privs is missing");
	need(f,
		(flags & PLAN_TTY) != 0 ? p->tty_mask - 1 < 7
					: p->tty_mask == 0,
		"tty_mask does not fit");
}

static void
check_process(struct plan_fault *f, struct seen_fds *seen, const struct plan *p)
{
	look_at(f, "control_fd", ALONE);
	claim_fd(f, seen, p->control_fd, false);
	look_at(f, "init_fd", ALONE);
	claim_fd(f, seen, p->init_fd, (p->flags & PLAN_NAMESPACES) == 0);
	for (uint32_t i = 0; i < 3; i++) {
		look_at(f, "stdio_fd", i);
		/* With its bit, the pty stands in for it. */
		claim_fd(f, seen, p->stdio_fd[i], (p->tty_mask >> i & 1) != 0);
	}
	look_at(f, "cwd", ALONE);
	need(f, is_canonical(p->cwd), "it is not absolute and canonical");
	look_at(f, "argv", ALONE);
	need(f, p->argv.count > 0, "it is empty");
	look_at(f, "numbers", ALONE);
	need(f, p->umask <= UMASK_MAX, "umask is out of range");
	need(f,
		p->timeout_ms <= PLAN_TIMEOUT_MAX_MS &&
			p->grace_ms <= PLAN_TIMEOUT_MAX_MS,
		"a time is out of range");
}

static void
check_limits(struct plan_fault *f, const struct plan *p)
{
	uint32_t seen = 0;
	for (uint32_t i = 0; i < p->n_limits && f->cause == NULL; i++) {
		const struct plan_limit *l = &p->limits[i];
		const uint32_t bit = 1u << (l->resource % PLAN_LIMITS_MAX);
		look_at(f, "limit", i);
		need(f, l->resource < PLAN_LIMITS_MAX, "it is unknown");
		need(f, (seen & bit) == 0, "it is set twice");
		need(f, l->soft <= l->hard, "its soft value is above the hard");
		seen |= bit;
	}
}

int
plan_check(const struct plan *p, struct plan_fault *f)
{
	struct seen_fds seen = { .bits = { 0 } };
	f->cause = NULL;
	check_flags(f, p);
	check_process(f, &seen, p);
	check_limits(f, p);
	check_mounts(f, &seen, p);
	return f->cause == NULL ? 0 : -EINVAL;
}

/* --- what the descriptors really are -------------------------------------- */

static void
check_source(struct plan_fault *f, const struct plan_mount *m)
{
	struct stat st = { .st_mode = 0 }, named = { .st_mode = 0 };
	need(f, fstat(m->fd, &st) == 0, "its descriptor is not open");
	const bool empty = (S_ISREG(st.st_mode) && st.st_size == 0) ||
			   (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
	need(f, m->op != PLAN_MASK_FILE || empty, "its content is not empty");
	/* bwrap has no descriptor form of --dev-bind: the name must agree. */
	need(f,
		m->op != PLAN_BIND_DEV || (stat(m->arg, &named) == 0 &&
						  named.st_dev == st.st_dev &&
						  named.st_ino == st.st_ino),
		"its source was exchanged");
}

int
plan_check_fds(const struct plan *p, struct plan_fault *f)
{
	struct stat st;
	f->cause = NULL;
	look_at(f, "control_fd", ALONE);
	need(f, fstat(p->control_fd, &st) == 0 && S_ISSOCK(st.st_mode),
		"it is no socket");
	look_at(f, "init_fd", ALONE);
	need(f,
		p->init_fd == -1 ||
			(fstat(p->init_fd, &st) == 0 && S_ISREG(st.st_mode) &&
				(st.st_mode & 0111) != 0),
		"it is no program");
	for (uint32_t i = 0; i < 3; i++) {
		look_at(f, "stdio_fd", i);
		need(f, p->stdio_fd[i] == -1 || fstat(p->stdio_fd[i], &st) == 0,
			"it is not open");
	}
	for (uint32_t i = 0; i < p->n_mounts && f->cause == NULL; i++) {
		look_at(f, "mount", i);
		if (p->mounts[i].fd != -1)
			check_source(f, &p->mounts[i]);
	}
	return f->cause == NULL ? 0 : -EINVAL;
}
