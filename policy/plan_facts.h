/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_FACTS_H
#define POLICY_PLAN_FACTS_H
/*
 * plan_facts.h -- what a built plan protects, in numbers, and where it had to
 * take a weaker way than it would on another kernel.
 */
#include <stdbool.h>
#include <stddef.h>

struct plan;
struct plan_build;

enum { PLAN_FALLBACKS_MAX = 8 };

struct plan_fallback {
	const char *name; /* a word for programs */
	const char *text; /* a sentence for people */
};

struct plan_facts {
	const char *engine; /* "init", "bwrap", "none" */
	int landlock_abi;   /* of this kernel; 0 = none */
	bool landlock;      /* it holds the files of this plan too */
	/* Mounts of the view, each counted once. */
	size_t denied, secrets, read_only, writable, guarded, pinned;
	size_t sockets; /* host sockets masked */
	size_t globbed; /* paths that patterns matched */
	bool scan_cut;  /* nested repositories were not all looked for */
	size_t n_fallbacks;
	struct plan_fallback fallbacks[PLAN_FALLBACKS_MAX];
};

/** Count; also for a plan whose building failed in the middle. */
void plan_facts(const struct plan_build *b, struct plan_facts *ret);

/** Landlock's version here, 0 where there is none. */
int plan_landlock_abi(void);

struct buf;

/**
 * What Landlock does in this plan, and what this kernel's cannot: one line of
 * text for explain.
 */
void plan_landlock_words(const struct plan *p, int abi, struct buf *out);

#endif /* POLICY_PLAN_FACTS_H */
