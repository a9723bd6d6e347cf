/* SPDX-License-Identifier: Apache-2.0 */
/* config_test.c -- layers: which value holds, and from where; room: test. */
#include "policy/config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/config_keys.h"
#include "policy/toml.h"
#include "tests/unit/config_fixture.h"

static bool
shows(struct fixture *f, const char *line)
{
	own_buf struct buf out = { 0 };

	return config_print(f->c, CONFIG_SHOW_ORIGIN, &out) == 0 &&
	       strstr(buf_str(&out), line) != NULL;
}

static void
layers(struct tap *t, struct fixture *f)
{
	const char *origin = NULL;
	static const char *const session[] = { "limits.timeout=5m",
		"sandbox_mode=read-only" };

	fixture_works(t, f, fixture_load(f), "no file at all");
	tap_str(t, config_string(f->c, "sandbox_mode"), "workspace-write",
		"the preset holds");
	tap_ok(t, shows(f, "limits.timeout = 0  # built-in (built-in)\n"),
		"and is shown as built in");
	fixture_write(f, "managed/config.toml",
		"sandbox_mode = 'danger-full-access'\n"
		"[limits]\ntimeout = 60\nnofile = 10\n");
	fixture_write(f, "user/config.toml",
		"[limits]\ntimeout = 120 # two minutes\n");
	fixture_works(t, f, fixture_load(f), "managed and user");
	const struct toml *v = config_get(f->c, "limits.timeout", &origin);
	tap_int(t, v->integer, 120, "the user's value beats the managed one");
	tap_ok(t, strstr(origin, "/user/config.toml") != NULL,
		"and says whose it is");
	tap_ok(t, shows(f, "/user/config.toml:2 (user)"), "with its line");
	v = config_get(f->c, "limits.nofile", &origin);
	tap_int(t, v->integer, 10, "the managed one holds elsewhere");
	f->o.session = session;
	f->o.n_session = 2;
	fixture_works(t, f, fixture_load(f), "with -c");
	tap_str(t, config_string(f->c, "limits.timeout"), "5m",
		"-c beats the files; a bare word is a string");
	tap_ok(t, shows(f, "sandbox_mode = \"read-only\"  # -c option 2:1"),
		"-c is named");
	f->o.n_session = 0;
	f->o.flags = CONFIG_SKIP_USER;
	fixture_works(t, f, fixture_load(f), "without the user's file");
	v = config_get(f->c, "limits.timeout", &origin);
	tap_int(t, v->integer, 60, "the managed value holds");
	f->o.flags = 0;
	fixture_write(f, "managed/config.toml", NULL);
}

static void
session(struct tap *t, struct fixture *f)
{
	static const struct {
		const char *text, *cause;
	} bad[] = {
		{ "limits.timeout", "no key=value" },
		{ "a=1\nb=2", "no key=value" },
		{ "limits.timeout=[1", "array that begins" },
		{ "limits.timeout=\"1", "not closed" },
		{ "limits.timeout=soon", "cannot be \"soon\"" },
		{ "=1", "a key is missing" },
		{ "[limits]=1", "more text" },
		{ "projects.'/x'.trust_level=trusted",
			"cannot be set by the session" },
		{ "permissions.x.allow_unsandboxed=true",
			"cannot be set by the session" },
	};
	const char *one[2] = { NULL, NULL };

	f->o.session = one;
	f->o.n_session = 1;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		one[0] = bad[i].text;
		fixture_fails(t, f, fixture_load(f), NULL, bad[i].cause);
	}
	one[0] = "limits.nofile=3";
	one[1] = "limits.nofile=4";
	f->o.n_session = 2;
	fixture_works(t, f, fixture_load(f), "the same key twice");
	tap_int(t, config_get(f->c, "limits.nofile", NULL)->integer, 4,
		"the last one holds");
	f->o.n_session = 0;
}

