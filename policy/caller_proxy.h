/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CALLER_PROXY_H
#define POLICY_CALLER_PROXY_H
/*
 * caller_proxy.h -- the proxies that the caller's variables name, as the only way
 * out (--caller-proxy).
 *
 * An agent that has a proxy of its own on the host's loopback decides there.  Its
 * variables stay as they are: the ports they name are doors of the same number
 * inside, and there is no other.
 */
#include <stddef.h>

struct diag;
struct netpol;

/* The variables that are read, in any mix of cases; NULL ends them. */
extern const char *const caller_proxy_names[];

/**
 * Grant *np the ports of this host's loopback that the variables in envp name,
 * and nothing else.  `ports` is "any", or a list ("3128,8080") that each of them
 * has to be in.  A value for another host is left alone: it leads nowhere.
 * CODEX_NETWORK_PROXY_ATTRIBUTION becomes what each connection begins with.
 * -EINVAL with a diag when no variable names a port of the loopback, one names
 * a port that is not in the list, or the list is none.
 */
int caller_proxy_grant(struct netpol *np, char *const *envp, const char *ports,
	struct diag *d);

/**
 * The port of this host's loopback that the URL of a proxy names: 0, when it is
 * another host or no URL at all.  Any bytes will do.
 */
unsigned int caller_proxy_port(const char *url);

#endif /* POLICY_CALLER_PROXY_H */
