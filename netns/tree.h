/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_TREE_H
#define NETNS_TREE_H
/*
 * tree.h -- all processes below init, with and without a PID namespace.
 *
 * As PID 1 "everybody" is what kill(-1) means in the namespace.  In place,
 * init is the child subreaper: whatever loses its parent becomes its child, so
 * its children, killed generation after generation, are everybody.  A child
 * of ours that was not waited for keeps its number, so no foreign process can
 * be hit.
 */
#include <sys/types.h>

#include <stdbool.h>

/** Send sig to everybody (PID 1) or to every direct child (in place). */
void tree_signal(bool pid1, int sig);

/** Is a member of the group left, once its leader has been waited for? */
bool tree_has_group(bool pid1, pid_t pgid);

#endif /* NETNS_TREE_H */
