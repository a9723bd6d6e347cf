/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H
/*
 * decide.h -- one table: approval policy x confinement x what was asked for x
 * class of command -> run, ask, ask once, forbid.
 *
 * The class comes from the rules (policy/rules_match.h) or, for a part that no
 * rule matched, from decide_fallback().  A text of several commands has a class
 * for each part, and the strictest answer wins.  The answer has independent
 * fields: whether to ask, where to run, why, and what to offer.  "Allowed by
 * rule" means no question; it leaves the cage only where the profile says so.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/buf.h"

struct profile;

enum decide_policy {
	DECIDE_UNTRUSTED,
	DECIDE_ON_FAILURE,
	DECIDE_ON_REQUEST,
	DECIDE_NEVER,
	DECIDE_GRANULAR,
};

/* Flags of a granular policy: set = may be asked. */
enum {
	GRANULAR_SANDBOX_APPROVAL = 1 << 0,
	GRANULAR_RULES = 1 << 1,
	GRANULAR_SKILL_APPROVAL = 1 << 2,
	GRANULAR_REQUEST_PERMISSIONS = 1 << 3,
	GRANULAR_MCP_ELICITATIONS = 1 << 4,
	GRANULAR_ALL = (1 << 5) - 1,
};

struct decide_approval {
	enum decide_policy policy;
	unsigned granular; /* for DECIDE_GRANULAR */
};

/** The older reject form: its flags say what may NOT be asked. */
struct decide_approval decide_from_reject(unsigned rejected);

/* What the session's commands are confined by. */
enum decide_session {
	SESSION_CAGED, /* read-only, workspace-write, any restricting profile */
	SESSION_FREE, /* danger-full-access, external-sandbox, full-disk write */
};

/** Does this profile restrict the file system? */
enum decide_session decide_session_of(const struct profile *p);

enum decide_asked {
	ASKED_DEFAULT,
	ASKED_ESCALATED,  /* require_escalated */
	ASKED_ADDITIONAL, /* with_additional_permissions */
};

enum decide_class {
	/* no rule matched: fallback evaluation */
	CLASS_UNMATCHED,
	CLASS_SAFE,    /* on the safe list, which is off by default */
	CLASS_COMPLEX, /* opaque shell text */
	CLASS_DANGER,
	/* a rule matched */
	CLASS_ALLOW,
	CLASS_PROMPT,
	CLASS_HUMAN, /* prompt-user */
	CLASS_FORBIDDEN,
	CLASS_MAX,
};

/* One command of the text, or the whole argv where the text is opaque. */
struct decide_part {
	enum decide_class class;
	size_t argc;
	char *const *argv;         /* borrowed */
	size_t prefix;             /* words that the deciding rule matched */
	const char *justification; /* of that rule; NULL = none; borrowed */
	const char *danger;        /* CLASS_DANGER: danger_message() */
};

/* Standing statements of the profile; a system-owned file sets them. */
enum {
	DECIDE_RULES_LEAVE = 1 << 0, /* allowed by rule: outside the cage */
	DECIDE_ESCALATED_LEAVES = 1 << 1, /* granted escalation: outside */
	DECIDE_HAS_DENY = 1 << 2,         /* deny entries: never outside */
};

struct decide_query {
	struct decide_approval approval;
	enum decide_session session;
	enum decide_asked asked;
	unsigned profile_flags;
	size_t n_parts;
	const struct decide_part *parts;
	size_t argc; /* the command as given, for texts */
	char *const *argv;
	const char *justification; /* of whoever asks; NULL = none */
};

enum decide_act { ACT_RUN, ACT_ASK, ACT_ASK_ONCE, ACT_FORBID };

/* Where the command runs (once allowed). */
enum decide_place {
	PLACE_SESSION, /* as every command of the session */
	PLACE_DELTA,   /* the session's cage plus what rule or request add */
	PLACE_OUTSIDE, /* no cage: only where the profile says so */
};

/* After the cage refused something. */
enum decide_retry { RETRY_NO, RETRY_NETWORK, RETRY_ASK };

enum { DECIDE_NO_PART = -1 };

struct decision {
	enum decide_act act;
	enum decide_place place;
	enum decide_retry retry;
	size_t part;        /* part whose row this is */
	long proposal;      /* part whose argv may be offered, or NO_PART */
	const char *row;    /* "default, caged, unmatched": for explain */
	const char *column; /* "on-request" */
	struct buf reason;  /* may be empty; not encoded for a terminal */
};

void decision_free(struct decision *d); /* NULL and zeroed are legal */
#define own_decision __attribute__((cleanup(decision_free)))

/** Decide.  0 and *ret, -EINVAL without parts, or -ENOMEM. */
int decide(const struct decide_query *q, struct decision *ret);

/* Questions that are not about a command. */
enum decide_question { QUESTION_SKILL, QUESTION_PERMISSIONS, QUESTION_MCP };

/** May this be asked (ACT_ASK), or is the answer no (ACT_FORBID)? */
enum decide_act decide_question(
	const struct decide_approval *a, enum decide_question q);

/** Print the whole table as text. */
void decide_print(struct buf *out);

#endif /* POLICY_DECIDE_H */
