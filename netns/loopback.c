/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback.c -- canaries for the private network (room: inside).
 *
 * bwrap makes the network namespace and brings lo up.  We do not list
 * interfaces: a dump takes the kernel's rtnl lock, which the tear-down of other
 * sandboxes' namespaces holds for milliseconds, and a fresh namespace may hold
 * fallback tunnels (sit0, tunl0) that are down and harm nobody.  Instead we ask
 * for what counts, with the command's own means: connect() of a UDP socket
 * looks the route up and sends nothing.  To 127.0.0.1 it must succeed, to an
 * address reserved for documentation it must fail.
 */
#include "netns/loopback.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>

#include <netinet/in.h>

#include "launcher/fail.h"
#include "launcher/own.h"

/* 0 or the errno; no packet is sent. */
static int
try_route(int family, const void *address, socklen_t len)
{
	own_fd int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 || connect(fd, address, len) != 0 ? errno : 0;
}

static int
try_v4(uint32_t address)
{
	const struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(address),
	};
	return try_route(AF_INET, &a, sizeof a);
}

void
loopback_check(void)
{
	errno = try_v4(INADDR_LOOPBACK);
	if (errno == ENETUNREACH)
		die("private network", "its loopback interface is down",
			"codex-sandbox doctor");
	if (errno != 0)
		die_errno("private network", "codex-sandbox doctor");
}

int
loopback_try_v4(void)
{
	return try_v4(0xc0000201); /* 192.0.2.1, RFC 5737 */
}

int
loopback_try_v6(void)
{
	/* 2001:db8::1, RFC 3849 */
	const struct sockaddr_in6 a = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(9),
		.sin6_addr.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
	};
	return try_route(AF_INET6, &a, sizeof a);
}
