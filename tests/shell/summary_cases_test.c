/* SPDX-License-Identifier: Apache-2.0 */
/* summary_cases_test.c -- recorded display summaries; room: test. */
#include "policy/summary.h"

#include <jansson.h>
#include <string.h>

#include "tests/shell/cases.h"

static struct difference differences[] = {
	{ NULL, NULL, 0 },
};

static void
set(json_t *o, const char *key, const char *value, bool always)
{
	if (value || always)
		json_object_set_new(
			o, key, value ? json_string(value) : json_null());
}

static json_t *
as_json(const struct summary *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->n; i++) {
		const struct summary_action *a = &s->actions[i];
		json_t *o = json_object();
		set(o, "type", summary_kind_name(a->kind), true);
		set(o, "command", a->command, true);
		set(o, "name", a->name, false);
		set(o, "query", a->query, a->kind == SUMMARY_SEARCH);
		set(o, "path", a->path,
			a->kind == SUMMARY_LIST || a->kind == SUMMARY_SEARCH);
		json_array_append_new(list, o);
	}
	return list;
}

/* The recorded paths begin with "$CWD"; ours with a folder of that name. */
static void
cwd_rename(json_t *list)
{
	size_t i;
	json_t *o;
	json_array_foreach(list, i, o)
	{
		const char *path =
			json_string_value(json_object_get(o, "path"));
		if (path && strncmp(path, "/$CWD", 5) == 0)
			json_object_set_new(o, "path", json_string(path + 1));
	}
}

static struct case_result
run(json_t *row)
{
	struct case_result result = { CASE_DIFFERS, NULL, "" };
	own_summary struct summary s = { 0 };
	char sh[] = "/bin/sh", flag[] = "-lc", cwd[] = "/$CWD";
	char *script = strdup(case_str(row, "script"));
	char *argv[] = { sh, flag, script, NULL };
	if (script && summary_argv(3, argv, cwd, &s) == 0) {
		json_t *got = as_json(&s);
		cwd_rename(got);
		json_dumpb(got, result.got, sizeof(result.got) - 1, 0);
		if (json_equal(got, json_object_get(row, "commandActions")))
			result.verdict = CASE_AGREES;
		json_decref(got);
	}
	free(script);
	return result;
}

int
main(void)
{
	return cases_run("execpolicy-parse-command.jsonl", run, differences);
}
