/* SPDX-License-Identifier: Apache-2.0 */
/* confine.c -- Landlock and seccomp for the supervisor itself (room: user). */
#include "supervisor/confine.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include "launcher/own.h"
#include "policy/diag.h"

#if defined(__x86_64__)
#	define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#	define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#	define OUR_ARCH 0
#endif
static_assert(OUR_ARCH != 0, "name the audit architecture");

/* What came after the headers of some distributions; see landlock.h. */
enum {
	FS_TRUNCATE = 1 << 14,  /* from ABI 3 */
	FS_IOCTL_DEV = 1 << 15, /* from ABI 5 */
	SCOPE_SIGNAL = 1 << 1,  /* from ABI 6 */
};

/* struct landlock_ruleset_attr as of ABI 6. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* System calls that nothing here makes, nor a name service. */
static const unsigned int never[] = {
	SYS_execve, SYS_execveat, /* programs */
	SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
	SYS_process_madvise, SYS_kcmp, SYS_pidfd_getfd, /* other processes */
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree,
	SYS_move_mount, SYS_fsopen, SYS_fsmount, SYS_mount_setattr, SYS_unshare,
	SYS_setns, /* its surroundings */
	SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup,
	SYS_io_uring_enter, SYS_io_uring_register, SYS_keyctl, SYS_add_key,
	SYS_request_key, SYS_init_module, SYS_finit_module, SYS_delete_module,
	SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_quotactl, SYS_acct,
	SYS_personality, /* the kernel */
};

static const unsigned int families[] = { AF_UNIX, AF_INET, AF_INET6,
	AF_NETLINK };

enum {
	NEVER = sizeof(never) / sizeof(never[0]),
	FAMILIES = sizeof(families) / sizeof(families[0]),
	/* Head, two a row of never, socket, two a family, ends. */
	FILTER_MAX = 16 + 2 * NEVER + 2 * FAMILIES,
	X32 = 0x40000000,
};

struct filter {
	unsigned short n;
	struct sock_filter code[FILTER_MAX];
};

static void
add(struct filter *f, struct sock_filter line)
{
	f->code[f->n++] = line; /* FILTER_MAX counts them */
}

static void
load(struct filter *f, size_t offset)
{
	add(f, (struct sock_filter)BPF_STMT(
		       BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void
end(struct filter *f, uint32_t what)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what));
}

/* Where the loaded word is this one, that is the end of it. */
static void
on(struct filter *f, uint32_t word, uint32_t what)
{
	add(f, (struct sock_filter)BPF_JUMP(
		       BPF_JMP | BPF_JEQ | BPF_K, word, 0, 1));
	end(f, what);
}

static void
build(struct filter *f)
{
	const uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;
	load(f, offsetof(struct seccomp_data, arch));
	add(f, (struct sock_filter)BPF_JUMP(
		       BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0));
	end(f, SECCOMP_RET_KILL_PROCESS);
	load(f, offsetof(struct seccomp_data, nr));
	add(f, (struct sock_filter)BPF_JUMP(
		       BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1));
	end(f, SECCOMP_RET_KILL_PROCESS);
	for (size_t i = 0; i < NEVER; i++)
		on(f, never[i], refuse);
	add(f, (struct sock_filter)BPF_JUMP(
		       BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0));
	end(f, SECCOMP_RET_ALLOW);
	/* The low half: what the kernel takes as an int. */
	load(f, offsetof(struct seccomp_data, args));
	for (size_t i = 0; i < FAMILIES; i++)
		on(f, families[i], SECCOMP_RET_ALLOW);
	end(f, refuse);
}

static int
filter(void)
{
	struct filter f = { .n = 0 };
	build(&f);
	const struct sock_fprog prog = { .len = f.n, .filter = f.code };
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
		return -errno;
	return 0;
}

/* No file is changed, none is run.  A kernel without it does without it. */
static int
landlock(void)
{
	const uint64_t first = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
	struct ruleset r = { .fs = first &
				   ~(uint64_t)(LANDLOCK_ACCESS_FS_READ_FILE |
					       LANDLOCK_ACCESS_FS_READ_DIR) };
	size_t size = sizeof(r.fs);
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1)
		return 0;
	if (abi >= 2)
		r.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		r.fs |= FS_TRUNCATE;
	if (abi >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (abi >= 6) {
		r.scoped = SCOPE_SIGNAL;
		size = sizeof(r);
	}
	own_fd int fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return -errno;
	return 0;
}

int
confine(struct diag *d)
{
	const struct rlimit none = { 0, 0 };
	int err = 0;
	/* Needed for both, and what set-id programs would have to obey. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		setrlimit(RLIMIT_CORE, &none) < 0)
		err = -errno;
	if (!err)
		err = landlock();
	if (!err)
		err = filter();
	if (err)
		return diag_set(d, err, DIAG_SETUP,
			"network supervisor: its own confinement",
			diag_errno(-err), "run codex-sandbox doctor");
	return 0;
}
