/* SPDX-License-Identifier: Apache-2.0 */
/* config_settings.c -- environment and limits of a profile (room: user). */
#include "policy/config.h"

#include <sys/resource.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

enum { NAME_MAX_LEN = 96 };

/* A setting and its twin at the top: "environment" and where it is there. */
struct twins {
	struct config *c;
	const struct config_view *v;
	const char *own, *top;
};

static const struct config_value *
pick(const struct twins *t, const char *name)
{
	char own[NAME_MAX_LEN], top[NAME_MAX_LEN];

	/* Names of our own table: they fit. */
	(void)snprintf(own, sizeof(own), "%s.%s", t->own, name);
	(void)snprintf(top, sizeof(top), "%s.%s", t->top, name);
	return config_view_pick(t->c, t->v, own, top);
}

static uint64_t
number(const struct twins *t, const char *name)
{
	const struct config_value *v = pick(t, name);

	return v == NULL ? 0 : config_measure(v->key, v->node);
}

/* Tables of free names: set and filters, the profile's after the top's. */
typedef int each_fn(struct config *c, const struct config_value *v,
	struct config_environment *e, struct diag *d);

static int
add_set(struct config *c, const struct config_value *v,
	struct config_environment *e, struct diag *d)
{
	const char *name = v->path.part[v->path.n - 1];

	return config_list_add(c, &e->set,
		config_printf(c, "%s=%s", name, v->node->str.text), d);
}

static int
add_filter(struct config *c, const struct config_value *v,
	struct config_environment *e, struct diag *d)
{
	bool include = strcmp(v->node->str.text, "include") == 0;

	return config_list_add(c, include ? &e->include_only : &e->exclude,
		v->path.part[v->path.n - 1], d);
}

static bool
is_in(const struct config_path *p, size_t from, const char *table)
{
	return p->n == from + 2 && strcmp(p->part[from], table) == 0;
}

static int
for_each(const struct twins *t, const char *table, struct config_environment *e,
	each_fn *fn, struct diag *d)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->c->all.n; i++) {
		const struct config_value *v = &t->c->all.items[i];
		if (is_in(&v->path, 1, table) &&
			strcmp(v->path.part[0], t->top) == 0)
			rc = fn(t->c, v, e, d);
	}
	for (size_t i = 0; rc == 0 && i < t->v->n; i++)
		if (is_in(&t->v->items[i]->path, 3, table) &&
			strcmp(t->v->items[i]->path.part[2], t->own) == 0)
			rc = fn(t->c, t->v->items[i], e, d);
	return rc;
}

/* Two spellings of one thing in one list would be read two ways. */
static int
check_filters(const struct twins *t, const struct config_environment *e,
	struct diag *d)
{
	const struct config_value *only = pick(t, "include_only");

	if (e->include_only.n == 0 || only == NULL || only->node->kids.n == 0)
		return 0;
	return config_fail(t->c, only, -EINVAL, "put all of it into filters", d,
		"include_only beside filters");
}

int
config_fill_environment(struct config *c, const struct config_view *v,
	struct config_environment *e, struct diag *d)
{
	struct twins t = { c, v, "environment", "shell_environment_policy" };

	*e = (struct config_environment){ 0 };
	e->inherit = (enum config_inherit)number(&t, "inherit");
	e->keep_secrets = number(&t, "ignore_default_excludes") != 0;
	int rc = for_each(&t, "filters", e, add_filter, d);
	if (rc == 0)
		rc = check_filters(&t, e, d);
	if (rc == 0)
		rc = config_list_values(
			c, &e->include_only, pick(&t, "include_only"), d);
	if (rc == 0)
		rc = config_list_values(c, &e->include, pick(&t, "include"), d);
	if (rc == 0)
		rc = for_each(&t, "set", e, add_set, d);
	if (rc == 0)
		rc = config_list_gather(c, v, "environment.exclude",
			"shell_environment_policy.exclude", &e->exclude, d);
	return rc;
}

int
config_fill_limits(struct config *c, const struct config_view *v,
	struct config_limits *l, struct diag *d)
{
	static const struct {
		const char *name;
		int resource;
	} rows[] = {
		{ "nofile", RLIMIT_NOFILE },
		{ "nproc", RLIMIT_NPROC },
		{ "as", RLIMIT_AS },
		{ "core", RLIMIT_CORE },
		{ "fsize", RLIMIT_FSIZE },
		{ "data", RLIMIT_DATA },
		{ "stack", RLIMIT_STACK },
		{ "memlock", RLIMIT_MEMLOCK },
		{ "cpu", RLIMIT_CPU },
	};
	struct twins t = { c, v, "limits", "limits" };

	(void)d; /* nothing here can fail; the parts share one shape */
	*l = (struct config_limits){ 0 };
	l->timeout_ms = number(&t, "timeout");
	l->grace_ms = number(&t, "grace");
	l->memory_bytes = number(&t, "memory");
	l->pids = number(&t, "pids");
	l->cpu_percent = number(&t, "cpu_percent");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct config_value *one = pick(&t, rows[i].name);
		if (one == NULL)
			continue;
		l->rlimits[l->n_rlimits++] = (struct config_rlimit){
			.resource = rows[i].resource,
			.value = config_measure(one->key, one->node),
			.origin = config_origin(c, one),
		};
	}
	return 0;
}
