/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_BUILD_H
#define POLICY_PLAN_BUILD_H
/*
 * plan_build.h -- options and this machine become one plan.
 *
 * The same function serves exec and explain: what explain prints is the struct
 * that exec encodes (invariant I3).
 */
#include <stdbool.h>

#include "launcher/plan.h"
#include "policy/backend.h"
#include "policy/buf.h"
#include "policy/cgroup.h"
#include "policy/ghost.h"
#include "policy/plan_config.h"
#include "policy/plan_net.h"
#include "policy/profile.h"
#include "policy/view.h"

struct diag;
struct options;
struct ruling;

enum plan_cage {
	CAGE_NAMESPACES, /* bwrap, namespaces, filter */
	CAGE_LANDLOCK,   /* in place: Landlock and filter */
	CAGE_FILTER,     /* external sandbox: only the network filter */
	CAGE_NONE,       /* danger-full-access, or external with network */
};

struct plan_build {
	struct plan *plan;             /* borrowed from the caller (large) */
	const struct options *options; /* borrowed */
	enum plan_cage cage;
	enum backend backend;      /* the one in use; never BACKEND_AUTO */
	const char *no_namespaces; /* why not, with --backend auto; else NULL */
	struct plan_config config; /* owned */
	struct profile profile;
	struct ruling *ruling; /* owned; NULL: nothing to judge by */
	enum view_tmp tmp;
	struct view view;
	struct ghost ghost; /* what guards need on the host */
	bool dry;           /* set by the caller: nothing is made on the host */
	/* Set by the caller, or NULL: called where init lays the mounts, once
	 * flags and descriptors of the plan are known and the rest is not. */
	int (*begin)(struct plan_build *b, void *arg, struct diag *d);
	void *begin_arg;
	bool no_command;      /* set by the caller: it is only a placeholder */
	unsigned int without; /* bit n: enum control_unable n was said */
	char *workspace;      /* owned; canonical */
	char *cwd;            /* owned; canonical */
	char **env;           /* owned */
	char **argv;          /* borrowed: the command */
	const char *filter;   /* name of the filter, or "none" */
	struct plan_net net;  /* of a network by name */
	char *place;          /* owned; directory of our programs */
	char *program; /* owned; launcher, or init where nothing is launched */
	int init_fd;   /* owned */
	int control_near;     /* owned */
	int control_far;      /* owned; in the plan */
	int stdio[3];         /* owned; in the plan */
	struct cgroup cgroup; /* owned; limits of the whole */
	struct buf blob;      /* owned; the encoded plan */
};

/** Does the policy decide about files, and is it enforced by us? */
static inline bool
plan_is_caged(const struct plan_build *b)
{
	return b->cage == CAGE_NAMESPACES || b->cage == CAGE_LANDLOCK;
}

/**
 * Build into *b (plan, dry and begin set by the caller, the rest is initialised here).
 * The configuration completes *o.  0 or -errno with a diag; plan_build_free() is due in both cases.
 */
int plan_build(struct plan_build *b, struct options *o, struct diag *d);
void plan_build_free(struct plan_build *b);

/**
 * Init said CONTROL_UNABLE with `what`: build the plan again without it.  0 and
 * it can be run; -EOPNOTSUPP when there is no weaker means, *d untouched;
 * -errno with a diag.
 */
int plan_build_weaker(struct plan_build *b, struct options *o,
	unsigned int what, struct diag *d);

#endif /* POLICY_PLAN_BUILD_H */
