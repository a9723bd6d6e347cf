/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SHELL_CASES_H
#define TESTS_SHELL_CASES_H
/*
 * cases.h -- run recorded cases, one JSON object a line, and count.
 *
 * The files lie in $CSB_SHARED/cases; without them the test is skipped.  A row
 * agrees, or differs on purpose (the test says which row of its table of
 * differences covers it), or fails.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/tap.h"

/* A difference from the recorded program that we want. */
struct difference {
	const char *name;
	const char *reason;
	unsigned hits;
};

enum case_verdict { CASE_AGREES, CASE_DIFFERS };

struct case_result {
	enum case_verdict verdict;
	struct difference *wanted; /* NULL: nothing excuses a difference */
	char got[512];
};

typedef struct case_result case_fn(json_t *row);

static inline const char *
case_str(json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s ? s : "";
}

static inline void
case_line(struct tap *t, const char *line, case_fn *run, unsigned *agreed)
{
	json_error_t e;
	json_t *row = json_loads(line, JSON_ALLOW_NUL, &e);
	if (!row) {
		tap_ok(t, false, "a case that is not JSON: %s", e.text);
		return;
	}
	struct case_result r = run(row);
	if (r.verdict == CASE_AGREES)
		(*agreed)++;
	else if (r.wanted)
		r.wanted->hits++;
	else
		tap_ok(t, false, "%.300s", line);
	if (r.verdict != CASE_AGREES && !r.wanted)
		printf("# got %s\n", r.got);
	json_decref(row);
}

/** Run every row of the file; the differences end with a NULL name. */
static inline int
cases_run(const char *file, case_fn *run, struct difference *differences)
{
	struct tap t = { 0 };
	char path[4096];
	const char *shared = getenv("CSB_SHARED");
	snprintf(path, sizeof(path), "%s/cases/%s", shared ? shared : "", file);
	FILE *f = shared && *shared ? fopen(path, "re") : NULL;
	if (!f) {
		tap_skip(&t, file, "CSB_SHARED names no folder with this file");
		return tap_end(&t);
	}
	char *line = NULL;
	size_t size = 0;
	unsigned rows = 0, agreed = 0, wanted = 0;
	while (getline(&line, &size, f) > 0) {
		rows++;
		case_line(&t, line, run, &agreed);
	}
	free(line);
	fclose(f);
	for (struct difference *d = differences; d->name; d++) {
		wanted += d->hits;
		printf("# %u rows differ on purpose: %s (%s)\n", d->hits,
			d->name, d->reason);
	}
	tap_ok(&t, rows > 0 && agreed + wanted == rows,
		"%s: %u of %u rows agree, %u differ on purpose", file, agreed,
		rows, wanted);
	tap_ok(&t, agreed > rows / 2, "most rows agree");
	return tap_end(&t);
}

#endif /* TESTS_SHELL_CASES_H */
