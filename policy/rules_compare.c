/* SPDX-License-Identifier: Apache-2.0 */
/* rules_compare.c -- equality and order of values, without recursion (room: user). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/rules_value.h"
#include "policy/rules_vm.h"

/* Two containers being compared element by element. */
struct pair_walk {
	struct value a;
	struct value b;
	uint32_t next;
};

static int
too_deep(struct vm *vm)
{
	return vm_fail(vm,
		"limit reached: values nested more than %d deep (depth)",
		VALUE_DEPTH_MAX);
}

static bool
is_number(const struct value *v)
{
	return v->t == V_INT || v->t == V_FLOAT || v->t == V_BIG;
}

static double
number(const struct value *v)
{
	return v->t == V_INT ? (double)v->i : v->f;
}

/* Decimal digits as they were written, without a sign or leading zeros. */
static int
big_order(const struct rstr *a, const struct rstr *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->s, b->s, a->len);
}

static int
number_order(const struct value *a, const struct value *b)
{
	if (a->t == V_BIG || b->t == V_BIG) {
		if (a->t == b->t)
			return big_order(a->s, b->s);
		return a->t == V_BIG ? 1 : -1; /* over every 63-bit number */
	}
	if (a->t == V_INT && b->t == V_INT)
		return a->i < b->i ? -1 : a->i > b->i;
	return number(a) < number(b) ? -1 : number(a) > number(b);
}

/* Everything but list, tuple and dict. */
static bool
plain_equal(const struct value *a, const struct value *b)
{
	if (is_number(a) && is_number(b))
		return number_order(a, b) == 0;
	if (a->t != b->t)
		return false;
	switch (a->t) {
	case V_NONE:
	case V_ELLIPSIS: return true;
	case V_BOOL: return a->b == b->b;
	case V_STR:
	case V_BYTES: return rstr_eq(a->s, b->s);
	case V_RANGE:
		return v_range_len(a->r) == v_range_len(b->r) &&
		       (v_range_len(a->r) == 0 ||
			       (a->r->start == b->r->start &&
				       (v_range_len(a->r) == 1 ||
					       a->r->step == b->r->step)));
	case V_NATIVE: return a->nat == b->nat;
	case V_FUNC: return a->fn == b->fn;
	default: return false;
	}
}

static bool
is_container(const struct value *v)
{
	return v->t == V_LIST || v->t == V_TUPLE || v->t == V_DICT;
}

/* Push a pair of containers; *same false when they differ at a glance. */
static int
descend(struct vm *vm, struct pair_walk *walk, uint32_t *depth, struct value a,
	struct value b)
{
	if (*depth == VALUE_DEPTH_MAX)
		return too_deep(vm);
	walk[(*depth)++] = (struct pair_walk){ .a = a, .b = b };
	return 0;
}

/* The next two elements of the innermost pair; *same false: they differ. */
static int
next_elements(struct vm *vm, struct pair_walk *w, struct value *a,
	struct value *b, bool *same)
{
	uint32_t i = w->next++;
	if (w->a.t != V_DICT) {
		*a = w->a.l->v[i];
		*b = w->b.l->v[i];
		return 0;
	}
	/* Keys are hashable, so looking one up does not come back here deep. */
	struct vpair *other = NULL;
	*a = w->a.d->e[i].value;
	for (uint32_t j = 0; j < w->b.d->n && other == NULL; j++) {
		if (vm_tick(vm, 1) < 0)
			return -EINVAL;
		if (!is_container(&w->b.d->e[j].key) &&
			plain_equal(&w->b.d->e[j].key, &w->a.d->e[i].key))
			other = &w->b.d->e[j];
	}
	*same = other != NULL;
	*b = other == NULL ? V_NONE_VALUE : other->value;
	return 0;
}

int
v_equal(struct vm *vm, struct value a, struct value b, bool *ret)
{
	if (!is_container(&a) || !is_container(&b)) {
		*ret = plain_equal(&a, &b);
		return 0;
	}
	struct pair_walk walk[VALUE_DEPTH_MAX];
	uint32_t depth = 0;
	*ret = a.t == b.t && v_len(&a) == v_len(&b);
	if (!*ret)
		return 0;
	if (descend(vm, walk, &depth, a, b) < 0)
		return -EINVAL;
	while (depth > 0 && *ret) {
		struct pair_walk *w = &walk[depth - 1];
		if (w->next >= v_len(&w->a)) {
			depth--;
			continue;
		}
		if (vm_tick(vm, 1) < 0 || next_elements(vm, w, &a, &b, ret) < 0)
			return -EINVAL;
		if (!*ret)
			break;
		if (!is_container(&a) || !is_container(&b)) {
			*ret = plain_equal(&a, &b);
			continue;
		}
		*ret = a.t == b.t && v_len(&a) == v_len(&b);
		if (*ret && descend(vm, walk, &depth, a, b) < 0)
			return -EINVAL;
	}
	return 0;
}

static int
bytes_order(const struct rstr *a, const struct rstr *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int r = memcmp(a->s, b->s, n);
	if (r != 0)
		return r < 0 ? -1 : 1;
	return a->len < b->len ? -1 : a->len > b->len;
}

static int
plain_compare(
	struct vm *vm, const struct value *a, const struct value *b, int *ret)
{
	if (is_number(a) && is_number(b))
		*ret = number_order(a, b);
	else if (a->t == b->t && (a->t == V_STR || a->t == V_BYTES))
		*ret = bytes_order(a->s, b->s);
	else if (a->t == b->t && a->t == V_BOOL)
		*ret = (int)a->b - (int)b->b;
	else
		return vm_fail(vm,
			"Operation `compare` not supported for types `%s` and "
			"`%s`",
			v_type(a), v_type(b));
	return 0;
}

/*
 * Lists go by their first different elements, so the comparison only ever
 * descends: no way back, no stack.
 */
int
v_compare(struct vm *vm, struct value a, struct value b, int *ret)
{
	for (uint32_t depth = 0; depth < VALUE_DEPTH_MAX; depth++) {
		if (a.t != b.t || (a.t != V_LIST && a.t != V_TUPLE))
			return plain_compare(vm, &a, &b, ret);
		uint32_t n = a.l->n < b.l->n ? a.l->n : b.l->n;
		uint32_t i = 0;
		for (bool same = true; i < n; i++) {
			if (vm_tick(vm, 1) < 0 ||
				v_equal(vm, a.l->v[i], b.l->v[i], &same) < 0)
				return -EINVAL;
			if (!same)
				break;
		}
		if (i == n) {
			*ret = a.l->n < b.l->n ? -1 : a.l->n > b.l->n;
			return 0;
		}
		struct value next = b.l->v[i];
		a = a.l->v[i];
		b = next;
	}
	return too_deep(vm);
}
