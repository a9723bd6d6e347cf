/* SPDX-License-Identifier: Apache-2.0 */
/* shell_words.c -- keywords and builtins that bend the text (room: user). */
#include "policy/shell_words.h"

#include <string.h>

/* Dialects in which the word is special; sh may be dash or bash. */
enum {
	IN_SH = 1 << SHELL_SH,
	IN_BASH = 1 << SHELL_BASH,
	IN_ZSH = 1 << SHELL_ZSH,
	IN_BASHES = IN_SH | IN_BASH,
	IN_ALL = IN_SH | IN_BASH | IN_ZSH,
};

struct special {
	const char *word;
	unsigned dialects;
	const char *what;
};

static const char loose[] = "a keyword out of place, a syntax error";
static const char compound[] = "a compound command";
static const char prefix[] = "a keyword that runs the words behind it";
static const char assigns[] = "a builtin whose arguments are assignments";

static const struct special specials[] = {
	/* open a compound command */
	{ "if", IN_ALL, compound },
	{ "for", IN_ALL, compound },
	{ "while", IN_ALL, compound },
	{ "until", IN_ALL, compound },
	{ "case", IN_ALL, compound },
	{ "select", IN_ALL, compound },
	{ "function", IN_ALL, compound },
	{ "foreach", IN_ZSH, compound },
	{ "repeat", IN_ZSH, compound },
	/* belong inside one: alone, a shell stops at them */
	{ "then", IN_ALL, loose },
	{ "elif", IN_ALL, loose },
	{ "else", IN_ALL, loose },
	{ "fi", IN_ALL, loose },
	{ "do", IN_ALL, loose },
	{ "done", IN_ALL, loose },
	{ "esac", IN_ALL, loose },
	{ "in", IN_BASHES, loose },
	{ "end", IN_ZSH, loose },
	/* run what follows, under its own name */
	{ "!", IN_ALL, prefix },
	{ "time", IN_ALL, prefix },
	{ "coproc", IN_ALL, prefix },
	{ "nocorrect", IN_ZSH, prefix },
	{ "noglob", IN_ZSH, prefix },
	{ "-", IN_ZSH, prefix },
	/* read their arguments as assignments */
	{ "export", IN_ALL, assigns },
	{ "declare", IN_ALL, assigns },
	{ "typeset", IN_ALL, assigns },
	{ "readonly", IN_ALL, assigns },
	{ "local", IN_ALL, assigns },
	{ "unset", IN_ALL, assigns },
	{ "unsetenv", IN_ALL, assigns },
	{ "float", IN_ZSH, assigns },
	{ "integer", IN_ZSH, assigns },
	{ "private", IN_ZSH, assigns },
};

/*
 * After one of these a later bare word may be another command (aliases, hash
 * tables) or may be split by other rules (options).  Alone or last they are
 * ordinary commands and are judged as such.
 */
static const char *const rewriters[] = {
	"alias",
	"unalias",
	"set",
	"shopt",
	"setopt",
	"unsetopt",
	"emulate",
	"enable",
	"disable",
	"hash",
	"eval",
	"source",
	".",
};

const char *
shell_word_reserved(const char *name, size_t len, enum shell_dialect dialect)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		const struct special *s = &specials[i];
		if (strlen(s->word) == len && memcmp(s->word, name, len) == 0)
			return s->dialects & 1u << dialect ? s->what : NULL;
	}
	return NULL;
}

/* Builtins that take names of variables: a subscript is computed by the shell
 * once more, and commands in it run. */
static const struct {
	const char *word;
	char letter; /* only with an option that has it; 0: always */
} subscripted[] = {
	{ "let", 0 },
	{ "read", 0 },
	{ "printf", 'v' },
	{ "test", 'v' },
	{ "test", 'R' },
};

/* Behind `command` and `builtin`, which run it all the same. */
static size_t
real_name(const struct shell_command *command)
{
	size_t i = 0;

	while (i + 1 < command->argc &&
		(strcmp(command->argv[i], "command") == 0 ||
			strcmp(command->argv[i], "builtin") == 0))
		i++;
	return i;
}

/* Among the options, which come first; those of test are anywhere. */
static bool
has_letter(const struct shell_command *command, size_t name, char letter)
{
	const bool is_test = strcmp(command->argv[name], "test") == 0;

	for (size_t i = name + 1; i < command->argc; i++) {
		const bool option = command->argv[i][0] == '-';

		if (option && strchr(command->argv[i], letter) != NULL)
			return true;
		if (!option && !is_test)
			break;
	}
	return false;
}

static bool
takes_subscripts(const struct shell_command *command)
{
	const size_t at = real_name(command);

	for (size_t k = 0; k < sizeof(subscripted) / sizeof(subscripted[0]);
		k++)
		if (strcmp(command->argv[at], subscripted[k].word) == 0 &&
			(subscripted[k].letter == 0 ||
				has_letter(command, at, subscripted[k].letter)))
			return true;
	return false;
}

bool
shell_word_computes(const struct shell_command *command)
{
	if (!takes_subscripts(command))
		return false;
	for (size_t i = 1; i < command->argc; i++) {
		const char *open = strchr(command->argv[i], '[');

		if (open && strpbrk(open, "$`") != NULL)
			return true;
	}
	return false;
}

bool
shell_word_rewrites(const struct shell_command *command)
{
	const char *name = command->argv[real_name(command)];

	for (size_t k = 0; k < sizeof(rewriters) / sizeof(rewriters[0]); k++)
		if (strcmp(name, rewriters[k]) == 0)
			return true;
	return false;
}
