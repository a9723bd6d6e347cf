/* SPDX-License-Identifier: Apache-2.0 */
/* rules_seq.c -- functions over sequences: sorted, zip, max ... (room: user). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/rules_vm.h"

static const char *const sorted_params[] = { "x", "key", "reverse", NULL };
static const char *const enumerate_params[] = { "it", "start", NULL };

/*
 * key(v).  Only functions of the language itself: one of the file would have to
 * be run from in here, and the machine never runs inside itself.
 */
static int
apply_key(struct vm *vm, const struct value *key, struct value v,
	struct value *ret)
{
	*ret = v;
	if (key->t == V_UNSET || key->t == V_NONE)
		return 0;
	struct args a = { .n_pos = 1, .pos = &v };
	if (key->t == V_NATIVE && key->nat->min <= 1 && key->nat->max >= 1)
		return key->nat->fn(vm, &a, ret);
	return vm_fail(vm, "not supported here: key= (a builtin cannot call "
			   "back into the file)");
}

static int
any_all(struct vm *vm, const struct args *a, bool wanted, struct value *ret)
{
	struct viter it;
	struct value v;
	bool found = false;
	if (v_iter(vm, a->pos[0], &it) < 0)
		return -EINVAL;
	while (!found && v_next(&it, &v)) {
		found = v_true(&v) == wanted;
		if (vm_tick(vm, 1) < 0)
			return -EINVAL;
	}
	*ret = v_bool(found == wanted);
	return 0;
}

static int
seq_any(struct vm *vm, const struct args *a, struct value *ret)
{
	return any_all(vm, a, true, ret);
}

static int
seq_all(struct vm *vm, const struct args *a, struct value *ret)
{
	return any_all(vm, a, false, ret);
}

/* ---- extremes ------------------------------------------------------------------------------- */

static int
extreme(struct vm *vm, const struct args *a, const char *name, int wanted,
	struct value *ret)
{
	struct value from = V_NONE_VALUE;
	struct value key = { 0 };
	struct value best = V_NONE_VALUE;
	struct viter it;
	struct value v;
	bool some = false;
	if (a->n_named > 1 || (a->n_named == 1 && !rstr_is(a->names[0], "key")))
		return vm_fail(
			vm, "%s() takes no named argument but key", name);
	if (a->n_named == 1)
		key = a->named[0];
	if (a->n_pos == 1)
		from = a->pos[0];
	else if (v_list(vm, V_TUPLE, a->pos, a->n_pos, &from) < 0)
		return -EINVAL;
	if (v_iter(vm, from, &it) < 0)
		return -EINVAL;
	for (; v_next(&it, &v); some = true) {
		int order = 0;
		struct value k;
		if (vm_tick(vm, 1) < 0 || apply_key(vm, &key, v, &k) < 0 ||
			(some && v_compare(vm, k, best, &order) < 0))
			return -EINVAL;
		if (some && (wanted > 0 ? order <= 0 : order >= 0))
			continue;
		*ret = v;
		best = k;
	}
	if (!some)
		return vm_fail(vm,
			"Argument is an empty iterable, %s() expect a non empty "
			"iterable",
			name);
	return 0;
}

static int
seq_max(struct vm *vm, const struct args *a, struct value *ret)
{
	return extreme(vm, a, "max", 1, ret);
}

static int
seq_min(struct vm *vm, const struct args *a, struct value *ret)
{
	return extreme(vm, a, "min", -1, ret);
}

/* ---- sorted --------------------------------------------------------------------------------- */

/* Merge two sorted runs of from into to; the left one first when equal. */
static int
merge_runs(struct vm *vm, const struct vpair *from, struct vpair *to,
	const uint32_t at[3], bool reverse)
{
	uint32_t i = at[0];
	uint32_t j = at[1];
	for (uint32_t k = at[0]; k < at[2]; k++) {
		int order = 0;
		if (vm_tick(vm, 1) < 0)
			return -EINVAL;
		if (i < at[1] && j < at[2] &&
			v_compare(vm, from[j].key, from[i].key, &order) < 0)
			return -EINVAL;
		bool right = i == at[1] ||
			     (j < at[2] && (reverse ? order > 0 : order < 0));
		to[k] = right ? from[j++] : from[i++];
	}
	return 0;
}

/* Merge sort without recursion: runs of 1, 2, 4 ... between two halves. */
static int
sort(struct vm *vm, struct vpair *both, uint32_t n, bool reverse,
	struct vpair **ret)
{
	struct vpair *from = both;
	struct vpair *to = both + n;
	for (uint32_t run = 1; run < n; run *= 2) {
		for (uint32_t i = 0; i < n; i += 2 * run) {
			uint32_t mid = n - i < run ? n : i + run;
			uint32_t end = n - i < 2 * run ? n : i + 2 * run;
			uint32_t at[3] = { i, mid, end };
			if (merge_runs(vm, from, to, at, reverse) < 0)
				return -EINVAL;
		}
		struct vpair *swap = from;
		from = to;
		to = swap;
	}
	*ret = from;
	return 0;
}

