/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SECCOMP_SIM_H
#define TESTS_SECCOMP_SIM_H
/*
 * sim.h -- the compiled programs on our machine, beside the rows they came
 * from.  seen and asked gather what all parts of the test have tried.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/filter.h>

#include "policy/seccomp.h"
#include "policy/seccomp_table.h"
#include "tests/seccomp/bpf.h"
#include "tests/unit/tap.h"

enum { SIM_ROWS_MAX = 256 };

#define SIM_X32_BIT 0x40000000u

struct sim {
	struct tap tap;
	struct bpf_program program[SECCOMP_PROGRAM_MAX];
	uint8_t seen[SECCOMP_PROGRAM_MAX][BPF_MAXINSNS];
	const struct seccomp_row *row;
	size_t n_rows;
	int number[SIM_ROWS_MAX]; /* of the row's call; < 0: not this machine */
	/* Bit n of asked[row]: a case of the tables meets the row in program
	 * n and expects its error. */
	unsigned int asked[SIM_ROWS_MAX];
	const char *file; /* table that is being read */
	uint64_t random;
};

/** False when there are more rows than SIM_ROWS_MAX. */
bool sim_load(struct sim *s);

/** The same sequence in every run. */
uint64_t sim_random(struct sim *s);

/** Row i is in program id, is about native call nr, and its conditions hold. */
bool sim_row_holds(const struct sim *s, size_t i, unsigned int id, int nr,
	const uint64_t arg[6]);

/** What native call nr should get by the rows: an error, 0 = allowed. */
int sim_want(
	const struct sim *s, unsigned int id, int nr, const uint64_t arg[6]);

/** The action, or a value that is none when the program went astray. */
uint32_t sim_run(
	struct sim *s, unsigned int id, const struct seccomp_data *data);
uint32_t sim_run_native(
	struct sim *s, unsigned int id, int nr, const uint64_t arg[6]);

/** The action that stands for an error, 0 = allow. */
uint32_t sim_action(int error);

/** All programs as text, as tests/seccomp/programs.golden holds them; 0 when it
 * could be written. */
int sim_dump(const struct sim *s, FILE *to);

/** sim_sweep.c: products and sweeps over numbers and arguments. */
void sim_sweep(struct sim *s);

#endif /* TESTS_SECCOMP_SIM_H */
