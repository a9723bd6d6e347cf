/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_own.c -- the addresses of this host; room: user. */
#include "policy/netpol.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>

int
netpol_own_addresses(struct netaddr **ret, size_t *ret_n)
{
	struct ifaddrs *all = NULL;
	struct netaddr *list = NULL;
	size_t n = 0;

	if (getifaddrs(&all) < 0)
		return -errno;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next)
		n++;
	list = calloc(n + 1, sizeof(*list));
	n = 0;
	for (const struct ifaddrs *i = all; list && i; i = i->ifa_next) {
		uint16_t port;

		if (i->ifa_addr && netaddr_from_sockaddr(
					   i->ifa_addr, &list[n], &port) == 0)
			n++;
	}
	freeifaddrs(all);
	if (!list)
		return -ENOMEM;
	*ret = list;
	*ret_n = n;
	return 0;
}
