/* SPDX-License-Identifier: Apache-2.0 */
/* shell_cases_test.c -- recorded decompositions of shell text; room: test. */
#include "policy/shell.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "policy/utf8.h"
#include "tests/shell/cases.h"

/* docs/SHELL.md has the same table for people. */
enum {
	CONTROL,
	CONTINUED,
	KEYWORD,
	JOB,
	REWRITER,
	SUBSCRIPT,
	NAMELESS,
	UNICODE,
	NONE
};

static struct difference differences[] = {
	[CONTROL] = { "control characters",
		"the grammar counts some as blanks, the shell does not", 0 },
	[CONTINUED] = { "backslash before a newline or blank",
		"the grammar breaks the word there, the shell joins it", 0 },
	[KEYWORD] = { "keyword as command name",
		"no shell runs a program of that name there", 0 },
	[JOB] = { "name with a leading %", "bash and zsh run fg for it", 0 },
	[REWRITER] = { "alias, set, eval... before other commands",
		"they change what the later words mean", 0 },
	[SUBSCRIPT] = { "test -v, printf -v, read, let with a subscript",
		"the shell runs what stands in it", 0 },
	[NAMELESS] = { "_=x as a command name", "every shell assigns", 0 },
	[UNICODE] = { "blanks of Unicode behind a quoted part",
		"the grammar begins a word there, no shell does", 0 },
	[NONE] = { NULL, NULL, 0 },
};

/* Which row of the table an opaque answer of ours belongs to. */
static struct difference *
wanted(const struct shell_why *why, const char *script)
{
	static const struct {
		const char *reason;
		int row;
	} map[] = {
		{ "a control character", CONTROL },
		{ "a backslash", CONTINUED },
		{ "a keyword out of place, a syntax error", KEYWORD },
		{ "a keyword that runs the words behind it", KEYWORD },
		{ "a job name", JOB },
		{ "an assignment", NAMELESS },
		{ "a builtin that changes what later commands mean", REWRITER },
		{ "a builtin that runs what is in a subscript", SUBSCRIPT },
	};
	const char *at = script + why->offset;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (strcmp(why->reason, map[i].reason) != 0)
			continue;
		if (map[i].row == CONTINUED &&
			(at[1] == '\0' || strchr(" \t\n", at[1]) == NULL))
			return NULL;
		if (map[i].row == NAMELESS && strncmp(at, "_=", 2) != 0)
			return NULL;
		return &differences[map[i].row];
	}
	return NULL;
}

/* The first command that the rule on "aa" does not match; the first if none. */
static const struct shell_command *
first_unmatched(const struct shell_commands *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->items[i].argv[0], "aa") != 0)
			return &c->items[i];
	return c->n > 0 ? &c->items[0] : NULL;
}

static bool
same(const struct shell_command *c, json_t *words)
{
	if (!c || json_array_size(words) != c->argc)
		return false;
	for (size_t i = 0; i < c->argc; i++) {
		json_t *w = json_array_get(words, i);
		if (json_string_length(w) != strlen(c->argv[i]) ||
			strcmp(json_string_value(w), c->argv[i]) != 0)
			return false;
	}
	return true;
}

static bool
has_unicode_blank(json_t *script)
{
	const char *s = json_string_value(script);
	size_t len = json_string_length(script);
	for (size_t i = 0; i < len; i++)
		if ((s[i] & 0x80) != 0 && utf8_blank(s + i, len - i) > 0)
			return true;
	return false;
}

static struct case_result
run(json_t *row)
{
	struct case_result result = { CASE_DIFFERS, NULL, "" };
	own_shell_commands struct shell_commands c = { 0 };
	struct shell_why why = { 0 };
	json_t *script = json_object_get(row, "script");
	bool refused = json_is_true(json_object_get(row, "refused"));
	int r = shell_decompose(json_string_value(script),
		json_string_length(script), SHELL_SH, &c, &why);
	if (r == -EOPNOTSUPP) {
		snprintf(result.got, sizeof(result.got), "opaque: %s at %zu",
			why.reason, why.offset);
		result.verdict = refused ? CASE_AGREES : CASE_DIFFERS;
		result.wanted =
			refused ? NULL
				: wanted(&why, json_string_value(script));
		return result;
	}
	if (r == 0 && !refused && has_unicode_blank(script))
		result.wanted = &differences[UNICODE];
	snprintf(result.got, sizeof(result.got), "%zu commands", c.n);
	if (r == 0 && !refused &&
		same(first_unmatched(&c),
			json_object_get(row, "first_unmatched")))
		result.verdict = CASE_AGREES;
	return result;
}

int
main(void)
{
	return cases_run("execpolicy-shell-cases.jsonl", run, differences);
}
