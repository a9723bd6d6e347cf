/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_JOURNAL_H
#define POLICY_JOURNAL_H
/*
 * journal.h -- placeholders on the host, and their end.
 *
 * Where no overlay can be had, a protected name that does not exist is made for
 * the time of the run: an empty directory of mode 0555, or a file of mode
 * 0444 that is empty or holds JOURNAL_TEXT, on which the sandbox's mask is laid.
 *
 * What ends them.  Before one is made, a record of it is on disk (fsync) in a
 * directory of ours (state.h).  A run holds a shared lock on every placeholder
 * it uses, whoever made it; it is removed only under an exclusive one, while it
 * still has that form and our mark, is ours, and the recorded object.  At the end of
 * each run, and at the start of each run of the same user, all records are gone
 * through; so the last user of a placeholder removes it, or the next start.
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct diag;

/* What the names of records begin with. */
#define JOURNAL_PREFIX "ghost-"

/* The one text that a placeholder may hold; else it is empty. */
#define JOURNAL_TEXT ".\n"

struct journal_want {
	int dir;          /* borrowed; O_PATH of the directory it is in */
	const char *path; /* borrowed; canonical */
	bool is_dir;
	bool text; /* a file that holds JOURNAL_TEXT */
	dev_t dev; /* result: identity of the placeholder */
	ino_t ino;
	bool needless; /* result: nobody of this user can create the name */
	int hold;      /* internal; its lock */
	size_t at;     /* internal; where the record has its inode */
};

struct journal {
	int place;  /* borrowed; the directory with the records */
	size_t n;   /* placeholders that are held */
	int *holds; /* owned; their locks */
	bool wrote; /* there is a record of ours */
};

/** As initialiser: a journal that holds nothing. */
#define JOURNAL_EMPTY       \
	{                   \
		.place = -1 \
	}

/** Does it look like a placeholder, whoever made it?  Opens to see. */
bool journal_looks_like(int dir, const char *name);

/** Type, mode and size say so: the question to ask first. */
bool journal_has_form(const struct stat *st);

enum journal_flag {
	JOURNAL_LATE = 1, /* bwrap lays the mounts: nobody in the sandbox can
			   * hold a lock, so a dead run gets time to die */
};

/**
 * Make, or find, and hold the placeholder for each of n names, with records in
 * the directory `place`.  0, or -errno with a diag; what was made until then is
 * removed by journal_end().
 */
int journal_take(int place, struct journal_want *want, size_t n, int flags,
	struct journal *ret, struct diag *d);

/** Let go, and remove what nobody holds any more. */
void journal_end(struct journal *j);

/** Remove what nobody holds: all records in the directory `place`. */
void journal_sweep(int place);

#endif /* POLICY_JOURNAL_H */
