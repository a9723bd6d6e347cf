/* SPDX-License-Identifier: Apache-2.0 */
/* rules_func.c -- functions and annotations, compiled (room: user). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/rules_compile.h"

enum func_phase { PHASE_DEFAULTS, PHASE_BODY, PHASE_END };

/* ---- annotations ---------------------------------------------------------------- */

struct type_name {
	const char *name;
	uint32_t types;
};

static const struct type_name type_names[] = {
	{ "None", 1u << V_NONE },
	{ "bool", 1u << V_BOOL },
	{ "int", 1u << V_INT | 1u << V_BIG },
	{ "float", 1u << V_FLOAT },
	{ "str", 1u << V_STR },
	{ "bytes", 1u << V_BYTES },
	{ "list", 1u << V_LIST },
	{ "tuple", 1u << V_TUPLE },
	{ "dict", 1u << V_DICT },
	{ "range", 1u << V_RANGE },
};

static int
annot_unsupported(struct compiler *c, const struct node *n)
{
	if (n->kind == N_STR)
		return rules_fail(c->err, n->at,
			"string literal expression is not allowed in type "
			"expression");
	return rules_fail(c->err, n->at,
		"not supported here: a type must be None, bool, int, float, "
		"str, bytes, list, tuple, dict, range, list[T], dict[K, V] or "
		"several of the plain ones joined by |");
}

/* One plain name, or names joined by "|" (which the parser nests leftwards). */
static int
annot_union(struct compiler *c, const struct node *n, uint32_t *ret)
{
	*ret = 0;
	for (;;) {
		const struct node *right =
			n->kind == N_BINARY && n->op == TK_PIPE ? n->b : n;
		uint32_t types = 0;
		for (size_t i = 0;
			i < sizeof(type_names) / sizeof(type_names[0]); i++)
			if (right->kind == N_NAME &&
				rstr_is(right->str, type_names[i].name))
				types = type_names[i].types;
		if (types == 0)
			return annot_unsupported(c, right);
		*ret |= types;
		if (right == n)
			return 0;
		n = n->a;
	}
}

/* list[T] and dict[K, V]. */
static int
annot_of(struct compiler *c, const struct node *n, struct annot *a)
{
	if (annot_union(c, n->a, &a->types) < 0)
		return -EINVAL;
	bool pair = n->kind == N_INDEX2;
	if (a->types != 1u << (pair ? V_DICT : V_LIST))
		return annot_unsupported(c, n);
	if (!pair)
		return annot_union(c, n->b, &a->elements);
	if (annot_union(c, n->b, &a->keys) < 0)
		return -EINVAL;
	return annot_union(c, n->b->next, &a->elements);
}

int
func_annot(struct compiler *c, const struct node *n, uint32_t *ret)
{
	struct image *im = c->image;
	struct annot *annots = comp_room(
		c, im->annots, im->n_annots, &im->cap_annots, sizeof(*annots));
	if (annots == NULL)
		return -EINVAL;
	im->annots = annots;
	struct annot *a = &annots[im->n_annots];
	*a = (struct annot){ .at = n->at };
	int r = n->kind == N_INDEX || n->kind == N_INDEX2
			? annot_of(c, n, a)
			: annot_union(c, n, &a->types);
	if (r == 0)
		*ret = im->n_annots++;
	return r;
}

/* ---- functions ------------------------------------------------------------------ */

/*
 * Annotations of parameters are kept by address, so they are not put into
 * image.annots, which moves as it grows.
 */
static const struct annot *
own_annot(struct compiler *c, const struct node *n)
{
	uint32_t i = 0;
	if (func_annot(c, n, &i) < 0)
		return NULL;
	struct annot *a = arena_alloc(c->arena, sizeof(*a));
	if (a == NULL)
		(void)comp_no_memory(c); /* the caller sees NULL */
	else
		*a = c->image->annots[i];
	return a;
}

