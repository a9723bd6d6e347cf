/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_NET_H
#define POLICY_PLAN_NET_H
/*
 * plan_net.h -- what a network policy needs of a plan and of this host.
 *
 * The plan gets the doors that init is to make (netns/doors.h), the supervisor
 * its policy, its sockets, and the listeners of what is published, which are
 * made here: a port that is taken ends the run before it begins.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct netpol;
struct plan;

enum { PLAN_NET_PUBLISH_MAX = 5, PLAN_NET_WORDS_MAX = 80 };

struct plan_net {
	bool on;
	bool transparent;    /* the transparent door is asked for */
	bool ends_run;       /* the supervisor's end is the command's too */
	uint16_t proxy_port; /* of the explicit door inside; 0 = none */
	char *words[PLAN_NET_WORDS_MAX + 1]; /* owned; NULL ends them */
	size_t n_words;
	char *program; /* owned: the supervisor */
	/* Owned, -1 = none. */
	int policy_fd;             /* sealed */
	int init_near;             /* becomes the supervisor's */
	int init_far;              /* plan.net_fd */
	int front_near, front_far; /* ours, and the supervisor's */
	int publish[PLAN_NET_PUBLISH_MAX];
	size_t n_publish;
};

extern const struct plan_net PLAN_NET_NONE;

/** How much is opened. */
enum plan_net_how {
	PLAN_NET_RUN, /* everything */
	PLAN_NET_DRY, /* for explain: no socket of the host is bound */
};

/**
 * Into *net, which is PLAN_NET_NONE or was closed, and into plan->flags and
 * plan->net_fd.  `place` is the directory of our programs.  0 or -errno with a
 * diag; plan_net_close() is due in both cases.
 */
int plan_net_arrange(struct plan_net *net, struct plan *plan,
	const struct netpol *np, const char *place, enum plan_net_how how,
	struct diag *d);

/** The supervisor has its descriptors: close ours of them. */
void plan_net_started(struct plan_net *net);

/** Close and free everything. */
void plan_net_close(struct plan_net *net);

#endif /* POLICY_PLAN_NET_H */
