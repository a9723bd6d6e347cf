/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DANGER_TABLE_H
#define POLICY_DANGER_TABLE_H
/* danger_table.h -- the lists behind policy/danger.c. */
#include <stdbool.h>
#include <stddef.h>

#include "policy/danger.h"

/* A program that is dangerous with one of these options before `--`. */
struct danger_program {
	const char *name;        /* last component of the path */
	const char *long_option; /* exactly this word */
	char letter;             /* in a word of one dash and letters */
	enum danger verdict;
};

/* A program that runs the command in its arguments. */
enum wrapper_kind {
	WRAPS_REST,   /* everything behind the name, options not understood */
	WRAPS_ENV,    /* options and NAME=VALUE first, as env reads them */
	WRAPS_ACTION, /* the first argument is shell text */
};

struct danger_wrapper {
	const char *name;
	enum wrapper_kind kind;
};

/* An option of env, by how many words it takes. */
struct env_option {
	const char *word;
	bool value; /* `WORD VALUE`, and `WORDVALUE` or `WORD=VALUE` */
};

extern const struct danger_program danger_programs[];
extern const size_t danger_programs_n;
extern const struct danger_wrapper danger_wrappers[];
extern const size_t danger_wrappers_n;
extern const struct env_option danger_env_options[];
extern const size_t danger_env_options_n;

#endif /* POLICY_DANGER_TABLE_H */
