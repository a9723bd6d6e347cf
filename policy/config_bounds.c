/* SPDX-License-Identifier: Apache-2.0 */
/* config_bounds.c -- what projects and requirements lower (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* Rows of sandbox_mode by what they let: the order of its words. */
enum mode { MODE_READ_ONLY, MODE_WORKSPACE, MODE_FULL, MODE_EXTERNAL };

static const char *const mode_names[] = { "read-only", "workspace-write",
	"danger-full-access", "external-sandbox" };

void
config_drop_write(struct profile *p, enum fs_path_kind kind)
{
	for (size_t i = 0; i < p->n_entries; i++)
		if (p->entries[i].kind == kind &&
			p->entries[i].access == FS_WRITE)
			p->entries[i].access = FS_READ;
}

/*
 * What a profile amounts to, in the words of sandbox_mode, so that a bound on
 * modes cannot be passed by a profile that is called otherwise.
 */
static enum mode
mode_of(const struct config_profile *p)
{
	enum mode m = MODE_READ_ONLY;

	if (p->files.fs == FS_KIND_EXTERNAL)
		return MODE_EXTERNAL;
	if (p->files.fs == FS_KIND_UNRESTRICTED || p->unsandboxed)
		return MODE_FULL;
	for (size_t i = 0; i < p->files.n_entries; i++) {
		const struct fs_entry *e = &p->files.entries[i];
		if (e->access != FS_WRITE)
			continue;
		if (e->kind == FS_ROOT ||
			(e->kind == FS_PATH && strcmp(e->text, "/") == 0))
			return MODE_FULL;
		m = MODE_WORKSPACE;
	}
	return p->network.access == CONFIG_NET_NONE ? m : MODE_WORKSPACE;
}

static int
need_entries(struct config *c, struct config_profile *p, struct diag *d)
{
	(void)c;
	if (p->files.fs == FS_KIND_RESTRICTED)
		return 0;
	p->files.fs = FS_KIND_RESTRICTED;
	return profile_add(&p->files, FS_ROOT, FS_READ, "", FS_MISSING_DEFAULT,
		p->origin, d);
}

/* Lower to workspace-write or read-only; never adds a right. */
static int
lower_mode(struct config *c, struct config_profile *p, enum mode to,
	const char *origin, struct diag *d)
{
	bool everything = p->files.fs == FS_KIND_UNRESTRICTED;
	int rc = 0;

	if (to >= MODE_FULL)
		return 0;
	rc = need_entries(c, p, d);
	p->unsandboxed = false;
	for (size_t i = 0; i < p->files.n_entries; i++) {
		struct fs_entry *e = &p->files.entries[i];
		bool all = e->kind == FS_ROOT ||
			   (e->kind == FS_PATH && strcmp(e->text, "/") == 0);
		if (e->access == FS_WRITE && (all || to == MODE_READ_ONLY))
			e->access = FS_READ;
	}
	if (to == MODE_READ_ONLY) {
		p->network.access = CONFIG_NET_NONE;
		return rc;
	}
	/*
	 * From "everything" to the workspace, which was a part of it.  Not
	 * where there were entries: one of them may have closed it.
	 */
	if (rc == 0 && everything)
		rc = profile_add(&p->files, FS_PROJECT_ROOTS, FS_WRITE, "",
			FS_MISSING_DEFAULT, origin, d);
	return rc;
}

static uint64_t
lower(uint64_t now, uint64_t bound, bool zero_is_none)
{
	if (zero_is_none && now == 0)
		return bound;
	if (zero_is_none && bound == 0)
		return now;
	return bound < now ? bound : now;
}

static void
lower_rlimit(struct config_limits *l, const struct config_limits *bound)
{
	for (size_t i = 0; i < bound->n_rlimits; i++) {
		const struct config_rlimit *b = &bound->rlimits[i];
		struct config_rlimit *mine = NULL;
		for (size_t k = 0; k < l->n_rlimits; k++)
			if (l->rlimits[k].resource == b->resource)
				mine = &l->rlimits[k];
		if (mine == NULL)
			l->rlimits[l->n_rlimits++] = *b;
		else if (b->value < mine->value)
			*mine = *b;
	}
}

/* The bounds' own limits, read by the code that reads everybody's. */
static int
lower_limits(struct config *c, struct config_profile *p, struct diag *d)
{
	struct config only = *c;
	struct config_view none = { .name = "" };
	struct config_limits b;

	only.all = c->bounds;
	int rc = config_fill_limits(&only, &none, &b, d);
	c->arena = only.arena; /* it grew in the copy */
	if (rc < 0)
		return rc;
	struct config_limits *l = &p->limits;
	l->timeout_ms = lower(l->timeout_ms, b.timeout_ms, true);
	if (config_find(&c->bounds, "limits.grace") != NULL)
		l->grace_ms = lower(l->grace_ms, b.grace_ms, false);
	l->memory_bytes = lower(l->memory_bytes, b.memory_bytes, true);
	l->pids = lower(l->pids, b.pids, true);
	l->cpu_percent = lower(l->cpu_percent, b.cpu_percent, true);
	lower_rlimit(l, &b);
	return 0;
}

