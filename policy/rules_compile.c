/* SPDX-License-Identifier: Apache-2.0 */
/* rules_compile.c -- tree to instructions: the driver (room: user). */
#include "policy/rules_compile.h"

#include <errno.h>
#include <stddef.h>

#include "policy/arena.h"

enum { FIRST_CAP = 32 };

int
comp_no_memory(struct compiler *c)
{
	return rules_fail_plain(c->err,
		"limit reached: more than %d bytes of syntax (memory)",
		RULES_TREE_MAX);
}

void *
comp_room(
	struct compiler *c, void *array, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	uint32_t wide = *cap == 0 ? FIRST_CAP : *cap * 2;
	array = arena_grow(c->arena, array, n, wide, size);
	if (array == NULL)
		(void)comp_no_memory(c); /* the caller sees NULL */
	else
		*cap = wide;
	return array;
}

/* ---- tasks -------------------------------------------------------------------- */

int
comp_push(struct compiler *c, struct node *n, enum task_mode mode)
{
	struct task *tasks = comp_room(
		c, c->tasks, c->n_tasks, &c->cap_tasks, sizeof(*tasks));
	if (tasks == NULL)
		return -EINVAL;
	c->tasks = tasks;
	tasks[c->n_tasks++] = (struct task){ .n = n, .mode = (uint8_t)mode };
	return 0;
}

void
comp_pop(struct compiler *c)
{
	c->n_tasks--;
}

struct task *
comp_task(struct compiler *c)
{
	return &c->tasks[c->n_tasks - 1];
}

/* ---- instructions --------------------------------------------------------------- */

uint32_t
comp_emit_n(struct compiler *c, enum opcode op, uint32_t a, uint32_t n,
	struct rules_span at)
{
	struct code *code = c->unit->code;
	struct insn *ins =
		comp_room(c, code->ins, code->n, &code->cap, sizeof(*ins));
	if (ins == NULL)
		return 0;
	code->ins = ins;
	/* n is an operator or a depth below RULES_NEST_MAX. */
	ins[code->n] = (struct insn){
		.op = (uint16_t)op, .n = (uint16_t)n, .a = a, .at = at
	};
	return code->n++;
}

uint32_t
comp_emit(struct compiler *c, enum opcode op, uint32_t a, struct rules_span at)
{
	return comp_emit_n(c, op, a, 0, at);
}

void
comp_patch(struct compiler *c, uint32_t place)
{
	if (!c->err->set)
		c->unit->code->ins[place].a = c->unit->code->n;
}

uint32_t
comp_here(const struct compiler *c)
{
	return c->unit->code->n;
}

uint32_t
comp_const(struct compiler *c, struct value v)
{
	struct image *im = c->image;
	struct value *consts = comp_room(
		c, im->consts, im->n_consts, &im->cap_consts, sizeof(*consts));
	if (consts == NULL)
		return 0;
	im->consts = consts;
	consts[im->n_consts] = v;
	return im->n_consts++;
}

/* ---- the driver ------------------------------------------------------------------ */

static int
gen_chain(struct compiler *c, struct task *t)
{
	struct node *stmt = t->n;
	if (stmt == NULL) {
		comp_pop(c);
		return 0;
	}
	t->n = stmt->next;
	return comp_push(c, stmt, TASK_VALUE);
}

static int
step(struct compiler *c)
{
	struct task *t = comp_task(c);
	switch ((enum task_mode)t->mode) {
	case TASK_CHAIN: return gen_chain(c, t);
	case TASK_STORE: return gen_store(c, t);
	case TASK_BODY: return gen_body(c, t);
	default: break;
	}
	return t->n->kind >= N_EXPR ? gen_stmt(c, t) : gen_expr(c, t);
}

int
rules_compile(const struct rules_src *src, struct arena *a,
	struct rules_error *err, struct node *tree, struct image *ret)
{
	struct compiler c = {
		.src = src, .arena = a, .err = err, .image = ret
	};
	struct code *code = arena_alloc(a, sizeof(*code));
	struct code **codes =
		comp_room(&c, NULL, 0, &ret->cap_codes, sizeof(struct code *));
	c.walk = arena_array(a, WALK_MAX, sizeof(void *));
	if (code == NULL || codes == NULL || c.walk == NULL)
		return comp_no_memory(&c);
	ret->codes = codes;
	ret->codes[ret->n_codes++] = code;
	struct unit file = { .code = code };
	c.unit = &file;
	if (scope_collect(&c, &file, tree) < 0 ||
		comp_push(&c, tree, TASK_CHAIN) < 0)
		return -EINVAL;
	while (c.n_tasks > 0)
		if (step(&c) < 0 || err->set)
			return -EINVAL;
	uint32_t none = comp_const(&c, V_NONE_VALUE);
	(void)comp_emit(&c, OP_CONST, none, (struct rules_span){ 0, 0 });
	(void)comp_emit(&c, OP_RETURN, 0, (struct rules_span){ 0, 0 });
	return err->set ? -EINVAL : 0;
}
