/* SPDX-License-Identifier: Apache-2.0 */
/* danger_cases_test.c -- recorded verdicts on dangerous commands; room: test. */
#include "policy/danger.h"

#include <jansson.h>
#include <string.h>

#include "tests/shell/cases.h"

enum { ENV_VALUE, LINES, NONE };

static struct difference differences[] = {
	[ENV_VALUE] = { "env with an option that takes a value",
		"the value hid the command; the successor looks behind it", 0 },
	[LINES] = { "error behind complete lines",
		"a shell has run those lines before it notices", 0 },
	[NONE] = { NULL, NULL, 0 },
};

static const char *const value_options[] = {
	" -u",
	" -C",
	" -S",
	" --unset",
	" --chdir",
	" --split-string",
};

static struct difference *
wanted(const char *script, enum danger ours)
{
	if (ours != DANGER_FORCED_RM)
		return NULL;
	for (size_t i = 0; i < sizeof(value_options) / sizeof(char *); i++) {
		const char *env = strstr(script, "env ");
		if (env && strstr(env, value_options[i]))
			return &differences[ENV_VALUE];
	}
	return strchr(script, '\n') ? &differences[LINES] : NULL;
}

static struct case_result
run(json_t *row)
{
	static const char *const names[] = {
		[DANGER_NONE] = "not-dangerous",
		[DANGER_FORCED_RM] = "FORCED_RM",
		[DANGER_OTHER] = "OTHER",
	};
	struct case_result result = { CASE_DIFFERS, NULL, "" };
	const char *script = case_str(row, "script");
	enum danger d = DANGER_NONE;
	int r = danger_text(script, strlen(script), &d);
	snprintf(result.got, sizeof(result.got), "%d %s", r, names[d]);
	if (r != 0)
		return result;
	if (strcmp(names[d], case_str(row, "verdict")) == 0)
		result.verdict = CASE_AGREES;
	else
		result.wanted = wanted(script, d);
	return result;
}

int
main(void)
{
	return cases_run("execpolicy-danger.jsonl", run, differences);
}
