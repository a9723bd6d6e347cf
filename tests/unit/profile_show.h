/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_PROFILE_SHOW_H
#define TESTS_UNIT_PROFILE_SHOW_H
/*
 * profile_show.h -- a profile as one short line that a test can be written
 * against, and the comparison that a round trip needs.
 *
 *   restricted net=restricted: r root, w project_roots, r? project_roots/.git
 *
 * r, w, d is the access, "?" skip when missing, "!" an error when missing.
 */
#include <stdbool.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/profile.h"

static inline void
profile_show(const struct profile *p, struct buf *out)
{
	static const char *const kinds[] = { "", "glob:", "root", "minimal",
		"project_roots", "tmpdir", "slash_tmp", "unknown" };
	static const char *const fs[] = { "restricted", "unrestricted",
		"external" };
	buf_printf(out, "%s net=%s", fs[p->fs],
		p->net == NET_ENABLED ? "enabled" : "restricted");
	if (p->glob_depth != -1)
		buf_printf(out, " depth=%ld", p->glob_depth);
	for (size_t i = 0; i < p->n_entries; i++) {
		const struct fs_entry *e = &p->entries[i];
		bool bare = e->kind == FS_PATH || e->kind == FS_GLOB;
		buf_printf(out, "%s %c%s %s%s%s", i == 0 ? ":" : ",",
			"rwd"[e->access],
			e -> missing == FS_MISSING_SKIP       ? "?"
			     : e->missing == FS_MISSING_ERROR ? "!"
							      : "",
			kinds[e->kind], bare || e->text[0] == '\0' ? "" : "/",
			e->text);
	}
}

/** profile_from_json() and its like. */
typedef int profile_parse(struct profile *p, const char *text, size_t len,
	const char *origin, struct diag *d);

/** Do both say the same?  Origins and source are only for people. */
static inline bool
profile_same(const struct profile *a, const struct profile *b)
{
	bool same = a->fs == b->fs && a->net == b->net &&
		    a->glob_depth == b->glob_depth &&
		    a->n_entries == b->n_entries;
	for (size_t i = 0; same && i < a->n_entries; i++) {
		const struct fs_entry *x = &a->entries[i];
		const struct fs_entry *y = &b->entries[i];
		same = x->kind == y->kind && x->access == y->access &&
		       x->missing == y->missing &&
		       strcmp(x->text, y->text) == 0;
	}
	return same;
}

#endif /* TESTS_UNIT_PROFILE_SHOW_H */
