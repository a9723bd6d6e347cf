/* SPDX-License-Identifier: Apache-2.0 */
/* rules_index.c -- x[i], x[i] = v, x[a:b:c] (room: user). */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_vm.h"

/* i counted from the end when negative; -EINVAL outside 0..n-1. */
static int
place(struct vm *vm, const struct value *index, uint64_t n, uint64_t *ret)
{
	if (index->t != V_INT) {
		own_buf struct buf text = { .max = VALUE_SHOWN_MAX };
		if (v_repr(vm, &text, *index) < 0)
			return -EINVAL;
		return vm_fail(vm, "Expected `int`, but got `%s (repr: %s)`",
			v_type(index), buf_str(&text));
	}
	int64_t i = index->i < 0 ? index->i + (int64_t)n : index->i;
	if (i < 0 || (uint64_t)i >= n)
		return vm_fail(
			vm, "Index `%" PRId64 "` is out of bound", index->i);
	*ret = (uint64_t)i;
	return 0;
}

static int
index_text(struct vm *vm, const struct value *a, const struct value *b,
	struct value *ret)
{
	const struct rstr *s = a->s;
	uint64_t i = 0;
	if (a->t == V_BYTES) {
		if (place(vm, b, s->len, &i) < 0)
			return -EINVAL;
		*ret = v_int((unsigned char)s->s[i]);
		return 0;
	}
	if (vm_tick(vm, s->len / 64) < 0 ||
		place(vm, b, utf8_count(s->s, s->len), &i) < 0)
		return -EINVAL;
	size_t from = utf8_offset(s->s, s->len, i);
	size_t to = utf8_offset(s->s, s->len, i + 1);
	return v_str(vm, s->s + from, to - from, ret);
}

int
op_index(struct vm *vm, struct value a, struct value b, struct value *ret)
{
	uint64_t i = 0;
	switch (a.t) {
	case V_STR:
	case V_BYTES: return index_text(vm, &a, &b, ret);
	case V_LIST:
	case V_TUPLE:
		if (place(vm, &b, a.l->n, &i) < 0)
			return -EINVAL;
		*ret = a.l->v[i];
		return 0;
	case V_RANGE:
		if (place(vm, &b, v_range_len(a.r), &i) < 0)
			return -EINVAL;
		*ret = v_int((int64_t)((uint64_t)a.r->start +
				       i * (uint64_t)a.r->step));
		return 0;
	case V_DICT: break;
	default: return vm_unsupported(vm, "[]", &a);
	}
	struct vpair *found = NULL;
	if (v_dict_find(vm, a.d, b, &found) < 0)
		return -EINVAL;
	if (found == NULL) {
		own_buf struct buf text = { .max = VALUE_SHOWN_MAX };
		if (v_repr(vm, &text, b) < 0)
			return -EINVAL;
		return vm_fail(vm, "Key `%s` was not found", buf_str(&text));
	}
	*ret = found->value;
	return 0;
}

int
op_set_index(struct vm *vm, struct value a, struct value b, struct value v)
{
	uint64_t i = 0;
	if (a.t == V_DICT)
		return v_dict_set(vm, a.d, b, v);
	if (a.t != V_LIST)
		return vm_unsupported(vm, "[]=", &a);
	if (v_writable(vm, a.l->locks) < 0 || place(vm, &b, a.l->n, &i) < 0)
		return -EINVAL;
	a.l->v[i] = v;
	return 0;
}

/* ---- slices ------------------------------------------------------------------------------ */

struct slice {
	int64_t start;
	int64_t step;
	uint64_t n; /* elements */
};

/* A bound counted from the end when negative, cut to lo..hi. */
static int64_t
bound(const struct value *v, int64_t absent, int64_t n, int64_t lo, int64_t hi)
{
	if (v->t != V_INT)
		return absent;
	int64_t i = v->i;
	if (i < 0)
		i = i < -n ? lo : i + n;
	return i < lo ? lo : i > hi ? hi : i;
}

