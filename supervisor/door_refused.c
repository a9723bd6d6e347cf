/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door_refused.c -- connections that the kernel inside refuses (room: user).
 *
 * Where there is no TPROXY only listed ports are caught; all others are refused
 * by the kernel, at once.  A raw socket that init made has a copy of each refusal
 * (netns/doors.c says why they are told from other resets), and its source is
 * what the program had dialled.  Nothing is decided here: it is only told.
 */
#include "supervisor/door.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include <netinet/in.h>

#include "launcher/doors.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"

enum {
	REFUSALS_PER_TURN = 64,
	PACKET_MAX = 128, /* more than both headers */
	IP4_WORDS = 0x0f, /* of the first byte: length of the header */
	IP4_WORD = 4,
};

/* A refusal by name is one of policy; else the way is missing, no more. */
static void
tell(struct serve *s, const struct nethost *host, uint16_t port,
	const struct netaddr *addr)
{
	const struct netpol_query q = {
		.protocol = NETPOL_TCP, .host = host, .port = port
	};
	struct event e = { .kind = EVENT_DECISION,
		.door = DOOR_AT_TRANSPARENT,
		.protocol = NETPOL_TCP,
		.host = host->name,
		.port = port,
		.addr = addr };
	struct account *a =
		account_get(&s->accounts, host->name, NETPOL_TCP, port);
	serve_own(s, (struct netpol_addrs){ &host->addr, host->literal });
	const struct netpol_verdict v =
		netpol_judge(s->policy, &q, s->own, s->n_own);
	e.decision = v.decision;
	e.source = v.source;
	e.reason = netpol_reason_name(v.reason);
	if (v.decision == NETPOL_ALLOW) {
		e.kind = EVENT_FAILED;
		e.reason = "not_captured";
		a->failed++;
		s->accounts.failed++;
	} else {
		a->denied++;
		s->accounts.denied++;
	}
	a->reason = e.reason;
	event_send(&s->events, s->loop.now_ms, &e);
}

/* Is it lo's own, where a server of the command's would be? */
static bool
is_own(const struct netaddr *a)
{
	static const uint8_t own4[4] = { DOORS_OWN4 };
	static const uint8_t own6[16] = { DOORS_OWN6 };
	return netaddr_class(a) == NETADDR_LOOPBACK ||
	       (netaddr_is4(a) && memcmp(a->bytes + 12, own4, 4) == 0) ||
	       memcmp(a->bytes, own6, sizeof(own6)) == 0;
}

/* False: nothing more for now. */
static bool
one_refusal(struct serve *s, int fd)
{
	uint8_t bytes[PACKET_MAX];
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(from);
	struct netaddr a;
	struct nethost host;
	uint16_t none = 0;
	ssize_t n = recvfrom(
		fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &len);
	if (n < 0)
		return errno == EINTR;
	size_t at = from.ss_family == AF_INET && n > 0
			    ? (size_t)(bytes[0] & IP4_WORDS) * IP4_WORD
			    : 0;
	if ((size_t)n < at + 2 || /* not negative */
		netaddr_from_sockaddr(
			(const struct sockaddr *)&from, &a, &none) < 0 ||
		is_own(&a) || door_open_host(s, &a, &host) < 0)
		return true;
	tell(s, &host, (uint16_t)(bytes[at] << 8 | bytes[at + 1]), &a);
	return true;
}

void
door_refused_datagrams(struct serve *s, int fd)
{
	for (int i = 0; i < REFUSALS_PER_TURN && one_refusal(s, fd); i++)
		continue;
}
