/* SPDX-License-Identifier: Apache-2.0 */
/* judge_test.c -- parts of a command, their classes, what may be offered; room: test. */
/* links: cli */
#include "policy/judge.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/amend.h"
#include "policy/buf.h"
#include "policy/config.h"
#include "tests/unit/tap.h"

static const char rules_text[] =
	"prefix_rule([['aa', 'git', './run', 'printf', 'read', 'cd', 'bash', "
	"'/bin/sh']])\n"
	"prefix_rule(['bash', '-lc', 'aa >x'])\n"
	"prefix_rule(['pp'], 'prompt')\n"
	"prefix_rule(['ff'], 'forbidden')\n"
	"prefix_rule(['ff', 'long'], 'forbidden', justification='why')\n";

/* "1 allow, 2 unmatched": the classes of all parts, in order. */
struct row {
	const char *name;
	const char *argv[5];
	const char *classes;
	enum decide_policy policy;
	const char *act;
	const char *offer; /* words with blanks; "" = nothing */
};

#define SH(text)                    \
	{                           \
		"bash", "-lc", text \
	}

static const struct row rows[] = {
	{ "one command", { "aa", "x" }, "allow", DECIDE_UNTRUSTED, "run", "" },
	{ "unmatched asks under untrusted", { "zz", "x" }, "unmatched",
		DECIDE_UNTRUSTED, "ask", "zz x" },
	{ "... and runs under on-request", { "zz", "x" }, "unmatched",
		DECIDE_ON_REQUEST, "run", "" },
	{ "shell text: every part", SH("aa; zz 1 | pp"),
		"allow unmatched prompt", DECIDE_UNTRUSTED, "ask", "" },
	{ "the unmatched part is offered", SH("aa; zz 1"), "allow unmatched",
		DECIDE_UNTRUSTED, "ask", "zz 1" },
	{ "the strictest part wins", SH("aa && ff"), "allow forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "opaque text is one command", SH("zz >x"), "complex",
		DECIDE_UNTRUSTED, "ask", "bash -lc zz >x" },
	{ "an allow rule on the shell does not free it", SH("zz >y"), "complex",
		DECIDE_UNTRUSTED, "ask", "bash -lc zz >y" },
	{ "... but one on every word does", SH("aa >x"), "allow",
		DECIDE_UNTRUSTED, "run", "" },
	{ "forbidden inside opaque text", SH("(ff) >x"), "complex forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "prompt inside opaque text", SH("x=$(pp) zz"), "complex prompt",
		DECIDE_ON_REQUEST, "ask", "" },
	{ "allow inside opaque text frees nothing", SH("aa $x"), "complex",
		DECIDE_UNTRUSTED, "ask", "bash -lc aa $x" },
	{ "forbidden in text inside text", SH("aa; sh -c 'A=1 ff'"),
		"allow unmatched forbidden", DECIDE_ON_REQUEST, "forbid", "" },
	{ "what sudo runs", { "sudo", "-u", "x", "ff" }, "unmatched forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "what env in sudo runs", SH("sudo env A=1 ff"), "unmatched forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "what timeout runs", SH("timeout -k 5 9 pp"), "unmatched prompt",
		DECIDE_ON_REQUEST, "ask", "" },
	{ "what find runs", SH("find . -exec ff {} +"), "complex forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "text in another form of a shell", { "dash", "-c", "aa; ff" },
		"complex forbidden", DECIDE_ON_REQUEST, "forbid", "" },
	{ "... with more options", { "bash", "-xec", "(ff)", "name" },
		"complex forbidden", DECIDE_ON_REQUEST, "forbid", "" },
	{ "... inside of text", SH("aa; su -c 'ff' root"),
		"allow unmatched forbidden", DECIDE_ON_REQUEST, "forbid", "" },
	{ "a file of a shell is no text", { "dash", "-e", "ff" }, "unmatched",
		DECIDE_ON_REQUEST, "run", "" },
	{ "what taskset runs", { "taskset", "1", "ff" }, "unmatched forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "what time runs", SH("time ff"), "complex forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "what eval and trap hold", SH("eval 'aa; ff'"), "unmatched forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "... and trap", SH("trap 'ff' EXIT"), "unmatched forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "text behind env", SH("env sh -c 'ff >x'"), "unmatched forbidden",
		DECIDE_ON_REQUEST, "forbid", "" },
	{ "double parentheses of dash", { "sh", "-c", "((ff))" },
		"complex forbidden", DECIDE_ON_REQUEST, "forbid", "" },
	{ "... are arithmetic of bash", SH("((ff))"), "complex",
		DECIDE_ON_REQUEST, "run", "" },
	{ "an argument is no command", SH("xargs grep ff"), "unmatched",
		DECIDE_ON_REQUEST, "run", "" },
	{ "what sudo runs is freed by nothing", { "sudo", "aa" }, "unmatched",
		DECIDE_UNTRUSTED, "ask", "sudo aa" },
	{ "an allow rule on an inner shell frees nothing", SH("bash -c 'zz'"),
		"unmatched", DECIDE_UNTRUSTED, "ask", "bash -c zz" },
	{ "a shell with more words", { "bash", "-c", "zz", "x" }, "complex",
		DECIDE_UNTRUSTED, "ask", "bash -c zz x" },
	{ "a shell at an odd place restricts", { "/w/bash", "-c", "aa" },
		"unmatched allow", DECIDE_UNTRUSTED, "ask", "" },
	{ "danger", SH("aa; rm -rf x"), "allow danger", DECIDE_ON_REQUEST,
		"ask", "rm -rf x" },
	{ "danger is forbidden under never", { "rm", "-f", "x" }, "danger",
		DECIDE_NEVER, "forbid", "" },
	{ "banned words are not offered", { "python3", "-E" }, "unmatched",
		DECIDE_UNTRUSTED, "ask", "" },
	{ "a path stands for its name", { "/usr/bin/git", "x" }, "allow",
		DECIDE_UNTRUSTED, "run", "" },
	{ "... not below what the sandbox writes", { "/w/git", "x" },
		"unmatched", DECIDE_UNTRUSTED, "ask", "/w/git x" },
	{ "... nor when its directory is unknown", SH("cd /usr; bin/git"),
		"allow unmatched", DECIDE_UNTRUSTED, "ask", "" },
	{ "a rule on the path itself holds", SH("cd /w; ./run"), "allow allow",
		DECIDE_UNTRUSTED, "run", "" },
	{ "cd leaves bare names alone", SH("cd /w; git"), "allow allow",
		DECIDE_UNTRUSTED, "run", "" },
	{ "read PATH does not", SH("read PATH; git"), "allow unmatched",
		DECIDE_UNTRUSTED, "ask", "" },
	{ "nor printf -v", SH("printf -v PATH /w; git"), "allow unmatched",
		DECIDE_UNTRUSTED, "ask", "" },
	{ "plain printf does", SH("printf x; git"), "allow allow",
		DECIDE_UNTRUSTED, "run", "" },
};

