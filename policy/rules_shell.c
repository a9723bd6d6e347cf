/* SPDX-License-Identifier: Apache-2.0 */
/* rules_shell.c -- the seam to the shell decomposer (room: user). */
#include <stddef.h>

#include "policy/rules_cli.h"

/*
 * policy/shell.h belongs here: shell_decompose() of the script of a wrapper
 * (sh|bash|zsh, -c|-lc, script).  Until it is joined, a command is one command.
 */
int
rules_shell_segments(struct arena *a, size_t argc, const char *const *argv,
	struct rules_segments *ret, struct buf *why)
{
	(void)a;
	(void)argc;
	(void)argv;
	(void)why;
	*ret = (struct rules_segments){ 0 };
	return 0;
}
