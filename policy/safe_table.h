/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SAFE_TABLE_H
#define POLICY_SAFE_TABLE_H
/* safe_table.h -- the list behind policy/safe.c. */
#include <stdbool.h>
#include <stddef.h>

/* A program that only looks, unless one of these is among its arguments. */
struct safe_program {
	const char *name;
	const char *options; /* words, one blank apart; also WORD=VALUE */
	const char *letters; /* letters in a word of one dash and letters */
	bool lines_only;     /* sed: only `-n Np|M,Np [FILE]` */
};

extern const struct safe_program safe_programs[];
extern const size_t safe_programs_n;

#endif /* POLICY_SAFE_TABLE_H */
