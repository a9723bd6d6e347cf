/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_NETPOL_RULE_H
#define POLICY_NETPOL_RULE_H
/* netpol_rule.h -- one host pattern: read, and matched. */
#include "policy/netpol.h"

/** Fill *r but for allow and origin.  0, -EINVAL or -ENOMEM, with a diag. */
int netpol_rule_parse(
	const char *pattern, struct netpol_rule *r, struct diag *d);

/** Is the pattern's host part this host? */
bool netpol_rule_has_host(const struct netpol_rule *r, const struct nethost *h);

/** Do port and protocol fit?  A captured connection is https at 443, http at 80. */
bool netpol_rule_has_way(const struct netpol_rule *r,
	enum netpol_protocol protocol, uint16_t port);

#endif /* POLICY_NETPOL_RULE_H */
