/* SPDX-License-Identifier: Apache-2.0 */
/* shell_scan_command.c -- words become commands (room: user). */
#include "policy/shell.h"

#include <string.h>

#include "policy/shell_list.h"
#include "policy/shell_machine.h"

void
scan_word_reset(struct frame *f)
{
	f->word.len = 0;
	f->in_word = false;
	f->dynamic = false;
	f->quoted = false;
}

bool
scan_is_assignment(const char *word)
{
	size_t n = 0;
	while (word[n] == '_' || (word[n] >= '0' && word[n] <= '9') ||
		((word[n] | 0x20) >= 'a' && (word[n] | 0x20) <= 'z'))
		n++;
	if (n == 0 || (word[0] >= '0' && word[0] <= '9'))
		return false;
	if (word[n] == '[')
		return strstr(word + n, "]=") || strstr(word + n, "]+=");
	return word[n] == '=' || (word[n] == '+' && word[n + 1] == '=');
}

static void
heredoc_note(struct scan *sc, struct frame *f)
{
	if (sc->n_heredocs == SCAN_HEREDOCS_MAX) {
		scan_error(sc, "too many here-documents");
		return;
	}
	sc->heredocs[sc->n_heredocs++] = (struct heredoc){
		.start = sc->delims.len,
		.quoted = f->quoted,
		.tabs = f->redirect == R_HEREDOC_TABS,
	};
	buf_add(&sc->delims, buf_str(&f->word), f->word.len);
	buf_char(&sc->delims, '\0');
}

/* A word of the header of for, select or case: only the shape matters. */
static void
header_word(struct scan *sc, struct frame *f)
{
	const char *word = buf_str(&f->word);
	bool plain = !f->quoted && !f->dynamic;
	f->header++;
	if (f->kind == F_CASE && f->phase == 0 && f->header == 2) {
		if (!plain || strcmp(word, "in") != 0)
			scan_error(sc, "a case without in");
		f->phase = 1;
		f->header = 0;
	} else if (f->kind == F_CASE && f->phase == 1 && f->header == 1 &&
		   plain && strcmp(word, "esac") == 0) {
		scan_word_reset(f);
		scan_close_compound(sc);
		return;
	} else if (f->kind == F_FOR && plain &&
		   (strcmp(word, "do") == 0 || strcmp(word, "{") == 0) &&
		   (f->separated || f->header == 2)) {
		/* The body of `for ...; { ...; }` ends with a brace. */
		f->phase = word[0] == '{' ? 2 : 1;
		f->pending = true;
		f->count = 0;
	}
	f->separated = false;
	scan_word_reset(f);
}

static void
plain_word(struct scan *sc, struct frame *f)
{
	const char *word = buf_str(&f->word);
	bool literal = !f->dynamic;
	if (f->state != C_WORDS && !f->bare && literal && !f->quoted &&
		scan_keyword(sc, word))
		return; /* the keyword may have pushed or popped a frame */
	if (f->state == C_DONE) {
		scan_error(sc, "a word behind a compound command");
		return;
	}
	f->pending = false;
	if (f->state == C_NONE && scan_is_assignment(word)) {
		scan_word_reset(f);
		f->bare = true;
		return;
	}
	if (f->state == C_NONE)
		f->dynamic_name = !literal;
	f->state = C_WORDS;
	if (literal)
		shell_draft_word(&f->draft, word, f->word.len);
	scan_word_reset(f);
}

void
scan_word_end(struct scan *sc)
{
	struct frame *f = scan_top(sc);
	if (!f->in_word)
		return;
	if (f->redirect != R_NONE) {
		if (f->redirect != R_TARGET)
			heredoc_note(sc, f);
		f->redirect = R_NONE;
		f->bare = true;
		scan_word_reset(f);
		return;
	}
	if ((f->kind == F_CASE && f->phase < 2) ||
		(f->kind == F_FOR && f->phase == 0))
		header_word(sc, f);
	else
		plain_word(sc, f);
}

