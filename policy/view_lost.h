/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_VIEW_LOST_H
#define POLICY_VIEW_LOST_H
/*
 * view_lost.h -- what ceased to hold while the command ran.
 *
 * A mount lies on an object, not on a name.  When somebody outside gives the name
 * of something denied or read-only to another object (a program that saves by
 * renaming, a directory moved away), the kernel takes the mount off, in the
 * sandbox too: what has the name from then on is not denied.  Nothing can be done
 * about it from outside in time, so it is told afterwards.  In a directory that
 * is laid as an overlay the mounts lie on objects of the overlay, and stay.
 */
#include <stdbool.h>
#include <stddef.h>

struct view;
struct view_node;

/** Has another object the name of this node now, so that its mount is gone? */
bool view_is_lost(const struct view *v, const struct view_node *node);

/** How many are; *ret_first is the path of one, or NULL. */
size_t view_lost(const struct view *v, const char **ret_first);

#endif /* POLICY_VIEW_LOST_H */
