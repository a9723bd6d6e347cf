/* SPDX-License-Identifier: Apache-2.0 */
/* rules_gen_stmt.c -- instructions for statements and targets (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/arena.h"
#include "policy/rules_compile.h"

typedef int stmt_step(struct compiler *c, struct task *t);

static int
done(struct compiler *c)
{
	comp_pop(c);
	return 0;
}

static int
step_expr(struct compiler *c, struct task *t)
{
	if (t->phase++ == 0)
		return comp_push(c, t->n->a, TASK_VALUE);
	(void)comp_emit(c, OP_POP, 0, t->n->at);
	return done(c);
}

static int
step_assign(struct compiler *c, struct task *t)
{
	struct node *n = t->n;
	uint32_t annot = 0;
	switch (t->phase++) {
	case 0: return comp_push(c, n->b, TASK_VALUE);
	case 1:
		if (n->c != NULL) {
			if (func_annot(c, n->c, &annot) < 0)
				return -EINVAL;
			(void)comp_emit_n(
				c, OP_CHECK, annot, CHECK_VARIABLE, n->b->at);
		}
		return comp_push(c, n->a, TASK_STORE);
	default: return done(c);
	}
}

/* x += y, x[i] += y: what names the place is evaluated once. */
static int
step_aug(struct compiler *c, struct task *t)
{
	struct node *n = t->n;
	bool index = n->a->kind == N_INDEX;
	switch (t->phase++) {
	case 0: return comp_push(c, index ? n->a->a : n->a, TASK_VALUE);
	case 1:
		if (index)
			return comp_push(c, n->a->b, TASK_VALUE);
		return 0;
	case 2:
		if (index) {
			(void)comp_emit(c, OP_DUP2, 0, n->a->at);
			(void)comp_emit(c, OP_INDEX, 0, n->a->at);
		}
		return comp_push(c, n->b, TASK_VALUE);
	case 3:
		(void)comp_emit_n(c, OP_INPLACE, 0, n->op, n->at);
		if (!index)
			return comp_push(c, n->a, TASK_STORE);
		(void)comp_emit(c, OP_AUG_INDEX, 0, n->at);
		return 0;
	default: return done(c);
	}
}

static int
step_if(struct compiler *c, struct task *t)
{
	struct node *n = t->n;
	switch (t->phase++) {
	case 0: return comp_push(c, n->a, TASK_VALUE);
	case 1:
		t->x = comp_emit(c, OP_JUMP_FALSE, 0, n->a->at);
		return comp_push(c, n->b, TASK_CHAIN);
	case 2:
		if (n->c == NULL)
			break;
		t->y = comp_emit(c, OP_JUMP, 0, n->at);
		comp_patch(c, t->x);
		t->x = t->y;
		return comp_push(c, n->c, TASK_CHAIN);
	default: break;
	}
	comp_patch(c, t->x);
	return done(c);
}

static int
open_loop(struct compiler *c, struct task *t)
{
	struct loop *loop = arena_alloc(c->arena, sizeof(*loop));
	if (loop == NULL)
		return comp_no_memory(c);
	(void)comp_emit(c, OP_ITER, 0, t->n->b->at);
	t->x = comp_emit(c, OP_NEXT, 0, t->n->b->at);
	*loop = (struct loop){ .up = c->unit->loop, .start = t->x };
	c->unit->loop = loop;
	return comp_push(c, t->n->a, TASK_STORE);
}

static void
close_loop(struct compiler *c, const struct task *t)
{
	struct loop *loop = c->unit->loop;
	(void)comp_emit(c, OP_JUMP, t->x, t->n->at);
	comp_patch(c, t->x);
	uint32_t place = loop->breaks;
	while (place != 0 && !c->err->set) {
		uint32_t next = c->unit->code->ins[place].a;
		comp_patch(c, place);
		place = next;
	}
	c->unit->loop = loop->up;
}

static int
step_for(struct compiler *c, struct task *t)
{
	switch (t->phase++) {
	case 0: return comp_push(c, t->n->b, TASK_VALUE);
	case 1: return open_loop(c, t);
	case 2: return comp_push(c, t->n->c, TASK_CHAIN);
	default: close_loop(c, t); return done(c);
	}
}

static int
step_def(struct compiler *c, struct task *t)
{
	if (t->phase < FUNC_DONE)
		return func_step(c, t);
	struct rules_span at = t->n->at;
	const struct rstr *name = t->n->str;
	comp_pop(c);
	return scope_store(c, name, at);
}

static int
step_return(struct compiler *c, struct task *t)
{
	struct node *n = t->n;
	if (t->phase++ == 0) {
		if (n->a != NULL)
			return comp_push(c, n->a, TASK_VALUE);
		(void)comp_emit(
			c, OP_CONST, comp_const(c, V_NONE_VALUE), n->at);
	}
	if (c->unit->code->returns != NULL)
		(void)comp_emit_n(c, OP_CHECK, 0, CHECK_RETURN,
			n->a == NULL ? n->at : n->a->at);
	(void)comp_emit(c, OP_RETURN, 0, n->at);
	return done(c);
}

static int
step_jump(struct compiler *c, struct task *t)
{
	struct loop *loop =
		c->unit->loop; /* the parser saw that there is one */
	if (t->n->kind == N_CONTINUE) {
		(void)comp_emit(c, OP_JUMP, loop->start, t->n->at);
	} else {
		(void)comp_emit(c, OP_ITER_POP, 0, t->n->at);
		loop->breaks = comp_emit(c, OP_JUMP, loop->breaks, t->n->at);
	}
	return done(c);
}

static int
step_pass(struct compiler *c, struct task *t)
{
	(void)t;
	return done(c);
}

static stmt_step *const steps[N_KIND_MAX] = {
	[N_EXPR] = step_expr,
	[N_ASSIGN] = step_assign,
	[N_AUG] = step_aug,
	[N_IF] = step_if,
	[N_FOR] = step_for,
	[N_DEF] = step_def,
	[N_RETURN] = step_return,
	[N_BREAK] = step_jump,
	[N_CONTINUE] = step_jump,
	[N_PASS] = step_pass,
};

int
gen_stmt(struct compiler *c, struct task *t)
{
	return steps[t->n->kind](c, t);
}

/* ---- targets ------------------------------------------------------------------------ */

static int
store_parts(struct compiler *c, struct task *t)
{
	if (t->phase == 0) {
		uint32_t n = 0;
		for (const struct node *e = t->n->a; e != NULL; e = e->next)
			n++;
		(void)comp_emit(c, OP_UNPACK, n, t->n->at);
		t->phase = 1;
		t->cur = t->n->a;
	}
	struct node *next = t->cur;
	if (next == NULL)
		return done(c);
	t->cur = next->next;
	return comp_push(c, next, TASK_STORE);
}

int
gen_store(struct compiler *c, struct task *t)
{
	struct node *n = t->n;
	if (n->kind == N_NAME) {
		comp_pop(c);
		return scope_store(c, n->str, n->at);
	}
	if (n->kind != N_INDEX)
		return store_parts(c, t);
	switch (t->phase++) {
	case 0: return comp_push(c, n->a, TASK_VALUE);
	case 1: return comp_push(c, n->b, TASK_VALUE);
	default: (void)comp_emit(c, OP_SET_INDEX, 0, n->at); return done(c);
	}
}
