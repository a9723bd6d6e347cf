/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c -- a command summed up for a screen (room: user). */
#include "policy/summary.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "policy/shell.h"
#include "policy/shquote.h"
#include "policy/summary_words.h"

/* While the commands of one text are summed up. */
struct work {
	struct buf cwd;
	struct summary out;
	size_t room; /* actions allocated */
	bool failed;
	bool pipe; /* the text has a pipe ... */
	bool sed;  /* ... and cuts lines out with sed -n */
};

static void
action_free(struct summary_action *a)
{
	free(a->command);
	free(a->name);
	free(a->path);
	free(a->query);
}

void
summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		action_free(&s->actions[i]);
	free(s->actions);
	*s = (struct summary){ 0 };
}

const char *
summary_kind_name(enum summary_kind kind)
{
	static const char *const names[] = {
		[SUMMARY_READ] = "read",
		[SUMMARY_LIST] = "listFiles",
		[SUMMARY_SEARCH] = "search",
		[SUMMARY_UNKNOWN] = "unknown",
	};
	return names[kind];
}

/* The last part of a path that tells something. */
static void
short_path(struct buf *out, const char *path)
{
	size_t whole = strlen(path);
	while (whole > 0 && path[whole - 1] == '/')
		whole--;
	size_t end = whole;
	while (end > 0) {
		size_t from = end;
		while (from > 0 && path[from - 1] != '/')
			from--;
		char part[16];
		size_t n = end - from;
		memcpy(part, path + from, n < sizeof(part) ? n : 0);
		part[n < sizeof(part) ? n : 0] = '\0';
		if (n > 0 &&
			!summary_one_of(part, "build dist node_modules src")) {
			buf_add(out, path + from, n);
			return;
		}
		end = from > 0 ? from - 1 : 0;
	}
	buf_add(out, path, whole);
}

/* base/path with "." and ".." folded as text. */
static void
join_path(struct buf *out, const char *base, const char *path)
{
	struct buf raw = { 0 };
	if (path[0] != '/') {
		buf_str_add(&raw, base);
		buf_char(&raw, '/');
	}
	buf_str_add(&raw, path);
	const char *s = buf_str(&raw);
	while (*s != '\0') {
		size_t n = strcspn(s, "/");
		if (n == 2 && s[0] == '.' && s[1] == '.') {
			while (out->len > 0 && out->data[--out->len] != '/')
				;
		} else if (n > 0 && !(n == 1 && s[0] == '.')) {
			buf_char(out, '/');
			buf_add(out, s, n);
		}
		s += n;
		while (*s == '/')
			s++;
	}
	if (out->len == 0)
		buf_char(out, '/');
	else if (!buf_failed(out))
		out->data[out->len] = '\0';
	if (buf_failed(&raw))
		out->failed = true;
	buf_free(&raw);
}

static void
action_add(struct work *w, struct summary_action a)
{
	struct summary *s = &w->out;
	if (a.command && s->n == w->room) {
		size_t room = w->room ? w->room * 2 : 8;
		void *more = realloc(s->actions, room * sizeof(*s->actions));
		if (more) {
			s->actions = more;
			w->room = room;
		}
	}
	if (!a.command || s->n == w->room) {
		w->failed = true;
		action_free(&a);
		return;
	}
	s->actions[s->n++] = a;
}

static void
unknown_add(struct work *w, const char *text)
{
	action_add(w, (struct summary_action){ .kind = SUMMARY_UNKNOWN,
			      .command = strdup(text) });
}

static void
drop(struct work *w, size_t i)
{
	struct summary *s = &w->out;
	action_free(&s->actions[i]);
	s->n--;
	memmove(&s->actions[i], &s->actions[i + 1],
		(s->n - i) * sizeof(*s->actions));
}

static char *
short_of(const char *path)
{
	struct buf b = { 0 };
	short_path(&b, path);
	if (b.len == 0)
		buf_str_add(&b, "");
	return buf_take(&b);
}

/* cd: the last operand; "--" ends options. */
static void
change_dir(struct work *w, size_t argc, char *const *argv)
{
	const struct words words = { argc - 1, argv + 1 };
	const char *to = NULL, *next;
	for (size_t i = 0; (next = summary_operand(&words, "", i)); i++)
		to = next;
	if (!to)
		return;
	struct buf b = { 0 };
	join_path(&b, buf_str(&w->cwd), to);
	buf_free(&w->cwd);
	w->cwd = b;
}

static void
command_add(struct work *w, size_t argc, char *const *argv)
{
	struct finding f = summary_find(argc, argv);
	struct summary_action a = { .kind = f.kind };
	struct buf command = { 0 };
	shquote_argv(&command, argc, argv);
	a.command = buf_take(&command);
	if (f.kind == SUMMARY_READ) {
		struct buf path = { 0 };
		join_path(&path, buf_str(&w->cwd), f.path);
		a.path = buf_take(&path);
		a.name = short_of(f.path);
		w->failed = w->failed || !a.path || !a.name;
	} else if (f.path) {
		a.path = short_of(f.path);
		w->failed = w->failed || !a.path;
	}
	if (f.query) {
		a.query = strdup(f.query);
		w->failed = w->failed || !a.query;
	}
	action_add(w, a);
}

