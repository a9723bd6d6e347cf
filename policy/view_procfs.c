/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view_procfs.c -- no procfs of the host, where the kernel alone guards it; room: user.
 *
 * bwrap's outer process has the command's uid, its user namespace and no more
 * capabilities than it, and stands in the host's tree: to the kernel the command
 * may look into it, and /proc/PID/root is the host, writable.  What keeps it away
 * is that a /proc of its own does not name that process, and a domain of Landlock.
 * Without the latter no other procfs may be in sight, wherever it is mounted.
 */
#include "policy/view.h"

#include <errno.h>
#include <string.h>

#include "policy/diag.h"
#include "policy/mountinfo.h"
#include "policy/path.h"

/* Deciding is what the merged view says; a grant below a procfs is no use either. */
static int
mask_point(struct view *v, const char *point, struct diag *d)
{
	const struct view_node *node = view_deciding(v, point);
	const struct view_node mask = {
		.path = view_text(point),
		.kind = VIEW_MASK,
		.fd = -1,
		.is_dir = true,
		.origin = view_text("a procfs of the host"),
	};

	return node && node->kind == VIEW_BIND ? view_put(v, &mask, d) : 0;
}

int
view_mask_procfs(struct view *v, const struct view_request *rq, struct diag *d)
{
	struct mountinfo m = { 0 };
	int err;

	if (!rq->bare)
		return 0;
	if (rq->proc == VIEW_PROC_HOST)
		return diag_set(d, -EOPNOTSUPP, DIAG_SETUP, "--proc host",
			"needs Landlock of ABI 2 to keep the host's tree behind its processes out of reach",
			"boot Linux 5.19 or later with lsm=landlock,..., or use --proc own or --proc none");
	err = mountinfo_read("/proc/self/mountinfo", &m, d);
	for (size_t i = 0; err >= 0 && i < m.n; i++)
		if (strcmp(m.lines[i].type, "proc") == 0 &&
			!path_is_below(m.lines[i].point, "/proc"))
			err = mask_point(v, m.lines[i].point, d);
	mountinfo_free(&m);
	view_merge(v);
	return err;
}
