/* SPDX-License-Identifier: Apache-2.0 */
/* rules_match_test.c -- decisions: order, trust, override, paths; room: test. */
/* links: cli */
#include "policy/rules.h"

#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "tests/unit/tap.h"

struct layer {
	enum rules_trust trust;
	const char *text;
};

struct row {
	const char *name;
	struct layer layers[2];
	const char *argv[4];
	const char *program;  /* the file really opened */
	const char *writable; /* a writable root */
	enum rules_decision want;
};

#define FORBID "prefix_rule([\"git\", \"push\"], \"forbidden\")\n"
#define EXCEPT "prefix_rule([\"git\", \"push\", \"-n\"], override=True)\n"
#define ALLOW  "prefix_rule([\"git\"])\n"
#define PROMPT "prefix_rule([\"git\"], \"prompt\")\n"
#define HOST   "host_executable(\"git\", [\"/usr/bin/git\"])\n"

static const struct row rows[] = {
	{ "a rule allows", { { RULES_USER, ALLOW } }, { "git", "x" }, NULL,
		NULL, RULES_ALLOW },
	{ "strictest of two files",
		{ { RULES_USER, ALLOW }, { RULES_USER, FORBID } },
		{ "git", "push" }, NULL, NULL, RULES_FORBIDDEN },
	{ "longer allow alone is no exception",
		{ { RULES_USER,
			FORBID "prefix_rule([\"git\", \"push\", \"-n\"])\n" } },
		{ "git", "push", "-n" }, NULL, NULL, RULES_FORBIDDEN },
	{ "override=True is one", { { RULES_USER, FORBID EXCEPT } },
		{ "git", "push", "-n" }, NULL, NULL, RULES_ALLOW },
	{ "and only for what it matches", { { RULES_USER, FORBID EXCEPT } },
		{ "git", "push", "-f" }, NULL, NULL, RULES_FORBIDDEN },
	{ "override of equal length does not count",
		{ { RULES_USER, FORBID
			"prefix_rule([\"git\", \"push\"], override=True)\n" } },
		{ "git", "push" }, NULL, NULL, RULES_FORBIDDEN },
	{ "a user cannot override managed rules",
		{ { RULES_MANAGED, FORBID }, { RULES_USER, EXCEPT } },
		{ "git", "push", "-n" }, NULL, NULL, RULES_FORBIDDEN },
	{ "managed rules override a user's",
		{ { RULES_USER, FORBID }, { RULES_MANAGED, EXCEPT } },
		{ "git", "push", "-n" }, NULL, NULL, RULES_ALLOW },
	{ "a project cannot allow", { { RULES_PROJECT, ALLOW } }, { "git" },
		NULL, NULL, RULES_NO_MATCH },
	{ "a project can forbid",
		{ { RULES_USER, ALLOW }, { RULES_PROJECT, FORBID } },
		{ "git", "push" }, NULL, NULL, RULES_FORBIDDEN },
	{ "a path stands for its name", { { RULES_USER, ALLOW } },
		{ "/opt/git" }, NULL, NULL, RULES_ALLOW },
	{ "host_executable narrows allow", { { RULES_USER, HOST ALLOW } },
		{ "/opt/git" }, NULL, NULL, RULES_NO_MATCH },
	{ "the listed path is fine", { { RULES_USER, HOST ALLOW } },
		{ "/usr/bin/git" }, NULL, NULL, RULES_ALLOW },
	{ "forbidden holds for an unlisted path",
		{ { RULES_USER, HOST FORBID } }, { "/opt/git", "push" }, NULL,
		NULL, RULES_FORBIDDEN },
	{ "a lower layer does not narrow prompt",
		{ { RULES_MANAGED, PROMPT }, { RULES_USER, HOST } },
		{ "/opt/git" }, NULL, NULL, RULES_PROMPT },
	{ "its own layer does", { { RULES_USER, PROMPT HOST } }, { "/opt/git" },
		NULL, NULL, RULES_NO_MATCH },
	{ "a project cannot widen host_executable",
		{ { RULES_MANAGED, HOST ALLOW },
			{ RULES_PROJECT,
				"host_executable(\"git\", [\"/opt/git\"])\n" } },
		{ "/opt/git" }, NULL, NULL, RULES_NO_MATCH },
	{ "a writable program is not the bare name", { { RULES_USER, ALLOW } },
		{ "/w/bin/git" }, NULL, "/w", RULES_NO_MATCH },
	{ "neither when found on PATH", { { RULES_USER, ALLOW } }, { "git" },
		"/w/bin/git", "/w/", RULES_NO_MATCH },
	{ "a safe directory beside it is", { { RULES_USER, ALLOW } },
		{ "/ww/bin/git" }, NULL, "/w", RULES_ALLOW },
	{ "forbid holds for writable programs", { { RULES_USER, FORBID } },
		{ "/w/git", "push" }, NULL, "/w", RULES_FORBIDDEN },
	{ "a rule on the path itself is meant",
		{ { RULES_USER, "prefix_rule([\"/w/git\"])\n" } }, { "/w/git" },
		NULL, "/w", RULES_ALLOW },
	{ "folding",
		{ { RULES_USER,
			"prefix_rule([\"stra\\u00dfe\"], \"forbidden\", canonical_matching=True)\n" } },
		{ "STRASSE" }, NULL, NULL, RULES_FORBIDDEN },
};

