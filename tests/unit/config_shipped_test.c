/* SPDX-License-Identifier: Apache-2.0 */
/* config_shipped_test.c -- the shipped profiles as they are installed; room: test. */
#include "policy/config.h"

#include <errno.h>
#include <stddef.h>

#include "tests/unit/config_fixture.h"

struct row {
	const char *name;
	bool writes, home; /* the workspace; all of / is readable */
	enum config_inherit inherit;
	unsigned timeout_s;
};

static const struct row rows[] = {
	{ "agent", true, true, CONFIG_INHERIT_CORE, 0 },
	{ "build", true, true, CONFIG_INHERIT_CORE, 7200 },
	{ "test", true, true, CONFIG_INHERIT_CORE, 1800 },
	{ "review", false, true, CONFIG_INHERIT_CORE, 900 },
	{ "ci", true, false, CONFIG_INHERIT_NONE, 3600 },
	{ "container", true, true, CONFIG_INHERIT_ALL, 0 },
};

static bool
has(const struct config_profile *p, enum fs_path_kind kind,
	enum fs_access access)
{
	for (size_t i = 0; i < p->files.n_entries; i++)
		if (p->files.entries[i].kind == kind &&
			p->files.entries[i].access == access)
			return true;
	return false;
}

static void
check(struct tap *t, struct fixture *f, const struct row *r)
{
	own_config_profile struct config_profile p = { 0 };
	int rc = config_resolve(f->c, r->name, &p, &f->d);

	fixture_works(t, f, rc, r->name);
	if (rc < 0)
		return;
	tap_ok(t, p.description[0] != '\0', "%s is described", r->name);
	tap_int(t, has(&p, FS_PROJECT_ROOTS, FS_WRITE), r->writes,
		"whether the workspace is writable");
	tap_int(t, has(&p, FS_ROOT, FS_READ), r->home, "whether / is readable");
	tap_ok(t, !has(&p, FS_ROOT, FS_WRITE), "/ is not writable");
	tap_int(t, p.network.access, CONFIG_NET_NONE, "no network");
	tap_ok(t,
		!p.unsandboxed && !p.allow_secrets && !p.tmp_host &&
			!p.environment.keep_secrets,
		"no way round");
	tap_int(t, p.environment.inherit, r->inherit, "environment");
	tap_int(t, (long long)p.limits.timeout_ms, 1000LL * r->timeout_s,
		"time limit");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;

	fixture_begin(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fixture_ship(&f, rows[i].name);
	fixture_works(&t, &f, fixture_load(&f), "no configuration");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&t, &f, &rows[i]);
	return fixture_end(&f, &t);
}
