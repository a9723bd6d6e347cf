/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_OPTIONS_TABLE_H
#define POLICY_OPTIONS_TABLE_H
/* options_table.h -- the table of options; inside of options*.c. */
#include <stddef.h>

#include "policy/options.h"

enum value_kind {
	V_TEXT,     /* const char *, once */
	V_LIST,     /* struct option_list */
	V_FLAG,     /* bool */
	V_DURATION, /* uint32_t milliseconds */
	V_FD,       /* int, a descriptor above 2 */
	V_SIZE,     /* uint64_t, bytes */
	V_WORD,     /* one of a list of words, an enum */
	V_HELP,
};

struct word {
	const char *name;
	int value;
};

struct row {
	const char *name;
	int letter; /* 0 = none */
	int who;    /* enum options_for, or-ed */
	enum value_kind kind;
	int on;          /* V_WORD without an argument: the value */
	size_t offset;   /* into struct options */
	const char *arg; /* NULL = takes none */
	const struct word *words;
	const char *help;
};

/** In the order of --help. */
extern const struct row options_rows[];
extern const size_t options_rows_n; /* at most OPTIONS_MAX */

#endif /* POLICY_OPTIONS_TABLE_H */
