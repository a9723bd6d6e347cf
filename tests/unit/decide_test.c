/* SPDX-License-Identifier: Apache-2.0 */
/* decide_test.c -- the table where nothing was recorded; room: test. */
#include "policy/decide.h"

#include <errno.h>
#include <string.h>

#include "policy/profile.h"
#include "tests/unit/tap.h"

static char word[] = "git", more[] = "push";
static char *const argv[] = { word, more, NULL };

static struct decide_part part(enum decide_class class)
{
	return (struct decide_part){
		.class = class, .argc = 2, .argv = argv, .prefix = 1
	};
}

struct row {
	const char *name;
	enum decide_policy policy;
	unsigned granular;
	enum decide_asked asked;
	unsigned flags;
	enum decide_class classes[2]; /* CLASS_MAX: no second part */
	enum decide_act act;
	enum decide_place place;
	enum decide_retry retry;
	long proposal;
	const char *reason;
};

static const struct row rows[] = {
	{ "allowed by rule stays in the cage", DECIDE_ON_REQUEST, 0,
		ASKED_DEFAULT, 0, { CLASS_ALLOW, CLASS_MAX }, ACT_RUN,
		PLACE_DELTA, RETRY_NETWORK, DECIDE_NO_PART, "" },
	{ "... leaves it where the profile says so", DECIDE_ON_REQUEST, 0,
		ASKED_DEFAULT, DECIDE_RULES_LEAVE, { CLASS_ALLOW, CLASS_ALLOW },
		ACT_RUN, PLACE_OUTSIDE, RETRY_NETWORK, DECIDE_NO_PART, "" },
	{ "... but not with deny entries", DECIDE_ON_REQUEST, 0, ASKED_DEFAULT,
		DECIDE_RULES_LEAVE | DECIDE_HAS_DENY,
		{ CLASS_ALLOW, CLASS_MAX }, ACT_RUN, PLACE_DELTA, RETRY_NETWORK,
		DECIDE_NO_PART, "" },
	{ "... and not with one unmatched part", DECIDE_ON_REQUEST, 0,
		ASKED_DEFAULT, DECIDE_RULES_LEAVE,
		{ CLASS_ALLOW, CLASS_UNMATCHED }, ACT_RUN, PLACE_SESSION,
		RETRY_NETWORK, DECIDE_NO_PART, "" },
	{ "untrusted offers the unmatched part", DECIDE_UNTRUSTED, 0,
		ASKED_DEFAULT, 0, { CLASS_ALLOW, CLASS_UNMATCHED }, ACT_ASK,
		PLACE_SESSION, RETRY_ASK, 1, "" },
	{ "the safe list asks nothing and stays inside", DECIDE_UNTRUSTED, 0,
		ASKED_DEFAULT, DECIDE_RULES_LEAVE, { CLASS_SAFE, CLASS_MAX },
		ACT_RUN, PLACE_SESSION, RETRY_ASK, 0, "" },
	{ "on-failure asks after a denial", DECIDE_ON_FAILURE, 0, ASKED_DEFAULT,
		0, { CLASS_UNMATCHED, CLASS_MAX }, ACT_RUN, PLACE_SESSION,
		RETRY_ASK, 0, "" },
	{ "a person is asked under never too", DECIDE_NEVER, 0, ASKED_DEFAULT,
		0, { CLASS_HUMAN, CLASS_MAX }, ACT_ASK_ONCE, PLACE_SESSION,
		RETRY_NO, DECIDE_NO_PART,
		"`git push` requires human approval" },
	{ "forbidden beats everything", DECIDE_GRANULAR, GRANULAR_ALL,
		ASKED_DEFAULT, 0, { CLASS_FORBIDDEN, CLASS_HUMAN }, ACT_FORBID,
		PLACE_SESSION, RETRY_NO, DECIDE_NO_PART,
		"`git push` rejected: policy forbids commands starting with "
		"`git`" },
	{ "a rule's question offers nothing", DECIDE_UNTRUSTED, 0,
		ASKED_DEFAULT, 0, { CLASS_UNMATCHED, CLASS_PROMPT }, ACT_ASK,
		PLACE_SESSION, RETRY_ASK, DECIDE_NO_PART,
		"`git push` requires approval by policy" },
	{ "rules off beats a sandbox question", DECIDE_GRANULAR,
		GRANULAR_SANDBOX_APPROVAL, ASKED_ESCALATED, 0,
		{ CLASS_UNMATCHED, CLASS_PROMPT }, ACT_FORBID, PLACE_DELTA,
		RETRY_NO, DECIDE_NO_PART,
		"approval required by policy rule, but "
		"AskForApproval::Granular.rules is false" },
	{ "escalation is a delta", DECIDE_ON_REQUEST, 0, ASKED_ESCALATED, 0,
		{ CLASS_UNMATCHED, CLASS_MAX }, ACT_ASK, PLACE_DELTA,
		RETRY_NETWORK, 0, "why" },
	{ "... outside only by statement", DECIDE_ON_REQUEST, 0,
		ASKED_ESCALATED, DECIDE_ESCALATED_LEAVES,
		{ CLASS_UNMATCHED, CLASS_MAX }, ACT_ASK, PLACE_OUTSIDE,
		RETRY_NETWORK, 0, "why" },
	{ "additional permissions are asked for, rule or not",
		DECIDE_ON_REQUEST, 0, ASKED_ADDITIONAL, DECIDE_RULES_LEAVE,
		{ CLASS_ALLOW, CLASS_MAX }, ACT_ASK, PLACE_DELTA, RETRY_NETWORK,
		DECIDE_NO_PART, "why" },
	{ "... and refused under never", DECIDE_NEVER, 0, ASKED_ADDITIONAL, 0,
		{ CLASS_ALLOW, CLASS_MAX }, ACT_FORBID, PLACE_DELTA, RETRY_NO,
		DECIDE_NO_PART,
		"approval policy is Never; reject command \xe2\x80\x94 you "
		"cannot ask for escalated permissions if the approval policy "
		"is Never" },
	{ "danger without sandbox_approval offers nothing", DECIDE_GRANULAR, 0,
		ASKED_DEFAULT, 0, { CLASS_DANGER, CLASS_MAX }, ACT_ASK,
		PLACE_SESSION, RETRY_NO, DECIDE_NO_PART, "" },
};

