/* SPDX-License-Identifier: Apache-2.0 */
/* shell_scan_word.c -- quotes, expansions and spans of text (room: user). */
#include "policy/shell.h"

#include <string.h>

#include "policy/shell_list.h"
#include "policy/shell_machine.h"

static void
word_add(struct scan *sc, char c)
{
	struct frame *f = scan_owner(sc);
	f->in_word = true;
	buf_char(&f->word, c);
}

static void
word_computed(struct scan *sc)
{
	struct frame *f = scan_owner(sc);
	f->in_word = true;
	f->dynamic = true;
}

static void
word_quoted(struct scan *sc)
{
	struct frame *f = scan_owner(sc);
	f->in_word = true;
	f->quoted = true;
}

/* Is the top frame text in which a single quote is itself? */
static bool
in_double(struct scan *sc)
{
	const struct frame *f = scan_top(sc);
	return f->kind == F_DOUBLE || f->kind == F_HEREDOC ||
	       (f->kind == F_PARAM && f->phase == 1);
}

static void
single_take(struct scan *sc)
{
	const char *from = sc->s + sc->pos + 1;
	const char *end = memchr(from, '\'', sc->len - sc->pos - 1);
	word_quoted(sc);
	if (!end) {
		scan_error(sc, "a quote without an end");
		return;
	}
	for (const char *p = from; p < end; p++)
		word_add(sc, *p);
	sc->pos = (size_t)(end - sc->s) + 1; /* end is inside s */
}

/* $'...': what it holds is computed from escapes. */
static void
ansi_take(struct scan *sc)
{
	word_computed(sc);
	for (sc->pos += 2; sc->pos < sc->len; sc->pos++) {
		char c = scan_at(sc, 0);
		if (c == '\\') {
			sc->pos++;
		} else if (c == '\'') {
			sc->pos++;
			return;
		}
	}
	scan_error(sc, "a quote without an end");
}

static void
dollar_take(struct scan *sc)
{
	bool within = in_double(sc);
	char next = scan_at(sc, 1);
	if (next == '\'' && !within) {
		ansi_take(sc);
		return;
	}
	word_computed(sc);
	if (scan_is(sc, "$((")) {
		sc->pos += 3;
		(void)scan_push(sc, F_ARITH);
	} else if (next == '(') {
		sc->pos += 2;
		(void)scan_push(sc, F_CMDSUB);
	} else if (next == '{') {
		sc->pos += 2;
		scan_push(sc, F_PARAM)->phase = within ? 1 : 0;
	} else if (next != '\0' && strchr("$#?!@*-", next)) {
		sc->pos += 2;
	} else {
		sc->pos++; /* the name goes on as letters of the word */
	}
}

static void
tick_take(struct scan *sc)
{
	bool open = false;
	for (size_t i = 0; i < sc->depth; i++)
		open = open || sc->frames[i].kind == F_TICK;
	sc->pos++;
	if (!open) {
		word_computed(sc);
		(void)scan_push(sc, F_TICK);
		return;
	}
	if (scan_top(sc)->kind == F_TICK)
		scan_command_end(sc);
	const struct frame *f = scan_top(sc);
	if (f->kind != F_TICK || f->pending)
		scan_error(sc, "a backtick in the middle of something");
	else if (!sc->reason)
		scan_pop(sc);
}

static void
backslash_take(struct scan *sc)
{
	struct frame *f = scan_owner(sc);
	char next = scan_at(sc, 1);
	bool drop = f->redirect >= R_HEREDOC ||
		    (scan_top(sc)->kind == F_DOUBLE && next != '\0' &&
			    strchr("\"\\$`", next));
	bool end = sc->pos + 1 >= sc->len;
	if (next == '\n') { /* joins the lines */
		sc->pos += 2;
		return;
	}
	if (f->redirect >= R_HEREDOC)
		word_quoted(sc);
	/*
	 * The raw text is kept: `\rm` is not found as rm.  That is what
	 * people know; the check is against accidents.
	 */
	if (!drop)
		word_add(sc, '\\');
	if (!end)
		word_add(sc, next);
	sc->pos += end ? 1 : 2;
}

bool
scan_part(struct scan *sc)
{
	switch (scan_at(sc, 0)) {
	case '\'':
		if (in_double(sc))
			return false;
		single_take(sc);
		return true;
	case '"':
		if (scan_top(sc)->kind == F_HEREDOC)
			return false;
		word_quoted(sc);
		sc->pos++;
		(void)scan_push(sc, F_DOUBLE);
		return true;
	case '$': dollar_take(sc); return true;
	case '`': tick_take(sc); return true;
	case '\\': backslash_take(sc); return true;
	default: return false;
	}
}

static void
span_close(struct scan *sc, size_t bytes)
{
	bool compound = scan_top(sc)->compound;
	sc->pos += bytes;
	if (!compound) {
		scan_pop(sc);
		return;
	}
	scan_close_compound(sc);
	/* Words inside were no words of the command around it. */
	scan_word_reset(scan_top(sc));
}

static bool
test_ends(const struct scan *sc)
{
	char before = ' ';
	if (sc->pos > 0)
		before = sc->s[sc->pos - 1];
	char behind = scan_at(sc, 2);
	return scan_is(sc, "]]") && strchr(" \t\n", before) &&
	       (behind == '\0' || strchr(" \t\n;&|)<>", behind));
}

/* Does this byte end the span (or one bracket in it)?  Then it is taken. */
static bool
span_ends(struct scan *sc, struct frame *f, char c)
{
	bool brackets = f->kind == F_ARITH || f->kind == F_GROUP;
	if (brackets && c == '(') {
		f->parens++;
		sc->pos++;
		return true;
	}
	if (brackets && c == ')') {
		size_t n = f->kind == F_ARITH ? 2 : 1;
		if (f->parens > 0) {
			f->parens--;
			sc->pos++;
		} else if (n == 2 && scan_at(sc, 1) != ')') {
			scan_error(
				sc, "an arithmetic expression without an end");
		} else {
			span_close(sc, n);
		}
		return true;
	}
	if ((f->kind == F_DOUBLE && c == '"') ||
		(f->kind == F_PARAM && c == '}')) {
		span_close(sc, 1);
		return true;
	}
	if (f->kind == F_TEST && test_ends(sc)) {
		span_close(sc, 2);
		return true;
	}
	return false;
}

void
scan_span_step(struct scan *sc)
{
	struct frame *f = scan_top(sc);
	char c = scan_at(sc, 0);
	if (f->kind == F_HEREDOC && sc->pos >= f->end) {
		sc->pos = f->resume;
		scan_pop(sc);
		scan_word_reset(scan_owner(sc));
		return;
	}
	if (span_ends(sc, f, c) || scan_part(sc))
		return;
	word_add(sc, c);
	sc->pos++;
}
