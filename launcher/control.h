/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_CONTROL_H
#define LAUNCHER_CONTROL_H
/*
 * control.h -- what the front end and init say to each other.
 *
 * One SOCK_SEQPACKET socketpair, made by the front end, its far end named by
 * plan.control_fd.  Every message is one packet of CONTROL_LEN bytes:
 * sixteen little-endian u32, the first of which is the type, unused ones zero.
 * The command never holds this socket (init keeps it close-on-exec and is not
 * dumpable).  Both sides close the connection on anything they do not expect.
 * End of file towards init means that the front end is gone: init kills all.
 */
#include <stddef.h>
#include <stdint.h>

enum { CONTROL_WORDS = 16, CONTROL_LEN = CONTROL_WORDS * 4 };

enum control_type {
	/* front end -> init */
	CONTROL_SIGNAL = 1, /* word 1: signal number for the command's group */
	CONTROL_CONTINUE,   /* CONT; word 1: 1 = the person's terminal is in our
			     * foreground, 0 = it is not.  With PLAN_TTY the
			     * first one answers READY: size and settings of the
			     * pty are made, the command may start. */
	CONTROL_HANGUP,     /* the person's terminal is gone: HUP and CONT, then
			     * the grace period */
	/* init -> front end */
	CONTROL_READY = 64, /* cage complete, command about to start; carries
			     * the pty master (SCM_RIGHTS) with PLAN_TTY */
	CONTROL_STOPPED,    /* word 1: the stop signal of the command */
	CONTROL_EXIT,       /* see enum control_exit_word */
	CONTROL_OVERLAY,    /* before READY, carries (SCM_RIGHTS) the context of
			     * an overlay's file system, see run_fresh.h */
	CONTROL_UNABLE,     /* in place of READY: this kernel or container
			     * refuses a means of the plan; word 1: enum
			     * control_unable.  Nothing of the command has run;
			     * init ends with 125 and has said why. */
};

/* Words of CONTROL_UNABLE: what a plan with weaker means can do without. */
enum control_unable {
	UNABLE_MOUNTS = 1, /* the mount calls: PLAN_INIT_MOUNTS */
	UNABLE_OVERLAY,    /* PLAN_OVERLAY */
};

/* Words of CONTROL_EXIT. */
enum control_exit_word {
	CX_CODE = 1, /* exit code to end with: 0-255, 128+n, 124, 125-127 */
	CX_WSTATUS,  /* raw wait status of the command */
	CX_TIMEOUT,  /* 1: ended by --timeout */
	CX_UTIME_LO,
	CX_UTIME_HI, /* microseconds of user time, whole tree */
	CX_STIME_LO,
	CX_STIME_HI,   /* microseconds of system time, whole tree */
	CX_MAXRSS_KIB, /* largest process, KiB, saturating */
};

static inline void
control_put(uint8_t out[CONTROL_LEN], const uint32_t word[CONTROL_WORDS])
{
	for (size_t i = 0; i < CONTROL_WORDS; i++)
		for (size_t b = 0; b < 4; b++)
			out[i * 4 + b] = (uint8_t)(word[i] >> (8 * b));
}

static inline void
control_get(uint32_t word[CONTROL_WORDS], const uint8_t in[CONTROL_LEN])
{
	for (size_t i = 0; i < CONTROL_WORDS; i++)
		word[i] = (uint32_t)in[i * 4] | (uint32_t)in[i * 4 + 1] << 8 |
			  (uint32_t)in[i * 4 + 2] << 16 |
			  (uint32_t)in[i * 4 + 3] << 24;
}

#endif /* LAUNCHER_CONTROL_H */
