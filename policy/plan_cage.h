/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_CAGE_H
#define POLICY_PLAN_CAGE_H
/*
 * plan_cage.h -- what a policy is enforced by on this machine.
 *
 * Namespaces, Landlock, or a filter alone; which filter; and who lays the
 * mounts.
 */
struct diag;
struct options;
struct plan_build;

/** Cage and backend: Landlock by name, or where `auto` finds nothing better. */
void plan_cage_choose(struct plan_build *b, const struct options *o);

/** The filter, and how sockets are kept apart.  0 or -errno with a diag. */
int plan_cage_filter(
	struct plan_build *b, const struct options *o, struct diag *d);

/**
 * Sockets that cannot be masked in the view are kept out of reach by having no
 * socket to reach them.  0, or -EOPNOTSUPP with a diag where one is granted.
 */
int plan_cage_no_unix(
	struct plan_build *b, const struct options *o, struct diag *d);

/** Who lays the mounts: what the kernel has, and has not refused. */
void plan_cage_engine(struct plan_build *b, const struct options *o);

#endif /* POLICY_PLAN_CAGE_H */
