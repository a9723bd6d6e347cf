/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view_names.c -- what a resolver reads before it asks a server; room: user.
 *
 * Where names are answered inside (netns/doors.h), a program has to ask for a
 * name, so that the policy hears it: the host's /etc/hosts would turn it into an
 * address without a word, and addresses are another question.  Names in that file
 * keep working: the supervisor resolves outside, with it.
 *
 * /etc/resolv.conf stays.  Every address is answered at port 53, so whatever
 * server it names, or none, is ours; services of nsswitch.conf that speak over
 * sockets (resolved, avahi, nscd) are out of reach and passed over.
 */
#include "policy/view.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "policy/diag.h"
#include "policy/walk.h"

static const char path[] = "/etc/hosts";

int
view_add_names(struct view *v, struct diag *d)
{
	char text[HOST_NAME_MAX + 128];
	char self[HOST_NAME_MAX + 1] = "";
	own_walk struct walk w = WALK_EMPTY;
	int err = walk_path(path, &w, d);

	if (err < 0)
		return err;
	if (w.missing || !S_ISREG(w.mode) ||
		view_access(v, w.canonical) == FS_DENY)
		return 0; /* nothing is read from it */
	if (gethostname(self, HOST_NAME_MAX) < 0)
		return diag_set(d, -errno, DIAG_SETUP, path, diag_errno(errno),
			"run codex-sandbox doctor");
	(void)snprintf(text, sizeof(text),
		"127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
		"127.0.1.1 %s\n",
		self);
	return view_put(v,
		&(struct view_node){ .path = w.canonical,
			.kind = VIEW_FILE,
			.fd = -1,
			.origin = (char[]){ "names are answered by policy" },
			.target = text },
		d);
}
