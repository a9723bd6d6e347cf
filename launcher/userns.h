/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_USERNS_H
#define LAUNCHER_USERNS_H
/*
 * userns.h -- the one thing that privilege is for: a user namespace of the
 * caller's own ids.  What else is made is made in it, without privilege.
 *
 * It is owned by the caller and holds exactly his uid and gid, each mapped to
 * itself, so whoever joins it can be nobody else.  Never a second id: with one,
 * the owner could join, become that id inside, and act as it outside.
 */
#include <stdbool.h>

struct caller;

struct userns {
	int fd;      /* the namespace; all of them close-on-exec */
	int holder;  /* a pidfd: in it, and in those that were asked for */
	int line;    /* it says when it has them, and ends at the end of this */
	bool early;  /* some were asked for; perhaps before there is a plan */
	bool sealed; /* no user namespace can be made inside it any more */
};

/**
 * Make it by way of a short-lived child, and in it a mount and a network
 * namespace where they are asked for (plan.h).  `sealed` is false where
 * /proc/sys is not writable (containers): then only a seccomp filter stops
 * nested ones, and the caller has to insist on one.  Ends the program on any
 * other failure.
 */
void userns_hold(const struct caller *who, struct userns *ret);

#endif /* LAUNCHER_USERNS_H */
