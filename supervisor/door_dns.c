/* SPDX-License-Identifier: Apache-2.0 */
/* door_dns.c -- packets to and from the DNS answerer (room: user). */
#include "supervisor/door.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include <netinet/in.h>

#include "supervisor/conn.h"
#include "supervisor/dns.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"

enum {
	/* In one turn of the loop; the others have their turn then. */
	PACKETS_PER_TURN = 64,
	TCP_MAX = DNS_PACKET_MAX + 2,
};

void
door_dns_tell(struct serve *s, const struct dns_reply *r)
{
	struct event e = { .kind = EVENT_DECISION,
		.door = DOOR_AT_DNS,
		.protocol = NETPOL_DNS,
		.decision = r->verdict.decision,
		.source = r->verdict.source,
		.reason = netpol_reason_name(r->verdict.reason),
		.host = r->host.name };
	if (r->len == 0 || r->verdict.reason == NETPOL_RATE) {
		s->totals.dns_dropped++;
		return;
	}
	if (r->answered)
		s->totals.dns_answered++;
	else
		s->totals.dns_refused++;
	/* Each name once: resolvers ask again and again. */
	if (!r->fresh || r->host.name[0] == '\0')
		return;
	if (r->verdict.decision == NETPOL_DENY) {
		struct account *a =
			account_get(&s->accounts, r->host.name, NETPOL_DNS, 0);
		a->denied++;
		a->reason = e.reason;
		s->accounts.denied++;
	}
	event_send(&s->events, s->loop.now_ms, &e);
}

/*
 * The control messages of a datagram hold the address that was asked; the answer
 * has to come from there.  What the kernel gives as IP_PKTINFO it also takes, but
 * for the interface, which may be any.
 */
static void
from_where_it_was_asked(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
		c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo in;
			memcpy(&in, CMSG_DATA(c), sizeof(in));
			in.ipi_ifindex = 0;
			in.ipi_spec_dst = in.ipi_addr;
			memcpy(CMSG_DATA(c), &in, sizeof(in));
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo in;
			memcpy(&in, CMSG_DATA(c), sizeof(in));
			in.ipi6_ifindex = 0;
			memcpy(CMSG_DATA(c), &in, sizeof(in));
		}
	}
}

/* False: nothing more for now. */
static bool
one_datagram(struct serve *s, int fd)
{
	uint8_t bytes[DNS_PACKET_MAX];
	struct sockaddr_storage from;
	union {
		char bytes[256];
		struct cmsghdr align;
	} control;
	struct iovec part = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr m = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	struct dns_reply reply;
	ssize_t n = recvmsg(fd, &m, 0);
	if (n < 0)
		return errno != EAGAIN && errno != EBADF;
	if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		s->totals.dns_dropped++;
		return true;
	}
	dns_answer(s->dns, bytes, (size_t)n, s->loop.now_ms, &reply);
	door_dns_tell(s, &reply);
	if (reply.len == 0)
		return true;
	from_where_it_was_asked(&m);
	part = (struct iovec){ .iov_base = reply.bytes, .iov_len = reply.len };
	m.msg_flags = 0;
	/* One that cannot be sent is one that was lost: it is UDP. */
	(void)sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	return true;
}

void
door_dns_datagrams(struct serve *s, int fd)
{
	for (int i = 0; i < PACKETS_PER_TURN && one_datagram(s, fd); i++)
		continue;
}

/* ---- TCP ------------------------------------------------------------------------ */

/* One question.  True: there may be another. */
static bool
one_question(struct conn *c)
{
	struct serve *s = c->serve;
	const uint8_t *in = (const uint8_t *)c->in.data;
	struct dns_reply reply;
	uint8_t head[2];
	if (c->in.len < 2)
		return false;
	size_t len = (size_t)in[0] << 8 | in[1];
	if (len > DNS_PACKET_MAX) {
		conn_close(c);
		return false;
	}
	if (c->in.len < len + 2)
		return false;
	dns_answer(s->dns, in + 2, len, s->loop.now_ms, &reply);
	door_dns_tell(s, &reply);
	conn_bytes_drop(&c->in, len + 2);
	head[0] = (uint8_t)(reply.len >> 8); /* DNS_REPLY_MAX */
	head[1] = (uint8_t)(reply.len & 0xff);
	struct iovec part[2] = { { .iov_base = head, .iov_len = 2 },
		{ .iov_base = reply.bytes, .iov_len = reply.len } };
	struct msghdr m = { .msg_iov = part, .msg_iovlen = 2 };
	/* Who asks and does not read what is answered is not served. */
	if (reply.len == 0 || sendmsg(c->client.fd, &m, MSG_NOSIGNAL) !=
				      (ssize_t)(reply.len + 2)) {
		conn_close(c);
		return false;
	}
	conn_deadline(c, s->limits->head_ms);
	return true;
}

static void
dns_input(struct conn *c)
{
	for (int i = 0; i < PACKETS_PER_TURN;) {
		if (one_question(c)) {
			i++;
			continue;
		}
		if (c->state == CONN_CLOSED)
			return;
		int got = conn_read(&c->client_side, &c->in, TCP_MAX);
		if (got == 0)
			return;
		if (got < 0) {
			conn_close(c);
			return;
		}
	}
	/* So many at once is nobody who waits for an answer. */
	conn_close(c);
}

static void
dns_never(struct conn *c)
{
	conn_close(c); /* cannot be: it is never routed */
}

static void
dns_refused(struct conn *c, const struct conn_refusal *r)
{
	(void)r;
	dns_never(c);
}

static const struct conn_door door_dns = {
	.input = dns_input,
	.open = dns_never,
	.refused = dns_refused,
};

void
door_dns_accept(struct serve *s, const struct serve_listener *l, int fd)
{
	(void)l;
	struct conn *c = conn_new(s, fd, &door_dns, DOOR_AT_DNS);
	if (c == NULL)
		return;
	c->client_side.in = true;
	dns_input(c);
}
