/* SPDX-License-Identifier: Apache-2.0 */
/* rules_gen_expr.c -- instructions for expressions (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/arena.h"
#include "policy/rules_compile.h"

typedef int expr_step(struct compiler *c, struct task *t);

/* So many values of a list literal lie on the stack at once. */
enum { LIST_BATCH = 64 };

static int
done(struct compiler *c)
{
	comp_pop(c);
	return 0;
}

static int
step_literal(struct compiler *c, struct task *t)
{
	const struct node *n = t->n;
	struct value v = V_NONE_VALUE;
	switch ((enum node_kind)n->kind) {
	case N_INT: v = v_int(n->i); break;
	case N_FLOAT: v = v_float(n->f); break;
	case N_BIG: v = (struct value){ .t = V_BIG, .s = n->str }; break;
	case N_STR: v = v_of_str(n->str); break;
	case N_BYTES: v = (struct value){ .t = V_BYTES, .s = n->str }; break;
	case N_ELLIPSIS: v.t = V_ELLIPSIS; break;
	default: break; /* N_NONE: the bound that was left out */
	}
	(void)comp_emit(c, OP_CONST, comp_const(c, v), n->at);
	return done(c);
}

static int
step_name(struct compiler *c, struct task *t)
{
	const struct node *n = t->n;
	comp_pop(c);
	return scope_load(c, n);
}

static int
step_unary(struct compiler *c, struct task *t)
{
	if (t->phase++ == 0)
		return comp_push(c, t->n->a, TASK_VALUE);
	if (t->n->kind == N_NOT)
		(void)comp_emit(c, OP_NOT, 0, t->n->at);
	else
		(void)comp_emit_n(c, OP_UNARY, 0, t->n->op, t->n->at);
	return done(c);
}

static int
step_binary(struct compiler *c, struct task *t)
{
	switch (t->phase++) {
	case 0: return comp_push(c, t->n->a, TASK_VALUE);
	case 1: return comp_push(c, t->n->b, TASK_VALUE);
	default:
		(void)comp_emit_n(c, OP_BINARY, 0, t->n->op, t->n->at);
		return done(c);
	}
}

static int
step_logic(struct compiler *c, struct task *t)
{
	switch (t->phase++) {
	case 0: return comp_push(c, t->n->a, TASK_VALUE);
	case 1:
		t->x = comp_emit(
			c, t->n->kind == N_AND ? OP_AND : OP_OR, 0, t->n->at);
		return comp_push(c, t->n->b, TASK_VALUE);
	default: comp_patch(c, t->x); return done(c);
	}
}

static int
step_cond(struct compiler *c, struct task *t)
{
	switch (t->phase++) {
	case 0: return comp_push(c, t->n->b, TASK_VALUE);
	case 1:
		t->x = comp_emit(c, OP_JUMP_FALSE, 0, t->n->b->at);
		return comp_push(c, t->n->a, TASK_VALUE);
	case 2:
		t->y = comp_emit(c, OP_JUMP, 0, t->n->at);
		comp_patch(c, t->x);
		return comp_push(c, t->n->c, TASK_VALUE);
	default: comp_patch(c, t->y); return done(c);
	}
}

/* The first LIST_BATCH values make the list, further ones are appended. */
static void
emit_batch(struct compiler *c, struct task *t)
{
	(void)comp_emit_n(
		c, t->y == 0 ? OP_LIST : OP_LIST_MORE, 0, t->x, t->n->at);
	t->x = 0;
	t->y = 1;
}

static int
step_list(struct compiler *c, struct task *t)
{
	if (t->phase == 0) {
		t->phase = 1;
		t->cur = t->n->a;
	}
	if (t->x == LIST_BATCH || t->cur == NULL)
		emit_batch(c, t);
	struct node *next = t->cur;
	if (next == NULL)
		return done(c);
	t->cur = next->next;
	t->x++;
	return comp_push(c, next, TASK_VALUE);
}

