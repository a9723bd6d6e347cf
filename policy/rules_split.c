/* SPDX-License-Identifier: Apache-2.0 */
/* rules_split.c -- methods of strings that take apart and put together (room: user). */
#include <errno.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_vm.h"

static int
add_part(struct vm *vm, struct value *list, const char *from, size_t len)
{
	struct value v;
	if (vm_tick(vm, 1 + len / 64) < 0 || v_str(vm, from, len, &v) < 0)
		return -EINVAL;
	return v_append(vm, list->l, v);
}

/* The bytes still to be split, and how often that may be done. */
struct rest {
	const char *from;
	const char *to;
	int64_t cuts; /* negative: no limit */
};

static int
split_blanks(struct vm *vm, struct rest r, struct value *ret)
{
	for (;;) {
		size_t n = 0;
		while ((n = utf8_blank(r.from, (size_t)(r.to - r.from))) > 0)
			r.from += n;
		if (r.from == r.to)
			return 0;
		if (r.cuts == 0)
			return add_part(
				vm, ret, r.from, (size_t)(r.to - r.from));
		const char *end = r.from;
		while (end < r.to && utf8_blank(end, (size_t)(r.to - end)) == 0)
			end++;
		if (add_part(vm, ret, r.from, (size_t)(end - r.from)) < 0)
			return -EINVAL;
		r.from = end;
		r.cuts--;
	}
}

static int
split_at(
	struct vm *vm, struct rest r, const struct rstr *sep, struct value *ret)
{
	for (;;) {
		size_t left = (size_t)(r.to - r.from);
		const char *at =
			r.cuts == 0 ? NULL
				    : memmem(r.from, left, sep->s, sep->len);
		if (at == NULL)
			return add_part(vm, ret, r.from, left);
		if (add_part(vm, ret, r.from, (size_t)(at - r.from)) < 0)
			return -EINVAL;
		r.from = at + sep->len;
		r.cuts--;
	}
}

static int
reverse(struct vm *vm, const struct value *list)
{
	struct vlist *l = list->l;
	for (uint32_t i = 0; i < l->n / 2; i++) {
		struct value v = l->v[i];
		l->v[i] = l->v[l->n - 1 - i];
		l->v[l->n - 1 - i] = v;
	}
	return vm_tick(vm, l->n);
}

/* From the right: only with a separator, where it makes a difference. */
static int
rsplit_at(
	struct vm *vm, struct rest r, const struct rstr *sep, struct value *ret)
{
	const char *p = r.to;
	while (r.cuts != 0 && (size_t)(p - r.from) >= sep->len) {
		p--;
		if (vm_tick(vm, 1 + sep->len / 64) < 0)
			return -EINVAL;
		if ((size_t)(r.to - p) < sep->len ||
			memcmp(p, sep->s, sep->len) != 0)
			continue;
		const char *part = p + sep->len;
		if (add_part(vm, ret, part, (size_t)(r.to - part)) < 0)
			return -EINVAL;
		r.to = p;
		r.cuts--;
		if (p == r.from)
			break;
	}
	if (add_part(vm, ret, r.from, (size_t)(r.to - r.from)) < 0)
		return -EINVAL;
	return reverse(vm, ret);
}

static int
split(struct vm *vm, const struct args *a, bool right, struct value *ret)
{
	const struct rstr *sep = NULL;
	struct rest r = { a->self.s->s, a->self.s->s + a->self.s->len, -1 };
	if (a->n_pos > 0 && a->pos[0].t != V_NONE &&
		vm_want_str(vm, a, 0, "sep", &sep) < 0)
		return -EINVAL;
	if (a->n_pos > 1) {
		if (a->pos[1].t != V_INT)
			return vm_bad_param(vm, "maxsplit", "int", &a->pos[1]);
		r.cuts = a->pos[1].i;
	}
	if (sep != NULL && sep->len == 0)
		return vm_fail(vm,
			"not supported here: splitting at an empty separator");
	if (v_list(vm, V_LIST, NULL, 0, ret) < 0)
		return -EINVAL;
	if (sep == NULL) {
		if (right && r.cuts >= 0)
			return vm_fail(vm,
				"not supported here: rsplit() with a limit and "
				"no separator");
		return split_blanks(vm, r, ret);
	}
	return right ? rsplit_at(vm, r, sep, ret) : split_at(vm, r, sep, ret);
}

static int
text_split(struct vm *vm, const struct args *a, struct value *ret)
{
	return split(vm, a, false, ret);
}

static int
text_rsplit(struct vm *vm, const struct args *a, struct value *ret)
{
	return split(vm, a, true, ret);
}

static int
text_splitlines(struct vm *vm, const struct args *a, struct value *ret)
{
	const char *p = a->self.s->s;
	const char *end = p + a->self.s->len;
	bool keep = a->n_pos > 0 && v_true(&a->pos[0]);
	if (v_list(vm, V_LIST, NULL, 0, ret) < 0)
		return -EINVAL;
	while (p < end) {
		const char *q = p;
		while (q < end && *q != '\n' && *q != '\r')
			q++;
		const char *next = q;
		if (next < end)
			next += *q == '\r' && q + 1 < end && q[1] == '\n' ? 2
									  : 1;
		if (add_part(vm, ret, p, (size_t)((keep ? next : q) - p)) < 0)
			return -EINVAL;
		p = next;
	}
	return 0;
}

