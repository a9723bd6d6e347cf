/* SPDX-License-Identifier: Apache-2.0 */
/* rules_ops.c -- operators on values (room: user). */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "policy/rules_lex.h"
#include "policy/rules_vm.h"

static int
unsupported(struct vm *vm, int op, const struct value *a, const struct value *b)
{
	const char *name = op == TK_NOT ? "in" : tok_name((enum tok)op);
	if (a->t == V_BIG || b->t == V_BIG)
		return vm_fail(vm,
			"not supported here: `%s` with an integer over 63 bits",
			name);
	return vm_fail(vm,
		"Operation `%s` not supported for types `%s` and `%s`", name,
		v_type(a), v_type(b));
}

static int
overflow(struct vm *vm)
{
	return vm_fail(vm,
		"not supported here: a result over 63 bits (integer overflow)");
}

/* ---- unary --------------------------------------------------------------------------- */

int
op_unary(struct vm *vm, int op, struct value a, struct value *ret)
{
	if (op == TK_BANG) { /* {x!r} */
		own_buf struct buf text = { 0 };
		return v_repr(vm, &text, a) < 0 ? -EINVAL
						: v_str_buf(vm, &text, ret);
	}
	if (a.t == V_BIG)
		return vm_fail(vm,
			"not supported here: `%s` with an integer over 63 bits",
			tok_name((enum tok)op));
	if (a.t == V_FLOAT && op != TK_TILDE) {
		*ret = v_float(op == TK_MINUS ? -a.f : a.f);
		return 0;
	}
	if (a.t != V_INT)
		return vm_unsupported(vm, tok_name((enum tok)op), &a);
	if (op == TK_MINUS && a.i == INT64_MIN)
		return overflow(vm);
	*ret = v_int(op == TK_MINUS ? -a.i : op == TK_TILDE ? ~a.i : a.i);
	return 0;
}

/* ---- numbers --------------------------------------------------------------------------- */

static int
int_divide(struct vm *vm, int op, int64_t a, int64_t b, struct value *ret)
{
	if (b == 0)
		return vm_fail(vm,
			op == TK_PERCENT
				? "Modulo by zero: %" PRId64 " %% %" PRId64
				: "Floor division by zero: %" PRId64 " /"
				  "/ %" PRId64,
			a, b);
	if (a == INT64_MIN && b == -1)
		return overflow(vm);
	int64_t rest = a % b;
	bool down = rest != 0 && (rest < 0) != (b < 0); /* towards -infinity */
	if (op == TK_PERCENT)
		*ret = v_int(down ? rest + b : rest);
	else
		*ret = v_int(a / b - (down ? 1 : 0));
	return 0;
}

static int
int_shift(struct vm *vm, int op, int64_t a, int64_t b, struct value *ret)
{
	if (b < 0)
		return vm_fail(vm, "Negative %s shift",
			op == TK_SHL ? "left" : "right");
	if (op == TK_SHR) {
		*ret = v_int(b > 62 ? (a < 0 ? -1 : 0) : a >> b);
		return 0;
	}
	int64_t v = a;
	if (a != 0 &&
		(b > 62 || __builtin_mul_overflow(a, INT64_C(1) << b, &v)))
		return overflow(vm);
	*ret = v_int(v);
	return 0;
}

static int
int_op(struct vm *vm, int op, int64_t a, int64_t b, struct value *ret)
{
	int64_t v = 0;
	bool over = false;
	switch (op) {
	case TK_PLUS: over = __builtin_add_overflow(a, b, &v); break;
	case TK_MINUS: over = __builtin_sub_overflow(a, b, &v); break;
	case TK_STAR: over = __builtin_mul_overflow(a, b, &v); break;
	case TK_AMP: v = a & b; break;
	case TK_PIPE: v = a | b; break;
	case TK_CARET: v = a ^ b; break;
	case TK_SHL:
	case TK_SHR: return int_shift(vm, op, a, b, ret);
	default: return int_divide(vm, op, a, b, ret);
	}
	if (over)
		return overflow(vm);
	*ret = v_int(v);
	return 0;
}

/* floor() without libm: over 2^53 every double is whole. */
static double
whole_below(double x)
{
	if (!(x > -9007199254740992.0 && x < 9007199254740992.0))
		return x;
	double t = (double)(int64_t)x;
	return t > x ? t - 1 : t;
}

static double
to_double(const struct value *v)
{
	return v->t == V_INT ? (double)v->i : v->f;
}

