/* SPDX-License-Identifier: Apache-2.0 */
/* rules_cli.c -- `codex-sandbox rules`: subcommands, loading, check (room: user). */
#include "policy/rules_cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/vis.h"

static int run_check(struct rules_cli *c, int argc, char **argv);

static const struct rules_sub subs[] = {
	{ "check", run_check,
		TAKES_RULES | NEEDS_RULES | TAKES_COMMAND | TAKES_DECIDE |
			TAKES_WRITABLE | TAKES_SETTINGS,
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

static int
help(const struct rules_sub *sub)
{
	for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++)
		if (sub == NULL || sub == &subs[i])
			(void)printf("codex-sandbox rules %s %s\n    %s\n",
				subs[i].name, subs[i].usage, subs[i].help);
	return fflush(stdout) == 0 ? 0 : EXIT_FILE;
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
run_sub(const struct rules_sub *sub, const struct rules_places *at, int argc,
	char **argv)
{
	struct rules_cli *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return EXIT_FILE;
	c->sub = sub;
	c->at = at;
	int code = rules_cli_options(c, argc, argv);
	if (code < 0)
		code = help(sub);
	else if (code == 0)
		code = sub->run(c, argc, argv);
	for (size_t i = 0; i < RULES_CLI_FILES_MAX; i++)
		buf_free(&c->texts[i]);
	for (size_t i = 0; i < c->n_session; i++)
		free(c->session[i]);
	free(c->workspace);
	free(c);
	return code;
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
	const struct rules_sub none = { .name = "", .usage = "<SUBCOMMAND>" };
	const struct rules_cli c = { .sub = &none };
	return rules_cli_usage(&c, "unrecognized subcommand '", name, "'");
}

int
rules_main(int argc, char **argv)
{
	const struct rules_places real = { 0 };
	return rules_command(&real, argc, argv);
}
