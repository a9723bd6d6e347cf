/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H
/*
 * tap.h -- results of a unit test as TAP lines on stdout.
 *
 *   struct tap t = { 0 };
 *   tap_ok(&t, num == 4, "two and two");
 *   return tap_end(&t);
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct tap {
	unsigned int run;
	unsigned int failed;
};

/** One result; the name is a printf format.  Returns ok. */
static inline bool __attribute__((format(printf, 3, 4)))
tap_ok(struct tap *t, bool ok, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	t->run++;
	if (!ok)
		t->failed++;
	(void)printf("%sok %u - ", ok ? "" : "not ", t->run);
	(void)vprintf(fmt, ap);
	(void)putchar('\n');
	va_end(ap);
	return ok;
}

/** Two strings are equal; both are shown when they are not. */
static inline bool
tap_str(struct tap *t, const char *got, const char *want, const char *name)
{
	bool ok = got != NULL && strcmp(got, want) == 0;
	if (!tap_ok(t, ok, "%s", name))
		(void)printf("# got  \"%s\"\n# want \"%s\"\n",
			got == NULL ? "(null)" : got, want);
	return ok;
}

/** Two integers are equal; both are shown when they are not. */
static inline bool
tap_int(struct tap *t, long long got, long long want, const char *name)
{
	bool ok = got == want;
	if (!tap_ok(t, ok, "%s", name))
		(void)printf("# got  %lld\n# want %lld\n", got, want);
	return ok;
}

/** A check that cannot be made here, and why. */
static inline void
tap_skip(struct tap *t, const char *name, const char *reason)
{
	t->run++;
	(void)printf("ok %u - %s # SKIP %s\n", t->run, name, reason);
}

/** Print the plan and return the exit status for main. */
static inline int
tap_end(const struct tap *t)
{
	(void)printf("1..%u\n", t->run);
	if (fflush(stdout) != 0)
		return 1;
	return t->failed == 0 && t->run > 0 ? 0 : 1;
}

#endif /* TESTS_UNIT_TAP_H */
