/* SPDX-License-Identifier: Apache-2.0 */
/* rules_lex.c -- bytes to words of the rules language (room: user). */
#include "policy/rules_lex.h"

#include <errno.h>
#include <string.h>

#include "policy/arena.h"

struct word {
	const char *text;
	enum tok t;
};

static const struct word keywords[] = {
	{ "and", TK_AND },
	{ "break", TK_BREAK },
	{ "continue", TK_CONTINUE },
	{ "def", TK_DEF },
	{ "elif", TK_ELIF },
	{ "else", TK_ELSE },
	{ "for", TK_FOR },
	{ "if", TK_IF },
	{ "in", TK_IN },
	{ "lambda", TK_LAMBDA },
	{ "load", TK_LOAD },
	{ "not", TK_NOT },
	{ "or", TK_OR },
	{ "pass", TK_PASS },
	{ "return", TK_RETURN },
};

/* Words of Python that Starlark keeps free: refused by name. */
static const char *const reserved[] = { "as", "assert", "async", "await",
	"class", "del", "except", "finally", "from", "global", "import", "is",
	"nonlocal", "raise", "try", "while", "with", "yield" };

/* Longest first where one begins another. */
static const struct word symbols[] = {
	{ "//=", TK_SLASH2_EQ },
	{ "<<=", TK_SHL_EQ },
	{ ">>=", TK_SHR_EQ },
	{ "...", TK_ELLIPSIS },
	{ "**", TK_STAR2 },
	{ "+=", TK_PLUS_EQ },
	{ "-=", TK_MINUS_EQ },
	{ "*=", TK_STAR_EQ },
	{ "/=", TK_SLASH_EQ },
	{ "%=", TK_PERCENT_EQ },
	{ "&=", TK_AMP_EQ },
	{ "|=", TK_PIPE_EQ },
	{ "^=", TK_CARET_EQ },
	{ "//", TK_SLASH2 },
	{ "<<", TK_SHL },
	{ ">>", TK_SHR },
	{ "==", TK_EQ2 },
	{ "!=", TK_NE },
	{ "<=", TK_LE },
	{ ">=", TK_GE },
	{ "->", TK_ARROW },
	{ "+", TK_PLUS },
	{ "-", TK_MINUS },
	{ "*", TK_STAR },
	{ "/", TK_SLASH },
	{ "%", TK_PERCENT },
	{ "&", TK_AMP },
	{ "|", TK_PIPE },
	{ "^", TK_CARET },
	{ "~", TK_TILDE },
	{ "=", TK_EQ },
	{ "<", TK_LT },
	{ ">", TK_GT },
	{ "(", TK_LPAREN },
	{ ")", TK_RPAREN },
	{ "[", TK_LBRACKET },
	{ "]", TK_RBRACKET },
	{ "{", TK_LBRACE },
	{ "}", TK_RBRACE },
	{ ".", TK_DOT },
	{ ",", TK_COMMA },
	{ ":", TK_COLON },
	{ ";", TK_SEMI },
};

static const char *const special_names[] = {
	[TK_EOF] = "end of file",
	[TK_NEWLINE] = "new line",
	[TK_INDENT] = "new indentation block",
	[TK_DEDENT] = "end of indentation block",
	[TK_NAME] = "identifier",
	[TK_INT] = "integer literal",
	[TK_BIG] = "integer literal",
	[TK_FLOAT] = "float literal",
	[TK_STR] = "string literal",
	[TK_BYTES] = "byte literal",
	[TK_FSTR] = "f-string",
	[TK_BANG] = "!",
};

const char *
tok_name(enum tok t)
{
	if (t <= TK_FSTR || t == TK_BANG)
		return special_names[t];
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (keywords[i].t == t)
			return keywords[i].text;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (symbols[i].t == t)
			return symbols[i].text;
	return "?";
}

void
lexer_init(struct lexer *lx, const struct rules_src *src, struct arena *a,
	struct rules_error *err)
{
	*lx = (struct lexer){
		.src = src,
		.arena = a,
		.err = err,
		.end = src->len,
		.line_start = true,
		.n_indents = 1, /* indents[0] == 0: the margin */
	};
}

static char
peek(const struct lexer *lx, uint32_t ahead)
{
	if (ahead >= lx->end - lx->pos)
		return '\0';
	return lx->src->text[lx->pos + ahead];
}

