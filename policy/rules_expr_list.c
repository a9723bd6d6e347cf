/* SPDX-License-Identifier: Apache-2.0 */
/* rules_expr_list.c -- brackets, arguments, clauses, parameters (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/rules_ast.h"

/* The bracket is complete: its node becomes the operand. */
static int
finish(struct parser *p, struct node *n)
{
	n->at.end = p->tok.at.end; /* the closing bracket */
	p->value = n;
	p->n_frames--;
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERATOR;
}

static int
operand_after_token(struct parser *p)
{
	return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
}

/* ---- lists, tuples, dicts -------------------------------------------------- */

static enum tok
closer_of(const struct frame *f)
{
	return f->kind == F_LIST   ? TK_RBRACKET
	       : f->kind == F_DICT ? TK_RBRACE
				   : TK_RPAREN;
}

static const char *
closer_text(const struct frame *f)
{
	return f->kind == F_LIST || f->kind == F_INDEX ? "symbol ']'"
	       : f->kind == F_DICT                     ? "symbol '}'"
						       : "symbol ')'";
}

static int
close_bracket(struct parser *p)
{
	struct frame *f = expr_top(p);
	enum node_kind kind = f->kind == F_LIST   ? N_LIST
			      : f->kind == F_DICT ? N_DICT
						  : N_TUPLE;
	struct node *n = parse_node(p, kind, f->begin, f->begin);
	n->a = f->chain.first;
	return finish(p, n);
}

static int
begin_clause(struct parser *p)
{
	uint32_t begin = p->tok.at.begin;
	if (p->tok.t == TK_IF) {
		if (expr_push(p, F_COMP_IF, begin) < 0)
			return -EINVAL;
		return operand_after_token(p);
	}
	struct node *clause = parse_node(p, N_COMP_FOR, begin, begin);
	if (expr_push(p, F_TARGET, begin) < 0)
		return -EINVAL;
	expr_top(p)->other = clause;
	return operand_after_token(p);
}

/* At "for": what was read is the body of a comprehension. */
static int
begin_comprehension(struct parser *p, struct frame *f, struct node *body)
{
	f->node = parse_node(p, f->kind == F_LIST ? N_LIST_COMP : N_DICT_COMP,
		f->begin, f->begin);
	f->node->a = body;
	return begin_clause(p);
}

/* A clause is complete; below it lies the frame of its comprehension. */
static int
end_clause(struct parser *p)
{
	struct frame *f = expr_top(p);
	struct node *clause = f->other;
	if (f->kind == F_COMP_IF) {
		clause = parse_node(p, N_COMP_IF, f->begin, p->prev_end);
		clause->a = p->value;
	} else {
		clause->b = p->value;
		clause->at.end = p->prev_end;
	}
	p->n_frames--;
	f = expr_top(p);
	chain_add(&f->chain, clause);
	if (p->tok.t == TK_FOR || p->tok.t == TK_IF)
		return begin_clause(p);
	if (p->tok.t != closer_of(f))
		return parse_unexpected(p, closer_text(f));
	f->node->b = f->chain.first;
	return finish(p, f->node);
}

static int
after_element(struct parser *p)
{
	struct frame *f = expr_top(p);
	if (f->kind == F_DICT && f->other == NULL) {
		if (p->tok.t != TK_COLON)
			return parse_unexpected(p, "symbol ':'");
		f->other = parse_node(
			p, N_PAIR, p->value->at.begin, p->value->at.end);
		f->other->a = p->value;
		return operand_after_token(p);
	}
	struct node *element = p->value;
	if (f->kind == F_DICT) {
		f->other->b = element;
		element = f->other;
		f->other = NULL;
	}
	if (p->tok.t == TK_FOR && f->kind != F_PAREN && f->chain.first == NULL)
		return begin_comprehension(p, f, element);
	if (p->tok.t == closer_of(f) && f->kind == F_PAREN && !f->comma)
		return finish(p, element); /* (x) is x */
	if (p->tok.t != TK_COMMA && p->tok.t != closer_of(f))
		return parse_unexpected(p, closer_text(f));
	chain_add(&f->chain, element);
	f->comma = true;
	if (p->tok.t == closer_of(f))
		return close_bracket(p);
	if (parse_advance(p) < 0)
		return -EINVAL;
	return p->tok.t == closer_of(f) ? close_bracket(p) : EXPR_OPERAND;
}

