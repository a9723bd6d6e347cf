/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_GLOB_H
#define POLICY_GLOB_H
/*
 * glob.h -- deny globs: matching, and a bounded walk that finds what matches now.
 *
 * Syntax: `*` and `?` do not cross "/", `**` as a whole component matches any
 * number of components (also none), `[abc]`, `[a-z]`, `[!a]`; an unclosed `[`
 * is a literal; `{a,b}` alternatives.  Hidden names are matched like others.
 * Matching is iterative (no recursion, no exponential blow-up) and case-sensitive.
 */
#include <stdbool.h>
#include <stddef.h>

struct diag;

enum {
	GLOB_MATCHES_MAX = 8192,
	GLOB_WALK_MAX = 2000000,  /* directory entries looked at before we refuse */
	GLOB_PATTERN_MAX = 4096,
};

/** Does the absolute, normalised path match the absolute pattern? */
bool glob_match(const char *pattern, const char *path);

/** Is there any of * ? [ { in s? */
bool glob_has_magic(const char *s);

/** Length of the leading part without magic, cut at its last "/" (never that slash, except for "/"). */
size_t glob_static_prefix(const char *pattern);

struct glob_hits {
	size_t n;
	char **paths; /* owned, owned strings; absolute, sorted bytewise, no duplicates */
	size_t seen;  /* directory entries looked at */
};

void glob_hits_free(struct glob_hits *h);

/**
 * Walk the file system below the pattern's static prefix without following
 * symlinks and without crossing into /proc, and collect whatever matches:
 * files, directories (not descended into once matched) and symlinks.
 * max_depth: levels below the prefix, -1 = no limit, 0 = nothing.
 * Directories that cannot be read hold nothing the sandbox could read: skipped.
 * 0; -E2BIG over GLOB_MATCHES_MAX or GLOB_WALK_MAX; -EINVAL when the prefix is
 * "/" ("use a pattern with a non-root directory prefix"); -ENOMEM.
 */
int glob_walk(const char *pattern, long max_depth, struct glob_hits *ret, struct diag *d);

#endif /* POLICY_GLOB_H */
