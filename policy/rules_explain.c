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
#include "policy/rules_cli.h"
#include "policy/rules_names.h"
#include "policy/vis.h"

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
	const struct judge_part *p = &e->r->judgement.parts[i];
	const struct decide_part *s = &e->r->judgement.subjects[i];
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
	const struct decision *d = &e->r->decision;
	buf_str_add(out, "approval policy: ");
	vis_str(out, d->column);
	buf_str_add(out, " (");
	vis_str(out, e->r->approval.origin);
	buf_str_add(out, ")\nprofile: ");
	vis_str(out, e->profile->name);
	buf_str_add(out, " (");
	vis_str(out, e->profile->origin);
	buf_printf(out, "), %s\ntable: row \"%s\", column \"%s\"\n",
		e->r->session == SESSION_FREE ? "free" : "caged", d->row,
		d->column);
	if (d->reason.len > 0) {
		buf_str_add(out, "reason: ");
		vis_add(out, buf_str(&d->reason), d->reason.len);
		buf_char(out, '\n');
	}
	add_offer(out, "offers to remember:", &e->now);
	if (d->act == ACT_RUN)
		add_offer(out, "after a denial offers:", &e->later);
	if (d->act != ACT_FORBID && e->r->session == SESSION_CAGED)
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
	add_words(out, e->r->query.argc, (const char *const *)e->r->query.argv);
	add_shell(out, &e->r->judgement);
	for (size_t i = 0; i < e->r->judgement.n; i++)
		add_part(out, e, i);
	add_answer(out, e);
}

/* ---- from the rules to the answer ------------------------------------------ */

static int
print(const struct rules_explained *e, bool json)
{
	own_buf struct buf out = { 0 };
	if (json)
		rules_explain_json(&out, e);
	else
		explain_text(&out, e);
	if (buf_failed(&out))
		return -ENOMEM;
	(void)fwrite(buf_str(&out), 1, out.len, stdout); /* flushed */
	return 0;
}

static int
explain(const struct rules_cli *c, struct config *cfg, struct ruling *r,
	char **command, struct diag *d)
{
	own_config_profile struct config_profile profile = { 0 };
	const struct amend_request none = { 0 };
	struct rules_explained e = { .r = r, .profile = &profile };
	int err = config_resolve(cfg, NULL, &profile, d);
	if (err < 0)
		return err;
	const struct ruling_query q = {
		.config = cfg,
		.profile = &profile.files,
		.unsandboxed = profile.unsandboxed,
		.workspace = c->workspace,
		.cwd = c->workspace,
		.path = rules_env("PATH"),
		.command = command,
		.asked = c->asked,
		.writable = c->writable,
		.n_writable = c->n_writable,
	};
	err = ruling_make(r, &q, d);
	if (err == 0)
		err = amend_offer(&r->query, &r->judgement, &r->decision, &none,
			false, &e.now);
	if (err == 0)
		err = amend_offer(&r->query, &r->judgement, &r->decision, &none,
			true, &e.later);
	return err < 0 ? err : print(&e, c->json);
}

/* ---- loading --------------------------------------------------------------- */

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
	own_ruling struct ruling r = { 0 };
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
	rules_init(&r.rules, c->compat ? RULES_COMPAT : 0);
	int err = load_config(c, cfg, &d);
	if (err < 0)
		return failed(cfg, &d, err);
	config_tell_notes(cfg);
	int code = load_rules(c, cfg, &r.rules);
	if (code != 0)
		return code;
	err = explain(c, cfg, &r, argv + c->command, &d);
	if (err < 0)
		return failed(cfg, &d, err);
	return fflush(stdout) == 0 ? 0 : 1;
}