static int
partition(struct vm *vm, const struct args *a, bool last, struct value *ret)
{
	const struct rstr *s = a->self.s;
	const struct rstr *sep = NULL;
	struct value parts[3];
	if (vm_want_str(vm, a, 0, "needle", &sep) < 0)
		return -EINVAL;
	if (sep->len == 0)
		return vm_fail(
			vm, "Empty separator cannot be used for partitioning");
	if (vm_tick(vm, (uint64_t)s->len * (1 + sep->len / 64)) < 0)
		return -EINVAL;
	const char *at = memmem(s->s, s->len, sep->s, sep->len);
	for (size_t i = 0; last && i + sep->len <= s->len; i++)
		if (memcmp(s->s + i, sep->s, sep->len) == 0)
			at = s->s + i;
	size_t before = at == NULL ? (last ? 0 : s->len) : (size_t)(at - s->s);
	size_t mid = at == NULL ? 0 : sep->len;
	size_t after = s->len - before - mid;
	if (v_str(vm, s->s, before, &parts[0]) < 0 ||
		v_str(vm, sep->s, mid, &parts[1]) < 0 ||
		v_str(vm, s->s + before + mid, after, &parts[2]) < 0)
		return -EINVAL;
	return v_list(vm, V_TUPLE, parts, 3, ret);
}

static int
text_partition(struct vm *vm, const struct args *a, struct value *ret)
{
	return partition(vm, a, false, ret);
}

static int
text_rpartition(struct vm *vm, const struct args *a, struct value *ret)
{
	return partition(vm, a, true, ret);
}

static int
text_join(struct vm *vm, const struct args *a, struct value *ret)
{
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	struct viter it;
	struct value v;
	if (v_iter(vm, a->pos[0], &it) < 0)
		return -EINVAL;
	for (bool first = true; v_next(&it, &v); first = false) {
		if (v.t != V_STR)
			return vm_bad_param(vm, "to_join", "str", &v);
		if (!first)
			buf_add(&out, a->self.s->s, a->self.s->len);
		buf_add(&out, v.s->s, v.s->len);
		if (vm_tick(vm, 1) < 0)
			return -EINVAL;
		if (buf_failed(&out))
			break;
	}
	return v_str_buf(vm, &out, ret);
}

static int
text_replace(struct vm *vm, const struct args *a, struct value *ret)
{
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	const struct rstr *from = NULL;
	const struct rstr *to = NULL;
	int64_t times = -1;
	if (vm_want_str(vm, a, 0, "old", &from) < 0 ||
		vm_want_str(vm, a, 1, "new", &to) < 0)
		return -EINVAL;
	if (a->n_pos > 2) {
		if (a->pos[2].t != V_INT)
			return vm_bad_param(vm, "count", "int", &a->pos[2]);
		times = a->pos[2].i;
	}
	if (from->len == 0)
		return vm_fail(
			vm, "not supported here: replace() of an empty string");
	const char *p = a->self.s->s;
	const char *end = p + a->self.s->len;
	for (; times != 0; times--) {
		const char *at =
			memmem(p, (size_t)(end - p), from->s, from->len);
		if (at == NULL)
			break;
		buf_add(&out, p, (size_t)(at - p));
		buf_add(&out, to->s, to->len);
		p = at + from->len;
		if (vm_tick(vm, 1) < 0)
			return -EINVAL;
		if (buf_failed(&out))
			break;
	}
	buf_add(&out, p, (size_t)(end - p));
	return v_str_buf(vm, &out, ret);
}

static int
characters(struct vm *vm, const struct args *a, bool numbers, struct value *ret)
{
	const struct rstr *s = a->self.s;
	if (v_list(vm, V_LIST, NULL, 0, ret) < 0)
		return -EINVAL;
	for (size_t i = 0; i < s->len;) {
		uint32_t cp = 0;
		size_t n = utf8_get(s->s + i, s->len - i, &cp);
		if (n == 0)
			n = 1; /* strings are UTF-8: cannot be */
		int r = numbers ? v_append(vm, ret->l, v_int(cp))
				: add_part(vm, ret, s->s + i, n);
		if (r < 0 || vm_tick(vm, 1) < 0)
			return -EINVAL;
		i += n;
	}
	ret->t = V_SEQ;
	return 0;
}

static int
text_elems(struct vm *vm, const struct args *a, struct value *ret)
{
	return characters(vm, a, false, ret);
}

static int
text_codepoints(struct vm *vm, const struct args *a, struct value *ret)
{
	return characters(vm, a, true, ret);
}

static const struct native methods[] = {
	{ "codepoints", text_codepoints, 0, 0, NULL, false },
	{ "elems", text_elems, 0, 0, NULL, false },
	{ "join", text_join, 1, 1, NULL, false },
	{ "partition", text_partition, 1, 1, NULL, false },
	{ "replace", text_replace, 2, 3, NULL, false },
	{ "rpartition", text_rpartition, 1, 1, NULL, false },
	{ "rsplit", text_rsplit, 0, 2, NULL, false },
	{ "split", text_split, 0, 2, NULL, false },
	{ "splitlines", text_splitlines, 0, 1, NULL, false },
};

const struct native *
text_split_method(const struct rstr *name)
{
	return native_find(methods, sizeof(methods) / sizeof(methods[0]), name);
}
