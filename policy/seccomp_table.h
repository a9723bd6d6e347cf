/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SECCOMP_TABLE_H
#define POLICY_SECCOMP_TABLE_H
/*
 * seccomp_table.h -- what the filters refuse, as data.
 *
 * Read by policy/seccomp_gen.c, which compiles it at build time, and by
 * tests/seccomp/simulate.c, which holds the compiled programs against it.
 * Neither the launcher nor init nor the front end links it.
 */
#include <stddef.h>
#include <stdint.h>

#include "policy/seccomp.h"

enum {
	SECCOMP_CONDS_MAX = 2,
	SECCOMP_VALUES_MAX = 4,

	/*
	 * The table was reviewed against the system calls of Linux 6.18, whose
	 * last one is 469 (file_setattr); 6.19 goes on with 470 (listns).  From
	 * 424 on every architecture has the same numbers.  A call that nobody
	 * has reviewed does not exist for the command: ENOSYS, as on an older
	 * kernel, so programs fall back.  Raise this only together with a look
	 * at each call that moves below it.
	 */
	SECCOMP_FIRST_UNKNOWN = 470,
};

/* Sets of programs, bit n for enum seccomp_program n. */
enum seccomp_set {
	IN_ISOLATED = 1u << SECCOMP_ISOLATED,
	IN_ISOLATED_NO_UNIX = 1u << SECCOMP_ISOLATED_NO_UNIX,
	IN_FULL = 1u << SECCOMP_FULL,
	IN_FULL_NO_UNIX = 1u << SECCOMP_FULL_NO_UNIX,
	IN_EXTERNAL = 1u << SECCOMP_EXTERNAL,
	IN_LANDLOCK = 1u << SECCOMP_LANDLOCK,
	IN_LANDLOCK_LOOSE = 1u << SECCOMP_LANDLOCK_LOOSE,
	IN_ALL = (1u << SECCOMP_PROGRAM_MAX) - 1,
};

/*
 * Conditions.  Most arguments are C ints: the kernel looks at the low half of
 * the register and so do we, else the same act with a bit set in the high half
 * would pass (CVE-2019-10063).  Nothing is compared by order.
 */
enum seccomp_test {
	SECCOMP_ALWAYS = 0, /* no condition */
	SECCOMP_EQUAL,      /* (low half & mask) == value[0] */
	SECCOMP_ANY_BIT,    /* (low half & mask) != 0 */
	SECCOMP_NOT_IN,     /* (low half & mask) is none of value[] */
	SECCOMP_NOT_64,     /* all 64 bits together are not value[0] */
};

struct seccomp_cond {
	enum seccomp_test test;
	unsigned int arg; /* 0-5 */
	uint32_t mask;    /* bits that count */
	unsigned int n;   /* of value[] */
	uint32_t value[SECCOMP_VALUES_MAX];
};

/* Rows of one call are alternatives; conditions of one row must all hold. */
struct seccomp_row {
	const char *call; /* as libseccomp names it */
	int number; /* for names that libseccomp may not know yet; else 0 */
	unsigned int set; /* enum seccomp_set: the programs that have the row */
	int error;        /* what the caller gets: EPERM or ENOSYS */
	const char *reason;
	struct seccomp_cond cond[SECCOMP_CONDS_MAX];
};

/** All rows, by subject; unknown numbers and foreign calls have none. */
const struct seccomp_row *seccomp_table(size_t *ret_n);

#endif /* POLICY_SECCOMP_TABLE_H */
