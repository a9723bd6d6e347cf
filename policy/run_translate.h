/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RUN_TRANSLATE_H
#define POLICY_RUN_TRANSLATE_H
/* run_translate.h -- what launcher, bwrap and init said, for a person. */
#include <stddef.h>

struct diag;

/**
 * Fill *d from the error log of a sandbox that could not be built.  Lines of
 * launcher and init are taken as they are, known words of bwrap become cause
 * and mend, anything else is quoted.  wstatus tells how the program ended when
 * it said nothing.  Nothing in text is trusted: diag_print() encodes it.
 */
void run_translate(const char *text, size_t len, int wstatus, struct diag *d);

/** The same with the text of the error log, a memfd. */
void run_translate_log(int errlog_fd, int wstatus, struct diag *d);

/**
 * What to say when bwrap or init was killed while the command ran (or fell
 * over); wstatus is bwrap's.  Returns the exit code, 128+n.
 */
int run_translate_death(int wstatus, struct diag *d);

#endif /* POLICY_RUN_TRANSLATE_H */
