/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c -- a plan in words and as bwrap's arguments; room: user. */
#include "policy/explain.h"

#include <sys/resource.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/bwrap_argv.h"
#include "launcher/plan.h"
#include "launcher/plan_wire.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/digest.h"
#include "policy/elsewhere.h"
#include "policy/path.h"
#include "policy/plan_build.h"
#include "policy/plan_facts.h"
#include "policy/plan_rules.h"
#include "policy/vis.h"

/* The launcher puts the user namespace at the lowest free number. */
enum { USERNS_FD_SHOWN = 4, PATH_COLUMN = 44, KIND_COLUMN = 12 };

static const char *const op_names[PLAN_OP_MAX] = {
	[PLAN_BIND_RO] = "bind-ro",
	[PLAN_BIND_RW] = "bind-rw",
	[PLAN_BIND_DEV] = "bind-dev",
	[PLAN_TMPFS] = "tmpfs",
	[PLAN_MASK_FILE] = "mask-file",
	[PLAN_DEV] = "dev",
	[PLAN_PROC] = "proc",
	[PLAN_DIR] = "dir",
	[PLAN_SYMLINK] = "symlink",
	[PLAN_OVERLAY] = "overlay",
	[PLAN_GUARD_DIR] = "guard-dir",
	[PLAN_GUARD_FILE] = "guard-file",
	[PLAN_PIN_LINK] = "pin-link",
	[PLAN_REMOUNT_RO] = "remount-ro",
};

const char *
explain_op(unsigned op)
{
	return op < PLAN_OP_MAX ? op_names[op] : "unknown";
}

const char *
explain_cage(const struct plan_build *b)
{
	switch (b->cage) {
	case CAGE_NAMESPACES: return "namespaces";
	case CAGE_LANDLOCK: return "landlock";
	case CAGE_FILTER: return "filter-only";
	case CAGE_NONE: return "none";
	}
	return "unknown";
}

const char *
explain_kind(const struct view_node *node)
{
	switch (node->kind) {
	case VIEW_BIND:
		return node->access == FS_WRITE ? "writable" : "read-only";
	case VIEW_MASK: return "denied";
	case VIEW_HIDE: return "empty";
	case VIEW_SCRATCH: return "private";
	case VIEW_DEV: return "minimal";
	case VIEW_PROC: return "own";
	case VIEW_DEVICE: return "device";
	case VIEW_SOCKET: return "masked";
	case VIEW_SYMLINK: return "symlink";
	case VIEW_GUARD: return "guarded";
	case VIEW_LINK: return "pinned";
	case VIEW_FILE: return "replaced";
	}
	return "unknown";
}

static void
pad(struct buf *out, size_t used, size_t column)
{
	do
		buf_char(out, ' ');
	while (++used < column);
}

static void
print_node(const struct view_node *node, size_t level, struct buf *out)
{
	own_buf struct buf name = { 0 };
	const char *kind = explain_kind(node);

	vis_str(&name, node->path);
	if (node->kind == VIEW_SYMLINK) {
		buf_str_add(&name, " -> ");
		vis_str(&name, node->target);
	}
	buf_printf(out, "  %*s%s", (int)(2 * level), "", buf_str(&name));
	pad(out, 2 * level + name.len, PATH_COLUMN);
	buf_str_add(out, kind);
	pad(out, strlen(kind), KIND_COLUMN);
	vis_str(out, node->origin);
	buf_char(out, '\n');
}

/* Indented by what lies on what; nodes that change nothing are left out. */
static void
print_tree(const struct view *v, struct buf *out)
{
	const char *above[64];
	size_t depth = 0;

	if (v->n == 0 || strcmp(v->nodes[0].path, "/") != 0)
		buf_printf(out,
			"  %-*sempty       nothing but what is listed\n",
			PATH_COLUMN, "/");
	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];

		if (node->shadowed)
			continue;
		while (depth > 0 &&
			!path_is_below(node->path, above[depth - 1]))
			depth--;
		print_node(node, depth, out);
		if (depth < sizeof(above) / sizeof(above[0]))
			above[depth++] = node->path;
	}
}

static void
row(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "%-13s", name);
	vis_str(out, text);
	buf_char(out, '\n');
}

static void
print_digests(const struct plan_build *b, struct buf *out)
{
	char hex[SHA256_HEX];

	digest_hex(b, DIGEST_POLICY, hex);
	row(out, "digest", hex);
	digest_hex(b, DIGEST_INSTANCE, hex);
	row(out, "instance", hex);
}

static void
print_env(const struct plan *p, struct buf *out)
{
	size_t at = 0;
	const char *pair;

	buf_printf(out, "%-13s%u variables:", "environment", p->env.count);
	while ((pair = plan_list_next(&p->env, &at))) {
		buf_char(out, ' ');
		vis_add(out, pair, strcspn(pair, "="));
	}
	buf_char(out, '\n');
}

static void
print_command(const struct plan *p, struct buf *out)
{
	size_t at = 0;
	const char *word;

	buf_printf(out, "%-13s", "command");
	for (const char *sep = ""; (word = plan_list_next(&p->argv, &at));
		sep = " ") {
		buf_str_add(out, sep);
		vis_shell(out, word);
	}
	buf_char(out, '\n');
}

static const char *
network_words(const struct plan_build *b, const struct plan *p)
{
	if (b->profile.net == NET_PROXY)
		return "by name (own namespace, through the supervisor)";
	if (p->flags & PLAN_PRIVATE_NET)
		return "none (own namespace, loopback only)";
	if (b->cage == CAGE_FILTER || b->cage == CAGE_LANDLOCK)
		return "none (connections refused by the filter)";
	return p->flags & PLAN_SCOPE_SOCKETS
		       ? "full (the host's; its unix sockets are out of reach)"
	       : b->cage == CAGE_NAMESPACES
		       ? "full (the host's; no unix sockets at all on this kernel)"
		       : "full (the host's)";
}

