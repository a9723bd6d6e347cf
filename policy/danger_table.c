/* SPDX-License-Identifier: Apache-2.0 */
/* danger_table.c -- what counts as an accident: data (room: user). */
#include "policy/danger_table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct danger_program danger_programs[] = {
	{ "rm", "--force", 'f', DANGER_FORCED_RM },
};
const size_t danger_programs_n = COUNT(danger_programs);

/* sh, bash and zsh with -c or -lc are known by policy/shell_wrap.c. */
const struct danger_wrapper danger_wrappers[] = {
	{ "sudo", WRAPS_REST },
	{ "env", WRAPS_ENV },
	{ "trap", WRAPS_ACTION },
};
const size_t danger_wrappers_n = COUNT(danger_wrappers);

/* Any other option of env ends the search. */
const struct env_option danger_env_options[] = {
	{ "-i", false },
	{ "--ignore-environment", false },
	{ "-u", true },
	{ "--unset", true },
	{ "-C", true },
	{ "--chdir", true },
	{ "-S", true },
	{ "--split-string", true },
};
const size_t danger_env_options_n = COUNT(danger_env_options);
