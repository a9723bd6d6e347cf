/* SPDX-License-Identifier: Apache-2.0 */
/* rules_explain.c -- `rules explain`: every step to the answer (room: user). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/ladder.h"
#include "policy/path.h"
#include "policy/rules_cli.h"
#include "policy/vis.h"

/* ---- words ---------------------------------------------------------------- */

const char *
rules_layer_name(enum rules_trust trust)
{
	static const char *const names[] = { "project", "session", "user",
		"managed" };
	return names[trust];
}

const char *
rules_act_name(enum decide_act act)
{
	static const char *const names[] = { "run", "ask", "ask-once",
		"forbid" };
	return names[act];
}

const char *
rules_place_name(enum decide_place place)
{
	static const char *const names[] = { "sandbox", "sandbox-extended",
		"outside" };
	return names[place];
}

const char *
rules_retry_name(enum decide_retry retry)
{
	static const char *const names[] = { "no", "network", "ask" };
	return names[retry];
}

const char *rules_class_name(enum decide_class class)
{
	static const char *const names[] = { "unmatched", "safe", "complex",
		"danger", "allow", "prompt", "prompt-user", "forbidden" };
	return names[class];
}

const char *
rules_match_note(const struct rules_match *m)
{
	if (m->flags & RULES_MATCH_OVERRIDDEN)
		return "overridden by a longer rule";
	if (m->flags & RULES_MATCH_IGNORED)
		return "ignored: a project can only narrow";
	if (m->flags & RULES_MATCH_INEXACT)
		return "ignored: shell text is allowed word for word only";
	return NULL;
}

void
rules_explain_pattern(struct buf *out, const struct rules_rule *rule)
{
	buf_char(out, '[');
	rules_json_string(out, rule->head->s, rule->head->len);
	for (uint32_t i = 0; i < rule->n_rest; i++) {
		const struct rules_token *t = &rule->shown[i];
		buf_str_add(out, t->list ? ", [" : ", ");
		for (uint32_t j = 0; j < t->n; j++) {
			if (j > 0)
				buf_str_add(out, ", ");
			rules_json_string(out, t->alts[j]->s, t->alts[j]->len);
		}
		if (t->list)
			buf_char(out, ']');
	}
	buf_char(out, ']');
}

/* ---- text ----------------------------------------------------------------- */

static void
add_words(struct buf *out, size_t argc, const char *const *argv)
{
	for (size_t i = 0; i < argc; i++) {
		buf_char(out, ' ');
		vis_shell(out, argv[i]);
	}
	buf_char(out, '\n');
}

static void
add_rule(struct buf *out, const struct rules_match *m, bool decided)
{
	const struct rules_rule *rule = m->rule;
	const char *note = rules_match_note(m);
	own_buf struct buf pattern = { 0 };
	buf_printf(out, "   %s ", decided ? "=>" : "  ");
	vis_str(out, rule->file);
	buf_printf(out, ":%u (%s): %s ", rule->line,
		rules_layer_name(rule->trust),
		rules_decision_name(rule->decision));
	rules_explain_pattern(&pattern, rule);
	vis_add(out, buf_str(&pattern), pattern.len);
	if (note != NULL)
		buf_printf(out, ", %s", note);
	if (rule->justification != NULL) {
		buf_str_add(out, ", because: ");
		vis_add(out, rule->justification->s, rule->justification->len);
	}
	buf_char(out, '\n');
}

