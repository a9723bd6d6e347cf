/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_RULES_H
#define POLICY_PLAN_RULES_H
/*
 * plan_rules.h -- may this plan's command start?  The rules are asked.
 *
 * exec asks before anything is made: no launcher, no overlay, no journal.  It
 * asks nobody itself, so a question is either answered (--approved says so) or
 * the end.  What is forbidden is the end whoever approved it, and what a rule
 * allows stays in the cage.  Questions of the approval policy itself (commands
 * that no rule knows, under `untrusted`; dangerous ones) count where somebody
 * chose that policy, in a file or with -c: nobody wrote down the preset.
 *
 * Where there is no rule and no chosen policy, nothing is judged.
 */
struct buf;
struct diag;
struct json_t;
struct plan_build;
struct rules;

/**
 * Load the rules of all layers into r, which the caller made and frees.
 * 0, or -errno with a diag: a file that cannot be read.
 */
int plan_rules_load(
	const struct plan_build *b, struct rules *r, struct diag *d);

/**
 * Load the rules of all layers and judge the command; b->ruling is NULL where
 * there is nothing to judge by, or no command.  b has its profile, workspace
 * and directory.  0, or -errno with a diag: a file that cannot be read.
 */
int plan_rules_ask(struct plan_build *b, struct diag *d);

/** Free b->ruling. */
void plan_rules_forget(struct plan_build *b);

/** 0, or -EPERM with a diag: the command is forbidden, or has to be approved. */
int plan_rules_admit(const struct plan_build *b, struct diag *d);

/** "allowed by FILE:LINE (user)": what admit says, and what lets it run. */
void plan_rules_text(const struct plan_build *b, struct buf *out);

/** The decision as an object; null where nothing was judged. */
struct json_t *plan_rules_json(const struct plan_build *b);

#endif /* POLICY_PLAN_RULES_H */