static void
approval(struct tap *t, struct fixture *f)
{
	static const struct {
		const char *text;
		enum config_ask ask;
		const char *flags; /* s r m p k; a dash is false */
	} rows[] = {
		{ "", CONFIG_ASK_ON_REQUEST, "srmpk" },
		{ "approval_policy = 'untrusted'", CONFIG_ASK_UNTRUSTED,
			"srmpk" },
		{ "approval_policy = 'on-failure'", CONFIG_ASK_ON_FAILURE,
			"srmpk" },
		{ "approval_policy = 'never'", CONFIG_ASK_NEVER, "-----" },
		{ "approval_policy = { granular = { sandbox_approval = true, "
		  "rules = false, mcp_elicitations = true } }",
			CONFIG_ASK_GRANULAR, "s-m--" },
		{ "[approval_policy.granular]\nsandbox_approval = false\n"
		  "rules = true\nmcp_elicitations = false\n"
		  "request_permissions = true\nskill_approval = true",
			CONFIG_ASK_GRANULAR, "-r-pk" },
		{ "approval_policy = { reject = { rules = true } }",
			CONFIG_ASK_GRANULAR, "s-m--" },
		{ "approval_policy.reject = { sandbox_approval = true, "
		  "rules = false, mcp_elicitations = true }",
			CONFIG_ASK_GRANULAR, "-r---" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config_approval a = { 0 };
		char flags[6];
		fixture_write(f, "user/config.toml", rows[i].text);
		(void)fixture_load(f); /* seen below */
		int rc = config_approval(f->c, &a, &f->d);
		(void)snprintf(flags, sizeof(flags), "%c%c%c%c%c",
			a.sandbox_approval ? 's' : '-', a.rules ? 'r' : '-',
			a.mcp_elicitations ? 'm' : '-',
			a.request_permissions ? 'p' : '-',
			a.skill_approval ? 'k' : '-');
		fixture_works(t, f, rc, "an approval policy");
		tap_int(t, a.ask, rows[i].ask, rows[i].text);
		tap_str(t, flags, rows[i].flags, "its flags");
	}
}

static void
approval_errors(struct tap *t, struct fixture *f)
{
	struct config_approval a = { 0 };
	static const char *const never[] = { "approval_policy=never" };

	fixture_write(f, "user/config.toml",
		"approval_policy.granular = { rules = true }");
	(void)fixture_load(f); /* the error comes when it is read */
	fixture_fails(t, f, config_approval(f->c, &a, &f->d),
		"user/config.toml:1:", "granular lacks \"sandbox_approval\"");
	/* A word replaces the table of a lower layer whole. */
	f->o.session = never;
	f->o.n_session = 1;
	fixture_works(t, f, fixture_load(f), "a word over a table");
	fixture_works(t, f, config_approval(f->c, &a, &f->d), "is read");
	tap_int(t, a.ask, CONFIG_ASK_NEVER, "and holds");
	f->o.n_session = 0;
	fixture_write(f, "user/config.toml",
		"[approval_policy]\ngranular = { sandbox_approval = true, "
		"rules = true, mcp_elicitations = true }\n"
		"reject = { rules = true }");
	(void)fixture_load(f);
	fixture_fails(t, f, config_approval(f->c, &a, &f->d), NULL,
		"granular and reject");
}

static void
requirements(struct tap *t, struct fixture *f)
{
	struct config_approval a = { 0 };

	fixture_write(f, "managed/requirements.toml",
		"allowed_approval_policies = ['on-request', 'granular']\n"
		"forbid = ['limits.nofile', 'supervisor']\n"
		"[pin]\nshell_environment_policy.inherit = 'none'\n");
	fixture_write(f, "user/config.toml", "");
	fixture_works(t, f, fixture_load(f), "requirements");
	tap_str(t, config_string(f->c, "shell_environment_policy.inherit"),
		"none", "a pin holds");
	tap_ok(t, shows(f, "requirements.toml:4 (requirements)"),
		"and is shown");
	fixture_works(t, f, config_approval(f->c, &a, &f->d), "on-request");
	fixture_write(f, "user/config.toml", "approval_policy = 'never'");
	(void)fixture_load(f);
	fixture_fails(t, f, config_approval(f->c, &a, &f->d),
		"requirements.toml:1:", "does not allow approval_policy");
	fixture_write(f, "user/config.toml", "limits.nofile = 1");
	fixture_fails(t, f, fixture_load(f),
		"user/config.toml:1:", "\"limits.nofile\" is forbidden by");
	fixture_write(f, "user/config.toml", "supervisor.remember = 'session'");
	fixture_fails(t, f, fixture_load(f),
		"user/config.toml:1:", "\"supervisor\" is forbidden by");
	fixture_write(f, "user/config.toml",
		"shell_environment_policy.inherit = 'all'");
	fixture_fails(t, f, fixture_load(f),
		"user/config.toml:1:", "pins it to \"none\"");
	fixture_write(f, "user/config.toml",
		"shell_environment_policy.inherit = 'none'");
	fixture_works(t, f, fixture_load(f), "what agrees with a pin");
	fixture_write(f, "managed/requirements.toml",
		"forbid = ['limits', 'permissions.x.network', 'limit']");
	fixture_fails(t, f, fixture_load(f), "requirements.toml:1:46",
		"\"limit\" is no key");
	fixture_write(f, "managed/requirements.toml", "pin.sandbox_mod = 'x'");
	fixture_fails(t, f, fixture_load(f), NULL, "unknown key");
	fixture_write(f, "managed/requirements.toml", "sandbox_mode = 'x'");
	fixture_fails(t, f, fixture_load(f), NULL, "unknown key");
	fixture_write(f, "managed/requirements.toml", NULL);
}

/* What config_key_match() relies on to stop at a row that is just the path. */
static void
rows_below_rows(struct tap *t)
{
	size_t n = 0, plain = 0, dotted = 0;
	const struct config_key *k = config_keys(&n);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			size_t len = strlen(k[i].path);
			if (strncmp(k[j].path, k[i].path, len) != 0 ||
				k[j].path[len] != '.' ||
				strchr(k[i].path, '*') != NULL)
				continue;
			plain += strchr(k[i].path, '.') == NULL;
			dotted += strchr(k[i].path, '.') != NULL;
		}
	tap_ok(t, plain > 0, "a key at the top may be a table as well");
	tap_int(t, (long)dotted, 0, "no other may, but by a *");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;

	fixture_begin(&f);
	rows_below_rows(&t);
	layers(&t, &f);
	session(&t, &f);
	approval(&t, &f);
	approval_errors(&t, &f);
	requirements(&t, &f);
	return fixture_end(&f, &t);
}
