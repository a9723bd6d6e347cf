/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RUN_NET_H
#define POLICY_RUN_NET_H
/*
 * run_net.h -- the network supervisor beside a run (supervisor/main.c).
 *
 * It is started before the launcher and gets ready while that and bwrap do.
 * Packets from it (SOCK_SEQPACKET), the first byte being the type:
 *
 *   RUN_NET_READY     the doors are taken
 *   RUN_NET_EVENT     and one line of JSON: a decision, an end of a connection
 *   RUN_NET_SUMMARY   and one JSON object: what became of everything; last
 *
 * Our side says nothing but that there is no command any more, by shutting its
 * direction down.  The end of the front end closes both, and is the end of the
 * supervisor; the end of the supervisor closes the doors, so that the command
 * gets errors, and is told by run_net_end().
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct diag;
struct plan_net;
struct pollfd;

enum {
	/* Descriptors of the supervisor. */
	RUN_NET_POLICY = 3,
	RUN_NET_INIT = 4,
	RUN_NET_FRONT = 5,
	RUN_NET_PUBLISH = 6,

	RUN_NET_READY = 'R',
	RUN_NET_EVENT = 'E',
	RUN_NET_SUMMARY = 'S',
	RUN_NET_PACKET_MAX = 64 << 10,
};

struct run_net {
	pid_t pid;     /* 0 = none */
	int front;     /* borrowed of plan_net; -1 once it has ended */
	int events;    /* borrowed: where events go, -1 = nowhere */
	char *summary; /* owned: one JSON object, or NULL */
	bool ready;
	bool ends_run; /* its end is the command's too */
};

/**
 * Open what --net-events names: made with mode 0600, or appended to.  0, or
 * -errno with a diag; what is no regular file, and a symlink, is refused.
 */
int run_net_events(const char *path, int *ret_fd, struct diag *d);

/**
 * Start it with the descriptors of `net`, its error log on errlog_fd; `net` keeps
 * only its own end of the channel open.  0 or -errno with a diag.
 */
int run_net_start(struct run_net *rn, struct plan_net *net, int errlog_fd,
	struct diag *d);

/** Fill one slot of a poll array, and look at it afterwards. */
void run_net_poll(const struct run_net *rn, struct pollfd *slot);
/** Has it ended while its end is the command's?  Says so once. */
bool run_net_is_over(struct run_net *rn);
void run_net_serve(struct run_net *rn, const struct pollfd *slot);

/**
 * There is no command any more: ask for the summary, wait for the end (at most
 * some seconds, then it is killed).  *d, when still empty, says if it had ended
 * before it should.
 */
void run_net_end(struct run_net *rn, struct diag *d);

#endif /* POLICY_RUN_NET_H */
