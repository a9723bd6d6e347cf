/* SPDX-License-Identifier: Apache-2.0 */
/* safe.c -- look a command up in the safe list (room: user). */
#include "policy/safe.h"

#include <string.h>

#include "policy/safe_table.h"
#include "policy/shell.h"

/* Is word one of the options, alone or with "=VALUE"? */
static bool
option_listed(const char *word, const char *options)
{
	size_t n = strcspn(word, "=");
	for (const char *o = options; *o != '\0';) {
		size_t len = strcspn(o, " ");
		if (len == n && memcmp(o, word, n) == 0)
			return true;
		o += len + (o[len] == ' ' ? 1 : 0);
	}
	return false;
}

/* `N` or `M,N`, then p: lines to print. */
static bool
line_range(const char *s)
{
	size_t n = strspn(s, "0123456789");
	if (n > 0 && s[n] == ',') {
		size_t more = strspn(s + n + 1, "0123456789");
		n = more > 0 ? n + 1 + more : 0;
	}
	return n > 0 && strcmp(s + n, "p") == 0;
}

static bool
lines_printed(size_t argc, char *const *argv)
{
	return (argc == 3 || argc == 4) && strcmp(argv[1], "-n") == 0 &&
	       line_range(argv[2]) && (argc == 3 || argv[3][0] != '-');
}

static bool
arguments_safe(const struct safe_program *p, size_t argc, char *const *argv)
{
	if (p->lines_only)
		return lines_printed(argc, argv);
	for (size_t i = 1; i < argc; i++) {
		const char *w = argv[i];
		if (option_listed(w, p->options))
			return false;
		if (w[0] == '-' && w[1] != '-' &&
			strpbrk(w + 1, p->letters) != NULL)
			return false;
	}
	return true;
}

static const char *
program_name(const char *path)
{
	static const char *const places[] = { "/bin/", "/usr/bin/" };
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strncmp(path, places[i], strlen(places[i])) == 0)
			return path + strlen(places[i]);
	return path; /* with any other slash it is not in the table */
}

static bool
plain_safe(size_t argc, char *const *argv)
{
	const char *name = program_name(argv[0]);
	for (size_t i = 0; i < safe_programs_n; i++)
		if (strcmp(safe_programs[i].name, name) == 0)
			return arguments_safe(&safe_programs[i], argc, argv);
	return false;
}

bool
safe_argv(size_t argc, char *const *argv)
{
	struct shell_wrapper shell;
	own_shell_commands struct shell_commands c = { 0 };
	if (argc == 0)
		return false;
	if (!shell_wrapper(argc, argv, &shell))
		return plain_safe(argc, argv);
	if (!shell.usual_path ||
		shell_decompose(shell.script, strlen(shell.script),
			shell.dialect, &c, NULL) != 0)
		return false;
	for (size_t i = 0; i < c.n; i++)
		if (!plain_safe(c.items[i].argc, c.items[i].argv))
			return false;
	return true;
}
