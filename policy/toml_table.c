/* SPDX-License-Identifier: Apache-2.0 */
/* toml_table.c -- TOML: keys, and who may be put where (room: user). */
#include "policy/toml.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/diag.h"
#include "policy/toml_lex.h"

/*
 * Theory.  A table is made in one of four ways (enum toml_how), and that
 * decides who may add to it later:
 *
 *   made by    walk through [x.y]  define [x]  dotted x.y = 1  [[x]]
 *   path       yes                 once        no              no
 *   header     yes                 no          no              no
 *   dotted     yes                 no          yes             no
 *   value      no                  no          no              no
 *   list       its last element    no          no              one more
 *
 * "Dotted" into a table that a path made is left open by TOML 1.0 and
 * forbidden by its next version: refused.
 *
 * All keys of a document share one index, keyed by (table, key).  It holds at
 * most TOML_KEYS_MAX entries, so even a file made to collide costs only some
 * 10^8 steps of one integer comparison.
 */

enum { SLOTS_MIN = 64, NAME_SHOWN = 80 };

static size_t
slot_of(const struct toml_doc *doc, const struct toml *table, const char *key,
	size_t len)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)(uintptr_t)table;

	h *= 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32) & (doc->n_slots - 1);
}

static bool
same_key(const struct toml *v, const struct toml *table, const char *key,
	size_t len)
{
	return v->parent == table && v->key_len == len &&
	       memcmp(v->key, key, len) == 0;
}

struct toml *
toml_find(const struct toml_doc *doc, const struct toml *table, const char *key,
	size_t len)
{
	if (doc->n_slots == 0)
		return NULL;
	size_t i = slot_of(doc, table, key, len);
	while (doc->slots[i] != NULL) {
		if (same_key(doc->slots[i], table, key, len))
			return doc->slots[i];
		i = (i + 1) & (doc->n_slots - 1);
	}
	return NULL;
}

static void
index_put(struct toml_doc *doc, struct toml *v)
{
	size_t i = slot_of(doc, v->parent, v->key, v->key_len);

	while (doc->slots[i] != NULL)
		i = (i + 1) & (doc->n_slots - 1);
	doc->slots[i] = v;
}

/* Twice as many slots as keys: lookups end soon. */
static bool
index_grow(struct toml_doc *doc)
{
	struct toml **old = doc->slots;
	size_t n_old = doc->n_slots;

	if (n_old > doc->n_keys * 2)
		return true;
	size_t n = n_old == 0 ? SLOTS_MIN : n_old * 4;
	struct toml **slots =
		arena_array(&doc->arena, n, sizeof(struct toml *));
	if (slots == NULL)
		return false;
	doc->slots = slots;
	doc->n_slots = n;
	for (size_t i = 0; i < n_old; i++)
		if (old[i] != NULL)
			index_put(doc, old[i]);
	return true;
}

static int
too_much(struct toml_lex *l, const char *at, const char *what, int max)
{
	char thing[DIAG_TEXT_MAX], cause[96];

	toml_where(l, at, &l->doc->err_line, &l->doc->err_col);
	(void)snprintf(thing, sizeof(thing), "%s:%u:%u", l->doc->name,
		l->doc->err_line, l->doc->err_col); /* cut is fine */
	(void)snprintf(cause, sizeof(cause), "more than %d %s", max, what);
	return diag_set(
		l->d, -E2BIG, DIAG_SETUP, thing, cause, "make it smaller");
}

static int
index_add(struct toml_lex *l, struct toml *v, const struct toml_part *key)
{
	struct toml_doc *doc = l->doc;

	if (doc->n_keys >= TOML_KEYS_MAX)
		return too_much(l, key->at, "keys", TOML_KEYS_MAX);
	if (!index_grow(doc))
		return toml_full(l, key->at);
	v->key = key->text;
	v->key_len = key->len;
	toml_where(l, key->at, &v->key_line, &v->key_col);
	v->line = v->key_line;
	v->col = v->key_col;
	doc->n_keys++;
	index_put(doc, v);
	return 0;
}

/** A new last child of box: of a table with its key, of an array without. */
int
toml_child(struct toml_lex *l, struct toml *box, const struct toml_part *key,
	struct toml **ret)
{
	if (box->depth + 1 > TOML_DEPTH_MAX)
		return too_much(l, key == NULL ? l->pos : key->at,
			"containers around a value", TOML_DEPTH_MAX);
	struct toml *v = arena_alloc(&l->doc->arena, sizeof(*v));
	if (v == NULL)
		return toml_full(l, l->pos);
	v->parent = box;
	v->depth = (uint16_t)(box->depth + 1);
	if (key != NULL) {
		int rc = index_add(l, v, key);
		if (rc < 0)
			return rc;
	}
	if (box->kids.last == NULL)
		box->kids.first = v;
	else
		box->kids.last->next = v;
	box->kids.last = v;
	box->kids.n++;
	*ret = v;
	return 0;
}