static int
sort_by_key(
	struct vm *vm, struct vlist *l, const struct value *key, bool reverse)
{
	struct vpair *both =
		arena_array(&vm->values, (size_t)l->n * 2, sizeof(*both));
	if (both == NULL)
		return vm_no_memory(vm);
	for (uint32_t i = 0; i < l->n; i++) {
		both[i].value = l->v[i];
		if (apply_key(vm, key, l->v[i], &both[i].key) < 0)
			return -EINVAL;
	}
	if (sort(vm, both, l->n, reverse, &both) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < l->n; i++)
		l->v[i] = both[i].value;
	return 0;
}

static int
seq_sorted(struct vm *vm, const struct args *a, struct value *ret)
{
	static const struct native self = { "sorted", seq_sorted, 1, 1,
		sorted_params, false };
	struct value p[NATIVE_PARAMS_MAX];
	if (vm_bind(vm, &self, a, p) < 0)
		return -EINVAL;
	if (p[2].t != V_UNSET && p[2].t != V_BOOL)
		return vm_bad_param(vm, "reverse", "bool", &p[2]);
	if (lib_collect(vm, p[0], V_LIST, ret) < 0)
		return -EINVAL;
	return sort_by_key(vm, ret->l, &p[1], p[2].t == V_BOOL && p[2].b);
}

static int
seq_reversed(struct vm *vm, const struct args *a, struct value *ret)
{
	if (lib_collect(vm, a->pos[0], V_LIST, ret) < 0)
		return -EINVAL;
	struct vlist *l = ret->l;
	for (uint32_t i = 0; i < l->n / 2; i++) {
		struct value v = l->v[i];
		l->v[i] = l->v[l->n - 1 - i];
		l->v[l->n - 1 - i] = v;
	}
	return 0;
}

/* ---- enumerate, zip --------------------------------------------------------------------------- */

static int
seq_enumerate(struct vm *vm, const struct args *a, struct value *ret)
{
	static const struct native self = { "enumerate", seq_enumerate, 1, 2,
		enumerate_params, false };
	struct value p[NATIVE_PARAMS_MAX];
	if (vm_bind(vm, &self, a, p) < 0)
		return -EINVAL;
	if (p[1].t != V_UNSET && p[1].t != V_INT)
		return vm_bad_param(vm, "start", "int", &p[1]);
	int64_t start = p[1].t == V_INT ? p[1].i : 0;
	if (lib_collect(vm, p[0], V_LIST, ret) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < ret->l->n; i++) {
		struct value both[2] = { v_int(0), ret->l->v[i] };
		if (__builtin_add_overflow(start, i, &both[0].i))
			return vm_fail(vm,
				"not supported here: an integer over 63 bits");
		if (vm_tick(vm, 1) < 0 ||
			v_list(vm, V_TUPLE, both, 2, &ret->l->v[i]) < 0)
			return -EINVAL;
	}
	return 0;
}

static int
seq_zip(struct vm *vm, const struct args *a, struct value *ret)
{
	uint32_t n = a->n_pos == 0 ? 0 : UINT32_MAX;
	struct viter *its = arena_array(&vm->values, a->n_pos, sizeof(*its));
	if (its == NULL)
		return vm_no_memory(vm);
	for (uint32_t i = 0; i < a->n_pos; i++) {
		if (v_iter(vm, a->pos[i], &its[i]) < 0)
			return -EINVAL;
		uint32_t len = v_len(&a->pos[i]);
		n = len < n ? len : n;
	}
	if (vm_tick(vm, (uint64_t)n * (a->n_pos + 1)) < 0 ||
		v_list(vm, V_LIST, NULL, n, ret) < 0)
		return -EINVAL;
	for (uint32_t k = 0; k < n; k++) {
		struct value row;
		if (v_list(vm, V_TUPLE, NULL, a->n_pos, &row) < 0)
			return -EINVAL;
		for (uint32_t i = 0; i < a->n_pos; i++)
			(void)v_next(&its[i], &row.l->v[i]);
		row.l->n = a->n_pos;
		ret->l->v[ret->l->n++] = row;
	}
	return 0;
}

static const struct native functions[] = {
	{ "all", seq_all, 1, 1, NULL, false },
	{ "any", seq_any, 1, 1, NULL, false },
	{ "enumerate", seq_enumerate, 1, 2, enumerate_params, false },
	{ "max", seq_max, 1, NATIVE_ANY, NULL, true },
	{ "min", seq_min, 1, NATIVE_ANY, NULL, true },
	{ "reversed", seq_reversed, 1, 1, NULL, false },
	{ "sorted", seq_sorted, 1, 1, sorted_params, false },
	{ "zip", seq_zip, 0, NATIVE_ANY, NULL, false },
};

const struct native *
lib_seq_function(const struct rstr *name)
{
	return native_find(
		functions, sizeof(functions) / sizeof(functions[0]), name);
}
