/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_GLOB_NFA_H
#define POLICY_GLOB_NFA_H
/*
 * glob_nfa.h -- the matcher under glob.h, for those who match many paths.
 *
 * A pattern is its own state machine: a state is an offset in its text and a
 * mode.  A set holds every state that the path read so far can have led to, so
 * a match costs at most path x pattern steps, whatever the pattern is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/glob.h"

enum glob_mode {
	GLOB_MID,  /* what was read before in the pattern is no "/" */
	GLOB_HEAD, /* it is one: a whole-component `**` may begin here */
	GLOB_HALF, /* behind the first star of such a `**` */
	GLOB_DEEP, /* in such a `**`, which has taken something */
	GLOB_OUT,  /* behind it: only "/" or the end may come */
	GLOB_NONE, /* behind one that has taken nothing: "/" takes nothing too */
	GLOB_MODES,
};

enum { GLOB_WORDS = GLOB_PATTERN_MAX / 64 + 1 };

struct glob_nfa {
	const char *pattern; /* borrowed */
	size_t len;
	/*
	 * For [ { , } that mean something, else 0: behind the class; the first
	 * comma; the next comma or the closing brace; behind the brace.
	 */
	uint16_t to[GLOB_PATTERN_MAX + 1];
};

struct glob_set {
	uint64_t bit[GLOB_MODES][GLOB_WORDS];
};

/** Prepare; false when the pattern is relative or too long. */
bool glob_compile(struct glob_nfa *n, const char *pattern);

/** The set before anything was read. */
void glob_begin(const struct glob_nfa *n, struct glob_set *s);

/** Read on: whole components, or parts that end at a "/". */
void glob_feed(const struct glob_nfa *n, struct glob_set *s, const char *bytes,
	size_t len);

/** Does the path that was read, to the end of a component, match?
 * *s is used up. */
bool glob_matched(const struct glob_nfa *n, struct glob_set *s);

/** Can anything that continues what was read match? */
bool glob_alive(const struct glob_nfa *n, const struct glob_set *s);

#endif /* POLICY_GLOB_NFA_H */
