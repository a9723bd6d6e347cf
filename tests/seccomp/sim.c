/* SPDX-License-Identifier: Apache-2.0 */
/* sim.c -- programs beside their rows: run the one, read the other. */
#include "tests/seccomp/sim.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>

bool
sim_load(struct sim *s)
{
	s->row = seccomp_table(&s->n_rows);
	if (s->n_rows > SIM_ROWS_MAX)
		return false;
	for (size_t i = 0; i < s->n_rows; i++) {
		s->number[i] = seccomp_syscall_resolve_name(s->row[i].call);
		if (s->number[i] == __NR_SCMP_ERROR)
			s->number[i] = s->row[i].number;
	}
	s->random = 0x9e3779b97f4a7c15;
	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		const struct seccomp_bpf *b = seccomp_get(id);

		s->program[id].code = (const void *)b->bytes;
		s->program[id].n = b->n;
	}
	return true;
}

uint64_t
sim_random(struct sim *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

static bool
cond_holds(const struct seccomp_cond *c, const uint64_t arg[6])
{
	uint32_t low = (uint32_t)arg[c->arg] & c->mask;
	bool in = false;

	for (unsigned int i = 0; i < c->n; i++)
		in = in || low == c->value[i];
	switch (c->test) {
	case SECCOMP_ALWAYS: return true;
	case SECCOMP_EQUAL: return in;
	case SECCOMP_ANY_BIT: return low != 0;
	case SECCOMP_NOT_IN: return !in;
	case SECCOMP_NOT_64: return arg[c->arg] != c->value[0];
	}
	return true;
}

bool
sim_row_holds(const struct sim *s, size_t i, unsigned int id, int nr,
	const uint64_t arg[6])
{
	const struct seccomp_row *row = &s->row[i];

	return (row->set >> id & 1) != 0 && s->number[i] == nr &&
	       cond_holds(&row->cond[0], arg) && cond_holds(&row->cond[1], arg);
}

int
sim_want(const struct sim *s, unsigned int id, int nr, const uint64_t arg[6])
{
	if (nr >= SECCOMP_FIRST_UNKNOWN)
		return ENOSYS;
	for (size_t i = 0; i < s->n_rows; i++)
		if (sim_row_holds(s, i, id, nr, arg))
			return s->row[i].error;
	return 0;
}

uint32_t
sim_run(struct sim *s, unsigned int id, const struct seccomp_data *data)
{
	uint32_t action;

	if (bpf_run(&s->program[id], data, s->seen[id], &action) != 0)
		return 0xdeadbeef;
	return action;
}

uint32_t
sim_action(int error)
{
	return error == 0 ? SECCOMP_RET_ALLOW
			  : SECCOMP_RET_ERRNO | (uint32_t)error;
}

uint32_t
sim_run_native(struct sim *s, unsigned int id, int nr, const uint64_t arg[6])
{
	struct seccomp_data data = { .nr = nr, .arch = seccomp_arch_native() };

	memcpy(data.args, arg, sizeof(data.args));
	return sim_run(s, id, &data);
}

int
sim_dump(const struct sim *s, FILE *to)
{
	(void)fprintf(to,
		"# The compiled system call filters, for review.  After a change\n"
		"# of policy/seccomp_table.c or policy/seccomp_gen.c:\n"
		"#   make B=build build/tests/simulate_test\n"
		"#   build/tests/simulate_test --dump "
		">tests/seccomp/programs.golden\n"
		"# A line `TEST ? A : B` goes to A where the test holds; `next`,\n"
		"# `+4` (skip four), or the answer itself.\n"
		"# %s\n",
		seccomp_origin());
	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		(void)fprintf(to, "\n%s: %u instructions\n",
			seccomp_get(id)->name, seccomp_get(id)->n);
		bpf_print(to, &s->program[id]);
	}
	return fflush(to) != 0;
}
