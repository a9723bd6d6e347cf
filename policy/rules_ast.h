/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_AST_H
#define POLICY_RULES_AST_H
/*
 * rules_ast.h -- the syntax tree of one rules file.
 *
 * All nodes live in one arena.  Lists of nodes are chains through `next`; a node
 * is in one chain at most.  What a, b and c hold is said beside each kind.
 * Nobody walks the tree by calling itself: it may be as deep as the file is
 * long (a + a + a ...).
 */
#include <stdbool.h>
#include <stdint.h>

#include "policy/rules_lex.h"

enum node_kind {
	/* expressions */
	N_NAME,  /* str */
	N_INT,   /* i */
	N_FLOAT, /* f */
	N_BIG,   /* str: decimal digits */
	N_STR,   /* str */
	N_BYTES, /* str */
	N_ELLIPSIS,
	N_FSTR,      /* a: chain of expressions to be joined */
	N_UNARY,     /* op, a */
	N_BINARY,    /* op, a, b */
	N_NOT,       /* a */
	N_AND,       /* a, b */
	N_OR,        /* a, b */
	N_COND,      /* a if b else c */
	N_LIST,      /* a: chain */
	N_TUPLE,     /* a: chain; open: no parentheses */
	N_DICT,      /* a: chain of N_PAIR */
	N_PAIR,      /* a: b */
	N_LIST_COMP, /* a: body, b: chain of clauses */
	N_DICT_COMP, /* a: N_PAIR, b: chain of clauses */
	N_COMP_FOR,  /* for a in b */
	N_COMP_IF,   /* if a */
	N_CALL,      /* a: function, b: chain of N_ARG */
	N_ARG,       /* a: value, arg: how, str: name */
	N_ATTR,      /* a.str */
	N_INDEX2,    /* dict[K, V], in annotations only; b: chain of two */
	N_INDEX,     /* a[b] */
	N_SLICE,     /* a[b], b: chain of three, N_NONE where left out */
	N_NONE,      /* the absent bound of a slice */
	N_LAMBDA,    /* a: chain of N_PARAM, b: expression */
	N_PARAM,     /* str, arg: how, a: default, b: annotation */
	/* statements */
	N_EXPR,   /* a */
	N_ASSIGN, /* a = b, c: annotation */
	N_AUG,    /* a op= b */
	N_IF,     /* if a: chain b, else chain c */
	N_FOR,    /* for a in b: chain c */
	N_DEF,    /* str, a: chain of N_PARAM, b: chain, c: annotation */
	N_RETURN, /* a or NULL */
	N_BREAK,
	N_CONTINUE,
	N_PASS,
	N_KIND_MAX,
};

enum arg_kind { ARG_PLAIN, ARG_NAMED, ARG_STAR, ARG_STAR2 };

struct node {
	uint8_t kind; /* enum node_kind */
	uint8_t op;   /* enum tok */
	uint8_t arg;  /* enum arg_kind */
	bool open;
	struct rules_span at;
	struct node *next;
	struct node *a;
	struct node *b;
	struct node *c;
	union {
		const struct rstr *str;
		int64_t i;
		double f;
	};
};

/* A chain under construction. */
struct chain {
	struct node *first;
	struct node *last;
};

static inline void
chain_add(struct chain *c, struct node *n)
{
	if (c->last == NULL)
		c->first = n;
	else
		c->last->next = n;
	c->last = n;
}

/* ---- rules_parse.c: what the parser files share ---------------------------- */

enum frame_kind {
	F_TOP,     /* the expression itself; chain, when a tuple */
	F_UNARY,   /* op */
	F_BINARY,  /* op, node: left */
	F_COND,    /* node: value; the condition is being read */
	F_ELSE,    /* node: value, other: condition */
	F_LAMBDA,  /* node: N_LAMBDA with its parameters */
	F_PAREN,   /* chain so far */
	F_LIST,    /* chain so far; node: the comprehension, other: its body */
	F_DICT,    /* the same; other: the pair whose value is being read */
	F_CALL,    /* node: N_CALL, chain of arguments, other: name read */
	F_INDEX,   /* node: what is indexed; chain of bounds */
	F_PARAMS,  /* node: N_LAMBDA or N_DEF, chain, other: N_PARAM */
	F_TARGET,  /* loop variable, ends at "in"; chain, other: N_COMP_FOR */
	F_COMP_IN, /* other: N_COMP_FOR */
	F_COMP_IF,
	F_FSTR, /* node: N_FSTR, chain of parts, saved lexer */
};

