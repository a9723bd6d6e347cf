/* SPDX-License-Identifier: Apache-2.0 */
/* rules_parse.c -- statements and blocks to tree (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/arena.h"
#include "policy/rules_ast.h"

enum block_kind { BLOCK_MODULE, BLOCK_THEN, BLOCK_ELSE, BLOCK_FOR, BLOCK_DEF };

struct block {
	enum block_kind kind;
	struct node *stmt; /* what it belongs to; NULL for the module */
	struct chain chain;
};

struct blocks {
	struct parser p;
	uint32_t n;
	struct node *last_if; /* just closed: elif and else may follow */
	struct block stack[RULES_BLOCK_MAX + 2];
};

/* ---- shared ------------------------------------------------------------------ */

struct node *
parse_node(struct parser *p, enum node_kind kind, uint32_t begin, uint32_t end)
{
	struct node *n = arena_alloc(p->arena, sizeof(*n));
	if (n == NULL) {
		n = &p->spare;
		*n = (struct node){ 0 };
	}
	n->kind = (uint8_t)kind;
	n->at = (struct rules_span){ begin, end };
	return n;
}

int
parse_advance(struct parser *p)
{
	p->prev_end = p->tok.at.end;
	return lexer_next(&p->lx, &p->tok);
}

int
parse_accept(struct parser *p, enum tok t)
{
	if (p->tok.t != t)
		return 0;
	return parse_advance(p) < 0 ? -EINVAL : 1;
}

/* symbol ')' / keyword 'else' / identifier 'x' / string literal "x" ... */
static void
describe(struct buf *out, const struct parser *p)
{
	const struct token *t = &p->tok;
	const char *kind = t->t >= TK_PLUS  ? "symbol"
			   : t->t >= TK_AND ? "keyword"
					    : NULL;
	if (kind != NULL) {
		buf_printf(out, "%s '%s'", kind, tok_name(t->t));
		return;
	}
	buf_str_add(out, tok_name(t->t));
	if (t->t < TK_NAME)
		return;
	bool quoted = t->t == TK_NAME;
	buf_str_add(out, quoted ? " '" : " ");
	buf_add(out, p->lx.src->text + t->at.begin, t->at.end - t->at.begin);
	buf_str_add(out, quoted ? "'" : "");
}

int
parse_unexpected(struct parser *p, const char *expected)
{
	own_buf struct buf what = { 0 };
	describe(&what, p);
	return rules_fail(p->err, p->tok.at,
		"Parse error: unexpected %s, expected %s", buf_str(&what),
		expected);
}

int
parse_expect(struct parser *p, enum tok t)
{
	own_buf struct buf want = { 0 };
	if (p->tok.t == t)
		return parse_advance(p);
	if (t >= TK_AND)
		buf_printf(&want, "%s '%s'",
			t >= TK_PLUS ? "symbol" : "keyword", tok_name(t));
	else
		buf_str_add(&want, tok_name(t));
	return parse_unexpected(p, buf_str(&want));
}

static int
bad_target(struct parser *p, const struct node *n)
{
	if (n->kind == N_ATTR)
		return rules_fail(p->err, n->at,
			"not supported here: assignment to an attribute");
	return rules_fail(p->err, n->at,
		"left-hand-side of assignment must take the form `a`, `a.b` or "
		"`a[b]`");
}

int
expr_check_target(struct parser *p, struct node *n)
{
	uint32_t depth = 0;
	p->walk[depth++] = n;
	while (depth > 0) {
		n = p->walk[depth - 1];
		p->walk[depth - 1] = n->next;
		if (n->next == NULL)
			depth--;
		if (n->kind == N_NAME || n->kind == N_INDEX)
			continue;
		if ((n->kind != N_TUPLE && n->kind != N_LIST) || n->a == NULL)
			return bad_target(p, n);
		p->walk[depth++] = n->a; /* brackets nest RULES_NEST_MAX deep */
	}
	return 0;
}

/* ---- simple statements --------------------------------------------------------- */

static void
add_statement(struct blocks *b, struct node *n)
{
	n->at.end = b->p.prev_end;
	chain_add(&b->stack[b->n - 1].chain, n);
}

static int
parse_assign(struct parser *p, struct node *n)
{
	if (expr_check_target(p, n->a) < 0)
		return -EINVAL;
	n->kind = N_ASSIGN;
	return parse_expr(p, EXPR_TUPLE, &n->b);
}

static int
parse_augmented(struct parser *p, struct node *n)
{
	if (n->a->kind == N_TUPLE || n->a->kind == N_LIST)
		return rules_fail(p->err, n->a->at,
			"cannot assign to a list or tuple with an operator");
	n->op = (uint8_t)(p->tok.t - TK_PLUS_EQ + TK_PLUS);
	if (parse_advance(p) < 0 || parse_assign(p, n) < 0)
		return -EINVAL;
	n->kind = N_AUG;
	return 0;
}

