/* SPDX-License-Identifier: Apache-2.0 */
/* rules_repr.c -- values as text, without recursion (room: user). */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_code.h"
#include "policy/rules_value.h"
#include "policy/rules_vm.h"

enum { FLOAT_TEXT_MAX = 40, FLOAT_DIGITS = 6 };

/* A container being written. */
struct repr_walk {
	struct value v;
	uint32_t next; /* element; for a dict: key and value alternate */
};

static void
repr_char(struct buf *out, uint32_t cp, const char *s, size_t n, bool bytes)
{
	static const char special[] = "\n\r\t\\\"";
	static const char letter[] = "nrt\\\"";
	const char *p = cp < 0x80 && cp != 0 ? strchr(special, (int)cp) : NULL;
	if (p != NULL)
		buf_printf(out, "\\%c", letter[p - special]);
	else if (cp < 0x20 || cp == 0x7f || (cp > 0x7f && cp < 0x100 && !bytes))
		buf_printf(out, "\\x%02x", cp);
	else if (cp > 0xffff && !bytes)
		buf_printf(out, "\\U%08x", cp);
	else
		buf_add(out, s, n);
}

void
v_repr_bytes(struct buf *out, const char *s, size_t len, bool bytes)
{
	buf_str_add(out, bytes ? "b\"" : "\"");
	for (size_t i = 0; i < len;) {
		uint32_t cp = 0;
		size_t n = utf8_get(s + i, len - i, &cp);
		if (n == 0) {
			buf_printf(out, "\\x%02x", (unsigned char)s[i]);
			n = 1;
		} else {
			repr_char(out, cp, s + i, n, bytes);
		}
		i += n;
	}
	buf_char(out, '"');
}

/* d.dddddde+NN with the zeros behind the last digit, and a bare point, left out. */
static void
repr_scientific(struct buf *out, double f)
{
	char text[FLOAT_TEXT_MAX];
	(void)snprintf(text, sizeof(text), "%.*e", FLOAT_DIGITS, f);
	const char *e = strchr(text, 'e');
	const char *end = e;
	while (end[-1] == '0')
		end--;
	buf_add(out, text, (size_t)(end - text) - (end[-1] == '.'));
	buf_str_add(out, e);
}

/*
 * As the original writes it: the shortest text that reads back as f, but six
 * digits and an exponent from a million on, and below a hundred-thousandth.
 */
void
v_repr_float(struct buf *out, double f)
{
	char text[FLOAT_TEXT_MAX];
	if (isnan(f) || isinf(f)) {
		buf_str_add(out, isnan(f) ? "nan" : f > 0 ? "+inf" : "-inf");
		return;
	}
	if (f != 0 && (fabs(f) >= 1e6 || fabs(f) < 1e-5)) {
		repr_scientific(out, f);
		return;
	}
	/* In this range no text is longer: 17 digits behind 0.0000 */
	for (int digits = 1; digits <= 22; digits++) {
		(void)snprintf(text, sizeof(text), "%.*f", digits, f);
		if (strtod(text, NULL) == f)
			break;
	}
	buf_str_add(out, text);
}

static void
repr_range(struct buf *out, const struct vrange *r)
{
	if (r->start == 0 && r->step == 1)
		buf_printf(out, "range(%" PRId64 ")", r->stop);
	else if (r->step == 1)
		buf_printf(out, "range(%" PRId64 ", %" PRId64 ")", r->start,
			r->stop);
	else
		buf_printf(out, "range(%" PRId64 ", %" PRId64 ", %" PRId64 ")",
			r->start, r->stop, r->step);
}

