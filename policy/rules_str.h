/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_STR_H
#define POLICY_RULES_STR_H
/*
 * rules_str.h -- immutable strings of the rules language, and a map keyed by
 * them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/utf8.h"

struct arena;

struct rstr {
	uint32_t len;  /* bytes */
	uint32_t hash; /* rstr_hash() of them */
	char s[];      /* len bytes and a NUL; NULs inside are legal */
};

/**
 * Keyed with random bytes that the kernel gave this process, so that no file
 * can be written whose words all fall into one place of a table.
 */
uint32_t rstr_hash(const char *bytes, size_t len);

/** A copy in the arena; NULL when it is full. */
struct rstr *rstr_new(struct arena *a, const char *bytes, size_t len);
bool rstr_eq(const struct rstr *a, const struct rstr *b);
bool rstr_same(const struct rstr *a, const char *bytes, size_t len);
bool rstr_is(const struct rstr *a, const char *text);

struct rmap_slot {
	const struct rstr *key; /* borrowed; NULL: free */
	uint32_t value;
};

/** String -> number, in an arena; zeroed is empty. */
struct rmap {
	struct rmap_slot *slots;
	uint32_t cap; /* power of two, or 0 */
	uint32_t n;
};

/** The place of key's value, NULL when absent. */
uint32_t *rmap_get(
	const struct rmap *m, const char *bytes, size_t len, uint32_t hash);
/** The place of key's value, made (as 0) when absent; NULL when the arena is full. */
uint32_t *rmap_put(struct rmap *m, struct arena *a, const struct rstr *key);

#endif /* POLICY_RULES_STR_H */
