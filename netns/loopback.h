/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_LOOPBACK_H
#define NETNS_LOOPBACK_H
/* loopback.h -- is this really a network of our own? */

/** Loopback works and there is no way out; otherwise exit code 125. */
void loopback_check(void);

#endif /* NETNS_LOOPBACK_H */
