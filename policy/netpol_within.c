/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_within.c -- grants within grants; room: user. */
#include "policy/netpol_within.h"

#include <string.h>

enum { ALONE = 128, LOOPBACK4_BITS = 96 + 8 };

static bool
below(const char *name, const char *of)
{
	const size_t n = strlen(name), m = strlen(of);

	return n > m && name[n - m - 1] == '.' && strcmp(name + n - m, of) == 0;
}

static bool
is_localhost(const char *name)
{
	return strcmp(name, "localhost") == 0 || below(name, "localhost");
}

/* Of the last label but the first: what a glob's text ends with, its names do. */
static bool
names_within(const struct netpol_rule *r, const struct netpol_rule *bound)
{
	const bool same = strcmp(r->host, bound->host) == 0;
	const bool inside = below(r->host, bound->host);

	switch (bound->kind) {
	case NETPOL_ANY: return r->kind == NETPOL_ANY || !is_localhost(r->host);
	case NETPOL_TREE:
		return r->kind != NETPOL_ANY &&
		       (inside || (same && r->kind != NETPOL_GLOB));
	case NETPOL_BELOW:
		return r->kind != NETPOL_ANY &&
		       (inside || (same && r->kind == NETPOL_BELOW));
	case NETPOL_EXACT: return r->kind == NETPOL_EXACT && same;
	case NETPOL_GLOB: return r->kind == NETPOL_GLOB && same;
	}
	return false;
}

bool
netpol_rule_within(const struct netpol_rule *r, const struct netpol_rule *bound)
{
	const bool ports = bound->port_hi == 0 ||
			   (r->port_hi != 0 && r->port_lo >= bound->port_lo &&
				   r->port_hi <= bound->port_hi);

	if (!ports || (r->protocols & ~bound->protocols) != 0)
		return false;
	if (r->literal || bound->literal)
		return r->literal && bound->literal &&
		       netaddr_equal(&r->addr, &bound->addr) &&
		       strcmp(r->addr.scope, bound->addr.scope) == 0;
	return names_within(r, bound);
}

bool
netpol_cidr_within(const struct netcidr *c, const struct netcidr *bound)
{
	/* Wider ones open no loopback. */
	const bool loopback = c->bits >= LOOPBACK4_BITS &&
			      netaddr_class(&c->base) == NETADDR_LOOPBACK;

	if (c->bits == ALONE || bound->bits == ALONE)
		return c->bits == bound->bits &&
		       netaddr_equal(&c->base, &bound->base);
	return c->bits >= bound->bits && netcidr_has(bound, &c->base) &&
	       (!loopback || (bound->bits >= LOOPBACK4_BITS &&
				     netaddr_class(&bound->base) ==
					     NETADDR_LOOPBACK));
}
