/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback.c -- canaries for the private network (room: inside).
 *
 * Somebody else (spaces.c, bwrap) has brought lo up.  We do not list
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

#include "launcher/doors.h"
#include "launcher/fail.h"
#include "launcher/own.h"

/* To where and, after try_route(), from where. */
union name {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* 0 or the errno; no packet is sent.  *from is our own address on that way. */
static int
try_route(const union name *to, union name *from)
{
	const socklen_t to_len =
		to->any.sa_family == AF_INET ? sizeof to->v4 : sizeof to->v6;
	socklen_t from_len = sizeof *from;
	own_fd int fd = socket(to->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 || connect(fd, &to->any, to_len) != 0 ||
			       getsockname(fd, &from->any, &from_len) != 0
		       ? errno
		       : 0;
}

static union name
name_v4(uint32_t address)
{
	return (union name){ .v4 = { .sin_family = AF_INET,
				     .sin_port = htons(9),
				     .sin_addr.s_addr = htonl(address) } };
}

/* 192.0.2.1, RFC 5737 */
static union name
outside_v4(void)
{
	return name_v4(0xc0000201);
}

/* 2001:db8::1, RFC 3849 */
static union name
outside_v6(void)
{
	return (union name){ .v6 = { .sin6_family = AF_INET6,
				     .sin6_port = htons(9),
				     .sin6_addr.s6_addr = { 0x20, 0x01, 0x0d,
					     0xb8, [15] = 1 } } };
}

void
loopback_check(void)
{
	const union name to = name_v4(INADDR_LOOPBACK);
	union name from = { .any = { 0 } };
	errno = try_route(&to, &from);
	if (errno == ENETUNREACH)
		die("private network", "its loopback interface is down",
			"codex-sandbox doctor");
	if (errno != 0)
		die_errno("private network", "codex-sandbox doctor");
}

int
loopback_try_v4(void)
{
	const union name to = outside_v4();
	union name from = { .any = { 0 } };
	return try_route(&to, &from);
}

int
loopback_try_v6(void)
{
	const union name to = outside_v6();
	union name from = { .any = { 0 } };
	return try_route(&to, &from);
}

/*
 * Who is asked for over a local route speaks to himself, from the same address
 * or, with IPv6, from one of lo's own; over any other interface he would be
 * somebody else.
 */
int
loopback_leave_v4(void)
{
	const union name to = outside_v4();
	union name from = { .any = { 0 } };
	int err = try_route(&to, &from);
	if (err != 0)
		return err;
	return from.v4.sin_addr.s_addr == to.v4.sin_addr.s_addr ? EADDRNOTAVAIL
								: 0;
}

int
loopback_leave_v6(void)
{
	static const struct in6_addr own = { .s6_addr = { DOORS_OWN6 } };
	const union name to = outside_v6();
	union name from = { .any = { 0 } };
	int err = try_route(&to, &from);
	if (err != 0)
		return err;
	return IN6_IS_ADDR_LOOPBACK(&from.v6.sin6_addr) ||
			       IN6_ARE_ADDR_EQUAL(&from.v6.sin6_addr, &own) ||
			       IN6_ARE_ADDR_EQUAL(
				       &from.v6.sin6_addr, &to.v6.sin6_addr)
		       ? EADDRNOTAVAIL
		       : 0;
}
