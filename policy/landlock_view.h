/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_LANDLOCK_VIEW_H
#define POLICY_LANDLOCK_VIEW_H
/*
 * landlock_view.h -- a resolved view as rules of Landlock alone, or a refusal.
 *
 * Without mounts there is one tree, the host's, and Landlock adds rights below
 * directories.  What a view says beyond that (less inside more, an empty place,
 * a name that must stay missing) is refused, with the entry that says it.
 */
struct diag;
struct plan;
struct view;

/**
 * Write the rules into p->mounts, as binds of what they are about.  Names that
 * the view has none of are put into it, as shadowed nodes.  0, or
 * -EOPNOTSUPP with a diag for the first thing that cannot be kept; -E2BIG.
 */
int landlock_view(struct view *v, struct plan *p, struct diag *d);

#endif /* POLICY_LANDLOCK_VIEW_H */
