/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_BACKEND_H
#define POLICY_BACKEND_H
/*
 * backend.h -- what the cage is made of: namespaces, or Landlock in place.
 *
 * Landlock is weaker, so it is used only when a person names it, or with
 * `auto`, which says so on standard error.
 */
#include <stdbool.h>

#include "policy/profile.h"

struct buf;
struct diag;
struct options;

enum backend {
	BACKEND_NAMESPACES,
	BACKEND_LANDLOCK,
	BACKEND_LANDLOCK_LOOSE, /* modes, owners and times are not guarded */
	BACKEND_AUTO,
};

/**
 * Why no namespaces can be had here; NULL when they can.  It is tried, as far as
 * a mount; with a launcher that has privilege (a setuid bit or a capability, and
 * no_new_privs not set) they can.
 */
const char *backend_no_namespaces(bool privileged_launcher);

/**
 * Can Landlock be the cage of this policy on this kernel?  0, or -EOPNOTSUPP
 * with the reason; what is wrong with single paths is policy/landlock_view.h's.
 */
int backend_admit(enum backend backend, const struct options *o,
	const struct profile *p, struct diag *d);

/** Lines for explain: what such a cage does not do. */
void backend_words(enum backend backend, struct buf *out);

#endif /* POLICY_BACKEND_H */