static int
add_params(struct compiler *c, struct unit *u, const struct node *n)
{
	uint32_t count = 0;
	for (const struct node *p = n->a; p != NULL; p = p->next)
		count++;
	struct param *params = arena_array(c->arena, count, sizeof(*params));
	if (params == NULL)
		return comp_no_memory(c);
	u->code->params = params;
	bool named = false;
	for (const struct node *p = n->a; p != NULL; p = p->next) {
		struct param *out = &params[u->code->n_params];
		out->kind = p->arg;
		out->name = p->str;
		out->has_default = p->a != NULL;
		out->only_named = named && p->arg == ARG_PLAIN;
		named = named || p->arg == ARG_STAR;
		if (p->b != NULL) {
			out->annot = own_annot(c, p->b);
			if (out->annot == NULL)
				return -EINVAL;
		}
		u->code->n_params++;
		if (p->str == NULL)
			u->code->n_vars++; /* a bare *: its place stays empty */
		else if (scope_add(c, u, p->str, NULL) < 0)
			return -EINVAL;
	}
	return 0;
}

/* Go into the function: from here on, names and instructions are its own. */
static int
enter(struct compiler *c, struct node *n, uint32_t n_defaults)
{
	struct unit *u = arena_alloc(c->arena, sizeof(*u));
	struct code *code = arena_alloc(c->arena, sizeof(*code));
	if (u == NULL || code == NULL)
		return comp_no_memory(c);
	code->n_defaults = n_defaults;
	code->name =
		n->kind == N_DEF ? n->str : rstr_new(c->arena, "lambda", 6);
	*u = (struct unit){ .up = c->unit, .code = code };
	if (code->name == NULL)
		return comp_no_memory(c);
	if (add_params(c, u, n) < 0)
		return -EINVAL;
	if (n->kind == N_DEF && n->c != NULL) {
		code->returns = own_annot(c, n->c);
		if (code->returns == NULL)
			return -EINVAL;
	}
	c->unit = u;
	if (n->kind == N_LAMBDA)
		return comp_push(c, n->b, TASK_VALUE);
	if (scope_collect(c, u, n->b) < 0)
		return -EINVAL;
	return comp_push(c, n->b, TASK_CHAIN);
}

/* The last instructions; then the function becomes a value of the one around. */
static int
leave(struct compiler *c, const struct node *n)
{
	struct image *im = c->image;
	struct code *code = c->unit->code;
	if (n->kind == N_DEF) {
		(void)comp_emit(
			c, OP_CONST, comp_const(c, V_NONE_VALUE), n->at);
		if (code->returns != NULL)
			(void)comp_emit_n(c, OP_CHECK, 0, CHECK_RETURN, n->at);
	}
	(void)comp_emit(c, OP_RETURN, 0, n->at);
	c->unit = c->unit->up;
	struct code **codes = comp_room(c, im->codes, im->n_codes,
		&im->cap_codes, sizeof(struct code *));
	if (codes == NULL)
		return -EINVAL;
	im->codes = codes;
	im->codes[im->n_codes] = code;
	(void)comp_emit(c, OP_FUNC, im->n_codes++, n->at);
	return 0;
}

int
func_step(struct compiler *c, struct task *t)
{
	struct node *n = t->n;
	if (t->phase == PHASE_DEFAULTS) {
		/* Defaults are evaluated outside, left to right. */
		struct node *p = t->x == 0 ? n->a : t->cur->next;
		while (p != NULL && p->a == NULL)
			p = p->next;
		if (p != NULL) {
			t->cur = p;
			t->x++;
			return comp_push(c, p->a, TASK_VALUE);
		}
		t->phase = PHASE_BODY;
		return 0;
	}
	if (t->phase == PHASE_BODY) {
		t->phase = PHASE_END;
		return enter(c, n, t->x);
	}
	t->phase = FUNC_DONE;
	return leave(c, n);
}
