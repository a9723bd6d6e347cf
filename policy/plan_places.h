/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_PLACES_H
#define POLICY_PLAN_PLACES_H
/*
 * plan_places.h -- directories of a run, and where our own programs lie.
 */
#include <limits.h>

struct diag;
struct options;
struct plan_build;

/**
 * Workspace and working directory, opened and known by their canonical names.
 * 0 or -errno with a diag: one that is not there, or that would make the whole
 * system writable.
 */
int plan_places_find(
	struct plan_build *b, const struct options *o, struct diag *d);

/**
 * Where codex-sandbox-init and its like are: beside us, or installed.  A
 * descriptor of the directory, or -1 with errno; *ret_place is its name, which
 * may be in self.
 */
int plan_places_open(char self[PATH_MAX], const char **ret_place);

/**
 * The programs beside us (a build tree) or at the compiled-in place.  We are
 * the user's own process: whoever can replace these can replace us.  0 or
 * -errno with a diag.
 */
int plan_places_programs(struct plan_build *b, struct diag *d);

#endif /* POLICY_PLAN_PLACES_H */
