/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_STATE_H
#define POLICY_STATE_H
/*
 * state.h -- directories of ours on this host: $XDG_STATE_HOME/codex-sandbox
 * (or ~/.local/state/codex-sandbox), /var/tmp/codex-sandbox-UID and
 * /tmp/codex-sandbox-UID.
 *
 * They hold work directories of overlays (run-*, locked while in use), the
 * journal of placeholders (journal.h).  A
 * place is used only when it is a directory of the caller's own that nobody
 * else may enter, and is never reached through a symlink that others could have
 * made.  Nothing in it is believed: whoever writes there (a sandbox without
 * masks that was given /tmp, or one that could make the place before we did)
 * can waste our time, and no more.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

enum { STATE_PLACES = 3 };

struct state_place {
	char *path; /* owned; canonical; NULL: there is no such place */
	int above;  /* owned; O_PATH of what exists above, -1 once it is made */
	char *rest; /* owned; what is missing below that, "a/b" */
	int fd;     /* owned; the directory, -1 while it does not exist */
	bool wanted; /* it is needed, and made unless nothing may be made */
	bool shared; /* in a directory that others write to as well */
	const char *fault; /* why it is not used, or NULL */
};

struct state {
	struct state_place place[STATE_PLACES];
};

/** As initialiser: a state that owns nothing. */
#define STATE_EMPTY                                \
	{                                          \
		.place = {                         \
			{ .above = -1, .fd = -1 }, \
			{ .above = -1, .fd = -1 }, \
			{ .above = -1, .fd = -1 }  \
		}                                  \
	}

/**
 * Look where the places are; makes nothing.  Both arguments come from the
 * environment, may be NULL, and count only when absolute.
 */
void state_look(const char *state_home, const char *home, struct state *ret);
void state_free(struct state *s);

/** Make a place that does not exist; 0, or -errno when it cannot be had. */
int state_make(struct state_place *p);

/** What must be equal for one file system to be renamed within (statx(2)). */
struct state_mount {
	uint64_t mount;
	dev_t dev;
	uint32_t project;
	bool odd; /* encrypted, or case-folded */
};
int state_mount_of(int fd, struct state_mount *ret);
/** The mount that a place is or would be on. */
int state_place_mount(const struct state_place *p, struct state_mount *ret);

/** A directory of this run, locked as long as it is open. */
struct state_run {
	char *path; /* owned */
	int place;  /* borrowed */
	int fd;     /* owned; holds the lock */
	char name[24];
};
int state_run_make(const struct state_place *p, struct state_run *ret);
/** Remove what an overlay left in it, and itself. */
void state_run_end(struct state_run *r);

/**
 * Remove the directories of runs that were killed.  Is there also something
 * whose name begins with `other`?
 */
bool state_sweep_runs(const struct state_place *p, const char *other);

#endif /* POLICY_STATE_H */
