/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_DNS_H
#define SUPERVISOR_DNS_H
/*
 * dns.h -- the answers to questions about names from inside.  Pure: a packet in,
 * a packet out; no socket, no clock, no resolver.
 *
 * A name that policy could allow gets an address of a private pool
 * (198.18.0.0/15, fdc0:de5b::/32), the same one for the life of the sandbox, TTL 1;
 * a connection to that address is a connection to that name.  No query ever
 * leaves the machine from here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netpol.h"

enum {
	DNS_PACKET_MAX = 4096, /* accepted; longer is dropped */
	DNS_REPLY_MAX = 1232,  /* made */
	DNS_NAMES_MAX = 16384, /* of one sandbox */
	DNS_RATE = 200, /* questions a second, after a burst of DNS_BURST */
	DNS_BURST = 400,
};

struct dns; /* opaque: policy, pool, bucket */
/** np is borrowed.  ask: names that nothing allows get an address too, since
 * somebody will be asked when it is used. */
struct dns *dns_new(const struct netpol *np, bool ask);
/** There is no IPv6 inside: no name has an address of it. */
void dns_only_ipv4(struct dns *dns);
void dns_free(struct dns *dns);

struct dns_reply {
	size_t len;                   /* 0: nothing is answered */
	uint8_t bytes[DNS_REPLY_MAX]; /* without TCP's length */
	/* For the event: */
	bool answered; /* an address or an empty answer was given */
	bool fresh;    /* first time that this name is asked for */
	struct netpol_verdict verdict;
	struct nethost host; /* name asked for; name "" = not readable */
	uint16_t type;       /* 1 = A, 28 = AAAA ... */
};

/**
 * Answer one packet (over TCP: without its length prefix; DNS_REPLY_MAX holds
 * there too).  Always fills *ret.  now_ms: a monotonic clock.
 */
void dns_answer(struct dns *dns, const uint8_t *packet, size_t len,
	uint64_t now_ms, struct dns_reply *ret);

/** The name that an address of the pool stands for, or NULL. */
const char *dns_name_of(const struct dns *dns, const struct netaddr *a);
/** Is it an address of the pool, given out or not? */
bool dns_is_pool(const struct netaddr *a);

#endif /* SUPERVISOR_DNS_H */
