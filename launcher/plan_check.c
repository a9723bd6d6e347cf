/* SPDX-License-Identifier: Apache-2.0 */
/* plan_check.c -- every field against the room's rules (room: cold, user). */
#include "launcher/plan_check.h"

#include <errno.h>
#include <string.h>

/* What an operation needs; what it does not name it must not have. */
enum rule {
	FD = 1 << 0,       /* may have a source descriptor */
	FD_MUST = 1 << 1,  /* has to have one */
	ARG = 1 << 2,      /* may have an argument, and has to without fd */
	TEXT = 1 << 4,     /* the argument is any text, not a path */
	PERMS = 1 << 5,    /* may have mode bits */
	IN_OWN = 1 << 7,   /* only on a file system that we made */
	OWN = 1 << 8,      /* below it is a file system that we made */
	REMOUNT = 1 << 9,  /* PLAN_REMOUNT_RO may follow */
	LEAF = 1 << 10,    /* nothing can lie below it */
	BY_INIT = 1 << 11, /* only where init lays the mounts */
	OPTION = 1 << 12,  /* the argument may be missing */
};

static const uint16_t op_rules[PLAN_OP_MAX] = {
	[PLAN_BIND_RO] = FD | ARG,
	[PLAN_BIND_RW] = FD | ARG,
	[PLAN_BIND_DEV] = ARG,
	[PLAN_TMPFS] = PERMS | OWN | REMOUNT,
	[PLAN_MASK_FILE] = FD | FD_MUST | PERMS | REMOUNT | LEAF,
	[PLAN_DEV] = OWN | REMOUNT,
	[PLAN_PROC] = 0,
	[PLAN_DIR] = PERMS | IN_OWN | OWN,
	[PLAN_SYMLINK] = ARG | TEXT | IN_OWN | LEAF,
	[PLAN_OVERLAY] = ARG | BY_INIT,
	[PLAN_GUARD_DIR] = PERMS | REMOUNT | LEAF,
	[PLAN_GUARD_FILE] = FD | FD_MUST | ARG | TEXT | OPTION | PERMS | LEAF,
	[PLAN_PIN_LINK] = LEAF | BY_INIT,
	[PLAN_REMOUNT_RO] = 0,
};

enum { PERMS_MAX = 01777, UMASK_MAX = 0777, SLOTS = 2 * PLAN_MOUNTS_MAX };

struct check {
	const struct plan *plan;
	struct plan_fault *fault;
	/* Descriptors that have a role already: one bit for each number. */
	uint8_t taken[PLAN_FD_MAX / 8 + 1];
	/*
	 * Destinations by hash (index + 1, 0 = free), so that 4096 mounts are
	 * checked in linear time.  Who makes paths collide slows himself down.
	 */
	uint16_t slot[SLOTS];
};

/* The first fault latches, so that a check is a list of needs. */
static void
need(struct check *c, bool holds, const char *or_else)
{
	if (!holds && c->fault->cause == NULL)
		c->fault->cause = or_else;
}

/* -1 is none, where there may be none. */
static void
take_fd(struct check *c, int32_t fd, bool must)
{
	const bool fits = fd >= PLAN_FD_FIRST && fd <= PLAN_FD_MAX;
	uint8_t *byte = &c->taken[fits ? fd / 8 : 0];
	const uint8_t bit = (uint8_t)(1u << (fits ? fd % 8 : 0)); /* of eight */
	if (fd == -1 && !must)
		return;
	need(c, fits, "a descriptor is missing or out of range");
	need(c, (*byte & bit) == 0, "a descriptor has two roles");
	*byte |= bit;
}

/* Absolute, no empty, "." or ".." component, no slash at the end. */
static bool
is_canonical(const char *path)
{
	if (strcmp(path, "/") == 0)
		return true;
	while (*path == '/') {
		const size_t len = strcspn(++path, "/");
		if (strncmp(path, "..", len) == 0) /* the three of them */
			return false;
		path += len;
		if (*path == '\0')
			return true;
	}
	return false;
}

/* The slot that path[0..len) is in, or the free one where it belongs. */
static uint16_t *
dest_slot(struct check *c, const char *path, size_t len)
{
	uint32_t at = 2166136261u; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		at = (at ^ (uint8_t)path[i]) * 16777619u;
	for (at %= SLOTS; c->slot[at] != 0; at = (at + 1) % SLOTS) {
		const char *dest = c->plan->mounts[c->slot[at] - 1].dest;
		if (strncmp(dest, path, len) == 0 && dest[len] == '\0')
			break;
	}
	return &c->slot[at];
}

/* The rules of what is laid where a slot says, 0 for a free one. */
static unsigned int
rules_at(const struct check *c, uint32_t slot)
{
	return slot == 0 ? 0 : op_rules[c->plan->mounts[slot - 1].op];
}

/* One mount by itself. */
static void
check_shape(struct check *c, const struct plan_mount *m)
{
	const bool known = m->op < PLAN_OP_MAX;
	const unsigned int rules = known ? op_rules[m->op] : 0;
	const bool has_fd = m->fd != -1, has_arg = m->arg[0] != '\0';
	/* Init opens everything itself: no descriptor comes with the plan. */
	const bool by_init = (c->plan->flags & PLAN_INIT_MOUNTS) != 0;
	need(c, known, "unknown operation");
	need(c, by_init || (rules & BY_INIT) == 0, "only init can lay it");
	need(c, is_canonical(m->dest), "destination is not canonical");
	need(c, m->perms <= ((rules & PERMS) != 0 ? PERMS_MAX : 0),
		"mode bits out of range");
	need(c, !has_fd || ((rules & FD) != 0 && !by_init),
		"it takes no descriptor");
	need(c, !has_arg || (rules & ARG) != 0, "it takes no argument");
	take_fd(c, m->fd, (rules & FD_MUST) != 0 && !by_init);
	if ((rules & ARG) != 0 && !has_fd && (has_arg || !(rules & OPTION)))
		need(c, (rules & TEXT) != 0 ? has_arg : is_canonical(m->arg),
			"source is not canonical");
}

