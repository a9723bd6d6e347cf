/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_DNS_POOL_H
#define SUPERVISOR_DNS_POOL_H
/*
 * dns_pool.h -- names and the private addresses that stand for them.
 *
 * The n-th name is 198.18.0.0 + n and fdc0:de5b:: + n, for as long as the pool
 * lives: an address is never given to a second name.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supervisor/dns.h"

struct dns_pool {
	char **names; /* owned, owned strings */
	uint32_t n, cap;
	uint16_t *table; /* owned: hash of a name -> its number, 0 = none */
};

int dns_pool_init(struct dns_pool *pool); /* 0 or -ENOMEM */
void dns_pool_end(struct dns_pool *pool);

/** The number of the name, from 1; a new one if need be; 0: the pool is full. */
uint32_t dns_pool_number(
	struct dns_pool *pool, const char *name, bool *ret_fresh);

void dns_pool_address(uint32_t number, bool six, struct netaddr *ret);

/** The name of an address that was given out, or NULL. */
const char *dns_pool_name(const struct dns_pool *pool, const struct netaddr *a);

#endif /* SUPERVISOR_DNS_POOL_H */
