/* SPDX-License-Identifier: Apache-2.0 */
/* rules_list.c -- methods of lists and dicts (room: user). */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_vm.h"

/* ---- lists ------------------------------------------------------------------------------- */

static int
list_append(struct vm *vm, const struct args *a, struct value *ret)
{
	*ret = V_NONE_VALUE;
	return v_append(vm, a->self.l, a->pos[0]);
}

static int
list_clear(struct vm *vm, const struct args *a, struct value *ret)
{
	*ret = V_NONE_VALUE;
	if (v_writable(vm, a->self.l->locks) < 0)
		return -EINVAL;
	a->self.l->n = 0;
	return 0;
}

static int
list_extend(struct vm *vm, const struct args *a, struct value *ret)
{
	struct viter it;
	struct value v;
	*ret = V_NONE_VALUE;
	if (v_iter(vm, a->pos[0], &it) < 0)
		return -EINVAL;
	uint32_t n = v_len(&a->pos[0]); /* x.extend(x) ends */
	for (uint32_t i = 0; i < n && v_next(&it, &v); i++)
		if (vm_tick(vm, 1) < 0 || v_append(vm, a->self.l, v) < 0)
			return -EINVAL;
	return v_writable(vm, a->self.l->locks);
}

static int
find_value(struct vm *vm, const struct args *a, uint32_t *ret)
{
	const struct vlist *l = a->self.l;
	for (uint32_t i = 0; i < l->n; i++) {
		bool same = false;
		if (vm_tick(vm, 1) < 0 ||
			v_equal(vm, l->v[i], a->pos[0], &same) < 0)
			return -EINVAL;
		if (same) {
			*ret = i;
			return 0;
		}
	}
	own_buf struct buf text = { .max = VALUE_SHOWN_MAX };
	if (v_repr(vm, &text, a->pos[0]) < 0)
		return -EINVAL;
	return vm_fail(vm, "Element '%s' not found in list", buf_str(&text));
}

static int
list_index(struct vm *vm, const struct args *a, struct value *ret)
{
	uint32_t i = 0;
	if (a->n_pos > 1)
		return vm_fail(vm,
			"not supported here: index() with a start and an end");
	if (find_value(vm, a, &i) < 0)
		return -EINVAL;
	*ret = v_int(i);
	return 0;
}

static void
cut(struct vlist *l, uint32_t i)
{
	memmove(&l->v[i], &l->v[i + 1], (l->n - i - 1) * sizeof(*l->v));
	l->n--;
}

static int
list_remove(struct vm *vm, const struct args *a, struct value *ret)
{
	uint32_t i = 0;
	*ret = V_NONE_VALUE;
	if (v_writable(vm, a->self.l->locks) < 0 || find_value(vm, a, &i) < 0)
		return -EINVAL;
	cut(a->self.l, i);
	return vm_tick(vm, a->self.l->n);
}

static int
list_pop(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vlist *l = a->self.l;
	int64_t i = (int64_t)l->n - 1;
	if (v_writable(vm, l->locks) < 0)
		return -EINVAL;
	if (a->n_pos > 0) {
		if (a->pos[0].t != V_INT)
			return vm_bad_param(vm, "index", "int", &a->pos[0]);
		i = a->pos[0].i < 0 ? a->pos[0].i + (int64_t)l->n : a->pos[0].i;
	}
	if (i < 0 || i >= (int64_t)l->n)
		return vm_fail(vm, "Index `%" PRId64 "` is out of bound", i);
	*ret = l->v[i];
	cut(l, (uint32_t)i);
	return vm_tick(vm, l->n - (uint64_t)i);
}

static int
list_insert(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vlist *l = a->self.l;
	*ret = V_NONE_VALUE;
	if (a->pos[0].t != V_INT)
		return vm_bad_param(vm, "index", "int", &a->pos[0]);
	int64_t n = l->n;
	int64_t i = a->pos[0].i;
	if (i < 0)
		i = i < -n ? 0 : i + n;
	if (i > n)
		i = n;
	if (v_append(vm, l, a->pos[1]) < 0 || vm_tick(vm, l->n) < 0)
		return -EINVAL;
	memmove(&l->v[i + 1], &l->v[i], (size_t)(n - i) * sizeof(*l->v));
	l->v[i] = a->pos[1];
	return 0;
}

static const struct native list_methods[] = {
	{ "append", list_append, 1, 1, NULL, false },
	{ "clear", list_clear, 0, 0, NULL, false },
	{ "extend", list_extend, 1, 1, NULL, false },
	{ "index", list_index, 1, 3, NULL, false },
	{ "insert", list_insert, 2, 2, NULL, false },
	{ "pop", list_pop, 0, 1, NULL, false },
	{ "remove", list_remove, 1, 1, NULL, false },
};

/* ---- dicts -------------------------------------------------------------------------------- */

static int
dict_clear(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vdict *d = a->self.d;
	*ret = V_NONE_VALUE;
	if (v_writable(vm, d->locks) < 0)
		return -EINVAL;
	d->n = 0;
	if (d->index_cap > 0)
		memset(d->index, 0, d->index_cap * sizeof(*d->index));
	return vm_tick(vm, d->index_cap);
}

