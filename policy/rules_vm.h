/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_VM_H
#define POLICY_RULES_VM_H
/*
 * rules_vm.h -- the machine that runs a compiled rules file, inside bounds.
 *
 * Bounds and where each is checked: RULES_STEP_MAX in vm_tick(), called for
 * every instruction and every element a builtin touches; RULES_VALUE_MAX by the
 * value arena; RULES_CALL_MAX in vm_call(); VM_STACK_MAX on every push.  The
 * machine never calls itself: a builtin cannot call back into the language.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "policy/arena.h"
#include "policy/rules_src.h"
#include "policy/rules_value.h"

struct annot;
struct image;
struct insn;
struct rules_build;

enum { VM_STACK_MAX = 1 << 16 };

struct env {
	struct env *up;
	struct value v[];
};

struct call {
	const struct code *code;
	const struct insn *ip; /* next instruction */
	struct env *env;
	uint32_t base;        /* height of the operand stack at entry */
	struct rules_span at; /* where it was called */
};

struct vm {
	const struct image *image;
	const struct rules_src *src;
	struct rules_error *err;
	struct rules_build *build; /* the policy under construction */
	struct arena values;
	uint32_t steps;
	struct rules_span at; /* of the running instruction */
	bool calling;         /* the error belongs to a call */
	bool done;            /* the file has returned */
	struct value *stack;
	uint32_t sp;
	uint32_t n_calls;
	struct call calls[RULES_CALL_MAX];
};

/** The arguments of one call. */
struct args {
	uint32_t n_pos;
	uint32_t n_named;
	const struct value *pos;
	const struct rstr *const *names;
	const struct value *named;
	struct value self; /* of a method */
};

typedef int native_fn(struct vm *vm, const struct args *a, struct value *ret);

enum { NATIVE_PARAMS_MAX = 8, NATIVE_ANY = 255 };

struct native {
	const char *name;
	native_fn *fn;
	uint8_t min;               /* positional arguments */
	uint8_t max;               /* NATIVE_ANY: no limit */
	const char *const *params; /* names, NULL-terminated; NULL: no names */
	bool any_named;            /* takes every name */
};

/** Run a compiled file from its first instruction; 0 or -EINVAL. */
int vm_run(struct vm *vm);
void vm_free(struct vm *vm);
/** rules_call.c: call f with the arguments of a site, all on the stack. */
int vm_call(struct vm *vm, uint32_t site);
/** rules_call.c: does v fit the annotation?  what: "argument `x`", "return type" */
int vm_check(struct vm *vm, const struct annot *an, const struct value *v,
	const char *what);
int vm_push(struct vm *vm, struct value v);

/** Record an error at the running instruction, unless there is one. */
void vm_set_error(struct vm *vm, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** The same as an expression that is -EINVAL: `return vm_fail(vm, "...");` */
#define vm_fail(vm, ...) (vm_set_error((vm), __VA_ARGS__), -EINVAL)

/** Account for n elements; -EINVAL over RULES_STEP_MAX. */
int vm_tick(struct vm *vm, uint64_t n);
/** The value arena is full (or the machine has no memory): say so. */
static inline int
vm_no_memory(struct vm *vm)
{
	return vm_fail(vm,
		"limit reached: more than %d bytes of values (memory)",
		RULES_VALUE_MAX);
}

/** "Operation `OP` not supported on type `T`" */
static inline int
vm_unsupported(struct vm *vm, const char *op, const struct value *v)
{
	return vm_fail(
		vm, "Operation `%s` not supported on type `%s`", op, v_type(v));
}

/** Names to places: out[i] belongs to params[i], V_UNSET when not given. */
int vm_bind(struct vm *vm, const struct native *nat, const struct args *a,
	struct value out[NATIVE_PARAMS_MAX]);
/** "Type of parameter `P` doesn't match, expected `E`, actual `A (repr: R)`" */
void vm_set_bad_param(struct vm *vm, const char *param, const char *expected,
	const struct value *actual);

static inline int
vm_bad_param(struct vm *vm, const char *param, const char *expected,
	const struct value *actual)
{
	vm_set_bad_param(vm, param, expected, actual);
	return -EINVAL;
}

/** Argument i, which is to be a string, as *ret; -EINVAL says it is not. */
int vm_want_str(struct vm *vm, const struct args *a, uint32_t i,
	const char *name, const struct rstr **ret);
/** The row of that name; NULL: there is none. */
const struct native *native_find(
	const struct native *table, size_t n, const struct rstr *name);

/* rules_ops.c; op is an enum tok */
int op_unary(struct vm *vm, int op, struct value a, struct value *ret);
int op_binary(struct vm *vm, int op, struct value a, struct value b,
	struct value *ret);
/** += and |= change a list or dict in place. */
int op_inplace(struct vm *vm, int op, struct value a, struct value b,
	struct value *ret);
/* rules_index.c */
int op_index(struct vm *vm, struct value a, struct value b, struct value *ret);
int op_set_index(struct vm *vm, struct value a, struct value b, struct value v);
int op_slice(struct vm *vm, struct value a, const struct value bounds[3],
	struct value *ret);

/* rules_format.c */
int format_percent(struct vm *vm, const struct rstr *fmt, struct value args,
	struct value *ret);
int format_braces(struct vm *vm, const struct rstr *fmt, const struct args *a,
	struct value *ret);

/* rules_lib.c, rules_seq.c, rules_text.c, rules_split.c, rules_list.c */
/** A name of the language itself; NULL when there is none. */
const struct native *lib_function(const struct rstr *name);
const struct native *lib_seq_function(const struct rstr *name);
/** Put a dict or pairs (positional) and named arguments into d. */
int dict_fill(struct vm *vm, struct vdict *d, const struct args *a);
/** True, False, None: 0; else -ENOENT. */
int lib_constant(const struct rstr *name, struct value *ret);
/** The known name nearest to a mistyped one, NULL when none is near. */
const char *lib_nearest(const struct rstr *name);
/** A method of v's type; NULL when there is none. */
const struct native *lib_method(const struct value *v, const struct rstr *name);
const struct native *text_method(const struct rstr *name);
const struct native *text_split_method(const struct rstr *name);
const struct native *list_method(const struct rstr *name);
const struct native *dict_method(const struct rstr *name);
/** Copy anything iterable into a new list. */
int lib_collect(
	struct vm *vm, struct value from, enum vtype t, struct value *ret);

/* rules_builtin.c */
extern const struct native rules_builtins[];
enum { RULES_BUILTINS = 3 };

#endif /* POLICY_RULES_VM_H */
