/* SPDX-License-Identifier: Apache-2.0 */
/* rules_vm.c -- errors and bounds of the machine (room: user). */
#include "policy/rules_vm.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "policy/buf.h"
#include "policy/rules_code.h"

/* Which calls were open, outermost first. */
static void
note_frames(struct vm *vm)
{
	struct rules_error *e = vm->err;
	e->n_frames = 0;
	for (uint32_t i = 0; i < vm->n_calls; i++) {
		bool last = i + 1 == vm->n_calls;
		if (last && !vm->calling)
			break;
		const struct rstr *name = vm->calls[i].code->name;
		struct rules_frame *f = &e->frames[e->n_frames++];
		f->at = last ? vm->at : vm->calls[i + 1].at;
		(void)snprintf(f->in, sizeof(f->in), "%s",
			name == NULL ? "<module>" : name->s);
	}
}

void
vm_set_error(struct vm *vm, const char *fmt, ...)
{
	own_buf struct buf text = { .max = 1 << 20 };
	va_list ap;
	if (vm->err->set)
		return;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	note_frames(vm);
	(void)rules_fail(vm->err, vm->at, "%s",
		buf_failed(&text) ? fmt : buf_str(&text));
}

int
vm_tick(struct vm *vm, uint64_t n)
{
	if (n <= RULES_STEP_MAX - vm->steps) {
		vm->steps += (uint32_t)n;
		return 0;
	}
	return vm_fail(
		vm, "limit reached: more than %d steps (time)", RULES_STEP_MAX);
}

int
vm_push(struct vm *vm, struct value v)
{
	if (vm->sp == VM_STACK_MAX)
		return vm_fail(vm,
			"limit reached: more than %d values in one expression",
			VM_STACK_MAX);
	vm->stack[vm->sp++] = v;
	return 0;
}

void
vm_free(struct vm *vm)
{
	arena_free(&vm->values);
}
