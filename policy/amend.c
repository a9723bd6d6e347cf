/* SPDX-License-Identifier: Apache-2.0 */
/* amend.c -- what may be offered to be allowed for good (room: user). */
#include "policy/amend.h"

#include <errno.h>
#include <string.h>

#include "policy/buf.h"

static const char too_broad[] =
	"the words are too broad: they would allow anything";

static const char *
why_none(const struct judgement *j, const struct decision *d)
{
	if (d->act == ACT_FORBID)
		return "it is forbidden";
	for (size_t i = 0; i < j->n; i++)
		if (j->subjects[i].class > CLASS_ALLOW)
			return "a rule asks, and wants to be asked again";
	for (size_t i = 0; i < j->n; i++)
		if (j->subjects[i].class == CLASS_ALLOW)
			return "a rule matches already";
	if (d->act == ACT_ASK_ONCE)
		return "this question is never remembered";
	return d->act == ACT_RUN ? "nothing is asked"
				 : "the approval policy offers nothing here";
}

static bool
no_rule_matched(const struct judgement *j)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->subjects[i].class >= CLASS_ALLOW)
			return false;
	return true;
}

static void
add_rule(struct buf *out, const struct amend_request *wanted)
{
	buf_str_add(out, "prefix_rule([");
	for (size_t i = 0; i < wanted->argc; i++) {
		rules_json_string(
			out, wanted->argv[i], strlen(wanted->argv[i]));
		buf_char(out, ',');
	}
	buf_str_add(out, "])");
}

/* Would a rule of these words allow every part?  1, 0 or -ENOMEM. */
static int
covers(const struct judge_query *q, const struct judgement *j,
	const struct amend_request *wanted)
{
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	own_buf struct buf line = { .max = RULES_FILE_MAX };
	rules_init(&r, 0);
	add_rule(&line, wanted);
	if (buf_failed(&line))
		return 0;
	if (!utf8_valid(buf_str(&line), line.len) ||
		rules_load_text(&r, "request", buf_str(&line), line.len,
			RULES_USER, &err) < 0)
		return 0;
	for (size_t i = 0; i < j->n; i++) {
		const struct judge_part *p = &j->parts[i];
		own_rules_result struct rules_result res = { 0 };
		struct rules_query rq = judge_rules_query(q, p);
		if (rules_decide(&r, &rq, &res) < 0)
			return -ENOMEM;
		if (res.decision != RULES_ALLOW)
			return 0;
	}
	return 1;
}

int
amend_offer(const struct judge_query *q, const struct judgement *j,
	const struct decision *d, const struct amend_request *wanted,
	bool after_denial, struct amend_offer *ret)
{
	*ret = (struct amend_offer){ 0 };
	bool now = d->act == ACT_ASK;
	bool later = d->act == ACT_RUN && d->retry != RETRY_NO;
	if (!(after_denial ? later : now) || d->proposal < 0) {
		ret->none = after_denial && !later ? "no question follows"
						   : why_none(j, d);
		return 0;
	}
	if (wanted->argc > 0 && no_rule_matched(j) &&
		!rules_banned(wanted->argv, wanted->argc)) {
		int yes = covers(q, j, wanted);
		if (yes < 0)
			return yes;
		ret->argc = yes ? wanted->argc : 0;
		ret->argv = yes ? wanted->argv : NULL;
		if (yes)
			return 0;
	}
	const struct judge_part *p = &j->parts[d->proposal];
	const char *const *argv = (const char *const *)p->argv;
	if (rules_banned(argv, p->argc)) {
		ret->none = too_broad;
		return 0;
	}
	ret->argc = p->argc;
	ret->argv = argv;
	return 0;
}

/* Does `command` begin with these words? */
static bool
begins(size_t argc, const char *const *words, size_t n, char *const *command)
{
	if (argc > n)
		return false;
	for (size_t i = 0; i < argc; i++)
		if (strcmp(words[i], command[i]) != 0)
			return false;
	return true;
}

bool
amend_accepts(const struct amend_offer *offer, size_t argc,
	char *const *command, const struct amend_request *answer)
{
	if (offer->argc == 0 || answer->argc < offer->argc ||
		rules_banned(answer->argv, answer->argc))
		return false;
	for (size_t i = 0; i < offer->argc; i++)
		if (strcmp(offer->argv[i], answer->argv[i]) != 0)
			return false;
	return answer->argc == offer->argc ||
	       begins(answer->argc, answer->argv, argc, command);
}
