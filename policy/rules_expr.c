/* SPDX-License-Identifier: Apache-2.0 */
/* rules_expr.c -- expressions to tree, without recursion (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/arena.h"
#include "policy/rules_ast.h"

/*
 * Theory.  The machine alternates between two states: a value must come
 * (EXPR_OPERAND), or one is there and what follows decides (EXPR_OPERATOR).
 * Everything that is still open, brackets and operators waiting for their right
 * side, lies on one stack of frames whose height is the only depth there is:
 * 100,000 brackets end at RULES_NEST_MAX with an error and no C stack is used.
 * An operator first closes the waiting ones that bind at least as strongly; a
 * token that is no operator closes all of them and is handed to the bracket
 * below (expr_delimiter()).
 */

enum precedence {
	PREC_NONE,
	PREC_OR,
	PREC_AND,
	PREC_NOT,
	PREC_COMPARE,
	PREC_PIPE,
	PREC_CARET,
	PREC_AMP,
	PREC_SHIFT,
	PREC_SUM,
	PREC_PRODUCT,
	PREC_UNARY,
};

static const uint8_t binary_prec[TK_MAX] = {
	[TK_OR] = PREC_OR,
	[TK_AND] = PREC_AND,
	[TK_EQ2] = PREC_COMPARE,
	[TK_NE] = PREC_COMPARE,
	[TK_LT] = PREC_COMPARE,
	[TK_GT] = PREC_COMPARE,
	[TK_LE] = PREC_COMPARE,
	[TK_GE] = PREC_COMPARE,
	[TK_IN] = PREC_COMPARE,
	[TK_NOT] = PREC_COMPARE, /* not in */
	[TK_PIPE] = PREC_PIPE,
	[TK_CARET] = PREC_CARET,
	[TK_AMP] = PREC_AMP,
	[TK_SHL] = PREC_SHIFT,
	[TK_SHR] = PREC_SHIFT,
	[TK_PLUS] = PREC_SUM,
	[TK_MINUS] = PREC_SUM,
	[TK_STAR] = PREC_PRODUCT,
	[TK_SLASH] = PREC_PRODUCT,
	[TK_SLASH2] = PREC_PRODUCT,
	[TK_PERCENT] = PREC_PRODUCT,
};

static const uint8_t literal_kind[TK_MAX] = {
	[TK_NAME] = N_NAME,
	[TK_INT] = N_INT,
	[TK_BIG] = N_BIG,
	[TK_FLOAT] = N_FLOAT,
	[TK_STR] = N_STR,
	[TK_BYTES] = N_BYTES,
	[TK_ELLIPSIS] = N_ELLIPSIS,
};

struct frame *
expr_top(struct parser *p)
{
	return &p->frames[p->n_frames - 1];
}

int
expr_push(struct parser *p, enum frame_kind kind, uint32_t begin)
{
	if (p->n_frames == RULES_NEST_MAX)
		return rules_fail(p->err, p->tok.at,
			"limit reached: more than %d brackets and operators "
			"open at once (depth)",
			RULES_NEST_MAX);
	p->frames[p->n_frames++] =
		(struct frame){ .kind = (uint8_t)kind, .begin = begin };
	return 0;
}

/* ---- closing what waits for its right side -------------------------------- */

static enum precedence
frame_prec(const struct frame *f)
{
	if (f->kind == F_UNARY)
		return f->op == TK_NOT ? PREC_NOT : PREC_UNARY;
	return f->kind == F_BINARY ? (enum precedence)binary_prec[f->op]
				   : PREC_NONE;
}

static void
close_operator(struct parser *p)
{
	const struct frame *f = expr_top(p);
	struct node *right = p->value;
	enum node_kind kind = N_BINARY;
	if (f->kind == F_UNARY)
		kind = f->op == TK_NOT ? N_NOT : N_UNARY;
	else if (f->op == TK_AND || f->op == TK_OR)
		kind = f->op == TK_AND ? N_AND : N_OR;
	struct node *n = parse_node(p, kind, f->begin, right->at.end);
	n->op = f->op;
	n->a = f->kind == F_UNARY ? right : f->node;
	n->b = f->kind == F_UNARY ? NULL : right;
	p->value = n;
	p->n_frames--;
}

