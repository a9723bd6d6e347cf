/* SPDX-License-Identifier: Apache-2.0 */
/* trusted_scan.c -- a bounded walk that finds changed files; room: user. */
#include "policy/trusted.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"

enum { PATH_TEXT = 4096, LOOK_AT_CLOCK = 256 };

/* What is known of a directory before what is in it is looked at. */
struct state {
	bool moved;   /* it, or one above it, was moved during the run */
	bool written; /* an entry of it was made, renamed or removed */
};

/* A directory that waits for its turn. */
struct todo {
	char *path; /* owned */
	struct state above;
};

struct scan {
	const struct trusted_request *rq;
	struct trusted_report *report;
	struct todo *todo; /* owned; a stack */
	size_t n, cap;
	struct timespec began;
	bool stop;
	bool no_memory;
	size_t bytes; /* of the paths that are named */
};

void
trusted_report_free(struct trusted_report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_paths; i++)
		free(r->paths[i]);
	free(r->paths);
	free(r->counts);
	*r = (struct trusted_report){ 0 };
}

static bool
is_since(const struct timespec *t, const struct timespec *since)
{
	return t->tv_sec > since->tv_sec ||
	       (t->tv_sec == since->tv_sec && t->tv_nsec >= since->tv_nsec);
}

static bool
is_out_of_time(const struct scan *s)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (now.tv_sec - s->began.tv_sec) * 1000 +
		       (now.tv_nsec - s->began.tv_nsec) / 1000000 >=
	       (long)s->rq->ms_max;
}

static void
push(struct scan *s, const char *path, const struct state *above)
{
	char *copy = NULL;

	if (s->rq->want && !s->rq->want(s->rq->arg, path, true))
		return;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		struct todo *todo =
			reallocarray(s->todo, cap, sizeof(*s->todo));

		if (todo) {
			s->todo = todo;
			s->cap = cap;
		}
	}
	if (s->n < s->cap)
		copy = strdup(path);
	if (!copy) {
		s->no_memory = true;
		s->stop = true;
		return;
	}
	s->todo[s->n++] = (struct todo){ copy, *above };
}

static void
name_it(struct scan *s, const char *path)
{
	struct trusted_report *r = s->report;
	size_t len = strlen(path);

	if (r->n_paths == TRUSTED_PATHS_MAX ||
		s->bytes + len > TRUSTED_PATHS_BYTES) {
		r->paths_cut = true;
		return;
	}
	if (!r->paths)
		r->paths = calloc(TRUSTED_PATHS_MAX, sizeof(*r->paths));
	if (!r->paths || !(r->paths[r->n_paths] = strdup(path))) {
		s->no_memory = true;
		return;
	}
	r->n_paths++;
	s->bytes += len;
}

static void
look_at_file(
	struct scan *s, const char *path, const struct stat *st, bool moved)
{
	long i;

	if (!moved && !is_since(&st->st_ctim, &s->rq->since) &&
		!is_since(&st->st_mtim, &s->rq->since))
		return;
	i = trusted_match(path);
	if (i < 0 || (s->rq->want && !s->rq->want(s->rq->arg, path, false)))
		return;
	s->report->changed++;
	s->report->counts[i]++;
	name_it(s, path);
}

/* One entry of an open directory.  Only what is in the table is looked at. */
static void
look_at_entry(struct scan *s, int dir_fd, const char *dir,
	const struct dirent *e, const struct state *here)
{
	char path[PATH_TEXT];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/%s",
		strcmp(dir, "/") == 0 ? "" : dir, e->d_name);

	if (n < 0 || n >= PATH_TEXT) {
		s->report->complete = false; /* no name that one can open */
		return;
	}
	if (e->d_type == DT_DIR) {
		push(s, path, here);
		return;
	}
	if (e->d_type != DT_UNKNOWN && trusted_match(path) < 0)
		return;
	if (fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return; /* gone */
	if (S_ISDIR(st.st_mode))
		push(s, path, here);
	else
		look_at_file(s, path, &st, here->moved);
}

/*
 * A directory that was renamed has a new change time and an old modification
 * time, and its parent was written to.  All that it brought along is new here.
 */
static struct state
state_of(const struct scan *s, const struct stat *st, const struct state *above)
{
	bool written = is_since(&st->st_mtim, &s->rq->since);
	bool changed = is_since(&st->st_ctim, &s->rq->since);

	return (struct state){ .moved = above->moved ||
					(above->written && changed && !written),
		.written = written };
}

static void
read_directory(
	struct scan *s, DIR *dir, const char *path, const struct state *here)
{
	struct trusted_report *r = s->report;
	const struct dirent *e;

	while (!s->stop && (e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (r->seen == s->rq->entries_max ||
			(r->seen % LOOK_AT_CLOCK == LOOK_AT_CLOCK - 1 &&
				is_out_of_time(s))) {
			s->stop = true;
			break;
		}
		r->seen++;
		look_at_entry(s, dirfd(dir), path, e, here);
	}
}

/*
 * Gone, or closed to us and so to the command, which has our uid.  Not so what
 * is our own: its mode may be of the command's making.
 */
static bool
is_out_of_reach(const char *path, int err)
{
	struct stat st;

	return err == ENOENT ||
	       (err == EACCES && lstat(path, &st) == 0 &&
		       st.st_uid != geteuid() &&
		       faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0);
}

static void
look_into(struct scan *s, const struct todo *t)
{
	own_fd int fd = open(t->path,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct state here;
	struct stat st;
	DIR *dir;

	if (fd < 0 || fstat(fd, &st) < 0) {
		if (!is_out_of_reach(t->path, errno))
			s->report->complete = false;
		return;
	}
	here = state_of(s, &st, &t->above);
	dir = fdopendir(fd);
	if (!dir) {
		s->report->complete = false;
		return;
	}
	(void)own_take_fd(&fd);
	read_directory(s, dir, t->path, &here);
	(void)closedir(dir); /* only read */
}

static void
begin(struct scan *s, const char *root)
{
	struct stat st;

	if (lstat(root, &st) < 0)
		return; /* it was removed */
	if (S_ISDIR(st.st_mode))
		push(s, root, &(struct state){ false, false });
	else
		look_at_file(s, root, &st, false);
}

int
trusted_scan(const struct trusted_request *rq, struct trusted_report *ret)
{
	struct trusted_report report = { .complete = true };
	struct scan s = { .rq = rq, .report = &report };

	(void)clock_gettime(CLOCK_MONOTONIC, &s.began); /* cannot fail */
	report.counts = calloc(trusted_patterns_n, sizeof(*report.counts));
	s.stop = s.no_memory = report.counts == NULL;
	for (size_t i = 0; i < rq->n_roots && !s.stop; i++)
		begin(&s, rq->roots[i]);
	while (s.n > 0) {
		struct todo t = s.todo[--s.n];

		if (s.stop)
			report.complete = false;
		else
			look_into(&s, &t);
		free(t.path);
	}
	if (s.stop)
		report.complete = false;
	free(s.todo);
	if (s.no_memory) {
		trusted_report_free(&report);
		return -ENOMEM;
	}
	*ret = report;
	return 0;
}
