/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_LEX_H
#define POLICY_RULES_LEX_H
/*
 * rules_lex.h -- words of the rules language.
 *
 * Blocks are told by indentation: the lexer makes NEWLINE, INDENT and DEDENT of
 * it, and none of them inside brackets.  It reads no byte twice and keeps no
 * state but struct lexer, which may be copied (format strings do).
 */
#include <stdbool.h>
#include <stdint.h>

#include "policy/rules_src.h"
#include "policy/rules_str.h"

struct arena;

/* Order matters: TK_AND..TK_RETURN are words, TK_PLUS_EQ..TK_CARET_EQ pair with TK_PLUS.. */
enum tok {
	TK_EOF,
	TK_NEWLINE,
	TK_INDENT,
	TK_DEDENT,
	TK_NAME,
	TK_INT,
	TK_BIG, /* an integer over 63 bits: its decimal digits */
	TK_FLOAT,
	TK_STR,
	TK_BYTES,
	TK_FSTR, /* not taken apart: the parser does that */
	TK_AND,
	TK_BREAK,
	TK_CONTINUE,
	TK_DEF,
	TK_ELIF,
	TK_ELSE,
	TK_FOR,
	TK_IF,
	TK_IN,
	TK_LAMBDA,
	TK_LOAD,
	TK_NOT,
	TK_OR,
	TK_PASS,
	TK_RETURN,
	TK_PLUS,
	TK_MINUS,
	TK_STAR,
	TK_SLASH,
	TK_SLASH2,
	TK_PERCENT,
	TK_AMP,
	TK_PIPE,
	TK_CARET,
	TK_SHL,
	TK_SHR,
	TK_PLUS_EQ,
	TK_MINUS_EQ,
	TK_STAR_EQ,
	TK_SLASH_EQ,
	TK_SLASH2_EQ,
	TK_PERCENT_EQ,
	TK_AMP_EQ,
	TK_PIPE_EQ,
	TK_CARET_EQ,
	TK_SHL_EQ,
	TK_SHR_EQ,
	TK_TILDE,
	TK_STAR2,
	TK_EQ,
	TK_EQ2,
	TK_NE,
	TK_LT,
	TK_GT,
	TK_LE,
	TK_GE,
	TK_LPAREN,
	TK_RPAREN,
	TK_LBRACKET,
	TK_RBRACKET,
	TK_LBRACE,
	TK_RBRACE,
	TK_DOT,
	TK_COMMA,
	TK_COLON,
	TK_SEMI,
	TK_ARROW,
	TK_ELLIPSIS,
	TK_BANG, /* ends an expression inside a format string: {x!r} */
	TK_MAX,
};

struct token {
	enum tok t;
	struct rules_span at;
	const struct rstr *str; /* NAME, BIG, STR, BYTES */
	int64_t i;              /* INT */
	double f;               /* FLOAT */
	bool raw;               /* FSTR: backslashes are themselves */
	struct rules_span body; /* FSTR: between the quotes */
};

struct lexer {
	const struct rules_src *src;
	struct arena *arena;
	struct rules_error *err;
	uint32_t pos;
	uint32_t end;      /* stop here: the text's end, or a part's */
	uint32_t brackets; /* open ones */
	bool part;         /* a part of a format string: EOF, never NEWLINE */
	bool line_start;   /* indentation comes next */
	bool line_open;    /* a NEWLINE is due before EOF */
	int32_t dedents;   /* DEDENT tokens owed */
	uint32_t n_indents;
	uint16_t indents[RULES_BLOCK_MAX + 1];
};

/** Start at the beginning of src.  Names live in the arena. */
void lexer_init(struct lexer *lx, const struct rules_src *src, struct arena *a,
	struct rules_error *err);

/** The next token; 0, or -EINVAL with the error recorded. */
int lexer_next(struct lexer *lx, struct token *ret);

/** How a token is named in errors: "symbol ')'", "keyword 'else'", "new line". */
const char *tok_name(enum tok t);

/** rules_lex_text.c: a quoted string (any prefix) at lx->pos; -EINVAL on error. */
int lexer_string(struct lexer *lx, struct token *ret);

/** A number at lx->pos. */
int lexer_number(struct lexer *lx, struct token *ret);

/** Take the escapes out of the bytes at `at`; bytes: \xHH is a byte. */
const struct rstr *lexer_unescape(
	struct lexer *lx, struct rules_span at, bool raw, bool bytes);

#endif /* POLICY_RULES_LEX_H */
