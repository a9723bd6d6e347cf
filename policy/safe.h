/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SAFE_H
#define POLICY_SAFE_H
/*
 * safe.h -- commands that only look: no question, still in the cage.
 *
 * Off by default (policy/decide.h, FALLBACK_SAFE_LIST).  The list is data, in
 * policy/safe_table.c.  A program counts by its bare name or in /bin or
 * /usr/bin: `./ls` is whatever the workspace holds.
 */
#include <stdbool.h>
#include <stddef.h>

/** Is this command on the list?  A shell wrapper is: if all its parts are. */
bool safe_argv(size_t argc, char *const *argv);

#endif /* POLICY_SAFE_H */
