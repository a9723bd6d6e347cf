/* SPDX-License-Identifier: Apache-2.0 */
/* rules_eval.c -- the bounded machine of the rules language (room: user). */
#include <errno.h>
#include <stddef.h>

#include "policy/buf.h"
#include "policy/rules_code.h"
#include "policy/rules_vm.h"

typedef int op_fn(struct vm *vm, const struct insn *in);

static struct value
pop(struct vm *vm)
{
	return vm->stack[--vm->sp];
}

static struct value *
top(struct vm *vm)
{
	return &vm->stack[vm->sp - 1];
}

static struct call *
here(struct vm *vm)
{
	return &vm->calls[vm->n_calls - 1];
}

static void
jump(struct vm *vm, uint32_t to)
{
	struct call *c = here(vm);
	c->ip = c->code->ins + to;
}

/* ---- variables and constants ---------------------------------------------------------------- */

static int
run_const(struct vm *vm, const struct insn *in)
{
	return vm_push(vm, vm->image->consts[in->a]);
}

static int
run_pop(struct vm *vm, const struct insn *in)
{
	(void)in;
	vm->sp--;
	return 0;
}

static int
run_dup2(struct vm *vm, const struct insn *in)
{
	struct value a = vm->stack[vm->sp - 2];
	struct value b = vm->stack[vm->sp - 1];
	(void)in;
	return vm_push(vm, a) < 0 ? -EINVAL : vm_push(vm, b);
}

static int
run_load(struct vm *vm, const struct insn *in)
{
	const struct env *env = here(vm)->env;
	for (uint16_t n = in->n; n > 0; n--)
		env = env->up;
	if (env->v[in->a].t == V_UNSET)
		return vm_fail(vm,
			"Local variable `%.*s` referenced before assignment",
			(int)(in->at.end - in->at.begin),
			vm->src->text + in->at.begin);
	return vm_push(vm, env->v[in->a]);
}

static int
run_store(struct vm *vm, const struct insn *in)
{
	here(vm)->env->v[in->a] = pop(vm);
	return 0;
}

/* ---- operators ------------------------------------------------------------------------------ */

static int
run_unary(struct vm *vm, const struct insn *in)
{
	return op_unary(vm, in->n, *top(vm), top(vm));
}

static int
run_binary(struct vm *vm, const struct insn *in)
{
	struct value b = pop(vm);
	return op_binary(vm, in->n, *top(vm), b, top(vm));
}

static int
run_inplace(struct vm *vm, const struct insn *in)
{
	struct value b = pop(vm);
	return op_inplace(vm, in->n, *top(vm), b, top(vm));
}

static int
run_not(struct vm *vm, const struct insn *in)
{
	(void)in;
	*top(vm) = v_bool(!v_true(top(vm)));
	return 0;
}

static int
run_jump(struct vm *vm, const struct insn *in)
{
	jump(vm, in->a);
	return 0;
}

static int
run_jump_false(struct vm *vm, const struct insn *in)
{
	struct value v = pop(vm);
	if (!v_true(&v))
		jump(vm, in->a);
	return 0;
}

static int
run_logic(struct vm *vm, const struct insn *in)
{
	if (v_true(top(vm)) == (in->op == OP_OR))
		jump(vm, in->a);
	else
		vm->sp--;
	return 0;
}

/* ---- lists, tuples, dicts ------------------------------------------------------------------- */

static int
run_list(struct vm *vm, const struct insn *in)
{
	uint32_t n = in->op == OP_TUPLE ? in->a : in->n;
	struct value v;
	vm->sp -= n;
	if (v_list(vm, in->op == OP_TUPLE ? V_TUPLE : V_LIST,
		    &vm->stack[vm->sp], n, &v) < 0)
		return -EINVAL;
	return vm_push(vm, v);
}

static int
run_list_more(struct vm *vm, const struct insn *in)
{
	vm->sp -= in->n;
	for (uint32_t i = 0; i < in->n; i++)
		if (v_append(vm, top(vm)->l, vm->stack[vm->sp + i]) < 0)
			return -EINVAL;
	return 0;
}

static int
run_list_add(struct vm *vm, const struct insn *in)
{
	struct value v = pop(vm);
	return v_append(vm, vm->stack[vm->sp - 1 - in->n].l, v);
}

