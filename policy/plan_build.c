/* SPDX-License-Identifier: Apache-2.0 */
/* plan_build.c -- options and this machine become one plan; room: user. */
#include "policy/plan_build.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/control.h"
#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/digest.h"
#include "policy/environ.h"
#include "policy/environ_net.h"
#include "policy/landlock_view.h"
#include "policy/limits.h"
#include "policy/options.h"
#include "policy/path.h"
#include "policy/plan_encode.h"
#include "policy/plan_facts.h"
#include "policy/plan_netpol.h"
#include "policy/plan_rules.h"
#include "policy/protect.h"
#include "policy/seccomp.h"
#include "policy/walk.h"

enum {
	STDIO_FD_MIN =
		10, /* above whatever the shell of a person uses by hand */
	LANDLOCK_ABI_FILES = 2, /* before, no file moves between directories */
	LANDLOCK_ABI_SCOPES = 6,
};

static void
close_channels(struct plan_build *b)
{
	own_close(&b->control_near);
	own_close(&b->control_far);
	for (int i = 0; i < 3; i++)
		own_close(&b->stdio[i]);
	plan_net_close(&b->net);
}

void
plan_build_free(struct plan_build *b)
{
	plan_rules_forget(b);
	plan_config_free(&b->config);
	profile_free(&b->profile);
	view_free(&b->view);
	ghost_end(&b->ghost);
	free(b->workspace);
	free(b->cwd);
	env_free(b->env);
	free(b->program);
	free(b->place);
	own_close(&b->init_fd);
	close_channels(b);
	buf_free(&b->blob);
}

/* A directory named by a person: opened once, known by its canonical name. */
static int
find_dir(const char *base, const char *name, const char *what, char **ret,
	struct diag *d)
{
	own_walk struct walk w = WALK_EMPTY;
	char *path = NULL;
	int err;

	err = name[0] == '/' ? path_normalise(name, &path)
			     : path_join(base, name, &path);
	if (err < 0)
		return diag_set(d, err, DIAG_SETUP, name, diag_errno(-err),
			"give a path of at most 4095 bytes");
	err = walk_path(path, &w, d);
	free(path);
	if (err < 0)
		return err;
	if (w.missing || !S_ISDIR(w.mode))
		return diag_setf(d, -ENOTDIR, DIAG_SETUP, name,
			"give an existing directory that you may enter",
			"%s (%s)",
			w.missing ? diag_errno(w.missing)
				  : "is not a directory",
			what);
	*ret = strdup(w.canonical);
	return *ret ? 0 : -ENOMEM;
}

static int
find_places(struct plan_build *b, const struct options *o, struct diag *d)
{
	char here[PATH_MAX];
	int err;

	if (!getcwd(here, sizeof(here)) || here[0] != '/')
		return diag_set(d, -ENOENT, DIAG_SETUP, "current directory",
			"was deleted, or cannot be reached from /",
			"change to an existing directory, or use -C DIR");
	err = find_dir(here, o->workspace ? o->workspace : ".",
		o->workspace ? "--workspace" : "current directory",
		&b->workspace, d);
	if (err < 0)
		return err;
	if (o->chdir)
		return find_dir(b->workspace, o->chdir, "--chdir", &b->cwd, d);
	b->cwd = strdup(b->workspace);
	return b->cwd ? 0 : -ENOMEM;
}

/*
 * A preset on / would make the whole system writable because somebody stood in
 * the wrong directory.  A profile that says root: write says so on purpose.
 */
static int
refuse_root_workspace(
	const struct plan_build *b, const struct options *o, struct diag *d)
{
	if (strcmp(b->workspace, "/") != 0 || o->profile || o->legacy ||
		(o->sandbox && strcmp(o->sandbox, "workspace-write") != 0))
		return 0;
	return diag_set(d, -EINVAL, DIAG_SETUP, "/",
		"as the workspace would make the whole system writable",
		"change to a project directory, use -C DIR, or --sandbox read-only");
}

static enum plan_cage
choose_cage(const struct profile *p)
{
	if (p->net == NET_PROXY)
		return CAGE_NAMESPACES; /* it is a network of the cage's own */
	if (p->fs == FS_KIND_EXTERNAL)
		return p->net == NET_RESTRICTED ? CAGE_FILTER : CAGE_NONE;
	if (p->fs == FS_KIND_UNRESTRICTED && p->net == NET_ENABLED)
		return CAGE_NONE;
	return CAGE_NAMESPACES;
}

