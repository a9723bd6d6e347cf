/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RESULT_H
#define POLICY_RESULT_H
/*
 * result.h -- what became of a run, as one JSON object on a descriptor.
 *
 * --result-fd N and --result FILE.  The place is opened, and what is there is
 * truncated, before anything else is done; the sandbox never gets the
 * descriptor.  Written once, at the end, also when nothing was run.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <time.h>

struct buf;
struct diag;
struct options;
struct plan_build;
struct run_result;

enum { RESULT_SCHEMA = 1 };

struct result {
	int fd;           /* owned; -1 = nobody asked */
	const char *name; /* borrowed: FILE, or N as it was given */
	char *path;       /* owned; canonical, of a regular file; else NULL */
	dev_t dev;        /* of that file */
	ino_t ino;
	bool by_name; /* --result: the name should still be it at the end */
	bool exposed; /* the command can write to the file */
	struct timespec began;       /* CLOCK_REALTIME */
	struct timespec began_mono;  /* CLOCK_MONOTONIC */
	struct timespec began_files; /* the clock of file times */
};

/**
 * Open what the options name.  0, also when they name nothing; -errno with a
 * diag: a descriptor that is not open or not for writing (usage), a file that
 * is not regular, not the caller's own or has other names.
 */
int result_open(struct result *r, const struct options *o, struct diag *d);
void result_close(struct result *r);

/** Is the result's file where the command can write?  Remembers it. */
bool result_is_exposed(struct result *r, const struct plan_build *b);

struct result_facts {
	int code;                       /* exit code to end with */
	const struct plan_build *build; /* NULL: it did not get so far */
	const struct run_result *run;   /* NULL: nothing was started */
	const struct diag *failure;     /* may be empty */
};

/** Write it, when somebody asked.  0 or -errno with a diag. */
int result_write(
	struct result *r, const struct result_facts *f, struct diag *d);

/** The object itself, one line; 0 or -ENOMEM. */
int result_json(
	const struct result *r, const struct result_facts *f, struct buf *out);

#endif /* POLICY_RESULT_H */
