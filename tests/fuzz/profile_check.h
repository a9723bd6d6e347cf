/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_PROFILE_CHECK_H
#define TESTS_FUZZ_PROFILE_CHECK_H
/*
 * profile_check.h -- any bytes are either refused with a complete error, or a
 * policy that is sound and that its canonical form says again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/profile.h"
#include "policy/profile_print.h"
#include "tests/unit/profile_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
must(bool ok)
{
	if (!ok)
		abort();
}

static inline void
check_sound(const struct profile *p)
{
	must(p->source != NULL);
	must(p->n_entries <= PROFILE_ENTRIES_MAX);
	must(p->fs == FS_KIND_RESTRICTED || p->n_entries == 0);
	for (size_t i = 0; i < p->n_entries; i++) {
		const struct fs_entry *e = &p->entries[i];
		must(e->text != NULL && e->origin != NULL);
		must(strlen(e->text) <= 8192);
		must(e->kind != FS_PATH || e->text[0] == '/');
		must(e->kind != FS_PROJECT_ROOTS || e->text[0] != '/');
		must(e->kind != FS_GLOB || e->access == FS_DENY);
	}
}

static inline void
profile_check(const uint8_t *data, size_t size, profile_parse *parse)
{
	struct profile p;
	struct profile again;
	struct diag d = { 0 };
	own_buf struct buf json = { 0 };
	profile_init(&p);
	profile_init(&again);
	int r = parse(&p, (const char *)data, size, "option", &d);
	if (r < 0) {
		must(d.code == DIAG_SETUP && d.thing[0] != '\0' &&
			d.cause[0] != '\0' && d.mend[0] != '\0');
		must(p.n_entries == 0 && p.entries == NULL);
		return;
	}
	must(r == 0 && d.code == 0);
	check_sound(&p);
	profile_to_json(&p, &json);
	must(profile_from_json(&again, buf_str(&json), json.len, "again", &d) ==
		0);
	must(profile_same(&p, &again));
	profile_free(&p);
	profile_free(&again);
}

#endif /* TESTS_FUZZ_PROFILE_CHECK_H */
