/* SPDX-License-Identifier: Apache-2.0 */
/* judge_text.c -- shell text of a command, taken apart or looked into (room: user). */
#include "policy/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"

int
judge_open(struct judgement *j, size_t argc, char *const *argv)
{
	j->wrapper = shell_wrapper(argc, argv, &j->shell);
	if (!j->wrapper)
		return 0;
	int r = shell_decompose(j->shell.script, strlen(j->shell.script),
		j->shell.dialect, &j->commands, &j->why);
	j->opaque = r == -EOPNOTSUPP;
	return j->opaque ? 0 : r;
}

/* ---- text inside commands -------------------------------------------------- */

static struct judge_text *
note_one(struct judgement *j, const char *script, unsigned level)
{
	if (j->n_texts == JUDGE_TEXTS_MAX || level > JUDGE_LEVEL_MAX) {
		j->unread = true;
		return NULL;
	}
	j->texts[j->n_texts] =
		(struct judge_text){ .script = script, .level = level };
	return &j->texts[j->n_texts++];
}

/*
 * `((` is arithmetic for bash and zsh, and a subshell in a subshell for dash,
 * which is sh here: such a text is looked into both ways.
 */
static void
note_script(struct judgement *j, const char *script, bool sh, unsigned level)
{
	own_buf struct buf apart = { .max = 2 * (size_t)SHELL_TEXT_MAX };
	if (note_one(j, script, level) == NULL || !sh ||
		strstr(script, "((") == NULL)
		return;
	for (const char *p = script; *p != '\0'; p++) {
		buf_char(&apart, *p);
		if ((p[0] == '(' || p[0] == ')') && p[1] == p[0])
			buf_char(&apart, ' ');
	}
	char *own = buf_take(&apart);
	struct judge_text *t = own == NULL ? NULL : note_one(j, own, level);
	if (t == NULL) {
		free(own);
		j->unread = true;
		return;
	}
	t->own = own;
}

static bool
is_one_of(const char *word, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(shell_basename(word), names[i]) == 0)
			return true;
	return false;
}

/*
 * Shell text in other forms than the one that is taken apart: `dash -c TEXT`,
 * `bash -ec TEXT NAME`, `su -c TEXT`.  It can only forbid or ask, so the first
 * word behind an option with a c is enough; NULL: there is none.
 */
static const char *
loose_script(size_t argc, char *const *argv)
{
	static const char *const programs[] = { "sh", "bash", "zsh", "dash",
		"ash", "ksh", "mksh", "su", "runuser", "script", "flock" };
	bool text = false;

	if (!is_one_of(
		    argv[0], programs, sizeof(programs) / sizeof(programs[0])))
		return NULL;
	for (size_t i = 1; i < argc; i++) {
		const char *w = argv[i];

		if (w[0] != '-' && w[0] != '+') {
			if (text)
				return w;
		} else if (w[1] != '-') {
			text = text || strchr(w, 'c') != NULL;
		}
	}
	return NULL;
}

/* Note the text of argv, when it is shell text. */
static void
note_text(struct judgement *j, size_t argc, char *const *argv, unsigned level)
{
	struct shell_wrapper inner;
	const char *loose = loose_script(argc, argv);
	if (shell_wrapper(argc, argv, &inner))
		note_script(j, inner.script, inner.dialect == SHELL_SH, level);
	else if (loose)
		note_script(j, loose, true, level);
	else if (strcmp(argv[0], "trap") == 0 && argc > 1)
		note_script(j,
			argv[strcmp(argv[1], "--") == 0 && argc > 2 ? 2 : 1],
			true, level);
	else if (strcmp(argv[0], "eval") == 0)
		for (size_t i = 1; i < argc; i++)
			note_script(j, argv[i], true, level);
}

/* ... and of what argv would run. */
static void
note_texts(struct judgement *j, size_t argc, char *const *argv, unsigned level)
{
	size_t at[JUDGE_RUNS_MAX];
	size_t n = judge_runs(argc, argv, at);
	j->unread = j->unread || n == JUDGE_RUNS_MAX; /* there may be more */
	note_text(j, argc, argv, level);
	for (size_t i = 0; i < n; i++)
		note_text(j, argc - at[i], argv + at[i], level);
}

int
judge_look_into(struct judgement *j, size_t argc, char *const *argv)
{
	size_t from = j->n_texts;
	note_texts(j, argc, argv, 1);
	/* A list to do in place of a recursion. */
	for (size_t i = from; i < j->n_texts; i++) {
		struct judge_text *t = &j->texts[i];
		int r = shell_scan(
			t->script, strlen(t->script), &t->commands, NULL);
		if (r == -E2BIG)
			j->unread = true;
		else if (r < 0)
			return r;
		for (size_t k = 0; k < t->commands.n; k++)
			note_texts(j, t->commands.items[k].argc,
				t->commands.items[k].argv, t->level + 1);
	}
	return 0;
}

/* ---- commands inside commands ---------------------------------------------- */

