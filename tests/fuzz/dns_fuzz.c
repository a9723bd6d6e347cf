/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_fuzz.c -- any packet from inside: the answer is bounded, echoes the
 * question, and an address in it means an allowed name.
 */
#include "supervisor/dns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stays on whatever NDEBUG says. */
#define must_hold(x)             \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static void
look(const struct dns *dns, const uint8_t *data, const struct dns_reply *r)
{
	unsigned int n = r->bytes[7];
	struct netaddr a = { 0 };

	must_hold(r->len >= 12 && r->len <= DNS_REPLY_MAX);
	must_hold(memcmp(r->bytes, data, 2) == 0 && (r->bytes[2] & 0x80));
	must_hold(n <= 1 && (n == 0 || r->answered));
	if (n == 0 || r->type != 1 || r->bytes[11] != 0 ||
		nethost_is_localhost(&r->host))
		return;
	a.bytes[10] = a.bytes[11] = 0xff;
	memcpy(a.bytes + 12, r->bytes + r->len - 4, 4);
	must_hold(dns_name_of(dns, &a) &&
		  strcmp(dns_name_of(dns, &a), r->host.name) == 0 &&
		  r->verdict.decision == NETPOL_ALLOW);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_netpol struct netpol np = { 0 };
	struct dns_reply r;
	struct dns *dns;

	must_hold(netpol_add_rule(&np, true, "**.test", "", NULL) == 0 &&
		  netpol_add_rule(&np, false, "no.test", "", NULL) == 0);
	dns = dns_new(&np, false);
	must_hold(dns != NULL);
	dns_answer(dns, data, size, 1, &r);
	if (r.len > 0)
		look(dns, data, &r);
	/* The same again is answered with the same address. */
	if (r.answered) {
		struct dns_reply again;

		dns_answer(dns, data, size, 2, &again);
		must_hold(again.len == r.len &&
			  memcmp(again.bytes, r.bytes, r.len) == 0);
	}
	dns_free(dns);
	return 0;
}
