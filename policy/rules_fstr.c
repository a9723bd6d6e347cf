/* SPDX-License-Identifier: Apache-2.0 */
/* rules_fstr.c -- format strings and parameters to tree (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/arena.h"
#include "policy/rules_ast.h"

/* ---- f"text {expression}" --------------------------------------------------- */

/*
 * The expressions inside are read by the same machine: the lexer is put on the
 * bytes between the braces, whose end looks like the end of a file, and put
 * back behind the string when all parts are read.
 */

static int
add_text(struct parser *p, struct frame *f, struct rules_span at)
{
	if (at.begin == at.end)
		return 0;
	const struct rstr *s = lexer_unescape(&p->lx, at, f->arg != 0, false);
	if (s == NULL)
		return -EINVAL;
	struct node *n = parse_node(p, N_STR, at.begin, at.end);
	n->str = s;
	chain_add(&f->chain, n);
	return 0;
}

static int
end_fstring(struct parser *p)
{
	struct frame *f = expr_top(p);
	p->lx = *f->saved;
	p->fstrings--;
	p->prev_end = f->node->at.end;
	p->value = f->node;
	p->value->a = f->chain.first;
	p->n_frames--;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERATOR;
}

/* Put the lexer on the expression that begins at `begin`. */
static int
enter_braces(struct parser *p, struct frame *f, uint32_t begin, uint32_t end)
{
	uint32_t close = begin;
	const char *t = p->lx.src->text;
	for (uint32_t open = 1; close < end; close++) {
		if (t[close] == '{')
			open++;
		else if (t[close] == '}' && --open == 0)
			break;
	}
	if (close >= end)
		return rules_fail(p->err, (struct rules_span){ begin - 1, end },
			"Parse error: unfinished string literal");
	f->scan = close + 1;
	p->lx.pos = begin;
	p->lx.end = close;
	p->lx.brackets = 1; /* new lines are blanks in here */
	p->lx.part = true;
	p->lx.line_start = p->lx.line_open = false;
	p->lx.n_indents = 1;
	p->lx.dedents = 0;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
}

/* From f->scan to the next expression or the end of the string. */
static int
next_part(struct parser *p)
{
	struct frame *f = expr_top(p);
	const char *t = p->lx.src->text;
	uint32_t end = f->node->b->at.end;
	uint32_t from = f->scan;
	for (uint32_t i = from; i < end; i++) {
		if (t[i] == '\\' && f->arg == 0 && i + 1 < end &&
			t[i + 1] != '{' && t[i + 1] != '}') {
			i++;
			continue;
		}
		if (t[i] != '{' && t[i] != '}')
			continue;
		bool twice = i + 1 < end && t[i + 1] == t[i];
		if (t[i] == '}' && !twice)
			return rules_fail(p->err,
				(struct rules_span){ i, i + 1 },
				"Parse error: invalid input `}`");
		struct rules_span text = { from, twice ? i + 1 : i };
		if (add_text(p, f, text) < 0)
			return -EINVAL;
		if (!twice)
			return enter_braces(p, f, i + 1, end);
		from = i + 2;
		i++;
	}
	if (add_text(p, f, (struct rules_span){ from, end }) < 0)
		return -EINVAL;
	return end_fstring(p);
}

int
expr_fstring(struct parser *p)
{
	struct token tok = p->tok;
	if (p->fstrings++ == RULES_FSTRING_MAX)
		return rules_fail(p->err, tok.at,
			"limit reached: more than %d format strings inside "
			"each other (depth)",
			RULES_FSTRING_MAX);
	if (expr_push(p, F_FSTR, tok.at.begin) < 0)
		return -EINVAL;
	struct frame *f = expr_top(p);
	f->saved = arena_alloc(p->arena, sizeof(*f->saved));
	if (f->saved == NULL)
		return EXPR_OPERATOR; /* the caller sees the arena */
	*f->saved = p->lx;
	f->node = parse_node(p, N_FSTR, tok.at.begin, tok.at.end);
	/* Only its place is used: where the text lies. */
	f->node->b = parse_node(p, N_NONE, tok.body.begin, tok.body.end);
	f->arg = tok.raw;
	f->scan = tok.body.begin;
	p->value = f->node;
	return next_part(p);
}

/* At the "!" of {x!r} and {x!s}. */
static int
conversion(struct parser *p)
{
	struct rules_span at = p->tok.at;
	if (parse_advance(p) < 0)
		return -EINVAL;
	bool shown = p->tok.t == TK_NAME && rstr_is(p->tok.str, "r");
	if (!shown && (p->tok.t != TK_NAME || !rstr_is(p->tok.str, "s")))
		return rules_fail(p->err, at,
			"invalid f-string conversion specifier, expected 's' "
			"or 'r'");
	if (shown) {
		struct node *n = parse_node(
			p, N_UNARY, p->value->at.begin, p->tok.at.end);
		n->op = TK_BANG;
		n->a = p->value;
		p->value = n;
	}
	return parse_advance(p);
}

