/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp_gen.c -- compile the filters and print them as C.  Room: build. */
/*
 * Build tool: `seccomp_gen > build/gen/seccomp_programs.c` (through a temporary
 * file: a failure must not leave half a source behind).  It links with
 * libseccomp and policy/seccomp_table.c; what it prints needs policy/seccomp.h
 * and nothing else.  It compiles for the architecture it runs on.
 *
 * libseccomp's part is small on purpose, because its older versions have
 * produced wrong filters: one filter at a time (never merged), equality tests
 * only, at most one test of an argument in a rule, and the values that the
 * rules of a call match on one argument are disjoint or lead to the same
 * error, so that the order of rules cannot matter.  tests/seccomp/simulate.c
 * does not believe any of this and holds the result against the table.
 *
 * "None of these values" is not something that libseccomp can say over a
 * default of ALLOW, where a rule that allows is refused.  It is spelt as a list
 * of cubes (mask, value) that cover the rest: take the cube of everything and
 * cut each value out, one bit after the other.
 */
#include "policy/seccomp.h"

#include <sys/mman.h>

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "launcher/own.h"
#include "policy/seccomp_table.h"

/* Far more than a condition needs: 16 bits and 4 values give about 25. */
enum { CUBES_MAX = 64 };

/* __X32_SYSCALL_BIT; no native number of any architecture comes near. */
#define X32_BIT 0x40000000u

struct cubes {
	unsigned int n;
	struct scmp_arg_cmp cmp[CUBES_MAX];
};

struct name {
	enum seccomp_program id;
	const char *name;
};

static const struct name names[] = {
	{ SECCOMP_ISOLATED, "isolated" },
	{ SECCOMP_ISOLATED_NO_UNIX, "isolated-no-unix" },
	{ SECCOMP_FULL, "full" },
	{ SECCOMP_FULL_NO_UNIX, "full-no-unix" },
	{ SECCOMP_EXTERNAL, "external" },
	{ SECCOMP_LANDLOCK, "landlock" },
	{ SECCOMP_LANDLOCK_LOOSE, "landlock-loose" },
};
_Static_assert(sizeof(names) / sizeof(names[0]) == SECCOMP_PROGRAM_MAX,
	"every program has a name");

/* A build that goes on with half a filter would be worse than none. */
static _Noreturn void
die(const char *what, const char *which, int error)
{
	(void)fprintf(stderr, "seccomp_gen: %s %s: %s\n", what, which,
		strerrordesc_np(error));
	_exit(1);
}

static void
cube_add(struct cubes *c, unsigned int arg, uint32_t mask, uint32_t value)
{
	if (c->n == CUBES_MAX)
		die("too many cases in", "a condition", E2BIG);
	c->cmp[c->n++] = (struct scmp_arg_cmp){
		.arg = arg,
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = mask,
		.datum_b = value,
	};
}

/* Replace cube number i, which holds value, by cubes that hold the rest. */
static void
cube_cut(struct cubes *c, unsigned int i, uint32_t mask, uint32_t value)
{
	unsigned int arg = c->cmp[i].arg;
	uint32_t fixed = (uint32_t)c->cmp[i].datum_a;

	c->cmp[i] = c->cmp[--c->n];
	for (unsigned int bit = 32; bit-- > 0;) {
		uint32_t b = (uint32_t)1 << bit;

		if (!(mask & b) || (fixed & b))
			continue;
		fixed |= b;
		cube_add(c, arg, fixed, (value & fixed) ^ b);
	}
}

/* The cubes of everything whose masked value is none of cond->value. */
static void
cubes_not_in(struct cubes *c, const struct seccomp_cond *cond)
{
	cube_add(c, cond->arg, 0, 0);
	for (unsigned int v = 0; v < cond->n; v++) {
		unsigned int i = 0;

		while (i < c->n && (cond->value[v] & c->cmp[i].datum_a) !=
					   c->cmp[i].datum_b)
			i++;
		if (i == c->n || (cond->value[v] & ~cond->mask) != 0)
			die("a value twice or beyond its mask in", "the table",
				EINVAL);
		cube_cut(c, i, cond->mask, cond->value[v]);
	}
}

