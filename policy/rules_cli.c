/* SPDX-License-Identifier: Apache-2.0 */
/* rules_cli.c -- `codex-sandbox rules`: options, loading, check (room: user). */
#include "policy/rules_cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/vis.h"

enum { EXIT_FILE = 1, EXIT_USAGE = 2 };

/* What a subcommand takes, as bits of a row. */
enum takes {
	TAKES_RULES = 1,    /* --rules FILE */
	TAKES_COMMAND = 2,  /* words behind the options */
	TAKES_DECIDE = 4,   /* --pretty, --resolve-host-executables, --compat */
	TAKES_WRITABLE = 8, /* --writable-root DIR */
	TAKES_FMT = 16,     /* --check, --print */
	NEEDS_RULES = 32,
	TAKES_FILE = 64,    /* --file FILE, one */
	TAKES_CONFIG = 128, /* -C, -c, --approval-policy ... */
};

struct sub {
	const char *name;
	int (*run)(struct rules_cli *c, int argc, char **argv);
	unsigned int takes;
	const char *usage;
	const char *help;
};

static int run_check(struct rules_cli *c, int argc, char **argv);

static const struct sub subs[] = {
	{ "check", run_check,
		TAKES_RULES | NEEDS_RULES | TAKES_COMMAND | TAKES_DECIDE |
			TAKES_WRITABLE,
		"--rules <PATH> <COMMAND>...",
		"what the rules say about a command, as JSON" },
	{ "explain", rules_cli_explain,
		TAKES_RULES | TAKES_COMMAND | TAKES_DECIDE | TAKES_WRITABLE |
			TAKES_CONFIG,
		"[--rules <PATH>] [--json] [-C <DIR>] [-c <KEY=VALUE>] "
		"[--approval-policy <WORD>] [--sandbox <MODE>] "
		"[--profile <NAME>] [--request <WORD>] [--no-user-config] "
		"[--] <COMMAND>...",
		"every step: shell text, rules with file and line, fallback, "
		"table, offer, answer" },
	{ "test", rules_cli_test, TAKES_COMMAND, "<PATH>...",
		"run match and not_match of rules files" },
	{ "fmt", rules_cli_fmt, TAKES_COMMAND | TAKES_FMT,
		"[--check|--print] <PATH>...",
		"rewrite rules files in house form" },
	{ "add", rules_cli_add, TAKES_COMMAND | TAKES_FILE,
		"[--file <PATH>] <PREFIX>...",
		"allow commands that begin with these words" },
	{ "table", rules_cli_table, 0, "", "print the decision table" },
};

/* ---- printing ------------------------------------------------------------------------------ */

/*
 * Text of foreign origin on a terminal: hidden characters are encoded, but
 * backslashes and line ends stay, or the carets would point elsewhere.
 */
static void
add_shown(struct buf *out, const char *s, size_t len)
{
	size_t from = 0;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && s[i] != '\\' && s[i] != '\n')
			continue;
		vis_add(out, s + from, i - from);
		if (i < len)
			buf_char(out, s[i]);
		from = i + 1;
	}
}

static void
print_all(FILE *to, const struct buf *text)
{
	(void)fwrite(buf_str(text), 1, text->len, to); /* checked at exit */
}

int
rules_cli_bad(const char *doing, const char *file, const struct buf *detail)
{
	own_buf struct buf out = { 0 };
	buf_printf(&out, "Error: failed to %s policy at ", doing);
	add_shown(&out, file, strlen(file));
	buf_str_add(&out, "\n\nCaused by:\n");
	const char *p = buf_str(detail);
	while (*p != '\0') {
		size_t n = strcspn(p, "\n");
		buf_str_add(&out, "    ");
		add_shown(&out, p, n);
		buf_char(&out, '\n');
		p += n + (p[n] == '\n');
	}
	print_all(stderr, &out);
	return EXIT_FILE;
}

void
rules_cli_error_text(struct buf *out, const struct rules_error *err)
{
	if (err->has_span)
		buf_str_add(out, "starlark error: ");
	rules_error_format(out, err);
	if (err->has_span)
		buf_str_add(
			out, "\n"); /* the original ends with a blank line */
}

