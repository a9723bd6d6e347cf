/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SHELL_WORDS_H
#define POLICY_SHELL_WORDS_H
/* shell_words.h -- names that a shell does not simply look up and run. */
#include <stdbool.h>
#include <stddef.h>

#include "policy/shell.h"

/**
 * Is this name, as the first word of a command, something else than a command
 * (keyword, assignment builtin, prefix) in the dialect?  NULL, or what it is.
 */
const char *shell_word_reserved(
	const char *name, size_t len, enum shell_dialect dialect);

/** Does this command change how the shell reads or finds later commands? */
bool shell_word_rewrites(const struct shell_command *command);

/** May the shell run a command that stands in one of its arguments: a['$(id)']? */
bool shell_word_computes(const struct shell_command *command);

#endif /* POLICY_SHELL_WORDS_H */
