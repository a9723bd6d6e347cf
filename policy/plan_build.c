/* SPDX-License-Identifier: Apache-2.0 */
/* plan_build.c -- options and this machine become one plan; room: user. */
#include "policy/plan_build.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
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
#include "policy/plan_cage.h"
#include "policy/plan_encode.h"
#include "policy/plan_netpol.h"
#include "policy/plan_places.h"
#include "policy/plan_rules.h"
#include "policy/protect.h"

/* Above whatever the shell of a person uses by hand. */
enum { STDIO_FD_MIN = 10 };

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
	cgroup_end(&b->cgroup);
	free(b->workspace);
	free(b->cwd);
	env_free(b->env);
	free(b->program);
	free(b->place);
	own_close(&b->init_fd);
	close_channels(b);
	buf_free(&b->blob);
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
		.bare = !(b->plan->flags & PLAN_LANDLOCK),
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
		err = plan_cage_no_unix(b, o, d);
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
	plan_cage_engine(b, o);
	if (plan_is_caged(b))
		limits_raise_files();
	if (err >= 0 && b->begin && (b->plan->flags & PLAN_INIT_MOUNTS) != 0)
		err = b->begin(b, b->begin_arg, d);
	if (err >= 0 && b->cage == CAGE_NAMESPACES)
		ghost_begin(&b->ghost, getenv("XDG_STATE_HOME"), getenv("HOME"),
			b->dry);
	if (err >= 0)
		err = resolve_view(b, o, d);
	if (err >= 0)
		err = make_env(b, o, d);
	return err < 0 ? err
		       : plan_encode(b->plan, b->argv, b->env,
				 b->net.on ? b->net.words : NULL, &b->blob, d);
}

/* Beside the command bwrap and init are in it, or init alone. */
static int
limit_group(struct plan_build *b, const struct options *o, struct diag *d)
{
	struct cgroup_limits limits = o->cgroup;
	int err = cgroup_limits(o, &limits, d);

	return err < 0 ? err
		       : cgroup_begin(&b->cgroup, &limits,
				 b->cage == CAGE_NAMESPACES ? 2 : 1, b->dry, d);
}

int
plan_build(struct plan_build *b, struct options *o, struct diag *d)
{
	struct plan *plan = b->plan;
	int err;

	*b = (struct plan_build){ .plan = plan,
		.dry = b->dry,
		.begin = b->begin,
		.begin_arg = b->begin_arg,
		.no_command = b->no_command,
		.ghost = GHOST_EMPTY,
		.options = o,
		.init_fd = -1,
		.cgroup = CGROUP_EMPTY,
		.control_near = -1,
		.control_far = -1,
		.net = PLAN_NET_NONE,
		.stdio = { -1, -1, -1 } };
	b->argv = o->command;
	err = plan_places_find(b, o, d);
	if (err >= 0)
		err = make_profile(b, o, d);
	if (err < 0)
		return err;
	plan_cage_choose(b, o);
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
	err = plan_cage_filter(b, o, d);
	if (err >= 0)
		err = plan_places_programs(b, d);
	if (err >= 0)
		err = limits_fill(plan, o->limits.items, o->limits.n,
			plan_is_caged(b), d);
	if (err >= 0)
		err = limit_group(b, o, d);
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
