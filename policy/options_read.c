/* SPDX-License-Identifier: Apache-2.0 */
/* options_read.c -- a command line, read by the table of options; room: user. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/num.h"
#include "policy/options_table.h"

enum { GRACE_DEFAULT_MS = 5000, LONG_BASE = 256 };

static int
usage(struct diag *d, const char *thing, const char *cause)
{
	return diag_set(d, -EINVAL, DIAG_USAGE, thing, cause,
		"see codex-sandbox exec --help");
}

static int
list_add(struct option_list *list, const char *name, const char *value,
	struct diag *d)
{
	const char **items;

	if (list->n == OPTIONS_LIST_MAX)
		return usage(d, name, "is given more than 1024 times");
	items = reallocarray(list->items, list->n + 1, sizeof(*items));
	if (!items)
		return usage(d, name, "does not fit into memory");
	items[list->n++] = value;
	list->items = items;
	return 0;
}

static int
set_word(const struct row *row, int *at, const char *value, struct diag *d)
{
	if (!row->arg) {
		*at = row->on;
		return 0;
	}
	for (const struct word *w = row->words; w->name; w++) {
		if (strcmp(w->name, value) == 0) {
			*at = w->value;
			return 0;
		}
	}
	return diag_setf(d, -EINVAL, DIAG_USAGE, value,
		"see codex-sandbox exec --help", "is none of %s (--%s)",
		row->arg, row->name);
}

static int
set_value(struct options *o, const struct row *row, const char *value,
	struct diag *d)
{
	char *at = (char *)o + row->offset;
	uint64_t ms;
	uint64_t fd;

	switch (row->kind) {
	case V_TEXT: *(const char **)(void *)at = value; return 0;
	case V_LIST:
		return list_add(
			(struct option_list *)(void *)at, row->name, value, d);
	case V_FLAG:
	case V_HELP: *(bool *)(void *)at = true; return 0;
	case V_DURATION:
		if (num_parse_duration(value, PLAN_TIMEOUT_MAX_MS, &ms) < 0)
			return diag_setf(d, -EINVAL, DIAG_USAGE, value,
				"write it like 500ms, 90s, 10m or 1.5h",
				"is no duration (--%s)", row->name);
		*(uint32_t *)(void *)at = (uint32_t)ms;
		return 0;
	case V_FD:
		if (num_parse(value, STDERR_FILENO + 1, INT_MAX, &fd) < 0)
			return diag_setf(d, -EINVAL, DIAG_USAGE, value,
				"give the number of an open descriptor above 2",
				"is no descriptor (--%s)", row->name);
		*(int *)(void *)at = (int)fd;
		return 0;
	case V_SIZE:
		if (num_parse_size(value, INT64_MAX, (uint64_t *)(void *)at) <
			0)
			return diag_setf(d, -EINVAL, DIAG_USAGE, value,
				"write it like 512K, 10M or 2G",
				"is no size (--%s)", row->name);
		return 0;
	case V_WORD: return set_word(row, (int *)(void *)at, value, d);
	}
	return 0;
}

int
options_set(
	struct options *o, const char *name, const char *value, struct diag *d)
{
	for (size_t i = 0; i < options_rows_n; i++) {
		const struct row *row = &options_rows[i];

		if (strcmp(row->name, name) != 0)
			continue;
		if (row->kind != V_LIST && o->given[i])
			return 0;
		if (row->kind == V_FLAG && strcmp(value, "1") != 0)
			return usage(d, value, "switches nothing on; write 1");
		o->given[i] = true;
		o->tmp_given = o->tmp_given ||
			       row->offset == offsetof(struct options, tmp);
		return set_value(o, row, value, d);
	}
	return usage(d, name, "is no option");
}

/* getopt_long's tables, made from ours.  Letters: at most two bytes a row. */
static void
make_tables(enum options_for who, struct option longs[OPTIONS_MAX + 1],
	char shorts[2 * OPTIONS_MAX + 3])
{
	size_t n = 0;
	size_t s = 0;

	shorts[s++] =
		'+'; /* stop at the first word: the command's options are its own */
	shorts[s++] = ':';
	for (size_t i = 0; i < options_rows_n; i++) {
		if (!(options_rows[i].who & (int)who))
			continue;
		longs[n++] = (struct option){ options_rows[i].name,
			options_rows[i].arg ? required_argument : no_argument,
			NULL, LONG_BASE + (int)i };
		if (!options_rows[i].letter)
			continue;
		shorts[s++] = (char)options_rows[i].letter; /* ASCII */
		if (options_rows[i].arg)
			shorts[s++] = ':';
	}
	longs[n] = (struct option){ NULL, 0, NULL, 0 };
	shorts[s] = '\0';
}

static const struct row *
row_of(int c)
{
	if (c >= LONG_BASE && c < LONG_BASE + (int)options_rows_n)
		return &options_rows[c - LONG_BASE];
	for (size_t i = 0; i < options_rows_n; i++)
		if (options_rows[i].letter == c)
			return &options_rows[i];
	return NULL;
}

/* An abbreviation works today and means something else tomorrow: refused. */
static bool
abbreviated(const struct row *row, const char *word)
{
	size_t len = strcspn(word, "=");

	return strncmp(word, "--", 2) == 0 &&
	       (strlen(row->name) != len - 2 ||
		       strncmp(word + 2, row->name, len - 2) != 0);
}

int
options_parse(struct options *o, enum options_for who, int argc, char **argv,
	struct diag *d)
{
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 3];
	bool seen[sizeof(struct options)] = { false }; /* by place in o */

	o->grace_ms = GRACE_DEFAULT_MS;
	make_tables(who, longs, shorts);
	opterr = 0;
	optind = 1;
	for (;;) {
		int at = optind;
		int c = getopt_long(argc, argv, shorts, longs, NULL);
		const struct row *row = row_of(c);
		int err;

		if (c == -1)
			break;
		if (c == ':')
			return usage(d, argv[at], "needs a value");
		if (!row || (c >= LONG_BASE && abbreviated(row, argv[at])))
			return usage(d, argv[at], "is no option");
		/* --tty and --no-tty are one question, as --net twice is. */
		if (row->kind != V_LIST && seen[row->offset])
			return usage(d, argv[at],
				"is given twice, or with its opposite");
		seen[row->offset] = true;
		o->given[row - options_rows] = true;
		err = set_value(o, row, optarg, d);
		if (err < 0)
			return err;
		if (row->offset == offsetof(struct options, tmp))
			o->tmp_given = true;
	}
	o->command = argv + optind;
	return 0;
}
