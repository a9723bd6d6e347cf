/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_PRIVILEGE_H
#define SUPERVISOR_PRIVILEGE_H
/*
 * privilege.h -- the supervisor runs without privilege, or not (invariant I5).
 */
struct diag;

/**
 * Ids that differ, a capability in any set of a user who is not root: -EPERM
 * with a diag.  Root's own capabilities are given up, all of them, and cannot
 * come back: nothing is executed and no_new_privs holds.  Then the kernel is
 * asked whether it is so.  Also: not dumpable, so that another process of the
 * user neither reads our memory nor takes our sockets.
 */
int privilege_drop(struct diag *d);

#endif /* SUPERVISOR_PRIVILEGE_H */
