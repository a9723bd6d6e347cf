/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CGROUP_H
#define POLICY_CGROUP_H
/*
 * cgroup.h -- limits of the whole sandbox: memory, processes, processor time.
 *
 * A control group of version 2 is made for the run beside ours, in the nearest
 * group above us that is ours to change and hands the controllers down: what a
 * systemd user manager or an administrator has delegated.  Nothing is moved but
 * the launcher, which enters before it becomes anything else; the front end
 * stays outside and is not starved with the command.
 *
 * Where there is none, but a systemd user manager, that makes us a scope
 * (policy/scope.h); there the front end steps aside and hands the controllers
 * down itself.
 *
 * The group is removed when the run ends.  Killed in between, it stays behind,
 * empty; the next run beside it takes it away (an flock tells the live ones).
 * In a scope systemd does.
 */
#include <stdbool.h>
#include <stdint.h>

struct buf;
struct diag;
struct options;

struct cgroup_limits {
	uint64_t memory_bytes; /* 0 = no limit, as the others */
	uint64_t pids;
	uint64_t cpu_percent; /* of one processor */
};

struct cgroup {
	struct cgroup_limits limits;
	char *path; /* owned; of the group, or of the one it will be made in */
	char name[64]; /* of the group in there; "" while there is none */
	bool scope;    /* none, but scope_enter() may bring one */
	int parent;    /* owned, the directory it lies in; -1 = none */
	int dir;       /* owned, locked; -1 = none */
	int procs;     /* owned, to enter by; -1 = none */
};

#define CGROUP_EMPTY ((struct cgroup){ .parent = -1, .dir = -1, .procs = -1 })

/* What became of the limits. */
struct cgroup_events {
	bool known;            /* there was a group */
	uint64_t oom_kills;    /* processes that were killed for memory */
	uint64_t memory_peak;  /* bytes; 0 where the kernel does not count */
	uint64_t pids_refused; /* forks that failed */
	uint64_t throttled_us; /* time for which it had to wait */
};

/**
 * Read --memory, --pids and --cpu over what is in *ret from the configuration.
 * 0 or -EINVAL with a usage diag.
 */
int cgroup_limits(
	const struct options *o, struct cgroup_limits *ret, struct diag *d);

/**
 * Make a group with these limits; `spare` processes of ours are not counted.
 * With `dry` only look whether one could be made.  Nothing when there are no
 * limits.  0, or -EOPNOTSUPP with a diag that names the option that cannot be
 * kept; g->scope says whether it may be in a scope (policy/scope.h).
 * cgroup_end() is due in both cases.
 */
int cgroup_begin(struct cgroup *g, const struct cgroup_limits *limits,
	unsigned int spare, bool dry, struct diag *d);

/** How often did a limit hold?  Before cgroup_end(). */
void cgroup_look(const struct cgroup *g, struct cgroup_events *ret);

/** Kill what is left in it, and remove it. */
void cgroup_end(struct cgroup *g);

/** "memory 1073741824 bytes, 100 processes in /sys/fs/cgroup/..." */
void cgroup_words(const struct cgroup *g, struct buf *out);

#endif /* POLICY_CGROUP_H */
