/* SPDX-License-Identifier: Apache-2.0 */
/* config_main.c -- `config` with other places to look; room: test. */
/*
 * The program itself never takes these from the environment: whoever could say
 * where the managed layer lies could do without it.
 */
#include "policy/config.h"

#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct config_options o = {
		.managed_dir = getenv("TEST_MANAGED_DIR"),
		.profiles_dir = getenv("TEST_PROFILES_DIR"),
		.managed_uid = geteuid(),
	};

	return config_command(&o, argc, argv);
}