/* Write cond as alternatives that libseccomp can test. */
static void
cubes_of(struct cubes *c, const struct seccomp_cond *cond)
{
	c->n = 0;
	switch (cond->test) {
	case SECCOMP_ALWAYS: break;
	case SECCOMP_EQUAL:
		cube_add(c, cond->arg, cond->mask, cond->value[0]);
		break;
	case SECCOMP_ANY_BIT:
		for (unsigned int bit = 0; bit < 32; bit++)
			if (cond->mask >> bit & 1)
				cube_add(c, cond->arg, (uint32_t)1 << bit,
					(uint32_t)1 << bit);
		break;
	case SECCOMP_NOT_IN: cubes_not_in(c, cond); break;
	case SECCOMP_NOT_64:
		c->n = 1;
		c->cmp[0] = (struct scmp_arg_cmp){
			.arg = cond->arg,
			.op = SCMP_CMP_NE,
			.datum_a = cond->value[0],
		};
		break;
	}
}

/*
 * The number of a row's call on this architecture, or a negative one where the
 * architecture has no such call.  A name that libseccomp does not know at all
 * is a misspelling unless the table gives the number.
 */
static int
number_of(const struct seccomp_row *row)
{
	int nr = seccomp_syscall_resolve_name(row->call);

	if (nr == __NR_SCMP_ERROR && row->number == 0)
		die("no system call", row->call, EINVAL);
	return nr == __NR_SCMP_ERROR ? row->number : nr;
}

static void
add(scmp_filter_ctx ctx, const struct seccomp_row *row, int nr, unsigned int n,
	const struct scmp_arg_cmp cmp[SECCOMP_CONDS_MAX])
{
	int rc = seccomp_rule_add_exact_array(
		ctx, SCMP_ACT_ERRNO((uint32_t)row->error), nr, n, cmp);

	if (rc != 0)
		die("cannot add a rule for", row->call, -rc);
}

/* Every combination of the alternatives of both conditions is one rule. */
static void
add_row(scmp_filter_ctx ctx, const struct seccomp_row *row)
{
	int nr = number_of(row);
	struct cubes first;
	struct cubes second;
	struct scmp_arg_cmp pair[SECCOMP_CONDS_MAX];

	if (nr < 0)
		return;
	cubes_of(&first, &row->cond[0]);
	cubes_of(&second, &row->cond[1]);
	if (first.n == 0) {
		add(ctx, row, nr, 0, pair);
		return;
	}
	for (unsigned int i = 0; i < first.n; i++) {
		pair[0] = first.cmp[i];
		if (second.n == 0)
			add(ctx, row, nr, 1, pair);
		for (unsigned int k = 0; k < second.n; k++) {
			pair[1] = second.cmp[k];
			add(ctx, row, nr, 2, pair);
		}
	}
}

/* Foreign calls (i386, x32) do not exist; nothing is ever killed. */
static scmp_filter_ctx
new_filter(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc;

	if (ctx == NULL)
		die("cannot start", "a filter", ENOMEM);
	rc = seccomp_attr_set(
		ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
	if (rc != 0)
		die("cannot set", "the action for foreign calls", -rc);
	/* 2 = a binary tree over the numbers: the kernel runs the program once
	 * for every number when it installs it. */
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc != 0)
		die("cannot set", "the optimisation", -rc);
	return ctx;
}

static scmp_filter_ctx
compile(enum seccomp_program id)
{
	scmp_filter_ctx ctx = new_filter();
	size_t n_rows;
	const struct seccomp_row *row = seccomp_table(&n_rows);

	for (size_t i = 0; i < n_rows; i++)
		if (row[i].set >> id & 1)
			add_row(ctx, &row[i]);
	return ctx;
}

