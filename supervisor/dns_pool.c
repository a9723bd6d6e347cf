/* SPDX-License-Identifier: Apache-2.0 */
/* dns_pool.c -- names and their private addresses; room: user. */
#include "supervisor/dns_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2 * DNS_NAMES_MAX, CAP_FIRST = 64 };

static const uint32_t pool4 = 0xc6120000; /* 198.18.0.0/15 */
static const uint8_t pool6[4] = { 0xfd, 0xc0, 0xde, 0x5b };

int
dns_pool_init(struct dns_pool *pool)
{
	*pool = (struct dns_pool){ 0 };
	pool->table = calloc(SLOTS, sizeof(*pool->table));
	return pool->table ? 0 : -ENOMEM;
}

void
dns_pool_end(struct dns_pool *pool)
{
	for (uint32_t i = 0; i < pool->n; i++)
		free(pool->names[i]);
	free(pool->names);
	free(pool->table);
	*pool = (struct dns_pool){ 0 };
}

/* FNV-1a.  Who makes names collide searches a table of 32,768 at most. */
static uint32_t
hash(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return h;
}

static bool
make_room(struct dns_pool *pool)
{
	uint32_t cap = pool->cap ? pool->cap * 2 : CAP_FIRST;
	char **names;

	if (pool->n == DNS_NAMES_MAX)
		return false;
	if (pool->n < pool->cap)
		return true;
	names = reallocarray(pool->names, cap, sizeof(*names));
	if (!names)
		return false;
	pool->names = names;
	pool->cap = cap;
	return true;
}

uint32_t
dns_pool_number(struct dns_pool *pool, const char *name, bool *ret_fresh)
{
	uint32_t slot = hash(name) % SLOTS;

	*ret_fresh = false;
	for (; pool->table[slot]; slot = (slot + 1) % SLOTS)
		if (strcmp(pool->names[pool->table[slot] - 1], name) == 0)
			return pool->table[slot];
	if (!make_room(pool))
		return 0;
	pool->names[pool->n] = strdup(name);
	if (!pool->names[pool->n])
		return 0;
	pool->table[slot] = (uint16_t)++pool->n; /* at most DNS_NAMES_MAX */
	*ret_fresh = true;
	return pool->n;
}

void
dns_pool_address(uint32_t number, bool six, struct netaddr *ret)
{
	netaddr_from4(ret, pool4 + number);
	if (!six)
		return;
	*ret = (struct netaddr){ 0 };
	memcpy(ret->bytes, pool6, sizeof(pool6));
	for (unsigned int i = 0; i < 4; i++)
		ret->bytes[12 + i] = (uint8_t)(number >> (24 - 8 * i) & 0xff);
}

/* Its place in the pool that it is of; false: of neither. */
static bool
number_of(const struct netaddr *a, uint32_t *ret)
{
	static const uint8_t zero[8] = { 0 };
	uint32_t v = (uint32_t)a->bytes[12] << 24 |
		     (uint32_t)a->bytes[13] << 16 |
		     (uint32_t)a->bytes[14] << 8 | a->bytes[15];

	if (netaddr_is4(a)) {
		*ret = v - pool4;
		return (v ^ pool4) >> 17 == 0;
	}
	*ret = memcmp(a->bytes + 4, zero, sizeof(zero)) == 0 ? v : UINT32_MAX;
	return memcmp(a->bytes, pool6, sizeof(pool6)) == 0;
}

const char *
dns_pool_name(const struct dns_pool *pool, const struct netaddr *a)
{
	uint32_t number;

	return number_of(a, &number) && number > 0 && number <= pool->n
		       ? pool->names[number - 1]
		       : NULL;
}

bool
dns_is_pool(const struct netaddr *a)
{
	uint32_t number;

	return number_of(a, &number);
}
