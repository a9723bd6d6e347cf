/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paired.c -- paired N A... :: B...: run A and B in turn, N times each, and
 * print the medians of A, of B, and of the differences A - B, in microseconds of
 * processor time, its own and that of all it waited for; room: test.  On a busy
 * machine that is steady where the time on the wall is not.  Ends with 1 when a
 * run did not end with 0.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double
median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof *values, by_value);
	return values[n / 2];
}

static double
once(char **argv)
{
	struct rusage use = { 0 };
	pid_t pid;
	int status = -1;
	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0 ||
		wait4(pid, &status, 0, &use) != pid || status != 0) {
		fprintf(stderr, "paired: %s ended with %d\n", argv[0], status);
		exit(1);
	}
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

int
main(int argc, char **argv)
{
	char **b = argv + 2;
	const int n = argc > 4 ? (int)strtol(argv[1], NULL, 10) : 0;
	while (b < argv + argc && strcmp(*b, "::") != 0)
		b++;
	if (n < 1 || b >= argv + argc)
		return 2;
	*b++ = NULL;
	double *t = calloc((size_t)n * 3, sizeof *t);
	if (t == NULL)
		return 2;
	(void)once(argv + 2);
	(void)once(b);
	for (int i = 0; i < n; i++) {
		/* Whoever is second finds warm caches: take turns. */
		if (i % 2 == 0)
			t[i] = once(argv + 2);
		t[n + i] = once(b);
		if (i % 2 == 1)
			t[i] = once(argv + 2);
		t[2 * n + i] = t[i] - t[n + i];
	}
	printf("%.0f %.0f %.0f\n", median(t, n), median(t + n, n),
		median(t + 2 * n, n));
	return 0;
}
