/* SPDX-License-Identifier: Apache-2.0 */
/* rules_builtin.c -- prefix_rule, network_rule, host_executable (room: user). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_build.h"
#include "policy/rules_vm.h"

/* ---- shared --------------------------------------------------------------------------- */

int
builtin_check_types(struct vm *vm, const char *const *names,
	const struct value *p, const enum want *want)
{
	static const char *const shown[] = { "str", "list", "bool" };
	static const enum vtype types[] = { V_STR, V_LIST, V_BOOL };
	for (int i = 0; names[i] != NULL; i++)
		if (p[i].t != V_UNSET && p[i].t != types[want[i]])
			return vm_bad_param(
				vm, names[i], shown[want[i]], &p[i]);
	return 0;
}

uint32_t
builtin_line_here(const struct vm *vm)
{
	const struct rules_build *b = vm->build;
	uint32_t lo = 0;
	uint32_t hi = b->n_lines; /* lines[lo] <= begin < lines[hi] */
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (b->lines[mid] <= vm->at.begin)
			lo = mid;
		else
			hi = mid;
	}
	return lo + 1;
}

const struct rstr *
builtin_keep(struct vm *vm, const struct rstr *s)
{
	return rstr_new(&vm->build->rules->arena, s->s, s->len);
}

int
builtin_parse_justification(
	struct vm *vm, const struct value *v, const struct rstr **ret)
{
	bool blank = true;
	*ret = NULL;
	if (v->t == V_UNSET)
		return 0;
	for (size_t i = 0; i < v->s->len && blank;) {
		uint32_t cp = 0;
		i += utf8_get(v->s->s + i, v->s->len - i, &cp);
		blank = utf8_is_blank(cp);
	}
	if (blank)
		return vm_fail(
			vm, "invalid rule: justification cannot be empty");
	*ret = builtin_keep(vm, v->s);
	return *ret == NULL ? builtin_policy_full(vm) : 0;
}

struct decision_name {
	const char *name;
	enum rules_decision decision;
	bool network_only;
};

static const struct decision_name decisions[] = {
	{ "allow", RULES_ALLOW, false },
	{ "prompt", RULES_PROMPT, false },
	{ "forbidden", RULES_FORBIDDEN, false },
	{ "deny", RULES_FORBIDDEN, true },
};

int
builtin_parse_decision(struct vm *vm, const struct value *v, bool network,
	enum rules_decision *ret)
{
	if (v->t == V_UNSET) {
		*ret = RULES_ALLOW;
		return 0;
	}
	for (size_t i = 0; i < sizeof(decisions) / sizeof(decisions[0]); i++) {
		if (!rstr_is(v->s, decisions[i].name) ||
			(decisions[i].network_only && !network))
			continue;
		*ret = decisions[i].decision;
		return 0;
	}
	return vm_fail(vm, "invalid decision: %s", v->s->s);
}

void *
rules_room(struct rules *r, void *array, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	uint32_t wide = *cap == 0 ? 16 : *cap * 2;
	array = arena_grow(&r->arena, array, n, wide, size);
	if (array != NULL)
		*cap = wide;
	return array;
}

/* ---- prefix_rule: pattern --------------------------------------------------------------- */

static const struct rstr *
fold(struct vm *vm, const struct rstr *s)
{
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	rules_fold(&out, s->s, s->len);
	return buf_failed(&out) ? NULL
				: rstr_new(&vm->build->rules->arena,
					  buf_str(&out), out.len);
}

static int
parse_alts(struct vm *vm, const struct value *v, struct rules_token *ret)
{
	uint32_t n = v->t == V_LIST ? v->l->n : 1;
	if (v->t != V_STR && v->t != V_LIST)
		return vm_fail(vm,
			"invalid pattern element: pattern element must be a "
			"string or list of strings (got %s)",
			v_type(v));
	if (n == 0)
		return vm_fail(vm, "invalid pattern element: pattern "
				   "alternatives cannot be empty");
	ret->alts =
		arena_array(&vm->build->rules->arena, n, sizeof(struct rstr *));
	if (ret->alts == NULL || vm_tick(vm, n) < 0)
		return builtin_policy_full(vm);
	ret->n = n;
	ret->list = n > 1;
	for (uint32_t i = 0; i < n; i++) {
		const struct value *e = v->t == V_LIST ? &v->l->v[i] : v;
		if (e->t != V_STR)
			return vm_fail(vm,
				"invalid pattern element: pattern alternative "
				"must be a string (got %s)",
				v_type(e));
		ret->alts[i] = builtin_keep(vm, e->s);
		if (ret->alts[i] == NULL)
			return builtin_policy_full(vm);
	}
	return 0;
}

