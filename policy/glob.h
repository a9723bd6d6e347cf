/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_GLOB_H
#define POLICY_GLOB_H
/*
 * glob.h -- deny globs: matching, and a bounded walk that finds what matches.
 *
 * Syntax: `*` and `?` do not cross "/", `**` as a whole component matches any
 * number of components (also none, so at the end of a pattern it matches the
 * directory before it, too), `[abc]`, `[a-z]`, `[!a]` and `[^a]`; an unclosed
 * `[`, or one with "/" before its end, is a literal; `{a,b}` alternatives,
 * which may hold "/" and nest; braces that are not closed or hold no comma are
 * literals.  There is no backslash: `[*]` is a literal star.  A pattern means
 * the union of what its alternatives mean when they are written out (classes
 * are found first).  `?` and classes take one UTF-8 character, or one byte
 * where there is none.  Hidden names are matched like others.  Matching is
 * iterative (no recursion, no exponential blow-up) and case-sensitive.
 */
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct diag;

enum {
	GLOB_MATCHES_MAX = 8192,
	GLOB_WALK_MAX =
		2000000, /* directory entries looked at before we refuse */
	GLOB_PATTERN_MAX = 4096,
};

/**
 * Does the absolute, normalised path match the absolute pattern?  A pattern
 * that is relative or over GLOB_PATTERN_MAX bytes matches nothing: refuse it
 * before (profile_add() does).
 */
bool glob_match(const char *pattern, const char *path);

/** Is there any of * ? [ { in s? */
bool glob_has_magic(const char *s);

/**
 * Length of the leading part without magic, cut at its last "/" (never that
 * slash, except for "/").
 */
size_t glob_static_prefix(const char *pattern);

/** Append path so that it stands for itself in a pattern. */
void glob_quote(struct buf *out, const char *path);

/**
 * A pattern as profile_add() leaves it, seen from the absolute, normalised
 * directory base, which stands for itself whatever is in its name.  Leading
 * ".." of the pattern take components from base.  0; -EINVAL when base is
 * relative; -ENAMETOOLONG over GLOB_PATTERN_MAX; -ENOMEM.
 */
int glob_absolute(const char *base, const char *pattern, char **ret_pattern);

struct glob_hits {
	size_t n;
	char **paths; /* owned, with its strings; absolute, sorted bytewise */
	size_t seen;  /* directory entries looked at */
};

void glob_hits_free(struct glob_hits *h);

/**
 * Walk the file system below the pattern's static prefix (of which glob_quote()
 * may be part) without following symlinks and without entering any procfs, and
 * collect whatever matches: files, directories (not descended into once
 * matched), symlinks, and the prefix itself when it matches.
 * max_depth: levels below the prefix, -1 = no limit, 0 = nothing.
 * Directories that cannot be read hold nothing the sandbox could read: skipped.
 * One that can be entered, though, shows its contents to whoever knows their
 * names: it is itself a hit when something below it could match.
 * 0; -E2BIG over GLOB_MATCHES_MAX or GLOB_WALK_MAX; -EINVAL when the prefix is
 * "/" ("use a pattern with a non-root directory prefix") or the pattern is
 * relative; -ENAMETOOLONG when what matches has a name that no mount can have;
 * -ENOMEM; -errno of a directory that failed otherwise.
 */
int glob_walk(const char *pattern, long max_depth, struct glob_hits *ret,
	struct diag *d);

struct glob_bounds {
	size_t matches;
	size_t seen;
};

/** glob_walk() with other bounds. */
int glob_walk_bounded(const char *pattern, long max_depth,
	const struct glob_bounds *max, struct glob_hits *ret, struct diag *d);

#endif /* POLICY_GLOB_H */
