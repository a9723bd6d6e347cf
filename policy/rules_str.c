/* SPDX-License-Identifier: Apache-2.0 */
/* rules_str.c -- strings and a map for the rules language (room: user). */
#include "policy/rules_str.h"

#include <sys/auxv.h>

#include <string.h>

#include "policy/arena.h"

enum { RMAP_FIRST_CAP = 16 };

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	return h;
}

uint32_t
rstr_hash(const char *bytes, size_t len)
{
	/* AT_RANDOM: 16 bytes, new for every process; no state of our own. */
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	const void *key = (const void *)getauxval(AT_RANDOM);
	uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ len;
	uint64_t word = 0;
	if (key != NULL) {
		memcpy(&word, key, sizeof(word));
		h ^= word;
	}
	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		h = mix(h ^ word);
		bytes += sizeof(word);
	}
	word = 0;
	if (len > 0)
		memcpy(&word, bytes, len);
	return (uint32_t)mix(h ^ word);
}

struct rstr *
rstr_new(struct arena *a, const char *bytes, size_t len)
{
	if (len >= UINT32_MAX / 2)
		len = UINT32_MAX / 2; /* far over every arena: fails below */
	struct rstr *s = arena_alloc(a, sizeof(*s) + len + 1);
	if (s == NULL)
		return NULL;
	if (len > 0)
		memcpy(s->s, bytes, len);
	s->len = (uint32_t)len;
	s->hash = rstr_hash(s->s, len);
	return s;
}

bool
rstr_eq(const struct rstr *a, const struct rstr *b)
{
	return a == b || (a->len == b->len && a->hash == b->hash &&
				 memcmp(a->s, b->s, a->len) == 0);
}

bool
rstr_same(const struct rstr *a, const char *bytes, size_t len)
{
	return a->len == len && memcmp(a->s, bytes, len) == 0;
}

bool
rstr_is(const struct rstr *a, const char *text)
{
	return rstr_same(a, text, strlen(text));
}

/* The slot that holds the key or is free for it; the map is never full. */
static struct rmap_slot *
rmap_find(const struct rmap *m, const char *bytes, size_t len, uint32_t hash)
{
	uint32_t i = hash & (m->cap - 1);
	for (;; i = (i + 1) & (m->cap - 1)) {
		struct rmap_slot *slot = &m->slots[i];
		if (slot->key == NULL)
			return slot;
		if (slot->key->hash == hash && slot->key->len == len &&
			memcmp(slot->key->s, bytes, len) == 0)
			return slot;
	}
}

uint32_t *
rmap_get(const struct rmap *m, const char *bytes, size_t len, uint32_t hash)
{
	if (m->n == 0)
		return NULL;
	struct rmap_slot *slot = rmap_find(m, bytes, len, hash);
	return slot->key == NULL ? NULL : &slot->value;
}

static bool
rmap_enlarge(struct rmap *m, struct arena *a)
{
	struct rmap wide = { .cap = m->cap == 0 ? RMAP_FIRST_CAP : m->cap * 2,
		.n = m->n };
	wide.slots = arena_array(a, wide.cap, sizeof(*wide.slots));
	if (wide.slots == NULL)
		return false;
	for (uint32_t i = 0; i < m->cap; i++) {
		const struct rstr *key = m->slots[i].key;
		if (key != NULL)
			*rmap_find(&wide, key->s, key->len, key->hash) =
				m->slots[i];
	}
	*m = wide;
	return true;
}

uint32_t *
rmap_put(struct rmap *m, struct arena *a, const struct rstr *key)
{
	if (m->n + m->n / 2 >= m->cap && !rmap_enlarge(m, a))
		return NULL;
	struct rmap_slot *slot = rmap_find(m, key->s, key->len, key->hash);
	if (slot->key == NULL) {
		slot->key = key;
		m->n++;
	}
	return &slot->value;
}
