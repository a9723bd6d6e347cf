/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SCOPE_H
#define POLICY_SCOPE_H
/*
 * scope.h -- a control group from the user's systemd manager.
 *
 * Who has logged in sits in a group of the system's, and nobody but systemd may
 * move him into the part of the tree that is delegated to him.  systemd-run(1)
 * asks it to: it makes a scope around itself and becomes the command, which is
 * this program again, with the same process id, descriptors and terminal.
 * systemd removes the scope when nobody is left in it, however that came.
 */
#include <stdbool.h>

/** Is there a manager to ask, for one whose group is this (a path or NULL)? */
bool scope_possible(const char *group);

/** Is this group, a path, a scope that scope_enter() asked for? */
bool scope_is_ours(const char *group);

/**
 * Start this program again in a scope.  Descriptor `from` becomes `to` on the
 * way (-1: none).  Does not return; or does, with -errno, when systemd makes no
 * scope for us.
 */
int scope_enter(int from, int to);

#endif /* POLICY_SCOPE_H */
