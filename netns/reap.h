/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_REAP_H
#define NETNS_REAP_H
/* reap.h -- init's life while the command runs (theory: netns/README.md). */
#include <sys/types.h>

struct init;

/**
 * Forward, reap, time out, and report to the front end, until nothing is left
 * to wait for.  Returns the exit code: the command's own, 128+n, or 124.
 */
int reap_until_end(const struct init *init, pid_t command);

#endif /* NETNS_REAP_H */