static int
slice_of(
	struct vm *vm, const struct value b[3], uint64_t len, struct slice *ret)
{
	int64_t n = (int64_t)len; /* at most RULES_VALUE_MAX or a range */
	for (int i = 0; i < 3; i++)
		if (b[i].t != V_INT && b[i].t != V_NONE)
			return vm_fail(vm,
				"a slice is made of integers, not of `%s`",
				v_type(&b[i]));
	ret->step = b[2].t == V_INT ? b[2].i : 1;
	if (ret->step == 0)
		return vm_fail(vm, "slice step cannot be zero");
	bool up = ret->step > 0;
	int64_t lo = up ? 0 : -1;
	int64_t hi = up ? n : n - 1;
	ret->start = bound(&b[0], up ? 0 : n - 1, n, lo, hi);
	int64_t stop = bound(&b[1], up ? n : -1, n, lo, hi);
	struct vrange r = { ret->start, stop, ret->step };
	ret->n = v_range_len(&r);
	return 0;
}

/* Characters (or bytes) start, start + step, ... of a text. */
static int
slice_text(struct vm *vm, const struct value *a, const struct value b[3],
	struct value *ret)
{
	const struct rstr *s = a->s;
	bool bytes = a->t == V_BYTES;
	struct slice sl = { 0 };
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	if (slice_of(vm, b, bytes ? s->len : utf8_count(s->s, s->len), &sl) <
			0 ||
		vm_tick(vm, (uint64_t)s->len / 64 + sl.n) < 0)
		return -EINVAL;
	if (sl.step == 1) {
		size_t from =
			bytes ? (size_t)sl.start
			      : utf8_offset(s->s, s->len, (size_t)sl.start);
		size_t n =
			bytes ? sl.n
			      : utf8_offset(s->s + from, s->len - from, sl.n);
		buf_add(&out, s->s + from, n);
	} else {
		for (uint64_t i = 0; i < sl.n; i++) {
			size_t at = (size_t)(sl.start + (int64_t)i * sl.step);
			size_t from =
				bytes ? at : utf8_offset(s->s, s->len, at);
			size_t to = bytes ? at + 1
					  : utf8_offset(s->s, s->len, at + 1);
			/* Walking from the front each time is paid for. */
			if (!bytes && vm_tick(vm, at / 32) < 0)
				return -EINVAL;
			buf_add(&out, s->s + from, to - from);
		}
	}
	if (v_str_buf(vm, &out, ret) < 0)
		return -EINVAL;
	ret->t = a->t;
	return 0;
}

int
op_slice(struct vm *vm, struct value a, const struct value b[3],
	struct value *ret)
{
	struct slice sl = { 0 };
	if (a.t == V_STR || a.t == V_BYTES)
		return slice_text(vm, &a, b, ret);
	if (a.t == V_RANGE) {
		if (slice_of(vm, b, v_range_len(a.r), &sl) < 0)
			return -EINVAL;
		struct vrange r = { 0 };
		if (__builtin_mul_overflow(sl.start, a.r->step, &r.start) ||
			__builtin_add_overflow(r.start, a.r->start, &r.start) ||
			__builtin_mul_overflow(a.r->step, sl.step, &r.step) ||
			__builtin_mul_overflow(
				r.step, (int64_t)sl.n, &r.stop) ||
			__builtin_add_overflow(r.stop, r.start, &r.stop))
			return vm_fail(vm, "range is too large");
		return v_range(vm, r, ret);
	}
	if (a.t != V_LIST && a.t != V_TUPLE)
		return vm_unsupported(vm, "[::]", &a);
	if (slice_of(vm, b, a.l->n, &sl) < 0 || vm_tick(vm, sl.n) < 0 ||
		v_list(vm, a.t, NULL, (uint32_t)sl.n, ret) < 0)
		return -EINVAL;
	for (uint64_t i = 0; i < sl.n; i++)
		ret->l->v[i] = a.l->v[sl.start + (int64_t)i * sl.step];
	ret->l->n = (uint32_t)sl.n;
	return 0;
}
