/* SPDX-License-Identifier: Apache-2.0 */
/* config_lists.c -- lists of strings out of values (room: user). */
#include "policy/config.h"

#include <inttypes.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* Grows at each power of two: no capacity to carry about. */
int
config_list_add(struct config *c, struct config_list *l, const char *item,
	struct diag *d)
{
	if ((l->n & (l->n - 1)) == 0) {
		size_t cap = l->n == 0 ? 1 : l->n * 2;
		void *items = arena_grow(&c->arena, (const void *)l->items,
			l->n, cap, sizeof(void *));
		if (items == NULL)
			return config_nomem(c, d);
		l->items = items;
	}
	if (item == NULL)
		return config_nomem(c, d);
	l->items[l->n++] = item;
	return 0;
}

int
config_list_values(struct config *c, struct config_list *l,
	const struct config_value *v, struct diag *d)
{
	const struct toml *item = v == NULL ? NULL : v->node->kids.first;

	for (; item != NULL; item = item->next) {
		const char *text =
			item->type == TOML_INTEGER
				? config_printf(c, "%" PRId64, item->integer)
				: item->str.text;
		int rc = config_list_add(c, l, text, d);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Somebody beside our presets and beside projects has a list there. */
static bool
is_said(const struct config *c, const struct config_view *v, const char *suffix,
	const char *top)
{
	for (size_t i = 0; i < c->all.n; i++) {
		enum config_layer layer = c->all.items[i].src->layer;
		if (layer != CONFIG_BUILTIN && layer != CONFIG_PROJECT &&
			config_path_is(&c->all.items[i].path, 0, top))
			return true;
	}
	return config_view_get(v, suffix) != NULL;
}

int
config_list_gather(struct config *c, const struct config_view *v,
	const char *suffix, const char *top, struct config_list *ret,
	struct diag *d)
{
	bool said = is_said(c, v, suffix, top);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->all.n; i++) {
		const struct config_value *one = &c->all.items[i];
		if (!config_path_is(&one->path, 0, top) ||
			(said && one->src->layer == CONFIG_BUILTIN))
			continue;
		rc = config_list_values(c, ret, one, d);
	}
	for (size_t i = 0; rc == 0 && i < v->n; i++)
		if (config_path_is(&v->items[i]->path, 2, suffix))
			rc = config_list_values(c, ret, v->items[i], d);
	return rc;
}
