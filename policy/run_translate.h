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

#endif /* POLICY_RUN_TRANSLATE_H */
