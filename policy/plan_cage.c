/* SPDX-License-Identifier: Apache-2.0 */
/* plan_cage.c -- what a policy is enforced by on this machine; room: user. */
#include "policy/plan_cage.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "launcher/control.h"
#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/plan_build.h"
#include "policy/plan_facts.h"
#include "policy/plan_places.h"
#include "policy/seccomp.h"

enum {
	LANDLOCK_ABI_FILES = 2, /* before, no file moves between directories */
	LANDLOCK_ABI_SCOPES = 6,
};

static enum plan_cage
cage_of(const struct profile *p)
{
	if (p->net == NET_PROXY)
		return CAGE_NAMESPACES; /* it is a network of the cage's own */
	if (p->fs == FS_KIND_EXTERNAL)
		return p->net == NET_RESTRICTED ? CAGE_FILTER : CAGE_NONE;
	if (p->fs == FS_KIND_UNRESTRICTED && p->net == NET_ENABLED)
		return CAGE_NONE;
	return CAGE_NAMESPACES;
}

/* Can the launcher make a user namespace where the caller cannot? */
static bool
has_privileged_launcher(void)
{
	char self[PATH_MAX];
	const char *place;
	own_fd int dir = plan_places_open(self, &place);
	own_fd int fd =
		openat(dir, "codex-sandbox-launch", O_RDONLY | O_CLOEXEC);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 &&
	       ((st.st_mode & S_ISUID) != 0 ||
		       fgetxattr(fd, "security.capability", NULL, 0) > 0);
}

void
plan_cage_choose(struct plan_build *b, const struct options *o)
{
	b->cage = cage_of(&b->profile);
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

int
plan_cage_filter(struct plan_build *b, const struct options *o, struct diag *d)
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
		return backend_admit(b->backend, o, &b->profile, d);
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

int
plan_cage_no_unix(struct plan_build *b, const struct options *o, struct diag *d)
{
	if (o->unix_none && b->cage == CAGE_NAMESPACES && o->sockets.n == 0)
		set_filter(b, b->plan->flags & PLAN_PRIVATE_NET
				      ? SECCOMP_ISOLATED_NO_UNIX
				      : SECCOMP_FULL_NO_UNIX);
	else if (o->unix_none)
		return diag_set(d, -EINVAL, DIAG_USAGE, "--unix none",
			"contradicts --socket, or a policy without namespaces",
			"take one of them out");
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

void
plan_cage_engine(struct plan_build *b, const struct options *o)
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
