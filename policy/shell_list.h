/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SHELL_LIST_H
#define POLICY_SHELL_LIST_H
/* shell_list.h -- building a struct shell_commands; for policy/shell_*.c. */
#include "policy/buf.h"
#include "policy/shell.h"

/* One command while its words arrive. */
struct shell_draft {
	struct buf bytes; /* finished words, each with a NUL behind it */
	size_t argc;
};

struct shell_list {
	struct buf bytes; /* words of all finished commands */
	struct buf items; /* struct shell_item, one after the other */
	size_t n;
	size_t argc; /* words in all */
};

void shell_draft_word(struct shell_draft *d, const char *word, size_t len);
void shell_draft_clear(struct shell_draft *d); /* keeps the memory */
void shell_draft_free(struct shell_draft *d);

/** Append the draft as a command and clear it; a draft without words is none. */
void shell_list_add(
	struct shell_list *l, enum shell_join join, struct shell_draft *d);
/** Forget all commands behind the first n. */
void shell_list_cut(struct shell_list *l, size_t n);
/** Turn the list into *ret; 0, or -ENOMEM.  The list is freed either way. */
int shell_list_take(struct shell_list *l, struct shell_commands *ret);
void shell_list_free(struct shell_list *l);

/** Fill *why (which may be NULL) with the reason and the place. */
void shell_why_set(struct shell_why *why, const char *reason, const char *text,
	size_t offset);

#endif /* POLICY_SHELL_LIST_H */