/* ---- calls ----------------------------------------------------------------- */

static int
open_argument(struct parser *p)
{
	struct frame *f = expr_top(p);
	f->arg = ARG_PLAIN;
	f->other = NULL;
	if (p->tok.t == TK_RPAREN) {
		f->node->b = f->chain.first;
		return finish(p, f->node);
	}
	f->begin = p->tok.at.begin;
	if (p->tok.t != TK_STAR && p->tok.t != TK_STAR2)
		return EXPR_OPERAND;
	f->arg = p->tok.t == TK_STAR ? ARG_STAR : ARG_STAR2;
	return operand_after_token(p);
}

/* Order: plain, named, *, **; each name once. */
static int
check_argument(struct parser *p, struct frame *f, const struct node *arg)
{
	/* Each is compared with all before it. */
	if (arg->arg == ARG_NAMED && f->names++ == RULES_NAMED_MAX)
		return rules_fail(p->err, arg->at,
			"limit reached: more than %d named arguments",
			RULES_NAMED_MAX);
	if (arg->arg == ARG_PLAIN && f->last > ARG_PLAIN)
		return rules_fail(p->err, arg->at,
			"positional argument after non positional");
	if (arg->arg == ARG_NAMED && f->last > ARG_NAMED)
		return rules_fail(p->err, arg->at,
			"named argument after *args or **kwargs");
	if (arg->arg >= ARG_STAR && f->last >= arg->arg)
		return rules_fail(p->err, arg->at,
			"repeated or misplaced *args or **kwargs");
	for (const struct node *n = f->chain.first;
		n != NULL && arg->str != NULL; n = n->next)
		if (n->arg == ARG_NAMED && rstr_eq(n->str, arg->str))
			return rules_fail(p->err,
				(struct rules_span){ arg->at.begin,
					arg->at.begin + arg->str->len },
				"repeated named argument");
	return 0;
}

static int
after_argument(struct parser *p)
{
	struct frame *f = expr_top(p);
	if (p->tok.t == TK_EQ && f->arg == ARG_PLAIN &&
		p->value->kind == N_NAME && p->value->at.begin == f->begin) {
		f->arg = ARG_NAMED;
		f->other = p->value;
		return operand_after_token(p);
	}
	if (p->tok.t != TK_COMMA && p->tok.t != TK_RPAREN)
		return parse_unexpected(p, "symbol ')'");
	struct node *n = parse_node(p, N_ARG, f->begin, p->prev_end);
	n->arg = f->arg;
	n->a = p->value;
	n->str = f->other == NULL ? NULL : f->other->str;
	if (check_argument(p, f, n) < 0)
		return -EINVAL;
	if (n->arg > f->last)
		f->last = n->arg;
	chain_add(&f->chain, n);
	if (p->tok.t == TK_COMMA && parse_advance(p) < 0)
		return -EINVAL;
	return open_argument(p);
}

/* ---- x[i], x[a:b:c] -------------------------------------------------------- */

static void
add_bound(struct parser *p, struct frame *f, struct node *bound)
{
	if (bound == NULL)
		bound = parse_node(p, N_NONE, p->tok.at.begin, p->tok.at.begin);
	chain_add(&f->chain, bound);
	f->last++;
}

