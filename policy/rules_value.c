/* SPDX-License-Identifier: Apache-2.0 */
/* rules_value.c -- values of the rules language: make, list, dict, loop (room: user). */
#include "policy/rules_value.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_vm.h"

enum { LIST_FIRST_CAP = 4, DICT_FIRST_CAP = 8 };

static const char *const type_names[V_TYPE_MAX] = {
	[V_UNSET] = "unset",
	[V_NONE] = "NoneType",
	[V_BOOL] = "bool",
	[V_INT] = "int",
	[V_FLOAT] = "float",
	[V_BIG] = "int",
	[V_STR] = "string",
	[V_BYTES] = "bytes",
	[V_LIST] = "list",
	[V_TUPLE] = "tuple",
	[V_DICT] = "dict",
	[V_RANGE] = "range",
	[V_SEQ] = "iterator",
	[V_FUNC] = "function",
	[V_NATIVE] = "function",
	[V_METHOD] = "function",
	[V_ELLIPSIS] = "ellipsis",
	[V_ITER] = "iterator",
};

const char *
v_type(const struct value *v)
{
	return type_names[v->t];
}

bool
v_true(const struct value *v)
{
	switch (v->t) {
	case V_NONE: return false;
	case V_BOOL: return v->b;
	case V_INT: return v->i != 0;
	case V_FLOAT: return v->f < 0 || v->f > 0 || v->f != v->f;
	case V_STR:
	case V_BYTES: return v->s->len > 0;
	case V_LIST:
	case V_TUPLE: return v->l->n > 0;
	case V_DICT: return v->d->n > 0;
	case V_RANGE: return v_range_len(v->r) > 0;
	default: return true;
	}
}

/* ---- makers ------------------------------------------------------------------------ */

int
v_str(struct vm *vm, const char *bytes, size_t len, struct value *ret)
{
	const struct rstr *s = rstr_new(&vm->values, bytes, len);
	if (s == NULL)
		return vm_no_memory(vm);
	*ret = v_of_str(s);
	return 0;
}

int
v_str_buf(struct vm *vm, const struct buf *b, struct value *ret)
{
	if (buf_failed(b))
		return vm_no_memory(vm);
	return v_str(vm, buf_str(b), b->len, ret);
}

int
v_list(struct vm *vm, enum vtype t, const struct value *v, uint32_t n,
	struct value *ret)
{
	struct vlist *l = arena_alloc(&vm->values, sizeof(*l));
	if (l == NULL)
		return vm_no_memory(vm);
	if (n > 0) {
		l->v = arena_array(&vm->values, n, sizeof(*l->v));
		if (l->v == NULL)
			return vm_no_memory(vm);
		if (v != NULL) {
			memcpy(l->v, v, n * sizeof(*v));
			l->n = n;
		}
		l->cap = n;
	}
	*ret = (struct value){ .t = t, .l = l };
	return 0;
}

int
v_dict(struct vm *vm, struct value *ret)
{
	struct vdict *d = arena_alloc(&vm->values, sizeof(*d));
	if (d == NULL)
		return vm_no_memory(vm);
	*ret = (struct value){ .t = V_DICT, .d = d };
	return 0;
}

int
v_range(struct vm *vm, struct vrange r, struct value *ret)
{
	struct vrange *p = arena_alloc(&vm->values, sizeof(*p));
	if (p == NULL)
		return vm_no_memory(vm);
	*p = r;
	*ret = (struct value){ .t = V_RANGE, .r = p };
	return 0;
}

