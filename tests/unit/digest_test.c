/* SPDX-License-Identifier: Apache-2.0 */
/* digest_test.c -- what is the same policy, and what is not. */
/* links: cli */
#include "policy/digest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/plan_build.h"
#include "policy/profile.h"
#include "tests/unit/tap.h"

static const char work[] = "/home/u/work";

/* One policy, its digest and its text. */
struct made {
	struct options o;
	struct plan_build b;
	char hex[SHA256_HEX];
	char text[4096];
};

static void
begin(struct made *m, const char *preset)
{
	static struct plan plan; /* large, and nothing is written to it */

	*m = (struct made){ .b.plan = &plan,
		.b.cage = CAGE_NAMESPACES,
		.b.tmp = VIEW_TMP_PRIVATE };
	m->b.options = &m->o;
	m->b.workspace = strdup(work);
	profile_init(&m->b.profile);
	if (preset)
		(void)profile_from_preset(&m->b.profile, preset, NULL);
}

static void
json(struct made *m, const char *text)
{
	begin(m, NULL);
	(void)profile_from_json(
		&m->b.profile, text, strlen(text), "test", NULL);
}

static void
entry(struct made *m, enum fs_path_kind kind, enum fs_access access,
	const char *text)
{
	(void)profile_add(&m->b.profile, kind, access, text, FS_MISSING_DEFAULT,
		text, NULL);
}

static const char *
end(struct made *m)
{
	own_buf struct buf text = { 0 };

	digest_hex(&m->b, DIGEST_POLICY, m->hex);
	digest_canonical(&m->b, &text);
	(void)snprintf(m->text, sizeof(m->text), "%s", buf_str(&text));
	profile_free(&m->b.profile);
	free(m->b.workspace);
	return m->hex;
}

static struct option_list
list(const char **items, size_t n)
{
	return (struct option_list){ .n = n, .items = items };
}

/* A pinned digest must survive everything but a change of meaning. */
static void
test_form(struct tap *t)
{
	struct made m;

	begin(&m, "read-only");
	(void)end(&m);
	tap_str(t, m.text,
		"{\"devices\":[],\"environment\":{\"exclude\":[],\"include\":[],"
		"\"inherit\":\"core\",\"keep_secrets\":false,\"only\":[],\"set\":[]},"
		"\"filesystem\":{\"entries\":[{\"access\":\"read\",\"at\":\"root\","
		"\"missing\":\"default\"}],\"kind\":\"restricted\",\"pattern_depth\":null},"
		"\"git\":\"none\",\"hard_links\":\"close\",\"keep_background\":false,\"limits\":[],"
		"\"network\":\"none\",\"proc\":\"own\","
		"\"protect\":[\"agents\",\"aws\",\"codex\",\"git\"],"
		"\"secrets\":\"hidden\",\"sockets\":[],\"timeout_ms\":0,"
		"\"tmp\":\"private\",\"version\":1}\n",
		"the canonical form, byte by byte");
	tap_str(t, m.hex,
		"080c1be985c907a8020e1f423e587cff5477dc8362597691b73868fb18f1e5a1",
		"and its digest");
}

static void
test_same(struct tap *t)
{
	struct made a;
	struct made b;

	begin(&a, "read-only");
	json(&b,
		"{\"type\":\"managed\",\"network\":\"restricted\",\"file_system\":"
		"{\"type\":\"restricted\",\"entries\":[{\"access\":\"read\",\"path\":"
		"{\"type\":\"special\",\"value\":{\"kind\":\"root\"}}}]}}");
	tap_str(t, end(&b), end(&a), "a preset, and the same as JSON");

	begin(&a, NULL);
	entry(&a, FS_PATH, FS_WRITE, "/x");
	entry(&a, FS_PATH, FS_READ, "/x/y/");
	begin(&b, NULL);
	entry(&b, FS_PATH, FS_READ, "/x/./y");
	entry(&b, FS_PATH, FS_WRITE, "/x");
	tap_str(t, end(&b), end(&a), "another order, other spellings");

	begin(&a, NULL);
	entry(&a, FS_PATH, FS_WRITE, "/home/u/work/out");
	entry(&a, FS_GLOB, FS_DENY, "/home/u/work/**/*.key");
	begin(&b, NULL);
	entry(&b, FS_GLOB, FS_DENY, "**/*.key");
	entry(&b, FS_PROJECT_ROOTS, FS_WRITE, "out");
	free(b.b.workspace);
	b.b.workspace = strdup("/srv/checkout");
	tap_str(t, end(&b), end(&a), "below the workspace, wherever that lies");

	begin(&a, NULL);
	entry(&a, FS_PATH, FS_WRITE, work);
	begin(&b, NULL);
	entry(&b, FS_PROJECT_ROOTS, FS_WRITE, "");
	entry(&b, FS_PATH, FS_WRITE, work);
	tap_str(t, end(&b), end(&a), "the workspace said twice");
}

static void
test_same_options(struct tap *t)
{
	const char *one[] = { "A=1", "nofile=1K", "x*", "y*", "/run/s" };
	const char *two[] = { "A=2", "nofile=7", "nofile=1024", "y*", "x*",
		"/run/./s/" };
	struct made a;
	struct made b;

	begin(&a, "read-only");
	a.o.env_set = list(&one[0], 1);
	a.o.limits = list(&one[1], 1);
	a.o.env_include = list(&one[2], 2);
	a.o.sockets = list(&one[4], 1);
	begin(&b, "read-only");
	b.o.env_set = list(&two[0], 1);
	b.o.limits = list(&two[1], 2);
	b.o.env_include = list(&two[3], 2);
	b.o.sockets = list(&two[5], 1);
	b.o.tty = TTY_ON;
	b.o.prove = true;
	b.o.engine = ENGINE_BWRAP;
	b.o.grace_ms = 1;
	tap_str(t, end(&b), end(&a),
		"values of variables, order, units, and how it is built");

	begin(&a, "danger-full-access");
	a.b.cage = CAGE_NONE;
	begin(&b, "danger-full-access");
	b.b.cage = CAGE_NONE;
	b.o.allow_secrets = true;
	b.b.tmp = VIEW_TMP_AUTO;
	tap_str(t, end(&b), end(&a), "what means nothing without a cage");
}

