/* SPDX-License-Identifier: Apache-2.0 */
/* plan_config.c -- config.toml below the command line; room: user. */
#include "policy/plan_config.h"

#include <sys/resource.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/config.h"
#include "policy/diag.h"
#include "policy/limits.h"
#include "policy/options.h"
#include "policy/profile.h"
#include "policy/vis.h"

void
plan_config_free(struct plan_config *pc)
{
	for (unsigned i = 0; i < pc->n_texts; i++)
		free(pc->texts[i]);
	free(pc->texts);
	config_free(pc->config);
	*pc = (struct plan_config){ 0 };
}

/* The configuration's items come first: later ones win, or add. */
static int
prepend(struct option_list *list, const char *const *items, size_t n)
{
	const char **all;

	if (n == 0)
		return 0;
	all = calloc(list->n + n, sizeof(*all));
	if (!all)
		return -ENOMEM;
	memcpy(all, items, n * sizeof(*all));
	if (list->n > 0)
		memcpy(all + n, list->items, list->n * sizeof(*all));
	free(list->items);
	list->items = all;
	list->n += n;
	return 0;
}

static int
keep_text(struct plan_config *pc, char *text)
{
	char **texts =
		reallocarray(pc->texts, pc->n_texts + 1, sizeof(*pc->texts));

	if (!texts || !text) {
		free(text);
		return -ENOMEM;
	}
	texts[pc->n_texts++] = text;
	pc->texts = texts;
	return 0;
}

static int
put_limits(struct plan_config *pc, struct options *o,
	const struct config_limits *l)
{
	unsigned first = pc->n_texts;

	o->cgroup = (struct cgroup_limits){ l->memory_bytes, l->pids,
		l->cpu_percent };
	for (size_t i = 0; i < l->n_rlimits; i++) {
		const char *name = limits_name(l->rlimits[i].resource);
		char *text = NULL;

		if (!name)
			continue;
		if (l->rlimits[i].value == UINT64_MAX) {
			if (asprintf(&text, "%s=unlimited", name) < 0)
				return -ENOMEM;
		} else if (asprintf(&text, "%s=%llu", name,
				   (unsigned long long)l->rlimits[i].value) <
			   0) {
			return -ENOMEM;
		}
		if (keep_text(pc, text) < 0)
			return -ENOMEM;
	}
	if (!options_given(o, "timeout") && l->timeout_ms > 0)
		o->timeout_ms = l->timeout_ms > PLAN_TIMEOUT_MAX_MS
					? PLAN_TIMEOUT_MAX_MS
					: (uint32_t)l->timeout_ms;
	if (!options_given(o, "grace") && l->grace_ms > 0)
		o->grace_ms = l->grace_ms > PLAN_TIMEOUT_MAX_MS
				      ? PLAN_TIMEOUT_MAX_MS
				      : (uint32_t)l->grace_ms;
	return prepend(&o->limits, (const char *const *)(pc->texts + first),
		pc->n_texts - first);
}

static int
put_environment(struct options *o, const struct config_environment *e)
{
	static const enum env_inherit inherit[] = {
		[CONFIG_INHERIT_NONE] = ENV_NONE,
		[CONFIG_INHERIT_CORE] = ENV_CORE,
		[CONFIG_INHERIT_ALL] = ENV_ALL,
	};
	int err;

	if (!options_given(o, "env-inherit"))
		o->env_inherit = inherit[e->inherit];
	o->env_keep_secrets = e->keep_secrets;
	err = prepend(&o->env_include, e->include.items, e->include.n);
	if (err >= 0)
		err = prepend(&o->env_exclude, e->exclude.items, e->exclude.n);
	if (err >= 0)
		err = prepend(
			&o->env_only, e->include_only.items, e->include_only.n);
	if (err >= 0)
		err = prepend(&o->env_set, e->set.items, e->set.n);
	return err;
}

static bool
has_default_group(const struct config_list *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->items[i], "default") == 0)
			return true;
	return false;
}

static int
put_protection(struct options *o, const struct config_profile *p)
{
	static const char *const all[] = { "all" };
	int err = 0;

	if (!has_default_group(&p->protected_groups))
		err = prepend(&o->no_protect, all, 1);
	for (size_t i = p->protected_groups.n; err >= 0 && i-- > 0;)
		if (strcmp(p->protected_groups.items[i], "default") != 0)
			err = prepend(
				&o->protect, &p->protected_groups.items[i], 1);
	if (p->git_commit && !o->git)
		o->git = "commit";
	if (p->allow_secrets)
		o->allow_secrets = true;
	return err;
}

static int
put_network(struct plan_config *pc, struct options *o,
	const struct config_profile *p)
{
	const struct config_network *n = &p->network;
	int err = 0;

	pc->network = *n;
	pc->has_network = true;
	for (size_t i = 0; err >= 0 && i < n->n_sockets; i++)
		if (n->sockets[i].allow)
			err = prepend(&o->sockets, &n->sockets[i].pattern, 1);
	return err < 0 ? err
		       : prepend(&o->devices, p->devices.items, p->devices.n);
}

/* With the host's network nothing of this can be kept: the first one. */
static void
note_network(struct plan_config *pc, const struct config_network *n)
{
	for (size_t i = 0; i < n->n_domains && !pc->net_bound; i++)
		if (!n->domains[i].allow) {
			pc->net_bound = n->domains[i].pattern;
			pc->net_bound_origin = n->domains[i].origin;
		}
	if (pc->net_bound)
		return;
	pc->net_bound_origin = "network of the profile";
	if (n->denied_cidrs.n > 0)
		pc->net_bound = n->denied_cidrs.items[0];
	else if (n->ports.n > 0)
		pc->net_bound = "ports";
	else if (n->egress_budget > 0 || n->host_budget > 0)
		pc->net_bound = "egress_budget";
	else if (n->limited)
		pc->net_bound = "mode = \"limited\"";
}

