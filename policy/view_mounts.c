/* SPDX-License-Identifier: Apache-2.0 */
/* view_mounts.c -- a resolved view as ordered mounts; room: user.
 *
 * Order.  Nodes are sorted parents before children, so laying them in that
 * order makes the deepest entry win: a child's mount lies on its parent's.
 * Directories and mount points inside our own tmpfs are made on the way, so
 * everything of ours that must be read-only is remounted so at the very end.
 * Nothing is ever created in a host directory: every destination outside our
 * own tmpfs exists (it was opened), and the sandbox's root is read-only.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "policy/view.h"

static int
add_mount(struct plan *p, const struct plan_mount *m, struct diag *d)
{
	if (p->n_mounts == PLAN_MOUNTS_MAX)
		return diag_set(d, -E2BIG, DIAG_SETUP, m->dest,
			"is one mount too many, the limit is 4096",
			"grant or deny directories instead of single files");
	p->mounts[p->n_mounts++] = *m;
	return 0;
}

/* Is anything visible laid below node i?  Then its mask must be searchable. */
static bool
has_visible_below(const struct view *v, size_t i)
{
	for (size_t j = i + 1; j < v->n; j++) {
		if (!path_is_below(v->nodes[j].path, v->nodes[i].path))
			return false;
		if (!v->nodes[j].shadowed && v->nodes[j].kind != VIEW_MASK &&
			v->nodes[j].kind != VIEW_SOCKET)
			return true;
	}
	return false;
}

/* The empty content of a mask; bwrap reads it to its end and closes it. */
static int
mask_content(struct view_node *node, struct diag *d)
{
	if (node->fd >= 0 && close(node->fd) < 0)
		node->fd = -1;
	node->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (node->fd < 0)
		return diag_set(d, -errno, DIAG_SETUP, "/dev/null",
			diag_errno(errno), "raise the limit on open files");
	return 0;
}

static int
mount_node(struct view *v, size_t i, struct plan *p, struct diag *d)
{
	struct view_node *node = &v->nodes[i];
	struct plan_mount m = { .dest = node->path, .arg = "", .fd = -1 };

	switch (node->kind) {
	case VIEW_BIND:
		m.op = node->access == FS_WRITE ? PLAN_BIND_RW : PLAN_BIND_RO;
		m.fd = node->fd;
		m.arg = node->path;
		break;
	case VIEW_MASK:
	case VIEW_SOCKET:
		if (node->is_dir && node->kind == VIEW_MASK) {
			m.op = PLAN_TMPFS;
			m.perms = has_visible_below(v, i) ? 0111 : 0;
			break;
		}
		m.op = PLAN_MASK_FILE;
		if (mask_content(node, d) < 0)
			return -EMFILE;
		m.fd = node->fd;
		break;
	case VIEW_HIDE:
		m.op = PLAN_TMPFS;
		m.perms = 0755;
		break;
	case VIEW_SCRATCH:
		m.op = PLAN_TMPFS;
		m.perms = 01777;
		break;
	case VIEW_DEV: m.op = PLAN_DEV; break;
	case VIEW_PROC: m.op = PLAN_PROC; break;
	case VIEW_DEVICE:
		m.op = PLAN_BIND_DEV;
		m.arg = node->path;
		break;
	case VIEW_SYMLINK:
		m.op = PLAN_SYMLINK;
		m.arg = node->target;
		break;
	}
	return add_mount(p, &m, d);
}

static int
remount_node(const struct view_node *node, struct plan *p, struct diag *d)
{
	const struct plan_mount m = {
		.op = PLAN_REMOUNT_RO,
		.dest = node->path,
		.arg = "",
		.fd = -1,
	};

	if (node->shadowed || !node->is_dir ||
		(node->kind != VIEW_HIDE && node->kind != VIEW_MASK))
		return 0;
	return add_mount(p, &m, d);
}

int
view_to_mounts(struct view *v, struct plan *p, struct diag *d)
{
	bool rooted = v->n > 0 && strcmp(v->nodes[0].path, "/") == 0 &&
		      v->nodes[0].kind == VIEW_BIND;
	int err = 0;

	p->n_mounts = 0;
	if (!rooted)
		err = add_mount(p,
			&(struct plan_mount){ .op = PLAN_TMPFS,
				.perms = 0755,
				.fd = -1,
				.dest = "/",
				.arg = "" },
			d);
	for (size_t i = 0; err >= 0 && i < v->n; i++)
		if (!v->nodes[i].shadowed)
			err = mount_node(v, i, p, d);
	for (size_t i = v->n; err >= 0 && i-- > 0;)
		err = remount_node(&v->nodes[i], p, d);
	if (err >= 0 && !rooted)
		err = add_mount(p,
			&(struct plan_mount){ .op = PLAN_REMOUNT_RO,
				.fd = -1,
				.dest = "/",
				.arg = "" },
			d);
	return err;
}
