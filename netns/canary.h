/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_CANARY_H
#define NETNS_CANARY_H
/*
 * canary.h -- proof before exec: try what must fail.
 *
 * Called when the cage is shut and nothing of the command has run: init then
 * holds exactly the command's rights.  A success, or an errno that is not the
 * expected one, ends the sandbox with exit code 125 and names the property.
 * With PLAN_PROVE every attempt is reported, one line each, on `report_fd`:
 *
 *   proved: PROPERTY: ATTEMPT: ERRNO
 */
struct plan;

/** Try everything that applies; `abstract_fd` is from canary_listen(), or -1. */
void canary_prove(const struct plan *plan, int abstract_fd, int report_fd);

/**
 * An abstract listening socket in the host's network namespace, made before
 * Landlock scopes this process: afterwards it must be out of reach.  -1 when it
 * cannot be made.
 */
int canary_listen(void);

#endif /* NETNS_CANARY_H */
