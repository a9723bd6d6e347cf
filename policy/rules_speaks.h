/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_SPEAKS_H
#define POLICY_RULES_SPEAKS_H
/* rules_speaks.h -- does one rule speak about one command? */
#include "policy/buf.h"
#include "policy/rules.h"

/* What a decision is about: the words, and argv[0] as the rules see it. */
struct subject {
	const struct rules *r;
	const struct rules_query *q;
	const char *first;    /* argv[0], or the basename of resolved */
	const char *resolved; /* NULL: looked up as it stands */
	struct buf *folded;   /* argc of them; filled when first needed */
};

/** Word i case-folded; NULL without memory. */
const struct buf *subject_folded_word(const struct subject *s, size_t i);
/** Everything but the head, which the index (or the caller) has compared. */
bool subject_speaks(const struct subject *s, const struct rules_rule *rule);

#endif /* POLICY_RULES_SPEAKS_H */
