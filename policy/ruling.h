/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULING_H
#define POLICY_RULING_H
/*
 * ruling.h -- one command before the rules, the table and the approval policy.
 *
 * The one way from a command line to an answer: `rules explain` prints it, exec
 * and explain follow it (policy/plan_rules.h).  The rules are loaded before,
 * from every layer (policy/ladder.h).
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/config.h"
#include "policy/decide.h"
#include "policy/judge.h"
#include "policy/rules.h"

struct diag;

struct ruling_query {
	struct config *config; /* loaded; NULL: nobody configured anything */
	const struct profile *profile; /* what the command may touch */
	bool unsandboxed;      /* the profile lets allow rules leave the cage */
	const char *workspace; /* absolute */
	const char *cwd;       /* absolute; where the command starts */
	const char *path;      /* its PATH, or NULL */
	char *const *command;  /* ends with NULL */
	enum decide_asked asked;
	/* What it can write beside the profile's entries; absolute. */
	const char *const *writable;
	size_t n_writable;
};

struct ruling {
	struct rules rules; /* owned; filled by the caller */
	char **writable;    /* owned, and its strings; the query borrows it */
	size_t n_writable;
	struct judge_query query;
	struct judgement judgement; /* owned */
	struct config_approval approval;
	enum decide_session session;
	enum decide_asked asked;
	struct decision decision; /* owned */
};

/**
 * Judge q->command by r->rules and decide.  What q borrows has to live as long
 * as *r.  0, or with a diag: -EPERM (an approval policy that the administrator
 * excludes), -EINVAL, -ENOMEM.  ruling_free() is due in both cases.
 */
int ruling_make(struct ruling *r, const struct ruling_query *q, struct diag *d);

/**
 * The rule that decided about the part whose row the answer is; NULL: none.
 */
const struct rules_rule *ruling_rule(const struct ruling *r);

void ruling_free(struct ruling *r); /* NULL and zeroed are legal */
#define own_ruling __attribute__((cleanup(ruling_free)))

#endif /* POLICY_RULING_H */
