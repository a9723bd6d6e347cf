/* SPDX-License-Identifier: Apache-2.0 */
/* config_reference.c -- the key table as a part of the manual (room: user). */
#include "policy/config.h"

#include <string.h>

#include "policy/buf.h"
#include "policy/config_keys.h"

static const char *
type_name(const struct config_key *k)
{
	static const char *const names[] = {
		[CONFIG_BOOL] = "boolean",
		[CONFIG_INT] = "integer ",
		[CONFIG_SIZE] = "size",
		[CONFIG_COUNT] = "size or \"unlimited\"",
		[CONFIG_DURATION] = "duration",
		[CONFIG_STRING] = "string",
		[CONFIG_ENUM] = "",
		[CONFIG_PATH] = "path",
		[CONFIG_PATTERN] = "path or glob",
		[CONFIG_NAME] = "name",
		[CONFIG_PROFILE] = "profile",
		[CONFIG_HOST] = "host pattern",
		[CONFIG_CIDR] = "address or network",
		[CONFIG_TABLES] = "tables",
		[CONFIG_REFUSED] = "not supported",
	};

	return names[k->type];
}

static const char *
project_may(const struct config_key *k)
{
	if ((k->who & 1u << CONFIG_PROJECT) == 0)
		return "no";
	switch (k->merge) {
	case MERGE_LEAST: return "lower";
	case MERGE_FALSE: return "to false";
	case MERGE_TRUE: return "to true";
	case MERGE_APPEND: return "add";
	default: return "no";
	}
}

static const char *
who_may(const struct config_key *k)
{
	if ((k->who & WHO_REQ) != 0)
		return "requirements";
	return (k->who & 1u << CONFIG_SESSION) != 0 ? "any" : "files";
}

/* A bar would end the cell of the table. */
static void
cell(const char *s, struct buf *out)
{
	for (; *s != '\0'; s++) {
		if (*s == '|')
			buf_char(out, '\\');
		buf_char(out, *s);
	}
}

static void
row(const struct config_key *k, struct buf *out)
{
	bool values = k->type == CONFIG_ENUM || k->type == CONFIG_INT;

	buf_printf(out, "| `%s` | ", k->path);
	if (k->list)
		buf_str_add(out, "list of ");
	buf_str_add(out, type_name(k));
	if (values)
		cell(k->values, out);
	buf_str_add(out, " | ");
	bool preset = k->preset != NULL && strchr(k->path, '*') == NULL;
	if (preset)
		buf_printf(out, "`%s`", k->preset);
	buf_printf(out, " | %s | %s | ", who_may(k), project_may(k));
	cell(k->type == CONFIG_REFUSED ? k->values : k->help, out);
	buf_str_add(out, " |\n");
}

static void
table(const struct config_key *k, size_t n, const char *title, struct buf *out)
{
	buf_printf(out,
		"\n### %s\n\n| key | value | preset | who | project | meaning "
		"|\n|---|---|---|---|---|---|\n",
		title);
	for (size_t i = 0; i < n; i++)
		row(&k[i], out);
}

void
config_reference(struct buf *out)
{
	size_t n = 0;
	const struct config_key *k = config_keys(&n);

	table(k, n, "config.toml", out);
	k = config_required_keys(&n);
	table(k, n, "requirements.toml", out);
}
