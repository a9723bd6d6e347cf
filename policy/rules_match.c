/* SPDX-License-Identifier: Apache-2.0 */
/* rules_match.c -- what the rules say about one command (room: user). */
#include "policy/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_speaks.h"

/*
 * Theory.  A command is looked up by its first word: rules with exactly that
 * head, then case-folding rules with an equal folded head.  Only when none of
 * them matches, and resolution is on, a path stands for its basename.  All
 * matches are kept, in order; the strictest decides.  Three things differ from
 * the original unless RULES_COMPAT (docs/RULES.md has the table):
 *
 * - host_executable takes a path out of the reach of allow rules, and of prompt
 *   rules that are not more trusted than it; forbidden always holds;
 * - an allow rule on a bare name does not hold for a file that the sandbox can
 *   write;
 * - override=True of a longer pattern of at least the same trust suspends a
 *   stricter rule.
 */

const char *
rules_decision_name(enum rules_decision d)
{
	static const char *const names[] = { "none", "allow", "prompt",
		"prompt-user", "forbidden" };
	return names[d];
}

void
rules_result_free(struct rules_result *res)
{
	if (res == NULL)
		return;
	free(res->v);
	free(res->resolved);
	*res = (struct rules_result){ 0 };
}

/* ---- all rules ------------------------------------------------------------------------- */

