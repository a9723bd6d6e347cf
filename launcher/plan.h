/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_PLAN_H
#define LAUNCHER_PLAN_H
/*
 * plan.h -- the one description of a sandbox that every program reads.
 *
 * The front end makes it (policy/plan_build.c), prints it (policy/plan_print.c)
 * and encodes it (policy/plan_encode.c) into a sealed memfd.  The launcher and
 * init decode the same bytes (launcher/plan_wire.c), so what is printed is what
 * runs (invariant I3).  Data only, fixed limits, no pointer is owned: every
 * string is a view into the sealed blob (or, in the front end, into its arena)
 * and ends with a NUL.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PLAN_VERSION = 1,
	PLAN_FD = 3,        /* where the blob is handed on */
	PLAN_HOLDER_FD = 4, /* with PLAN_INIT_MOUNTS, see below */
	PLAN_LINE_FD = 5,   /* the same */
	PLAN_FD_FIRST = 6,  /* of those that the plan names */
	PLAN_FD_MAX = 65535,
	PLAN_BLOB_MAX = 8 << 20, /* bytes; argv and environment are most */
	PLAN_MOUNTS_MAX = 4096,
	PLAN_PATH_MAX = 4095,    /* bytes without the NUL, as PATH_MAX */
	PLAN_LIST_MAX = 1 << 20, /* strings in argv or environment */
	PLAN_LIMITS_MAX = 16,    /* RLIM_NLIMITS */
	PLAN_FILTER_MAX = 4096,  /* instructions, BPF_MAXINSNS */
	PLAN_TIMEOUT_MAX_MS = 0x7fffffff,
};

/*
 * With PLAN_INIT_MOUNTS a child of the launcher, the holder, makes a mount
 * namespace, and for a PLAN_PRIVATE_NET a network namespace with lo, while
 * launcher and bwrap go their way; init joins them, and bwrap makes the others.
 * The front end asks for the first by a pipe on PLAN_HOLDER_FD, for both by one on
 * PLAN_LINE_FD too, where else anything is.  It may ask before the plan is ready,
 * which is when the pipe ends.  To init the one is the holder's pidfd, the other a
 * socket on which the holder says a byte when it is done, and at whose end it ends.
 */
enum plan_flag {
	PLAN_NAMESPACES = 1u << 0,  /* else init runs in place, without bwrap */
	PLAN_PRIVATE_NET = 1u << 1, /* own network namespace with lo */
	/* init makes doors in it for the supervisor (launcher/doors.h), with
	 * two capabilities that it keeps until it drops */
	PLAN_NET_PROXY = 1u << 2,
	PLAN_TTY = 1u << 3, /* init makes a pty pair inside, see tty_mask */
	/* wait for every process, not only the command */
	PLAN_KEEP_BACKGROUND = 1u << 4,
	/* Landlock must scope abstract sockets and signals */
	PLAN_SCOPE_SOCKETS = 1u << 5,
	PLAN_NO_NEW_PRIVS = 1u << 6, /* always with namespaces or a filter */
	PLAN_INIT_MOUNTS = 1u << 7,  /* init lays the mounts, bwrap none */
	PLAN_PROVE = 1u << 8,        /* report every canary on stderr */
	PLAN_LANDLOCK = 1u << 9,     /* the files of the plan by Landlock too */
	PLAN_FLAGS_ALL = (1u << 10) - 1,
};

