/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RUN_LOOP_H
#define POLICY_RUN_LOOP_H
/*
 * run_loop.h -- a run in progress; inside of run*.c.
 *
 *   run.c           begins, polls, ends
 *   run_signals.c   what a signal means, and where it goes
 *   run_messages.c  what init says
 */
#include <sys/types.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "launcher/control.h"
#include "policy/pty_relay.h"
#include "policy/run.h"
#include "policy/run_fresh.h"
#include "policy/run_net.h"

struct run {
	struct run_args a;
	struct run_result *ret;
	pid_t child;
	int gate;         /* owned; the launcher waits for its end; -1 = none */
	int sigfd;        /* owned */
	int control;      /* borrowed; -1 once it was shut */
	int parent;       /* owned pidfd, -1 = none */
	sigset_t taken;   /* signals we handle */
	sigset_t before;  /* what was blocked when we came, and SIGCHLD */
	uint32_t waiting; /* bit i: forwarded[i] came before READY */
	int cancelled_by; /* signal, 0 = none */
	bool stop_asked;  /* SIGTSTP was forwarded: a stop is ours too */
	bool hung_up;     /* HANGUP was said */
	bool give_up;     /* a signal that would end us came: see run_drain() */
	bool child_gone;  /* it has ended, and is still a zombie */
	struct relay relay;
	struct fresh fresh;
	struct run_net net;
};

/* ---- run_signals.c -------------------------------------------------------- */

/**
 * Take over the signals that we forward.  What our caller ignores (nohup, an
 * asynchronous command of a script) is left ignored and does not reach the
 * command.  They stay blocked for good: the process is about to end with it.
 * 0, or -errno with a diag.
 */
int run_take_signals(struct run *run, struct diag *d);

/** Read the signalfd, and do what each signal means. */
void run_on_signals(struct run *run);

/** The command is there: forward what came before. */
void run_forward_waiting(struct run *run);

/** Say something to init, while it listens. */
void run_say(const struct run *run, enum control_type type, uint32_t value);

/** To init this is the end of us: it kills all. */
void run_shut(struct run *run);

/** End the set-up as this signal would have. */
void run_cancel(struct run *run, int sig);

/**
 * The terminal is gone: HUP once, however we learn of it, and init begins to
 * count.  HUP from anybody else (reload!) is a signal like others.
 */
void run_hang_up(struct run *run);

/** Let the command go on, in front of the terminal or behind. */
void run_go_on(struct run *run);

/** Stop whom (0: our group) by sig, until somebody continues us. */
void run_stop_self(struct run *run, pid_t whom, int sig);

/**
 * All that the command wrote before it stopped or ended.  A signal that would
 * end us ends the wait for a terminal that takes nothing.
 */
void run_drain(struct run *run);

/* ---- run_messages.c -------------------------------------------------------- */

/** Take every message of init that is there. */
void run_on_control(struct run *run);

#endif /* POLICY_RUN_LOOP_H */
