/* SPDX-License-Identifier: Apache-2.0 */
/* danger.c -- find forced removal behind wrappers (room: user). */
/*
 * A command is unwrapped word by word; shell text in an argument becomes a
 * layer of commands, judged before the search goes on below.  Layers nest at
 * most DANGER_WRAPPERS_MAX deep: what is wrapped more often is dangerous
 * because nobody wraps like that by accident.
 */
#include "policy/danger.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "policy/danger_table.h"
#include "policy/shell.h"

struct layer {
	struct shell_commands commands; /* owned */
	size_t next;
	unsigned level; /* wrappers around each command */
};

struct search {
	struct layer layers[DANGER_WRAPPERS_MAX + 2];
	size_t n;
	enum danger found;
	int error;
};

/* What unwrapping one command comes to. */
struct view {
	size_t argc;
	char *const *argv;
	const char *script; /* or text to be scanned */
};

static bool
program_dangerous(size_t argc, char *const *argv, enum danger *ret)
{
	const char *base = shell_basename(argv[0]);
	for (size_t k = 0; k < danger_programs_n; k++) {
		const struct danger_program *p = &danger_programs[k];
		if (strcmp(base, p->name) != 0)
			continue;
		for (size_t i = 1; i < argc; i++) {
			const char *w = argv[i];
			if (strcmp(w, "--") == 0)
				break;
			if (strcmp(w, p->long_option) == 0 ||
				(w[0] == '-' && w[1] != '-' &&
					strchr(w, p->letter))) {
				*ret = p->verdict;
				return true;
			}
		}
	}
	return false;
}

/* Words that an option of env takes: 0 when it is none we know. */
static size_t
env_option_words(const char *word)
{
	for (size_t i = 0; i < danger_env_options_n; i++) {
		const struct env_option *o = &danger_env_options[i];
		size_t n = strlen(o->word);
		if (strcmp(word, o->word) == 0)
			return o->value ? 2 : 1;
		if (!o->value || strncmp(word, o->word, n) != 0)
			continue;
		if (o->word[1] != '-' || word[n] == '=')
			return 1; /* -uNAME, --unset=NAME */
	}
	return 0;
}

/* Index of the command in the arguments of env; argc when there is none. */
static size_t
env_command(size_t argc, char *const *argv)
{
	size_t i = 1;
	while (i < argc) {
		const char *w = argv[i];
		if (strcmp(w, "--") == 0)
			return i + 1;
		if (w[0] != '-' && strchr(w, '=') == NULL)
			return i;
		size_t words = w[0] == '-' ? env_option_words(w) : 1;
		if (words == 0)
			return argc;
		i += words;
	}
	return argc;
}

static const char *
trap_action(size_t argc, char *const *argv)
{
	size_t i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
	if (i >= argc || (i == 1 && argv[i][0] == '-'))
		return NULL;
	return argv[i];
}

/* Take one wrapper off; false when argv is no wrapper. */
static bool
unwrap(struct view *v)
{
	struct shell_wrapper shell;
	const char *base = shell_basename(v->argv[0]);
	if (shell_wrapper(v->argc, v->argv, &shell)) {
		v->script = shell.script;
		return true;
	}
	for (size_t i = 0; i < danger_wrappers_n; i++) {
		if (strcmp(base, danger_wrappers[i].name) != 0)
			continue;
		size_t at = 1;
		if (danger_wrappers[i].kind == WRAPS_ACTION) {
			v->script = trap_action(v->argc, v->argv);
			return v->script != NULL;
		}
		if (danger_wrappers[i].kind == WRAPS_ENV)
			at = env_command(v->argc, v->argv);
		if (at >= v->argc)
			return false;
		v->argv += at;
		v->argc -= at;
		return true;
	}
	return false;
}

static void
layer_open(struct search *s, const char *script, size_t len, unsigned level)
{
	struct layer l = { .level = level };
	int r = shell_scan(script, len, &l.commands, NULL);
	if (r == -E2BIG)
		s->found = DANGER_OTHER; /* unread: ask rather than not */
	else if (r < 0)
		s->error = r;
	else
		s->layers[s->n++] = l;
}

static void
judge(struct search *s, size_t argc, char *const *argv, unsigned level)
{
	struct view v = { argc, argv, NULL };
	while (v.argc > 0 && unwrap(&v)) {
		if (++level > DANGER_WRAPPERS_MAX) {
			s->found = DANGER_OTHER;
			return;
		}
		if (v.script) {
			layer_open(s, v.script, strlen(v.script), level);
			return;
		}
	}
	if (v.argc > 0)
		(void)program_dangerous(v.argc, v.argv, &s->found);
}

static int
search_run(struct search *s, enum danger *ret)
{
	while (s->n > 0 && s->found == DANGER_NONE && s->error == 0) {
		struct layer *l = &s->layers[s->n - 1];
		if (l->next == l->commands.n) {
			shell_commands_free(&l->commands);
			s->n--;
			continue;
		}
		const struct shell_command *c = &l->commands.items[l->next++];
		judge(s, c->argc, c->argv, l->level);
	}
	while (s->n > 0)
		shell_commands_free(&s->layers[--s->n].commands);
	if (s->error != 0)
		return s->error;
	*ret = s->found;
	return 0;
}

int
danger_argv(size_t argc, char *const *argv, enum danger *ret)
{
	struct search s = { 0 };
	if (argc > 0)
		judge(&s, argc, argv, 0);
	return search_run(&s, ret);
}

int
danger_text(const char *script, size_t len, enum danger *ret)
{
	struct search s = { 0 };
	layer_open(&s, script, len, 0);
	return search_run(&s, ret);
}

const char *
danger_message(enum danger d)
{
	switch (d) {
	case DANGER_FORCED_RM:
		return "rm -f style commands are not permitted. "
		       "Use a safer approach";
	case DANGER_OTHER: return "blocked by policy";
	case DANGER_NONE: break;
	}
	return "not dangerous";
}