/* Values of a chain one after the other, then one instruction over all. */
static int
step_gather(struct compiler *c, struct task *t)
{
	if (t->phase == 0) {
		t->phase = 1;
		t->cur = t->n->a;
	}
	struct node *next = t->cur;
	if (next == NULL) {
		(void)comp_emit(c, t->n->kind == N_FSTR ? OP_JOIN : OP_TUPLE,
			t->x, t->n->at);
		return done(c);
	}
	t->cur = next->next;
	t->x++;
	return comp_push(c, next, TASK_VALUE);
}

static int
step_dict(struct compiler *c, struct task *t)
{
	switch (t->phase) {
	case 0:
		(void)comp_emit(c, OP_DICT, 0, t->n->at);
		t->cur = t->n->a;
		break;
	case 1: t->phase = 2; return comp_push(c, t->cur->b, TASK_VALUE);
	default:
		(void)comp_emit_n(c, OP_DICT_ADD, 1, 0, t->cur->at);
		t->cur = t->cur->next;
		break;
	}
	t->phase = 1;
	return t->cur == NULL ? done(c) : comp_push(c, t->cur->a, TASK_VALUE);
}

/* ---- comprehensions ----------------------------------------------------------------- */

static int
step_comp(struct compiler *c, struct task *t)
{
	struct unit *u = c->unit;
	if (t->phase++ == 0) {
		struct comp *comp = arena_alloc(c->arena, sizeof(*comp));
		if (comp == NULL)
			return comp_no_memory(c);
		*comp = (struct comp){
			.up = u->comp, .n = t->n, .bound = u->n_bindings
		};
		u->comp = comp;
		(void)comp_emit(c,
			t->n->kind == N_LIST_COMP ? OP_LIST : OP_DICT, 0,
			t->n->at);
		return comp_push(c, t->n->b, TASK_BODY);
	}
	u->n_bindings = u->comp->bound;
	u->comp = u->comp->up;
	return done(c);
}

/* Behind the last clause: evaluate the body and put it into the result. */
static int
body_value(struct compiler *c, struct task *t)
{
	const struct comp *comp = c->unit->comp;
	struct node *body = comp->n->a;
	bool pair = comp->n->kind == N_DICT_COMP;
	switch (t->phase++) {
	case 0: return comp_push(c, pair ? body->a : body, TASK_VALUE);
	case 1: return pair ? comp_push(c, body->b, TASK_VALUE) : 0;
	default:
		(void)comp_emit_n(c, pair ? OP_DICT_ADD : OP_LIST_ADD, 0,
			comp->iters, body->at);
		return done(c);
	}
}

static int
clause_for(struct compiler *c, struct task *t)
{
	struct comp *comp = c->unit->comp;
	switch (t->phase++) {
	case 0: return comp_push(c, t->n->b, TASK_VALUE);
	case 1:
		if (scope_bind(c, t->n->a) < 0)
			return -EINVAL;
		(void)comp_emit(c, OP_ITER, 0, t->n->b->at);
		t->x = comp_emit(c, OP_NEXT, 0, t->n->b->at);
		comp->iters++;
		return comp_push(c, t->n->a, TASK_STORE);
	case 2: return comp_push(c, t->n->next, TASK_BODY);
	default:
		(void)comp_emit(c, OP_JUMP, t->x, t->n->at);
		comp_patch(c, t->x);
		comp->iters--;
		return done(c);
	}
}

static int
clause_if(struct compiler *c, struct task *t)
{
	switch (t->phase++) {
	case 0: return comp_push(c, t->n->a, TASK_VALUE);
	case 1:
		t->x = comp_emit(c, OP_JUMP_FALSE, 0, t->n->at);
		return comp_push(c, t->n->next, TASK_BODY);
	default: comp_patch(c, t->x); return done(c);
	}
}

int
gen_body(struct compiler *c, struct task *t)
{
	if (t->n == NULL)
		return body_value(c, t);
	return t->n->kind == N_COMP_FOR ? clause_for(c, t) : clause_if(c, t);
}

/* ---- places ------------------------------------------------------------------------- */