static void
close_operators(struct parser *p, enum precedence least)
{
	while (frame_prec(expr_top(p)) >= least)
		close_operator(p);
}

/* Close everything down to the bracket, conditionals and lambdas as well. */
static int
close_all(struct parser *p)
{
	for (;;) {
		close_operators(p, PREC_OR);
		const struct frame *f = expr_top(p);
		struct node *n = f->node;
		if (f->kind == F_COND)
			return parse_unexpected(p, "keyword 'else'");
		if (f->kind == F_LAMBDA) {
			n->b = p->value;
			n->at.end = p->value->at.end;
		} else if (f->kind == F_ELSE) {
			n = parse_node(p, N_COND, f->begin, p->value->at.end);
			n->a = f->node;
			n->b = f->other;
			n->c = p->value;
		} else {
			return 0;
		}
		p->value = n;
		p->n_frames--;
	}
}

/* ---- operand --------------------------------------------------------------- */

/* "not" and "lambda" may not stand where only a tighter operand can. */
static bool
may_begin(struct parser *p, enum tok t)
{
	const struct frame *f = expr_top(p);
	if (t == TK_NOT)
		return frame_prec(f) <= PREC_NOT;
	return frame_prec(f) == PREC_NONE && f->kind != F_COND &&
	       f->kind != F_COMP_IN && f->kind != F_COMP_IF;
}

static int
operand_prefix(struct parser *p)
{
	if (p->tok.t == TK_NOT && !may_begin(p, TK_NOT))
		return parse_unexpected(p, "expression");
	if (expr_push(p, F_UNARY, p->tok.at.begin) < 0)
		return -EINVAL;
	expr_top(p)->op = (uint8_t)p->tok.t;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
}

static int
operand_lambda(struct parser *p)
{
	uint32_t begin = p->tok.at.begin;
	if (!may_begin(p, TK_LAMBDA))
		return parse_unexpected(p, "expression");
	if (expr_push(p, F_PARAMS, begin) < 0 || parse_advance(p) < 0)
		return -EINVAL;
	expr_top(p)->node = parse_node(p, N_LAMBDA, begin, begin);
	return EXPR_PARAM;
}

static int
operand_literal(struct parser *p)
{
	struct node *n = parse_node(
		p, literal_kind[p->tok.t], p->tok.at.begin, p->tok.at.end);
	if (p->tok.t == TK_INT)
		n->i = p->tok.i;
	else if (p->tok.t == TK_FLOAT)
		n->f = p->tok.f;
	else
		n->str = p->tok.str;
	p->value = n;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERATOR;
}

static int
operand_bracket(struct parser *p, enum frame_kind kind)
{
	if (expr_push(p, kind, p->tok.at.begin) < 0 || parse_advance(p) < 0)
		return -EINVAL;
	return expr_open(p);
}

static int
expr_operand(struct parser *p)
{
	switch (p->tok.t) {
	case TK_NAME:
	case TK_INT:
	case TK_BIG:
	case TK_FLOAT:
	case TK_STR:
	case TK_BYTES:
	case TK_ELLIPSIS: return operand_literal(p);
	case TK_FSTR: return expr_fstring(p);
	case TK_PLUS:
	case TK_MINUS:
	case TK_TILDE:
	case TK_NOT: return operand_prefix(p);
	case TK_LPAREN: return operand_bracket(p, F_PAREN);
	case TK_LBRACKET: return operand_bracket(p, F_LIST);
	case TK_LBRACE: return operand_bracket(p, F_DICT);
	case TK_LAMBDA: return operand_lambda(p);
	default: return parse_unexpected(p, "expression");
	}
}

/* ---- operator -------------------------------------------------------------- */

static int
operator_attr(struct parser *p)
{
	if (parse_advance(p) < 0)
		return -EINVAL;
	if (p->tok.t != TK_NAME)
		return parse_unexpected(p, "identifier");
	struct node *n =
		parse_node(p, N_ATTR, p->value->at.begin, p->tok.at.end);
	n->a = p->value;
	n->str = p->tok.str;
	p->value = n;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERATOR;
}

