/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp_table.c -- what a command is refused and why.  Room: build only. */
/*
 * Theory.  The filter is a list of refusals over "allow": mounts, namespaces
 * and empty capability sets are what holds the command, and the filter takes
 * away (a) ways around them that they do not cover, such as keyrings, a
 * terminal's input queue, sockets that reach the host, and (b) parts of the
 * kernel that no build or test needs and that keep producing exploits.
 *
 * EPERM says "not allowed here".  ENOSYS says "no such call", for what has a
 * fall-back that programs take only then (clone3 -> clone).
 *
 * Left to the kernel on purpose:
 *  - chroot, mknod, settimeofday, clock_settime, sethostname, setuid and the
 *    like: each needs a capability that the command does not have, harms
 *    nothing with it where something outside is the sandbox, and has harmless
 *    uses (fakechroot and debootstrap probe chroot, adjtimex reads the clock).
 *  - personality: sets a word of the caller's own task.  gdb and setarch need
 *    ADDR_NO_RANDOMIZE, and what is left weakens nobody but the caller.
 *  - seccomp and landlock_*: they can only narrow.  NEW_LISTENER too: it
 *    gives power over the caller's own children.
 *  - name_to_handle_at: a handle is worth nothing without open_by_handle_at.
 *  - x86 numbers 335-423: nothing but kernel trampolines (uretprobe, uprobe)
 *    goes there, and refusing those breaks a traced program.
 *  - socket families above 65535: sa_family_t has 16 bits.
 */
#include "policy/seccomp_table.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>

#include <linux/netlink.h>
#include <linux/sched.h>

/* Programs without AF_UNIX, and all that have a pid namespace of their own: no
 * host process to reach. */
#define NO_UNIX (IN_ISOLATED_NO_UNIX | IN_FULL_NO_UNIX)
#define CAGED   (IN_ISOLATED | IN_FULL | NO_UNIX)

#define INT     0xffffffffu
#define FAMILY  0xffffu /* sa_family_t: no family can be above */
#define TYPE    0xfu    /* SOCK_TYPE_MASK; above are CLOEXEC and NONBLOCK */

/* Rows are written `{ REFUSE(call, set, reason), .cond = {...} }`. */
#define REFUSE(c, s, why) \
	.call = (c), .set = (s), .error = EPERM, .reason = (why)
#define ABSENT(c, s, why) \
	.call = (c), .set = (s), .error = ENOSYS, .reason = (why)

#define EQUAL(a, m, v) \
	.test = SECCOMP_EQUAL, .arg = (a), .mask = (m), .n = 1, .value[0] = v
#define ANY_BIT(a, m) .test = SECCOMP_ANY_BIT, .arg = (a), .mask = (m)
#define NOT_64(a, v)  .test = SECCOMP_NOT_64, .arg = (a), .n = 1, .value[0] = v
#define NOT_IN(a, m, k) \
	.test = SECCOMP_NOT_IN, .arg = (a), .mask = (m), .n = (k)

/* What AF_UNIX may be: 1 and 5. */
#define NOT_CONNECTED(a) \
	NOT_IN(a, TYPE, 2), .value = { SOCK_STREAM, SOCK_SEQPACKET }

/* Programs where nothing is a namespace of ours, and those of them where
 * Landlock is the cage. */
#define IN_PLACE   (IN_EXTERNAL | LANDLOCKED)
#define LANDLOCKED (IN_LANDLOCK | IN_LANDLOCK_LOOSE)

/* All calls of a type: its number is the byte above the lowest. */
#define FILE_IOCTL(type)                                                \
	{                                                               \
		REFUSE("ioctl", IN_LANDLOCK_LOOSE, why_meta), .cond = { \
			{ EQUAL(1, 0xff00, (type) << 8) }               \
		}                                                       \
	}

/* Every namespace flag.  clone keeps the exit signal in its low byte, where
 * CLONE_NEWTIME lies, and so cannot be asked for a time namespace. */
#define NEW_ANY_CLONE                                                  \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
		CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define NEW_ANY_UNSHARE (NEW_ANY_CLONE | CLONE_NEWTIME)

/* Reasons that several rows share. */
static const char why_ns[] =
	"a user namespace gives back every capability over what it owns";
static const char why_mount[] =
	"mounts are the cage; the old and the new interface alike";
static const char why_keys[] =
	"keyrings are not namespaced: host keys of the same uid";
static const char why_ring[] =
	"operations of a ring are not seen by any filter";
static const char why_kernel[] = "changes the running kernel";
static const char why_host[] = "a switch of the whole machine";
static const char why_attack[] =
	"kernel surface with a record, of no use to a build";
