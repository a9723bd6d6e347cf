/* SPDX-License-Identifier: Apache-2.0 */
/* config_refuse_test.c -- what a configuration must not say; room: test. */
#include "policy/config.h"

#include <errno.h>
#include <stddef.h>

#include "tests/unit/config_fixture.h"

/* A user's config.toml, where the error is, and what it says. */
struct row {
	const char *text, *at, *cause, *mend;
};

static const struct row rows[] = {
	/* unknown keys and the nearest name */
	{ "sandbox_mod = 'read-only'", ":1:1", "unknown key \"sandbox_mod\"",
		"\"sandbox_mode\"" },
	{ "[limits]\nnofiles = 1", ":2:1", "unknown key \"limits.nofiles\"",
		"\"limits.nofile\"" },
	{ "[limit]\nnofile = 1", ":1:2", "unknown key \"limit\"", "limits." },
	{ "[permissions.x]\nextend = 'y'", ":2:1",
		"unknown key \"permissions.x.extend\"",
		"\"permissions.*.extends\"" },
	{ "[permissions.x.network]\nallow_loacl_binding = true", ":2:1",
		"unknown key", "allow_local_binding" },
	{ "[shell_environment_policy]\nexcldue = []", ":2:1", "unknown key",
		"shell_environment_policy.exclude" },
	{ "xyzzyplugh = 1", ":1:1", "unknown key", "config schema" },
	{ "network_access = true", ":1:1", "unknown key",
		"sandbox_workspace_write.network_access" },
	{ "'a b' = 1", ":1:1", "unknown key \"\"a b\"\"", "" },
	/* known and not supported */
	{ "profile = 'x'", ":1:11", "\"profile\" is not supported",
		"default_permissions" },
	{ "[features]\nx = true", ":1:2", "not supported", "" },
	{ "permissions.x.network.mitm = {}", ":1:30", "not supported",
		"never opened" },
	{ "permissions.x.network.proxy_url = 'http://127.0.0.1:1'", ":1:35",
		"not supported", "no fixed address" },
	/* types */
	{ "sandbox_mode = 1", ":1:16", "cannot be this integer",
		"read-only|workspace-write" },
	{ "sandbox_mode = 'readonly'", ":1:16", "cannot be \"readonly\"",
		"one of" },
	{ "sandbox_mode = {}", ":1:16", "cannot be this table", "" },
	{ "sandbox_workspace_write = true", ":1:1", "cannot be a value",
		"below it" },
	{ "sandbox_workspace_write.network_access = 'yes'", ":1:42",
		"cannot be \"yes\"", "true or false" },
	{ "sandbox_workspace_write.writable_roots = '/x'", ":1:42", "is a list",
		"[ ]" },
	{ "sandbox_workspace_write.writable_roots = ['x']", ":1:43",
		"cannot be \"x\"", "absolute" },
	{ "sandbox_workspace_write.writable_roots = ['/x', 7]", ":1:49",
		"cannot be this integer", "" },
	{ "limits.nofile = -1", ":1:17", "cannot be this integer", "number" },
	{ "limits.nofile = 1.5", ":1:17", "cannot be this float", "" },
	{ "limits.nofile = '1 M'", ":1:17", "cannot be", "" },
	{ "limits.timeout = 'unlimited'", ":1:18", "cannot be", "seconds" },
	{ "limits.timeout = 99999999999", ":1:18", "cannot be", "" },
	{ "limits.pids = 0", ":1:15", "cannot be", "1..4194304" },
	{ "limits.timeout = 12:00:00", ":1:18", "cannot be this time", "" },
	{ "approval_policy = 'sometimes'", ":1:19", "cannot be", "never" },
	{ "approval_policy.granular.rules = 1", ":1:34", "cannot be", "" },
	{ "approval_policy.granular.rule = true", ":1:26", "unknown key",
		"granular.rules" },
	{ "filesystem.deny = ['']", ":1:20", "cannot be \"\"", "" },
	{ "filesystem.deny = [\"a\\u0000b\"]", ":1:20", "cannot be", "" },
	{ "network.denied_domains = ['http://x']", ":1:27", "cannot be",
		"host" },
	{ "network.denied_domains = ['a.*.x']", ":1:27", "cannot be", "" },
	{ "network.denied_cidrs = ['10.0.0.0/33']", ":1:25", "cannot be", "" },
	{ "network.denied_cidrs = ['fd00::/8', '10.0.0']", ":1:37", "cannot be",
		"" },
	{ "permissions.x.network.ports = [0]", ":1:32", "cannot be",
		"1..65535" },
	{ "permissions.x.filesystem.'/x' = 'denny'", ":1:33",
		"cannot be \"denny\"", "deny" },
	{ "permissions.x.filesystem.'/x'.y.z = 'deny'", ":1:31",
		"cannot be this table", "" },
	/* names */
	{ "permissions.':x'.description = ''", ":1:13",
		"cannot be the name of a profile", "" },
	{ "permissions.'a b'.description = ''", ":1:13", "cannot be the name",
		"" },
	{ "projects.x.trust_level = 'trusted'", ":1:10", "cannot be a project",
		"absolute" },
	{ "shell_environment_policy.set.'A=B' = 'x'", ":1:30",
		"cannot be an environment variable", "" },
	{ "\"a\\u0000\" = 1", ":1:1", "a key with a NUL", "" },
	/* not TOML */
	{ "a = = 1", ":1:5", "a value is missing", "" },
	{ "\xff", ":1:1", "is not UTF-8", "" },
};