/* Number of elements; more than anybody may visit counts as UINT32_MAX. */
uint32_t
v_range_len(const struct vrange *r)
{
	if (r->step > 0 ? r->start >= r->stop : r->start <= r->stop)
		return 0;
	uint64_t span = r->step > 0 ? (uint64_t)r->stop - (uint64_t)r->start
				    : (uint64_t)r->start - (uint64_t)r->stop;
	uint64_t step = r->step > 0 ? (uint64_t)r->step
				    : UINT64_C(0) - (uint64_t)r->step;
	uint64_t n = (span - 1) / step + 1;
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* ---- lists -------------------------------------------------------------------------- */

int
v_writable(struct vm *vm, uint32_t locks)
{
	if (locks == 0)
		return 0;
	return vm_fail(vm,
		"This operation mutates an iterable for an iterator while "
		"iterating over the iterable");
}

int
v_append(struct vm *vm, struct vlist *l, struct value v)
{
	if (v_writable(vm, l->locks) < 0)
		return -EINVAL;
	if (l->n == l->cap) {
		uint32_t cap = l->cap == 0 ? LIST_FIRST_CAP : l->cap * 2;
		struct value *wide =
			arena_grow(&vm->values, l->v, l->n, cap, sizeof(*wide));
		if (wide == NULL)
			return vm_no_memory(vm);
		l->v = wide;
		l->cap = cap;
	}
	l->v[l->n++] = v;
	return 0;
}

/* ---- dicts -------------------------------------------------------------------------- */

/*
 * Equality decides; a tuple's hash only has to be equal too, so strings inside
 * are enough for it.  What matters is that nothing in it can change.
 */
static int
tuple_hash(struct vm *vm, const struct vlist *l, uint32_t *ret)
{
	const struct vlist *open[VALUE_DEPTH_MAX] = { l };
	uint32_t next[VALUE_DEPTH_MAX] = { 0 };
	uint32_t depth = 1;
	*ret = l->n;
	while (depth > 0) {
		const struct vlist *in = open[depth - 1];
		if (next[depth - 1] == in->n) {
			depth--;
			continue;
		}
		const struct value *v = &in->v[next[depth - 1]++];
		if (vm_tick(vm, 1) < 0)
			return -EINVAL;
		if (v->t == V_STR)
			*ret = *ret * 31 + v->s->hash;
		if (v->t == V_LIST || v->t == V_DICT)
			return vm_fail(vm, "Value of type `%s` is not hashable",
				v_type(v));
		if (v->t != V_TUPLE)
			continue;
		if (depth == VALUE_DEPTH_MAX)
			return vm_fail(vm,
				"limit reached: values nested more than %d "
				"deep (depth)",
				VALUE_DEPTH_MAX);
		open[depth] = v->l;
		next[depth++] = 0;
	}
	return 0;
}

static int
key_hash(struct vm *vm, struct value key, uint32_t *ret)
{
	int64_t number = 0;
	switch (key.t) {
	case V_STR:
	case V_BYTES:
	case V_BIG: *ret = key.s->hash; return 0;
	case V_NONE: break;
	case V_BOOL: number = key.b ? 11 : 12; break;
	case V_INT: number = key.i; break;
	case V_FLOAT:
		/* 1.0 is the key 1: equal values have one hash. */
		if (key.f > -1e15 && key.f < 1e15)
			number = (int64_t)key.f;
		break;
	case V_TUPLE: return tuple_hash(vm, key.l, ret);
	default:
		return vm_fail(
			vm, "Value of type `%s` is not hashable", v_type(&key));
	}
	*ret = rstr_hash((const char *)&number, sizeof(number));
	return 0;
}

/* The index slot of key: its place + 1, or 0 where it would go. */
static int
dict_slot(struct vm *vm, const struct vdict *d, struct value key, uint32_t hash,
	uint32_t **ret)
{
	for (uint32_t i = hash;; i++) {
		uint32_t *slot = &d->index[i & (d->index_cap - 1)];
		bool same = false;
		*ret = slot;
		if (*slot == 0)
			return 0;
		if (vm_tick(vm, 1) < 0 ||
			v_equal(vm, d->e[*slot - 1].key, key, &same) < 0)
			return -EINVAL;
		if (same)
			return 0;
	}
}

int
v_dict_find(struct vm *vm, const struct vdict *d, struct value key,
	struct vpair **ret)
{
	uint32_t hash = 0;
	uint32_t *slot = NULL;
	*ret = NULL;
	if (key_hash(vm, key, &hash) < 0)
		return -EINVAL;
	if (d->n == 0)
		return 0;
	if (dict_slot(vm, d, key, hash, &slot) < 0)
		return -EINVAL;
	if (*slot != 0)
		*ret = &d->e[*slot - 1];
	return 0;
}

static int
dict_reindex(struct vm *vm, struct vdict *d)
{
	memset(d->index, 0, d->index_cap * sizeof(*d->index));
	for (uint32_t i = 0; i < d->n; i++) {
		uint32_t hash = 0;
		uint32_t *slot = NULL;
		if (key_hash(vm, d->e[i].key, &hash) < 0 ||
			dict_slot(vm, d, d->e[i].key, hash, &slot) < 0)
			return -EINVAL;
		*slot = i + 1;
	}
	return 0;
}

static int
dict_enlarge(struct vm *vm, struct vdict *d)
{
	uint32_t cap = d->cap == 0 ? DICT_FIRST_CAP : d->cap * 2;
	struct vpair *e = arena_grow(&vm->values, d->e, d->n, cap, sizeof(*e));
	uint32_t *index =
		arena_array(&vm->values, (size_t)cap * 2, sizeof(*index));
	if (e == NULL || index == NULL)
		return vm_no_memory(vm);
	d->e = e;
	d->cap = cap;
	d->index = index;
	d->index_cap = cap * 2;
	return dict_reindex(vm, d);
}

int
v_dict_set(struct vm *vm, struct vdict *d, struct value key, struct value value)
{
	uint32_t hash = 0;
	uint32_t *slot = NULL;
	if (v_writable(vm, d->locks) < 0 || key_hash(vm, key, &hash) < 0)
		return -EINVAL;
	if (d->n == d->cap && dict_enlarge(vm, d) < 0)
		return -EINVAL;
	if (dict_slot(vm, d, key, hash, &slot) < 0)
		return -EINVAL;
	if (*slot == 0) {
		d->e[d->n] = (struct vpair){ key, value };
		*slot = ++d->n;
	} else {
		d->e[*slot - 1].value = value;
	}
	return 0;
}

int
v_dict_remove(struct vm *vm, struct vdict *d, const struct vpair *at)
{
	size_t i = (size_t)(at - d->e);
	if (v_writable(vm, d->locks) < 0 || vm_tick(vm, d->n) < 0)
		return -EINVAL;
	memmove(&d->e[i], &d->e[i + 1], (d->n - i - 1) * sizeof(*d->e));
	d->n--;
	return dict_reindex(vm, d);
}

/* ---- loops -------------------------------------------------------------------------- */

uint32_t
v_len(const struct value *v)
{
	switch (v->t) {
	case V_LIST:
	case V_TUPLE:
	case V_SEQ: return v->l->n;
	case V_DICT: return v->d->n;
	case V_RANGE: return v_range_len(v->r);
	default: return 0;
	}
}

int
v_iter(struct vm *vm, struct value over, struct viter *ret)
{
	if (over.t != V_LIST && over.t != V_TUPLE && over.t != V_DICT &&
		over.t != V_RANGE && over.t != V_SEQ)
		return vm_unsupported(vm, "(iter)", &over);
	*ret = (struct viter){ .over = over };
	return 0;
}

bool
v_next(struct viter *it, struct value *ret)
{
	uint64_t i = it->next;
	if (i >= v_len(&it->over))
		return false;
	it->next++;
	if (it->over.t == V_DICT)
		*ret = it->over.d->e[i].key;
	else if (it->over.t == V_RANGE)
		/* Inside start..stop, so neither sum nor product overflows. */
		*ret = v_int((int64_t)((uint64_t)it->over.r->start +
				       i * (uint64_t)it->over.r->step));
	else
		*ret = it->over.l->v[i];
	return true;
}

void
v_lock(const struct value *over, bool lock)
{
	uint32_t *locks = over->t == V_LIST   ? &over->l->locks
			  : over->t == V_DICT ? &over->d->locks
					      : NULL;
	if (locks != NULL)
		*locks += lock ? 1u : UINT32_MAX; /* -1 */
}