/* An expression, or an assignment once we see what stands behind it. */
static int
parse_expr_statement(struct blocks *b)
{
	struct parser *p = &b->p;
	struct node *n = parse_node(p, N_EXPR, p->tok.at.begin, 0);
	if (parse_expr(p, EXPR_TUPLE, &n->a) < 0)
		return -EINVAL;
	if (p->tok.t == TK_COLON && n->a->kind == N_NAME) {
		if (parse_advance(p) < 0 || parse_expr(p, 0, &n->c) < 0)
			return -EINVAL;
		if (p->tok.t != TK_EQ)
			return parse_unexpected(p, "symbol '='");
	}
	int r = 0;
	if (p->tok.t == TK_EQ)
		r = parse_advance(p) < 0 ? -EINVAL : parse_assign(p, n);
	else if (p->tok.t >= TK_PLUS_EQ && p->tok.t <= TK_SHR_EQ)
		r = parse_augmented(p, n);
	if (r == 0)
		add_statement(b, n);
	return r;
}

/* Is there a loop (or a function) around, inside the same function? */
static bool
is_inside(const struct blocks *b, enum block_kind kind)
{
	for (uint32_t i = b->n; i-- > 0;) {
		if (b->stack[i].kind == kind)
			return true;
		if (b->stack[i].kind == BLOCK_DEF)
			return false;
	}
	return false;
}

static int
parse_return(struct blocks *b)
{
	struct parser *p = &b->p;
	struct node *n =
		parse_node(p, N_RETURN, p->tok.at.begin, p->tok.at.end);
	if (parse_advance(p) < 0)
		return -EINVAL;
	if (p->tok.t != TK_NEWLINE && p->tok.t != TK_SEMI &&
		parse_expr(p, EXPR_TUPLE, &n->a) < 0)
		return -EINVAL;
	if (!is_inside(b, BLOCK_DEF))
		return rules_fail(p->err,
			(struct rules_span){ n->at.begin, p->prev_end },
			"`return` cannot be used outside of a `def` function");
	add_statement(b, n);
	return 0;
}

static int
parse_word(struct blocks *b, enum node_kind kind)
{
	struct parser *p = &b->p;
	if (kind != N_PASS && !is_inside(b, BLOCK_FOR))
		return rules_fail(p->err, p->tok.at,
			"`%s` cannot be used outside of a `for` loop",
			tok_name(p->tok.t));
	struct node *n = parse_node(p, kind, p->tok.at.begin, 0);
	if (parse_advance(p) < 0)
		return -EINVAL;
	add_statement(b, n);
	return 0;
}

static int
parse_simple(struct blocks *b)
{
	struct parser *p = &b->p;
	switch (p->tok.t) {
	case TK_PASS: return parse_word(b, N_PASS);
	case TK_BREAK: return parse_word(b, N_BREAK);
	case TK_CONTINUE: return parse_word(b, N_CONTINUE);
	case TK_RETURN: return parse_return(b);
	case TK_LOAD:
		return rules_fail(p->err, p->tok.at,
			"No imports are available: `load` is not supported, "
			"a rules file stands alone");
	default: return parse_expr_statement(b);
	}
}

/* One line: statements with ";" between them. */
static int
parse_line(struct blocks *b)
{
	struct parser *p = &b->p;
	do {
		if (parse_simple(b) < 0)
			return -EINVAL;
		int r = parse_accept(p, TK_SEMI);
		if (r < 0)
			return r;
		if (r == 0 && p->tok.t != TK_NEWLINE)
			return parse_unexpected(p, "new line");
	} while (p->tok.t != TK_NEWLINE);
	return parse_advance(p);
}

/* ---- blocks ---------------------------------------------------------------------- */

static void
close_block(struct blocks *b)
{
	struct block *block = &b->stack[--b->n];
	struct node *stmt = block->stmt;
	b->last_if = block->kind == BLOCK_THEN ? stmt : NULL;
	if (block->kind == BLOCK_THEN || block->kind == BLOCK_DEF)
		stmt->b = block->chain.first;
	else
		stmt->c = block->chain.first;
}

