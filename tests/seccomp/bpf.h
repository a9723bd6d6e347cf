/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SECCOMP_BPF_H
#define TESTS_SECCOMP_BPF_H
/*
 * bpf.h -- a small machine for seccomp programs: check, run, print.
 *
 * Written against the kernel's description of classic BPF and not against
 * libseccomp, so that a wrong filter is seen as the kernel would see it.  It
 * knows what our programs use and calls anything else an error.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

struct bpf_program {
	const struct sock_filter *code;
	size_t n;
};

/** What the kernel's checker asks for: NULL, or what is wrong and where. */
const char *bpf_check(const struct bpf_program *p, size_t *ret_at);

/**
 * Run the program on one system call.  seen, where not NULL, has one byte for
 * each instruction, set to 1 when it is executed.  Returns 0 and the action, or
 * -EINVAL when the program leaves its bounds or reads beyond the data.
 */
int bpf_run(const struct bpf_program *p, const struct seccomp_data *data,
	uint8_t *seen, uint32_t *ret_action);

/** One line for each instruction of a program that bpf_check() passed. */
void bpf_print(FILE *to, const struct bpf_program *p);

/** "allow", "EPERM", "ENOSYS", "errno 7" or "action 0x..."; scratch has at
 * least 32 bytes and may be what is returned. */
const char *bpf_action_name(uint32_t action, char *scratch);

#endif /* TESTS_SECCOMP_BPF_H */
