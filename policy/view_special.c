/* SPDX-License-Identifier: Apache-2.0 */
/* view_special.c -- what every view gets beside its entries; room: user.
 *
 * /dev, /proc, /tmp and the places where hosts keep sockets.  A socket is a way
 * out (docker, the session bus, systemd, an ssh agent), and connect(2) is not a
 * write, so a read-only mount does not close it.  Directories made for sockets
 * (/run, $XDG_RUNTIME_DIR) are therefore empty unless an entry grants them, and
 * every other socket of the host that the view would show is masked
 * (view_sockets.c).
 */
#include "policy/view.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "policy/protect.h"
#include "policy/walk.h"

struct device_class {
	const char *name;
	const char *path;
	const char *help;
};

static const struct device_class device_classes[] = {
	{ "dri", "/dev/dri", "graphics cards" },
	{ "kvm", "/dev/kvm", "hardware virtualisation" },
	{ "fuse", "/dev/fuse", "filesystems in user space" },
};

/* Name resolution and system paths that distributions keep in /run. */
static const char *const run_keep_network[] = {
	"/run/systemd/resolve/stub-resolv.conf",
	"/run/systemd/resolve/resolv.conf",
	"/run/NetworkManager/resolv.conf",
	"/run/resolvconf/resolv.conf",
};
static const char *const run_keep_always[] = {
	"/run/current-system",
	"/run/opengl-driver",
};

struct placing {
	struct view *view;
	const struct view_request *rq;
	struct diag *d;
};

static int
put_plain(const struct placing *p, const char *path, enum view_kind kind,
	const char *origin)
{
	const struct view_node node = {
		.path = view_text(path),
		.kind = kind,
		.fd = -1,
		.is_dir = true,
		.origin = view_text(origin),
	};

	return view_put(p->view, &node, p->d);
}

static int
put_object(const struct placing *p, struct walk *w, enum view_kind kind,
	enum fs_access access, const char *origin)
{
	const struct view_node as = {
		.kind = kind, .access = access, .origin = view_text(origin)
	};

	return view_put_walked(p->view, w, &as, p->d);
}

static bool
has_node(const struct view *v, const char *path)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->nodes[i].kind != VIEW_SYMLINK &&
			strcmp(v->nodes[i].path, path) == 0)
			return true;
	return false;
}

/* Nodes that the minimal /dev has: a grant of one is granted already. */
static const char *const own_nodes[] = { "/dev/null", "/dev/zero", "/dev/full",
	"/dev/random", "/dev/urandom", "/dev/tty" };

static bool
is_own_node(const struct view_node *node)
{
	for (size_t i = 0; i < sizeof(own_nodes) / sizeof(own_nodes[0]); i++)
		if (node->kind == VIEW_BIND &&
			strcmp(node->path, own_nodes[i]) == 0)
			return true;
	return false;
}

static void
drop_own_nodes(struct view *v)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n; i++) {
		if (is_own_node(&v->nodes[i]))
			view_drop(&v->nodes[i]);
		else
			v->nodes[kept++] = v->nodes[i];
	}
	v->n = kept;
}

/* A writable filesystem includes the memory that programs share in it. */
static int
keep_shm(const struct placing *p)
{
	own_walk struct walk w = WALK_EMPTY;
	int err;

	if (view_access(p->view, "/dev/shm") != FS_WRITE ||
		has_node(p->view, "/dev/shm"))
		return 0;
	err = walk_path("/dev/shm", &w, p->d);
	if (err < 0 || w.missing || !S_ISDIR(w.mode))
		return err;
	return put_object(p, &w, VIEW_BIND, FS_WRITE, "writable filesystem");
}

/*
 * The host's own has everybody's command lines in it; the kernel still refuses
 * what lies behind a process of another user namespace (its root, memory and
 * environment), and Landlock what lies behind bwrap's (view_procfs.c).  Pinned,
 * so that it is a mount of its own wherever it lies.
 */
static int
add_proc(const struct placing *p)
{
	own_walk struct walk w = WALK_EMPTY;
	const struct view_node host = { .kind = VIEW_BIND,
		.access = FS_READ,
		.pinned = true,
		.origin = (char[]){ "--proc host" } };
	int err;

	if (p->rq->proc == VIEW_PROC_OWN)
		return put_plain(p, "/proc", VIEW_PROC, "own /proc");
	if (p->rq->proc == VIEW_PROC_NONE)
		return put_plain(p, "/proc", VIEW_HIDE, "--proc none");
	err = walk_path("/proc", &w, p->d);
	if (err < 0)
		return err;
	if (w.missing || strcmp(w.canonical, "/proc") != 0)
		return diag_set(p->d, -ENOENT, DIAG_SETUP, "/proc",
			"is not there (--proc host)", "use --proc own");
	return view_put_walked(p->view, &w, &host, p->d);
}

