/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_NETPOL_WITHIN_H
#define POLICY_NETPOL_WITHIN_H
/*
 * netpol_within.h -- does one grant let pass no more than another?
 *
 * For bounds of an administrator.  Decided on what is written and not on any
 * address, so that it holds whatever names lead to; in doubt the answer is no.
 */
#include <stdbool.h>

#include "policy/netpol.h"

/**
 * Everything that r allows, bound allows too.  An address, and localhost, open
 * what no pattern of names does: they lie only within themselves.
 */
bool netpol_rule_within(
	const struct netpol_rule *r, const struct netpol_rule *bound);

/**
 * The same of networks.  An address alone opens metadata services and this host
 * itself, and lies only within itself; loopback only within loopback.
 */
bool netpol_cidr_within(const struct netcidr *c, const struct netcidr *bound);

#endif /* POLICY_NETPOL_WITHIN_H */
