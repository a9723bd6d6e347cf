/* SPDX-License-Identifier: Apache-2.0 */
/* config_scan.c -- a document by the rows of the key table (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* The rows that a walk goes by, and what it does with each value. */
struct walk {
	const struct config_key *rows;
	size_t n_rows;
	config_visit *visit;
	const struct toml *skip; /* read already, or NULL */
	size_t next;             /* row behind the last one found */
	struct config_value at;
};

/* The error points at the key, not at its value. */
static const struct config_value *
at_key(struct config_value *v, struct toml *copy)
{
	*copy = *v->node;
	copy->line = copy->key_line;
	copy->col = copy->key_col;
	v->node = copy;
	return v;
}

static int
unknown_key(struct config *c, const struct walk *w, struct diag *d)
{
	char mend[DIAG_TEXT_MAX];
	own_buf struct buf name = { 0 };
	struct config_value at = w->at;
	struct toml copy;
	const char *near = config_key_nearest(w->rows, w->n_rows, &w->at.path);

	config_path_print(&w->at.path, &name);
	if (near == NULL)
		(void)snprintf(mend, sizeof(mend),
			"`codex-sandbox config schema` lists all keys");
	else
		(void)snprintf(
			mend, sizeof(mend), "did you mean \"%s\"?", near);
	return config_fail(c, at_key(&at, &copy), -EINVAL, mend, d,
		"unknown key \"%s\"", buf_str(&name));
}

static int
bad_part(struct config *c, const struct walk *w, const char *mend,
	const char *what, struct diag *d)
{
	struct config_value at = w->at;
	struct toml copy;

	return config_fail(c, at_key(&at, &copy), -EINVAL, mend, d,
		"\"%s\" cannot be %s", w->at.path.part[w->at.path.n - 1], what);
}

/* Names that the file chose: of profiles, projects, variables. */
static int
check_part(struct config *c, const struct walk *w, struct diag *d)
{
	const struct config_path *p = &w->at.path;
	const char *part = p->part[p->n - 1];

	if (toml_has_nul(part, w->at.node->key_len))
		return bad_part(c, w, "leave it out", "a key with a NUL", d);
	bool required = (w->rows->who & WHO_REQ) != 0;
	if (p->n == 2 && strcmp(p->part[0], "permissions") == 0 && !required &&
		!config_is_name(part))
		return bad_part(c, w, "use letters, digits, - and _",
			"the name of a profile", d);
	if (p->n == 2 && strcmp(p->part[0], "projects") == 0 &&
		part[0] != '/' && strncmp(part, "~/", 2) != 0)
		return bad_part(c, w, "give its absolute path, or ~/path",
			"a project", d);
	bool variable = p->n > 1 && strcmp(p->part[p->n - 2], "set") == 0;
	if (variable && (*part == '\0' || strchr(part, '=') != NULL))
		return bad_part(c, w,
			"name it without =", "an environment variable", d);
	return 0;
}

/* One node: 1 when its children come next. */
static int
scan_node(struct config *c, struct walk *w, struct diag *d)
{
	const struct toml *v = w->at.node;

	if (v == w->skip)
		return 0;
	int rc = check_part(c, w, d);
	if (rc < 0)
		return rc;
	struct config_match m =
		config_key_match(w->rows, w->n_rows, w->next, &w->at.path);
	if (m.row != NULL)
		w->next = (size_t)(m.row - w->rows) + 1; /* in the table */
	if (m.prefix && v->type == TOML_TABLE)
		return v->kids.first != NULL;
	if (m.row == NULL && m.prefix)
		return bad_part(c, w, "write its keys below it", "a value", d);
	if (m.row == NULL)
		return unknown_key(c, w, d);
	w->at.key = m.row;
	rc = config_check(c, &w->at, d);
	return rc < 0 ? rc : w->visit(c, &w->at, d);
}

/* By parent and sibling: depth costs no stack. */
static int
walk(struct config *c, struct walk *w, const struct toml *top, struct diag *d)
{
	struct config_path *p = &w->at.path;
	const struct toml *v = top->kids.first;

	p->n = 1;
	while (v != NULL) {
		p->part[p->n - 1] = v->key;
		w->at.node = v;
		int rc = scan_node(c, w, d);
		if (rc < 0)
			return rc;
		if (rc > 0) {
			v = v->kids.first;
			p->n++; /* no row is as deep as the array is long */
			continue;
		}
		while (v->next == NULL) {
			v = v->parent;
			if (v == top)
				return 0;
			p->n--;
		}
		v = v->next;
	}
	return 0;
}

int
config_scan(struct config *c, const struct config_source *src,
	const struct toml *top, config_visit *visit, struct diag *d)
{
	struct walk w = { .visit = visit, .at.src = src };

	w.rows = config_keys(&w.n_rows);
	return walk(c, &w, top, d);
}

/* "a.b" as a path; its parts are cut out of a copy.  false: too deep. */
static bool
split_path(char *text, struct config_path *ret)
{
	ret->n = 0;
	for (char *p = text; p != NULL; ret->n++) {
		if (ret->n == CONFIG_PARTS_MAX)
			return false;
		ret->part[ret->n] = p;
		p = strchr(p, '.');
		if (p != NULL)
			*p++ = '\0';
	}
	return true;
}

/* A misspelt key in `forbid` would forbid nothing. */
static int
check_forbid(struct config *c, const struct config_value *v, struct diag *d)
{
	size_t n = 0;
	const struct config_key *rows = config_keys(&n);
	struct config_value at = *v;

	for (at.node = v->node->kids.first; at.node != NULL;
		at.node = at.node->next) {
		struct config_path path;
		char *copy = arena_copy(
			&c->arena, at.node->str.text, at.node->str.len);
		if (copy == NULL)
			return config_nomem(c, d);
		bool known = split_path(copy, &path);
		if (known) {
			struct config_match m =
				config_key_match(rows, n, 0, &path);
			known = m.row != NULL || m.prefix;
		}
		if (!known)
			return config_fail(c, &at, -EINVAL,
				"name a key of config.toml, or what keys lie "
				"below",
				d, "\"%s\" is no key", at.node->str.text);
	}
	return 0;
}

static int
add_required(struct config *c, const struct config_value *v, struct diag *d)
{
	int rc =
		strcmp(v->key->path, "forbid") == 0 ? check_forbid(c, v, d) : 0;

	return rc < 0 ? rc : config_values_add(c, &c->required, v, d);
}

static int
add_pin(struct config *c, const struct config_value *v, struct diag *d)
{
	return config_values_add(c, &c->pins, v, d);
}

/* [pin] holds rows of config.toml; the rest of the file has rows of its own. */
int
config_scan_required(
	struct config *c, const struct config_source *src, struct diag *d)
{
	struct walk w = { .visit = add_required, .at.src = src };
	const struct toml *pin = toml_get(&src->doc, src->doc.root, "pin");

	w.rows = config_required_keys(&w.n_rows);
	if (pin != NULL && pin->type == TOML_TABLE) {
		int rc = config_scan(c, src, pin, add_pin, d);
		if (rc < 0)
			return rc;
		w.skip = pin;
	}
	return walk(c, &w, src->doc.root, d);
}
