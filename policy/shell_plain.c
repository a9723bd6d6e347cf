/* SPDX-License-Identifier: Apache-2.0 */
/* shell_plain.c -- plain commands, or opaque (room: user). */
/*
 * A whitelist: the text is accepted only if every byte of it has one meaning
 * in every shell of the dialect.
 *
 *   list    := newlines? command (op command)* (";" | newlines)?
 *   op      := ("&&" | "||" | "|") newlines? | ";" newlines? | newlines
 *   command := name word*
 *   word    := (bare | '...' | "...")+     name := bare
 *
 * Blanks are space and tab and nothing else.  Shells and grammars disagree
 * about vertical tab, form feed, carriage return, NUL, other control bytes and
 * backslash-newline, and such a disagreement has run a program without asking:
 * all of them make the text opaque, inside quotes too.
 */
#include "policy/shell.h"

#include <errno.h>
#include <string.h>

#include "policy/shell_list.h"
#include "policy/shell_words.h"
#include "policy/utf8.h"

/* Where in the list we are: says which separator or end may come next. */
enum place {
	AT_START, /* nothing but newlines yet */
	IN_LIST,  /* behind a command */
	AFTER_OP, /* behind && || |: a command must follow, newlines may */
	AFTER_SEMI,
	AFTER_LINE, /* behind a newline: a command or the end */
};

struct plain {
	const char *s;
	size_t len;
	size_t pos;
	enum shell_dialect dialect;
	enum place place;
	enum shell_join join; /* of the command to come */
	struct shell_draft draft;
	struct buf word;
	struct shell_list list;
	const char *reason; /* first doubt; latched */
	size_t reason_pos;
};

/* Make the text opaque; returns false so that `return doubt(...)` reads well. */
static bool
doubt(struct plain *p, size_t pos, const char *reason)
{
	if (!p->reason) {
		p->reason = reason;
		p->reason_pos = pos;
	}
	return false;
}

static bool
at_end(const struct plain *p)
{
	return p->pos >= p->len;
}

static bool
bare_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c >= 0x80 ||
	       (c != '\0' && strchr("!@%+,:-./_=", c) != NULL);
}

static const char *
byte_reason(char c)
{
	switch (c) {
	case '$': return "an expansion";
	case '`': return "a command substitution";
	case '\\': return "a backslash";
	case '<':
	case '>': return "a redirection";
	case '(':
	case ')': return "a parenthesis";
	case '{':
	case '}': return "a brace";
	case '*':
	case '?':
	case '[':
	case ']':
	case '^': return "a glob character";
	case '~': return "a tilde";
	case '#': return "a comment or hash sign";
	case '&': return "a background job";
	default: return "an unexpected character";
	}
}

static bool
bytes_fine(struct plain *p)
{
	if (p->len > SHELL_TEXT_MAX)
		return doubt(p, 0, "too long");
	for (size_t i = 0; i < p->len;) {
		unsigned char c = (unsigned char)p->s[i]; /* a byte */
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return doubt(p, i, "a control character");
		uint32_t cp = 0;
		size_t n = utf8_get(p->s + i, p->len - i, &cp);
		if (n == 0)
			return doubt(p, i, "bytes that are not UTF-8");
		i += n;
	}
	return true;
}

static bool
part_single(struct plain *p)
{
	const char *from = p->s + p->pos + 1;
	const char *end = memchr(from, '\'', p->len - p->pos - 1);
	if (!end)
		return doubt(p, p->pos, "a quote without an end");
	buf_add(&p->word, from, (size_t)(end - from)); /* end is behind from */
	p->pos = (size_t)(end - p->s) + 1;
	return true;
}

static bool
part_double(struct plain *p)
{
	size_t open = p->pos++;
	for (; !at_end(p); p->pos++) {
		char c = p->s[p->pos];
		char next = '\0';
		if (p->pos + 1 < p->len)
			next = p->s[p->pos + 1];
		if (c == '"') {
			p->pos++;
			return true;
		}
		if (c == '$' || c == '`')
			return doubt(p, p->pos, byte_reason(c));
		/* Any other backslash is itself, in every shell. */
		if (c == '\\' && strchr("\"\\$`\n", next) != NULL)
			return doubt(p, p->pos, byte_reason(c));
		buf_char(&p->word, c);
	}
	return doubt(p, open, "a quote without an end");
}

static bool
part_bare(struct plain *p)
{
	size_t from = p->pos;
	/* zsh looks a word with a leading = up in the PATH. */
	if (p->s[from] == '=')
		return doubt(p, from, "a word that begins with =");
	while (!at_end(p) && bare_byte((unsigned char)p->s[p->pos]))
		p->pos++;
	if (p->pos == from)
		return doubt(p, from, byte_reason(p->s[from]));
	buf_add(&p->word, p->s + from, p->pos - from);
	return true;
}

static bool
word_ends(const struct plain *p)
{
	return at_end(p) || strchr(" \t\n;|&", p->s[p->pos]) != NULL;
}