/* /dev and /proc are always ours: a grant of the host's would open far too much. */
static int
add_dev_and_proc(const struct placing *p)
{
	int err;

	for (size_t i = 0; i < p->view->n; i++) {
		const struct view_node *node = &p->view->nodes[i];
		bool dev = strcmp(node->path, "/dev") == 0;

		if (node->kind == VIEW_SYMLINK ||
			(!dev && !path_is_below(node->path, "/proc")))
			continue;
		if (node->kind == VIEW_BIND && node->access == FS_READ)
			continue; /* the view's own one satisfies it */
		return diag_setf(p->d, -EINVAL, DIAG_SETUP, node->path,
			dev ? "name a directory below it, or use --device CLASS"
			    : "take the entry out",
			"cannot be granted or denied, the sandbox has its own (%s)",
			node->origin);
	}
	drop_own_nodes(p->view);
	err = keep_shm(p);
	if (err >= 0)
		err = put_plain(p, "/dev", VIEW_DEV, "own minimal /dev");
	return err < 0 ? err : add_proc(p);
}

/*
 * Kernel settings of the host that a caller of uid 0 may write without any
 * capability: the files ask for the uid alone (core_pattern runs a program of
 * the writer's choice outside).
 */
static int
seal_proc(const struct placing *p)
{
	static const char *const settings[] = { "/proc/sys",
		"/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs",
		"/proc/acpi", "/proc/mtrr", "/proc/scsi", "/proc/asound",
		"/proc/driver", "/proc/dynamic_debug", "/proc/latency_stats",
		"/proc/timer_stats", "/proc/sched_debug", "/proc/kcore" };

	if (geteuid() != 0 || p->rq->proc != VIEW_PROC_OWN)
		return 0; /* there is none, or all of it is read-only */
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		own_walk struct walk w = WALK_EMPTY;
		int err;

		err = walk_path(settings[i], &w, p->d);
		if (err < 0)
			return err;
		if (w.missing || strcmp(w.canonical, settings[i]) != 0)
			continue;
		err = put_object(
			p, &w, VIEW_BIND, FS_READ, "kernel settings (uid 0)");
		if (err < 0)
			return err;
	}
	return 0;
}

static int
add_devices(const struct placing *p)
{
	size_t n = sizeof(device_classes) / sizeof(device_classes[0]);

	for (size_t i = 0; i < p->rq->n_devices; i++) {
		own_walk struct walk w = WALK_EMPTY;
		size_t c = 0;
		int err;

		while (c < n &&
			strcmp(device_classes[c].name, p->rq->devices[i]) != 0)
			c++;
		if (c == n)
			return diag_set(p->d, -EINVAL, DIAG_USAGE,
				p->rq->devices[i], "is no device class",
				"use one of dri, kvm, fuse");
		err = walk_path(device_classes[c].path, &w, p->d);
		if (err < 0)
			return err;
		if (w.missing)
			return diag_setf(p->d, -w.missing, DIAG_SETUP,
				device_classes[c].path,
				"take --device out, or load the driver",
				"%s (--device %s)", diag_errno(w.missing),
				device_classes[c].name);
		err = put_object(p, &w, VIEW_DEVICE, FS_READ, "--device");
		if (err < 0)
			return err;
	}
	return 0;
}

static bool
is_real_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Hide one directory made for sockets, unless an entry is about exactly it. */
static int
hide(const struct placing *p, const char *path, const char *origin)
{
	if (!is_real_dir(path) || has_node(p->view, path) ||
		view_access(p->view, path) == FS_DENY)
		return 0;
	return put_plain(p, path, VIEW_HIDE, origin);
}

/*
 * --tmp private and --tmp host say it outright.  Without either the entries
 * decide, and only the directories that exist for sockets are hidden.
 */
static int
add_tmp(const struct placing *p)
{
	own_walk struct walk w = WALK_EMPTY;
	int err;

	switch (p->rq->tmp) {
	case VIEW_TMP_PRIVATE:
		if (!is_real_dir("/tmp"))
			return 0;
		return put_plain(p, "/tmp", VIEW_SCRATCH, "private /tmp");
	case VIEW_TMP_AUTO:
		err = hide(p, "/tmp/.X11-unix", "sockets of the host");
		return err < 0 ? err
			       : hide(p, "/tmp/.ICE-unix",
					 "sockets of the host");
	case VIEW_TMP_HOST: break;
	}
	err = walk_path("/tmp", &w, p->d);
	if (err < 0)
		return err;
	if (w.missing)
		return diag_set(p->d, -w.missing, DIAG_SETUP, "/tmp",
			diag_errno(w.missing), "use --tmp private");
	return put_object(p, &w, VIEW_BIND, FS_WRITE, "--tmp host");
}

