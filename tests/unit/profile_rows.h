/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_PROFILE_ROWS_H
#define TESTS_UNIT_PROFILE_ROWS_H
/* profile_rows.h -- texts of policies that are taken, and that are refused. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/profile_print.h"
#include "policy/vis.h"
#include "tests/unit/profile_show.h"
#include "tests/unit/tap.h"

/*
 * json becomes that policy, and the canonical form of it the same policy.
 * name: NULL for the text of the policy.
 */
static inline void
profile_good(struct tap *t, profile_parse *parse, const char *json,
	const char *want, const char *name)
{
	struct profile p;
	struct profile again;
	struct diag d = { 0 };
	own_buf struct buf title = { 0 };
	own_buf struct buf shown = { 0 };
	own_buf struct buf canonical = { 0 };
	vis_str(&title, name == NULL ? want : name);
	name = buf_str(&title);
	profile_init(&p);
	profile_init(&again);
	if (!tap_int(t, parse(&p, json, strlen(json), "option", &d), 0, name)) {
		printf("# %s\n# %s: %s\n", json, d.thing, d.cause);
		return;
	}
	profile_show(&p, &shown);
	tap_str(t, buf_str(&shown), want, name);
	profile_to_json(&p, &canonical);
	tap_ok(t,
		profile_from_json(&again, buf_str(&canonical), canonical.len,
			"again", NULL) == 0 &&
			profile_same(&p, &again),
		"round trip of %s", name);
	profile_free(&p);
	profile_free(&again);
}

struct bad_row {
	const char *json;
	const char *thing; /* how the thing ends */
	const char *cause; /* somewhere in the cause */
};

/* The error is complete and names it; nothing is left in the profile. */
static inline void
profile_bad(struct tap *t, profile_parse *parse, const char *option,
	const struct bad_row *r)
{
	struct profile p;
	struct diag d = { 0 };
	profile_init(&p);
	int err = parse(&p, r->json, strlen(r->json), option, &d);
	size_t have = strlen(d.thing);
	size_t want = strlen(r->thing);
	bool ok = err == -EINVAL && d.code == DIAG_SETUP && have >= want &&
		  strcmp(d.thing + have - want, r->thing) == 0 &&
		  strstr(d.cause, r->cause) != NULL && d.mend[0] != '\0' &&
		  p.n_entries == 0 && p.fs == FS_KIND_RESTRICTED;
	if (!tap_ok(t, ok, "%s: %s", r->thing, r->cause))
		printf("# %s\n# %d %s: %s\n", r->json, err, d.thing, d.cause);
	profile_free(&p);
}

#endif /* TESTS_UNIT_PROFILE_ROWS_H */
