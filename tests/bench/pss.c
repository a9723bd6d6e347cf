/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pss.c -- memory of the processes that stay beside the command.
 *
 * The command is a cat: when it has given a byte back, everything is set up.
 * PSS counts a page that n processes share as one n-th for each.  Who is not
 * dumpable shows it to root only; for an ordinary user its resident pages stand
 * in, which are more, never less.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum { FAMILY_MAX = 1024, NAME_LEN = 32 };

struct relative {
	pid_t pid;
	pid_t parent;
	char name[NAME_LEN];
	bool ours;
};

struct family {
	size_t n;
	struct relative who[FAMILY_MAX];
};

static size_t
slurp(pid_t pid, const char *file, char *text, size_t size)
{
	char path[64];
	(void)snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* "PID (NAME) STATE PPID ..." */
static bool
look_up(pid_t pid, struct relative *ret)
{
	char text[512];
	(void)slurp(pid, "stat", text, sizeof text);
	const char *open_at = strchr(text, '(');
	const char *end = strrchr(text, ')');
	if (open_at == NULL || end == NULL)
		return false;
	size_t len = (size_t)(end - open_at - 1);
	if (len >= NAME_LEN)
		len = NAME_LEN - 1;
	*ret = (struct relative){ .pid = pid };
	memcpy(ret->name, open_at + 1, len);
	ret->parent = (pid_t)strtol(end + 4, NULL, 10);
	return true;
}

static void
collect(struct family *f, pid_t first)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool grown = true;
	f->n = 0;
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid <= 0 || f->n == FAMILY_MAX)
			continue;
		if (look_up(pid, &f->who[f->n])) {
			f->who[f->n].ours = pid == first;
			f->n++;
		}
	}
	if (proc != NULL)
		(void)closedir(proc);
	while (grown) {
		grown = false;
		for (size_t i = 0; i < f->n; i++)
			for (size_t j = 0; !f->who[i].ours && j < f->n; j++)
				if (f->who[j].ours &&
					f->who[j].pid == f->who[i].parent)
					grown = f->who[i].ours = true;
	}
}

/* KiB; *exact says whether it is PSS or an upper bound. */
static unsigned long
memory_of(pid_t pid, bool *exact)
{
	char text[4096];
	(void)slurp(pid, "smaps_rollup", text, sizeof text);
	const char *at = strstr(text, "\nPss:");
	*exact = at != NULL;
	if (at != NULL)
		return strtoul(at + 5, NULL, 10);
	(void)slurp(pid, "statm", text, sizeof text);
	at = strchr(text, ' ');
	return at == NULL ? 0
			  : strtoul(at, NULL, 10) *
				    (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
}

static unsigned long
weigh(const struct contender *c, const struct family *f, FILE *json, bool first)
{
	unsigned long sum = 0;
	bool all_exact = true;
	size_t processes = 0;
	for (size_t i = 0; i < f->n; i++) {
		const struct relative *r = &f->who[i];
		bool exact = true;
		if (!r->ours || strcmp(r->name, "cat") == 0)
			continue;
		unsigned long kib = memory_of(r->pid, &exact);
		(void)printf("  %-24s %-20s %7lu KiB%s\n", c->name, r->name,
			kib, exact ? "" : "  (resident: an upper bound)");
		all_exact = all_exact && exact;
		sum += kib;
		processes++;
	}
	(void)printf("  %-24s %-20s %7lu KiB%s in %zu processes\n", c->name,
		"all", sum, all_exact ? "" : " at most", processes);
	if (json != NULL)
		(void)fprintf(json,
			"%s\n  {\"name\":\"%s\",\"processes\":%zu,"
			"\"kib\":%lu,\"exact\":%s}",
			first ? "" : ",", c->name, processes, sum,
			all_exact ? "true" : "false");
	return sum;
}

static unsigned long
pss_one(struct bench *b, const struct contender *c, FILE *json, bool first)
{
	static struct family family;
	int in[2];
	int out[2];
	char byte = 'x';
	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		bench_die("pipe", "cannot be made");
	pid_t pid = bench_start(b, c, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	if (write(in[1], &byte, 1) != 1 || read(out[0], &byte, 1) != 1)
		bench_die(c->name, "its cat gave nothing back");
	collect(&family, pid);
	unsigned long sum = weigh(c, &family, json, first);
	(void)close(in[1]);
	(void)close(out[0]);
	bench_wait(b, c, pid);
	return sum;
}

/* Here a goal "A<=2048" is about KiB. */
void
pss_run(struct bench *b)
{
	FILE *f = b->json ? fopen(b->json, "w") : NULL;
	if (b->json != NULL && f == NULL)
		bench_die(b->json, "cannot be written");
	(void)printf("\n%s\n", b->title);
	if (f != NULL)
		(void)fprintf(f, "{\"title\":\"%s\",\"memory\":[", b->title);
	for (size_t i = 0; i < b->n; i++) {
		const struct contender *c = &b->c[i];
		unsigned long sum = pss_one(b, c, f, i == 0);
		for (size_t g = 0; g < b->n_goals; g++)
			if (strncmp(b->goals[g].text, c->name,
				    b->goals[g].name_len) == 0 &&
				c->name[b->goals[g].name_len] == '\0')
				(void)printf("  goal %-40s %8lu  %s\n",
					b->goals[g].text, sum,
					(double)sum <= b->goals[g].limit
						? "met"
						: "MISSED");
	}
	if (f != NULL && (fprintf(f, "]}\n") < 0 || fclose(f) != 0))
		bench_die(b->json, "cannot be written");
}