static void
check(struct tap *t, struct fixture *f, const struct row *r)
{
	char at[64];

	(void)snprintf(at, sizeof(at), "user/config.toml%s", r->at);
	fixture_write(f, "user/config.toml", r->text);
	fixture_fails(t, f, fixture_load(f), at, r->cause);
	bool ok = strstr(f->d.mend, r->mend) != NULL;
	if (!tap_ok(t, ok, "mend: %s", r->mend))
		printf("# %s\n", f->d.mend);
	tap_ok(t, strchr(config_excerpt(f->c), '^') != NULL,
		"the line is shown with a caret");
}

/* Files as they lie on the disk. */
static void
files(struct tap *t, struct fixture *f)
{
	char path[2 * FIXTURE_PATH_MAX];

	fixture_write(f, "user/config.toml", "limits.nofile = 7");
	fixture_path(path, sizeof(path), f->user, "config.toml");
	fixture_works(t, f, fixture_load(f), "a file of 0644");
	(void)chmod(path, 0664);
	fixture_fails(
		t, f, fixture_load(f), "config.toml", "others than its owner");
	(void)chmod(path, 0646);
	fixture_fails(
		t, f, fixture_load(f), "config.toml", "others than its owner");
	(void)chmod(path, 0600);
	fixture_works(t, f, fixture_load(f), "a file of 0600");
	(void)chmod(f->user, 0777);
	fixture_fails(t, f, fixture_load(f), "/user", "others than its owner");
	(void)chmod(f->user, 0755);
	(void)unlink(path);
	(void)mkdir(path, 0755);
	fixture_fails(
		t, f, fixture_load(f), "config.toml", "not a regular file");
	(void)rmdir(path);
	(void)mkfifo(path, 0644);
	fixture_fails(
		t, f, fixture_load(f), "config.toml", "not a regular file");
	(void)unlink(path);
	if (symlink("other.toml", path) == 0)
		fixture_write(f, "user/other.toml", "limits.nofile = 8");
	fixture_works(t, f, fixture_load(f), "a link to a file of one's own");
	(void)unlink(path);
	fixture_works(t, f, fixture_load(f), "no file");
}

/* 64 MiB, without reading them. */
static void
huge(struct tap *t, struct fixture *f)
{
	char path[2 * FIXTURE_PATH_MAX];

	fixture_write(f, "user/config.toml", "");
	fixture_path(path, sizeof(path), f->user, "config.toml");
	tap_int(t, truncate(path, (off_t)64 << 20), 0, "a file of 64 MiB");
	fixture_fails(
		t, f, fixture_load(f), "config.toml", "larger than 1 MiB");
	fixture_write(f, "user/config.toml", NULL);
}

/* Another owner than the administrator, as far as the test can make one. */
static void
owner(struct tap *t, struct fixture *f)
{
	fixture_write(f, "managed/config.toml", "limits.nofile = 7");
	fixture_works(t, f, fixture_load(f), "a managed file");
	if (geteuid() == 0) {
		char path[2 * FIXTURE_PATH_MAX];
		fixture_path(path, sizeof(path), f->managed, "config.toml");
		tap_int(t, chown(path, 65534, 65534), 0, "given away");
	} else {
		f->o.managed_uid = 0;
	}
	fixture_fails(t, f, fixture_load(f), "/managed", "must belong to root");
	f->o.managed_uid = geteuid();
	fixture_write(f, "managed/config.toml", NULL);
}

static void
many_values(struct tap *t, struct fixture *f)
{
	char path[2 * FIXTURE_PATH_MAX];

	fixture_write(f, "user/config.toml", "");
	fixture_path(path, sizeof(path), f->user, "config.toml");
	FILE *out = fopen(path, "we");
	if (out == NULL)
		abort();
	fputs("[shell_environment_policy.set]\n", out);
	for (int i = 0; i < 5000; i++)
		fprintf(out, "V%d = ''\n", i);
	(void)fclose(out); /* what is missing is seen */
	fixture_fails(t, f, fixture_load(f), NULL, "more than 4096 values");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;

	fixture_begin(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&t, &f, &rows[i]);
	files(&t, &f);
	huge(&t, &f);
	owner(&t, &f);
	many_values(&t, &f);
	return fixture_end(&f, &t);
}
