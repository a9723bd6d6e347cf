/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_EXEC_FAIL_H
#define NETNS_EXEC_FAIL_H
/* exec_fail.h -- why a program could not be started, in words. */
#include <stdbool.h>

struct plan;

enum exec_fail_code {
	FAIL_NOT_EXECUTABLE = 126, /* the command is there but cannot be run */
	FAIL_NOT_FOUND = 127,      /* no such command */
};

/** Does the path name something that can be looked at (links followed)? */
bool exec_fail_is_there(const char *path);

/** Does the file begin like an ELF program, so that no shell should read it? */
bool exec_fail_is_binary(const char *path);

/**
 * Say on the command's stderr why execve(path) failed with err, and end with
 * 127 (there is no such file) or 126 (there is, and it cannot be run).
 */
_Noreturn void exec_fail(const struct plan *plan, const char *path, int err);

#endif /* NETNS_EXEC_FAIL_H */