static void
join(struct buf *out, size_t n, const char *const *words)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(out, ' ');
		buf_str_add(out, words[i]);
	}
}

static void
check(struct tap *t, const struct rules *r, const struct row *row)
{
	static const char *const names[] = { "unmatched", "safe", "complex",
		"danger", "allow", "prompt", "human", "forbidden" };
	static const char *const acts[] = { "run", "ask", "once", "forbid" };
	static const char *const writable[] = { "/w" };
	own_judgement struct judgement j = { 0 };
	own_decision struct decision d = { 0 };
	own_buf struct buf got = { 0 }, offer = { 0 };
	const struct amend_request none = { 0 };
	struct amend_offer o = { 0 };
	char *argv[6] = { NULL };
	struct judge_query q = { .rules = r,
		.argv = argv,
		.cwd = "/cwd",
		.path = "/usr/bin:/bin",
		.writable = writable,
		.n_writable = 1 };
	for (; row->argv[q.argc] != NULL; q.argc++)
		argv[q.argc] = strdup(row->argv[q.argc]);
	bool ok = judge(&q, &j) == 0;
	struct decide_query dq = { .approval = { row->policy, 0 },
		.n_parts = j.n,
		.parts = j.subjects,
		.argc = q.argc,
		.argv = argv };
	for (size_t i = 0; ok && i < j.n; i++)
		buf_printf(&got, "%s%s", i > 0 ? " " : "",
			names[j.subjects[i].class]);
	ok = ok && decide(&dq, &d) == 0 &&
	     amend_offer(&q, &j, &d, &none, false, &o) == 0;
	join(&offer, o.argc, o.argv);
	tap_str(t, buf_str(&got), row->classes, row->name);
	tap_ok(t,
		ok && strcmp(acts[d.act], row->act) == 0 &&
			strcmp(buf_str(&offer), row->offer) == 0,
		"%s: %s [%s]", row->name, ok ? acts[d.act] : "failed",
		buf_str(&offer));
	for (size_t i = 0; i < q.argc; i++)
		free(argv[i]);
}

