/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_JUDGE_H
#define POLICY_JUDGE_H
/*
 * judge.h -- a command against the rules: its parts, their classes, the answer.
 *
 * This joins the rules (policy/rules.h), shell text (policy/shell.h), the
 * fallback evaluation (policy/fallback.h) and the table (policy/decide.h):
 *
 *   - `sh|bash|zsh -c|-lc TEXT` is taken apart.  Each command is a part.
 *   - Text that is not certain (opaque) is one part, the whole vector.  Allow
 *     rules hold for it only word for word.
 *   - In opaque text, and in shell text inside parts, every literal command
 *     that a rule forbids or asks about is a further part: it can only restrict.
 *     The same holds for what sudo, env, xargs and their like would run.
 *   - A shell at an unusual place is a part of its own.
 *
 * It decides about asking, never about rights.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/decide.h"
#include "policy/rules.h"
#include "policy/shell.h"

enum {
	JUDGE_LEVEL_MAX = 8,  /* shell text inside shell text */
	JUDGE_TEXTS_MAX = 64, /* texts looked into, of one command */
	JUDGE_RUNS_MAX = 16,  /* words of a command that may be commands */
};

struct judge_query {
	const struct rules *rules;
	size_t argc;
	char *const *argv; /* argc words and NULL */
	const char *cwd;   /* absolute */
	const char *home;  /* or NULL */
	const char *path;  /* PATH of the command, or NULL: bare names are not
			      looked for */
	/* What the sandbox can write, absolute; see struct rules_query. */
	const char *const *writable;
	size_t n_writable;
	/* rules.safe_list of the configuration, and not rules.danger_list */
	bool safe_list, no_danger_list;
};

enum judge_kind {
	JUDGE_COMMAND,
	JUDGE_SHELL, /* the path of a shell that is not the usual one */
	JUDGE_FOUND, /* a literal command in text that is not certain */
};

struct judge_part {
	enum judge_kind kind;
	size_t argc;
	char *const *argv; /* borrowed from the query or the judgement */
	char *program;     /* owned: the file that a bare name means, or NULL */
	unsigned int shifted;      /* enum rules_shift */
	struct rules_result rules; /* owned */
	/* Of those that gave the decision the longest; NULL: no match. */
	const struct rules_rule *rule;
};

struct judge_text {
	const char *script; /* borrowed, or own */
	char *own;          /* owned, or NULL */
	unsigned int level;
	struct shell_commands commands; /* owned */
};

struct judgement {
	bool wrapper; /* argv is shell text */
	bool opaque;  /* ... that is not certain, and why */
	bool unread;  /* too long, or nested too deep, to be looked into */
	struct shell_wrapper shell;
	struct shell_why why;
	struct shell_commands commands; /* owned; of text that is certain */
	struct judge_text texts[JUDGE_TEXTS_MAX];
	size_t n_texts;
	size_t n, cap;
	struct judge_part *parts;     /* owned */
	struct decide_part *subjects; /* owned; the same n, for decide() */
};

/** 0 with *ret filled, or -EINVAL (no words), -ENOMEM. */
int judge(const struct judge_query *q, struct judgement *ret);
void judgement_free(struct judgement *j); /* NULL and zeroed are legal */
#define own_judgement __attribute__((cleanup(judgement_free)))

/* ---- between judge.c and judge_text.c ------------------------------------- */

/** Fill wrapper, opaque, why and commands. */
int judge_open(struct judgement *j, size_t argc, char *const *argv);

/** Find shell text inside argv, and in what is found, to the limits. */
int judge_look_into(struct judgement *j, size_t argc, char *const *argv);

/**
 * Words of argv that may be commands which it runs (sudo, env, xargs, find
 * -exec): their places, in order.  It finds too much rather than too little.
 */
size_t judge_runs(size_t argc, char *const *argv, size_t ret[JUDGE_RUNS_MAX]);

/** What argv changes for the commands behind it: enum rules_shift. */
unsigned int judge_shift(size_t argc, char *const *argv);

/** Is argv a shell with text among its words, however it is spelt? */
bool judge_is_text(size_t argc, char *const *argv);

/** What the rules are asked about a part; borrows from both. */
struct rules_query judge_rules_query(
	const struct judge_query *q, const struct judge_part *p);

#endif /* POLICY_JUDGE_H */
