/* SPDX-License-Identifier: Apache-2.0 */
/* rules_examples.c -- match and not_match of a rule (room: user). */
#include "policy/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/shquote.h"

/* ---- how a rule is shown in the two errors --------------------------------------------- */

/* A string as Rust's Debug prints it. */
static void
add_debug(struct buf *out, const char *s, size_t len)
{
	static const char special[] = "\"\\\n\r\t";
	static const char letter[] = "\"\\nrt";
	buf_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		const char *p = s[i] == '\0' ? NULL : strchr(special, s[i]);
		if (p != NULL)
			buf_printf(out, "\\%c", letter[p - special]);
		else if (s[i] == '\0')
			buf_str_add(out, "\\0");
		else if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			buf_printf(out, "\\u{%x}", (unsigned char)s[i]);
		else
			buf_char(out, s[i]);
	}
	buf_char(out, '"');
}

static const char *
debug_decision(enum rules_decision d)
{
	return d == RULES_ALLOW    ? "Allow"
	       : d == RULES_PROMPT ? "Prompt"
				   : "Forbidden";
}

static void
add_justification(struct buf *out, const struct rules_rule *rule)
{
	if (rule->justification == NULL) {
		buf_str_add(out, "None");
		return;
	}
	buf_str_add(out, "Some(");
	add_debug(out, rule->justification->s, rule->justification->len);
	buf_char(out, ')');
}

static void
add_token(struct buf *out, const struct rules_token *t)
{
	buf_str_add(out, t->list ? "Alts([" : "Single(");
	for (uint32_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_str_add(out, ", ");
		add_debug(out, t->alts[i]->s, t->alts[i]->len);
	}
	buf_str_add(out, t->list ? "])" : ")");
}

static void
add_rule(struct buf *out, const struct rules_rule *rule)
{
	buf_printf(out,
		"PrefixRule { pattern: PrefixPattern { canonical_matching: %s, "
		"first: ",
		rule->folded != NULL ? "true" : "false");
	add_debug(out, rule->head->s, rule->head->len);
	buf_str_add(out, ", rest: [");
	for (uint32_t i = 0; i < rule->n_rest; i++) {
		if (i > 0)
			buf_str_add(out, ", ");
		add_token(out, &rule->shown[i]);
	}
	buf_printf(out, "] }, decision: %s, justification: ",
		debug_decision(rule->decision));
	add_justification(out, rule);
	buf_str_add(out, " }");
}

static void
add_words(struct buf *out, const struct rules_argv *argv)
{
	for (uint32_t i = 0; i < argv->n; i++) {
		if (memchr(argv->v[i]->s, '\0', argv->v[i]->len) == NULL)
			continue;
		buf_str_add(out, "unable to render example");
		return; /* no shell has such a word */
	}
	for (uint32_t i = 0; i < argv->n; i++) {
		if (i > 0)
			buf_char(out, ' ');
		shquote_word(out, argv->v[i]->s);
	}
}

/* ---- the check ---------------------------------------------------------------------------- */

struct checking {
	const struct rules *r;
	const struct rules_examples *ex;
	char *cwd;
};

/* The first rule of the call that matches; NULL: none. */
static const struct rules_rule *
find_match(const struct checking *c, const struct rules_argv *argv,
	char **ret_resolved)
{
	const struct rules_rule *found = NULL;
	const char **words = calloc((size_t)argv->n + 1, sizeof(*words));
	*ret_resolved = NULL;
	if (words == NULL)
		return NULL;
	for (uint32_t i = 0; i < argv->n; i++)
		words[i] = argv->v[i]->s;
	struct rules_query q = { .argc = argv->n,
		.argv = words,
		.cwd = c->cwd == NULL ? "/" : c->cwd,
		.home = rules_env("HOME") };
	for (uint32_t i = 0; i < c->ex->n_rules && found == NULL; i++) {
		const struct rules_rule *rule =
			&c->r->rules[c->ex->first_rule + i];
		if (rules_matches(c->r, rule, &q, ret_resolved))
			found = rule;
	}
	free(words);
	return found;
}

static int
fail_not_match(const struct rules_argv *argv, const struct rules_rule *rule,
	const char *resolved, struct rules_error *err)
{
	own_buf struct buf text = { .max = 1 << 20 };
	buf_str_add(&text, "PrefixRuleMatch { matched_prefix: [");
	for (uint32_t i = 0; i <= rule->n_rest; i++) {
		const char *word = i == 0 && resolved != NULL
					   ? strrchr(resolved, '/') + 1
					   : argv->v[i]->s;
		if (i > 0)
			buf_str_add(&text, ", ");
		add_debug(&text, word, strlen(word));
	}
	buf_printf(&text, "], decision: %s, resolved_program: ",
		debug_decision(rule->decision));
	if (resolved == NULL) {
		buf_str_add(&text, "None");
	} else {
		buf_str_add(&text, "Some(AbsolutePathBuf(");
		add_debug(&text, resolved, strlen(resolved));
		buf_str_add(&text, "))");
	}
	buf_str_add(&text, ", justification: ");
	add_justification(&text, rule);
	buf_str_add(&text, " }`: ");
	add_words(&text, argv);
	rules_fail_plain(
		err, "expected example to not match rule `%s", buf_str(&text));
	return -EINVAL;
}

static int
fail_match(const struct checking *c, const struct buf *missed,
	struct rules_error *err)
{
	own_buf struct buf rules = { .max = 1 << 20 };
	for (uint32_t i = 0; i < c->ex->n_rules; i++) {
		own_buf struct buf one = { .max = 1 << 20 };
		add_rule(&one, &c->r->rules[c->ex->first_rule + i]);
		if (i > 0)
			buf_str_add(&rules, ", ");
		add_debug(&rules, buf_str(&one), one.len);
	}
	return rules_fail_plain(err,
		"expected every example to match at least one rule. rules: "
		"[%s]; unmatched examples: [%s]",
		buf_str(&rules), buf_str(missed));
}

static int
check(const struct checking *c, struct rules_error *err)
{
	own_buf struct buf missed = { .max = 1 << 20 };
	char *resolved = NULL;
	for (uint32_t i = 0; i < c->ex->n_not_match; i++) {
		const struct rules_rule *rule =
			find_match(c, &c->ex->not_match[i], &resolved);
		if (rule == NULL)
			continue;
		int r = fail_not_match(
			&c->ex->not_match[i], rule, resolved, err);
		free(resolved);
		return r;
	}
	for (uint32_t i = 0; i < c->ex->n_match; i++) {
		bool found = find_match(c, &c->ex->match[i], &resolved) != NULL;
		free(resolved);
		if (found)
			continue;
		own_buf struct buf words = { .max = 1 << 20 };
		add_words(&words, &c->ex->match[i]);
		if (missed.len > 0)
			buf_str_add(&missed, ", ");
		add_debug(&missed, buf_str(&words), words.len);
	}
	return missed.len == 0 ? 0 : fail_match(c, &missed, err);
}

int
rules_examples_check(const struct rules *r, const struct rules_examples *ex,
	struct rules_error *err)
{
	struct checking c = { .r = r, .ex = ex, .cwd = getcwd(NULL, 0) };
	int bad = check(&c, err);
	free(c.cwd);
	if (bad < 0 && !err->has_span) {
		err->at_rule = true; /* shown below the sentence */
		err->span = ex->at;
	}
	return bad;
}
