/* SPDX-License-Identifier: Apache-2.0 */
/* config_chain.c -- a profile and what it extends, as one view (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* Is v a value of [permissions.NAME]?  Its suffix begins at part 2. */
static bool
is_of(const struct config_value *v, const char *name)
{
	return v->path.n > 2 && config_path_in(&v->path, "permissions") &&
	       strcmp(v->path.part[1], name) == 0;
}

static bool
known_above(const struct config *c, const char *name, bool session)
{
	for (size_t i = 0; i < c->all.n; i++)
		if (is_of(&c->all.items[i], name) &&
			(session ||
				c->all.items[i].src->layer != CONFIG_SESSION))
			return true;
	return false;
}

bool
config_profile_known(const struct config *c, const char *name)
{
	return config_is_preset_profile(name) || known_above(c, name, true);
}

/*
 * A shipped profile is read when something names it and no file of a person
 * defines it.  -c may change single keys of one, so the session does not count.
 */
int
config_need_profile(struct config *c, const char *name, struct diag *d)
{
	if (!config_is_name(name) || known_above(c, name, false))
		return 0;
	const char *file = config_printf(c, "%s.toml", name);
	if (file == NULL)
		return config_nomem(c, d);
	return config_load_file(c, CONFIG_SHIPPED, CONFIG_FILE_MANAGED,
		c->profiles_dir, file, d);
}

static const struct config_value *
find_in(const struct config *c, const char *name, const char *suffix)
{
	for (size_t i = c->all.n; i > 0; i--)
		if (is_of(&c->all.items[i - 1], name) &&
			config_path_is(&c->all.items[i - 1].path, 2, suffix))
			return &c->all.items[i - 1];
	return NULL;
}

/* The value that names a profile is what an error about it points at. */
static int
no_profile(struct config *c, const char *name, const struct config_value *at,
	struct diag *d)
{
	const char *mend = "`codex-sandbox config profiles` lists them";

	if (at == NULL)
		return diag_set(d, -ENOENT, DIAG_SETUP, name,
			"there is no such profile", mend);
	return config_fail(
		c, at, -ENOENT, mend, d, "there is no profile \"%s\"", name);
}

static int
check_link(struct config *c, const struct config_view *v, const char *name,
	const struct config_value *at, struct diag *d)
{
	for (size_t i = 0; i < v->n_chain; i++)
		if (strcmp(v->chain[i], name) == 0)
			return config_fail(c, at, -ELOOP, "break the circle", d,
				"the profile \"%s\" extends itself", name);
	if (v->n_chain == CONFIG_EXTENDS_MAX)
		return config_fail(c, at, -E2BIG, "make the chain shorter", d,
			"more than %d profiles extend each other",
			CONFIG_EXTENDS_MAX);
	if (strcmp(name, ":danger-full-access") == 0 && at != NULL &&
		v->n_chain > 0)
		return config_fail(c, at, -EINVAL,
			"extend :workspace and grant what is needed", d,
			"a profile cannot extend :danger-full-access");
	return 0;
}

static int
follow(struct config *c, const char *name, const struct config_value *at,
	struct config_view *v, struct diag *d)
{
	while (name != NULL) {
		int rc = check_link(c, v, name, at, d);
		if (rc < 0)
			return rc;
		if (config_is_preset_profile(name)) {
			v->base = name;
			return 0;
		}
		rc = config_need_profile(c, name, d);
		if (rc < 0)
			return rc;
		if (!config_profile_known(c, name))
			return no_profile(c, name, at, d);
		v->chain[v->n_chain++] = name;
		at = find_in(c, name, "extends");
		name = at == NULL ? NULL : at->node->str.text;
	}
	return 0;
}

static void
view_put(struct config_view *view, const struct config_value *v, size_t level)
{
	if (v->key->merge != MERGE_APPEND)
		for (size_t i = 0; i < view->n; i++) {
			if (!config_path_same(
				    &view->items[i]->path, 2, &v->path, 2))
				continue;
			view->items[i] = v;
			view->level[i] = level;
			return;
		}
	view->items[view->n] = v;
	view->level[view->n++] = level;
}

/** What a profile says, what it extends included: base first. */
int
config_chain(struct config *c, const char *name, const struct config_value *at,
	struct config_view *ret, struct diag *d)
{
	*ret = (struct config_view){ .name = name };
	int rc = follow(c, name, at, ret, d);
	if (rc < 0)
		return rc;
	ret->items = arena_array(&c->arena, c->all.n, sizeof(void *));
	ret->level = arena_array(&c->arena, c->all.n, sizeof(*ret->level));
	if (ret->items == NULL || ret->level == NULL)
		return config_nomem(c, d);
	for (size_t level = ret->n_chain; level > 0; level--)
		for (size_t i = 0; i < c->all.n; i++)
			if (is_of(&c->all.items[i], ret->chain[level - 1]))
				view_put(ret, &c->all.items[i], level - 1);
	return 0;
}

const struct config_value *
config_view_get(const struct config_view *v, const char *suffix)
{
	for (size_t i = v->n; i > 0; i--)
		if (config_path_is(&v->items[i - 1]->path, 2, suffix))
			return v->items[i - 1];
	return NULL;
}

/*
 * A setting may stand at the top and in the profile.  The higher layer wins;
 * in the same layer the profile does, being the more special.
 */
const struct config_value *
config_view_pick(const struct config *c, const struct config_view *v,
	const char *suffix, const char *top)
{
	const struct config_value *own = config_view_get(v, suffix);
	const struct config_value *general = config_find(&c->all, top);

	if (own == NULL)
		return general;
	if (general != NULL && general->src->layer > own->src->layer)
		return general;
	return own;
}
