/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_TOML_LEX_H
#define POLICY_TOML_LEX_H
/*
 * toml_lex.h -- inside of the TOML reader: cursor, errors, the pieces.
 *
 * Nobody but toml_*.c includes this.  Every function returns 0 or -Exxx with
 * the diag filled, and moves the cursor only over what it understood.
 */
#include "policy/toml.h"

struct toml_lex {
	struct toml_doc *doc;
	struct diag *d;
	const char *pos, *end;
	/* toml_where() goes on from here: positions are asked in order. */
	const char *mark;
	uint32_t mark_line, mark_col;
};

struct toml_part {
	const char *text;
	size_t len;
	const char *at; /* in the source */
};

struct toml_key {
	size_t n;
	struct toml_part part[TOML_DEPTH_MAX];
};

/* toml_lex.c */
void toml_where(struct toml_lex *l, const char *at, uint32_t *ret_line,
	uint32_t *ret_col);
int toml_error(struct toml_lex *l, const char *at, const char *mend,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
int toml_full(struct toml_lex *l, const char *at); /* memory is used up */
int toml_check_text(struct toml_lex *l);
bool toml_starts(const struct toml_lex *l, const char *s);
void toml_skip_blank(struct toml_lex *l); /* spaces and tabs */
void toml_skip_lines(struct toml_lex *l); /* and newlines and comments */
int toml_line_end(struct toml_lex *l);    /* [comment] newline or end */

/* toml_string.c: one quoted string at the cursor */
enum toml_quote { TOML_ONE_LINE, TOML_ANY_LINES };
int toml_string(struct toml_lex *l, enum toml_quote q, const char **ret_text,
	size_t *ret_len);

/* toml_number.c, toml_date.c: one scalar that is no string */
int toml_plain(struct toml_lex *l, struct toml *v);
int toml_date(struct toml_lex *l, const char *tok, size_t len, struct toml *v);
bool toml_is_date(const char *tok, size_t len);
bool toml_is_time(const char *tok, size_t len);

/* toml_table.c: who may be put where */
struct toml *toml_find(const struct toml_doc *doc, const struct toml *table,
	const char *key, size_t len);
int toml_child(struct toml_lex *l, struct toml *box,
	const struct toml_part *key, struct toml **ret);
int toml_key(struct toml_lex *l, struct toml_key *ret);
int toml_put_dotted(struct toml_lex *l, struct toml *table,
	const struct toml_key *key, struct toml **ret_leaf);
int toml_header(struct toml_lex *l, struct toml **ret_table);

#endif /* POLICY_TOML_LEX_H */