static bool
bound_is(const struct config *c, const char *path, bool truth)
{
	const struct config_value *v = config_find(&c->bounds, path);

	return v != NULL && v->node->truth == truth;
}

static int
bound_projects(struct config *c, struct config_profile *p, struct diag *d)
{
	const struct config_value *mode =
		config_find(&c->bounds, "sandbox_mode");
	const struct config_value *inherit =
		config_find(&c->bounds, "shell_environment_policy.inherit");
	int rc = 0;

	if (mode != NULL)
		rc = lower_mode(c, p,
			(enum mode)config_measure(mode->key, mode->node),
			config_origin(c, mode), d);
	if (rc < 0)
		return rc;
	if (bound_is(c, "sandbox_workspace_write.network_access", false))
		p->network.access = CONFIG_NET_NONE;
	if (bound_is(c, "sandbox_workspace_write.exclude_slash_tmp", true))
		config_drop_write(&p->files, FS_SLASH_TMP);
	if (bound_is(c, "sandbox_workspace_write.exclude_tmpdir_env_var", true))
		config_drop_write(&p->files, FS_TMPDIR);
	if (inherit != NULL)
		p->environment.inherit = (enum config_inherit)lower(
			p->environment.inherit,
			config_measure(inherit->key, inherit->node), false);
	if (bound_is(c, "shell_environment_policy.ignore_default_excludes",
		    false))
		p->environment.keep_secrets = false;
	if (bound_is(c, "protected.git_commit", false))
		p->git_commit = false;
	return lower_limits(c, p, d);
}

static bool
list_has(const struct config_value *v, const char *word)
{
	const struct toml *item = v->node->kids.first;

	for (; item != NULL; item = item->next)
		if (strcmp(item->str.text, word) == 0)
			return true;
	return false;
}

static int
refuse(struct config *c, const struct config_value *rule, const char *what,
	const char *name, struct diag *d)
{
	own_buf struct buf allowed = { 0 };
	char mend[DIAG_TEXT_MAX];

	toml_print(rule->node, &allowed);
	(void)snprintf(mend, sizeof(mend), "choose from %s",
		buf_str(&allowed)); /* cut is fine */
	return config_fail(c, rule, -EPERM, mend, d,
		"the administrator does not allow %s \"%s\"", what, name);
}

/* An allowed name must mean what the administrator meant by it. */
static int
check_definition(struct config *c, const struct config_view *v, struct diag *d)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->items[i]->src->layer == CONFIG_USER ||
			v->items[i]->src->layer == CONFIG_SESSION)
			return config_fail(c, v->items[i], -EPERM,
				"select the profile as it is", d,
				"where profiles are listed by the "
				"administrator, nobody else defines them");
	return 0;
}

static int
bound_required(struct config *c, const struct config_view *v,
	const struct config_profile *p, struct diag *d)
{
	const struct config_value *profiles =
		config_find(&c->required, "allowed_permission_profiles");
	const struct config_value *modes =
		config_find(&c->required, "allowed_sandbox_modes");
	int rc = 0;

	if (profiles != NULL && v->n_chain > 0) {
		if (!list_has(profiles, v->name))
			return refuse(c, profiles, "the profile", v->name, d);
		rc = check_definition(c, v, d);
	}
	if (rc < 0 || modes == NULL)
		return rc;
	if (!list_has(modes, "read-only"))
		return config_fail(c, modes, -EINVAL, "add it", d,
			"allowed_sandbox_modes must hold read-only");
	const char *name = mode_names[mode_of(p)];
	return list_has(modes, name)
		       ? 0
		       : refuse(c, modes, "what amounts to", name, d);
}

int
config_bound(struct config *c, const struct config_view *v,
	struct config_profile *p, struct diag *d)
{
	int rc = bound_projects(c, p, d);

	if (rc == 0)
		rc = bound_required(c, v, p, d);
	p->files.net = p->network.access == CONFIG_NET_FULL    ? NET_ENABLED
		       : p->network.access == CONFIG_NET_PROXY ? NET_PROXY
							       : NET_RESTRICTED;
	return rc;
}

int
config_admit(struct config *c, const struct config_profile *p, bool own_policy,
	struct diag *d)
{
	const struct config_value *profiles =
		config_find(&c->required, "allowed_permission_profiles");
	const struct config_view none = { .name = p->name };

	if (profiles != NULL && own_policy)
		return refuse(c, profiles, "a policy of the", p->name, d);
	return bound_required(c, &none, p, d);
}
