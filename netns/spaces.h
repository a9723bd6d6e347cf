/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_SPACES_H
#define NETNS_SPACES_H
/* spaces.h -- the namespaces that the launcher's holder made for init. */
struct plan;

/**
 * With PLAN_INIT_MOUNTS: leave bwrap's mount namespace for the holder's, which
 * shows all of the host, and with PLAN_PRIVATE_NET join its network namespace,
 * where lo is up.  Ends the run (125) when that cannot be.  The descriptors stay
 * open; nobody needs them any more.
 */
void spaces_join(const struct plan *plan);

#endif /* NETNS_SPACES_H */
