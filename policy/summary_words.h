/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SUMMARY_WORDS_H
#define POLICY_SUMMARY_WORDS_H
/*
 * summary_words.h -- what the programs that people read with take as options,
 * and how operands are found among them; for policy/summary*.c.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/summary.h"

/* A command without its name; words are borrowed. */
struct words {
	size_t n;
	char *const *v;
};

/* What a command comes to; the strings are borrowed from its words. */
struct finding {
	enum summary_kind kind;
	const char *path;
	const char *query;
};

/** What this command seems to do; SUMMARY_UNKNOWN when it is not known. */
struct finding summary_find(size_t argc, char *const *argv);

/** Does it only shape the output of a command before it? */
bool summary_is_helper(size_t argc, char *const *argv);

/** Is w one of the words, which are joined by one blank each? */
bool summary_one_of(const char *w, const char *words);

/**
 * The operand with this index (from 0), NULL when there is none.  Words that
 * begin with a dash are skipped, those in with_value together with the next;
 * everything behind `--` is an operand.
 */
const char *summary_operand(
	const struct words *w, const char *with_value, size_t index);

#endif /* POLICY_SUMMARY_WORDS_H */
