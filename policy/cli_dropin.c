/* SPDX-License-Identifier: Apache-2.0 */
/* cli_dropin.c -- codex-sandbox called codex-linux-sandbox; room: user. */
#include "policy/cli.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/dropin.h"

int
dropin_main(int argc, char **argv)
{
	own_dropin struct dropin p = { 0 };
	char here[PATH_MAX];
	struct diag d = { 0 };
	union {
		const char **ours;
		char **mains; /* which does not write to the words */
	} words;

	if (!getcwd(here, sizeof(here)) || here[0] != '/') {
		(void)diag_set(&d, -ENOENT, DIAG_SETUP, "current directory",
			"was deleted, or cannot be reached from /",
			"start it in an existing directory");
		return diag_print(&d);
	}
	if (dropin_translate(argc, argv, here, &p, &d) < 0)
		return diag_print(&d);
	if (p.help) {
		own_buf struct buf out = { 0 };

		dropin_help(&out);
		return cli_write(STDOUT_FILENO, buf_str(&out), out.len);
	}
	if (dropin_check_landlock(&p, &d) < 0)
		return diag_print(&d);
	words.ours = p.argv;
	return exec_main(p.argc, words.mains);
}
