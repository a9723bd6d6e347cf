/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_INIT_H
#define NETNS_INIT_H
/* init.h -- what the steps of codex-sandbox-init hand to each other. */
#include <stdbool.h>
#include <stdint.h>

struct plan;

struct init {
	const struct plan *plan; /* view into the mapped blob */
	bool pid1;               /* PID 1 of a namespace of our own */
	bool foreground;         /* the pty begins in the command's hands */
	int control;             /* to the front end, close-on-exec */
	int tty;                 /* slave of the pty, -1 without PLAN_TTY */
	int outside;             /* canary_listen() */
	uint64_t ignored;        /* bit n-1: signal n came to us ignored */
	const char **vector;     /* one spare slot, argv, NULL, env, NULL */
	const char **env;        /* into vector */
	volatile bool has_stdio; /* set by the command's process: from there on
				  * an error of it is told on its own stderr */
};

#endif /* NETNS_INIT_H */
