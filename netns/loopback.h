/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_LOOPBACK_H
#define NETNS_LOOPBACK_H
/* loopback.h -- the private network: lo is up, and there is no way out. */

/** Ends the sandbox unless 127.0.0.1 can be reached. */
void loopback_check(void);

/** Look for a route to the outside; 0 when there is one, else the errno. */
int loopback_try_v4(void);
int loopback_try_v6(void);

/**
 * The same where every address is to be one of lo's own (netns/doors.h): is
 * there a route to one that is not?  0 when there is, else an errno.
 */
int loopback_leave_v4(void);
int loopback_leave_v6(void);

#endif /* NETNS_LOOPBACK_H */