/* A directory of PATH that the sandbox can write ends the search. */
static void
check_path(struct tap *t, const struct rules *r)
{
	static const char *const paths[] = { "/usr/bin:/bin", "/w/bin:/usr/bin",
		":/usr/bin", "bin:/usr/bin", "/usr/bin:/w/bin" };
	static const bool allowed[] = { true, false, false, false, true };
	static const char *const writable[] = { "/w" };
	char word[] = "git", *argv[] = { word, NULL };
	if (access("/usr/bin/git", X_OK) != 0) {
		tap_skip(t, "writable directories of PATH",
			"no /usr/bin/git here");
		return;
	}
	for (size_t i = 0; i < 5; i++) {
		own_judgement struct judgement j = { 0 };
		struct judge_query q = { .rules = r,
			.argc = 1,
			.argv = argv,
			.cwd = "/w",
			.path = paths[i],
			.writable = writable,
			.n_writable = 1 };
		bool ok = judge(&q, &j) == 0;
		tap_ok(t,
			ok && (j.subjects[0].class == CLASS_ALLOW) ==
					allowed[i],
			"git with PATH=%s", paths[i]);
	}
}

/* Text in text beyond the limits is asked about, never passed over. */
static void
check_depth(struct tap *t, const struct rules *r)
{
	own_buf struct buf many = { 0 };
	own_judgement struct judgement j = { 0 };
	char sh[] = "sh", flag[] = "-c";
	for (int i = 0; i < JUDGE_TEXTS_MAX + 1; i++)
		buf_str_add(&many, "sh -c 'zz'; ");
	buf_str_add(&many, "aa");
	char *script = strdup(buf_str(&many));
	char *argv[] = { sh, flag, script, NULL };
	struct judge_query q = {
		.rules = r, .argc = 3, .argv = argv, .cwd = "/"
	};
	tap_ok(t, judge(&q, &j) == 0 && j.unread, "too many texts are noted");
	tap_ok(t, j.n > 0 && j.subjects[0].class == CLASS_DANGER,
		"... and what no rule allows is dangerous");
	tap_ok(t, j.n > 0 && j.subjects[j.n - 1].class == CLASS_ALLOW,
		"... what a rule allows is not");
	free(script);
}

static void
check_reason(struct tap *t, const struct rules *r)
{
	own_judgement struct judgement j = { 0 };
	char ff[] = "ff", more[] = "long", *argv[] = { ff, more, NULL };
	struct judge_query q = {
		.rules = r, .argc = 2, .argv = argv, .cwd = "/"
	};
	tap_ok(t, judge(&q, &j) == 0 && j.subjects[0].prefix == 2,
		"the longest of the deciding rules speaks");
	tap_str(t, j.subjects[0].justification, "why", "... with its reason");
}

struct wish {
	const char *argv[3];
	bool taken;
};