/*
 * Where a mount lies among the others.  Nothing that was laid may be covered
 * later on (a mask under a writable bind protects nothing), and what bwrap has
 * to create is created on file systems of our own only.
 */
static void
check_place(struct check *c, uint32_t i)
{
	const char *dest = c->plan->mounts[i].dest;
	uint16_t nearest = 0;
	for (size_t len = strlen(dest); len > 1;) {
		while (len > 1 && dest[len - 1] != '/')
			len--;
		len -= len > 1; /* the slash, but for the root's */
		const uint16_t slot = *dest_slot(c, dest, len);
		need(c, slot <= i, "a later mount would cover it");
		if (nearest == 0)
			nearest = slot;
	}
	/* With nothing above, it lies in bwrap's own empty root. */
	const unsigned int above = nearest == 0 ? OWN : rules_at(c, nearest);
	need(c, (above & LEAF) == 0, "it lies below a file or symlink");
	need(c, (rules_at(c, i + 1) & IN_OWN) == 0 || (above & OWN) != 0,
		"it would be created on the host's file system");
}

/* Remounts come last, each for a mount of ours or the root, each once. */
static void
check_mounts(struct check *c)
{
	bool remounted[PLAN_MOUNTS_MAX + 1] = { false };
	uint32_t i, n = 0; /* mounts without remounts */
	for (i = 0; i < c->plan->n_mounts && c->fault->cause == NULL; i++) {
		const struct plan_mount *m = &c->plan->mounts[i];
		uint16_t *slot = dest_slot(c, m->dest, strlen(m->dest));
		c->fault->mount = (int32_t)i; /* at most PLAN_MOUNTS_MAX */
		check_shape(c, m);
		if (m->op != PLAN_REMOUNT_RO) {
			need(c, n == i, "it follows a remount");
			need(c, *slot == 0, "destination is taken already");
			*slot = (uint16_t)++n; /* the same */
			continue;
		}
		need(c,
			(rules_at(c, *slot) & REMOUNT) != 0 ||
				strcmp(m->dest, "/") == 0,
			"no own mount to make read-only");
		need(c, !remounted[*slot], "it is made read-only twice");
		remounted[*slot] = true;
	}
	for (i = 0; i < n && c->fault->cause == NULL; i++) {
		c->fault->mount = (int32_t)i;
		check_place(c, i);
	}
}

static void
check_flags(struct check *c, const struct plan *p)
{
	const uint32_t flags = p->flags;
	const bool spaces = (flags & PLAN_NAMESPACES) != 0;
	const bool network = (flags & PLAN_PRIVATE_NET) != 0;
	const bool doors = (flags & PLAN_NET_PROXY) != 0;
	need(c, (flags & ~(uint32_t)PLAN_FLAGS_ALL) == 0, "unknown flag");
	need(c, spaces || !network, "a private network needs namespaces");
	need(c, spaces || (flags & PLAN_LANDLOCK) != 0 || p->n_mounts == 0,
		"mounts need namespaces");
	need(c, spaces || (flags & PLAN_INIT_MOUNTS) == 0,
		"mounts need namespaces");
	need(c, doors ? network : p->net.count == 0, "doors to nothing");
	need(c, (flags & PLAN_NO_NEW_PRIVS) != 0 || (!spaces && !p->n_filter),
		"no_new_privs is missing");
	need(c, p->tty_mask <= 7 && !p->tty_mask == !(flags & PLAN_TTY),
		"tty_mask does not fit the flags");
}

static void
check_process(struct check *c, const struct plan *p)
{
	take_fd(c, p->control_fd, true);
	take_fd(c, p->net_fd, (p->flags & PLAN_NET_PROXY) != 0);
	take_fd(c, p->init_fd, (p->flags & PLAN_NAMESPACES) != 0);
	for (uint32_t i = 0; i < 3; i++) /* the pty may stand in for one */
		take_fd(c, p->stdio_fd[i], (p->tty_mask >> i & 1) == 0);
	need(c, is_canonical(p->cwd), "cwd is not canonical");
	need(c, p->argv.count > 0, "argv is empty");
	need(c, p->umask <= UMASK_MAX, "umask out of range");
	need(c, (p->timeout_ms | p->grace_ms) <= PLAN_TIMEOUT_MAX_MS,
		"a time is out of range"); /* the limit is of all ones */
	for (uint32_t i = 0, seen = 0; i < p->n_limits; i++) {
		const struct plan_limit *l = &p->limits[i];
		const uint32_t bit = 1u << (l->resource % PLAN_LIMITS_MAX);
		need(c, l->resource < PLAN_LIMITS_MAX, "unknown limit");
		need(c, (seen & bit) == 0, "a limit is there twice");
		need(c, l->soft <= l->hard, "a soft limit is above its hard");
		seen |= bit;
	}
}

int
plan_check(const struct plan *p, struct plan_fault *f)
{
	struct check c = { .plan = p, .fault = f };
	*f = (struct plan_fault){ .mount = -1 };
	check_flags(&c, p);
	check_process(&c, p);
	check_mounts(&c);
	return f->cause == NULL ? 0 : -EINVAL;
}