/* Programs and builtins that run the words behind their options.  Data. */
static bool
runs_words(const char *word)
{
	static const char *const names[] = { "builtin", "busybox", "chronic",
		"chrt", "command", "coproc", "doas", "env", "exec", "ionice",
		"nice", "nocorrect", "noglob", "nohup", "parallel", "setpriv",
		"setsid", "stdbuf", "strace", "sudo", "systemd-run", "taskset",
		"time", "timeout", "toybox", "unshare", "watch", "xargs" };
	return is_one_of(word, names, sizeof(names) / sizeof(names[0]));
}

static size_t
find_runs(size_t argc, char *const *argv, size_t ret[JUDGE_RUNS_MAX])
{
	static const char *const actions[] = { "-exec", "-execdir", "-ok",
		"-okdir" };
	size_t n = 0;
	for (size_t i = 1; i + 1 < argc; i++)
		for (size_t k = 0; k < sizeof(actions) / sizeof(actions[0]);
			k++)
			if (strcmp(argv[i], actions[k]) == 0 &&
				n < JUDGE_RUNS_MAX)
				ret[n++] = i + 1;
	return n;
}

/*
 * Behind a program of the table: options, assignments and numbers are passed
 * over; a word behind an option may be its value or the command, so both it and
 * the next one are taken.
 */
size_t
judge_runs(size_t argc, char *const *argv, size_t ret[JUDGE_RUNS_MAX])
{
	size_t n = 0;
	bool option = false;
	if (strcmp(shell_basename(argv[0]), "find") == 0)
		return find_runs(argc, argv, ret);
	if (!runs_words(argv[0]))
		return 0;
	for (size_t i = 1; i < argc && n < JUDGE_RUNS_MAX; i++) {
		const char *w = argv[i];
		if (w[0] == '-' || strchr(w, '=') != NULL ||
			(w[0] >= '0' && w[0] <= '9')) {
			option = w[0] == '-';
			continue;
		}
		ret[n++] = i;
		if (!option && !runs_words(w))
			break;
		option = false;
	}
	return n;
}

/* ---- what changes the meaning of later words -------------------------------- */

struct shifter {
	const char *name;
	unsigned int shift;
	const char *option; /* NULL: always; else with a word that begins so */
};

/*
 * Builtins that change what later words name.  Data, and on the safe side: an
 * entry too many only makes an allow rule not count.
 */
static const struct shifter shifters[] = {
	{ "cd", RULES_SHIFT_DIR, NULL },
	{ "chdir", RULES_SHIFT_DIR, NULL },
	{ "pushd", RULES_SHIFT_DIR, NULL },
	{ "popd", RULES_SHIFT_DIR, NULL },
	{ ".", RULES_SHIFT_NAMES, NULL },
	{ "autoload", RULES_SHIFT_NAMES, NULL },
	{ "builtin", RULES_SHIFT_NAMES, NULL },
	{ "command", RULES_SHIFT_NAMES, NULL },
	{ "disable", RULES_SHIFT_NAMES, NULL },
	{ "eval", RULES_SHIFT_NAMES, NULL },
	{ "functions", RULES_SHIFT_NAMES, NULL },
	{ "getopts", RULES_SHIFT_NAMES, NULL },
	{ "let", RULES_SHIFT_NAMES, NULL },
	{ "mapfile", RULES_SHIFT_NAMES, NULL },
	{ "print", RULES_SHIFT_NAMES, "-" },
	{ "printf", RULES_SHIFT_NAMES, "-" },
	{ "read", RULES_SHIFT_NAMES, NULL },
	{ "readarray", RULES_SHIFT_NAMES, NULL },
	{ "source", RULES_SHIFT_NAMES, NULL },
	{ "trap", RULES_SHIFT_NAMES, NULL },
	{ "unhash", RULES_SHIFT_NAMES, NULL },
	{ "vared", RULES_SHIFT_NAMES, NULL },
	{ "wait", RULES_SHIFT_NAMES, "-" },
	{ "zmodload", RULES_SHIFT_NAMES, NULL },
	{ "zparseopts", RULES_SHIFT_NAMES, NULL },
};

unsigned int
judge_shift(size_t argc, char *const *argv)
{
	for (size_t i = 0; i < sizeof(shifters) / sizeof(shifters[0]); i++) {
		const struct shifter *s = &shifters[i];
		if (strcmp(argv[0], s->name) != 0)
			continue;
		if (s->option == NULL)
			return s->shift;
		return argc > 1 && argv[1][0] == s->option[0] ? s->shift : 0;
	}
	return 0;
}

bool
judge_is_text(size_t argc, char *const *argv)
{
	static const char *const shells[] = { "sh", "bash", "zsh", "dash",
		"ksh", "fish" };
	if (argc < 3 || argv[1][0] != '-' || strchr(argv[1], 'c') == NULL)
		return false;
	return is_one_of(argv[0], shells, sizeof(shells) / sizeof(shells[0]));
}