/* A host /tmp where the profile says so or grants it; else one of our own. */
static void
put_tmp(struct options *o, const struct config_profile *p)
{
	bool writes = false;

	if (options_given(o, "tmp") || p->files.fs != FS_KIND_RESTRICTED)
		return;
	for (size_t i = 0; i < p->files.n_entries; i++) {
		const struct fs_entry *e = &p->files.entries[i];

		if (e->kind == FS_SLASH_TMP ||
			(e->kind == FS_PATH && strcmp(e->text, "/tmp") == 0))
			return;
		writes = writes || e->access == FS_WRITE;
	}
	if (!p->tmp_host && !writes)
		return;
	o->tmp_given = true;
	o->tmp = p->tmp_host ? VIEW_TMP_HOST : VIEW_TMP_PRIVATE;
}

static int
merge(struct plan_config *pc, struct options *o, const struct config_profile *p,
	struct diag *d)
{
	int err = put_network(pc, o, p);

	if (err >= 0)
		err = put_limits(pc, o, &p->limits);
	if (err >= 0)
		err = put_environment(o, &p->environment);
	if (err >= 0)
		err = put_protection(o, p);
	put_tmp(o, p);
	return err < 0 ? diag_set(d, err, DIAG_SETUP, p->name, "out of memory",
				 "configure fewer values")
		       : 0;
}

/* An error's source line and caret, and lines like "this project is ignored". */
static void
show_notes(const struct config *c, bool failed)
{
	own_buf struct buf out = { 0 };
	const char *note;

	for (size_t i = 0; (note = config_note(c, i)); i++) {
		buf_str_add(&out, "codex-sandbox: ");
		vis_str(&out, note);
		buf_char(&out, '\n');
	}
	if (failed)
		buf_str_add(&out, config_excerpt(c));
	if (out.len > 0)
		(void)!write(STDERR_FILENO, buf_str(&out), out.len);
}

static int
load(struct plan_config *pc, struct options *o, const char *workspace,
	struct diag *d)
{
	struct config_options co = { .workspace = workspace,
		.flags = o->no_user_config
				 ? CONFIG_SKIP_USER | CONFIG_SKIP_PROJECT
				 : 0 };
	char *mode = NULL;
	int err;

	/* --sandbox is a session setting like any other, and bounded like it. */
	if (o->sandbox) {
		if (asprintf(&mode, "sandbox_mode=%s", o->sandbox) < 0)
			return -ENOMEM;
		err = keep_text(pc, mode);
		if (err < 0)
			return err;
	}
	co.session = o->config.items;
	co.n_session = o->config.n;
	err = config_load(pc->config, &co, d);
	if (err < 0 || !o->sandbox || config_is_builtin(pc->config))
		return err;
	config_free(pc->config);
	pc->config = config_new();
	err = pc->config ? prepend(&o->config, (const char *const *)&mode, 1)
			 : -ENOMEM;
	co.session = o->config.items;
	co.n_session = o->config.n;
	return err < 0 ? err : config_load(pc->config, &co, d);
}

int
plan_config_load(struct plan_config *pc, struct options *o,
	const char *workspace, struct profile *ret_base, bool *ret_has_base,
	struct diag *d)
{
	own_config_profile struct config_profile p = { 0 };
	int err;

	*ret_has_base = false;
	pc->config = config_new();
	if (!pc->config)
		return -ENOMEM;
	err = load(pc, o, workspace, d);
	show_notes(pc->config, err < 0);
	if (err < 0)
		return err;
	options_backend(o, config_string(pc->config, "backend"));
	if (config_is_builtin(pc->config) && !o->named_profile) {
		config_free(pc->config);
		pc->config = NULL;
		return 0;
	}
	err = config_resolve(pc->config, o->named_profile, &p, d);
	if (err < 0) {
		show_notes(pc->config, true);
		return err;
	}
	note_network(pc, &p.network);
	err = merge(pc, o, &p, d);
	if (err < 0 || o->profile || o->legacy)
		return err;
	*ret_base = p.files;
	profile_init(&p.files);
	*ret_has_base = true;
	o->configured = true;
	return 0;
}

int
plan_config_admit(struct plan_config *pc, const struct options *o,
	const struct profile *p, struct diag *d)
{
	struct config_profile cp = {
		.name = "command line", .origin = "command line", .files = *p
	};
	int err;

	if (!pc->config)
		return 0;
	if (pc->net_bound && p->net == NET_ENABLED)
		return diag_setf(d, -EOPNOTSUPP, DIAG_SETUP, pc->net_bound,
			"use --net none, or take it out",
			"cannot be kept with the host's network (%s)",
			pc->net_bound_origin);
	cp.network.access = p->net == NET_ENABLED ? CONFIG_NET_FULL
			    : p->net == NET_PROXY ? CONFIG_NET_PROXY
						  : CONFIG_NET_NONE;
	cp.git_commit = o->git != NULL;
	cp.allow_secrets = o->allow_secrets;
	cp.tmp_host = o->tmp_given && o->tmp == VIEW_TMP_HOST;
	err = config_admit(pc->config, &cp, o->profile || o->legacy, d);
	if (err >= 0)
		err = config_admit_network(
			pc->config, cp.network.access, &p->network, d);
	if (err < 0)
		show_notes(pc->config, true);
	return err;
}
