/* SPDX-License-Identifier: Apache-2.0 */
/* rules_scope.c -- which variable a name means (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/arena.h"
#include "policy/rules_compile.h"
#include "policy/rules_vm.h"

/*
 * A name that a function assigns anywhere belongs to the function, everywhere
 * in it; else to the nearest function around that assigns it, else to the file,
 * else to the language.  A comprehension's loop variables hide all of these
 * while it lasts.
 */

int
scope_add(struct compiler *c, struct unit *u, const struct rstr *name,
	uint32_t *ret_slot)
{
	uint32_t known = u->names.n;
	uint32_t *slot = rmap_put(&u->names, c->arena, name);
	if (slot == NULL)
		return comp_no_memory(c);
	if (u->names.n > known)
		*slot = u->code->n_vars++;
	if (ret_slot != NULL)
		*ret_slot = *slot;
	return 0;
}

static int
bind_name(struct compiler *c, const struct rstr *name)
{
	struct unit *u = c->unit;
	if (u->n_bindings == RULES_NAMED_MAX)
		return rules_fail_plain(c->err,
			"limit reached: more than %d loop variables in one "
			"comprehension",
			RULES_NAMED_MAX);
	struct binding *b = comp_room(
		c, u->bindings, u->n_bindings, &u->cap_bindings, sizeof(*b));
	if (b == NULL)
		return -EINVAL;
	u->bindings = b;
	b[u->n_bindings++] = (struct binding){ name, u->code->n_vars++ };
	return 0;
}

/*
 * Every name of an assignment's target, brackets included, into u's variables
 * (u NULL: as loop variables of a comprehension).  floor: part of c->walk that
 * the caller is using.
 */
static int
collect_target(
	struct compiler *c, struct unit *u, struct node *n, uint32_t floor)
{
	uint32_t depth = floor;
	struct node *root = n;
	c->walk[depth++] = n;
	while (depth > floor) {
		n = c->walk[depth - 1];
		c->walk[depth - 1] = n == root ? NULL : n->next;
		if (c->walk[depth - 1] == NULL)
			depth--;
		int r = 0;
		if (n->kind == N_NAME)
			r = u == NULL ? bind_name(c, n->str)
				      : scope_add(c, u, n->str, NULL);
		else if ((n->kind == N_TUPLE || n->kind == N_LIST) &&
			 n->a != NULL)
			c->walk[depth++] = n->a;
		if (r < 0)
			return r;
	}
	return 0;
}

int
scope_bind(struct compiler *c, struct node *target)
{
	return collect_target(c, NULL, target, 0);
}

static int
collect_statement(
	struct compiler *c, struct unit *u, struct node *n, uint32_t *depth)
{
	int r = 0;
	if (n->kind == N_ASSIGN || n->kind == N_AUG || n->kind == N_FOR)
		r = collect_target(c, u, n->a, *depth);
	else if (n->kind == N_DEF)
		r = scope_add(c, u, n->str, NULL);
	/* The first pushed is walked last: a long elif chain stays flat. */
	if ((n->kind == N_IF || n->kind == N_FOR) && n->c != NULL)
		c->walk[(*depth)++] = n->c;
	if (n->kind == N_IF && n->b != NULL)
		c->walk[(*depth)++] = n->b;
	return r;
}

int
scope_collect(struct compiler *c, struct unit *u, struct node *chain)
{
	uint32_t depth = 0;
	if (chain != NULL)
		c->walk[depth++] = chain;
	while (depth > 0) {
		struct node *n = c->walk[depth - 1];
		c->walk[depth - 1] = n->next;
		if (n->next == NULL)
			depth--;
		if (collect_statement(c, u, n, &depth) < 0)
			return -EINVAL;
	}
	return 0;
}

/* A loop variable of a comprehension that is open in u; the latest counts. */
static bool
find_binding(const struct unit *u, const struct rstr *name, uint32_t *ret_slot)
{
	for (uint32_t i = u->n_bindings; i-- > 0;) {
		if (!rstr_eq(u->bindings[i].name, name))
			continue;
		*ret_slot = u->bindings[i].slot;
		return true;
	}
	return false;
}

static bool
find_variable(const struct unit *u, const struct rstr *name, uint32_t *ret_slot)
{
	if (find_binding(u, name, ret_slot))
		return true;
	const uint32_t *slot =
		rmap_get(&u->names, name->s, name->len, name->hash);
	if (slot != NULL)
		*ret_slot = *slot;
	return slot != NULL;
}

static int
load_language(struct compiler *c, const struct node *n)
{
	struct value v = V_NONE_VALUE;
	if (lib_constant(n->str, &v) < 0) {
		v.t = V_NATIVE;
		v.nat = lib_function(n->str);
		if (v.nat == NULL) {
			const char *near = lib_nearest(n->str);
			if (near == NULL)
				return rules_fail(c->err, n->at,
					"Variable `%s` not found", n->str->s);
			return rules_fail(c->err, n->at,
				"Variable `%s` not found, did you mean `%s`?",
				n->str->s, near);
		}
	}
	(void)comp_emit(c, OP_CONST, comp_const(c, v), n->at);
	return 0;
}

int
scope_load(struct compiler *c, const struct node *n)
{
	uint32_t slot = 0;
	uint32_t out = 0;
	for (const struct unit *u = c->unit; u != NULL; u = u->up, out++) {
		if (!find_variable(u, n->str, &slot))
			continue;
		(void)comp_emit_n(
			c, out == 0 ? OP_LOAD : OP_LOAD_UP, slot, out, n->at);
		return 0;
	}
	return load_language(c, n);
}

int
scope_store(struct compiler *c, const struct rstr *name, struct rules_span at)
{
	uint32_t slot = 0;
	if (!find_variable(c->unit, name, &slot))
		return rules_fail(c->err, at, "Variable `%s` not found",
			name->s); /* cannot be: scope_collect() saw it */
	(void)comp_emit(c, OP_STORE, slot, at);
	return 0;
}
