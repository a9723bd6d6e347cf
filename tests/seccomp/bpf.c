/* SPDX-License-Identifier: Apache-2.0 */
/* bpf.c -- check, run and print seccomp programs. */
#include "tests/seccomp/bpf.h"

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int
is_load(const struct sock_filter *f)
{
	return f->code == (BPF_LD | BPF_W | BPF_ABS);
}

static int
is_return(const struct sock_filter *f)
{
	return f->code == (BPF_RET | BPF_K);
}

static int
is_test(const struct sock_filter *f)
{
	return f->code == (BPF_JMP | BPF_JEQ | BPF_K) ||
	       f->code == (BPF_JMP | BPF_JGT | BPF_K) ||
	       f->code == (BPF_JMP | BPF_JGE | BPF_K) ||
	       f->code == (BPF_JMP | BPF_JSET | BPF_K);
}

/* NULL, or what is wrong with instruction i. */
static const char *
check_one(const struct bpf_program *p, size_t i)
{
	const struct sock_filter *f = &p->code[i];
	size_t left = p->n - i - 1;

	if (is_load(f)) {
		if (f->k % 4 != 0 || f->k >= sizeof(struct seccomp_data))
			return "a load beside the data";
	} else if (is_test(f)) {
		if (f->jt >= left || f->jf >= left)
			return "a jump beyond the end";
	} else if (f->code == (BPF_JMP | BPF_JA)) {
		if (f->k >= left)
			return "a jump beyond the end";
	} else if (!is_return(f) && f->code != (BPF_ALU | BPF_AND | BPF_K)) {
		return "an instruction that we do not know";
	}
	return NULL;
}

const char *
bpf_check(const struct bpf_program *p, size_t *ret_at)
{
	*ret_at = 0;
	if (p->n == 0 || p->n > BPF_MAXINSNS)
		return "no program, or too long a one";
	for (size_t i = 0; i < p->n; i++) {
		const char *why = check_one(p, i);

		*ret_at = i;
		if (why != NULL)
			return why;
	}
	if (!is_return(&p->code[p->n - 1]))
		return "the end can be run over";
	return NULL;
}

static int
holds(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ: return a == f->k;
	case BPF_JGT: return a > f->k;
	case BPF_JGE: return a >= f->k;
	default: return (a & f->k) != 0;
	}
}

int
bpf_run(const struct bpf_program *p, const struct seccomp_data *data,
	uint8_t *seen, uint32_t *ret_action)
{
	const uint32_t *word = (const uint32_t *)data;
	uint32_t a = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct sock_filter *f = &p->code[i];

		if (seen != NULL)
			seen[i] = 1;
		if (is_return(f)) {
			*ret_action = f->k;
			return 0;
		}
		if (is_load(f)) {
			if (f->k % 4 != 0 || f->k >= sizeof(*data))
				return -EINVAL;
			a = word[f->k / 4];
		} else if (f->code == (BPF_ALU | BPF_AND | BPF_K)) {
			a &= f->k;
		} else if (f->code == (BPF_JMP | BPF_JA)) {
			i += f->k;
		} else if (is_test(f)) {
			i += holds(f, a) ? f->jt : f->jf;
		} else {
			return -EINVAL;
		}
	}
	return -EINVAL;
}