static void
add_part(struct buf *out, const struct rules_explained *e, size_t i)
{
	static const char *const kinds[] = { "command", "shell", "found" };
	const struct judge_part *p = &e->j->parts[i];
	const struct decide_part *s = &e->j->subjects[i];
	const char *program =
		p->program != NULL ? p->program : p->rules.resolved;
	buf_printf(out, "%zu. %s:", i + 1, kinds[p->kind]);
	add_words(out, p->argc, (const char *const *)p->argv);
	if (program != NULL) {
		buf_str_add(out, "      program: ");
		vis_str(out, program);
		buf_char(out, '\n');
	}
	for (size_t k = 0; k < p->rules.n; k++)
		add_rule(out, &p->rules.v[k],
			p->rules.v[k].rule == p->rules.decided);
	if (p->rules.unwritten > 0)
		buf_printf(out,
			"      %zu allow rule(s) left out: the sandbox can "
			"write this program, or nobody can say which it is\n",
			p->rules.unwritten);
	if (p->rules.decision == RULES_NO_MATCH)
		buf_str_add(out, "      no rule decides\n");
	buf_printf(out, "      class: %s%s%s\n", rules_class_name(s->class),
		s->class == CLASS_DANGER ? ": " : "",
		s->class == CLASS_DANGER && s->danger != NULL ? s->danger : "");
}

static void
add_shell(struct buf *out, const struct judgement *j)
{
	if (j->wrapper && !j->opaque)
		buf_printf(out, "shell text: %zu command%s\n", j->commands.n,
			j->commands.n == 1 ? "" : "s");
	else if (j->wrapper)
		buf_printf(out,
			"shell text: taken as one command; line %zu, column "
			"%zu: %s\n",
			j->why.line, j->why.column, j->why.reason);
	if (j->unread)
		buf_str_add(out, "shell text: not all of it is looked into: "
				 "too long, or nested too deep\n");
}

static void
add_offer(struct buf *out, const char *name, const struct amend_offer *o)
{
	buf_printf(out, "%s", name);
	if (o->argc > 0)
		add_words(out, o->argc, o->argv);
	else
		buf_printf(out, " nothing: %s\n", o->none);
}

static void
add_answer(struct buf *out, const struct rules_explained *e)
{
	static const char *const acts[] = { "runs", "asks",
		"asks a person, each time", "forbidden" };
	static const char *const places[] = { "in the sandbox",
		"in the sandbox, with what the rule or request adds",
		"outside the sandbox" };
	static const char *const retries[] = { "its error is the answer",
		"asks when it was the network", "asks" };
	const struct decision *d = e->d;
	buf_str_add(out, "approval policy: ");
	vis_str(out, d->column);
	buf_str_add(out, " (");
	vis_str(out, e->approval->origin);
	buf_str_add(out, ")\nprofile: ");
	vis_str(out, e->profile->name);
	buf_str_add(out, " (");
	vis_str(out, e->profile->origin);
	buf_printf(out, "), %s\ntable: row \"%s\", column \"%s\"\n",
		e->session == SESSION_FREE ? "free" : "caged", d->row,
		d->column);
	if (d->reason.len > 0) {
		buf_str_add(out, "reason: ");
		vis_add(out, buf_str(&d->reason), d->reason.len);
		buf_char(out, '\n');
	}
	add_offer(out, "offers to remember:", &e->now);
	if (d->act == ACT_RUN)
		add_offer(out, "after a denial offers:", &e->later);
	if (d->act != ACT_FORBID && e->session == SESSION_CAGED)
		buf_printf(out, "after a denial: %s\n", retries[d->retry]);
	buf_printf(out, "answer: %s", acts[d->act]);
	if (d->act == ACT_FORBID)
		buf_char(out, '\n');
	else
		buf_printf(out, "%s %s\n", d->act == ACT_RUN ? "," : "; then",
			places[d->place]);
}

static void
explain_text(struct buf *out, const struct rules_explained *e)
{
	buf_str_add(out, "command:");
	add_words(out, e->q->argc, (const char *const *)e->q->argv);
	add_shell(out, e->j);
	for (size_t i = 0; i < e->j->n; i++)
		add_part(out, e, i);
	add_answer(out, e);
}

/* ---- what is in force ------------------------------------------------------ */

struct writable {
	size_t n;
	/* owned; each by two names */
	char *v[2 * (PROFILE_ENTRIES_MAX + RULES_CLI_WRITABLE_MAX)];
};

static void
writable_free(struct writable *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i]);
}

