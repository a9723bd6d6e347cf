/* SPDX-License-Identifier: Apache-2.0 */
/* config_print.c -- effective values, profiles, keys for people (room: user). */
#include "policy/config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"
#include "policy/vis.h"

/* A project's bound is shown in the place of what it lowers. */
const struct config_value *
config_effective(const struct config *c, size_t i)
{
	const struct config_value *v = &c->all.items[i];

	if (v->key->merge == MERGE_APPEND)
		return v;
	for (size_t k = c->bounds.n; k > 0; k--)
		if (config_path_same(
			    &c->bounds.items[k - 1].path, 0, &v->path, 0))
			return &c->bounds.items[k - 1];
	return v;
}

static void
print_one(struct config *c, const struct config_value *v, unsigned show,
	struct buf *out)
{
	/* Both write what could harm a terminal as escapes. */
	config_path_print(&v->path, out);
	buf_str_add(out, " = ");
	toml_print(v->node, out);
	if ((show & CONFIG_SHOW_ORIGIN) != 0) {
		buf_str_add(out, "  # ");
		vis_str(out, config_origin(c, v));
		buf_printf(out, " (%s)", config_layer_name(v->src->layer));
	}
	buf_char(out, '\n');
}

/* Bounds on what nobody else set, such as a limit without a preset. */
static bool
is_shown_already(const struct config *c, const struct config_value *bound)
{
	for (size_t i = 0; i < c->all.n; i++)
		if (config_path_same(&c->all.items[i].path, 0, &bound->path, 0))
			return true;
	return false;
}

static bool
is_last(const struct config *c, size_t bound)
{
	for (size_t k = bound + 1; k < c->bounds.n; k++)
		if (config_path_same(&c->bounds.items[k].path, 0,
			    &c->bounds.items[bound].path, 0))
			return false;
	return true;
}

/** Every effective value once, by a callback; bounds and requirements too. */
void
config_each(struct config *c, config_each_fn *fn, void *arg)
{
	for (size_t i = 0; i < c->all.n; i++)
		fn(c, config_effective(c, i), arg);
	for (size_t i = 0; i < c->bounds.n; i++)
		if (is_last(c, i) && !is_shown_already(c, &c->bounds.items[i]))
			fn(c, &c->bounds.items[i], arg);
	for (size_t i = 0; i < c->required.n; i++)
		fn(c, &c->required.items[i], arg);
}

struct printing {
	unsigned show;
	struct buf *out;
};

static void
print_each(struct config *c, const struct config_value *v, void *arg)
{
	struct printing *p = arg;

	print_one(c, v, p->show, p->out);
}

int
config_print(struct config *c, unsigned show, struct buf *out)
{
	struct printing p = { .show = show, .out = out };

	if ((show & CONFIG_SHOW_JSON) != 0)
		return config_print_json(c, out);
	config_each(c, print_each, &p);
	return buf_failed(out) ? -ENOMEM : 0;
}

/* Names of profiles: of the shipped files, then of all layers. */
static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
add_name(struct config *c, struct config_list *l, const char *name,
	struct diag *d)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i], name) == 0)
			return 0;
	return config_list_add(c, l, name, d);
}

static int
add_shipped(struct config *c, struct config_list *l, struct diag *d)
{
	DIR *dir = opendir(c->profiles_dir);
	int rc = 0;

	if (dir == NULL)
		return 0; /* none installed */
	for (;;) {
		/* One thread: readdir() is safe. */
		const struct dirent *e = readdir(dir); /* NOLINT */
		if (e == NULL || rc < 0)
			break;
		size_t len = strlen(e->d_name);
		if (len < 6 || strcmp(e->d_name + len - 5, ".toml") != 0)
			continue;
		const char *name = arena_copy(&c->arena, e->d_name, len - 5);
		rc = name == NULL ? config_nomem(c, d)
				  : add_name(c, l, name, d);
		if (rc == 0)
			rc = config_need_profile(c, name, d);
	}
	(void)closedir(dir); /* it was read only */
	return rc;
}

int
config_profile_names(struct config *c, struct config_list *ret, struct diag *d)
{
	int rc = add_shipped(c, ret, d);

	for (size_t i = 0; rc == 0 && i < c->all.n; i++) {
		const struct config_path *p = &c->all.items[i].path;
		if (config_path_in(p, "permissions"))
			rc = add_name(c, ret, p->part[1], d);
	}
	if (rc == 0 && ret->n > 0)
		qsort((void *)ret->items, ret->n, sizeof(*ret->items), by_name);
	return rc;
}

/* The layer that defines a profile, and its file. */
static const struct config_value *
first_of(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->all.n; i++)
		if (c->all.items[i].path.n > 2 &&
			config_path_in(&c->all.items[i].path, "permissions") &&
			strcmp(c->all.items[i].path.part[1], name) == 0)
			return &c->all.items[i];
	return NULL;
}

int
config_print_profiles(struct config *c, struct buf *out, struct diag *d)
{
	static const char *const presets[][2] = {
		{ ":read-only", "everything readable, nothing writable" },
		{ ":workspace", "the workspace and /tmp writable" },
		{ ":danger-full-access", "no sandbox" },
	};
	struct config_list names = { 0 };
	struct config_profile now = { 0 };
	int rc = config_profile_names(c, &names, d);

	if (rc == 0)
		rc = config_resolve(c, NULL, &now, d);
	if (rc < 0 || now.name == NULL)
		return rc;
	for (size_t i = 0; i < 3; i++)
		buf_printf(out, "%c %-20s %s  # built-in\n",
			strcmp(now.name, presets[i][0]) == 0 ? '*' : ' ',
			presets[i][0], presets[i][1]);
	for (size_t i = 0; i < names.n; i++) {
		const struct config_value *v = first_of(c, names.items[i]);
		const char *text = "";
		if (v == NULL)
			continue;
		const char *path = config_printf(
			c, "permissions.%s.description", names.items[i]);
		if (path != NULL && config_string(c, path) != NULL)
			text = config_string(c, path);
		buf_printf(out, "%c %-20s ",
			strcmp(now.name, names.items[i]) == 0 ? '*' : ' ',
			names.items[i]);
		vis_str(out, text);
		buf_str_add(out, "  # ");
		vis_str(out, config_origin(c, v));
		buf_char(out, '\n');
	}
	config_profile_free(&now);
	return buf_failed(out) ? -ENOMEM : 0;
}