/* ---- leaving out what says nothing ---- */

static bool
command_starts(const struct summary_action *a, const char *word)
{
	size_t n = strlen(word);
	return a->kind == SUMMARY_UNKNOWN &&
	       strncmp(a->command, word, n) == 0 &&
	       (a->command[n] == ' ' || a->command[n] == '\0');
}

static bool
only_flags(const char *command)
{
	for (const char *s = strchr(command, ' '); s; s = strchr(s + 1, ' '))
		if (s[1] != '-')
			return false;
	return true;
}

/* `true` says nothing where it is not all there is. */
static bool
drop_true(struct work *w)
{
	struct summary *s = &w->out;
	size_t before = s->n;
	for (size_t i = 0; i < s->n && before > 1;) {
		if (s->actions[i].kind == SUMMARY_UNKNOWN &&
			strcmp(s->actions[i].command, "true") == 0)
			drop(w, i);
		else
			i++;
	}
	return s->n < before;
}

/* One step: true when something was left out. */
static bool
simplify(struct work *w)
{
	struct summary *s = &w->out;
	for (size_t i = 0; i < s->n && s->n > 1; i++) {
		const struct summary_action *a = &s->actions[i];
		bool echo = i == 0 && command_starts(a, "echo");
		bool numbers =
			command_starts(a, "nl") && only_flags(a->command);
		if (echo || numbers) {
			drop(w, i);
			return true;
		}
	}
	return drop_true(w);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_action(const struct summary_action *a, const struct summary_action *b)
{
	return a->kind == b->kind && same_text(a->command, b->command) &&
	       same_text(a->name, b->name) && same_text(a->path, b->path) &&
	       same_text(a->query, b->query);
}

/* Doubles go; one unknown part makes the whole unknown. */
static void
settle(struct work *w, const char *text)
{
	struct summary *s = &w->out;
	bool unknown = false;
	for (size_t i = 0; i < s->n; i++)
		unknown = unknown || s->actions[i].kind == SUMMARY_UNKNOWN;
	if (unknown) {
		summary_free(s);
		w->room = 0;
		unknown_add(w, text);
		return;
	}
	for (size_t i = 1; i < s->n;) {
		if (same_action(&s->actions[i - 1], &s->actions[i]))
			drop(w, i);
		else
			i++;
	}
}

/* `cat a | sed -n 1,5p` reads lines of a: the range tells most, so show it. */
static void
range_show(struct work *w, const char *text)
{
	struct summary *s = &w->out;
	if (s->n != 1 || s->actions[0].kind != SUMMARY_READ || !w->pipe ||
		!w->sed)
		return;
	char *whole = strdup(text);
	w->failed = w->failed || !whole;
	free(s->actions[0].command);
	s->actions[0].command = whole;
}

static void
text_sum_up(struct work *w, const struct shell_commands *c, const char *text)
{
	size_t shown = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct shell_command *k = &c->items[i];
		w->pipe = w->pipe || k->join == SHELL_PIPE;
		w->sed = w->sed ||
			 (k->argc > 1 && strcmp(k->argv[0], "sed") == 0 &&
				 strcmp(k->argv[1], "-n") == 0);
	}
	for (size_t i = 0; i < c->n; i++) {
		const struct shell_command *k = &c->items[i];
		if (summary_is_helper(k->argc, k->argv))
			continue;
		shown++;
		if (strcmp(k->argv[0], "cd") == 0)
			change_dir(w, k->argc, k->argv);
		else
			command_add(w, k->argc, k->argv);
	}
	if (shown == 0)
		unknown_add(w, text);
	while (!w->failed && simplify(w))
		;
	if (!w->failed)
		range_show(w, text);
	if (!w->failed)
		settle(w, text);
}

static void
argv_sum_up(struct work *w, size_t argc, char *const *argv)
{
	struct buf text = { 0 };
	shquote_argv(&text, argc, argv);
	command_add(w, argc, argv);
	if (!w->failed)
		settle(w, buf_str(&text));
	w->failed = w->failed || buf_failed(&text);
	buf_free(&text);
}

int
summary_argv(
	size_t argc, char *const *argv, const char *cwd, struct summary *ret)
{
	struct work w = { 0 };
	struct shell_wrapper shell;
	struct shell_commands c = { 0 };
	int r = 0;
	buf_str_add(&w.cwd, cwd);
	if (shell_wrapper(argc, argv, &shell)) {
		r = shell_decompose(shell.script, strlen(shell.script),
			shell.dialect, &c, NULL);
		if (r == 0)
			text_sum_up(&w, &c, shell.script);
		else if (r == -EOPNOTSUPP)
			unknown_add(&w, shell.script);
	} else if (argc > 0) {
		argv_sum_up(&w, argc, argv);
	}
	shell_commands_free(&c);
	bool failed = r == -ENOMEM || w.failed || buf_failed(&w.cwd);
	buf_free(&w.cwd);
	if (failed) {
		summary_free(&w.out);
		return -ENOMEM;
	}
	*ret = w.out;
	return 0;
}
