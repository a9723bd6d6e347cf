/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_MOUNTS_H
#define NETNS_MOUNTS_H
/*
 * mounts.h -- init lays the plan's mounts itself, by descriptor.
 *
 * Used with PLAN_INIT_MOUNTS: we are in a mount namespace that shows the whole of
 * the host (spaces.h), and bwrap has left init CAP_SYS_ADMIN, and CAP_DAC_OVERRIDE
 * for overlays, of the sandbox's user namespace.
 * Ends the run (125) when anything is not as the plan says; returns with the
 * final view in place and the capabilities still held (confine.c drops them).
 */
struct plan;

void mounts_lay(const struct plan *plan);

/**
 * For mounts that bwrap laid: they receive no mount any more that somebody makes
 * on the host, and each bound place shows, by its name, the object that the front
 * end opened.  Ends the run (125) where that is not so.
 */
void mounts_verify(const struct plan *plan);

#endif /* NETNS_MOUNTS_H */
