/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SECCOMP_H
#define POLICY_SECCOMP_H
/*
 * seccomp.h -- the system call filters, compiled by libseccomp at build time.
 *
 * policy/seccomp_table.c holds the table (system call, condition, action,
 * reason); policy/seccomp_gen.c is a build tool that turns each program into
 * BPF and prints build/seccomp_programs.c, which the front end links.  So no
 * libseccomp runs at start-up, and none near privilege.
 */
#include <stddef.h>
#include <stdint.h>

enum seccomp_program {
	SECCOMP_ISOLATED, /* private network namespace, private pid namespace */
	/* As ISOLATED, where a socket of the host is in sight and cannot be
	 * masked: no AF_UNIX socket() at all. */
	SECCOMP_ISOLATED_NO_UNIX,
	SECCOMP_FULL, /* host network, private pid namespace */
	/* As FULL, for the same reason, or where Landlock cannot scope abstract
	 * sockets. */
	SECCOMP_FULL_NO_UNIX,
	SECCOMP_EXTERNAL, /* no namespaces of ours, network restricted */
	/* As EXTERNAL, where Landlock is the cage: also what Landlock does not
	 * guard, of other processes and of files. */
	SECCOMP_LANDLOCK,
	SECCOMP_LANDLOCK_LOOSE, /* the same, but modes, owners, times */
	SECCOMP_PROGRAM_MAX,
};

struct seccomp_bpf {
	const char *name;     /* "isolated" ... */
	const uint8_t *bytes; /* struct sock_filter[], native order */
	uint32_t n;           /* instructions */
};

/** The compiled program; never NULL for a valid id. */
const struct seccomp_bpf *seccomp_get(enum seccomp_program id);

/** What compiled them: "libseccomp 2.5.4, architecture 0xc000003e". */
const char *seccomp_origin(void);

#endif /* POLICY_SECCOMP_H */