static int
float_op(struct vm *vm, int op, const struct value *a, const struct value *b,
	struct value *ret)
{
	double x = to_double(a);
	double y = to_double(b);
	if ((op == TK_SLASH || op == TK_SLASH2 || op == TK_PERCENT) &&
		fpclassify(y) == FP_ZERO)
		return vm_fail(vm, "Cannot divide by zero");
	switch (op) {
	case TK_PLUS: *ret = v_float(x + y); return 0;
	case TK_MINUS: *ret = v_float(x - y); return 0;
	case TK_STAR: *ret = v_float(x * y); return 0;
	case TK_SLASH: *ret = v_float(x / y); return 0;
	case TK_SLASH2: *ret = v_float(whole_below(x / y)); return 0;
	case TK_PERCENT: *ret = v_float(x - y * whole_below(x / y)); return 0;
	default: return unsupported(vm, op, a, b);
	}
}

static bool
is_number(const struct value *v)
{
	return v->t == V_INT || v->t == V_FLOAT;
}

/* ---- text and lists ---------------------------------------------------------------------- */

static bool
is_text(const struct value *v)
{
	return v->t == V_STR || v->t == V_BYTES;
}

static int
text_make(struct vm *vm, enum vtype t, size_t len, struct rstr **ret)
{
	(void)t;
	if (len > RULES_VALUE_MAX)
		len = RULES_VALUE_MAX; /* over the arena in any case */
	*ret = arena_alloc(&vm->values, sizeof(**ret) + len + 1);
	return *ret == NULL ? vm_no_memory(vm) : 0;
}

static int
concat(struct vm *vm, const struct value *a, const struct value *b,
	struct value *ret)
{
	if (is_text(a)) {
		struct rstr *s = NULL;
		size_t len = (size_t)a->s->len + b->s->len;
		if (vm_tick(vm, len / 64) < 0 ||
			text_make(vm, a->t, len, &s) < 0)
			return -EINVAL;
		memcpy(s->s, a->s->s, a->s->len);
		memcpy(s->s + a->s->len, b->s->s, b->s->len);
		s->len = (uint32_t)len; /* bounded by the arena */
		s->hash = rstr_hash(s->s, len);
		*ret = (struct value){ .t = a->t, .s = s };
		return 0;
	}
	if (vm_tick(vm, (uint64_t)a->l->n + b->l->n) < 0 ||
		v_list(vm, a->t, NULL, a->l->n + b->l->n, ret) < 0)
		return -EINVAL;
	if (a->l->n > 0)
		memcpy(ret->l->v, a->l->v, a->l->n * sizeof(*a->l->v));
	if (b->l->n > 0)
		memcpy(ret->l->v + a->l->n, b->l->v,
			b->l->n * sizeof(*b->l->v));
	ret->l->n = a->l->n + b->l->n;
	return 0;
}

static int
repeat_text(
	struct vm *vm, const struct value *a, uint64_t times, struct value *ret)
{
	struct rstr *s = NULL;
	uint64_t len = 0;
	if (__builtin_mul_overflow(times, (uint64_t)a->s->len, &len))
		len = UINT64_MAX;
	if (vm_tick(vm, len / 64) < 0 || text_make(vm, a->t, len, &s) < 0)
		return -EINVAL;
	for (uint64_t i = 0; i < times; i++)
		memcpy(s->s + i * a->s->len, a->s->s, a->s->len);
	s->len = (uint32_t)len;
	s->hash = rstr_hash(s->s, len);
	*ret = (struct value){ .t = a->t, .s = s };
	return 0;
}

static int
repeat(struct vm *vm, const struct value *a, int64_t times, struct value *ret)
{
	uint64_t n = times < 0 ? 0 : (uint64_t)times;
	if (is_text(a))
		return repeat_text(vm, a, a->s->len == 0 ? 0 : n, ret);
	uint64_t total = 0;
	if (__builtin_mul_overflow(n, (uint64_t)a->l->n, &total))
		total = UINT64_MAX;
	if (vm_tick(vm, total) < 0 ||
		v_list(vm, a->t, NULL, (uint32_t)total, ret) < 0)
		return -EINVAL;
	for (uint64_t i = 0; i < total; i++)
		ret->l->v[i] = a->l->v[i % a->l->n];
	ret->l->n = (uint32_t)total;
	return 0;
}

static int
merge(struct vm *vm, struct vdict *into, const struct vdict *from)
{
	for (uint32_t i = 0; i < from->n; i++)
		if (vm_tick(vm, 1) < 0 || v_dict_set(vm, into, from->e[i].key,
						  from->e[i].value) < 0)
			return -EINVAL;
	return 0;
}

