/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SECCOMP_ACTS_H
#define TESTS_SECCOMP_ACTS_H
/*
 * acts.h -- what a program may want to do, for real: each act is performed in
 * a child of its own without a filter and under each program.
 */
#include <stddef.h>

/* Instead of an errno: this machine has no such thing to try. */
enum { ACT_NOT_HERE = 1002 };

/* What the acts find, made by the parent. */
struct place {
	const char *host_path; /* datagram socket of "the host", bound here */
	int host_fd;
	int udp_fd;  /* bound to a port of 127.0.0.1 */
	int udp_out; /* inherited UDP socket that is not connected */
	unsigned short udp_port;
};

struct act {
	const char *name;
	/** 0: it worked, and its effect was seen; else the errno. */
	int (*perform)(const struct place *p);
	unsigned int refused; /* bit n: enum seccomp_program n refuses */
	int error;            /* with this */
};

const struct act *acts(size_t *ret_n);

#endif /* TESTS_SECCOMP_ACTS_H */