/* Mount operations, in the order in which they are laid. */
enum plan_op {
	PLAN_BIND_RO, /* fd or arg (source path) onto dest, read-only, recursive */
	PLAN_BIND_RW,  /* the same, writable */
	PLAN_BIND_DEV, /* the same, device nodes work */
	PLAN_TMPFS, /* empty tmpfs of mode perms on dest (remounted read-only by a later PLAN_REMOUNT_RO) */
	PLAN_MASK_FILE, /* empty file of mode perms over the file dest */
	PLAN_DEV,       /* minimal /dev on dest */
	PLAN_PROC,      /* own procfs on dest */
	PLAN_DIR,     /* make the directory dest (only inside our own tmpfs) */
	PLAN_SYMLINK, /* make the symlink dest -> arg (only inside our own tmpfs) */
	PLAN_OVERLAY,   /* dest as the upper layer over a skeleton of the guards
			  * below it, arg is the work directory; init only */
	PLAN_GUARD_DIR, /* a name that must stay absent: an empty, read-only */
	PLAN_GUARD_FILE, /* directory or file in its place; what is in the
			  * file is arg, or comes by fd */
	PLAN_PIN_LINK,   /* the symlink dest bound onto itself; init only */
	PLAN_REMOUNT_RO, /* that one mount read-only; always last */
	PLAN_OP_MAX,
};

struct plan_mount {
	uint8_t op;     /* enum plan_op */
	uint16_t perms; /* mode bits for PLAN_TMPFS, PLAN_MASK_FILE, PLAN_DIR */
	int32_t fd;     /* source (O_PATH), or content of a mask; -1 = none */
	/* absolute, canonical, free of symlinks, "." and ".." */
	const char *dest;
	/* source path, symlink target, work directory; "" = none */
	const char *arg;
	/* with PLAN_INIT_MOUNTS: identity of the object that the front end
	 * opened; ino 0 = a place, not an object */
	uint64_t dev;
	uint64_t ino;
};

struct plan_limit {
	uint32_t resource;   /* RLIMIT_* */
	uint64_t soft, hard; /* RLIM_INFINITY is UINT64_MAX */
};

/* A list of strings as it lies in the blob; walk it with plan_list_next(). */
struct plan_list {
	uint32_t count;
	const uint8_t *bytes; /* count times (u32 length, bytes, NUL) */
	size_t len;
};

struct plan {
	uint32_t flags;  /* enum plan_flag */
	int32_t init_fd; /* codex-sandbox-init, opened for exec */
	int32_t control_fd; /* SOCK_SEQPACKET to the front end (launcher/control.h) */
	int32_t net_fd;      /* SOCK_SEQPACKET to the supervisor, -1 = none */
	int32_t stdio_fd[3]; /* what becomes 0, 1, 2 of the command */
	uint32_t tty_mask;   /* bit n: the pty stands in for stdio n */
	uint32_t umask;      /* of the command */
	uint32_t timeout_ms, grace_ms; /* 0 = none; between TERM and KILL */
	const char *cwd;               /* of the command, inside */
	uint32_t n_mounts;
	struct plan_mount mounts[PLAN_MOUNTS_MAX];
	uint32_t n_limits;
	struct plan_limit limits[PLAN_LIMITS_MAX];
	const uint8_t *filter; /* struct sock_filter[], native order */
	uint32_t n_filter;     /* instructions; 0 = no filter */
	struct plan_list argv; /* at least one */
	struct plan_list env;
	struct plan_list net; /* what else init opens, see netns/doors.h */
};

/*
 * Wire form, version 1.  Little-endian, no padding, one pass:
 *
 *   "CSBPLAN" NUL, u32 version, u32 total length in bytes,
 *   u32 flags, i32 init_fd, i32 control_fd, i32 net_fd, i32 stdio_fd[3],
 *   u32 tty_mask, u32 umask, u32 timeout_ms, u32 grace_ms, str cwd,
 *   u32 n_mounts, n_mounts x { u8 op, u16 perms, i32 fd, str dest, str arg,
 *                           u64 dev, u64 ino },
 *   u32 n_limits, n_limits x { u32 resource, u64 soft, u64 hard },
 *   u32 n_filter, n_filter x 8 bytes,
 *   u32 count, count x str                       (argv)
 *   u32 count, count x str                       (environment)
 *   u32 count, count x str                       (doors)
 *
 * str = u32 length, that many bytes without NUL, one NUL.  Nothing follows.
 */

#endif /* LAUNCHER_PLAN_H */
