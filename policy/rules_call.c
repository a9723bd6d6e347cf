/* SPDX-License-Identifier: Apache-2.0 */
/* rules_call.c -- calls: arguments to parameters (room: user). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_ast.h"
#include "policy/rules_code.h"
#include "policy/rules_vm.h"

/* ---- annotations -------------------------------------------------------------------------- */

static bool
fits(uint32_t types, const struct value *v)
{
	/* An int is taken for a float, as by the original. */
	return types == 0 || (types & 1u << v->t) != 0;
}

static int
fits_inside(
	struct vm *vm, const struct annot *an, const struct value *v, bool *ret)
{
	*ret = fits(an->types, v);
	if (!*ret || an->elements == 0)
		return 0;
	if (vm_tick(vm, v_len(v)) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < v_len(v) && *ret; i++)
		*ret = v->t == V_LIST ? fits(an->elements, &v->l->v[i])
				      : fits(an->elements, &v->d->e[i].value) &&
						fits(an->keys, &v->d->e[i].key);
	return 0;
}

int
vm_check(struct vm *vm, const struct annot *an, const struct value *v,
	const char *what)
{
	own_buf struct buf text = { .max = VALUE_SHOWN_MAX };
	bool ok = true;
	if (fits_inside(vm, an, v, &ok) < 0)
		return -EINVAL;
	if (ok)
		return 0;
	if (v_repr(vm, &text, *v) < 0)
		return -EINVAL;
	return vm_fail(vm,
		"Value `%s` of type `%s` does not match the type annotation "
		"`%.*s` for %s",
		buf_str(&text), v_type(v), (int)(an->at.end - an->at.begin),
		vm->src->text + an->at.begin, what);
}

/* ---- arguments of functions of the language ------------------------------------------------- */

int
vm_want_str(struct vm *vm, const struct args *a, uint32_t i, const char *name,
	const struct rstr **ret)
{
	*ret = a->pos[i].s;
	if (a->pos[i].t == V_STR)
		return 0;
	return vm_bad_param(vm, name, "str", &a->pos[i]);
}

const struct native *
native_find(const struct native *table, size_t n, const struct rstr *name)
{
	for (size_t i = 0; i < n; i++)
		if (rstr_is(name, table[i].name))
			return &table[i];
	return NULL;
}

/* ---- shared by both kinds of function ------------------------------------------------------ */

void
vm_set_bad_param(struct vm *vm, const char *param, const char *expected,
	const struct value *actual)
{
	own_buf struct buf text = { .max = VALUE_SHOWN_MAX };
	if (v_repr(vm, &text, *actual) < 0)
		return;
	vm_set_error(vm,
		"Type of parameter `%s` doesn't match, expected `%s`, actual "
		"`%s (repr: %s)`",
		param, expected, v_type(actual), buf_str(&text));
}

static int
extra_named(
	struct vm *vm, const struct args *a, const char *fn, const bool *known)
{
	own_buf struct buf names = { .max = 1 << 16 };
	for (uint32_t i = 0; i < a->n_named; i++)
		if (!known[i])
			buf_printf(&names, "`%s` ", a->names[i]->s);
	return vm_fail(vm, "Found %sextra named parameter(s) for call to %s",
		buf_str(&names), fn);
}

static int
extra_positional(struct vm *vm, uint32_t n, const char *fn)
{
	return vm_fail(vm,
		"Found %u extra positional argument(s) for call to %s", n, fn);
}

/* ---- builtin functions ------------------------------------------------------------------------ */

static int
native_index(const struct native *nat, const struct rstr *name)
{
	for (int i = 0; nat->params[i] != NULL; i++)
		if (rstr_is(name, nat->params[i]))
			return i;
	return -ENOENT;
}

int
vm_bind(struct vm *vm, const struct native *nat, const struct args *a,
	struct value out[NATIVE_PARAMS_MAX])
{
	bool *known = arena_array(&vm->values, a->n_named, sizeof(*known));
	if (known == NULL)
		return vm_no_memory(vm);
	memset(out, 0, NATIVE_PARAMS_MAX * sizeof(*out)); /* V_UNSET */
	for (uint32_t i = 0; i < a->n_pos; i++)           /* at most nat->max */
		out[i] = a->pos[i];
	bool extra = false;
	for (uint32_t i = 0; i < a->n_named; i++) {
		int at = native_index(nat, a->names[i]);
		known[i] = at >= 0;
		extra = extra || at < 0;
		if (at < 0)
			continue;
		if (out[at].t != V_UNSET)
			return vm_fail(vm,
				"Argument `%s` occurs more than once",
				nat->params[at]);
		out[at] = a->named[i];
	}
	for (uint32_t i = 0; i < nat->min; i++)
		if (out[i].t == V_UNSET)
			return vm_fail(vm,
				"Missing parameter `%s` for call to `%s`",
				nat->params[i], nat->name);
	return extra ? extra_named(vm, a, nat->name, known) : 0;
}

