/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net.c -- the driver of network measurements: rounds over all ways, in turn,
 * the order rotated; what counts is the median of each round's quotient with the
 * first way.  CPU is that of a way's processes without its client.
 */
#include "tests/bench/net.h"

#include <sys/wait.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum {
	WAIT_MS = 120000,
	ROUNDS = 64,
	PIDS = 4096,
	STREAM_MIB = 1024,
	CONNECTS = 500,
	TRIPS = 2000,
	REQUESTS = 200,
	ONE_BY_ONE = 10000,
	AT_A_TIME = 1000,
};

enum figure { STREAM, CPU, CONNECT, CONNECT99, TRIP, REQUEST, FIGURES };

static const struct {
	const char *name;
	const char *unit;
	bool more; /* is better */
} figures[FIGURES] = {
	[STREAM] = { "one stream", "Gbit/s", true },
	[CPU] = { "its CPU", "s/GB", false },
	[CONNECT] = { "connect p50", "us", false },
	[CONNECT99] = { "connect p99", "us", false },
	[TRIP] = { "round trip p50", "us", false },
	[REQUEST] = { "plain requests", "/s", true },
};

struct way {
	const struct contender *c;
	pid_t pid;
	int to;     /* lines to the client */
	FILE *from; /* and back */
	double got[FIGURES][ROUNDS];
};

struct process {
	pid_t pid;
	pid_t parent;
	double cpu_s;
	double rss_kib;
	char name[32];
};

/* ---- processes ------------------------------------------------------------------ */