static int
run_dict(struct vm *vm, const struct insn *in)
{
	struct value v;
	(void)in;
	return v_dict(vm, &v) < 0 ? -EINVAL : vm_push(vm, v);
}

static int
run_dict_add(struct vm *vm, const struct insn *in)
{
	struct value v = pop(vm);
	struct value key = pop(vm);
	struct vdict *d = vm->stack[vm->sp - 1 - in->n].d;
	uint32_t before = d->n;
	if (v_dict_set(vm, d, key, v) < 0)
		return -EINVAL;
	if (in->a == 0 || d->n > before)
		return 0;
	own_buf struct buf text = { .max = VALUE_SHOWN_MAX };
	if (v_repr(vm, &text, key) < 0)
		return -EINVAL;
	return vm_fail(vm, "Dictionary key repeated for `%s`", buf_str(&text));
}

/* ---- loops ---------------------------------------------------------------------------------- */

static int
run_iter(struct vm *vm, const struct insn *in)
{
	struct viter *it = arena_alloc(&vm->values, sizeof(*it));
	(void)in;
	if (it == NULL)
		return vm_no_memory(vm);
	if (v_iter(vm, *top(vm), it) < 0)
		return -EINVAL;
	v_lock(&it->over, true);
	*top(vm) = (struct value){ .t = V_ITER, .it = it };
	return 0;
}

static int
run_iter_pop(struct vm *vm, const struct insn *in)
{
	(void)in;
	v_lock(&top(vm)->it->over, false);
	vm->sp--;
	return 0;
}

static int
run_next(struct vm *vm, const struct insn *in)
{
	struct value v;
	if (v_next(top(vm)->it, &v))
		return vm_push(vm, v);
	jump(vm, in->a);
	return run_iter_pop(vm, in);
}

static int
run_unpack(struct vm *vm, const struct insn *in)
{
	struct value v = pop(vm);
	struct viter it;
	if (v_iter(vm, v, &it) < 0)
		return -EINVAL;
	uint32_t n = v_len(&v);
	if (n != in->a)
		return vm_fail(
			vm, "Unpacked %u values but expected %u", n, in->a);
	if (n > VM_STACK_MAX - vm->sp)
		return vm_push(vm, v) < 0 ? -EINVAL
					  : vm_fail(vm, "limit reached: stack");
	for (uint32_t i = n; i-- > 0;)
		(void)v_next(&it, &vm->stack[vm->sp + i]); /* n there are */
	vm->sp += n;
	return 0;
}

/* ---- places --------------------------------------------------------------------------------- */

static int
run_attr(struct vm *vm, const struct insn *in)
{
	const struct rstr *name = vm->image->consts[in->a].s;
	const struct native *nat = lib_method(top(vm), name);
	if (nat == NULL)
		return vm_fail(vm, "Object of type `%s` has no attribute `%s`",
			v_type(top(vm)), name->s);
	struct vmethod *m = arena_alloc(&vm->values, sizeof(*m));
	if (m == NULL)
		return vm_no_memory(vm);
	*m = (struct vmethod){ .self = *top(vm), .nat = nat };
	*top(vm) = (struct value){ .t = V_METHOD, .m = m };
	return 0;
}

static int
run_index(struct vm *vm, const struct insn *in)
{
	struct value b = pop(vm);
	(void)in;
	return op_index(vm, *top(vm), b, top(vm));
}

static int
run_slice(struct vm *vm, const struct insn *in)
{
	(void)in;
	vm->sp -= 3;
	return op_slice(vm, *top(vm), &vm->stack[vm->sp], top(vm));
}

static int
run_set_index(struct vm *vm, const struct insn *in)
{
	struct value third = pop(vm);
	struct value second = pop(vm);
	struct value first = pop(vm);
	if (in->op == OP_SET_INDEX)
		return op_set_index(vm, second, third, first);
	return op_set_index(vm, first, second, third);
}

/* ---- functions ------------------------------------------------------------------------------ */

static int
run_call(struct vm *vm, const struct insn *in)
{
	vm->calling = true;
	int r = vm_call(vm, in->a);
	vm->calling = false;
	return r;
}

