/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H
/* scratch.h -- a directory of a test's own, by the name the kernel gives it. */
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Owned; ends the test when there is no room for it. */
static inline char *
scratch_make(void)
{
	char made[] = "/tmp/csb-unit.XXXXXX";
	char *root = mkdtemp(made) == NULL ? NULL : realpath(made, NULL);
	if (root == NULL) {
		perror("scratch directory");
		abort();
	}
	return root;
}

/** Remove it with all that is in it, and free the name. */
static inline void
scratch_remove(char *root)
{
	pid_t pid = fork();
	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", "--", root, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0); /* a directory left over is no failure */
	free(root);
}

#endif /* TESTS_UNIT_SCRATCH_H */
