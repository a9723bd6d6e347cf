/* SPDX-License-Identifier: Apache-2.0 */
/* landlock_view.c -- a resolved view as rules of Landlock; room: user.
 *
 * "/" for reading becomes a rule for each thing that lies in it, without those
 * that have a node of their own: so /dev is its few harmless nodes, and /run,
 * /proc or a denied /opt have no rule.  A rule for listing is on "/" and hence
 * everywhere, where everything may be read anyway.
 *
 * Host sockets need no mask: the filter lets nobody connect.
 */
#include "policy/landlock_view.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "policy/view.h"

/* Of /dev; no terminals, which would be those of the user's other windows. */
static const char *const dev_nodes[] = { "/dev/null", "/dev/zero", "/dev/full",
	"/dev/random", "/dev/urandom", "/dev/tty" };

static const char use_namespaces[] = "use --backend namespaces";

/* What a policy may do without, where Landlock cannot keep it. */
enum waiver {
	WAIVE_PROC = 1 << 0,
	WAIVE_TMP = 1 << 1,
	WAIVE_PROTECT = 1 << 2,
	WAIVE_SECRETS = 1 << 3,
};
static const char *const waivers[] = { "--proc none", "--tmp host",
	"--no-protect all", "--allow-secrets" };

struct ruling {
	struct view *v; /* its arena keeps texts that rules borrow */
	struct plan *p;
	struct diag *d;
	unsigned int waivers; /* that would be needed */
	struct diag first;    /* what they would be needed for */
};

static int
add(struct ruling *r, enum plan_op op, const char *path, dev_t dev, ino_t ino)
{
	struct plan *p = r->p;

	if (p->n_mounts == PLAN_MOUNTS_MAX)
		return diag_set(r->d, -E2BIG, DIAG_SETUP, path,
			"is one rule too many, the limit is 4096",
			"grant or deny directories instead of single files");
	p->mounts[p->n_mounts++] = (struct plan_mount){
		.op = (uint8_t)op, /* an enumerator of few */
		.perms = op == PLAN_TMPFS ? 0755 : 0,
		.fd = -1,
		.dest = path,
		.arg = op == PLAN_TMPFS ? "" : path,
		.dev = dev,
		.ino = ino,
	};
	return 0;
}

static int
add_node(struct ruling *r, enum plan_op op, const struct view_node *node)
{
	return add(r, op, node->path, node->dev, node->ino);
}

static int
refuse(struct ruling *r, const struct view_node *node, const char *what,
	const char *mend)
{
	return diag_setf(r->d, -EOPNOTSUPP, DIAG_SETUP, node->path, mend,
		"%s, which Landlock alone cannot do (%s)", what, node->origin);
}

/* Refused in the end, with all options that it takes in one message. */
static int
needs(struct ruling *r, const struct view_node *node, const char *what,
	enum waiver waiver)
{
	(void)diag_setf(&r->first, 0, DIAG_SETUP, node->path, "",
		"%s, which Landlock alone cannot do (%s)", what, node->origin);
	r->waivers |= waiver;
	return 0;
}

static int
refuse_first(const struct ruling *r)
{
	own_buf struct buf mend = { 0 };

	buf_str_add(&mend, "add");
	for (size_t i = 0; i < sizeof(waivers) / sizeof(waivers[0]); i++)
		if (r->waivers & 1u << i)
			buf_printf(&mend, " %s", waivers[i]);
	buf_str_add(&mend,
		" to do without, or use --backend namespaces on a host that allows them");
	return diag_set(r->d, -EOPNOTSUPP, DIAG_SETUP, r->first.thing,
		r->first.cause, buf_str(&mend));
}

/* By a rule of ours, which an option takes out, or by an entry. */
static int
protect(struct ruling *r, const struct view_node *node, const char *what)
{
	if (strncmp(node->origin, "protected", 9) == 0)
		return needs(r, node, what, WAIVE_PROTECT);
	return refuse(
		r, node, what, "use --backend namespaces, or take it out");
}

/* The nearest node above that decides; nodes are sorted and merged. */
static const struct view_node *
above(const struct view *v, const struct view_node *node)
{
	char path[PLAN_PATH_TEXT];
	char *slash;

	if (node->path[1] == '\0')
		return NULL;
	(void)snprintf(path, sizeof(path), "%s", node->path);
	slash = strrchr(path, '/');
	slash[slash == path ? 1 : 0] = '\0';
	return view_deciding(v, path);
}

static bool
grants(const struct view_node *node, enum fs_access access)
{
	return node && node->kind == VIEW_BIND && node->access == access;
}

/* Directly in "/", which is read thing by thing: no rule is made for it. */
static bool
left_out(const struct view_node *node, const struct view_node *up)
{
	return !up || up->kind == VIEW_MASK || up->kind == VIEW_HIDE ||
	       (grants(up, FS_READ) && up->path[1] == '\0' &&
		       strchr(node->path + 1, '/') == NULL);
}