/* As it is written and as it is really called, when that is another name. */
static int
add_writable(struct writable *w, const char *dir)
{
	enum { MAX = sizeof(w->v) / sizeof(w->v[0]) };
	char *real = realpath(dir, NULL);
	if (real != NULL && strcmp(real, dir) == 0) {
		free(real);
		real = NULL;
	}
	char *own = strdup(dir);
	if (own == NULL || w->n + 2 > MAX) {
		free(own);
		free(real);
		return -ENOMEM;
	}
	w->v[w->n++] = own;
	if (real != NULL)
		w->v[w->n++] = real;
	return 0;
}

static int
add_entry(struct writable *w, const struct fs_entry *e, const char *workspace)
{
	const char *tmp = rules_env("TMPDIR");
	char *path = NULL;
	int err = 0;
	switch (e->kind) {
	case FS_PATH: return add_writable(w, e->text);
	case FS_ROOT: return add_writable(w, "/");
	case FS_SLASH_TMP: return add_writable(w, "/tmp");
	case FS_TMPDIR:
		return tmp != NULL && tmp[0] == '/' ? add_writable(w, tmp) : 0;
	case FS_PROJECT_ROOTS:
		err = path_join(workspace, e->text, &path);
		if (err == 0)
			err = add_writable(w, path);
		free(path);
		return err;
	default: return 0;
	}
}

