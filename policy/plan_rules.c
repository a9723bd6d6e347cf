/* SPDX-License-Identifier: Apache-2.0 */
/* plan_rules.c -- may this plan's command start? (room: user). */
#include "policy/plan_rules.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/config.h"
#include "policy/diag.h"
#include "policy/environ.h"
#include "policy/json_text.h"
#include "policy/ladder.h"
#include "policy/options.h"
#include "policy/plan_build.h"
#include "policy/rules_names.h"
#include "policy/ruling.h"
#include "policy/shquote.h"

/* ---- asking ---------------------------------------------------------------- */

int
plan_rules_load(const struct plan_build *b, struct rules *r, struct diag *d)
{
	own_ladder_error struct ladder_error e = { 0 };
	const struct ladder from = {
		.skip_user = b->options->no_user_config,
		.session = b->options->rules.items,
		.n_session = b->options->rules.n,
		.config = b->config.config,
	};
	int err = ladder_load(r, &from, &e);

	return err < 0 ? ladder_diag(&e, err, d) : 0;
}

static int
judge_command(const struct plan_build *b, struct ruling *r, struct diag *d)
{
	static const char *const tmp[] = { "/tmp" };
	const struct env_facts facts = { 0 };
	struct env_policy policy;
	char **env = NULL;
	int err;

	options_environment(b->options, &policy);
	err = env_make(&policy, &facts, environ, &env, d);
	if (err >= 0) {
		const struct ruling_query q = {
			.config = b->config.config,
			.profile = &b->profile,
			.workspace = b->workspace,
			.cwd = b->cwd,
			.path = env_get(env, "PATH"),
			.command = b->argv,
			.writable = tmp,
			.n_writable = b->tmp == VIEW_TMP_HOST,
		};
		err = ruling_make(r, &q, d);
	}
	r->query.path = NULL; /* it was only looked into */
	env_free(env);
	return err;
}

static int
ask(struct plan_build *b, struct ruling *r, struct diag *d)
{
	struct config_approval approval = { 0 };
	int err;

	rules_init(&r->rules, 0);
	err = plan_rules_load(b, &r->rules, d);
	if (err >= 0 && b->config.config)
		err = config_approval(b->config.config, &approval, d);
	if (err < 0 || (r->rules.n_rules == 0 && !approval.chosen))
		return err;
	err = judge_command(b, r, d);
	return err < 0 ? err : 1;
}

void
plan_rules_forget(struct plan_build *b)
{
	ruling_free(b->ruling);
	free(b->ruling);
	b->ruling = NULL;
}

int
plan_rules_ask(struct plan_build *b, struct diag *d)
{
	int judged;

	if (b->no_command)
		return 0;
	b->ruling = calloc(1, sizeof(*b->ruling));
	if (!b->ruling)
		return diag_set(d, -ENOMEM, DIAG_SETUP, "rules",
			"out of memory", "give a smaller command");
	judged = ask(b, b->ruling, d);
	if (judged <= 0)
		plan_rules_forget(b);
	return judged < 0 ? judged : 0;
}

/* ---- the answer ------------------------------------------------------------ */

enum verdict { RUNS, APPROVED, UNANSWERED, FORBIDDEN };

static const struct decide_part *
part_of(const struct ruling *r)
{
	return &r->judgement.subjects[r->decision.part];
}

static enum verdict
verdict_of(const struct plan_build *b)
{
	const struct ruling *r = b->ruling;

	if (!r || r->decision.act == ACT_RUN)
		return RUNS;
	if (r->decision.act == ACT_FORBID)
		return FORBIDDEN;
	if (part_of(r)->class < CLASS_ALLOW && !r->approval.chosen)
		return RUNS; /* nobody wrote down that this needs a question */
	return b->options->approved ? APPROVED : UNANSWERED;
}

static void
add_policy(struct buf *out, const struct ruling *r)
{
	buf_printf(out, "approval_policy %s (%s)", r->decision.column,
		r->approval.origin);
}

static void
add_rule(struct buf *out, const struct rules_rule *rule)
{
	buf_printf(out, " by %s:%u (%s)", rule->file, rule->line,
		rules_layer_name(rule->trust));
	if (rule->justification)
		buf_printf(out, ": %s", rule->justification->s);
}

