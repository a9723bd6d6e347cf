/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_CONFIG_H
#define POLICY_PLAN_CONFIG_H
/*
 * plan_config.h -- config.toml below the command line.
 *
 * Where no file, -c or --profile says anything, nothing of this runs beyond a
 * few failed opens, and a plan is what the options alone make it.  Else the
 * selected profile is the base, options are added on top, and what comes out is
 * held against the administrator's requirements once more.
 */
#include <stdbool.h>

#include "policy/config.h"

struct config;
struct diag;
struct options;
struct plan;
struct profile;

struct plan_config {
	struct config *config; /* owned; NULL where nothing is configured */
	/* Of the selected profile; strings are the configuration's. */
	struct config_network network;
	bool has_network;
	char **texts; /* owned strings made for option lists */
	unsigned n_texts;
	/* Borrowed: what the network may not, and who says so; or NULL. */
	const char *net_bound, *net_bound_origin;
};

/**
 * Load the layers for the workspace and put what they say into *o where the
 * command line is silent (lists: before the command line's own).  *ret_base is
 * filled when the configuration gives the policy itself.
 * 0 with *ret_has_base; -errno with a diag (config errors carry file:line).
 */
int plan_config_load(struct plan_config *pc, struct options *o,
	const char *workspace, struct profile *ret_base, bool *ret_has_base,
	struct diag *d);

/** Hold the finished policy against the requirements; 0 or -EPERM. */
int plan_config_admit(struct plan_config *pc, const struct options *o,
	const struct profile *p, struct diag *d);

void plan_config_free(struct plan_config *pc);

#endif /* POLICY_PLAN_CONFIG_H */
