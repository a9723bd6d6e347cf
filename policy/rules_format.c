/* SPDX-License-Identifier: Apache-2.0 */
/* rules_format.c -- "..." % x and "...".format() (room: user). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_vm.h"

/* ---- percent ----------------------------------------------------------------------------- */

static int
put_int(struct vm *vm, struct buf *out, char c, const struct value *v)
{
	char name[] = "format(%?)";
	name[sizeof(name) - 3] = c;
	if (v->t == V_BIG && c == 'd')
		return v_repr(vm, out, *v);
	if (v->t == V_BIG)
		return vm_fail(vm,
			"not supported here: %%%c of an integer over 63 bits",
			c);
	int64_t i = v->i;
	if (v->t == V_FLOAT && c == 'd' && v->f >= INT32_MIN &&
		v->f <= INT32_MAX)
		i = (int64_t)v->f; /* no further: as the original */
	else if (v->t != V_INT)
		return vm_unsupported(vm, name, v);
	uint64_t u = i < 0 ? UINT64_C(0) - (uint64_t)i : (uint64_t)i;
	if (i < 0)
		buf_char(out, '-');
	buf_printf(out,
		c == 'd'   ? "%" PRIu64
		: c == 'x' ? "%" PRIx64
		: c == 'X' ? "%" PRIX64
			   : "%" PRIo64,
		u);
	return 0;
}

static int
put_float(struct vm *vm, struct buf *out, char c, const struct value *v)
{
	own_buf struct buf shown = { .max = VALUE_SHOWN_MAX };
	double f = v->f;
	if (v->t == V_INT)
		f = (double)v->i;
	else if (v->t == V_BIG)
		f = strtod(v->s->s, NULL);
	else if (v->t != V_FLOAT)
		return v_repr(vm, &shown, *v) < 0
			       ? -EINVAL
			       : vm_fail(vm,
					 "Type of parameters mismatch, "
					 "expected `float | int`, actual "
					 "`%s (repr: %s)`",
					 v_type(v), buf_str(&shown));
	switch (c) {
	case 'e': buf_printf(out, "%e", f); break;
	case 'E': buf_printf(out, "%E", f); break;
	case 'f':
	case 'F': buf_printf(out, "%f", f); break;
	default: v_repr_float(&shown, f); break;
	}
	char *e = c == 'G' && shown.len > 0 ? strchr(shown.data, 'e') : NULL;
	if (e != NULL)
		*e = 'E';
	buf_add(out, buf_str(&shown), shown.len);
	return 0;
}

static int
put_directive(struct vm *vm, struct buf *out, char c, struct value v)
{
	switch (c) {
	case 's': /* bytes: as they are written in a file */
		if (v.t != V_BYTES)
			return v_to_str(vm, out, v);
		__attribute__((fallthrough));
	case 'r': return v_repr(vm, out, v);
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G': return put_float(vm, out, c, &v);
	case 'd':
	case 'x':
	case 'X':
	case 'o': return put_int(vm, out, c, &v);
	default:
		return vm_fail(vm, "Unsupported format character: '%c'",
			c > 0x1f && c < 0x7f ? c : '?');
	}
}

/* The values to put in: the elements of a tuple, or the one value. */
struct supply {
	const struct value *v;
	uint32_t n;
	uint32_t used;
};

static int
percent_one(struct vm *vm, struct buf *out, const char **p, const char *end,
	struct supply *s)
{
	if (*p == end)
		return vm_fail(vm, "Incomplete format");
	char c = *(*p)++;
	if (c == '%') {
		buf_char(out, '%');
		return 0;
	}
	if (c == '(')
		return vm_fail(vm, "not supported here: %%(name) formats");
	if (s->used == s->n)
		return vm_fail(vm, "Not enough arguments for format string");
	return put_directive(vm, out, c, s->v[s->used++]);
}

