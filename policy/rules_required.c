/* SPDX-License-Identifier: Apache-2.0 */
/* rules_required.c -- prefix_rules of requirements.toml as rules (room: user). */
#include <errno.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/config.h"
#include "policy/num.h"
#include "policy/rules_build.h"

static const struct rstr *
keep(struct rules *r, const char *s, bool folded)
{
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	if (!folded)
		return rstr_new(&r->arena, s, strlen(s));
	rules_fold(&out, s, strlen(s));
	return buf_failed(&out) ? NULL
				: rstr_new(&r->arena, buf_str(&out), out.len);
}

static bool
take_token(struct rules *r, const struct config_list *words, bool folded,
	struct rules_token *ret)
{
	ret->n = (uint32_t)words->n; /* at most CONFIG_VALUES_MAX */
	ret->list = words->n > 1;
	ret->alts = arena_array(&r->arena, words->n, sizeof(struct rstr *));
	for (uint32_t i = 0; ret->alts != NULL && i < ret->n; i++) {
		ret->alts[i] = keep(r, words->items[i], folded);
		if (ret->alts[i] == NULL)
			return false;
	}
	return ret->alts != NULL;
}

static struct rules_token *
take_rest(struct rules *r, const struct config_prefix_rule *from, bool folded)
{
	struct rules_token *rest =
		arena_array(&r->arena, from->n_tokens, sizeof(*rest));
	for (size_t i = 1; rest != NULL && i < from->n_tokens; i++)
		if (!take_token(r, &from->tokens[i], folded, &rest[i - 1]))
			return NULL;
	return rest;
}

/* "/etc/x/requirements.toml:12" is a file and a line. */
static bool
take_origin(struct rules *r, const char *origin, struct rules_rule *rule)
{
	const char *colon = strrchr(origin, ':');
	uint64_t line = 0;
	if (colon != NULL && num_parse(colon + 1, 0, UINT32_MAX, &line) == 0)
		rule->line = (uint32_t)line; /* bounded */
	else
		colon = origin + strlen(origin);
	rule->file = arena_copy(&r->arena, origin, (size_t)(colon - origin));
	return rule->file != NULL;
}

static enum rules_decision
decision_of(const char *word)
{
	if (strcmp(word, "prompt") == 0)
		return RULES_PROMPT;
	/* What we do not know restricts most. */
	return strcmp(word, "prompt-user") == 0 ? RULES_PROMPT_USER
						: RULES_FORBIDDEN;
}

static int
add(struct rules *r, struct rules_rule rule, const struct rules_token *head)
{
	uint32_t from = r->n_rules;
	for (uint32_t i = 0; i < head->n; i++) {
		if (r->n_rules == RULES_RULE_MAX)
			return -EINVAL;
		struct rules_rule *list = rules_room(
			r, r->rules, r->n_rules, &r->cap_rules, sizeof(*list));
		if (list == NULL)
			return -ENOMEM;
		r->rules = list;
		bool folded = rule.folded != NULL;
		rule.head = head->alts[i];
		rule.folded = folded ? keep(r, rule.head->s, true) : NULL;
		if (folded && rule.folded == NULL)
			return -ENOMEM;
		list[r->n_rules++] = rule;
	}
	return rules_index(r, from);
}

int
rules_add_required(struct rules *r, const struct config_prefix_rule *rule)
{
	struct rules_rule made = { .trust = RULES_MANAGED,
		.decision = decision_of(rule->decision) };
	struct rules_token head = { 0 };
	if (rule->n_tokens == 0 || rule->tokens[0].n == 0)
		return -EINVAL;
	made.n_rest = (uint32_t)rule->n_tokens - 1; /* bounded */
	if (!take_token(r, &rule->tokens[0], false, &head) ||
		!take_origin(r, rule->origin, &made))
		return -ENOMEM;
	made.shown = made.rest = take_rest(r, rule, false);
	if (rule->canonical_matching) {
		made.folded = head.alts[0]; /* add() folds each */
		made.rest = take_rest(r, rule, true);
	}
	if (made.shown == NULL || made.rest == NULL)
		return -ENOMEM;
	if (rule->justification != NULL) {
		made.justification = keep(r, rule->justification, false);
		if (made.justification == NULL)
			return -ENOMEM;
	}
	return add(r, made, &head);
}
