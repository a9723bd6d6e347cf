/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_LANDLOCK_H
#define NETNS_LANDLOCK_H
/*
 * landlock.h -- the plan as a Landlock ruleset: the layer behind the mounts.
 *
 * Mounts decide what a path is; Landlock decides again, by the objects that the
 * same plan names, and by code that has nothing in common with mounts.  It can
 * only add rights below a directory, so it says less than the mounts do: where
 * may be written at all, what is read in a view that does not show everything,
 * which devices take an ioctl.  A hole in a writable directory is the mounts'
 * alone.
 */

struct plan;

/**
 * With PLAN_LANDLOCK the files of the plan, with that or PLAN_SCOPE_SOCKETS
 * abstract sockets and signals; nothing without either.  Needs no_new_privs and
 * the plan's standard descriptors; tty is the pty's slave or -1.  Ends the program when the kernel cannot.
 */
void landlock_load(const struct plan *plan, int tty);

/**
 * In place, in the child that becomes the command: a part of its own in init's
 * domain.  Init can signal it, and it cannot stop init, who has its uid and keeps
 * its time limit.  Nothing where a PID namespace sees to that.
 */
void landlock_part(const struct plan *plan);

#endif /* NETNS_LANDLOCK_H */
