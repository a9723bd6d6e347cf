/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_HANDOVER_H
#define SUPERVISOR_HANDOVER_H
/*
 * handover.h -- the doors, as they arrive from init (launcher/doors.h).
 *
 * Init made them before there was a command, and is ours; but what decides over
 * a network is looked at by both sides.  A socket that is of another kind than
 * its entry says, is bound elsewhere, or is of our own network namespace, ends
 * the run: in the last case "inside" would be the host.
 */
#include <stdint.h>

#include "launcher/doors.h"

struct diag;

struct door {
	uint8_t kind;  /* enum door_kind */
	uint16_t port; /* see there */
	int fd;        /* owned; does not block, close-on-exec */
};

struct handover {
	uint8_t level; /* enum door_level */
	uint16_t n;
	struct door door[DOORS_MAX];
};

/**
 * Wait for init's packet on `socket` (for good: init ends with its sandbox, and
 * that is the end of the connection), take it apart, check every socket and
 * answer.  Of the transparent door it has to be at least `least`.  0, or -errno
 * with a diag, and nothing of it stays open.  -EPIPE has no diag: there is no
 * init any more, and whoever ended it has said why.
 */
int handover_receive(int socket, enum door_level least, struct handover *ret,
	struct diag *d);

/** Close every door. */
void handover_close(struct handover *h);

#endif /* SUPERVISOR_HANDOVER_H */
