/* SPDX-License-Identifier: Apache-2.0 */
/* shell_scan_list.c -- blanks, operators and redirections (room: user). */
#include "policy/shell.h"

#include <string.h>

#include "policy/shell_list.h"
#include "policy/shell_machine.h"

static bool
blank_before_close(const struct scan *sc, size_t *ret_ahead)
{
	size_t i = 1;
	while (scan_at(sc, i) == ' ' || scan_at(sc, i) == '\t')
		i++;
	*ret_ahead = i + 1;
	return scan_at(sc, i) == ')';
}

/* `(` behind the start of a word: array, extended glob; false if neither. */
static bool
group_open(struct scan *sc, struct frame *f)
{
	if (!f->in_word || f->word.len == 0)
		return false;
	const char *word = buf_str(&f->word);
	char last = word[f->word.len - 1];
	bool array =
		f->state == C_NONE && last == '=' && scan_is_assignment(word);
	if (!array && !strchr("?*+@!", last))
		return false;
	f->dynamic = f->dynamic || !array;
	sc->pos++;
	(void)scan_push(sc, F_GROUP);
	return true;
}

/*
 * `((`: arithmetic if the inner bracket closes right before another one, else
 * two subshells.  Quotes hide brackets.
 */
static bool
arithmetic_ahead(const struct scan *sc)
{
	size_t open = 0;
	char quote = '\0';
	for (size_t i = sc->pos + 1; i < sc->len; i++) {
		char c = sc->s[i];
		if (c == '\\' && quote != '\'') {
			i++;
		} else if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (c == '(') {
			open++;
		} else if (c == ')' && --open == 0) {
			return i + 1 < sc->len && sc->s[i + 1] == ')';
		}
	}
	return false;
}

static void
paren_open(struct scan *sc)
{
	struct frame *f = scan_top(sc);
	size_t ahead = 0;
	if (group_open(sc, f))
		return;
	scan_word_end(sc);
	f = scan_top(sc);
	if (f->kind == F_CASE && f->phase == 1) {
		sc->pos++;
	} else if (scan_is(sc, "((") && f->state == C_NONE &&
		   arithmetic_ahead(sc)) {
		bool header = f->kind == F_FOR && f->phase == 0;
		sc->pos += 2;
		scan_push(sc, F_ARITH)->compound = !header;
	} else if (f->state == C_NONE && !f->bare) {
		sc->pos++;
		scan_push(sc, F_PAREN)->pending = true;
	} else if (f->state == C_WORDS && f->draft.argc <= 1 &&
		   blank_before_close(sc, &ahead)) {
		/* NAME (): a function; its body comes like any command. */
		sc->pos += ahead;
		shell_draft_clear(&f->draft);
		f->state = C_NONE;
		f->dynamic_name = false;
		f->pending = true;
	} else {
		scan_error(sc, "a parenthesis out of place");
	}
}

static void
paren_close(struct scan *sc)
{
	scan_word_end(sc);
	struct frame *f = scan_top(sc);
	if (f->kind == F_CASE && f->phase == 1) {
		f->phase = 2;
		f->count = 0;
		f->pending = false;
		sc->pos++;
		return;
	}
	if (f->kind != F_PAREN && f->kind != F_CMDSUB) {
		scan_error(sc, "a parenthesis out of place");
		return;
	}
	scan_command_end(sc);
	sc->pos++;
	if (sc->reason)
		return;
	if (f->pending)
		scan_error(sc, "an operator without a command behind");
	else if (f->kind == F_PAREN)
		scan_close_compound(sc);
	else
		scan_pop(sc);
}

static void
semicolon(struct scan *sc)
{
	bool stray = scan_is(sc, ";;") && scan_top(sc)->kind == F_TOP;
	if (stray || (!scan_is(sc, ";;") && !scan_is(sc, ";&"))) {
		/* `rm -f x;;` runs in no shell; found all the same. */
		sc->pos += stray ? 2 : 1;
		scan_separator(sc, SHELL_SEQ, false);
		return;
	}
	scan_command_end(sc);
	struct frame *f = scan_top(sc);
	if (f->kind != F_CASE || f->phase != 2 || f->pending)
		scan_error(sc, "an operator out of place");
	f->phase = 1;
	f->header = 0;
	sc->pos += scan_is(sc, ";;&") ? 3 : 2;
}

