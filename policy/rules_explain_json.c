/* SPDX-License-Identifier: Apache-2.0 */
/* rules_explain_json.c -- `rules explain --json` (room: user). */
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_cli.h"
#include "policy/rules_names.h"

/*
 * Valid JSON whatever the words hold: what is not UTF-8 cannot get here, since
 * the command line refuses it, and words of shell text are checked by the
 * decomposer; scanned text may be cut inside a character, so it is mended.
 */
static void
text(struct buf *out, const char *s)
{
	size_t len = s == NULL ? 0 : strlen(s);
	own_buf struct buf mended = { 0 };
	if (s == NULL) {
		buf_str_add(out, "null");
		return;
	}
	for (size_t i = 0; i < len;) {
		uint32_t cp = 0;
		size_t n = utf8_get(s + i, len - i, &cp);
		if (n == 0)
			buf_str_add(&mended, "\xef\xbf\xbd");
		else
			buf_add(&mended, s + i, n);
		i += n == 0 ? 1 : n;
	}
	rules_json_string(out, buf_str(&mended), mended.len);
}

static void
key(struct buf *out, const char *name)
{
	const char *end = buf_str(out) + out->len;
	bool first = out->len == 0 || end[-1] == '{';
	buf_printf(out, "%s\"%s\":", first ? "" : ",", name);
}

static void
words(struct buf *out, size_t argc, const char *const *argv)
{
	buf_char(out, '[');
	for (size_t i = 0; i < argc; i++) {
		if (i > 0)
			buf_char(out, ',');
		text(out, argv[i]);
	}
	buf_char(out, ']');
}

static void
member(struct buf *out, const char *name, const char *value)
{
	key(out, name);
	text(out, value);
}

static void
add_shell(struct buf *out, const struct judgement *j)
{
	static const char *const dialects[] = { "sh", "bash", "zsh" };
	key(out, "shell");
	if (!j->wrapper) {
		buf_str_add(out, "null");
		return;
	}
	buf_char(out, '{');
	member(out, "dialect", dialects[j->shell.dialect]);
	key(out, "opaque");
	buf_str_add(out, j->opaque ? "true" : "false");
	member(out, "reason", j->opaque ? j->why.reason : NULL);
	if (j->opaque)
		buf_printf(out, ",\"line\":%zu,\"column\":%zu", j->why.line,
			j->why.column);
	buf_char(out, '}');
}

static void
add_rule(struct buf *out, const struct rules_match *m, bool decided)
{
	const struct rules_rule *rule = m->rule;
	buf_char(out, '{');
	member(out, "file", rule->file);
	buf_printf(out, ",\"line\":%u", rule->line);
	member(out, "layer", rules_layer_name(rule->trust));
	member(out, "decision", rules_decision_name(rule->decision));
	key(out, "pattern");
	rules_explain_pattern(out, rule);
	key(out, "justification");
	if (rule->justification == NULL)
		buf_str_add(out, "null");
	else
		rules_json_string(
			out, rule->justification->s, rule->justification->len);
	member(out, "ignored", rules_match_note(m));
	key(out, "decides");
	buf_str_add(out, decided ? "true}" : "false}");
}

static void
add_part(struct buf *out, const struct judge_part *p,
	const struct decide_part *s)
{
	static const char *const kinds[] = { "command", "shell", "found" };
	buf_char(out, '{');
	member(out, "kind", kinds[p->kind]);
	key(out, "argv");
	words(out, p->argc, (const char *const *)p->argv);
	member(out, "program",
		p->program != NULL ? p->program : p->rules.resolved);
	key(out, "rules");
	buf_char(out, '[');
	for (size_t i = 0; i < p->rules.n; i++) {
		if (i > 0)
			buf_char(out, ',');
		add_rule(out, &p->rules.v[i],
			p->rules.v[i].rule == p->rules.decided);
	}
	buf_printf(out, "],\"rulesLeftOut\":%zu", p->rules.unwritten);
	member(out, "class", rules_class_name(s->class));
	member(out, "danger", s->class == CLASS_DANGER ? s->danger : NULL);
	buf_char(out, '}');
}

static void
add_offer(struct buf *out, const char *name, const struct amend_offer *o)
{
	key(out, name);
	if (o->argc > 0)
		words(out, o->argc, o->argv);
	else
		buf_str_add(out, "null");
}

static void
add_decision(struct buf *out, const struct rules_explained *e)
{
	const struct decision *d = &e->r->decision;
	key(out, "decision");
	buf_char(out, '{');
	member(out, "act", rules_act_name(d->act));
	member(out, "place",
		d->act == ACT_FORBID ? NULL : rules_place_name(d->place));
	member(out, "afterDenial", rules_retry_name(d->retry));
	member(out, "row", d->row);
	member(out, "column", d->column);
	member(out, "reason", d->reason.len > 0 ? buf_str(&d->reason) : NULL);
	add_offer(out, "offer", &e->now);
	member(out, "noOffer", e->now.none);
	add_offer(out, "offerAfterDenial", &e->later);
	buf_char(out, '}');
}

void
rules_explain_json(struct buf *out, const struct rules_explained *e)
{
	buf_str_add(out, "{\"version\":1");
	key(out, "command");
	words(out, e->r->query.argc, (const char *const *)e->r->query.argv);
	add_shell(out, &e->r->judgement);
	key(out, "unread");
	buf_str_add(out, e->r->judgement.unread ? "true" : "false");
	key(out, "parts");
	buf_char(out, '[');
	for (size_t i = 0; i < e->r->judgement.n; i++) {
		if (i > 0)
			buf_char(out, ',');
		add_part(out, &e->r->judgement.parts[i],
			&e->r->judgement.subjects[i]);
	}
	buf_char(out, ']');
	key(out, "approvalPolicy");
	buf_char(out, '{');
	member(out, "name", e->r->decision.column);
	member(out, "origin", e->r->approval.origin);
	buf_char(out, '}');
	key(out, "profile");
	buf_char(out, '{');
	member(out, "name", e->profile->name);
	member(out, "origin", e->profile->origin);
	member(out, "session",
		e->r->session == SESSION_FREE ? "free" : "caged");
	buf_char(out, '}');
	add_decision(out, e);
	buf_str_add(out, "}\n");
}