/* Behind a header: ":" and a block, or ":" and the rest of the line. */
static int
open_block(struct blocks *b, enum block_kind kind, struct node *stmt)
{
	struct parser *p = &b->p;
	stmt->at.end = p->prev_end;
	if (parse_expect(p, TK_COLON) < 0)
		return -EINVAL;
	if (b->n > RULES_BLOCK_MAX)
		return rules_fail(p->err, stmt->at,
			"limit reached: more than %d nested blocks",
			RULES_BLOCK_MAX);
	b->stack[b->n++] = (struct block){ .kind = kind, .stmt = stmt };
	int r = parse_accept(p, TK_NEWLINE);
	if (r < 0)
		return r;
	if (r == 1)
		return parse_expect(p, TK_INDENT);
	if (parse_line(b) < 0)
		return -EINVAL;
	close_block(b);
	return 0;
}

static int
parse_if(struct blocks *b, struct node *stmt)
{
	if (parse_advance(&b->p) < 0 || parse_expr(&b->p, 0, &stmt->a) < 0)
		return -EINVAL;
	return open_block(b, BLOCK_THEN, stmt);
}

static int
parse_else(struct blocks *b)
{
	struct parser *p = &b->p;
	struct node *stmt = b->last_if;
	b->last_if = NULL;
	if (stmt == NULL)
		return parse_unexpected(p, "expression");
	if (p->tok.t == TK_ELIF) {
		stmt->c = parse_node(p, N_IF, p->tok.at.begin, p->tok.at.end);
		return parse_if(b, stmt->c);
	}
	if (parse_advance(p) < 0)
		return -EINVAL;
	struct rules_span at = stmt->at; /* open_block() sets the end anew */
	int r = open_block(b, BLOCK_ELSE, stmt);
	stmt->at = at;
	return r;
}

static int
parse_for(struct blocks *b, struct node *stmt)
{
	struct parser *p = &b->p;
	stmt->kind = N_FOR;
	if (parse_advance(p) < 0 || parse_expr(p, EXPR_TARGET, &stmt->a) < 0 ||
		parse_expect(p, TK_IN) < 0 ||
		parse_expr(p, EXPR_TUPLE, &stmt->b) < 0)
		return -EINVAL;
	return open_block(b, BLOCK_FOR, stmt);
}

static int
parse_def(struct blocks *b, struct node *stmt)
{
	struct parser *p = &b->p;
	stmt->kind = N_DEF;
	if (parse_advance(p) < 0)
		return -EINVAL;
	if (p->tok.t != TK_NAME)
		return parse_unexpected(p, "identifier");
	stmt->str = p->tok.str;
	if (parse_advance(p) < 0 || parse_expect(p, TK_LPAREN) < 0 ||
		parse_params(p, stmt) < 0)
		return -EINVAL;
	int r = parse_accept(p, TK_ARROW);
	if (r < 0 || (r == 1 && parse_expr(p, 0, &stmt->c) < 0))
		return -EINVAL;
	return open_block(b, BLOCK_DEF, stmt);
}

static int
parse_compound(struct blocks *b)
{
	struct parser *p = &b->p;
	struct node *stmt = parse_node(p, N_IF, p->tok.at.begin, p->tok.at.end);
	chain_add(&b->stack[b->n - 1].chain, stmt);
	if (p->tok.t == TK_FOR)
		return parse_for(b, stmt);
	return p->tok.t == TK_DEF ? parse_def(b, stmt) : parse_if(b, stmt);
}

static int
parse_statement(struct blocks *b)
{
	struct parser *p = &b->p;
	enum tok t = p->tok.t;
	if (t == TK_DEDENT) {
		close_block(b);
		return parse_advance(p);
	}
	if (t == TK_ELIF || t == TK_ELSE)
		return parse_else(b);
	b->last_if = NULL;
	if (t == TK_IF || t == TK_FOR || t == TK_DEF)
		return parse_compound(b);
	return parse_line(b);
}

int
rules_parse(const struct rules_src *src, struct arena *a,
	struct rules_error *err, struct node **ret)
{
	struct blocks *b = arena_alloc(a, sizeof(*b));
	if (b == NULL)
		return rules_fail_plain(err, "out of memory");
	struct parser *p = &b->p;
	lexer_init(&p->lx, src, a, err);
	p->arena = a;
	p->err = err;
	p->frames = arena_array(a, RULES_NEST_MAX, sizeof(*p->frames));
	p->walk = arena_array(a, RULES_NEST_MAX + 1, sizeof(void *));
	if (p->frames == NULL || p->walk == NULL)
		return rules_fail_plain(err, "out of memory");
	b->stack[b->n++].kind = BLOCK_MODULE;
	int r = parse_advance(p);
	while (r == 0 && p->tok.t != TK_EOF) {
		r = parse_statement(b);
		if (r == 0 && a->failed)
			r = rules_fail(err, p->tok.at,
				"limit reached: more than %d bytes of syntax "
				"(memory)",
				RULES_TREE_MAX);
	}
	if (r == 0)
		*ret = b->stack[0].chain.first;
	return r;
}