/* before, the quoted foreign text, after; then the usage of the subcommand. */
static int
usage_error(const struct rules_cli *c, const char *before, const char *what,
	const char *after)
{
	const char *usage = "<SUBCOMMAND>";
	own_buf struct buf text = { 0 };
	vis_str(&text, what);
	for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++)
		if (strcmp(subs[i].name, c->sub) == 0)
			usage = subs[i].usage;
	(void)fprintf(stderr,
		"error: %s%s%s\n\nUsage: codex-sandbox rules %s "
		"%s\n\nFor more information, try '--help'.\n",
		before, buf_str(&text), after, c->sub, usage);
	return EXIT_USAGE;
}

static int
help(const struct sub *sub)
{
	for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++)
		if (sub == NULL || sub == &subs[i])
			(void)printf("codex-sandbox rules %s %s\n    %s\n",
				subs[i].name, subs[i].usage, subs[i].help);
	return fflush(stdout) == 0 ? 0 : EXIT_FILE;
}

/* ---- options -------------------------------------------------------------------------------- */

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

/* 1: taken, 0: no flag of this subcommand, else an exit code. */
static int
set_flag(struct rules_cli *c, const struct sub *sub, const char *word)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!(sub->takes & flags[i].takes) ||
			strcmp(word, flags[i].name) != 0)
			continue;
		bool *flag = (bool *)((char *)c + flags[i].offset);
		if (*flag)
			return usage_error(c, "the argument '", word,
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
			return usage_error(c,
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
				    : usage_error(c, "'-C' takes a directory",
					      "", "");
	}
	v = option_value(argv[*i], "--request", argv, i);
	if (v == NULL)
		return set_setting(c, argv, i);
	for (size_t k = 0; k < sizeof(requests) / sizeof(requests[0]); k++)
		if (strcmp(v, requests[k]) == 0) {
			c->asked = (enum decide_asked)k;
			return 1;
		}
	return usage_error(c,
		"'--request' takes default, require_escalated or "
		"with_additional_permissions, not '",
		v, "'");
}

/* As set_flag(), for options with a value. */
static int
set_value(struct rules_cli *c, const struct sub *sub, char **argv, int *i)
{
	const char *word = argv[*i];
	const char *v = NULL;
	if (sub->takes & TAKES_RULES) {
		v = option_value(word, "--rules", argv, i);
		if (v == NULL)
			v = option_value(word, "-r", argv, i);
	}
	if (v == NULL && (sub->takes & TAKES_FILE))
		v = option_value(word, "--file", argv, i);
	if (v != NULL) {
		if (v[0] == '\0')
			return usage_error(c, "a value is required for '--",
				sub->takes & TAKES_FILE ? "file" : "rules",
				" <PATH>' but none was supplied");
		if (c->n_files == RULES_CLI_FILES_MAX)
			return usage_error(c, "too many files: ", v, "");
		c->files[c->n_files++] = v;
		return 1;
	}
	if (sub->takes & TAKES_WRITABLE)
		v = option_value(word, "--writable-root", argv, i);
	if (v == NULL)
		return sub->takes & TAKES_CONFIG ? set_config(c, argv, i) : 0;
	if (v[0] != '/' || c->n_writable == RULES_CLI_WRITABLE_MAX)
		return usage_error(c,
			"'--writable-root' takes an absolute "
			"path, not '",
			v, "'");
	c->writable[c->n_writable++] = v;
	return 1;
}

static int
check_required(
	const struct rules_cli *c, const struct sub *sub, int argc, char **argv)
{
	bool no_rules = c->n_files == 0 && (sub->takes & NEEDS_RULES);
	bool no_command = c->command == argc && (sub->takes & TAKES_COMMAND);
	if (c->command < argc && !(sub->takes & TAKES_COMMAND))
		return usage_error(c, "unexpected argument '", argv[c->command],
			"' found");
	if (no_rules || no_command)
		return usage_error(c,
			"the following required arguments were not provided:",
			"",
			!no_rules    ? "\n  <COMMAND>..."
			: no_command ? "\n  --rules <PATH>\n  <COMMAND>..."
				     : "\n  --rules <PATH>");
	for (int i = c->command; i < argc; i++)
		if (!utf8_valid(argv[i], strlen(argv[i])))
			return usage_error(c,
				"invalid UTF-8 was detected in one "
				"or more arguments",
				"", "");
	return 0;
}

/*
 * From the first word that is no option on, everything is the command.  check
 * takes an unknown option for such a word, as the original does.
 */