const char *
bpf_action_name(uint32_t action, char *scratch)
{
	switch (action) {
	case SECCOMP_RET_ALLOW: return "allow";
	case SECCOMP_RET_ERRNO | EPERM: return "EPERM";
	case SECCOMP_RET_ERRNO | ENOSYS: return "ENOSYS";
	default: break;
	}
	if ((action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		(void)snprintf(
			scratch, 32, "errno %u", action & SECCOMP_RET_DATA);
	else
		(void)snprintf(scratch, 32, "action 0x%08x", action);
	return scratch;
}

/* What the accumulator holds before an instruction, by every way to it. */
enum held { HELD_UNKNOWN, HELD_NUMBER, HELD_OTHER };

static void
held_meet(uint8_t *at, enum held h)
{
	if (*at == HELD_UNKNOWN)
		*at = (uint8_t)h;
	else if (*at != h)
		*at = HELD_OTHER;
}

/* Jumps only go forward, so one pass sees every way. */
static void
held_all(const struct bpf_program *p, uint8_t held[BPF_MAXINSNS])
{
	memset(held, HELD_UNKNOWN, BPF_MAXINSNS);
	for (size_t i = 0; i + 1 < p->n; i++) {
		const struct sock_filter *f = &p->code[i];
		enum held h = held[i];

		if (is_load(f))
			h = f->k == 0 ? HELD_NUMBER : HELD_OTHER;
		else if (f->code == (BPF_ALU | BPF_AND | BPF_K))
			h = HELD_OTHER;
		if (is_test(f)) {
			held_meet(&held[i + 1 + f->jt], h);
			held_meet(&held[i + 1 + f->jf], h);
		} else if (f->code == (BPF_JMP | BPF_JA)) {
			held_meet(&held[i + 1 + f->k], h);
		} else if (!is_return(f)) {
			held_meet(&held[i + 1], h);
		}
	}
}

static void
print_load(FILE *to, uint32_t at)
{
	unsigned int arg = (at - 16) / 8;
	/* Which half comes first is the byte order's affair. */
	unsigned int low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;

	if (at == 0)
		(void)fprintf(to, "load number\n");
	else if (at == 4)
		(void)fprintf(to, "load arch\n");
	else if (at < 16)
		(void)fprintf(to, "load [%u]\n", at);
	else
		(void)fprintf(to, "load arg%u.%s\n", arg,
			at % 8 == low ? "low" : "high");
}

/* Returns are named and distances relative: a change stays small in a diff. */
static void
print_target(FILE *to, const struct bpf_program *p, size_t i, size_t skip)
{
	const struct sock_filter *f = &p->code[i + 1 + skip];
	char scratch[32];

	if (is_return(f))
		(void)fprintf(to, "%s", bpf_action_name(f->k, scratch));
	else if (skip == 0)
		(void)fprintf(to, "next");
	else
		(void)fprintf(to, "+%zu", skip);
}

static void
print_test(FILE *to, const struct bpf_program *p, size_t i, bool number)
{
	static const char *const op[] = { "", "==", ">", ">=", "&" };
	const struct sock_filter *f = &p->code[i];
	char *name = NULL;

	if (number && f->code == (BPF_JMP | BPF_JEQ | BPF_K))
		name = seccomp_syscall_resolve_num_arch(
			SCMP_ARCH_NATIVE, (int)f->k);
	(void)fprintf(to,
		number && f->k < 1024 ? "%s %u%s%s ? " : "%s 0x%x%s%s ? ",
		op[BPF_OP(f->code) >> 4], f->k, name != NULL ? " " : "",
		name != NULL ? name : "");
	free(name);
	print_target(to, p, i, f->jt);
	(void)fprintf(to, " : ");
	print_target(to, p, i, f->jf);
	(void)fputc('\n', to);
}

void
bpf_print(FILE *to, const struct bpf_program *p)
{
	uint8_t held[BPF_MAXINSNS];
	char scratch[32];

	held_all(p, held);
	for (size_t i = 0; i < p->n; i++) {
		const struct sock_filter *f = &p->code[i];

		(void)fputc('\t', to);
		if (is_load(f))
			print_load(to, f->k);
		else if (f->code == (BPF_ALU | BPF_AND | BPF_K))
			(void)fprintf(to, "and 0x%x\n", f->k);
		else if (f->code == (BPF_JMP | BPF_JA))
			(void)fprintf(to, "+%u\n", f->k);
		else if (is_test(f))
			print_test(to, p, i, held[i] == HELD_NUMBER);
		else if (is_return(f))
			(void)fprintf(to, "return %s\n",
				bpf_action_name(f->k, scratch));
		else
			(void)fprintf(to, "? 0x%x\n", f->code);
	}
}
