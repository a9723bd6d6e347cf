/* SPDX-License-Identifier: Apache-2.0 */
/* config.c -- the configuration object: sources, values, errors (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/config_impl.h"
#include "policy/diag.h"
#include "policy/vis.h"

struct config *
config_new(void)
{
	struct config *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->arena.max = CONFIG_MEMORY_MAX;
	return c;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	while (c->sources != NULL) {
		struct config_source *next = c->sources->next;
		toml_doc_free(&c->sources->doc);
		free(c->sources);
		c->sources = next;
	}
	buf_free(&c->excerpt);
	arena_free(&c->arena);
	free(c);
}

void
config_cleanup(struct config **c)
{
	config_free(*c);
	*c = NULL;
}

const char *
config_excerpt(const struct config *c)
{
	return buf_str(&c->excerpt);
}

const char *
config_note(const struct config *c, size_t i)
{
	return i < c->n_notes ? c->notes[i] : NULL;
}

void
config_tell_notes(const struct config *c)
{
	for (size_t i = 0; config_note(c, i) != NULL; i++) {
		own_buf struct buf line = { 0 };
		vis_str(&line, config_note(c, i));
		(void)fprintf(stderr, "codex-sandbox: note: %s\n",
			buf_str(&line)); /* the last resort */
	}
}

const char *
config_project_dir(const struct config *c, size_t i)
{
	return i < c->n_projects ? c->projects[i] : NULL;
}

int
config_nomem(struct config *c, struct diag *d)
{
	if (c->arena.over)
		return diag_set(d, -E2BIG, DIAG_SETUP, "configuration",
			"it needs more than 32 MiB of memory",
			"make it smaller");
	return diag_set(d, -ENOMEM, DIAG_SETUP, "configuration",
		"out of memory", "free some memory");
}

const char *
config_printf(struct config *c, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	int len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return NULL;
	const char *copy = arena_copy(&c->arena, text, (size_t)len);
	free(text);
	return copy;
}

int
config_noting(struct config *c, struct diag *d, const char *fmt, ...)
{
	char text[DIAG_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut is fine */
	va_end(ap);
	if (c->n_notes == CONFIG_NOTES_MAX)
		return 0; /* enough said */
	c->notes[c->n_notes] = arena_copy(&c->arena, text, strlen(text));
	if (c->notes[c->n_notes] == NULL)
		return config_nomem(c, d);
	c->n_notes++;
	return 0;
}

/* The line of the key where there is one: what people look for. */
static uint32_t
line_of(const struct config_value *v)
{
	return v->node->key_line != 0 ? v->node->key_line : v->node->line;
}

const char *
config_origin(struct config *c, const struct config_value *v)
{
	if (v->src->layer == CONFIG_BUILTIN)
		return "built-in";
	const char *text = config_printf(c, "%s:%u", v->src->name, line_of(v));
	return text == NULL ? v->src->name : text;
}

int
config_fail(struct config *c, const struct config_value *at, int err,
	const char *mend, struct diag *d, const char *fmt, ...)
{
	char thing[DIAG_TEXT_MAX], cause[DIAG_TEXT_MAX];
	const struct toml *n = at->node;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(cause, sizeof(cause), fmt, ap); /* cut is fine */
	va_end(ap);
	(void)snprintf(thing, sizeof(thing), "%s:%u:%u", at->src->name, n->line,
		n->col);
	buf_free(&c->excerpt);
	toml_excerpt(&at->src->doc, n->line, n->col, &c->excerpt);
	return diag_set(d, err, DIAG_SETUP, thing, cause, mend);
}

int
config_parse(struct config *c, enum config_layer layer, const char *name,
	const struct buf *text, struct config_source **ret, struct diag *d)
{
	struct config_source *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return config_nomem(c, d);
	s->next = c->sources;
	c->sources = s;
	s->layer = layer;
	s->name = arena_copy(&c->arena, name, strlen(name));
	if (s->name == NULL)
		return config_nomem(c, d);
	int rc = toml_parse(&s->doc, s->name, buf_str(text), text->len, d);
	if (rc < 0) {
		buf_free(&c->excerpt);
		toml_excerpt(
			&s->doc, s->doc.err_line, s->doc.err_col, &c->excerpt);
		return rc;
	}
	*ret = s;
	return 0;
}

int
config_values_add(struct config *c, struct config_values *set,
	const struct config_value *v, struct diag *d)
{
	if (set->n == CONFIG_VALUES_MAX)
		return config_fail(c, v, -E2BIG, "make it smaller", d,
			"more than %d values", CONFIG_VALUES_MAX);
	if (set->n == set->cap) {
		size_t cap = set->cap == 0 ? 64 : set->cap * 2;
		void *items = arena_grow(&c->arena, set->items, set->n, cap,
			sizeof(*set->items));
		if (items == NULL)
			return config_nomem(c, d);
		set->items = items;
		set->cap = cap;
	}
	set->items[set->n++] = *v;
	return 0;
}

bool
config_path_is(const struct config_path *p, size_t from, const char *dotted)
{
	for (size_t i = from; i < p->n; i++) {
		size_t len = strlen(p->part[i]);
		if (strncmp(dotted, p->part[i], len) != 0)
			return false;
		dotted += len;
		if (*dotted == '\0')
			return i + 1 == p->n;
		if (*dotted != '.')
			return false;
		dotted++;
	}
	return false;
}

bool
config_path_in(const struct config_path *p, const char *table)
{
	return p->n > 0 && strcmp(p->part[0], table) == 0;
}

bool
config_path_same(const struct config_path *a, size_t from_a,
	const struct config_path *b, size_t from_b)
{
	if (a->n - from_a != b->n - from_b)
		return false;
	for (size_t i = 0; from_a + i < a->n; i++)
		if (strcmp(a->part[from_a + i], b->part[from_b + i]) != 0)
			return false;
	return true;
}

void
config_path_print(const struct config_path *p, struct buf *out)
{
	for (size_t i = 0; i < p->n; i++) {
		if (i > 0)
			buf_char(out, '.');
		toml_print_key(p->part[i], strlen(p->part[i]), out);
	}
}

const struct config_value *
config_find(const struct config_values *set, const char *path)
{
	for (size_t i = set->n; i > 0; i--)
		if (config_path_is(&set->items[i - 1].path, 0, path))
			return &set->items[i - 1];
	return NULL;
}

const struct toml *
config_get(const struct config *c, const char *path, const char **ret_origin)
{
	const struct config_value *v = config_find(&c->bounds, path);

	if (v == NULL)
		v = config_find(&c->all, path);
	if (v == NULL)
		return NULL;
	if (ret_origin != NULL)
		*ret_origin = v->src->name;
	return v->node;
}

bool
config_bool(const struct config *c, const char *path)
{
	const struct toml *v = config_get(c, path, NULL);

	return v != NULL && v->type == TOML_BOOL && v->truth;
}

const char *
config_string(const struct config *c, const char *path)
{
	const struct toml *v = config_get(c, path, NULL);

	return v != NULL && v->type == TOML_STRING ? v->str.text : NULL;
}

bool
config_is_builtin(const struct config *c)
{
	for (size_t i = 0; i < c->all.n; i++)
		if (c->all.items[i].src->layer != CONFIG_BUILTIN)
			return false;
	return c->required.n == 0 && c->bounds.n == 0;
}