static const char why_dead[] = "left over from old kernels";
static const char why_trace[] =
	"no pid namespace of ours: host processes of the same uid";
static const char why_input[] =
	"writes into the input of a terminal that outlives the cage";
static const char why_dgram[] =
	"a datagram socket can be sent on to any host socket by path";
static const char why_family[] =
	"families that no network namespace holds, or that autoload";
static const char why_no_unix[] =
	"host sockets, abstract or without a known place, are in reach";
static const char why_net[] =
	"the network is off and no namespace of ours says so";
static const char why_ipc[] =
	"no ipc namespace of ours: memory and queues of the user's other programs";
static const char why_others[] =
	"acts on other processes of the user, and Landlock is not asked";
static const char why_meta[] =
	"changes a file by another way than writing, and Landlock is not asked";

static const struct seccomp_row rows[] = {
	/* Namespaces (D8, D9). */
	{ REFUSE("clone", IN_ALL, why_ns),
		.cond = { { ANY_BIT(0, NEW_ANY_CLONE) } } },
	{ REFUSE("unshare", IN_ALL, why_ns),
		.cond = { { ANY_BIT(0, NEW_ANY_UNSHARE) } } },
	{ REFUSE("setns", IN_ALL, why_ns) },
	{ ABSENT("clone3", IN_ALL,
		"its flags lie behind a pointer; libc falls back to clone") },

	/* Mounts (D10). */
	{ REFUSE("mount", IN_ALL, why_mount) },
	{ REFUSE("umount2", IN_ALL, why_mount) },
	{ REFUSE("pivot_root", IN_ALL, why_mount) },
	{ REFUSE("open_tree", IN_ALL, why_mount) },
	{ REFUSE("open_tree_attr", IN_ALL, why_mount), .number = 467 },
	{ REFUSE("move_mount", IN_ALL, why_mount) },
	{ REFUSE("mount_setattr", IN_ALL, why_mount) },
	{ REFUSE("fsopen", IN_ALL, why_mount) },
	{ REFUSE("fsconfig", IN_ALL, why_mount) },
	{ REFUSE("fsmount", IN_ALL, why_mount) },
	{ REFUSE("fspick", IN_ALL, why_mount) },
	{ REFUSE("open_by_handle_at", IN_ALL,
		"opens any file of a file system, whatever is mounted") },

	/* Keys (D21). */
	{ REFUSE("keyctl", IN_ALL, why_keys) },
	{ REFUSE("add_key", IN_ALL, why_keys) },
	{ REFUSE("request_key", IN_ALL, why_keys) },

	/* Kernel surface (D22, D23). */
	{ REFUSE("io_uring_setup", IN_ALL, why_ring) },
	{ REFUSE("io_uring_enter", IN_ALL, why_ring) },
	{ REFUSE("io_uring_register", IN_ALL, why_ring) },
	{ REFUSE("bpf", IN_ALL, why_attack) },
	{ REFUSE("perf_event_open", IN_ALL, why_attack) },
	{ REFUSE("userfaultfd", IN_ALL, why_attack) },
	{ REFUSE("fanotify_init", IN_ALL, why_attack) },
	{ REFUSE("process_madvise", IN_ALL, why_attack) },
	{ REFUSE("pidfd_getfd", IN_ALL, "takes another's descriptors") },
	{ REFUSE("init_module", IN_ALL, why_kernel) },
	{ REFUSE("finit_module", IN_ALL, why_kernel) },
	{ REFUSE("delete_module", IN_ALL, why_kernel) },
	{ REFUSE("kexec_load", IN_ALL, why_kernel) },
	{ REFUSE("kexec_file_load", IN_ALL, why_kernel) },
	{ REFUSE("iopl", IN_ALL, why_kernel) },
	{ REFUSE("ioperm", IN_ALL, why_kernel) },
	{ REFUSE("reboot", IN_ALL, why_host) },
	{ REFUSE("swapon", IN_ALL, why_host) },
	{ REFUSE("swapoff", IN_ALL, why_host) },
	{ REFUSE("acct", IN_ALL, why_host) },
	{ REFUSE("quotactl", IN_ALL, why_host) },
	{ REFUSE("quotactl_fd", IN_ALL, why_host) },
	{ REFUSE("syslog", IN_ALL, "the kernel log is the host's") },
	{ REFUSE("nfsservctl", IN_ALL, why_dead) },
	{ REFUSE("lookup_dcookie", IN_ALL, why_dead) },

	/* Other processes (D1, D4): gdb, strace and sanitizers work in a cage. */
	{ REFUSE("ptrace", IN_PLACE, why_trace) },
	{ REFUSE("process_vm_readv", IN_PLACE, why_trace) },
	{ REFUSE("process_vm_writev", IN_PLACE, why_trace) },

	/* Terminals (D12, E1, E2). */
	{ REFUSE("ioctl", IN_ALL, why_input),
		.cond = { { EQUAL(1, INT, TIOCSTI) } } },
	{ REFUSE("ioctl", IN_ALL, why_input),
		.cond = { { EQUAL(1, INT, TIOCLINUX) } } },
	{ REFUSE("vhangup", IN_ALL, why_input) },

	/*
	 * Sockets (F4-F8).  Stream and seqpacket sockets of AF_UNIX reach only
	 * what they connect to, and that needs a path that is mounted or an
	 * abstract name in the namespace; an address in sendmsg, which lies
	 * behind a pointer, is refused or ignored for them, and a pair cannot
	 * be connected anew.  SOCK_RAW means datagram here.
	 */
	{ REFUSE("socket", IN_ISOLATED | IN_FULL, why_family),
		.cond = { { NOT_IN(0, FAMILY, 4),
			.value = { AF_UNIX, AF_INET, AF_INET6,
				AF_NETLINK } } } },
	{ REFUSE("socket", NO_UNIX, why_no_unix),
		.cond = { { NOT_IN(0, FAMILY, 3),
			.value = { AF_INET, AF_INET6, AF_NETLINK } } } },
	{ REFUSE("socket", IN_ISOLATED | IN_FULL, why_dgram),
		.cond = { { EQUAL(0, FAMILY, AF_UNIX) },
			{ NOT_CONNECTED(1) } } },
	{ REFUSE("socket", CAGED, "the kernel's old spelling of AF_PACKET"),
		.cond = { { EQUAL(0, FAMILY, AF_INET) },
			{ EQUAL(1, TYPE, SOCK_PACKET) } } },
	/* All 64 bits: rubbish in the high half is refused, no harm done. */
	{ REFUSE("socket", CAGED, "netlink families other than routes"),
		.cond = { { EQUAL(0, FAMILY, AF_NETLINK) },
			{ NOT_64(2, NETLINK_ROUTE) } } },
	{ REFUSE("socketpair", IN_ALL, why_family),
		.cond = { { NOT_64(0, AF_UNIX) } } },
	{ REFUSE("socketpair", IN_ALL, why_dgram),
		.cond = { { NOT_CONNECTED(1) } } },

	/* Network off without a namespace: nothing but pairs and stdio. */
	{ REFUSE("socket", IN_PLACE, why_net),
		.cond = { { NOT_64(0, AF_UNIX) } } },
	{ REFUSE("socket", IN_PLACE, why_dgram),
		.cond = { { NOT_CONNECTED(1) } } },
	{ REFUSE("connect", IN_PLACE, why_net) },
	{ REFUSE("bind", IN_PLACE, why_net) },
	{ REFUSE("listen", IN_PLACE, why_net) },
	{ REFUSE("accept", IN_PLACE, why_net) },
	{ REFUSE("accept4", IN_PLACE, why_net) },
	{ REFUSE("sendmmsg", IN_PLACE, why_net) },
	/* send() is sendto() without an address; asyncio's wake-up needs it. */
	{ REFUSE("sendto", IN_PLACE, why_net), .cond = { { NOT_64(4, 0) } } },

	/* What a command does to others of the same user (D1-D4). */
	{ REFUSE("shmget", LANDLOCKED, why_ipc) },
	{ REFUSE("shmat", LANDLOCKED, why_ipc) },
	{ REFUSE("shmctl", LANDLOCKED, why_ipc) },
	{ REFUSE("semget", LANDLOCKED, why_ipc) },
	{ REFUSE("semop", LANDLOCKED, why_ipc) },
	{ REFUSE("semctl", LANDLOCKED, why_ipc) },
	{ REFUSE("semtimedop", LANDLOCKED, why_ipc) },
	{ REFUSE("msgget", LANDLOCKED, why_ipc) },
	{ REFUSE("msgsnd", LANDLOCKED, why_ipc) },
	{ REFUSE("msgrcv", LANDLOCKED, why_ipc) },
	{ REFUSE("msgctl", LANDLOCKED, why_ipc) },
	{ REFUSE("mq_open", LANDLOCKED, why_ipc) },
	{ REFUSE("mq_unlink", LANDLOCKED, why_ipc) },
	{ REFUSE("prlimit64", LANDLOCKED, why_others),
		.cond = { { NOT_64(0, 0) } } },
	{ REFUSE("sched_setscheduler", LANDLOCKED, why_others),
		.cond = { { NOT_64(0, 0) } } },
	{ REFUSE("sched_setparam", LANDLOCKED, why_others),
		.cond = { { NOT_64(0, 0) } } },
	{ REFUSE("sched_setattr", LANDLOCKED, why_others),
		.cond = { { NOT_64(0, 0) } } },
	{ REFUSE("setpriority", LANDLOCKED, why_others),
		.cond = { { NOT_64(1, 0) } } },
	{ REFUSE("ioprio_set", LANDLOCKED, why_others),
		.cond = { { NOT_64(1, 0) } } },
	/* PRIO_USER and IOPRIO_WHO_USER with 0 are all that the user runs. */
	{ REFUSE("setpriority", LANDLOCKED, why_others),
		.cond = { { EQUAL(0, INT, 2) } } },
	{ REFUSE("ioprio_set", LANDLOCKED, why_others),
		.cond = { { EQUAL(0, INT, 3) } } },

	/*
	 * Landlock is asked when a file is opened, made, moved or removed; not
	 * about its mode, owner, times and attributes, of which a descriptor
	 * for reading is enough to change most.  Calls of file systems too: a
	 * subvolume of btrfs is made by one.
	 */
	{ REFUSE("chmod", IN_LANDLOCK, why_meta) },
	{ REFUSE("fchmod", IN_LANDLOCK, why_meta) },
	{ REFUSE("fchmodat", IN_LANDLOCK, why_meta) },
	{ REFUSE("fchmodat2", IN_LANDLOCK, why_meta), .number = 452 },
	{ REFUSE("chown", IN_LANDLOCK, why_meta) },
	{ REFUSE("fchown", IN_LANDLOCK, why_meta) },
	{ REFUSE("lchown", IN_LANDLOCK, why_meta) },
	{ REFUSE("fchownat", IN_LANDLOCK, why_meta) },
	{ REFUSE("utime", IN_LANDLOCK, why_meta) },
	{ REFUSE("utimes", IN_LANDLOCK, why_meta) },
	{ REFUSE("futimesat", IN_LANDLOCK, why_meta) },
	{ REFUSE("utimensat", IN_LANDLOCK, why_meta) },
	{ REFUSE("setxattr", IN_LANDLOCK, why_meta) },
	{ REFUSE("lsetxattr", IN_LANDLOCK, why_meta) },
	{ REFUSE("fsetxattr", IN_LANDLOCK, why_meta) },
	{ REFUSE("setxattrat", IN_LANDLOCK, why_meta), .number = 463 },
	{ REFUSE("removexattr", IN_LANDLOCK, why_meta) },
	{ REFUSE("lremovexattr", IN_LANDLOCK, why_meta) },
	{ REFUSE("fremovexattr", IN_LANDLOCK, why_meta) },
	{ REFUSE("removexattrat", IN_LANDLOCK, why_meta), .number = 466 },
	{ REFUSE("file_setattr", IN_LANDLOCK, why_meta), .number = 469 },
	/* Terminals and descriptors ('T'), sockets (0x89), nothing of a file
	 * system: no list has them all, and one in user space has its own. */
	{ REFUSE("ioctl", IN_LANDLOCK, why_meta),
		.cond = { { NOT_IN(1, 0xff00, 2),
			.value = { 'T' << 8, 0x89 << 8 } } } },
	/* Devices may be granted here: what file systems use. */
	FILE_IOCTL('f'),  /* ext4, and what others took over */
	FILE_IOCTL('X'),  /* xfs, the same */
	FILE_IOCTL('v'),  /* versions */
	FILE_IOCTL('r'),  /* fat */
	FILE_IOCTL(0x94), /* btrfs; FICLONE */
	FILE_IOCTL(0xf5), /* f2fs */
	FILE_IOCTL(0xcf), /* cifs */
	FILE_IOCTL('o'),  /* ocfs2 */
	FILE_IOCTL(0x97), /* ceph */
	FILE_IOCTL(0xbc), /* bcachefs */
	FILE_IOCTL(0x83), /* zfs */
	FILE_IOCTL(0xcd), /* reiserfs */
	FILE_IOCTL('n'),  /* nilfs2 */
	FILE_IOCTL('h'),  /* hfsplus */
	FILE_IOCTL('l'),  /* udf */
};

const struct seccomp_row *
seccomp_table(size_t *ret_n)
{
	*ret_n = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
