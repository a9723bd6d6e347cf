/* SPDX-License-Identifier: Apache-2.0 */
/* explain_json.c -- a plan as one JSON object; room: user. */
#include "policy/explain.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/plan.h"
#include "launcher/plan_wire.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/digest.h"
#include "policy/elsewhere.h"
#include "policy/json_text.h"
#include "policy/plan_build.h"
#include "policy/plan_facts.h"
#include "policy/plan_rules.h"
#include "policy/profile_print.h"
#include "policy/vis.h"

static json_t *
list(const struct plan_list *l, bool names_only)
{
	json_t *out = json_array();
	size_t at = 0;
	const char *item;

	while ((item = plan_list_next(l, &at))) {
		char *name =
			names_only ? strndup(item, strcspn(item, "=")) : NULL;

		(void)json_array_append_new(out, json_text(name ? name : item));
		free(name);
	}
	return out;
}

static json_t *
view_json(const struct view *v)
{
	json_t *out = json_array();

	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];
		json_t *item;

		if (node->shadowed)
			continue;
		item = json_pack("{s:o, s:s, s:b, s:o}", "path",
			json_text(node->path), "what", explain_kind(node),
			"directory", (int)node->is_dir, "origin",
			json_text(node->origin));
		(void)json_array_append_new(out, item);
	}
	return out;
}

static json_t *
guards_json(const struct ghost *g)
{
	json_t *out = json_array();

	for (size_t i = 0; i < g->n; i++)
		(void)json_array_append_new(out,
			json_pack("{s:o, s:s, s:s?}", "directory",
				json_text(g->dirs[i].path), "means",
				g->dirs[i].overlay ? "overlay" : "placeholders",
				"reason", g->dirs[i].why));
	return out;
}

static json_t *
mounts_json(const struct plan *p)
{
	json_t *out = json_array();

	for (uint32_t i = 0; i < p->n_mounts; i++) {
		const struct plan_mount *m = &p->mounts[i];
		json_t *item = json_pack("{s:s, s:o}", "op", explain_op(m->op),
			"dest", json_text(m->dest));

		if (m->arg[0])
			(void)json_object_set_new(item,
				m->op == PLAN_SYMLINK   ? "target"
				: m->op == PLAN_OVERLAY ? "work"
							: "source",
				json_text(m->arg));
		if (m->op == PLAN_TMPFS || m->op == PLAN_MASK_FILE ||
			m->op == PLAN_DIR)
			(void)json_object_set_new(
				item, "perms", json_integer(m->perms));
		(void)json_array_append_new(out, item);
	}
	return out;
}

static json_t *
limits_json(const struct plan *p)
{
	json_t *out = json_array();

	for (uint32_t i = 0; i < p->n_limits; i++) {
		const struct plan_limit *l = &p->limits[i];

		(void)json_array_append_new(out,
			json_pack("{s:I, s:o, s:o}", "resource",
				(json_int_t)l->resource, "soft",
				l->soft == UINT64_MAX
					? json_string("unlimited")
					: json_integer((json_int_t)l->soft),
				"hard",
				l->hard == UINT64_MAX
					? json_string("unlimited")
					: json_integer((json_int_t)l->hard)));
	}
	return out;
}

static json_t *
process_json(const struct plan *p)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:b, s:b}",
		"directory", json_text(p->cwd), "command",
		list(&p->argv, false), "environment", list(&p->env, true),
		"limits", limits_json(p), "umask", (int)p->umask, "timeout_ms",
		(int)p->timeout_ms, "grace_ms", (int)p->grace_ms, "terminal",
		(int)((p->flags & PLAN_TTY) != 0), "keep_background",
		(int)((p->flags & PLAN_KEEP_BACKGROUND) != 0));
}

/* Why no AF_UNIX socket can be made; null when they can. */
static json_t *
no_unix_json(const struct plan_build *b, const struct plan *p)
{
	if (b->view.no_unix)
		return json_text(b->view.no_unix);
	if (b->cage == CAGE_NAMESPACES &&
		!(p->flags & (PLAN_PRIVATE_NET | PLAN_SCOPE_SOCKETS)))
		return json_string("the kernel cannot scope abstract sockets");
	return json_null();
}

/* Its version where it holds the files too; null where it does not. */
static json_t *
landlock_json(const struct plan *p)
{
	return p->flags & PLAN_LANDLOCK ? json_integer(plan_landlock_abi())
					: json_null();
}

int
explain_json(const struct plan_build *b, const struct plan *p, struct buf *out,
	struct diag *d)
{
	own_buf struct buf profile = { 0 };
	char policy_hex[SHA256_HEX];
	char instance_hex[SHA256_HEX];
	json_t *root;
	char *dump;

	profile_to_json(&b->profile, &profile);
	digest_hex(b, DIGEST_POLICY, policy_hex);
	digest_hex(b, DIGEST_INSTANCE, instance_hex);
	root = json_pack(
		"{s:i, s:o, s:{s:s, s:s}, s:o, s:s, s:s, s:{s:s, s:i}, s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"version", 1, "profile", json_loads(buf_str(&profile), 0, NULL),
		"digest", "policy", policy_hex, "instance", instance_hex,
		"workspace", json_text(b->workspace), "cage", explain_cage(b),
		"network",
		b->profile.net == NET_RESTRICTED ? "none"
		: b->profile.net == NET_PROXY    ? "proxy"
						 : "full",
		"filter", "name", b->filter, "instructions", (int)p->n_filter,
		"landlock", landlock_json(p), "globbed", (int)b->view.globbed,
		"sockets_masked", (int)b->view.sockets, "unix_sockets_refused",
		no_unix_json(b, p), "guards", guards_json(&b->ghost),
		"elsewhere", elsewhere_json(&b->view), "view",
		view_json(&b->view), "mounts", mounts_json(p), "process",
		process_json(p), "decision", plan_rules_json(b));
	dump = root ? json_dumps(root, JSON_INDENT(2) | JSON_ENSURE_ASCII)
		    : NULL;
	json_decref(root);
	if (!dump)
		return diag_set(d, -ENOMEM, DIAG_SETUP, "JSON", "out of memory",
			"explain a smaller policy");
	vis_json(out, dump);
	buf_char(out, '\n');
	free(dump);
	return 0;
}
