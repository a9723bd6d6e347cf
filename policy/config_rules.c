/* SPDX-License-Identifier: Apache-2.0 */
/* config_rules.c -- [rules] prefix_rules of requirements.toml (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* One rule on its way: where it stands and what was read of it. */
struct reading {
	struct config *c;
	const struct config_source *src;
	size_t index; /* of the rule */
	struct config_prefix_rule rule;
	struct diag *d;
};

static const char mend_rule[] =
	"write { pattern = [{ token = \"git\" }, { any_of = [\"push\", "
	"\"fetch\"] }], decision = \"forbidden\" }";

static int
fail(struct reading *r, const struct toml *at, const char *mend,
	const char *cause)
{
	struct config_value v = { .src = r->src, .node = at };

	return config_fail(r->c, &v, -EINVAL, mend, r->d,
		"rules prefix_rule at index %zu %s", r->index, cause);
}

static int
bad_token(
	struct reading *r, const struct toml *at, size_t index, const char *why)
{
	struct config_value v = { .src = r->src, .node = at };

	return config_fail(r->c, &v, -EINVAL, mend_rule, r->d,
		"rules prefix_rule at index %zu has an invalid pattern token "
		"at index %zu: %s",
		r->index, index, why);
}

static bool
is_text(const struct toml *v)
{
	return v->type == TOML_STRING && !toml_has_nul(v->str.text, v->str.len);
}

/* Every key of a table must be one of the words of `known`. */
static const struct toml *
stranger(const struct toml *table, const char *const *known)
{
	for (const struct toml *v = table->kids.first; v != NULL; v = v->next) {
		const char *const *k = known;
		while (*k != NULL && strcmp(*k, v->key) != 0)
			k++;
		if (*k == NULL)
			return v;
	}
	return NULL;
}

static int
read_any(struct reading *r, const struct toml *any, size_t index,
	struct config_list *ret)
{
	if (any->type != TOML_ARRAY)
		return bad_token(r, any, index, "any_of is a list");
	if (any->kids.n == 0)
		return bad_token(r, any, index, "any_of cannot be empty");
	for (const struct toml *v = any->kids.first; v != NULL; v = v->next) {
		if (!is_text(v))
			return bad_token(r, v, index, "any_of holds strings");
		if (v->str.len == 0)
			return bad_token(r, v, index,
				"any_of cannot include empty tokens");
		int rc = config_list_add(r->c, ret, v->str.text, r->d);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
read_token(struct reading *r, const struct toml *at, size_t index,
	struct config_list *ret)
{
	static const char *const known[] = { "token", "any_of", NULL };

	if (at->type != TOML_TABLE || stranger(at, known) != NULL)
		return bad_token(r, at, index, "set either token or any_of");
	const struct toml_doc *doc = &r->src->doc;
	const struct toml *token = toml_get(doc, at, "token");
	const struct toml *any = toml_get(doc, at, "any_of");
	if (token != NULL && any != NULL)
		return bad_token(
			r, at, index, "set either token or any_of, not both");
	if (any != NULL)
		return read_any(r, any, index, ret);
	if (token == NULL)
		return bad_token(r, at, index, "set either token or any_of");
	if (!is_text(token))
		return bad_token(r, token, index, "token is a string");
	if (token->str.len == 0)
		return bad_token(r, token, index, "token cannot be empty");
	return config_list_add(r->c, ret, token->str.text, r->d);
}

static int
read_pattern(struct reading *r, const struct toml *rule)
{
	const struct toml *p = toml_get(&r->src->doc, rule, "pattern");
	size_t i = 0;

	if (p == NULL || p->type != TOML_ARRAY || p->kids.n == 0)
		return fail(r, p == NULL ? rule : p, mend_rule,
			"has an empty pattern");
	r->rule.n_tokens = p->kids.n;
	r->rule.tokens =
		arena_array(&r->c->arena, p->kids.n, sizeof(*r->rule.tokens));
	if (r->rule.tokens == NULL)
		return config_nomem(r->c, r->d);
	for (const struct toml *v = p->kids.first; v != NULL; v = v->next) {
		int rc = read_token(r, v, i, &r->rule.tokens[i]);
		if (rc < 0)
			return rc;
		i++;
	}
	return 0;
}

/* An allow here would be a way past every other layer. */
static int
read_decision(struct reading *r, const struct toml *rule)
{
	static const char *const words[] = { "prompt", "prompt-user",
		"forbidden" };
	const struct toml *v = toml_get(&r->src->doc, rule, "decision");
	static const char mend[] =
		"use \"prompt\", \"prompt-user\" or \"forbidden\"";

	if (v == NULL)
		return fail(r, rule, mend, "is missing a decision");
	if (!is_text(v))
		return fail(r, v, mend, "has a decision that is no string");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(v->str.text, words[i]) == 0) {
			r->rule.decision = words[i];
			return 0;
		}
	if (strcmp(v->str.text, "allow") == 0)
		return fail(r, v, mend,
			"has decision 'allow', which is not permitted in "
			"requirements.toml");
	return fail(r, v, mend, "has an unknown decision");
}

static int
read_rest(struct reading *r, const struct toml *rule)
{
	const struct toml_doc *doc = &r->src->doc;
	const struct toml *why = toml_get(doc, rule, "justification");
	const struct toml *canonical =
		toml_get(doc, rule, "canonical_matching");

	if (why != NULL && (!is_text(why) || why->str.len == 0))
		return fail(r, why, "say why, or leave it out",
			"has an empty justification");
	if (canonical != NULL && canonical->type != TOML_BOOL)
		return fail(r, canonical, "give true or false",
			"has a canonical_matching that is no boolean");
	if (why != NULL)
		r->rule.justification = why->str.text;
	r->rule.canonical_matching = canonical != NULL && canonical->truth;
	return 0;
}

static int
read_rule(struct reading *r, const struct toml *rule)
{
	static const char *const known[] = { "pattern", "decision",
		"justification", "canonical_matching", NULL };
	const struct toml *odd = stranger(rule, known);
	int rc = 0;

	if (odd != NULL)
		return fail(r, odd,
			"use pattern, decision, justification or "
			"canonical_matching",
			"has an unknown key");
	rc = read_pattern(r, rule);
	if (rc == 0)
		rc = read_rest(r, rule);
	return rc < 0 ? rc : read_decision(r, rule);
}

int
config_prefix_rules(struct config *c, struct config_prefix_rule **ret,
	size_t *ret_n, struct diag *d)
{
	const struct config_value *list =
		config_find(&c->required, "rules.prefix_rules");
	size_t n = 0;

	*ret_n = 0;
	*ret = NULL;
	if (list == NULL)
		return 0;
	struct config_prefix_rule *rules =
		arena_array(&c->arena, list->node->kids.n, sizeof(*rules));
	if (rules == NULL)
		return config_nomem(c, d);
	const struct toml *v = list->node->kids.first;
	for (; v != NULL; v = v->next) {
		struct reading r = {
			.c = c, .src = list->src, .index = n, .d = d
		};
		struct config_value at = *list;
		int rc = read_rule(&r, v);
		if (rc < 0)
			return rc;
		at.node = v;
		r.rule.origin = config_origin(c, &at);
		rules[n++] = r.rule;
	}
	*ret = rules;
	*ret_n = n;
	return 0;
}