static struct rules_span
span_here(const struct lexer *lx, uint32_t len)
{
	return (struct rules_span){ lx->pos, lx->pos + len };
}

/* 1 or 2 for a line end (LF, CR LF) at lx->pos; a CR alone is not one. */
static uint32_t
line_end_len(const struct lexer *lx)
{
	if (lx->pos < lx->end && peek(lx, 0) == '\n')
		return 1;
	return peek(lx, 0) == '\r' && peek(lx, 1) == '\n' ? 2 : 0;
}

static void
skip_comment(struct lexer *lx)
{
	const char *from = lx->src->text + lx->pos;
	const char *nl = memchr(from, '\n', lx->end - lx->pos);
	lx->pos = nl == NULL ? lx->end : lx->pos + (uint32_t)(nl - from);
}

static int
set_indent(struct lexer *lx, uint32_t width, struct token *ret)
{
	if (width > lx->indents[lx->n_indents - 1]) {
		if (lx->n_indents > RULES_BLOCK_MAX || width > UINT16_MAX)
			return rules_fail(lx->err, span_here(lx, 0),
				"limit reached: more than %d nested blocks",
				RULES_BLOCK_MAX);
		lx->indents[lx->n_indents++] = (uint16_t)width;
		ret->t = TK_INDENT;
		ret->at = (struct rules_span){ lx->pos - width, lx->pos };
		return 1;
	}
	while (width < lx->indents[lx->n_indents - 1]) {
		lx->n_indents--;
		lx->dedents++;
	}
	if (width != lx->indents[lx->n_indents - 1])
		return rules_fail(lx->err,
			(struct rules_span){ lx->pos - width, lx->pos },
			"Parse error: incorrect indentation");
	return 0;
}

/*
 * Blank lines and comment lines do not count.  1: *ret holds an INDENT;
 * 0: go on (DEDENTs may be owed); -EINVAL.
 */
static int
start_line(struct lexer *lx, struct token *ret)
{
	for (;;) {
		uint32_t begin = lx->pos;
		uint32_t tab = UINT32_MAX;
		while (peek(lx, 0) == ' ' || peek(lx, 0) == '\t') {
			if (peek(lx, 0) == '\t' && tab == UINT32_MAX)
				tab = lx->pos;
			lx->pos++;
		}
		uint32_t width = lx->pos - begin;
		if (peek(lx, 0) == '#' && lx->pos < lx->end)
			skip_comment(lx);
		if (lx->pos >= lx->end) {
			lx->line_start = false;
			return 0;
		}
		uint32_t nl = line_end_len(lx);
		if (nl > 0) {
			lx->pos += nl;
			continue;
		}
		if (tab != UINT32_MAX)
			return rules_fail(lx->err,
				(struct rules_span){ tab, tab + 1 },
				"Parse error: tabs are not allowed");
		lx->line_start = false;
		return set_indent(lx, width, ret);
	}
}

/* Blanks, comments and joined lines between two words; -EINVAL for a tab. */
static int
skip_blanks(struct lexer *lx)
{
	while (lx->pos < lx->end) {
		char c = peek(lx, 0);
		uint32_t nl = line_end_len(lx);
		if (c == ' ') {
			lx->pos++;
		} else if (c == '#') {
			skip_comment(lx);
		} else if (nl > 0 && lx->brackets > 0) {
			lx->pos += nl;
		} else if (c == '\\' && (peek(lx, 1) == '\n' ||
						(peek(lx, 1) == '\r' &&
							peek(lx, 2) == '\n'))) {
			lx->pos += peek(lx, 1) == '\n' ? 2 : 3;
		} else if (c == '\t') {
			/* Inside brackets a line may begin with anything. */
			return rules_fail(lx->err, span_here(lx, 1),
				"Parse error: tabs are not allowed");
		} else {
			break;
		}
	}
	return 0;
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
lex_name(struct lexer *lx, struct token *ret)
{
	uint32_t n = 1;
	while (is_name_start(peek(lx, n)) || is_digit(peek(lx, n)))
		n++;
	const char *text = lx->src->text + lx->pos;
	ret->at = span_here(lx, n);
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strlen(keywords[i].text) == n &&
			memcmp(keywords[i].text, text, n) == 0)
			ret->t = keywords[i].t;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strlen(reserved[i]) == n &&
			memcmp(reserved[i], text, n) == 0)
			return rules_fail(lx->err, ret->at,
				"Parse error: cannot use reserved keyword `%s`",
				reserved[i]);
	lx->pos += n;
	if (ret->t != TK_EOF)
		return 0;
	ret->t = TK_NAME;
	ret->str = rstr_new(lx->arena, text, n);
	return 0;
}

