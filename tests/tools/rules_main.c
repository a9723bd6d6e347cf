/* SPDX-License-Identifier: Apache-2.0 */
/* rules_main.c -- `rules` with other places to look (room: test). */
/* links: cli */
/*
 * The program itself never takes these from the environment: whoever could say
 * where the managed layer lies could do without it.
 */
#include "policy/rules.h"

#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rules_places at = {
		.managed_dir = getenv("TEST_MANAGED_DIR"),
		.profiles_dir = getenv("TEST_PROFILES_DIR"),
		.managed_uid = geteuid(),
	};
	return rules_command(&at, argc, argv);
}
