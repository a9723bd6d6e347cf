/* SPDX-License-Identifier: Apache-2.0 */
/* config_profile_test.c -- [permissions.NAME] and what comes of it; room: test. */
#include "policy/config.h"

#include <sys/resource.h>

#include <errno.h>
#include <stddef.h>

#include "policy/buf.h"
#include "tests/unit/config_fixture.h"

/* Entries as text, in order: "write :ws src; deny :ws k". */
static void
entries(const struct config_profile *p, struct buf *out)
{
	static const char *const access[] = { "read", "write", "deny" };
	static const char *const kinds[] = { "", "glob ", ":root", ":minimal",
		":ws ", ":tmpdir", ":slash_tmp", "?" };

	for (size_t i = 0; i < p->files.n_entries; i++) {
		const struct fs_entry *e = &p->files.entries[i];
		buf_printf(out, "%s%s %s%s", i > 0 ? "; " : "",
			access[e->access], kinds[e->kind], e->text);
	}
}

/* Write the user's file, load, resolve the selected profile. */
static int
resolve(struct fixture *f, const char *text, struct config_profile *p)
{
	if (text != NULL)
		fixture_write(f, "user/config.toml", text);
	int rc = fixture_load(f);
	return rc < 0 ? rc : config_resolve(f->c, NULL, p, &f->d);
}

struct row {
	const char *text, *want;
};

#define ROOT "read :root; "
#define WORKSPACE                                                        \
	"write :ws ; read :ws .git; read :ws .agents; read :ws .codex; " \
	"read :ws .aws"

static const struct row rows[] = {
	{ "", ROOT WORKSPACE },
	{ "sandbox_mode = 'read-only'", "read :root" },
	{ "[sandbox_workspace_write]\nwritable_roots = ['/data', '~/x/../y']\n"
	  "exclude_slash_tmp = true\nexclude_tmpdir_env_var = true",
		ROOT WORKSPACE "; write /data; write /home/somebody/y" },
	{ "default_permissions = ':read-only'", "read :root" },
	{ "default_permissions = 'x'\n[permissions.x.filesystem]\n"
	  "':minimal' = 'read'\n'/a//b/../c' = 'write'\n'~/k' = 'deny'\n"
	  "':tmpdir' = 'write'\n':slash_tmp' = 'none'\n"
	  "':workspace_roots' = 'write'",
		"read :minimal; write /a/c; deny /home/somebody/k; "
		"write :tmpdir; deny :slash_tmp; write :ws " },
	{ "default_permissions = 'x'\n[permissions.x.filesystem]\n"
	  "':workspace_roots' = { '.' = 'write', 'docs' = 'read', "
	  "'**/*.env' = 'deny' }\n'/srv' = { 'a' = 'read', '*.key' = 'deny' }\n"
	  "':root' = { 'opt' = 'read' }\n':slash_tmp' = { 'x' = 'write' }",
		"write :ws ; read :ws docs; deny glob **/*.env; read /srv/a; "
		"deny glob /srv/*.key; read /opt; write /tmp/x" },
	{ "default_permissions = 'x'\n[permissions.x]\nextends = 'y'\n"
	  "filesystem = { '/a' = 'deny', '/b' = 'read' }\n"
	  "[permissions.y]\nextends = ':read-only'\n"
	  "filesystem = { '/a/' = 'write', ':root' = 'deny' }",
		"deny :root; deny /a; read /b" },
	{ "default_permissions = 'x'\n[permissions.x]\n"
	  "workspace_roots = { '/w2' = true, '/w3' = false }\n"
	  "[permissions.x.filesystem.':workspace_roots']\n"
	  "'.' = 'write'\ndocs = 'read'\n'*.pem' = 'deny'",
		"write :ws ; read :ws docs; deny glob *.pem; write /w2; "
		"read /w2/docs; deny glob /w2/*.pem" },
	{ "filesystem.deny = ['/s', '~/t', 'u', '**/v']\n"
	  "default_permissions = ':read-only'",
		ROOT "deny /s; deny /home/somebody/t; deny :ws u; "
		     "deny glob **/v" },
	/* What is in a directory's name is no pattern, below ~ and workspaces. */
	{ "default_permissions = 'x'\n[permissions.x]\n"
	  "workspace_roots = { '~/w[2]' = true }\n"
	  "[permissions.x.filesystem.':workspace_roots']\n"
	  "'*.pem' = 'deny'\na = 'write'",
		"deny glob *.pem; write :ws a; "
		"deny glob /home/somebody/w[[]2]/*.pem; "
		"write /home/somebody/w[2]/a" },
	{ "sandbox_mode = 'danger-full-access'\nfilesystem.deny = ['/s']",
		"deny /s; write :root" },
};

