/* SPDX-License-Identifier: Apache-2.0 */
/* rules_fmt.c -- a rules text in house form (room: user). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/buf.h"
#include "policy/rules_ast.h"
#include "policy/rules_cli.h"

/*
 * Words are copied as they are, only what lies between them is made anew: line
 * breaks and comments stay, blanks and indentation become regular.  At the end
 * both texts are read again and must have the same words.
 */

enum { FMT_INDENT = 4 };

struct fmt {
	struct buf *out;
	const struct rules_src *src;
	uint32_t blocks;   /* open ones */
	uint32_t brackets; /* open ones */
	enum tok prev;
	bool prev_unary; /* the word before was a sign, not an operator */
	bool line_start;
};

static bool
ends_operand(enum tok t)
{
	return (t >= TK_NAME && t <= TK_FSTR) || t == TK_RPAREN ||
	       t == TK_RBRACKET || t == TK_RBRACE || t == TK_ELLIPSIS;
}

static bool
is_closer(enum tok t)
{
	return t == TK_RPAREN || t == TK_RBRACKET || t == TK_RBRACE;
}

static bool
is_opener(enum tok t)
{
	return t == TK_LPAREN || t == TK_LBRACKET || t == TK_LBRACE;
}

static bool
is_sign(enum tok t)
{
	return t == TK_MINUS || t == TK_PLUS || t == TK_TILDE || t == TK_STAR ||
	       t == TK_STAR2;
}

/* Is there a blank between the word before and t? */
static bool
want_blank(const struct fmt *f, enum tok t)
{
	enum tok p = f->prev;
	if (is_opener(p) || p == TK_DOT || f->prev_unary)
		return false;
	if (is_closer(t) || t == TK_COMMA || t == TK_COLON || t == TK_SEMI ||
		t == TK_DOT)
		return false;
	if ((t == TK_LPAREN || t == TK_LBRACKET) && ends_operand(p))
		return false; /* a call, an index */
	if ((t == TK_EQ || p == TK_EQ) && f->brackets > 0)
		return false; /* name=value */
	return true;
}

static void
indent(struct fmt *f, enum tok t)
{
	uint32_t n = f->blocks + f->brackets;
	if (is_closer(t) && n > 0)
		n--;
	for (uint32_t i = 0; i < n * FMT_INDENT; i++)
		buf_char(f->out, ' ');
	f->line_start = false;
}

static void
trim_blanks(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

/* One comment, up to its line end. */
static uint32_t
put_comment(struct fmt *f, uint32_t i, uint32_t end)
{
	const char *t = f->src->text;
	uint32_t stop = i;
	while (stop < end && t[stop] != '\n')
		stop++;
	if (f->line_start)
		indent(f, TK_EOF);
	else if (f->out->len > 0)
		buf_str_add(f->out, "  ");
	uint32_t len = stop - i;
	while (len > 0 && (t[i + len - 1] == ' ' || t[i + len - 1] == '\r'))
		len--;
	buf_add(f->out, t + i, len);
	return stop;
}

/* What lies between two words: comments, and at most one empty line. */
static void
put_gap(struct fmt *f, uint32_t from, uint32_t to)
{
	const char *t = f->src->text;
	for (uint32_t i = from; i < to; i++) {
		if (t[i] == '#') {
			i = put_comment(f, i, to);
			f->line_start = false;
		}
		if (i < to && t[i] == '\\') {
			buf_str_add(f->out, " \\");
		} else if (i < to && t[i] == '\n') {
			size_t n = f->out->len;
			bool empty = n > 1 && f->out->data[n - 1] == '\n' &&
				     f->out->data[n - 2] == '\n';
			trim_blanks(f->out);
			if (n > 0 && !empty)
				buf_char(f->out, '\n');
			f->line_start = true;
		}
	}
}

static void
put_word(struct fmt *f, const struct token *tok)
{
	if (f->line_start)
		indent(f, tok->t);
	else if (f->prev != TK_EOF && want_blank(f, tok->t))
		buf_char(f->out, ' ');
	buf_add(f->out, f->src->text + tok->at.begin,
		tok->at.end - tok->at.begin);
	f->prev_unary = is_sign(tok->t) && !ends_operand(f->prev);
	f->prev = tok->t;
	if (is_opener(tok->t))
		f->brackets++;
	if (is_closer(tok->t) && f->brackets > 0)
		f->brackets--;
}

static int
put_all(struct fmt *f, struct arena *a, struct rules_error *err)
{
	struct lexer lx;
	struct token tok;
	uint32_t end = 0;
	lexer_init(&lx, f->src, a, err);
	do {
		if (lexer_next(&lx, &tok) < 0)
			return -EINVAL;
		if (tok.t == TK_INDENT) {
			f->blocks++;
			continue;
		}
		if (tok.t == TK_DEDENT) {
			f->blocks--;
			continue;
		}
		if (tok.t == TK_NEWLINE || tok.t == TK_EOF) {
			put_gap(f, end, tok.at.begin);
			if (tok.t == TK_NEWLINE && !f->line_start)
				buf_char(f->out, '\n');
			f->line_start = true;
			f->prev = TK_EOF;
			end = tok.at.end;
			continue;
		}
		put_gap(f, end, tok.at.begin);
		put_word(f, &tok);
		end = tok.at.end;
	} while (tok.t != TK_EOF);
	while (f->out->len > 1 && f->out->data[f->out->len - 2] == '\n')
		f->out->data[--f->out->len] = '\0';
	return 0;
}

/* Do both texts have the same words? */
static bool
same_words(const struct rules_src *a, const struct rules_src *b,
	struct arena *arena)
{
	own_rules_error struct rules_error ea = { .src = *a };
	own_rules_error struct rules_error eb = { .src = *b };
	struct lexer la;
	struct lexer lb;
	struct token ta;
	struct token tb;
	lexer_init(&la, a, arena, &ea);
	lexer_init(&lb, b, arena, &eb);
	do {
		if (lexer_next(&la, &ta) < 0 || lexer_next(&lb, &tb) < 0)
			return false;
		uint32_t n = ta.at.end - ta.at.begin;
		if (ta.t != tb.t)
			return false;
		if (ta.t >= TK_NAME &&
			(n != tb.at.end - tb.at.begin ||
				memcmp(a->text + ta.at.begin,
					b->text + tb.at.begin, n) != 0))
			return false;
	} while (ta.t != TK_EOF);
	return true;
}

int
rules_format(
	struct buf *out, const struct rules_src *src, struct rules_error *err)
{
	own_arena struct arena a = { .max = RULES_TREE_MAX };
	struct node *tree = NULL;
	err->src = *src;
	if (rules_parse(src, &a, err, &tree) < 0)
		return -EINVAL;
	struct fmt f = { .out = out, .src = src, .line_start = true };
	if (put_all(&f, &a, err) < 0)
		return -EINVAL;
	if (buf_failed(out))
		return rules_fail_plain(err, "out of memory");
	struct rules_src made = { src->name, buf_str(out), (uint32_t)out->len };
	own_arena struct arena b = { .max = RULES_TREE_MAX };
	if (!same_words(src, &made, &b))
		return rules_fail_plain(
			err, "cannot be formatted without changing it");
	return 0;
}
