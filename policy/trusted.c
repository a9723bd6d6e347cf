/* SPDX-License-Identifier: Apache-2.0 */
/* trusted.c -- the table of files that run when they are trusted; room: user. */
#include "policy/trusted.h"

#include <stdbool.h>
#include <string.h>

/* A component against one with `*` in it; iterative. */
static bool
part_matches(
	const char *pat, const char *pat_end, const char *s, const char *s_end)
{
	const char *star = NULL; /* the last one, and what it has taken */
	const char *taken = NULL;

	while (s < s_end) {
		if (pat < pat_end && *pat == '*') {
			star = pat++;
			taken = s;
		} else if (pat < pat_end && *pat == *s) {
			pat++;
			s++;
		} else if (star) {
			pat = star + 1;
			s = ++taken;
		} else {
			return false;
		}
	}
	while (pat < pat_end && *pat == '*')
		pat++;
	return pat == pat_end;
}

/* Where the component that ends at `end` begins. */
static const char *
part_begin(const char *text, const char *end)
{
	while (end > text && end[-1] != '/')
		end--;
	return end;
}

/* Component by component from the back. */
static bool
matches(const char *pattern, const char *path)
{
	const char *pat_end = pattern + strlen(pattern);
	const char *end = path + strlen(path);

	for (;;) {
		const char *pat = part_begin(pattern, pat_end);
		const char *part = part_begin(path, end);

		if (part == end || !part_matches(pat, pat_end, part, end))
			return false;
		if (pat == pattern)
			return true;
		pat_end = pat - 1;
		end = part > path ? part - 1 : part;
	}
}

long
trusted_match(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < trusted_patterns_n; i++) {
		const char *pattern = trusted_patterns[i].pattern;
		const char *last = strrchr(pattern, '/');

		last = last ? last + 1 : pattern;
		/* Most are ruled out by one byte. */
		if (*last != '*' && *last != *name)
			continue;
		if (matches(pattern, path))
			return (long)i; /* a small number */
	}
	return -1;
}