static int
parse_options(struct rules_cli *c, const struct sub *sub, int argc, char **argv)
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
			return help(sub) == 0 ? -1 : EXIT_FILE;
		int r = set_flag(c, sub, word);
		if (r == 0)
			r = set_value(c, sub, argv, &i);
		if (r == 0 && (sub->takes & NEEDS_RULES))
			break;
		if (r == 0)
			return usage_error(
				c, "unexpected argument '", word, "' found");
		if (r != 1)
			return r;
	}
	c->command = i < argc ? i : argc;
	return check_required(c, sub, argc, argv);
}

/* ---- loading ---------------------------------------------------------------------------------- */

static int
load_one(struct rules_cli *c, struct rules *r, size_t i)
{
	own_rules_error struct rules_error err = { 0 };
	own_buf struct buf detail = { 0 };
	const char *file = c->files[i];
	int bad = rules_read(file, &c->texts[i]);
	if (bad == -EILSEQ)
		buf_str_add(&detail, "stream did not contain valid UTF-8");
	else if (bad == -EFBIG)
		buf_printf(&detail,
			"limit reached: more than %d bytes in one file",
			RULES_FILE_MAX);
	else if (bad < 0)
		buf_printf(&detail, "%s (os error %d)", diag_errno(-bad), -bad);
	if (bad < 0)
		return rules_cli_bad("read", file, &detail);
	if (rules_load_text(r, file, buf_str(&c->texts[i]), c->texts[i].len,
		    RULES_USER, &err) == 0)
		return 0;
	rules_cli_error_text(&detail, &err);
	return rules_cli_bad("parse", file, &detail);
}

int
rules_cli_load(struct rules_cli *c, struct rules *r)
{
	for (size_t i = 0; i < c->n_files; i++) {
		int code = load_one(c, r, i);
		if (code != 0)
			return code;
	}
	return 0;
}

/* ---- check ------------------------------------------------------------------------------------- */

static int
run_check(struct rules_cli *c, int argc, char **argv)
{
	own_rules struct rules r = { 0 };
	own_rules_result struct rules_result res = { 0 };
	own_buf struct buf out = { 0 };
	rules_init(&r, c->compat ? RULES_COMPAT : 0);
	int code = rules_cli_load(c, &r);
	if (code != 0)
		return code;
	char *cwd = getcwd(NULL, 0);
	struct rules_query q = {
		.argc = (size_t)(argc - c->command), /* not negative */
		.argv = (const char *const *)(argv + c->command),
		.resolve = c->resolve,
		.cwd = cwd == NULL ? "/" : cwd,
		.home = rules_env("HOME"),
		.writable = c->writable,
		.n_writable = c->n_writable,
	};
	int bad = rules_decide(&r, &q, &res);
	if (bad == 0)
		rules_json(&out, &q, &res, c->pretty);
	free(cwd);
	if (bad < 0 || buf_failed(&out)) {
		(void)fprintf(stderr, "Error: out of memory\n");
		return EXIT_FILE;
	}
	print_all(stdout, &out);
	return fflush(stdout) == 0 ? 0 : EXIT_FILE;
}

static int
run_sub(const struct sub *sub, const struct rules_places *at, int argc,
	char **argv)
{
	struct rules_cli *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return EXIT_FILE;
	c->sub = sub->name;
	c->at = at;
	int code = parse_options(c, sub, argc, argv);
	if (code == 0)
		code = sub->run(c, argc, argv);
	for (size_t i = 0; i < RULES_CLI_FILES_MAX; i++)
		buf_free(&c->texts[i]);
	for (size_t i = 0; i < c->n_session; i++)
		free(c->session[i]);
	free(c->workspace);
	free(c);
	return code < 0 ? 0 : code; /* -1: help was printed */
}

int
rules_command(const struct rules_places *at, int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--help";
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		int code = help(NULL);
		return argc > 1 ? code : EXIT_USAGE;
	}
	for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++)
		if (strcmp(name, subs[i].name) == 0)
			return run_sub(&subs[i], at, argc, argv);
	struct rules_cli none = { .sub = "" };
	return usage_error(&none, "unrecognized subcommand '", name, "'");
}

int
rules_main(int argc, char **argv)
{
	const struct rules_places real = { 0 };
	return rules_command(&real, argc, argv);
}
