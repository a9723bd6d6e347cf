/* SPDX-License-Identifier: Apache-2.0 */
/* config_resolve.c -- which profile is in force, and all of it (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

static const char *
mode_base(const struct config_value *mode)
{
	static const char *const bases[] = { ":read-only", ":workspace",
		":danger-full-access", ":external-sandbox" };

	return bases[config_measure(mode->key, mode->node)];
}

/* [permissions] without a selection would be silently without effect. */
static int
check_unused(struct config *c, const struct config_value *mode, struct diag *d)
{
	if (mode->src->layer != CONFIG_BUILTIN)
		return 0;
	for (size_t i = 0; i < c->all.n; i++) {
		const struct config_value *v = &c->all.items[i];
		if (config_path_in(&v->path, "permissions") &&
			v->src->layer == CONFIG_USER)
			return config_fail(c, v, -EINVAL,
				"add default_permissions = \"NAME\" (or "
				"sandbox_mode)",
				d, "no profile is selected");
	}
	return 0;
}

/*
 * default_permissions, or sandbox_mode where a higher layer says that; the
 * requirements' own default where nobody said anything.
 */
static int
select_profile(struct config *c, const char **ret_name,
	const struct config_value **ret_at, struct diag *d)
{
	const struct config_value *named =
		config_find(&c->all, "default_permissions");
	const struct config_value *mode = config_find(&c->all, "sandbox_mode");
	const struct config_value *required =
		config_find(&c->required, "default_permissions");

	if (named == NULL && mode->src->layer == CONFIG_BUILTIN)
		named = required;
	if (named != NULL && named->src->layer >= mode->src->layer) {
		*ret_name = named->node->str.text;
		*ret_at = named;
		return 0;
	}
	*ret_name = mode_base(mode);
	*ret_at = mode;
	return check_unused(c, mode, d);
}

static bool
truth(const struct config *c, const struct config_view *v, const char *suffix,
	const char *top)
{
	const struct config_value *one = config_view_pick(c, v, suffix, top);

	return one != NULL && config_measure(one->key, one->node) != 0;
}

static int
fill(struct config *c, const struct config_view *v, struct config_profile *p,
	struct diag *d)
{
	const struct config_value *text = config_view_get(v, "description");
	int rc = config_fill_files(c, v, p, d);

	if (rc == 0)
		rc = config_fill_network(c, v, p, d);
	if (rc == 0)
		rc = config_fill_environment(c, v, &p->environment, d);
	if (rc == 0)
		rc = config_fill_limits(c, v, &p->limits, d);
	if (rc == 0)
		rc = config_list_gather(c, v, "protected.groups",
			"protected.groups", &p->protected_groups, d);
	if (rc == 0)
		rc = config_list_values(
			c, &p->devices, config_view_get(v, "devices"), d);
	p->description = text == NULL ? "" : text->node->str.text;
	p->git_commit =
		truth(c, v, "protected.git_commit", "protected.git_commit");
	p->allow_secrets =
		truth(c, v, "allow_secrets", "filesystem.allow_secrets");
	p->unsandboxed = truth(c, v, "allow_unsandboxed", "-");
	p->tmp_host = truth(c, v, "tmp", "-");
	return rc < 0 ? rc : config_bound(c, v, p, d);
}

int
config_resolve(struct config *c, const char *name, struct config_profile *ret,
	struct diag *d)
{
	const struct config_value *at = NULL;
	struct config_profile p = { .origin = "command line" };
	struct config_view v;
	int rc = 0;

	if (name == NULL)
		rc = select_profile(c, &name, &at, d);
	if (rc == 0 && strcmp(name, ":external-sandbox") == 0)
		v = (struct config_view){ .name = name, .base = name };
	else if (rc == 0)
		rc = config_chain(c, name, at, &v, d);
	if (rc < 0)
		return rc;
	p.name = name;
	if (at != NULL)
		p.origin = config_origin(c, at);
	rc = fill(c, &v, &p, d);
	if (rc < 0) {
		config_profile_free(&p);
		return rc;
	}
	*ret = p;
	return 0;
}

void
config_profile_free(struct config_profile *p)
{
	if (p == NULL)
		return;
	profile_free(&p->files);
	*p = (struct config_profile){ 0 };
}
