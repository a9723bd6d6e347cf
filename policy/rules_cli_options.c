/* SPDX-License-Identifier: Apache-2.0 */
/* rules_cli_options.c -- options of the `rules` subcommands (room: user). */
#include "policy/rules_cli.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_str.h"
#include "policy/vis.h"

int
rules_cli_usage(const struct rules_cli *c, const char *before, const char *what,
	const char *after)
{
	own_buf struct buf text = { 0 };
	vis_str(&text, what);
	(void)fprintf(stderr,
		"error: %s%s%s\n\nUsage: codex-sandbox rules %s "
		"%s\n\nFor more information, try '--help'.\n",
		before, buf_str(&text), after, c->sub->name, c->sub->usage);
	return EXIT_USAGE;
}

struct flag {
	const char *name;
	unsigned int takes;
	size_t offset; /* of a bool in struct rules_cli */
};

static const struct flag flags[] = {
	{ "--pretty", TAKES_DECIDE, offsetof(struct rules_cli, pretty) },
	{ "--resolve-host-executables", TAKES_DECIDE,
		offsetof(struct rules_cli, resolve) },
	{ "--compat", TAKES_DECIDE, offsetof(struct rules_cli, compat) },
	{ "--check", TAKES_FMT, offsetof(struct rules_cli, check) },
	{ "--print", TAKES_FMT, offsetof(struct rules_cli, print) },
	{ "--json", TAKES_CONFIG, offsetof(struct rules_cli, json) },
	{ "--no-user-config", TAKES_CONFIG,
		offsetof(struct rules_cli, no_user) },
};

static int
unexpected_value(const struct rules_cli *c, const char *name, const char *value)
{
	own_buf struct buf text = { 0 };
	buf_printf(&text, "' for '%s' found; no more were expected", name);
	return rules_cli_usage(c, "unexpected value '", value, buf_str(&text));
}

/* 1: taken, 0: no flag of this subcommand, else an exit code. */
static int
set_flag(struct rules_cli *c, const char *word)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		size_t n = strlen(flags[i].name);
		if (!(c->sub->takes & flags[i].takes) ||
			strncmp(word, flags[i].name, n) != 0)
			continue;
		if (word[n] == '=')
			return unexpected_value(c, flags[i].name, word + n + 1);
		if (word[n] != '\0')
			continue;
		bool *flag = (bool *)((char *)c + flags[i].offset);
		if (*flag)
			return rules_cli_usage(c, "the argument '", word,
				"' cannot be used multiple times");
		*flag = true;
		return 1;
	}
	return 0;
}

/* The value of NAME VALUE or NAME=VALUE; "" when it is missing. */
static const char *
option_value(const char *word, const char *name, char **argv, int *i)
{
	size_t n = strlen(name);
	if (strncmp(word, name, n) != 0)
		return NULL;
	if (word[n] == '=' && n > 2)
		return word + n + 1;
	if (word[n] != '\0')
		return NULL;
	const char *next = argv[*i + 1];
	if (next == NULL || strcmp(next, "--") == 0)
		return "";
	++*i;
	return next;
}

/*
 * Options of `codex execpolicy check` that say nothing about the answer: they
 * are taken, or their value would be the first word of the command.
 */
static const char *const without_effect[] = { "-c", "--config", "--enable",
	"--disable" };

static int
skip_setting(const struct rules_cli *c, char **argv, int *i)
{
	const char *v = NULL;
	size_t k = 0;
	while (v == NULL &&
		k < sizeof(without_effect) / sizeof(without_effect[0]))
		v = option_value(argv[*i], without_effect[k++], argv, i);
	if (v == NULL || v[0] != '\0')
		return v != NULL;
	return rules_cli_usage(c, "a value is required for '",
		without_effect[k - 1], "' but none was supplied");
}

/* Options that say something to the configuration, and what they say. */
static const struct {
	const char *name;
	const char *key; /* "" = the value is KEY=VALUE itself */
} settings[] = {
	{ "-c", "" },
	{ "--approval-policy", "approval_policy=" },
	{ "--sandbox", "sandbox_mode=" },
	{ "--profile", "default_permissions=" },
};

static int
set_setting(struct rules_cli *c, char **argv, int *i)
{
	const char *word = argv[*i];
	for (size_t k = 0; k < sizeof(settings) / sizeof(settings[0]); k++) {
		const char *v = option_value(word, settings[k].name, argv, i);
		if (v == NULL)
			continue;
		if (v[0] == '\0' || c->n_session == RULES_CLI_SESSION_MAX)
			return rules_cli_usage(c,
				"a value is missing, or there are "
				"too many of '",
				settings[k].name, "'");
		own_buf struct buf text = { 0 };
		buf_printf(&text, "%s%s", settings[k].key, v);
		c->session[c->n_session] = buf_take(&text);
		if (c->session[c->n_session] == NULL)
			return EXIT_FILE;
		c->n_session++;
		return 1;
	}
	return 0;
}