static void
add_question(struct buf *out, const struct ruling *r)
{
	const struct rules_rule *rule = ruling_rule(r);
	enum decide_class class = part_of(r)->class;
	bool never = r->decision.act == ACT_FORBID;

	if (!rule) {
		buf_str_add(
			out, class == CLASS_DANGER
				     ? "is on the list of dangerous commands"
				     : "is allowed by no rule");
		if (r->judgement.parts[r->decision.part].rules.unwritten > 0)
			buf_str_add(out,
				" (those on its name are not about a program that the sandbox can write)");
		buf_str_add(out, never ? ", which may not be approved under "
				       : " and needs approval under ");
		add_policy(out, r);
		return;
	}
	buf_str_add(out, class == CLASS_HUMAN ? "needs the approval of a person"
					      : "needs approval");
	if (never) {
		buf_str_add(out, ", which nobody may give under ");
		add_policy(out, r);
		buf_char(out, ',');
	}
	add_rule(out, rule);
}

void
plan_rules_text(const struct plan_build *b, struct buf *out)
{
	const struct ruling *r = b->ruling;
	const struct rules_rule *rule = r ? ruling_rule(r) : NULL;

	if (!r || (!rule && verdict_of(b) == RUNS)) {
		buf_str_add(out, "no rule decides");
	} else if (!rule || part_of(r)->class == CLASS_PROMPT ||
		   part_of(r)->class == CLASS_HUMAN) {
		add_question(out, r);
	} else {
		buf_str_add(out, part_of(r)->class == CLASS_ALLOW
					 ? "is allowed"
					 : "is forbidden");
		add_rule(out, rule);
	}
}

static const char *
mend_of(const struct plan_build *b, enum verdict v)
{
	const struct rules_rule *rule = ruling_rule(b->ruling);

	if (v == UNANSWERED)
		return rule ? "exec asks nobody: say --approved where somebody has approved it, or change that rule"
			    : "exec asks nobody: say --approved where somebody has approved it, or allow it by a rule (codex-sandbox rules add)";
	if (!rule || rule->decision != RULES_FORBIDDEN)
		return "choose another approval_policy, or run something else";
	return rule->trust == RULES_MANAGED
		       ? "run something else, or ask the administrator to change that rule"
		       : "run something else, or change that rule";
}

int
plan_rules_admit(const struct plan_build *b, struct diag *d)
{
	enum verdict v = verdict_of(b);
	own_buf struct buf command = { 0 };
	own_buf struct buf cause = { 0 };
	const struct decide_part *p;

	if (v == RUNS || v == APPROVED)
		return 0;
	p = part_of(b->ruling);
	shquote_argv(&command, p->argc, p->argv);
	plan_rules_text(b, &cause);
	return diag_set(d, -EPERM, DIAG_SETUP, buf_str(&command),
		buf_str(&cause), mend_of(b, v));
}

/* ---- output ---------------------------------------------------------------- */

static json_t *
rule_json(const struct rules_rule *rule)
{
	if (!rule)
		return json_null();
	return json_pack("{s:o, s:I, s:s, s:s, s:o}", "file",
		json_text(rule->file), "line", (json_int_t)rule->line, "layer",
		rules_layer_name(rule->trust), "decision",
		rules_decision_name(rule->decision), "justification",
		json_text(rule->justification ? rule->justification->s : NULL));
}

struct json_t *
plan_rules_json(const struct plan_build *b)
{
	static const char *const verdicts[] = { "runs", "approved",
		"unanswered", "forbidden" };
	const struct ruling *r = b ? b->ruling : NULL;
	own_buf struct buf command = { 0 };
	own_buf struct buf text = { 0 };

	if (!r)
		return json_null();
	shquote_argv(&command, part_of(r)->argc, part_of(r)->argv);
	plan_rules_text(b, &text);
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:o}", "verdict",
		verdicts[verdict_of(b)], "answer",
		rules_act_name(r->decision.act), "decided_on",
		json_text(buf_str(&command)), "text", json_text(buf_str(&text)),
		"rule", rule_json(ruling_rule(r)), "row", r->decision.row,
		"approval_policy", r->decision.column, "approval_origin",
		json_text(r->approval.origin));
}
