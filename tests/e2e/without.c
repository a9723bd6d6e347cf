/* SPDX-License-Identifier: Apache-2.0 */
/*
 * without.c -- without CALL[,CALL...] CMD...: run CMD where these system calls
 * do not exist (ENOSYS), as on an older kernel or under a filter that does not
 * know them; CALL! is refused (EPERM), as by a container's; room: test.
 */
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

/* Numbers since Linux 5.1 are the same on every machine. */
static const struct {
	const char *name;
	unsigned int nr;
} calls[] = {
	{ "open_tree", 428 },
	{ "move_mount", 429 },
	{ "fsopen", 430 },
	{ "fsconfig", 431 },
	{ "fsmount", 432 },
	{ "openat2", 437 },
	{ "faccessat2", 439 },
	{ "mount_setattr", 442 },
	{ "landlock_create_ruleset", 444 },
};

static int
forbid(unsigned int nr, unsigned int err)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = sizeof filter / sizeof *filter,
		.filter = filter,
	};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
			       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
				       &program) != 0
		       ? -1
		       : 0;
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	for (const char *w = argv[1]; *w != '\0';) {
		const size_t len = strcspn(w, "!,");
		const unsigned int err = w[len] == '!' ? EPERM : ENOSYS;
		size_t i = 0, n = sizeof calls / sizeof *calls;
		while (i < n && (strlen(calls[i].name) != len ||
					strncmp(w, calls[i].name, len) != 0))
			i++;
		if (i == n || forbid(calls[i].nr, err) != 0) {
			fprintf(stderr, "without: %s: not known\n", w);
			return 2;
		}
		w += len;
		w += *w == '!';
		w += *w == ',';
	}
	(void)execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