/* At ":" or "]" behind the bounds read so far (f->last of them). */
static int
next_bound(struct parser *p)
{
	struct frame *f = expr_top(p);
	if (p->tok.t == TK_COMMA && f->last == 1 && f->node->kind == N_INDEX) {
		f->node->kind = N_INDEX2;
		return parse_advance(p) < 0 ? -EINVAL : EXPR_OPERAND;
	}
	while (p->tok.t == TK_COLON && f->last < 3 &&
		f->node->kind != N_INDEX2) {
		f->node->kind = N_SLICE;
		if (parse_advance(p) < 0)
			return -EINVAL;
		if (p->tok.t != TK_COLON && p->tok.t != TK_RBRACKET)
			return EXPR_OPERAND;
		add_bound(p, f, NULL);
	}
	if (p->tok.t != TK_RBRACKET || f->last > 3)
		return parse_unexpected(p, "symbol ']'");
	if (f->node->kind == N_SLICE)
		while (f->last < 3)
			add_bound(p, f, NULL);
	f->node->b = f->chain.first;
	return finish(p, f->node);
}

static int
after_index(struct parser *p)
{
	add_bound(p, expr_top(p), p->value);
	return next_bound(p);
}

/* ---- the start of a bracket ------------------------------------------------- */

int
expr_open(struct parser *p)
{
	struct frame *f = expr_top(p);
	if (f->kind == F_CALL)
		return open_argument(p);
	if (f->kind == F_INDEX) {
		if (p->tok.t != TK_COLON)
			return EXPR_OPERAND;
		add_bound(p, f, NULL);
		return next_bound(p);
	}
	return p->tok.t == closer_of(f) ? close_bracket(p) : EXPR_OPERAND;
}

/* ---- the outermost level, loop variables ------------------------------------ */

static bool
ends_expression(enum tok t)
{
	return t == TK_NEWLINE || t == TK_EOF || t == TK_EQ || t == TK_SEMI ||
	       t == TK_COLON || t == TK_IN;
}

/* A chain without parentheses: a, b.  EXPR_OPERAND or EXPR_DONE. */
static int
after_top(struct parser *p)
{
	struct frame *f = expr_top(p);
	bool tuple = f->kind == F_TARGET || (f->flags & EXPR_TUPLE) != 0;
	if (p->tok.t == TK_COMMA && tuple) {
		chain_add(&f->chain, p->value);
		if (parse_advance(p) < 0)
			return -EINVAL;
		if (!ends_expression(p->tok.t))
			return EXPR_OPERAND;
		return rules_fail(p->err,
			(struct rules_span){ f->begin, p->prev_end },
			"unparenthesized tuple with trailing comma");
	}
	if (f->chain.first != NULL) {
		chain_add(&f->chain, p->value);
		struct node *n = parse_node(
			p, N_TUPLE, f->chain.first->at.begin, p->value->at.end);
		n->a = f->chain.first;
		n->open = true;
		p->value = n;
	}
	return EXPR_DONE;
}

static int
after_target(struct parser *p)
{
	int state = after_top(p);
	if (state != EXPR_DONE)
		return state;
	if (p->tok.t != TK_IN)
		return parse_unexpected(p, "keyword 'in'");
	if (expr_check_target(p, p->value) < 0)
		return -EINVAL;
	struct frame *f = expr_top(p);
	if (f->other == NULL)
		return EXPR_DONE; /* a for statement goes on by itself */
	f->other->a = p->value;
	f->kind = F_COMP_IN;
	return operand_after_token(p);
}

int
expr_delimiter(struct parser *p)
{
	switch ((enum frame_kind)expr_top(p)->kind) {
	case F_PAREN:
	case F_LIST:
	case F_DICT: return after_element(p);
	case F_CALL: return after_argument(p);
	case F_INDEX: return after_index(p);
	case F_PARAMS: return expr_param_value(p);
	case F_TARGET: return after_target(p);
	case F_COMP_IN:
	case F_COMP_IF: return end_clause(p);
	case F_FSTR: return expr_fstring_part(p);
	default: return after_top(p);
	}
}
