/* SPDX-License-Identifier: Apache-2.0 */
/* rules_banned.c -- prefixes too broad to be allowed for good (room: user). */
#include "policy/rules.h"

#include <string.h>
#include <strings.h>

/*
 * "Allow everything that begins with python3 -c" allows everything.  Each row is
 * a prefix that is never offered nor written; rows are grouped by program.  A
 * prefix is refused when, with the program's directory taken off and case
 * folded, it equals a row or is the beginning of one, or when behind a program
 * of this table there are only options: `python3 -E` is python3.
 */

enum { BANNED_WORDS = 2 };

struct banned {
	const char *words[BANNED_WORDS];
	const char *reason;
};

static const char reason_shell[] = "a shell runs anything";
static const char reason_code[] = "an interpreter runs anything";
static const char reason_start[] = "starts another program";
static const char reason_broad[] = "has harmless and harmful commands";

static const struct banned table[] = {
	{ { "/bin/bash", NULL }, reason_shell },
	{ { "/bin/bash", "-c" }, reason_shell },
	{ { "/bin/bash", "-lc" }, reason_shell },
	{ { "/bin/sh", NULL }, reason_shell },
	{ { "/bin/sh", "-c" }, reason_shell },
	{ { "/bin/sh", "-lc" }, reason_shell },
	{ { "/bin/zsh", NULL }, reason_shell },
	{ { "/bin/zsh", "-c" }, reason_shell },
	{ { "/bin/zsh", "-lc" }, reason_shell },
	{ { "Rscript", NULL }, reason_code },
	{ { "bash", NULL }, reason_shell },
	{ { "bash", "-c" }, reason_shell },
	{ { "bash", "-lc" }, reason_shell },
	{ { "bun", NULL }, reason_code },
	{ { "bun", "-e" }, reason_code },
	{ { "bun", "run" }, reason_code },
	{ { "cmd", NULL }, reason_shell },
	{ { "cmd", "/c" }, reason_shell },
	{ { "cmd", "/k" }, reason_shell },
	{ { "cmd.exe", NULL }, reason_shell },
	{ { "cmd.exe", "/c" }, reason_shell },
	{ { "cmd.exe", "/k" }, reason_shell },
	{ { "dash", NULL }, reason_shell },
	{ { "dash", "-c" }, reason_shell },
	{ { "deno", NULL }, reason_code },
	{ { "deno", "eval" }, reason_code },
	{ { "env", NULL }, reason_start },
	{ { "fish", NULL }, reason_shell },
	{ { "fish", "-c" }, reason_shell },
	{ { "git", NULL }, reason_broad },
	{ { "julia", NULL }, reason_code },
	{ { "julia", "-e" }, reason_code },
	{ { "ksh", NULL }, reason_shell },
	{ { "ksh", "-c" }, reason_shell },
	{ { "lua", NULL }, reason_code },
	{ { "lua", "-e" }, reason_code },
	{ { "node", NULL }, reason_code },
	{ { "node", "-e" }, reason_code },
	{ { "nodejs", NULL }, reason_code },
	{ { "nodejs", "-e" }, reason_code },
	{ { "npm", "run" }, reason_broad },
	{ { "osascript", NULL }, reason_code },
	{ { "perl", NULL }, reason_code },
	{ { "perl", "-e" }, reason_code },
	{ { "php", NULL }, reason_code },
	{ { "php", "-r" }, reason_code },
	{ { "pnpm", "run" }, reason_broad },
	{ { "powershell", NULL }, reason_shell },
	{ { "powershell", "-Command" }, reason_shell },
	{ { "powershell", "-EncodedCommand" }, reason_shell },
	{ { "powershell", "-File" }, reason_shell },
	{ { "powershell", "-c" }, reason_shell },
	{ { "powershell.exe", NULL }, reason_shell },
	{ { "powershell.exe", "-Command" }, reason_shell },
	{ { "powershell.exe", "-EncodedCommand" }, reason_shell },
	{ { "powershell.exe", "-File" }, reason_shell },
	{ { "powershell.exe", "-c" }, reason_shell },
	{ { "pwsh", NULL }, reason_shell },
	{ { "pwsh", "-Command" }, reason_shell },
	{ { "pwsh", "-EncodedCommand" }, reason_shell },
	{ { "pwsh", "-File" }, reason_shell },
	{ { "pwsh", "-c" }, reason_shell },
	{ { "pwsh", "-e" }, reason_shell },
	{ { "pwsh", "-ec" }, reason_shell },
	{ { "pwsh", "-f" }, reason_shell },
	{ { "py", NULL }, reason_code },
	{ { "py", "-3" }, reason_code },
	{ { "pypy", NULL }, reason_code },
	{ { "pypy3", NULL }, reason_code },
	{ { "python", NULL }, reason_code },
	{ { "python", "-" }, reason_code },
	{ { "python", "-c" }, reason_code },
	{ { "python3", NULL }, reason_code },
	{ { "python3", "-" }, reason_code },
	{ { "python3", "-c" }, reason_code },
	{ { "pythonw", NULL }, reason_code },
	{ { "pyw", NULL }, reason_code },
	{ { "rm", NULL }, reason_broad },
	{ { "ruby", NULL }, reason_code },
	{ { "ruby", "-e" }, reason_code },
	{ { "sh", NULL }, reason_shell },
	{ { "sh", "-c" }, reason_shell },
	{ { "sh", "-lc" }, reason_shell },
	{ { "sudo", NULL }, reason_start },
	{ { "yarn", "run" }, reason_broad },
	{ { "zsh", NULL }, reason_shell },
	{ { "zsh", "-c" }, reason_shell },
	{ { "zsh", "-lc" }, reason_shell },
};

static const char *
base_of(const char *word)
{
	const char *slash = strrchr(word, '/');
	return slash == NULL ? word : slash + 1;
}

/* Does the whole prefix lie inside the row? */
static bool
is_start_of(const struct banned *b, const char *const *argv, size_t argc)
{
	for (size_t i = 0; i < argc; i++) {
		if (i == BANNED_WORDS || b->words[i] == NULL)
			return false;
		const char *word = i == 0 ? base_of(argv[0]) : argv[i];
		const char *row = i == 0 ? base_of(b->words[0]) : b->words[i];
		if (strcasecmp(word, row) != 0)
			return false;
	}
	return true;
}

/* A program of the table (but not of "npm run") with nothing but options. */
static bool
only_options(const struct banned *b, const char *const *argv, size_t argc)
{
	if (b->reason == reason_broad || b->words[1] != NULL ||
		strcasecmp(base_of(argv[0]), base_of(b->words[0])) != 0)
		return false;
	/* Behind env and sudo, NAME=VALUE is an option too. */
	bool starts = b->reason == reason_start;
	for (size_t i = 1; i < argc; i++)
		if (argv[i][0] != '-' &&
			!(starts && strchr(argv[i], '=') != NULL))
			return false;
	return true;
}

bool
rules_banned(const char *const *argv, size_t argc)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (is_start_of(&table[i], argv, argc) ||
			only_options(&table[i], argv, argc))
			return true;
	return false;
}

bool
rules_banned_exact(const char *const *argv, size_t argc)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t n = table[i].words[1] == NULL ? 1 : 2;
		bool same = n == argc;
		for (size_t j = 0; same && j < n; j++)
			same = strcmp(argv[j], table[i].words[j]) == 0;
		if (same)
			return true;
	}
	return false;
}
