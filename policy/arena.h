/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_ARENA_H
#define POLICY_ARENA_H
/*
 * arena.h -- memory that is given back all at once, with a hard maximum.
 *
 * The rules language turns hostile text into many small objects.  They all live
 * in an arena: nothing is freed on its own, so nothing is freed twice, and what
 * a text can make us use is one number.  Failure latches and says which of the
 * two it was: over the maximum (the text's fault) or out of memory (ours).
 */
#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* owned; newest first */
	char *next;                 /* first free byte of the newest chunk */
	size_t left;                /* free bytes behind next */
	size_t used;                /* bytes handed out, alignment included */
	size_t max;  /* hard maximum of used; 0 = nothing at all */
	bool over;   /* latched: the maximum was reached */
	bool failed; /* latched: over, or out of memory */
};

void arena_free(struct arena *a); /* NULL and zeroed are legal; keeps max */
#define own_arena __attribute__((cleanup(arena_free)))

/**
 * Go back to an earlier state: *mark is a copy of the arena made then.  What was
 * handed out since is given back, and failure since is forgotten.
 */
void arena_rewind(struct arena *a, const struct arena *mark);

/** Zeroed memory, aligned for any type; NULL once failed.  len 0 is legal. */
void *arena_alloc(struct arena *a, size_t len);

/** n objects of size bytes each, the product checked. */
void *arena_array(struct arena *a, size_t n, size_t size);

/** A copy of len bytes with a NUL behind them. */
char *arena_copy(struct arena *a, const char *bytes, size_t len);

/**
 * An array of old_n objects made to hold new_n: the old bytes are copied and the
 * old place is left unused until the end (so growth should double).
 */
void *arena_grow(struct arena *a, const void *old, size_t old_n, size_t new_n,
	size_t size);

#endif /* POLICY_ARENA_H */
