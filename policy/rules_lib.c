/* SPDX-License-Identifier: Apache-2.0 */
/* rules_lib.c -- functions of the rules language (room: user). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_vm.h"

static const char *const int_params[] = { "a", "base", NULL };

static int
lib_len(struct vm *vm, const struct args *a, struct value *ret)
{
	const struct value *v = &a->pos[0];
	if (v->t == V_STR || v->t == V_BYTES) {
		*ret = v_int(v->t == V_BYTES
				     ? v->s->len
				     : (int64_t)utf8_count(v->s->s, v->s->len));
		return vm_tick(vm, v->s->len / 64);
	}
	if (v->t != V_LIST && v->t != V_TUPLE && v->t != V_DICT &&
		v->t != V_RANGE)
		return vm_unsupported(vm, "len()", v);
	*ret = v_int(v_len(v));
	return 0;
}

static int
lib_range(struct vm *vm, const struct args *a, struct value *ret)
{
	struct vrange r = { .step = 1 };
	for (uint32_t i = 0; i < a->n_pos; i++)
		if (a->pos[i].t != V_INT)
			return vm_bad_param(vm, "range", "int", &a->pos[i]);
	if (a->n_pos == 1) {
		r.stop = a->pos[0].i;
	} else {
		r.start = a->pos[0].i;
		r.stop = a->pos[1].i;
	}
	if (a->n_pos == 3)
		r.step = a->pos[2].i;
	if (r.step == 0)
		return vm_fail(
			vm, "Third argument of range (step) cannot be zero");
	return v_range(vm, r, ret);
}

int
lib_collect(struct vm *vm, struct value from, enum vtype t, struct value *ret)
{
	struct viter it;
	struct value v;
	if (v_iter(vm, from, &it) < 0)
		return -EINVAL;
	uint32_t n = v_len(&from);
	if (vm_tick(vm, n) < 0 || v_list(vm, t, NULL, n, ret) < 0)
		return -EINVAL;
	while (ret->l->n < n && v_next(&it, &v))
		ret->l->v[ret->l->n++] = v;
	return 0;
}

static int
lib_list(struct vm *vm, const struct args *a, struct value *ret)
{
	if (a->n_pos == 0)
		return v_list(vm, V_LIST, NULL, 0, ret);
	return lib_collect(vm, a->pos[0], V_LIST, ret);
}

static int
lib_tuple(struct vm *vm, const struct args *a, struct value *ret)
{
	if (a->n_pos == 0)
		return v_list(vm, V_TUPLE, NULL, 0, ret);
	return lib_collect(vm, a->pos[0], V_TUPLE, ret);
}

static int
lib_dict(struct vm *vm, const struct args *a, struct value *ret)
{
	if (v_dict(vm, ret) < 0)
		return -EINVAL;
	return dict_fill(vm, ret->d, a);
}

static int
lib_str(struct vm *vm, const struct args *a, struct value *ret)
{
	own_buf struct buf out = { 0 };
	if (a->pos[0].t == V_STR) {
		*ret = a->pos[0];
		return 0;
	}
	return v_to_str(vm, &out, a->pos[0]) < 0 ? -EINVAL
						 : v_str_buf(vm, &out, ret);
}

static int
lib_repr(struct vm *vm, const struct args *a, struct value *ret)
{
	own_buf struct buf out = { 0 };
	return v_repr(vm, &out, a->pos[0]) < 0 ? -EINVAL
					       : v_str_buf(vm, &out, ret);
}

static int
lib_type(struct vm *vm, const struct args *a, struct value *ret)
{
	const char *name = v_type(&a->pos[0]);
	return v_str(vm, name, strlen(name), ret);
}

static int
lib_bool(struct vm *vm, const struct args *a, struct value *ret)
{
	(void)vm;
	*ret = v_bool(a->n_pos > 0 && v_true(&a->pos[0]));
	return 0;
}

static int
int_of_text(
	struct vm *vm, const struct rstr *s, int64_t base, struct value *ret)
{
	char *end = NULL;
	bool blank = s->len == 0 || strchr(" \t\n\v\f\r", s->s[0]) != NULL;
	errno = 0;
	long long v = base == 0 || (base >= 2 && base <= 36)
			      ? strtoll(s->s, &end, (int)base)
			      : 0;
	if (end == NULL)
		return vm_fail(vm, "%lld is not a valid base", (long long)base);
	if (errno == ERANGE)
		return vm_fail(
			vm, "not supported here: an integer over 63 bits");
	if (blank || end != s->s + s->len)
		return vm_fail(vm,
			"Cannot parse `%s` as an integer in base %lld", s->s,
			(long long)base);
	*ret = v_int(v);
	return 0;
}

static int
lib_int(struct vm *vm, const struct args *a, struct value *ret)
{
	static const struct native self = { "int", lib_int, 1, 2, int_params,
		false };
	struct value p[NATIVE_PARAMS_MAX];
	if (vm_bind(vm, &self, a, p) < 0)
		return -EINVAL;
	const struct value *v = &p[0];
	if (p[1].t != V_UNSET && (v->t != V_STR || p[1].t != V_INT))
		return vm_fail(vm,
			"int() cannot convert non-string with explicit base");
	if (v->t == V_STR)
		return int_of_text(
			vm, v->s, p[1].t == V_INT ? p[1].i : 10, ret);
	if (v->t == V_FLOAT) {
		if (!(v->f > -9.2e18 && v->f < 9.2e18))
			return vm_fail(vm,
				"not supported here: an integer over 63 bits");
		*ret = v_int((int64_t)v->f);
	} else if (v->t == V_INT || v->t == V_BIG) {
		*ret = *v;
	} else if (v->t == V_BOOL) {
		*ret = v_int(v->b);
	} else {
		return vm_bad_param(vm, "a", "int | float | bool | str", v);
	}
	return 0;
}

static int
lib_float(struct vm *vm, const struct args *a, struct value *ret)
{
	if (a->n_pos == 0) {
		*ret = v_float(0);
		return 0;
	}
	const struct value *v = &a->pos[0];
	char *end = NULL;
	switch (v->t) {
	case V_INT: *ret = v_float((double)v->i); return 0;
	case V_BOOL: *ret = v_float(v->b); return 0;
	case V_FLOAT: *ret = *v; return 0;
	case V_STR: break;
	default: return vm_bad_param(vm, "a", "int | float | bool | str", v);
	}
	*ret = v_float(strtod(v->s->s, &end));
	if (v->s->len == 0 || end != v->s->s + v->s->len ||
		strpbrk(v->s->s, " \t\n\v\f\rxXpP") != NULL)
		return vm_fail(vm,
			"\"%s\" is not a valid number: invalid float literal",
			v->s->s);
	return 0;
}

static int
lib_fail(struct vm *vm, const struct args *a, struct value *ret)
{
	own_buf struct buf out = { 0 };
	(void)ret;
	for (uint32_t i = 0; i < a->n_pos; i++) {
		if (i > 0)
			buf_char(&out, ' ');
		if (v_to_str(vm, &out, a->pos[i]) < 0)
			return -EINVAL;
	}
	return vm_fail(vm, "fail: %s", buf_str(&out));
}

static int
lib_abs(struct vm *vm, const struct args *a, struct value *ret)
{
	const struct value *v = &a->pos[0];
	if (v->t == V_FLOAT)
		*ret = v_float(v->f < 0 ? -v->f : v->f);
	else if (v->t == V_INT && v->i != INT64_MIN)
		*ret = v_int(v->i < 0 ? -v->i : v->i);
	else
		return vm_bad_param(vm, "x", "int | float", v);
	return 0;
}

static int
lib_chr(struct vm *vm, const struct args *a, struct value *ret)
{
	char text[UTF8_MAX];
	const struct value *v = &a->pos[0];
	if (v->t != V_INT)
		return vm_bad_param(vm, "i", "int", v);
	if (v->i < 0 || v->i > 0x10ffff || (v->i >= 0xd800 && v->i < 0xe000))
		return vm_fail(vm,
			"chr() parameter value is 0x%llx which is not a valid "
			"UTF-8 codepoint",
			(unsigned long long)v->i);
	return v_str(vm, text, utf8_put(text, (uint32_t)v->i), ret);
}

static int
lib_ord(struct vm *vm, const struct args *a, struct value *ret)
{
	const struct value *v = &a->pos[0];
	uint32_t cp = 0;
	if (v->t != V_STR)
		return vm_bad_param(vm, "a", "str", v);
	size_t n = utf8_get(v->s->s, v->s->len, &cp);
	if (n == 0 || n != v->s->len)
		return vm_fail(vm,
			"ord(): \"%s\" is not a single character string",
			v->s->s);
	*ret = v_int(cp);
	return 0;
}

/* The sum that Java made known: s[0] * 31^(n-1) + ... in 32 bits. */
static int
lib_hash(struct vm *vm, const struct args *a, struct value *ret)
{
	const struct value *v = &a->pos[0];
	uint32_t h = 0;
	if (v->t != V_STR)
		return vm_bad_param(vm, "a", "str", v);
	for (uint32_t i = 0; i < v->s->len; i++) {
		if ((unsigned char)v->s->s[i] >= 0x80)
			return vm_fail(vm, "not supported here: hash() of "
					   "letters outside ASCII");
		h = h * 31 + (unsigned char)v->s->s[i];
	}
	int32_t sum = 0;
	memcpy(&sum, &h, sizeof(sum)); /* the same bits, with a sign */
	*ret = v_int(sum);
	return vm_tick(vm, v->s->len / 16);
}