int
format_percent(struct vm *vm, const struct rstr *fmt, struct value args,
	struct value *ret)
{
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	struct supply s = { .v = &args, .n = 1 };
	const char *p = fmt->s;
	const char *end = p + fmt->len;
	if (args.t == V_TUPLE)
		s = (struct supply){ .v = args.l->v, .n = args.l->n };
	while (p < end) {
		const char *next = memchr(p, '%', (size_t)(end - p));
		if (next == NULL)
			next = end;
		buf_add(&out, p, (size_t)(next - p));
		if (next == end)
			break;
		p = next + 1;
		if (vm_tick(vm, 1) < 0 ||
			percent_one(vm, &out, &p, end, &s) < 0)
			return -EINVAL;
	}
	if (s.used < s.n)
		return vm_fail(vm, "Too many arguments for format string");
	return v_str_buf(vm, &out, ret);
}

/* ---- braces ------------------------------------------------------------------------------ */

struct braces {
	const struct rstr *fmt;
	const struct args *a;
	uint32_t next;  /* of {} {} ... */
	bool automatic; /* {} was used */
	bool manual;    /* {0} was used */
};

static int
field_number(struct vm *vm, const char *s, size_t len, uint32_t *ret)
{
	uint32_t v = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -ENOENT;
		if (v > UINT32_MAX / 20)
			return vm_fail(
				vm, "Index out of range in format string");
		v = v * 10 + (uint32_t)(s[i] - '0');
	}
	*ret = v;
	return len == 0 ? -ENOENT : 0;
}

static int
field_by_number(struct vm *vm, struct braces *b, uint32_t i, struct value *ret)
{
	if (i >= b->a->n_pos)
		return vm_fail(vm, "Not enough parameters in format string");
	*ret = b->a->pos[i];
	return 0;
}

/* What stands before "!": "", a number or a name. */
static int
field_value(struct vm *vm, struct braces *b, const char *s, size_t len,
	struct value *ret)
{
	uint32_t i = 0;
	int r = field_number(vm, s, len, &i);
	if (r == -EINVAL)
		return r;
	if (len == 0 || r == 0) {
		b->automatic = b->automatic || len == 0;
		b->manual = b->manual || len > 0;
		if (b->automatic && b->manual)
			return vm_fail(vm,
				"Cannot mix manual field specification and "
				"automatic field numbering in format string");
		return field_by_number(vm, b, len == 0 ? b->next++ : i, ret);
	}
	for (i = 0; i < b->a->n_named; i++) {
		if (b->a->names[i]->len != len ||
			memcmp(b->a->names[i]->s, s, len) != 0)
			continue;
		*ret = b->a->named[i];
		return 0;
	}
	return vm_fail(vm, "Key `%.*s` was not found", (int)len, s);
}

/* The bytes between the braces. */
static int
put_field(struct vm *vm, struct braces *b, struct buf *out, const char *s,
	size_t len)
{
	struct value v = V_NONE_VALUE;
	const char *bang = memchr(s, '!', len);
	size_t name = bang == NULL ? len : (size_t)(bang - s);
	for (size_t i = 0; i < len; i++)
		if (strchr(".[],", s[i]) != NULL)
			return vm_fail(vm,
				"Invalid character '%c' inside replacement "
				"field",
				s[i] == '\0' ? '?' : s[i]);
	if (bang != NULL &&
		(len - name != 2 || (bang[1] != 's' && bang[1] != 'r')))
		return vm_fail(vm, "Invalid conversion in format string `%s`",
			b->fmt->s);
	if (vm_tick(vm, 1 + b->a->n_named) < 0 ||
		field_value(vm, b, s, name, &v) < 0)
		return -EINVAL;
	if (bang != NULL && bang[1] == 'r')
		return v_repr(vm, out, v);
	return v_to_str(vm, out, v);
}

int
format_braces(struct vm *vm, const struct rstr *fmt, const struct args *a,
	struct value *ret)
{
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	struct braces b = { .fmt = fmt, .a = a };
	const char *p = fmt->s;
	const char *end = p + fmt->len;
	while (p < end) {
		char c = *p++;
		if (c != '{' && c != '}') {
			buf_char(&out, c);
			continue;
		}
		if (p < end && *p == c) {
			buf_char(&out, c);
			p++;
			continue;
		}
		const char *close =
			c == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
		if (close == NULL)
			return vm_fail(vm,
				"Unmatched '%c' in format string `%s`", c,
				fmt->s);
		if (put_field(vm, &b, &out, p, (size_t)(close - p)) < 0)
			return -EINVAL;
		p = close + 1;
	}
	return v_str_buf(vm, &out, ret);
}
