/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.c -- run commands beside each other and compare them.
 *
 *   bench time|count|steps|pss [OPTION...] ::: NAME [@host=N] COMMAND [ARG...]
 *         ::: NAME [@host=N] COMMAND [ARG...] ...
 *
 *   time   wall time from start to exit, round after round, order rotated
 *   count  system calls, forks, execs of each program (ptrace)
 *   steps  the same with instructions in user mode (single steps: slow)
 *   pss    memory of the processes beside the command, which has to be a cat
 *   net    ways to the network; each command ends with a client, which is
 *          bench net-client direct|proxy HOST PORT (tests/bench/net.h)
 *
 *   -n N     rounds (30)            -s S     at most so many seconds (30)
 *   -u USER  run as (root only)     -d DIR   scratch directory
 *   -t TEXT  title                  -j FILE  JSON goes there
 *   -p PORT  of the server (net)
 *   -g GOAL  "A/B<=1.20" (quotient of A and B) or "A<=40" (milliseconds)
 *
 * The first contender is what the others are compared with.  Exit status: 0
 * when all was measured, goals met or not; 1 when a command failed.
 */
#include "tests/bench/bench.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/net.h"

void
bench_die(const char *thing, const char *cause)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "bench: %s: %s\n", thing, cause);
	exit(1);
}

uint64_t
bench_now(void)
{
	struct timespec t = { 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double
number(const char *text)
{
	char *end = NULL;
	double value = strtod(text, &end);
	if (end == text || *end != '\0' || !(value >= 0) || value > 1e9)
		bench_die(text, "is no number");
	return value;
}

static void
add_goal(struct bench *b, const char *text)
{
	const char *limit = strstr(text, "<=");
	const char *slash = strchr(text, '/');
	struct goal *g = &b->goals[b->n_goals];
	if (limit == NULL || b->n_goals == GOALS_MAX)
		bench_die(text, "is no goal, or one too many");
	g->text = text;
	g->limit = number(limit + 2);
	g->name_len = (size_t)((slash ? slash : limit) - text);
	g->over = slash ? slash + 1 : NULL;
	g->over_len = slash ? (size_t)(limit - slash - 1) : 0;
	b->n_goals++;
}

/* ":::" ends a contender; we put the NULL of its argv there. */
static void
add_contenders(struct bench *b, char **word)
{
	while (*word != NULL) {
		struct contender *c = &b->c[b->n];
		if (b->n == CONTENDERS_MAX)
			bench_die(*word, "is one contender too many");
		b->n++;
		c->name = *word++;
		c->ns = -1;
		if (*word != NULL && strncmp(*word, "@host=", 6) == 0)
			c->host = (long)number(*word++ + 6);
		c->argv = word;
		while (*word != NULL && strcmp(*word, ":::") != 0)
			word++;
		if (c->argv == word)
			bench_die(c->name, "has no command");
		if (*word != NULL)
			*word++ = NULL;
	}
	if (b->n == 0)
		bench_die("contenders", "none is given");
}

static const char *
options(struct bench *b, int argc, char **argv)
{
	const char *user = NULL;
	int opt;
	while ((opt = getopt(argc, argv, "+n:s:u:d:t:j:g:p:")) != -1) {
		switch (opt) {
		case 'n': b->rounds = (size_t)number(optarg); break;
		case 's': b->seconds = number(optarg); break;
		case 'u': user = optarg; break;
		case 'd': b->dir = optarg; break;
		case 't': b->title = optarg; break;
		case 'j': b->json = optarg; break;
		case 'g': add_goal(b, optarg); break;
		case 'p': b->port = (unsigned int)number(optarg); break;
		default: exit(2);
		}
	}
	if (b->rounds == 0 || b->rounds > ROUNDS_MAX)
		bench_die("-n", "give 1 to 10000 rounds");
	return user;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct bench *b);
		bool steps;
	} modes[] = { { "time", rounds_run, false },
		{ "count", count_run, false }, { "steps", count_run, true },
		{ "pss", pss_run, false }, { "net", net_run, false } };
	struct bench b = { .title = "",
		.rounds = 30,
		.seconds = 30,
		.own_ns = -1,
		.errors = memfd_create("errors", MFD_CLOEXEC) };
	const char *user;
	if (argc < 2 || b.errors < 0)
		bench_die("usage", "see tests/bench/bench.c");
	if (strcmp(argv[1], "net-client") == 0)
		return net_client(argc, argv);
	if (strcmp(argv[1], "net-server") == 0 && argc == 3)
		net_server(net_listen((unsigned int)number(argv[2])));
	/* What comes before the first ":::" is ours. */
	int ours = 1;
	while (ours < argc && strcmp(argv[ours], ":::") != 0)
		ours++;
	user = options(&b, ours - 1, argv + 1);
	if (ours < argc)
		add_contenders(&b, argv + ours + 1);
	if (user != NULL)
		bench_user(&b, user);
	bench_hosts(&b);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[1], modes[i].name) != 0)
			continue;
		b.steps = modes[i].steps;
		modes[i].run(&b);
		return 0;
	}
	bench_die(argv[1], "is no mode");
}
