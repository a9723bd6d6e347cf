/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PROFILE_NET_H
#define POLICY_PROFILE_NET_H
/*
 * profile_net.h -- the network member of a JSON profile, read and printed.
 *
 * A word (restricted, enabled, proxy), or an object: access (none, proxy, full)
 * and what config.toml has in [permissions.NAME.network], under the same names.
 */
#include <jansson.h>

struct buf;
struct json_at;
struct json_reader;
struct netpol;
struct profile;

/** 0 or -EINVAL with a diag that names the member; unknown ones are refused. */
int profile_net_read(const struct json_reader *r, const struct json_at *at,
	json_t *v, struct profile *p);

/** The word, or the object that profile_net_read() makes the same of. */
void profile_net_add(struct buf *out, const struct profile *p);

/** The object alone, in a fixed order of members; lists as they are. */
void profile_netpol_add(struct buf *out, const struct netpol *np);

#endif /* POLICY_PROFILE_NET_H */
