/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_TRUSTED_H
#define POLICY_TRUSTED_H
/*
 * trusted.h -- which files that run when they are trusted did a command change?
 *
 * The table (policy/trusted-code.tsv) cannot be enforced: writing a Makefile is
 * what many commands are for (threats H6).  It is counted instead, afterwards,
 * by comparing the times of what the command could write with the moment before
 * it started.  Nobody can set a change time back without the clock, so a time
 * before the start says "not changed" also of a file whose mtime was set.
 *
 * What this does not see: what was removed, what another process changed at the
 * same time (it is counted too), what lies in a directory that was moved *and*
 * then written to, and a file server whose clock is behind ours.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct trusted_pattern {
	const char *pattern; /* one or more last components of a path */
	const char *reason;
};

/* The table, made from the .tsv file at build time. */
extern const struct trusted_pattern trusted_patterns[];
extern const size_t trusted_patterns_n;

enum {
	TRUSTED_ENTRIES_MAX = 200000, /* directory entries looked at */
	TRUSTED_MS_MAX = 1000,
	TRUSTED_PATHS_MAX = 100, /* named in the report */
	TRUSTED_PATHS_BYTES = 16 << 10,
};

/** Index of the first pattern that the absolute path matches, or -1. */
long trusted_match(const char *path);

struct trusted_request {
	const char *const
		*roots; /* absolute, canonical: directories or files */
	size_t n_roots;
	/* Look into this directory, or at this file?  NULL: at all. */
	bool (*want)(const void *arg, const char *path, bool is_dir);
	const void *arg;
	struct timespec since;
	size_t entries_max;
	unsigned int ms_max;
};

struct trusted_report {
	bool complete;  /* everything was looked at */
	size_t changed; /* files that match and changed */
	size_t *counts; /* owned; one for each pattern */
	size_t n_paths;
	char **paths;   /* owned, with its strings; the first ones found */
	bool paths_cut; /* there are more than are named */
	size_t seen;    /* directory entries looked at */
};

void trusted_report_free(struct trusted_report *r);
#define own_trusted __attribute__((cleanup(trusted_report_free)))

/**
 * Look below every root, never through a symlink.  0, or -ENOMEM.  What cannot
 * be read, or lies behind a bound, makes the report incomplete.
 */
int trusted_scan(const struct trusted_request *rq, struct trusted_report *ret);

#endif /* POLICY_TRUSTED_H */
