/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c -- memory given back all at once, with a maximum (room: user). */
#include "policy/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	ARENA_CHUNK_MIN = 16 << 10,
	ARENA_CHUNK_MAX = 1 << 20,
};

struct arena_chunk {
	struct arena_chunk *older; /* owned */
	alignas(max_align_t) char bytes[];
};

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->chunks != NULL) {
		struct arena_chunk *older = a->chunks->older;
		free(a->chunks);
		a->chunks = older;
	}
	*a = (struct arena){ .max = a->max };
}

void
arena_rewind(struct arena *a, const struct arena *mark)
{
	while (a->chunks != mark->chunks) {
		struct arena_chunk *older = a->chunks->older;
		free(a->chunks);
		a->chunks = older;
	}
	/* Memory is handed out zeroed: what was written since goes. */
	size_t dirty = a->next == NULL || mark->next == NULL ||
				       a->next < mark->next ||
				       a->next > mark->next + mark->left
			       ? mark->left
			       : (size_t)(a->next - mark->next);
	*a = *mark;
	if (dirty > 0 && a->next != NULL)
		memset(a->next, 0, dirty);
}

/*
 * Start a chunk with room for need bytes.  Chunks grow with what is used, so a
 * small file costs 16 KiB and a large one few calls.  calloc gives fresh pages
 * that are zero already: untouched memory is never paid for.
 */
static bool
arena_more(struct arena *a, size_t need)
{
	size_t size = a->used;
	if (size < ARENA_CHUNK_MIN)
		size = ARENA_CHUNK_MIN;
	if (size > ARENA_CHUNK_MAX)
		size = ARENA_CHUNK_MAX;
	if (size < need)
		size = need;
	struct arena_chunk *c = calloc(1, sizeof(*c) + size);
	if (c == NULL) {
		a->failed = true;
		return false;
	}
	c->older = a->chunks;
	a->chunks = c;
	a->next = c->bytes;
	a->left = size;
	return true;
}

void *
arena_alloc(struct arena *a, size_t len)
{
	const size_t unit = alignof(max_align_t);
	if (a->failed)
		return NULL;
	if (len > SIZE_MAX / 4 || a->used > a->max || len > a->max - a->used) {
		a->over = a->failed = true;
		return NULL;
	}
	len = len == 0 ? unit : (len + unit - 1) / unit * unit;
	if (len > a->left && !arena_more(a, len))
		return NULL;
	void *p = a->next;
	a->next += len;
	a->left -= len;
	a->used += len;
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t len = 0;
	if (__builtin_mul_overflow(n, size, &len))
		len = SIZE_MAX;
	return arena_alloc(a, len);
}

char *
arena_copy(struct arena *a, const char *bytes, size_t len)
{
	char *p = len == SIZE_MAX ? NULL : arena_alloc(a, len + 1);
	if (p != NULL && len > 0)
		memcpy(p, bytes, len);
	return p;
}

void *
arena_grow(struct arena *a, const void *old, size_t old_n, size_t new_n,
	size_t size)
{
	void *p = arena_array(a, new_n, size);
	if (p != NULL && old_n > 0)
		memcpy(p, old, old_n * size);
	return p;
}
