/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DECIDE_TABLE_H
#define POLICY_DECIDE_TABLE_H
/* decide_table.h -- the table itself; for policy/decide*.c. */
#include "policy/decide.h"

/*
 * What a cell says, in order of strictness: of all parts the last one wins.
 * RULE and RUN are both "no question"; the command runs as a rule allows it
 * only if every part says RULE.
 */
enum cell {
	CELL_RULE,    /* run; every part allowed by a rule */
	CELL_RUN,     /* run, confined as the session is */
	CELL_OFFER,   /* ask, and offer to remember */
	CELL_ASK,     /* ask */
	CELL_ONCE,    /* ask a person, never remember */
	CELL_NEVER,   /* forbidden: a rule wants a question, policy is never */
	CELL_NORULES, /* forbidden: ... granular.rules is off */
	CELL_DANGER,  /* forbidden: dangerous, and nobody may be asked */
	CELL_RULED,   /* forbidden by a rule */
	CELL_NOASK,   /* forbidden: more was asked for, which policy excludes */
	CELL_MAX,
};

/* Columns: granular has one for each pair of sandbox_approval and rules. */
enum column {
	COL_UNTRUSTED,
	COL_ON_FAILURE,
	COL_ON_REQUEST,
	COL_NEVER,
	COL_GRANULAR, /* both on */
	COL_GRANULAR_NO_SANDBOX,
	COL_GRANULAR_NO_RULES,
	COL_GRANULAR_NEITHER,
	COL_MAX,
};

struct decide_row {
	const char *name;
	enum cell cells[COL_MAX];
};

extern const struct decide_row decide_rows[ASKED_ADDITIONAL + 1]
					  [SESSION_FREE + 1][CLASS_MAX];
extern const char *const decide_columns[COL_MAX];

struct cell_text {
	const char *name; /* in the printed table */
	const char *help;
};
extern const struct cell_text decide_cells[CELL_MAX];

enum column decide_column(const struct decide_approval *a);

#endif /* POLICY_DECIDE_TABLE_H */