/* Without a cage everything is as writable as the user made it: no roots. */
static int
fill_writable(struct writable *w, const struct rules_cli *c,
	const struct profile *p, const char *workspace)
{
	bool caged = decide_session_of(p) == SESSION_CAGED;
	int err = 0;
	for (size_t i = 0; err == 0 && caged && i < p->n_entries; i++)
		if (p->entries[i].access == FS_WRITE)
			err = add_entry(w, &p->entries[i], workspace);
	for (size_t i = 0; err == 0 && i < c->n_writable; i++)
		err = add_writable(w, c->writable[i]);
	return err;
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
profile_flags(const struct config_profile *p)
{
	unsigned flags = p->unsandboxed ? DECIDE_RULES_LEAVE : 0;
	for (size_t i = 0; i < p->files.n_entries; i++)
		if (p->files.entries[i].access == FS_DENY)
			flags |= DECIDE_HAS_DENY;
	return flags;
}

/* ---- from the rules to the answer ------------------------------------------ */

static int
answer(struct rules_explained *e, struct buf *out, bool json)
{
	own_decision struct decision d = { 0 };
	const struct amend_request none = { 0 };
	struct decide_query dq = {
		.approval = approval_of(e->approval),
		.session = e->session,
		.asked = e->asked,
		.profile_flags = profile_flags(e->profile),
		.n_parts = e->j->n,
		.parts = e->j->subjects,
		.argc = e->q->argc,
		.argv = e->q->argv,
	};
	int err = decide(&dq, &d);
	/* cppcheck-suppress autoVariables ; forgotten below */
	e->d = &d;
	if (err == 0)
		err = amend_offer(e->q, e->j, &d, &none, false, &e->now);
	if (err == 0)
		err = amend_offer(e->q, e->j, &d, &none, true, &e->later);
	if (err == 0 && json)
		rules_explain_json(out, e);
	else if (err == 0)
		explain_text(out, e);
	e->d = NULL;
	return err;
}

static int
explain_in(const struct rules_cli *c, struct config *cfg, const struct rules *r,
	char **command, struct writable *w, struct diag *d)
{
	own_config_profile struct config_profile profile = { 0 };
	own_judgement struct judgement j = { 0 };
	own_buf struct buf out = { 0 };
	struct config_approval approval = { 0 };
	int err = config_approval(cfg, &approval, d);
	if (err == 0)
		err = config_resolve(cfg, NULL, &profile, d);
	if (err == 0)
		err = fill_writable(w, c, &profile.files, c->workspace);
	if (err < 0)
		return err;
	struct judge_query q = {
		.rules = r,
		.argv = command,
		.cwd = c->workspace,
		.home = rules_env("HOME"),
		.path = rules_env("PATH"),
		.writable = (const char *const *)w->v,
		.n_writable = w->n,
		.safe_list = config_bool(cfg, "rules.safe_list"),
	};
	while (command[q.argc] != NULL)
		q.argc++;
	struct rules_explained e = { .q = &q,
		.j = &j,
		.approval = &approval,
		.profile = &profile,
		.session = decide_session_of(&profile.files),
		.asked = c->asked };
	err = judge(&q, &j);
	if (err == 0)
		err = answer(&e, &out, c->json);
	if (err == 0 && buf_failed(&out))
		err = -ENOMEM;
	if (err == 0)
		(void)fwrite(buf_str(&out), 1, out.len, stdout); /* flushed */
	return err;
}

static int
explain(const struct rules_cli *c, struct config *cfg, const struct rules *r,
	char **command, struct diag *d)
{
	struct writable w = { 0 };
	int err = explain_in(c, cfg, r, command, &w, d);
	writable_free(&w);
	return err;
}

/* ---- loading --------------------------------------------------------------- */

static void
tell_notes(const struct config *c)
{
	for (size_t i = 0; config_note(c, i) != NULL; i++) {
		own_buf struct buf line = { 0 };
		vis_str(&line, config_note(c, i));
		(void)fprintf(stderr, "codex-sandbox: note: %s\n",
			buf_str(&line)); /* the last resort */
	}
}

static int
load_config(struct rules_cli *c, struct config *cfg, struct diag *d)
{
	struct config_options o = {
		.managed_dir = c->at->managed_dir,
		.managed_uid = c->at->managed_uid,
		.profiles_dir = c->at->profiles_dir,
		.workspace = c->workspace,
		.session = (const char *const *)c->session,
		.n_session = c->n_session,
		.flags =
			c->no_user ? CONFIG_SKIP_USER | CONFIG_SKIP_PROJECT : 0,
	};
	return config_load(cfg, &o, d);
}

static int
load_rules(const struct rules_cli *c, struct config *cfg, struct rules *r)
{
	own_ladder_error struct ladder_error e = { 0 };
	struct ladder from = {
		.managed_dir = c->at->managed_dir,
		.managed_uid = c->at->managed_uid,
		.skip_user = c->no_user,
		.session = c->files,
		.n_session = c->n_files,
		.config = cfg,
	};
	if (ladder_load(r, &from, &e) == 0)
		return 0;
	return rules_cli_bad(e.doing == NULL ? "read" : e.doing,
		buf_str(&e.file), &e.detail);
}

static int
failed(const struct config *cfg, const struct diag *d, int err)
{
	struct diag memory = { 0 };
	if (d->thing[0] == '\0')
		(void)diag_set(&memory, err, DIAG_SETUP, "rules",
			diag_errno(-err), "explain a smaller command");
	int code = diag_print(d->thing[0] == '\0' ? &memory : d);
	(void)fputs(config_excerpt(cfg), stderr); /* the last resort */
	return code;
}

int
rules_cli_explain(struct rules_cli *c, int argc, char **argv)
{
	own_rules struct rules r = { 0 };
	own_config struct config *cfg = config_new();
	struct diag d = { 0 };
	(void)argc; /* argv ends with NULL */
	if (cfg == NULL)
		return DIAG_SETUP;
	c->workspace = realpath(c->dir == NULL ? "." : c->dir, NULL);
	if (c->workspace == NULL) {
		int why = errno;
		(void)diag_set(&d, -why, DIAG_USAGE,
			c->dir == NULL ? "." : c->dir, diag_errno(why),
			"name a directory with -C");
		return failed(cfg, &d, -why);
	}
	rules_init(&r, c->compat ? RULES_COMPAT : 0);
	int err = load_config(c, cfg, &d);
	if (err < 0)
		return failed(cfg, &d, err);
	tell_notes(cfg);
	int code = load_rules(c, cfg, &r);
	if (code != 0)
		return code;
	err = explain(c, cfg, &r, argv + c->command, &d);
	if (err < 0)
		return failed(cfg, &d, err);
	return fflush(stdout) == 0 ? 0 : 1;
}