static int
step_attr(struct compiler *c, struct task *t)
{
	if (t->phase++ == 0)
		return comp_push(c, t->n->a, TASK_VALUE);
	(void)comp_emit(
		c, OP_ATTR, comp_const(c, v_of_str(t->n->str)), t->n->at);
	return done(c);
}

static int
step_index2(struct compiler *c, struct task *t)
{
	return rules_fail(c->err, t->n->at,
		"not supported here: two values in [], outside of a type");
}

static int
step_index(struct compiler *c, struct task *t)
{
	if (t->phase == 0) {
		t->phase = 1;
		t->cur = t->n->b;
		return comp_push(c, t->n->a, TASK_VALUE);
	}
	struct node *next = t->cur;
	if (next == NULL) {
		(void)comp_emit(c, t->n->kind == N_INDEX ? OP_INDEX : OP_SLICE,
			0, t->n->at);
		return done(c);
	}
	t->cur = next->next;
	return comp_push(c, next, TASK_VALUE);
}

/* ---- calls -------------------------------------------------------------------------- */

static int
emit_call(struct compiler *c, const struct node *n)
{
	struct image *im = c->image;
	struct callsite *sites = comp_room(
		c, im->sites, im->n_sites, &im->cap_sites, sizeof(*sites));
	if (sites == NULL)
		return -EINVAL;
	im->sites = sites;
	struct callsite *s = &sites[im->n_sites];
	*s = (struct callsite){ 0 };
	for (const struct node *a = n->b; a != NULL; a = a->next) {
		s->n_pos += a->arg == ARG_PLAIN;
		s->n_named += a->arg == ARG_NAMED;
		s->star = s->star || a->arg == ARG_STAR;
		s->star2 = s->star2 || a->arg == ARG_STAR2;
	}
	s->names = arena_array(c->arena, s->n_named, sizeof(void *));
	if (s->names == NULL)
		return comp_no_memory(c);
	uint32_t i = 0;
	for (const struct node *a = n->b; a != NULL; a = a->next)
		if (a->arg == ARG_NAMED)
			s->names[i++] = a->str;
	(void)comp_emit(c, OP_CALL, im->n_sites++, n->at);
	return 0;
}

static int
step_call(struct compiler *c, struct task *t)
{
	if (t->phase == 0) {
		t->phase = 1;
		t->cur = t->n->b;
		return comp_push(c, t->n->a, TASK_VALUE);
	}
	struct node *next = t->cur;
	if (next == NULL) {
		const struct node *n = t->n;
		comp_pop(c);
		return emit_call(c, n);
	}
	t->cur = next->next;
	return comp_push(c, next->a, TASK_VALUE);
}

static int
step_lambda(struct compiler *c, struct task *t)
{
	return t->phase < FUNC_DONE ? func_step(c, t) : done(c);
}

static expr_step *const steps[N_EXPR] = {
	[N_NAME] = step_name,
	[N_INT] = step_literal,
	[N_FLOAT] = step_literal,
	[N_BIG] = step_literal,
	[N_STR] = step_literal,
	[N_BYTES] = step_literal,
	[N_ELLIPSIS] = step_literal,
	[N_NONE] = step_literal,
	[N_FSTR] = step_gather,
	[N_TUPLE] = step_gather,
	[N_UNARY] = step_unary,
	[N_NOT] = step_unary,
	[N_BINARY] = step_binary,
	[N_AND] = step_logic,
	[N_OR] = step_logic,
	[N_COND] = step_cond,
	[N_LIST] = step_list,
	[N_DICT] = step_dict,
	[N_LIST_COMP] = step_comp,
	[N_DICT_COMP] = step_comp,
	[N_CALL] = step_call,
	[N_ATTR] = step_attr,
	[N_INDEX2] = step_index2,
	[N_INDEX] = step_index,
	[N_SLICE] = step_index,
	[N_LAMBDA] = step_lambda,
};

int
gen_expr(struct compiler *c, struct task *t)
{
	return steps[t->n->kind](c, t);
}
