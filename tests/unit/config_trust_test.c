/* SPDX-License-Identifier: Apache-2.0 */
/* config_trust_test.c -- projects only narrow (I9), administrators bound; room: test. */
#include "policy/config.h"

#include <errno.h>
#include <stddef.h>

#include "policy/buf.h"
#include "policy/config_keys.h"
#include "tests/unit/config_fixture.h"

#define PROJECT "project/.codex-sandbox/config.toml"

/* The user's file: text, and trust in the project. */
static void
trusting(struct fixture *f, const char *text)
{
	char all[2048];

	(void)snprintf(all, sizeof(all),
		"%s\n[projects.\"%s\"]\ntrust_level = 'trusted'\n", text,
		f->project);
	fixture_write(f, "user/config.toml", all);
}

static int
resolve(struct fixture *f, struct config_profile *p)
{
	int rc = fixture_load(f);

	return rc < 0 ? rc : config_resolve(f->c, NULL, p, &f->d);
}

static size_t
count(const struct config_profile *p, enum fs_access access)
{
	size_t n = 0;

	for (size_t i = 0; i < p->files.n_entries; i++)
		n += p->files.entries[i].access == access;
	return n;
}

static void
trust(struct tap *t, struct fixture *f)
{
	fixture_write(f, PROJECT, "sandbox_mode = 'read-only'");
	fixture_works(t, f, fixture_load(f), "a project nobody trusts");
	tap_str(t, config_string(f->c, "sandbox_mode"), "workspace-write",
		"is not read");
	tap_ok(t,
		config_note(f->c, 0) != NULL &&
			strstr(config_note(f->c, 0), "not trusted") != NULL,
		"and that is said");
	tap_ok(t, config_project_dir(f->c, 0) == NULL, "nor are its rules");
	fixture_write(f, PROJECT, "this is no TOML");
	fixture_works(t, f, fixture_load(f), "whatever it says");
	fixture_write(f, PROJECT, "sandbox_mode = 'read-only'");
	trusting(f, "");
	fixture_works(t, f, fixture_load(f), "a project the user trusts");
	tap_str(t, config_string(f->c, "sandbox_mode"), "read-only", "is read");
	tap_ok(t, config_note(f->c, 0) == NULL, "nothing to say");
	tap_ok(t, config_project_dir(f->c, 0) != NULL, "its rules count");
	fixture_write(f, PROJECT, "sandbox_mode =");
	fixture_fails(t, f, fixture_load(f),
		".codex-sandbox/config.toml:1:", "a value is missing");
	fixture_write(f, PROJECT, "limits.nofile = 5\n");
	f->o.flags = CONFIG_SKIP_PROJECT;
	fixture_works(t, f, fixture_load(f), "a project left out");
	tap_ok(t, config_get(f->c, "limits.nofile", NULL) == NULL,
		"is not read");
	f->o.flags = 0;
	fixture_write(f, "project/sub/.codex-sandbox/config.toml",
		"limits.nofile = 4\n");
	char sub[2 * FIXTURE_PATH_MAX];
	fixture_path(sub, sizeof(sub), f->project, "sub");
	f->o.workspace = sub;
	fixture_works(t, f, fixture_load(f), "a directory of the repository");
	tap_ok(t, config_get(f->c, "limits.nofile", NULL) != NULL, "is read");
	fixture_write(f, "project/sub/.codex-sandbox/config.toml",
		"limits.nofile = 6\n");
	fixture_fails(
		t, f, fixture_load(f), "sub/.codex-sandbox", "can only narrow");
	f->o.workspace = f->project;
}

static void
links(struct tap *t, struct fixture *f)
{
	char path[2 * FIXTURE_PATH_MAX], dir[2 * FIXTURE_PATH_MAX];

	fixture_path(path, sizeof(path), f->dir, PROJECT);
	fixture_path(dir, sizeof(dir), f->project, ".codex-sandbox");
	fixture_write(f, PROJECT, NULL);
	tap_int(t, symlink("/etc/hostname", path), 0, "a link in a project");
	fixture_fails(t, f, fixture_load(f), PROJECT, "symbolic link");
	(void)unlink(path);
	(void)rmdir(dir);
	char elsewhere[2 * FIXTURE_PATH_MAX];
	fixture_write(f, "elsewhere/config.toml", "limits.nofile = 2\n");
	fixture_path(elsewhere, sizeof(elsewhere), f->dir, "elsewhere");
	tap_int(t, symlink(elsewhere, dir), 0, "the directory as a link");
	fixture_fails(t, f, fixture_load(f), ".codex-sandbox",
		"symbolic link or no directory");
	(void)unlink(dir);
}