static int
call_native(struct vm *vm, const struct native *nat, const struct args *a,
	struct value *ret)
{
	if (a->n_pos > nat->max && nat->max != NATIVE_ANY)
		return extra_positional(vm, a->n_pos - nat->max, nat->name);
	if (nat->params == NULL) {
		if (a->n_named > 0 && !nat->any_named) {
			bool *known = arena_array(
				&vm->values, a->n_named, sizeof(*known));
			return known == NULL
				       ? vm_no_memory(vm)
				       : extra_named(vm, a, nat->name, known);
		}
		if (a->n_pos < nat->min)
			return vm_fail(vm,
				"Missing positional-only parameter for call to "
				"`%s`",
				nat->name);
	}
	return nat->fn(vm, a, ret);
}

/* ---- functions of the file ---------------------------------------------------------------------- */

/* Where the arguments of one call go. */
struct binding_call {
	const struct code *code;
	const char *shown; /* "FILE.NAME" */
	struct env *env;
};

static int
bind_positional(
	struct vm *vm, const struct binding_call *b, const struct args *a)
{
	uint32_t used = 0;
	uint32_t star = UINT32_MAX;
	for (uint32_t i = 0; i < b->code->n_params; i++) {
		const struct param *p = &b->code->params[i];
		if (p->kind == ARG_STAR && p->name != NULL)
			star = i;
		if (p->kind != ARG_PLAIN || p->only_named)
			continue;
		if (used < a->n_pos)
			b->env->v[i] = a->pos[used++];
	}
	if (star != UINT32_MAX)
		return v_list(vm, V_TUPLE, a->pos + used, a->n_pos - used,
			&b->env->v[star]);
	return used == a->n_pos
		       ? 0
		       : extra_positional(vm, a->n_pos - used, b->shown);
}

static uint32_t
param_index(const struct code *code, const struct rstr *name)
{
	for (uint32_t i = 0; i < code->n_params; i++)
		if (code->params[i].kind == ARG_PLAIN &&
			rstr_eq(code->params[i].name, name))
			return i;
	return UINT32_MAX;
}

static int
bind_named(struct vm *vm, const struct binding_call *b, const struct args *a)
{
	const struct code *code = b->code;
	bool *known = arena_array(&vm->values, a->n_named, sizeof(*known));
	struct value *rest = NULL;
	bool extra = false;
	if (known == NULL)
		return vm_no_memory(vm);
	if (code->n_params > 0 &&
		code->params[code->n_params - 1].kind == ARG_STAR2) {
		rest = &b->env->v[code->n_params - 1];
		if (v_dict(vm, rest) < 0)
			return -EINVAL;
	}
	for (uint32_t i = 0; i < a->n_named; i++) {
		uint32_t at = param_index(code, a->names[i]);
		if (vm_tick(vm, code->n_params) < 0)
			return -EINVAL;
		known[i] = at != UINT32_MAX || rest != NULL;
		extra = extra || !known[i];
		if (at == UINT32_MAX) {
			if (rest != NULL &&
				v_dict_set(vm, rest->d, v_of_str(a->names[i]),
					a->named[i]) < 0)
				return -EINVAL;
			continue;
		}
		if (b->env->v[at].t != V_UNSET)
			return vm_fail(vm,
				"Argument `%s` occurs more than once",
				a->names[i]->s);
		b->env->v[at] = a->named[i];
	}
	return extra ? extra_named(vm, a, b->shown, known) : 0;
}

/* Defaults, what is missing, and annotations. */
static int
bind_rest(struct vm *vm, const struct binding_call *b, const struct vfunc *fn)
{
	const struct value *dflt = fn->defaults;
	for (uint32_t i = 0; i < b->code->n_params; i++) {
		const struct param *p = &b->code->params[i];
		struct value *v = &b->env->v[i];
		if (p->has_default && v->t == V_UNSET)
			*v = *dflt;
		if (p->has_default)
			dflt++;
		if (v->t == V_UNSET && p->kind == ARG_PLAIN)
			return vm_fail(vm,
				"Missing parameter `%s` for call to `%s`",
				p->name->s, b->shown);
		own_buf struct buf what = { 0 };
		if (p->annot == NULL)
			continue;
		buf_printf(&what, "argument `%s`", p->name->s);
		if (vm_check(vm, p->annot, v, buf_str(&what)) < 0)
			return -EINVAL;
	}
	return 0;
}

