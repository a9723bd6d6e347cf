/* SPDX-License-Identifier: Apache-2.0 */
/* shell_scan_key.c -- keywords open, turn and close frames (room: user). */
#include "policy/shell.h"

#include <string.h>

#include "policy/shell_list.h"
#include "policy/shell_machine.h"

/* Keywords that open a frame at the start of a command. */
struct opener {
	const char *word;
	enum frame_kind kind;
	bool wants; /* a command must come inside before anything else */
};

static const struct opener openers[] = {
	{ "if", F_IF, true },
	{ "while", F_LOOP, true },
	{ "until", F_LOOP, true },
	{ "for", F_FOR, false },
	{ "select", F_FOR, false },
	{ "case", F_CASE, false },
	{ "{", F_BRACE, true },
	{ "[[", F_TEST, false },
};

enum { CLOSES = -1 };

/* Keywords that end one phase of the open frame; phase_to CLOSES pops it. */
struct turn {
	const char *word;
	enum frame_kind kind;
	int phase;
	int phase_to;
};

static const struct turn turns[] = {
	{ "then", F_IF, 0, 1 },
	{ "elif", F_IF, 1, 0 },
	{ "else", F_IF, 1, 2 },
	{ "fi", F_IF, 1, CLOSES },
	{ "fi", F_IF, 2, CLOSES },
	{ "do", F_LOOP, 0, 1 },
	{ "done", F_LOOP, 1, CLOSES },
	{ "done", F_FOR, 1, CLOSES },
	{ "}", F_FOR, 2, CLOSES },
	{ "}", F_BRACE, 0, CLOSES },
	{ "esac", F_CASE, 2, CLOSES },
};

static const struct turn *
turn_find(const struct frame *f, const char *word)
{
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		if (turns[i].kind == f->kind && turns[i].phase == f->phase &&
			strcmp(turns[i].word, word) == 0)
			return &turns[i];
	return NULL;
}

static void
turn_take(struct scan *sc, const struct turn *t)
{
	struct frame *f = scan_top(sc);
	scan_word_reset(f);
	scan_command_end(sc);
	if (sc->reason)
		return;
	if (f->pending || (f->count == 0 && f->kind != F_CASE)) {
		scan_error(sc, "a keyword where a command must come");
		return;
	}
	if (t->phase_to == CLOSES) {
		scan_close_compound(sc);
		return;
	}
	f->phase = t->phase_to;
	f->count = 0;
	f->pending = true;
	f->join = SHELL_FIRST;
}

/* `function NAME [()]`: the body comes like any command. */
static void
function_take(struct scan *sc)
{
	while (scan_at(sc, 0) == ' ' || scan_at(sc, 0) == '\t')
		sc->pos++;
	size_t name = sc->pos;
	while (sc->pos < sc->len && !strchr(" \t\n;&|<>(){}", scan_at(sc, 0)))
		sc->pos++;
	if (sc->pos == name)
		scan_error(sc, "a function without a name");
	while (scan_at(sc, 0) == ' ' || scan_at(sc, 0) == '\t')
		sc->pos++;
	if (scan_is(sc, "()"))
		sc->pos += 2;
}

bool
scan_keyword(struct scan *sc, const char *word)
{
	struct frame *f = scan_top(sc);
	const struct turn *t = turn_find(f, word);
	if (t) {
		turn_take(sc, t);
		return true;
	}
	if (f->state != C_NONE)
		return false;
	if (strcmp(word, "!") == 0 || strcmp(word, "function") == 0) {
		bool function = word[0] == 'f';
		scan_word_reset(f);
		f->pending = true;
		if (function)
			function_take(sc);
		return true;
	}
	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		if (strcmp(openers[i].word, word) != 0)
			continue;
		scan_word_reset(f);
		struct frame *in = scan_push(sc, openers[i].kind);
		in->pending = openers[i].wants;
		in->compound = true;
		return true;
	}
	return false;
}