/* What a trusted project may say, and what it may not. */
static const struct {
	const char *user, *project, *cause; /* NULL: taken */
} asks[] = {
	{ "", "sandbox_mode = 'workspace-write'", NULL },
	{ "", "sandbox_mode = 'danger-full-access'", "can only narrow" },
	{ "sandbox_mode = 'read-only'", "sandbox_mode = 'workspace-write'",
		"can only narrow" },
	{ "", "sandbox_workspace_write.network_access = true",
		"can only narrow" },
	{ "sandbox_workspace_write.network_access = true",
		"sandbox_workspace_write.network_access = true", NULL },
	{ "sandbox_workspace_write.network_access = true",
		"sandbox_workspace_write.network_access = false", NULL },
	{ "", "sandbox_workspace_write.exclude_slash_tmp = true", NULL },
	{ "sandbox_workspace_write.exclude_slash_tmp = true",
		"sandbox_workspace_write.exclude_slash_tmp = false",
		"can only narrow" },
	{ "", "sandbox_workspace_write.writable_roots = []", "cannot be set" },
	{ "", "default_permissions = ':read-only'", "cannot be set" },
	{ "", "approval_policy = 'untrusted'", "cannot be set" },
	{ "", "permissions.x.description = 'x'", "cannot be set" },
	{ "", "projects.'/'.trust_level = 'trusted'", "cannot be set" },
	{ "", "supervisor.approver = 'none'", "cannot be set" },
	{ "", "rules.danger_list = true", NULL },
	{ "", "rules.danger_list = false", "can only narrow" },
	{ "", "filesystem.deny = ['secret']", NULL },
	{ "", "filesystem.allow_secrets = true", "cannot be set" },
	{ "", "network.denied_domains = ['x.example']", NULL },
	{ "", "shell_environment_policy.inherit = 'none'", NULL },
	{ "", "shell_environment_policy.inherit = 'all'", "can only narrow" },
	{ "", "shell_environment_policy.ignore_default_excludes = true",
		"can only narrow" },
	{ "", "shell_environment_policy.exclude = ['X']", NULL },
	{ "", "shell_environment_policy.set = { LD_PRELOAD = 'x' }",
		"cannot be set" },
	{ "", "shell_environment_policy.include = ['*']", "cannot be set" },
	{ "", "limits.timeout = 60", NULL },
	{ "limits.timeout = 30", "limits.timeout = 60", "can only narrow" },
	{ "limits.timeout = 30", "limits.timeout = 0", "can only narrow" },
	{ "", "limits.nofile = 'unlimited'", NULL },
	{ "limits.nofile = 9", "limits.nofile = 'unlimited'",
		"can only narrow" },
	{ "limits.nofile = 9", "limits.nofile = 8", NULL },
	{ "", "limits.grace = 60", "can only narrow" },
	{ "", "protected.git_commit = true", "can only narrow" },
	{ "", "protected.groups = ['mine']", NULL },
};

static void
narrowing(struct tap *t, struct fixture *f)
{
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		own_config_profile struct config_profile p = { 0 };
		trusting(f, asks[i].user);
		fixture_write(f, PROJECT, asks[i].project);
		int rc = resolve(f, &p);
		if (asks[i].cause == NULL)
			fixture_works(t, f, rc, asks[i].project);
		else
			fixture_fails(t, f, rc, PROJECT ":1:", asks[i].cause);
	}
}

/* Every row of the table that a project may set has a way to be compared. */
static void
table(struct tap *t)
{
	size_t n = 0, open = 0;
	const struct config_key *k = config_keys(&n);

	for (size_t i = 0; i < n; i++)
		if ((k[i].who & 1u << CONFIG_PROJECT) != 0 &&
			k[i].merge == MERGE_REPLACE &&
			k[i].type != CONFIG_REFUSED) {
			printf("# %s\n", k[i].path);
			open++;
		}
	tap_int(t, (long long)open, 0, "no key is open to a project");
}

