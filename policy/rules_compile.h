/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_COMPILE_H
#define POLICY_RULES_COMPILE_H
/*
 * rules_compile.h -- what the compiler's files share.
 *
 * The tree is walked with a stack of tasks instead of recursion: a task is a
 * node and how far it has come (phase).  A step emits what is due and pushes
 * at most one task for a part of the node; it is called again when that part
 * is done.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policy/rules_ast.h"
#include "policy/rules_code.h"

enum task_mode {
	TASK_VALUE, /* leave the node's value on the stack; run a statement */
	TASK_STORE, /* take a value off the stack into this target */
	TASK_CHAIN, /* every statement of a chain */
	TASK_BODY,  /* the clauses n.. of a comprehension, then its body */
};

struct task {
	struct node *n;
	struct node *cur; /* next element of a chain */
	uint32_t x, y;    /* places to patch, counters */
	uint8_t mode;
	uint8_t phase;
};

struct loop {
	struct loop *up;
	uint32_t start;  /* where continue goes */
	uint32_t breaks; /* chain of jumps to patch, through insn.a; 0 ends */
};

/* A comprehension being compiled: where its result is, what it names. */
struct comp {
	struct comp *up;
	struct node *n;
	uint32_t iters; /* iterators above the result on the stack */
	uint32_t bound; /* height of unit.bindings before it */
};

struct binding {
	const struct rstr *name;
	uint32_t slot;
};

/* The function (or the file) being compiled. */
struct unit {
	struct unit *up;
	struct code *code;
	struct rmap names; /* its variables: name -> slot */
	struct loop *loop;
	struct comp *comp;
	struct binding *bindings; /* loop variables of open comprehensions */
	uint32_t n_bindings;
	uint32_t cap_bindings;
};

struct compiler {
	const struct rules_src *src;
	struct arena *arena;
	struct rules_error *err;
	struct image *image;
	struct unit *unit;
	struct task *tasks;
	uint32_t n_tasks;
	uint32_t cap_tasks;
	struct node **walk; /* WALK_MAX: stack of the name collector */
};

enum { WALK_MAX = RULES_NEST_MAX + 4 * RULES_BLOCK_MAX };

/* ---- rules_compile.c -------------------------------------------------------- */

int comp_no_memory(struct compiler *c);
int comp_push(struct compiler *c, struct node *n, enum task_mode mode);
void comp_pop(struct compiler *c);
struct task *comp_task(struct compiler *c);
/** Its place, for comp_patch(); 0 when there is no memory (error set). */
uint32_t comp_emit(
	struct compiler *c, enum opcode op, uint32_t a, struct rules_span at);
uint32_t comp_emit_n(struct compiler *c, enum opcode op, uint32_t a, uint32_t n,
	struct rules_span at);
/** Let the jump at `place` go to the next instruction. */
void comp_patch(struct compiler *c, uint32_t place);
uint32_t comp_here(const struct compiler *c);
uint32_t comp_const(struct compiler *c, struct value v);
/** Room for one more of *n objects; NULL without memory. */
void *comp_room(struct compiler *c, void *array, uint32_t n, uint32_t *cap,
	size_t size);

/* ---- rules_scope.c ---------------------------------------------------------- */

/** Enter every name that a chain of statements assigns. */
int scope_collect(struct compiler *c, struct unit *u, struct node *chain);
int scope_add(struct compiler *c, struct unit *u, const struct rstr *name,
	uint32_t *ret_slot);
int scope_load(struct compiler *c, const struct node *name);
int scope_store(
	struct compiler *c, const struct rstr *name, struct rules_span at);
/** Bind the names of a comprehension's loop variable. */
int scope_bind(struct compiler *c, struct node *target);

/* ---- rules_func.c ----------------------------------------------------------- */

enum { FUNC_DONE = 100 };
/** lambda and def: leaves the function on the stack, then sets phase FUNC_DONE. */
int func_step(struct compiler *c, struct task *t);
/** An annotation; its place in image.annots. */
int func_annot(struct compiler *c, const struct node *n, uint32_t *ret);

/* ---- rules_gen_expr.c, rules_gen_stmt.c --------------------------------------- */

int gen_expr(struct compiler *c, struct task *t);
int gen_stmt(struct compiler *c, struct task *t);
int gen_store(struct compiler *c, struct task *t);
int gen_body(struct compiler *c, struct task *t);

#endif /* POLICY_RULES_COMPILE_H */
