/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_own.c -- the addresses of this host; room: user. */
#include "policy/netpol.h"

#include <sys/socket.h>

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "launcher/own.h"

/* "Which route is that" with one address, and room for its answer. */
struct route_question {
	struct nlmsghdr head;
	struct rtmsg route;
	struct rtattr attr;
	uint8_t addr[16];
};

enum { ANSWER_MAX = 1024, FIB_MATCH = 0x2000 /* from Linux 4.13 */ };

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

static size_t
question(const struct netaddr *a, struct route_question *q)
{
	const bool v4 = netaddr_is4(a);
	const size_t len = v4 ? 4 : sizeof(a->bytes);
	*q = (struct route_question){
		.head = { .nlmsg_type = RTM_GETROUTE,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_len = (uint32_t)(offsetof(struct route_question,
							addr) +
						len) },
		.route = { .rtm_family = v4 ? AF_INET : AF_INET6,
			.rtm_dst_len = (uint8_t)(len * 8), /* 32, 128 */
			.rtm_flags = FIB_MATCH },
		.attr = { .rta_type = RTA_DST,
			.rta_len = (uint16_t)RTA_LENGTH(len) }
	};
	memcpy(q->addr, a->bytes + sizeof(a->bytes) - len, len);
	return q->head.nlmsg_len;
}

bool
netpol_is_routed_here(const struct netaddr *a)
{
	union {
		struct nlmsghdr head;
		char bytes[ANSWER_MAX];
	} answer;
	struct route_question q;
	const size_t len = question(a, &q);
	own_fd int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	/* The kernel answers within send(). */
	if (fd < 0 || send(fd, &q, len, 0) != (ssize_t)len)
		return true;
	ssize_t n = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
	if (n < (ssize_t)sizeof(answer.head))
		return true;
	/* An error: there is no route, to here neither. */
	if (answer.head.nlmsg_type != RTM_NEWROUTE)
		return answer.head.nlmsg_type != NLMSG_ERROR;
	if (n < (ssize_t)NLMSG_LENGTH(sizeof(struct rtmsg)))
		return true;
	const struct rtmsg *r = NLMSG_DATA(&answer.head);
	/* Where all the world is routed here it is no host's own. */
	return (r->rtm_type == RTN_LOCAL || r->rtm_type == RTN_ANYCAST) &&
	       r->rtm_dst_len > 0;
}
