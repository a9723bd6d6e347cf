/* SPDX-License-Identifier: Apache-2.0 */
/* bwrap_argv.c -- checked plan to bubblewrap options (room: cold, user). */
#include "launcher/bwrap_argv.h"

#include <errno.h>
#include <string.h>

/* A mount is: [--perms MODE] OPTION [FD | ARG] DEST. */
static const struct {
	const char *by_fd;   /* OPTION when there is a descriptor to give */
	const char *by_path; /* else; ARG follows unless it is empty */
	bool perms;
} op_words[PLAN_OP_MAX] = {
	[PLAN_BIND_RO] = { "--ro-bind-fd", "--ro-bind", false },
	[PLAN_BIND_RW] = { "--bind-fd", "--bind", false },
	[PLAN_BIND_DEV] = { NULL, "--dev-bind", false },
	[PLAN_TMPFS] = { NULL, "--tmpfs", true },
	[PLAN_MASK_FILE] = { "--ro-bind-data", NULL, true },
	[PLAN_DEV] = { NULL, "--dev", false },
	[PLAN_PROC] = { NULL, "--proc", false },
	[PLAN_DIR] = { NULL, "--dir", true },
	[PLAN_SYMLINK] = { NULL, "--symlink", false },
	[PLAN_GUARD_DIR] = { NULL, "--tmpfs", true },
	[PLAN_GUARD_FILE] = { "--ro-bind-data", NULL, true },
	[PLAN_REMOUNT_RO] = { NULL, "--remount-ro", false },
};

#define LEND(capability) "--cap-add", capability

enum { DECIMAL = 10, OCTAL = 8 };

/* One argument; NULL (an unchecked plan) counts as one that does not fit. */
static void
put(struct bwrap_args *out, const char *word)
{
	const size_t len = word == NULL ? 0 : strlen(word) + 1;
	if (word == NULL || len > out->size - out->len) {
		out->full = true;
		return;
	}
	memcpy(out->bytes + out->len, word, len);
	out->len += len;
	out->count++;
}

/* Descriptors and modes of a checked plan are not negative. */
static void
put_number(struct bwrap_args *out, int32_t number, uint32_t base)
{
	char digits[12] = "";
	size_t at = sizeof digits - 1;
	uint32_t n = (uint32_t)number;
	do
		digits[--at] = (char)('0' + n % base);
	while ((n /= base) != 0);
	put(out, digits + at);
}

static void
put_mount(struct bwrap_args *out, const struct plan_mount *m)
{
	const bool by_fd = m->fd >= 0 && op_words[m->op].by_fd != NULL;
	if (op_words[m->op].perms) {
		put(out, "--perms");
		put_number(out, m->perms, OCTAL);
	}
	put(out, by_fd ? op_words[m->op].by_fd : op_words[m->op].by_path);
	if (by_fd)
		put_number(out, m->fd, DECIMAL);
	else if (m->arg[0] != '\0')
		put(out, m->arg);
	put(out, m->dest);
}

static void
put_words(struct bwrap_args *out, const char *const *words)
{
	for (; *words != NULL; words++)
		put(out, *words);
}

/*
 * The namespaces one by one: --unshare-all would imply a user namespace of
 * bwrap's own, and the network namespace would belong to the wrong one.
 */
int
bwrap_argv(const struct plan *p, int userns_fd, struct bwrap_args *out)
{
	/* Whoever laid the mounts, init makes them nobody's slaves. */
	static const char *const always[] = { "--unshare-pid", "--unshare-ipc",
		"--unshare-uts", "--unshare-cgroup-try", "--die-with-parent",
		"--as-pid-1", "--chdir", "/", "--cap-drop", "ALL",
		LEND("CAP_SYS_ADMIN"), LEND("CAP_SETPCAP"), NULL };
	/* For a route and a rule of the namespace, for port 53 in it, and to
	 * hear of what its kernel refuses. */
	static const char *const doors[] = { LEND("CAP_NET_ADMIN"),
		LEND("CAP_NET_BIND_SERVICE"), LEND("CAP_NET_RAW"), NULL };
	/* Init joins the namespaces of the holder and makes a view of the host
	 * there; it drops these capabilities (of our own user namespace) before
	 * anything runs.  DAC_OVERRIDE is for the kernel's own directory in an
	 * overlay, of mode 000; SYS_PTRACE to look at the holder. */
	static const char *const init_mounts[] = { LEND("CAP_SYS_CHROOT"),
		LEND("CAP_DAC_OVERRIDE"), LEND("CAP_SYS_PTRACE"), NULL };
	/* By its name in /proc init is started.  bwrap looks all of mountinfo
	 * through for a bind, but where the plan has no /proc of its own a host
	 * may refuse one. */
	static const struct plan_mount host_proc = {
		.op = PLAN_BIND_DEV, .fd = -1, .dest = "/proc", .arg = "/proc"
	};
	*out = (struct bwrap_args){ .bytes = out->bytes, .size = out->size };
	put(out, "--userns");
	put_number(out, userns_fd, DECIMAL);
	put_words(out, always);
	const bool by_init = (p->flags & PLAN_INIT_MOUNTS) != 0;
	if ((p->flags & PLAN_PRIVATE_NET) != 0 && !by_init)
		put(out, "--unshare-net");
	if ((p->flags & PLAN_NET_PROXY) != 0)
		put_words(out, doors);
	if (by_init)
		put_words(out, init_mounts);
	const uint32_t before = out->count;
	for (uint32_t i = 0; i < p->n_mounts; i++)
		if (!by_init || p->mounts[i].op == PLAN_PROC)
			put_mount(out, &p->mounts[i]);
	if (by_init && out->count == before)
		put_mount(out, &host_proc);
	if (out->full)
		return -ENOBUFS;
	return out->count > BWRAP_ARGUMENTS_MAX ? -E2BIG : 0;
}
