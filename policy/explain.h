/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_EXPLAIN_H
#define POLICY_EXPLAIN_H
/*
 * explain.h -- a plan in words, as JSON, and as bwrap's arguments.
 *
 * All three print the plan as decoded from the blob that exec would hand on,
 * never the struct it was made from, so a print cannot differ from a run (I3).
 */
struct buf;
struct diag;
struct plan;
struct plan_build;

/** A tree for people: what is readable, writable, hidden, and by which entry. */
void explain_text(
	const struct plan_build *b, const struct plan *p, struct buf *out);

/** One JSON object (schema in codex-sandbox(1)); 0 or -ENOMEM with a diag. */
int explain_json(const struct plan_build *b, const struct plan *p,
	struct buf *out, struct diag *d);

/** bwrap's exact arguments, one a line, quoted for a shell; 0 or -errno. */
int explain_argv(const struct plan *p, struct buf *out, struct diag *d);

/** The network policy of explain_text(), where it is by name. */
void explain_network(const struct plan_build *b, struct buf *out);

/* Words that text and JSON share. */
const char *explain_op(unsigned op);
const char *explain_cage(const struct plan_build *b);
struct view_node;
const char *explain_kind(const struct view_node *node);

#endif /* POLICY_EXPLAIN_H */