struct redirection {
	const char *text;
	enum redirect kind;
};

/* Longest first. */
static const struct redirection redirections[] = {
	{ "&>>", R_TARGET },
	{ "<<<", R_TARGET },
	{ "<<-", R_HEREDOC_TABS },
	{ "&>", R_TARGET },
	{ "<<", R_HEREDOC },
	{ ">>", R_TARGET },
	{ "<&", R_TARGET },
	{ ">&", R_TARGET },
	{ ">|", R_TARGET },
	{ "<>", R_TARGET },
	{ "<", R_TARGET },
	{ ">", R_TARGET },
};

static void
redirect(struct scan *sc)
{
	struct frame *f = scan_top(sc);
	if (scan_is(sc, "<(") || scan_is(sc, ">(")) {
		f->in_word = true;
		f->dynamic = true;
		sc->pos += 2;
		(void)scan_push(sc, F_CMDSUB);
		return;
	}
	const char *word = buf_str(&f->word);
	bool number = f->in_word && !f->quoted && !f->dynamic &&
		      word[strspn(word, "0123456789")] == '\0';
	if (number && scan_at(sc, 0) != '&')
		scan_word_reset(f);
	else
		scan_word_end(sc);
	f = scan_top(sc);
	if (f->redirect != R_NONE || (f->kind == F_FOR && f->phase == 0) ||
		(f->kind == F_CASE && f->phase < 2)) {
		scan_error(sc, "a redirection out of place");
		return;
	}
	for (size_t i = 0; i < sizeof(redirections) / sizeof(redirections[0]);
		i++) {
		if (!scan_is(sc, redirections[i].text))
			continue;
		f->redirect = redirections[i].kind;
		sc->pos += strlen(redirections[i].text);
		return;
	}
}

static void
ampersand(struct scan *sc)
{
	bool twice = scan_is(sc, "&&");
	if (scan_is(sc, "&>")) {
		redirect(sc);
		return;
	}
	sc->pos += twice ? 2 : 1;
	scan_separator(sc, twice ? SHELL_AND : SHELL_SEQ, twice);
}

static void
bar(struct scan *sc)
{
	bool twice = scan_is(sc, "||");
	scan_word_end(sc);
	const struct frame *f = scan_top(sc);
	sc->pos += twice || scan_is(sc, "|&") ? 2 : 1;
	if (f->kind == F_CASE && f->phase == 1)
		return; /* between patterns */
	scan_separator(sc, twice ? SHELL_OR : SHELL_PIPE, true);
}

static void
operator_take(struct scan *sc)
{
	switch (scan_at(sc, 0)) {
	case '(': paren_open(sc); break;
	case ')': paren_close(sc); break;
	case ';': semicolon(sc); break;
	case '&': ampersand(sc); break;
	case '|': bar(sc); break;
	default: redirect(sc); break;
	}
}

void
scan_list_step(struct scan *sc)
{
	struct frame *f = scan_top(sc);
	char c = scan_at(sc, 0);
	if ((c == ' ' || c == '\t') && f->in_word) {
		scan_word_end(sc); /* a keyword may read on from here */
	} else if (c == ' ' || c == '\t') {
		sc->pos++;
	} else if (c == '\n') {
		scan_newline(sc);
	} else if (c == '#' && !f->in_word) {
		while (sc->pos < sc->len && sc->s[sc->pos] != '\n')
			sc->pos++;
	} else if (c != '\0' && strchr(";&|<>()", c)) {
		operator_take(sc);
	} else if (!scan_part(sc)) {
		f->in_word = true;
		buf_char(&f->word, c);
		sc->pos++;
	}
}