/* Where codex-sandbox-init and its like are: beside us, or installed. */
static int
open_place(char self[PATH_MAX], const char **ret_place)
{
	ssize_t n = readlink("/proc/self/exe", self, PATH_MAX - 1);
	own_fd int dir = -1;

	*ret_place = self;
	if (n > 0) {
		self[n] = '\0';
		*strrchr(self, '/') = '\0';
		dir = open(self, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir >= 0 &&
			faccessat(dir, "codex-sandbox-init", X_OK, 0) == 0)
			return own_take_fd(&dir);
	}
	*ret_place = LIBEXECDIR;
	return open(LIBEXECDIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Can the launcher make a user namespace where the caller cannot? */
static bool
has_privileged_launcher(void)
{
	char self[PATH_MAX];
	const char *place;
	own_fd int dir = open_place(self, &place);
	own_fd int fd =
		openat(dir, "codex-sandbox-launch", O_RDONLY | O_CLOEXEC);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 &&
	       ((st.st_mode & S_ISUID) != 0 ||
		       fgetxattr(fd, "security.capability", NULL, 0) > 0);
}

/* Landlock alone only by name, or where `auto` finds nothing better. */
static void
choose_backend(struct plan_build *b, const struct options *o)
{
	b->backend = o->backend;
	if (b->cage != CAGE_NAMESPACES)
		return;
	if (o->backend == BACKEND_AUTO) {
		b->no_namespaces =
			backend_no_namespaces(has_privileged_launcher());
		b->backend = b->no_namespaces ? BACKEND_LANDLOCK
					      : BACKEND_NAMESPACES;
	}
	if (b->backend != BACKEND_NAMESPACES)
		b->cage = CAGE_LANDLOCK;
}

static void
set_filter(struct plan_build *b, enum seccomp_program id)
{
	const struct seccomp_bpf *bpf = seccomp_get(id);

	b->filter = bpf->name;
	b->plan->filter = bpf->bytes;
	b->plan->n_filter = bpf->n;
	b->plan->flags |= PLAN_NO_NEW_PRIVS;
}

/* Which cage, which filter: the network half of the policy. */
static int
choose_filter(struct plan_build *b, const struct options *o, struct diag *d)
{
	int abi;
	bool scopes;

	b->filter = "none";
	if (b->cage == CAGE_NONE)
		return 0;
	if (b->cage == CAGE_FILTER) {
		set_filter(b, SECCOMP_EXTERNAL);
		return 0;
	}
	if (b->cage == CAGE_LANDLOCK) {
		b->plan->flags |= PLAN_LANDLOCK;
		set_filter(b, b->backend == BACKEND_LANDLOCK
				      ? SECCOMP_LANDLOCK
				      : SECCOMP_LANDLOCK_LOOSE);
		return backend_admit(o, &b->profile, d);
	}
	b->plan->flags |= PLAN_NAMESPACES | PLAN_NO_NEW_PRIVS;
	abi = plan_landlock_abi();
	if (abi >= LANDLOCK_ABI_FILES)
		b->plan->flags |= PLAN_LANDLOCK;
	if (b->profile.net != NET_ENABLED) {
		b->plan->flags |= PLAN_PRIVATE_NET;
		set_filter(b, SECCOMP_ISOLATED);
		return 0;
	}
	/* With the host's network its abstract sockets are in reach, unless
	 * Landlock scopes them; where it cannot, no AF_UNIX socket is made. */
	scopes = abi >= LANDLOCK_ABI_SCOPES;
	if (!scopes && o->sockets.n > 0)
		return diag_set(d, -EOPNOTSUPP, DIAG_SETUP, o->sockets.items[0],
			"cannot be granted with the host's network on this kernel, which cannot scope abstract sockets (Landlock ABI 6, Linux 6.12)",
			"use --net none, or a newer kernel");
	if (scopes)
		b->plan->flags |= PLAN_SCOPE_SOCKETS;
	set_filter(b, scopes ? SECCOMP_FULL : SECCOMP_FULL_NO_UNIX);
	return 0;
}

/* What cannot be masked is kept out of reach by having no socket to reach it. */
static int
refuse_unix(struct plan_build *b, const struct options *o, struct diag *d)
{
	if (!b->view.no_unix)
		return 0;
	if (o->sockets.n > 0)
		return diag_setf(d, -EOPNOTSUPP, DIAG_SETUP,
			o->sockets.items[0],
			"stop that server, or let it bind an absolute name and leave it there",
			"cannot be granted, because %s", b->view.no_unix);
	set_filter(b, b->plan->flags & PLAN_PRIVATE_NET
			      ? SECCOMP_ISOLATED_NO_UNIX
			      : SECCOMP_FULL_NO_UNIX);
	return 0;
}

/* Who lays the mounts: what the kernel has, and has not refused. */
static void
choose_engine(struct plan_build *b, const struct options *o)
{
	const uint32_t flag = PLAN_INIT_MOUNTS;
	bool refused = (b->without & 1u << UNABLE_MOUNTS) != 0;

	b->plan->flags &= ~flag;
	if (b->cage == CAGE_NAMESPACES &&
		(o->engine == ENGINE_INIT ||
			(o->engine == ENGINE_AUTO && !refused &&
				view_engine_probe() == VIEW_ENGINE_INIT)))
		b->plan->flags |= flag;
}

/* Of the workspace-write preset a private one; else what the entries say. */
static enum view_tmp
choose_tmp(const struct options *o)
{
	if (o->tmp_given)
		return o->tmp;
	return !o->configured && !o->profile && !o->legacy &&
			       (!o->sandbox || strcmp(o->sandbox,
						       "workspace-write") == 0)
		       ? VIEW_TMP_PRIVATE
		       : VIEW_TMP_AUTO;
}

static int
refuse_places(const struct options *o, struct diag *d)
{
	if (o->sockets.n + o->devices.n == 0 && !o->tmp_given &&
		o->proc == VIEW_PROC_OWN)
		return 0;
	return diag_set(d, -EINVAL, DIAG_USAGE,
		"--socket, --device, --tmp, --proc",
		"mean nothing where the filesystem is not sandboxed",
		"use another policy, or take them out");
}

static int
resolve_view(struct plan_build *b, const struct options *o, struct diag *d)
{
	const struct protect_request protect = {
		.on = o->protect.items,
		.n_on = o->protect.n,
		.off = o->no_protect.items,
		.n_off = o->no_protect.n,
		.git_commit = o->git != NULL,
		.allow_secrets = o->allow_secrets,
		.refuse_links = o->hard_links != 0,
		.home = getenv("HOME"),
		.workspace = b->workspace,
	};
	const struct view_request rq = {
		.protect = &protect,
		.profile = &b->profile,
		.workspace = b->workspace,
		.tmpdir = getenv("TMPDIR"),
		.runtime_dir = getenv("XDG_RUNTIME_DIR"),
		.tmp = b->tmp,
		.proc = o->proc,
		.sockets = o->sockets.items,
		.n_sockets = o->sockets.n,
		.devices = o->devices.items,
		.n_devices = o->devices.n,
		.host_network = b->profile.net == NET_ENABLED,
		.own_names = b->net.transparent,
		.by_init = (b->plan->flags & PLAN_INIT_MOUNTS) != 0,
	};
	const struct ghost_request guards = {
		.choice = o->guard,
		.by_init = rq.by_init,
		.dry = b->dry,
		.no_overlay = (b->without & 1u << UNABLE_OVERLAY) != 0,
	};
	int err;

	if (!plan_is_caged(b))
		return refuse_places(o, d);
	if (o->git && strcmp(o->git, "commit") != 0)
		return diag_set(d, -EINVAL, DIAG_USAGE, o->git,
			"is no way to use git", "write --git commit");
	limits_raise_files();
	/* bwrap starts init by its name in /proc. */
	if (o->proc == VIEW_PROC_NONE && b->cage == CAGE_NAMESPACES &&
		!(b->plan->flags & PLAN_INIT_MOUNTS))
		return diag_set(d, -EOPNOTSUPP, DIAG_SETUP, "--proc none",
			"needs init to lay the mounts, and bwrap does",
			"use Linux 5.12 or later, --mount-engine init, or --proc own");
	err = view_resolve(&rq, &b->view, d);
	if (err >= 0 && b->cage == CAGE_LANDLOCK)
		return landlock_view(&b->view, b->plan, d);
	if (err >= 0)
		err = ghost_arrange(&b->view, &guards, &b->ghost, d);
	if (err >= 0)
		err = refuse_unix(b, o, d);
	return err < 0 ? err : view_to_mounts(&b->view, b->plan, d);
}

/* A TMPDIR that does not exist or is not writable inside breaks every tool. */
static const char *
inside_tmpdir(const struct plan_build *b)
{
	const char *tmpdir = getenv("TMPDIR");
	const struct view_node *tmp = view_deciding(&b->view, "/tmp");

	if (!plan_is_caged(b) || !tmp || tmp->kind != VIEW_SCRATCH || !tmpdir ||
		tmpdir[0] != '/')
		return NULL;
	return view_access(&b->view, tmpdir) == FS_WRITE &&
			       view_deciding(&b->view, tmpdir)->kind ==
				       VIEW_BIND
		       ? NULL
		       : "/tmp";
}

static int
make_env(struct plan_build *b, const struct options *o, struct diag *d)
{
	struct env_policy policy;
	const struct env_net net = {
		.port = b->net.proxy_port,
		.socks =
			(b->profile.network.flags & NETPOL_SOCKS_VARIABLE) != 0,
		.local = (b->profile.network.flags & NETPOL_LOCAL) != 0,
	};
	const struct env_facts facts = {
		.net = b->net.on && net.port > 0 ? &net : NULL,
		.sandboxed = b->cage != CAGE_NONE,
		.network_disabled = b->cage != CAGE_NONE &&
				    b->profile.net == NET_RESTRICTED,
		.overlaid = ghost_overlays(&b->ghost),
		.pwd = b->cwd,
		.tmpdir = inside_tmpdir(b),
	};

	options_environment(o, &policy);
	return env_make(&policy, &facts, environ, &b->env, d);
}

static int
no_descriptor(const char *thing, struct diag *d)
{
	return diag_set(d, -errno, DIAG_SETUP, thing, diag_errno(errno),
		"raise the limit on open files (ulimit -n)");
}

/* The command's stdio, and the socket to init. */
static int
open_channels(struct plan_build *b, const struct options *o, struct diag *d)
{
	int pair[2];
	bool tty = o->tty == TTY_ON ||
		   (o->tty == TTY_AUTO && isatty(0) && isatty(1));

	for (int i = 0; i < 3; i++) {
		b->stdio[i] = fcntl(i, F_DUPFD_CLOEXEC, STDIO_FD_MIN);
		if (b->stdio[i] < 0)
			return no_descriptor("standard descriptors", d);
		b->plan->stdio_fd[i] = b->stdio[i];
		if (tty && isatty(i))
			b->plan->tty_mask |= 1u << i;
	}
	if (tty && !isatty(0))
		return diag_set(d, -ENOTTY, DIAG_USAGE, "--tty",
			"needs a terminal as standard input",
			"start it at a terminal, or take --tty out");
	if (tty)
		b->plan->flags |= PLAN_TTY;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return no_descriptor("control socket", d);
	b->control_near = pair[0];
	b->control_far = pair[1];
	b->plan->control_fd = pair[1];
	return 0;
}

/*
 * No file that the plan names gets the numbers under which init finds its
 * namespaces (launcher/plan.h): what is open there now stays.
 */
static int
take_numbers(struct diag *d)
{
	for (int fd = PLAN_MNT_FD; fd <= PLAN_NET_FD; fd++)
		if (fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, fd) < 0)
			return no_descriptor("descriptors", d);
	return 0;
}

/*
 * The programs beside us (a build tree) or at the compiled-in place.  We are
 * the user's own process: whoever can replace these can replace us.
 */
static int
find_programs(struct plan_build *b, struct diag *d)
{
	char self[PATH_MAX];
	const char *place;
	own_fd int dir = -1;
	const char *launcher = b->cage == CAGE_NAMESPACES
				       ? "codex-sandbox-launch"
				       : "codex-sandbox-init";
	int err = take_numbers(d);

	if (err < 0)
		return err;
	dir = open_place(self, &place);
	b->init_fd = openat(dir, "codex-sandbox-init", O_PATH | O_CLOEXEC);
	if (dir >= 0 && b->init_fd >= 0 &&
		faccessat(dir, launcher, X_OK, 0) < 0 && errno == EACCES)
		return diag_setf(d, -EACCES, DIAG_SETUP, launcher,
			"have an administrator add you to its group (ls -l shows it), then log in anew",
			"in %s may not be run by you", place);
	if (dir < 0 || b->init_fd < 0 || faccessat(dir, launcher, X_OK, 0) < 0)
		return diag_setf(d, -ENOENT, DIAG_SETUP, launcher,
			"install codex-sandbox completely (make install)",
			"is not in %s (%s)", place, diag_errno(errno));
	b->plan->init_fd = b->init_fd;
	b->place = strdup(place);
	return b->place ? path_join(place, launcher, &b->program) : -ENOMEM;
}

/* Configuration, then options on top, then the administrator's bounds. */
static int
make_profile(struct plan_build *b, struct options *o, struct diag *d)
{
	struct profile base;
	bool configured = false;
	int err = plan_config_load(
		&b->config, o, b->workspace, &base, &configured, d);

	if (err < 0)
		return err;
	err = options_profile(
		o, b->workspace, configured ? &base : NULL, &b->profile, d);
	if (configured)
		profile_free(&base);
	if (err >= 0)
		err = plan_netpol_make(b, d);
	return err < 0 ? err : plan_config_admit(&b->config, o, &b->profile, d);
}

/* The parts that depend on what this host allows, and the plan's bytes. */
static int
assemble(struct plan_build *b, struct options *o, struct diag *d)
{
	int err = open_channels(b, o, d);

	b->plan->net_fd = -1;
	if (err >= 0 && b->profile.net == NET_PROXY)
		err = plan_net_arrange(&b->net, b->plan, &b->profile.network,
			b->place, b->dry ? PLAN_NET_DRY : PLAN_NET_RUN, d);
	if (err >= 0 && b->cage == CAGE_NAMESPACES)
		ghost_begin(&b->ghost, getenv("XDG_STATE_HOME"), getenv("HOME"),
			b->dry);
	choose_engine(b, o);
	if (err >= 0)
		err = resolve_view(b, o, d);
	if (err >= 0)
		err = make_env(b, o, d);
	return err < 0 ? err
		       : plan_encode(b->plan, b->argv, b->env,
				 b->net.on ? b->net.words : NULL, &b->blob, d);
}

int
plan_build(struct plan_build *b, struct options *o, struct diag *d)
{
	struct plan *plan = b->plan;
	int err;

	*b = (struct plan_build){ .plan = plan,
		.dry = b->dry,
		.no_command = b->no_command,
		.ghost = GHOST_EMPTY,
		.options = o,
		.init_fd = -1,
		.control_near = -1,
		.control_far = -1,
		.net = PLAN_NET_NONE,
		.stdio = { -1, -1, -1 } };
	b->argv = o->command;
	err = find_places(b, o, d);
	if (err >= 0)
		err = refuse_root_workspace(b, o, d);
	if (err >= 0)
		err = make_profile(b, o, d);
	if (err < 0)
		return err;
	b->cage = choose_cage(&b->profile);
	choose_backend(b, o);
	b->tmp = choose_tmp(o);
	if (o->require_digest) {
		err = digest_require(b, o->require_digest, d);
		if (err < 0)
			return err;
	}
	err = plan_rules_ask(b, d);
	if (err >= 0 && !b->dry)
		err = plan_rules_admit(b, d);
	if (err < 0)
		return err;
	plan->umask = umask(0);
	(void)umask((mode_t)plan->umask);
	plan->timeout_ms = o->timeout_ms;
	plan->grace_ms = o->grace_ms;
	plan->cwd = b->cwd;
	if (o->prove)
		plan->flags |= PLAN_PROVE;
	if (o->keep_background)
		plan->flags |= PLAN_KEEP_BACKGROUND;
	err = choose_filter(b, o, d);
	if (err >= 0)
		err = find_programs(b, d);
	if (err >= 0)
		err = limits_fill(plan, o->limits.items, o->limits.n,
			plan_is_caged(b), d);
	return err < 0 ? err : assemble(b, o, d);
}

int
plan_build_weaker(struct plan_build *b, struct options *o, unsigned int what,
	struct diag *d)
{
	const unsigned int bit = what <= UNABLE_OVERLAY ? 1u << what : 0;

	if (bit == 0 || (b->without & bit) != 0 ||
		(what == UNABLE_MOUNTS && o->engine == ENGINE_INIT) ||
		(what == UNABLE_OVERLAY && o->guard == GHOST_OVERLAY))
		return -EOPNOTSUPP;
	b->without |= bit;
	ghost_end(&b->ghost);
	view_free(&b->view);
	env_free(b->env);
	b->env = NULL;
	close_channels(b);
	buf_free(&b->blob);
	diag_reset(d);
	return assemble(b, o, d);
}