void
scan_command_end(struct scan *sc)
{
	scan_word_end(sc);
	struct frame *f = scan_top(sc);
	if (sc->reason)
		return;
	if (f->redirect != R_NONE)
		scan_error(sc, "a redirection without a target");
	if (f->state == C_WORDS && !f->dynamic_name)
		shell_list_add(&sc->list, f->join, &f->draft);
	if (f->state != C_NONE || f->bare) {
		f->count++;
		f->pending = false;
	}
	shell_draft_clear(&f->draft);
	f->state = C_NONE;
	f->bare = false;
	f->dynamic_name = false;
}

/* ; & && || | |& : something must stand before it. */
void
scan_separator(struct scan *sc, enum shell_join join, bool needs_more)
{
	scan_word_end(sc);
	struct frame *f = scan_top(sc);
	bool header = (f->kind == F_FOR && f->phase == 0);
	if (header) {
		f->separated = true;
		return;
	}
	bool something = f->state != C_NONE || f->bare;
	if (!something || (f->kind == F_CASE && f->phase < 2)) {
		scan_error(sc, "an operator without a command before");
		return;
	}
	scan_command_end(sc);
	f->join = join;
	f->pending = needs_more;
}

void
scan_close_compound(struct scan *sc)
{
	scan_pop(sc);
	struct frame *below = scan_top(sc);
	below->state = C_DONE;
	below->pending = false;
}

/* Where the body of a here-document that starts at pos ends. */
static void
heredoc_span(const struct scan *sc, const struct heredoc *h, struct frame *f)
{
	const char *delim = sc->delims.data + h->start;
	size_t n = strlen(delim);
	for (size_t at = sc->pos; at < sc->len;) {
		const char *line = sc->s + at;
		const char *nl = memchr(line, '\n', sc->len - at);
		size_t whole = nl ? (size_t)(nl - line) : sc->len - at;
		size_t skip = 0;
		while (h->tabs && skip < whole && line[skip] == '\t')
			skip++;
		size_t next = at + whole + (nl ? 1 : 0);
		if (whole - skip == n && memcmp(line + skip, delim, n) == 0) {
			f->end = at;
			f->resume = next;
			return;
		}
		at = next;
	}
	f->end = sc->len; /* a shell warns and takes the rest */
	f->resume = sc->len;
}

/*
 * Bodies follow the line that announced them.  One with expansions becomes a
 * frame; frames are pushed last first, so that the first is read first.  To
 * know where each starts the ends are found first.
 */
static void
heredocs_open(struct scan *sc)
{
	struct frame spans[SCAN_HEREDOCS_MAX] = { 0 };
	size_t starts[SCAN_HEREDOCS_MAX] = { 0 };
	size_t n = sc->n_heredocs, from = sc->pos;
	for (size_t i = 0; i < n; i++) {
		starts[i] = sc->pos;
		heredoc_span(sc, &sc->heredocs[i], &spans[i]);
		sc->pos = spans[i].resume;
	}
	for (size_t i = n; i-- > 0;) {
		struct frame *f = scan_push(sc, F_HEREDOC);
		f->end = sc->heredocs[i].quoted ? starts[i] : spans[i].end;
		f->resume = spans[i].resume;
	}
	sc->pos = from;
	sc->n_heredocs = 0;
	sc->delims.len = 0;
}

void
scan_newline(struct scan *sc)
{
	scan_word_end(sc);
	struct frame *f = scan_top(sc);
	sc->pos++;
	if (sc->reason)
		return;
	if (f->kind == F_FOR && f->phase == 0) {
		f->separated = true;
	} else if (f->kind != F_CASE || f->phase == 2) {
		bool more = f->pending && f->state == C_NONE;
		scan_command_end(sc);
		if (!more)
			f->join = SHELL_SEQ;
		if (sc->depth == 1 && !more)
			sc->kept = sc->list.n;
	}
	if (sc->n_heredocs > 0 && !sc->reason)
		heredocs_open(sc);
}