static int
parse_pattern(struct vm *vm, const struct value *v, struct rules_token **ret)
{
	if (v->l->n == 0)
		return vm_fail(
			vm, "invalid pattern element: pattern cannot be empty");
	struct rules_token *t =
		arena_array(&vm->build->rules->arena, v->l->n, sizeof(*t));
	if (t == NULL)
		return builtin_policy_full(vm);
	for (uint32_t i = 0; i < v->l->n; i++)
		if (parse_alts(vm, &v->l->v[i], &t[i]) < 0)
			return -EINVAL;
	*ret = t;
	return 0;
}

/* The same tokens, case-folded. */
static int
fold_tokens(struct vm *vm, const struct rules_token *from, uint32_t n,
	struct rules_token **ret)
{
	struct arena *a = &vm->build->rules->arena;
	struct rules_token *t = arena_array(a, n, sizeof(*t));
	if (t == NULL)
		return builtin_policy_full(vm);
	for (uint32_t i = 0; i < n; i++) {
		t[i] = from[i];
		t[i].alts = arena_array(a, from[i].n, sizeof(struct rstr *));
		if (t[i].alts == NULL)
			return builtin_policy_full(vm);
		for (uint32_t j = 0; j < from[i].n; j++) {
			t[i].alts[j] = fold(vm, from[i].alts[j]);
			if (t[i].alts[j] == NULL)
				return builtin_policy_full(vm);
		}
	}
	*ret = t;
	return 0;
}

/* ---- prefix_rule: examples ---------------------------------------------------------------- */

static int
bad_example(struct vm *vm, const char *what)
{
	return vm_fail(vm, "invalid example: %s", what);
}

static int
parse_example(struct vm *vm, const struct value *v, struct rules_argv *ret)
{
	struct arena *a = &vm->build->rules->arena;
	if (v->t == V_STR) {
		if (vm_tick(vm, v->s->len / 16) < 0)
			return -EINVAL;
		if (rules_split(a, v->s->s, v->s->len, ret) < 0)
			return a->failed ? builtin_policy_full(vm)
					 : bad_example(vm,
						   "example string has invalid "
						   "shell syntax");
		return ret->n == 0
			       ? bad_example(vm,
					 "example cannot be an empty string")
			       : 0;
	}
	if (v->t != V_LIST)
		return vm_fail(vm,
			"invalid example: example must be a string or list of "
			"strings (got %s)",
			v_type(v));
	if (v->l->n == 0)
		return bad_example(vm, "example cannot be an empty list");
	ret->v = arena_array(a, v->l->n, sizeof(struct rstr *));
	if (ret->v == NULL)
		return builtin_policy_full(vm);
	for (; ret->n < v->l->n; ret->n++) {
		const struct value *e = &v->l->v[ret->n];
		if (e->t != V_STR)
			return vm_fail(vm,
				"invalid example: example tokens must be "
				"strings (got %s)",
				v_type(e));
		ret->v[ret->n] = builtin_keep(vm, e->s);
		if (ret->v[ret->n] == NULL)
			return builtin_policy_full(vm);
	}
	return vm_tick(vm, ret->n);
}

static int
parse_examples(struct vm *vm, const struct value *v, struct rules_argv **ret,
	uint32_t *ret_n)
{
	if (v->t == V_UNSET || v->l->n == 0)
		return 0;
	struct rules_argv *list =
		arena_array(&vm->build->rules->arena, v->l->n, sizeof(*list));
	if (list == NULL)
		return builtin_policy_full(vm);
	for (uint32_t i = 0; i < v->l->n; i++)
		if (vm_tick(vm, 1) < 0 ||
			parse_example(vm, &v->l->v[i], &list[i]) < 0)
			return -EINVAL;
	*ret = list;
	*ret_n = v->l->n;
	return 0;
}

/* ---- prefix_rule ---------------------------------------------------------------------------- */

enum prefix_param {
	P_PATTERN,
	P_DECISION,
	P_MATCH,
	P_NOT_MATCH,
	P_JUSTIFICATION,
	P_CANONICAL,
	P_OVERRIDE,
};

