/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_BROKEN_H
#define NETNS_BROKEN_H
/*
 * broken.h -- a cage broken on purpose, in a build for tests and in no other.
 *
 * A canary that has never seen an open cage proves nothing.  With
 * CSB_TEST_BREAK, which only tests/broken/ is built with, single steps of init
 * are left out as the plan's environment asks (CSB_BREAK=NAME,NAME...), and the
 * test sees the canary end the run.  Otherwise these are constants; a test
 * makes sure that the installed program holds nothing of it.
 */
struct plan;

#ifdef CSB_TEST_BREAK
#	include <stdbool.h>

/** Is this step to be left out? */
bool broken(const struct plan *plan, const char *name);

/** Is this canary the only one to be tried, or is none named? */
bool broken_tries(const struct plan *plan, const char *attempt);

/** The plan as a broken cage is made from it; canaries read the true one. */
const struct plan *broken_plan(const struct plan *plan);
#else
#	define broken(plan, name)          ((void)(plan), false)
#	define broken_tries(plan, attempt) ((void)(plan), true)
#	define broken_plan(plan)           (plan)
#endif

#endif /* NETNS_BROKEN_H */