static void
check(struct tap *t, struct fixture *f, const struct row *r)
{
	own_config_profile struct config_profile p = { 0 };
	own_buf struct buf out = { 0 };

	fixture_works(t, f, resolve(f, r->text, &p), "a profile");
	entries(&p, &out);
	tap_str(t, buf_str(&out), r->want, "its entries");
}

static const struct row bad[] = {
	{ "default_permissions = 'x'", "no profile \"x\"" },
	{ "default_permissions = 'x'\npermissions.x.extends = 'y'",
		"no profile \"y\"" },
	{ "default_permissions = 'x'\npermissions.x.extends = 'x'",
		"extends itself" },
	{ "default_permissions = 'x'\npermissions.x.extends = 'y'\n"
	  "permissions.y.extends = 'z'\npermissions.z.extends = 'x'",
		"extends itself" },
	{ "default_permissions = 'x'\n"
	  "permissions.x.extends = ':danger-full-access'",
		"cannot extend :danger-full-access" },
	{ "permissions.x.filesystem.'/a' = 'read'", "no profile is selected" },
#define X "default_permissions = 'x'\n[permissions.x.filesystem]\n"
	{ X "a = 'read'", "\"a\" is no place" },
	{ X "':bogus' = 'deny'", "\":bogus\" is no place" },
	{ X "'~other/x' = 'read'", "is no place" },
	{ X "'/a' = 'read'\n'/b/../a' = 'write'", "another access" },
	{ X "':tmpdir' = { 'x' = 'read' }", "is no place" },
	{ X "':workspace_roots' = { '../x' = 'read' }", "is no place" },
	{ X "':workspace_roots' = { '/x' = 'read' }", "is no place" },
	{ X "'/x' = { '/y' = 'read' }", "is no place" },
	{ X "'/x/*.c' = 'read'", "is no place" },
#undef X
	{ "default_permissions = 'x'\n[permissions.x.network]\n"
	  "access = 'none'\nenabled = true",
		"the contrary" },
	{ "default_permissions = 'x'\n[permissions.x.network]\n"
	  "unix_sockets = { 'run/x' = 'allow' }",
		"no path of a socket" },
	{ "[shell_environment_policy]\ninclude_only = ['A']\n"
	  "filters = { 'B' = 'include' }",
		"include_only beside filters" },
};

static void
chain_too_long(struct tap *t, struct fixture *f)
{
	own_config_profile struct config_profile p = { 0 };
	own_buf struct buf text = { 0 };

	buf_str_add(&text, "default_permissions = 'p0'\n");
	for (int i = 0; i < 20; i++)
		buf_printf(
			&text, "permissions.p%d.extends = 'p%d'\n", i, i + 1);
	fixture_fails(t, f, resolve(f, buf_str(&text), &p), NULL,
		"more than 16 profiles");
}

static void
selection(struct tap *t, struct fixture *f)
{
	own_config_profile struct config_profile p = { 0 };
	static const char *const session[] = { "sandbox_mode=read-only" };
	static const char *const nofile[] = { "limits.nofile=3" };
	static const char user[] =
		"default_permissions = 'x'\nsandbox_mode = 'workspace-write'\n"
		"[permissions.x]\ndescription = 'mine'\n"
		"filesystem = { '/a' = 'read' }";

	fixture_works(t, f, resolve(f, user, &p), "both in one layer");
	tap_str(t, p.name, "x", "the profile beats the mode");
	tap_str(t, p.description, "mine", "its description");
	tap_ok(t, strstr(p.origin, "user/config.toml:1") != NULL,
		"what selected it");
	tap_ok(t, strstr(p.files.entries[0].origin, "config.toml:5") != NULL,
		"an entry knows its line");
	config_profile_free(&p);
	f->o.session = session;
	f->o.n_session = 1;
	fixture_works(t, f, resolve(f, NULL, &p), "a mode by -c");
	tap_str(t, p.name, ":read-only", "the higher layer's mode holds");
	config_profile_free(&p);
	/* A general setting of a higher layer beats the profile's own. */
	f->o.session = nofile;
	fixture_works(t, f,
		resolve(f,
			"default_permissions = 'x'\nlimits.nofile = 9\n"
			"permissions.x.limits.nofile = 5\n",
			&p),
		"a limit by -c");
	tap_int(t, (long long)p.limits.rlimits[0].value, 3, "holds");
	f->o.n_session = 0;
}

