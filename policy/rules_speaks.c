/* SPDX-License-Identifier: Apache-2.0 */
/* rules_speaks.c -- does one rule speak about one command? (room: user) */
#include "policy/rules_speaks.h"

#include <stdlib.h>
#include <string.h>

static bool
token_matches(const struct rules_token *t, const char *word, size_t len)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (rstr_same(t->alts[i], word, len))
			return true;
	return false;
}

const struct buf *
subject_folded_word(const struct subject *s, size_t i)
{
	struct buf *b = &s->folded[i];
	if (b->data == NULL) {
		const char *word = i == 0 ? s->first : s->q->argv[i];
		b->max = 8u << 20;
		rules_fold(b, word, strlen(word));
	}
	return buf_failed(b) ? NULL : b;
}

/* Do the words behind the first fit? */
static bool
rest_matches(const struct subject *s, const struct rules_rule *rule)
{
	if (rule->n_rest >= s->q->argc)
		return false;
	for (uint32_t i = 0; i < rule->n_rest; i++) {
		const char *word = s->q->argv[i + 1];
		size_t len = 0;
		if (rule->folded != NULL) {
			const struct buf *b = subject_folded_word(s, i + 1);
			if (b == NULL)
				return false;
			word = buf_str(b);
			len = b->len;
		} else {
			len = strlen(word);
		}
		if (!token_matches(&rule->rest[i], word, len))
			return false;
	}
	return true;
}

static bool
path_listed(const struct rules_host *h, const char *path)
{
	for (uint32_t i = 0; i < h->n_paths; i++)
		if (rstr_same(h->paths[i], path, strlen(path)))
			return true;
	return false;
}

/*
 * May this rule speak for the path, as far as host_executable(name) goes?  In
 * each layer the latest entry counts.
 */
static bool
host_allows(const struct subject *s, const struct rules_rule *rule,
	const char *name, size_t len)
{
	bool seen[RULES_TRUST_MAX] = { false };
	bool compat = (s->r->flags & RULES_COMPAT) != 0;
	const uint32_t *at =
		rmap_get(&s->r->by_host, name, len, rstr_hash(name, len));
	if (at == NULL || (rule->decision == RULES_FORBIDDEN && !compat))
		return true;
	for (uint32_t i = *at; i != 0; i = s->r->hosts[i - 1].next) {
		const struct rules_host *h = &s->r->hosts[i - 1];
		if (compat)
			return path_listed(h, s->resolved);
		if (seen[h->trust] || (rule->decision >= RULES_PROMPT &&
					      h->trust < rule->trust))
			continue;
		seen[h->trust] = true;
		if (!path_listed(h, s->resolved))
			return false;
	}
	return true;
}

bool
subject_speaks(const struct subject *s, const struct rules_rule *rule)
{
	if (!rest_matches(s, rule))
		return false;
	if (s->resolved == NULL)
		return true;
	if (!host_allows(s, rule, s->first, strlen(s->first)))
		return false;
	/* A folding rule is bound by the entry of its own name as well. */
	return rule->folded == NULL ||
	       host_allows(s, rule, rule->head->s, rule->head->len);
}

bool
rules_matches(const struct rules *r, const struct rules_rule *rule,
	const struct rules_query *q, char **ret_resolved)
{
	struct buf *folded = calloc(q->argc, sizeof(*folded));
	struct subject s = {
		.r = r, .q = q, .first = q->argv[0], .folded = folded
	};
	bool yes = false;
	*ret_resolved = NULL;
	if (folded == NULL)
		return false;
	for (int pass = 0; pass < 2 && !yes; pass++) {
		const struct buf *f = rule->folded == NULL
					      ? NULL
					      : subject_folded_word(&s, 0);
		bool head =
			f == NULL ? rule->folded == NULL &&
					    rstr_same(rule->head, s.first,
						    strlen(s.first))
				  : rstr_same(rule->folded, buf_str(f), f->len);
		yes = head && subject_speaks(&s, rule);
		if (yes || pass == 1)
			break;
		*ret_resolved = rules_resolve(q->argv[0], q->cwd, q->home);
		if (*ret_resolved == NULL || strcmp(*ret_resolved, "/") == 0)
			break;
		s.resolved = *ret_resolved;
		s.first = strrchr(s.resolved, '/') + 1;
		buf_free(&folded[0]);
	}
	for (size_t i = 0; i < q->argc; i++)
		buf_free(&folded[i]);
	free(folded);
	if (!yes || s.resolved == NULL) {
		free(*ret_resolved);
		*ret_resolved = NULL;
	}
	return yes;
}
