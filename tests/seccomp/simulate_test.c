/* SPDX-License-Identifier: Apache-2.0 */
/* simulate_test.c -- run the compiled filters on our own machine. */
/* links: tests/seccomp/bpf.c tests/seccomp/cases.c tests/seccomp/sim.c tests/seccomp/sim_sweep.c policy/seccomp_table.c gen/seccomp_programs.c -lseccomp */
/*
 * Without arguments: TAP.  `simulate_test --dump` prints what
 * tests/seccomp/programs.golden holds.
 *
 * Three opinions on each program have to agree with it: the tables (*.tests);
 * rules for sockets, sendto and clone written from the requirement, over every
 * family, type and flag; and the rows of policy/seccomp_table.c as sim.c reads
 * them, over every number with arguments around the values of the rows.
 */
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>

#include <linux/audit.h>

#include "tests/seccomp/cases.h"
#include "tests/seccomp/sim.h"

/* Kept small: the kernel runs a program some 500 times over when it is
 * installed.  Raise it knowingly. */
enum { SIZE_LIMIT = 280 };

/* ---- the tables ----------------------------------------------------- */

static void
note_asked(struct sim *s, unsigned int id, const struct seccomp_case *c)
{
	for (size_t i = 0; i < s->n_rows; i++)
		if (sim_row_holds(s, i, id, c->nr, c->arg) &&
			s->row[i].error == c->error)
			s->asked[i] |= 1u << id;
}

static void
check_case(const struct seccomp_case *c, void *arg)
{
	struct sim *s = arg;
	struct seccomp_data data = {
		.nr = c->arch == CASE_X32 ? (int)((uint32_t)c->nr | SIM_X32_BIT)
					  : c->nr,
		.arch = c->arch == CASE_I386 ? AUDIT_ARCH_I386
					     : seccomp_arch_native(),
	};
	bool ok = true;
	char scratch[32];

	memcpy(data.args, c->arg, sizeof(data.args));
	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		uint32_t got;

		if (!(c->set >> id & 1))
			continue;
		got = sim_run(s, id, &data);
		if (c->arch == CASE_NATIVE)
			note_asked(s, id, c);
		if (got == sim_action(c->error))
			continue;
		ok = false;
		(void)printf("# %s says %s\n", seccomp_get(id)->name,
			bpf_action_name(got, scratch));
	}
	(void)tap_ok(&s->tap, ok, "%s:%u: %s",
		s->file + strlen("tests/seccomp/"), c->line, c->text);
}

static void
check_tables(struct sim *s)
{
	for (size_t i = 0; cases_files[i] != NULL; i++) {
		int n;

		s->file = cases_files[i];
		n = cases_read(s->file, check_case, s);
		(void)tap_ok(&s->tap, n >= 0, "%s is understood (%d cases)",
			s->file, n);
	}
}

/* Whoever adds a row adds a case. */
static void
check_asked(struct sim *s)
{
	unsigned int missing = 0;

	for (size_t i = 0; i < s->n_rows; i++) {
		if (s->number[i] < 0 || s->asked[i] == s->row[i].set)
			continue;
		missing++;
		(void)printf("# row %zu (%s): programs 0x%x, asked 0x%x\n", i,
			s->row[i].call, s->row[i].set, s->asked[i]);
	}
	(void)tap_ok(&s->tap, missing == 0,
		"each of %zu rows is met by a case in each of its programs",
		s->n_rows);
}

/* ---- the programs and the machine ----------------------------------- */

static void
check_programs(struct sim *s)
{
	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		size_t at;
		const char *why = bpf_check(&s->program[id], &at);

		(void)tap_ok(&s->tap, why == NULL,
			"%s: %zu instructions, all in bounds",
			seccomp_get(id)->name, s->program[id].n);
		if (why != NULL)
			(void)printf("# %s at %zu\n", why, at);
		(void)tap_ok(&s->tap, s->program[id].n <= SIZE_LIMIT,
			"%s: at most %d instructions", seccomp_get(id)->name,
			SIZE_LIMIT);
	}
}

/* An instruction that nothing above reached is a rule that nobody asked for. */
static void
check_seen(struct sim *s)
{
	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		unsigned int unseen = 0;

		for (size_t i = 0; i < s->program[id].n; i++) {
			if (s->seen[id][i])
				continue;
			unseen++;
			(void)printf("# instruction %zu never ran\n", i);
		}
		(void)tap_ok(&s->tap, unseen == 0,
			"%s: every instruction was run", seccomp_get(id)->name);
	}
}

/* A machine that cannot see a fault would make all of the above worthless. */
static void
check_machine(struct sim *s)
{
	static const struct sock_filter beyond[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_filter beside[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sizeof(struct seccomp_data)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_filter open_end[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	};
	static const struct sock_filter strange[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct bpf_program bad[] = {
		{ beyond, 2 },
		{ beside, 2 },
		{ open_end, 1 },
		{ strange, 2 },
		{ beyond, 0 },
	};
	const struct seccomp_data data = { .nr = 0 };
	uint32_t action;
	size_t at;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool checked = bpf_check(&bad[i], &at) != NULL;
		bool ran = bpf_run(&bad[i], &data, NULL, &action) == 0;

		(void)tap_ok(&s->tap, checked && !ran,
			"the machine refuses bad program %zu", i);
	}
}

int
main(int argc, char **argv)
{
	static struct sim s;

	if (!sim_load(&s))
		return 1; /* more rows than SIM_ROWS_MAX */
	if (argc == 2 && strcmp(argv[1], "--dump") == 0)
		return sim_dump(&s, stdout);
	check_machine(&s);
	check_programs(&s);
	check_tables(&s);
	check_asked(&s);
	sim_sweep(&s);
	check_seen(&s);
	return tap_end(&s.tap);
}
