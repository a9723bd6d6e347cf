/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_GHOST_OVERLAY_H
#define POLICY_GHOST_OVERLAY_H
/*
 * ghost_overlay.h -- may a directory be laid as an overlay, and where does that
 * work?  Inside of ghost*.c.
 *
 * An overlay wants a work directory on the mount of its upper layer, out of the
 * command's reach, on a file system that takes what an overlay writes down.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/ghost.h"
#include "policy/mountinfo.h"

struct view_node;

struct arranging {
	struct view *view;
	const struct ghost_request *rq;
	struct ghost *ghost;
	struct diag *diag;
	struct mountinfo mounts; /* read when it is first asked for */
	bool mounts_read;
	size_t n_want;
	struct journal_want *want; /* owned */
	size_t *want_node;         /* owned; which node each is about */
};

/** Would the command be able to write there? */
bool ghost_is_exposed(const struct view *v, const char *path);

/** May this place be used at all? */
bool ghost_is_usable(const struct state_place *p);

/** What was looked for and is not there is made now, but when dry. */
int ghost_have_place(const struct arranging *a, struct state_place *p);

/** NULL with *ret, the work directory (owned), or why it is no overlay. */
const char *ghost_choose_overlay(
	struct arranging *a, const struct view_node *node, char **ret);

#endif /* POLICY_GHOST_OVERLAY_H */
