/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forbid.c -- forbid [-g GROUP] UID CMD...: stand in for a host that lets only
 * the privileged make user namespaces, then run CMD as UID.  Needs root.
 *
 * The filter goes in without no_new_privs, so that setuid files still work.  It
 * cannot see who is privileged: launcher/userns.c marks its call with an
 * argument that the kernel never looks at.
 */
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

enum { ADMIN_MARK = 0x43534255 };

#define LOAD(what) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, what))
#define IF_NOT(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define ANSWER(what)        BPF_STMT(BPF_RET | BPF_K, what)

int
main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		LOAD(nr),
		IF_NOT(SYS_clone3, 1),
		ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
		IF_NOT(SYS_unshare, 6),
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 7),
		LOAD(args[1]),
		IF_NOT(ADMIN_MARK, 1),
		ANSWER(SECCOMP_RET_ALLOW),
		ANSWER(SECCOMP_RET_ERRNO | EPERM),
		IF_NOT(SYS_clone, 2),
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 1, 0),
		ANSWER(SECCOMP_RET_ALLOW),
		ANSWER(SECCOMP_RET_ERRNO | EPERM),
	};
	const struct sock_fprog prog = {
		.len = sizeof filter / sizeof *filter,
		.filter = filter,
	};
	gid_t group = 0;
	const size_t groups = argc > 3 && strcmp(argv[1], "-g") == 0;
	if (groups != 0) {
		group = (gid_t)strtoul(argv[2], NULL, 10);
		argv += 2;
		argc -= 2;
	}
	if (argc < 3)
		return 2;
	const uid_t uid = (uid_t)strtoul(argv[1], NULL, 10);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) != 0 ||
		setgroups(groups, &group) != 0 ||
		setresgid(uid, uid, uid) != 0 ||
		setresuid(uid, uid, uid) != 0) {
		perror("forbid");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