static int
lib_hasattr(struct vm *vm, const struct args *a, struct value *ret)
{
	if (a->pos[1].t != V_STR)
		return vm_bad_param(vm, "attr", "str", &a->pos[1]);
	*ret = v_bool(lib_method(&a->pos[0], a->pos[1].s) != NULL);
	return 0;
}

static int
lib_getattr(struct vm *vm, const struct args *a, struct value *ret)
{
	if (a->pos[1].t != V_STR)
		return vm_bad_param(vm, "attr", "str", &a->pos[1]);
	const struct native *nat = lib_method(&a->pos[0], a->pos[1].s);
	if (nat == NULL && a->n_pos > 2) {
		*ret = a->pos[2];
		return 0;
	}
	if (nat == NULL)
		return vm_fail(vm, "Object of type `%s` has no attribute `%s`",
			v_type(&a->pos[0]), a->pos[1].s->s);
	struct vmethod *m = arena_alloc(&vm->values, sizeof(*m));
	if (m == NULL)
		return vm_no_memory(vm);
	*m = (struct vmethod){ .self = a->pos[0], .nat = nat };
	*ret = (struct value){ .t = V_METHOD, .m = m };
	return 0;
}

static int
refuse(struct vm *vm, const struct args *a, struct value *ret)
{
	(void)a;
	(void)ret;
	return vm_fail(vm, "not supported here: bytes() and dir()");
}