static void
repr_plain(struct vm *vm, struct buf *out, const struct value *v)
{
	switch (v->t) {
	case V_NONE: buf_str_add(out, "None"); break;
	case V_BOOL: buf_str_add(out, v->b ? "True" : "False"); break;
	case V_INT: buf_printf(out, "%" PRId64, v->i); break;
	case V_FLOAT: v_repr_float(out, v->f); break;
	case V_BIG: buf_add(out, v->s->s, v->s->len); break;
	case V_STR: v_repr_bytes(out, v->s->s, v->s->len, false); break;
	case V_BYTES: v_repr_bytes(out, v->s->s, v->s->len, true); break;
	case V_RANGE: repr_range(out, v->r); break;
	case V_FUNC:
		buf_printf(out, "%s.%s", vm->src->name, v->fn->code->name->s);
		break;
	case V_NATIVE: buf_str_add(out, v->nat->name); break;
	case V_SEQ: buf_str_add(out, "iterator"); break;
	case V_METHOD: buf_str_add(out, v->m->nat->name); break;
	default: buf_str_add(out, "Ellipsis"); break;
	}
}

static void
repr_open(struct buf *out, const struct value *v)
{
	buf_str_add(out, v->t == V_LIST ? "[" : v->t == V_TUPLE ? "(" : "{");
}

static void
repr_close(struct buf *out, const struct value *v)
{
	if (v->t == V_TUPLE && v->l->n == 1)
		buf_char(out, ',');
	buf_str_add(out, v->t == V_LIST ? "]" : v->t == V_TUPLE ? ")" : "}");
}

/* The next element of w, with what stands before it; false at the end. */
static bool
repr_next(struct buf *out, struct repr_walk *w, struct value *ret)
{
	uint32_t i = w->next;
	if (w->v.t != V_DICT) {
		if (i >= w->v.l->n)
			return false;
		if (i > 0)
			buf_str_add(out, ", ");
		*ret = w->v.l->v[i];
	} else {
		if (i / 2 >= w->v.d->n)
			return false;
		if (i > 0)
			buf_str_add(out, i % 2 == 0 ? ", " : ": ");
		*ret = i % 2 == 0 ? w->v.d->e[i / 2].key
				  : w->v.d->e[i / 2].value;
	}
	w->next++;
	return true;
}

/* The text is full: an error for a value, "..." where it is only shown. */
static int
cut_short(struct vm *vm, struct buf *out)
{
	if (out->max == RULES_VALUE_MAX)
		return vm_no_memory(vm);
	out->failed = false;
	out->max += 3;
	buf_str_add(out, "...");
	return 0;
}

int
v_repr(struct vm *vm, struct buf *out, struct value v)
{
	struct repr_walk walk[VALUE_DEPTH_MAX];
	uint32_t depth = 0;
	if (out->max == 0)
		out->max = RULES_VALUE_MAX;
	for (;;) {
		if (vm_tick(vm, 1) < 0)
			return -EINVAL;
		if (buf_failed(out))
			return cut_short(vm, out);
		if (v.t != V_LIST && v.t != V_TUPLE && v.t != V_DICT) {
			repr_plain(vm, out, &v);
		} else {
			if (depth == VALUE_DEPTH_MAX)
				return vm_fail(vm,
					"limit reached: values nested more "
					"than %d deep (depth)",
					VALUE_DEPTH_MAX);
			repr_open(out, &v);
			walk[depth++] = (struct repr_walk){ .v = v };
		}
		while (depth > 0 && !repr_next(out, &walk[depth - 1], &v))
			repr_close(out, &walk[--depth].v);
		if (depth == 0)
			return buf_failed(out) ? cut_short(vm, out) : 0;
	}
}

int
v_to_str(struct vm *vm, struct buf *out, struct value v)
{
	if (v.t == V_BYTES && !utf8_valid(v.s->s, v.s->len))
		return vm_fail(vm,
			"not supported here: bytes that are not UTF-8 as text");
	if (v.t != V_STR && v.t != V_BYTES)
		return v_repr(vm, out, v);
	out->max = RULES_VALUE_MAX;
	buf_add(out, v.s->s, v.s->len);
	return buf_failed(out) ? vm_no_memory(vm) : 0;
}