int
expr_fstring_part(struct parser *p)
{
	struct frame *f = expr_top(p);
	if (p->tok.t == TK_BANG && conversion(p) < 0)
		return -EINVAL;
	if (p->tok.t != TK_EOF)
		return parse_unexpected(p, "f-string expression end '}'");
	chain_add(&f->chain, p->value);
	return next_part(p);
}

/* ---- parameters of lambda and def ------------------------------------------- */

enum param_order { ORDER_PLAIN, ORDER_DEFAULT, ORDER_STAR, ORDER_STAR2 };

static int
check_param(struct parser *p, struct frame *f, const struct node *n)
{
	if (f->names++ == RULES_NAMED_MAX)
		return rules_fail(p->err, n->at,
			"limit reached: more than %d parameters",
			RULES_NAMED_MAX);
	for (const struct node *o = f->chain.first; o != NULL && n->str != NULL;
		o = o->next)
		if (o->str != NULL && rstr_eq(o->str, n->str))
			return rules_fail(
				p->err, n->at, "duplicated parameter name");
	enum param_order order = n->arg == ARG_STAR    ? ORDER_STAR
				 : n->arg == ARG_STAR2 ? ORDER_STAR2
				 : n->a != NULL        ? ORDER_DEFAULT
						       : ORDER_PLAIN;
	if (order <= ORDER_DEFAULT && f->only_named && f->last < ORDER_STAR2)
		return 0; /* behind *, a default may come before none */
	if (order < f->last || (order >= ORDER_STAR && order == f->last))
		return rules_fail(p->err, n->at,
			order == ORDER_PLAIN
				? "positional parameter after non positional"
				: "misplaced or repeated parameter");
	f->last = (uint8_t)order;
	f->only_named = order == ORDER_STAR;
	return 0;
}

/* A parameter is complete: "," or the end. */
static int
end_param(struct parser *p)
{
	struct frame *f = expr_top(p);
	bool lambda = f->node->kind == N_LAMBDA;
	enum tok closer = lambda ? TK_COLON : TK_RPAREN;
	if (f->other != NULL) {
		if (check_param(p, f, f->other) < 0)
			return -EINVAL;
		chain_add(&f->chain, f->other);
		f->other = NULL;
		if (p->tok.t == TK_COMMA)
			return parse_advance(p) < 0 ? -EINVAL : EXPR_PARAM;
	}
	if (p->tok.t != closer)
		return parse_unexpected(
			p, lambda ? "symbol ':'" : "symbol ')'");
	f->node->a = f->chain.first;
	if (parse_advance(p) < 0)
		return -EINVAL;
	if (!lambda)
		return EXPR_DONE;
	f->kind = F_LAMBDA;
	return EXPR_OPERAND;
}

/* Behind the name, or behind the annotation: maybe "= default". */
static int
maybe_default(struct parser *p)
{
	struct frame *f = expr_top(p);
	if (p->tok.t != TK_EQ || f->other->arg != ARG_PLAIN)
		return end_param(p);
	f->dflt = true;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
}

int
expr_param(struct parser *p)
{
	struct frame *f = expr_top(p);
	enum tok t = p->tok.t;
	if (t == TK_COLON || t == TK_RPAREN)
		return end_param(p);
	f->other = parse_node(p, N_PARAM, p->tok.at.begin, p->tok.at.end);
	f->other->arg = t == TK_STAR    ? ARG_STAR
			: t == TK_STAR2 ? ARG_STAR2
					: ARG_PLAIN;
	f->dflt = false;
	if (t != TK_NAME && parse_advance(p) < 0)
		return -EINVAL;
	if (f->other->arg == ARG_PLAIN && t != TK_NAME)
		return parse_unexpected(p, "identifier");
	if (p->tok.t != TK_NAME) {
		if (t == TK_STAR && p->tok.t == TK_COMMA)
			return end_param(p); /* a bare * */
		return parse_unexpected(p, "identifier");
	}
	f->other->str = p->tok.str;
	if (parse_advance(p) < 0)
		return -EINVAL;
	if (p->tok.t == TK_COLON && f->node->kind == N_DEF)
		return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
	return maybe_default(p);
}

int
expr_param_value(struct parser *p)
{
	struct frame *f = expr_top(p);
	if (f->dflt) {
		f->other->a = p->value;
		return end_param(p);
	}
	f->other->b = p->value;
	return maybe_default(p);
}