/*
 * Six instructions of our own before libseccomp's, whose jumps are relative:
 * native numbers from SECCOMP_FIRST_UNKNOWN on do not exist.  libseccomp knows
 * no ranges; one rule for each of some forty numbers made the programs a fifth
 * longer and slower to install, and would end somewhere.  Numbers with x32's
 * bit go on to libseccomp, and so does -1, by which a tracer skips a call.
 */
static size_t
put_unknown(struct sock_filter *code)
{
	const struct sock_filter first[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, arch)),
		BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 2, 0),
		BPF_JUMP(
			BPF_JMP | BPF_JGE | BPF_K, SECCOMP_FIRST_UNKNOWN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};

	memcpy(code, first, sizeof(first));
	return sizeof(first) / sizeof(first[0]);
}

/* libseccomp 2.5 exports to descriptors only. */
static size_t
put_filter(scmp_filter_ctx ctx, struct sock_filter *ret_code, size_t max)
{
	own_fd int fd = memfd_create("filter", MFD_CLOEXEC);
	int rc = fd < 0 ? -errno : seccomp_export_bpf(ctx, fd);
	ssize_t got;

	if (rc != 0)
		die("cannot export", "a filter", -rc);
	got = pread(fd, ret_code, max * sizeof(*ret_code), 0);
	if (got <= 0 || (size_t)got % sizeof(*ret_code) != 0 ||
		(size_t)got == max * sizeof(*ret_code))
		die("a filter is empty or too long:", "export", EIO);
	return (size_t)got / sizeof(*ret_code);
}

static void
print_code(const struct name *name, const struct sock_filter *code, size_t n)
{
	printf("\n/* %s: %zu instructions, one a line */\n", name->name, n);
	printf("_Alignas(8) static const uint8_t code_%u[] = {\n",
		(unsigned int)name->id);
	for (size_t i = 0; i < n; i++) {
		unsigned char b[sizeof(code[i])];

		memcpy(b, &code[i], sizeof(b));
		printf("\t%u, %u, %u, %u, %u, %u, %u, %u,\n", b[0], b[1], b[2],
			b[3], b[4], b[5], b[6], b[7]);
	}
	printf("};\n");
}

static void
print_index(void)
{
	printf("\nstatic const struct seccomp_bpf programs[] = {\n");
	for (size_t i = 0; i < SECCOMP_PROGRAM_MAX; i++)
		printf("\t[%u] = { \"%s\", code_%u, sizeof(code_%u) / 8 },\n",
			(unsigned int)names[i].id, names[i].name,
			(unsigned int)names[i].id, (unsigned int)names[i].id);
	printf("};\n\n"
	       "const struct seccomp_bpf *\n"
	       "seccomp_get(enum seccomp_program id)\n"
	       "{\n"
	       "\tif ((unsigned int)id >= SECCOMP_PROGRAM_MAX)\n"
	       "\t\treturn 0;\n"
	       "\treturn &programs[id];\n"
	       "}\n");
}

int
main(void)
{
	static struct sock_filter code[BPF_MAXINSNS];
	const struct scmp_version *v = seccomp_version();

	printf("/* Made by policy/seccomp_gen.c: do not edit. */\n"
	       "#include \"policy/seccomp.h\"\n\n"
	       "const char *\n"
	       "seccomp_origin(void)\n"
	       "{\n"
	       "\treturn \"libseccomp %u.%u.%u, architecture 0x%08x\";\n"
	       "}\n",
		v->major, v->minor, v->micro, seccomp_arch_native());
	for (size_t i = 0; i < SECCOMP_PROGRAM_MAX; i++) {
		scmp_filter_ctx ctx = compile(names[i].id);
		size_t n;

		n = put_unknown(code);
		n += put_filter(ctx, code + n, BPF_MAXINSNS - n);
		print_code(&names[i], code, n);
		seccomp_release(ctx);
	}
	print_index();
	if (fflush(stdout) != 0 || ferror(stdout))
		die("cannot write", "the result", errno);
	return 0;
}
