/* SPDX-License-Identifier: Apache-2.0 */
/* config_merge.c -- one value more: who may say it, what it does (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* Is p the path that `dotted` names, or below it? */
static bool
is_under(const struct config_path *p, const char *dotted)
{
	struct config_path cut = *p;

	for (cut.n = 1; cut.n <= p->n; cut.n++)
		if (config_path_is(&cut, 0, dotted))
			return true;
	return false;
}

static int
check_forbidden(struct config *c, const struct config_value *v, struct diag *d)
{
	const struct config_value *f = config_find(&c->required, "forbid");

	if (f == NULL || v->src->layer <= CONFIG_MANAGED)
		return 0;
	const struct toml *item = f->node->kids.first;
	for (; item != NULL; item = item->next)
		if (is_under(&v->path, item->str.text))
			return config_fail(c, v, -EPERM, "leave it out", d,
				"\"%s\" is forbidden by %s:%u", item->str.text,
				f->src->name, item->line);
	return 0;
}

static int
check_who(struct config *c, const struct config_value *v, struct diag *d)
{
	own_buf struct buf name = { 0 };
	const char *mend = "put it into your own config.toml";

	if ((v->key->who & 1u << v->src->layer) != 0)
		return check_forbidden(c, v, d);
	if ((v->key->who & 1u << CONFIG_USER) == 0)
		mend = "put it into requirements.toml";
	config_path_print(&v->path, &name);
	return config_fail(c, v, -EPERM, mend, d,
		"\"%s\" cannot be set by the %s layer", buf_str(&name),
		config_layer_name(v->src->layer));
}

/* A profile of the administrator is what its name says, for everybody. */
static int
check_profile_owner(
	struct config *c, const struct config_value *v, struct diag *d)
{
	if (!config_path_in(&v->path, "permissions") ||
		v->src->layer <= CONFIG_MANAGED)
		return 0;
	for (size_t i = 0; i < c->all.n; i++) {
		const struct config_value *old = &c->all.items[i];
		if (old->src->layer != CONFIG_MANAGED ||
			!config_path_in(&old->path, "permissions") ||
			strcmp(old->path.part[1], v->path.part[1]) != 0)
			continue;
		return config_fail(c, v, -EPERM,
			"take another name, and extends = that one", d,
			"the profile \"%s\" is defined by %s", v->path.part[1],
			config_origin(c, old));
	}
	return 0;
}

/* 0 stands for "no limit" where a limit may be absent. */
static uint64_t
as_limit(const struct config_key *k, uint64_t v)
{
	bool zero_is_none =
		k->type == CONFIG_DURATION && strstr(k->path, "grace") == NULL;

	return v == 0 && zero_is_none ? UINT64_MAX : v;
}

static bool
is_narrower(const struct config_value *now, const struct config_value *v)
{
	const struct config_key *k = v->key;
	uint64_t want = config_measure(k, v->node);

	switch (k->merge) {
	case MERGE_APPEND: return true;
	case MERGE_FALSE:
		return want == 0 ||
		       (now != NULL && config_measure(k, now->node) == 1);
	case MERGE_TRUE:
		return want == 1 ||
		       (now != NULL && config_measure(k, now->node) == 0);
	case MERGE_LEAST:
		return now == NULL ||
		       as_limit(k, want) <=
			       as_limit(k, config_measure(k, now->node));
	default: return false;
	}
}

static struct config_value *
find_same(struct config_values *set, const struct config_value *v)
{
	for (size_t i = set->n; i > 0; i--)
		if (config_path_same(&set->items[i - 1].path, 0, &v->path, 0))
			return &set->items[i - 1];
	return NULL;
}

/* Kept apart: a bound lowers whatever is selected, and selects nothing. */
static int
narrow(struct config *c, const struct config_value *v, struct diag *d)
{
	own_buf struct buf name = { 0 };
	const struct config_value *now = find_same(&c->bounds, v);

	if (now == NULL)
		now = find_same(&c->all, v);
	if (is_narrower(now, v))
		return config_values_add(c, &c->bounds, v, d);
	config_path_print(&v->path, &name);
	return config_fail(c, v, -EPERM,
		"remove it there, or set it in your own config.toml", d,
		"a project can only narrow \"%s\", which %s says",
		buf_str(&name), now == NULL ? "nobody" : config_origin(c, now));
}

/* approval_policy is a word or a table: a later source replaces it whole. */
static void
drop_unit(struct config *c, const struct config_value *v)
{
	size_t kept = 0;

	if (c->all.items == NULL ||
		!config_path_in(&v->path, "approval_policy"))
		return;
	for (size_t i = 0; i < c->all.n; i++) {
		const struct config_value *old = &c->all.items[i];
		if (config_path_in(&old->path, "approval_policy") &&
			old->src != v->src)
			continue;
		c->all.items[kept++] = *old;
	}
	c->all.n = kept;
}

static int
put(struct config *c, const struct config_value *v, struct diag *d)
{
	struct config_value *old = find_same(&c->all, v);

	if (old != NULL && v->key->merge != MERGE_APPEND) {
		/* Shipped profiles are read late, and stay the lowest. */
		if (old->src->layer <= v->src->layer)
			*old = *v;
		return 0;
	}
	return config_values_add(c, &c->all, v, d);
}

int
config_merge(struct config *c, const struct config_value *v, struct diag *d)
{
	int rc = check_who(c, v, d);

	if (rc == 0)
		rc = check_profile_owner(c, v, d);
	if (rc < 0)
		return rc;
	if (v->src->layer == CONFIG_PROJECT && v->key->merge != MERGE_APPEND)
		return narrow(c, v, d);
	drop_unit(c, v);
	return put(c, v, d);
}

static bool
same_text(const struct toml *a, const struct toml *b)
{
	own_buf struct buf one = { 0 }, two = { 0 };

	toml_print(a, &one);
	toml_print(b, &two);
	return !buf_failed(&one) && !buf_failed(&two) &&
	       strcmp(buf_str(&one), buf_str(&two)) == 0;
}

static int
apply_pin(struct config *c, const struct config_value *pin, struct diag *d)
{
	const struct config_value *now = find_same(&c->all, pin);
	own_buf struct buf want = { 0 };

	bool append = pin->key->merge == MERGE_APPEND;
	if (now != NULL && !append && now->src->layer > CONFIG_MANAGED &&
		!same_text(now->node, pin->node)) {
		toml_print(pin->node, &want);
		return config_fail(c, now, -EPERM, "leave it out", d,
			"%s:%u pins it to %s", pin->src->name,
			pin->node->key_line, buf_str(&want));
	}
	drop_unit(c, pin);
	return put(c, pin, d);
}

int
config_apply_pins(struct config *c, struct diag *d)
{
	for (size_t i = 0; i < c->pins.n; i++) {
		int rc = apply_pin(c, &c->pins.items[i], d);
		if (rc < 0)
			return rc;
	}
	return 0;
}
