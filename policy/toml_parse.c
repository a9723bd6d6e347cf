/* SPDX-License-Identifier: Apache-2.0 */
/* toml_parse.c -- TOML: documents, arrays, inline tables (room: user). */
#include "policy/toml.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/diag.h"
#include "policy/toml_lex.h"

/*
 * Values nest, and nothing here recurses: the containers themselves are the
 * stack.  `node` is where a value is expected; after a scalar we climb from it
 * to the container, which wants either its next value or its end.
 */

/* Begin the value for node: a container is opened, a scalar is read whole. */
static int
begin_value(struct toml_lex *l, struct toml *node, bool *ret_opened)
{
	toml_where(l, l->pos, &node->line, &node->col);
	node->how = TOML_BY_VALUE;
	*ret_opened = false;
	if (l->pos == l->end)
		return toml_error(
			l, l->pos, "give a value", "a value is missing");
	switch (*l->pos) {
	case '[':
	case '{':
		node->type = *l->pos == '[' ? TOML_ARRAY : TOML_TABLE;
		*ret_opened = true;
		l->pos++;
		return 0;
	case '"':
	case '\'':
		node->type = TOML_STRING;
		return toml_string(
			l, TOML_ANY_LINES, &node->str.text, &node->str.len);
	default: return toml_plain(l, node);
	}
}

/* The container a value belongs to: tables made by a dotted key are none. */
static struct toml *
box_of(const struct toml *node)
{
	struct toml *box = node->parent;

	while (box->how == TOML_BY_DOTTED)
		box = box->parent;
	return box;
}

/* `key =` in an inline table, up to where its value begins. */
static int
inline_key(struct toml_lex *l, struct toml *box, struct toml **ret)
{
	struct toml_key key;
	int rc = toml_key(l, &key);

	if (rc < 0)
		return rc;
	if (l->pos == l->end || *l->pos != '=')
		return toml_error(l, l->pos, "write key = value",
			"an equals sign is missing");
	rc = toml_put_dotted(l, box, &key, ret);
	if (rc < 0)
		return rc;
	l->pos++;
	toml_skip_blank(l);
	return 0;
}

static void
skip_in(struct toml_lex *l, const struct toml *box)
{
	if (box->type == TOML_ARRAY)
		toml_skip_lines(l);
	else
		toml_skip_blank(l); /* an inline table is one line */
}

static int
missing_close(struct toml_lex *l, const struct toml *box)
{
	if (box->type == TOML_ARRAY)
		return toml_error(l, l->pos, "part values by commas, end by ]",
			"the array that begins in line %u goes on wrongly",
			box->line);
	return toml_error(l, l->pos,
		"part pairs by commas, end by } on the same line, no comma "
		"before it",
		"the inline table that begins in line %u goes on wrongly",
		box->line);
}

/*
 * In box, behind its opening bracket (first) or behind a value: *ret becomes
 * the next value's node, or NULL where box was closed.
 */
static int
next_in_box(struct toml_lex *l, struct toml *box, bool first, struct toml **ret)
{
	char close = box->type == TOML_ARRAY ? ']' : '}';
	bool comma = false;

	skip_in(l, box);
	if (!first && l->pos < l->end && *l->pos == ',') {
		l->pos++;
		comma = true;
		skip_in(l, box);
	}
	*ret = NULL;
	if (l->pos < l->end && *l->pos == close &&
		(!comma || box->type == TOML_ARRAY)) {
		l->pos++;
		return 0;
	}
	if (l->pos == l->end || (!first && !comma) || *l->pos == close)
		return missing_close(l, box);
	if (box->type == TOML_TABLE)
		return inline_key(l, box, ret);
	return toml_child(l, box, NULL, ret);
}

static int
parse_value(struct toml_lex *l, struct toml *into)
{
	struct toml *node = into;

	for (;;) {
		bool opened = false;
		int rc = begin_value(l, node, &opened);
		if (rc < 0)
			return rc;
		struct toml *next = NULL;
		while (next == NULL) {
			if (!opened && node == into)
				return 0;
			struct toml *box = opened ? node : box_of(node);
			rc = next_in_box(l, box, opened, &next);
			if (rc < 0)
				return rc;
			opened = false;
			node = box;
		}
		node = next;
	}
}

static int
parse_pair(struct toml_lex *l, struct toml *table)
{
	struct toml *leaf = NULL;
	int rc = inline_key(l, table, &leaf);

	if (rc < 0 || leaf == NULL)
		return rc;
	return parse_value(l, leaf);
}

static int
parse_lines(struct toml_lex *l)
{
	struct toml *table = l->doc->root;

	for (;;) {
		toml_skip_lines(l);
		if (l->pos == l->end)
			return 0;
		int rc = *l->pos == '[' ? toml_header(l, &table)
					: parse_pair(l, table);
		if (rc == 0)
			rc = toml_line_end(l);
		if (rc < 0)
			return rc;
	}
}

static int
out_of_memory(struct diag *d, const char *name)
{
	return diag_set(d, -ENOMEM, DIAG_SETUP, name, "out of memory",
		"free some memory");
}

int
toml_parse(struct toml_doc *doc, const char *name, const char *text, size_t len,
	struct diag *d)
{
	*doc = (struct toml_doc){ .arena.max = TOML_MEMORY_MAX };
	if (len > TOML_SIZE_MAX)
		return diag_setf(d, -EFBIG, DIAG_SETUP, name, "make it smaller",
			"larger than %d KiB", TOML_SIZE_MAX >> 10);
	doc->name = arena_copy(&doc->arena, name, strlen(name));
	doc->text = arena_copy(&doc->arena, text, len);
	doc->root = arena_alloc(&doc->arena, sizeof(*doc->root));
	doc->len = len;
	if (doc->name == NULL || doc->text == NULL || doc->root == NULL)
		return out_of_memory(d, name);
	doc->root->type = TOML_TABLE;
	doc->root->how = TOML_BY_HEADER;
	struct toml_lex l = {
		.doc = doc, .d = d, .pos = doc->text, .end = doc->text + len
	};
	int rc = toml_check_text(&l);
	if (rc == 0)
		rc = parse_lines(&l);
	if (rc < 0)
		doc->root = NULL;
	return rc;
}

void
toml_doc_free(struct toml_doc *doc)
{
	if (doc == NULL)
		return;
	arena_free(&doc->arena);
	*doc = (struct toml_doc){ 0 };
}