static int
lex_symbol(struct lexer *lx, struct token *ret)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		const char *s = symbols[i].text;
		uint32_t n = 0;
		while (s[n] != '\0' && peek(lx, n) == s[n])
			n++;
		if (s[n] != '\0')
			continue;
		ret->t = symbols[i].t;
		ret->at = span_here(lx, n);
		lx->pos += n;
		if (ret->t == TK_LPAREN || ret->t == TK_LBRACKET ||
			ret->t == TK_LBRACE)
			lx->brackets++;
		else if ((ret->t == TK_RPAREN || ret->t == TK_RBRACKET ||
				 ret->t == TK_RBRACE) &&
			 lx->brackets > 0)
			lx->brackets--;
		return 0;
	}
	if (lx->part && lx->brackets == 1 && peek(lx, 0) == '!' &&
		lx->src->text[lx->pos - 1] != ' ') {
		ret->t = TK_BANG;
		ret->at = span_here(lx, 1);
		lx->pos++;
		return 0;
	}
	uint32_t cp = 0;
	size_t n =
		utf8_get(lx->src->text + lx->pos, lx->src->len - lx->pos, &cp);
	return rules_fail(lx->err, span_here(lx, (uint32_t)n),
		"Parse error: invalid input `%.*s`", (int)n,
		lx->src->text + lx->pos);
}

/* Is there a quote here, behind one of the prefixes r b f br rb fr? */
static bool
at_string(const struct lexer *lx)
{
	static const char *const prefixes[] = { "", "r", "b", "f", "br", "rb",
		"fr" };
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		uint32_t n = 0;
		while (prefixes[i][n] != '\0' && peek(lx, n) == prefixes[i][n])
			n++;
		if (prefixes[i][n] == '\0' &&
			(peek(lx, n) == '"' || peek(lx, n) == '\''))
			return true;
	}
	return false;
}

/* The end: a NEWLINE for the last line, a DEDENT for each block, EOF. */
static int
lex_end(struct lexer *lx, struct token *ret)
{
	ret->at = span_here(lx, 0);
	if (lx->line_open && !lx->part) {
		lx->line_open = false;
		ret->t = TK_NEWLINE;
	} else if (lx->n_indents > 1) {
		lx->n_indents--;
		ret->t = TK_DEDENT;
	} else {
		ret->t = TK_EOF;
	}
	return 0;
}

int
lexer_next(struct lexer *lx, struct token *ret)
{
	*ret = (struct token){ .t = TK_EOF };
	if (lx->line_start && lx->brackets == 0) {
		int r = start_line(lx, ret);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	if (lx->dedents > 0) {
		lx->dedents--;
		ret->t = TK_DEDENT;
		ret->at = span_here(lx, 0);
		return 0;
	}
	int r = skip_blanks(lx);
	if (r < 0)
		return r;
	if (lx->pos >= lx->end)
		return lex_end(lx, ret);
	uint32_t nl = line_end_len(lx);
	if (nl > 0) {
		ret->t = TK_NEWLINE;
		ret->at = span_here(lx, nl);
		lx->pos += nl;
		lx->line_start = true;
		lx->line_open = false;
		return 0;
	}
	lx->line_open = true;
	char c = peek(lx, 0);
	if (at_string(lx))
		r = lexer_string(lx, ret);
	else if (is_name_start(c))
		r = lex_name(lx, ret);
	else if (is_digit(c) || (c == '.' && is_digit(peek(lx, 1))))
		r = lexer_number(lx, ret);
	else
		r = lex_symbol(lx, ret);
	if (r == 0 && lx->arena->failed)
		return rules_fail(lx->err, ret->at,
			"limit reached: more than %d bytes of syntax (memory)",
			RULES_TREE_MAX);
	return r;
}
