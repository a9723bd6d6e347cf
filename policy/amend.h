/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_AMEND_H
#define POLICY_AMEND_H
/*
 * amend.h -- what may be offered: "allow commands that begin with these words".
 *
 * An offer is one command of the text, never several, that no rule matched and
 * whose words are not too broad (rules_banned()).  A command that simply runs
 * has an offer kept for the question after a denial by the sandbox.  Accepting
 * one is rules_amend_prefix(), which writes default.rules of the user and never
 * a project's file.  Whoever asks keeps the offer: an answer may name it or a
 * longer prefix of the same command, nothing else (amend_accepts()).
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/decide.h"
#include "policy/judge.h"

struct amend_offer {
	size_t argc; /* 0: nothing is offered */
	const char *const
		*argv;    /* borrowed from the judgement or the request */
	const char *none; /* static: why nothing is offered; NULL with one */
};

/* A prefix that the program itself asks to have remembered, or zeroed. */
struct amend_request {
	size_t argc;
	const char *const *argv;
};

/**
 * What to offer with the question, or (after_denial) with the question after a
 * denial.  A requested prefix is taken when it is not too broad, no rule
 * matched and it covers every part; else the offer is the automatic one.
 */
int amend_offer(const struct judge_query *q, const struct judgement *j,
	const struct decision *d, const struct amend_request *wanted,
	bool after_denial, struct amend_offer *ret);

/** May this answer be written?  The offer itself, or more words of argv. */
bool amend_accepts(const struct amend_offer *offer, size_t argc,
	char *const *command, const struct amend_request *answer);

#endif /* POLICY_AMEND_H */
