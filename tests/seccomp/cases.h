/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SECCOMP_CASES_H
#define TESTS_SECCOMP_CASES_H
/*
 * cases.h -- the tables tests/seccomp/NAME.tests: what each program must say.
 *
 * One case a line, words parted by blanks, # begins a comment:
 *
 *   PROGRAMS CALL ARCH [ARG...] -> ACTION [live]
 *
 * PROGRAMS  "*" or names joined by commas: isolated,isolated-no-unix,full,
 *           full-no-unix,external,landlock,landlock-loose
 * CALL      a name as libseccomp knows it, or a number
 * ARCH      native (the machine's), x86_64 (native, and only there), i386, x32
 * ARG       up to six; numbers and names joined by "|", "1<<32", "-1"; others 0
 * ACTION    allow, EPERM, ENOSYS
 * live      may also be performed with these arguments: whatever the kernel
 *           answers it changes nothing and starts no process.  For "allow" the
 *           answer must be the same as without a filter.
 */
#include <stdbool.h>
#include <stdint.h>

enum { CASES_ARGS = 6 };

enum case_arch { CASE_NATIVE, CASE_I386, CASE_X32 };

struct seccomp_case {
	unsigned int set; /* bit n: enum seccomp_program n */
	int nr;           /* without x32's bit */
	enum case_arch arch;
	uint64_t arg[CASES_ARGS];
	int error; /* 0 = allow */
	bool live;
	char text[160]; /* the line, blanks squeezed */
	unsigned int line;
};

/**
 * Call each() for every case of a file that concerns this machine.  Returns how
 * many there were, or -1 after a message on stdout when the file or a line
 * cannot be read: a test that is not understood has not passed.
 */
int cases_read(const char *path,
	void (*each)(const struct seccomp_case *c, void *arg), void *arg);

/** The files, by name, NULL at the end. */
extern const char *const cases_files[];

#endif /* TESTS_SECCOMP_CASES_H */
