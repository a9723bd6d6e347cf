/* SPDX-License-Identifier: Apache-2.0 */
/* decide_cases_test.c -- the recorded decision table; room: test. */
#include "policy/decide.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "policy/fallback.h"
#include "policy/profile.h"
#include "policy/shell.h"
#include "tests/shell/cases.h"

enum { PARTS_MAX = 8 };

static struct difference differences[] = {
	{ NULL, NULL, 0 },
};

/* The rules of every row, by the first word; one covers a whole command. */
static bool
rule_match(struct decide_part *p)
{
	static const struct {
		const char *word;
		enum decide_class class;
	} rules[] = {
		{ "touch", CLASS_ALLOW },
		{ "aa", CLASS_ALLOW },
		{ "pp", CLASS_PROMPT },
		{ "ff", CLASS_FORBIDDEN },
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(p->argv[0], rules[i].word) != 0)
			continue;
		p->class = rules[i].class;
		p->prefix = 1;
		return true;
	}
	if (p->argc == 3 && strcmp(p->argv[0], "rm") == 0 &&
		strcmp(p->argv[1], "-f") == 0 &&
		strcmp(p->argv[2], "/nonexistent/allowed") == 0) {
		p->class = CLASS_ALLOW;
		p->prefix = 3;
		return true;
	}
	return false;
}

static void
part_classify(struct decide_part *p, unsigned flags)
{
	if (!rule_match(p))
		(void)fallback_class(
			p->argc, p->argv, flags, &p->class, &p->danger);
}

static size_t
parts_of(char **argv, struct shell_commands *c, struct decide_part *parts)
{
	int r = shell_decompose(argv[2], strlen(argv[2]), SHELL_SH, c, NULL);
	if (r == -EOPNOTSUPP) {
		parts[0] = (struct decide_part){ .argc = 3, .argv = argv };
		part_classify(&parts[0], FALLBACK_OPAQUE);
		return 1;
	}
	for (size_t i = 0; i < c->n && i < PARTS_MAX; i++) {
		parts[i] = (struct decide_part){ .argc = c->items[i].argc,
			.argv = c->items[i].argv };
		part_classify(&parts[i], 0);
	}
	return c->n;
}

static struct decide_approval
approval_of(const char *name)
{
	struct decide_approval a = { DECIDE_GRANULAR,
		GRANULAR_MCP_ELICITATIONS };
	if (strcmp(name, "untrusted") == 0)
		a.policy = DECIDE_UNTRUSTED;
	else if (strcmp(name, "on-request") == 0)
		a.policy = DECIDE_ON_REQUEST;
	else if (strcmp(name, "never") == 0)
		a.policy = DECIDE_NEVER;
	else /* gran_tf: sandbox_approval, rules */
		a.granular |= (name[5] == 't' ? GRANULAR_SANDBOX_APPROVAL : 0) |
			      (name[6] == 't' ? GRANULAR_RULES : 0);
	return a;
}

static bool
amendment_same(
	const struct decide_query *q, const struct decision *d, json_t *want)
{
	bool offered = d->act == ACT_ASK && d->proposal >= 0;
	if (json_is_null(want) || !offered)
		return json_is_null(want) && !offered;
	const struct decide_part *p = &q->parts[d->proposal];
	if (json_array_size(want) != p->argc)
		return false;
	for (size_t i = 0; i < p->argc; i++)
		if (strcmp(json_string_value(json_array_get(want, i)),
			    p->argv[i]) != 0)
			return false;
	return true;
}

/* The recorded refusal is a debug print of the text; quotes are escaped. */
static bool
refusal_same(const char *output, const char *reason)
{
	char plain[2048];
	size_t n = 0;
	for (; *output && n + 1 < sizeof(plain); output++)
		if (*output != '\\')
			plain[n++] = *output;
	plain[n] = '\0';
	return strstr(plain, reason) != NULL;
}

static bool
answer_same(const struct decide_query *q, const struct decision *d, json_t *row)
{
	bool prompt = json_is_true(json_object_get(row, "prompt"));
	const char *output = case_str(row, "output");
	const char *reason = case_str(row, "reason");
	bool refused = !prompt && (strstr(output, "Rejected(") ||
					  strstr(output, "reject command"));
	enum decide_act want = prompt    ? ACT_ASK
			       : refused ? ACT_FORBID
					 : ACT_RUN;
	if (d->act != want ||
		!amendment_same(q, d, json_object_get(row, "amendment")))
		return false;
	if (refused)
		return refusal_same(output, buf_str(&d->reason));
	return strcmp(buf_str(&d->reason), reason) == 0;
}

static struct case_result
run(json_t *row)
{
	struct case_result result = { CASE_DIFFERS, NULL, "" };
	struct decide_part parts[PARTS_MAX] = { 0 };
	own_shell_commands struct shell_commands c = { 0 };
	own_decision struct decision d = { 0 };
	char sh[] = "/bin/sh", flag[] = "-lc", why[] = "why";
	char *script = strdup(case_str(row, "cmd"));
	char *argv[] = { sh, flag, script, NULL };
	bool escalated =
		strcmp(case_str(row, "perm"), "require_escalated") == 0;
	struct decide_query q = {
		.approval = approval_of(case_str(row, "policy")),
		.session = strcmp(case_str(row, "sandbox"),
				   "danger-full-access") == 0
				   ? SESSION_FREE
				   : SESSION_CAGED,
		.asked = escalated ? ASKED_ESCALATED : ASKED_DEFAULT,
		.parts = parts,
		.argc = 3,
		.argv = argv,
		.justification = escalated ? why : NULL,
	};
	if (script) {
		q.n_parts = parts_of(argv, &c, parts);
		if (decide(&q, &d) == 0 && answer_same(&q, &d, row))
			result.verdict = CASE_AGREES;
		snprintf(result.got, sizeof(result.got), "act %d, %s: %.300s",
			d.act, d.row ? d.row : "?", buf_str(&d.reason));
	}
	free(script);
	return result;
}

int
main(void)
{
	return cases_run("execpolicy-decisions.jsonl", run, differences);
}
