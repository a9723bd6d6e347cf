/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback.c -- a canary for the private network (room: inside).
 *
 * bwrap makes the network namespace and brings lo up.  We do not list
 * interfaces: a dump takes the kernel's rtnl lock, which the tear-down of other
 * sandboxes' namespaces holds for milliseconds, and a fresh namespace may hold
 * fallback tunnels (sit0, tunl0) that are down and harm nobody.  Instead we ask
 * for what counts, with the command's own means: connect() of a UDP socket
 * looks the route up and sends nothing.  To 127.0.0.1 it must succeed, to an
 * address reserved for documentation it must fail.  Six calls, some 5 us.
 */
#include "netns/loopback.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include <netinet/in.h>

#include "launcher/fail.h"
#include "launcher/own.h"

static bool
is_reachable(int fd, const void *address, socklen_t len)
{
	return connect(fd, address, len) == 0;
}

static void
check_outside(bool is_out)
{
	if (is_out)
		die("private network", "it has a route to the outside",
			"codex-sandbox doctor");
}

static void
check_v4(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };
	own_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die_errno("private network", "codex-sandbox doctor");
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!is_reachable(fd, &a, sizeof a))
		die("private network", "its loopback interface is down",
			"codex-sandbox doctor");
	a.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1, RFC 5737 */
	check_outside(is_reachable(fd, &a, sizeof a));
}

static void
check_v6(void)
{
	/* 2001:db8::1, RFC 3849 */
	const struct sockaddr_in6 a = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(9),
		.sin6_addr.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
	};
	own_fd int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return; /* a kernel without IPv6 has no way out by IPv6 */
	check_outside(is_reachable(fd, &a, sizeof a));
}

void
loopback_check(void)
{
	check_v4();
	check_v6();
}
