/* SPDX-License-Identifier: Apache-2.0 */
/* digest_instance.c -- what this machine makes of a policy; room: user. */
#include "policy/digest.h"

#include <inttypes.h>

#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/explain.h"
#include "policy/plan_build.h"
#include "policy/plan_facts.h"
#include "policy/vis.h"

enum { FILTER_INSTRUCTION = 8 }; /* bytes of a struct sock_filter */

/* Paths may hold any byte: encoded as everywhere, with quotes and backslashes
 * doubled by vis_shell, so that no two differ in bytes and not in text. */
static void
member(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s ", name);
	vis_shell(out, value);
	buf_char(out, '\n');
}

static void
node(struct buf *out, const struct view_node *n)
{
	/* What keeps a name missing is made for one run. */
	bool lasts = n->kind != VIEW_GUARD && n->kind != VIEW_FILE;

	buf_printf(out, "%s %s %ju:%ju ", explain_kind(n),
		n->is_dir ? "directory" : "other",
		(uintmax_t)(lasts ? n->dev : 0),
		(uintmax_t)(lasts ? n->ino : 0));
	vis_shell(out, n->path);
	buf_char(out, ' ');
	vis_shell(out, n->kind == VIEW_SYMLINK ? n->target : "");
	buf_char(out, '\n');
}

void
digest_instance_text(const struct plan_build *b, struct buf *out)
{
	struct plan_facts facts;
	char hex[SHA256_HEX];

	plan_facts(b, &facts);
	digest_hex(b, DIGEST_POLICY, hex);
	if (hex[0] == '\0')
		out->failed = true;
	buf_printf(out, "policy %s\n", hex);
	member(out, "workspace", b->workspace);
	member(out, "directory", b->cwd);
	sha256_hex(b->plan->filter ? (const char *)b->plan->filter : "",
		(size_t)b->plan->n_filter * FILTER_INSTRUCTION, hex);
	buf_printf(out, "cage %s\nengine %s\nfilter %s %s\nlandlock %d\n",
		explain_cage(b), facts.engine, b->filter, hex,
		facts.landlock_abi);
	for (size_t i = 0; i < b->ghost.n; i++)
		member(out,
			b->ghost.dirs[i].overlay ? "overlay" : "placeholders",
			b->ghost.dirs[i].path);
	for (size_t i = 0; i < facts.n_fallbacks; i++)
		member(out, "fallback", facts.fallbacks[i].name);
	for (size_t i = 0; i < b->view.n; i++)
		if (!b->view.nodes[i].shadowed)
			node(out, &b->view.nodes[i]);
}