/* A prefix that the program itself asks for. */
static void
check_request(struct tap *t, const struct rules *r)
{
	static const struct wish wishes[] = { { { "zz", "1" }, true },
		{ { "zz" }, true }, { { "zz", "9" }, false },
		{ { "python3" }, false } };
	char zz[] = "zz", one[] = "1", two[] = "2";
	char *argv[] = { zz, one, two, NULL };
	own_judgement struct judgement j = { 0 };
	own_decision struct decision d = { 0 };
	struct judge_query q = {
		.rules = r, .argc = 3, .argv = argv, .cwd = "/"
	};
	bool ok = judge(&q, &j) == 0;
	struct decide_query dq = { .approval = { DECIDE_UNTRUSTED, 0 },
		.n_parts = j.n,
		.parts = j.subjects,
		.argc = 3,
		.argv = argv };
	ok = ok && decide(&dq, &d) == 0;
	struct amend_offer o = { 0 };
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		struct amend_request w = { wishes[i].argv[1] != NULL ? 2 : 1,
			wishes[i].argv };
		bool fine = ok && amend_offer(&q, &j, &d, &w, false, &o) == 0;
		tap_ok(t, fine && o.argc == (wishes[i].taken ? w.argc : 3),
			"asked for %s %s: %s", w.argv[0],
			w.argc > 1 ? w.argv[1] : "",
			wishes[i].taken ? "taken" : "the whole command");
	}
	static const char *const just[] = { "zz" },
				 *const longer[] = { "zz", "1" },
				 *const other[] = { "zz", "7" },
				 *const else_where[] = { "yy" };
	o = (struct amend_offer){ .argc = 1, .argv = just };
	tap_ok(t,
		amend_accepts(&o, 3, argv, &(struct amend_request){ 1, just }),
		"the offer itself is accepted");
	tap_ok(t,
		amend_accepts(
			&o, 3, argv, &(struct amend_request){ 2, longer }),
		"... and more words of the command");
	tap_ok(t,
		!amend_accepts(
			&o, 3, argv, &(struct amend_request){ 2, other }),
		"... no other words");
	tap_ok(t,
		!amend_accepts(
			&o, 3, argv, &(struct amend_request){ 1, else_where }),
		"... nor another one of its length");
	o = (struct amend_offer){ .argc = 2, .argv = longer };
	tap_ok(t,
		!amend_accepts(&o, 3, argv, &(struct amend_request){ 1, just }),
		"... and no shorter ones");
}

/* Rules of requirements.toml. */
static void
check_required(struct tap *t)
{
	own_rules struct rules r = { 0 };
	static const char *git[] = { "GIT", "hg" }, *push[] = { "Push" };
	struct config_list tokens[] = { { 2, git }, { 1, push } };
	struct config_prefix_rule rule = { .n_tokens = 2,
		.tokens = tokens,
		.decision = "prompt-user",
		.justification = "ask me",
		.canonical_matching = true,
		.origin = "/etc/r.toml:7" };
	const char *argv[] = { "git", "PUSH", "x" };
	struct rules_query q = { .argc = 3, .argv = argv, .cwd = "/" };
	own_rules_result struct rules_result res = { 0 };
	rules_init(&r, 0);
	tap_int(t, rules_add_required(&r, &rule), 0,
		"a required rule is added");
	tap_ok(t,
		rules_decide(&r, &q, &res) == 0 &&
			res.decision == RULES_PROMPT_USER,
		"... it asks a person, whatever the case");
	tap_ok(t,
		res.n == 1 && res.decided->line == 7 &&
			res.decided->trust == RULES_MANAGED &&
			strcmp(res.decided->file, "/etc/r.toml") == 0,
		"... and says where it stands");
	rule.canonical_matching = false;
	rule.decision = "forbidden";
	argv[0] = "hg";
	argv[1] = "Push";
	own_rules_result struct rules_result both = { 0 };
	tap_ok(t,
		rules_add_required(&r, &rule) == 0 &&
			rules_decide(&r, &q, &both) == 0 && both.n == 2 &&
			both.decision == RULES_FORBIDDEN,
		"a second one with exact words");
}

int
main(void)
{
	struct tap t = { 0 };
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	rules_init(&r, 0);
	tap_int(&t,
		rules_load_text(&r, "t.rules", rules_text, strlen(rules_text),
			RULES_USER, &err),
		0, "the rules load");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&t, &r, &rows[i]);
	check_path(&t, &r);
	check_depth(&t, &r);
	check_reason(&t, &r);
	check_request(&t, &r);
	check_required(&t);
	return tap_end(&t);
}
