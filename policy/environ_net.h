/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_ENVIRON_NET_H
#define POLICY_ENVIRON_NET_H
/*
 * environ_net.h -- the variables that tell programs of the proxy inside.
 *
 * One table: what is set there, and what of the caller's is left out there
 * because it speaks of the host's proxies.  Outside of a sandbox none of it is
 * ever set.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct env_net {
	uint16_t port; /* of the proxy, at 127.0.0.1 inside */
	bool socks;    /* ALL_PROXY is socks5h:// and not http:// */
	bool local;    /* allow_local_binding */
};

/** Is it the name of such a variable, in any case? */
bool env_net_is(const char *name, size_t len);

/**
 * NAME=VALUE of row i, owned by the caller; java: the caller's own value of
 * JAVA_TOOL_OPTIONS, which is kept in front, or NULL.  0; -ENOENT behind the
 * last row; -ENOMEM.
 */
int env_net_pair(
	const struct env_net *net, size_t i, const char *java, char **ret);

#endif /* POLICY_ENVIRON_NET_H */
