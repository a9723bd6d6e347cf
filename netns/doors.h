/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_DOORS_H
#define NETNS_DOORS_H
/*
 * doors.h -- the ways out of the private network, made and handed over.
 *
 * The plan's list has one word and one number for each:
 *
 *   proxy N        explicit door: a listener on port N of lo's own addresses
 *   transparent 0  every other address is routed to lo, port 53 of all of them
 *                  is the answerer's, and TCP ends at us: all ports where the
 *                  kernel has TPROXY, else those of the next lines
 *   port N         with `transparent`: a port that is caught without TPROXY
 *   forward N      a listener on port N for that port of the host's loopback
 *   publish N      sockets to reach port N inside from outside
 *
 * Nothing of it stays with init: the sockets go to the supervisor, routes and
 * rules are the kernel's, and without capabilities nobody changes them.
 */
#include <stdbool.h>

struct plan;

/** Is the transparent door asked for? */
bool doors_are_transparent(const struct plan *plan);

/**
 * Make everything that the plan lists, hand it over on plan.net_fd, wait until
 * the supervisor has taken it, and close that.  Needs CAP_NET_ADMIN,
 * CAP_NET_BIND_SERVICE and CAP_NET_RAW in this namespace.
 */
void doors_open(const struct plan *plan);

#endif /* NETNS_DOORS_H */
