/* SPDX-License-Identifier: Apache-2.0 */
/* bwrap_argv.c -- checked plan to bubblewrap options (room: cold, user). */
#include "launcher/bwrap_argv.h"

#include <errno.h>
#include <string.h>

enum { DECIMAL = 10, OCTAL = 8 };

static void
put(struct bwrap_args *out, const char *word)
{
	const size_t len = strlen(word) + 1;
	if (out->full || len > out->size - out->len) {
		out->full = true;
		return;
	}
	memcpy(out->bytes + out->len, word, len);
	out->len += len;
	out->count++;
}

static void
put_number(struct bwrap_args *out, uint32_t n, uint32_t base)
{
	char digits[12];
	size_t at = sizeof digits - 1;
	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + n % base);
	while ((n /= base) != 0);
	put(out, digits + at);
}

/* A descriptor of a checked plan is not negative. */
static void
put_fd(struct bwrap_args *out, int32_t fd)
{
	put_number(out, (uint32_t)fd, DECIMAL);
}

/* The source was opened once, by the front end; the name is for people. */
static void
put_bind(struct bwrap_args *out, const struct plan_mount *m, const char *by_fd,
	const char *by_path)
{
	put(out, m->fd >= 0 ? by_fd : by_path);
	if (m->fd >= 0)
		put_fd(out, m->fd);
	else
		put(out, m->arg);
	put(out, m->dest);
}

/* "--perms MODE" holds for the next operation. */
static void
put_with_perms(
	struct bwrap_args *out, const struct plan_mount *m, const char *op)
{
	put(out, "--perms");
	put_number(out, m->perms, OCTAL);
	put(out, op);
	if (m->op == PLAN_MASK_FILE)
		put_fd(out, m->fd);
	put(out, m->dest);
}

static void
put_mount(struct bwrap_args *out, const struct plan_mount *m)
{
	switch ((enum plan_op)m->op) {
	case PLAN_BIND_RO: put_bind(out, m, "--ro-bind-fd", "--ro-bind"); break;
	case PLAN_BIND_RW: put_bind(out, m, "--bind-fd", "--bind"); break;
	case PLAN_BIND_DEV:
		put(out, "--dev-bind");
		put(out, m->arg);
		put(out, m->dest);
		break;
	case PLAN_TMPFS: put_with_perms(out, m, "--tmpfs"); break;
	case PLAN_MASK_FILE: put_with_perms(out, m, "--ro-bind-data"); break;
	case PLAN_DIR: put_with_perms(out, m, "--dir"); break;
	case PLAN_SYMLINK:
		put(out, "--symlink");
		put(out, m->arg);
		put(out, m->dest);
		break;
	case PLAN_DEV:
	case PLAN_PROC:
	case PLAN_REMOUNT_RO:
		put(out, m->op == PLAN_DEV    ? "--dev"
			 : m->op == PLAN_PROC ? "--proc"
					      : "--remount-ro");
		put(out, m->dest);
		break;
	case PLAN_OP_MAX: out->full = true; break; /* not a checked plan */
	}
}

/*
 * The namespaces one by one: --unshare-all would imply a user namespace of
 * bwrap's own, and the network namespace would belong to the wrong one.
 */
static void
put_namespaces(struct bwrap_args *out, const struct plan *p, int userns_fd)
{
	put(out, "--userns");
	put_fd(out, userns_fd);
	put(out, "--unshare-pid");
	put(out, "--unshare-ipc");
	put(out, "--unshare-uts");
	put(out, "--unshare-cgroup-try");
	if ((p->flags & PLAN_PRIVATE_NET) != 0)
		put(out, "--unshare-net");
	put(out, "--die-with-parent");
	put(out, "--as-pid-1");
	put(out, "--cap-drop");
	put(out, "ALL");
	if ((p->flags & PLAN_NET_ADMIN) != 0) {
		put(out, "--cap-add");
		put(out, "CAP_NET_ADMIN");
	}
	put(out, "--chdir");
	put(out, "/");
}

int
bwrap_argv(const struct plan *p, int userns_fd, struct bwrap_args *out)
{
	out->len = 0;
	out->count = 0;
	out->full = false;
	put_namespaces(out, p, userns_fd);
	for (uint32_t i = 0; i < p->n_mounts; i++)
		put_mount(out, &p->mounts[i]);
	if (out->full)
		return -ENOBUFS;
	return out->count > BWRAP_ARGUMENTS_MAX ? -E2BIG : 0;
}
