/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp_test.c -- the table of refusals, and the compiled text for review. */
/* links: tests/seccomp/bpf.c tests/seccomp/sim.c policy/seccomp_table.c gen/seccomp_programs.c -lseccomp */
#include "policy/seccomp.h"

#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/plan.h"
#include "policy/seccomp_table.h"
#include "tests/seccomp/sim.h"
#include "tests/unit/tap.h"

#define GOLDEN "tests/seccomp/programs.golden"

/* ---- the programs --------------------------------------------------- */

static void
check_programs(struct tap *t)
{
	static const char *const names[] = {
		[SECCOMP_ISOLATED] = "isolated",
		[SECCOMP_ISOLATED_NO_UNIX] = "isolated-no-unix",
		[SECCOMP_FULL] = "full",
		[SECCOMP_FULL_NO_UNIX] = "full-no-unix",
		[SECCOMP_EXTERNAL] = "external",
		[SECCOMP_LANDLOCK] = "landlock",
		[SECCOMP_LANDLOCK_LOOSE] = "landlock-loose",
	};

	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		const struct seccomp_bpf *b =
			seccomp_get((enum seccomp_program)id);

		(void)tap_ok(t, b != NULL, "program %u is there", id);
		if (b == NULL)
			continue;
		(void)tap_str(t, b->name, names[id], "it has its name");
		(void)tap_ok(t, b->n > 0 && b->n <= PLAN_FILTER_MAX,
			"it fits into a plan");
		(void)tap_ok(t, (uintptr_t)b->bytes % 8 == 0,
			"it lies as instructions have to");
	}
	(void)tap_ok(t, seccomp_get(SECCOMP_PROGRAM_MAX) == NULL,
		"there is no other program");
	(void)tap_ok(t, strncmp(seccomp_origin(), "libseccomp ", 11) == 0,
		"the origin is told (%s)", seccomp_origin());
}

/* ---- the table ------------------------------------------------------ */

static bool
cond_sane(const struct seccomp_cond *c)
{
	if (c->arg > 5 || c->n > SECCOMP_VALUES_MAX)
		return false;
	for (unsigned int i = 0; i < c->n; i++)
		if (c->test != SECCOMP_NOT_64 && (c->value[i] & ~c->mask) != 0)
			return false;
	switch (c->test) {
	case SECCOMP_ALWAYS: return c->n == 0;
	case SECCOMP_EQUAL: return c->n == 1 && c->mask != 0;
	case SECCOMP_ANY_BIT: return c->n == 0 && c->mask != 0;
	case SECCOMP_NOT_IN: return c->n >= 2 && c->mask != 0;
	case SECCOMP_NOT_64: return c->n == 1;
	}
	return false;
}

/* A name is known here and on the other architecture that we build for. */
static bool
call_known(const struct seccomp_row *r)
{
	if (r->number != 0)
		return true;
	return seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, r->call) !=
		       __NR_SCMP_ERROR &&
	       seccomp_syscall_resolve_name_arch(SCMP_ARCH_AARCH64, r->call) !=
		       __NR_SCMP_ERROR;
}

static bool
row_sane(const struct seccomp_row *r)
{
	return call_known(r) && r->set != 0 && (r->set | IN_ALL) == IN_ALL &&
	       (r->error == EPERM || r->error == ENOSYS) && r->reason != NULL &&
	       strlen(r->reason) > 8 &&
	       /* only numbers that all architectures share */
	       (r->number == 0 || r->number >= 424) &&
	       r->number < SECCOMP_FIRST_UNKNOWN && cond_sane(&r->cond[0]) &&
	       cond_sane(&r->cond[1]) &&
	       (r->cond[0].test != SECCOMP_ALWAYS ||
		       r->cond[1].test == SECCOMP_ALWAYS) &&
	       /* libseccomp takes one test of an argument in a rule */
	       (r->cond[1].test == SECCOMP_ALWAYS ||
		       r->cond[0].arg != r->cond[1].arg);
}

/* An unconditional row and another one: the other says nothing, or else. */
static bool
rows_clash(const struct seccomp_row *a, const struct seccomp_row *b)
{
	return (a->set & b->set) != 0 && strcmp(a->call, b->call) == 0 &&
	       (a->error != b->error || a->cond[0].test == SECCOMP_ALWAYS ||
		       b->cond[0].test == SECCOMP_ALWAYS);
}

static void
check_table(struct tap *t)
{
	size_t n;
	const struct seccomp_row *row = seccomp_table(&n);

	for (size_t i = 0; i < n; i++) {
		(void)tap_ok(t, row_sane(&row[i]), "row %zu, %s: %s", i,
			row[i].call, row[i].reason);
		for (size_t k = 0; k < i; k++)
			if (rows_clash(&row[i], &row[k]))
				(void)tap_ok(t, false, "rows %zu and %zu clash",
					k, i);
	}
}

/* ---- the text for review -------------------------------------------- */

/* The line of each text that begins at s, without its end. */
static int
line_len(const char *s)
{
	return (int)strcspn(s, "\n");
}

static void
tell_difference(const char *got, const char *want)
{
	unsigned int line = 1;

	for (; *got != '\0' && *got == *want; got++, want++)
		line += *got == '\n';
	(void)printf("# line %u: now  %.*s\n#          held %.*s\n", line,
		line_len(got), got, line_len(want), want);
	(void)printf("# review the change, then do as the head of %s says\n",
		GOLDEN);
}

/* The whole file; NULL when it is not there. Owned by the caller. */
static char *
read_golden(void)
{
	enum { MAX = 1 << 17 };
	FILE *f = fopen(GOLDEN, "re");
	char *text = malloc(MAX);
	size_t n;

	if (f == NULL || text == NULL)
		abort(); /* run from the top of the tree */
	n = fread(text, 1, MAX - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}

static void
check_golden(struct tap *t)
{
	static struct sim s;
	char *want = read_golden();
	char *got = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&got, &len);

	if (!sim_load(&s) || to == NULL || sim_dump(&s, to) != 0 ||
		fclose(to) != 0)
		abort();
	/* Another library orders its instructions in another way. */
	if (strstr(want, seccomp_origin()) == NULL)
		tap_skip(t, "the programs are as reviewed",
			"compiled by another library or for another machine");
	else if (!tap_ok(t, strcmp(got, want) == 0,
			 "the programs are as reviewed"))
		tell_difference(got, want);
	free(got);
	free(want);
}

int
main(void)
{
	struct tap t = { 0 };

	check_programs(&t);
	check_table(&t);
	check_golden(&t);
	return tap_end(&t);
}