static int
keep_below_run(const struct placing *p, const char *const *paths, size_t n)
{
	static const char origin[] = "system path in /run";

	for (size_t i = 0; i < n; i++) {
		own_walk struct walk w = WALK_EMPTY;
		int err;

		if (walk_is_missing(paths[i]))
			continue;
		err = walk_path(paths[i], &w, p->d);
		if (err < 0)
			return err;
		if (w.missing)
			continue;
		err = view_put_links(p->view, &w, origin, p->d);
		if (err < 0)
			return err;
		if (!path_is_below(w.canonical, "/run"))
			continue; /* seen where it lies, if at all */
		err = put_object(p, &w, VIEW_BIND, FS_READ, origin);
		if (err < 0)
			return err;
	}
	return 0;
}

static int
add_run(const struct placing *p)
{
	bool visible = view_access(p->view, "/run") != FS_DENY;
	own_walk struct walk w = WALK_EMPTY;
	int err = 0;

	if (visible && !has_node(p->view, "/run")) {
		err = keep_below_run(p, run_keep_always,
			sizeof(run_keep_always) / sizeof(run_keep_always[0]));
		if (err >= 0 && p->rq->host_network)
			err = keep_below_run(p, run_keep_network,
				sizeof(run_keep_network) /
					sizeof(run_keep_network[0]));
	}
	if (err >= 0)
		err = hide(p, "/run", "sockets of the host");
	if (err >= 0)
		err = hide(p, "/var/run", "sockets of the host");
	if (err < 0 || !p->rq->runtime_dir || p->rq->runtime_dir[0] != '/')
		return err;
	err = walk_path(p->rq->runtime_dir, &w, p->d);
	if (err < 0 || w.missing || !S_ISDIR(w.mode) ||
		strcmp(w.canonical, "/") == 0)
		return err;
	return hide(p, w.canonical, "$XDG_RUNTIME_DIR");
}

/*
 * A workspace inside a hidden directory (a checkout in /run/user/...) stays
 * what the policy made of it.
 */
static int
keep_workspace(const struct placing *p, enum fs_access before)
{
	const struct view_node *node = view_deciding(p->view, p->rq->workspace);
	own_walk struct walk w = WALK_EMPTY;
	int err;

	if (before == FS_DENY || !node || node->kind != VIEW_HIDE)
		return 0;
	err = walk_path(p->rq->workspace, &w, p->d);
	if (err >= 0 && w.n_links > 0)
		err = protect_unmoved(&w, p->rq->workspace, p->d);
	if (err < 0 || w.missing)
		return err;
	return put_object(p, &w, VIEW_BIND, before, "workspace");
}

/* Sockets granted by name.  They are bound over whatever hides them. */
static int
add_granted_sockets(const struct placing *p)
{
	for (size_t i = 0; i < p->rq->n_sockets; i++) {
		own_walk struct walk w = WALK_EMPTY;
		int err = walk_path(p->rq->sockets[i], &w, p->d);

		if (err < 0)
			return err;
		if (w.missing || !S_ISSOCK(w.mode))
			return diag_setf(p->d, -ENOTSOCK, DIAG_SETUP,
				p->rq->sockets[i],
				"start its server first, or take --socket out",
				"%s (--socket)",
				w.missing ? diag_errno(w.missing)
					  : "is not a socket");
		err = view_put_links(p->view, &w, "--socket", p->d);
		if (err >= 0)
			err = put_object(p, &w, VIEW_BIND, FS_READ, "--socket");
		if (err < 0)
			return err;
	}
	return 0;
}

int
view_add_specials(struct view *v, const struct view_request *rq, struct diag *d)
{
	const struct placing p = { v, rq, d };
	enum fs_access workspace = view_access(v, rq->workspace);
	int err = add_dev_and_proc(&p);

	if (err >= 0)
		err = seal_proc(&p);
	if (err >= 0)
		err = add_devices(&p);
	if (err >= 0)
		err = add_tmp(&p);
	if (err >= 0)
		err = add_run(&p);
	if (err >= 0)
		err = keep_workspace(&p, workspace);
	if (err >= 0)
		err = add_granted_sockets(&p);
	if (err >= 0 && rq->own_names)
		err = view_add_names(v, d);
	return err;
}
