/* SPDX-License-Identifier: Apache-2.0 */
/* rules_main.c -- the `rules` subcommand as a program of its own (room: test). */
/* links: cli */
#include "policy/rules.h"

int
main(int argc, char **argv)
{
	return rules_main(argc, argv);
}