static void
load(struct rules *r, const struct layer *l)
{
	own_rules_error struct rules_error err = { 0 };
	if (l->text != NULL && rules_load_text(r, "t.rules", l->text,
				       strlen(l->text), l->trust, &err) < 0)
		printf("Bail out! %s\n", buf_str(&err.msg));
}

static void
run(struct tap *t, const struct row *row)
{
	own_rules struct rules r = { 0 };
	own_rules_result struct rules_result res = { 0 };
	struct rules_query q = { .argv = row->argv,
		.resolve = true,
		.cwd = "/cwd",
		.program = row->program,
		.writable = &row->writable,
		.n_writable = row->writable != NULL };
	rules_init(&r, 0);
	load(&r, &row->layers[0]);
	load(&r, &row->layers[1]);
	while (q.argc < 4 && row->argv[q.argc] != NULL)
		q.argc++;
	int bad = rules_decide(&r, &q, &res);
	tap_str(t, rules_decision_name(bad < 0 ? RULES_NO_MATCH : res.decision),
		rules_decision_name(row->want), row->name);
}

/* A file that fails leaves the policy as it was, and it still answers. */
static void
roll_back(struct tap *t)
{
	static const char bad[] = HOST "prefix_rule([\"ls\"])\nfail(\"x\")\n";
	static const char *const argv[] = { "git" };
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	own_rules_result struct rules_result res = { 0 };
	struct rules_query q = { .argc = 1, .argv = argv };
	struct layer good = { RULES_USER, ALLOW };
	rules_init(&r, 0);
	load(&r, &good);
	int rc = rules_load_text(
		&r, "bad.rules", bad, strlen(bad), RULES_USER, &err);
	tap_ok(t, rc < 0 && r.n_rules == 1 && r.n_hosts == 0,
		"a failing file adds nothing");
	load(&r, &good);
	tap_ok(t, rules_decide(&r, &q, &res) == 0 && res.n == 2,
		"and the rules before and after it are asked");
}

static void
networks(struct tap *t)
{
	struct layer user = { RULES_USER,
		"network_rule(\"X.com.\", \"https\", \"deny\")\n"
		"network_rule(\"x.com:443\", \"https\", \"allow\")\n" };
	struct layer project = { RULES_PROJECT,
		"network_rule(\"y.com\", \"https\", \"allow\")\n"
		"network_rule(\"x.com\", \"http\", \"deny\")\n" };
	own_rules struct rules r = { 0 };
	rules_init(&r, 0);
	load(&r, &user);
	load(&r, &project);
	tap_int(t, rules_net_decide(&r, "x.com", RULES_HTTPS), RULES_ALLOW,
		"the later network rule wins inside a layer");
	tap_int(t, rules_net_decide(&r, "x.com", RULES_HTTP), RULES_FORBIDDEN,
		"each protocol has its own");
	tap_int(t, rules_net_decide(&r, "y.com", RULES_HTTPS), RULES_NO_MATCH,
		"a project opens no host");
}

/* Of equals the first is the one that is named. */
static void
first_decides(struct tap *t)
{
	struct layer user = { RULES_USER, PROMPT FORBID FORBID };
	const char *argv[] = { "git", "push" };
	struct rules_query q = { .argc = 2, .argv = argv, .cwd = "/" };
	own_rules struct rules r = { 0 };
	own_rules_result struct rules_result res = { 0 };
	rules_init(&r, 0);
	load(&r, &user);
	tap_ok(t,
		rules_decide(&r, &q, &res) == 0 && res.n == 3 &&
			res.decided == &r.rules[1],
		"the first of the strictest decides");
}

static void
banned(struct tap *t)
{
	static const char *const npm_loud[] = { "NPM", "RUN" };
	static const char *const py[] = { "python3", "-c" };
	static const char *const py_e[] = { "/usr/bin/Python3", "-E" };
	static const char *const npm[] = { "npm" };
	static const char *const npm_run[] = { "npm", "run", "test" };
	static const char *const git[] = { "git", "status" };
	static const char *const env[] = { "env", "A=1", "-i" };
	tap_ok(t, rules_banned(py, 2), "python3 -c is banned");
	tap_ok(t, rules_banned(py_e, 2), "with a path and an option, too");
	tap_ok(t, rules_banned(npm, 1), "the start of npm run is");
	tap_ok(t, rules_banned(npm_loud, 2), "npm run in any case");
	tap_ok(t, !rules_banned(npm_run, 3), "npm run test is not");
	tap_ok(t, !rules_banned(git, 2), "git status is not");
	tap_ok(t, rules_banned(git, 1), "git is");
	tap_ok(t, rules_banned(env, 3), "env with assignments is");
	tap_ok(t, rules_banned_exact(py, 2) && !rules_banned_exact(py_e, 2),
		"the original's list is exact");
}

int
main(void)
{
	struct tap t = { 0 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(&t, &rows[i]);
	roll_back(&t);
	networks(&t);
	first_decides(&t);
	banned(&t);
	return tap_end(&t);
}
