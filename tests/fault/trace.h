/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAULT_TRACE_H
#define TESTS_FAULT_TRACE_H
/*
 * trace.h -- run a sandbox under ptrace, and let one system call of ours fail.
 */
#include <sys/types.h>

#include <stdbool.h>

/* Who makes a call.  Only those between NOBODY and OTHER are ours to fail. */
enum role {
	NOBODY,
	LAUNCH, /* codex-sandbox-launch */
	HOLDER, /* its child, until it ends */
	INIT,   /* codex-sandbox-init */
	CHILD,  /* its child, until it is the command */
	OTHER,  /* front end, bwrap, command */
	ROLES,
};

enum { CALLS_MAX = 4096, TEXT_MAX = 8192 };

struct fault {
	enum role role; /* NOBODY: all goes well */
	unsigned int index;
	int err; /* what the call gives back; 0: success, without being made */
};

struct setting {
	uid_t uid; /* as root: the only one that may be anybody in the end */
	bool terminal; /* stdin is one, else /dev/null */
};

struct outcome {
	bool hung;     /* the deadline passed */
	bool survived; /* somebody lived on behind the front end, to the deadline */
	bool hit;      /* the fault was reached */
	int code;      /* of the front end; 128+n */
	char gained[256]; /* who had a right outside that he must not; "" */
	unsigned int calls[ROLES];
	int call[ROLES][CALLS_MAX]; /* system call numbers in order */
	char out[TEXT_MAX], err[TEXT_MAX];
};

/** Run argv; false when it could not even be started. */
bool trace_run(char **argv, const struct setting *setting,
	const struct fault *fault, struct outcome *ret);

#endif /* TESTS_FAULT_TRACE_H */