static int
dict_get(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vpair *found = NULL;
	if (v_dict_find(vm, a->self.d, a->pos[0], &found) < 0)
		return -EINVAL;
	*ret = found != NULL  ? found->value
	       : a->n_pos > 1 ? a->pos[1]
			      : V_NONE_VALUE;
	return 0;
}

static int
dict_setdefault(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vpair *found = NULL;
	if (v_dict_find(vm, a->self.d, a->pos[0], &found) < 0)
		return -EINVAL;
	if (found != NULL) {
		*ret = found->value;
		return 0;
	}
	*ret = a->n_pos > 1 ? a->pos[1] : V_NONE_VALUE;
	return v_dict_set(vm, a->self.d, a->pos[0], *ret);
}

enum part { PART_KEY = 1, PART_VALUE = 2 };

static int
dict_list(struct vm *vm, const struct args *a, unsigned int parts,
	struct value *ret)
{
	const struct vdict *d = a->self.d;
	if (vm_tick(vm, d->n) < 0 || v_list(vm, V_LIST, NULL, d->n, ret) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < d->n; i++) {
		struct value both[2] = { d->e[i].key, d->e[i].value };
		struct value v = both[parts == PART_VALUE];
		if (parts == (PART_KEY | PART_VALUE) &&
			v_list(vm, V_TUPLE, both, 2, &v) < 0)
			return -EINVAL;
		ret->l->v[ret->l->n++] = v;
	}
	return 0;
}

static int
dict_items(struct vm *vm, const struct args *a, struct value *ret)
{
	return dict_list(vm, a, PART_KEY | PART_VALUE, ret);
}

static int
dict_keys(struct vm *vm, const struct args *a, struct value *ret)
{
	return dict_list(vm, a, PART_KEY, ret);
}

static int
dict_values(struct vm *vm, const struct args *a, struct value *ret)
{
	return dict_list(vm, a, PART_VALUE, ret);
}

static int
dict_pop(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vpair *found = NULL;
	if (v_writable(vm, a->self.d->locks) < 0 ||
		v_dict_find(vm, a->self.d, a->pos[0], &found) < 0)
		return -EINVAL;
	if (found == NULL && a->n_pos < 2)
		return vm_fail(vm, "Key was not found");
	if (found == NULL) {
		*ret = a->pos[1];
		return 0;
	}
	*ret = found->value;
	return v_dict_remove(vm, a->self.d, found);
}

static int
dict_popitem(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vdict *d = a->self.d;
	if (v_writable(vm, d->locks) < 0)
		return -EINVAL;
	if (d->n == 0)
		return vm_fail(vm, "Cannot .popitem() on an empty dictionary");
	struct value both[2] = { d->e[0].key, d->e[0].value };
	if (v_list(vm, V_TUPLE, both, 2, ret) < 0)
		return -EINVAL;
	return v_dict_remove(vm, d, &d->e[0]);
}

/* update(dict or pairs, name = value ...) */
static int
dict_update(struct vm *vm, const struct args *a, struct value *ret)
{
	*ret = V_NONE_VALUE;
	return dict_fill(vm, a->self.d, a);
}

int
dict_fill(struct vm *vm, struct vdict *d, const struct args *a)
{
	struct viter it;
	struct value v;
	if (v_writable(vm, d->locks) < 0)
		return -EINVAL;
	if (a->n_pos > 0 && v_iter(vm, a->pos[0], &it) < 0)
		return -EINVAL;
	uint32_t n = a->n_pos > 0 ? v_len(&a->pos[0]) : 0;
	for (uint32_t i = 0; i < n && v_next(&it, &v); i++) {
		bool pair = (v.t == V_LIST || v.t == V_TUPLE) && v.l->n == 2;
		struct value key = v;
		struct value value;
		if (a->pos[0].t == V_DICT)
			value = a->pos[0].d->e[i].value;
		else if (pair)
			key = v.l->v[0], value = v.l->v[1];
		else
			return vm_fail(vm,
				"Found a non-pair element in the positional "
				"argument of dict()");
		if (vm_tick(vm, 1) < 0 || v_dict_set(vm, d, key, value) < 0)
			return -EINVAL;
	}
	for (uint32_t i = 0; i < a->n_named; i++)
		if (vm_tick(vm, 1) < 0 ||
			v_dict_set(vm, d, v_of_str(a->names[i]), a->named[i]) <
				0)
			return -EINVAL;
	return 0;
}

static const struct native dict_methods[] = {
	{ "clear", dict_clear, 0, 0, NULL, false },
	{ "get", dict_get, 1, 2, NULL, false },
	{ "items", dict_items, 0, 0, NULL, false },
	{ "keys", dict_keys, 0, 0, NULL, false },
	{ "pop", dict_pop, 1, 2, NULL, false },
	{ "popitem", dict_popitem, 0, 0, NULL, false },
	{ "setdefault", dict_setdefault, 1, 2, NULL, false },
	{ "update", dict_update, 0, 1, NULL, true },
	{ "values", dict_values, 0, 0, NULL, false },
};

const struct native *
list_method(const struct rstr *name)
{
	return native_find(list_methods,
		sizeof(list_methods) / sizeof(list_methods[0]), name);
}

const struct native *
dict_method(const struct rstr *name)
{
	return native_find(dict_methods,
		sizeof(dict_methods) / sizeof(dict_methods[0]), name);
}