/* Names that bash or zsh take for an assignment, a job or a keyword. */
static bool
name_fine(struct plain *p, const char *name, size_t len, size_t pos)
{
	size_t dashes = 0;
	while (dashes < len && dashes < 2 && name[dashes] == '-')
		dashes++;
	size_t id = dashes, digits = dashes;
	while (id < len &&
		(name[id] == '_' || (name[id] & 0x80) != 0 ||
			(name[id] >= '0' && name[id] <= '9') ||
			((name[id] | 0x20) >= 'a' && (name[id] | 0x20) <= 'z')))
		id++;
	while (digits < len && name[digits] >= '0' && name[digits] <= '9')
		digits++;
	if (digits == len && digits > dashes && dashes < 2)
		return doubt(p, pos, "a number as command name");
	if (name[0] == '%')
		return doubt(p, pos, "a job name");
	/* `-x=y` is a word; `--x=y` and `-1=y` are not for the grammar. */
	bool begins = dashes != 1 || (digits > dashes && digits == id);
	if (id < len && begins) {
		/* zsh takes even `+=x` for an assignment, to no name. */
		size_t eq = name[id] == '+' ? id + 1 : id;
		if (eq < len && name[eq] == '=' && (id > dashes || dashes == 0))
			return doubt(p, pos, "an assignment");
		if (id > dashes && (name[id] == '%' || name[id] == '@'))
			return doubt(p, pos, "a name with % or @");
	}
	const char *what = shell_word_reserved(name, len, p->dialect);
	return what ? doubt(p, pos, what) : true;
}

static bool
word_read(struct plain *p)
{
	size_t from = p->pos, parts = 0;
	bool bare_only = true;
	p->word.len = 0;
	while (!word_ends(p)) {
		char c = p->s[p->pos];
		bool ok = c == '\''  ? part_single(p)
			  : c == '"' ? part_double(p)
				     : part_bare(p);
		if (!ok)
			return false;
		bare_only = bare_only && c != '\'' && c != '"';
		parts++;
	}
	if (parts > 1 && p->word.len == 0)
		return doubt(p, from, "an empty word of several parts");
	if (p->draft.argc == 0) {
		if (!bare_only)
			return doubt(p, from, "a quoted command name");
		if (!name_fine(p, p->s + from, p->pos - from, from))
			return false;
	}
	shell_draft_word(&p->draft, buf_str(&p->word), p->word.len);
	return true;
}

static void
blanks_skip(struct plain *p)
{
	while (!at_end(p) && (p->s[p->pos] == ' ' || p->s[p->pos] == '\t'))
		p->pos++;
}

static bool
command_read(struct plain *p)
{
	for (blanks_skip(p); !word_ends(p); blanks_skip(p))
		if (!word_read(p))
			return false;
	shell_list_add(&p->list, p->join, &p->draft);
	p->place = IN_LIST;
	return true;
}

/* One separator: newline, ; && || or |. */
static bool
separator_read(struct plain *p)
{
	char c = p->s[p->pos];
	bool twice = p->pos + 1 < p->len && p->s[p->pos + 1] == c;
	if (c == '\n') {
		p->pos++;
		if (p->place == IN_LIST || p->place == AFTER_SEMI) {
			p->place = AFTER_LINE;
			p->join = SHELL_SEQ;
		}
		return true;
	}
	if (c == '&' && !twice)
		return doubt(p, p->pos, byte_reason(c));
	if (p->place != IN_LIST)
		return doubt(p, p->pos, "an operator without a command before");
	if (c == ';') {
		p->place = AFTER_SEMI;
		p->join = SHELL_SEQ;
		p->pos++;
		return true;
	}
	p->place = AFTER_OP;
	p->join = c == '&' ? SHELL_AND : twice ? SHELL_OR : SHELL_PIPE;
	p->pos += twice ? 2 : 1;
	return true;
}

static bool
text_read(struct plain *p)
{
	if (!bytes_fine(p))
		return false;
	for (blanks_skip(p); !at_end(p); blanks_skip(p)) {
		bool ok = word_ends(p) ? separator_read(p) : command_read(p);
		if (!ok)
			return false;
	}
	if (p->place == AT_START)
		return doubt(p, 0, "no command");
	if (p->place == AFTER_OP)
		return doubt(p, p->len, "an operator without a command behind");
	return true;
}

/* A builtin that bends later commands may only come last. */
static bool
builtins_fine(struct plain *p, const struct shell_commands *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (shell_word_computes(&c->items[i]))
			return doubt(p, 0,
				"a builtin that runs what is in a subscript");
	for (size_t i = 0; i + 1 < c->n; i++)
		if (shell_word_rewrites(&c->items[i]))
			return doubt(p, 0,
				"a builtin that changes what later "
				"commands mean");
	return true;
}

int
shell_decompose(const char *script, size_t len, enum shell_dialect dialect,
	struct shell_commands *ret, struct shell_why *why)
{
	struct plain p = { .s = script, .len = len, .dialect = dialect };
	struct shell_commands c = { 0 };
	int r = 0;
	bool ok = text_read(&p);
	if (buf_failed(&p.word)) /* a word may be short of bytes */
		r = -ENOMEM;
	if (ok && r == 0)
		r = shell_list_take(&p.list, &c);
	if (ok && r == 0)
		ok = builtins_fine(&p, &c);
	if (r == 0 && !ok) {
		shell_why_set(why, p.reason, script, p.reason_pos);
		r = -EOPNOTSUPP;
	}
	if (r == 0)
		*ret = c;
	else
		shell_commands_free(&c);
	shell_list_free(&p.list);
	shell_draft_free(&p.draft);
	buf_free(&p.word);
	return r;
}