static void
settings(struct tap *t, struct fixture *f)
{
	own_config_profile struct config_profile p = { 0 };
	static const char user[] =
		"default_permissions = 'x'\n"
		"limits = { timeout = '1m', nofile = 100 }\n"
		"[shell_environment_policy]\ninherit = 'all'\n"
		"exclude = ['A*']\nset = { S = '1' }\n"
		"[permissions.x]\nextends = 'y'\n"
		"limits = { nofile = 50, core = 'unlimited', memory = '1G' }\n"
		"environment = { exclude = ['B*'], set = { T = '2' } }\n"
		"protected = { groups = ['git'], git_commit = true }\n"
		"devices = ['dri']\ntmp = 'host'\nallow_secrets = true\n"
		"allow_unsandboxed = true\n"
		"[permissions.y]\nlimits = { timeout = '2m' }\n"
		"environment = { inherit = 'core', "
		"ignore_default_excludes = true }";

	fixture_works(t, f, resolve(f, user, &p), "settings");
	tap_int(t, (long long)p.limits.timeout_ms, 120000,
		"the profile's base beats the top of the same layer");
	tap_int(t, (long long)p.limits.grace_ms, 5000, "the preset of grace");
	tap_int(t, (long long)p.limits.memory_bytes, 1 << 30, "memory");
	tap_int(t, (long long)p.limits.n_rlimits, 2, "two rlimits");
	tap_int(t, p.limits.rlimits[0].resource, RLIMIT_NOFILE, "nofile");
	tap_int(t, (long long)p.limits.rlimits[0].value, 50, "its value");
	tap_ok(t, p.limits.rlimits[1].value == UINT64_MAX, "unlimited");
	tap_int(t, p.environment.inherit, CONFIG_INHERIT_CORE, "inherit");
	tap_ok(t, p.environment.keep_secrets, "secrets kept");
	tap_int(t, (long long)p.environment.exclude.n, 2, "excludes add up");
	tap_int(t, (long long)p.environment.set.n, 2, "sets add up");
	tap_str(t, p.environment.set.items[0], "S=1", "the general one first");
	tap_str(t, p.environment.set.items[1], "T=2", "then the special one");
	tap_int(t, (long long)p.protected_groups.n, 1,
		"the built-in group is replaced");
	tap_str(t, p.protected_groups.items[0], "git", "by that");
	tap_ok(t,
		p.git_commit && p.tmp_host && p.allow_secrets && p.unsandboxed,
		"flags");
	tap_str(t, p.devices.items[0], "dri", "devices");
}

static void
network(struct tap *t, struct fixture *f)
{
	own_config_profile struct config_profile p = { 0 };
	static const char user[] =
		"default_permissions = 'x'\n"
		"network.denied_domains = ['bad.example']\n"
		"network.denied_cidrs = ['10.0.0.0/8']\n"
		"[permissions.x]\nextends = 'y'\n[permissions.x.network]\n"
		"mode = 'limited'\nports = [443, 22]\n"
		"domains = { 'a.example' = 'deny', '**.b.example' = 'allow' }\n"
		"unix_sockets = { '/run/x' = 'allow' }\n"
		"egress_budget = '10M'\nsni_check = false\n"
		"transparent = 'off'\nall_proxy_scheme = 'socks5h'\n"
		"[permissions.y.network]\nenabled = true\n"
		"domains = { 'a.example' = 'allow' }\n";

	fixture_works(t, f, resolve(f, user, &p), "a network");
	const struct config_network *n = &p.network;
	tap_int(t, n->access, CONFIG_NET_PROXY, "enabled means proxy");
	tap_int(t, p.files.net, NET_PROXY, "and no host network");
	tap_ok(t,
		n->limited && !n->sni_check && n->socks_all_proxy &&
			n->socks5 && !n->local_binding,
		"switches");
	tap_int(t, n->transparent, CONFIG_OFF, "transparent");
	tap_int(t, (long long)n->n_domains, 3, "three hosts");
	tap_ok(t, !n->domains[0].allow, "the special profile's deny holds");
	tap_ok(t, strstr(n->domains[0].origin, ":9") != NULL, "with its line");
	tap_ok(t, n->domains[1].allow, "an allow");
	tap_str(t, n->domains[2].pattern, "bad.example", "a general deny");
	tap_str(t, n->ports.items[1], "22", "ports");
	tap_str(t, n->denied_cidrs.items[0], "10.0.0.0/8", "addresses");
	tap_str(t, n->sockets[0].pattern, "/run/x", "a socket");
	tap_int(t, (long long)n->egress_budget, 10 << 20, "a budget");
	config_profile_free(&p);
	fixture_works(t, f,
		resolve(f, "sandbox_workspace_write.network_access = true", &p),
		"network_access");
	tap_int(t, p.network.access, CONFIG_NET_FULL, "is the host's network");
	tap_int(t, p.files.net, NET_ENABLED, "in both places");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;

	fixture_begin(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&t, &f, &rows[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		own_config_profile struct config_profile p = { 0 };
		fixture_fails(&t, &f, resolve(&f, bad[i].text, &p), NULL,
			bad[i].want);
	}
	chain_too_long(&t, &f);
	selection(&t, &f);
	settings(&t, &f);
	network(&t, &f);
	return fixture_end(&f, &t);
}