static int
add_match(struct rules_result *res, size_t *cap, const struct rules_rule *rule,
	unsigned int flags)
{
	if (res->n == *cap) {
		size_t wide = *cap == 0 ? 8 : *cap * 2;
		struct rules_match *v = reallocarray(res->v, wide, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		res->v = v;
		*cap = wide;
	}
	res->v[res->n++] = (struct rules_match){ rule, flags };
	return 0;
}

struct lookup {
	struct subject s;
	struct rules_result *res;
	size_t cap;
	bool writable; /* the program may be changed from inside */
};

static int
consider(struct lookup *l, const struct rules_rule *rule)
{
	bool compat = (l->s.r->flags & RULES_COMPAT) != 0;
	unsigned int flags = 0;
	if (!subject_speaks(&l->s, rule))
		return 0;
	if (rule->decision == RULES_ALLOW && !compat) {
		if (l->writable && strchr(rule->head->s, '/') == NULL) {
			l->res->unwritten++;
			return 0;
		}
		if (rule->trust == RULES_PROJECT)
			flags = RULES_MATCH_IGNORED;
		if (l->s.q->exact_allow && rule->n_rest + 1 != l->s.q->argc)
			flags |= RULES_MATCH_INEXACT;
	}
	return add_match(l->res, &l->cap, rule, flags);
}

/* First folding rule of a head's chain, from rule i on; 0: none. */
static uint32_t
next_folding(const struct rules *r, uint32_t i)
{
	while (i != 0 && r->rules[i - 1].folded == NULL)
		i = r->rules[i - 1].next_same;
	return i;
}

/*
 * Folding rules whose head is written differently: head by head, each in order
 * of definition, as the original lists them.
 */
static int
look_up_folded(struct lookup *l, const struct buf *word)
{
	const struct rules *r = l->s.r;
	size_t len = strlen(l->s.first);
	const uint32_t *at = rmap_get(&r->by_folded, buf_str(word), word->len,
		rstr_hash(buf_str(word), word->len));
	for (uint32_t i = at == NULL ? 0 : *at; i != 0;
		i = r->rules[i - 1].next_folded) {
		const struct rstr *head = r->rules[i - 1].head;
		const uint32_t *chain =
			rmap_get(&r->by_head, head->s, head->len, head->hash);
		if (chain == NULL || rstr_same(head, l->s.first, len) ||
			next_folding(r, *chain) != i)
			continue;
		for (uint32_t j = i; j != 0;
			j = next_folding(r, r->rules[j - 1].next_same))
			if (consider(l, &r->rules[j - 1]) < 0)
				return -ENOMEM;
	}
	return 0;
}

static int
look_up(struct lookup *l)
{
	const struct rules *r = l->s.r;
	size_t len = strlen(l->s.first);
	const uint32_t *at = rmap_get(
		&r->by_head, l->s.first, len, rstr_hash(l->s.first, len));
	for (uint32_t i = at == NULL ? 0 : *at; i != 0;
		i = r->rules[i - 1].next_same)
		if (consider(l, &r->rules[i - 1]) < 0)
			return -ENOMEM;
	if (r->by_folded.n == 0)
		return 0;
	const struct buf *f = subject_folded_word(&l->s, 0);
	return f == NULL ? -ENOMEM : look_up_folded(l, f);
}

/*
 * For each decision and trust: the length of the longest override=True match,
 * pattern words, 0 when there is none.
 */
struct overrides {
	uint32_t longest[RULES_FORBIDDEN + 1][RULES_TRUST_MAX];
};

static bool
is_overridden(const struct overrides *o, const struct rules_rule *rule)
{
	for (int d = RULES_ALLOW; d < (int)rule->decision; d++)
		for (int t = (int)rule->trust; t < RULES_TRUST_MAX; t++)
			if (o->longest[d][t] > rule->n_rest + 1)
				return true;
	return false;
}

static void
conclude(struct rules_result *res)
{
	struct overrides o = { 0 };
	for (size_t i = 0; i < res->n; i++) {
		const struct rules_rule *rule = res->v[i].rule;
		uint32_t *longest = &o.longest[rule->decision][rule->trust];
		if (rule->override && res->v[i].flags == 0 &&
			rule->n_rest + 1 > *longest)
			*longest = rule->n_rest + 1;
	}
	for (size_t i = 0; i < res->n; i++) {
		const struct rules_rule *rule = res->v[i].rule;
		if (is_overridden(&o, rule))
			res->v[i].flags |= RULES_MATCH_OVERRIDDEN;
		if (res->v[i].flags != 0 || rule->decision <= res->decision)
			continue;
		res->decision = rule->decision;
		res->decided = rule;
	}
}

static int
decide(struct lookup *l, const struct rules_query *q)
{
	struct rules_result *res = l->res;
	char *path = NULL;
	l->s.first = res->first = q->argv[0];
	l->writable = strchr(q->argv[0], '/') == NULL &&
		      (rules_writable(q->program, q->writable, q->n_writable) ||
			      (q->shifted & RULES_SHIFT_NAMES) != 0);
	int bad = look_up(l);
	if (bad < 0 || res->n > 0 || !q->resolve)
		return bad;
	path = rules_resolve(q->argv[0], q->cwd, q->home);
	if (path == NULL || strcmp(path, "/") == 0) {
		free(path);
		return 0;
	}
	res->resolved = path;
	res->first = l->s.first = strrchr(path, '/') + 1;
	l->s.resolved = path;
	l->writable = rules_writable(path, q->writable, q->n_writable) ||
		      rules_writable(q->program, q->writable, q->n_writable) ||
		      (q->shifted != 0 && q->argv[0][0] != '/');
	buf_free(&l->s.folded[0]);
	return look_up(l);
}

int
rules_decide(const struct rules *r, const struct rules_query *q,
	struct rules_result *ret)
{
	*ret = (struct rules_result){ 0 };
	if (r->arena.failed)
		return -ENOMEM;
	if (q->argc == 0)
		return 0;
	struct lookup l = { .s = { .r = r, .q = q }, .res = ret };
	struct buf none[8] = { 0 }; /* most commands: no allocation */
	struct buf *many = NULL;
	if (q->argc > 8 && r->by_folded.n > 0) {
		many = calloc(q->argc, sizeof(*many));
		if (many == NULL)
			return -ENOMEM;
	}
	l.s.folded = many == NULL ? none : many;
	int bad = decide(&l, q);
	for (size_t i = 0; i < (many == NULL ? 8 : q->argc); i++)
		buf_free(&l.s.folded[i]);
	free(many);
	if (bad < 0) {
		rules_result_free(ret);
		return bad;
	}
	conclude(ret);
	return 0;
}

/* In each layer the last rule of the host counts; over layers the strictest. */
enum rules_decision
rules_net_decide(
	const struct rules *r, const char *host, enum rules_protocol protocol)
{
	enum rules_decision by_layer[RULES_TRUST_MAX] = { RULES_NO_MATCH };
	enum rules_decision strictest = RULES_NO_MATCH;
	for (uint32_t i = 0; i < r->n_nets; i++) {
		const struct rules_net *n = &r->nets[i];
		if (n->protocol == protocol && rstr_is(n->host, host) &&
			(n->trust != RULES_PROJECT ||
				n->decision != RULES_ALLOW))
			by_layer[n->trust] = n->decision;
	}
	for (int t = 0; t < RULES_TRUST_MAX; t++)
		if (by_layer[t] > strictest)
			strictest = by_layer[t];
	return strictest;
}
