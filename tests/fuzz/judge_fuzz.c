/* SPDX-License-Identifier: Apache-2.0 */
/* judge_fuzz.c -- any text as a shell's, through rules, table and JSON; room: test. */
/* links: cli */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_cli.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules_text[] =
	"prefix_rule([['ls', 'git', 'bash', 'sh', 'echo']])\n"
	"prefix_rule(['git', 'push'], 'prompt', justification='a\\nb')\n"
	"prefix_rule(['rm'], 'forbidden')\n"
	"prefix_rule(['\xc3\xa9'], 'forbidden', canonical_matching=True)\n"
	"host_executable('git', ['/usr/bin/git'])\n";

static struct rules *
the_rules(void)
{
	static struct rules r;
	static bool loaded;
	own_rules_error struct rules_error err = { 0 };
	if (!loaded) {
		rules_init(&r, 0);
		if (rules_load_text(&r, "f.rules", rules_text,
			    strlen(rules_text), RULES_USER, &err) < 0)
			abort();
		loaded = true;
	}
	return &r;
}

static bool
has_class(const struct judgement *j, enum decide_class class)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->subjects[i].class == class)
			return true;
	return false;
}

/* What is printed has to be JSON, whatever the words are. */
static void
check_json(const struct judge_query *q, const struct judgement *j,
	const struct decision *d)
{
	own_buf struct buf out = { 0 };
	const struct ruling ruling = { .query = *q,
		.judgement = *j,
		.decision = *d,
		.approval = { .origin = "x" } }; /* borrows all of it */
	const struct config_profile profile = { .name = "x", .origin = "x" };
	const struct amend_request none = { 0 };
	struct rules_explained e = { .r = &ruling, .profile = &profile };
	json_error_t why;
	if (amend_offer(q, j, d, &none, false, &e.now) < 0 ||
		amend_offer(q, j, d, &none, true, &e.later) < 0)
		abort();
	if (e.now.argc > 0 && rules_banned(e.now.argv, e.now.argc))
		abort();
	rules_explain_json(&out, &e);
	json_t *json = json_loadb(
		buf_str(&out), out.len, JSON_REJECT_DUPLICATES, &why);
	if (json == NULL)
		abort();
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum decide_policy policies[] = { DECIDE_UNTRUSTED,
		DECIDE_ON_REQUEST, DECIDE_NEVER };
	static const char *const writable[] = { "/w" };
	char bash[] = "bash", flag[] = "-lc";
	char *script = malloc(size + 1);
	own_judgement struct judgement j = { 0 };
	own_decision struct decision d = { 0 };
	if (script == NULL)
		return 0;
	if (size > 0)
		memcpy(script, data, size);
	script[size] = '\0';
	char *argv[] = { bash, flag, script, NULL };
	struct judge_query q = { .rules = the_rules(),
		.argc = 3,
		.argv = argv,
		.cwd = "/cwd",
		.writable = writable,
		.n_writable = 1 };
	if (judge(&q, &j) < 0)
		abort();
	struct decide_query dq = { .approval = { policies[size % 3], 0 },
		.n_parts = j.n,
		.parts = j.subjects,
		.argc = 3,
		.argv = argv };
	if (decide(&dq, &d) < 0)
		abort();
	if (has_class(&j, CLASS_FORBIDDEN) != (d.act == ACT_FORBID) &&
		dq.approval.policy != DECIDE_NEVER)
		abort();
	/* No part is lost: what is not free is asked about under untrusted. */
	if (dq.approval.policy == DECIDE_UNTRUSTED && d.act == ACT_RUN)
		for (size_t i = 0; i < j.n; i++)
			if (j.subjects[i].class != CLASS_ALLOW)
				abort();
	check_json(&q, &j, &d);
	free(script);
	return 0;
}