/* ---- tables --------------------------------------------------------------------------------- */

static const struct native functions[] = {
	{ "abs", lib_abs, 1, 1, NULL, false },
	{ "bool", lib_bool, 0, 1, NULL, false },
	{ "bytes", refuse, 0, NATIVE_ANY, NULL, true },
	{ "chr", lib_chr, 1, 1, NULL, false },
	{ "dict", lib_dict, 0, 1, NULL, true },
	{ "dir", refuse, 0, NATIVE_ANY, NULL, true },
	{ "fail", lib_fail, 0, NATIVE_ANY, NULL, false },
	{ "float", lib_float, 0, 1, NULL, false },
	{ "getattr", lib_getattr, 2, 3, NULL, false },
	{ "hasattr", lib_hasattr, 2, 2, NULL, false },
	{ "hash", lib_hash, 1, 1, NULL, false },
	{ "int", lib_int, 1, 2, int_params, false },
	{ "len", lib_len, 1, 1, NULL, false },
	{ "list", lib_list, 0, 1, NULL, false },
	{ "ord", lib_ord, 1, 1, NULL, false },
	{ "range", lib_range, 1, 3, NULL, false },
	{ "repr", lib_repr, 1, 1, NULL, false },
	{ "str", lib_str, 1, 1, NULL, false },
	{ "tuple", lib_tuple, 0, 1, NULL, false },
	{ "type", lib_type, 1, 1, NULL, false },
};

const struct native *
lib_function(const struct rstr *name)
{
	const struct native *f =
		native_find(rules_builtins, RULES_BUILTINS, name);
	if (f == NULL)
		f = native_find(functions,
			sizeof(functions) / sizeof(functions[0]), name);
	return f != NULL ? f : lib_seq_function(name);
}

int
lib_constant(const struct rstr *name, struct value *ret)
{
	if (rstr_is(name, "True") || rstr_is(name, "False"))
		*ret = v_bool(name->s[0] == 'T');
	else if (rstr_is(name, "None"))
		*ret = V_NONE_VALUE;
	else
		return -ENOENT;
	return 0;
}

enum { NEAR_MAX = 24 };

/* Edits (insert, delete, change) from a to b, both short. */
static unsigned int
edits(const char *a, size_t n, const char *b, size_t m)
{
	unsigned int row[NEAR_MAX + 1];
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned int diagonal = row[0];
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned int change = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			unsigned int shift = row[j] < row[j - 1]
						     ? row[j] + 1
						     : row[j - 1] + 1;
			row[j] = shift < change ? shift : change;
		}
	}
	return row[m];
}

const char *
lib_nearest(const struct rstr *name)
{
	const char *best = NULL;
	unsigned int least = 3;
	if (name->len > NEAR_MAX || name->len < 3)
		return NULL;
	size_t n = sizeof(functions) / sizeof(functions[0]);
	for (size_t i = 0; i < n + RULES_BUILTINS; i++) {
		const char *known =
			i < n ? functions[i].name : rules_builtins[i - n].name;
		size_t len = strlen(known);
		unsigned int e = edits(name->s, name->len, known, len);
		if (e < least && e < len) {
			least = e;
			best = known;
		}
	}
	return best;
}

const struct native *
lib_method(const struct value *v, const struct rstr *name)
{
	switch (v->t) {
	case V_STR: return text_method(name);
	case V_LIST: return list_method(name);
	case V_DICT: return dict_method(name);
	default: return NULL;
	}
}
