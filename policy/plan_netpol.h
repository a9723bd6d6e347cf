/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_NETPOL_H
#define POLICY_PLAN_NETPOL_H
/*
 * plan_netpol.h -- the network of a run: options, configuration and rules become
 * the policy's struct netpol.
 *
 * Order, strongest last where single values meet: configuration (or the JSON
 * profile), network_rule() of .rules, options.  Lists add up, and a deny of
 * anybody holds: network.denied_domains and denied_cidrs of every layer even
 * where the policy was given as JSON.
 */
#include <stdbool.h>

struct buf;
struct config_network;
struct diag;
struct netpol;
struct plan_build;

/**
 * What a profile of the configuration says.  deny_only: the policy itself comes
 * from elsewhere.  Errors name file:line.
 */
int plan_netpol_configure(const struct config_network *net, bool deny_only,
	struct netpol *np, struct diag *d);

/**
 * Complete b->profile.net and b->profile.network.  0, -EINVAL (2) for options
 * that contradict each other, -errno of rules that cannot be read.
 */
int plan_netpol_make(struct plan_build *b, struct diag *d);

/** Lines that a person should read before the command runs ("" = none). */
void plan_netpol_notes(const struct plan_build *b, struct buf *out);

#endif /* POLICY_PLAN_NETPOL_H */
