/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_UDP_FLOW_H
#define SUPERVISOR_UDP_FLOW_H
/*
 * udp_flow.h -- datagrams of one SOCKS5 association to one target.
 *
 * The first datagram begins a flow: it is judged, its name is looked up once,
 * and what comes before the answer waits (a few, then it is lost: it is UDP).
 * Answers are taken from the address that was dialled and from nowhere else.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"
#include "supervisor/netdesk.h"
#include "supervisor/resolve.h"
#include "supervisor/socks.h"

struct account;
struct serve;
struct udp_flow;

enum {
	UDP_WAITING_MAX = 4,         /* datagrams of a flow */
	UDP_WAITING_BYTES = 8 << 20, /* of all flows */
	UDP_PAYLOAD_MAX = 65507,
};

enum udp_flow_state {
	UDP_JUDGING, /* somebody is asked, or a name looked up */
	UDP_OPEN,
	UDP_REFUSED,
};

struct udp_waiting {
	void *bytes; /* owned */
	size_t len;
};

struct udp_flow {
	struct udp_flow *next; /* of the association */
	struct serve *serve;
	/* Sends to the outside, when open. */
	void (*send)(struct udp_flow *f, const void *bytes, size_t len);
	void *owner;
	enum udp_flow_state state;
	struct nethost host;
	uint16_t port;
	struct netaddr addr;
	struct netpol_verdict verdict;
	struct netdesk_waiter asked;
	struct resolve_waiter resolving;
	struct account *account;
	uint64_t begun_ms;
	uint64_t up, down;
	size_t n_waiting;
	struct udp_waiting waiting[UDP_WAITING_MAX];
};

/** Begin to judge; NULL: no memory. */
struct udp_flow *udp_flow_new(struct serve *s, const struct socks_datagram *to,
	void (*send)(struct udp_flow *f, const void *bytes, size_t len),
	void *owner);
void udp_flow_free(struct udp_flow *f);

/** A datagram from the client: it is sent, waits, or is dropped. */
void udp_flow_put(struct udp_flow *f, const void *bytes, size_t len);

/** A datagram came from there: count it. */
void udp_flow_got(struct udp_flow *f, size_t len);

#endif /* SUPERVISOR_UDP_FLOW_H */