static int
key_part(struct toml_lex *l, struct toml_part *ret)
{
	const char *p = l->pos;

	ret->at = p;
	if (p < l->end && (*p == '"' || *p == '\''))
		return toml_string(l, TOML_ONE_LINE, &ret->text, &ret->len);
	while (p < l->end &&
		(isalnum((unsigned char)*p) || *p == '-' || *p == '_'))
		p++;
	ret->len = (size_t)(p - l->pos);
	ret->text = arena_copy(&l->doc->arena, l->pos, ret->len);
	if (ret->text == NULL)
		return toml_full(l, p);
	if (ret->len == 0)
		return toml_error(l, p, "use A-Z a-z 0-9 - _, or quote the key",
			"a key is missing");
	l->pos = p;
	return 0;
}

/** A key, dotted or not, with the blanks around it. */
int
toml_key(struct toml_lex *l, struct toml_key *ret)
{
	ret->n = 0;
	for (;;) {
		toml_skip_blank(l);
		if (ret->n == TOML_DEPTH_MAX)
			return too_much(
				l, l->pos, "parts in a key", TOML_DEPTH_MAX);
		int rc = key_part(l, &ret->part[ret->n++]);
		if (rc < 0)
			return rc;
		toml_skip_blank(l);
		if (l->pos == l->end || *l->pos != '.')
			return 0;
		l->pos++;
	}
}

static int
taken(struct toml_lex *l, const struct toml_part *key, const struct toml *by)
{
	int shown = key->len > NAME_SHOWN ? NAME_SHOWN : (int)key->len;

	return toml_error(l, key->at, "keep one of them",
		"\"%.*s\" is defined already, in line %u", shown, key->text,
		by->key_line);
}

static int
new_table(struct toml_lex *l, struct toml *box, const struct toml_part *key,
	enum toml_how how, struct toml **ret)
{
	int rc = toml_child(l, box, key, ret);

	if (rc < 0)
		return rc;
	(*ret)->type = TOML_TABLE;
	(*ret)->how = how;
	return 0;
}

/** The leaf for a key in table, the tables on the way made. */
int
toml_put_dotted(struct toml_lex *l, struct toml *table,
	const struct toml_key *key, struct toml **ret_leaf)
{
	struct toml *at = table;
	const struct toml_part *p = key->part;

	for (; p < key->part + key->n - 1; p++) {
		struct toml *next = toml_find(l->doc, at, p->text, p->len);
		if (next == NULL) {
			int rc = new_table(l, at, p, TOML_BY_DOTTED, &next);
			if (rc < 0)
				return rc;
		} else if (next->type != TOML_TABLE ||
			   next->how != TOML_BY_DOTTED) {
			return taken(l, p, next);
		}
		at = next;
	}
	const struct toml *twin = toml_find(l->doc, at, p->text, p->len);
	if (twin != NULL)
		return taken(l, p, twin);
	return toml_child(l, at, p, ret_leaf);
}

/* One step of a header, before its last part. */
static int
header_step(struct toml_lex *l, struct toml **at, const struct toml_part *p)
{
	struct toml *next = toml_find(l->doc, *at, p->text, p->len);

	if (next == NULL)
		return new_table(l, *at, p, TOML_BY_PATH, at);
	if (next->how == TOML_BY_VALUE)
		return taken(l, p, next);
	*at = next->how == TOML_BY_LIST ? next->kids.last : next;
	return 0;
}

static int
header_table(struct toml_lex *l, struct toml *box, const struct toml_part *p,
	struct toml **ret)
{
	struct toml *old = toml_find(l->doc, box, p->text, p->len);

	if (old == NULL)
		return new_table(l, box, p, TOML_BY_HEADER, ret);
	if (old->how != TOML_BY_PATH)
		return taken(l, p, old);
	old->how = TOML_BY_HEADER;
	toml_where(l, p->at, &old->key_line, &old->key_col);
	*ret = old;
	return 0;
}

static int
header_list(struct toml_lex *l, struct toml *box, const struct toml_part *p,
	struct toml **ret)
{
	struct toml *list = toml_find(l->doc, box, p->text, p->len);

	if (list == NULL) {
		int rc = toml_child(l, box, p, &list);
		if (rc < 0)
			return rc;
		list->type = TOML_ARRAY;
		list->how = TOML_BY_LIST;
	} else if (list->how != TOML_BY_LIST) {
		return taken(l, p, list);
	}
	int rc = new_table(l, list, NULL, TOML_BY_HEADER, ret);
	if (rc == 0)
		toml_where(l, p->at, &(*ret)->line, &(*ret)->col);
	return rc;
}

/** [a.b] or [[a.b]] at the cursor: the table that the next lines fill. */
int
toml_header(struct toml_lex *l, struct toml **ret_table)
{
	bool list = toml_starts(l, "[[");
	const char *close = list ? "]]" : "]";
	struct toml_key key;
	struct toml *at = l->doc->root;

	l->pos += strlen(close);
	int rc = toml_key(l, &key);
	if (rc < 0)
		return rc;
	if (!toml_starts(l, close))
		return toml_error(l, l->pos, "close it on the same line",
			"the header is not closed by %s", close);
	l->pos += strlen(close);
	for (size_t i = 0; i + 1 < key.n; i++) {
		rc = header_step(l, &at, &key.part[i]);
		if (rc < 0)
			return rc;
	}
	const struct toml_part *last = &key.part[key.n - 1];
	return list ? header_list(l, at, last, ret_table)
		    : header_table(l, at, last, ret_table);
}
