/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CURSOR_H
#define POLICY_CURSOR_H
/*
 * cursor.h -- foreign bytes, read from the front and never behind the end.
 *
 * The first failure latches: later gets return zero or NULL, so a reader is a
 * straight list of gets and one question at the end.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *at;
	size_t left;
	bool failed;
};

/** The next len bytes, or NULL. */
static inline const uint8_t *
cursor_bytes(struct cursor *c, size_t len)
{
	const uint8_t *bytes = c->at;

	if (c->failed || len > c->left) {
		c->failed = true;
		return NULL;
	}
	c->at += len;
	c->left -= len;
	return bytes;
}

/** An integer of n bytes (at most eight) in network order. */
static inline uint64_t
cursor_be(struct cursor *c, size_t n)
{
	const uint8_t *bytes = cursor_bytes(c, n);
	uint64_t v = 0;

	for (size_t i = 0; bytes && i < n; i++)
		v = v << 8 | bytes[i];
	return v;
}

/** The same, least byte first. */
static inline uint64_t
cursor_le(struct cursor *c, size_t n)
{
	const uint8_t *bytes = cursor_bytes(c, n);
	uint64_t v = 0;

	while (bytes && n-- > 0)
		v = v << 8 | bytes[n];
	return v;
}

/** The next len bytes as a cursor of their own; empty and failed with c. */
static inline struct cursor
cursor_sub(struct cursor *c, size_t len)
{
	const uint8_t *bytes = cursor_bytes(c, len);

	return (struct cursor){ bytes, bytes ? len : 0, c->failed };
}

#endif /* POLICY_CURSOR_H */
