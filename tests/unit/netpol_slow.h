/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_NETPOL_SLOW_H
#define TESTS_UNIT_NETPOL_SLOW_H
/*
 * netpol_slow.h -- what a host pattern means, said once more and slowly: by
 * plain recursion over the text, nothing prepared.  For letters, dots, * and ?.
 */
#include <stdbool.h>
#include <string.h>

/* `*` is any run without a dot, `?` one character that is none. */
static bool
slow_glob(const char *p, const char *s)
{
	if (*p == '\0')
		return *s == '\0';
	if (*p == '*')
		return slow_glob(p + 1, s) ||
		       (*s != '\0' && *s != '.' && slow_glob(p, s + 1));
	if (*s == '\0' || (*p == '?' ? *s == '.' : *p != *s))
		return false;
	return slow_glob(p + 1, s + 1);
}

static bool
slow_match(const char *pattern, const char *name)
{
	if (strcmp(pattern, "*") == 0)
		return true;
	if (strncmp(pattern, "**.", 3) == 0 && slow_glob(pattern + 3, name))
		return true;
	if (strncmp(pattern, "**.", 3) == 0)
		pattern++;
	if (strncmp(pattern, "*.", 2) != 0)
		return slow_glob(pattern, name);
	/* Some labels, one at least, and then the rest. */
	for (const char *dot = strchr(name, '.'); dot;
		dot = strchr(dot + 1, '.'))
		if (slow_glob(pattern + 2, dot + 1))
			return true;
	return false;
}

#endif /* TESTS_UNIT_NETPOL_SLOW_H */