/* One name in "/".  A symlink is what it leads to. */
static int
add_top(struct ruling *r, const char *name)
{
	const struct view_node *node;
	struct view_node new = { .kind = VIEW_BIND,
		.access = FS_READ,
		.fd = -1,
		.shadowed = true,
		.origin = (char[]){ "in /" } };
	char path[PLAN_PATH_TEXT];
	struct stat st;
	int err;

	(void)snprintf(path, sizeof(path), "/%s", name);
	node = view_deciding(r->v, path);
	if ((node && node->path[1] != '\0' && !node->shadowed) ||
		lstat(path, &st) < 0 ||
		(!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return 0;
	new.path = path;
	err = view_put(r->v, &new, r->d);
	return err < 0 ? err
		       : add(r, PLAN_BIND_RO, r->v->nodes[r->v->n - 1].path,
				 st.st_dev, st.st_ino);
}

static int
add_root(struct ruling *r)
{
	DIR *dir = opendir("/");
	const struct dirent *e;
	int err = dir ? add(r, PLAN_TMPFS, "/", 0, 0) : -errno;

	while (dir && err >= 0 && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			err = add_top(r, e->d_name);
	if (dir)
		(void)closedir(dir);
	return err;
}

static int
add_bind(struct ruling *r, const struct view_node *node,
	const struct view_node *up)
{
	bool root = node->path[1] == '\0';

	if (root && node->access == FS_WRITE)
		return refuse(r, node,
			"everything is to be writable, but for /dev and /proc",
			use_namespaces);
	if (root)
		return add_root(r);
	if (node->access == FS_WRITE)
		return add_node(r, PLAN_BIND_RW, node);
	if (grants(up, FS_WRITE))
		return protect(r, node,
			"is to be read-only inside a writable directory");
	return add_node(r, PLAN_BIND_RO, node);
}

static int
add_mask(struct ruling *r, const struct view_node *node,
	const struct view_node *up)
{
	/* Ours: of no other use to a reader than to learn names. */
	bool own = strcmp(node->origin, "own state of codex-sandbox") == 0;

	if (left_out(node, up) || (own && grants(up, FS_READ)))
		return 0;
	if (strcmp(node->origin, "secret") == 0)
		return needs(r, node, "is to be denied inside what is granted",
			WAIVE_SECRETS);
	return refuse(r, node, "is to be denied inside what is granted",
		"use --backend namespaces, name what is read with -r, or take it out");
}

/* What hides sockets may be left out, where nobody can remove them. */
static int
add_hidden(struct ruling *r, const struct view_node *node,
	const struct view_node *up)
{
	if (!grants(up, FS_WRITE))
		return 0;
	return refuse(r, node,
		"is of the host and is to be kept inside a writable directory",
		"use --backend namespaces, or grant another directory");
}

static int
add_dev(struct ruling *r)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(dev_nodes) / sizeof(dev_nodes[0]); i++) {
		struct stat st;

		if (err < 0 || lstat(dev_nodes[i], &st) < 0 ||
			!S_ISCHR(st.st_mode))
			continue;
		err = add(r, PLAN_BIND_DEV, dev_nodes[i], st.st_dev, st.st_ino);
	}
	return err;
}

static int
add_one(struct ruling *r, const struct view_node *node)
{
	const struct view_node *up = above(r->v, node);

	switch (node->kind) {
	case VIEW_BIND: return add_bind(r, node, up);
	case VIEW_MASK: return add_mask(r, node, up);
	case VIEW_HIDE:
	case VIEW_SOCKET: return add_hidden(r, node, up);
	case VIEW_DEV: return add_dev(r);
	case VIEW_DEVICE: return add_node(r, PLAN_BIND_DEV, node);
	case VIEW_SYMLINK: return 0; /* the host's own is there */
	case VIEW_SCRATCH:
		return needs(r, node, "is to be private and empty", WAIVE_TMP);
	case VIEW_PROC:
		return needs(r, node, "is to be the sandbox's own", WAIVE_PROC);
	case VIEW_GUARD: return protect(r, node, "is to stay missing");
	case VIEW_FILE:
		return refuse(
			r, node, "is to be the sandbox's own", use_namespaces);
	case VIEW_LINK:
		return protect(r, node, "is to stay the symlink that it is");
	}
	return 0;
}

int
landlock_view(struct view *v, struct plan *p, struct diag *d)
{
	struct ruling r = { .v = v, .p = p, .d = d };
	size_t n = v->n; /* add_top() appends */
	int err = 0;

	p->n_mounts = 0;
	for (size_t i = 0; err >= 0 && i < n; i++) {
		const struct view_node node = v->nodes[i]; /* they may move */

		if (!node.shadowed)
			err = add_one(&r, &node);
	}
	return err >= 0 && r.waivers != 0 ? refuse_first(&r) : err;
}
