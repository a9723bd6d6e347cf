/* SPDX-License-Identifier: Apache-2.0 */
/* decide.c -- read the decision table (room: user). */
#include "policy/decide.h"

#include <errno.h>
#include <string.h>

#include "policy/decide_table.h"
#include "policy/profile.h"
#include "policy/shquote.h"

void
decision_free(struct decision *d)
{
	if (d == NULL)
		return;
	buf_free(&d->reason);
	*d = (struct decision){ 0 };
}

struct decide_approval
decide_from_reject(unsigned rejected)
{
	/* The older form knew three flags; the other two default to no. */
	const unsigned known = GRANULAR_SANDBOX_APPROVAL | GRANULAR_RULES |
			       GRANULAR_MCP_ELICITATIONS;
	return (struct decide_approval){ DECIDE_GRANULAR, known & ~rejected };
}

/* The one whole-disk shape: the root is writable and nothing takes away. */
enum decide_session
decide_session_of(const struct profile *p)
{
	bool root = false;
	if (p->fs != FS_KIND_RESTRICTED)
		return SESSION_FREE;
	for (size_t i = 0; i < p->n_entries; i++) {
		const struct fs_entry *e = &p->entries[i];
		if (e->access != FS_WRITE)
			return SESSION_CAGED;
		root = root || e->kind == FS_ROOT ||
		       (e->kind == FS_PATH && strcmp(e->text, "/") == 0);
	}
	return root ? SESSION_FREE : SESSION_CAGED;
}

/* ---- reasons: the texts that people and programs know ---- */

static void
reason_command(struct buf *out, const struct decide_query *q)
{
	buf_char(out, '`');
	shquote_argv(out, q->argc, q->argv);
	buf_char(out, '`');
}

/* "Never", "Granular(...)": as the older program spells its policies. */
static void
policy_spell(struct buf *out, const struct decide_approval *a)
{
	static const struct {
		const char *name;
		unsigned flag;
	} flags[] = {
		{ "sandbox_approval", GRANULAR_SANDBOX_APPROVAL },
		{ "rules", GRANULAR_RULES },
		{ "skill_approval", GRANULAR_SKILL_APPROVAL },
		{ "request_permissions", GRANULAR_REQUEST_PERMISSIONS },
		{ "mcp_elicitations", GRANULAR_MCP_ELICITATIONS },
	};
	if (a->policy != DECIDE_GRANULAR) {
		buf_str_add(out, "Never"); /* no other policy excludes it */
		return;
	}
	buf_str_add(out, "Granular(GranularApprovalConfig {");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		buf_printf(out, "%s %s: %s", i > 0 ? "," : "", flags[i].name,
			a->granular & flags[i].flag ? "true" : "false");
	buf_str_add(out, " })");
}

/* The part with this class whose rule matched most words; NULL if none. */
static const struct decide_part *
longest(const struct decide_query *q, enum decide_class class)
{
	const struct decide_part *best = NULL;
	for (size_t i = 0; i < q->n_parts; i++) {
		const struct decide_part *p = &q->parts[i];
		if (p->class == class && (!best || p->prefix > best->prefix))
			best = p;
	}
	return best;
}

static void
reason_forbidden(struct buf *out, const struct decide_query *q)
{
	const struct decide_part *p = longest(q, CLASS_FORBIDDEN);
	reason_command(out, q);
	buf_str_add(out, " rejected: ");
	if (p && p->justification) {
		buf_str_add(out, p->justification);
		return;
	}
	buf_str_add(out, "policy forbids commands starting with `");
	if (p)
		shquote_argv(out, p->prefix < p->argc ? p->prefix : p->argc,
			p->argv);
	buf_char(out, '`');
}

static void
reason_ask(struct buf *out, const struct decide_query *q)
{
	const struct decide_part *human = longest(q, CLASS_HUMAN);
	const struct decide_part *p = human ? human : longest(q, CLASS_PROMPT);
	if (!p) {
		if (q->justification)
			buf_str_add(out, q->justification);
		return;
	}
	reason_command(out, q);
	buf_str_add(
		out, human ? " requires human approval" : " requires approval");
	if (p->justification) {
		buf_str_add(out, ": ");
		buf_str_add(out, p->justification);
	} else if (!human) {
		buf_str_add(out, " by policy");
	}
}

static void
reason_danger(struct buf *out, const struct decide_query *q)
{
	const struct decide_part *p = longest(q, CLASS_DANGER);
	reason_command(out, q);
	buf_str_add(out, " rejected: ");
	buf_str_add(out, p && p->danger ? p->danger : "blocked by policy");
}