/* Without a cage there is nothing to be left. */
static void
free_session(struct tap *t)
{
	struct decide_part p = part(CLASS_ALLOW);
	struct decide_query q = {
		.approval = { .policy = DECIDE_ON_REQUEST },
		.session = SESSION_FREE,
		.profile_flags = DECIDE_RULES_LEAVE,
		.n_parts = 1,
		.parts = &p,
		.argc = 2,
		.argv = argv,
	};
	own_decision struct decision d = { 0 };
	tap_ok(t,
		decide(&q, &d) == 0 && d.act == ACT_RUN &&
			d.place == PLACE_SESSION,
		"a free session runs an allowed command where it is");
}

static void
row_check(struct tap *t, const struct row *row)
{
	const struct decide_part parts[] = { part(row->classes[0]),
		part(row->classes[1]) };
	char why[] = "why";
	own_decision struct decision d = { 0 };
	const struct decide_query q = {
		.approval = { row->policy, row->granular },
		.asked = row->asked,
		.profile_flags = row->flags,
		.n_parts = row->classes[1] == CLASS_MAX ? 1 : 2,
		.parts = parts,
		.argc = 2,
		.argv = argv,
		.justification = row->asked == ASKED_DEFAULT ? NULL : why,
	};
	bool ok = decide(&q, &d) == 0 && d.act == row->act &&
		  (d.act == ACT_FORBID || d.place == row->place) &&
		  d.retry == row->retry && d.proposal == row->proposal;
	if (!tap_ok(t, ok, "%s", row->name))
		printf("# act %d place %d retry %d proposal %ld row %s\n",
			d.act, d.place, d.retry, d.proposal, d.row);
	tap_str(t, buf_str(&d.reason), row->reason, row->name);
}

static void
session_check(struct tap *t)
{
	char slash[] = "/", home[] = "/home", origin[] = "test";
	struct fs_entry e[] = {
		{ FS_PATH, FS_WRITE, FS_MISSING_DEFAULT, slash, origin },
		{ FS_PATH, FS_WRITE, FS_MISSING_DEFAULT, home, origin },
	};
	struct profile p = {
		.fs = FS_KIND_RESTRICTED, .n_entries = 2, .entries = e
	};
	tap_int(t, decide_session_of(&p), SESSION_FREE, "full-disk write");
	e[1].access = FS_DENY;
	tap_int(t, decide_session_of(&p), SESSION_CAGED, "... with a deny");
	e[1].access = FS_WRITE;
	e[0].access = FS_READ;
	tap_int(t, decide_session_of(&p), SESSION_CAGED, "a writable folder");
	p.fs = FS_KIND_EXTERNAL;
	tap_int(t, decide_session_of(&p), SESSION_FREE, "external");
}

static void
question_check(struct tap *t)
{
	struct decide_approval a =
		decide_from_reject(GRANULAR_RULES | GRANULAR_SKILL_APPROVAL);
	tap_int(t, a.granular,
		GRANULAR_SANDBOX_APPROVAL | GRANULAR_MCP_ELICITATIONS,
		"the reject form is turned round");
	tap_int(t, decide_question(&a, QUESTION_MCP), ACT_ASK, "mcp");
	tap_int(t, decide_question(&a, QUESTION_SKILL), ACT_FORBID, "skill");
	tap_int(t, decide_question(&a, QUESTION_PERMISSIONS), ACT_FORBID,
		"permissions");
	a.policy = DECIDE_NEVER;
	tap_int(t, decide_question(&a, QUESTION_MCP), ACT_FORBID, "never");
}

int
main(void)
{
	struct tap t = { 0 };
	struct decision d = { 0 };
	own_buf struct buf table = { 0 };
	free_session(&t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		row_check(&t, &rows[i]);
	session_check(&t);
	question_check(&t);
	tap_int(&t, decide(&(struct decide_query){ 0 }, &d), -EINVAL,
		"no parts");
	decide_print(&table);
	size_t lines = 0;
	for (const char *s = buf_str(&table); (s = strchr(s, '\n')); s++)
		lines++;
	tap_int(&t, (long long)lines, 1 + 48 + 1 + 10, "the table is printed");
	return tap_end(&t);
}