/* Which means keeps missing names missing, a line for each directory. */
static void
print_guards(const struct ghost *g, struct buf *out)
{
	for (size_t i = 0; i < g->n; i++) {
		buf_printf(out, "%-13s%s in ", i == 0 ? "guards" : "",
			g->dirs[i].overlay ? "overlay" : "placeholders");
		vis_str(out, g->dirs[i].path);
		buf_printf(out, " (%s)\n",
			g->dirs[i].why ? g->dirs[i].why
				       : "nothing appears outside");
	}
}

static void
print_times(const struct plan *p, struct buf *out)
{
	if (p->timeout_ms)
		buf_printf(out, "%-13s%u ms, then TERM, and KILL after %u ms\n",
			"timeout", p->timeout_ms, p->grace_ms);
	else
		row(out, "timeout", "none");
}

/* What exec does with the command by the rules; nothing where there are none. */
static void
print_rules(const struct plan_build *b, struct buf *out)
{
	own_buf struct buf text = { 0 };
	struct diag refused = { 0 };

	if (!b->ruling)
		return;
	buf_str_add(
		&text, plan_rules_admit(b, &refused) < 0 ? "refused: " : "");
	buf_str_add(&text, refused.thing);
	buf_str_add(&text, refused.thing[0] ? ": " : "");
	plan_rules_text(b, &text);
	row(out, "rules", buf_str(&text));
}

static void
print_landlock(
	const struct plan_build *b, const struct plan *p, struct buf *out)
{
	if (!plan_is_caged(b))
		return;
	buf_printf(out, "%-13s", "landlock");
	plan_landlock_words(p, plan_landlock_abi(), out);
	buf_char(out, '\n');
	if (b->no_namespaces)
		row(out, "backend", b->no_namespaces);
	if (b->cage == CAGE_LANDLOCK)
		backend_words(b->backend, out);
}

static void
print_files(const struct plan_build *b, const struct plan *p, struct buf *out)
{
	print_guards(&b->ghost, out);
	elsewhere_text(&b->view, out);
	if (b->view.hard_links > 0)
		buf_printf(out,
			"%-13s%zu other names of protected files, read-only too\n",
			"hard links", b->view.hard_links);
	if (b->cage == CAGE_LANDLOCK)
		buf_printf(out, "%-13s%u rules", "filesystem", p->n_mounts);
	else
		buf_printf(out, "%-13s%u mounts, laid by %s", "filesystem",
			p->n_mounts,
			p->flags & PLAN_INIT_MOUNTS ? "init" : "bwrap");
	if (b->view.globbed > 0)
		buf_printf(out,
			"; %zu masked now by patterns, later files: not covered",
			b->view.globbed);
	if (b->view.sockets > 0)
		buf_printf(out, "; %zu host sockets masked", b->view.sockets);
	buf_char(out, '\n');
	print_tree(&b->view, out);
}

void
explain_text(const struct plan_build *b, const struct plan *p, struct buf *out)
{
	static const char *const cages[] = {
		[CAGE_NAMESPACES] =
			"namespaces (user, mount, pid, ipc, uts, cgroup)",
		[CAGE_LANDLOCK] =
			"Landlock and filter, no namespaces: see below",
		[CAGE_FILTER] =
			"filter only: something outside sandboxes the filesystem",
		[CAGE_NONE] =
			"NONE: the command runs as if started without codex-sandbox",
	};

	row(out, "policy", b->profile.source ? b->profile.source : "?");
	print_digests(b, out);
	row(out, "workspace", b->workspace);
	row(out, "directory", p->cwd);
	row(out, "cage", cages[b->cage]);
	row(out, "network", network_words(b, p));
	explain_network(b, out);
	if (b->view.no_unix) {
		buf_printf(
			out, "%-13sno AF_UNIX socket may be made: ", "sockets");
		vis_str(out, b->view.no_unix);
		buf_char(out, '\n');
	}
	buf_printf(out, "%-13s%s, %u instructions\n", "filter", b->filter,
		p->n_filter);
	print_landlock(b, p, out);
	print_times(p, out);
	if (b->cgroup.path) {
		buf_printf(out, "%-13s", "limits");
		cgroup_words(&b->cgroup, out);
		buf_char(out, '\n');
	}
	row(out, "terminal",
		p->flags & PLAN_TTY ? "own pseudo-terminal"
				    : "the caller's descriptors");
	print_env(p, out);
	print_command(p, out);
	print_rules(b, out);
	if (plan_is_caged(b))
		print_files(b, p, out);
}

int
explain_argv(const struct plan *p, struct buf *out, struct diag *d)
{
	struct bwrap_args args = { .bytes = malloc(BWRAP_ARGS_BYTES),
		.size = BWRAP_ARGS_BYTES };
	int err = args.bytes ? bwrap_argv(p, USERNS_FD_SHOWN, &args) : -ENOMEM;

	if (!(p->flags & PLAN_NAMESPACES)) {
		free(args.bytes);
		return diag_set(d, -EINVAL, DIAG_SETUP, "--argv",
			"has nothing to print, this policy does not use bwrap",
			"choose a sandboxing policy");
	}
	if (err < 0) {
		free(args.bytes);
		return diag_set(d, err, DIAG_SETUP, "bwrap arguments",
			"are more than the 9000 that bwrap accepts",
			"grant or deny directories instead of single files");
	}
	buf_str_add(out, "bwrap\n");
	for (size_t at = 0; at < args.len; at += strlen(args.bytes + at) + 1) {
		vis_shell(out, args.bytes + at);
		buf_char(out, '\n');
	}
	free(args.bytes);
	return 0;
}
