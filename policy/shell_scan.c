/* SPDX-License-Identifier: Apache-2.0 */
/* shell_scan.c -- every literal command of a shell text (room: user). */
/*
 * A reader of the shell language that errs towards finding commands.  It is
 * used for questions whose answer can only restrict, so it need not be exact;
 * it has to be total, bounded, and never recursive.
 */
#include "policy/shell.h"

#include <errno.h>
#include <string.h>

#include "policy/shell_list.h"
#include "policy/shell_machine.h"

struct frame *
scan_top(struct scan *sc)
{
	return &sc->frames[sc->depth - 1];
}

bool
frame_is_span(const struct frame *f)
{
	return f->kind >= F_DOUBLE;
}

struct frame *
scan_owner(struct scan *sc)
{
	size_t i = sc->depth - 1;
	while (i > 0 && frame_is_span(&sc->frames[i]))
		i--;
	return &sc->frames[i];
}

struct frame *
scan_push(struct scan *sc, enum frame_kind kind)
{
	if (sc->depth == SHELL_DEPTH_MAX) {
		sc->too_deep = true;
		scan_error(sc, "nested too deeply");
		return scan_top(sc);
	}
	struct frame *f = &sc->frames[sc->depth++];
	/* The memory of a frame that was here before is used again. */
	struct buf word = f->word;
	struct shell_draft draft = f->draft;
	word.len = 0;
	shell_draft_clear(&draft);
	*f = (struct frame){ .kind = kind, .word = word, .draft = draft };
	return f;
}

void
scan_pop(struct scan *sc)
{
	if (sc->depth > 1)
		sc->depth--;
}

void
scan_error(struct scan *sc, const char *reason)
{
	if (!sc->reason)
		sc->reason = reason;
}

char
scan_at(const struct scan *sc, size_t ahead)
{
	if (ahead >= sc->len - sc->pos)
		return '\0';
	return sc->s[sc->pos + ahead];
}

bool
scan_is(const struct scan *sc, const char *text)
{
	size_t n = strlen(text);
	return n <= sc->len - sc->pos && memcmp(sc->s + sc->pos, text, n) == 0;
}

/* The text is over: everything that was opened must be closed. */
static void
scan_finish(struct scan *sc)
{
	if (!frame_is_span(scan_top(sc)))
		scan_word_end(sc); /* may be the keyword that closes it */
	if (sc->reason)
		return;
	if (sc->depth == 1)
		scan_command_end(sc);
	if (sc->depth > 1)
		scan_error(sc, "a construct without an end");
	else if (scan_top(sc)->pending)
		scan_error(sc, "an operator without a command behind");
}

static void
scan_run(struct scan *sc)
{
	(void)scan_push(sc, F_TOP);
	while (sc->pos < sc->len && !sc->reason) {
		if (frame_is_span(scan_top(sc)))
			scan_span_step(sc);
		else
			scan_list_step(sc);
	}
	/* A here-document may end with the text. */
	while (!sc->reason && scan_top(sc)->kind == F_HEREDOC) {
		scan_pop(sc);
		scan_word_reset(scan_owner(sc));
	}
	if (!sc->reason)
		scan_finish(sc);
}

static bool
scan_out_of_memory(const struct scan *sc)
{
	bool failed = buf_failed(&sc->delims);
	for (size_t i = 0; i < SHELL_DEPTH_MAX; i++)
		failed = failed || buf_failed(&sc->frames[i].word);
	return failed;
}

static void
scan_free(struct scan *sc)
{
	for (size_t i = 0; i < SHELL_DEPTH_MAX; i++) {
		buf_free(&sc->frames[i].word);
		shell_draft_free(&sc->frames[i].draft);
	}
	buf_free(&sc->delims);
	shell_list_free(&sc->list);
}

int
shell_scan(const char *script, size_t len, struct shell_commands *ret,
	struct shell_why *why)
{
	struct scan sc = { .s = script, .len = len };
	if (len > SHELL_TEXT_MAX) {
		shell_why_set(why, "too long", script, 0);
		return -E2BIG;
	}
	/* No argument holds a NUL; a word with one could not be kept whole. */
	if (memchr(script, '\0', len) != NULL)
		sc.reason = "a NUL byte";
	else
		scan_run(&sc);
	int r = sc.too_deep ? -E2BIG : sc.reason ? 1 : 0;
	if (sc.reason) {
		size_t at = sc.pos < len ? sc.pos : len;
		shell_why_set(why, sc.reason, script, at);
		shell_list_cut(&sc.list, sc.kept);
	}
	if (scan_out_of_memory(&sc))
		r = -ENOMEM;
	if (r >= 0) {
		int taken = shell_list_take(&sc.list, ret);
		r = taken < 0 ? taken : r;
	}
	scan_free(&sc);
	return r;
}
