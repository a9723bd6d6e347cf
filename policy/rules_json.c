/* SPDX-License-Identifier: Apache-2.0 */
/* rules_json.c -- the output of `rules check` (room: user). */
#include "policy/rules.h"

#include <string.h>

#include "policy/buf.h"

void
rules_json_string(struct buf *out, const char *s, size_t len)
{
	static const char special[] = "\"\\\n\r\t\b\f";
	static const char letter[] = "\"\\nrtbf";
	buf_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		const char *p = s[i] == '\0' ? NULL : strchr(special, s[i]);
		if (p != NULL)
			buf_printf(out, "\\%c", letter[p - special]);
		else if ((unsigned char)s[i] < 0x20)
			buf_printf(out, "\\u%04x", (unsigned char)s[i]);
		else
			buf_char(out, s[i]);
	}
	buf_char(out, '"');
}

/* A new line and the indentation, or nothing. */
static void
line(struct buf *out, bool pretty, unsigned int depth)
{
	if (!pretty)
		return;
	buf_char(out, '\n');
	for (unsigned int i = 0; i < depth; i++)
		buf_str_add(out, "  ");
}

static void
key(struct buf *out, bool pretty, const char *name)
{
	buf_printf(out, pretty ? "\"%s\": " : "\"%s\":", name);
}

static void
add_words(struct buf *out, const struct rules_query *q,
	const struct rules_result *res, size_t n, bool pretty)
{
	buf_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		const char *word = i == 0 ? res->first : q->argv[i];
		if (i > 0)
			buf_char(out, ',');
		line(out, pretty, 5);
		rules_json_string(out, word, strlen(word));
	}
	line(out, pretty, 4);
	buf_char(out, ']');
}

static void
add_match(struct buf *out, const struct rules_query *q,
	const struct rules_result *res, const struct rules_rule *rule,
	bool pretty)
{
	line(out, pretty, 2);
	buf_char(out, '{');
	line(out, pretty, 3);
	key(out, pretty, "prefixRuleMatch");
	buf_char(out, '{');
	line(out, pretty, 4);
	key(out, pretty, "matchedPrefix");
	add_words(out, q, res, (size_t)rule->n_rest + 1, pretty);
	buf_char(out, ',');
	line(out, pretty, 4);
	key(out, pretty, "decision");
	buf_printf(out, "\"%s\"", rules_decision_name(rule->decision));
	if (res->resolved != NULL) {
		buf_char(out, ',');
		line(out, pretty, 4);
		key(out, pretty, "resolvedProgram");
		rules_json_string(out, res->resolved, strlen(res->resolved));
	}
	if (rule->justification != NULL) {
		buf_char(out, ',');
		line(out, pretty, 4);
		key(out, pretty, "justification");
		rules_json_string(
			out, rule->justification->s, rule->justification->len);
	}
	line(out, pretty, 3);
	buf_char(out, '}');
	line(out, pretty, 2);
	buf_char(out, '}');
}

void
rules_json(struct buf *out, const struct rules_query *q,
	const struct rules_result *res, bool pretty)
{
	buf_char(out, '{');
	line(out, pretty, 1);
	key(out, pretty, "matchedRules");
	buf_char(out, '[');
	for (size_t i = 0; i < res->n; i++) {
		if (i > 0)
			buf_char(out, ',');
		add_match(out, q, res, res->v[i].rule, pretty);
	}
	if (res->n > 0)
		line(out, pretty, 1);
	buf_char(out, ']');
	if (res->decision != RULES_NO_MATCH) {
		buf_char(out, ',');
		line(out, pretty, 1);
		key(out, pretty, "decision");
		buf_printf(out, "\"%s\"", rules_decision_name(res->decision));
	}
	line(out, pretty, 0);
	buf_str_add(out, "}\n");
}