/* ---- in, comparisons ------------------------------------------------------------------------ */

static int
contains(struct vm *vm, const struct value *needle, const struct value *hay,
	bool *ret)
{
	*ret = false;
	if (hay->t == V_STR && needle->t == V_STR) {
		*ret = memmem(hay->s->s, hay->s->len, needle->s->s,
			       needle->s->len) != NULL;
		return vm_tick(vm, hay->s->len / 64);
	}
	if (hay->t == V_DICT) {
		struct vpair *found = NULL;
		int r = v_dict_find(vm, hay->d, *needle, &found);
		*ret = found != NULL;
		return r;
	}
	struct viter it;
	struct value v;
	if (hay->t != V_LIST && hay->t != V_TUPLE && hay->t != V_RANGE)
		return unsupported(vm, TK_IN, needle, hay);
	if (v_iter(vm, *hay, &it) < 0)
		return -EINVAL;
	while (!*ret && v_next(&it, &v))
		if (vm_tick(vm, 1) < 0 || v_equal(vm, v, *needle, ret) < 0)
			return -EINVAL;
	return 0;
}

static int
compare(struct vm *vm, int op, const struct value *a, const struct value *b,
	struct value *ret)
{
	int order = 0;
	bool same = false;
	if (op == TK_EQ2 || op == TK_NE) {
		int r = v_equal(vm, *a, *b, &same);
		*ret = v_bool(same == (op == TK_EQ2));
		return r;
	}
	if (op == TK_IN || op == TK_NOT) {
		int r = contains(vm, a, b, &same);
		*ret = v_bool(same == (op == TK_IN));
		return r;
	}
	if (v_compare(vm, *a, *b, &order) < 0)
		return -EINVAL;
	*ret = v_bool(op == TK_LT   ? order < 0
		      : op == TK_GT ? order > 0
		      : op == TK_LE ? order <= 0
				    : order >= 0);
	return 0;
}

static bool
is_comparison(int op)
{
	return op == TK_IN || op == TK_NOT || (op >= TK_EQ2 && op <= TK_GE);
}

int
op_binary(struct vm *vm, int op, struct value a, struct value b,
	struct value *ret)
{
	bool lists = a.t == V_LIST || a.t == V_TUPLE;
	if (is_comparison(op))
		return compare(vm, op, &a, &b, ret);
	if (is_number(&a) && is_number(&b)) {
		if (a.t == V_INT && b.t == V_INT && op == TK_SLASH && b.i == 0)
			return vm_fail(vm,
				"float division by zero: %" PRId64 " / 0", a.i);
		if (a.t == V_INT && b.t == V_INT && op != TK_SLASH)
			return int_op(vm, op, a.i, b.i, ret);
		return float_op(vm, op, &a, &b, ret);
	}
	if (op == TK_PLUS && a.t == b.t && (is_text(&a) || lists))
		return concat(vm, &a, &b, ret);
	if (op == TK_STAR && b.t == V_INT && (is_text(&a) || lists))
		return repeat(vm, &a, b.i, ret);
	if (op == TK_STAR && a.t == V_INT &&
		(is_text(&b) || b.t == V_LIST || b.t == V_TUPLE))
		return repeat(vm, &b, a.i, ret);
	if (op == TK_PERCENT && a.t == V_STR)
		return format_percent(vm, a.s, b, ret);
	if (op == TK_PIPE && a.t == V_DICT && b.t == V_DICT) {
		if (v_dict(vm, ret) < 0 || merge(vm, ret->d, a.d) < 0)
			return -EINVAL;
		return merge(vm, ret->d, b.d);
	}
	return unsupported(vm, op, &a, &b);
}

/* list += anything iterable, dict |= dict: the left side itself changes. */
int
op_inplace(struct vm *vm, int op, struct value a, struct value b,
	struct value *ret)
{
	struct viter it;
	struct value v;
	if (op == TK_PIPE && a.t == V_DICT && b.t == V_DICT) {
		*ret = a;
		return merge(vm, a.d, b.d);
	}
	if (op != TK_PLUS || a.t != V_LIST)
		return op_binary(vm, op, a, b, ret);
	if (v_iter(vm, b, &it) < 0)
		return -EINVAL;
	uint32_t n = v_len(&b); /* x += x ends */
	for (uint32_t i = 0; i < n && v_next(&it, &v); i++)
		if (vm_tick(vm, 1) < 0 || v_append(vm, a.l, v) < 0)
			return -EINVAL;
	*ret = a;
	return 0;
}
