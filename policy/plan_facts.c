/* SPDX-License-Identifier: Apache-2.0 */
/* plan_facts.c -- what a built plan protects, in numbers; room: user. */
#include "policy/plan_facts.h"

#include <sys/syscall.h>

#include <string.h>
#include <unistd.h>

#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/options.h"
#include "policy/plan_build.h"

int
plan_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		1u /* LANDLOCK_CREATE_RULESET_VERSION */);

	return abi < 0 ? 0 : (int)abi; /* a small number */
}

void
plan_landlock_words(const struct plan *p, int abi, struct buf *out)
{
	static const struct {
		int abi;
		const char *what;
	} later[] = {
		{ 3, "cutting files (ABI 3)" },
		{ 5, "ioctls on devices (ABI 5)" },
		{ 6, "signals and abstract sockets (ABI 6)" },
	};
	const char *sep = "; not: ";

	if (!(p->flags & PLAN_LANDLOCK)) {
		buf_str_add(out,
			abi > 0 ? "ABI 1, which forbids every rename between directories: not used"
				: "not in this kernel");
		return;
	}
	buf_printf(out, "ABI %d, %s", abi,
		p->flags & PLAN_NAMESPACES
			? "second layer: files, as the mounts"
			: "the cage: files, signals, other processes");
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (abi >= later[i].abi)
			continue;
		buf_printf(out, "%s%s", sep, later[i].what);
		sep = ", ";
	}
}

/* Laid only to hold a name; what an entry made writable may be pinned too. */
static bool
is_pin(const struct view_node *node)
{
	return strncmp(node->origin, "pinned", 6) == 0;
}

static void
count(const struct view_node *node, struct plan_facts *ret)
{
	switch (node->kind) {
	case VIEW_BIND:
		if (node->pinned)
			ret->pinned++;
		if (node->access != FS_WRITE)
			ret->read_only++;
		else if (!is_pin(node))
			ret->writable++;
		break;
	case VIEW_MASK:
		if (strcmp(node->origin, "secret") == 0)
			ret->secrets++;
		else
			ret->denied++;
		break;
	case VIEW_GUARD: ret->guarded++; break;
	case VIEW_LINK: ret->pinned++; break;
	default: break;
	}
}

static void
fall_back(struct plan_facts *ret, const char *name, const char *text)
{
	ret->fallbacks[ret->n_fallbacks++] =
		(struct plan_fallback){ name, text };
}

/* What this run does in a weaker way than the best kernel would let it. */
static void
find_fallbacks(const struct plan_build *b, struct plan_facts *ret)
{
	uint32_t flags = b->plan->flags;

	if (!(flags & PLAN_INIT_MOUNTS) && b->options->engine == ENGINE_AUTO)
		fall_back(ret, "mount-engine",
			"bwrap lays the mounts, by name and in quadratic time: this host lacks or refuses the calls of Linux 5.12");
	if (!(flags & (PLAN_PRIVATE_NET | PLAN_SCOPE_SOCKETS)))
		fall_back(ret, "scope",
			"no unix socket can be made at all: the kernel's Landlock cannot scope abstract sockets (Linux 6.12)");
	if (b->view.no_unix)
		fall_back(ret, "sockets", b->view.no_unix);
	if (b->view.scan_cut)
		fall_back(ret, "nested-scan",
			"not all directories were searched for nested repositories, whose .git is then as writable as the rest");
	for (size_t i = 0; i < b->ghost.n; i++)
		if (!b->ghost.dirs[i].overlay) {
			fall_back(ret, "placeholders",
				"protected names that are missing appear outside as empty things until the command ends");
			break;
		}
}

void
plan_facts(const struct plan_build *b, struct plan_facts *ret)
{
	*ret = (struct plan_facts){ .engine = "none",
		.landlock_abi = plan_landlock_abi(),
		.landlock = (b->plan->flags & PLAN_LANDLOCK) != 0,
		.sockets = b->view.sockets,
		.globbed = b->view.globbed,
		.scan_cut = b->view.scan_cut };
	for (size_t i = 0; i < b->view.n; i++)
		if (!b->view.nodes[i].shadowed)
			count(&b->view.nodes[i], ret);
	if (b->no_namespaces)
		fall_back(ret, "backend",
			"Landlock in place of namespaces: names of files and processes are visible, there are no sockets");
	if (!(b->plan->flags & PLAN_NAMESPACES))
		return;
	ret->engine = b->plan->flags & PLAN_INIT_MOUNTS ? "init" : "bwrap";
	if (b->view.n > 0)
		find_fallbacks(b, ret);
}