/* The bounds hold for a profile too, which says more than the top level. */
static void
bounds(struct tap *t, struct fixture *f)
{
	own_config_profile struct config_profile p = { 0 };

	trusting(f, "default_permissions = 'x'\n[permissions.x]\n"
		    "limits = { timeout = 100, nofile = 100 }\n"
		    "environment = { inherit = 'all', "
		    "ignore_default_excludes = true }\n"
		    "protected = { groups = [], git_commit = true }\n"
		    "network = { access = 'full' }\nallow_unsandboxed = true\n"
		    "filesystem = { ':root' = 'write', ':slash_tmp' = 'write', "
		    "'/d' = 'deny' }\n");
	fixture_write(f, PROJECT, "");
	fixture_works(t, f, resolve(f, &p), "a wide profile");
	tap_int(t, (long long)count(&p, FS_WRITE), 2, "two writes");
	tap_int(t, p.network.access, CONFIG_NET_FULL, "full network");
	config_profile_free(&p);
	fixture_write(f, PROJECT,
		"sandbox_mode = 'read-only'\nlimits.timeout = 7\n"
		"limits.nofile = 200\nlimits.core = 0\n"
		"shell_environment_policy.inherit = 'none'\n"
		"shell_environment_policy.ignore_default_excludes = false\n"
		"protected.git_commit = false\nprotected.groups = ['own']\n"
		"filesystem.deny = ['k']\n");
	fixture_works(t, f, resolve(f, &p), "and a project that narrows");
	tap_str(t, p.name, "x", "the profile is still the user's");
	tap_int(t, (long long)count(&p, FS_WRITE), 0, "no writes");
	tap_int(t, (long long)count(&p, FS_DENY), 2, "a deny more");
	tap_int(t, p.network.access, CONFIG_NET_NONE, "no network");
	tap_int(t, (long long)p.limits.timeout_ms, 7000, "the lower time");
	tap_int(t, (long long)p.limits.rlimits[0].value, 100,
		"the profile's own limit where it is lower");
	tap_int(t, (long long)p.limits.n_rlimits, 2, "a limit more");
	tap_int(t, p.environment.inherit, CONFIG_INHERIT_NONE, "environment");
	tap_ok(t,
		!p.environment.keep_secrets && !p.git_commit && !p.unsandboxed,
		"flags are down");
	tap_str(t, p.protected_groups.items[0], "own", "a group more");
	config_profile_free(&p);
	fixture_write(f, PROJECT,
		"sandbox_mode = 'workspace-write'\n"
		"sandbox_workspace_write.exclude_slash_tmp = true\n"
		"sandbox_workspace_write.network_access = false\n");
	fixture_works(t, f, resolve(f, &p), "narrowed to the workspace");
	tap_int(t, (long long)count(&p, FS_WRITE), 0,
		"/ is not writable, nor is /tmp, and nothing is added");
	tap_int(t, p.network.access, CONFIG_NET_NONE, "no network");
	config_profile_free(&p);
	trusting(f, "sandbox_mode = 'danger-full-access'");
	fixture_works(t, f, resolve(f, &p), "from full access");
	tap_int(t, p.files.fs, FS_KIND_RESTRICTED, "there is a sandbox");
	tap_int(t, (long long)count(&p, FS_WRITE), 1, "the workspace is left");
}