static int
run_func(struct vm *vm, const struct insn *in)
{
	const struct code *code = vm->image->codes[in->a];
	struct vfunc *fn = arena_alloc(&vm->values, sizeof(*fn));
	struct value *defaults =
		arena_array(&vm->values, code->n_defaults, sizeof(*defaults));
	if (fn == NULL || defaults == NULL)
		return vm_no_memory(vm);
	vm->sp -= code->n_defaults;
	for (uint32_t i = 0; i < code->n_defaults; i++)
		defaults[i] = vm->stack[vm->sp + i];
	*fn = (struct vfunc){
		.code = code, .up = here(vm)->env, .defaults = defaults
	};
	return vm_push(vm, (struct value){ .t = V_FUNC, .fn = fn });
}

static int
run_check(struct vm *vm, const struct insn *in)
{
	const struct annot *an = in->n == CHECK_RETURN
					 ? here(vm)->code->returns
					 : &vm->image->annots[in->a];
	return vm_check(vm, an, top(vm), "return type");
}

static int
run_join(struct vm *vm, const struct insn *in)
{
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	struct value v;
	vm->sp -= in->a;
	for (uint32_t i = 0; i < in->a; i++)
		if (v_to_str(vm, &out, vm->stack[vm->sp + i]) < 0)
			return -EINVAL;
	return v_str_buf(vm, &out, &v) < 0 ? -EINVAL : vm_push(vm, v);
}

/* Loops that the return leaves give their lists free again. */
static int
run_return(struct vm *vm, const struct insn *in)
{
	struct value v = pop(vm);
	struct call *c = here(vm);
	(void)in;
	for (; vm->sp > c->base; vm->sp--)
		if (top(vm)->t == V_ITER)
			v_lock(&top(vm)->it->over, false);
	vm->n_calls--;
	vm->done = vm->n_calls == 0;
	return vm_push(vm, v);
}

static op_fn *const ops[] = {
	[OP_CONST] = run_const,
	[OP_POP] = run_pop,
	[OP_DUP2] = run_dup2,
	[OP_LOAD] = run_load,
	[OP_LOAD_UP] = run_load,
	[OP_STORE] = run_store,
	[OP_UNARY] = run_unary,
	[OP_BINARY] = run_binary,
	[OP_INPLACE] = run_inplace,
	[OP_NOT] = run_not,
	[OP_JUMP] = run_jump,
	[OP_JUMP_FALSE] = run_jump_false,
	[OP_AND] = run_logic,
	[OP_OR] = run_logic,
	[OP_LIST] = run_list,
	[OP_LIST_MORE] = run_list_more,
	[OP_LIST_ADD] = run_list_add,
	[OP_TUPLE] = run_list,
	[OP_DICT] = run_dict,
	[OP_DICT_ADD] = run_dict_add,
	[OP_ITER] = run_iter,
	[OP_NEXT] = run_next,
	[OP_ITER_POP] = run_iter_pop,
	[OP_UNPACK] = run_unpack,
	[OP_ATTR] = run_attr,
	[OP_INDEX] = run_index,
	[OP_SLICE] = run_slice,
	[OP_SET_INDEX] = run_set_index,
	[OP_AUG_INDEX] = run_set_index,
	[OP_CALL] = run_call,
	[OP_FUNC] = run_func,
	[OP_CHECK] = run_check,
	[OP_JOIN] = run_join,
	[OP_RETURN] = run_return,
};

_Static_assert(sizeof(ops) / sizeof(ops[0]) == OP_MAX, "one row an opcode");

int
vm_run(struct vm *vm)
{
	const struct code *file = vm->image->codes[0];
	vm->values.max = RULES_VALUE_MAX;
	vm->stack = arena_array(&vm->values, VM_STACK_MAX, sizeof(*vm->stack));
	struct env *env = arena_alloc(
		&vm->values, sizeof(*env) + file->n_vars * sizeof(env->v[0]));
	if (vm->stack == NULL || env == NULL)
		return vm_no_memory(vm);
	vm->calls[vm->n_calls++] =
		(struct call){ .code = file, .ip = file->ins, .env = env };
	while (!vm->done) {
		struct call *c = here(vm);
		const struct insn *in = c->ip++;
		vm->at = in->at;
		if (vm_tick(vm, 1) < 0 || ops[in->op](vm, in) < 0)
			return -EINVAL;
	}
	return 0;
}
