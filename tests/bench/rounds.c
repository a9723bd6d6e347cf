/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rounds.c -- wall times, paired.
 *
 * Every round runs every contender once; the next round begins with the next
 * contender.  Two contenders are compared by the quotients of each round, of
 * which the median counts: a busy moment hits both, and a busy minute does not
 * move the median.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

enum { ROUNDS_LEAST = 3, PERCENT = 100 };

static int
by_size(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;
	return (*x > *y) - (*x < *y);
}

/* The p-th percentile of n values, which are sorted on the way. */
static double
percentile(double *v, size_t n, size_t p)
{
	qsort(v, n, sizeof *v, by_size);
	size_t at = (n - 1) * p / PERCENT;
	return p == 50 && n % 2 == 0 ? (v[n / 2 - 1] + v[n / 2]) / 2 : v[at];
}

static void
measure(struct bench *b)
{
	uint64_t start = bench_now();
	size_t r = 0;
	for (size_t i = 0; i < b->n; i++) {
		b->c[i].took = calloc(b->rounds, sizeof(uint64_t));
		if (b->c[i].took == NULL)
			bench_die("memory", "none left");
		/* Once for the caches. */
		bench_wait(b, &b->c[i], bench_start(b, &b->c[i], -1, -1));
	}
	for (; r < b->rounds; r++) {
		if (r >= ROUNDS_LEAST &&
			(double)(bench_now() - start) > b->seconds * 1e9)
			break;
		for (size_t i = 0; i < b->n; i++) {
			struct contender *c = &b->c[(i + r) % b->n];
			uint64_t begin = bench_now();
			bench_wait(b, c, bench_start(b, c, -1, -1));
			c->took[r] = bench_now() - begin;
		}
	}
	b->rounds = r;
}

/* In milliseconds, or as quotients over another contender. */
static double
of_rounds(const struct bench *b, const struct contender *c,
	const struct contender *over, size_t p)
{
	double v[ROUNDS_MAX];
	for (size_t r = 0; r < b->rounds; r++)
		v[r] = over == NULL
			       ? (double)c->took[r] / 1e6
			       : (double)c->took[r] / (double)over->took[r];
	return percentile(v, b->rounds, p);
}

static const struct contender *
find(const struct bench *b, const char *name, size_t len)
{
	for (size_t i = 0; i < b->n; i++)
		if (strlen(b->c[i].name) == len &&
			strncmp(b->c[i].name, name, len) == 0)
			return &b->c[i];
	return NULL;
}

static void
judge(struct bench *b)
{
	for (size_t i = 0; i < b->n_goals; i++) {
		struct goal *g = &b->goals[i];
		const struct contender *c = find(b, g->text, g->name_len);
		const struct contender *over =
			g->over ? find(b, g->over, g->over_len) : NULL;
		if (c == NULL || (g->over != NULL && over == NULL))
			bench_die(g->text, "names no contender");
		g->value = of_rounds(b, c, over, 50);
		g->met = g->value <= g->limit;
	}
}

static void
print_table(const struct bench *b)
{
	(void)printf("\n%s  (%zu rounds)\n", b->title, b->rounds);
	(void)printf("  %-34s %9s %9s %9s   x %s\n", "", "p50 ms", "p95 ms",
		"min ms", b->c[0].name);
	for (size_t i = 0; i < b->n; i++) {
		const struct contender *c = &b->c[i];
		const struct contender *base = &b->c[0];
		(void)printf(
			"  %-34s %9.2f %9.2f %9.2f   %.3f  (%.3f - %.3f)\n",
			c->name, of_rounds(b, c, NULL, 50),
			of_rounds(b, c, NULL, 95), of_rounds(b, c, NULL, 0),
			of_rounds(b, c, base, 50), of_rounds(b, c, base, 25),
			of_rounds(b, c, base, 75));
	}
	for (size_t i = 0; i < b->n_goals; i++)
		(void)printf("  goal %-40s %8.3f  %s\n", b->goals[i].text,
			b->goals[i].value, b->goals[i].met ? "met" : "MISSED");
}

/* Names and titles are ours: nothing in them needs escaping. */
static void
print_json(const struct bench *b)
{
	FILE *f = b->json ? fopen(b->json, "w") : NULL;
	if (f == NULL) {
		if (b->json != NULL)
			bench_die(b->json, "cannot be written");
		return;
	}
	(void)fprintf(f, "{\"title\":\"%s\",\"rounds\":%zu,\"base\":\"%s\",\n",
		b->title, b->rounds, b->c[0].name);
	(void)fprintf(f, " \"contenders\":[");
	for (size_t i = 0; i < b->n; i++) {
		const struct contender *c = &b->c[i];
		(void)fprintf(f,
			"%s\n  {\"name\":\"%s\",\"host_mounts\":%ld,"
			"\"p50_ms\":%.4f,\"p95_ms\":%.4f,\"min_ms\":%.4f,"
			"\"ratio_p25\":%.4f,\"ratio_p50\":%.4f,\"ratio_p75\":%.4f}",
			i ? "," : "", c->name, c->host,
			of_rounds(b, c, NULL, 50), of_rounds(b, c, NULL, 95),
			of_rounds(b, c, NULL, 0), of_rounds(b, c, &b->c[0], 25),
			of_rounds(b, c, &b->c[0], 50),
			of_rounds(b, c, &b->c[0], 75));
	}
	(void)fprintf(f, "],\n \"goals\":[");
	for (size_t i = 0; i < b->n_goals; i++)
		(void)fprintf(f,
			"%s\n  {\"goal\":\"%s\",\"value\":%.4f,\"met\":%s}",
			i ? "," : "", b->goals[i].text, b->goals[i].value,
			b->goals[i].met ? "true" : "false");
	(void)fprintf(f, "]}\n");
	if (fclose(f) != 0)
		bench_die(b->json, "cannot be written");
}

void
rounds_run(struct bench *b)
{
	measure(b);
	judge(b);
	print_table(b);
	print_json(b);
	for (size_t i = 0; i < b->n; i++)
		free(b->c[i].took);
}