static void
reason_write(struct buf *out, const struct decide_query *q, enum cell cell)
{
	switch (cell) {
	case CELL_OFFER:
	case CELL_ASK:
	case CELL_ONCE: reason_ask(out, q); break;
	case CELL_NEVER:
		buf_str_add(out,
			"approval required by policy, but AskForApproval is "
			"set to Never");
		break;
	case CELL_NORULES:
		buf_str_add(out, "approval required by policy rule, but "
				 "AskForApproval::Granular.rules is false");
		break;
	case CELL_DANGER: reason_danger(out, q); break;
	case CELL_RULED: reason_forbidden(out, q); break;
	case CELL_NOASK:
		buf_str_add(out, "approval policy is ");
		policy_spell(out, &q->approval);
		buf_str_add(out,
			"; reject command \xe2\x80\x94 you cannot ask for "
			"escalated permissions if the approval policy is ");
		policy_spell(out, &q->approval);
		break;
	default: break;
	}
}

/* ---- the answer ---- */

static enum decide_act
act_of(enum cell cell)
{
	if (cell <= CELL_RUN)
		return ACT_RUN;
	if (cell <= CELL_ASK)
		return ACT_ASK;
	return cell == CELL_ONCE ? ACT_ASK_ONCE : ACT_FORBID;
}

static enum decide_place
place_of(const struct decide_query *q, enum cell cell)
{
	unsigned leave = 0;
	if (q->session == SESSION_FREE)
		return PLACE_SESSION;
	if (cell == CELL_RULE)
		leave = DECIDE_RULES_LEAVE;
	else if (cell != CELL_RUN && q->asked == ASKED_ESCALATED)
		leave = DECIDE_ESCALATED_LEAVES;
	else if (cell == CELL_RUN || q->asked == ASKED_DEFAULT)
		return PLACE_SESSION;
	/* What is denied stays denied, whoever said yes. */
	if (q->profile_flags & leave && !(q->profile_flags & DECIDE_HAS_DENY))
		return PLACE_OUTSIDE;
	return PLACE_DELTA;
}

static enum decide_retry
retry_of(const struct decide_query *q, enum decide_act act)
{
	if (act == ACT_FORBID || q->session == SESSION_FREE)
		return RETRY_NO;
	switch (q->approval.policy) {
	case DECIDE_UNTRUSTED:
	case DECIDE_ON_FAILURE: return RETRY_ASK;
	case DECIDE_ON_REQUEST: return RETRY_NETWORK;
	case DECIDE_GRANULAR:
		return q->approval.granular & GRANULAR_SANDBOX_APPROVAL
			       ? RETRY_ASK
			       : RETRY_NO;
	case DECIDE_NEVER: break;
	}
	return RETRY_NO;
}

/*
 * What could be remembered: the first part that made us ask.  Nothing when a
 * rule asked (its author wants to be asked again).  A command that simply runs
 * has its first part kept for a question after a denial, unless rules matched.
 */
static long
proposal_of(const struct decide_query *q, enum cell cell,
	const struct decide_row *rows, enum column column)
{
	bool any_rule = false, rule_asks = false;
	long first = DECIDE_NO_PART;
	for (size_t i = q->n_parts; i-- > 0;) {
		enum decide_class class = q->parts[i].class;
		any_rule = any_rule || class >= CLASS_ALLOW;
		rule_asks = rule_asks || class > CLASS_ALLOW;
		if (rows[class].cells[column] == CELL_OFFER)
			first = (long)i; /* parts are few */
	}
	if (cell == CELL_OFFER && !rule_asks)
		return first;
	return cell == CELL_RUN && !any_rule ? 0 : DECIDE_NO_PART;
}

int
decide(const struct decide_query *q, struct decision *ret)
{
	const struct decide_row *rows = decide_rows[q->asked][q->session];
	enum column column = decide_column(&q->approval);
	enum cell strictest = CELL_RULE;
	size_t part = 0;
	if (q->n_parts == 0)
		return -EINVAL;
	for (size_t i = 0; i < q->n_parts; i++) {
		const struct decide_part *p = &q->parts[i];
		enum cell cell = rows[p->class].cells[column];
		/* Of several that say the same the most particular rule. */
		if (cell > strictest ||
			(cell == strictest &&
				p->class == q->parts[part].class &&
				p->prefix > q->parts[part].prefix)) {
			strictest = cell;
			part = i;
		}
	}
	struct decision d = {
		.act = act_of(strictest),
		.place = place_of(q, strictest),
		.proposal = proposal_of(q, strictest, rows, column),
		.part = part,
		.row = rows[q->parts[part].class].name,
		.column = decide_columns[column],
	};
	d.retry = retry_of(q, d.act);
	reason_write(&d.reason, q, strictest);
	if (buf_failed(&d.reason)) {
		decision_free(&d);
		return -ENOMEM;
	}
	*ret = d;
	return 0;
}

enum decide_act
decide_question(const struct decide_approval *a, enum decide_question q)
{
	static const unsigned flags[] = {
		[QUESTION_SKILL] = GRANULAR_SKILL_APPROVAL,
		[QUESTION_PERMISSIONS] = GRANULAR_REQUEST_PERMISSIONS,
		[QUESTION_MCP] = GRANULAR_MCP_ELICITATIONS,
	};
	if (a->policy == DECIDE_NEVER)
		return ACT_FORBID;
	if (a->policy == DECIDE_GRANULAR && !(a->granular & flags[q]))
		return ACT_FORBID;
	return ACT_ASK;
}
