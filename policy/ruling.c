/* SPDX-License-Identifier: Apache-2.0 */
/* ruling.c -- one command before rules, table and policy (room: user). */
#include "policy/ruling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/diag.h"
#include "policy/path.h"
#include "policy/profile.h"

void
ruling_free(struct ruling *r)
{
	if (r == NULL)
		return;
	decision_free(&r->decision);
	judgement_free(&r->judgement);
	for (size_t i = 0; i < r->n_writable; i++)
		free(r->writable[i]);
	free(r->writable);
	rules_free(&r->rules);
	*r = (struct ruling){ 0 };
}

/* ---- what the command can write ------------------------------------------- */

/* As it is written and as it is really called, when that is another name. */
static int
add_writable(struct ruling *r, const char *dir)
{
	char *real = realpath(dir, NULL);
	char *own = strdup(dir);
	if (own == NULL) {
		free(real);
		return -ENOMEM;
	}
	r->writable[r->n_writable++] = own;
	if (real != NULL && strcmp(real, dir) != 0)
		r->writable[r->n_writable++] = real;
	else
		free(real);
	return 0;
}

static int
add_entry(struct ruling *r, const struct fs_entry *e, const char *workspace)
{
	const char *tmp = rules_env("TMPDIR");
	char *path = NULL;
	int err = 0;
	switch (e->kind) {
	case FS_PATH: return add_writable(r, e->text);
	case FS_ROOT: return add_writable(r, "/");
	case FS_SLASH_TMP: return add_writable(r, "/tmp");
	case FS_TMPDIR:
		return tmp != NULL && tmp[0] == '/' ? add_writable(r, tmp) : 0;
	case FS_PROJECT_ROOTS:
		err = path_join(workspace, e->text, &path);
		if (err == 0)
			err = add_writable(r, path);
		free(path);
		return err;
	default: return 0;
	}
}

/* Without a cage everything is as writable as the user made it: no roots. */
static int
fill_writable(struct ruling *r, const struct ruling_query *q)
{
	const struct profile *p = q->profile;
	size_t n = r->session == SESSION_CAGED ? p->n_entries : 0;
	int err = 0;
	/* Each by two names. */
	r->writable = calloc(2 * (n + q->n_writable) + 1, sizeof(char *));
	if (r->writable == NULL)
		return -ENOMEM;
	for (size_t i = 0; err == 0 && i < n; i++)
		if (p->entries[i].access == FS_WRITE)
			err = add_entry(r, &p->entries[i], q->workspace);
	for (size_t i = 0; err == 0 && i < q->n_writable; i++)
		err = add_writable(r, q->writable[i]);
	return err;
}

/* ---- what is in force ------------------------------------------------------ */

static int
fill_approval(struct ruling *r, struct config *c, struct diag *d)
{
	if (c != NULL)
		return config_approval(c, &r->approval, d);
	r->approval = (struct config_approval){ .ask = CONFIG_ASK_ON_REQUEST,
		.sandbox_approval = true,
		.rules = true,
		.mcp_elicitations = true,
		.request_permissions = true,
		.skill_approval = true,
		.origin = "built-in" };
	return 0;
}

static struct decide_approval
approval_of(const struct config_approval *a)
{
	static const enum decide_policy policies[] = {
		[CONFIG_ASK_UNTRUSTED] = DECIDE_UNTRUSTED,
		[CONFIG_ASK_ON_FAILURE] = DECIDE_ON_FAILURE,
		[CONFIG_ASK_ON_REQUEST] = DECIDE_ON_REQUEST,
		[CONFIG_ASK_NEVER] = DECIDE_NEVER,
		[CONFIG_ASK_GRANULAR] = DECIDE_GRANULAR,
	};
	unsigned flags =
		(a->sandbox_approval ? GRANULAR_SANDBOX_APPROVAL : 0) |
		(a->rules ? GRANULAR_RULES : 0) |
		(a->skill_approval ? GRANULAR_SKILL_APPROVAL : 0) |
		(a->request_permissions ? GRANULAR_REQUEST_PERMISSIONS : 0) |
		(a->mcp_elicitations ? GRANULAR_MCP_ELICITATIONS : 0);
	return (struct decide_approval){ policies[a->ask], flags };
}

static unsigned
profile_flags(const struct ruling_query *q)
{
	unsigned flags = q->unsandboxed ? DECIDE_RULES_LEAVE : 0;
	for (size_t i = 0; i < q->profile->n_entries; i++)
		if (q->profile->entries[i].access == FS_DENY)
			flags |= DECIDE_HAS_DENY;
	return flags;
}

/* ---- the answer ------------------------------------------------------------ */

static int
answer(struct ruling *r, const struct ruling_query *q)
{
	r->query = (struct judge_query){
		.rules = &r->rules,
		.argv = q->command,
		.cwd = q->cwd,
		.home = rules_env("HOME"),
		.path = q->path,
		.writable = (const char *const *)r->writable,
		.n_writable = r->n_writable,
		.safe_list = q->config != NULL &&
			     config_bool(q->config, "rules.safe_list"),
		.no_danger_list = q->config != NULL &&
				  !config_bool(q->config, "rules.danger_list"),
	};
	while (q->command[r->query.argc] != NULL)
		r->query.argc++;
	int err = judge(&r->query, &r->judgement);
	if (err < 0)
		return err;
	struct decide_query dq = {
		.approval = approval_of(&r->approval),
		.session = r->session,
		.asked = q->asked,
		.profile_flags = profile_flags(q),
		.n_parts = r->judgement.n,
		.parts = r->judgement.subjects,
		.argc = r->query.argc,
		.argv = q->command,
	};
	return decide(&dq, &r->decision);
}

int
ruling_make(struct ruling *r, const struct ruling_query *q, struct diag *d)
{
	r->session = decide_session_of(q->profile);
	r->asked = q->asked;
	int err = fill_approval(r, q->config, d);
	if (err < 0)
		return err;
	err = fill_writable(r, q);
	if (err == 0)
		err = answer(r, q);
	return err < 0 ? diag_set(d, err, DIAG_SETUP, "rules", diag_errno(-err),
				 "give a smaller command")
		       : 0;
}

const struct rules_rule *
ruling_rule(const struct ruling *r)
{
	return r->judgement.parts[r->decision.part].rule;
}