static bool
read_process(const char *name, struct process *p)
{
	char path[64], text[1024];
	unsigned long user, system;
	long rss;
	(void)snprintf(path, sizeof(path), "/proc/%.20s/stat", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	char *open_at = strchr(text, '('), *close_at = strrchr(text, ')');
	if (open_at == NULL || close_at == NULL)
		return false;
	(void)snprintf(p->name, sizeof(p->name), "%.*s",
		(int)(close_at - open_at - 1), open_at + 1);
	p->pid = (pid_t)strtol(text, NULL, 10);
	if (sscanf(close_at + 2,
		    "%*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu "
		    "%*d %*d %*d %*d %*d %*d %*u %*u %ld",
		    &p->parent, &user, &system, &rss) != 4)
		return false;
	p->cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	p->rss_kib = (double)rss * (double)sysconf(_SC_PAGESIZE) / 1024;
	return true;
}

/* The processes at and below pid; how many. */
static size_t
tree(pid_t pid, struct process *out)
{
	static struct process all[PIDS];
	size_t n = 0, found = 0;
	DIR *dir = opendir("/proc");
	struct dirent *e;
	while (dir != NULL && n < PIDS && (e = readdir(dir)) != NULL)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			n += read_process(e->d_name, &all[n]);
	(void)closedir(dir);
	for (size_t i = 0; i < n; i++)
		if (all[i].pid == pid)
			out[found++] = all[i];
	for (size_t at = 0; at < found; at++)
		for (size_t i = 0; i < n && found < PIDS; i++)
			if (all[i].parent == out[at].pid)
				out[found++] = all[i];
	return found;
}

static double
tree_cpu(pid_t pid)
{
	static struct process p[PIDS];
	double s = 0;
	for (size_t i = tree(pid, p); i > 0; i--)
		s += p[i - 1].cpu_s;
	return s;
}

/* Memory of the process that serves the connections: the largest that is not
 * the client, which has the most of them too. */
static double
server_rss(pid_t pid)
{
	static struct process p[PIDS];
	double kib = 0;
	for (size_t i = tree(pid, p); i > 0; i--)
		if (strcmp(p[i - 1].name, "codex-net") == 0)
			kib = p[i - 1].rss_kib;
	return kib;
}

/* ---- ways ----------------------------------------------------------------------- */

static bool
heard(struct way *w, char *line, size_t room)
{
	struct pollfd p = { .fd = fileno(w->from), .events = POLLIN };
	return poll(&p, 1, WAIT_MS) == 1 &&
	       fgets(line, (int)room, w->from) != NULL;
}

static void
hear(const struct bench *b, struct way *w, char *line, size_t room)
{
	if (heard(w, line, room))
		return;
	char why[4096] = "";
	ssize_t n = pread(b->errors, why, sizeof(why) - 1, 0);
	(void)fprintf(stderr, "%.*s", n > 0 ? (int)n : 0, why);
	bench_die(w->c->name, "its client has nothing to say");
}

static void
ask(const struct bench *b, struct way *w, const char *what, double got[2])
{
	char line[256];
	(void)dprintf(w->to, "%s\n", what);
	hear(b, w, line, sizeof(line));
	char *end = NULL;
	got[0] = strtod(line, &end);
	got[1] = strtod(end, NULL);
}

/* False: it does not come up. */
static bool
start(const struct bench *b, const struct contender *c, struct way *w)
{
	int in[2], out[2];
	char line[256];
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		bench_die(c->name, "no pipe");
	w->c = c;
	w->pid = bench_start(b, c, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	w->to = in[1];
	w->from = fdopen(out[0], "r");
	if (w->from == NULL)
		bench_die(c->name, "no stream");
	return heard(w, line, sizeof(line)) && strcmp(line, "ready\n") == 0;
}

static void
stop(struct way *w)
{
	(void)close(w->to);
	(void)fclose(w->from);
	(void)waitpid(w->pid, NULL, 0);
}

static void
measure(const struct bench *b, struct way *w, size_t round)
{
	char what[64];
	double got[2];
	double bytes = (double)STREAM_MIB * 1048576;
	double cpu = tree_cpu(w->pid);
	(void)snprintf(what, sizeof(what), "T %.0f", bytes);
	ask(b, w, what, got);
	w->got[STREAM][round] = got[0] > 0 ? bytes * 8e-9 / got[0] : 0;
	w->got[CPU][round] = (tree_cpu(w->pid) - cpu - got[1]) / (bytes * 1e-9);
	(void)snprintf(what, sizeof(what), "C %d", CONNECTS);
	ask(b, w, what, got);
	w->got[CONNECT][round] = got[0];
	w->got[CONNECT99][round] = got[1];
	(void)snprintf(what, sizeof(what), "R %d", TRIPS);
	ask(b, w, what, got);
	w->got[TRIP][round] = got[0];
	(void)snprintf(what, sizeof(what), "H %d", REQUESTS);
	ask(b, w, what, got);
	w->got[REQUEST][round] = got[0] > 0 ? REQUESTS / got[0] : 0;
}

/* ---- figures -------------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* Of each round's figure, or of its quotient with another way's. */
static double
median(const struct way *w, const struct way *over, enum figure f, size_t n)
{
	double v[ROUNDS];
	for (size_t i = 0; i < n; i++)
		v[i] = over == NULL ? w->got[f][i]
				    : w->got[f][i] / over->got[f][i];
	qsort(v, n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void
print_table(const struct bench *b, const struct way *w, size_t n)
{
	(void)printf("\n%s (median of %zu rounds; quotient with %s)\n",
		b->title, n, w[0].c->name);
	(void)printf("%-16s", "");
	for (size_t i = 0; i < b->n; i++)
		(void)printf("%20s", w[i].c->name);
	for (int f = 0; f < FIGURES; f++) {
		(void)printf("\n%-16s", figures[f].name);
		for (size_t i = 0; i < b->n; i++)
			(void)printf("%12.2f (%5.2f)",
				median(&w[i], NULL, (enum figure)f, n),
				f == CPU ? 0
					 : median(&w[i], &w[0], (enum figure)f,
						   n));
		(void)printf("  %s", figures[f].unit);
	}
	(void)printf("\n");
}

static void
print_json(const struct bench *b, const struct way *w, size_t n)
{
	FILE *f = b->json ? fopen(b->json, "w") : NULL;
	if (f == NULL)
		return;
	(void)fprintf(
		f, "{\"title\":\"%s\",\"rounds\":%zu,\"ways\":[", b->title, n);
	for (size_t i = 0; i < b->n; i++) {
		(void)fprintf(
			f, "%s\n {\"name\":\"%s\"", i ? "," : "", w[i].c->name);
		for (int g = 0; g < FIGURES; g++)
			(void)fprintf(f, ",\"%s %s\":%.4f,\"%s over %s\":%.4f",
				figures[g].name, figures[g].unit,
				median(&w[i], NULL, (enum figure)g, n),
				figures[g].name, w[0].c->name,
				g == CPU ? 0
					 : median(&w[i], &w[0], (enum figure)g,
						   n));
		(void)fprintf(f, "}");
	}
	(void)fprintf(f, "]}\n");
	if (fclose(f) != 0)
		bench_die(b->json, "cannot be written");
}

static void
goal(const char *what, double value, double limit, bool more)
{
	bool met = more ? value >= limit : value <= limit;
	(void)printf("goal %-44s %10.2f %s %-8g %s\n", what, value,
		more ? ">=" : "<=", limit, met ? "met" : "MISSED");
}

/* Connections without a loss, and what one of them takes. */
static void
print_many(const struct bench *b, struct way *w)
{
	char what[64];
	double got[2];
	(void)snprintf(what, sizeof(what), "Q %d", ONE_BY_ONE);
	ask(b, w, what, got);
	goal("10,000 connections in sequence, whole", got[0], ONE_BY_ONE, true);
	double before = server_rss(w->pid);
	(void)snprintf(what, sizeof(what), "M %d", AT_A_TIME);
	ask(b, w, what, got);
	double after = server_rss(w->pid);
	goal("1,000 connections at a time, whole", got[0], AT_A_TIME, true);
	goal("resident KiB of each of them", (after - before) / AT_A_TIME, 16,
		false);
}

static void
print_goals(const struct bench *b, struct way *w, size_t n)
{
	if (b->n < 2)
		return;
	goal("one stream, of direct loopback", median(&w[1], &w[0], STREAM, n),
		0.55, true);
	for (size_t i = 2; i < b->n; i++)
		if (strcmp(w[i].c->name, "codex") == 0)
			goal("one stream, of codex's proxy",
				median(&w[1], &w[i], STREAM, n), 2.5, true);
	goal("connect p50, us", median(&w[1], NULL, CONNECT, n), 250, false);
	goal("CPU of a GB, s", median(&w[1], NULL, CPU, n), 0.3, false);
	print_many(b, &w[1]);
}

/* Ways that lead nowhere here are said and left out. */
static void
start_all(struct bench *b, struct way *w)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++) {
		double got[2] = { 0 };
		if (start(b, &b->c[i], &w[n]))
			ask(b, &w[n], "Q 1", got);
		if (got[0] > 0) {
			n++;
			continue;
		}
		(void)printf("\n%s: skipped, it does not reach the server\n",
			b->c[i].name);
		stop(&w[n]);
	}
	b->n = n;
}

void
net_run(struct bench *b)
{
	static struct way w[CONTENDERS_MAX];
	int listener = net_listen(b->port);
	size_t rounds = b->rounds < ROUNDS ? b->rounds : ROUNDS;
	pid_t server = fork();
	if (server == 0)
		net_server(listener);
	(void)close(listener);
	start_all(b, w);
	size_t n = 0;
	uint64_t begin = bench_now();
	for (; n < rounds; n++) {
		if (n > 2 && (double)(bench_now() - begin) * 1e-9 > b->seconds)
			break;
		for (size_t i = 0; i < b->n; i++)
			measure(b, &w[(n + i) % b->n], n);
	}
	print_table(b, w, n);
	print_json(b, w, n);
	print_goals(b, w, n);
	for (size_t i = 0; i < b->n; i++)
		stop(&w[i]);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
}
