/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_FAIL_H
#define LAUNCHER_FAIL_H
/*
 * fail.h -- the one way out of launcher and init when something is wrong.
 *
 * One line on fd 2, in one write, then _exit(): no clean-up (the kernel does
 * it), no retry, no warning-and-go-on, no stdio, no heap, no locale.
 *
 *   PROGRAM: THING: CAUSE; MEND
 *
 * Every byte that is not plain ASCII text is written as \xNN, so a path from a
 * hostile tree cannot drive the terminal it is shown on.
 */
#include <stddef.h>
#include <stdint.h>

/* Wrong command line; the sandbox could not be built. */
enum { FAIL_USAGE = 2, FAIL_SETUP = 125 };

/* What a line begins with; every main.c that links fail.c defines it. */
extern const char fail_program[];

/* One line of text in the making; what does not fit is cut with "...". */
struct sentence {
	char text[1024]; /* ends with a NUL once something was said */
	size_t len;
};

void say(struct sentence *s, const char *words);
void say_number(struct sentence *s, uint64_t n);

/** Words for a positive errno; NULL when the table has none. */
const char *fail_errno(int err);

/** Say THING: CAUSE; MEND and end with `code`; NULL mends by `doctor`. */
_Noreturn void fail(
	int code, const char *thing, const char *cause, const char *mend);

#define die(thing, cause, mend) fail(FAIL_SETUP, thing, cause, mend)

/** die() with the words for errno as its cause. */
_Noreturn void die_errno(const char *thing, const char *mend);

/** die_errno() unless a call returned 0. */
void must(long failed, const char *thing);

#endif /* LAUNCHER_FAIL_H */