static int
operator_bracket(struct parser *p, enum frame_kind kind)
{
	struct node *n = parse_node(p, kind == F_CALL ? N_CALL : N_INDEX,
		p->value->at.begin, p->tok.at.end);
	n->a = p->value;
	if (expr_push(p, kind, n->at.begin) < 0 || parse_advance(p) < 0)
		return -EINVAL;
	expr_top(p)->node = n;
	return expr_open(p);
}

static int
operator_binary(struct parser *p)
{
	enum tok op = p->tok.t;
	enum precedence prec = (enum precedence)binary_prec[op];
	if (op == TK_NOT) {
		if (parse_advance(p) < 0)
			return -EINVAL;
		if (p->tok.t != TK_IN)
			return parse_unexpected(p, "keyword 'in'");
	}
	close_operators(p, prec + 1);
	if (prec == PREC_COMPARE && frame_prec(expr_top(p)) == PREC_COMPARE)
		return parse_unexpected(p,
			"end of expression (comparisons are not associative "
			"in Starlark)");
	close_operators(p, prec);
	struct node *left = p->value;
	if (expr_push(p, F_BINARY, left->at.begin) < 0)
		return -EINVAL;
	expr_top(p)->op = (uint8_t)op;
	expr_top(p)->node = left;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
}

static int
operator_if(struct parser *p)
{
	close_operators(p, PREC_OR);
	const struct frame *f = expr_top(p);
	if (f->kind == F_COMP_IN || f->kind == F_COMP_IF)
		return expr_delimiter(p);
	if (f->kind == F_COND)
		return parse_unexpected(p, "keyword 'else'");
	struct node *value = p->value;
	if (expr_push(p, F_COND, value->at.begin) < 0)
		return -EINVAL;
	expr_top(p)->node = value;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
}

static int
operator_else(struct parser *p)
{
	close_operators(p, PREC_OR);
	struct frame *f = expr_top(p);
	if (f->kind != F_COND)
		return close_all(p) < 0 ? -EINVAL : expr_delimiter(p);
	f->kind = F_ELSE;
	f->other = p->value;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
}

/* Is the nearest bracket a loop variable, which "in" ends? */
static bool
in_target(struct parser *p)
{
	uint32_t i = p->n_frames;
	while (i > 1 && p->frames[i - 1].kind <= F_LAMBDA &&
		p->frames[i - 1].kind != F_TOP)
		i--;
	return p->frames[i - 1].kind == F_TARGET;
}

static int
expr_operator(struct parser *p)
{
	enum tok t = p->tok.t;
	if (t == TK_DOT)
		return operator_attr(p);
	if (t == TK_LPAREN)
		return operator_bracket(p, F_CALL);
	if (t == TK_LBRACKET)
		return operator_bracket(p, F_INDEX);
	if (binary_prec[t] != PREC_NONE && !(t == TK_IN && in_target(p)))
		return operator_binary(p);
	if (t == TK_IF)
		return operator_if(p);
	if (t == TK_ELSE)
		return operator_else(p);
	return close_all(p) < 0 ? -EINVAL : expr_delimiter(p);
}

static int
expr_run(struct parser *p, int state)
{
	while (state >= 0 && state != EXPR_DONE) {
		if (state == EXPR_OPERAND)
			state = expr_operand(p);
		else if (state == EXPR_OPERATOR)
			state = expr_operator(p);
		else
			state = expr_param(p);
		if (p->arena->failed)
			state = rules_fail(p->err, p->tok.at,
				"limit reached: more than %d bytes of syntax "
				"(memory)",
				RULES_TREE_MAX);
	}
	return state < 0 ? state : 0;
}

int
parse_expr(struct parser *p, unsigned int flags, struct node **ret)
{
	p->n_frames = 0;
	if (expr_push(p, flags & EXPR_TARGET ? F_TARGET : F_TOP,
		    p->tok.at.begin) < 0)
		return -EINVAL;
	expr_top(p)->flags = (uint8_t)flags;
	if (expr_run(p, EXPR_OPERAND) < 0)
		return -EINVAL;
	*ret = p->value;
	return 0;
}

int
parse_params(struct parser *p, struct node *def)
{
	p->n_frames = 0;
	if (expr_push(p, F_PARAMS, p->tok.at.begin) < 0)
		return -EINVAL;
	expr_top(p)->node = def;
	return expr_run(p, EXPR_PARAM);
}
