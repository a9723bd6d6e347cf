/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H
/*
 * bench.h -- what the parts of the driver share.
 *
 * A contender is a command line with a name.  The driver runs contenders beside
 * each other, so that what is compared has met the same machine.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CONTENDERS_MAX = 32, GOALS_MAX = 16, ROUNDS_MAX = 10000 };

struct contender {
	const char *name;
	char **argv;    /* ends with NULL */
	long host;      /* mounts more on the host; 0 = as it is */
	int ns;         /* mount namespace with them, -1 = ours */
	uint64_t *took; /* owned; nanoseconds of each round */
};

/* "A/B<=1.20": a ratio of medians' quotients; "A<=40": milliseconds. */
struct goal {
	const char *text;
	const char *over; /* in text; NULL = none */
	size_t name_len;
	size_t over_len;
	double limit;
	double value;
	bool met;
};

struct bench {
	const char *title;
	const char *json; /* file to write, or NULL */
	const char *dir;  /* scratch, for mounts */
	size_t rounds;
	double seconds; /* stop after that, but not before ROUNDS_LEAST */
	bool steps;
	unsigned int port;
	bool switched; /* real ids are another user's, see bench_user() */
	int own_ns;    /* mount namespace we began in, -1 = never left */
	int errors;    /* where contenders write their errors */
	size_t n;
	struct contender c[CONTENDERS_MAX];
	size_t n_goals;
	struct goal goals[GOALS_MAX];
};

/** Say what is wrong with the measurement itself, and end with 1. */
_Noreturn void bench_die(const char *thing, const char *cause);

uint64_t bench_now(void);

/* ---- start.c ------------------------------------------------------------- */

/**
 * As root: contenders run as this user, while we keep the right to change the
 * mount namespace.
 */
void bench_user(struct bench *b, const char *name);

/** Make the mount namespaces that contenders ask for. */
void bench_hosts(struct bench *b);

/** posix_spawn; in and out are -1 for /dev/null. */
pid_t bench_start(
	const struct bench *b, const struct contender *c, int in, int out);

/** Wait; a status other than 0 ends us with what the contender said. */
void bench_wait(const struct bench *b, const struct contender *c, pid_t pid);

/* ---- the modes ----------------------------------------------------------- */

void rounds_run(struct bench *b);
void count_run(struct bench *b);
void pss_run(struct bench *b);

#endif /* TESTS_BENCH_BENCH_H */
