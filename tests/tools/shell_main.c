/* SPDX-License-Identifier: Apache-2.0 */
/* shell_main.c -- shell text, danger, summary, table as JSON lines; room: test. */
/*
 *   shell_main decompose sh|bash|zsh  <texts   each text ends with a NUL byte
 *   shell_main scan                   <texts
 *   shell_main danger                 <texts
 *   shell_main summary CWD            <texts
 *   shell_main table
 */
#include "policy/shell.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/danger.h"
#include "policy/decide.h"
#include "policy/summary.h"

struct job {
	const char *name;
	json_t *(*run)(char *text, size_t len, const char *arg);
};

static json_t *
text_json(const char *s)
{
	json_t *j = s ? json_string(s) : json_null();
	return j ? j : json_string("(not UTF-8)");
}

static json_t *
commands_json(const struct shell_commands *c)
{
	static const char *const joins[] = { "first", "seq", "and", "or",
		"pipe" };
	json_t *list = json_array();
	for (size_t i = 0; i < c->n; i++) {
		json_t *argv = json_array();
		for (size_t k = 0; k < c->items[i].argc; k++)
			json_array_append_new(
				argv, text_json(c->items[i].argv[k]));
		json_t *o = json_object();
		json_object_set_new(
			o, "join", json_string(joins[c->items[i].join]));
		json_object_set_new(o, "argv", argv);
		json_array_append_new(list, o);
	}
	return list;
}

static void
why_json(json_t *o, const struct shell_why *why)
{
	if (!why->reason)
		return;
	json_object_set_new(o, "reason", json_string(why->reason));
	json_object_set_new(o, "offset", json_integer((json_int_t)why->offset));
	json_object_set_new(o, "line", json_integer((json_int_t)why->line));
	json_object_set_new(o, "column", json_integer((json_int_t)why->column));
}

static json_t *
decompose(char *text, size_t len, const char *arg)
{
	own_shell_commands struct shell_commands c = { 0 };
	struct shell_why why = { 0 };
	enum shell_dialect dialect = strcmp(arg, "zsh") == 0    ? SHELL_ZSH
				     : strcmp(arg, "bash") == 0 ? SHELL_BASH
								: SHELL_SH;
	int r = shell_decompose(text, len, dialect, &c, &why);
	json_t *o = json_object();
	json_object_set_new(o, "refused", json_boolean(r != 0));
	why_json(o, &why);
	json_object_set_new(o, "commands", commands_json(&c));
	return o;
}

static json_t *
scan(char *text, size_t len, const char *arg)
{
	own_shell_commands struct shell_commands c = { 0 };
	struct shell_why why = { 0 };
	(void)arg;
	int r = shell_scan(text, len, &c, &why);
	json_t *o = json_object();
	json_object_set_new(o, "result", json_integer(r));
	why_json(o, &why);
	json_object_set_new(o, "commands", commands_json(&c));
	return o;
}

static json_t *
danger(char *text, size_t len, const char *arg)
{
	enum danger d = DANGER_NONE;
	(void)arg;
	int r = danger_text(text, len, &d);
	json_t *o = json_object();
	json_object_set_new(o, "result", json_integer(r));
	json_object_set_new(o, "message", json_string(danger_message(d)));
	return o;
}

static json_t *
summary(char *text, size_t len, const char *arg)
{
	own_summary struct summary s = { 0 };
	char sh[] = "sh", flag[] = "-c";
	char *argv[] = { sh, flag, text, NULL };
	(void)len;
	json_t *list = json_array();
	if (summary_argv(3, argv, arg, &s) != 0)
		return list;
	for (size_t i = 0; i < s.n; i++) {
		const struct summary_action *a = &s.actions[i];
		json_t *o = json_object();
		json_object_set_new(
			o, "type", text_json(summary_kind_name(a->kind)));
		json_object_set_new(o, "command", text_json(a->command));
		json_object_set_new(o, "name", text_json(a->name));
		json_object_set_new(o, "query", text_json(a->query));
		json_object_set_new(o, "path", text_json(a->path));
		json_array_append_new(list, o);
	}
	return list;
}

static int
run_all(const struct job *job, const char *arg)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t n;
	while ((n = getdelim(&text, &size, '\0', stdin)) > 0) {
		size_t len = (size_t)n; /* positive */
		if (text[len - 1] == '\0')
			len--;
		json_t *o = job->run(text, len, arg);
		json_dumpf(o, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(o);
	}
	free(text);
	return fflush(stdout) == 0 ? 0 : 1;
}

static int
table(void)
{
	struct buf out = { 0 };
	decide_print(&out);
	fputs(buf_str(&out), stdout);
	int failed = buf_failed(&out);
	buf_free(&out);
	return failed;
}

int
main(int argc, char **argv)
{
	static const struct job jobs[] = {
		{ "decompose", decompose },
		{ "scan", scan },
		{ "danger", danger },
		{ "summary", summary },
	};
	if (argc > 1 && strcmp(argv[1], "table") == 0)
		return table();
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]) && argc > 1; i++)
		if (strcmp(argv[1], jobs[i].name) == 0)
			return run_all(&jobs[i], argc > 2 ? argv[2] : "/");
	fputs("usage: shell_main decompose DIALECT|scan|danger|summary CWD"
	      "|table\n",
		stderr);
	return 2;
}