static const char *const prefix_params[] = { "pattern", "decision", "match",
	"not_match", "justification", "canonical_matching", "override", NULL };
static const enum want prefix_want[] = { WANT_LIST, WANT_STR, WANT_LIST,
	WANT_LIST, WANT_STR, WANT_BOOL, WANT_BOOL };

/* One rule for each head; the rest of the pattern is shared. */
static int
add_rules(struct vm *vm, struct rules_rule rule, const struct rules_token *head,
	bool canonical)
{
	struct rules *r = vm->build->rules;
	for (uint32_t i = 0; i < head->n; i++) {
		if (r->n_rules == RULES_RULE_MAX)
			return vm_fail(vm, "limit reached: more than %d rules",
				RULES_RULE_MAX);
		struct rules_rule *list = rules_room(
			r, r->rules, r->n_rules, &r->cap_rules, sizeof(*list));
		rule.head = head->alts[i];
		rule.folded = canonical ? fold(vm, rule.head) : NULL;
		if (list == NULL || (canonical && rule.folded == NULL))
			return builtin_policy_full(vm);
		r->rules = list;
		list[r->n_rules++] = rule;
	}
	return 0;
}

static int
add_examples(struct vm *vm, struct rules_examples ex)
{
	struct rules *r = vm->build->rules;
	if (ex.n_match == 0 && ex.n_not_match == 0)
		return 0;
	struct rules_examples *list = rules_room(
		r, r->examples, r->n_examples, &r->cap_examples, sizeof(*list));
	if (list == NULL)
		return builtin_policy_full(vm);
	r->examples = list;
	list[r->n_examples++] = ex;
	return 0;
}

static int
prefix_rule(struct vm *vm, const struct args *a, struct value *ret)
{
	struct value p[NATIVE_PARAMS_MAX];
	struct rules_rule rule = { .trust = vm->build->trust,
		.file = vm->build->file,
		.line = builtin_line_here(vm) };
	struct rules_examples ex = { .file = rule.file,
		.line = rule.line,
		.at = vm->at,
		.first_rule = vm->build->rules->n_rules };
	struct rules_token *t = NULL;
	*ret = V_NONE_VALUE;
	if (vm_bind(vm, &rules_builtins[0], a, p) < 0 ||
		builtin_check_types(vm, prefix_params, p, prefix_want) < 0 ||
		builtin_parse_decision(
			vm, &p[P_DECISION], false, &rule.decision) < 0 ||
		builtin_parse_justification(
			vm, &p[P_JUSTIFICATION], &rule.justification) < 0 ||
		parse_pattern(vm, &p[P_PATTERN], &t) < 0 ||
		parse_examples(vm, &p[P_MATCH], &ex.match, &ex.n_match) < 0 ||
		parse_examples(vm, &p[P_NOT_MATCH], &ex.not_match,
			&ex.n_not_match) < 0)
		return -EINVAL;
	if (p[P_OVERRIDE].t != V_UNSET &&
		(vm->build->rules->flags & RULES_COMPAT))
		return vm_fail(vm,
			"Found `override` extra named parameter(s) for call to "
			"prefix_rule");
	bool canonical = p[P_CANONICAL].t == V_BOOL && p[P_CANONICAL].b;
	rule.override = p[P_OVERRIDE].t == V_BOOL && p[P_OVERRIDE].b;
	if (rule.override && rule.decision == RULES_FORBIDDEN)
		return vm_fail(vm, "invalid rule: override=True needs the "
				   "decision allow or prompt");
	rule.n_rest = p[P_PATTERN].l->n - 1;
	rule.rest = rule.shown = t + 1;
	if (canonical && fold_tokens(vm, t + 1, rule.n_rest, &rule.rest) < 0)
		return -EINVAL;
	if (add_rules(vm, rule, t, canonical) < 0)
		return -EINVAL;
	ex.n_rules = vm->build->rules->n_rules - ex.first_rule;
	return add_examples(vm, ex);
}

const struct native rules_builtins[RULES_BUILTINS] = {
	{ "prefix_rule", prefix_rule, 1, 6, prefix_params, false },
	{ "network_rule", builtin_network_rule, 3, 4, builtin_net_params,
		false },
	{ "host_executable", builtin_host_executable, 2, 2, builtin_host_params,
		false },
};