static const char *const requests[] = { "default", "require_escalated",
	"with_additional_permissions" };

/* -C, --request and the settings: as set_flag(). */
static int
set_config(struct rules_cli *c, char **argv, int *i)
{
	const char *v = option_value(argv[*i], "-C", argv, i);
	if (v != NULL) {
		c->dir = v;
		return v[0] != '\0' ? 1
				    : rules_cli_usage(c,
					      "'-C' takes a directory", "", "");
	}
	v = option_value(argv[*i], "--request", argv, i);
	if (v == NULL)
		return set_setting(c, argv, i);
	for (size_t k = 0; k < sizeof(requests) / sizeof(requests[0]); k++)
		if (strcmp(v, requests[k]) == 0) {
			c->asked = (enum decide_asked)k;
			return 1;
		}
	return rules_cli_usage(c,
		"'--request' takes default, require_escalated or "
		"with_additional_permissions, not '",
		v, "'");
}

/* As set_flag(), for options with a value. */
static int
set_value(struct rules_cli *c, char **argv, int *i)
{
	const char *word = argv[*i];
	const char *v = NULL;
	if (c->sub->takes & TAKES_RULES) {
		v = option_value(word, "--rules", argv, i);
		if (v == NULL)
			v = option_value(word, "-r", argv, i);
	}
	if (v == NULL && (c->sub->takes & TAKES_FILE))
		v = option_value(word, "--file", argv, i);
	if (v != NULL) {
		if (v[0] == '\0')
			return rules_cli_usage(c, "a value is required for '--",
				c->sub->takes & TAKES_FILE ? "file" : "rules",
				" <PATH>' but none was supplied");
		if (c->n_files == RULES_CLI_FILES_MAX)
			return rules_cli_usage(c, "too many files: ", v, "");
		c->files[c->n_files++] = v;
		return 1;
	}
	if (c->sub->takes & TAKES_WRITABLE)
		v = option_value(word, "--writable-root", argv, i);
	if (v == NULL && (c->sub->takes & TAKES_SETTINGS))
		return skip_setting(c, argv, i);
	if (v == NULL)
		return c->sub->takes & TAKES_CONFIG ? set_config(c, argv, i)
						    : 0;
	if (v[0] != '/' || c->n_writable == RULES_CLI_WRITABLE_MAX)
		return rules_cli_usage(c,
			"'--writable-root' takes an absolute "
			"path, not '",
			v, "'");
	c->writable[c->n_writable++] = v;
	return 1;
}

static int
check_required(const struct rules_cli *c, int argc, char **argv)
{
	bool no_rules = c->n_files == 0 && (c->sub->takes & NEEDS_RULES);
	bool no_command = c->command == argc && (c->sub->takes & TAKES_COMMAND);
	if (c->command < argc && !(c->sub->takes & TAKES_COMMAND))
		return rules_cli_usage(c, "unexpected argument '",
			argv[c->command], "' found");
	if (no_rules || no_command)
		return rules_cli_usage(c,
			"the following required arguments were not provided:",
			"",
			!no_rules    ? "\n  <COMMAND>..."
			: no_command ? "\n  --rules <PATH>\n  <COMMAND>..."
				     : "\n  --rules <PATH>");
	for (int i = c->command; i < argc; i++)
		if (!utf8_valid(argv[i], strlen(argv[i])))
			return rules_cli_usage(c,
				"invalid UTF-8 was detected in one "
				"or more arguments",
				"", "");
	return 0;
}

/*
 * From the first word that is no option on, everything is the command.  check
 * takes an unknown option for such a word, as the original does.
 */
int
rules_cli_options(struct rules_cli *c, int argc, char **argv)
{
	int i = 2;
	for (; i < argc; i++) {
		const char *word = argv[i];
		if (strcmp(word, "--") == 0) {
			i++;
			break;
		}
		if (word[0] != '-' || word[1] == '\0')
			break;
		if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
			return -1;
		int r = set_flag(c, word);
		if (r == 0)
			r = set_value(c, argv, &i);
		if (r == 0 && (c->sub->takes & NEEDS_RULES))
			break;
		if (r == 0)
			return rules_cli_usage(
				c, "unexpected argument '", word, "' found");
		if (r != 1)
			return r;
	}
	c->command = i < argc ? i : argc;
	return check_required(c, argc, argv);
}
