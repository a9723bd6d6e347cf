/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol_wire_fuzz.c -- a network policy is decoded; what decodes is encoded to
 * the same bytes, and judges without falling over.
 */
#include "policy/netpol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stays on whatever NDEBUG says. */
#define must_hold(x)             \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hosts[] = { "a.test", "127.0.0.1",
		"64:ff9b::1", "fe80::1%eth0", "localhost" };
	own_netpol struct netpol np = { 0 };
	own_buf struct buf out = { 0 };

	if (netpol_decode(data, size, &np) < 0) {
		must_hold(np.n_rules == 0 && np.rules == NULL);
		return 0;
	}
	netpol_encode(&np, &out);
	must_hold(out.len == size && memcmp(out.data, data, size) == 0);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct nethost h;
		struct netpol_query q = { (enum netpol_protocol)(i % 6), &h,
			443, "GET" };
		struct netpol_verdict v;

		must_hold(nethost_parse(hosts[i], strlen(hosts[i]), &h) == 0);
		v = netpol_judge(&np, &q, NULL, 0);
		v = netpol_judge_addresses(&np, &q, &v,
			(struct netpol_addrs){ &h.addr, 1 },
			(struct netpol_addrs){ NULL, 0 });
		must_hold(v.decision != NETPOL_ASK);
		(void)netpol_upstream_skips(&np, &h, 443);
	}
	return 0;
}