/* Each of these is another policy than the read-only preset. */
enum change {
	NETWORK,
	PROC,
	SECRETS,
	TMP,
	TIMEOUT,
	GIT,
	BACKGROUND,
	PROTECT,
	NO_PROTECT,
	SOCKET,
	DEVICE,
	LIMIT,
	INHERIT,
	SET,
	ONLY,
	KEEP,
	DENY,
	PATTERN,
	MISSING,
	DEPTH,
	CAGE,
	HARD_LINKS,
	CHANGES,
};

static void
apply(struct made *m, enum change c)
{
	static const char *word[] = { "claude" };
	static const char *git[] = { "git" };
	static const char *limit[] = { "nofile=64" };
	struct options *o = &m->o;

	switch (c) {
	case NETWORK: m->b.profile.net = NET_ENABLED; break;
	case PROC: o->proc = VIEW_PROC_HOST; break;
	case SECRETS: o->allow_secrets = true; break;
	case TMP: m->b.tmp = VIEW_TMP_HOST; break;
	case TIMEOUT: o->timeout_ms = 1; break;
	case GIT: o->git = "commit"; break;
	case BACKGROUND: o->keep_background = true; break;
	case PROTECT: o->protect = list(word, 1); break;
	case NO_PROTECT: o->no_protect = list(git, 1); break;
	case SOCKET: o->sockets = list(word, 1); break;
	case DEVICE: o->devices = list(word, 1); break;
	case LIMIT: o->limits = list(limit, 1); break;
	case INHERIT: o->env_inherit = ENV_ALL; break;
	case SET: o->env_set = list(limit, 1); break;
	case ONLY: o->env_only = list(word, 1); break;
	case KEEP: o->env_keep_secrets = true; break;
	case DENY: entry(m, FS_PATH, FS_DENY, "/x"); break;
	case PATTERN: entry(m, FS_GLOB, FS_DENY, "/x"); break;
	case MISSING:
		(void)profile_add(&m->b.profile, FS_PATH, FS_DENY, "/x",
			FS_MISSING_SKIP, "x", NULL);
		break;
	case DEPTH: m->b.profile.glob_depth = 3; break;
	case CAGE: m->b.cage = CAGE_NONE; break;
	case HARD_LINKS: o->hard_links = 1; break;
	case CHANGES: break;
	}
}

static void
test_different(struct tap *t)
{
	static char seen[CHANGES + 1][SHA256_HEX];

	for (int c = CHANGES; c >= 0; c--) {
		bool fresh = true;
		struct made m;

		begin(&m, "read-only");
		apply(&m, (enum change)c);
		(void)snprintf(seen[c], SHA256_HEX, "%s", end(&m));
		for (int other = CHANGES; other > c; other--)
			fresh = fresh && strcmp(seen[c], seen[other]) != 0;
		tap_ok(t, fresh, "change %d is a policy of its own", c);
	}
}

/* No two paths differ in bytes and not in text. */
static void
test_bytes(struct tap *t)
{
	static const char *const paths[] = { "/a\xff", "/a\\xff", "/a\xc3\xbf",
		"/a\x01", "/a\\u0001", "/a\"" };
	char hex[6][SHA256_HEX];

	for (size_t i = 0; i < 6; i++) {
		bool fresh = true;
		struct made m;

		begin(&m, NULL);
		entry(&m, FS_PATH, FS_WRITE, paths[i]);
		(void)snprintf(hex[i], SHA256_HEX, "%s", end(&m));
		for (size_t j = 0; j < i; j++)
			fresh = fresh && strcmp(hex[i], hex[j]) != 0;
		tap_ok(t, fresh, "path %zu is one of its own", i);
		tap_ok(t, !strpbrk(m.text, "\x01\xff"),
			"and is written harmlessly");
	}
}

static void
test_require(struct tap *t)
{
	static const char *const bad[] = {
		"", "abc",
		"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"
	};
	char right[SHA256_HEX];
	char wrong[SHA256_HEX];
	struct diag d = { 0 };
	struct made m;

	begin(&m, "read-only");
	digest_hex(&m.b, DIGEST_POLICY, right);
	memcpy(wrong, right, sizeof(wrong));
	wrong[63] = wrong[63] == '0' ? '1' : '0';
	tap_int(t, digest_require(&m.b, right, &d), 0, "the right one");
	tap_int(t, digest_require(&m.b, wrong, &d), -EPERM, "another one");
	tap_int(t, d.code, DIAG_SETUP, "is no usage error");
	tap_ok(t, strstr(d.cause, right) && strstr(d.cause, wrong),
		"both are named");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		diag_reset(&d);
		tap_int(t, digest_require(&m.b, bad[i], &d), -EINVAL,
			"no digest at all");
		tap_int(t, d.code, DIAG_USAGE, "is a usage error");
	}
	(void)end(&m);
}

int
main(void)
{
	struct tap t = { 0 };

	test_form(&t);
	test_same(&t);
	test_same_options(&t);
	test_different(&t);
	test_bytes(&t);
	test_require(&t);
	return tap_end(&t);
}