/* A new call on top; base: height of the stack below the callee. */
static int
call_function(struct vm *vm, const struct vfunc *fn, const struct args *a,
	uint32_t base)
{
	const struct code *code = fn->code;
	own_buf struct buf shown = { 0 };
	for (uint32_t i = 0; i < vm->n_calls; i++)
		if (vm->calls[i].code == code)
			return vm_fail(vm,
				"not supported here: recursion (`%s` is "
				"already being called)",
				code->name->s);
	if (vm->n_calls == RULES_CALL_MAX)
		return vm_fail(vm,
			"limit reached: Starlark call stack overflow, more "
			"than %d calls open at once (depth)",
			RULES_CALL_MAX);
	buf_printf(&shown, "%s.%s", vm->src->name, code->name->s);
	struct env *env = arena_alloc(
		&vm->values, sizeof(*env) + code->n_vars * sizeof(env->v[0]));
	if (env == NULL)
		return vm_no_memory(vm);
	env->up = fn->up;
	struct binding_call b = { code, buf_str(&shown), env };
	if (vm_tick(vm, (uint64_t)a->n_pos + code->n_params) < 0 ||
		bind_positional(vm, &b, a) < 0 || bind_named(vm, &b, a) < 0 ||
		bind_rest(vm, &b, fn) < 0)
		return -EINVAL;
	vm->sp = base;
	vm->calls[vm->n_calls++] = (struct call){ .code = code,
		.ip = code->ins,
		.env = env,
		.base = base,
		.at = vm->at };
	return 0;
}

/* ---- *args and **kwargs --------------------------------------------------------------------------- */

static int
spread_star(struct vm *vm, struct args *a, const struct value *star)
{
	struct viter it;
	if (v_iter(vm, *star, &it) < 0)
		return -EINVAL;
	uint32_t more = v_len(star);
	if (vm_tick(vm, more) < 0)
		return -EINVAL;
	struct value *pos = arena_grow(&vm->values, a->pos, a->n_pos,
		(size_t)a->n_pos + more, sizeof(*pos));
	if (pos == NULL)
		return vm_no_memory(vm);
	for (uint32_t i = 0; i < more; i++)
		(void)v_next(&it, &pos[a->n_pos + i]);
	a->pos = pos;
	a->n_pos += more;
	return 0;
}

static int
spread_star2(struct vm *vm, struct args *a, const struct value *star2)
{
	if (star2->t != V_DICT)
		return vm_fail(vm,
			"The argument provided for **kwargs is not a dict but "
			"of type `%s`",
			v_type(star2));
	const struct vdict *d = star2->d;
	size_t total = (size_t)a->n_named + d->n;
	const struct rstr **names = arena_grow(
		&vm->values, a->names, a->n_named, total, sizeof(void *));
	struct value *named = arena_grow(
		&vm->values, a->named, a->n_named, total, sizeof(*named));
	if (names == NULL || named == NULL)
		return vm_no_memory(vm);
	for (uint32_t i = 0; i < d->n; i++) {
		if (d->e[i].key.t != V_STR)
			return vm_fail(vm,
				"Argument names of **kwargs must be strings");
		if (vm_tick(vm, a->n_named) < 0)
			return -EINVAL;
		for (uint32_t j = 0; j < a->n_named; j++)
			if (rstr_eq(names[j], d->e[i].key.s))
				return vm_fail(vm,
					"Argument `%s` occurs more than once",
					names[j]->s);
		names[a->n_named + i] = d->e[i].key.s;
		named[a->n_named + i] = d->e[i].value;
	}
	a->names = names;
	a->named = named;
	a->n_named += d->n;
	return vm_tick(vm, total);
}

int
vm_call(struct vm *vm, uint32_t site)
{
	const struct callsite *s = &vm->image->sites[site];
	uint32_t total = s->n_pos + s->n_named + s->star + s->star2;
	uint32_t base = vm->sp - total - 1;
	const struct value *on_stack = &vm->stack[base + 1];
	const struct value *callee = &vm->stack[base];
	struct args a = {
		.n_pos = s->n_pos,
		.n_named = s->n_named,
		.pos = on_stack,
		.names = s->names,
		.named = on_stack + s->n_pos,
	};
	const struct value *rest = on_stack + s->n_pos + s->n_named;
	if (s->star && spread_star(vm, &a, rest) < 0)
		return -EINVAL;
	if (s->star2 && spread_star2(vm, &a, rest + s->star) < 0)
		return -EINVAL;
	if (callee->t == V_FUNC)
		return call_function(vm, callee->fn, &a, base);
	if (callee->t != V_NATIVE && callee->t != V_METHOD)
		return vm_unsupported(vm, "call()", callee);
	if (callee->t == V_METHOD)
		a.self = callee->m->self;
	struct value result = V_NONE_VALUE;
	if (call_native(vm,
		    callee->t == V_METHOD ? callee->m->nat : callee->nat, &a,
		    &result) < 0)
		return -EINVAL;
	vm->sp = base;
	return vm_push(vm, result);
}
