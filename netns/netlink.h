/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_NETLINK_H
#define NETNS_NETLINK_H
/*
 * netlink.h -- what init says to the kernel about its network namespace.
 *
 * The messages never change: lo is interface 1 of every namespace, and ports and
 * addresses are constants (launcher/doors.h).  So policy/netlink_gen.c, a build
 * tool, composes them with libnl-3 and libnl-route-3, and init sends bytes: PID 1
 * has no heap, no library for netlink, and nothing to get wrong at run time.
 */
#include <stddef.h>
#include <stdint.h>

struct netlink_bytes {
	const uint8_t *bytes;
	size_t len;
};

/* lo's second addresses, DOORS_OWN4 and DOORS_OWN6. */
extern const struct netlink_bytes netlink_address4;
extern const struct netlink_bytes netlink_address6;
/* Every address is one of this host's: local default routes over lo. */
extern const struct netlink_bytes netlink_route4;
extern const struct netlink_bytes netlink_route6;
/* A table that sends every TCP connection but those to lo's own addresses, and
 * to port 53, to DOORS_ALL_PORT; and the same where the kernel has no IPv6. */
extern const struct netlink_bytes netlink_tproxy;
extern const struct netlink_bytes netlink_tproxy4;

/**
 * Send one of the above to a netlink family and read what the kernel says.
 * 0 when it was done, else the errno of the first part that was refused.
 */
int netlink_send(int protocol, const struct netlink_bytes *what);

#endif /* NETNS_NETLINK_H */
