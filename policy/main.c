/* SPDX-License-Identifier: Apache-2.0 */
/* main.c -- codex-sandbox: the table of subcommands; room: user. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/cli.h"
#include "policy/config.h"
#include "policy/diag.h"
#include "policy/rules.h"

struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *help;
};

static int help_main(int argc, char **argv);

static const struct command commands[] = {
	{ "exec", exec_main, "run a command in the sandbox" },
	{ "explain", explain_main,
		"print what exec with the same options would do" },
	{ "doctor", doctor_main,
		"say what this host can do, what is missing, and the mend" },
	{ "config", config_main, "show and check config.toml, list profiles" },
	{ "rules", rules_main,
		"what may run, needs a question or is forbidden, and why" },
	{ "help", help_main, "this text" },
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int
help_main(int argc, char **argv)
{
	own_buf struct buf out = { 0 };

	(void)argc;
	(void)argv;
	buf_str_add(&out,
		"codex-sandbox runs a command that you do not trust in a cage.\n\n"
		"  codex-sandbox exec [OPTION...] [--] COMMAND [ARG...]\n"
		"  codex-sandbox explain [OPTION...] [--] [COMMAND [ARG...]]\n"
		"  codex-sandbox doctor [--json]\n"
		"  codex-sandbox config show|check|profiles|schema|reference\n"
		"  codex-sandbox rules check|explain|test|fmt|add|table\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		buf_printf(&out, "  %-10s%s\n", commands[i].name,
			commands[i].help);
	buf_str_add(&out,
		"\nEach has --help.  The manual is codex-sandbox(1).\n"
		"Example: codex-sandbox exec -- make test\n");
	return cli_write(STDOUT_FILENO, buf_str(&out), out.len);
}

static int
version(void)
{
	static const char text[] = "codex-sandbox " VERSION "\n";

	return cli_write(STDOUT_FILENO, text, sizeof(text) - 1);
}

/* A closed 0, 1 or 2 would be taken by the next open: fill them first. */
static int
fill_stdio(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -errno;
	(void)close(fd);
	for (int i = 0; i < 3; i++)
		(void)fcntl(i, F_SETFD, 0);
	return 0;
}

static int
usage(const char *word)
{
	struct diag d = { 0 };

	(void)diag_set(&d, -EINVAL, DIAG_USAGE, word ? word : "command",
		word ? "is no subcommand" : "is missing",
		"see codex-sandbox --help");
	return diag_print(&d);
}

/* A symlink of that name is enough (docs/DROPIN.md). */
static bool
is_called(const char *argv0, const char *name)
{
	const char *slash = strrchr(argv0, '/');

	return strcmp(slash ? slash + 1 : argv0, name) == 0;
}

int
main(int argc, char **argv)
{
	if (argc < 1 || fill_stdio() < 0)
		return DIAG_SETUP;
	if (is_called(argv[0], "codex-linux-sandbox"))
		return dropin_main(argc, argv);
	if (argc < 2)
		return usage(NULL);
	if (strcmp(argv[1], "--version") == 0)
		return version();
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help_main(argc, argv);
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].main(argc - 1, argv + 1);
	return usage(argv[1]);
}