static const struct {
	const char *required, *user, *cause;
} rules[] = {
	{ "allowed_sandbox_modes = ['read-only']", "", "amounts to" },
	{ "allowed_sandbox_modes = ['read-only']", "sandbox_mode = 'read-only'",
		NULL },
	{ "allowed_sandbox_modes = ['workspace-write']", "",
		"must hold read-only" },
	{ "allowed_sandbox_modes = ['read-only', 'workspace-write']",
		"default_permissions = 'x'\npermissions.x.filesystem.':root' = "
		"'write'",
		"amounts to \"danger-full-access\"" },
	{ "allowed_sandbox_modes = ['read-only', 'workspace-write']",
		"default_permissions = 'x'\npermissions.x.filesystem.'/.' = "
		"'write'",
		"amounts to \"danger-full-access\"" },
	{ "allowed_sandbox_modes = ['read-only', 'workspace-write']",
		"default_permissions = 'x'\npermissions.x.allow_unsandboxed = "
		"true",
		"amounts to \"danger-full-access\"" },
	{ "allowed_sandbox_modes = ['read-only', 'workspace-write']",
		"default_permissions = 'x'\npermissions.x.filesystem.'/a' = "
		"'write'",
		NULL },
	{ "allowed_permission_profiles = ['m']", "default_permissions = 'm'",
		NULL },
	{ "allowed_permission_profiles = ['m']",
		"default_permissions = 'x'\npermissions.x.extends = 'm'",
		"does not allow the profile \"x\"" },
	{ "allowed_permission_profiles = ['x']",
		"default_permissions = 'x'\npermissions.x.extends = 'm'",
		"nobody else defines them" },
	{ "default_permissions = 'm'", "", NULL },
	{ "permissions.filesystem.deny_read = ['/top']", "", NULL },
	{ "", "permissions.m.description = 'mine'", "is defined by" },
};

static void
required(struct tap *t, struct fixture *f)
{
	fixture_write(f, PROJECT, NULL);
	fixture_write(f, "managed/config.toml",
		"[permissions.m]\nextends = ':read-only'\n");
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		own_config_profile struct config_profile p = { 0 };
		fixture_write(
			f, "managed/requirements.toml", rules[i].required);
		fixture_write(f, "user/config.toml", rules[i].user);
		int rc = resolve(f, &p);
		if (rules[i].cause == NULL)
			fixture_works(t, f, rc, rules[i].required);
		else
			fixture_fails(t, f, rc, NULL, rules[i].cause);
		if (strstr(rules[i].required, "deny_read") != NULL)
			tap_int(t, (long long)count(&p, FS_DENY), 1,
				"deny_read is in the profile");
		if (strncmp(rules[i].required, "default", 7) == 0)
			tap_str(t, p.name, "m", "the required default");
	}
}

/* Shipped profiles are read when they are named, and are the lowest layer. */
static void
shipped(struct tap *t, struct fixture *f)
{
	own_config_profile struct config_profile p = { 0 };
	static const char *const session[] = { "permissions.s.tmp=host" };

	fixture_write(f, "managed/requirements.toml", NULL);
	fixture_write(f, "profiles/s.toml",
		"[permissions.s]\nextends = ':read-only'\n"
		"description = 'shipped'\ntmp = 'private'\n");
	fixture_write(f, "user/config.toml", "default_permissions = 's'");
	fixture_works(t, f, resolve(f, &p), "a shipped profile");
	tap_str(t, p.description, "shipped", "is read");
	tap_ok(t, !p.tmp_host, "as it is");
	config_profile_free(&p);
	f->o.session = session;
	f->o.n_session = 1;
	fixture_works(t, f, resolve(f, &p), "with one key by -c");
	tap_ok(t, p.tmp_host, "which holds");
	tap_str(t, p.description, "shipped", "and the rest is as it was");
	config_profile_free(&p);
	f->o.n_session = 0;
	fixture_write(f, "user/config.toml",
		"default_permissions = 's'\n[permissions.s]\n"
		"filesystem = { '/a' = 'read' }\n");
	fixture_works(t, f, resolve(f, &p), "a user's own of that name");
	tap_str(t, p.description, "", "stands for itself");
	config_profile_free(&p);
	fixture_write(f, "user/config.toml", "");
	fixture_works(t, f, fixture_load(f), "by name");
	fixture_works(t, f, config_resolve(f->c, "s", &p, &f->d), "resolved");
	config_profile_free(&p);
	fixture_fails(t, f, config_resolve(f->c, "none", &p, &f->d), "none",
		"no such profile");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;

	fixture_begin(&f);
	trust(&t, &f);
	links(&t, &f);
	narrowing(&t, &f);
	table(&t);
	bounds(&t, &f);
	required(&t, &f);
	shipped(&t, &f);
	return fixture_end(&f, &t);
}
