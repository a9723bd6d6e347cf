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
#include "policy/view.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/path.h"

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

/* The content of a mask; bwrap reads it to its end and closes it. */
static int
mask_content(struct view_node *node, struct plan_mount *m, struct diag *d)
{
	const char *text = node->kind == VIEW_GUARD || node->kind == VIEW_FILE
				   ? node->target
				   : NULL;
	size_t len = text ? strlen(text) : 0;

	own_close(&node->fd);
	node->fd = text ? memfd_create("text", MFD_CLOEXEC)
			: open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (node->fd < 0 || (text && (write(node->fd, text, len) < 0 ||
					     lseek(node->fd, 0, SEEK_SET) < 0)))
		return diag_set(d, -errno, DIAG_SETUP, "/dev/null",
			diag_errno(errno), "raise the limit on open files");
	m->fd = node->fd;
	return 0;
}

static bool
is_file_mask(const struct view_node *node)
{
	return node->kind == VIEW_SOCKET || node->kind == VIEW_FILE ||
	       (!node->is_dir &&
		       (node->kind == VIEW_MASK || node->kind == VIEW_GUARD));
}

static void
shape_bind(const struct view_node *node, struct plan_mount *m)
{
	m->op = node->kind == VIEW_DEVICE  ? PLAN_BIND_DEV
		: node->access != FS_WRITE ? PLAN_BIND_RO
		: node->target             ? PLAN_OVERLAY
					   : PLAN_BIND_RW;
	m->arg = node->target && node->kind == VIEW_BIND ? node->target
							 : node->path;
}

/* What a node is as a mount, but for where its object comes from. */
static void
shape(const struct view *v, size_t i, struct plan_mount *m)
{
	const struct view_node *node = &v->nodes[i];

	switch (node->kind) {
	case VIEW_BIND:
	case VIEW_DEVICE: shape_bind(node, m); break;
	case VIEW_MASK:
	case VIEW_SOCKET:
		m->op = is_file_mask(node) ? PLAN_MASK_FILE : PLAN_TMPFS;
		m->perms = node->is_dir && has_visible_below(v, i) ? 0111 : 0;
		break;
	case VIEW_GUARD:
	case VIEW_FILE:
		m->op = node->is_dir ? PLAN_GUARD_DIR : PLAN_GUARD_FILE;
		m->arg = node->target ? node->target : "";
		m->perms = node->is_dir ? 0555 : 0444;
		break;
	case VIEW_HIDE:
	case VIEW_SCRATCH:
		m->op = PLAN_TMPFS;
		m->perms = node->kind == VIEW_HIDE ? 0755 : 01777;
		break;
	case VIEW_DEV: m->op = PLAN_DEV; break;
	case VIEW_PROC: m->op = PLAN_PROC; break;
	case VIEW_LINK: m->op = PLAN_PIN_LINK; break;
	case VIEW_SYMLINK:
		m->op = PLAN_SYMLINK;
		m->arg = node->target;
		break;
	}
}

static int
mount_node(struct view *v, size_t i, struct plan *p, struct diag *d)
{
	struct view_node *node = &v->nodes[i];
	struct plan_mount m = { .dest = node->path, .arg = "", .fd = -1 };
	int err = 0;

	shape(v, i, &m);
	/* Init compares: what it lays itself, or what bwrap laid by name. */
	m.dev = node->dev;
	m.ino = node->ino;
	if (p->flags & PLAN_INIT_MOUNTS) {
		m.fd = -1;
	} else if (is_file_mask(node)) {
		err = mask_content(node, &m, d);
	} else if (node->kind == VIEW_BIND) {
		m.fd = node->fd;
	}
	return err < 0 ? err : add_mount(p, &m, d);
}

/* Is the node an empty directory of ours that must not be written to? */
static bool
is_sealed_dir(const struct view_node *node)
{
	return !node->shadowed && node->is_dir &&
	       (node->kind == VIEW_HIDE || node->kind == VIEW_MASK ||
		       node->kind == VIEW_GUARD);
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

	return is_sealed_dir(node) ? add_mount(p, &m, d) : 0;
}

/*
 * The calls are asked with a descriptor that cannot be.  EPERM says nothing here
 * (outside a user namespace of our own they are forbidden); where a filter
 * forbids them inside too, init says so (CONTROL_UNABLE) before anything runs.
 */
enum view_engine
view_engine_probe(void)
{
	static const long calls[] = { 428, 429,
		442 }; /* open_tree, move_mount, mount_setattr */
	const struct {
		uint64_t set, clear, propagation, userns_fd;
	} attr = { 1, 0, 0, 0 };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		long r = i == 0   ? syscall(calls[i], -1, "", AT_EMPTY_PATH)
			 : i == 1 ? syscall(calls[i], -1, "", -1, "", 0x44)
				  : syscall(calls[i], -1, "", AT_EMPTY_PATH,
					    &attr, sizeof(attr));

		if (r < 0 && errno == ENOSYS)
			return VIEW_ENGINE_BWRAP;
	}
	return VIEW_ENGINE_INIT;
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
