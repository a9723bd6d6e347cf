/* SPDX-License-Identifier: Apache-2.0 */
/* decide_table.c -- every decision there is: data (room: user). */
/*
 * Recorded from the program that codex-sandbox succeeds, with these changes:
 * "allowed by rule" does not leave the cage; on-failure asks like on-request;
 * a rule that allows a command does not grant additional permissions.
 */
#include "policy/decide_table.h"

#define RULE    CELL_RULE
#define RUN     CELL_RUN
#define OFFER   CELL_OFFER
#define ASK     CELL_ASK
#define ONCE    CELL_ONCE
#define NEVER   CELL_NEVER
#define NORULES CELL_NORULES
#define DANGER  CELL_DANGER
#define RULED   CELL_RULED
#define NOASK   CELL_NOASK

/* clang-format off */
/* untrusted, on-failure, on-request, never,
 * granular, granular -sandbox, granular -rules, granular -sandbox -rules */
const struct decide_row
decide_rows[ASKED_ADDITIONAL + 1][SESSION_FREE + 1][CLASS_MAX] = {
	[ASKED_DEFAULT] = {
		[SESSION_CAGED] = {
			{ "default, caged, unmatched",
				{ OFFER, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "default, caged, safe",
				{ RUN, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "default, caged, complex",
				{ OFFER, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "default, caged, danger",
				{ OFFER, OFFER, OFFER, DANGER, OFFER, ASK, OFFER, ASK } },
			{ "default, caged, allow",
				{ RULE, RULE, RULE, RULE, RULE, RULE, RULE, RULE } },
			{ "default, caged, prompt",
				{ ASK, ASK, ASK, NEVER, ASK, ASK, NORULES, NORULES } },
			{ "default, caged, prompt-user",
				{ ONCE, ONCE, ONCE, ONCE, ONCE, ONCE, ONCE, ONCE } },
			{ "default, caged, forbidden",
				{ RULED, RULED, RULED, RULED, RULED, RULED, RULED, RULED } },
		},
		[SESSION_FREE] = {
			{ "default, free, unmatched",
				{ OFFER, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "default, free, safe",
				{ RUN, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "default, free, complex",
				{ OFFER, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "default, free, danger",
				{ OFFER, OFFER, OFFER, DANGER, OFFER, ASK, OFFER, ASK } },
			{ "default, free, allow",
				{ RULE, RULE, RULE, RULE, RULE, RULE, RULE, RULE } },
			{ "default, free, prompt",
				{ ASK, ASK, ASK, NEVER, ASK, ASK, NORULES, NORULES } },
			{ "default, free, prompt-user",
				{ ONCE, ONCE, ONCE, ONCE, ONCE, ONCE, ONCE, ONCE } },
			{ "default, free, forbidden",
				{ RULED, RULED, RULED, RULED, RULED, RULED, RULED, RULED } },
		},
	},
	[ASKED_ESCALATED] = {
		[SESSION_CAGED] = {
			{ "escalated, caged, unmatched",
				{ OFFER, OFFER, OFFER, NOASK, OFFER, NOASK, OFFER, NOASK } },
			{ "escalated, caged, safe",
				{ OFFER, OFFER, OFFER, NOASK, OFFER, NOASK, OFFER, NOASK } },
			{ "escalated, caged, complex",
				{ OFFER, OFFER, OFFER, NOASK, OFFER, NOASK, OFFER, NOASK } },
			{ "escalated, caged, danger",
				{ OFFER, OFFER, OFFER, NOASK, OFFER, NOASK, OFFER, NOASK } },
			{ "escalated, caged, allow",
				{ RULE, RULE, RULE, NOASK, RULE, NOASK, RULE, NOASK } },
			{ "escalated, caged, prompt",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, NORULES, NOASK } },
			{ "escalated, caged, prompt-user",
				{ ONCE, ONCE, ONCE, NOASK, ONCE, NOASK, ONCE, NOASK } },
			{ "escalated, caged, forbidden",
				{ RULED, RULED, RULED, NOASK, RULED, NOASK, RULED, NOASK } },
		},
		[SESSION_FREE] = {
			{ "escalated, free, unmatched",
				{ OFFER, RUN, RUN, NOASK, RUN, NOASK, RUN, NOASK } },
			{ "escalated, free, safe",
				{ RUN, RUN, RUN, NOASK, RUN, NOASK, RUN, NOASK } },
			{ "escalated, free, complex",
				{ OFFER, RUN, RUN, NOASK, RUN, NOASK, RUN, NOASK } },
			{ "escalated, free, danger",
				{ OFFER, OFFER, OFFER, NOASK, OFFER, NOASK, OFFER, NOASK } },
			{ "escalated, free, allow",
				{ RULE, RULE, RULE, NOASK, RULE, NOASK, RULE, NOASK } },
			{ "escalated, free, prompt",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, NORULES, NOASK } },
			{ "escalated, free, prompt-user",
				{ ONCE, ONCE, ONCE, NOASK, ONCE, NOASK, ONCE, NOASK } },
			{ "escalated, free, forbidden",
				{ RULED, RULED, RULED, NOASK, RULED, NOASK, RULED, NOASK } },
		},
	},
	[ASKED_ADDITIONAL] = {
		[SESSION_CAGED] = {
			{ "additional, caged, unmatched",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, ASK, NOASK } },
			{ "additional, caged, safe",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, ASK, NOASK } },
			{ "additional, caged, complex",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, ASK, NOASK } },
			{ "additional, caged, danger",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, ASK, NOASK } },
			{ "additional, caged, allow",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, ASK, NOASK } },
			{ "additional, caged, prompt",
				{ ASK, ASK, ASK, NOASK, ASK, NOASK, NORULES, NOASK } },
			{ "additional, caged, prompt-user",
				{ ONCE, ONCE, ONCE, NOASK, ONCE, NOASK, ONCE, NOASK } },
			{ "additional, caged, forbidden",
				{ RULED, RULED, RULED, NOASK, RULED, NOASK, RULED, NOASK } },
		},
		[SESSION_FREE] = {
			{ "additional, free, unmatched",
				{ OFFER, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "additional, free, safe",
				{ RUN, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "additional, free, complex",
				{ OFFER, RUN, RUN, RUN, RUN, RUN, RUN, RUN } },
			{ "additional, free, danger",
				{ OFFER, OFFER, OFFER, DANGER, OFFER, ASK, OFFER, ASK } },
			{ "additional, free, allow",
				{ RULE, RULE, RULE, RULE, RULE, RULE, RULE, RULE } },
			{ "additional, free, prompt",
				{ ASK, ASK, ASK, NEVER, ASK, ASK, NORULES, NORULES } },
			{ "additional, free, prompt-user",
				{ ONCE, ONCE, ONCE, ONCE, ONCE, ONCE, ONCE, ONCE } },
			{ "additional, free, forbidden",
				{ RULED, RULED, RULED, RULED, RULED, RULED, RULED, RULED } },
		},
	},
};
/* clang-format on */

const char *const decide_columns[COL_MAX] = {
	[COL_UNTRUSTED] = "untrusted",
	[COL_ON_FAILURE] = "on-failure",
	[COL_ON_REQUEST] = "on-request",
	[COL_NEVER] = "never",
	[COL_GRANULAR] = "granular",
	[COL_GRANULAR_NO_SANDBOX] = "granular -sandbox",
	[COL_GRANULAR_NO_RULES] = "granular -rules",
	[COL_GRANULAR_NEITHER] = "granular -both",
};

const struct cell_text decide_cells[CELL_MAX] = {
	[CELL_RULE] = { "rule",
		"run; in the cage plus the delta, outside only if the profile "
		"says so" },
	[CELL_RUN] = { "run", "run, confined as the session is" },
	[CELL_OFFER] = { "ask+", "ask, and offer to remember" },
	[CELL_ASK] = { "ask", "ask" },
	[CELL_ONCE] = { "once", "ask a person; never remembered" },
	[CELL_NEVER] = { "no:never",
		"forbidden: a rule wants a question, and policy is never" },
	[CELL_NORULES] = { "no:rules",
		"forbidden: a rule wants a question, and granular.rules is "
		"off" },
	[CELL_DANGER] = { "no:danger",
		"forbidden: dangerous, and nobody may be asked" },
	[CELL_RULED] = { "no:rule", "forbidden by a rule" },
	[CELL_NOASK] = { "no:asking",
		"forbidden: more permissions were asked for, which the policy "
		"excludes" },
};

enum column
decide_column(const struct decide_approval *a)
{
	static const enum column granular[] = {
		COL_GRANULAR_NEITHER,
		COL_GRANULAR_NO_RULES,   /* sandbox_approval alone */
		COL_GRANULAR_NO_SANDBOX, /* rules alone */
		COL_GRANULAR,
	};
	switch (a->policy) {
	case DECIDE_UNTRUSTED: return COL_UNTRUSTED;
	case DECIDE_ON_FAILURE: return COL_ON_FAILURE;
	case DECIDE_ON_REQUEST: return COL_ON_REQUEST;
	case DECIDE_GRANULAR:
		return granular[a->granular &
				(GRANULAR_SANDBOX_APPROVAL | GRANULAR_RULES)];
	case DECIDE_NEVER: break;
	}
	return COL_NEVER;
}
