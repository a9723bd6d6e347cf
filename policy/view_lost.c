/* SPDX-License-Identifier: Apache-2.0 */
/* view_lost.c -- mounts that went with the objects they lay on; room: user. */
#include "policy/view_lost.h"

#include <sys/stat.h>

#include <stdio.h>
#include <string.h>

#include "policy/view.h"

/* What decides about the directory that the node is in. */
static const struct view_node *
around(const struct view *v, const struct view_node *node)
{
	char path[PLAN_PATH_TEXT];
	char *slash;

	(void)snprintf(path, sizeof(path), "%s", node->path);
	slash = strrchr(path, '/');
	slash[slash == path ? 1 : 0] = '\0';
	return view_deciding(v, path);
}

/* Sockets are bound anew all the time: SECURITY.md, sockets bound later. */
static bool
restricts(const struct view_node *node, const struct view_node *up)
{
	const bool in_writable = up->access == FS_WRITE;

	switch (node->kind) {
	case VIEW_MASK: return true;
	case VIEW_BIND: return node->access == FS_READ && in_writable;
	case VIEW_GUARD:
	case VIEW_LINK: return in_writable;
	default: return false;
	}
}

bool
view_is_lost(const struct view *v, const struct view_node *node)
{
	const struct view_node *up;
	struct stat now;

	if (node->ino == 0 || node->shadowed || node->path[1] == '\0')
		return false;
	up = around(v, node);
	/* In an overlay the text is its work directory. */
	if (!up || up->kind != VIEW_BIND || up->target || !restricts(node, up))
		return false;
	return lstat(node->path, &now) == 0 &&
	       (now.st_ino != node->ino || now.st_dev != node->dev);
}

size_t
view_lost(const struct view *v, const char **ret_first)
{
	size_t n = 0;

	*ret_first = NULL;
	for (size_t i = 0; i < v->n; i++)
		if (view_is_lost(v, &v->nodes[i]) && n++ == 0)
			*ret_first = v->nodes[i].path;
	return n;
}