struct frame {
	uint8_t kind;
	uint8_t op;
	uint8_t arg; /* F_CALL, F_PARAMS: enum arg_kind of what is being read */
	bool comma;  /* F_PAREN, F_TARGET, F_TOP: a comma was seen */
	bool named;  /* F_CALL: name= was read */
	bool only_named; /* F_PARAMS: behind * */
	bool dflt; /* F_PARAMS: a default is being read, else an annotation */
	uint8_t last;   /* F_CALL, F_PARAMS: the highest order seen */
	uint8_t flags;  /* F_TOP: enum expr_flags */
	uint16_t names; /* F_CALL, F_PARAMS: named ones so far */
	uint32_t begin; /* byte offset of the first byte */
	uint32_t scan;  /* F_FSTR: next byte of the body */
	struct node *node;
	struct node *other;
	struct chain chain;
	struct lexer *saved; /* F_FSTR: to go on with behind the string */
};

struct parser {
	struct lexer lx;
	struct token tok;  /* the current one */
	uint32_t prev_end; /* end of the token before */
	struct arena *arena;
	struct rules_error *err;
	struct frame *frames; /* RULES_NEST_MAX of them */
	uint32_t n_frames;
	uint32_t fstrings;  /* open ones: each is read once more */
	struct node **walk; /* RULES_NEST_MAX + 1: a walk over targets */
	struct node *value; /* operand just read */
	struct node spare;  /* given out when the arena is full */
};

/** Never NULL: with a full arena it is a spare that nobody will look at. */
struct node *parse_node(
	struct parser *p, enum node_kind kind, uint32_t begin, uint32_t end);
int parse_advance(struct parser *p);
/** Is the current token t?  Then go on behind it: 1, else 0; -EINVAL. */
int parse_accept(struct parser *p, enum tok t);
int parse_expect(struct parser *p, enum tok t);
/** "unexpected X, expected Y" at the current token. */
int parse_unexpected(struct parser *p, const char *expected);

enum expr_flags {
	EXPR_TUPLE = 1,  /* a, b without parentheses is a tuple */
	EXPR_TARGET = 2, /* a loop variable: ends at "in" */
};

/* ---- rules_expr.c, rules_expr_list.c, rules_fstr.c -------------------------------------- */

/** Read one expression; it ends before the first token that is not part of it. */
int parse_expr(struct parser *p, unsigned int flags, struct node **ret);

/** Read parameters up to ":" (lambda) or ")" (def), into n->a. */
int parse_params(struct parser *p, struct node *def);

/* What the machine reads next; every step returns one of these or -EINVAL. */
enum expr_state {
	EXPR_OPERAND,  /* a value must come */
	EXPR_OPERATOR, /* p->value is there: an operator, or the end */
	EXPR_PARAM,    /* a parameter of lambda or def */
	EXPR_DONE,     /* p->value is the whole */
};

/** Open a bracket or an operator; 0 or -EINVAL (too deep). */
int expr_push(struct parser *p, enum frame_kind kind, uint32_t begin);
struct frame *expr_top(struct parser *p);
/** Behind an opening bracket: its first element, or its end. */
int expr_open(struct parser *p);
/** p->value is complete and the token belongs to the innermost bracket. */
int expr_delimiter(struct parser *p);
int expr_param(struct parser *p);
int expr_param_value(struct parser *p);
/** rules_fstr.c: at a TK_FSTR; behind one of its expressions. */
int expr_fstring(struct parser *p);
int expr_fstring_part(struct parser *p);
/** Is n something that can be assigned to?  0 or -EINVAL. */
int expr_check_target(struct parser *p, struct node *n);

/* ---- the whole ------------------------------------------------------------ */

/** Parse a text into a chain of statements; 0 or -EINVAL. */
int rules_parse(const struct rules_src *src, struct arena *a,
	struct rules_error *err, struct node **ret);

#endif /* POLICY_RULES_AST_H */
